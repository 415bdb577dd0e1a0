"""Pages that faithful_makers.py does not make: tables with empty and wrapped cells, ledgers, statements of names and sums,
particulars, definitions in two columns, small print in three, contents with leaders. For faithfulness.py --layouts."""

import html
import random
import subprocess

import faithful_makers as make
from faithful_words import PLAIN, ROW, HEADING, LABELLED, MONTHS, Contract, Part

WIDTH, HEIGHT = make.WIDTH, make.HEIGHT
STREETS = ["Mill Lane", "Weir Street", "Tannery Row", "Harbottle Quay", "Church Walk"]
NAMES = ["Ann Archer", "Bea Quill", "Cy Pres", "Wat Tyler", "Drusilla Pemberton", "Philippa Harbottle", "Jack Straw"]


class Sheets(Contract):
    """Parts in the order in which they stand on the pages; `tables` are lists of rows, the head first."""

    def __init__(self, seed):
        super().__init__(seed, 0)
        self.parts = [Part(HEADING, f"Schedule of Harbottle Estate number {seed}")]
        self.furniture = []

    def money(self, most=9_999_999):
        return f"£{self.chance.randint(100, most):,}.{self.chance.randint(0, 99):02}"

    def day(self):
        return self.fill("{d}")

    def maybe(self, text, share=0.4):
        return "" if self.chance.random() < share else text

    def address(self):
        return f"{self.chance.randint(1, 99)} {self.chance.choice(STREETS)}, Ely CB{self.chance.randint(1, 9)} {self.chance.randint(1, 9)}QX"

    def row(self, *cells):
        self.parts.append(Part(ROW, cells))
        return cells

    def text(self, text, label="", kind=PLAIN):
        self.parts.append(Part(LABELLED if label else kind, text, label))
        return text

    def tenancies(self, count):
        rows = [self.row("Unit", "Tenant", "Term from", "Rent a year", "Deposit", "Remarks")]
        for n in range(count):
            rows.append(self.row(f"Unit {n + 1}", self.chance.choice(NAMES) + self.maybe(" and another", 0.6), self.maybe(self.day()), self.maybe(self.money(99_999)),
                                 self.maybe(self.money(9_999)), self.maybe(self.chance.choice(["Break at year three", "Holding over", "Rent review outstanding",
                                 "Subject to a licence to assign that the superior landlord has not given"]))))
        return rows

    def ledger(self, count):
        rows = [self.row("Date", "Narrative", "Debit", "Credit", "Balance")]
        for n in range(count):
            debit = self.chance.random() < 0.5
            rows.append(self.row(f"{n % 28 + 1:02}/0{n // 28 % 9 + 1}/2021", self.chance.choice(["Rent received", "Insurance premium", "Counsel's fee", "Land Registry fee",
                        "Transfer to client account"]) + f" no {n + 1}", self.money(9_999) if debit else "", "" if debit else self.money(9_999), self.money(99_999)))
        return rows

    def statement(self, count):
        """Names and sums; a subtotal has a name of its own."""
        return [self.row(f"{self.chance.choice(['Purchase price', 'Stamp duty land tax', 'Search fees', 'Deposit paid', 'Apportioned rent', 'Service charge retention'])} "
                         f"({n + 1})", self.money()) for n in range(count)]


def wrapped(text, room, size, font="Times-Roman"):
    from reportlab.pdfbase.pdfmetrics import stringWidth
    return [line for line, _ in make.broken(text, stringWidth, size, font, room, room, False)] if text else []


# ---- by reportlab's own tables ----

def platypus(path, blocks):
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table
    style = getSampleStyleSheet()["BodyText"]
    style.fontSize, style.leading = 8.5, 10.5
    story = []
    for block in blocks:
        if isinstance(block, str):
            story += [Paragraph(html.escape(block), style), Spacer(1, 6)]
            continue
        rows, widths, options = block
        cells = [[Paragraph(html.escape(cell), style) if i in options.get("wrap", ()) else cell for i, cell in enumerate(row)] for row in rows]
        story += [Table(cells, colWidths=widths, repeatRows=options.get("head", 0), style=options["style"]), Spacer(1, 10)]
    SimpleDocTemplate(str(path), pagesize=(WIDTH, HEIGHT), leftMargin=50, rightMargin=50).build(story)


