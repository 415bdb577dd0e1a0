"""Adding, listing and deleting documents; bad files; what a crash may not lose."""

import subprocess
import os

import pytest

from counsel import COUNSEL, Daemon, LICENSES, cli, wait_until

UNIQUE = "zyxquorvian"


def upload(daemon, name, content, matter=None):
    boundary = "counsel-test-boundary"
    parts = []
    if matter:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="matter"\r\n\r\n{matter}\r\n'.encode())
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 f'Content-Type: application/octet-stream\r\n\r\n'.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return daemon.request("POST", "/api/documents", body,
                          {"Content-Type": f"multipart/form-data; boundary={boundary}"}, tcp=True)


def test_the_same_bytes_twice_are_one_document(daemon, tmp_path):
    (tmp_path / "a.txt").write_text("A deed of gift, signed in Bath.")
    (tmp_path / "b.txt").write_text("A deed of gift, signed in Bath.")
    first = daemon.add(tmp_path / "a.txt")
    second = daemon.add(tmp_path / "b.txt")
    assert first["id"] == second["id"]
    assert sorted(os.path.basename(path) for path in second["paths"]) == ["a.txt", "b.txt"]
    other = daemon.add(tmp_path / "a.txt", "another matter")
    assert other["id"] != first["id"]
    assert daemon.get("/api/documents").json["count"] == 2


def test_an_upload_is_listed_searched_and_deleted(daemon):
    added = upload(daemon, "clause.md", f"# Indemnity\n\nThe {UNIQUE} clause survives termination.".encode(), "m1")
    assert added.status == 202, added.body
    document = daemon.finished(added.json["id"])
    assert (document["state"], document["matter"], document["name"]) == ("ready", "m1", "clause.md")
    hits = daemon.post("/api/search", {"query": f"{UNIQUE} clause"}).json["hits"]
    assert hits[0]["document"] == document["id"]
    deleted = daemon.request("DELETE", f"/api/documents/{document['id']}")
    assert deleted.status == 200
    assert daemon.get(f"/api/documents/{document['id']}").status == 404
    assert daemon.post("/api/search", {"query": f"{UNIQUE} clause"}).json["hits"] == []


def test_a_deleted_document_is_gone_from_every_file_of_the_home(daemon):
    document = daemon.finished(upload(daemon, "secret.txt", f"The {UNIQUE} estate.".encode()).json["id"])
    holding = lambda: [p.name for p in daemon.home.rglob("*") if p.is_file() and UNIQUE.encode() in p.read_bytes()]
    assert holding()
    daemon.request("DELETE", f"/api/documents/{document['id']}")
    assert holding() == []


def test_a_folder_is_added_with_its_subfolders_and_bad_files_are_named(home, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "good.txt").write_text("The tenant shall keep the garden tidy.")
    (tmp_path / "sub" / "deep.md").write_text("# Roof\n\nThe landlord repairs the roof.")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"nonsense " * 100)
    (tmp_path / ".hidden").write_text("not this one")
    added = cli(home, "add", tmp_path)
    assert added.returncode == 1
    assert "2 documents ready" in added.stdout and "3 not added" in added.stdout, added.stdout + added.stderr
    for name in ("empty.txt", "binary.bin", "broken.pdf"):
        assert name in added.stderr
    assert ".hidden" not in added.stderr


def test_a_path_that_is_not_there_adds_nothing(home, tmp_path):
    failed = cli(home, "add", tmp_path / "nowhere")
    assert failed.returncode == 4 and "nowhere" in failed.stderr


def test_a_new_version_at_the_same_path_supersedes_the_old_one(daemon, tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("The notice period is thirty days.")
    old = daemon.add(path)
    path.write_text("The notice period is ninety days.")
    new = daemon.add(path)
    assert old["id"] != new["id"]
    assert daemon.get(f"/api/documents/{old['id']}").json["superseded_by"] == new["id"]
    hits = daemon.post("/api/search", {"query": "What is the notice period?"}).json["hits"]
    assert {hit["document"] for hit in hits} == {new["id"]}
    assert daemon.text(old["id"], 0, 33) == "The notice period is thirty days."


def test_unknown_documents_and_ranges_are_refused(library):
    assert library.get("/api/documents/nosuchdocument").status == 404
    document = library.get("/api/documents").json["documents"][0]["id"]
    assert library.get(f"/api/documents/{document}/text?start=5&end=2").status == 400
    assert library.get(f"/api/documents/{document}/text?start=0&end=999999999").status == 400
    assert library.get(f"/api/documents/{document}/text?start=abc").status == 400
    assert library.get("/api/documents?matter=unheard").status == 404


def test_an_upload_without_a_file_or_with_a_bad_matter_is_refused(daemon):
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert daemon.request("POST", "/api/documents", b"--b--\r\n", headers).status == 400
    assert daemon.request("POST", "/api/documents", b"{}", {"Content-Type": "application/json"}).status == 400
    assert upload(daemon, "a.txt", b"some text", "bad/matter").status == 400
    assert upload(daemon, "a.txt", b"").status == 400
    assert daemon.get("/api/documents").json["count"] == 0


def test_kill_9_during_add_ends_with_every_document_once(home):
    home.mkdir()
    names = sorted({path.resolve() for path in LICENSES.iterdir()})
    for victim_after in (1, 4, 9):
        daemon = Daemon(home).start()
        adding = subprocess.Popen([COUNSEL, "add", LICENSES], env=daemon.environment, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        wait_until(lambda: daemon.get("/api/documents").json["count"] >= victim_after, "documents arrive")
        daemon.kill()
        adding.wait(60)
        # Killed before `add` had found it, there is one that `add` started in the background.
        cli(home, "stop")
    added = cli(home, "add", LICENSES)
    assert added.returncode == 0, added.stderr
    daemon = Daemon(home, None)
    listed = cli(home, "documents", "--json")
    import json
    documents = json.loads(listed.stdout)["documents"]
    assert len(documents) == len(names) == len({d["sha256"] for d in documents})
    assert {d["state"] for d in documents} == {"ready"}
    found = json.loads(cli(home, "search", "--json", "patent litigation terminates the licence").stdout)["hits"]
    assert found
    places = [(hit["document"], hit["start"]) for hit in found]
    assert len(places) == len(set(places))
