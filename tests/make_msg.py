"""Outlook messages (MSG), made here after MS-CFB, MS-OXMSG, MS-OXRTFCP: what Outlook writes is not for a repository."""

import datetime
import struct
import zlib

SECTOR, SMALL, SMALL_BELOW = 512, 64, 4096
NONE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
TEXT16, TEXT8, BINARY, NUMBER, BOOLEAN, TIME, OBJECT = 0x1F, 0x1E, 0x102, 0x03, 0x0B, 0x40, 0x0D
CLASS, SUBJECT, SUBMITTED, HEADERS, DELIVERED, FLAGS, BODY, RTF, HTML = 0x1A, 0x37, 0x39, 0x7D, 0xE06, 0xE07, 0x1000, 0x1009, 0x1013
SENDER_NAME, SENDER_SMTP, FROM_NAME, FROM_ADDRESS = 0xC1A, 0x5D01, 0x42, 0x65
RECIPIENT_KIND, NAME, ADDRESS, SMTP = 0xC15, 0x3001, 0x3003, 0x39FE
CONTENT, METHOD, FILE_NAME, PATH, MIME_TYPE, CONTENT_ID, HIDDEN = 0x3701, 0x3705, 0x3707, 0x370D, 0x370E, 0x3712, 0x7FFE

# The set of an appointment's own properties, and which of them are numbered 0x8000, 0x8001 and 0x8002 here: place, begin, end.
APPOINTMENTS = bytes.fromhex("0220060000000000c000000000000046")
APPOINTMENT_NAMES = (0x8208, 0x820D, 0x820E)
PLACE, BEGINS, ENDS = 0x8000, 0x8001, 0x8002


def padded(content, size, fill=b"\0"):
    return content + fill * (-len(content) % size)


def compound(root, chained=False):
    """The bytes of a compound file; a storage is a dictionary of names to bytes or storages. `chained`: each entry of a
    storage hangs on the one before, as in no sound file."""
    entries = [["Root Entry", 5, NONE, NONE, NONE, END, 0]]  # name, type, left, right, child, first, size
    data, following, small, small_following = [], [], bytearray(), []

    def big(content):
        if not content:
            return END
        first, count = len(following), -(-len(content) // SECTOR)
        data.append(padded(content, SECTOR))
        following.extend(range(first + 1, first + count))
        following.append(END)
        return first

    def stream(content):
        if len(content) >= SMALL_BELOW or not content:
            return big(content)
        first = len(small) // SMALL
        small.extend(padded(content, SMALL))
        small_following.extend(range(first + 1, len(small) // SMALL))
        small_following.append(END)
        return first

    def fill(storage, into):
        numbers = []
        for name, content in sorted(storage.items(), key=lambda one: (len(one[0]), one[0].upper())):
            numbers.append(len(entries))
            if isinstance(content, dict):
                entries.append([name, 1, NONE, NONE, NONE, 0, 0])
                fill(content, numbers[-1])
            else:
                entries.append([name, 2, NONE, NONE, NONE, stream(content), len(content)])
        entries[into][4] = tree(numbers)

    def tree(numbers):
        if not numbers:
            return NONE
        if chained:
            for number, following_one in zip(numbers, numbers[1:]):
                entries[number][3] = following_one
            return numbers[0]
        middle = len(numbers) // 2
        entries[numbers[middle]][2:4] = tree(numbers[:middle]), tree(numbers[middle + 1:])
        return numbers[middle]

    fill(root, 0)
    entries[0][5:7] = big(bytes(small)), len(small)
    directory = b"".join(
        struct.pack("<64sHBBIII36xIQ", name.encode("utf-16-le"), len(name) * 2 + 2, kind, 1, left, right, child, first, size)
        for name, kind, left, right, child, first, size in entries)
    first_directory = big(padded(directory, SECTOR))
    small_table = padded(struct.pack(f"<{len(small_following)}I", *small_following), SECTOR, b"\xff")
    first_small = big(small_table)
    tables = 1
    while tables * SECTOR // 4 < len(following) + tables:
        tables += 1
    assert tables <= 109, "larger files want a list of tables"
    first_table = len(following)
    following += [TABLE] * tables
    header = struct.pack("<8s16xHHHHH10xIIIIIIII", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 0x3E, 3, 0xFFFE, 9, 6, tables, first_directory, 0,
                         SMALL_BELOW, first_small, len(small_table) // SECTOR, END, 0)
    header += struct.pack("<109I", *range(first_table, first_table + tables), *[NONE] * (109 - tables))
    return header + b"".join(data) + padded(struct.pack(f"<{len(following)}I", *following), SECTOR, b"\xff")


def filetime(when):
    return int((when - datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * 10_000_000


def properties(values, header):
    """A storage's streams from {number: value}: text, bytes, int, bool, datetime; (type, value) says it."""
    storage, table = {}, b""
    for number, value in values.items():
        kinds = {str: TEXT16, bytes: BINARY, int: NUMBER, bool: BOOLEAN, datetime.datetime: TIME, dict: OBJECT}
        kind, value = value if isinstance(value, tuple) else (kinds[type(value)], value)
        if kind in (NUMBER, BOOLEAN, TIME):
            table += struct.pack("<HHIQ", kind, number, 6, filetime(value) if kind == TIME else value)
            continue
        content = value if not isinstance(value, str) else value.encode("utf-16-le") if kind == TEXT16 else value.encode("cp1252")
        size = NONE if kind == OBJECT else len(content) + {TEXT16: 2, TEXT8: 1}.get(kind, 0)
        table += struct.pack("<HHIII", kind, number, 6, size, 1 if kind == OBJECT else 0)
        storage[f"__substg1.0_{number:04X}{kind:04X}"] = content
    return {**storage, "__properties_version1.0": header + table}


def message(values, recipients=(), attachments=(), within=False):
    """A message's storage: its own, or that of one within another."""
    header = struct.pack("<8xIIII", len(recipients), len(attachments), len(recipients), len(attachments)) + (b"" if within else bytes(8))
    storage = properties({CLASS: "IPM.Note", **values}, header)
    for i, recipient in enumerate(recipients):
        storage[f"__recip_version1.0_#{i:08X}"] = properties(recipient, bytes(8))
    for i, attachment in enumerate(attachments):
        storage[f"__attach_version1.0_#{i:08X}"] = properties({METHOD: 1, **attachment}, bytes(8))
    if not within:
        names = b"".join(struct.pack("<IHH", name, 4 << 1, i) for i, name in enumerate(APPOINTMENT_NAMES))
        streams = (bytes(16) + APPOINTMENTS, names, b"")
        storage["__nameid_version1.0"] = {f"__substg1.0_000{n}0102": one for n, one in zip((2, 3, 4), streams)}
    return storage


def msg(values, recipients=(), attachments=()):
    return compound(message(values, recipients, attachments))


def within(values, recipients=(), attachments=()):
    """An attachment that is a message."""
    return {METHOD: 5, CONTENT: (OBJECT, message(values, recipients, attachments, within=True))}


def packed(rtf):
    """As Outlook packs RTF; without references to what came before, but the one that ends it."""
    end = ((207 + len(rtf)) % 4096 << 4).to_bytes(2, "big")
    groups = [rtf[i:i + 8] for i in range(0, len(rtf) + 1, 8)]
    body = b"".join(b"\0" + group for group in groups[:-1]) + bytes([1 << len(groups[-1])]) + groups[-1] + end
    return struct.pack("<IIII", len(body) + 12, len(rtf), 0x75465A4C, zlib.crc32(body, 0xFFFFFFFF) ^ 0xFFFFFFFF) + body
