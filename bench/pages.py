"""Text PDFs end to end: pages to searchable passages beside the embedder alone, and the daemon's memory meanwhile.

    bench/run pages [library|volume]      (2,000 pages as 20 files; as one file)
"""

import os
import random
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from bench import LICENSES, daemon_at, embed_rate, report, run, scratch, wait_until

from make_scans import picture_pdf

PAGES = int(os.environ.get("COUNSEL_BENCH_PAGES", "2000"))
LINES = 46  # of a page
SENTENCES = [" ".join(sentence.split()).translate(str.maketrans("", "", "\\()")) + "."
             for name in ("GPL-3", "MPL-2.0", "Apache-2.0")
             for sentence in (LICENSES / name).read_text().split(". ")]


def pages(count, seed):
    """Numbered clauses of licences' sentences, wrapped to lines of a page; other words for each seed."""
    rng = random.Random(seed)
    made, lines, clause = [], [], 0
    while len(made) < count:
        clause += 1
        words = f"{clause}. Clause {clause} of deed {seed}. {' '.join(rng.choices(SENTENCES, k=rng.randint(1, 5)))}".split()
        line = ""
        for word in words:
            if len(line) + len(word) > 84:
                lines.append(line)
                line = ""
            line += word + " "
        lines += [line, ""]
        while len(lines) >= LINES:
            made.append([one.encode("ascii", "replace").decode() for one in lines[:LINES]])
            lines = lines[LINES:]
    return made[:count]


class Memory:
    """The highest private memory of a process while it is watched, MB (10^6 bytes)."""

    def __init__(self, pid):
        self.pid, self.highest, self.over = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def now(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024 / 1e6
        return 0.0

    def watch(self):
        while not self.over.wait(0.01):
            self.highest = max(self.highest, self.now())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def measure(what, files, wanted):
    """files: lists of pages; wanted: of the embedder's own rate."""
    with scratch() as folder:
        paths = []
        for number, made in enumerate(files):
            paths.append(folder / f"deed-{number}.pdf")
            paths[-1].write_bytes(picture_pdf(made))
        with daemon_at(folder / "home") as daemon:
            name = daemon.model("embedder")["name"]
            daemon.post(f"/api/models/{name}/load")
            # One small document before, so that idle is what it is after the first.
            (folder / "first.txt").write_text("The tenant keeps the garden tidy.")
            daemon.add(folder / "first.txt")
            memory = Memory(daemon.pid)
            idle = memory.now()
            with memory:
                began = time.perf_counter()
                for path in paths:
                    daemon.post("/api/documents/local", {"path": str(path)})
                wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "all is read", 1800, 0.2)
                seconds = time.perf_counter() - began
            with closing(sqlite3.connect(folder / "home" / "counsel.db")) as db:
                texts = [text for text, in db.execute("SELECT text FROM chunks WHERE document IN "
                                                      "(SELECT id FROM documents WHERE pages > 0) ORDER BY id")]
                read, = db.execute("SELECT sum(pages) FROM documents WHERE state = 'ready'").fetchone()
            assert read == sum(len(made) for made in files), read
            # The pool has one server: the embedder.
            socket = next(str(p) for p in Path(daemon.socket).parent.iterdir() if p.name != "daemon.sock")
            alone = embed_rate(socket, texts)
        ours = len(texts) / seconds
        print(f"{read} pages as {what}: {len(texts)} passages, searchable after {seconds:.1f} s")
        report("passages/s, end to end", ours, "passages/s")
        report("the embedder alone, the same passages", alone, "passages/s")
        report("ratio", ours / alone, "", str(wanted), ours / alone >= wanted)
        report("the daemon's memory over idle, at most", memory.highest - idle, "MB", "10 MB", memory.highest - idle <= 10)


def library():
    measure("20 files", [pages(PAGES // 20, seed) for seed in range(20)], 0.9)


def volume():
    measure("one file", [pages(PAGES, 99)], 0.98)


if __name__ == "__main__":
    os.environ["COUNSEL_KEEP_ALIVE"] = "-1"  # the daemon does not know that its embedder is measured beside it
    run({"library": library, "volume": volume})
