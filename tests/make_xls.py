"""Old Excel workbooks (XLS), made here record by record after MS-XLS: BIFF8, and BIFF5 of Excel 95."""

import struct

import make_msg as mapi

STRINGS, CONTINUE, LARGEST = 0xFC, 0x3C, 8224


def record(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def wide(text, count="<H"):
    """With the count of its characters, and how wide they are."""
    try:
        return struct.pack(count, len(text)) + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        return struct.pack(count, len(text)) + b"\1" + text.encode("utf-16-le")


def shared_strings(texts, torn=LARGEST):
    """The table of strings; a record has at most `torn` bytes, and a string goes on in the next one."""
    records, now = [], struct.pack("<II", len(texts), len(texts))
    for text in texts:
        head, letters = wide(text)[:3], wide(text)[3:]
        size = 2 if head[2] else 1
        if len(now) + 4 > torn:
            records.append(now)
            now = b""
        now += head
        while letters:
            room = (torn - len(now)) // size * size
            now, letters = now + letters[:room], letters[room:]
            if letters:
                records.append(now)
                now = head[2:]
    records.append(now)
    return b"".join(record(STRINGS if i == 0 else CONTINUE, one) for i, one in enumerate(records))


def number(row, column, value, look=0):
    return record(0x203, struct.pack("<HHHd", row, column, look, value))


def short(row, column, packed, look=0):
    return record(0x27E, struct.pack("<HHHI", row, column, look, packed))


def shared(row, column, index):
    return record(0xFD, struct.pack("<HHHI", row, column, 0, index))


def label(row, column, text, eight=True):
    return record(0x204, struct.pack("<HHH", row, column, 0) + (wide(text) if eight else struct.pack("<H", len(text)) + text.encode("cp1252")))


def formula(row, column, result, look=0, text=None):
    """`result`: a number; or the eight bytes that say what else."""
    value = result if isinstance(result, bytes) else struct.pack("<d", result)
    return record(0x06, struct.pack("<HHH", row, column, look) + value + bytes(6) + struct.pack("<H", 0)) + (
        record(0x207, wide(text)) if text is not None else b"")


def row(number, hidden=False):
    return record(0x208, struct.pack("<HHHHHHHH", number, 0, 9, 255, 0, 0, 0x20 if hidden else 0, 0))


def hidden_columns(first, last):
    return record(0x7D, struct.pack("<HHHHH", first, last, 2000, 0, 1) + bytes(2))


def comment(row, column, author, text, number=1):
    shape = record(0x5D, struct.pack("<HHHH", 0x15, 0x12, 0x19, number) + bytes(14))
    words = record(0x1B6, bytes(10) + struct.pack("<HH", len(text), 8) + bytes(4)) + record(CONTINUE, b"\0" + text.encode("latin-1")) + record(
        CONTINUE, bytes(8))
    return shape + words + record(0x1C, struct.pack("<HHHH", row, column, 0, number) + wide(author) + b"\0")


def chart():
    return record(0x5D, struct.pack("<HHHH", 0x15, 0x12, 0x05, 7) + bytes(14)) + begin(0x20) + number(0, 0, 666.0) + record(0x0A, b"")


def begin(kind, version=0x600):
    return record(0x809, struct.pack("<HHHHII", version, kind, 0, 0, 0, 0)[: 16 if version == 0x600 else 8])


def stream(sheets, strings=b"", formats=(), looks=(0,), eight=True, more=b""):
    """`sheets`: (name, state, records); `formats`: (number, code); `looks`: the format of each look."""
    version = 0x600 if eight else 0x500
    named = lambda text, count: wide(text, count) if eight else struct.pack("<B", len(text)) + text.encode("cp1252")
    head = begin(5, version) + record(0x42, struct.pack("<H", 1200 if eight else 1252)) + more
    head += b"".join(record(0x41E, struct.pack("<H", n) + named(code, "<H")) for n, code in formats)
    head += b"".join(record(0xE0, struct.pack("<HH", 0, n) + bytes(16)) for n in looks)
    size = len(head) + sum(4 + 6 + len(named(name, "<B")) for name, _, _ in sheets) + len(strings) + 4
    listed, bodies = b"", b""
    for name, state, records in sheets:
        listed += record(0x85, struct.pack("<IBB", size + len(bodies), state, 0) + named(name, "<B"))
        bodies += begin(0x10, version) + records + record(0x0A, b"")
    return head + listed + strings + record(0x0A, b"") + bodies


def xls(*args, **named):
    return mapi.compound({"Workbook" if named.get("eight", True) else "Book": stream(*args, **named)})
