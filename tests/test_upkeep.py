"""Checking, backing up, restoring and exporting what is stored."""

import concurrent.futures
import contextlib
import csv
import itertools
import json
import sqlite3
import threading

import make_documents as make
import pytest

from counsel import LICENSES, Daemon, UnixConnection, cli, wait_until

NAMES = ("BSD", "Artistic", "GPL-3")


@pytest.fixture
def daemon(home):
    home.mkdir()
    daemon = Daemon(home).start()
    yield daemon
    daemon.stop()


@pytest.fixture
def filled(daemon):
    """A daemon with a few documents, and their ids by name."""
    ids = {name: daemon.add(LICENSES / name)["id"] for name in NAMES}
    return daemon, ids


def check(daemon, *arguments):
    done = daemon.cli("check", "--json", *arguments)
    return done.returncode, json.loads(done.stdout)["findings"]


def damage(daemon, statement, *values):
    """Changes the store behind the daemon's back."""
    daemon.stop()
    with sqlite3.connect(daemon.home / "counsel.db") as db:
        assert db.execute(statement, values).rowcount != 0
    db.close()
    daemon.start()


def found(daemon, text):
    reply = daemon.post("/api/search", {"query": text, "min_relevance": 0})
    return [(hit["name"], hit["start"], hit["end"]) for hit in reply.json["hits"]]


def test_what_is_whole_is_said_to_be(filled):
    daemon, _ = filled
    said = daemon.cli("check")
    assert said.returncode == 0, said.stderr
    assert "3 documents" in said.stdout and "All is whole." in said.stdout


def test_a_changed_original_is_found_and_kept(filled):
    daemon, ids = filled
    sha256 = daemon.get(f"/api/documents/{ids['BSD']}").json["sha256"]
    original = daemon.home / "originals" / sha256[:2] / sha256
    original.write_bytes(b"X" + original.read_bytes()[1:])
    status, findings = check(daemon, "--repair")
    assert status == 1
    assert [(f["name"], f["repairable"]) for f in findings] == [("BSD", False)]
    assert "counsel add" in findings[0]["next_step"]
    assert daemon.get(f"/api/documents/{ids['BSD']}").json["state"] == "ready"


@pytest.mark.parametrize("statement", [
    "DELETE FROM vectors WHERE chunk IN (SELECT id FROM chunks WHERE document = ? LIMIT 1)",
    "UPDATE vectors SET vector = zeroblob(length(vector)) WHERE chunk IN (SELECT id FROM chunks WHERE document = ?)",
    "UPDATE chunks SET text = 'altered' WHERE document = ? AND ordinal = 3",
    "UPDATE texts SET text = 'short' WHERE document = ? AND piece = 0",
    "DELETE FROM texts WHERE document = ?",
])
def test_what_is_derived_is_made_again_from_the_original(filled, statement):
    daemon, ids = filled
    before = found(daemon, "convey the object code")
    damage(daemon, statement, ids["GPL-3"])
    status, findings = check(daemon)
    assert status == 1 and all(f["repairable"] for f in findings), findings
    assert "GPL-3" in [f["name"] for f in findings]
    status, findings = check(daemon, "--repair")
    assert all(f["repaired"] for f in findings), findings
    daemon.finished(ids["GPL-3"])
    assert check(daemon) == (0, [])
    assert found(daemon, "convey the object code") == before


def test_a_keyword_index_that_lost_a_passage_is_built_anew(filled):
    daemon, ids = filled
    damage(daemon, "INSERT INTO chunk_words (chunk_words, rowid, name, heading, text) "
                   "SELECT 'delete', id, name, heading, text FROM chunks WHERE document = ? AND ordinal = 0", ids["BSD"])
    status, findings = check(daemon)
    assert status == 1 and findings[0]["what"] == "The keyword index differs from the passages."
    assert check(daemon, "--repair")[0] == 0
    assert check(daemon) == (0, [])


