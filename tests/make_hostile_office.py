"""Old workbooks and presentations that mean harm, for make_hostile_documents.py."""

import struct

import make_documents as make
import make_msg as mapi
import make_xls


def office(scale):
    rent = make_xls.label(0, 0, "Rent")
    yield "sheet-starts-outside.xls", mapi.compound({"Workbook": make_xls.stream([("a", 0, rent)]).replace(b"a" + rent[:2], b"a\x04")[:-30]})
    book = make_xls.stream([("a", 0, rent)])
    at = book.index(make_xls.record(0x85, b"")[:2])
    yield "sheet-points-outside.xls", mapi.compound({"Workbook": book[:at + 4] + b"\xff\xff\xff\x7f" + book[at + 8:]})
    yield "sheet-points-at-the-start.xls", mapi.compound({"Workbook": book[:at + 4] + bytes(4) + book[at + 8:]})
    listed = make_xls.record(0x85, struct.pack("<IBB", 20, 0, 0) + make_xls.wide("a", "<B"))
    yield "one-sheet-many-times.xls", mapi.compound({"Workbook": make_xls.begin(5) + listed * (3_000 * scale) + rent + make_xls.record(0x0A, b"")})
    long = make_xls.shared_strings(["Rent is due. " * 2_000])
    yield "one-string-in-all-cells.xls", make_xls.xls(
        [("a", 0, b"".join(make_xls.shared(n // 250, n % 250, 0) for n in range(9_000 * scale)))], long)
    yield "strings-without-end.xls", make_xls.xls([("a", 0, make_xls.shared(0, 0, 0) + rent)], make_xls.record(
        0xFC, struct.pack("<IIHBHI", 2 ** 32 - 1, 2 ** 32 - 1, 0xFFFF, 13, 0xFFFF, 2 ** 32 - 1) + b"R") + make_xls.record(0x3C, b"") * 5_000)
    yield "continued-by-nothing.xls", make_xls.xls([("a", 0, rent)], make_xls.record(0xFC, b"") + make_xls.record(0x3C, b"") * (20_000 * scale))
    yield "begins-and-never-ends.xls", make_xls.xls([("a", 0, make_xls.begin(0x20) * (5_000 * scale) + rent)])
    yield "rows-backwards.xls", make_xls.xls([("a", 0, b"".join(make_xls.number(65_535 - n % 2, 65_535 - n, 1e308) for n in range(5_000 * scale)))])
    yield "cells-cut.xls", make_xls.xls([("a", 0, b"".join(make_xls.record(kind, bytes(n)) for kind in (
        0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x207, 0x208, 0x27E, 0x1C, 0x5D, 0x1B6, 0x7D) for n in range(20)) + rent)])
    yield "columns-hidden.xls", make_xls.xls([("a", 0, make_xls.hidden_columns(0, 65_535) * (5_000 * scale) + rent)])
    yield "formats.xls", make_xls.xls([("a", 0, make_xls.number(0, 0, 1e300, 1) + make_xls.number(0, 1, float("nan"), 1) + rent)],
                                      formats=[(200, "0%,,," * 90)], looks=[0, 200])
    yield "comments.xls", make_xls.xls([("a", 0, rent + make_xls.comment(0, 0, "Eve" * 900, "x" * 200) * (2_000 * scale))])
    slides = lambda inside: make.zipped([("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", (
        '<o:c xmlns:o="o" xmlns:d="d" xmlns:t="t" xmlns:b="b" xmlns:p="p">' + inside + "</o:c>"))])
    yield "pages-in-pages.odp", slides("<d:page>" * 200 + "<t:p>Rent</t:p>" + "</d:page>" * 200)
    yield "ends-without-beginnings.odp", slides("<d:page><t:p>Rent</t:p><b:table-cell/><b:table-row/><p:notes><b:table/></p:notes></d:page>")
    yield "blanks.odp", slides("<d:page><t:p>Rent" + '<t:s t:c="2147483647"/>' * (3_000 * scale) + "</t:p></d:page>")
    yield "many-pages.odp", slides("<d:page/>" * (20_000 * scale))
    yield "many-pictures.odp", slides("<d:page><t:p>Rent</t:p>" + "<d:frame><d:image/></d:frame>" * (20_000 * scale) + "</d:page>")
