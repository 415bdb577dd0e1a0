#!/usr/bin/env python3
"""Shows what lazy loading promises, on a daemon of its own in a temporary home that shares the installed models.

    python test_lazy_loading.py        four ticks and exit status 0; a cross, the reason and 1 for what does not hold
    python test_lazy_loading.py -v     every figure too, beside the first product's
"""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# Limits. MB are 1,000,000 bytes.
WATCHED_SECONDS = 1.0  # after ready, for a child that should not come
IDLE_MB = 50.0  # of the whole process tree with nothing loaded; the first product allowed 500
OVER_PLAN = 1.10  # loaded, against idle and the plans
UNLOAD_SECONDS = 2.0  # from the call to the end of the last child
PATIENCE_SECONDS = 30.0
LEFT_MB = 2.0  # over idle after unloading
# A child's, and none of the daemon's.
MODEL_LIBRARIES = re.compile(r"/lib(llama|ggml|mtmd|onnxruntime)[^/]*\.so")
# Of the caller's environment, what would make this another daemon than the default.
NOT_OURS = ("LAZY_LOADING", "PRELOAD_EMBEDDER", "PRELOAD_MAIN_MODEL", "PRELOAD_MODELS", "AUTO_UNLOAD", "COUNSEL_KEEP_ALIVE",
            "COUNSEL_API_TOKEN", "COUNSEL_LOG_FILE", "COUNSEL_LOG_LEVEL")


class Broken(Exception):
    """A property does not hold, and why."""


def require(holds, why):
    if not holds:
        raise Broken(why)


# ---- looking at processes, by /proc ----


def children_of(pid):
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == pid and fields[0] != "Z":
                    found.add(int(entry.name))
    return found


def tree_of(pid):
    found = {pid}
    for child in children_of(pid):
        found |= tree_of(child)
    return found


def pss(pid):
    """MB of the process and all below it, what they share counted once."""
    total = 0
    for process in tree_of(pid):
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.M)[1])
    return total * 1024 / 1e6


def mapped_files(pid):
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if line.count("/")}