def test_originals_of_no_document_are_removed(filled):
    daemon, _ = filled
    stray = daemon.home / "originals" / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("stray")
    assert check(daemon)[1][0]["what"] == "1 originals belong to no document."
    assert check(daemon, "--repair")[0] == 0
    assert not stray.exists()


def test_a_backup_makes_an_equal_home(filled, tmp_path):
    daemon, ids = filled
    before = found(daemon, "written offer to give the source code")
    said = daemon.cli("backup", tmp_path / "backup")
    assert said.returncode == 0, said.stderr
    assert not (tmp_path / "backup.partial").exists()
    new = tmp_path / "new-home"
    restored = cli(new, "restore", tmp_path / "backup")
    assert restored.returncode == 0, restored.stderr
    assert "3 documents" in restored.stdout
    other = Daemon(new).start()
    try:
        assert found(other, "written offer to give the source code") == before
        assert check(other) == (0, [])
    finally:
        other.stop()


def test_a_backup_without_one_original_holds_the_rest_and_says_so(filled, tmp_path):
    daemon, ids = filled
    sha256 = daemon.get(f"/api/documents/{ids['BSD']}").json["sha256"]
    (daemon.home / "originals" / sha256[:2] / sha256).unlink()
    (daemon.home / "mailboxes.json").write_text("[]")
    said = daemon.cli("backup", tmp_path / "backup")
    assert said.returncode == 1 and "'BSD'" in said.stderr and "counsel check" in said.stderr, said.stderr
    assert "3 documents, 1 of them without its original" in said.stdout, said.stdout
    assert (tmp_path / "backup" / "mailboxes.json").read_text() == "[]"
    restored = cli(tmp_path / "new-home", "restore", tmp_path / "backup")
    assert restored.returncode == 0, restored.stderr
    assert "3 documents, 1 of them without its original" in restored.stdout, restored.stdout
    assert "'BSD'" in restored.stderr and "counsel add" in restored.stderr, restored.stderr
    told = cli(tmp_path / "another-home", "restore", tmp_path / "backup", "--json")
    assert json.loads(told.stdout)["without_original"] == ["BSD"], told.stdout
    other = Daemon(tmp_path / "new-home").start()
    try:
        assert len(found(other, "written offer to give the source code")) > 0
        status, findings = check(other)
        assert status == 1 and [finding["name"] for finding in findings] == ["BSD"]
    finally:
        other.stop()


def test_what_was_read_again_is_checked_backed_up_and_restored(filled, tmp_path):
    daemon, ids = filled
    again = daemon.cli("reread", ids["BSD"])
    assert again.returncode == 0, again.stderr
    wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "it is read")
    newer = daemon.get(f"/api/documents/{ids['BSD']}").json["superseded_by"]
    assert newer and check(daemon) == (0, [])
    said = daemon.cli("backup", tmp_path / "backup")
    assert said.returncode == 0, said.stderr
    restored = cli(tmp_path / "new-home", "restore", tmp_path / "backup")
    assert restored.returncode == 0, restored.stderr
    other = Daemon(tmp_path / "new-home").start()
    try:
        for document in (ids["BSD"], newer):
            assert other.get(f"/api/documents/{document}/text").json == daemon.get(f"/api/documents/{document}/text").json
        assert check(other) == (0, [])
    finally:
        other.stop()


@contextlib.contextmanager
def constantly(work):
    """Repeats work() on a thread until the block ends; what it raised is raised then."""
    end, raised = threading.Event(), []

    def repeat():
        try:
            while not end.is_set():
                work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
    if raised:
        raise raised[0]


