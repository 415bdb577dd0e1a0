#!/usr/bin/env python3
"""Reading documents: seconds and accuracy of OCR on noisy, tilted pages; pages/s of PDFs that have text. One core.

    bench/run reading       (needs poppler-utils, python3-pytest and tesseract-ocr-eng)
"""

import difflib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tests"))
import make_documents as make  # noqa: E402
import test_ocr as ocr  # noqa: E402
from test_formats import extract  # noqa: E402

TEXT = [line.strip() for line in Path("/usr/share/common-licenses/GPL-3").read_text().splitlines() if line.strip()]
LINES = 50  # of a page


def clean(line):
    return line.replace("\\", "").replace("(", "").replace(")", "")


def accuracy(expected, read):
    matched = difflib.SequenceMatcher(None, expected, read, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched) / len(expected)


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def a4(lines):
    """(width, height, gray bytes) of a whole page, 300 dots an inch."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.pdf").write_bytes(make.pdf(lines).replace(b"[0 0 612 792]", b"[0 0 595 842]"))
        subprocess.run(["pdftoppm", "-r", "300", "-gray", "a.pdf", "page"], cwd=folder, check=True)
        kind, width, height, _, data = next(Path(folder).glob("*.pgm")).read_bytes().split(maxsplit=4)[:5]
    assert kind == b"P5" and len(data) == int(width) * int(height)
    return int(width), int(height), data


def scans(pages):
    for number in range(pages):
        lines = [clean(line) for line in TEXT[number * LINES:(number + 1) * LINES]]
        picture = a4(lines)
        yield " ".join(lines).split(), ocr.png(ocr.noisy(ocr.rotated(picture, 1), 0.01))


def main():
    times, shares = [], []
    for expected, content in scans(4):
        began = processor_seconds()
        _, text = ocr.read_page(content)
        times.append(processor_seconds() - began)
        # Quotation marks may be straight or curly.
        read = text.decode().translate(str.maketrans("\u2018\u2019\u201c\u201d", "\'\'\"\""))
        shares.append(accuracy(expected, read.split()))
    print(f"OCR of a 300 dpi A4 page, 1 % noise and 1 degree: {statistics.median(times):.2f} s of processor time (median of {len(times)}; "
          f"target 4 s a core)")
    print(f"words read right: {100 * statistics.mean(shares):.2f} % (worst page {100 * min(shares):.2f} %; target 98 %)")
    pages = 500
    content = ocr.picture_pdf([[clean(line) for line in TEXT[n % 9 * LINES:(n % 9 + 1) * LINES]] for n in range(pages)])
    began = time.monotonic()
    extract(content, "long.pdf")
    seconds = time.monotonic() - began
    print(f"text of a PDF of {pages} pages: {pages / seconds:.0f} pages/s (target 100 a core)")


if __name__ == "__main__":
    main()
