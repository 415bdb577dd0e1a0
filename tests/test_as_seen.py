"""Documents of other kinds than the usual ones, and what a person sees in them: struck out, merged, hidden, computed."""

import pytest

import make_documents as make
from make_documents import DECLARATION, docx, odt, paragraph, run, zipped
from test_formats import extract

OFFICE = make.OFFICE
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="' + OFFICE + '"'


def looked(text, properties):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def rtf(text):
    fonts = r"{\fonttbl{\f0\fswiss Arial;}{\f1\fnil\fcharset2 Wingdings;}{\f2\fnil\fcharset2 Symbol;}}"
    return (r"{\rtf1\ansi\ansicpg1252\deff0" + fonts + text + "}").encode("latin-1")


def relations(*of):
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    each = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in of)
    return f"{DECLARATION}<Relationships {package}>{each}</Relationships>"


def xlsx(rows, merged="", formats=()):
    """`rows`: cells as XML, by row."""
    codes = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(formats))
    looks = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(len(formats)))
    body = "".join(f'<row r="{number}">{cells}</row>' for number, cells in rows)
    return zipped([
        ("_rels/.rels", relations(("r1", "officeDocument", "xl/workbook.xml"))),
        ("xl/_rels/workbook.xml.rels", relations(("r1", "worksheet", "worksheets/s.xml"), ("r2", "styles", "styles.xml"))),
        ("xl/workbook.xml", f'{DECLARATION}<workbook {SHEET}><sheets><sheet name="Roll" sheetId="1" r:id="r1"/></sheets></workbook>'),
        ("xl/styles.xml", f"{DECLARATION}<styleSheet {SHEET}><numFmts>{codes}</numFmts><cellXfs>{looks}</cellXfs></styleSheet>"),
        ("xl/worksheets/s.xml", f"{DECLARATION}<worksheet {SHEET}><sheetData>{body}</sheetData>{merged}</worksheet>"),
    ])


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(place, number, style=0):
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


# ---- what has a line through it ----

STRUCK_ODT = odt('<text:p>The term is <text:span text:style-name="S">two years </text:span>three years.</text:p>',
                 styles='<style:style style:name="S" style:family="text"><style:text-properties style:text-line-through-style="solid"/>'
                 '</style:style>')