def tenancy_schedule(sheets, path):
    blocks = [sheets.parts[0].text]
    for _ in range(5):
        blocks.append(sheets.text(sheets.sentences()))
        blocks.append((sheets.tenancies(22), [45, 105, 85, 75, 65, 120], {"wrap": (5, 1), "head": 0, "style": [
            ("GRID", (0, 0), (-1, -1), 0.4, "black"), ("FONTSIZE", (0, 0), (-1, -1), 8.5), ("VALIGN", (0, 0), (-1, -1), "TOP")]}))
    platypus(path, blocks)


def client_ledger(sheets, path):
    blocks = [sheets.parts[0].text]
    for _ in range(4):
        blocks.append(sheets.text(sheets.sentences()))
        blocks.append((sheets.ledger(45), [65, 190, 75, 75, 85], {"style": [("ALIGN", (2, 0), (-1, -1), "RIGHT"), ("FONTSIZE", (0, 0), (-1, -1), 9),
                      ("LINEBELOW", (0, 0), (-1, 0), 0.5, "black")]}))
    platypus(path, blocks)


# ---- at places, by reportlab or PostScript ----

def completion_statement(sheets, path, leaders=False, draw="reportlab"):
    from reportlab.pdfbase.pdfmetrics import stringWidth
    pages = []
    for n in range(6):
        sheet, base = make.Sheet(), HEIGHT - 80
        if n == 0:
            sheet.put(70, base, sheets.parts[0].text, 12, "Times-Bold")
        base -= 30
        for k in range(3):
            heading = ("Receipts", "Payments", "Retentions")[(n + k) % 3]  # what stands at one place of all pages is a header
            sheets.parts.append(Part(HEADING, f"{heading} of part {n + 1}"))
            sheet.put(70, base, f"{heading} of part {n + 1}", 10.5, "Times-Bold")
            base -= 18
            for name, money in sheets.statement(sheets.chance.randint(2, 7)):
                sheet.put(70, base, name)
                sheet.put(500 - stringWidth(money, "Times-Roman", 10.5), base, money)
                if leaders:
                    left = 74 + stringWidth(name, "Times-Roman", 10.5)
                    dots = int((495 - stringWidth(money, "Times-Roman", 10.5) - left) / stringWidth(".", "Times-Roman", 10.5))
                    sheet.put(left, base, "." * dots)
                base -= 15
            base -= 8
            for line in wrapped(sheets.text(sheets.sentence()), 430, 10.5):
                sheet.put(70, base, line)
                base -= 14
            base -= 12
        pages.append(sheet)
    draw_sheets(pages, path, draw)


def particulars(sheets, path, draw="gs"):
    """Labels left, wrapped words right."""
    pages = []
    for n in range(6):
        sheet, base = make.Sheet(), HEIGHT - 80
        if n == 0:
            sheet.put(70, base, sheets.parts[0].text, 12, "Times-Bold")
        base -= 30
        for label in ("Date of the lease", "Landlord", "Tenant", "Property", "Term", "Rent", "Permitted use", "Break date", "Guarantor"):
            said = {"Rent": sheets.money(), "Date of the lease": sheets.day(), "Break date": sheets.day()}.get(
                label, f"{sheets.chance.choice(NAMES)} of {sheets.address()}" if label in ("Landlord", "Tenant", "Guarantor") else sheets.sentence())
            sheets.text(f"{label}: {said}")
            sheet.put(70, base, f"{label}:", 10.5, "Times-Bold")
            for line in wrapped(said, 300, 10.5):
                sheet.put(210, base, line)
                base -= 13.5
            base -= 10
        pages.append(sheet)
    draw_sheets(pages, path, draw)


def parties(sheets, path, draw="reportlab"):
    """Names and addresses side by side, which are no table, and sentences around them; three columns of small print."""
    pages = []
    for n in range(6):
        sheet, base = make.Sheet(), HEIGHT - 80
        if n == 0:
            sheet.put(70, base, sheets.parts[0].text, 12, "Times-Bold")
        base -= 30
        for line in wrapped(sheets.text(sheets.sentences()), 430, 10.5):
            sheet.put(70, base, line)
            base -= 14
        base -= 20
        for column in range(3):
            at = base
            for _ in range(6):
                for line in wrapped(sheets.text(sheets.sentence()), 130, 8):
                    sheet.put(70 + column * 152, at, line, 8)
                    at -= 10
                at -= 6
        pages.append(sheet)
    draw_sheets(pages, path, draw)


