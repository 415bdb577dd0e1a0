"""Small documents of every format, made with the standard library: what the tests add.

As a program: make_documents.py FOLDER writes one of each there.
"""

import io
import struct
import sys
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
       'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
       'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
       'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"')
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    """A ZIP of (name, text or bytes) pairs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, compression)
    return file.getvalue()


# ---- DOCX ----

def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content, style="", numbered=None):
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered is not None:
        properties += f'<w:numPr><w:ilvl w:val="{numbered}"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def inserted(text, author="Ann Archer", date="2024-03-01T10:00:00Z"):
    return f'<w:ins w:id="1" w:author="{author}" w:date="{date}">{run(text)}</w:ins>'


def deleted(text, author="Ann Archer", date="2024-03-01T10:00:00Z"):
    return (f'<w:del w:id="2" w:author="{author}" w:date="{date}"><w:r><w:delText xml:space="preserve">{text}'
            f'</w:delText></w:r></w:del>')


def table(rows):
    cells = lambda row: "".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in row)
    return "<w:tbl>" + "".join(f"<w:tr>{cells(row)}</w:tr>" for row in rows) + "</w:tbl>"


def footnote_reference(number):
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def comment_reference(number):
    return f'<w:r><w:commentReference w:id="{number}"/></w:r>'


STYLES = f"""{DECLARATION}<w:styles {W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:basedOn w:val="Normal"/>
<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>"""

NUMBERING = f"""{DECLARATION}<w:numbering {W}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""


def docx(body, footnotes=(), comments=(), header="", numbering=None):
    """`body`: w:p and w:tbl elements. footnotes: texts, numbered from 1. comments: (author, text), from 0."""
    relation = lambda n, kind, target: f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    notes = "".join(f'<w:footnote w:id="{n}">{paragraph(run(text))}</w:footnote>'
                    for n, text in enumerate(footnotes, start=1))
    remarks = "".join(f'<w:comment w:id="{n}" w:author="{author}" w:date="2024-03-02T09:00:00Z">{paragraph(run(text))}'
                      f"</w:comment>" for n, (author, text) in enumerate(comments))
    return zipped([
        ("[Content_Types].xml", f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
         'wordprocessingml.document.main+xml"/></Types>'),
        ("_rels/.rels", f"{DECLARATION}<Relationships {package}>{relation(1, 'officeDocument', 'word/document.xml')}"
         "</Relationships>"),
        ("word/_rels/document.xml.rels", f"{DECLARATION}<Relationships {package}>{relation(1, 'styles', 'styles.xml')}"
         f"{relation(2, 'numbering', 'numbering.xml')}{relation(3, 'footnotes', 'footnotes.xml')}"
         f"{relation(4, 'comments', 'comments.xml')}{relation(5, 'header', 'header1.xml')}</Relationships>"),
        ("word/document.xml", f"{DECLARATION}<w:document {W}><w:body>{body}</w:body></w:document>"),
        ("word/styles.xml", STYLES),
        ("word/numbering.xml", numbering or NUMBERING),
        ("word/footnotes.xml", f"{DECLARATION}<w:footnotes {W}>{notes}</w:footnotes>"),
        ("word/comments.xml", f"{DECLARATION}<w:comments {W}>{remarks}</w:comments>"),
        ("word/header1.xml", f"{DECLARATION}<w:hdr {W}>{paragraph(run(header))}</w:hdr>"),
    ])


def lease_docx():
    body = "".join([
        paragraph(run("Lease of the Mill"), "Kop1"),
        paragraph(run("Rent"), numbered=0),
        paragraph(run("The tenant pays rent each quarter.") + footnote_reference(1), "Clause"),
        paragraph(run("The rent is ") + deleted("nine hundred") + inserted("twelve hundred") + run(" pounds."), "Clause"),
        paragraph(run("in cash, or"), numbered=2),
        paragraph(run("by transfer."), numbered=2),
        paragraph(run("Repairs"), numbered=0),
        paragraph(run("The landlord mends the roof.") + comment_reference(0), "Clause"),
        table([("Part", "Who insures it"), ("The waterwheel", "The tenant's insurer, Harbottle Mutual")]),
    ])
    return docx(body, ["Quarter days are Lady Day, Midsummer, Michaelmas and Christmas."],
                [("Bea Quill", "Has the chimney been surveyed for jackdaws?")], "Draft of 3 March for Pemberton LLP")


# ---- ODT ----

def odt(body, changes="", styles=""):
    content = (f"{DECLARATION}<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
               f"<office:body><office:text>{changes}{body}</office:text></office:body></office:document-content>")
    return zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)])


