"""Search in a large store: fused, within a matter, four at once, beside the tables without the index's files. See
bench/README.md."""

import array
import os
import random
import re
import shutil
import sqlite3
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import LICENSES, Daemon, daemon_at, pss, report, run, scratch, wait_until  # noqa: E402

CHUNKS = int(os.environ.get("COUNSEL_BENCH_CHUNKS", "100000"))
QUESTIONS = ["Which warranty does the licensor give?", "May a modified version be distributed?",
             "What happens to the licence after a breach?", "Is there a cap on liability for indirect damages?",
             "Which notices must be kept in copies?", "How long is the source code offered?",
             "Who may sublicense the work?", "What counts as a derivative work?", "non-exclusive patent licence",
             "When does the agreement end?", "Does the licence survive a change of control?", "fees for copies"]
PER_DOCUMENT = 20


def real_passages(folder):
    """Texts and vectors of the licences of this system, as Counsel makes them."""
    with daemon_at(folder / "real") as daemon:
        for path in sorted({p.resolve() for p in LICENSES.iterdir()}):
            daemon.add(path)
    db = sqlite3.connect(folder / "real" / "counsel.db")
    texts = [text for (text,) in db.execute("SELECT text FROM chunks")]
    vectors = [array.array("f", blob) for (blob,) in db.execute("SELECT vector FROM vectors")]
    db.close()
    for path in Path("/usr/share/doc/debian").glob("**/*.txt*"):
        if path.suffix == ".txt":
            texts.append(path.read_text(errors="replace"))
    sentences = [s.replace("\n", " ") for text in texts for s in re.split(r"(?<=[.;:])\s+", text) if 20 < len(s) < 600]
    return sentences, vectors


def mixed(chance, vectors):
    a, b, share = chance.choice(vectors), chance.choice(vectors), chance.random()
    values = [share * x + (1 - share) * y + chance.gauss(0, 0.015) for x, y in zip(a, b)]
    length = sum(value * value for value in values) ** 0.5
    return array.array("f", [value / length for value in values]).tobytes()


def fill(home, sentences, vectors, chance):
    """CHUNKS passages of sentences put together by chance; one document of fifty belongs to a matter of its own."""
    mixes = [mixed(chance, vectors) for _ in range(min(CHUNKS, 100_000))]
    db = sqlite3.connect(home / "counsel.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN")
    db.executemany("INSERT INTO matters (id, name) VALUES (?, ?)", [(1, "general"), (2, "Blackwood")])
    db.execute("INSERT INTO embedding_models (id, name, dimensions) VALUES (1, 'bge-small-en-v1.5', ?)", (len(vectors[0]),))
    size = chunk = 0
    for n in range(CHUNKS // PER_DOCUMENT):
        matter, document = (2 if n % 50 == 7 else 1), f"bench{n:011d}"
        db.execute("INSERT INTO documents (id, matter, sha256, bytes, name, media_type, state, queued, added_at, chunks) "
                   "VALUES (?, ?, ?, 1, ?, 'text/plain', 'ready', ?, 0, ?)",
                   (document, matter, f"{n:064x}", f"{n}.txt", n + 1, PER_DOCUMENT))
        at, whole = 0, ""
        for ordinal in range(PER_DOCUMENT):
            chunk += 1
            text = ""
            while len(text) < 650:
                text += chance.choice(sentences) + " "
            size += len(text)
            db.execute("INSERT INTO chunks (id, document, scope, ordinal, start, end, page, name, heading, text) "
                       "VALUES (?, ?, ?, ?, ?, ?, 0, ?, '', ?)",
                       (chunk, document, matter, ordinal, at, at + len(text), f"{n}.txt", text))
            db.execute("INSERT INTO chunk_words (rowid, name, heading, text) VALUES (?, ?, '', ?)", (chunk, f"{n}.txt", text))
            db.execute("INSERT INTO vectors (chunk, scope, model, vector) VALUES (?, ?, 1, ?)",
                       (chunk, matter, chance.choice(mixes)))
            at += len(text)
            whole += text
        db.execute("UPDATE documents SET characters = ?, bytes = ? WHERE id = ?", (len(whole), len(whole), document))
        db.executemany("INSERT INTO texts (document, piece, text) VALUES (?, ?, ?)",
                       [(document, piece, whole[start:start + 32768])
                        for piece, start in enumerate(range(0, len(whole), 32768))])
        if n % 2000 == 1999:
            print(f"  {chunk} passages", flush=True)
            db.execute("COMMIT")
            db.execute("BEGIN")
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return size


def ask(daemon, question, matter=None):
    began = time.perf_counter()
    query = {"query": question, "limit": 8, "min_relevance": 0} | ({"matter": matter} if matter else {})
    reply = daemon.post("/api/search", query)
    assert reply.status == 200, reply.body
    return (time.perf_counter() - began) * 1000, [hit["quote"] for hit in reply.json["hits"]]


def times(daemon, rounds, matter=None):
    return [ask(daemon, question, matter)[0] for _ in range(rounds) for question in QUESTIONS]


def covered(home):
    db = sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)
    with_files = db.execute("SELECT coalesce(sum(passages), 0) FROM index_segments").fetchone()[0]
    db.close()
    return with_files


