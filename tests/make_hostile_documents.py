#!/usr/bin/env python3
"""Makes documents that mean harm, for tests/test_hostile_documents.py and by hand.

    tests/make_hostile_documents.py FOLDER           the quick part
    tests/make_hostile_documents.py --whole FOLDER   full sizes, and a file for every kilobyte of truncation

The same files every time. None holds anything that does harm beyond the program that reads it: bombs unfold to
gigabytes, loops never end, names point outside, but nothing is executed.
"""

import argparse
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import make_msg as mapi
from make_hostile_office import office
from make_hostile_outlook import outlook
from make_hostile_pages import (CATALOG, FONT, HELLO, MIB, gray_png, images, jpeg, one_page, pages_to_look_at, pdf, png, stream, tiff,
                                zeros)


def many_pages(count, said=None, text=b""):
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s /Contents %d 0 R >>" % (FONT, 3 + count)
    return pdf([CATALOG, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, said or count)] + [page] * count
               + [stream(b"BT /F1 1 Tf 1 5 Td (%s) Tj ET" % text)])


def pdfs(scale):
    yield "page-tree-loop.pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
    yield "page-tree-two-step-loop.pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 7 >>",
                                              b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 7 >>"])
    yield "page-tree-deep.pdf", pdf([CATALOG] + [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (i + 3)
                                                for i in range(20000 * scale)]
                                    + [b"<< /Type /Page /MediaBox [0 0 9 9] >>"])
    yield "xref-loop.pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"], b"/Root 1 0 R /Prev @")
    yield "xref-outside.pdf", pdf([CATALOG], b"/Root 1 0 R /Prev 99999999999999999999")
    yield "xref-huge-size.pdf", one_page(HELLO).replace(b"/Size 5", b"/Size 2147483647")
    yield "xref-huge-section.pdf", one_page(HELLO).replace(b"xref\n0 5", b"xref\n0 2147483647")
    yield "root-is-itself.pdf", pdf([b"1 0 R"])
    yield "pages-that-lie.pdf", many_pages(3, 10 ** 9)
    yield "pages-negative.pdf", many_pages(3, -5)
    yield "many-pages.pdf", many_pages(30 if scale == 1 else 4_000)
    yield "too-many-pages.pdf", many_pages(60_000 * scale)
    yield "many-objects.pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"] + [b"null"] * (62_500 * scale))
    yield "objects-nested.pdf", one_page(HELLO, more=[b"[" * (100_000 * scale)])
    yield "contents-nested.pdf", one_page(b"[" * (200_000 * scale))
    yield "states-nested.pdf", one_page(b"q " * (100_000 * scale) + HELLO)
    yield "length-is-itself.pdf", one_page(HELLO).replace(b"/Length %d" % len(HELLO), b"/Length 4 0 R")
    yield "length-too-long.pdf", one_page(HELLO).replace(b"/Length %d" % len(HELLO), b"/Length 99999999999")
    yield "length-negative.pdf", one_page(HELLO).replace(b"/Length %d" % len(HELLO), b"/Length -1")
    yield "string-unclosed.pdf", one_page(b"BT /F1 12 Tf (" + b"(" * 50_000)
    yield "bomb.pdf", one_page(zeros(64 * scale, b" "), b"/Filter /FlateDecode")
    yield "bomb-in-a-bomb.pdf", one_page(zlib.compress(zeros(32 * scale, b" ")), b"/Filter [/FlateDecode /FlateDecode]")
    yield "filters.pdf", one_page(HELLO, b"/Filter [" + b"/ASCIIHexDecode " * 5_000 + b"]")
    yield "form-draws-itself.pdf", one_page(
        b"/X Do", page=b"/Resources << /XObject << /X 5 0 R >> >>",
        more=[stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>")])
    yield "forms-doubling.pdf", one_page(
        b"/X Do", page=b"/Resources << /XObject << /X 5 0 R >> >>",
        more=[stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
                     % (6 + i)) for i in range(12 + scale)] + [stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")])
    side = 20_000 if scale == 1 else 60_000
    yield "image-bomb.pdf", one_page(
        b"/I Do", page=b"/Resources << /XObject << /I 5 0 R >> >>",
        more=[stream(zeros(4), b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 "
                               b"/ColorSpace /DeviceRGB /Filter /FlateDecode" % (side, side))])
    yield "object-stream-loop.pdf", pdf([CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>",
                                         stream(b"1 0 ", b"/Type /ObjStm /N 1000000 /First 4 /Extends 3 0 R")])
    yield "font-loop.pdf", one_page(
        HELLO, page=b"/Resources << /Font << /F1 5 0 R >> >>",
        more=[b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding 5 0 R /DescendantFonts [5 0 R] /ToUnicode 5 0 R >>"])
    yield "character-map-range.pdf", one_page(
        HELLO, page=b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >> >> >>",
        more=[stream(b"1 begincodespacerange <00000000> <ffffffff> endcodespacerange "
                     b"1 beginbfrange <00000000> <fffffffe> <0041> endbfrange")])
    yield "character-map-uses-itself.pdf", one_page(
        HELLO, page=b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /X /ToUnicode 5 0 R >> >> >>",
        more=[stream(b"/x usecmap", b"/Type /CMap /CMapName /x /UseCMap 5 0 R")])
    yield "runs-programs.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> >>",
                                    b"<< /Type /Pages /Kids [] /Count 0 >>"])
    yield "reads-files.pdf", one_page(HELLO).replace(b"/Contents 4 0 R", b"/Contents << /Length 0 /F (/etc/passwd) >>")
    # RC4, 40 bits; the user's password is "secret".
    yield "encrypted.pdf", pdf(
        [CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>",
         b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <92FE0F4454AD4C9644693F33C07CB54F587DCE1E2682FE9ECEA6107A1EF630DD>"
         b" /U <A2D98DD93474875EC95C60445C51FE1DF35FFAAC7DA1BACA629058B1C08A8E39> >>"],
        b"/Root 1 0 R /Encrypt 3 0 R /ID [<000102030405060708090A0B0C0D0E0F> <000102030405060708090A0B0C0D0E0F>]")
    yield "encrypted-unknown.pdf", pdf([CATALOG, b"<< /Filter /Standard /V 99 /R 99 /O () /U () /P 0 >>"],
                                       b"/Root 1 0 R /Encrypt 2 0 R")


def page_things(scale):
    """What stands on a page of a PDF beside its text, and pages whose words are compared with each other."""
    words = lambda text, size, count: b"BT /F1 %d Tf " % size + b"".join(
        b"1 0 0 1 %d %d Tm (%s) Tj " % (i * 7 % 590, i * 13 % 780, text) for i in range(count)) + b"ET"
    yield "tiny-words.pdf", one_page(words(b"1", 4, 5_000 * scale) + words(b"eel", 12, 3))
    yield "labels.pdf", one_page(words(b"(a)", 9, 5_000 * scale))
    yield "one-row.pdf", many_pages(3, text=b") Tj 0 0 Td (".join([b"x"] * (2_000 * scale)))
    marks = b" ".join([b"<< /Type /Annot /Subtype /Highlight /Rect [0 0 600 800] /Contents (x) /QuadPoints [" +
                       b"0 800 600 800 0 0 600 0 " * 50 + b"] >>"] * (200 * scale))
    yield "marks.pdf", one_page(words(b"eel", 9, 1_000), page=b"/Annots [" + marks + b"]")
    yield "mark-is-itself.pdf", one_page(HELLO, page=b"/Annots 5 0 R", more=[b"[5 0 R 6 0 R]", b"<< /Subtype /Text /Contents 6 0 R /QuadPoints 5 0 R >>"])
    pinned = b"/Annots [<< /Type /Annot /Subtype /FileAttachment /FS << /F (x) /EF << /F 5 0 R >> >> >>]"
    yield "pinned-bomb.pdf", one_page(HELLO, page=pinned, more=[stream(zeros(300 * scale), b"/Filter /FlateDecode")])
    form = lambda xml: pdf([b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA [(datasets) 4 0 R] >> >>",
                            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>", stream(xml)])
    yield "form-laughs.pdf", form(LAUGHS + b"<l>&a11;</l>")
    yield "form-deep.pdf", form(b"<a>" * (20_000 * scale))
    yield "labels-of-pages.pdf", one_page(HELLO).replace(b"/Type /Catalog", b"/Type /Catalog /PageLabels << /Nums [0 << /S /R /St 2000000000 /P (" + b"x" * 5_000 + b") >>] >>")


LAUGHS = (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
          + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12)) + b"]>")


def markup(scale):
    deep = 50_000 * scale
    yield "billion-laughs.xml", LAUGHS + b"<l>&a11;</l>"
    yield "billion-laughs.xhtml", LAUGHS + b'<html xmlns="http://www.w3.org/1999/xhtml"><body>&a11;</body></html>'
    yield "quadratic.xml", (b'<!DOCTYPE l [<!ENTITY a "' + b"a" * (1_000 * scale) + b'">]><l>' + b"&a;" * (1_000 * scale) + b"</l>")
    yield "entity-loop.xml", b'<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]><l>&a;</l>'
    yield "external-entity.xml", b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'
    yield "external-entity.xhtml", (b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                                    b'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>&a;</p></body></html>')
    yield "deep.html", b"<html><body>" + b"<b>" * (1_000 * scale) + b"x"
    yield "deeper.html", b"\0" + b"<div>" * deep
    yield "attributes.html", b"<html><p " + b"".join(b"a%d=1 " % i for i in range(500 * scale)) + b">x</p></html>"
    yield "unclosed.html", b"<html><body><!--" + b"-" * (2_000 * scale)
    yield "deep.rtf", b"{\\rtf1" + b"{" * deep
    yield "binary.rtf", b"{\\rtf1 x\\bin4294967295 x}"
    yield "rows.html", b"<table>" + b"<tr><td rowspan=9999999>" + b"x" * 250 + b"</td>" * (20 * scale) + b"</tr><tr><td>y</td></tr>" * (2_000 * scale)
    yield "choices.html", b"<html><body><select>" + b"<option selected>x" * (20_000 * scale)
    yield "hidden.html", b"<html><body>" + b"<p hidden>x" * (5_000 * scale)
    yield "numbers.rtf", b"{\\rtf1 \\u-99999999999999999999 ?\\ansicpg999999 \\uc99999999 x}"


def mails(scale):
    head = b"From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    nested = b"x"
    for i in range(20 * scale):
        nested = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (i, i, nested, i)
    yield "nested-parts.eml", head + nested
    forwarded = b"Subject: the end\r\n\r\nx"
    for _ in range(60 * scale):
        forwarded = b"Content-Type: message/rfc822\r\n\r\n" + forwarded
    yield "nested-mails.eml", head + forwarded
    yield "long-header.eml", b"From: a\r\nSubject: " + b"=?utf-8?q?" + b"=C3=A9" * (500 * scale) + b"?=\r\n\r\nx"
    yield "one-boundary.eml", head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * (300 * scale)
    yield "no-boundary.eml", head + b"Content-Type: multipart/mixed\r\n\r\n--\r\nx"
    yield "names.eml", head + (b'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n'
                               b'Content-Disposition: attachment; filename="../../../../tmp/counsel-escaped.txt"\r\n\r\nx\r\n--b--')
    letter = b"From x\nFrom: a@b\nTo: c@d\nSubject: e\nDate: f\n\ng\n\n"
    yield "many-mails.mbox", letter * (900 * scale)
    yield "alternatives.eml", head + b"".join(b"Content-Type: multipart/alternative; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(30)) + (
        b"Content-Type: text/html\r\n\r\n<p>" + b"x%d " * 10 % tuple(range(10)) * (2_000 * scale))
    mark = b"\x78\x9f\x3e\x22\x01\x00"
    yield "winmail.dat", mark + b"\x02\x02\x90\x06\x00\xff\xff\xff\xff"
    yield "winmail-properties.dat", mark + b"\x01\x03\x90\x06\x00" + (16).to_bytes(4, "little") + b"\xff" * 4 + b"\x1e\x10\x00\x10" + b"\xff" * 8 + b"\0\0"
    packed = (99).to_bytes(4, "little") + (2 ** 31).to_bytes(4, "little") + b"LZFu" + b"\0" * 4 + b"\xff" + b"\x00\x0f" * (30_000 * scale)
    yield "winmail-text.dat", mark + b"\x01\x03\x90\x06\x00" + (16 + len(packed)).to_bytes(4, "little") + b"\x01\0\0\0" + b"\x02\x01\x09\x10" + (
        b"\x01\0\0\0" + len(packed).to_bytes(4, "little") + packed + b"\0\0")
    for name, body in [("deep", b"\x30\x80" * (3_000 * scale)), ("long", b"\x30\x84\xff\xff\xff\xff\x06\x09")]:
        yield f"smime-{name}.eml", head + b"Content-Type: application/pkcs7-mime\r\n\r\n" + body
    yield "words.eml", head.replace(b": x", b": " + b"=?utf-8?b?w?= " * (2_000 * scale)) + b"\r\nx"
    yield "sections.eml", head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment" + b"".join(
        b"; filename*%d*=%%41" % i for i in range(2_000 * scale)) + b"\r\n\r\nx\r\n--b--"
    yield "charset.eml", head + b"Content-Type: text/plain; charset=" + b"x" * 2_000 + b"\r\n\r\nx"


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name) if isinstance(name, str) else name, content, method)
    return out.getvalue()


