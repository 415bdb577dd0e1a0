"""Hostile pictures, and PDF pages that are drawn to be read: a part of make_hostile_documents.py."""

import random
import struct
import zlib

MIB = 1 << 20


def zeros(mebibytes, byte=b"\0"):
    """A zlib stream that unfolds to so many MiB of one byte, made without unfolding it."""
    block = byte * MIB
    packer = zlib.compressobj(9)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (mebibytes - 1) + packer.flush()


def pdf(objects, trailer=b"/Root 1 0 R", before_xref=b""):
    """A PDF of these objects, numbered from 1, with a right cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    out += before_xref
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer.replace(b"@", b"%d" % xref), xref)
    return bytes(out)


def stream(content, entries=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
HELLO = b"BT /F1 12 Tf 72 700 Td (Rent is due on the first day.) Tj ET"


def one_page(content, entries=b"", page=FONT, more=()):
    return pdf([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % page,
                stream(content, entries), *more])


def shown(resources, content, *objects, page=b""):
    """One page that draws with these resources; the objects are numbered from 5."""
    return one_page(content, page=b"/Resources << %s >> %s" % (resources, page), more=objects)


def image(data, width, height, entries=b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"):
    return stream(data, b"/Type /XObject /Subtype /Image /Width %d /Height %d %s" % (width, height, entries))


def pages_to_look_at(scale):
    """PDF pages without a text: they are drawn and read by OCR."""
    draw, picture = b"q 595 0 0 842 0 0 cm /I Do Q", b"/XObject << /I 5 0 R >>"
    box = b"/MediaBox [0 0 595 842]"
    for name, other in (("huge", b"/MediaBox [0 0 1000000000 1000000000]"), ("large", b"/MediaBox [0 0 14400 14400]"),
                        ("wide", b"/MediaBox [0 0 1000000 1]"), ("empty", b"/MediaBox [0 0 0 0]"),
                        ("negative", b"/MediaBox [0 0 -595 -842]"), ("endless", b"/MediaBox [0 0 1e308 1e308]"),
                        ("missing", b""), ("unit", box + b" /UserUnit 1000000"), ("turned", box + b" /Rotate 2147483647")):
        yield f"page-{name}.pdf", one_page(b"", page=b"").replace(box, other)
    side = 2_000 if scale == 1 else 8_000
    fine = b"5" if scale == 1 else b"0.0001"
    yield "scan-black.pdf", shown(picture, draw, image(zlib.compress(bytes(side * side), 9), side, side))
    yield "scan-noise.pdf", shown(picture, draw, image(zlib.compress(noise(side, side)), side, side))
    yield "scan-thousandfold.pdf", shown(picture, (draw + b"\n") * (20 * scale), image(zlib.compress(bytes(4_000_000)), 2_000, 2_000))
    rng = random.Random(8)
    for kind, mark, ending in (("/DCTDecode", b"\xff\xd8\xff\xe0", "jpeg"), ("/JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n", "jpx"),
                               ("/JBIG2Decode", b"", "jbig2"), ("/CCITTFaxDecode", b"", "fax")):
        yield f"scan-broken-{ending}.pdf", shown(picture, draw, image(mark + rng.randbytes(20_000), 2_000, 2_000,
                                                 b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter " + kind.encode()))
    yield "scan-fax-columns.pdf", shown(picture, draw, image(rng.randbytes(20_000), 2_000, 2_000, b"/ImageMask true /BitsPerComponent 1 "
                                        b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 2147483646 /Rows 2147483646 >>"))
    yield "scan-predictor.pdf", shown(picture, draw, image(zeros(1), 2_000, 2_000, b"/ColorSpace /DeviceGray /BitsPerComponent 8 "
                                      b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483646 /Colors 32 /BitsPerComponent 16 >>"))
    yield "mask-of-itself.pdf", shown(picture, draw, image(zeros(1), 1_000, 1_000).replace(b"/Type", b"/SMask 5 0 R /Type", 1))
    yield "pattern-of-itself.pdf", shown(
        b"/Pattern << /P 5 0 R >>", b"/Pattern cs /P scn 0 0 595 842 re f",
        stream(b"/Pattern cs /P scn 0 0 1 1 re f", b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] "
                                                   b"/XStep %s /YStep %s /Resources << /Pattern << /P 5 0 R >> >>" % (fine, fine)))
    yield "letter-of-itself.pdf", shown(
        b"/Font << /F1 5 0 R >>", b"BT /F1 12 Tf (aaaa) Tj ET",
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 /Widths [9] "
        b"/Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(b"9 0 d0 BT /F1 12 Tf (aaaa) Tj ET"))
    yield "shading-of-itself.pdf", shown(
        b"/Shading << /S << /ShadingType 1 /ColorSpace /DeviceGray /Function 5 0 R >> >>", b"/S sh",
        b"<< /FunctionType 3 /Domain [0 1] /Functions [5 0 R 5 0 R] /Bounds [0.5] /Encode [0 1 0 1] >>")
    yield "paths.pdf", shown(b"", b"0 0 m " + b"595 842 l 0 0 l " * (20_000 * scale) + b"S")
    yield "dashes.pdf", shown(b"", b"[%s %s] 0 d 0 0 m 595 842 l S" % (fine, fine))
    yield "file-in-a-bomb.pdf", pdf(
        [b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.txt) 5 0 R] >> >> >>",
         b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
         b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s /Contents 4 0 R >>" % FONT, stream(HELLO),
         b"<< /Type /Filespec /F (a.txt) /EF << /F 6 0 R >> >>",
         stream(zeros(64 * scale, b" "), b"/Type /EmbeddedFile /Filter /FlateDecode")])
    yield "files-in-a-loop.pdf", pdf(
        [b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 3 0 R >> >>", b"<< /Type /Pages /Kids [] /Count 0 >>",
         b"<< /Kids [3 0 R 3 0 R] /Limits [(a) (z)] >>"])
    yield from outlines(scale)
    cells = [b"BT /F1 6 Tf %d %d Td (%d) Tj ET" % (20 + 30 * (n % 18), 820 - 7 * (n // 18), n) for n in range(1_900)]
    yield "cells.pdf", one_page(b"\n".join(cells))
    yield "steps.pdf", one_page(b"\n".join(b"BT /F1 6 Tf %d %d Td (a %d) Tj ET" % (20 + n % 500, 830 - n % 800, n) for n in range(2_900)))
    yield "dots.pdf", one_page(b"\n".join(b"BT /F1 6 Tf 20 %d Td (Rent %s 1.%s 2) Tj ET" % (830 - n, b"." * 400, b". " * 200) for n in range(800)))


def outlines(scale):
    """Entries lead to page 2, where what the page does not say would stand as a heading; "@" is that page's number."""
    entry = lambda n, parent, links, to=b"/Dest [@ 0 R /Fit]": b"<< /Title (Tab %d: Rent) %s /Parent %d 0 R %s >>" % (n, to, parent, links)
    def outlined(entries):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % FONT
        second = b"%d" % (6 + len(entries))
        return pdf([b"<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R >>", b"<< /Type /Pages /Kids [3 0 R %s 0 R] /Count 2 >>" % second,
                    page, stream(HELLO), b"<< /Type /Outlines /First 6 0 R /Last %d 0 R >>" % (5 + len(entries)),
                    *(one.replace(b"@", second) for one in entries), page])
    many = 5_000 * scale
    yield "outline-many.pdf", outlined([entry(n, 5, b"/Next %d 0 R" % (7 + n)) for n in range(many)])
    yield "outline-deep.pdf", outlined([entry(n, 5 + n, b"/First %d 0 R /Last %d 0 R" % (7 + n, 7 + n)) for n in range(2_000)])
    yield "outline-round.pdf", outlined([entry(0, 5, b"/Next 7 0 R /First 7 0 R /Last 6 0 R"), entry(1, 6, b"/Next 6 0 R /First 6 0 R /Last 6 0 R")])
    yield "outline-elsewhere.pdf", outlined([entry(0, 5, b"/Next 7 0 R", b"/Dest [999999 0 R /Fit]"), entry(1, 5, b"/Next 8 0 R", b"/Dest [-3 /Fit]"),
                                             b"<< /Title <FEFFD800FFFF000000> /A << /S /GoTo /D (none) >> /Parent 5 0 R >>"])


