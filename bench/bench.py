"""Counsel beside its peers on this machine: see bench/README.md."""

import contextlib
import json
import os
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import counsel  # noqa: E402
from counsel import BIN, Daemon, LICENSES, UnixConnection, name_of, wait_until  # noqa: E402

DATA = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "counsel"
MODELS = Path(os.environ.get("COUNSEL_MODELS", DATA / "models"))
os.environ["COUNSEL_MODELS"] = str(MODELS)
ENGINE = BIN / "engine" / "llama-server"
GENERATOR = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"
EMBEDDER = MODELS / "bge-small-en-v1.5"
# What a person who knows llama-server would type for a fast start of this model.
BEST_FLAGS = ["-np", "1", "--no-warmup", "--fit", "off"]
CHAT = {"messages": [{"role": "user", "content": "Hello, who are you?"}], "max_tokens": 64, "temperature": 0,
        "stream": True, "cache_prompt": False}


def pss(pid):
    """Proportional resident memory in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


@contextlib.contextmanager
def scratch():
    folder = Path(tempfile.mkdtemp(prefix="counsel-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def daemon_at(home):
    home.mkdir(exist_ok=True)
    daemon = Daemon(home).start()
    try:
        yield daemon
    finally:
        daemon.stop()


class Server:
    """A model server started by hand, on a unix socket."""

    def __init__(self, folder, argv):
        self.socket = str(folder / f"s{random.randrange(10**9)}.sock")
        self.process = subprocess.Popen([str(a).replace("SOCKET", self.socket) for a in argv], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ready(self):
        while True:
            with contextlib.suppress(OSError):
                with contextlib.closing(UnixConnection(self.socket)) as connection:
                    connection.request("GET", "/health")
                    if connection.getresponse().status == 200:
                        return self
            assert self.process.poll() is None, "the server ended"
            time.sleep(0.002)

    def stop(self):
        self.process.kill()
        self.process.wait()


def llama(folder, flags=BEST_FLAGS, model=GENERATOR):
    return Server(folder, [ENGINE, "-m", model, "--host", "SOCKET", *flags])


def chat(socket, body=CHAT):
    """Seconds to the first token, and tokens a second after it."""
    began = time.perf_counter()
    with contextlib.closing(UnixConnection(socket)) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        first, tokens = None, 0
        for line in reply:
            if line.startswith(b"data: {"):
                delta = json.loads(line[6:])["choices"]
                if delta and delta[0]["delta"].get("content"):
                    tokens += 1
                    first = first or time.perf_counter()
        ended = time.perf_counter()
    return first - began, (tokens - 1) / (ended - first)


def report(what, value, unit, target=None, held=None):
    verdict = "" if held is None else ("  held" if held else "  SHORT")
    goal = f"  (target {target})" if target else ""
    print(f"  {what:<58} {value:>9.3f} {unit}{goal}{verdict}", flush=True)


def bench_start():
    print("start and idle memory")
    with scratch() as folder:
        home = folder / "home"
        with daemon_at(home) as daemon:
            for path in sorted({p.resolve() for p in LICENSES.iterdir()}):
                daemon.add(path)
        starts, router = [], []
        for _ in range(20):
            began = time.perf_counter()
            daemon = Daemon(home).start()
            daemon.get("/health")
            starts.append(time.perf_counter() - began)
            daemon.stop()
            began = time.perf_counter()
            server = Server(folder, [ENGINE, "--host", "SOCKET"]).ready()
            router.append(time.perf_counter() - began)
            server.stop()
        start = statistics.median(starts) * 1000
        report("start to the first answer, median of 20", start, "ms", "30 ms", start <= 30)
        report("llama-server's router, likewise", statistics.median(router) * 1000, "ms")
        with daemon_at(home) as daemon:
            idle = pss(daemon.pid)
            report("idle memory (Pss), starter documents stored", idle, "MB", "12 MB", idle <= 12)
            for role in ("embedder", "generator"):
                daemon.post(f"/api/models/{daemon.model(role)['name']}/load")
            daemon.post("/api/ask", {"question": "How long must a written offer be valid?", "stream": False,
                                     "max_tokens": 32})
            daemon.post("/api/models/unload")
            assert daemon.children() == []
            after = pss(daemon.pid)
            report("more than that after a question and unload", after - idle, "MB", "2 MB", after - idle <= 2)


def bench_first_token():
    print("chat on the starter generator, beside llama-server by hand with " + " ".join(BEST_FLAGS))
    with scratch() as folder, daemon_at(folder / "home") as daemon:
        ours, theirs = [], []
        for _ in range(15):
            daemon.post("/api/models/unload")
            ours.append(chat(daemon.socket)[0])
            daemon.post("/api/models/unload")
            began = time.perf_counter()
            server = llama(folder).ready()
            ready = time.perf_counter() - began
            theirs.append(ready + chat(server.socket)[0])
            server.stop()
        cold, peer = statistics.median(ours), statistics.median(theirs)
        report("cold first token, median of 15", cold * 1000, "ms")
        report("llama-server by hand, median of 15", peer * 1000, "ms")
        report("ratio", cold / peer, "", "1.15", cold / peer <= 1.15)

        chat(daemon.socket)
        runtime = Path(daemon.socket).parent
        direct = next(str(p) for p in runtime.iterdir() if p.name != "daemon.sock")
        through, straight = [], []
        for i in range(60):
            (through if i % 2 else straight).append(chat(daemon.socket if i % 2 else direct))
        first = statistics.median(x[0] for x in through) * 1000
        bare = statistics.median(x[0] for x in straight) * 1000
        allowed = max(0.03 * bare, 5)
        report("warm first token through Counsel, median of 30", first, "ms")
        report("warm first token of the same server directly", bare, "ms")
        report("difference", first - bare, "ms", f"{allowed:.1f} ms", first - bare <= allowed)
        rate = statistics.median(x[1] for x in through) / statistics.median(x[1] for x in straight)
        report("tokens/s through Counsel over directly", rate, "", "0.96", rate >= 0.96)


def chunks_of_text(words=120):
    text = " ".join((LICENSES / name).read_text() for name in ("GPL-2", "GPL-3", "Apache-2.0", "MPL-2.0", "GFDL-1.3"))
    tokens = text.split()
    return [" ".join(tokens[i:i + words]) for i in range(0, len(tokens) - words, words)]


def embed_rate(socket, chunks, at_once=32):
    """Chunks a second, two requests in flight, as ingestion does it."""
    batches = [chunks[i:i + at_once] for i in range(0, len(chunks), at_once)]
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not batches:
                    return
                batch = batches.pop(0)
            with contextlib.closing(UnixConnection(socket)) as connection:
                connection.request("POST", "/v1/embeddings", json.dumps({"input": batch, "encoding_format": "base64"}),
                                   {"Content-Type": "application/json"})
                assert connection.getresponse().read()

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(chunks) / (time.perf_counter() - began)


def library_of(folder, number):
    """The licences three times, with other bytes for each number, so that nothing is known before."""
    folder.mkdir()
    for i in range(3):
        for path in sorted({p.resolve() for p in LICENSES.iterdir()}):
            (folder / f"{path.name}-{i}.txt").write_text(f"Copy {number}.{i}.\n\n" + path.read_text(errors="replace"))
    return sorted(folder.iterdir())


def bench_ingest():
    print("documents")
    with scratch() as folder:
        with daemon_at(folder / "home") as daemon:
            name = daemon.model("embedder")["name"]
            daemon.post(f"/api/models/{name}/load")
            socket = next(str(p) for p in Path(daemon.socket).parent.iterdir() if p.name != "daemon.sock")
            ours, alone, last = [], [], 0
            # In turn, because the machine's own speed drifts.
            for number in range(3):
                files = library_of(folder / f"library{number}", number)
                began = time.perf_counter()
                for path in files:
                    daemon.post("/api/documents/local", {"path": str(path)})
                # Seldom: each look measures the embedder's memory, which would be work of the benchmark's own.
                wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "all is read", 600, 0.1)
                seconds = time.perf_counter() - began
                # The embedder alone, given the very passages that were made of the documents, in the same order.
                with contextlib.closing(sqlite3.connect(folder / "home" / "counsel.db")) as db:
                    rows = db.execute("SELECT id, text FROM chunks WHERE id > ? ORDER BY id", (last,)).fetchall()
                last = rows[-1][0]
                ours.append(len(rows) / seconds)
                alone.append(embed_rate(socket, [text for _, text in rows]))
            ours, alone = statistics.median(ours), statistics.median(alone)
            report("adding documents, text to searchable, median of 3", ours, "passages/s")
            report("the embedder alone, the same passages, median of 3", alone, "passages/s")
            report("ratio", ours / alone, "", "0.9", ours / alone >= 0.9)
            plain = chunks_of_text()[:200]
            small = embed_rate(socket, plain)
        gguf = os.environ.get("COUNSEL_BENCH_BGE_GGUF")
        if not gguf:
            print("  skipped: llama-server with the same model (COUNSEL_BENCH_BGE_GGUF names no GGUF of bge-small)")
            return
        server = llama(folder, ["--embedding", "--pooling", "cls", "-c", "2048", "-b", "2048", "-ub", "2048", "-np", "4"],
                       gguf).ready()
        peer = embed_rate(server.socket, plain)
        server.stop()
        report("120-word chunks, Counsel's embedder", small, "chunks/s")
        report("120-word chunks, llama-server with the same model (GGUF)", peer, "chunks/s")
        report("ratio", small / peer, "", "3", small / peer >= 3)


def bench_first_questions():
    print("50 first questions at once, nothing loaded")
    with scratch() as folder, daemon_at(folder / "home") as daemon:
        daemon.add(LICENSES / "GPL-3")
        daemon.post("/api/models/unload")
        replies, started, done = [], set(), threading.Event()

        def ask(i):
            replies.append(daemon.post("/api/ask", {
                "question": f"({i}) How long must a written offer for the source code be valid?", "style": "answer", "stream": False,
                "max_tokens": 8, "limit": 1}).status)

        def watch():
            while not done.wait(0.005):
                for pid in daemon.children():
                    with contextlib.suppress(OSError):  # a planner's child has ended meanwhile
                        if name_of(pid) in ("llama-server", "counsel-embedder"):
                            started.add(pid)

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.perf_counter()
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        done.set()
        watcher.join()
        report("model processes started", len(started), "", "2", len(started) == 2)
        report("answered", replies.count(200), "", "50", replies.count(200) == 50)
        report("all of them after", seconds, "s")


BENCHES = {"start": bench_start, "first_token": bench_first_token, "ingest": bench_ingest,
           "first_questions": bench_first_questions}


def run(benches):
    """Runs the benchmarks named on the command line, or all."""
    chosen = sys.argv[1:] or list(benches)
    if unknown := [name for name in chosen if name not in benches]:
        sys.exit(f"no benchmark '{unknown[0]}'; there are: {', '.join(benches)}")
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    print(f"{os.cpu_count()} × {model}, {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB, "
          f"{platform.platform()}\n")
    for name in chosen:
        benches[name]()
        print()


if __name__ == "__main__":
    run(BENCHES)
