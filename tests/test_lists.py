"""Lists of any length, in pages and as a whole; deleting by a name."""

import json
import os
import pty
import sqlite3
import subprocess

import pytest

from counsel import COUNSEL, Daemon, PATIENCE, cli, wait_until
from index_files import KINDS, segments


def insert(home, documents):
    """Rows as of documents that were added long ago: (id, matter, name, state)."""
    with sqlite3.connect(home / "counsel.db") as db:
        for matter in {matter for _, matter, _, _ in documents}:
            db.execute("INSERT OR IGNORE INTO matters (name) VALUES (?)", (matter,))
        matters = dict(db.execute("SELECT name, id FROM matters"))
        db.executemany(
            "INSERT INTO documents (id, matter, sha256, bytes, name, media_type, state, reason, queued, added_at, chunks) "
            "VALUES (?, ?, ?, 1000, ?, 'text/plain', ?, ?, ?, 1700000000, 2)",
            [(id, matters[matter], f"{i:064x}", name, state, "It is broken." if state == "failed" else "", i)
             for i, (id, matter, name, state) in enumerate(documents)])
    db.close()


@pytest.fixture
def listing(home):
    """A daemon with documents inserted by hand: `start(documents)`."""
    home.mkdir()
    daemon = Daemon(home)

    def start(documents):
        daemon.start().stop()  # makes the store
        insert(home, documents)
        return daemon.start()

    yield start
    daemon.stop()


def private(pid, name="RssAnon"):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


def pages(daemon, query, limit):
    listed, after = [], ""
    while after is not None:
        page = daemon.get(f"/api/documents?limit={limit}&{query}" + (f"&after={after}" if after else ""))
        assert page.status == 200 and len(page.json["documents"]) == page.json["count"] <= limit, page.body
        listed += page.json["documents"]
        after = page.json["next"]
    return listed


def test_pages_have_what_the_whole_list_has(listing):
    documents = [(f"id{i:014}", "general" if i % 3 else "Smith v Jones", f"deed {i:04}.txt" if i else "the longest name of all.txt",
                  ("ready", "failed", "ready")[i % 5 % 3]) for i in range(1234)]
    daemon = listing(documents)
    whole = daemon.get("/api/documents").json
    assert whole["count"] == 1234 and [d["id"] for d in whole["documents"]] == [d[0] for d in documents]
    assert "next" not in whole
    for limit in (1000, 7):
        assert pages(daemon, "", limit) == whole["documents"]
    ours = [d for d in whole["documents"] if d["matter"] == "Smith v Jones"]
    assert pages(daemon, "matter=Smith%20v%20Jones", 100) == ours
    assert daemon.get("/api/documents?matter=Smith%20v%20Jones").json["documents"] == ours
    assert pages(daemon, "state=failed,queued", 100) == [d for d in whole["documents"] if d["state"] == "failed"]
    named = daemon.get("/api/documents?id=id00000000000003,id00000000000001,nosuchdocument00").json
    assert [d["id"] for d in named["documents"]] == ["id00000000000001", "id00000000000003"]
    assert named["documents"][0]["embedded"] == []
    assert daemon.get("/api/rag/documents").json["count"] == len([d for d in documents if d[1] == "general"])
    for bad in ("limit=0", "limit=1001", "limit=x", "limit=5&after=x", "after=-1", "state=lost", "matter=",
                "id=" + ",".join(["x"] * 401)):
        assert daemon.get(f"/api/documents?{bad}").status == 400, bad

    table = daemon.cli("documents")
    assert table.returncode == 0
    lines = table.stdout.splitlines()
    failed = len([d for d in documents if d[3] == "failed"])
    assert len(lines) == 1 + 1234 + failed and lines[0].startswith("ID ") and lines[-1].endswith("It is broken.")
    assert len({line.index("2023-11-1") for line in lines[1:1235]}) == 1  # aligned across pages
    listed = json.loads(daemon.cli("documents", "--json").stdout)
    assert listed["count"] == 1234 and listed["documents"] == whole["documents"]