def test_a_backup_while_documents_come_and_go_is_whole(filled, tmp_path):
    daemon, _ = filled
    numbers = itertools.count()

    def add_and_delete():
        path = tmp_path / f"{next(numbers)}.txt"
        path.write_text(f"The rent is {path.name} pounds.")
        document = daemon.add(path)["id"]
        assert daemon.request("DELETE", f"/api/documents/{document}").status == 200

    with constantly(add_and_delete), constantly(add_and_delete):
        for number in range(4):
            said = daemon.cli("backup", tmp_path / f"backup-{number}")
            assert said.returncode == 0, said.stderr
            exported = daemon.cli("export", tmp_path / f"export-{number}", "--matter", "general")
            assert exported.returncode == 0, exported.stderr
            assert "missing or damaged" not in exported.stdout
            assert check(daemon) == (0, [])
    for number in range(4):
        new = tmp_path / f"home-{number}"
        assert cli(new, "restore", tmp_path / f"backup-{number}").returncode == 0
        other = Daemon(new).start()
        try:
            wait_until(lambda: other.get("/api/status").json["documents"]["pending"] == 0, "the rest is read")
            assert check(other) == (0, [])
            assert len(found(other, "written offer to give the source code")) > 0
        finally:
            other.stop()
    kept = {document["sha256"] for document in daemon.get("/api/documents").json["documents"]}
    wait_until(lambda: {path.name for path in (daemon.home / "originals").rglob("*") if path.is_file()} == kept,
               "what was deleted while a backup held it is gone as well")


def test_a_backup_whose_client_leaves_ends_and_leaves_nothing(filled, tmp_path):
    daemon, _ = filled
    connection = UnixConnection(daemon.socket)
    connection.request("POST", "/api/backup", json.dumps({"path": str(tmp_path / "backup")}))
    connection.close()
    wait_until(lambda: not (tmp_path / "backup.partial").exists(), "it has ended")
    assert daemon.cli("backup", tmp_path / "other").returncode == 0


def test_two_backups_into_one_folder_do_not_mix(filled, tmp_path):
    daemon, _ = filled
    target = {"path": str(tmp_path / "backup")}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(lambda _: list(daemon.stream("/api/backup", target))[-1], range(6)))
    assert [name for name, _ in ends].count("done") == 1
    assert {data["error"]["code"] for name, data in ends if name == "error"} <= {"already_exists"}
    assert cli(tmp_path / "new-home", "restore", tmp_path / "backup").returncode == 0


def test_many_documents_of_one_name_are_exported_apart(daemon, tmp_path):
    for number in range(30):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "lease.txt").write_text(f"The rent is {number} pounds.")
        daemon.add(folder / "lease.txt", matter="Smith")
    assert daemon.cli("export", tmp_path / "out", "--matter", "Smith").returncode == 0
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    texts = [(tmp_path / "out" / entry["text"]).read_text() for entry in index["documents"]]
    assert texts == [f"The rent is {number} pounds." for number in range(30)]
    assert index["matter"] == "Smith" and index["documents"][29]["original"] == "originals/lease (30).txt"


def test_a_backup_never_writes_over_anything(filled, tmp_path):
    daemon, _ = filled
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine")
    said = daemon.cli("backup", tmp_path / "there")
    assert said.returncode == 1 and "is there already" in said.stderr
    assert (tmp_path / "there" / "file").read_text() == "mine"
    assert list(tmp_path.glob("*.partial")) == []


def test_nothing_is_backed_up_or_exported_into_the_home_itself(filled, tmp_path):
    daemon, _ = filled
    (tmp_path / "link").symlink_to(daemon.home)
    before = sorted(daemon.home.rglob("*"))
    for what in ("backup", "export"):
        for target in (daemon.home, daemon.home / "backup", daemon.home / "index", daemon.home / "originals" / "ab",
                       tmp_path / "link" / "backup"):
            said = daemon.cli(what, target)
            assert said.returncode == 2 and "inside the home" in said.stderr and "elsewhere" in said.stderr, said.stderr
    assert {path for path in daemon.home.rglob("*")} - set(before) <= {daemon.home / "counsel.db-wal", daemon.home / "counsel.db-shm"}
    assert daemon.cli("backup", str(daemon.home) + "-backup").returncode == 0


def test_a_restore_spares_a_home_with_documents_and_one_that_runs(filled, tmp_path):
    daemon, _ = filled
    assert daemon.cli("backup", tmp_path / "backup").returncode == 0
    running = daemon.cli("restore", tmp_path / "backup")
    assert running.returncode == 1, running.stdout
    daemon.stop()
    full = daemon.cli("restore", tmp_path / "backup")
    assert full.returncode == 1 and "has documents already" in full.stderr


