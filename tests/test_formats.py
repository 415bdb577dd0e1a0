"""Every format through counsel-extract: what is read, what is marked, what is refused; then through the daemon."""

import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path

import make_documents as make
import make_msg as mapi
import pytest

from counsel import BIN, cli, wait_until


class Extracted:
    def __init__(self, answer):
        line, _, rest = answer.partition(b"\n")
        self.head = json.loads(line)
        self.error = self.head.get("error")
        if self.error:
            return
        self.text = rest[:self.head["text_bytes"]].decode()
        self.notes = self.head["notes"]
        self.files, at = {}, self.head["text_bytes"]
        for name, _, size in self.head["embedded"]:
            self.files[name] = rest[at:at + size]
            at += size
        assert at == len(rest)

    def parts(self, kind):
        """(text, label) of each span of a kind."""
        return [(self.text[start:end], label) for k, _, start, end, label in self.head["structure"] if k == kind]


def extract(content, name="document", *arguments):
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as result:
        document.write(content)
        document.seek(0)
        result.write(name.encode())
        result.seek(0)
        ran = subprocess.run(["bash", "-c", f'exec "$0" "$@" 3<&{document.fileno()} 4>&{result.fileno()}',
                              BIN / "counsel-extract", *map(str, arguments)], pass_fds=[document.fileno(), result.fileno()], timeout=60,
                             capture_output=True)
        result.seek(0)
        answer = Extracted(result.read())
    assert ran.returncode == (2 if answer.error else 0), ran.stderr
    return answer


def message(content, name="x.docx"):
    return extract(content, name).error["message"]


def answer_of(program, content, name):
    """(exit status, what it wrote)."""
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as result:
        document.write(content)
        document.seek(0)
        result.write(name.encode())
        result.seek(0)
        ran = subprocess.run(["bash", "-c", f'exec "$0" 3<&{document.fileno()} 4>&{result.fileno()}',
                              BIN / program], pass_fds=[document.fileno(), result.fileno()], timeout=60,
                             capture_output=True)
        result.seek(0)
        return ran.returncode, result.read()


def test_the_quick_reader_says_the_same_or_leaves_it_to_the_other():
    files = {**make.everything(), "scan.png": make.png(), "plain.txt": b"The rent is due.", "binary.bin": bytes(range(256)) * 8, "old.doc":
             b"\xD0\xCF\x11\xE0" + bytes(600), "broken.docx": b"PK\x03\x04 nothing", "empty.txt": b"  \n"}
    elsewhere = set()
    for name, content in files.items():
        said = answer_of("counsel-extract-text", content, name)
        if said == (3, b""):
            elsewhere.add(name.rsplit(".", 1)[1])
        else:
            assert said == answer_of("counsel-extract", content, name), name
    assert elsewhere == {"pdf", "eml", "png"}


# ---- DOCX ----

def test_docx_clauses_have_the_numbers_that_word_shows():
    read = extract(make.lease_docx())
    assert [label for _, label in read.parts("clause")] == ["1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1"]
    assert "1.2 The rent is twelve hundred pounds." in read.text
    assert read.parts("heading") == [("Lease of the Mill", "")]


def test_docx_tracked_changes_are_told_apart():
    read = extract(make.lease_docx())
    assert read.parts("insertion") == [("twelve hundred", "by Ann Archer, 2024-03-01")]
    assert read.parts("deletion") == [("[Deleted text, by Ann Archer, 2024-03-01: nine hundred]",
                                       "by Ann Archer, 2024-03-01")]


def test_docx_footnotes_comments_rows_and_page_headers_are_marked():
    read = extract(make.lease_docx())
    assert read.parts("footnote")[0][0].startswith("[Footnote 1: Quarter days are Lady Day")
    assert read.parts("comment")[0] == ("[Comment by Bea Quill, 2024-03-02: Has the chimney been surveyed for jackdaws?]",
                                        "by Bea Quill, 2024-03-02")
    assert [row for row, _ in read.parts("table_row")] == [
        "Part | Who insures it", "The waterwheel | The tenant's insurer, Harbottle Mutual"]
    assert read.parts("page_header")[0][0] == "[Page header: Draft of 3 March for Pemberton LLP]"


