"""What one can see of the models, and do with them by name: plan, load and its options, status, events, metrics."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from counsel import BIN, COUNSEL, PATIENCE, Daemon, cli, wait_until

# More than the page cache of any machine that runs these tests could take.
HUGE = 1 << 43



@pytest.fixture
def start(home):
    """Starts a daemon with further environment variables."""
    home.mkdir()
    started = []

    def begin(**environment):
        started.append(Daemon(home, environment).start())
        return started[-1]

    yield begin
    for daemon in started:
        daemon.stop()


def embedder_said_to_take(home, planned_bytes):
    """The home's own catalogue: the shipped one, with another figure for the embedder."""
    shipped = (BIN / "catalogue.toml").read_text()
    changed, count = re.subn(r'(role = "embedder".*?planned_bytes = )[0-9_]+', rf"\g<1>{planned_bytes}", shipped,
                             count=1, flags=re.DOTALL)
    assert count == 1
    (home / "catalogue.toml").write_text(changed)


def total_memory():
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def room_for_one(start, home):
    """A daemon whose models may claim 2 GB; by its catalogue the embedder alone takes most of that."""
    if total_memory() < 4 << 30:
        pytest.skip("needs a machine with 4 GiB of memory")
    share = max(0.05, 2e9 / total_memory())
    embedder_said_to_take(home, int(share * total_memory() - 350e6))
    return start(MEMORY_THRESHOLD=f"{share:.6f}")


def load_and_wait_until_measured(daemon, name):
    loaded = daemon.post(f"/api/models/{name}/load")
    assert loaded.status == 200, loaded.body
    wait_until(lambda: [record for record in daemon.get("/api/models").json["history"] if record["model"] == name],
               f"the load of {name} is recorded")


# ---- plan ----

def test_a_plan_is_an_estimate_before_the_first_load_and_measured_after_it(daemon):
    name = daemon.model("generator")["name"]
    assert daemon.post(f"/api/models/{name}/warm").status == 200
    before = daemon.cli("plan", name)
    assert before.returncode == 0, before.stderr
    assert f"'{name}' fits." in before.stdout
    assert "when ready, at most" in before.stdout
    assert "estimated" in before.stdout
    assert "not known before the first load" in before.stdout
    assert daemon.children() == []  # nothing was loaded for it
    load_and_wait_until_measured(daemon, name)
    daemon.post("/api/models/unload")
    after = daemon.cli("plan", name)
    assert "measured when it was loaded before" in after.stdout
    assert "Loading takes about" in after.stdout


def test_a_plan_in_json_is_the_routes_reply(daemon):
    name = daemon.model("generator")["name"]
    plan = json.loads(daemon.cli("plan", name, "--quick", "--json").stdout)
    assert plan["name"] == name and plan["style"] == "quick" and plan["fits"]
    assert "--no-repack" in plan["flags"]
    assert 0 < plan["planned"]["host"] <= plan["claim"]["host"]
    assert plan["evicts"] == [] and plan["waits_for"] == []


def test_a_plan_says_why_a_model_cannot_fit(start, home):
    embedder_said_to_take(home, 2 * total_memory())
    daemon = start()
    name = daemon.model("embedder")["name"]
    planned = daemon.cli("plan", name)
    assert planned.returncode == 1
    assert f"'{name}' cannot be loaded: it needs" in planned.stdout and "at most" in planned.stdout


def test_a_plan_names_what_would_be_given_back(room_for_one):
    daemon = room_for_one
    generator, embedder = daemon.model("generator")["name"], daemon.model("embedder")["name"]
    assert daemon.post(f"/api/models/{embedder}/load").status == 200
    planned = daemon.cli("plan", generator)
    assert planned.returncode == 0, planned.stderr
    assert f"'{embedder}' would be given back for it." in planned.stdout
    assert daemon.model("embedder")["state"] == "ready"


def test_a_plan_says_whose_requests_have_to_end_first(room_for_one):
    daemon = room_for_one
    generator, embedder = daemon.model("generator")["name"], daemon.model("embedder")["name"]
    chat = daemon.stream("/v1/chat/completions", {"messages": [{"role": "user", "content": "Count to 1000."}],
                                                  "max_tokens": 1500, "stream": True, "ignore_eos": True})
    assert chat.reply.readline().startswith(b"data: ")
    plan = daemon.post(f"/api/models/{embedder}/plan").json
    chat.close()
    assert plan["fits"] and plan["evicts"] == [generator] and plan["waits_for"] == [generator]