def noise(width, height, seed=9):
    """Gray pixels that compress well and are dots all over."""
    line = bytes(random.Random(seed).choices((0, 255), k=width))
    return b"".join(line[17 * y % width:] + line[:17 * y % width] for y in range(height))


def png(width, height, data, colour=2, interlaced=0, more=()):
    """`data`: packed; `more`: chunks before it."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlaced))
            + b"".join(chunk(kind, content) for kind, content in more) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def gray_png(width, height, pixels):
    return png(width, height, zlib.compress(b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height)), 6), 0)


def jpeg_segment(kind, content):
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(content) + 2) + content


def jpeg_head(width, height, frame=0xC0):
    """Gray, one Huffman code of 4 bits for each size of a step, one of 1 bit for no more of a block."""
    return (b"\xff\xd8" + jpeg_segment(0xE0, b"JFIF\0\1\1\1\1\x2c\1\x2c\0\0") + jpeg_segment(0xDB, b"\0" + b"\x10" * 64)
            + jpeg_segment(frame, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
            + jpeg_segment(0xC4, b"\0\0\0\0\x0c" + bytes(12) + bytes(range(12))) + jpeg_segment(0xC4, b"\x10\1" + bytes(15) + b"\0"))


def jpeg(blocks, seed=10):
    """A real one, so many blocks of 8 by 8 pixels wide and high, each of one shade."""
    rng, bits, before = random.Random(seed), [], 0
    for _ in range(blocks * blocks):
        shade = rng.randrange(-60, 60)
        step, before = shade - before, shade
        size = abs(step).bit_length()
        value = step if step >= 0 else step + (1 << size) - 1
        bits.append(format(size, "04b") + (format(value, f"0{size}b") if size else "") + "0")
    bits = "".join(bits)
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return jpeg_head(blocks * 8, blocks * 8) + jpeg_segment(0xDA, b"\1\1\0\0\x3f\0") + data + b"\xff\xd9"


def tiff(pages, width=8, height=8, data=bytes(64), more=(), loop_to=None):
    """So many pages that all show the same strip; `loop_to`: the page that is said to follow the last."""
    out, places = bytearray(b"II*\0\0\0\0\0"), []
    strip = len(out)
    out += data
    link = 4
    for _ in range(pages):
        places.append(len(out))
        struct.pack_into("<I", out, link, len(out))
        tags = sorted([(256, 4, width), (257, 4, height), (258, 3, 8), (262, 3, 1), (273, 4, strip), (277, 3, 1), (278, 4, height),
                       (279, 4, len(data)), *more])
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        link = len(out)
        out += b"\0\0\0\0"
    if loop_to is not None:
        struct.pack_into("<I", out, link, places[loop_to])
    return bytes(out)


def images(scale):
    yield "bomb.png", png(30_000, 30_000, zeros(32 * scale))
    yield "huge.png", png(0x7FFFFFFF, 0x7FFFFFFF, zeros(1))
    yield "short.png", png(100, 100, zlib.compress(b"\0"))
    yield "interlaced.png", png(8_000, 8_000, zlib.compress(b"\0"), 0, 1)
    yield "text-bomb.png", png(100, 100, zlib.compress(bytes(101 * 100)), 0, more=[(b"zTXt", b"a\0\0" + zeros(64 * scale))] * 20)
    yield "profile-bomb.png", png(100, 100, zlib.compress(bytes(101 * 100)), 0, more=[(b"iCCP", b"a\0\0" + zeros(64 * scale))])
    side = 2_000 if scale == 1 else 8_000
    yield "white.png", gray_png(side, side, b"\xff" * (side * side))
    yield "noise.png", gray_png(side, side, noise(side, side))
    yield "line.png", png(1_000_000, 64, zlib.compress(b"\0" * (1_000_001 * 64)), 0)
    yield "noise.jpg", jpeg(20 * (1 if scale == 1 else 5))
    yield "scans.jpg", (jpeg_head(7_992, 7_992, 0xC2) + jpeg_segment(0xDA, b"\1\1\0\0\0\1") + b"\0" * 64
                        + (jpeg_segment(0xDA, b"\1\1\0\0\0\x10") + b"\0" * 8) * (50 * scale) + b"\xff\xd9")
    yield "many-pages.tif", tiff(5_200 * (1 if scale == 1 else 10))
    yield "many-huge-pages.tif", tiff(12 * scale, 60_000, 60_000)
    yield "two-step-loop.tif", tiff(2, loop_to=0)
    yield "packed-bomb.tif", tiff(1, 8_000, 8_000, zeros(61), more=[(259, 3, 8)])
    yield "strips.tif", tiff(1, 8_000, 8_000).replace(struct.pack("<HHII", 278, 4, 1, 8_000), struct.pack("<HHII", 278, 4, 1, 0))
    yield "tiles.tif", tiff(1, 8_000, 8_000, more=[(322, 4, 0x7FFFFFF0), (323, 4, 0x7FFFFFF0), (324, 4, 8), (325, 4, 64)])
    yield "tags.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + struct.pack("<HHII", 0x9999, 4, 0xFFFFFFFF, 8) * 0xFFFF
    yield "huge.jpg", (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x22\0\2\x11\1\3\x11\1"
                       b"\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0" + b"\0" * 100)
    yield "loop.tif", b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 256, 4, 1, 60_000, 8)
    yield "huge.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 3) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in ((256, 0xFFFFFFF), (257, 0xFFFFFFF), (273, 8))) + b"\0" * 4
