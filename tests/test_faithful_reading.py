"""What a lawyer would rely on is stored as the page, the program or the mail reader shows it: one test for each way in
which a reader could change it, with inputs made here."""

import base64
import struct

import make_documents as make
import pytest
from test_formats import extract

FILLER = ["The surveyor shall attend at the mill before noon and make", "a record of each visit in the book that is kept there."]


def page_of(lines, at=700, left=72, size=11, step=15):
    return [(left, at - step * n, size, line) for n, line in enumerate(lines)]


# ---- PDF: words and numbers ----

@pytest.mark.parametrize("first,second,right", [
    ("a sum between GBP 3,400-", "5,600 is due", "3,400-5,600"),
    ("within 21-", "28 days of it", "21-28"),
    ("an adjustment of -", "750 pounds follows", "-\n750"),
    ("a non-", "assignable right of way", "non-assignable"),
    ("a wholly self-", "contained flat on the top floor", "self-contained"),
    ("an Anglo-", "Danish venture in herring", "Anglo-Danish"),
    ("under the title NGL-", "77123 of the register", "NGL-77123"),
    ("a full indem-", "nification for the losses", "indemnification"),
    ("the pay-", "ments that are made in arrear", "payments"),
    ("the long-", "term letting of the mill", "long-term"),
    ("a right of pre-", "emption over the weir", "pre-emption"),
])
def test_a_hyphen_at_a_lines_end_stays_where_it_means_something(first, second, right):
    read = extract(make.pdf_pages([page_of([*FILLER, "The lease speaks of " + first, second + ", as agreed.", *FILLER])]), "x.pdf")
    assert right in read.text, read.text


def test_a_word_that_the_page_has_whole_tells_how_it_is_divided():
    lines = ["The mill-owner and the miller share the eel-", "trap. An eel-trap is let with the mill.", *FILLER]
    assert "share the eel-trap." in extract(make.pdf_pages([page_of(lines)]), "x.pdf").text


def test_a_half_of_a_word_is_no_word_of_the_page():
    lines = ["He shall not pay, notwith-", "standing what is owed. The sum is out-", "standing, and it is not with-", "standing that he goes out.", *FILLER]
    text = extract(make.pdf_pages([page_of(lines)]), "x.pdf").text
    assert "is outstanding, and" in text, text


def test_raised_figures_join_no_number():
    page = page_of(FILLER) + [(72, 640, 11, "The toll is 300"), (146, 645, 6, "7"), (152, 640, 11, "groats and the pond has 40 m"),
                              (298, 645, 6, "2"), (303, 640, 11, ".")]
    text = extract(make.pdf_pages([page]), "x.pdf").text
    assert "3007" not in text and "300 [7]" in text, text
    assert "40 m\u00b2" in text


# ---- PDF: what is no part of a sentence ----

def test_headers_and_footers_stand_apart_and_a_sentence_goes_on_over_the_page():
    def page(number, body):
        return [(72, 765, 8, "Deed of the Weir - Harbottle and Sons"), *page_of(body), (280, 30, 9, f"Page {number} of 3"),
                (72, 42, 8, "Version 7 of 3 June")]
    pages = [page(1, [*FILLER, "The reeve pays for the repair of the sluice a"]),
             page(2, ["sum of ninety groats within ten days of notice.", *FILLER, "The toll falls"]),
             page(3, ["due at Candlemas of each year."])]
    read = extract(make.pdf_pages(pages), "x.pdf")
    assert "sluice a\nsum of ninety groats" in read.text and "The toll falls\ndue at Candlemas" in read.text, read.text
    assert sorted(text for text, _ in read.parts("page_header")) == [
        "[Page footer: Page 1 of 3]", "[Page footer: Version 7 of 3 June]", "[Page header: Deed of the Weir - Harbottle and Sons]"]
    assert read.text.count("Harbottle") == 1


def test_text_that_two_pages_share_stays():
    pages = [page_of(["The tenant of plot 1 keeps the ditch clean.", *FILLER], at=740),
             page_of(["The tenant of plot 2 keeps the ditch clean.", *FILLER], at=740),
             page_of(["The tenant of plot 9 keeps the ditch clean.", *FILLER], at=740)]
    text = extract(make.pdf_pages(pages), "x.pdf").text
    assert text.count("surveyor") == 3 and all(f"plot {n} keeps" in text for n in (1, 2, 9)), text


def test_rows_of_figures_at_a_pages_end_are_no_footers():
    pages = [[*page_of(FILLER), (72, 40, 10, f"{n} March 1,{n}00.00 0.00")] for n in (3, 4, 5)]
    text = extract(make.pdf_pages(pages), "x.pdf").text
    assert all(f"{n} March 1,{n}00.00" in text for n in (3, 4, 5)), text


def test_columns_are_read_one_after_the_other():
    """The right column begins with a short block, which poppler takes for what stands above both."""
    left = ["The reeve keeps the sluice of the upper", "weir in good repair and pays for all that", "is spent on it at the two feasts of each", "year, of which the miller bears a third.",
            "He lets the eels pass in the months that", "the charter names, and takes no toll of", "boats that carry corn, hay or timber to", "the quay below the mill, save where the"]
    right = ["bailiff has told him otherwise.", "The tanner may draw water for his pits", "by day but never on a Sunday, and shall", "not foul the stream above the bridge or",
             "let hides lie in it. He pays for this a", "sum of ninety groats at Candlemas each", "year, whether or not he has drawn any", "water, as the court roll of 1641 says."]
    page = [(72, 700 - 15 * i, 10, line) for i, line in enumerate(left)]
    page += [(310, 700 - 15 * i - (30 if i else 0), 10, line) for i, line in enumerate(right)]
    text = extract(make.pdf_pages([page]), "x.pdf").text
    assert text == "\n".join([*left, *right]) or text == "\n".join([*left, right[0]]) + "\n\n" + "\n".join(right[1:]), text