def test_docx_deletions_in_many_pieces_are_one_and_a_text_box_stands_after_its_paragraph():
    box = ("<w:r><w:pict><w:txbxContent>" + make.paragraph(make.run("In the box.")) + "</w:txbxContent></w:pict></w:r>")
    read = extract(make.docx(make.paragraph(make.run("Old ") + make.deleted("wo") + make.deleted("rds") + box +
                                            make.run("text."))))
    assert read.text.startswith("Old text.\n\n[Deleted text, by Ann Archer, 2024-03-01: words]\n\nIn the box.")


def test_docx_tables_in_tables_are_read_and_very_deep_ones_too():
    inner = make.table([("a", "b")])
    nested = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{make.paragraph(make.run('c'))}</w:tc></w:tr></w:tbl>"
    assert extract(make.docx(nested)).text.startswith("a | b | c")
    deep = make.paragraph(make.run("bottom"))
    for _ in range(80):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc></w:tr></w:tbl>"
    assert "bottom" in extract(make.docx(deep)).text


# ---- ODT, RTF, HTML ----

def test_odt_lists_notes_changes_and_annotations():
    read = extract(make.will_odt())
    assert [label for _, label in read.parts("clause")] == ["1.", "(a)", "2."]
    assert read.parts("insertion") == [("my sister Drusilla", "by Cy Pres, 2023-05-06")]
    assert read.parts("deletion")[0][0] == "[Deleted text, by Cy Pres, 2023-05-06: my brother Ambrose]"
    assert read.parts("footnote")[0][0] == "[Footnote 1: The orchard has forty quince trees.]"
    assert read.parts("comment")[0][0] == "[Comment by Eve, 2023-01-02: Which books, the ledgers?]"
    assert read.parts("table_row")[0][0] == "Silver spoons | to cousin Philippa"
    assert "2. They keep  the books." in read.text


def test_rtf_is_read_with_its_code_pages_notes_and_changes():
    read = extract(make.deed_rtf())
    assert read.parts("heading") == [("Deed of Covenant", "")]
    assert "1. The fence is \u201cgreen\u201d and \u20ac5 high." in read.text
    assert "Привет from Kiev with pleasure." in read.text
    assert read.parts("deletion") == [("[Deleted text, by Gus Hale: with regrets]", "by Gus Hale")]
    assert read.parts("footnote")[0][0] == "[Footnote 1: The fence was painted by Ottoline.]"
    assert read.parts("comment")[0][0] == "[Comment by Gus Hale: Ask the surveyor about the culvert.]"
    assert [row for row, _ in read.parts("table_row")] == ["Gate | Oak, five bars", "Stile | Elm"]
    for unseen in ("Not text", "89504e47", "Times"):
        assert unseen not in read.text
    assert read.text.endswith("After the table.\n\n[Hidden text: secret]")


def test_html_leaves_out_what_nobody_sees():
    read = extract(make.filing_html())
    for unseen in ("hidden fact", "not text", "color"):
        assert unseen not in read.text
    assert "Turnover grew & costs fell\u00a0too." in read.text
    assert ("a. first risk", "a.") in read.parts("clause")
    assert read.parts("table_row")[1][0] == "2023 | 7 pence on preference shares"
    assert "The chair is Ms Reed.\n\n[Deleted text: Mr Stone]" in read.text
    assert [text for text, _ in read.parts("heading")] == ["Report of the Directors", "Strategic report"]


def test_an_xhtml_report_is_known_by_its_content():
    page = ('<?xml version="1.0" encoding="iso-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><head/><body>'
            '<ix:header>facts</ix:header><p>Caf\xe9 <ix:nonNumeric>profit</ix:nonNumeric></p></body></html>').encode("latin-1")
    read = extract(page, "accounts.bin")
    assert (read.head["media_type"], read.text) == ("application/xhtml+xml", "Caf\u00e9 profit")


# ---- mail and archives ----

