"""`counsel add` of many files and of odd ones; uploads that are refused leave nothing."""

import http.client
import http.server
import json
import os
import random
import shutil
import socketserver
import sqlite3
import subprocess
import threading
import urllib.parse

import pytest

from counsel import COUNSEL, PATIENCE, cli, wait_until

BOUNDARY = "counsel-test-boundary"


def part(disposition, content=b""):
    return (f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n")


def upload(daemon, *parts):
    return daemon.request("POST", "/api/documents", b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(),
                          {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, tcp=True)


def stored(daemon):
    """Files below originals, temporary ones too."""
    return sorted(path.name for path in (daemon.home / "originals").rglob("*") if path.is_file())


def many(folder, count):
    rng = random.Random(count)
    words = "tenant landlord rent notice garden roof repair deposit insurance term premises covenant".split()
    folder.mkdir()
    for i in range(count):
        (folder / f"{i:04}.txt").write_text(f"Clause {i}. The {' '.join(rng.choices(words, k=12))}.")


# ---- adding ----

class ForgetfulDaemon:
    """Speaks as the daemon does to `counsel add`, but its events do not tell how documents end. The first stream of
    events says that some were lost (`lost`) or just ends; documents are at their end once all were sent."""

    def __init__(self, home, files, lost):
        self.sent, self.files, self.asked, self.streams, self.lost = [], files, [], 0, lost
        daemon = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            address_string = log_message = lambda *_: "test"

            def reply(self, json_body):
                body = json.dumps(json_body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def document(self, id):
                return {"id": id, "name": id, "state": "ready", "chunks": 2, "reason": "", "notes": [], "embedded": []}

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                daemon.sent.append(f"{len(daemon.sent):016}")
                self.reply({**self.document(daemon.sent[-1]), "state": "queued", "chunks": 0, "already_there": False})
                if len(daemon.sent) == daemon.files:
                    daemon.all_sent.set()

            def do_GET(self):
                target = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(target.query))
                if target.path == "/health":
                    return self.reply({"status": "ok"})
                if target.path == "/api/events":
                    return self.events()
                daemon.asked.append(query)
                if "id" in query:
                    return self.reply({"documents": [self.document(id) for id in query["id"].split(",")]})
                # One page with a stranger's document, one with nothing.
                self.reply({"documents": [] if "after" in query else [self.document("somebody's")],
                            "next": None if "after" in query else "1"})

            def events(self):
                daemon.streams += 1
                first = daemon.streams == 1
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b": listening\n\n")
                daemon.all_sent.wait(PATIENCE)
                if daemon.lost and first:
                    self.wfile.write(b'event: lost\ndata: {"count":7}\n\n')
                if daemon.lost or not first:
                    self.rfile.read(1)  # until the client leaves
                self.close_connection = True

        self.all_sent = threading.Event()
        home.mkdir()
        path = str(home / "s.sock")
        self.server = socketserver.ThreadingUnixStreamServer(path, Handler)
        self.server.daemon_threads = True
        (home / "daemon.json").write_text(json.dumps({"pid": os.getpid(), "socket": path, "url": "http://127.0.0.1:1"}))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self, home):
        (home / "daemon.json").unlink()
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "ended"])
def test_add_asks_the_list_for_what_events_did_not_tell(home, tmp_path, lost):
    many(tmp_path / "in", 450)
    daemon = ForgetfulDaemon(home, 450, lost)
    try:
        added = cli(home, "add", tmp_path / "in", "--matter", "A v B")
    finally:
        daemon.close(home)
    assert added.returncode == 0, added.stderr
    assert added.stdout.startswith("450 documents ready to be searched (900 passages)"), added.stdout
    assert daemon.streams == (1 if lost else 2)
    # Pages of what is unfinished, then all that was added: 400 at a time, never one by one.
    states = [query for query in daemon.asked if "state" in query]
    assert [query.get("after") for query in states] == [None, "1"]
    assert {query["state"] for query in states} == {"queued,extracting,embedding"}
    assert {query["matter"] for query in states} == {"A v B"}
    assert [len(query["id"].split(",")) for query in daemon.asked if "id" in query] == [400, 50]


def test_a_bad_matter_is_refused_before_a_file_is_sent_and_a_bad_file_keeps_no_other_out(home, tmp_path):
    (tmp_path / "the matter of the lease.txt").write_bytes(b"")
    (tmp_path / "z.txt").write_text("The tenant keeps the garden tidy.")
    refused = cli(home, "add", tmp_path, "--matter", "a/b")
    assert refused.returncode == 2 and "matter's name" in refused.stderr
    assert not (home / "daemon.json").exists()
    added = cli(home, "add", tmp_path, "--json")
    report = json.loads(added.stdout)
    assert added.returncode == 1 and "the matter of the lease.txt' is empty" in added.stderr
    assert report["refused"] == 1 and [d["name"] for d in report["documents"]] == ["z.txt"]