def test_a_damaged_backup_is_refused_and_can_be_tried_again(filled, tmp_path):
    daemon, _ = filled
    backup = tmp_path / "backup"
    assert daemon.cli("backup", backup).returncode == 0
    original = next(path for path in (backup / "originals").rglob("*") if path.is_file())
    good = original.read_bytes()
    original.write_bytes(good[:-1])
    new = tmp_path / "new-home"
    refused = cli(new, "restore", backup)
    assert refused.returncode == 1 and "damaged" in refused.stderr
    assert not (new / "counsel.db").exists()
    original.write_bytes(good)
    assert cli(new, "restore", backup).returncode == 0


@pytest.mark.parametrize("manifest", ["", "[]", '{"format": 9}', '{"format": 1, "database": 3}',
                                      '{"format": 1, "database": "", "originals": ["../../../etc/passwd"]}'])
def test_a_manifest_is_not_believed(home, tmp_path, manifest):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "manifest.json").write_text(manifest)
    refused = cli(home, "restore", tmp_path / "backup")
    assert refused.returncode == 1 and "manifest.json" in refused.stderr
    assert "counsel backup" in refused.stderr


def test_a_matter_is_exported_as_open_files(daemon, tmp_path):
    for folder, text in (("one", "The rent is due in advance."), ("two", "The rent is due in arrears.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lease, =1.txt").write_text(text)
        daemon.add(tmp_path / folder / "lease, =1.txt", matter="Smith")
    daemon.add(LICENSES / "BSD")
    said = daemon.cli("export", tmp_path / "out", "--matter", "Smith")
    assert said.returncode == 0, said.stderr
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert len(index["documents"]) == 2
    texts = {(tmp_path / "out" / entry["original"]).read_text() for entry in index["documents"]}
    assert texts == {"The rent is due in advance.", "The rent is due in arrears."}
    with open(tmp_path / "out" / "index.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["lease, =1.txt"] * 2
    assert {(tmp_path / "out" / row["text"]).read_text().strip() for row in rows} == texts


def test_an_export_tells_what_holds_what(daemon, tmp_path):
    (tmp_path / "offer.eml").write_bytes(make.offer_eml())
    (tmp_path / "bundle.zip").write_bytes(make.zipped([("letters/offer.eml", make.offer_eml())]))
    daemon.add(tmp_path / "bundle.zip", matter="Smith")
    wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "what it holds is read")
    assert daemon.cli("export", tmp_path / "out", "--matter", "Smith").returncode == 0
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    entries = {entry["name"]: entry for entry in index["documents"]}
    bundle, mail, sails = entries["bundle.zip"], entries["offer.eml"], entries["sails.txt"]
    assert (bundle["inside"], bundle["parents"]) == ("", [])
    assert bundle["embedded"] == [{"id": mail["id"], "name": "letters/offer.eml"}]
    assert (mail["inside"], mail["parents"]) == ("bundle.zip", [bundle["id"]])
    assert (sails["inside"], sails["parents"]) == ("offer.eml in bundle.zip", [mail["id"]])
    with open(tmp_path / "out" / "index.csv", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows["offer.eml"]["parents"] == bundle["id"] and rows["sails.txt"]["inside"] == "offer.eml in bundle.zip"
    assert rows["offer.eml"]["holds"] == " ".join(one["id"] for one in mail["embedded"])


def test_an_unknown_matter_and_a_folder_over_tcp(daemon, tmp_path):
    said = daemon.cli("export", tmp_path / "out", "--matter", "nobody")
    assert said.returncode == 4 and "nobody" in said.stderr and "counsel matters" in said.stderr
    assert not (tmp_path / "out").exists()
    for what in ("backup", "export"):
        refused = daemon.request("POST", f"/api/{what}", {"path": str(tmp_path / "x")}, tcp=True)
        assert refused.status == 403