def dates(sheets, path, draw="gs"):
    """A chronology: date, event in several lines, page; the pages flush right."""
    from reportlab.pdfbase.pdfmetrics import stringWidth
    pages, sheet, base = [], None, 0
    for n in range(60):
        event = sheets.sentence() if n % 3 else f"Letter number {n} from {sheets.chance.choice(NAMES)}"
        lines = wrapped(event, 270, 10)
        if sheet is None or base - 13 * len(lines) < 70:
            sheet, base = make.Sheet(), HEIGHT - 80
            pages.append(sheet)
            if n == 0:
                sheet.put(70, base, sheets.parts[0].text, 12, "Times-Bold")
                base -= 30
            for i, name in enumerate(sheets.row("Date", "Event", "Page")):
                sheet.put((70, 170, 470)[i], base, name, 10, "Times-Bold")
            base -= 20
        day, page = sheets.day(), sheets.maybe(str(sheets.chance.randint(1, 900)), 0.2)
        sheets.row(day, event, page)
        sheet.put(70, base, day, 10)
        if page:
            sheet.put(500 - stringWidth(page, "Times-Roman", 10), base, page, 10)
        for line in lines:
            sheet.put(170, base, line, 10)
            base -= 12
        base -= 7
    draw_sheets(pages, path, draw)


def draw_sheets(pages, path, draw):
    typeset = make.typeset
    make.typeset = lambda *_, **__: pages
    try:
        (make.by_reportlab if draw == "reportlab" else make.by_ghostscript)(None, path)
    finally:
        make.typeset = typeset


# ---- by programs that typeset themselves ----

def chromium_tables(sheets, path):
    out = ["<!DOCTYPE html><html lang=en><meta charset=utf-8><style>@page { margin: 2cm } body { font: 10pt/1.35 sans-serif } td, th { padding: 2pt 6pt; text-align: left; "
           "vertical-align: top } .sum { text-align: right } table { border-collapse: collapse; margin: 10pt 0; width: 100% } tr:nth-child(even) td { background: #eee }"
           "</style><body>", f"<b>{sheets.parts[0].text}</b>"]
    for n in range(6):
        out.append(f"<p>{sheets.text(sheets.sentences())}</p>")
        rows = sheets.tenancies(13) if n % 2 else sheets.ledger(16)
        out.append("<table>" + "".join("<tr>" + "".join(f"<td{' class=sum' if cell.startswith('£') else ''}>{html.escape(cell, quote=False)}</td>" for cell in row) + "</tr>"
                                       for row in rows) + "</table>")
    print_page(path, "\n".join(out))


def chromium_definitions(sheets, path):
    out = ["<!DOCTYPE html><html lang=en><meta charset=utf-8><style>@page { margin: 2cm } body { font: 10.5pt/1.4 serif } .pair { display: grid; "
           "grid-template-columns: 130pt 1fr; margin: 5pt 0 } .pair b { padding-right: 12pt } .sum { display: flex; justify-content: space-between }</style><body>",
           f"<b>{sheets.parts[0].text}</b>"]
    for n in range(6):
        for _ in range(8):
            name, text = f"\u201c{sheets.chance.choice(['Retention', 'Premises', 'Insured Risks', 'Quarter Days', 'Permitted Use'])} {len(sheets.parts)}\u201d", sheets.sentence()
            sheets.text(f"{name} {text}")
            out.append(f"<div class=pair><b>{name}</b><span>{html.escape(text, quote=False)}</span></div>")
        out.append(f"<p>{sheets.text(sheets.sentences())}</p>")
        out += [f"<div class=sum><span>{name}</span><span>{money}</span></div>" for name, money in sheets.statement(5)]
    print_page(path, "\n".join(out))


def print_page(path, page):
    source = path.with_suffix(".html")
    source.write_text(page)
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}", source.as_uri()], check=True,
                   timeout=120, capture_output=True)


