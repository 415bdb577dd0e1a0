#!/usr/bin/env python3
"""Whether what is stored is what the pages show: contracts put on some 300 pages by several programs, read, and compared.

    bench/run faithfulness [--show N]     N: of how many failures of each maker to show what was read
    bench/run faithfulness --layouts      other pages: tables with empty and wrapped cells, sums beside names, small print

It needs poppler-utils, and for each maker what is named; what is missing is said: reportlab (of this Python; also for
Ghostscript's pages), gs, chromium, soffice, pdflatex.
"""

import argparse
import collections
import difflib
import re
import sys
import tempfile
import unicodedata
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tests"))
sys.path.insert(0, str(root / "bench"))
import faithful_layouts as layouts  # noqa: E402
import faithful_makers as make  # noqa: E402
from faithful_words import HEADING, LABELLED, ROW, Contract  # noqa: E402
from test_formats import extract  # noqa: E402

CRITICAL = re.compile(r"[£€$%]|\b(?:GBP|CHF|EUR|per cent)\b|-?\d[\d.,]*\d|-?\d|\b(?:not|no|nor|neither|never|without|unless|cannot|may|must|shall)\b")

# name, what it needs, how it is made, contract: clauses, rows, notes
MAKERS = [
    ("reportlab, hanging numbers 36 pt", "reportlab", make.by_reportlab, dict(hang=36), dict(clauses=54, notes=True)),
    ("reportlab, two columns, hyphens", "reportlab", make.by_reportlab, dict(columns=2, hyphenate=True), dict(clauses=60)),
    ("reportlab, line numbers", "reportlab", make.by_reportlab, dict(numbered_lines=True, justified=False), dict(clauses=36, letters=False)),
    ("reportlab, stamped, tables", "reportlab", make.by_reportlab, dict(stamp="RECEIVED 7 MAY 2021", hang=30), dict(clauses=54, rows=30)),
    ("reportlab, rotated, hyphens", "reportlab", make.by_reportlab, dict(rotated=True, hyphenate=True), dict(clauses=36)),
    ("Ghostscript, hyphens, notes", "gs", make.by_ghostscript, dict(hyphenate=True, hang=24), dict(clauses=54, notes=True)),
    ("Ghostscript, two columns", "gs", make.by_ghostscript, dict(columns=2, hyphenate=True, hang=22), dict(clauses=45)),
    ("Chromium, justified, tables", "chromium", make.by_chromium, dict(hyphenate=True), dict(clauses=60, rows=40)),
    ("Chromium, two columns", "chromium", make.by_chromium, dict(columns=2, hyphenate=True), dict(clauses=45)),
    ("Chromium, by Ghostscript again", "gs", None, dict(), dict(clauses=45, rows=20)),
    ("LibreOffice, notes, tables", "soffice", make.by_libreoffice, dict(), dict(clauses=60, rows=30, notes=True)),
    ("LibreOffice, two columns", "soffice", make.by_libreoffice, dict(columns=2), dict(clauses=45)),
    ("TeX, notes, tables", "pdflatex", make.by_pdflatex, dict(), dict(clauses=60, rows=30, notes=True)),
    ("TeX, two columns", "pdflatex", make.by_pdflatex, dict(columns=2), dict(clauses=54)),
]


def plain(text):
    """Characters as they are compared: no ligatures, straight quotation marks, one blank for white space."""
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).translate(str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2212", "''\"\"---"))
    # A line may end behind the minus of a sum: the page says no more than that.
    return re.sub(r"\s+", " ", text).strip().replace(" - £", " -£")


def stored_text(read):
    """What is told as text: headers, footers and comments left out, marks of notes too."""
    text = list(read.text)
    for kind, _, start, end, _ in read.head["structure"]:
        if kind == "page_header":
            text[start:end] = " " * (end - start)
    return plain(re.sub(r"\s?\[\d+\]", "", "".join(text)))


class Found:
    def __init__(self):
        self.characters = self.right = self.parts = self.critical = self.detached = self.labels = self.furniture = self.rows = self.torn = 0
        self.shown = []


def nearest(stored, text):
    """What of the stored text is most like it."""
    best, most = "", 0
    for at in range(0, max(1, len(text) - 24), 12):
        for begin in [found.start() for found in re.finditer(re.escape(text[at:at + 24]), stored)][:5]:
            near = stored[max(0, begin - at - 8):begin - at + len(text) + 160]
            alike = sum(block.size for block in difflib.SequenceMatcher(None, text, near, autojunk=False).get_matching_blocks() if block.size > 8)
            if alike > most:
                best, most = near, alike
        if most > 0.9 * len(text):
            break
    return best