def holds(pid, model_file):
    """It maps the file; or, as ONNX Runtime does, has read it into memory of its own."""
    if any(Path(file) == model_file for file in mapped_files(pid)):
        return True
    named = str(model_file).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    own = re.search(r"^Pss_Anon: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return named and own is not None and int(own[1]) * 1024 >= model_file.stat().st_size


# ---- the daemon ----


class OwnDaemon:
    def __init__(self, folder, models):
        self.models = models
        for name in NOT_OURS:
            os.environ.pop(name, None)
        os.environ.update(COUNSEL_HOME=str(folder / "home"), COUNSEL_MODELS=str(models), COUNSEL_PORT="0")
        (folder / "home").mkdir()
        self.log = folder / "log"
        self.process = None

    def start(self, program):
        began = time.monotonic()
        read_end, write_end = os.pipe()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([program, "serve", "--ready-fd", str(write_end)], pass_fds=[write_end],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            report = pipe.read()
        require(report == "ready", f"the daemon did not start: {report or self.log.read_text()}")
        return time.monotonic() - began

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def only_new_child(self, before, model_file, what):
        new = children_of(self.pid) - before
        require(len(new) == 1, f"{what} started {len(new)} processes, not one")
        (child,) = new
        require(holds(child, model_file), f"{what}: its process does not hold {model_file}")


class Examination:
    """The four properties, in their order: each leaves the daemon as the next one wants it."""

    def __init__(self, daemon, program, verbose):
        self.daemon, self.program, self.verbose = daemon, program, verbose
        self.idle = None
        self.plans = 0.0
        from sc_gen5.rag.v2.models import ModelManager

        self.manager = ModelManager()

    def figure(self, name, value, unit, first_product):
        if self.verbose:
            print(f"    {name}: {value:.{0 if unit == 'MB' and value > 100 else 2}f} {unit}  (first product: {first_product})")

    def call(self, method, path, body=None):
        return self.manager._daemon.call(method, path, body, start=False)

    def nothing_is_loaded_at_startup(self):
        self.figure("start, until ready", self.daemon.start(self.program), "s", "5 to 10 s")
        until = time.monotonic() + WATCHED_SECONDS
        while time.monotonic() < until:
            children = children_of(self.daemon.pid)
            require(not children, f"the daemon has started {len(children)} process(es)")
            time.sleep(0.02)
        files = mapped_files(self.daemon.pid)
        held = sorted(file for file in files if file.startswith(str(self.daemon.models)) or MODEL_LIBRARIES.search(file))
        require(not held, f"the daemon maps {', '.join(held)}")
        loaded = self.manager.get_memory_status()["models_loaded"]
        require(not any(loaded.values()), f"the status says {loaded}")
        self.idle = pss(self.daemon.pid)

    def models_load_on_first_use(self):
        import numpy

        look = self.call("GET", "/api/models")
        names = {role: look[role]["name"] for role in ("embedder", "generator")}
        for name in names.values():
            self.plans += self.call("POST", f"/api/models/{name}/plan", {"style": "quick"})["planned"]["host"] / 1e6

        before = children_of(self.daemon.pid)
        began = time.monotonic()
        embedder, _ = self.manager.get_embedder()
        vectors = embedder.encode(["The tenant must pay the rent monthly.", "Rent is due from the lessee every month.",
                                   "The cat sat on the warm windowsill."])
        self.figure("first use of the embedder", time.monotonic() - began, "s", "2 to 5 s")
        file = self.daemon.models / names["embedder"] / "model.onnx"
        self.daemon.only_new_child(before, file, "encode")
        size = embedder.get_sentence_embedding_dimension()
        require(vectors.shape == (3, size), f"the vectors have shape {vectors.shape}, not (3, {size})")
        lengths = numpy.linalg.norm(vectors, axis=1)
        require(numpy.allclose(lengths, 1.0, atol=1e-3), f"the vectors have lengths {lengths}, not 1")
        near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
        require(near > far, f"texts of one meaning are at {near:.2f}, of two at {far:.2f}")

        before = children_of(self.daemon.pid)
        began = time.monotonic()
        _, model = self.manager.get_generator_model()
        answer = model("The rent is due", max_tokens=8)
        self.figure("first use of the generator", time.monotonic() - began, "s", "10 to 20 s")
        self.daemon.only_new_child(before, Path(model.model_path), "model(…)")
        require(answer["usage"]["completion_tokens"] >= 1, "the generator gave no token")

        before = children_of(self.daemon.pid)
        began = time.monotonic()
        again, _ = self.manager.get_embedder()
        _, same = self.manager.get_generator_model()
        self.figure("both again", (time.monotonic() - began) * 1000, "ms", "instant")
        require(again is embedder and same is model, "the second call returned other objects")
        require(children_of(self.daemon.pid) == before, "the second call started or ended a process")
        embedder.encode("again")
        model("again", max_tokens=1)
        require(children_of(self.daemon.pid) == before or self.is_hand_over(names["generator"]),
                "using them again started or ended a process")

    def is_hand_over(self, generator):
        """On a machine with much else to do, reading may be so slow that the generator is rearranged for this processor."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            model = next(model for model in self.call("GET", "/api/models")["models"] if model["name"] == generator)
            if len(children_of(self.daemon.pid)) == 2:
                return "--no-repack" not in model["flags"]
            time.sleep(0.05)
        return False

    def memory_usage_is_reasonable(self):
        require(self.idle is not None, "idle memory was not measured")
        loaded, most = pss(self.daemon.pid), OVER_PLAN * (self.idle + self.plans)
        self.figure("idle", self.idle, "MB", "200 to 500 MB, 2 to 4 GB before lazy loading")
        self.figure("loaded", loaded, "MB", "5 to 6 GB")
        self.figure("idle and the plans", self.idle + self.plans, "MB", "no plans")
        require(self.idle <= IDLE_MB, f"idle: {self.idle:.1f} MB, at most {IDLE_MB:g}")
        require(self.plans > 0 and loaded <= most, f"loaded: {loaded:.0f} MB, at most {most:.0f} (idle and plans, and a tenth)")

    def models_can_be_unloaded(self):
        began = time.monotonic()
        self.manager.unload_all_models()
        while children_of(self.daemon.pid) and time.monotonic() - began < UNLOAD_SECONDS:
            time.sleep(0.01)
        took = time.monotonic() - began
        left = children_of(self.daemon.pid)
        require(not left and took <= UNLOAD_SECONDS, f"{len(left)} process(es) are left after {took:.1f} s")
        self.figure("unloading", took, "s", "until Python's next garbage collection")
        after = pss(self.daemon.pid)
        self.figure("memory afterwards", after, "MB", "never back to the start")
        require(self.idle is not None and after - self.idle <= LEFT_MB,
                f"{after:.1f} MB after unloading, {self.idle or 0:.1f} MB before loading: more than {LEFT_MB:g} MB more")
        loaded = self.manager.get_memory_status()["models_loaded"]
        require(not any(loaded.values()), f"the status says {loaded}")
        embedder, _ = self.manager.get_embedder()
        require(len(embedder.encode("again")) == embedder.get_sentence_embedding_dimension(), "no vector after unloading")
        _, model = self.manager.get_generator_model()
        require(model("The rent is due", max_tokens=1)["usage"]["completion_tokens"] == 1, "no token after unloading")

    def run(self):
        good = True
        for title, check in (("No models loaded at startup", self.nothing_is_loaded_at_startup),
                             ("Models load on first use", self.models_load_on_first_use),
                             ("Memory usage is reasonable", self.memory_usage_is_reasonable),
                             ("Models can be unloaded", self.models_can_be_unloaded)):
            try:
                check()
                print(f"✓ {title}", flush=True)
            except Exception as error:  # whatever went wrong, the property was not seen to hold
                reason = str(error) if isinstance(error, Broken) else f"{type(error).__name__}: {error}"
                print(f"✗ {title}: {reason}", flush=True)
                good = False
        return good


def find_package():
    try:
        import sc_gen5  # noqa: F401
    except ImportError:
        sys.path.append(str(ROOT / "python"))
    try:
        import httpx  # noqa: F401
        import numpy  # noqa: F401
    except ImportError as error:
        sys.exit(f"{error}. Make an environment that has it: ./run python")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="print every figure beside the first product's")
    verbose = parser.parse_args().verbose
    find_package()
    from sc_gen5 import _home

    if "COUNSEL_BIN" not in os.environ and (ROOT / "build/release/bin/counsel").exists():
        os.environ["COUNSEL_BIN"] = str(ROOT / "build/release/bin")
    program = _home.program()
    if program is None:
        sys.exit("The program 'counsel' was not found. Build it: ./run setup")
    models = Path(os.environ.get("COUNSEL_MODELS") or _home.home() / "models").resolve()
    folder = Path(tempfile.mkdtemp(prefix="counsel-lazy-"))
    daemon = OwnDaemon(folder, models)
    try:
        return 0 if Examination(daemon, str(program), verbose).run() else 1
    finally:
        daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # the ticks, whatever the locale
    sys.exit(main())
