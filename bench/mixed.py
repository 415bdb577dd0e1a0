"""16 clients do everything at once: ask, search, add, delete, backup, check, export.

bench/run mixed [SECONDS]: prints the errors by kind (a 503 that says so is declared, nothing else may be), and how long a
search takes while a backup is made and while none is. Exit status 1 when one of the figures is missed.
"""

import collections
import contextlib
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from counsel import LICENSES, Daemon  # noqa: E402

# Where ./run puts models: a home of its own has none.
DATA = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "counsel"
os.environ.setdefault("COUNSEL_MODELS", str(DATA / "models"))

CLIENTS = {"ask": 2, "search": 6, "add": 2, "delete": 2, "backup": 1, "check": 1, "export": 1, "list": 1}
MOST_TIMES_SLOWER = 3
WORDS = "rent lease tenant landlord garden notice term deposit repair clause breach party fee court".split()


def text(chance, sentences):
    return " ".join(f"The {' '.join(chance.choices(WORDS, k=9))} shall be {chance.randrange(10_000)}."
                    for _ in range(sentences))


class Mixed:
    def __init__(self, daemon, folder, seconds, seed):
        self.daemon, self.folder, self.seed = daemon, folder, seed
        self.until = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.done = collections.Counter()
        self.declared = collections.Counter()
        self.errors = collections.Counter()
        self.backups = []  # (from, to)
        self.searches = []  # (at, seconds)
        self.added = collections.deque()

    def call(self, what, method, target, body=None):
        """The reply's JSON, or nothing when it was an error, which is counted."""
        try:
            reply = self.daemon.request(method, target, body)
            if reply.status < 400:
                return reply.json if reply.body else {}
            self.failed(what, reply.status, reply.body[:200])
        except OSError as error:
            self.failed(what, type(error).__name__, str(error))
        return None

    def failed(self, what, status, said):
        with self.lock:
            kind = self.declared if status == 503 and b"next_step" in bytes(said) else self.errors
            kind[f"{what}: {status} {said}"] += 1

    def events(self, what, target, body):
        """The data of the last event; an `error` is counted."""
        name, data = "", {}
        try:
            with contextlib.closing(self.daemon.stream(target, body)) as events:
                if events.reply.status >= 400:
                    self.failed(what, events.reply.status, events.reply.read()[:200])
                    return None
                for name, data in events:
                    pass
        except OSError as error:
            self.failed(what, type(error).__name__, str(error))
            return None
        if name == "done":
            return data
        code = data.get("error", {}).get("code", name or "no event")
        self.failed(what, 503 if code in ("overloaded", "unavailable", "out_of_memory") else code,
                    json.dumps(data).encode()[:300])
        return None

    # ---- clients ----

    def ask(self, chance):
        return self.events("ask", "/api/ask", {"question": f"What is said about the {chance.choice(WORDS)}?", "style": "answer"})

    def search(self, chance):
        began = time.monotonic()
        found = self.call("search", "POST", "/api/search", {"query": " ".join(chance.choices(WORDS, k=4))})
        if found is not None:
            with self.lock:
                self.searches.append((began, time.monotonic() - began))
        return found

    def add(self, chance):
        path = self.folder / f"{chance.getrandbits(60)}.txt"
        path.write_text(text(chance, chance.choice((5, 5, 5, 400))))
        added = self.call("add", "POST", "/api/documents/local", {"path": str(path), "matter": chance.choice(("a", "b"))})
        if added is not None:
            with self.lock:
                self.added.append(added["id"])
        time.sleep(0.2)  # else all the machine embeds
        return added

    def delete(self, chance):
        with self.lock:
            document = self.added.popleft() if len(self.added) > 20 else None
        if document is None:
            time.sleep(0.05)
            return None
        return self.call("delete", "DELETE", f"/api/documents/{document}")

    def backup(self, chance):
        target = self.folder / f"backup-{chance.getrandbits(60)}"
        began = time.monotonic()
        done = self.events("backup", "/api/backup", {"path": str(target)})
        with self.lock:
            self.backups.append((began, time.monotonic()))
        shutil.rmtree(target, ignore_errors=True)
        time.sleep(1)  # to compare with
        return done

    def check(self, chance):
        done = self.events("check", "/api/check", {})
        if done and done["findings"]:
            with self.lock:
                self.errors[f"check found: {done['findings'][:3]}"] += 1
        return done

    def export(self, chance):
        target = self.folder / f"export-{chance.getrandbits(60)}"
        done = self.events("export", "/api/export", {"path": str(target), "matter": chance.choice(("a", "b"))})
        shutil.rmtree(target, ignore_errors=True)
        return done

    def list(self, chance):
        return self.call("list", "GET", "/api/documents")

    # ---- all of them ----

    def client(self, what, number):
        chance = random.Random(f"{self.seed} {what} {number}")
        while time.monotonic() < self.until:
            if getattr(self, what)(chance) is not None:
                with self.lock:
                    self.done[what] += 1

    def run(self):
        threads = [threading.Thread(target=self.client, args=(what, number))
                   for what, count in CLIENTS.items() for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def seconds_of_searches(self):
        during, without = [], []
        for at, took in self.searches:
            overlaps = any(began < at + took and at < ended for began, ended in self.backups)
            (during if overlaps else without).append(took)
        return during, without


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def prepare(daemon, folder, chance, clauses):
    """Documents to search, in two matters."""
    for name in ("GPL-3", "Artistic", "BSD"):
        added = daemon.add(LICENSES / name, matter="a")
        assert added["state"] == "ready", f"nothing would be measured (COUNSEL_MODELS?): {added}"
    for number in range(clauses):
        path = folder / f"first-{number}.txt"
        path.write_text(text(chance, 100))
        daemon.add(path, matter="ab"[number % 2])


def run(seconds, seed, clauses=60):
    with tempfile.TemporaryDirectory(prefix="counsel-mixed-") as name:
        folder = Path(name)
        daemon = Daemon(folder / "home")
        daemon.home.mkdir()
        daemon.start()
        try:
            prepare(daemon, folder, random.Random(seed), clauses)
            mixed = Mixed(daemon, folder, seconds, seed)
            mixed.run()
            assert daemon.process.poll() is None, "the daemon has ended"
            last = daemon.cli("check", "--json")
            if json.loads(last.stdout)["findings"]:
                mixed.errors[f"the last check: {last.stdout}"] += 1
            return mixed
        finally:
            daemon.stop()


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    print(f"{sum(CLIENTS.values())} clients for {seconds} s, seed {seed}", flush=True)
    mixed = run(seconds, seed)
    print("done: " + ", ".join(f"{what} {count}" for what, count in sorted(mixed.done.items())))
    for kind, counted in (("declared 503", mixed.declared), ("error", mixed.errors)):
        print(f"{kind}s: {sum(counted.values())}")
        for what, count in counted.most_common(20):
            print(f"  {count} × {what}")
    during, without = mixed.seconds_of_searches()
    for what, values in (("without a backup", without), ("during a backup", during)):
        if values:
            print(f"search {what}: {len(values)}, p50 {statistics.median(values) * 1000:.0f} ms, "
                  f"p99 {percentile(values, 0.99) * 1000:.0f} ms")
    times = percentile(during, 0.99) / percentile(without, 0.99)
    print(f"p99 during a backup: {times:.2f} × without (at most {MOST_TIMES_SLOWER})")
    return 1 if mixed.errors or times > MOST_TIMES_SLOWER else 0


if __name__ == "__main__":
    sys.exit(main())
