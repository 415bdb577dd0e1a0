"""bench/run record [--entries N]: what the record costs and how fast it is verified.

- an act (one entry, one transaction) over HTTP, less a reply that writes nothing, against one bare append and fsync of 16 KiB on the
  same disk: median and p99 of 300;
- a record of N entries of 2 kB (1,000,000), made as docs/record.md says: time of `counsel record verify`, of one entry with its proof,
  of an export and of tools/verify_record.py;
- COUNSEL_TEST_ALTERATIONS=100000 ./test of test_record.py is what alters an export 100,000 times.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
from counsel import Daemon  # noqa: E402
from verify_record import canonical  # noqa: E402


def milliseconds(seconds):
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1000:.2f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.2f} ms"


def processor(pid):
    """Seconds of processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(times, work):
    taken = []
    for n in range(times):
        begun = time.perf_counter()
        work(n)
        taken.append(time.perf_counter() - begun)
    return taken


def cost_of_an_entry(folder, times=300):
    home = folder / "small"
    home.mkdir(mode=0o700)
    daemon = Daemon(home).start()
    try:
        with sqlite3.connect(home / "counsel.db") as db:
            fill(db, 1)
        db.close()
        words = "The rent is 1,540 pounds a month. " * 200
        with open(folder / "bare", "wb") as file:
            def bare(_):
                file.write(os.urandom(16384))
                file.flush()
                os.fsync(file.fileno())
            print(f"bare append of 16 KiB and fsync: {milliseconds(timed(times, bare))}")
        nothing = timed(times, lambda _: daemon.get("/api/record/head"))
        print(f"a reply that writes nothing: {milliseconds(nothing)}")
        acts = timed(times, lambda _: daemon.post("/api/record/1/acts", {"act": "reviewed", "words": words}))
        print(f"an entry with 7 kB of text: {milliseconds(acts)}")
        less = statistics.median(nothing)
        print(f"an entry, less that reply: {milliseconds([one - less for one in acts])}")
    finally:
        daemon.stop()


def fill(db, entries):
    """Writes a record of its own, as docs/record.md and src/record/tree.h have it."""
    peaks, nodes, rows, texts = [], [], [], []

    def write():
        db.executemany("INSERT INTO record_entries (number, owner, about, entry) VALUES (?, 'user', 0, ?)", rows)
        db.executemany("INSERT INTO record_texts (entry, salt, texts) VALUES (?, ?, ?)", texts)
        db.executemany("INSERT INTO record_nodes (place, hash) VALUES (?, ?)", nodes)
        db.commit()
        for one in (rows, texts, nodes):
            one.clear()

    for number in range(1, entries + 1):
        salt = os.urandom(32).hex()
        said = [f"Question {number}: what is the rent of Alder House? ", f"Answer {number}: 1,450 pounds a month. " * 8,
                f"Quote {number}: the rent of Alder House is 1,450 pounds a month. " * 6]
        marks = [{"sha256": hashlib.sha256((salt + text).encode()).hexdigest()} for text in said]
        entry = canonical({"entry": number, "kind": "question", "person": {"account": "anna"}, "program": "counsel",
                           "said": {"answer": marks[1], "question": marks[0], "quotes": [{"quote": marks[2], "document": "a" * 16}] * 3,
                                    "read": [{"document": "b" * 16, "digest": "0" * 64}] * 4},
                           "time": "2026-11-30T22:00:00Z"})
        order = [said[1], said[0], said[2]]
        rows.append((number, entry))
        texts.append((number, salt, b"".join(str(len(text.encode())).encode() + b":" + text.encode() for text in order)))
        value, level, index = hashlib.sha256(b"\0" + entry.encode()).digest(), 0, number - 1
        nodes.append((2 * index, value))
        while index >> level & 1:
            value = hashlib.sha256(b"\1" + peaks.pop() + value).digest()
            level += 1
            nodes.append(((2 * (index >> level) + 1) * (1 << level) - 1, value))
        peaks.append(value)
        if number % 20_000 == 0:
            write()
    write()
    return len(entry) + sum(len(text) for text in order)


def large(folder, entries):
    home = folder / "large"
    home.mkdir(mode=0o700)
    Daemon(home).start().stop()
    with sqlite3.connect(home / "counsel.db") as db:
        size = fill(db, entries)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    print(f"{entries:,} entries of {size} bytes; the store has {(home / 'counsel.db').stat().st_size / 1e9:.2f} GB")
    daemon = Daemon(home).start()
    try:
        for _ in range(2):
            begun, before = time.perf_counter(), processor(daemon.pid)
            done = daemon.cli("record", "verify")
            print(f"counsel record verify: {time.perf_counter() - begun:.1f} s, of the daemon's processor "
                  f"{processor(daemon.pid) - before:.1f} s; {done.stdout.splitlines()[0] if done.stdout else done.stderr}")
        shown = timed(100, lambda n: daemon.get(f"/api/record/{1 + n * (entries // 100)}"))
        print(f"one entry with its proof: {milliseconds(shown)}")
        begun = time.perf_counter()
        daemon.cli("record", "export", folder / "record.jsonl")
        print(f"counsel record export: {time.perf_counter() - begun:.1f} s")
    finally:
        daemon.stop()
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, ROOT / "tools/verify_record.py", folder / "record.jsonl"], text=True, capture_output=True)
    print(f"tools/verify_record.py: {time.perf_counter() - begun:.1f} s, {done.stdout.splitlines()[0]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="counsel-bench-"))
    try:
        cost_of_an_entry(folder)
        large(folder, given.entries)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
