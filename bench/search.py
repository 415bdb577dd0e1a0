"""Search in a large store: fused, within a matter, four at once, what it costs in memory and on the disk, adding and
deleting beside it, and peers on the same texts and vectors. See bench/README.md."""

import array
import contextlib
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import BIN, LICENSES, Daemon, daemon_at, report, run, scratch, wait_until  # noqa: E402
from search_peers import flat_scan, tantivy_search  # noqa: E402

CHUNKS = int(os.environ.get("COUNSEL_BENCH_CHUNKS", "100000"))
# A folder that keeps what is made, the home and the peers' files: minutes of work the next time.
KEPT = os.environ.get("COUNSEL_BENCH_FOLDER", "")
QUESTIONS = ["Which warranty does the licensor give?", "May a modified version be distributed?",
             "What happens to the licence after a breach?", "Is there a cap on liability for indirect damages?",
             "Which notices must be kept in copies?", "How long is the source code offered?",
             "Who may sublicense the work?", "What counts as a derivative work?", "non-exclusive patent licence",
             "When does the agreement end?", "Does the licence survive a change of control?", "fees for copies"]
PER_DOCUMENT = 20
# Matters of 20 documents each, to be deleted, one by each run; a word of its own stands in each passage of one.
DOOMED = 12
DOOMED_DOCUMENTS = 20
# Passages that the index's files have when they are made: not the newest ones, nor those of matters deleted since.
NEARLY_ALL = CHUNKS - 2_000 - CHUNKS // 100


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


