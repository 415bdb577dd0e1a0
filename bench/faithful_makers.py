"""Pages of contracts by several programs, for faithfulness.py. Each maker takes a Contract and writes a PDF; what is not
installed makes none."""

import html
import shutil
import subprocess
from pathlib import Path

from faithful_words import HEADING, LABELLED, ROW

WIDTH, HEIGHT = 595, 842


def possible(name):
    if name == "reportlab":
        try:
            import reportlab  # noqa: F401
        except ImportError:
            return False
        return True
    return shutil.which(name) is not None


# ---- our own typesetting: lines at places, to be drawn by reportlab or by PostScript ----

class Sheet:
    """Lines of one page: (left, base from below, font, size, text, more space between words, degrees)."""

    def __init__(self):
        self.lines = []

    def put(self, left, base, text, size=10.5, font="Times-Roman", wide=0.0, turned=0):
        self.lines.append((left, base, font, size, text, wide, turned))


def divided(word, room, width):
    """The longest beginning of the word that fits with a hyphen, three letters left on either side; as a program that
    knows no language would."""
    if "-" in word:
        cut = word.rindex("-") + 1
        if 1 < cut < len(word) and width(word[:cut]) <= room:
            return word[:cut], word[cut:]
    letters = word.rstrip(".,;:)")
    for cut in range(len(letters) - 3, 2, -1):
        if letters.isalpha() and len(letters) > 7 and width(word[:cut] + "-") <= room and word[cut - 1] not in "aeiou":
            return word[:cut] + "-", word[cut:]
    return "", word


def broken(text, measure, size, font, first_room, room, hyphenate):
    """The lines of a paragraph: (text, is the last)."""
    width = lambda t: measure(t, font, size)
    lines, line, left = [], "", first_room
    words = text.split(" ")
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if width(longer) <= left:
            line = longer
            continue
        head, tail = divided(word, left - width(line + " "), width) if hyphenate and line else ("", word)
        lines.append((f"{line} {head}" if head else line, False))
        line, left = "", room
        words.insert(0, tail)
    return [*lines, (line, True)]


def typeset(contract, columns=1, justified=True, hyphenate=False, hang=0, headers=True, numbered_lines=False, stamp="", size=10.5):
    from reportlab.pdfbase.pdfmetrics import stringWidth
    sheets, step = [], size * 1.3
    column_width = (WIDTH - 140 - (columns - 1) * 24) / columns
    state = {"column": columns, "base": 0, "floor": 90, "note": 0}

    def next_column():
        state["column"] += 1
        if state["column"] >= columns:
            sheets.append(Sheet())
            state["column"] = 0
            if headers:
                sheets[-1].put(70, HEIGHT - 40, contract.name, 8.5)
                sheets[-1].put(WIDTH / 2 - 20, 36, f"Page {len(sheets)}", 8.5)
            if stamp:
                sheets[-1].put(WIDTH - 190, HEIGHT - 62, stamp, 11, "Helvetica-Bold", 0, 8)
        state["base"], state["floor"] = HEIGHT - 84, 90

    def line(left, text, wide=0.0, font="Times-Roman", label=""):
        if state["base"] - step < state["floor"]:
            next_column()
        state["base"] -= step
        x = 70 + state["column"] * (column_width + 24)
        if numbered_lines:
            sheets[-1].put(40, state["base"], str(1 + round((HEIGHT - 84 - state["base"]) / step) - 1), 8)
        if label:
            sheets[-1].put(x, state["base"], label, size, font)
        sheets[-1].put(x + left, state["base"], text, size, font, wide)

    def note(text):
        state["note"] += 1
        lines = broken(f"{state['note']} {text}", stringWidth, 8, "Times-Roman", column_width, column_width, hyphenate)
        x = 70 + state["column"] * (column_width + 24)
        # What is lowest goes in first: notes grow up from the foot.
        at = state["floor"] - 20
        for i, (content, _) in enumerate(lines):
            sheets[-1].put(x, at + (len(lines) - 1 - i) * 10, content, 8)
        state["floor"] = at + len(lines) * 10 + 24

    next_column()
    for part in contract.parts:
        if part.kind == ROW:
            if state["base"] - step < state["floor"]:
                next_column()
            state["base"] -= step
            x = 70 + state["column"] * (column_width + 24)
            for i, cell in enumerate(part.text):
                sheets[-1].put(x + i * column_width / len(part.text), state["base"], cell, size * 0.9)
            continue
        font = "Times-Bold" if part.kind == HEADING else "Times-Roman"
        if not numbered_lines:
            state["base"] -= step * 0.6
        label = part.label if hang else ""
        text = part.text if hang else part.whole
        lines = broken(text, stringWidth, size, font, column_width - hang, column_width - hang, hyphenate)
        for i, (content, last) in enumerate(lines):
            gaps = content.count(" ")
            wide = (column_width - hang - stringWidth(content, font, size)) / gaps if justified and not last and gaps else 0
            line(hang, content, min(wide, 12), font, label if i == 0 else "")
        if part.note and columns == 1 and state["base"] - state["floor"] > 60:
            end = 70 + hang + stringWidth(lines[-1][0], font, size)
            note(part.note)
            sheets[-1].put(end, state["base"] + size * 0.35, str(state["note"]), size * 0.6)
    return sheets


