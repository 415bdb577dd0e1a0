"""A model's process killed, stopped or robbed of its file at every state of its life, with the real programs.

Each time the daemon lives on, says what happened, answers the next request, and nothing is left behind.
"""

import contextlib
import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

from counsel import Daemon, is_alive, wait_for_end, wait_until
from held_engine import HeldEngine

GGUF = Path(os.environ["COUNSEL_MODELS"]) / "SmolLM2-135M-Instruct.Q4_1.gguf"
SHORT = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
ENDLESS = {"messages": [{"role": "user", "content": "Count"}], "max_tokens": 100000, "stream": True, "ignore_eos": True}


class Asking:
    """A chat request on a thread of its own: `reply` once it has ended."""

    def __init__(self, daemon, body=SHORT, target="/v1/chat/completions"):
        self.reply = None
        self.thread = threading.Thread(target=self.run, args=(daemon, body, target))
        self.thread.start()

    def run(self, daemon, body, target):
        self.reply = daemon.post(target, body)

    def ended(self):
        self.thread.join()
        return self.reply


class Case:
    """A daemon with one model of its own file, whose programs can be held."""

    def __init__(self, home, folder):
        self.engine = HeldEngine(folder / "engine")
        self.file = folder / "mine.gguf"
        shutil.copy(GGUF, self.file)
        home.mkdir()
        self.daemon = Daemon(home, {
            "MAIN_MODEL": str(self.file), "COUNSEL_LLAMA_SERVER": str(self.engine.llama_server), "COUNSEL_THREADS": "1",
            "COUNSEL_MODEL_STALL_SECONDS": "4", "COUNSEL_MODEL_HEALTH_SECONDS": "2"}).start()
        # What the daemon opens at the first load it keeps.
        assert self.daemon.post("/v1/chat/completions", SHORT).status == 200
        assert self.daemon.post("/api/models/unload").status == 200
        self.descriptors = self.count_descriptors()
        self.asking = None
        self.connection, self.stream = None, None
        self.unloading = None

    def count_descriptors(self):
        return len(list(Path(f"/proc/{self.daemon.pid}/fd").iterdir()))

    def model(self):
        return next(m for m in self.daemon.get("/api/models").json["models"] if m["path"] == str(self.file))

    def child(self):
        (pid,) = self.daemon.children()
        return pid

    # ---- into a state; each returns the process that is there ----

    def planning(self):
        os.utime(self.file)  # another file, for all that is remembered
        self.engine.hold("llama-fit-params")
        self.asking = Asking(self.daemon)
        self.engine.wait_until_held("llama-fit-params")
        assert self.model()["state"] == "loading"
        return self.child()

    def starting(self):
        self.engine.hold("llama-server")
        self.asking = Asking(self.daemon)
        self.engine.wait_until_held("llama-server")
        model = self.model()
        assert (model["state"], model["progress"]) == ("loading", 0)
        return self.child()

    def loading(self):
        """In the midst of its load, stopped: once more when it was too fast for us."""
        for _ in range(50):
            events = self.daemon.events()
            self.asking = Asking(self.daemon)
            for name, event in events:
                if name == "model" and event["progress"] > 0:
                    break
            events.close()
            pid = self.model()["pid"]
            if pid:
                os.kill(pid, signal.SIGSTOP)
                # What it had written before is read by now.
                models = [self.model() for _ in range(3)]
                if all(m["state"] == "loading" and 0 < m["progress"] < 1 for m in models):
                    return pid
                os.kill(pid, signal.SIGCONT)
            assert self.asking.ended().status == 200
            assert self.daemon.post("/api/models/unload").status == 200
        pytest.skip("the model loads faster than it can be stopped here")

    def idle(self):
        assert self.daemon.post("/v1/chat/completions", SHORT).status == 200
        wait_until(lambda: self.model()["leases"] == 0, "nobody uses it")
        return self.model()["pid"]

    def serving(self):
        self.connection = self.daemon.stream("/v1/chat/completions", ENDLESS)
        self.stream = iter(self.connection)
        next(self.stream)
        return self.model()["pid"]

    def draining(self):
        pid = self.serving()
        self.unloading = Asking(self.daemon, {}, "/api/models/unload")
        wait_until(lambda: self.model()["state"] == "draining", "it drains")
        return pid

    def stopping(self):
        """Told to end, and does not."""
        pid = self.idle()
        os.kill(pid, signal.SIGSTOP)
        self.unloading = Asking(self.daemon, {}, "/api/models/unload")
        wait_until(lambda: self.model()["state"] == "draining", "it is told to end")
        return pid

    # ---- after it ----

    def let_go(self):
        for name in ("llama-fit-params", "llama-server"):
            with contextlib.suppress(FileNotFoundError):
                self.engine.let_go(name)

    def last_of_stream(self):
        """What a stream says at its end."""
        last = None
        for _, data in self.stream:
            last = data
        return last

    def settled(self):
        """The model, once nothing is on its way."""
        def look():
            model = self.model()
            return model if model["state"] in ("cold", "failed", "ready") else None

        return wait_until(look, "it is cold, failed or ready")

    def serves_again_and_leaves_nothing(self):
        daemon = self.daemon
        if self.connection:
            self.connection.close()
        assert daemon.process.poll() is None
        assert daemon.get("/health").status == 200
        answered = daemon.post("/v1/chat/completions", SHORT)
        assert answered.status == 200, answered.body
        assert self.model()["state"] == "ready" and self.model()["reason"] == ""
        assert daemon.post("/api/models/unload").status == 200
        assert self.model()["state"] == "cold"
        assert daemon.children() == []
        assert [path.name for path in Path(daemon.socket).parent.iterdir()] == ["daemon.sock"]
        wait_until(lambda: self.count_descriptors() <= self.descriptors, "its descriptors are closed")