def p99(values):
    return sorted(values)[int(0.99 * (len(values) - 1))]


def without_files(home):
    """The same store, where a file keeps the folder from being made."""
    shutil.rmtree(home / "index")
    (home / "index").write_text("in the way")
    with daemon_at(home) as daemon:
        ask(daemon, QUESTIONS[0])
        whole = [ask(daemon, question) for question in QUESTIONS[:6]]
        return statistics.median(ms for ms, _ in whole), [quotes for _, quotes in whole]


def four_at_once(daemon):
    took = []
    threads = [threading.Thread(target=lambda: took.extend(times(daemon, 2))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.median(took)


def bench_large():
    print(f"search among {CHUNKS} passages")
    with scratch() as folder:
        sentences, vectors = real_passages(folder)
        # What is no search's: the embedder, the socket, JSON.
        with daemon_at(folder / "real") as daemon:
            times(daemon, 1)
            else_ms = statistics.median(times(daemon, 5))
        home = folder / "home"
        with daemon_at(home):
            pass
        size = fill(home, sentences, vectors, random.Random(7))
        began = time.monotonic()
        daemon = Daemon(home).start()
        started = time.monotonic() - began
        try:
            wait_until(lambda: covered(home) > CHUNKS - 2_000, "the index's files are made", 3600, 0.5)
            built = time.monotonic() - began
            files = list((home / "index").iterdir())
            words = sum(path.stat().st_size for path in files if path.suffix == ".words")
            small = sum(path.stat().st_size for path in files if path.suffix == ".vectors")
            times(daemon, 1)
            idle = pss(daemon.process.pid)
            whole = [ms - else_ms for ms in times(daemon, 10)]
            matter = [ms - else_ms for ms in times(daemon, 10, "Blackwood")]
            together = four_at_once(daemon) - else_ms
            quotes = [ask(daemon, question)[1] for question in QUESTIONS[:6]]
        finally:
            daemon.stop()
        tables, expected = without_files(home)
        fused = statistics.median(whole)
        report("start, its files not made yet", started * 1000, "ms", 30, started <= 0.030)
        report("files made, while it serves, after", built, "s")
        report("words, of the text", words / size, "", 0.6, words / size <= 0.6)
        report("vectors, a passage", small / CHUNKS, "bytes", 450, small / CHUNKS <= 450)
        report(f"the embedder, socket and JSON: taken off each of these ({else_ms:.1f} ms)", else_ms, "ms")
        report("fused, p50", fused, "ms", 25, fused <= 25)
        report("fused, p99", p99(whole), "ms", 60, p99(whole) <= 60)
        report("within a matter of a fiftieth, p50", statistics.median(matter), "ms", 5, statistics.median(matter) <= 5)
        report("four at once, p50, times one alone", together / fused, "", 2.2, together / fused <= 2.2)
        report("without the files, p50", tables - else_ms, "ms")
        report("  times with them", (tables - else_ms) / fused, "", 60, (tables - else_ms) / fused >= 60)
        same = sum(len(set(a) & set(b)) for a, b in zip(quotes, expected)) / sum(len(b) for b in expected)
        report("  of the hits without them, those with them", same, "", 0.98, same >= 0.98)
        report("memory with everything mapped, PSS", idle, "MB")


if __name__ == "__main__":
    run({"large": bench_large})