def test_a_mail_has_its_headers_as_text_and_its_attachments_as_files():
    read = extract(make.offer_eml())
    assert read.text.startswith("From: J\u00fcrgen B\u00f6ll <juergen@example.org>\nTo: Pia <pia@example.org>\n")
    assert "Subject: The windmill \u2013 our offer" in read.text
    assert read.text.count("our offer is attached") == 1, "said once, though the mail says it as text and as HTML"
    assert list(read.files) == ["sails.txt", "Old millstones.eml"]
    assert b"Threlkeld" in read.files["sails.txt"] and b"Brittany" in read.files["Old millstones.eml"]


def test_a_mail_with_two_header_lines_is_one_where_it_is_called_so():
    content = b"From: Ann Archer <ann@mill.example>\nSubject: =?utf-8?q?M=C3=BChle?=\n\nThe weir is let.\n"
    assert extract(content, "weir.eml").text == "From: Ann Archer <ann@mill.example>\nSubject: M\u00fchle\n\nThe weir is let."
    assert extract(content, "weir.txt").head["media_type"] == "text/plain"


def test_header_words_in_old_encodings_are_decoded():
    mail = (b"From: =?iso-8859-1?Q?Andr=E9_Gide?= <a@example.org>\r\nTo: b@example.org\r\n"
            b"Subject: =?koi8-r?B?8NLJ18XU?=\r\n =?utf-8?q?_and_more?=\r\nDate: Mon, 4 Mar 2024 09:00:00 +0000\r\n"
            b"Content-Type: text/plain; charset=iso-8859-15\r\n\r\nIt costs \xa4 5.\r\n")
    read = extract(mail)
    assert "From: Andr\u00e9 Gide <a@example.org>" in read.text
    assert "Subject: Привет and more" in read.text and "It costs \u20ac 5." in read.text


def test_a_zip_gives_its_members_whatever_their_names_are():
    read = extract(make.bundle_zip(), "bundle.zip")
    assert list(read.files) == ["letters/one.txt", "../../etc/two.txt", "inner.zip"]
    assert read.text == "Files in the archive bundle.zip:\nletters/one.txt\n../../etc/two.txt\ninner.zip"


def test_a_pdf_gives_the_files_inside_it():
    assert list(extract(make.pdf_with_attachment()).files) == ["annex.txt"]


# ---- text ----

@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_in_every_form(encoding):
    assert extract("The ferry runs on Sundays, caf\u00e9 open.".encode(encoding)).text == (
        "The ferry runs on Sundays, caf\u00e9 open.")


@pytest.mark.parametrize("encoding,text", [
    ("cp1251", "Арендатор обязан своевременно вносить арендную плату за пользование мельницей и прудом."),
    ("koi8-r", "Арендатор обязан своевременно вносить арендную плату за пользование мельницей и прудом."),
    ("shift_jis", "賃借人は、毎月末日までに翌月分の賃料を賃貸人に支払わなければならない。これは契約の条項である。"),
    ("gb18030", "承租人应当按照约定的期限支付租金。出租人应当按照约定将租赁物交付承租人，并保持其用途。"),
    ("iso2022_jp", "賃借人は、毎月末日までに翌月分の賃料を賃貸人に支払わなければならない。"),
    ("cp1252", "The \u201cLicensee\u201d pays \u20ac 5 for the caf\u00e9 of the premises and the garden."),
])
def test_old_encodings_are_recognised_and_noted(encoding, text):
    read = extract(text.encode(encoding))
    assert read.text == text
    assert "The text is not UTF-8; it was read as" in read.notes[0]


def test_markdown_is_known_by_its_content():
    assert extract(b"# Moorings\n\nSee [the rules](rules.md).\n", "notes").head["media_type"] == "text/markdown"
    assert extract(b"# a comment\nkey = value\n", "settings").head["media_type"] == "text/plain"


# ---- what is refused ----

def test_images_are_told_by_their_content_and_left_to_ocr():
    assert extract(make.png(), "scan.txt").head["needs_ocr"] == [1]
    assert message(b"\0\0\0\x0cjP  " + bytes(40)) == "'x.docx' is an image of a kind that Counsel cannot read."
    assert message(b"GIF89a" + bytes(40)) == "'x.docx' is a damaged image."