def test_rows_of_a_table_are_read_from_the_left():
    rows = [("Plot", "Tenant", "Rent"), ("101", "Ann Archer", "1,250.00"), ("102", "Bea Quill", "980.50"), ("103", "Cy Pres", "2,000.00"),
            ("", "of the Weir Cottage", ""), ("104", "Dora Hale", "75.00")]
    page = [(left, 600 - 18 * i, 10, cell) for i, row in enumerate(rows) for left, cell in zip((72, 180, 320), row) if cell]
    read = extract(make.pdf_pages([[*page_of(FILLER), *page, *page_of(["The rents fall due at Candlemas."], at=430)]]), "x.pdf")
    assert [row for row, _ in read.parts("table_row")] == [
        "Plot | Tenant | Rent", "101 | Ann Archer | 1,250.00", "102 | Bea Quill | 980.50", "103 | Cy Pres of the Weir Cottage | 2,000.00",
        "104 | Dora Hale | 75.00"], read.text
    assert read.text.endswith("104 | Dora Hale | 75.00\n\nThe rents fall due at Candlemas.")


@pytest.mark.parametrize("beside", [1, 2])
def test_a_wrapped_cell_is_one_with_those_set_in_its_middle_or_at_its_foot(beside):
    """`beside`: the line of three that the others stand next to. A title of rows is none of their cells."""
    rows = [(["Repairing the sluice of the upper mill", "with oak from the wood of the bailiff", "and nails"], "W. Tyler", "6.5", "560.00"),
            (["Carrying stone from the quay below the", "bridge to the weir in the boats of the", "miller"], "J. Straw", "8.0", "195.00"),
            (["Expenses"],), (["Toll"], "", "", "4.00"), (["Candles for the watch"], "J. Straw", "", "2.40"), (["Total due"], "", "", "761.40")]
    lines, at = [(72, 700, 9, "Work"), (270, 700, 9, "By"), (340, 700, 9, "Days"), (400, 700, 9, "Groats")], 682
    for cell, *others in rows:
        lines += [(72, at - 12 * n, 9, text) for n, text in enumerate(cell)]
        base = at - 12 * min(beside, len(cell) - 1)
        lines += [(left, base, 9, text) for left, text in zip((270, 340, 400), others) if text]
        at -= 12 * (len(cell) - 1) + (12 if not others else 18)
    read = extract(make.pdf_pages([lines]), "x.pdf")
    assert [row for row, _ in read.parts("table_row")][:3] == [
        "Work | By | Days | Groats", " ".join(rows[0][0]) + " | W. Tyler | 6.5 | 560.00", " ".join(rows[1][0]) + " | J. Straw | 8.0 | 195.00"], read.text
    assert "Expenses Toll" not in read.text and "Toll |  |  | 4.00" in read.text, read.text


def test_the_outline_of_a_bundle_is_its_structure():
    pages = [page_of(FILLER), page_of(["1. Rent", *FILLER]), page_of(["I, Ann Archer, say this.", *FILLER])]
    entry = lambda number, title, page, more: f"<< /Title ({title}) /Dest [{page} 0 R /Fit] /Parent 10 0 R {more} >>"
    outline = ["<< /Type /Outlines /First 11 0 R /Last 12 0 R /Count 2 >>", entry(11, "RENT", 6, "/Next 12 0 R"),
               entry(12, "Tab 4: Witness statement of Ann Archer", 8, "/Prev 11 0 R /First 13 0 R /Last 13 0 R"),
               "<< /Title (Round and round) /A << /S /GoTo /D [8 0 R /Fit] >> /Parent 12 0 R /Next 13 0 R /First 12 0 R >>"]
    read = extract(make.pdf_pages(pages, "/Outlines 10 0 R", objects=outline), "bundle.pdf")
    assert [text for text, _ in read.parts("heading")] == ["1. Rent", "Tab 4: Witness statement of Ann Archer", "Round and round"]
    assert "Tab 4: Witness statement of Ann Archer\n\nRound and round\n\nI, Ann Archer, say this." in read.text
    assert [level for kind, level, *_ in read.head["structure"] if kind == "heading"] == [1, 1, 2]


@pytest.mark.parametrize("end,begin,title,apart", [
    ("Dated 19 May 2025", "Harbottle and Sons", "Letter of 5 August 2024", True),
    ("Gareth Fenn", "Harbottle and Sons", "Letter of 5 August 2024", True),
    ("Dated 19 May 2025", "Harbottle and Sons", "HARBOTTLE AND SONS", True),
    ("kind regards, ann", "re: the weir of the upper mill", "Tab 3: Mail of Ann Archer", True),
    ("and pays to the miller a", "sum of ninety groats", "Tab 3", False),
    ("and pays to the miller, Wat Tyler,", "a sum of ninety groats", "Tab 3", False),
])
def test_a_bookmark_begins_a_part_whatever_the_page_before_ends_with(end, begin, title, apart):
    """Where a sentence goes on over the page, only a bookmark of the first level that leads to the whole page begins one."""
    place = "/Fit" if apart else "/XYZ 0 400 0"
    outline = ["<< /Type /Outlines /First 9 0 R /Last 9 0 R /Count 1 >>", f"<< /Title ({title}) /Dest [6 0 R {place}] /Parent 8 0 R >>"]
    pages = [page_of([*FILLER, end]), page_of([begin, "Dear Ms Archer,", *FILLER])]
    read = extract(make.pdf_pages(pages, "/Outlines 8 0 R", objects=outline), "bundle.pdf")
    headings = [text for text, _ in read.parts("heading")]
    if not apart:
        assert headings == [] and f"{end}\n{begin}" in read.text
        return
    assert [heading.lower() for heading in headings] == [title.lower()], read.text
    said = title.lower() == begin.lower()
    assert f"{end}\n\n{'' if said else title + chr(10) * 2}{begin}" in read.text, read.text