def by_reportlab(contract, path, rotated=False, **options):
    from reportlab.pdfgen.canvas import Canvas
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))  # turned, where it is rotated
    for sheet in typeset(contract, **options):
        if rotated:  # stored lying, shown upright
            canvas.setPageRotation(90)
            canvas.translate(HEIGHT, 0)
            canvas.rotate(90)
        for left, base, font, size, text, wide, turned in sheet.lines:
            canvas.saveState()
            canvas.translate(left, base)
            canvas.rotate(turned)
            words = canvas.beginText(0, 0)
            words.setFont(font, size)
            words.setWordSpace(wide)
            words.textOut(text)
            canvas.drawText(words)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()


def by_ghostscript(contract, path, **options):
    codes = {"£": "\\243", "€": "\\200", "’": "'"}
    out = ["%!PS", "/latin { findfont dup length dict begin { 1 index /FID ne { def } { pop pop } ifelse } forall",
           "/Encoding ISOLatin1Encoding 256 array copy dup 128 /Euro put dup 45 /hyphen put def currentdict end /Now exch definefont pop /Now findfont exch scalefont setfont } bind def"]
    for sheet in typeset(contract, **options):
        for left, base, font, size, text, wide, turned in sheet.lines:
            text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            text = "".join(codes.get(c, c) for c in text)
            out.append(f"{size} /{font} latin gsave {left} {base} translate {turned} rotate 0 0 moveto {wide} 0 32 ({text}) widthshow grestore")
        out.append("showpage")
    source = path.with_suffix(".ps")
    source.write_text("\n".join(out), encoding="ascii", errors="replace")
    subprocess.run(["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sPAPERSIZE=a4", f"-sOutputFile={path}", source], check=True, timeout=120)


# ---- programs that typeset themselves ----

