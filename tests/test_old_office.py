"""Documents of old Office programs (compound files), made here byte by byte."""

import json
import struct
import subprocess
import tempfile
from pathlib import Path

import make_documents as make
import make_msg as mapi
import make_xls
import pytest
from counsel import BIN
from test_formats import answer_of, extract

OFFICE = Path("/usr/lib/libreoffice/program/soffice.bin")


def test_an_old_spreadsheet_is_read_as_it_is_shown_and_what_is_hidden_is_marked():
    north = "\u2018Nord\u2019 M\u00fchle " * 400
    strings = ["Unit", "Rent", "Due", "Yield", "North mill", "Do not show this", north]
    rent = (make_xls.hidden_columns(3, 3) + make_xls.row(0) + make_xls.row(14, hidden=True) +
            b"".join(make_xls.shared(0, i, i) for i in range(4)) + make_xls.shared(13, 0, 4) +
            make_xls.formula(13, 1, 1234.56, 1) + make_xls.short(13, 2, 45352 << 2 | 2, 2) + make_xls.number(13, 3, 0.075, 3) +
            make_xls.shared(14, 0, 5) + make_xls.shared(15, 0, 6) + make_xls.formula(15, 1, b"\0\0\0\0\0\0\xff\xff", text="as agreed") +
            make_xls.formula(16, 0, b"\2\0\x07\0\0\0\xff\xff") + make_xls.short(16, 1, 250 << 2 | 3) +
            make_xls.comment(13, 1, "Eve", "Check this.") + make_xls.chart())
    bits = make_xls.record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 7 << 2 | 2, 0, 8 << 2 | 2, 1))
    read = extract(make_xls.xls([("Rent roll", 0, rent), ("Costs", 2, bits)], make_xls.shared_strings(strings, torn=500),
                                [(164, "[$\u00a3-809]#,##0")], [0, 164, 15, 10]), "roll.xls")
    assert read.head["media_type"] == "application/vnd.ms-excel"
    assert [row for row, _ in read.parts("table_row")] == [
        "Rent roll, row 1: Unit | Rent | Due", "Rent roll, row 14: Unit: North mill | Rent: \u00a31,235 (stored: 1234.56) | Due: 1-Mar-24",
        f"Rent roll, row 16: Unit: {north.strip()} | Rent: as agreed", "Rent roll, row 17: Unit: #DIV/0! | Rent: 2.5"]
    assert [text for text, _ in read.parts("hidden")] == [
        "[Hidden text: Rent roll, row 1: D: Yield]", "[Hidden text: Rent roll, row 14: D: 7.50%]",
        "[Hidden text: Rent roll, row 15: A: Do not show this]", "[Hidden text: Costs, row 2: A: 7 | B: 8]"]
    assert read.parts("comment") == [("[Comment by Eve, on Rent roll, B14: Check this.]", "by Eve")]
    assert [text for text, _ in read.parts("heading")] == ["Rent roll", "Costs (hidden sheet)"]
    assert any("3 cells are computed by formulas" in note for note in read.notes)
    assert read.head["unread"] == [["a chart or picture", "what it shows is not looked at", "sheet Rent roll"]]
    assert "666" not in read.text


def test_spreadsheets_of_excel_95_are_read_and_those_with_a_password_are_refused():
    cells = make_xls.label(0, 0, "Mill", eight=False) + make_xls.label(0, 1, "Rent", eight=False) + make_xls.label(
        1, 0, "Weir \u20ac", eight=False) + make_xls.number(1, 1, 90.5)
    read = extract(make_xls.xls([("M\u00fchlen", 0, cells)], eight=False), "mills.xls")
    assert [row for row, _ in read.parts("table_row")] == ["M\u00fchlen, row 1: Mill | Rent", "M\u00fchlen, row 2: Mill: Weir \u20ac | Rent: 90.5"]
    locked = extract(make_xls.xls([("Mills", 0, cells)], more=make_xls.record(0x2F, bytes(54))), "mills.xls")
    assert "protected by a password" in locked.error["message"]


# ---- DOC: LibreOffice, where it is installed, makes a DOCX of it ----

def old_word(flags=0):
    return mapi.compound({"WordDocument": struct.pack("<HHIHH", 0xA5EC, 0xC1, 0, 0, flags) + b"x" * 5_000, "1Table": b"y" * 5_000})


def converted(content, wrapper=()):
    """(exit status, what it wrote) of counsel-convert."""
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as result:
        document.write(content)
        document.seek(0)
        result.write(b"lease.doc")
        result.seek(0)
        ran = subprocess.run([*wrapper, "bash", "-c", f'exec "$0" 3<&{document.fileno()} 4>&{result.fileno()}', BIN / "counsel-convert"],
                             pass_fds=[document.fileno(), result.fileno()], timeout=120, capture_output=True)
        result.seek(0)
        return ran.returncode, result.read()


def hidden(folder):
    """A wrapper that hides a folder from the program after it; nothing where that is not allowed here."""
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'mount -t tmpfs none {folder} && exec "$@"', "sh")
    return wrapper if subprocess.run([*wrapper, "true"], capture_output=True).returncode == 0 else None


def test_an_old_word_document_is_left_to_the_converter_and_one_with_a_password_is_refused():
    for program in ("counsel-extract-text", "counsel-extract"):
        assert answer_of(program, old_word(), "lease.doc") == (4, b"")
    assert "protected by a password" in extract(old_word(0x100), "lease.doc").error["message"]


def test_without_libreoffice_an_old_word_document_is_refused_with_what_to_do():
    wrapper = hidden(OFFICE.parent) if OFFICE.exists() else ()
    if wrapper is None:
        pytest.skip("LibreOffice cannot be hidden here")
    status, said = converted(old_word(), wrapper)
    error = json.loads(said)["error"]
    assert status == 2 and error["code"] == "unsupported"
    assert error["message"] == "'lease.doc' is an old Word document (DOC), which Counsel reads by LibreOffice, and that is not installed."
    assert "Save it as DOCX or PDF" in error["next_step"] and "libreoffice-writer-nogui" in error["next_step"]


needs_office = pytest.mark.skipif(not OFFICE.exists(), reason="LibreOffice is not installed")


@needs_office
def test_an_old_word_document_is_read_with_its_numbers_tables_and_footnotes(daemon, tmp_path):
    (tmp_path / "lease.docx").write_bytes(make.lease_docx())
    subprocess.run([OFFICE.with_name("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "doc",
                    "--outdir", tmp_path, tmp_path / "lease.docx"], check=True, capture_output=True, timeout=200)
    if converted((tmp_path / "lease.doc").read_bytes())[0] == 2:
        pytest.skip("no namespaces here")
    document = daemon.add(tmp_path / "lease.doc")
    assert document["state"] == "ready" and document["media_type"] == "application/msword"
    assert any("what LibreOffice makes of it" in note for note in document["notes"])
    text = daemon.get(f"/api/documents/{document['id']}/text").json["text"]
    whole = extract(make.lease_docx(), "lease.docx").text
    assert {line for line in whole.split("\n\n") if line[:1].isdigit()} <= set(text.split("\n\n"))