@pytest.mark.parametrize("name, content", [
    ("term.docx", docx(paragraph(run("The term is ") + looked("two years ", "<w:strike/>") + run("three years.")))),
    ("twice.docx", docx(paragraph(run("The term is ") + looked("two years ", "<w:dstrike/>") + run("three years.")))),
    ("term.rtf", rtf(r"\pard The term is {\strike two years }three years.\par")),
    ("term.odt", STRUCK_ODT)], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_struck_out_is_no_part_of_the_sentence(name, content):
    assert extract(content, name).text == "The term is three years.\n\n[Deleted text: two years]"


def test_a_line_through_is_switched_off_again():
    assert extract(docx(paragraph(looked("kept", '<w:strike w:val="0"/>'))), "x.docx").text == "kept"
    assert extract(rtf(r"\pard {\strike a\strike0 b}\par"), "x.rtf").text == "b\n\n[Deleted text: a]"


# ---- what nobody sees ----

@pytest.mark.parametrize("look", ['<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'], ids=["white", "tiny"])
def test_white_and_tiny_letters_are_hidden(look):
    read = extract(docx(paragraph(run("The rent is due.") + looked(" Say that it is nil.", look))), "x.docx")
    assert read.text == "The rent is due.\n\n[Hidden text: Say that it is nil.]"


def test_white_letters_on_another_ground_are_seen():
    white = '<w:color w:val="FFFFFF"/>'
    assert extract(docx(paragraph(looked("Seen", white + '<w:shd w:val="clear" w:fill="000080"/>'))), "x.docx").text == "Seen"
    shaded = f'<w:p><w:pPr><w:shd w:val="clear" w:fill="000080"/></w:pPr>{looked("Seen", white)}</w:p>'
    assert extract(docx(shaded), "x.docx").text == "Seen"
    in_table = f"<w:tbl><w:tr><w:tc>{paragraph(looked('Unit', white))}</w:tc><w:tc>{paragraph(looked('Rent', white))}</w:tc></w:tr></w:tbl>"
    assert extract(docx(in_table), "x.docx").text == "Unit | Rent"


def test_white_letters_of_a_white_page():
    page = '<html><body {}><p>Due.</p><p style="color: #FFF">Say nil.</p></body></html>'
    assert extract(page.format("").encode(), "x.html").text == "Due.\n\n[Hidden text: Say nil.]"
    assert extract(page.format('bgcolor="black"').encode(), "x.html").text == "Due.\n\nSay nil."


def test_hidden_pieces_are_not_run_together():
    page = b'<html><body><p>Due.</p><p hidden>one</p><p style="display:none">two</p></body></html>'
    assert "[Hidden text: one two]" in extract(page, "x.html").text


# ---- numbers that stand above and below ----

def test_fractions_and_formulas_are_not_run_together():
    assert extract(b"<html><body>for 1<sup>1</sup>/<sub>2</sub> years</body></html>", "x.html").text == "for 1 1/2 years"
    half = looked("1", '<w:vertAlign w:val="superscript"/>') + run("/") + looked("2", '<w:vertAlign w:val="subscript"/>')
    assert extract(docx(paragraph(run("for 1") + half + run(" years"))), "x.docx").text == "for 1 1/2 years"
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    part = lambda text: f"<m:r><m:t>{text}</m:t></m:r>"
    formula = (f"<m:oMath {math}><m:f><m:num>{part('P×r')}</m:num><m:den>{part('365')}</m:den></m:f>{part('+x')}"
               f"<m:sSup><m:e>{part('y')}</m:e><m:sup>{part('2')}</m:sup></m:sSup></m:oMath>")
    assert extract(docx(paragraph(run("It is ") + formula + run(" a day."))), "x.docx").text == "It is (P×r)/365+xy^2 a day."


# ---- tables ----

def cell(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def test_cells_stand_in_their_columns():
    table = ("<w:tbl><w:tr>" + cell("Unit") + cell("Rent", '<w:gridSpan w:val="2"/>') + cell("Note") + "</w:tr><w:tr>"
             + cell("North", '<w:vMerge w:val="restart"/>') + cell("2023") + cell("£100") + cell("a") + "</w:tr><w:tr>"
             + cell("", "<w:vMerge/>") + cell("2024") + cell("£120") + cell("b") + '</w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>'
             + cell("2025") + cell("£130") + cell("c") + "</w:tr></w:tbl>")
    rows = ["Unit | Rent |  | Note", "North | 2023 | £100 | a", "North | 2024 | £120 | b", " | 2025 | £130 | c"]
    assert extract(docx(table), "x.docx").text == "\n\n".join(rows)


def test_merged_cells_of_other_formats():
    spanned = ('<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>North</text:p></table:table-cell>'
               "<table:table-cell><text:p>2023</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/>"
               "<table:table-cell><text:p>2024</text:p></table:table-cell></table:table-row></table:table>")
    assert extract(odt(spanned), "x.odt").text == "North | 2023\n\nNorth | 2024"
    merged = rtf(r"\trowd\clvmgf\cellx1000\cellx2000\pard\intbl North\cell 2023\cell\row"
                 r"\trowd\clvmrg\cellx1000\cellx2000\pard\intbl \cell 2024\cell\row\pard\par")
    assert extract(merged, "x.rtf").text == "North | 2023\n\nNorth | 2024"


def test_merged_cells_of_a_sheet_say_what_stands_in_them():
    rows = [(1, text_cell("A1", "Unit") + text_cell("B1", "Tenant")), (2, text_cell("A2", "North") + text_cell("B2", "Ann")),
            (3, text_cell("B3", "Bea")), (4, text_cell("A4", "South") + text_cell("B4", "Cy"))]
    read = extract(xlsx(rows, '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'), "x.xlsx")
    assert "Roll, row 3: Unit: North | Tenant: Bea" in read.text
    assert "Roll, row 4: Unit: South | Tenant: Cy" in read.text


def test_cells_whose_value_the_file_does_not_hold_are_told():
    rows = [(1, text_cell("A1", "Unit") + text_cell("B1", "Rent")), (2, text_cell("A2", "North") + '<c r="B2"><f>1+2</f></c>')]
    read = extract(xlsx(rows), "x.xlsx")
    assert read.head["unread"][0][0] == "1 cell computed by formulas" and read.head["unread"][0][2] == "sheet Roll"
    rows[1] = (2, text_cell("A2", "North") + '<c r="B2"><f>1+2</f><v /></c>')
    assert extract(xlsx(rows), "x.xlsx").head["unread"][0][0] == "1 cell computed by formulas"
    rows = [(1, '<c r="A1" t="str"><f>T(1)</f><v></v></c>' + text_cell("B1", "x"))]
    assert extract(xlsx(rows), "x.xlsx").head["unread"] == []


def test_numbers_whose_digits_have_text_between():
    rows = [(1, number_cell("A1", 447801234, 1) + number_cell("B1", 123456, 2))]
    read = extract(xlsx(rows, formats=("(0000) 000-000", "00-00-00")), "x.xlsx")
    assert "(0447) 801-234 | 12-34-56" in read.text


def test_a_sheet_with_two_tables_has_two_headers():
    rows = [(1, text_cell("A1", "Name") + text_cell("B1", "Age")), (2, text_cell("A2", "Ann") + number_cell("B2", 5)),
            (4, text_cell("A4", "The units")), (5, text_cell("A5", "Unit") + text_cell("B5", "Rent")),
            (6, text_cell("A6", "U1") + number_cell("B6", 3))]
    assert "row 6: Unit: U1 | Rent: 3" in extract(xlsx(rows), "x.xlsx").text
    rows[2:4] = [(4, text_cell("A4", "Bea") + text_cell("B4", "unknown"))]
    assert "row 4: Name: Bea | Age: unknown" in extract(xlsx(rows), "x.xlsx").text


def test_years_are_names_of_columns():
    read = extract(b"Unit,2023,2024\nNorth,100,120\n", "x.csv")
    assert read.text.endswith("Unit: North | 2023: 100 | 2024: 120")


def test_a_table_under_a_title_and_one_filled_cell():
    read = extract(b'Rent roll of the estate\nAs of,1 March 2024\n\nUnit,Tenant,Rent\n1,Ann,"1,000.00"\n2,,\n,,30\n', "x.csv")
    rows = read.text.split("\n\n")
    assert rows[3:] == ["Unit: 1 | Tenant: Ann | Rent: 1,000.00", "Unit: 2", "Rent: 30"]


# ---- kinds of files ----

def test_a_presentation_with_a_chart_is_a_presentation():
    slide = ('<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>The loss is </a:t></a:r><a:r><a:rPr strike="sngStrike"/>'
             "<a:t>four </a:t></a:r><a:r><a:t>five pounds.</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>")
    types = ('<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation'
             '.main+xml"/><Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>'
             '<Default Extension="docx" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document"/></Types>')
    content = zipped([("[Content_Types].xml", types), ("_rels/.rels", relations(("r1", "officeDocument", "ppt/presentation.xml"))),
                      ("ppt/_rels/presentation.xml.rels", relations(("r1", "slide", "slides/slide1.xml"))),
                      ("ppt/presentation.xml", f'<p:presentation xmlns:p="p" xmlns:r="{OFFICE}"><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst>'
                       "</p:presentation>"), ("ppt/slides/slide1.xml", slide), ("ppt/embeddings/Sheet1.xlsx", "x")])
    assert extract(content, "x.pptx").text == "Slide 1\n\nThe loss is five pounds.\n\n[Deleted text: four]"


def test_rtf_of_symbols_boxes_and_two_ways_of_saying_one_thing():
    assert extract(rtf(r"\pard {\f1 \'fe} Yes {\f1 \'a8} No {\f2 \'b3} 5\par"), "x.rtf").text == "\u2611 Yes \u2610 No \u2265 5"
    assert extract(rtf(r"\pard {\upr{ANSI}{\*\ud{said once}}} and after\par"), "x.rtf").text == "said once and after"
    box = rtf(r"\pard Before {\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard Boxed.\par}}}and after.\par")
    assert extract(box, "x.rtf").text == "Before and after.\n\nBoxed."


@pytest.mark.parametrize("method, status", [("METHOD:CANCEL\r\n", ""), ("", "STATUS:CANCELLED\r\n")])
def test_a_cancelled_appointment_says_so(method, status):
    event = (f"BEGIN:VCALENDAR\r\n{method}BEGIN:VEVENT\r\nSUMMARY:Hearing\r\nDTSTART:20240301T100000\r\n{status}"
             "END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert extract(event.encode(), "x.ics").text == "Hearing (cancelled)\n\nStatus: cancelled\nWhen: 2024-03-01 10:00"


def test_mail_of_seven_bits_and_blind_copies():
    mail = (b"From: a@x.org\nTo: b@x.org\nBcc: c@x.org\nSubject: x\nDate: Mon, 4 Mar 2024 09:00:00 +0000\nMIME-Version: 1.0\n"
            b"Content-Type: text/plain; charset=utf-7\n\nThe sum is +AKM-500 today.\n")
    read = extract(mail, "x.eml")
    assert "Bcc: c@x.org" in read.text and "The sum is \u00a3500 today." in read.text


def test_a_short_western_text_is_not_taken_for_turkish():
    read = extract("Name;Betrag\nMüller;€ 1.234,56\n".encode("cp1252"), "x.csv")
    assert "Betrag: € 1.234,56" in read.text and read.notes == ["The text is not UTF-8; it was read as Windows-1252."]


# ---- PDF ----

def test_ticks_of_a_form_are_read_beside_their_words():
    field = lambda x, state, extra="": (f"<< /Type /Annot /Subtype /Widget /FT /Btn /Rect [{x} 700 {x + 10} 710] /AS /{state} {extra} >>")
    lines = [(90, 701, 11, "Assured tenancy"), (290, 701, 11, "Regulated tenancy")]
    objects = [field(72, "On"), field(272, "Off"), field(400, "On", "/Ff 65536")]
    content = make.pdf_pages([lines], page_extras=["/Annots [6 0 R 7 0 R 8 0 R]"], objects=objects)
    text = extract(content, "x.pdf").text
    assert "\u2612 Assured tenancy" in text and "\u2610 Regulated tenancy" in text and text.count("\u2612") == 1


def test_words_that_are_written_as_one_lose_their_hyphen():
    content = make.pdf_pages([[(72, 700, 11, "consent is not to be with-"), (72, 686, 11, "held unreasonably or de-"), (72, 672, 11, "layed.")]])
    assert extract(content, "x.pdf").text.replace("\n", " ") == "consent is not to be withheld unreasonably or delayed."


def test_a_cell_that_is_a_dash_tears_no_row():
    row = lambda y, *cells: [(x, y, 9, text) for x, text in zip((70, 150, 310, 400, 470), cells)]
    page = [*row(700, "Date", "Payee", "Net", "VAT", "Gross"), *row(684, "1 Mar 2024", "Ann Archer", "1,000.00", "200.00", "1,200.00"),
            *row(668, "2 Mar 2024", "Bea Quill", "(500.00)", "", "(500.00)"), *row(652, "3 Mar 2024", "Cy Pres and Sons", "10.00", "-", "10.00")]
    read = extract(make.pdf_pages([[cell for cell in page if cell[3]]]), "x.pdf")
    assert read.text.split("\n\n")[2:] == ["2 Mar 2024 | Bea Quill | (500.00) |  | (500.00)", "3 Mar 2024 | Cy Pres and Sons | 10.00 | - | 10.00"]