@pytest.fixture
def case(home, tmp_path):
    case = Case(home, tmp_path)
    yield case
    case.let_go()
    for pid in case.daemon.children():
        os.kill(pid, signal.SIGCONT)
    case.daemon.stop()


def message(reply):
    return reply.json["error"]["message"]


# ---- kill -9 ----

def test_a_killed_plan_is_made_from_the_file_instead(case):
    os.kill(case.planning(), signal.SIGKILL)
    assert case.asking.ended().status == 200
    case.let_go()
    case.serves_again_and_leaves_nothing()


@pytest.mark.parametrize("state", ["starting", "loading"])
def test_killed_while_it_starts(case, state):
    pid = getattr(case, state)()
    os.kill(pid, signal.SIGKILL)
    reply = case.asking.ended()
    assert reply.status == 503 and "signal 9" in message(reply), reply.body
    model = case.settled()
    assert model["state"] == "failed" and message(reply).startswith(model["reason"]) and model["reason"]
    case.let_go()
    case.serves_again_and_leaves_nothing()


def test_killed_while_it_is_idle(case):
    pid = case.idle()
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    model = wait_until(lambda: (m := case.model())["state"] == "failed" and m, "its end is noticed")
    assert "signal 9" in model["reason"]
    case.serves_again_and_leaves_nothing()


def test_killed_while_it_streams(case):
    os.kill(case.serving(), signal.SIGKILL)
    assert "signal 9" in case.last_of_stream()["error"]["message"]
    model = case.settled()
    assert model["state"] == "failed" and "signal 9" in model["reason"]
    case.serves_again_and_leaves_nothing()


def test_killed_while_it_drains(case):
    os.kill(case.draining(), signal.SIGKILL)
    assert "signal 9" in case.last_of_stream()["error"]["message"]
    assert case.unloading.ended().status == 200
    model = case.settled()
    assert model["state"] == "cold" or "signal 9" in model["reason"]
    case.serves_again_and_leaves_nothing()


def test_killed_while_it_is_told_to_end(case):
    os.kill(case.stopping(), signal.SIGKILL)
    assert case.unloading.ended().status == 200
    assert (case.settled()["state"], case.settled()["reason"]) == ("cold", "")
    case.serves_again_and_leaves_nothing()


# ---- SIGSTOP ----

def test_a_plan_that_stands_still_is_made_from_the_file_instead(case):
    pid = case.planning()
    os.kill(pid, signal.SIGSTOP)
    assert case.asking.ended().status == 200
    assert not is_alive(pid)
    case.let_go()
    case.serves_again_and_leaves_nothing()


@pytest.mark.parametrize("state", ["starting", "loading"])
def test_stopped_while_it_starts(case, state):
    pid = getattr(case, state)()
    os.kill(pid, signal.SIGSTOP)
    reply = case.asking.ended()
    assert reply.status == 504 and "standstill" in message(reply), reply.body
    assert not is_alive(pid)
    model = case.settled()
    assert model["state"] == "failed" and message(reply).startswith(model["reason"]) and model["reason"]
    case.let_go()
    case.serves_again_and_leaves_nothing()