def will_odt():
    styles = ('<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" '
              'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" '
              'style:num-prefix="(" style:num-suffix=")"/></text:list-style>')
    info = "<office:change-info><dc:creator>Cy Pres</dc:creator><dc:date>2023-05-06T07:08:09</dc:date></office:change-info>"
    changes = (f'<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>{info}<text:p>my brother Ambrose'
               f'</text:p></text:deletion></text:changed-region><text:changed-region text:id="c2"><text:insertion>{info}'
               f"</text:insertion></text:changed-region></text:tracked-changes>")
    body = ('<text:h text:outline-level="1">Last Will</text:h>'
            '<text:p>I leave the orchard to <text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>my '
            'sister Drusilla<text:change-end text:change-id="c2"/>.<text:note text:note-class="footnote">'
            '<text:note-citation>1</text:note-citation><text:note-body><text:p>The orchard has forty quince trees.</text:p>'
            '</text:note-body></text:note></text:p>'
            '<text:list text:style-name="L1"><text:list-item><text:p>The executors sell the boat.</text:p><text:list>'
            '<text:list-item><text:p>not before spring;</text:p></text:list-item></text:list></text:list-item>'
            '<text:list-item><text:p>They keep<text:s text:c="2"/>the books.<office:annotation><dc:creator>Eve</dc:creator>'
            '<dc:date>2023-01-02T00:00:00</dc:date><text:p>Which books, the ledgers?</text:p></office:annotation></text:p>'
            '</text:list-item></text:list>'
            '<table:table><table:table-row><table:table-cell><text:p>Silver spoons</text:p></table:table-cell>'
            '<table:table-cell><text:p>to cousin Philippa</text:p></table:table-cell></table:table-row></table:table>')
    return odt(body, changes, styles)


# ---- the others ----

def deed_rtf():
    return (r"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\froman\fcharset204 Times;}}
{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}{\*\revtbl{Unknown;}{Gus Hale;}}{\info{\title Not text}}
\pard\s1 Deed of Covenant\par
\pard\s0 {\listtext\pard\plain 1.\tab}\ilvl0 The fence is \'93green\'94 and \u8364?5 high.{\footnote\pard The fence was painted
 by Ottoline.}\par
\pard {\f1 \'cf\'f0\'e8\'e2\'e5\'f2} from Kiev {\deleted\revauthdel1 with regrets}{\revised\revauth1 with pleasure}.{\*\atnid GH}
{\*\atnauthor Gus Hale}\chatn{\*\annotation\pard Ask the surveyor about the culvert.}\par
\trowd\pard\intbl Gate\cell Oak, five bars\cell\row
\trowd\pard\intbl Stile\cell Elm\cell\row
\pard {\v secret}{\pict\pngblip 89504e47}After the table.\par}""").encode()


def filing_html():
    return b"""<!DOCTYPE html><html><head><title>Report of the Directors</title><style>p { color: red }</style></head><body>
