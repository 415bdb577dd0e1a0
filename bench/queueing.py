"""Documents' queue and store: killed, without power, large. See bench/README.md."""

import array
import os
import random
import sqlite3
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import Daemon, daemon_at, report, run, scratch, wait_until  # noqa: E402

CHUNKS = int(os.environ.get("COUNSEL_BENCH_CHUNKS", "1000000"))
DIMENSIONS = 384
MATTER_DOCUMENTS = 1000
CHUNKS_PER_DOCUMENT = 20


def bench_kills():
    os.environ["COUNSEL_TEST_KILLS"], os.environ["COUNSEL_TEST_QUEUE_DOCUMENTS"] = "300", "200"
    import test_queue

    kills, ingestions = 0, 0
    chance = random.Random(random.randrange(1 << 30))
    while kills < test_queue.KILLS:
        kills += max(test_queue.ingest_with_kills(chance, test_queue.KILLS - kills), 1)
        ingestions += 1
        print(f"  {kills} kills, {ingestions} ingestions of {test_queue.DOCUMENTS} documents whole", flush=True)
    report("kill -9 at random instants: documents lost, doubled or half searchable", 0, f"in {kills} kills", 0, True)


def bench_power():
    import test_power_loss

    losses = 300
    with scratch() as folder:
        recorded = test_power_loss.Recorded(folder)
        chance = random.Random(random.randrange(1 << 30))
        for n in range(losses):
            recorded.check(chance.randrange(recorded.end), chance if n % 2 else None)
    report("power lost at random instants: acknowledged documents lost, deleted ones back", 0, f"in {losses}", 0, True)


def fill(home, chance):
    """A store of CHUNKS passages in documents of 20, the first 1,000 of them in a matter of their own, with a word that
    is nowhere else. Random words, skewed as those of a language; random unit vectors (one of a hundred)."""
    vocabulary = [f"w{n}x" for n in range(30000)]
    vectors = []
    for _ in range(100):
        values = [chance.gauss(0, 1) for _ in range(DIMENSIONS)]
        length = sum(value * value for value in values) ** 0.5
        vectors.append(memoryview(array.array("f", [value / length for value in values])).tobytes())
    db = sqlite3.connect(home / "counsel.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN")
    db.executemany("INSERT INTO matters (id, name) VALUES (?, ?)", [(1, "general"), (2, "Blackwood")])
    db.execute("INSERT INTO embedding_models (id, name, dimensions) VALUES (1, 'bge-small-en-v1.5', ?)", (DIMENSIONS,))
    chunk = 0
    for n in range(CHUNKS // CHUNKS_PER_DOCUMENT):
        matter, document = (2 if n < MATTER_DOCUMENTS else 1), f"bench{n:011d}"
        texts = []
        for _ in range(CHUNKS_PER_DOCUMENT):
            words = [vocabulary[int(chance.random() ** 3 * len(vocabulary))] for _ in range(60)]
            texts.append(" ".join(words + (["zyxquorvian"] if matter == 2 else [])))
        whole = "\n\n".join(texts)
        db.execute("INSERT INTO documents (id, matter, sha256, bytes, name, media_type, state, queued, added_at, "
                   "characters, chunks) VALUES (?, ?, ?, ?, ?, 'text/plain', 'ready', ?, 0, ?, ?)",
                   (document, matter, f"{n:064x}", len(whole), f"{n}.txt", n + 1, len(whole), len(texts)))
        db.executemany("INSERT INTO texts (document, piece, text) VALUES (?, ?, ?)",
                       [(document, piece, whole[at:at + 32768])
                        for piece, at in enumerate(range(0, len(whole), 32768))])
        at = 0
        for ordinal, text in enumerate(texts):
            chunk += 1
            db.execute("INSERT INTO chunks (id, document, scope, ordinal, start, end, page, name, heading, text) "
                       "VALUES (?, ?, ?, ?, ?, ?, 0, ?, '', ?)",
                       (chunk, document, matter, ordinal, at, at + len(text), f"{n}.txt", text))
            db.execute("INSERT INTO chunk_words (rowid, name, heading, text) VALUES (?, ?, '', ?)",
                       (chunk, f"{n}.txt", text))
            db.execute("INSERT INTO vectors (chunk, scope, model, vector) VALUES (?, ?, 1, ?)",
                       (chunk, matter, vectors[chunk % len(vectors)]))
            at += len(text) + 2
        if n % 2000 == 1999:
            print(f"  {chunk} passages", flush=True)
            db.execute("COMMIT")
            db.execute("BEGIN")
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def seconds_to_add(daemon, folder, name):
    path = folder / name
    path.write_text(f"The deed {name} says that the tenant keeps the garden of {name} tidy until the lease ends.")
    began = time.monotonic()
    assert daemon.add(path)["state"] == "ready"
    return time.monotonic() - began


def adding(daemon, folder):
    """Median seconds from a file's name to ready, the embedder being loaded."""
    seconds_to_add(daemon, folder, "first.txt")
    return statistics.median(seconds_to_add(daemon, folder, f"{n}.txt") for n in range(9))


def files_with(home, word):
    found = []
    for path in home.rglob("*"):
        if not path.is_file():
            continue
        with open(path, "rb") as file:
            before = b""
            while piece := file.read(1 << 24):
                if word in before + piece:
                    found.append(path.name)
                    break
                before = piece[-len(word):]
    return found


def bench_large():
    with scratch() as folder:
        with daemon_at(folder / "small") as daemon:
            small = adding(daemon, folder)
        home = folder / "home"
        with daemon_at(home):
            pass
        fill(home, random.Random(7))
        starts = []
        for _ in range(10):
            began = time.monotonic()
            daemon = Daemon(home).start()
            starts.append(time.monotonic() - began)
            daemon.stop()
        report(f"start with {CHUNKS} passages, median of 10", statistics.median(starts) * 1000, "ms", 30,
               statistics.median(starts) <= 0.030)
        with daemon_at(home) as daemon:
            large = adding(daemon, folder)
            report("adding one document to it, over adding it to an empty store", (large - small) * 1000, "ms", 50,
                   large - small <= 0.050)
            assert files_with(home, b"zyxquorvian")
            deletion = []
            began = time.monotonic()
            thread = threading.Thread(target=lambda: deletion.append(
                daemon.request("DELETE", "/api/matters/Blackwood").status))
            thread.start()

            def gone():
                reply = daemon.post("/api/search", {"query": "zyxquorvian", "min_relevance": 0, "limit": 30})
                return not any("zyxquorvian" in hit["quote"] for hit in reply.json["hits"])

            wait_until(gone, "no query finds it")
            unfound = time.monotonic() - began
            pending = daemon.get("/api/status").json["documents"]["purging"]
            thread.join()
            purged = time.monotonic() - began
            assert deletion == [200], deletion
            left = files_with(home, b"zyxquorvian")
        report(f"deleting a matter of {MATTER_DOCUMENTS} documents: no query finds it after", unfound, "s", 2, unfound <= 2)
        report(f"  its words are in no file after (status said pending: {pending}; files with them then: {left})", purged,
               "s", 60, purged <= 60 and not left)


if __name__ == "__main__":
    run({"kills": bench_kills, "power": bench_power, "large": bench_large})