def rows_of(lines):
    return [row for row, _ in extract(make.pdf_pages([lines]), "x.pdf").parts("table_row")]


def test_which_cells_of_a_row_are_empty_is_told():
    heads = [(72, 740, 11, "Date"), (150, 740, 11, "For"), (300, 740, 11, "Debit"), (400, 740, 11, "Credit")]
    body = [(72, 720, 11, "4 May"), (150, 720, 11, "Eels"), (300, 720, 11, "90.00"), (72, 700, 11, "5 May"), (150, 700, 11, "Nets"), (400, 700, 11, "12.00"),
            (72, 680, 11, "6 May"), (150, 680, 11, "A boat that the"), (400, 680, 11, "31.00"), (150, 667, 11, "miller has mended"), (150, 647, 11, "Oars"), (300, 647, 11, "7.00")]
    assert rows_of(heads + body + page_of(FILLER, at=590)) == [
        "Date | For | Debit | Credit", "4 May | Eels | 90.00", "5 May | Nets |  | 12.00", "6 May | A boat that the miller has mended |  | 31.00", "| Oars | 7.00"]


def test_names_and_sums_are_rows_with_and_without_dots_between():
    sums = [(72, 740 - 18 * n, 11, name) for n, name in enumerate(["Deposit", "Search fees"])] + [
        (440, 740 - 18 * n, 11, money) for n, money in enumerate(["9,000.00", "120.00"])]
    assert rows_of(sums + page_of(FILLER, at=690)) == ["Deposit | 9,000.00", "Search fees | 120.00"]
    assert rows_of([(72, 740, 11, "1. Of the weir " + "." * 70 + " 14"), *page_of(FILLER, at=690)]) == ["1. Of the weir | 14"]


def test_sentences_beside_names_are_text():
    lines = []
    for n, name in enumerate(["Landlord:", "Tenant:", "Property:", "Guarantor:"]):
        lines += [(72, 740 - 44 * n, 11, name), (200, 740 - 44 * n, 11, "The miller of Ely, who lives beside the weir"), (200, 727 - 44 * n, 11, f"and owns the boats and nets number {n}.")]
    read = extract(make.pdf_pages([lines + page_of(FILLER, at=540)]), "x.pdf")
    assert not read.parts("table_row") and "Tenant: The miller of Ely, who lives beside the weir\nand owns the boats and nets number 1." in read.text, read.text


def test_names_that_stand_side_by_side_are_no_table():
    page = page_of(FILLER) + [(left, 600 - 15 * i, 10, text) for left, lines in (
        (72, ["SIGNED by", "Ann Archer", "of High Street", "in the presence of"]), (330, ["SIGNED by", "Bea Quill", "of Low Lane", "in the presence of"]))
        for i, text in enumerate(lines)]
    read = extract(make.pdf_pages([page]), "x.pdf")
    assert not read.parts("table_row") and "Ann Archer\nof High Street" in read.text, read.text


def test_a_footnote_stands_behind_the_sentence_that_goes_on_over_the_page():
    first = [*page_of([*FILLER, "The reeve pays ninety groats"]), (214, 675, 6, "1"), *page_of(["for the repair of the sluice and of the"], at=655),
             (72, 80, 8, "1 Groats of the old coinage,"), (72, 70, 8, "as the court roll says.")]
    second = page_of(["weir within ten days of notice.", *FILLER])
    read = extract(make.pdf_pages([first, second]), "x.pdf")
    assert "the sluice and of the\nweir within ten days of notice." in read.text, read.text
    assert read.parts("footnote") == [("[Footnote 1: Groats of the old coinage, as the court roll says.]", "1")]


def test_a_footnote_is_told_where_the_sentence_ends_with_the_page():
    page = [*page_of([*FILLER, "The reeve pays ninety groats."]), (217, 675, 6, "1"), (72, 80, 8, "1 Of the old coinage.")]
    read = extract(make.pdf_pages([page]), "x.pdf")
    assert read.parts("footnote") == [("[Footnote 1: Of the old coinage.]", "1")], read.text


def test_a_word_that_is_divided_over_the_page_is_whole():
    pages = [page_of([*FILLER, "The reeve shall indem-"]), page_of(["nify the miller for a period of 23-", "37 months.", *FILLER, "It is for 41-"]), page_of(["50 groats.", *FILLER])]
    text = extract(make.pdf_pages(pages), "x.pdf").text
    assert "shall indemnify the miller" in text and "41-50 groats" in text, text


def test_line_numbers_are_places_and_not_words():
    lines = ["THE REEVE: You saw the sluice that", "night and said nothing of it.", "A. I saw it from the bank in the",
             "dark, and it was shut.", "Q. And the boat?"]
    page = [(100, 700 - 20 * n, 11, line) for n, line in enumerate(lines)] + [(60, 700 - 20 * n, 11, str(n + 11)) for n in range(5)]
    read = extract(make.pdf_pages([page]), "x.pdf")
    assert "sluice that\nnight and said nothing of it." in read.text, read.text
    assert ("night and said nothing of it.", "12") in read.parts("line")