def test_stopped_while_it_is_idle_the_next_request_is_answered_by_another(case):
    pid = case.idle()
    os.kill(pid, signal.SIGSTOP)
    assert case.model()["state"] == "ready"  # nobody has asked it for anything
    assert case.daemon.post("/v1/chat/completions", SHORT).status == 200
    assert not is_alive(pid)
    case.serves_again_and_leaves_nothing()


def test_stopped_while_it_streams(case):
    pid = case.serving()
    os.kill(pid, signal.SIGSTOP)
    assert "stopped answering" in case.last_of_stream()["error"]["message"]
    assert not is_alive(pid)
    model = case.settled()
    assert model["state"] == "failed" and "stopped answering" in model["reason"]
    case.serves_again_and_leaves_nothing()


def test_stopped_while_it_drains(case):
    pid = case.draining()
    os.kill(pid, signal.SIGSTOP)
    assert "stopped answering" in case.last_of_stream()["error"]["message"]
    assert case.unloading.ended().status == 200
    assert not is_alive(pid)
    case.serves_again_and_leaves_nothing()


def test_stopped_while_it_is_told_to_end(case):
    pid = case.stopping()
    assert case.unloading.ended().status == 200
    assert not is_alive(pid)
    assert (case.settled()["state"], case.settled()["reason"]) == ("cold", "")
    case.serves_again_and_leaves_nothing()


# ---- the file ----

def cut(case):
    os.truncate(case.file, 4096)


def replace_by_half(case):
    """Another file of that name; what has the old one open keeps it."""
    other = case.file.with_name("other")
    other.write_bytes(GGUF.read_bytes()[:40_000_000])
    os.replace(other, case.file)


def put_back(case):
    other = case.file.with_name("other")
    shutil.copy(GGUF, other)
    os.replace(other, case.file)


def names_the_file(text):
    return "mine.gguf" in text


@pytest.mark.parametrize("harm", [cut, replace_by_half])
@pytest.mark.parametrize("state", ["planning", "starting", "loading"])
def test_without_its_file_while_it_loads(case, state, harm):
    pid = getattr(case, state)()
    harm(case)
    case.let_go()
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    reply = case.asking.ended()
    model = case.settled()
    if state == "loading" and harm is replace_by_half:
        assert reply.status == 200, reply.body  # it has the old file open
        assert case.daemon.post("/api/models/unload").status == 200
        reply = case.daemon.post("/v1/chat/completions", SHORT)
        model = case.settled()
    assert reply.status in (422, 503) and names_the_file(message(reply)), reply.body
    assert model["state"] == "failed" and message(reply).startswith(model["reason"]) and model["reason"]
    put_back(case)
    case.serves_again_and_leaves_nothing()


@pytest.mark.parametrize("harm", [cut, replace_by_half])
def test_without_its_file_while_it_is_idle(case, harm):
    case.idle()
    harm(case)
    assert case.model()["state"] == "ready"
    reply = case.daemon.post("/v1/chat/completions", SHORT)
    if harm is replace_by_half:
        assert reply.status == 200, reply.body  # it serves on from the old one, until it is given back
        assert case.daemon.post("/api/models/unload").status == 200
        reply = case.daemon.post("/v1/chat/completions", SHORT)
    assert reply.status in (422, 503) and names_the_file(message(reply)), reply.body
    model = case.settled()
    assert model["state"] == "failed" and message(reply).startswith(model["reason"]) and model["reason"]
    put_back(case)
    case.serves_again_and_leaves_nothing()


@pytest.mark.parametrize("state", ["serving", "draining"])
def test_its_file_cut_short_under_a_stream(case, state):
    pid = getattr(case, state)()
    cut(case)
    assert names_the_file(case.last_of_stream()["error"]["message"])
    assert not is_alive(pid)
    if case.unloading:
        assert case.unloading.ended().status == 200
    case.settled()
    put_back(case)
    case.serves_again_and_leaves_nothing()


@pytest.mark.parametrize("state", ["serving", "draining"])
def test_its_file_replaced_under_a_stream(case, state):
    pid = getattr(case, state)()
    replace_by_half(case)
    for _ in range(10):
        assert "choices" in next(case.stream)[1]
    assert is_alive(pid)
    put_back(case)
    case.connection.close()
    if case.unloading:
        assert case.unloading.ended().status == 200
    case.serves_again_and_leaves_nothing()


def test_its_file_cut_short_while_it_is_told_to_end(case):
    case.stopping()
    cut(case)
    assert case.unloading.ended().status == 200
    assert (case.settled()["state"], case.settled()["reason"]) == ("cold", "")
    put_back(case)
    case.serves_again_and_leaves_nothing()