def rising(places):
    """How many of them are in order: the longest rising run, gaps allowed."""
    import bisect
    ends = []
    for place in places:
        at = bisect.bisect_left(ends, place)
        ends[at:at + 1] = [place]
    return len(ends)


def compare(contract, read, furniture):
    found, places = Found(), []
    stored = re.sub(r"\s*\|[\s|]*", " ", stored_text(read))
    critical = collections.Counter()
    paragraphs = {plain(paragraph).strip("| ") for paragraph in read.text.split("\n\n")}
    for part in contract.parts:
        if part.kind == ROW:
            found.rows += 1
            found.torn += plain(" | ".join(part.text)).strip("| ") not in paragraphs
        text = plain(" ".join(filter(None, part.text)) if part.kind == ROW else part.whole)
        cells = stored
        found.characters += len(text)
        found.parts += 1
        at = cells.find(text, sum(places[-1]) if places else 0)  # the same may stand there before
        at = at if at >= 0 else cells.find(text)
        if at >= 0:
            found.right += len(text)
            places.append((at, len(text)))
        else:
            near = nearest(cells, plain(part.text) if part.kind != ROW else text)
            blocks = difflib.SequenceMatcher(None, text, near, autojunk=False).get_matching_blocks()
            found.right += sum(block.size for block in blocks if block.size > 2)
            said = lambda t: collections.Counter(CRITICAL.findall(t))
            lost = said(text) - said(near)
            critical.update(lost)
            first, last = (blocks[0].b, blocks[-2].b + blocks[-2].size) if len(blocks) > 1 else (0, 0)
            inside = near[first:last]
            within = [piece for piece in furniture if plain(piece) in inside and plain(piece) not in text]
            found.furniture += bool(within)
            found.shown.append((text, inside, sorted(lost)))
        if part.label:
            found.labels += 1
            begin = plain(f"{part.label} {' '.join(part.text.split()[:4])}")
            found.detached += begin not in stored
    found.critical = sum(critical.values())
    in_order = rising([at for at, _ in places])
    if places:  # what stands elsewhere is not in order
        found.right -= sum(length for _, length in places) * (len(places) - in_order) // len(places)
    return found


def made(folder, given):
    """(name, contract, the PDF) of each maker; nothing instead of a PDF where what it needs is missing."""
    chosen = layouts.LAYOUTS if given.layouts else MAKERS
    for number, (name, needs, maker, options, *shape) in enumerate(chosen):
        if given.only not in name:
            continue
        ours = given.layouts and needs == "gs" or maker in (make.by_reportlab, make.by_ghostscript)
        if not make.possible(needs) or (ours and not make.possible("reportlab")) or (maker is None and not make.possible("chromium")):
            print(f"{name:40} not made: {needs} is missing")
            continue
        path = Path(folder) / f"contract{number}.pdf"
        if given.layouts:
            contract = layouts.Sheets(number + 1 + given.seed)
            maker(contract, path, **options)
        else:
            contract = Contract(number + 1 + given.seed, **shape[0])
            (maker or make.by_chromium)(contract, path, **options)
        yield name, contract, make.distilled(path) if maker is None else path


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--show", type=int, default=0)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--layouts", action="store_true")
    arguments.add_argument("--seed", type=int, default=0, help="other words on the same pages")
    arguments.add_argument("--keep", default="", help="a folder for the pages")
    given = arguments.parse_args()
    total, pages_read = Found(), 0
    print(f"{'pages by':40} pages  characters  in order   changed  detached    furniture  rows torn")
    with tempfile.TemporaryDirectory() as folder:
        for name, contract, path in made(given.keep or folder, given):
            pages = make.read_pages(path)
            found = compare(contract, extract(path.read_bytes(), path.name), [contract.name, "RECEIVED", *(f"Page {n}" for n in range(1, pages + 1))])
            print(line_of(name, pages, found), flush=True)
            for text, inside, lost in found.shown[:given.show]:
                print(f"    said: {text}\n    read: {inside}\n    lost: {lost}")
            pages_read += pages
            for figure in ("characters", "right", "critical", "detached", "labels", "furniture", "rows", "torn"):
                setattr(total, figure, getattr(total, figure) + getattr(found, figure))
    print(line_of(f"all (target: {60 if given.layouts else 300} pages)", pages_read, total) + "   (target: 99.9 %, 0, 0, 0)")


def line_of(name, pages, found):
    return (f"{name:40} {pages:5}  {found.characters:10}  {100 * found.right / max(found.characters, 1):7.3f} %  {found.critical:7}  "
            f"{found.detached:3} of {found.labels:4}  {found.furniture:7}  {found.torn:4} of {found.rows}")


if __name__ == "__main__":
    main()