def test_line_numbers_may_stand_at_the_right_and_rows_of_a_table_keep_theirs():
    lines = ["The reeve saw the sluice that night", "and said nothing of it to the miller.", "He walked on to the mill and there he",
             "slept until the bell was rung, he says."]
    page = page_of(lines, step=20) + [(540, 700 - 20 * n, 11, str(n + 7)) for n in range(4)]
    read = extract(make.pdf_pages([page]), "x.pdf")
    assert "that night\nand said nothing" in read.text and [label for _, label in read.parts("line")] == ["7", "8", "9", "10"]
    table = [(72, 700 - 20 * n, 11, str(n + 1)) for n in range(6)] + [(110, 700 - 20 * n, 11, "eels") for n in range(6)] + [
        (200, 700 - 20 * n, 11, f"{n}50.00") for n in range(6)]
    text = extract(make.pdf_pages([table + page_of(FILLER, at=300)]), "x.pdf").text
    assert all(f"{n} | eels" in text for n in range(1, 7)), text


def test_a_numbered_list_keeps_its_numbers():
    page = [(72, 700 - 20 * n, 11, str(n + 1)) for n in range(5)] + [
        (110, 700 - 20 * n, 11, line) for n, line in enumerate(["Ducks", "Geese", "Swans", "Herons", "Teal"])]
    assert "3 Swans" in extract(make.pdf_pages([page + page_of(FILLER, at=500)]), "x.pdf").text


@pytest.mark.parametrize("gap", [18, 30, 40, 60, 90])
def test_a_number_that_hangs_left_begins_its_clause(gap):
    page = [(72, 700, 11, "4."), (72 + gap, 700, 11, "TOLLS"),
            (72, 670, 11, "4.1"), (72 + gap, 670, 11, "The ferryman takes two groats for a horse and one"),
            (72 + gap, 655, 11, "for a man on foot, by day."),
            (72, 625, 11, "(a)"), (72 + gap, 625, 11, "Monks go free.")]
    text = extract(make.pdf_pages([page]), "x.pdf").text
    assert "4. TOLLS" in text and "4.1 The ferryman takes" in text and "(a) Monks go free." in text, text


def test_page_labels_come_with_the_pages():
    labels = "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /P (Tab-) /St 40 >>] >>"
    read = extract(make.pdf_pages([page_of(FILLER), page_of(FILLER)], labels), "x.pdf")
    assert read.head["page_labels"] == [[1, "i"], [2, "Tab-40"]]


def test_what_is_written_onto_a_page_is_read_and_marked():
    annotations = ("/Annots [<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /T (Cy Pres) /M (D:20240506) /Contents (Ask the miller.) >>"
                   " << /Type /Annot /Subtype /StrikeOut /Rect [70 690 400 712] /T (Eve) /QuadPoints [70 712 420 712 70 696 420 696] >>"
                   " << /Type /Annot /Subtype /Redact /Rect [70 675 400 695] >> << /Type /Annot /Subtype /Movie /Rect [0 0 9 9] >>]")
    read = extract(make.pdf_pages([page_of(FILLER)], page_extras=[annotations]), "x.pdf")
    assert read.parts("comment") == [("[Comment by Cy Pres, 2024-05-06, on page 1: Ask the miller.]", "by Cy Pres, 2024-05-06")]
    assert read.parts("deletion")[0][0].startswith("[Struck out by Eve, on page 1: The surveyor shall attend")
    assert any(note.startswith("Caution: Page 1 has marks of redaction that were never applied") for note in read.notes)
    assert [part for part, _, _ in read.head["unread"]] == ["Movie annotation"]


def test_a_file_that_is_pinned_to_a_page_is_a_file_inside_it():
    inside = "The reeve waives the eel rent of 1847."
    pin = "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [9 9 20 20] /FS 6 0 R >>]"
    read = extract(make.pdf_pages([page_of(FILLER)], page_extras=[pin], objects=[
        "<< /Type /Filespec /F (eels.txt) /UF (eels.txt) /EF << /F 7 0 R >> >>",
        f"<< /Type /EmbeddedFile /Length {len(inside)} >>\nstream\n{inside}\nendstream"]), "x.pdf")
    assert read.files == {"eels.txt": inside.encode()}


def test_the_values_of_an_xfa_form_are_read():
    data = "<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><f><lessor>Wat Tyler</lessor></f></xfa:data></xfa:datasets>"
    read = extract(make.pdf_pages([page_of(FILLER)], "/AcroForm << /Fields [] /XFA [(datasets) 6 0 R] >>", objects=[
        f"<< /Length {len(data)} >>\nstream\n{data}\nendstream"]), "x.pdf")
    assert "[Form field lessor: Wat Tyler]" in read.text


# ---- Word ----

def field(code, result="", data=""):
    mark = lambda kind, inside="": f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'
    separate = mark("separate") + make.run(result) if result else ""
    return mark("begin", data) + f"<w:r><w:instrText>{code}</w:instrText></w:r>" + separate + mark("end")


def with_properties(properties, text):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_word_hidden_text_stands_apart_and_is_counted():
    read = extract(make.docx(make.paragraph(make.run("The toll is two groats.") + with_properties("<w:vanish/>", " Ask for four.") +
                                            with_properties('<w:vanish w:val="0"/>', " Monks go free."))))
    assert read.text.startswith("The toll is two groats. Monks go free.\n\n[Hidden text: Ask for four.]")
    assert read.parts("hidden") == [("[Hidden text: Ask for four.]", "")]
    assert any("1 piece of hidden text" in note for note in read.notes)