def test_a_plan_of_an_unknown_model_names_the_known_ones(daemon):
    planned = daemon.cli("plan", "nobody")
    assert planned.returncode == 4
    assert daemon.model("generator")["name"] in planned.stderr


# ---- load ----

def test_load_keeps_a_model_as_long_as_asked(daemon):
    name = daemon.model("generator")["name"]
    shown = daemon.cli("load", name, "--keep-alive", "3600")
    assert shown.returncode == 0 and "given back 1 h 0 min after its last use" in shown.stdout
    assert 3500 < daemon.model("generator")["expires_in"] <= 3600
    shown = daemon.cli("load", name, "--keep-alive", "-1")
    assert shown.returncode == 0 and "stays until" in shown.stdout
    assert daemon.model("generator")["expires_in"] is None


def test_load_quick_uses_the_file_as_it_is(daemon):
    name = daemon.model("generator")["name"]
    assert daemon.cli("load", name, "--quick").returncode == 0
    assert "--no-repack" in daemon.model("generator")["flags"]


def test_warm_reads_the_whole_file_and_starts_nothing(daemon):
    model = next(m for m in daemon.get("/api/models").json["models"] if m["role"] == "generator" and m["installed"])
    warmed = daemon.cli("load", model["name"], "--warm")
    assert warmed.returncode == 0, warmed.stderr
    assert "in memory now" in warmed.stdout
    reply = daemon.post(f"/api/models/{model['name']}/warm").json
    assert reply["name"] == model["name"] and reply["bytes"] == model["bytes"] and reply["seconds"] >= 0
    assert daemon.model("generator")["state"] == "cold" and daemon.children() == []


def test_warm_refuses_what_free_memory_cannot_keep(start, home, tmp_path):
    with open(tmp_path / "huge.gguf", "wb") as file:
        try:
            os.truncate(file.fileno(), HUGE)
        except OSError:
            pytest.skip("this file system keeps no file of 8 TiB, not even an empty one")
    (home / "catalogue.toml").write_text(
        '[[model]]\nname = "huge"\nrole = "generator"\ntitle = "t"\nlicence = "none"\nsource = "none"\n'
        f'context_tokens = 512\nplanned_bytes = 1\n[[model.files]]\npath = "{tmp_path}/huge.gguf"\n'
        f'sha256 = ""\nbytes = {HUGE}\n')
    daemon = start()
    reply = daemon.post("/api/models/huge/warm")
    assert reply.status == 503, reply.body
    assert reply.json["error"]["code"] == "out_of_memory"
    assert "8796.09 GB" in reply.json["error"]["message"] and "free" in reply.json["error"]["message"]
    refused = daemon.cli("load", "huge", "--warm")
    assert refused.returncode == 1 and "free" in refused.stderr


def test_warm_goes_without_the_options_of_a_load(home):
    assert cli(home, "load", "x", "--warm", "--quick").returncode == 2
    assert cli(home, "load", "x", "--warm", "--keep-alive", "3").returncode == 2


def test_warming_a_model_that_is_not_there_says_so(daemon):
    assert daemon.post("/api/models/nobody/warm").status == 404


# ---- status ----