def zip_bomb(name, mebibytes):
    """One entry that unfolds to so many MiB, by hand: zipfile would unfold it."""
    raw = zeros(mebibytes, b" ")[2:-4]
    name, size = name.encode(), mebibytes * MIB
    check = 0
    for _ in range(mebibytes):
        check = zlib.crc32(b" " * MIB, check)
    fields = struct.pack("<HHHHIIIHH", 0, 8, 0, 0, check, len(raw), min(size, 0xFFFFFFFF), len(name), 0)
    local = b"PK\3\4" + struct.pack("<H", 20) + fields + name + raw
    central = b"PK\1\2" + struct.pack("<HH", 20, 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


OFFICE = ("[Content_Types].xml",
          b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
          b'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
RELATIONS = ("_rels/.rels",
             b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
             b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
WORDS = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(document, more=()):
    return zipped([OFFICE, RELATIONS, ("word/document.xml", document), *more])


def archives(scale):
    text = b"Rent is due on the first day."
    yield "bomb.zip", zip_bomb("a.txt", 128 * scale)
    yield "bomb.docx", zip_bomb("word/document.xml", 128 * scale)
    nested = zipped([("a.txt", text)])
    for _ in range(30 * scale):
        nested = zipped([("a.zip", nested)])
    yield "nested.zip", nested
    layer = zipped([(f"{i}.txt", b" " * MIB) for i in range(4)])
    for _ in range(3):
        layer = zipped([(f"{i}.zip", layer) for i in range(8)])
    yield "nested-bomb.zip", layer
    yield "traversal.zip", zipped([("../../../../tmp/counsel-escaped.txt", text), ("/tmp/counsel-escaped.txt", text),
                                   ("..\\..\\counsel-escaped.txt", text), ("a/../../b.txt", text), ("\u202etxt.exe", text)])
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    yield "link.zip", zipped([(link, b"/etc/passwd")])
    yield "many.zip", zipped([(f"{i}", b"") for i in range(5_000 * scale)])
    yield "twice.zip", zipped([("a.txt", text)]) + zipped([("a.txt", text * 2)])
    whole = zipped([("a.txt", text * 50)])
    yield "encrypted.zip", whole.replace(b"\x14\0\0\0\x08", b"\x14\0\1\0\x08")
    yield "sizes-lie.zip", whole.replace(struct.pack("<I", len(text) * 50), struct.pack("<I", 0xFFFFFFF0))
    yield "laughs.docx", docx(LAUGHS + b"<w:document " + WORDS + b"><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>")
    yield "external.docx", docx(b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document ' + WORDS
                                + b"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>")
    yield "deep.docx", docx(b"<w:document " + WORDS + b"><w:body>" + b"<w:tbl><w:tr><w:tc>" * (20_000 * scale))
    yield "broken.docx", docx(b"<w:document")
    yield "empty.docx", zipped([OFFICE])
    body = b"<w:document " + WORDS + b"><w:body>%s</w:body></w:document>"
    part = lambda name, kind, content: [(f"word/{name}.xml", content), ("word/_rels/document.xml.rels", (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="'
        f'http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{name}.xml"/></Relationships>').encode())]
    field = b'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> LISTNUM \\\\s 2147483647 \\\\l 99 </w:instrText></w:r>'
    yield "fields.docx", docx(body % (b"<w:p>" + field * (5_000 * scale) + b'<w:r><w:fldChar w:fldCharType="end"/></w:r>' * (5_000 * scale)
                                      + b"<w:r><w:t>Rent.</w:t></w:r></w:p>"))
    inner = docx(body % b"<w:p><w:r><w:t>Rent.</w:t></w:r></w:p>")
    for _ in range(3):
        inner = docx(body % b'<w:altChunk r:id="r"/>', [("word/c.xml", inner), part("c", "aFChunk", b"")[1]])
    yield "chunks.docx", inner
    yield "merged.docx", docx(body % (b"<w:tbl>" + b'<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>' * (5_000 * scale) + b"</w:tbl>"))
    book = lambda sheet, styles=b"<styleSheet/>": zipped([
        ("[Content_Types].xml", b"<Types a='spreadsheetml'/>"), ("xl/workbook.xml", b'<workbook><sheets><sheet name="a" id="r"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", part("worksheets/s", "worksheet", b"")[1][1].replace(b"</Rel", b'<Relationship Id="s" Type="x/styles" Target="styles.xml"/></Rel', 1)),
        ("xl/styles.xml", styles), ("xl/worksheets/s.xml", b"<worksheet>" + sheet + b"</worksheet>")])
    yield "columns.xlsx", book(b'<col min="1" max="16384" hidden="1"/>' * (5_000 * scale) + b'<row r="99999999999999999999"><c r="ZZZZZZ1"><v>1</v></c>'
                               b'<c r="A1"><v>2</v></c></row>')
    yield "rows.xlsx", book(b"<sheetData>" + b'<row><c r="CWV1"><v>1e308</v></c></row>' * (2_000 * scale) + b"</sheetData>")
    yield "formats.xlsx", book(b'<row><c r="A1" s="0"><v>1e300</v></c><c r="B1" s="0"><v>-1e-300</v></c></row>',
                               b'<styleSheet><numFmts><numFmt numFmtId="200" formatCode="' + b"0%,,," * 90 + b'"/></numFmts><cellXfs>'
                               b'<xf numFmtId="200"/></cellXfs></styleSheet>')
    yield "strings.xlsx", book(b'<row><c r="A1" t="s"><v>99999999999999999999</v></c><c r="B1" t="s"><v>-1</v></c><c r="C1"><v>3</v></c></row>')
    yield "styles-loop.docx", docx(
        body % (b'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>Rent.</w:t></w:r></w:p>' * 100),
        part("styles", "styles", b"<w:styles " + WORDS + b'><w:style w:styleId="A"><w:basedOn w:val="B"/></w:style>'
             b'<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'))
    yield "numbers-without-end.docx", docx(
        body % (b'<w:p><w:pPr><w:numPr><w:ilvl w:val="999999999"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Rent.</w:t></w:r></w:p>'
                * 100),
        part("numbering", "numbering", b"<w:numbering " + WORDS + b'><w:abstractNum w:abstractNumId="1">' + b"".join(
             b'<w:lvl w:ilvl="%d"><w:start w:val="2147483647"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%s"/></w:lvl>'
             % (i, b"%1%2%3%4%5%6%7%8%9" * 500) for i in range(10)) + b'</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/>'
             b"</w:num></w:numbering>"))
    yield "footnotes-doubling.docx", docx(
        body % (b"<w:p><w:r><w:t>Rent.</w:t></w:r>" + b'<w:r><w:footnoteReference w:id="1"/></w:r>' * (5_000 * scale) + b"</w:p>"),
        part("footnotes", "footnotes", b"<w:footnotes " + WORDS + b'><w:footnote w:id="1"><w:p><w:r><w:t>' + b"long " * 20_000
             + b"</w:t></w:r></w:p></w:footnote></w:footnotes>"))
    yield "authors.docx", docx(
        body % (b'<w:p><w:ins w:author="%s"><w:r><w:t>Rent.</w:t></w:r></w:ins></w:p>' % (b"&quot;" * 300) * (6_000 * scale)))
    odt = lambda content: zipped([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", (
        '<o:document-content xmlns:o="o" xmlns:t="t" xmlns:b="b"><o:body><o:text>' + content + "</o:text></o:body></o:document-content>").encode())])
    yield "blanks.odt", odt("<t:p>Rent" + '<t:s t:c="2147483647"/>' * (3_000 * scale) + "due</t:p>")
    yield "repeated.odt", odt('<b:table><b:table-column b:number-columns-repeated="2147483647"/><b:table-row b:number-rows-repeated="2147483647">'
                              '<b:table-cell b:number-columns-repeated="2147483647"><t:p>Rent</t:p></b:table-cell></b:table-row></b:table>')
    yield "numbers.odt", odt('<t:list-style t:name="L"><t:list-level-style-number t:level="1" b:num-format="I" t:start-value="2147483647"/>'
                             '</t:list-style><t:list t:style-name="L">' + '<t:list-item t:start-value="-2147483648"><t:p>Rent</t:p></t:list-item>'
                             '<t:list-item><t:p>Rent</t:p></t:list-item>' * 3 + "</t:list>")
    yield "encrypted.odt", zipped([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", bytes(range(256)) * 9),
                                   ("META-INF/manifest.xml", b"<manifest><file-entry><encryption-data/></file-entry></manifest>")])
    # What an office program writes with a password: an old container with this entry.
    yield "encrypted.docx", mapi.compound({"EncryptedPackage": bytes(2_000)})
    yield "long-names.zip", zipped([("x\x01\"" * 20_000 + str(i), text) for i in range(6 * scale)])
    yield "not-odt.odt", zipped([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a>" * 50_000)])


def texts(scale):
    rng = random.Random(6)
    for kind in ("txt", "pdf", "docx", "html", "eml", "png", "zip"):
        yield f"random.{kind}", rng.randbytes(4096)
    for kind, start in (("pdf", b"%PDF-1.7\n"), ("docx", b"PK\3\4"), ("png", b"\x89PNG\r\n\x1a\n"), ("rtf", b"{\\rtf1 "),
                        ("xml", b"<?xml version='1.0'?>"), ("jpg", b"\xff\xd8\xff\xe0"), ("tif", b"II*\0")):
        yield f"random-after-mark.{kind}", start + rng.randbytes(20_000)
    yield "nothing-but-a-mark.txt", b"\xef\xbb\xbf"
    yield "half-a-character.txt", b"Rent \xe2\x82"
    yield "lone-surrogates.txt", b"\xff\xfe" + b"\x00\xd8a\x00" * 2_000
    yield "odd-utf-16.txt", b"\xfe\xff\0R\0e\0n\0t\0"
    yield "marks-upon-marks.txt", ("Z" + "\u0301" * (1_000 * scale)).encode()
    yield "right-to-left.txt", ("\u202e\u2066" * 1_000 + "tned").encode()
    yield "nothing.txt", b""
    yield "no-line-end.txt", b"rent " * (600 * scale)
    yield "no-space.txt", b"x" * (2_000 * scale)
    yield "white.txt", b" " * (4 * MIB * scale)
    yield "zeros.txt", b"\0" * (8 * MIB * scale)
    yield "escapes.txt", b"\x1b]0;owned\x07\x1b[2J" * 5 + b"Rent is due on the first day. " * 9


def tables(scale):
    yield "quote.csv", b'a,b\n"' + b"x,\n" * (50_000 * scale)
    yield "columns.csv", b",".join([b"a"] * (50_000 * scale)) + b"\n" + b",".join([b"1"] * 3_000)
    yield "header.csv", b"a" * 50_000 + b"," + b"b" * 50_000 + b"\n" + b"1,2\n" * (2_000 * scale)


def wrong_extensions():
    real = {"pdf": one_page(HELLO), "docx": docx(b"<w:document " + WORDS + b"><w:body><w:p><w:r><w:t>Rent.</w:t></w:r></w:p></w:body></w:document>"),
            "html": b"<!DOCTYPE html><html><body><p>Rent is due.</p></body></html>", "txt": b"Rent is due on the second day.",
            "png": png(2, 2, zlib.compress(b"\0" * 14)), "exe": b"MZ\x90\0" + bytes(512), "elf": b"\x7fELF" + bytes(512)}
    for kind, content in real.items():
        for other in ("pdf", "txt", "docx", "html", "jpg"):
            if other != kind:
                yield f"{kind}-called.{other}", content


def truncated(whole):
    rng = random.Random(7)
    words = [rng.choice([b"rent", b"tenant", b"lease", b"shall", b"pay"]) for _ in range(600)]
    page = one_page(b"BT /F1 9 Tf 12 TL 20 800 Td " + b" ".join(
        b"(%s) Tj T*" % b" ".join(words[i:i + 10]) for i in range(0, 600, 10)) + b" ET",
        more=[stream(rng.randbytes(60_000 if whole else 8_000))])
    word = docx(b"<w:document " + WORDS + b"><w:body>" + b"".join(
        b"<w:p><w:r><w:t>%s %x</w:t></w:r></w:p>" % (b" ".join(words[i:i + 5]), rng.getrandbits(256)) for i in range(0, 600, 5))
        + b"</w:body></w:document>")
    said = b" ".join(b"%s%x" % (word_, rng.getrandbits(64)) for word_ in words)
    rows = bytes(rng.randrange(256) for _ in range(100 * 100))
    others = [("png", gray_png(100, 100, rows)), ("jpg", jpeg(60)), ("tif", tiff(3, 100, 100, rows)),
              ("rtf", b"{\\rtf1\\ansi " + said.replace(b"rent", b"{\\b rent}\\par ") + b"}"),
              ("html", b"<!DOCTYPE html><html><body><p>" + said.replace(b"rent", b"<p class=x>rent</p>") + b"</body></html>"),
              ("eml", b"From: a@example.com\r\nSubject: x\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                      b"boundary=b\r\n\r\n--b\r\n\r\n" + said + b"\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n"
                      + said + b"\r\n--b--\r\n"),
              ("msg", mapi.msg({mapi.BODY: said.decode()}, [{mapi.NAME: "a"}] * 3, [{mapi.CONTENT: said[:2_000]}] * 3)),
              ("zip", zipped([(f"{i}.txt", said[i * 900:(i + 1) * 900]) for i in range(12)]))]
    for kind, content in (("pdf", page), ("docx", word), *(others if whole else [(kind, content[:4096]) for kind, content in others])):
        for size in range(1024, len(content), 1024):
            yield f"truncated-{size >> 10}k.{kind}", content[:size]


def documents(whole=False):
    """(name, bytes) of every document; `whole`: in full size, some unfold to gigabytes."""
    scale = 16 if whole else 1
    for group in (pdfs(scale), page_things(scale), pages_to_look_at(scale), markup(scale), mails(scale), outlook(scale), office(scale), archives(scale), images(scale), texts(scale), tables(scale), wrong_extensions(),
                  truncated(whole)):
        for name, content in group:
            yield name, content


def write(folder, whole=False, prefix="hostile-"):
    """Writes them all, their names behind `prefix`; returns the paths."""
    paths = []
    for name, content in documents(whole):
        path = Path(folder) / (prefix + name)
        assert path not in paths, name
        path.write_bytes(content)
        paths.append(path)
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print(len(write(given.folder, given.whole)), "files")