def test_word_fields_show_their_results_and_nothing_else():
    nested = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>' +
              field(" DOCVARIABLE x ", "SECRET") + '<w:r><w:instrText> = "a" "b" </w:instrText></w:r>'
              '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + make.run("signed") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    listed = make.run("He pays ") + field(" LISTNUM ") + make.run(" the rent and ") + field(" LISTNUM ") + make.run(" the toll.")
    text = extract(make.docx(make.paragraph(make.run("It is ") + nested + make.run(" and sealed.")) + make.paragraph(listed))).text
    assert "It is signed and sealed." in text and "SECRET" not in text
    assert "He pays 1) the rent and 2) the toll." in text, text
    numbered = [make.paragraph(field(" AUTONUM ") + make.run(f" Clause {n}")) for n in "ab"]
    ticked = make.paragraph(field(' SYMBOL 254 \\f "Wingdings" ') + make.run(" yes") + field(" EQ \\f(1,2) "))
    read = extract(make.docx("".join(numbered) + ticked))
    assert "1. Clause a" in read.text and "2. Clause b" in read.text and "\u2611 yes" in read.text, read.text
    assert read.head["unread"][0][0] == "a formula (a field)"


def test_word_ticks_choices_and_symbols_are_shown():
    ticked = field(" FORMCHECKBOX ", data="<w:ffData><w:checkBox><w:default w:val='1'/></w:checkBox></w:ffData>")
    empty = field(" FORMCHECKBOX ", data="<w:ffData><w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox></w:ffData>")
    choice = field(" FORMDROPDOWN ", data="<w:ffData><w:ddList><w:result w:val='2'/><w:listEntry w:val='Kent'/><w:listEntry "
                   "w:val='Essex'/><w:listEntry w:val='Surrey'/></w:ddList></w:ffData>")
    symbols = ('<w:r><w:sym w:font="Times New Roman" w:char="F0A3"/></w:r>' + make.run("70 at 30") +
               '<w:r><w:sym w:font="Symbol" w:char="F0B0"/></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>')
    text = extract(make.docx(make.paragraph(ticked + make.run(" boats")) + make.paragraph(empty + make.run(" nets")) +
                             make.paragraph(make.run("County: ") + choice) + make.paragraph(symbols))).text
    assert "\u2612 boats" in text and "\u2610 nets" in text and "County: Surrey" in text
    assert "\u00a370 at 30\u00b0\u2611" in text, text


def test_word_paragraphs_whose_mark_was_deleted_are_one():
    first = '<w:p><w:pPr><w:rPr><w:del w:id="9" w:author="A"/></w:rPr></w:pPr>' + make.run("The boats are let ") + "</w:p>"
    assert extract(make.docx(first + make.paragraph(make.run("to the monks of Ely.")))).text.startswith(
        "The boats are let to the monks of Ely.")


@pytest.mark.parametrize("properties", ['<w:vertAlign w:val="superscript"/>'])
def test_word_superscripts_join_no_number(properties):
    text = extract(make.docx(make.paragraph(make.run("It costs 40") + with_properties(properties, "12") + make.run(" on the 5") +
                                            with_properties(properties, "th") + make.run(" of May.")))).text
    assert "It costs 40 [12] on the 5th of May." in text


def test_word_numbers_of_every_kind_are_worked_out():
    level = lambda n, kind, text, more="": (f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}'
                                            f'<w:lvlText w:val="{text}"/></w:lvl>')
    numbering = (f'{make.DECLARATION}<w:numbering {make.W}><w:abstractNum w:abstractNumId="3"><w:styleLink w:val="House"/>' +
                 level(0, "ordinalText", "%1 Schedule") + level(1, "decimal", "%2.", '<w:lvlRestart w:val="0"/>') +
                 level(2, "ordinal", "%3") + '</w:abstractNum><w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="House"/>'
                 '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num></w:numbering>')
    body = "".join(make.paragraph(make.run(text), numbered=at) for at, text in
                   [(0, "Boats"), (1, "Oars."), (0, "Nets"), (1, "Cork."), (2, "Lead."), (2, "Rope.")])
    read = extract(make.docx(body, numbering=numbering))
    assert [label for _, label in read.parts("clause")] == ["First Schedule", "1.", "Second Schedule", "2.", "1st", "2nd"]


def test_word_a_merged_cell_is_said_in_each_row():
    cell = lambda text, merge="": f"<w:tc><w:tcPr>{merge}</w:tcPr>{make.paragraph(make.run(text) if text else '')}</w:tc>"
    rows = ("<w:tr>" + cell("North mill", '<w:vMerge w:val="restart"/>') + cell("12 groats") + "</w:tr><w:tr>" +
            cell("", "<w:vMerge/>") + cell("14 groats") + "</w:tr>")
    assert [row for row, _ in extract(make.docx(f"<w:tbl>{rows}</w:tbl>")).parts("table_row")] == [
        "North mill | 12 groats", "North mill | 14 groats"]


# ---- other formats ----

def test_odt_hidden_and_raised_text():
    styles = ('<style:style style:name="Z" style:family="text"><style:text-properties text:display="none"/></style:style>'
              '<style:style style:name="Up" style:family="text"><style:text-properties style:text-position="33% 58%"/></style:style>')
    read = extract(make.odt('<text:p>The fee is 60<text:span text:style-name="Up">4</text:span> groats.'
                            '<text:span text:style-name="Z"> Take forty.</text:span></text:p>', styles=styles))
    assert read.text == "The fee is 60 [4] groats.\n\n[Hidden text: Take forty.]"


def test_rtf_hidden_raised_and_joined_text():
    read = extract(rb"{\rtf1 The fee is 60{\super 4} groats.{\v  Take forty.}\par The boats {\deleted\par}are let.\par}")
    assert read.text == "The fee is 60 [4] groats.\n\n[Hidden text: Take forty.]\n\nThe boats are let."


