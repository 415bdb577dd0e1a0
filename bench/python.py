"""The Python package beside what it stands on, and beside llama-cpp-python: see bench/README.md. Needs ./run python."""

import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import bench
from bench import GENERATOR, Daemon, LICENSES, UnixConnection, name_of, report, scratch
from counsel import children_of

HERE = Path(__file__).resolve().parent
PEER = os.environ.get("COUNSEL_BENCH_LLAMA_CPP_PYTHON", "")
SECONDS = float(os.environ.get("COUNSEL_BENCH_SECONDS", "60"))
THREADS = 16
PROMPT = "The quick brown fox"
TOKENS = 64


@contextlib.contextmanager
def own_daemon():
    """One that this process and those it starts find by COUNSEL_HOME."""
    with scratch() as folder:
        home = folder / "home"
        home.mkdir()
        os.environ["COUNSEL_HOME"] = str(home)
        daemon = Daemon(home).start()
        try:
            yield daemon
        finally:
            daemon.stop()


def manager():
    from sc_gen5.rag.v2.models import ModelManager

    return ModelManager()


def fresh(*arguments):
    done = subprocess.run([sys.executable, HERE / "python_first_use.py", *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def direct(daemon, name, path, body):
    """Asks the model's own process, past the daemon. Returns the reply's JSON."""
    words = Path(f"/proc/{daemon.child(name)}/cmdline").read_bytes().decode().split("\0")
    socket = next(word for word in words if word.endswith(".sock"))
    with contextlib.closing(UnixConnection(socket)) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read()
        assert reply.status == 200, text
        return json.loads(text)


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def beside(ours, theirs, rounds):
    """Medians of both, run in turns."""
    ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    return tuple(statistics.median(side) for side in zip(*pairs))


def bench_import():
    print("importing sc_gen5.rag.v2.models, in a fresh process")
    with own_daemon() as daemon:
        daemon.stop()
        times = sorted(fresh()["import"] * 1000 for _ in range(11))
        middle = statistics.median(times)
        report("median of 11", middle, "ms", "100 ms", middle <= 100)
        started = (daemon.home / "daemon.json").exists()
        report("daemons started by it", int(started), "", "0", not started)


def bench_first_use():
    print("first use in a fresh process, nothing loaded, the daemon running: from the call to the first vector, token")
    with own_daemon() as daemon:
        for role in ("embedder", "generator"):
            times = []
            for _ in range(9):
                daemon.post("/api/models/unload")
                times.append(fresh(role)["first"])
            middle = statistics.median(times)
            report(f"starter {role}, median of 9", middle, "s", "0.4 s", middle <= 0.4)


def bench_repeated():
    print("the second get_embedder() and get_generator_model()")
    with own_daemon():
        ours = manager()
        first = ours.get_embedder()[0], ours.get_generator_model()
        times = sorted(timed(lambda: (ours.get_embedder(), ours.get_generator_model())) * 1000 for _ in range(100))
        assert (ours.get_embedder()[0], ours.get_generator_model()) == first
        middle = statistics.median(times)
        report("both together, median of 100", middle, "ms", "2 ms", middle <= 2)


def bench_encode():
    print("encode of 256 texts of 120 words, beside the embedder's own process asked directly")
    words = " ".join(file.read_text(errors="replace") for file in sorted(LICENSES.iterdir()) if file.is_file()).split()
    texts = [" ".join(words[at * 97:at * 97 + 120]) for at in range(256)]
    with own_daemon() as daemon:
        import numpy

        embedder, _ = manager().get_embedder()
        body = {"input": texts, "encoding_format": "base64"}

        def bare():
            rows = direct(daemon, "counsel-embedder", "/v1/embeddings", body)["data"]
            return numpy.array([numpy.frombuffer(base64.b64decode(row["embedding"]), dtype="<f4") for row in rows])

        assert numpy.abs(embedder.encode(texts) - bare()).max() == 0
        ours, theirs = beside(lambda: embedder.encode(texts), bare, 5)
        report("ours", ours, "s")
        report("the bare embedder", theirs, "s")
        report("ratio", ours / theirs, "", "1.10", ours / theirs <= 1.10)


def bench_generate():
    print(f"generation of {TOKENS} tokens, beside the same llama-server asked directly")
    with own_daemon() as daemon:
        _, model = manager().get_generator_model()
        body = {"prompt": PROMPT, "n_predict": TOKENS, "temperature": 0}
        ours, theirs = beside(lambda: model(PROMPT, max_tokens=TOKENS, temperature=0),
                              lambda: direct(daemon, "llama-server", "/completion", body), 15)
        report("ours", ours, "s")
        report("llama-server", theirs, "s")
        report("ratio", ours / theirs, "", "1.03", ours / theirs <= 1.03)


def streamed(model):
    began = time.perf_counter()
    times = [time.perf_counter() for chunk in model(PROMPT, max_tokens=TOKENS, temperature=0, stream=True)
             if chunk["choices"][0]["text"]]
    return times[0] - began, (len(times) - 1) / (times[-1] - times[0])


def bench_peer():
    print("streaming beside llama-cpp-python 0.3.36: the same file, context and threads")
    if not PEER:
        print("  skipped: COUNSEL_BENCH_LLAMA_CPP_PYTHON names no Python that has it")
        return
    threads = len(os.sched_getaffinity(0))
    theirs = json.loads(subprocess.run([PEER, HERE / "python_peer.py", GENERATOR, "2048", str(threads), str(TOKENS), "9", PROMPT],
                                       capture_output=True, text=True, check=True).stdout)
    with own_daemon():
        _, model = manager().get_generator_model()
        for style, load in (("quick", None), ("repacked", "repacked")):
            if load:
                model._daemon.call("POST", "/api/models/unload", {})
                model._daemon.call("POST", f"/api/models/{model.name}/load", {"style": load})
            ours = [streamed(model) for _ in range(10)][1:]
            report(f"first token, {style}", statistics.median(first for first, _ in ours) * 1000, "ms")
            report(f"tokens a second, {style}", statistics.median(rate for _, rate in ours), "/s")
    report("first token, llama-cpp-python", statistics.median(first for first, _ in theirs["seen"][1:]) * 1000, "ms")
    report("tokens a second, llama-cpp-python", statistics.median(rate for _, rate in theirs["seen"][1:]), "/s")


class Loads(threading.Thread):
    """Counts, from the daemon's events, how often each model began to load."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.events, self.states, self.counts = daemon.events(), {}, {}
        self.start()

    def run(self):
        with contextlib.suppress(Exception):
            for name, data in self.events:
                if name != "model":
                    continue
                before = self.states.get(data["model"])
                self.states[data["model"]] = data["state"]
                if data["state"] == "loading" and before != "loading":
                    self.counts[data["model"]] = self.counts.get(data["model"], 0) + 1


def bench_mixed():
    print(f"{THREADS} threads of mixed calls, 50 each and on for {SECONDS:g} s, with unloads between them")
    with own_daemon() as daemon:
        loads, ours, errors, calls = Loads(daemon), manager(), [], [0] * THREADS
        until = time.monotonic() + SECONDS
        ended = threading.Event()

        def work(own):
            kinds = (lambda: ours.get_embedder()[0].encode([f"text {own}", "another"]),
                     lambda: ours.get_generator_model()[1](f"{own},", max_tokens=4, temperature=0),
                     lambda: ours.get_generator_model()[0](f"words of {own}"),
                     lambda: list(ours.get_generator_model()[1](f"{own}:", max_tokens=3, stream=True)),
                     ours.get_memory_status)
            while calls[own] < 50 or time.monotonic() < until:
                try:
                    kinds[(calls[own] + own) % len(kinds)]()
                except Exception as error:
                    errors.append(repr(error))
                calls[own] += 1

        workers = [threading.Thread(target=work, args=(own,)) for own in range(THREADS)]
        for worker in workers:
            worker.start()
        unloads = 0
        while any(worker.is_alive() for worker in workers):
            if ended.wait(2.0) or time.monotonic() > until:
                break
            try:
                ours.unload_all_models()
                unloads += 1
            except Exception as error:
                errors.append("unload: " + repr(error))
        for worker in workers:
            worker.join()
        report("calls", sum(calls), "", f"{THREADS * 50} or more", min(calls) >= 50)
        report("unloads of all models", unloads, "")
        report("errors", len(errors), "", "0", not errors)
        for error in sorted(set(errors))[:5]:
            print(f"      {error}")
        for name, count in sorted(loads.counts.items()):
            report(f"loads of {name}", count, "", f"1 + {unloads}", count <= 1 + unloads)
        left = [name_of(child) for child in children_of(daemon.pid)]
        report("processes of models now", len(left), "", "2 at most", len(left) <= 2)


BENCHES = {name[6:]: function for name, function in list(globals().items()) if name.startswith("bench_")}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(BENCHES)
    if any(name not in BENCHES for name in chosen):
        sys.exit(f"There are: {', '.join(BENCHES)}")
    for name in chosen:
        BENCHES[name]()
