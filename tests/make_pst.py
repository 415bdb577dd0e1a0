"""Writes small Outlook data files (PST, Unicode), after MS-PST: folders, messages with recipients and attachments.

    pst({"Inbox": [message("The lease", "The rent is nine pounds.", attachments=[("a.txt", b"...")])]}) -> bytes
"""

import datetime
import struct

import make_msg as mapi

BLOCK = 8176  # bytes of data in a block
STORE, NAMES, ROOT = 0x21, 0x61, 0x122


def crc(data):
    value = 0
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value


def crc_table():
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0xEDB88320 if number & 1 else 0)
        table.append(number)
    return table


TABLE = crc_table()


def text(value):
    return value.encode("utf-16-le")


def filetime(moment):
    return struct.pack("<Q", int((moment - datetime.datetime(1601, 1, 1)).total_seconds()) * 10_000_000)


def message(subject, body, sender="Ann Archer", address="ann@firm.example", to=("Bea Quill",), attachments=(),
            sent=datetime.datetime(2024, 3, 4, 10, 0), **properties):
    return {"subject": subject, "body": body, "sender": sender, "address": address, "to": to,
            "attachments": list(attachments), "sent": sent, "properties": properties}


class File:
    def __init__(self, crypt=0):
        self.data = bytearray(0x4600)  # the header, and the first map
        self.blocks, self.nodes, self.next_bid, self.crypt = [], [], 4, crypt

    def signature(self, at, bid):
        mixed = (at ^ bid) & 0xFFFFFFFF
        return (mixed >> 16) ^ (mixed & 0xFFFF)

    def block(self, data, internal=False):
        """One of at most 8,176 bytes; its number."""
        bid = self.next_bid | (2 if internal else 0)
        self.next_bid += 4
        at = len(self.data)
        size = (len(data) + 16 + 63) // 64 * 64
        self.data += data + bytes(size - 16 - len(data))
        self.data += struct.pack("<HHIQ", len(data), self.signature(at, bid), crc(data), bid)
        self.blocks.append((bid, at, len(data)))
        return bid

    def stream(self, data):
        if len(data) <= BLOCK:
            return self.block(data)
        bids = [self.block(data[i:i + BLOCK]) for i in range(0, len(data), BLOCK)]
        pieces = [bids[i:i + 1000] for i in range(0, len(bids), 1000)]
        lists = [self.block(struct.pack("<BBHI", 1, 1, len(piece), min(len(data) - i * 1000 * BLOCK, 1000 * BLOCK))
                            + b"".join(struct.pack("<Q", bid) for bid in piece), True)
                 for i, piece in enumerate(pieces)]
        if len(lists) == 1:
            return lists[0]
        return self.block(struct.pack("<BBHI", 1, 2, len(lists), len(data))
                          + b"".join(struct.pack("<Q", bid) for bid in lists), True)

    def subnodes(self, nodes):
        if not nodes:
            return 0
        entries = b"".join(struct.pack("<QQQ", *node) for node in sorted(nodes))
        return self.block(struct.pack("<BBHI", 2, 0, len(nodes), 0) + entries, True)

    def node(self, nid, data, sub=0, parent=0):
        self.nodes.append((nid, self.block(data), sub, parent))

    def page(self, kind, entries, size, level):
        self.data += bytes(-len(self.data) % 512)
        at, bid = len(self.data), self.next_bid | 2
        self.next_bid += 4
        body = b"".join(entries).ljust(488, b"\0")
        body += struct.pack("<BBBBI", len(entries), 488 // size, size, level, 0)
        self.data += body + struct.pack("<BBHIQ", kind, kind, self.signature(at, bid), crc(body), bid)
        return bid, at

    def tree(self, kind, entries, size):
        """(key, bytes) in order -> the root page."""
        level = 0
        while True:
            most = 488 // size
            pages = [(entries[i][0], *self.page(kind, [data for _, data in entries[i:i + most]], size, level))
                     for i in range(0, len(entries), most)]
            if len(pages) == 1:
                return pages[0][1:]
            entries, size, level = [(key, struct.pack("<QQQ", key, bid, at)) for key, bid, at in pages], 24, level + 1

    def finish(self):
        nodes = [(nid, struct.pack("<QQQII", nid, data, sub, parent, 0)) for nid, data, sub, parent in sorted(self.nodes)]
        node_root = self.tree(0x81, nodes, 32)
        blocks = [(bid, struct.pack("<QQHHI", bid, at, size, 2, 0)) for bid, at, size in sorted(self.blocks)]
        block_root = self.tree(0x80, blocks, 24)
        root = struct.pack("<IQQQQQQQQBBH", 0, len(self.data), 0x4400, 0, 0, *node_root, *block_root, 2, 0, 0)
        head = struct.pack("<2sHHBBII", b"SM", 23, 19, 1, 1, 0, 0) + struct.pack("<QQI", 0, self.next_bid, 1)
        head += struct.pack("<I", 0x400) * 32 + bytes(8) + root + bytes(4) + b"\xff" * 256
        head += struct.pack("<BBH", 0x80, self.crypt, 0) + struct.pack("<Q", self.next_bid)
        whole = b"!BDN" + struct.pack("<I", crc(head[:471])) + head + struct.pack("<I", crc(head[:516]))
        self.data[:len(whole)] = whole
        return bytes(self.data)


class Heap:
    """Small pieces of bytes within one block."""

    def __init__(self, client):
        self.client, self.pieces, self.root = client, [], 0

    def add(self, data):
        self.pieces.append(data)
        return len(self.pieces) << 5

    def finish(self):
        body, places = bytearray(12), []
        for piece in self.pieces:
            places.append(len(body))
            body += piece
        places.append(len(body))
        body += bytes(len(body) % 2)
        page_map = len(body)
        body += struct.pack("<HH", len(self.pieces), 0) + b"".join(struct.pack("<H", place) for place in places)
        body[:12] = struct.pack("<HBBII", page_map, 0xEC, self.client, self.root, 0)
        assert len(body) <= BLOCK, "too much for one block"
        return bytes(body)


def properties(file, values, subs):
    """{number: (type, bytes)} -> the node's data; what is large becomes one of `subs`."""
    heap = Heap(0xBC)
    records = b""
    for number, (kind, value) in sorted(values.items()):
        if kind in (0x02, 0x03, 0x0B):
            held = struct.unpack("<I", value.ljust(4, b"\0"))[0]
        elif len(value) > 3000:
            held = 0x1F | (0x1000 + len(subs)) << 5
            subs.append((held, file.stream(value), 0))
        else:
            held = heap.add(value) if value else 0
        records += struct.pack("<HHI", number, kind, held)
    heap.root = heap.add(struct.pack("<BBBBI", 0xB5, 2, 6, 0, heap.add(records) if records else 0))
    return heap.finish()


def table(columns, rows):
    """columns: [(number, type)], rows: [(row id, {number: bytes})] -> the node's data."""
    sizes = {0x03: 4, 0x1F: 4}
    columns = [(0x67F2, 0x03), (0x67F3, 0x03)] + columns
    heap = Heap(0x7C)
    end = 4 * len(columns)
    bitmap = (len(columns) + 7) // 8
    described = b"".join(struct.pack("<IHBB", number << 16 | kind, 4 * i, sizes[kind], i)
                         for i, (number, kind) in sorted(enumerate(columns), key=lambda one: one[1]))
    matrix = b""
    for i, (row, values) in enumerate(rows):
        line = struct.pack("<II", row, i)
        for number, kind in columns[2:]:
            value = values.get(number, b"")
            line += value.ljust(4, b"\0") if kind == 0x03 else struct.pack("<I", heap.add(value) if value else 0)
        matrix += line + b"\xff" * bitmap
    index = b"".join(struct.pack("<II", row, i) for row, i in sorted((row, i) for i, (row, _) in enumerate(rows)))
    row_index = heap.add(struct.pack("<BBBBI", 0xB5, 4, 4, 0, heap.add(index) if index else 0))
    heap.root = heap.add(struct.pack("<BBHHHHIII", 0x7C, len(columns), end, end, end, end + bitmap, row_index,
                                     heap.add(matrix) if matrix else 0, 0) + described)
    return heap.finish()


def put_message(file, nid, parent, one):
    subs, values = [], {
        0x001A: (0x1F, text(one["properties"].get("kind", "IPM.Note"))),
        0x0037: (0x1F, text("\x01\x01" + one["subject"])), 0x0039: (0x40, filetime(one["sent"])),
        0x0C1A: (0x1F, text(one["sender"])), 0x0C1F: (0x1F, text(one["address"])),
        0x0E06: (0x40, filetime(one["sent"] + datetime.timedelta(seconds=9))), 0x0E07: (0x03, struct.pack("<I", 1)),
        0x1000: (0x1F, text(one["body"])), 0x0E04: (0x1F, text("; ".join(one["to"])))}
    if "place" in one["properties"]:
        begins, ends = one["properties"]["times"]
        values.update({0x8001: (0x1F, text(one["properties"]["place"])), 0x8002: (0x40, filetime(begins)), 0x8003: (0x40, filetime(ends))})
    people = [(i, {0x0C15: struct.pack("<I", 1), 0x3001: text(name)}) for i, name in enumerate(one["to"])]
    subs.append((0x692, file.block(table([(0x0C15, 0x03), (0x3001, 0x1F)], people)), 0))
    attached = []
    for i, (name, content) in enumerate(one["attachments"]):
        held, inner = 0x8025 + (i << 5), []
        data = properties(file, {0x3701: (0x102, content), 0x3705: (0x03, struct.pack("<I", 1)),
                                 0x3707: (0x1F, text(name))}, inner)
        subs.append((held, file.block(data), file.subnodes(inner)))
        attached.append((held, {0x3705: struct.pack("<I", 1)}))
    if attached:
        subs.append((0x671, file.block(table([(0x3705, 0x03)], attached)), 0))
    data = properties(file, values, subs)
    file.node(nid, data, file.subnodes(subs), parent)


def pst(folders, crypt=0):
    """{path: [message]} -> the file. A path is "Inbox" or "Inbox/Old"; at most 300 messages a folder."""
    file = File(crypt)
    file.node(STORE, properties(file, {0x3001: (0x1F, text("Store"))}, []))
    file.node(NAMES, properties(file, {
        0x0001: (0x03, struct.pack("<I", 251)), 0x0002: (0x102, bytes(16) + mapi.APPOINTMENTS), 0x0004: (0x102, bytes(4)),
        0x0003: (0x102, struct.pack("<IHH", 0x8501, 2 << 1, 0) + b"".join(
            struct.pack("<IHH", name, 4 << 1, 1 + i) for i, name in enumerate(mapi.APPOINTMENT_NAMES)))}, []))
    paths = sorted({path[:i] for path in folders for i in range(1, len(path) + 1) if i == len(path) or path[i] == "/"})
    numbers = {path: 0x8002 + (i << 5) for i, path in enumerate(paths)}
    next_message = 0x200004
    for path, nid in [("", ROOT), *numbers.items()]:
        own = folders.get(path, [])
        below = [(numbers[other], {}) for other in paths if other.rpartition("/")[0] == path]
        file.node(nid, properties(file, {
            0x3001: (0x1F, text(path.rpartition("/")[2])), 0x3602: (0x03, struct.pack("<I", len(own))),
            0x360A: (0x0B, struct.pack("<I", bool(below)))}, []),
            0, ROOT if not path else numbers.get(path.rpartition("/")[0], ROOT))
        listed = []
        for one in own:
            put_message(file, next_message, nid, one)
            listed.append((next_message, {}))
            next_message += 0x20
        for kind, rows in ((0x0D, below), (0x0E, listed), (0x0F, [])):
            file.node(nid & ~0x1F | kind, table([], rows))
    return file.finish()