def soft(text):
    """With places where a word may be divided."""
    return " ".join(word[:len(word) // 2] + "\u00ad" + word[len(word) // 2:] if word.isalpha() and len(word) > 8 else word for word in text.split(" "))


def page_of(contract, columns=1, hyphenate=False):
    shown = lambda text: html.escape(soft(text) if hyphenate else text, quote=False)
    out, rows = [], []
    for part in [*contract.parts, None]:
        if rows and (part is None or part.kind != ROW):
            out.append("<table><thead><tr><th>Plot<th>Place<th>Rent<th>Day</tr></thead>" + "".join(
                "<tr>" + "".join(f"<td>{shown(cell)}" for cell in row) + "</tr>" for row in rows) + "</table>")
            rows = []
        if part is None:
            break
        if part.kind == ROW:
            rows.append(part.text)
        else:
            mark = f"<sup>{len(out)}</sup>" if part.note else ""
            out.append(f"<div class={part.kind}><span class=label>{part.label}</span>{shown(part.text)}{mark}</div>")
    return ("<!DOCTYPE html><html lang=en><meta charset=utf-8><style>@page { margin: 2cm } body { font: 10.5pt/1.4 serif; text-align: justify; "
            f"column-count: {columns} }} .label {{ position: absolute; margin-left: -36pt }} .clause, .heading {{ margin: 6pt 0 0 36pt }} "
            ".heading { font-weight: bold } sup { font-size: 60% } td, th { padding: 1pt 9pt; text-align: left }</style><body>" + "\n".join(out))


def by_chromium(contract, path, **options):
    source = path.with_suffix(".html")
    source.write_text(page_of(contract, **options))
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={path}", source.as_uri()], check=True, timeout=120,
                   capture_output=True)


def rtf_of(contract, columns=1):
    """A document of a word processor: with hanging numbers, notes, tables, a page header and the page's number."""
    said = lambda text: "".join(c if ord(c) < 128 and c not in "\\{}" else f"\\u{ord(c)}?" for c in text)
    out = [r"{\rtf1\ansi\deff0{\fonttbl{\f0\froman Liberation Serif;}}\paperw11900\paperh16840\margl1400\margr1400"
           + (r"\cols2\colsx480" if columns == 2 else "") + r"{\header\pard\fs17 " + said(contract.name) + r"\par}{\footer\pard\qc\fs17 Page \chpgn\par}"]
    for part in contract.parts:
        if part.kind == ROW:
            out.append(r"\trowd" + "".join(rf"\cellx{2200 * (i + 1)}" for i in range(4)) + r"\pard\intbl\fs20 " + "".join(
                said(cell) + r"\cell " for cell in part.text) + r"\row")
            continue
        note = r"{\super\chftn}{\footnote\pard\fs17 {\super\chftn} " + said(part.note) + "}" if part.note else ""
        hanging = r"\fi-720\li720\tx720 " + part.label + r"\tab " if part.label else " "
        out.append(rf"\pard\qj\sb120\fs21{chr(92) + 'b' if part.kind == HEADING else chr(92) + 'b0'}{hanging}{said(part.text)}{note}\par")
    return "\n".join(out) + "}"


def by_libreoffice(contract, path, **options):
    source = path.with_suffix(".rtf")
    source.write_text(rtf_of(contract, **options), encoding="ascii")
    subprocess.run(["soffice", f"-env:UserInstallation={(path.parent / 'office').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", path.parent, source],
                   check=True, timeout=180, capture_output=True)


def by_pdflatex(contract, path, columns=1):
    for part in contract.parts:  # the oldest fonts have no such sign
        part.text = tuple(cell.replace("€", "EUR ") for cell in part.text) if part.kind == ROW else part.text.replace("€", "EUR ")
        part.note = part.note.replace("€", "EUR ")
    said = lambda text: "".join({"£": r"\pounds{}", "$": r"\$", "%": r"\%", "&": r"\&", "-": "-"}.get(c, c) for c in text)
    out = [r"\documentclass[10pt,a4paper" + (",twocolumn" if columns == 2 else "") + r"]{article}\pagestyle{headings}\usepackage{longtable}"
           r"\setlength{\parindent}{0pt}\setlength{\parskip}{5pt}\markright{" + said(contract.name) + r"}\begin{document}"]
    rows = []
    for part in [*contract.parts, None]:
        if rows and (part is None or part.kind != ROW):
            body = r"\\ ".join(" & ".join(said(cell) for cell in row) for row in rows)
            out.append(r"\begin{longtable}{llll}" + body + r"\end{longtable}" if columns == 1 else r"\begin{tabular}{llll}" + body + r"\end{tabular}")
            rows = []
        if part is None:
            break
        if part.kind == ROW:
            rows.append(part.text)
        else:
            note = rf"\footnote{{{said(part.note)}}}" if part.note else ""
            bold = r"\textbf{" if part.kind == HEADING else "{"
            label = rf"\hangindent=2.4em\makebox[2.4em][l]{{{part.label}}}" if part.kind in (LABELLED, HEADING) and part.label else ""
            out.append(f"{bold}{label}{said(part.text)}}}{note}\n")
    source = path.with_suffix(".tex")
    source.write_text("\n".join(out) + r"\end{document}")
    subprocess.run(["pdflatex", "-interaction=batchmode", f"-output-directory={path.parent}", source], check=False, timeout=120, capture_output=True)


def distilled(path):
    """The same page by another program."""
    other = path.with_name("distilled-" + path.name)
    subprocess.run(["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", f"-sOutputFile={other}", path], check=True, timeout=120)
    return other


def read_pages(path):
    said = subprocess.run(["pdfinfo", path], capture_output=True, text=True).stdout
    return int(said.split("Pages:")[1].split()[0]) if "Pages:" in said else 0


def exists(path):
    return Path(path).exists()
