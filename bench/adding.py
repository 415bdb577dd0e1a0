"""`counsel add` of a folder with very many small files: does it end, is its summary true, how fast is it beside the
embedder alone, and what does it cost the daemon in memory.

    bench/run adding      COUNSEL_BENCH_FILES: how many, 10,000 by default; COUNSEL_BENCH_SEED
"""

import os
import random
import re
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from bench import LICENSES, daemon_at, embed_rate, report, run, scratch
from pages import Memory

from counsel import COUNSEL, children_of, forks_readers

FILES = int(os.environ.get("COUNSEL_BENCH_FILES", "10000"))
SEED = int(os.environ.get("COUNSEL_BENCH_SEED", "1"))
BYTES = 1_000
ALONE = 4_000  # passages that the embedder alone is measured with, before and after


def ticks(pid, ended=False):
    """Processor seconds of a process; or of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    at = 13 if ended else 11
    return (int(fields[at]) + int(fields[at + 1])) / os.sysconf("SC_CLK_TCK")


def zygotes(daemon):
    """Those of what forks the readers, which has not ended yet."""
    return sum(ticks(pid) for pid in children_of(daemon.pid) if forks_readers(pid))


def sentences():
    """Of the licences and of what Debian's packages say of themselves."""
    texts = [path.read_text(errors="ignore") for path in sorted({p.resolve() for p in LICENSES.iterdir()})]
    texts += [path.read_text(errors="ignore") for path in sorted(Path("/usr/share/doc").glob("*/README*"))
              if path.suffix != ".gz" and path.is_file()]
    split = (" ".join(sentence.split()) for text in texts for sentence in re.split(r"(?<=[.;])\s+", text))
    return sorted({sentence for sentence in split if 40 <= len(sentence) <= 400})


def make(folder):
    rng = random.Random(SEED)
    known = sentences()
    folder.mkdir()
    for number in range(FILES):
        text = f"Note {number}.\n"
        while len(text) < BYTES:
            text += "\n" + rng.choice(known)
        (folder / f"{number:06}.txt").write_text(text[:BYTES])
    print(f"  {FILES} files of {BYTES} bytes, {len(known)} sentences, seed {SEED}")


def adding():
    print("counsel add of a folder")
    with scratch() as folder:
        make(folder / "in")
        with daemon_at(folder / "home") as daemon:
            daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load")
            # One document before, so that idle is what it is after the first.
            (folder / "first.txt").write_text("The tenant keeps the garden tidy.")
            daemon.add(folder / "first.txt")
            memory = Memory(daemon.pid)
            idle = memory.now()
            embedder = daemon.child("counsel-embedder")
            before = [ticks(daemon.pid), ticks(daemon.pid, ended=True), ticks(embedder)]
            with memory:
                began = time.perf_counter()
                added = subprocess.run([COUNSEL, "add", folder / "in"], env=daemon.environment, capture_output=True,
                                       text=True, stdin=subprocess.DEVNULL)
                seconds = time.perf_counter() - began
            print("  " + added.stdout.strip())
            after = [ticks(daemon.pid), ticks(daemon.pid, ended=True) + zygotes(daemon), ticks(embedder)]
            ours, readers, its = (then - now for then, now in zip(after, before))
            report("processor time a file, daemon", ours / FILES * 1e3, "ms")
            report("processor time a file, readers", readers / FILES * 1e3, "ms")
            report("processor time a file, embedder", its / FILES * 1e3, "ms")
            report("share of the embedder in the three", its / (ours + readers + its), "", "0.9",
                   its / (ours + readers + its) >= 0.9)
            with closing(sqlite3.connect(folder / "home" / "counsel.db")) as db:
                texts = [text for text, in db.execute("SELECT text FROM chunks WHERE document IN (SELECT id FROM "
                                                      "documents WHERE name <> 'first.txt') ORDER BY id")]
                ready, = db.execute("SELECT count(*) FROM documents WHERE state = 'ready'").fetchone()
            true = added.returncode == 0 and added.stdout.startswith(f"{FILES} documents ready") and ready == FILES + 1
            report("files that the summary says are ready, and that are", FILES if true else ready - 1, "files",
                   f"{FILES}", true)
            # The embedder alone, given passages that were made of them, in the same order. The pool has one server; a new
            # one, which remembers none of them.
            assert daemon.post("/api/models/unload", {}).status == 200
            daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load")
            socket = next(str(p) for p in Path(daemon.socket).parent.iterdir() if p.name != "daemon.sock")
            alone = embed_rate(socket, texts[:ALONE])
        ours = len(texts) / seconds
        report("seconds from the start of `counsel add` to its end", seconds, "s")
        report("passages/s, file to searchable", ours, "passages/s")
        report("the embedder alone, the same passages", alone, "passages/s")
        report("ratio", ours / alone, "", "0.9", ours / alone >= 0.9)
        grown = memory.highest - idle
        report("the daemon's memory over idle, at most", grown, "MB", "20 MB", grown <= 20)


if __name__ == "__main__":
    os.environ["COUNSEL_KEEP_ALIVE"] = "-1"  # the daemon does not know that its embedder is measured beside it
    run({"adding": adding})