@pytest.mark.long
def test_bombs_are_refused_with_the_limit():
    ratio = make.zipped([("zeros.txt", b"\0" * (64 << 20))])
    assert message(ratio, "x.zip") == "A part of 'x.zip' unpacks to more than 250 times its size."
    many = make.zipped([(f"{n}.txt", b"x") for n in range(1001)])
    assert message(many, "x.zip") == "'x.zip' holds more than 1000 files, the limit extraction.max_embedded_files."
    word = make.zipped([("word/document.xml", b"<a>" + b" " * (300 << 20))])
    assert message(word) == "A part of 'x.docx' unpacks to more than 250 times its size."
    stored = make.zipped([("a.txt", b" " * (257 << 20))], zipfile.ZIP_STORED)
    assert message(stored, "x.zip") == "'x.zip' unpacks to more than 256 MiB, the limit extraction.max_unpacked_mb."


def test_entities_are_never_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    part = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><document><body><p><r><t>&l9;</t></r></p></body></document>'
    assert message(make.zipped([("word/document.xml", part)])) == "'x.docx' is a damaged Word document."
    outside = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><document><p><r><t>&f;</t></r></p></document>'
    assert message(make.zipped([("word/document.xml", outside)])) == "'x.docx' is a damaged Word document."


def test_deep_nesting_is_refused_or_read_but_never_a_crash():
    xml = "<p>" * 5000 + "x" + "</p>" * 5000
    assert message(make.zipped([("word/document.xml", xml)])) == "'x.docx' is a damaged Word document."
    assert message(b"{\\rtf1" + b"{" * 5000 + b"x", "x.rtf") == "'x.rtf' is a damaged RTF document."
    assert extract(b"<html><body>" + b"<div><table><tr><td>" * 5000 + b"deep").text == "deep"
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100))
    mail = b"From: a\nTo: b\nSubject: c\n" + parts + b"Content-Type: text/plain\n\nx\n"
    assert message(mail, "x.eml") == "'x.eml' is a damaged mail."


def test_rtf_whose_groups_do_not_match_is_read_to_its_end():
    stray = extract(rb"{\rtf1 a}\footnote b} c}{\footnote x\footnote y} d")
    assert "a" in stray.text and "d" in stray.text


def test_locked_files_say_so():
    locked = bytearray(make.zipped([("a.txt", b"secret")], zipfile.ZIP_STORED))
    for signature, flag_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(signature) + flag_at] |= 1
    assert message(bytes(locked), "x.zip") == "'x.zip' is protected by a password."
    manifest = "<manifest:encryption-data/>"
    odt = make.zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest),
                       ("content.xml", b"\x01\x02")])
    assert message(odt, "x.odt") == "'x.odt' is protected by a password."
    assert message(mapi.compound({"EncryptedPackage": bytes(5_000)})) == "'x.docx' is protected by a password."


def test_other_office_files_are_named():
    typed = lambda kind: make.zipped([("[Content_Types].xml", f'<Types ContentType="{kind}"/>')])
    assert message(make.zipped([("mimetype", "application/vnd.oasis.opendocument.graphics")]), "x.odg") == (
        "'x.odg' is an OpenDocument file that is no text, spreadsheet or presentation, which Counsel cannot read yet.")
    assert message(typed("application/vnd.ms-visio.drawing"), "x.vsdx") == "'x.vsdx' is a Visio drawing, which Counsel cannot read yet."
    xps = make.zipped([("FixedDocSeq.fdseq", "<a/>"), ("Documents/1/Pages/1.fpage", "<a/>")])
    assert message(xps, "x.xps") == "'x.xps' is an XPS document, which Counsel cannot read yet."
    assert message(make.zipped([("mimetype", "application/epub+zip")]), "x.epub") == "'x.epub' is an EPUB book, which Counsel cannot read yet."
    assert message(b"\xffWPC" + bytes(60), "x.wpd") == "'x.wpd' is a WordPerfect document, which Counsel cannot read yet."


def test_what_programs_leave_beside_documents_is_no_document():
    assert message(b"\x03Ann" + bytes(158), "~$lease.docx") == (
        "'~$lease.docx' is no document: a program leaves it beside documents.")
    read = extract(make.zipped([("a.txt", "The weir."), ("~$a.docx", b"\x03" + bytes(161)), ("x/Thumbs.db", b"\xd0\xcf")]), "x.zip")
    assert list(read.files) == ["a.txt"] and "2 files that programs leave beside documents were passed over." in read.notes