<div style="display:none"><ix:header><ix:hidden>0000999 hidden fact</ix:hidden></ix:header></div>
<h1>Strategic report</h1><p>Turnover grew &amp; costs fell&nbsp;too.</p>
<ol type="a"><li>first risk</li><li><p>second risk</p></li></ol><ul><li>a point</li></ul>
<table><tr><th>Year</th><th>Dividend</th></tr><tr><td>2023</td><td>7 pence on <b>preference</b> shares</td></tr></table>
<p>The chair is <del>Mr Stone</del><ins>Ms Reed</ins>.</p><script>var x = "not text";</script><pre>a
  b</pre></body></html>"""


def offer_eml():
    mail = EmailMessage()
    mail["From"] = "J\u00fcrgen B\u00f6ll <juergen@example.org>"
    mail["To"] = "Pia <pia@example.org>"
    mail["Date"] = "Mon, 04 Mar 2024 09:00:00 +0000"
    mail["Subject"] = "The windmill \u2013 our offer"
    mail.set_content("Dear Pia,\n\nour offer is attached.\n")
    mail.add_alternative("<p>Dear Pia, our <b>offer</b> is attached.</p>", subtype="html")
    mail.add_attachment(b"The sails are to be replaced by Threlkeld and Sons before harvest.", maintype="text",
                        subtype="plain", filename="sails.txt")
    inner = EmailMessage()
    inner["From"] = "miller@example.org"
    inner["To"] = "juergen@example.org"
    inner["Subject"] = "Old millstones"
    inner["Date"] = "Sun, 03 Mar 2024 09:00:00 +0000"
    inner.set_content("The millstones came from Brittany in 1822.\n")
    mail.add_attachment(inner)
    return mail.as_bytes()


def bundle_zip():
    return zipped([("letters/one.txt", "The ferryman's licence lapses at Candlemas."),
                   ("../../etc/two.txt", "The toll is two groats for a horse."),
                   ("inner.zip", zipped([("three.md", "# Moorings\n\nMoorings are let by the harbour reeve.\n")])),
                   ("__MACOSX/._one.txt", "litter")])


def png():
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 72)) + chunk(b"IEND", b""))


def pdf(lines, extra_catalog="", objects=()):
    """One page with the lines; objects follow from number 6."""
    content = "BT /F1 11 Tf 72 720 Td 14 TL\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {extra_catalog} >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
              "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
              "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
              f"<< /Length {len(content)} >>\nstream\n{content}\nendstream", *objects]
    text, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table_at = len(text)
    text += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010d} 00000 n \n" for at in offsets)
    text += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    return text.encode("latin-1")


def pdf_with_attachment():
    inside = "The annexed schedule names Balthazar as warden of the weir."
    return pdf(["The deed has an annex."], "/Names << /EmbeddedFiles << /Names [(annex.txt) 6 0 R] >> >>",
               ["<< /Type /Filespec /F (annex.txt) /UF (annex.txt) /EF << /F 7 0 R >> >>",
                f"<< /Type /EmbeddedFile /Length {len(inside)} /Params << /Size {len(inside)} >> >>\nstream\n{inside}\nendstream"])


def pdf_pages(pages, catalog="", page_extras=(), objects=()):
    """Pages of (x, y from the bottom, size, text) lines, 612 by 792 points; `objects` follow, their first is number
    4 + 2 * len(pages). `page_extras`: what each page's dictionary holds besides."""
    first = 4
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
              f"<< /Type /Pages /Kids [{' '.join(f'{first + 2 * n} 0 R' for n in range(len(pages)))}] /Count {len(pages)} >>",
              "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    for n, lines in enumerate(pages):
        escaped = lambda text: text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        content = "".join(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped(text)}) Tj ET\n" for x, y, size, text in lines)
        extra = page_extras[n] if n < len(page_extras) else ""
        bodies.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
                      f"/Contents {first + 2 * n + 1} 0 R {extra} >>")
        bodies.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    bodies += objects
    text, offsets = b"%PDF-1.6\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n".encode() + body.encode("cp1252") + b"\nendobj\n"
    table_at = len(text)
    text += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return text + f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n".encode()


def everything():
    """One file of each format, by name. The names lie about what is inside where that is no Markdown."""
    return {
        "lease.docx": lease_docx(),
        "will.odt": will_odt(),
        "deed.rtf": deed_rtf(),
        "filing.html": filing_html(),
        "offer.eml": offer_eml(),
        "bundle.zip": bundle_zip(),
        "annexed.pdf": pdf_with_attachment(),
        "notes.md": b"# Drainage\n\nThe ditch is scoured by the reeve each autumn.\n",
        "russian.txt": "Арендатор обязан своевременно вносить арендную плату за пользование мельницей и прудом.".encode("cp1251"),
        "sixteen.txt": "The ferry runs on Sundays, weather permitting.".encode("utf-16-le"),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, file_content in everything().items():
        (folder / file_name).write_bytes(file_content)