def test_a_list_is_chosen_by_words_kind_and_state_newest_first_with_totals(listing):
    documents = [(f"id{i:014}", "general" if i % 2 else "Smith", f"{'Lease' if i % 3 else 'deed_100%'} {i:03}.{'pdf' if i % 4 else 'eml'}",
                  "ready" if i % 5 else "failed") for i in range(300)]
    daemon = listing(documents)
    with sqlite3.connect(daemon.home / "counsel.db") as db:
        db.execute("UPDATE documents SET media_type = iif(name LIKE '%.pdf', 'application/pdf', 'message/rfc822')")
    db.close()
    names = lambda query: [d["name"] for d in pages(daemon, query, 70)]
    all_names = [d[2] for d in documents]
    assert names("order=newest") == all_names[::-1]
    assert names("words=LEASE%2010&order=newest") == [n for n in all_names[::-1] if "Lease" in n and "10" in n]
    assert names("words=d_1") == [n for n in all_names if "deed" in n]  # its signs mean themselves
    assert names("words=100%25") == [n for n in all_names if "100%" in n]
    assert names("kind=mail") == [n for n in all_names if n.endswith("eml")]
    assert names("kind=pdf,mail&matter=Smith") == [d[2] for d in documents if d[1] == "Smith"]
    assert names("kind=slides") == []
    assert {d["kind"] for d in daemon.get("/api/documents").json["documents"]} == {"pdf", "mail"}
    failed = [d[2] for d in documents if d[3] == "failed" and "Lease" in d[2]]
    some = daemon.get("/api/documents?words=lease&state=failed&totals=true&limit=5&order=newest").json
    assert [d["name"] for d in some["documents"]] == failed[::-1][:5]
    assert some["total"] == len(failed) and some["states"] == {"failed": len(failed), "ready": 200 - len(failed)}
    assert daemon.get("/api/documents?totals=true").json["total"] == 300
    for bad, known in (("order=up", "newest"), ("kind=novel", "pdf"), ("state=lost", "queued"), ("superseded=yes", "true"),
                       ("totals=1", "true"), ("words=1%202%203%204%205%206%207%208%209", "Fewer")):
        refused = daemon.get(f"/api/documents?{bad}")
        assert refused.status == 400 and known in refused.json["error"]["next_step"] + refused.json["error"]["message"], bad
    table = daemon.cli("documents", "--words", "lease", "--kind", "pdf", "--state", "ready", "--newest").stdout.splitlines()
    wanted = [d[2] for d in documents if "Lease" in d[2] and d[2].endswith("pdf") and d[3] == "ready"]
    assert len(table) == 1 + len(wanted) and wanted[-1] in table[1]
    assert "No document fits." in daemon.cli("documents", "--words", "nonesuch").stdout


def test_matters_are_listed_in_pages(listing):
    names = sorted(f"Matter {i}" for i in range(250))
    daemon = listing([(f"id{i:014}", name, "a.txt", "ready") for i, name in enumerate(names)])
    assert [m["name"] for m in daemon.get("/api/matters").json["matters"]] == names
    first = daemon.get("/api/matters?limit=100").json
    second = daemon.get(f"/api/matters?limit=1000&after={first['next'].replace(' ', '%20')}").json
    assert [m["name"] for m in first["matters"] + second["matters"]] == names and second["next"] is None
    assert {m["documents"] for m in first["matters"]} == {1}


def test_fifty_thousand_documents_are_listed_in_bounded_memory(listing):
    count = 50_000
    daemon = listing([(f"id{i:014}", "general", f"a deed of some length {i}.txt", "ready") for i in range(count)])
    daemon.get("/api/documents?limit=1000")
    # What is being made meanwhile, of the rows of all these documents, is no part of listing them.
    wait_until(lambda: segments(daemon.home, KINDS[1])[1] < 1000, "the rows are in files")
    before = private(daemon.pid)
    open(f"/proc/{daemon.pid}/clear_refs", "w").write("5")  # the highest from now on
    idle = private(daemon.pid, "VmHWM")
    assert daemon.get("/api/documents").json["count"] == count
    assert daemon.get("/api/rag/documents").json["count"] == count
    chosen = daemon.get("/api/documents?words=length%209&order=newest&totals=true&limit=1000&kind=text").json
    assert chosen["count"] == 1000 and chosen["total"] == sum("9" in str(i) for i in range(count))
    table = subprocess.run([COUNSEL, "documents"], env=daemon.environment, capture_output=True, timeout=PATIENCE)
    assert table.stdout.count(b"\n") == count + 1
    grown = (private(daemon.pid, "VmHWM") - idle) / 1e6
    print(f"listing {count} documents: the daemon's memory grew by {grown:.1f} MB at most "
          f"({before / 1e6:.1f} MB private before)")
    assert grown < 8


# ---- deleting by a name ----

