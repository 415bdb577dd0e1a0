"""What is filed: small PDFs with text, a PDF that is only an image, iXBRL accounts."""

import html
from pathlib import Path

DATA = Path(__file__).parent / "data"


def make_pdf(lines):
    """A PDF of one page with these lines as text."""
    def escaped(line):
        return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")

    text = "BT /F1 11 Tf 60 780 Td 16 TL " + " ".join(f"({escaped(line)}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return assemble([body.encode("latin-1") for body in objects])


def assemble(objects):
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010} 00000 n \n".encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def scanned_pdf():
    """A page of accounts as most of them are filed: an image of words, no text."""
    return (DATA / "scan.pdf").read_bytes()


def make_ixbrl(name, number, year, facts):
    """Accounts as inline XBRL. `facts`: label → figure in pounds."""
    rows = "\n".join(
        f'<tr><td>{html.escape(label)}</td><td>£<ix:nonFraction contextRef="now" unitRef="GBP" decimals="0" '
        f'name="core:{"".join(label.title().split())}">{figure:,}</ix:nonFraction></td></tr>'
        for label, figure in facts.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
      xmlns:core="http://xbrl.frc.org.uk/fr/2023-01-01/core">
<head><title>Accounts of {html.escape(name)}</title></head>
<body>
<div style="display:none"><ix:header><ix:hidden><ix:nonNumeric contextRef="now" name="core:Hidden">not shown</ix:nonNumeric>
</ix:hidden></ix:header></div>
<h1>{html.escape(name)}</h1>
<p>Registered number: {number}</p>
<h2>Balance sheet as at 31 December {year}</h2>
<table>
{rows}
</table>
<p>The average number of employees during the year was {year % 50 + 3}.</p>
</body>
</html>
""".encode()
