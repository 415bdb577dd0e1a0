"""Scans, rendered from known text with pdftoppm (poppler-utils): pictures are (width, height, gray bytes), 300 dots an inch."""

import ctypes
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import make_documents as make

POSSIBLE = shutil.which("pdftoppm") is not None


def scan(lines, dots=300, width=2000, height=600):
    """(width, height, gray bytes) of the top of a page."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.pdf").write_bytes(make.pdf(lines))
        subprocess.run(["pdftoppm", "-r", str(dots), "-gray", "-x", "200", "-y", "150", "-W", str(width), "-H", str(height),
                        "a.pdf", "page"], cwd=folder, check=True)
        data = next(Path(folder).glob("*.pgm")).read_bytes()
    head = b"P5\n%d %d\n255\n" % (width, height)
    assert data.startswith(head)
    return width, height, data[len(head):]


def jpeg(lines, dots=300):
    """A whole page, as a scanner would send it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.pdf").write_bytes(make.pdf(lines))
        subprocess.run(["pdftoppm", "-r", str(dots), "-gray", "-jpeg", "a.pdf", "page"], cwd=folder, check=True)
        return next(Path(folder).glob("*.jpg")).read_bytes()


def png(picture):
    width, height, data = picture
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + data[y * width:(y + 1) * width] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"pHYs", struct.pack(">IIB", 11811, 11811, 1)) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def bmp(picture, bits=8, top_down=False, newest=False):
    """`newest`: with the head of Windows 98, its masks and more."""
    width, height, data = picture
    size = bits // 8
    pad = -width * size % 4
    rows = [b"".join(bytes([value] * min(size, 3) + [0] * (size - 3)) for value in data[y * width:(y + 1) * width]) + b"\0" * pad
            for y in range(height)]
    pixels = b"".join(rows if top_down else reversed(rows))
    more = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF) + bytes(72) if newest else b""
    colours = b"".join(bytes([gray, gray, gray, 0]) for gray in range(256)) if bits == 8 else b""
    start = 54 + len(more) + len(colours)
    return (b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
            + struct.pack("<IiiHHIIiiII", 40 + len(more), width, -height if top_down else height, 1, bits,
                          3 if newest and bits == 32 else 0, len(pixels), 11811, 11811, 256 if bits == 8 else 0, 0)
            + more + colours + pixels)


def gif(pictures):
    """Of 128 grays and not packed: the table of words is cleared before it grows, so that each word stays a byte."""
    width, height, _ = pictures[0]
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF6, 0, 0) + b"".join(bytes([2 * gray] * 3) for gray in range(128))
    for width, height, data in pictures:
        words = bytes(value >> 1 for value in data)
        packed = b"".join(b"\x80" + words[at:at + 100] for at in range(0, len(words), 100)) + b"\x81"
        out += b"!\xf9\x04\0\x0a\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x07"
        out += b"".join(bytes([len(packed[at:at + 255])]) + packed[at:at + 255] for at in range(0, len(packed), 255)) + b"\0"
    return out + b";"


def webp(picture, lossless=1):
    """By leptonica, which the product has anyway."""
    library = ctypes.CDLL("liblept.so.5")
    library.pixReadMem.restype = ctypes.c_void_p
    content = png(picture)
    pix = ctypes.c_void_p(library.pixReadMem(content, ctypes.c_size_t(len(content))))
    data, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert library.pixWriteMemWebP(ctypes.byref(data), ctypes.byref(size), pix, 80, lossless) == 0
    return ctypes.string_at(data, size.value)


def moving_webp(pictures):
    width, height, _ = pictures[0]
    three = lambda number: struct.pack("<I", number)[:3]
    chunk = lambda name, body: name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    body = chunk(b"VP8X", b"\x02\0\0\0" + three(width - 1) + three(height - 1)) + chunk(b"ANIM", bytes(6))
    for picture in pictures:
        body += chunk(b"ANMF", three(0) * 2 + three(width - 1) + three(height - 1) + three(100) + b"\0" + webp(picture)[12:])
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def tiff(pictures):
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for width, height, data in pictures:
        strip = len(out)
        out += data + b"\0" * (len(data) % 2)
        struct.pack_into("<I", out, link, len(out))
        tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, strip), (277, 3, 1),
                (278, 4, height), (279, 4, len(data))]
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, kind, 1, value) for t, kind, value in tags)
        link = len(out)
        out += b"\0\0\0\0"
    return bytes(out)


def picture_pdf(pages):
    """Each page is a picture (a scan) or lines of text."""
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", None, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        number = len(bodies) + 1
        kids.append(f"{number} 0 R")
        if isinstance(page, list):
            content = "BT /F1 11 Tf 72 720 Td 14 TL\n" + "".join(f"({line}) Tj T*\n" for line in page) + "ET"
            resources, picture = "/Font << /F1 3 0 R >>", None
        else:
            width, height, data = page
            content = f"q {width * 0.24:.2f} 0 0 {height * 0.24:.2f} 48 {756 - height * 0.24:.2f} cm /I Do Q"
            resources = f"/XObject << /I {number + 2} 0 R >>"
            packed = zlib.compress(data, 1).decode("latin1")
            picture = (f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
                       f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>\nstream\n{packed}\nendstream")
        bodies.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << {resources} >> "
                      f"/Contents {number + 1} 0 R >>")
        bodies.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        if picture:
            bodies.append(picture)
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    text, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = len(text)
    text += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n" + "".join(f"{o:010} 00000 n \n" for o in offsets)
    return (text + f"trailer\n<< /Size {len(offsets) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").encode("latin1")
