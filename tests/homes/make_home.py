"""make_home.py PROGRAMS FILE.tar.xz: a small home as the Counsel in the folder PROGRAMS writes it, for tests/test_upgrades.py.

One file of each of several formats, a mail with an attachment, two matters, a version that supersedes another, a second reading, a
document that was deleted, a conversation of two questions. Beside counsel.db and originals the archive holds what that Counsel said
of it (said.json), which a later one has to say too. No models, and no path of the machine that made it.
"""

import io
import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
QUESTIONS = {"lease.docx": "rent in the lease", "will.odt": "who inherits under the will", "offer.eml": "terms of the offer",
             "notes.md": "reeve scours the ditch in spring", "annexed.pdf": "warden of the weir"}


def upload(daemon, name, content, matter):
    """As a browser does it, with a path that is no machine's."""
    mark = "counsel-home"
    field = lambda key, value: f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
    body = (field("matter", matter) + field("path", f"/documents/{name}")
            + f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n').encode()
    reply = daemon.request("POST", "/api/documents", body + content + f"\r\n--{mark}--\r\n".encode(),
                           {"Content-Type": f"multipart/form-data; boundary={mark}"})
    assert reply.status == 202, reply.body
    done = daemon.finished(reply.json["id"])
    assert done["state"] == "ready", done
    return done["id"]


def said_of(daemon):
    """What a Counsel says of its home: its documents, and where it finds what."""
    documents = daemon.get("/api/documents?superseded=true").json["documents"]
    kept = ("id", "name", "matter", "sha256", "bytes", "state", "characters", "chunks", "superseded_by", "paths", "parents")
    found = {}
    for name, question in QUESTIONS.items():
        hits = daemon.post("/api/search", {"query": question, "min_relevance": 0, "limit": 3}).json["hits"]
        found[question] = [[hit["name"], hit["start"], hit["end"]] for hit in hits]
        assert found[question][0][0] in (name, "annex.txt"), (question, found[question])
    conversations = daemon.get("/api/conversations").json["conversations"]
    asked = {one["id"]: daemon.get(f"/api/conversations/{one['id']}/exchanges").json["exchanges"] for one in conversations}
    return {"conversations": [[one["title"], [exchange["question"] for exchange in asked[one["id"]]],
                               [exchange["answer"]["quotes"] for exchange in asked[one["id"]]]] for one in conversations],
            "record": daemon.get("/api/record/head").json["head"],
            "documents": sorted(({key: document[key] for key in kept} for document in documents), key=lambda d: d["id"]),
            "found": found}


def make(target):
    import make_documents
    from counsel import Daemon, wait_until

    files = make_documents.everything()
    with tempfile.TemporaryDirectory(prefix="counsel-test-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        daemon = Daemon(home).start()
        for name in ("lease.docx", "offer.eml", "annexed.pdf", "notes.md"):
            upload(daemon, name, files[name], "general")
        upload(daemon, "will.odt", files["will.odt"], "The orchard")
        upload(daemon, "notes.md", b"# Drainage\n\nThe ditch is scoured by the reeve each spring.\n", "general")
        gone = upload(daemon, "deed.rtf", files["deed.rtf"], "general")
        will = next(d for d in daemon.get("/api/documents").json["documents"] if d["name"] == "will.odt")
        again = daemon.post(f"/api/documents/{will['id']}/reread")
        assert again.status == 202, again.body
        daemon.finished(again.json["id"])
        assert daemon.request("DELETE", f"/api/documents/{gone}").status == 200
        for question in ("Who scours the ditch?", "And in which season?"):
            reply = daemon.post("/api/ask", {"question": question, "session": "drainage", "style": "quotes", "stream": False})
            assert reply.json["quotes"], reply.body
        wait_until(lambda: all(d["state"] == "ready" for d in daemon.get("/api/documents").json["documents"]), "all is read")
        said = said_of(daemon)
        daemon.stop()
        with tarfile.open(target, "w:xz") as archive:
            def put(name, content):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o600
                archive.addfile(entry, io.BytesIO(content))

            put("said.json", json.dumps(said, indent=1, ensure_ascii=False).encode())
            for path in [home / "counsel.db", *sorted((home / "originals").rglob("*"))]:
                if path.is_file():
                    put(str(path.relative_to(home)), path.read_bytes())


if __name__ == "__main__":
    os.environ["COUNSEL_BIN"] = sys.argv[1]
    make(sys.argv[2])