class Watch:
    """`counsel status --watch` at work; `text` is what it has written so far."""

    def __init__(self, daemon, file, *arguments, stdout=None):
        self.file = file
        self.process = subprocess.Popen([COUNSEL, "status", "--watch", *arguments], env=daemon.environment,
                                        stdin=subprocess.DEVNULL, stdout=stdout or open(file, "wb"),
                                        stderr=subprocess.PIPE, text=True)

    @property
    def text(self):
        return self.file.read_text()

    def shows(self, *words):
        wait_until(lambda: all(word in self.text for word in words), f"{words} in {self.text!r}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self):
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@pytest.fixture
def watch(daemon, tmp_path):
    watching = []

    def begin(*arguments, **more):
        watching.append(Watch(daemon, tmp_path / "watched", *arguments, **more))
        return watching[-1]

    yield begin
    for one in watching:
        one.process.kill()
        one.process.communicate()


def test_status_shows_plans_and_the_last_loads(daemon):
    name = daemon.model("generator")["name"]
    load_and_wait_until_measured(daemon, name)
    record = daemon.get("/api/status").json["history"][0]
    assert record["model"] == name and record["reason"] == "" and record["seconds"] > 0
    assert record["planned"]["host"] > 0 and record["measured"]["host"] > 0
    shown = daemon.cli("status").stdout
    assert "PLANNED" in shown and "LAST LOADS" in shown


def test_status_says_why_a_load_failed(home, tmp_path):
    home.mkdir()
    (tmp_path / "cut.gguf").write_bytes(b"GGUF")
    daemon = Daemon(home, {"MAIN_MODEL": str(tmp_path / "cut.gguf")}).start()
    try:
        assert daemon.post("/v1/chat/completions", {"messages": []}).status >= 400
        shown = daemon.cli("status").stdout
        assert "cut.gguf" in shown
    finally:
        daemon.stop()


def test_watch_writes_one_table_for_each_change_without_a_terminal(daemon, watch):
    name = daemon.model("generator")["name"]
    seen = watch()
    seen.shows("memory available", name)
    tables = seen.text.count("memory available")
    load_and_wait_until_measured(daemon, name)
    seen.shows(f"{name} is loading", f"{name} is ready")
    daemon.post("/api/models/unload")
    seen.shows(f"{name} is draining", f"{name} is cold")
    assert seen.text.count("memory available") > tables
    assert "\033" not in seen.text
    assert seen.interrupt() == (0, "")


def test_watch_in_json_is_one_line_for_each_change(daemon, watch):
    name = daemon.model("generator")["name"]
    seen = watch("--json")
    seen.shows("\n")
    daemon.post(f"/api/models/{name}/load")
    seen.shows('"state":"ready"')
    assert seen.interrupt() == (0, "")
    for line in seen.text.splitlines():
        assert {model["name"] for model in json.loads(line)["models"]} >= {name}


def test_watch_draws_over_itself_on_a_terminal(daemon, watch):
    ours, theirs = pty.openpty()
    seen = watch(stdout=theirs)
    os.close(theirs)
    drawn = b""
    with contextlib.closing(os.fdopen(ours, "rb", buffering=0)) as screen:
        while drawn.count(b"memory available") < 3:  # it draws once a second, unasked
            drawn += screen.read(65536)
        assert b"\033[" in drawn
        seen.process.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):
            while screen.read(65536):
                pass
    assert seen.ended() == (0, "")


def test_watch_ends_with_the_daemon(daemon, watch):
    seen = watch()
    seen.shows("memory available")
    daemon.stop()
    assert seen.ended() == (3, "Counsel has stopped.\n")


def test_watch_without_a_daemon_says_how_to_start_one(home):
    failed = cli(home, "status", "--watch")
    assert failed.returncode == 3 and "counsel serve" in failed.stderr


# ---- metrics and events ----

SAMPLE = re.compile(r'([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)*\})? (\S+)')


def metrics(daemon, **more):
    """Samples of /metrics by name and labels; each line is checked to be well formed."""
    reply = daemon.get("/metrics", **more)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples, typed = {}, []
    for line in reply.body.decode().splitlines():
        if line.startswith("# TYPE "):
            typed.append(line.split()[2])
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            # A family's samples stand together; those of a histogram have a name of their own each.
            assert re.sub(r"_(bucket|sum|count)$", "", name) == typed[-1] or name == typed[-1]
            samples[name + (labels or "")] = float(value)
    assert len(typed) == len(set(typed))
    return samples


def test_metrics_follow_a_load(daemon):
    name = daemon.model("generator")["name"]
    cold = metrics(daemon)
    assert cold[f'counsel_model_state{{model="{name}",state="cold"}}'] == 1
    assert cold[f'counsel_model_memory_bytes{{model="{name}",kind="planned"}}'] == 0
    assert f'counsel_model_load_seconds{{model="{name}"}}' not in cold
    daemon.post(f"/api/models/{name}/load")
    ready = metrics(daemon)
    assert ready[f'counsel_model_state{{model="{name}",state="cold"}}'] == 0
    assert ready[f'counsel_model_state{{model="{name}",state="ready"}}'] == 1
    for kind in ("planned", "measured"):
        assert ready[f'counsel_model_memory_bytes{{model="{name}",kind="{kind}"}}'] > 1e7
    assert ready[f'counsel_model_load_seconds{{model="{name}"}}'] > 0
    for family in ("leases", "waiting", "failures"):
        assert ready[f'counsel_model_{family}{{model="{name}"}}'] == 0
    assert 0 < ready["counsel_memory_headroom_bytes"] <= ready["counsel_memory_total_bytes"]
    assert 1e6 < ready["process_resident_memory_bytes"] < 1e9
    assert ready["counsel_uptime_seconds"] >= 0