def test_html_is_read_as_it_is_seen():
    read = extract(b"""<html xmlns:q="http://www.xbrl.org/2013/inlineXBRL"><body><div><q:header><q:hidden>FACT</q:hidden></q:header></div>
<p>It costs 70<sup>3</sup> groats.</p><p><input type="checkbox" checked> boats <input type=checkbox> nets</p>
<style>p { color: red } .gone, .left { display : none }</style><p class="red gone">Ask for nothing.</p><p>County: <select><option>Kent<option selected>Essex</select></p><p style="display: none">Pay nothing.</p>
<table><tr><td rowspan=2>North mill</td><td>12</td></tr><tr><td>14</td></tr></table>
<details><summary>More</summary>The weir.</details></body></html>""")
    assert "FACT" not in read.text and "It costs 70 [3] groats." in read.text
    assert "\u2612 boats \u2610 nets" in read.text and "County: Essex" in read.text and "Kent" not in read.text
    assert [text for text, _ in read.parts("hidden")] == ["[Hidden text: Ask for nothing.]", "[Hidden text: Pay nothing.]"]
    assert "North mill | 12\n\nNorth mill | 14" in read.text
    assert "More\n\nThe weir." in read.text


# ---- mail ----

def mail(content_type, body, more=b"", subject=b"Boats"):
    return (b"From: a@example.org\r\nTo: b@example.org\r\nDate: Mon, 4 Mar 2024 09:00:00 +0000\r\nSubject: " + subject +
            b"\r\nMIME-Version: 1.0\r\n" + more + b"Content-Type: " + content_type + b"\r\n\r\n" + body)


@pytest.mark.parametrize("declared,body,right", [
    (b"us-ascii", b"The \x93fee\x94 is \x8090.", "The \u201cfee\u201d is \u20ac90."),
    (b"iso-8859-1", b"It\x92s \xa390 \x96 monthly.", "It\u2019s \u00a390 \u2013 monthly."),
    (b"utf-8", b"The toll is \xa375 \x96 by day.", "The toll is \u00a375 \u2013 by day."),
])
def test_mail_that_says_the_wrong_charset_is_read_as_it_was_meant(declared, body, right):
    read = extract(mail(b"text/plain; charset=" + declared, body), "x.eml")
    assert right in read.text and any("and is not; it was read as windows-1252" in note for note in read.notes)


def test_mail_words_and_names_that_were_cut_anywhere_are_whole():
    read = extract(mail(b"multipart/mixed; boundary=A", b"""--A\r
Content-Type: text/plain\r
\r
See there.\r
--A\r
Content-Type: application/octet-stream\r
Content-Disposition: attachment; filename*1*=%BCcke.txt; filename*0*=utf-8''Br%C3\r
\r
planks\r
--A--\r
""", subject=b"=?utf-8?q?Br=C3?= =?utf-8?q?=BCcken?="), "x.eml")
    assert "Subject: Br\u00fccken" in read.text and list(read.files) == ["Br\u00fccke.txt"]


def test_mail_gives_the_attachments_of_every_branch_and_the_branch_that_says_more():
    read = extract(mail(b"multipart/alternative; boundary=A", b"""--A\r
Content-Type: text/plain\r
\r
This message is in HTML.\r
--A\r
Content-Type: multipart/related; boundary=B\r
\r
--B\r
Content-Type: text/html\r
\r
<p>The eels weigh 31 stone.</p>\r
--B\r
Content-Type: text/plain; name=eels.txt\r
\r
Ely\r
--B--\r
--A--\r
"""), "x.eml")
    assert "The eels weigh 31 stone." in read.text and list(read.files) == ["eels.txt"]


def test_mail_lines_that_were_broken_for_the_way_are_whole():
    read = extract(mail(b"text/plain; format=flowed", b"The eels are due at \r\nMichaelmas of each year.\r\n\r\n> Who \r\n> says so?\r\n"), "x.eml")
    assert "The eels are due at Michaelmas of each year." in read.text and "> Who says so?" in read.text


def test_mail_with_a_mark_is_mail():
    assert extract(b"\xef\xbb\xbf" + mail(b"text/plain", b"The eels are due.")).head["media_type"] == "message/rfc822"


def test_every_mail_of_a_mailbox_is_a_document():
    box = b"".join(b"From x Mon Mar  4 2024\n" + mail(b"text/plain", b"Eel number %d.\n>From Ely.\n\n" % n, subject=b"Eel %d" % n)
                   for n in range(3))
    read = extract(box, "eels.mbox")
    assert list(read.files) == ["Eel 0 (1).eml", "Eel 1 (2).eml", "Eel 2 (3).eml"]
    assert b"Eel number 2.\nFrom Ely." in read.files["Eel 2 (3).eml"]


def tnef(*attributes):
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        bytes([level]) + struct.pack("<II", number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for level, number, data in attributes)


def test_outlooks_wrapping_is_taken_off():
    wrapped = tnef((1, 0x0002800C, b"The eels are sold.\0"), (2, 0x00069002, bytes(14)), (2, 0x00018010, b"eels.txt\0"),
                   (2, 0x0006800F, b"31 stone"), (2, 0x00069002, bytes(14)), (2, 0x0006800F, b"second"))
    body = b"--A\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + \
        base64.encodebytes(wrapped) + b"--A--\r\n"
    read = extract(mail(b"multipart/mixed; boundary=A", body), "x.eml")
    assert read.files == {"eels.txt": b"31 stone", "unnamed": b"second"} and "The eels are sold." in read.text


def der(tag, *content):
    content = b"".join(content)
    size = bytes([len(content)]) if len(content) < 128 else b"\x82" + struct.pack(">H", len(content))
    return bytes([tag]) + size + content


