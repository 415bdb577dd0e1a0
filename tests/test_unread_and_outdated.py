"""What of a document was not read is told with the document, with `counsel add` and with answers; so is a reading by older
readers, until it is read again."""

import io
import sqlite3
import zipfile

import make_documents as make

from counsel import cli

WEIR = "The reeve of Ely keeps the weir in repair, and pays ninety groats for each day on which it leaks."


def with_picture():
    """A Word document that shows a picture."""
    document = make.docx(make.paragraph(make.run(WEIR)))
    relation = f'<Relationship Id="r9" Type="{make.OFFICE}/image" Target="media/image1.png"/></Relationships>'
    with zipfile.ZipFile(io.BytesIO(document)) as whole:
        members = [(name, whole.read(name)) for name in whole.namelist()]
    members = [(name, content.replace(b"</Relationships>", relation.encode()) if "document.xml.rels" in name else content)
               for name, content in members]
    return make.zipped(members + [("word/media/image1.png", make.png())])


def test_what_was_not_read_is_told_everywhere(home, tmp_path):
    (tmp_path / "weir.docx").write_bytes(with_picture())
    added = cli(home, "add", tmp_path / "weir.docx")
    assert "Not read: a picture: what it shows is not looked at." in added.stderr, added.stderr
    assert "1 document has parts that were not read: see above" in added.stdout
    asked = cli(home, "ask", "--style", "quotes", "Who keeps the weir of Ely in repair?")
    assert "weir.docx: Not read: a picture" in asked.stdout, asked.stdout + asked.stderr


def test_what_many_documents_lack_is_told_once(home, tmp_path):
    (tmp_path / "many").mkdir()
    for n in range(6):
        (tmp_path / "many" / f"weir{n}.docx").write_bytes(with_picture().replace(b"Ely", b"El%d" % n))
    with zipfile.ZipFile(tmp_path / "many" / "six.zip", "w") as archive:
        for n in range(6):
            archive.writestr(f"weir{n}.docx", make.zipped([(f"{n}.txt", "x"), ("a.docx", with_picture() + bytes(n))]))
    added = cli(home, "add", tmp_path / "many")
    told = [line for line in added.stderr.splitlines() if "a picture: what it shows is not looked at" in line]
    assert len(told) == 4 and told[-1].strip().endswith("documents: Not read: a picture: what it shows is not looked at."), added.stderr


def test_what_older_readers_read_is_told_and_read_again(daemon, tmp_path):
    (tmp_path / "weir.txt").write_text(WEIR)
    first = daemon.add(tmp_path / "weir.txt")
    assert not first["outdated"] and daemon.get("/api/status").json["documents"]["outdated"] == 0
    daemon.stop()
    with sqlite3.connect(daemon.home / "counsel.db") as store:
        store.execute("UPDATE documents SET reader = 0")
    daemon.start()
    assert daemon.get(f"/api/documents/{first['id']}").json["outdated"]
    assert daemon.get("/api/status").json["documents"]["outdated"] == 1
    assert "1 documents were read by an older version of Counsel" in daemon.cli("status").stdout
    answer = daemon.post("/api/ask", {"question": "Who keeps the weir of Ely in repair?", "style": "quotes", "stream": False}).json
    assert any("weir.txt: it was read by an older version of Counsel" in note for note in answer["notes"]), answer
    assert "weir.txt is read again" in daemon.cli("reread", "--outdated").stdout
    newer = [d for d in daemon.get("/api/documents").json["documents"] if d["id"] != first["id"]]
    assert not daemon.finished(newer[0]["id"])["outdated"]
    assert daemon.get("/api/status").json["documents"]["outdated"] == 0
    assert daemon.get(f"/api/documents/{first['id']}/passage?start=0&end=20").json["text"] == WEIR[:20], "old citations open"
    assert daemon.cli("reread", "--outdated").stdout == "No document was read by an older version of Counsel.\n"


def test_licences_are_printed(home):
    printed = cli(home, "licences").stdout
    assert "counsel-extract: GPL-3.0-or-later" in printed and "tesseract" in printed
