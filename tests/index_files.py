"""The files of the index in a home (docs/search.md), seen from outside: what the store says of them, and what is there.

A daemon with INDEX in its environment makes them for a few passages already, and joins and writes them anew often."""

import contextlib
import shutil
import sqlite3
import tempfile

from counsel import wait_until

INDEX = {"COUNSEL_TEST_INDEX": "1"}


# Of passages, and of rows of documents: how their tables begin, what they are made of, the ending of their words.
KINDS = (("index", "chunks", "id", "words"), ("row_index", "document_rows", "number", "documents"))


def segments(home, kind=KINDS[0]):
    """The store's rows: (stamp, first, last, bytes of words, of vectors); and how many passages they do not cover."""
    tables, source, number, _ = kind
    with contextlib.closing(sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)) as db:
        with db:
            rows = db.execute(f"SELECT stamp, first, last, words_bytes, vectors_bytes FROM {tables}_segments").fetchall()
            rest = db.execute(f"SELECT count(*) FROM {source} WHERE {number} > (SELECT covered FROM {tables}_state)"
                              ).fetchone()[0]
    return rows, rest


def checksum(data):
    """As index::Checksum, signed as SQLite has it."""
    state, most = 0x9E3779B97F4A7C15, (1 << 64) - 1
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at:at + 8], "little")
        state ^= word * 0xBF58476D1CE4E5B9 & most
        state = ((state << 29 | state >> 35) & most) * 0x94D049BB133111EB + len(data[at:at + 8]) & most
    return state - (1 << 64) if state >> 63 else state


def damaged(home, missing=True):
    """Files that the store names and that are not what was written, by name; without `missing`, only those that are there.
    For a home that nobody has open."""
    with tempfile.TemporaryDirectory() as folder:  # SQLite changes what it opens
        for path in home.glob("counsel.db*"):
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(f"{folder}/counsel.db")) as db:
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            rows = [row + (ending,) for tables, _, _, ending in KINDS if f"{tables}_segments" in there for row in db.execute(
                f"SELECT stamp, words_checksum, vectors_bytes, vectors_checksum FROM {tables}_segments")]
    expected = {}
    for stamp, words, vectors_bytes, vectors, ending in rows:
        expected[f"{stamp:016x}.{ending}"] = words
        if vectors_bytes:
            expected[f"{stamp:016x}.vectors"] = vectors
    found = {path.name: checksum(path.read_bytes()) for path in files(home)}
    return [name for name, sum in expected.items() if found.get(name) != sum and (missing or name in found)]


def files(home):
    return sorted((home / "index").iterdir()) if (home / "index").is_dir() else []


def is_whole(home):
    """Every row's files are there as they were written, no others, and all passages and rows but the last are in them."""
    expected, some = {}, True
    for kind in KINDS:
        rows, rest = segments(home, kind)
        some = some and rest < 2 and (rows or kind != KINDS[0])  # one document alone is in no file
        for stamp, _, _, words, vectors in rows:
            expected[f"{stamp:016x}.{kind[3]}"] = words
            if vectors:
                expected[f"{stamp:016x}.vectors"] = vectors
    try:
        there = {path.name: path.stat().st_size for path in files(home)}
    except FileNotFoundError:
        return False  # one was joined with others meanwhile
    return some and there == expected


def wait_until_whole(daemon):
    wait_until(lambda: is_whole(daemon.home), "the index's files are whole")


def hits(daemon, question):
    """What a search finds, in its order."""
    reply = daemon.post("/api/search", {"query": question, "min_relevance": 0, "limit": 30})
    assert reply.status == 200, reply.body
    return [(hit["document"], hit["start"], hit["end"], round(hit["relevance"], 6)) for hit in reply.json["hits"]]