def test_smime_signed_text_is_read_and_encrypted_text_is_named():
    name = lambda last: der(6, bytes.fromhex("2a864886f70d0107") + bytes([last]))
    entity = b"Content-Type: text/plain\r\n\r\nWe take the eels at ninety groats.\r\n"
    signed = der(0x30, name(2), der(0xA0, der(0x30, der(2, b"\1"), der(0x31), der(0x30, name(1), der(0xA0, der(4, entity))))))
    sealed = der(0x30, name(3), der(0xA0, der(0x30, der(2, b"\0"))))
    def read(content):
        return extract(mail(b"application/pkcs7-mime; name=smime.p7m", base64.encodebytes(content),
                            b"Content-Transfer-Encoding: base64\r\n"), "x.eml")
    assert "We take the eels at ninety groats." in read(signed).text
    assert any("signed" in note for note in read(signed).notes)
    assert read(sealed).head["unread"] == [["the mail's text", "it is encrypted (S/MIME)", ""]]


# ---- tables ----

def test_a_row_of_a_csv_says_what_its_figures_are():
    read = extract("Tenant;Rent;Due\r\nWat Tyler;\"1.200,50\";1 May\r\n\"Jack; Straw\";90;2 May\r\n".encode(), "roll.csv")
    assert [row for row, _ in read.parts("table_row")] == [
        "Tenant | Rent | Due", "Tenant: Wat Tyler | Rent: 1.200,50 | Due: 1 May", "Tenant: Jack; Straw | Rent: 90 | Due: 2 May"]
    assert extract(b"Dear Sir,\nthe rent, which is due, is paid.\n", "letter.csv").head["media_type"] == "text/plain"


def xlsx(sheets, strings=(), styles="", properties=""):
    """`sheets`: (name, state, XML of a worksheet's inside)."""
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    relation = lambda n, kind, target: f'<Relationship Id="r{n}" Type="{make.OFFICE}/{kind}" Target="{target}"/>'
    r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" {state} r:id="r{n}"/>' for n, (name, state, _) in enumerate(sheets, start=1))
    return make.zipped([
        ("[Content_Types].xml", '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'),
        ("_rels/.rels", f"<Relationships {package}>{relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>"),
        ("xl/workbook.xml", f"<workbook {r}><workbookPr {properties}/><sheets>{listed}</sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", f"<Relationships {package}>" + "".join(
            relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)) +
         relation(98, "sharedStrings", "sharedStrings.xml") + relation(99, "styles", "styles.xml") + "</Relationships>"),
        ("xl/sharedStrings.xml", "<sst>" + "".join(f"<si><t>{text}</t></si>" for text in strings) + "</sst>"),
        ("xl/styles.xml", f"<styleSheet>{styles}</styleSheet>"),
        *((f"xl/worksheets/sheet{n}.xml", f"<worksheet>{inside}</worksheet>") for n, (_, _, inside) in enumerate(sheets, start=1))])


def test_a_spreadsheet_is_read_as_it_is_shown_and_what_is_hidden_is_marked():
    styles = ('<numFmts><numFmt numFmtId="164" formatCode="[$\u00a3-809]#,##0"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/>'
              '<xf numFmtId="15"/><xf numFmtId="10"/></cellXfs>')
    cell = lambda place, value, style=0, kind="": f'<c r="{place}" s="{style}" {kind}><v>{value}</v></c>'
    text = 't="s"'
    inside = ('<cols><col min="4" max="4" hidden="1"/></cols><sheetData><row r="1">' + cell("A1", 0, 0, text) + cell("B1", 1, 0, text) +
              cell("C1", 2, 0, text) + cell("D1", 3, 0, text) + '</row><row r="14">' + cell("A14", 4, 0, text) +
              '<c r="B14" s="1"><f>B13*2</f><v>1234.56</v></c>' + cell("C14", 45352, 2) + cell("D14", "0.075", 3) + '</row>'
              '<row r="15" hidden="1">' + cell("A15", 5, 0, text) + "</row></sheetData>")
    read = extract(xlsx([("Rent roll", "", inside), ("Costs", 'state="veryHidden"', f'<sheetData><row r="2">{cell("A2", 7)}</row></sheetData>')],
                        ["Unit", "Rent", "Due", "Yield", "North mill", "Do not show this"], styles), "roll.xlsx")
    assert [row for row, _ in read.parts("table_row")] == [
        "Rent roll, row 1: Unit | Rent | Due",
        "Rent roll, row 14: Unit: North mill | Rent: \u00a31,235 (stored: 1234.56) | Due: 1-Mar-24"]
    assert [text for text, _ in read.parts("hidden")] == [
        "[Hidden text: Rent roll, row 1: D: Yield]", "[Hidden text: Rent roll, row 14: D: 7.50%]",
        "[Hidden text: Rent roll, row 15: A: Do not show this]", "[Hidden text: Costs, row 2: A: 7]"]
    assert any("1 cell is computed by formulas" in note for note in read.notes)
    assert [text for text, _ in read.parts("heading")] == ["Rent roll", "Costs (hidden sheet)"]