def test_progress_tells_bytes_and_the_second_load_when_it_ends(daemon):
    model = daemon.model("generator")
    name, size = model["name"], os.path.getsize(model["path"])
    # What a load takes is remembered for a file that is in memory apart from one that is on the disk.
    assert daemon.post(f"/api/models/{name}/warm").status == 200

    def load():
        events = daemon.events()
        load_and_wait_until_measured(daemon, name)
        told = []
        for kind, event in events:
            if kind == "model" and event["model"] == name:
                told.append(event)
                if event["state"] == "ready":
                    break
        events.close()
        assert told[-1]["load"] is None
        figures = [event["load"] for event in told if event["load"]]
        assert figures and all(one["bytes"] == size for one in figures)
        done = [one["bytes_loaded"] for one in figures]
        assert done == sorted(done) and 0 < done[-1] <= size
        return figures

    first = load()
    # Nothing is known of a load that never was, but by its speed.
    assert first[0]["seconds_left"] is None and first[0]["bytes_per_second"] is None
    assert all(one["bytes_per_second"] > 0 for one in first[2:])
    seconds = daemon.model("generator")["load_seconds"]
    assert daemon.post("/api/models/unload").status == 200
    assert 0 < load()[0]["seconds_left"] < 2 * seconds


def test_metrics_count_documents_by_state(library):
    ready = library.get("/api/documents?state=ready").json["count"]
    assert ready >= 3
    assert metrics(library)['counsel_documents{state="ready"}'] == ready
    assert metrics(library)['counsel_documents{state="failed"}'] == 0


def test_metrics_escape_the_names_of_models(home, tmp_path):
    home.mkdir()
    own = tmp_path / 'mi"ne\\.gguf'
    own.symlink_to(Path(os.environ["COUNSEL_MODELS"]) / "SmolLM2-135M-Instruct.Q4_1.gguf")
    daemon = Daemon(home, {"MAIN_MODEL": str(own)}).start()
    try:
        daemon.get("/api/status")  # the entry of a user's own file is made when it is asked for
        assert any('mi\\"ne\\\\' in sample for sample in metrics(daemon))
    finally:
        daemon.stop()


def test_metrics_want_the_token_and_our_host(home):
    home.mkdir()
    (home / "counsel.toml").write_text('[api]\ntoken = "secret"\n')
    daemon = Daemon(home).start()
    try:
        assert daemon.get("/metrics", tcp=True).status == 401
        right = {"Authorization": "Bearer secret"}
        assert metrics(daemon, tcp=True, headers=right)
        assert daemon.get("/metrics", tcp=True, headers={**right, "Host": "evil.example"}).status == 403
    finally:
        daemon.stop()


def test_events_watch_and_status_say_for_whom_a_model_was_given_back(room_for_one, tmp_path):
    daemon = room_for_one
    generator, embedder = daemon.model("generator")["name"], daemon.model("embedder")["name"]
    assert daemon.post(f"/api/models/{embedder}/load").status == 200
    watching = Watch(daemon, tmp_path / "watched")
    try:
        watching.shows("memory available")
        events = daemon.events()
        assert daemon.post(f"/api/models/{generator}/load").status == 200
        told = []
        for name, event in events:
            told.append((name, event))
            if name == "model" and event["model"] == generator and event["state"] == "ready":
                break
        events.close()
        reason = f"gives its memory to '{generator}'"
        changes = [event for name, event in told if name == "model"]
        assert [event["reason"] for event in changes if event["model"] == embedder and event["state"] == "draining"] \
            == [reason]
        assert any(event["reason"] == f"waits for the memory of '{embedder}'" for event in changes
                   if event["model"] == generator)
        (evicted,) = [event for name, event in told if name == "eviction"]
        assert evicted["frees"]["host"] > 1e7
        assert {**evicted, "frees": None} == {"model": embedder, "cause": "another_model", "for": generator,
                                              "frees": None, "reason": reason}
        watching.shows(f"{embedder} is draining: {reason}", f"{embedder} frees ", f"{generator} is ready")
        counted = metrics(daemon)
        assert counted[f'counsel_model_evictions_total{{model="{embedder}",cause="another_model"}}'] == 1
        assert counted[f'counsel_model_loads_total{{model="{embedder}"}}'] == 1
        assert counted['counsel_memory_pressure{level="calm"}'] == 1
    finally:
        watching.interrupt()
