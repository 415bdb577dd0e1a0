"""The files of the index in a home (docs/search.md), seen from outside: what the store says of them, and what is there.

A daemon with INDEX in its environment makes them for a few passages already, and joins and writes them anew often."""

import contextlib
import sqlite3

from counsel import wait_until

INDEX = {"COUNSEL_TEST_INDEX": "1"}


def segments(home):
    """The store's rows: (stamp, first, last, bytes of words, of vectors); and how many passages they do not cover."""
    with contextlib.closing(sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)) as db:
        with db:
            rows = db.execute("SELECT stamp, first, last, words_bytes, vectors_bytes FROM index_segments").fetchall()
            rest = db.execute("SELECT count(*) FROM chunks WHERE id > (SELECT covered FROM index_state)").fetchone()[0]
    return rows, rest


def files(home):
    return sorted((home / "index").iterdir()) if (home / "index").is_dir() else []


def is_whole(home):
    """Every row's files are there as they were written, no others, and all passages but the last are in them."""
    rows, rest = segments(home)
    expected = {}
    for stamp, _, _, words, vectors in rows:
        expected[f"{stamp:016x}.words"] = words
        if vectors:
            expected[f"{stamp:016x}.vectors"] = vectors
    there = {path.name: path.stat().st_size for path in files(home)}
    return rows and rest < 2 and there == expected


def wait_until_whole(daemon):
    wait_until(lambda: is_whole(daemon.home), "the index's files are whole")


def hits(daemon, question):
    """What a search finds, in its order."""
    reply = daemon.post("/api/search", {"query": question, "min_relevance": 0, "limit": 30})
    assert reply.status == 200, reply.body
    return [(hit["document"], hit["start"], hit["end"], round(hit["relevance"], 6)) for hit in reply.json["hits"]]