def doomed(n):
    """Of document n: which matter to be deleted it belongs to; None: to none."""
    apart = CHUNKS // PER_DOCUMENT // (DOOMED + 1)
    which, within = divmod(n, max(apart, 1))
    return which if which < DOOMED and within < min(DOOMED_DOCUMENTS, apart // 4) else None


def fill(home, sentences, vectors, chance):
    """CHUNKS passages of sentences put together by chance; one document of fifty belongs to a matter of its own."""
    mixes = [mixed(chance, vectors) for _ in range(min(CHUNKS, 100_000))]
    db = sqlite3.connect(home / "counsel.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN")
    db.executemany("INSERT INTO matters (id, name) VALUES (?, ?)", [(1, "general"), (2, "Blackwood")] +
                   [(3 + i, f"Doomed {i}") for i in range(DOOMED)])
    db.execute("INSERT INTO embedding_models (id, name, dimensions) VALUES (1, 'bge-small-en-v1.5', ?)", (len(vectors[0]),))
    size = chunk = 0
    for n in range(CHUNKS // PER_DOCUMENT):
        gone = doomed(n)
        matter, document = (3 + gone if gone is not None else 2 if n % 50 == 7 else 1), f"bench{n:011d}"
        db.execute("INSERT INTO documents (id, matter, sha256, bytes, name, media_type, state, queued, added_at, chunks) "
                   "VALUES (?, ?, ?, 1, ?, 'text/plain', 'ready', ?, 0, ?)",
                   (document, matter, f"{n:064x}", f"{n}.txt", n + 1, PER_DOCUMENT))
        at, whole = 0, ""
        for ordinal in range(PER_DOCUMENT):
            chunk += 1
            text = f"quillwort{gone} " if gone is not None else ""
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


def ask(daemon, question, matter=None, everywhere=True):
    """`everywhere`: without the look for which document is meant, which is no search."""
    began = time.perf_counter()
    query = {"query": question, "limit": 8, "min_relevance": 0, "everywhere": everywhere}
    query |= {"matter": matter} if matter else {}
    reply = daemon.post("/api/search", query)
    assert reply.status == 200, reply.body
    return (time.perf_counter() - began) * 1000, [hit["quote"] for hit in reply.json["hits"]]


def times(daemon, rounds, matter=None, everywhere=True):
    return [ask(daemon, question, matter, everywhere)[0] for _ in range(rounds) for question in QUESTIONS]


def covered(home):
    db = sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)
    with_files = db.execute("SELECT coalesce(sum(passages), 0) FROM index_segments").fetchone()[0]
    db.close()
    return with_files


def processor_seconds(pid):
    """That a process has used, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid, folder):
    """Resident MB of a process: (its own, of files in the folder that it has mapped)."""
    own = mapped = 0
    inside = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            inside = str(folder) in line
        elif line.startswith("Pss:"):
            size = int(line.split()[1]) * 1024 / 1e6
            own, mapped = (own, mapped + size) if inside else (own + size, mapped)
    return own, mapped


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


@contextlib.contextmanager
def folder_for():
    if not KEPT:
        with scratch() as folder:
            yield folder
        return
    folder = Path(KEPT)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def prepare(folder):
    """The home, filled; how many bytes of text are in it."""
    home = folder / "home"
    if not (folder / "size").exists():
        sentences, vectors = real_passages(folder)
        with daemon_at(home):
            pass
        (folder / "size").write_text(str(fill(home, sentences, vectors, random.Random(7))))
    return home, int((folder / "size").read_text())


def index_sizes(home):
    files = list((home / "index").iterdir()) if (home / "index").is_dir() else []
    return tuple(sum(path.stat().st_size for path in files if path.suffix == suffix) for suffix in (".words", ".vectors"))


def make_files(folder, home):
    """Seconds of wall and of processor time until the index's files are made and joined; None: they were there."""
    if covered(home) > NEARLY_ALL:
        return None
    began = time.monotonic()
    with daemon_at(home) as daemon:
        before = None

        def still():
            nonlocal before
            now = sorted(path.name for path in (home / "index").iterdir()) if covered(home) > NEARLY_ALL else None
            same, before = now is not None and now == before, now
            return same

        wait_until(still, "the index's files are made", 3600, 5)
        took = time.monotonic() - began - 5, processor_seconds(daemon.process.pid)
    (folder / "made").write_text(f"{took[0]:.1f} {took[1]:.1f}")
    return took


def starts(home):
    took = []
    for _ in range(7):
        began = time.perf_counter()
        daemon = Daemon(home).start()
        daemon.get("/health")
        took.append(time.perf_counter() - began)
        daemon.stop()
    return statistics.median(took) * 1000


def halves(home, scope=0):
    """Medians over the questions: wall and processor milliseconds of the keyword half, and of the vector half."""
    program = BIN / "search_halves"
    if not program.exists():
        return None
    lines = subprocess.run([program, home, str(scope)], input="\n".join(QUESTIONS), text=True, capture_output=True,
                           check=True).stdout.splitlines()
    rows = [[float(value) for value in line.split()] for line in lines]
    return [statistics.median(row[i] for row in rows) for i in range(4)]


def adding(daemon, folder):
    """Milliseconds that a short document takes to be found, and those of its embedding; medians of seven."""
    added, embedded = [], []
    for i in range(7):
        text = f"Note {time.time_ns()}. " + "The parties agree that notices are given in writing. " * 10
        path = folder / f"note-{i}.txt"
        path.write_text(text)
        began = time.perf_counter()
        daemon.add(path)
        added.append((time.perf_counter() - began) * 1000)
        path.unlink()
        began = time.perf_counter()
        reply = daemon.post("/v1/embeddings", {"input": text, "model": daemon.model("embedder")["name"]})
        assert reply.status == 200, reply.body
        embedded.append((time.perf_counter() - began) * 1000)
    return statistics.median(added), statistics.median(embedded)


def holds(path, word):
    """Whether the file has these bytes anywhere."""
    rest = b""
    with open(path, "rb") as file:
        while piece := file.read(1 << 24):
            if word in rest + piece:
                return True
            rest = piece[-len(word):]
    return False


def deleting(daemon, home):
    """Of one of the matters made for it: seconds until no query finds it, and until no file has its word."""
    names = {matter["name"] for matter in daemon.get("/api/matters").json["matters"]}
    # "quillwort1" begins others' words.
    which = next((i for i in range(2, DOOMED) if f"Doomed {i}" in names), None)
    if which is None:
        return None
    word = f"quillwort{which}"
    assert any(word in quote for quote in ask(daemon, word)[1]), "it was not there"
    began = time.monotonic()
    replies = []
    # It answers when all of it is gone.
    deletion = threading.Thread(
        target=lambda: replies.append(daemon.request("DELETE", f"/api/matters/Doomed%20{which}")))
    deletion.start()
    wait_until(lambda: not any(word in quote for quote in ask(daemon, word)[1]), "no query finds it", 60, 0.01)
    unfound = time.monotonic() - began
    deletion.join()
    assert replies and replies[0].status in (200, 202, 204), replies and replies[0].body
    # The largest last: a look at all takes seconds by itself.
    files = lambda: sorted((path for path in home.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)

    def in_none():
        for path in files():
            with contextlib.suppress(FileNotFoundError):
                if holds(path, word.encode()):
                    return False
        return True

    wait_until(in_none, "no file has its word", 300, 1)
    return unfound, time.monotonic() - began


def report_peers(folder, home, own_keywords, own_vectors, made):
    tantivy = tantivy_search(home, folder / "tantivy", QUESTIONS)
    if tantivy is None:
        print("  tantivy is not measured: pip install tantivy")
    else:
        report("tantivy, same texts, one thread, top 100, p50", tantivy["ms"], "ms")
        report("  its processor time", tantivy["processor_ms"], "ms")
        if own_keywords:
            share = own_keywords / tantivy["processor_ms"]
            report("  the keyword half, times that (processor time)", share, "", 1.5, share <= 1.5)
        report("  built in", tantivy["built_s"], "s")
        report("  of processor time", tantivy["built_processor_s"], "s")
        if made:
            share = made[1] / tantivy["built_processor_s"]
            report("  building ours, times that (processor time)", share, "", 2, share <= 2)
    flat = flat_scan(home, folder / "flat.npy")
    if flat is None:
        print("  a flat int8 scan is not measured: pip install usearch numpy")
        return
    report("usearch, exact int8 scan of all, one thread, p50", flat["ms"], "ms")
    report("  its processor time", flat["processor_ms"], "ms")
    if own_vectors:
        report("  the vector half, times that (processor time)", own_vectors / flat["processor_ms"], "")


def disk(home, words, small):
    db = sqlite3.connect(f"file:{home}/counsel.db?mode=ro", uri=True)
    fts5 = db.execute("SELECT sum(length(block)) FROM chunk_words_data").fetchone()[0]
    db.close()
    total = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    report("disk, all of the home", total / 1e6, "MB")
    report("  of it the index's words, and its vectors", words / 1e6, "MB")
    report("  ", small / 1e6, "MB")
    report("  of it FTS5's tables", fts5 / 1e6, "MB")


def bench_large():
    print(f"search among {CHUNKS} passages")
    with folder_for() as folder:
        home, size = prepare(folder)
        with daemon_at(folder / "empty") as daemon:
            idle, _ = memory(daemon.process.pid, folder / "empty")
        # What is no search's: the embedder, the socket, JSON.
        with daemon_at(folder / "real") as daemon:
            times(daemon, 1)
            else_ms = statistics.median(times(daemon, 5))
            # Four at once it is more: they share the processors with the client too.
            else_of_four = four_at_once(daemon)
        made = make_files(folder, home)
        if made is None and (folder / "made").exists():
            made = tuple(float(part) for part in (folder / "made").read_text().split())
        words, small = index_sizes(home)
        started = starts(home)
        with daemon_at(home) as daemon:
            times(daemon, 1)
            used = processor_seconds(daemon.process.pid)
            whole = [ms - else_ms for ms in times(daemon, 10)]
            used = (processor_seconds(daemon.process.pid) - used) * 1000 / len(whole)
            choosing = statistics.median(times(daemon, 3, everywhere=False)) - else_ms
            matter = [ms - else_ms for ms in times(daemon, 10, "Blackwood")]
            together = four_at_once(daemon)
            own, mapped = memory(daemon.process.pid, home)
            quotes = [ask(daemon, question)[1] for question in QUESTIONS[:6]]
            added, embedded = adding(daemon, folder)
            deleted = deleting(daemon, home)
        fused = statistics.median(whole)
        report("start to the first answer, with this home", started, "ms", 30, started <= 30)
        if made:
            report("the index's files made, one by one while it serves", made[0], "s")
            report("  of processor time", made[1], "s")
        report("words, of the text", words / size, "", 0.6, words / size <= 0.6)
        report("vectors, a passage", small / CHUNKS, "bytes", 450, small / CHUNKS <= 450)
        report("the embedder, socket and JSON, taken off each of these", else_ms, "ms")
        report("fused, p50", fused, "ms", 25, fused <= 25)
        report("fused, p99", p99(whole), "ms", 60, p99(whole) <= 60)
        report("the daemon's processor time for one, all of it", used, "ms")
        report("  and where the document meant is looked for too, p50", choosing, "ms")
        report("within a matter of a fiftieth, p50", statistics.median(matter), "ms", 5, statistics.median(matter) <= 5)
        report("four at once, p50, what is no search's taken off both", together - else_of_four, "ms")
        share = (together - else_of_four) / fused
        report("  times one alone", share, "", 2.2, share <= 2.2)
        report("  with what is no search's", together / (fused + else_ms), "", 2.2, together / (fused + else_ms) <= 2.2)
        report("memory over an empty home's, mapped files apart", own - idle, "MB", 40, own - idle <= 40)
        report("  of mapped files", mapped, "MB")
        report("adding a short document, over its embedding", added - embedded, "ms", 50, added - embedded <= 50)
        if deleted:
            report("a deleted matter: no query finds it after", deleted[0], "s", 1, deleted[0] <= 1)
            report("  no file has its words after", deleted[1], "s", 60, deleted[1] <= 60)
        disk(home, words, small)
        alone = halves(home)
        if alone:
            report("the keyword half by itself, p50", alone[0], "ms")
            report("  its processor time", alone[2], "ms")
            report("the vector half by itself, p50", alone[1], "ms")
            report("  its processor time", alone[3], "ms")
        report_peers(folder, home, alone and alone[2], alone and alone[3], made)
        if KEPT:
            return  # its files stay
        tables, expected = without_files(home)
        report("without the files, p50", tables - else_ms, "ms")
        report("  times with them", (tables - else_ms) / fused, "", 60, (tables - else_ms) / fused >= 60)
        same = sum(len(set(a) & set(b)) for a, b in zip(quotes, expected)) / sum(len(b) for b in expected)
        report("  of the hits without them, those with them", same, "", 0.98, same >= 0.98)


def bench_choosing():
    """The documents that a question means, chosen among 50,000 (COUNSEL_BENCH_DOCUMENTS): by the index's files, and by all rows."""
    program = BIN / "choosing"
    if not program.exists():
        print("choosing documents is not measured: build the target `choosing`")
        return
    documents = os.environ.get("COUNSEL_BENCH_DOCUMENTS", "50000")
    print(f"choosing among {documents} documents")
    with scratch() as folder:
        made, *lines = subprocess.run([program, folder, documents], text=True, capture_output=True,
                                      check=True).stdout.splitlines()
        size = sum(path.stat().st_size for path in (folder / "index").iterdir())
    rows = [[float(value) for value in line.split()[:5]] for line in lines]
    median, most = (lambda i: statistics.median(row[i] for row in rows)), (lambda i: max(row[i] for row in rows))
    report("by files, median of the questions", median(1), "ms", 5, median(1) <= 5)
    report("  the slowest of them", most(1), "ms", 5, most(1) <= 5)
    report("  processor time, and of the slowest", median(3), "ms")
    report("  ", most(3), "ms")
    report("by all rows, median", median(2), "ms")
    report("  processor time", median(4), "ms")
    report("questions with a document chosen", 100 * sum(row[0] > 0 for row in rows) / len(rows), "%")
    report("the files made, processor time", float(made.split()[1]) / 1000, "s")
    report("  a document", size / int(documents), "bytes")


if __name__ == "__main__":
    run({"large": bench_large, "choosing": bench_choosing})