def answered(daemon, arguments, typed):
    """Runs the command on a terminal, types an answer to its question. Its exit status, and what it said."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([COUNSEL, *arguments], env=daemon.environment, stdin=theirs, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    os.close(theirs)
    os.write(ours, typed)
    said, _ = process.communicate(timeout=PATIENCE)
    os.close(ours)
    return process.returncode, said


def test_what_a_name_stands_for_is_shown_before_it_is_deleted(daemon, tmp_path):
    ids = []
    for i in range(4):
        (tmp_path / f"lease{i}.txt").write_text(f"The tenant of number {i} keeps the garden tidy.")
        ids.append(daemon.add(tmp_path / f"lease{i}.txt")["id"])
    left = lambda: {d["name"] for d in daemon.get("/api/documents").json["documents"]}

    refused = daemon.cli("documents", "--delete", "lease0.txt")
    assert refused.returncode == 2 and ids[0] in refused.stderr and "--yes" in refused.stderr
    status, said = answered(daemon, ["documents", "--delete", ids[0][:6]], b"n\n")
    assert status == 2 and "lease0.txt" in said and ids[0] in said and "Nothing was deleted" in said
    assert len(left()) == 4
    status, said = answered(daemon, ["documents", "--delete", "lease0.txt"], b"y\n")
    assert status == 0 and "Deleted lease0.txt" in said
    assert daemon.cli("documents", "--delete", "lease1.txt", "--yes").returncode == 0
    assert daemon.cli("documents", "--delete", ids[2]).returncode == 0
    assert left() == {"lease3.txt"}
    assert daemon.cli("documents", "--delete", "lease0.txt", "--yes").returncode == 4

    for short in ("lease3.txt", ids[3][:8]):
        refused = daemon.request("DELETE", f"/api/documents/{short}")
        assert refused.status == 404 and "whole id" in refused.json["error"]["next_step"]
    assert left() == {"lease3.txt"}


def test_weak_passages_are_left_out_of_a_search_that_asks_for_it(library):
    query = "How long must a written offer to give the source code be valid?"
    hits = library.post("/api/search", {"query": query, "limit": 30}).json["hits"]
    relevances = [hit["relevance"] for hit in hits]
    least = sorted(relevances)[len(relevances) // 2]
    assert min(relevances) < least
    strong = library.post("/api/search", {"query": query, "limit": 30, "min_relevance": least}).json["hits"]
    assert strong == [hit for hit in hits if hit["relevance"] >= least]
    shown = json.loads(library.cli("search", query, "--limit", "30", "--min-relevance", least, "--json").stdout)
    assert shown["hits"] == strong
    assert len(json.loads(library.cli("search", query, "--limit", "30", "--json").stdout)["hits"]) == len(hits)


def test_a_filter_that_cannot_be_read_is_no_filter_left_out(daemon):
    for query in ("matter=%zz", "matter=T%2", "words=a&words=b", "matters=T", "Matter=T", "foo=1", "=T", "offset=-5", "kind=",
                  "state="):
        refused = daemon.get(f"/api/documents?{query}")
        assert refused.status == 400 and refused.json["error"]["next_step"], (query, refused.body)
    assert "matter, state, kind" in daemon.get("/api/documents?matters=T").json["error"]["next_step"]
    assert daemon.get("/api/documents?words=50%25+rent").status == 200
    for target in ("/api/matters", "/api/conversations", "/api/companies/watch", "/api/models", "/api/status", "/api/config"):
        assert daemon.get(target).status == 200, target
        refused = daemon.get(target + "?foo=1")
        assert refused.status == 400 and refused.json["error"]["next_step"], (target, refused.body)
    # Other programs' clients.
    for target in ("/api/rag/documents", "/api/rag/status", "/v1/models", "/metrics", "/health", "/"):
        assert daemon.get(target + "?foo=1").status == 200, target


def test_an_empty_filter_on_the_command_line_is_refused(daemon):
    for option in ("--kind", "--state", "--matter", "--words"):
        refused = daemon.cli("documents", option, "")
        assert refused.returncode == 2 and f"{option}: is empty; leave it out for all" in refused.stderr, refused


def test_what_is_wrong_in_a_body_is_told_with_what_to_do(daemon):
    for body in ({"query": 5}, {"query": "rent", "limit": "many"}, {"query": "rent", "everywhere": "yes"},
                 {"query": "rent", "matter": 5}, {"query": "rent", "document": [5]}, {"query": "rent", "min_relevance": 2}, ["rent"]):
        refused = daemon.post("/api/search", body)
        assert refused.status == 400 and refused.json["error"]["next_step"], (body, refused.body)
    for text in (b"{", b"[1]", b'{"a": 1e999}'):
        refused = daemon.request("POST", "/api/search", text, {"Content-Type": "application/json"})
        assert refused.status == 400 and refused.json["error"]["next_step"], (text, refused.body)