def test_a_name_that_is_not_utf8_is_added_as_latin1(daemon, tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xc3\xa9t\xc3\xa9"
    os.mkdir(folder)
    with open(folder + b"/caf\xe9.txt", "wb") as file:
        file.write(b"The coffee house is let for nine pounds a year.")
    added = daemon.cli("add", tmp_path)
    assert added.returncode == 0, added.stderr
    document, = daemon.get("/api/documents").json["documents"]
    assert document["name"] == "café.txt" and document["paths"] == [f"{tmp_path}/été/café.txt"]


def test_what_programs_leave_is_passed_over_and_said(home, tmp_path):
    for name in ("~$lease.docx", "Thumbs.db", "desktop.ini", ".DS_Store"):
        (tmp_path / name).write_bytes(b"\x00\x01 no document")
    (tmp_path / "lease.txt").write_text("The rent is nine pounds.")
    added = cli(home, "add", tmp_path)
    assert added.returncode == 0, added.stderr
    assert added.stdout.startswith("1 document ready") and "Passed over: 4 files" in added.stdout


def test_a_dry_run_says_what_would_be_added_and_sends_nothing(home, tmp_path):
    folder = tmp_path / "in"
    (folder / "Drafts").mkdir(parents=True)
    for name, content in (("lease.pdf", "%PDF-"), ("letter.DOCX", "PK"), ("deed.pdf", "%PDF-1.7"), ("empty.txt", ""),
                          ("Thumbs.db", "x"), (".~lock.letter.docx#", "x"), ("Drafts/a.txt", "x"), ("noise.xyz", "abc")):
        (folder / name).write_text(content)
    told = cli(home, "add", folder, "--dry-run", "--exclude", "drafts")
    assert told.returncode == 0, told.stderr
    assert not (home / "daemon.json").exists()
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert {"pdf 2 13 bytes", "letter 1 2 bytes", "other 1 3 bytes", "in all 4 18 bytes"} <= set(lines), told.stdout
    assert f"Would not be added: {folder}/empty.txt: it is empty" in told.stdout
    assert "Passed over: 2 files" in told.stdout and "Left out by --exclude: 1 file" in told.stdout
    report = json.loads(cli(home, "add", folder, "--dry-run", "--exclude", "drafts", "--json").stdout)
    assert report["kinds"]["pdf"] == {"files": 2, "bytes": 13} and report["files"] == 4
    assert report["excluded"] == 1 and report["passed_over"] == 2 and len(report["refused"]) == 1
    both = cli(home, "add", folder, "--dry-run", "--watch")
    assert both.returncode == 2
    # The value of an option ends where it ends: what is behind it is the folder.
    other_order = cli(home, "add", "--exclude", "drafts/", folder, "--dry-run", "--exclude", "none such")
    assert other_order.returncode == 0 and "Left out by --exclude: 1 file" in other_order.stdout, other_order.stderr
    assert "--exclude 'none such' fits nothing here." in other_order.stderr


def test_a_folder_that_cannot_be_read_is_named_and_the_others_are_added(daemon, tmp_path):
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv")
    closed = tmp_path / "in" / "closed"
    closed.mkdir(parents=True)
    (closed / "secret.txt").write_text("Nobody reads this.")
    (tmp_path / "in" / "open.txt").write_text("The rent is nine pounds.")
    closed.chmod(0)
    # Root reads every folder, unless it gives that up.
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    added = subprocess.run([*(plain if os.geteuid() == 0 else []), COUNSEL, "add", tmp_path / "in"],
                           env=daemon.environment, capture_output=True, text=True, timeout=PATIENCE)
    closed.chmod(0o700)
    assert added.returncode == 1, added.stdout + added.stderr
    assert "closed: Permission denied" in added.stderr and added.stdout.startswith("1 document ready")


# ---- uploads that are refused ----

FILE = 'name="file"; filename="a.txt"'


def test_what_is_refused_leaves_no_byte(daemon):
    kept = upload(daemon, part(FILE, b"The first one is kept."))
    assert kept.status == 202
    digest = [kept.json["sha256"]]
    daemon.finished(kept.json["id"])
    for parts, sentence in (
            ([part('name="matter"', b"bad/matter"), part(FILE, b"text one")], "matter's name"),
            ([part(FILE, b"text two"), part('name="matter"', b"Smith v Jones")], "'matter' stands behind the file"),
            ([part(FILE, b"text three"), part('name="path"', b"/x")], "'path' stands behind the file"),
            ([part('name="path"', b"/\xff"), part(FILE, b"text four")], "not UTF-8"),
            ([part(FILE, b"text five"), part(FILE, b"text six")], "One file a request"),
            ([part(FILE)], "is empty"),
            ([part(FILE, b"text seven"), b"nonsense"], "malformed")):
        refused = upload(daemon, *parts)
        assert refused.status == 400 and sentence in refused.json["error"]["message"], refused.body
        wait_until(lambda: stored(daemon) == digest, f"nothing is left of it: {sentence}")
    assert daemon.get("/api/documents").json["count"] == 1


def test_who_leaves_in_the_middle_leaves_no_byte(daemon):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=PATIENCE)
    connection.putrequest("POST", "/api/documents")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(10 << 20))
    connection.endheaders()
    connection.send(part(FILE, bytes(1 << 20)))
    wait_until(lambda: stored(daemon), "it is being received")
    connection.close()
    wait_until(lambda: stored(daemon) == [], "it is gone")


def test_what_cannot_be_recorded_leaves_no_byte_unless_a_document_has_it(daemon):
    kept = upload(daemon, part(FILE, b"The tenant keeps the garden tidy."))
    daemon.finished(kept.json["id"])
    db = sqlite3.connect(daemon.home / "counsel.db", isolation_level=None, timeout=PATIENCE)
    db.execute("CREATE TRIGGER refuse BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'no'); END")
    for text, matter in ((b"The landlord repairs the roof.", b"general"), (b"The tenant keeps the garden tidy.", b"M")):
        failed = upload(daemon, part('name="matter"', matter), part(FILE, text))
        assert failed.status == 500, failed.body
    wait_until(lambda: stored(daemon) == [kept.json["sha256"]], "only what has a document is there")
    db.execute("DROP TRIGGER refuse")
    db.close()
    again = upload(daemon, part(FILE, b"The landlord repairs the roof."))
    assert daemon.finished(again.json["id"])["state"] == "ready"