def test_an_opendocument_spreadsheet_is_read_as_it_is_shown():
    cell = lambda text, more="": f'<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>'
    content = (f'{make.DECLARATION}<office:document-content {make.ODF}><office:automatic-styles><style:style style:name="gone" '
               'style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>'
               '<office:body><office:spreadsheet><table:table table:name="Tolls"><table:table-column/>'
               '<table:table-column table:visibility="collapse"/><table:table-row>' + cell("Boat") + cell("Cost") + cell("Toll") +
               '</table:table-row><table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row><table:table-row>' +
               cell("Heron") + cell("9") + '<table:table-cell office:value="1234.5"><text:p>\u00a31,234.50</text:p><office:annotation>'
               '<dc:creator>Eve</dc:creator><dc:date>2024-01-01</dc:date><text:p>Check.</text:p></office:annotation></table:table-cell>'
               '</table:table-row></table:table><table:table table:name="Secret" table:style-name="gone"><table:table-row>' +
               cell("Bribe") + '</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>')
    read = extract(make.zipped([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)]), "tolls.ods")
    assert [row for row, _ in read.parts("table_row")] == ["Tolls, row 1: Boat | Toll", "Tolls, row 5: Boat: Heron | Toll: \u00a31,234.50"]
    assert [text for text, _ in read.parts("hidden")] == ["[Hidden text: Tolls, row 1: B: Cost]", "[Hidden text: Tolls, row 5: B: 9]",
                                                          "[Hidden text: Secret, row 1: A: Bribe]"]
    assert read.parts("comment") == [("[Comment by Eve, on Tolls, C5: Check.]", "by Eve")]


def test_a_presentation_is_read_slide_by_slide_with_its_notes():
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    relation = lambda n, kind, target: f'<Relationship Id="r{n}" Type="{make.OFFICE}/{kind}" Target="{target}"/>'
    names = ('xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="x" '
             'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"')
    shape = lambda text, kind="": (f'<p:sp><p:nvSpPr><p:nvPr>{f"<p:ph type={chr(34)}{kind}{chr(34)}/>" if kind else ""}</p:nvPr></p:nvSpPr><p:txBody><a:p>'
                                   f"<a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>")
    read = extract(make.zipped([
        ("[Content_Types].xml", '<Types a="presentationml"/>'),
        ("ppt/presentation.xml", f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>'),
        ("ppt/_rels/presentation.xml.rels", f"<Relationships {package}>{relation(1, 'slide', 'slides/slide1.xml')}{relation(2, 'slide', 'slides/slide2.xml')}</Relationships>"),
        ("ppt/slides/slide1.xml", f'<p:sld {names} show="0">{shape("Keep this from the reeve.")}</p:sld>'),
        ("ppt/slides/slide2.xml", f'<p:sld {names}>{shape("The weir", "title")}{shape("It leaks at high water.")}{shape("7", "sldNum")}<p:pic/></p:sld>'),
        ("ppt/slides/_rels/slide2.xml.rels", f"<Relationships {package}>{relation(1, 'notesSlide', '../notesSlides/notes1.xml')}</Relationships>"),
        ("ppt/notesSlides/notes1.xml", f'<p:notes {names}>{shape("Ask the miller.")}</p:notes>')]), "weir.pptx")
    assert read.text == ("Slide 1\n\nThe weir\n\nIt leaks at high water.\n\n[Speaker's notes to slide 1: Ask the miller.]\n\nSlide 2\n\n"
                         "[Hidden text: Keep this from the reeve.]")
    assert read.head["unread"] == [["a picture", "what it shows is not looked at", "slide 1"]]


def test_an_opendocument_presentation_is_read_slide_by_slide_with_its_notes():
    frame = lambda kind, inside: f'<draw:frame presentation:class="{kind}"><draw:text-box>{inside}</draw:text-box></draw:frame>'
    paragraph = lambda text: f"<text:p>{text}</text:p>"
    table = ('<draw:frame><table:table><table:table-row><table:table-cell><text:p>Gate</text:p></table:table-cell><table:table-cell>'
             '<text:p>Shut</text:p></table:table-cell></table:table-row></table:table><draw:image/></draw:frame>')
    pages = ('<draw:page>' + frame("title", paragraph("The weir")) +
             frame("outline", f"<text:list><text:list-item>{paragraph('It leaks at<text:s/> <text:span>high</text:span> water.')}</text:list-item></text:list>") + table +
             '<draw:custom-shape><text:p>Mind the step.</text:p></draw:custom-shape>' + frame("page-number", paragraph("7")) +
             '<draw:frame><draw:image/></draw:frame><draw:frame><draw:object/><draw:image/></draw:frame>'
             '<office:annotation><dc:creator>Eve</dc:creator><dc:date>2024-01-01</dc:date><text:p>Says who?</text:p></office:annotation>'
             f'<presentation:notes>{frame("page", "")}{frame("notes", paragraph("Ask the miller."))}</presentation:notes></draw:page>'
             '<draw:page draw:style-name="gone">' + frame("subtitle", paragraph("Keep this from the reeve.")) + '</draw:page>')
    content = (f'{make.DECLARATION}<office:document-content {make.ODF} xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
               'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"><office:automatic-styles><style:style style:name="gone" '
               'style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>'
               f'<office:body><office:presentation>{pages}</office:presentation></office:body></office:document-content>')
    read = extract(make.zipped([("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", content)]), "weir.odp")
    assert read.text == ("Slide 1\n\nThe weir\n\nIt leaks at high water.\n\nGate | Shut\n\nMind the step.\n\n[Comment by Eve: Says who?]\n\n"
                         "[Speaker's notes to slide 1: Ask the miller.]\n\nSlide 2\n\n[Hidden text: Keep this from the reeve.]")
    assert [text for text, _ in read.parts("heading")] == ["Slide 1", "The weir", "Slide 2"]
    assert read.head["unread"] == [["a picture", "what it shows is not looked at", "slide 1"],
                                   ["a chart, diagram or embedded object", "Counsel does not read it", "slide 1"]]


def test_a_table_whose_rows_are_ragged_is_read_as_text_and_that_is_said():
    read = extract(b"Rents of the mill\nplot;tenant;rent\n7;Ann\nnothing is owed for 8\n", "rents.csv")
    assert "plot;tenant;rent" in read.text
    assert read.notes == ["Its rows are not of as many cells each: it was read as text, not as a table."]
