"""Outlook messages that mean harm, for make_hostile_documents.py."""

import struct

import make_msg as mapi
import make_pst

TEXT = {mapi.SUBJECT: "Rent", mapi.BODY: "Rent is due on the first day."}


def overwritten(content, at, number):
    return content[:at] + struct.pack("<I", number) + content[at + 4:]


def entry_of(content, name):
    """Where the directory has the entry of that name."""
    return content.index(name.encode("utf-16-le") + b"\0\0")


def outlook(scale):
    sound = mapi.msg(TEXT, [{mapi.NAME: "Bea"}], [{mapi.FILE_NAME: "a.txt", mapi.CONTENT: b"Rent. " * 2_000}])
    table = 512 + struct.unpack_from("<I", sound, 76)[0] * 512
    directory = 512 + struct.unpack_from("<I", sound, 48)[0] * 512
    yield "entries-chained.msg", mapi.compound({**mapi.message(TEXT), **{f"x{n}": b"" for n in range(9_000 * scale)}}, chained=True)
    deep = {"a": b"x"}
    for _ in range(300):
        deep = {"a": deep}
    yield "storages-deep.msg", mapi.compound({**mapi.message(TEXT), "b": deep})
    yield "sector-follows-itself.msg", sound[:table] + b"".join(struct.pack("<I", n) for n in range(128)) + sound[table + 512:]
    yield "all-follow-the-first.msg", sound[:table] + bytes(512) + sound[table + 512:]
    yield "table-outside.msg", overwritten(sound, 76, 0x7FFFFFFF)
    yield "list-of-tables-is-itself.msg", overwritten(overwritten(sound, 68, 0), 72, 0xFFFFFFFF)
    yield "entry-is-its-own-child.msg", overwritten(sound, directory + 76, 0)
    yield "entry-outside.msg", overwritten(sound, directory + 76, 0x7FFFFFF0)
    body = entry_of(sound, "__substg1.0_1000001F")
    yield "size-lies.msg", overwritten(sound, body + 120, 0xFFFFFFFF)
    yield "size-is-a-little-more.msg", overwritten(sound, body + 120, 4_000)
    yield "all-streams-small.msg", overwritten(sound, 56, 0xFFFFFFFF)
    yield "odd-sector.msg", sound[:30] + b"\x1f\0" + sound[32:]
    shared = mapi.msg(TEXT, (), [{mapi.FILE_NAME: "a.txt", mapi.CONTENT: b"Rent. " * (170_000 * scale)}] + [
        {mapi.FILE_NAME: "b.txt", mapi.CONTENT: b"x" * 4_096}] * 300)
    # Every attachment is the first one's sectors.
    large = struct.unpack_from("<II", shared, entry_of(shared, "__substg1.0_37010102") + 116)
    at = 0
    while (at := shared.find("__substg1.0_37010102".encode("utf-16-le"), at + 1)) >= 0:
        shared = overwritten(overwritten(shared, at + 116, large[0]), at + 120, large[1])
    yield "one-stream-for-all.msg", shared
    yield "recipients.msg", mapi.msg(TEXT, [{mapi.NAME: "Bea " * 50}] * (500 * scale))
    yield "attachments.msg", mapi.msg(TEXT, (), [{mapi.FILE_NAME: "../../../../tmp/counsel-escaped.txt", mapi.CONTENT: b"Rent."}] * 1_001)
    within = mapi.within(TEXT)
    for _ in range(40):
        within = mapi.within(TEXT, (), [within])
    yield "messages-within.msg", mapi.msg(TEXT, (), [within])
    bomb = b"".join(b"\xff" + b"\x00\x0f" * 8 for _ in range(4_000 * scale))
    yield "text-unfolds.msg", mapi.msg({mapi.RTF: struct.pack("<IIII", len(bomb) + 12, 2 ** 31, 0x75465A4C, 0) + bomb})
    yield "text-says-nothing.msg", mapi.msg({mapi.RTF: struct.pack("<IIII", 0, 2 ** 32 - 1, 0x414C454D, 0)})
    page = b"{\\rtf1\\fromhtml1 " + b"{\\*\\htmltag64 <div>" * 900 + b"{" * 9_000
    yield "page-in-text.msg", mapi.msg({mapi.RTF: mapi.packed(page)})
    yield "page-without-end.msg", mapi.msg({mapi.RTF: mapi.packed(b"{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>" + b"\\u-1\\uc99999 \\'e4" * (2_000 * scale))})
    yield "times.msg", mapi.msg({**TEXT, mapi.SUBMITTED: (mapi.NUMBER, 2 ** 64 - 1), mapi.DELIVERED: (mapi.NUMBER, 2 ** 63)}).replace(
        struct.pack("<HH", mapi.NUMBER, mapi.SUBMITTED), struct.pack("<HH", mapi.TIME, mapi.SUBMITTED))
    yield "headers.msg", mapi.msg({**TEXT, mapi.HEADERS: "From: =?x?b?" + "w" * 5_000 + "\r\nDate:" + " x\r\n" * 5_000})
    for at in range(1, 40 * scale):
        position = at * 1_531 % len(sound)
        yield f"changed-{at}.msg", sound[:position] + bytes([sound[position] ^ 0xFF]) + sound[position + 1:]
    yield from data_files(scale)


def data_files(scale):
    """(name, content) of data files (PST) that mean harm: changed anywhere, cut, and folders that hold each other."""
    sound = make_pst.pst({"Inbox": [make_pst.message("Rent", "Rent is due. " * 900, attachments=[("a.txt", b"Rent." * 900)])],
                          "Inbox/Old": [make_pst.message("Roof", "It leaks.")]})
    for at in range(1, 60 * scale):
        position = at * 7_919 % len(sound)
        yield f"changed-{at}.pst", sound[:position] + bytes([sound[position] ^ 0xFF]) + sound[position + 1:]
    for at in range(1, 10 * scale):
        yield f"cut-{at}.pst", sound[:len(sound) * at // (10 * scale)]
    # The tree of nodes says that a folder is in the one that is in it.
    entry = next(at for at in range(len(sound)) if sound.startswith(struct.pack("<Q", 0x8002), at)
                 and sound.startswith(struct.pack("<I", 0x122), at + 24))
    yield "circle.pst", overwritten(sound, entry + 24, 0x8022)
    yield "from-lines.mbox", b"From x\nFrom: a\n\n" * (2_000 * scale)
    yield "one-mail-without-end.mbox", b"From x\nFrom: a\n\n" + b"x" * (1_000_000 * scale)