def office_tables(sheets, path):
    said = lambda text: "".join(c if ord(c) < 128 and c not in "\\{}" else f"\\u{ord(c)}?" for c in text)
    out = [r"{\rtf1\ansi\deff0{\fonttbl{\f0\froman Liberation Serif;}}\paperw11900\paperh16840\margl1100\margr1100\fs20 "
           r"\pard\b " + said(sheets.parts[0].text) + r"\b0\par "]
    border = "".join(rf"\clbrdr{side}\brdrs\brdrw10" for side in "tlbr")
    for n in range(6):
        out.append(r"\pard\sb120\qj " + said(sheets.text(sheets.sentences())) + r"\par")
        rows, edges = (sheets.tenancies(12), (900, 3000, 4700, 6200, 7400, 9700)) if n % 2 else (sheets.ledger(15), (1300, 5200, 6700, 8200, 9700))
        for row in rows:
            out.append(r"\trowd\trgaph80" + "".join((border if n < 2 else "") + rf"\cellx{edge}" for edge in edges) + "".join(
                rf"\pard\intbl\fs18{chr(92) + 'qr' if cell.startswith('£') else ''} {said(cell)}\cell " for cell in row) + r"\row")
        # Names and sums with a tab that is full of dots; contents with page numbers are the same.
        for name, money in sheets.statement(5):
            out.append(r"\pard\sb60\tqr\tldot\tx9500 " + said(name) + r"\tab " + said(money) + r"\par")
    source = path.with_suffix(".rtf")
    source.write_text("\n".join(out) + "}", encoding="ascii")
    subprocess.run(["soffice", f"-env:UserInstallation={(path.parent / 'office').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", path.parent, source],
                   check=True, timeout=180, capture_output=True)


def tex_tables(sheets, path, program="pdflatex", columns=False):
    said = lambda text: "".join({"£": r"\pounds{}", "$": r"\$", "%": r"\%", "&": r"\&", "€": "EUR "}.get(c, c) for c in text)
    out = [r"\documentclass[10pt,a4paper]{article}\usepackage{longtable,multicol}\usepackage[margin=2cm]{geometry}\setlength{\parindent}{0pt}"
           r"\setlength{\parskip}{5pt}\pagestyle{empty}\begin{document}\textbf{" + said(sheets.parts[0].text) + "}\n"]
    for n in range(6):
        if columns:
            out.append(said(sheets.text(sheets.sentences())) + "\n" + r"\begin{multicols}{3}\footnotesize\raggedright ")
            out += [said(sheets.text(sheets.sentence())) + "\n" for _ in range(9)]
            out.append(r"\end{multicols}")
            continue
        out.append(said(sheets.text(sheets.sentences())) + "\n")
        rows = sheets.tenancies(12) if n % 2 else sheets.ledger(18)
        form = r"lp{2.6cm}lrrp{3.4cm}" if n % 2 else "llrrr"
        out.append(rf"{{\small\begin{{longtable}}{{{form}}}" + r"\\ ".join(" & ".join(said(cell) for cell in row) for row in rows) + r"\end{longtable}}")
        out += [said(name) + r"\dotfill " + said(money) + "\n" if n % 2 else said(name) + r"\hfill " + said(money) + "\n" for name, money in sheets.statement(5)]
    for part in sheets.parts:  # the oldest fonts have no such sign
        part.text = tuple(cell.replace("€", "EUR ") for cell in part.text) if part.kind == ROW else part.text.replace("€", "EUR ")
    source = path.with_suffix(".tex")
    source.write_text("\n".join(out) + r"\end{document}")
    for _ in range(2):  # longtable wants to know its widths
        subprocess.run([program, "-interaction=batchmode", f"-output-directory={path.parent}", source], check=False, timeout=120, capture_output=True)


# name, what it needs, how it is made
LAYOUTS = [
    ("reportlab, grid, empty and wrapped cells", "reportlab", tenancy_schedule, {}),
    ("reportlab, ledger", "reportlab", client_ledger, {}),
    ("reportlab, names and sums", "reportlab", completion_statement, {}),
    ("Ghostscript, names, dots, sums", "gs", completion_statement, dict(leaders=True, draw="gs")),
    ("Ghostscript, particulars", "gs", particulars, {}),
    ("Ghostscript, chronology", "gs", dates, {}),
    ("reportlab, three columns", "reportlab", parties, {}),
    ("Chromium, tables", "chromium", chromium_tables, {}),
    ("Chromium, definitions, sums", "chromium", chromium_definitions, {}),
    ("LibreOffice, tables, tabs", "soffice", office_tables, {}),
    ("TeX, tables, sums", "pdflatex", tex_tables, {}),
    ("TeX, three columns", "pdflatex", tex_tables, dict(columns=True)),
]