@pytest.mark.parametrize("name", sorted(make.everything()))
def test_a_truncated_document_gives_text_or_a_reason(name):
    whole = make.everything()[name]
    for size in range(1, len(whole), max(len(whole) // 12, 1)):
        read = extract(whole[:size], name)
        assert read.error is None or name in read.error["message"]


# ---- through the daemon ----

SAID = [  # a question's words, the file they are only in, and the kind of place
    ("Who insures the waterwheel? Harbottle Mutual", "lease.docx", "table_row"),
    ("Which days are quarter days: Lady Day, Midsummer, Michaelmas", "lease.docx", "footnote"),
    ("Has the chimney been surveyed for jackdaws?", "lease.docx", "comment"),
    ("What was deleted: rent of nine hundred", "lease.docx", "deletion"),
    ("Rent of twelve hundred pounds", "lease.docx", "insertion"),
    ("Who replaces the sails? Threlkeld and Sons", "sails.txt", None),
    ("Where did the millstones come from? Brittany", "Old millstones.eml", None),
    ("When does the ferryman's licence lapse? Candlemas", "one.txt", None),
    ("Who lets moorings? the harbour reeve", "three.md", None),
    ("Who is warden of the weir? Balthazar", "annex.txt", None),
    ("How many quince trees has the orchard?", "will.odt", "footnote"),
    ("Silver spoons to cousin Philippa", "will.odt", "table_row"),
    ("Who painted the fence? Ottoline", "deed.rtf", "footnote"),
    ("Dividend of 7 pence on preference shares", "filing.html", "table_row"),
]


def test_one_file_of_each_format_is_searched_and_each_place_is_found(home, tmp_path):
    for name, content in make.everything().items():
        (tmp_path / name).write_bytes(content)
    added = cli(home, "add", tmp_path)
    assert added.returncode == 0, added.stdout + added.stderr
    documents = {d["id"]: d for d in json.loads(cli(home, "documents", "--json").stdout)["documents"]}
    assert {d["state"] for d in documents.values()} == {"ready"}
    # 10 files; sails.txt, Old millstones.eml; one.txt, two.txt, inner.zip, three.md; annex.txt.
    assert len(documents) == 17, sorted(d["name"] for d in documents.values())
    for words, name, kind in SAID:
        hits = json.loads(cli(home, "search", "--json", words).stdout)["hits"]
        assert hits and hits[0]["name"] == name, (words, [hit["name"] for hit in hits])
        if kind:
            shown = json.loads(cli(home, "documents", "--json", "--text", "--show", hits[0]["document"]).stdout)
            kinds = [part["kind"] for part in shown["structure"]
                     if part["start"] < hits[0]["end"] and part["end"] > hits[0]["start"]]
            assert kind in kinds, (words, kinds)
    by_name = {d["name"]: d for d in documents.values()}
    assert by_name["sails.txt"]["parents"] == [by_name["offer.eml"]["id"]]
    assert by_name["three.md"]["parents"] == [by_name["inner.zip"]["id"]]


def test_what_a_mail_holds_goes_when_the_mail_goes(daemon, tmp_path):
    (tmp_path / "offer.eml").write_bytes(make.offer_eml())
    mail = daemon.add(tmp_path / "offer.eml")
    wait_until(lambda: daemon.get("/api/documents").json["count"] == 3, "the attachments are there")
    held = daemon.get(f"/api/documents/{mail['id']}").json["embedded"]
    for one in held:
        assert daemon.finished(one["id"])["state"] == "ready"
    assert daemon.request("DELETE", f"/api/documents/{mail['id']}").status == 200
    assert daemon.get("/api/documents").json["count"] == 0
    assert daemon.post("/api/search", {"query": "Threlkeld sails"}).json["hits"] == []
    words = (b"Threlkeld", b"Brittany")
    assert [p.name for p in daemon.home.rglob("*") if p.is_file() and any(w in p.read_bytes() for w in words)] == []
