"""A model on another machine: same leases, no bytes here; what becomes of a bad key, a dead server, a broken stream."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from counsel import BIN, Daemon, is_alive, name_of, own_port, wait_for_end, wait_until
from remote_server import KEY, RemoteServer

MODELS = Path(os.environ["COUNSEL_MODELS"])
GGUF = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"
LOCAL = "smollm2-135m-instruct"

LEASE = """Tenancy agreement for Alder House.

The rent of Alder House is 1,450 pounds a month, due on the first day of each month.
"""
QUESTION = "What is the rent of Alder House?"
SENTENCE = "The rent of Alder House is 1,450 pounds a month, due on the first day of each month."


@pytest.fixture
def remote(tmp_path):
    server = RemoteServer(tmp_path)
    server.says(SENTENCE)
    yield server
    server.stop()


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "remote.key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def counsel(home):
    """counsel(url, **entry) starts a daemon whose generator is that of the server."""
    started = []

    def start(url, environment=None, **more):
        entry = {"name": "gpu", "role": "generator", "context_tokens": 8192, "url": url, "remote_name": "big", **more}
        lines = "".join(f"{key} = {json.dumps(str(value) if isinstance(value, Path) else value)}\n"
                        for key, value in entry.items())
        home.mkdir(exist_ok=True)
        (home / "catalogue.toml").write_text("[[model]]\n" + lines)
        started.append(Daemon(home, {"MAIN_MODEL": "gpu", **(environment or {})}).start())
        return started[-1]

    yield start
    for daemon in started:
        daemon.stop()


@pytest.fixture
def reached(counsel, remote, key_file):
    """A daemon with a generator that answers."""
    return counsel(remote.url, key_file=key_file, ca_file=remote.certificate)


def chat(daemon, **more):
    return daemon.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4,
                                                **more})


def message(reply):
    return reply.json["error"]["message"]


def gpu(daemon):
    return next(m for m in daemon.get("/api/models").json["models"] if m["name"] == "gpu")


def ask(daemon, tmp_path, **more):
    (tmp_path / "lease.txt").write_text(LEASE)
    daemon.add(tmp_path / "lease.txt")
    return daemon.post("/api/ask", {"question": QUESTION, "style": "answer", "stream": False, **more})


def test_an_answer_comes_from_the_other_machine_with_citations(reached, remote, tmp_path):
    answer = ask(reached, tmp_path).json
    assert answer["outcome"] == "answered", answer
    assert answer["model"] == "gpu"
    assert any("1,450 pounds" in place["quote"] for place in answer["citations"])
    headers, body = remote.seen("/v1/chat/completions")[0]
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "big"
    assert sorted(map(name_of, reached.children())) == ["counsel-embedder", "counsel-remote"]


def test_a_real_server_behind_a_key_answers(counsel, key_file, tmp_path):
    port = own_port()
    server = subprocess.Popen(
        [BIN / "engine" / "llama-server", "--model", GGUF, "--host", "127.0.0.1", "--port", str(port), "--api-key", KEY,
         "--ctx-size", "4096", "--threads", "2", "--no-warmup", "--fit", "off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        # It waits while the server loads.
        daemon = counsel(f"http://127.0.0.1:{port}", key_file=key_file, context_tokens=4096)
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "the server listens")
        answer = ask(daemon, tmp_path).json
        assert answer["outcome"] in ("answered", "unsupported"), answer
        assert answer["model"] == "gpu" and answer["citations"]
        assert chat(daemon).status == 200
        assert "llama-server" not in map(name_of, daemon.children())
    finally:
        server.kill()
        server.wait()


def test_a_refused_key_is_told_at_once(counsel, remote, key_file):
    remote.key = "another"
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate)
    reply = chat(daemon)
    assert reply.status == 403, reply.body
    assert f"127.0.0.1:{remote.port}" in message(reply) and "refused the key" in message(reply)
    assert str(key_file) in message(reply)
    assert len(remote.seen("/v1/models")) == 1, "it was tried once"
    assert daemon.children() == [] and daemon.get("/health").status == 200


def test_a_key_that_others_can_read_is_not_used(counsel, remote, key_file):
    key_file.chmod(0o644)
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate)
    reply = chat(daemon)
    assert reply.status == 403 and f"chmod 600 {key_file}" in message(reply)
    assert remote.requests == []
    key_file.chmod(0o600)
    assert chat(daemon).status == 200


def test_a_certificate_that_is_not_trusted_is_told(counsel, remote, key_file):
    daemon = counsel(remote.url, key_file=key_file)
    reply = chat(daemon)
    assert reply.status == 403 and "not trusted" in message(reply) and "ca_file" in message(reply)
    assert remote.requests == []


def test_a_server_that_is_not_there_is_told(counsel, remote, key_file):
    remote.stop()
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate)
    reply = chat(daemon)
    assert reply.status == 503 and "cannot be reached" in message(reply)
    assert gpu(daemon)["state"] == "failed" and daemon.get("/health").status == 200


def test_a_server_that_is_not_there_is_replaced_by_the_fallback(counsel, remote, key_file, tmp_path):
    remote.stop()
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate, fallback=LOCAL)
    events = daemon.events()
    answer = ask(daemon, tmp_path).json
    assert answer["model"] == LOCAL and answer["citations"], answer
    told = next(data for name, data in events if "takes its place" in data.get("reason", ""))
    events.close()
    assert told["model"] == "gpu" and LOCAL in told["reason"]
    assert "takes its place" in (daemon.home.parent / "home.log").read_text()


def test_a_server_that_dies_before_the_first_token_is_replaced_by_the_fallback(counsel, remote, key_file, tmp_path):
    @remote.route("/v1/chat/completions")
    def dies(request, body):
        request.break_off()

    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate, fallback=LOCAL)
    answer = ask(daemon, tmp_path).json
    assert answer["model"] == LOCAL and answer["citations"], answer
    reply = chat(daemon)
    assert reply.status == 200 and reply.json["model"] == LOCAL
    assert len(remote.seen("/v1/chat/completions")) >= 2, "it was asked first, each time"


def events(*lines, length=None):
    """A route that answers with these lines, and then closes the connection; `length` is what it states."""
    def answer(request, _):
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        if length is not None:
            request.send_header("Content-Length", str(length))
        request.end_headers()
        with contextlib.suppress(OSError):
            for line in lines:
                request.wfile.write(line)
        request.break_off()
    return answer


def piece(content):
    return b"data: " + json.dumps({"choices": [{"delta": {"content": content}}]}).encode() + b"\n\n"


ODD_STREAMS = {
    "nothing": [],
    "no JSON": [b"data: <html>\n\n"],
    "a cut event": [b'data: {"choices":[{"delta":{"con\n\n'],
    "a number for a text": [piece(17)],
    "an error that is null inside": [b'data: {"error":{"message":null}}\n\n'],
    "a line without end": [b"data: " + b"x" * (4 << 20)],
    "a hundred million numbers": [b"data: [0" + b",0" * (1 << 20)] * 96,
    "deep nesting": [b"data: " + b"[" * 200 + b"\n\n"],
    "no end": [b'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n', b'data: {"choices":[],"usage":null}\n\n'],
}


def test_an_odd_reply_is_replaced_by_the_fallback(counsel, remote, key_file, tmp_path):
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate, fallback=LOCAL)
    for name, lines in ODD_STREAMS.items():
        remote.routes["/v1/chat/completions"] = events(*lines)
        answer = ask(daemon, tmp_path, max_tokens=4)
        assert answer.status == 200, (name, answer.body)
        assert answer.json["model"] == LOCAL, name
    assert len(remote.seen("/v1/chat/completions")) == len(ODD_STREAMS)
    remote.says(SENTENCE)
    assert ask(daemon, tmp_path).json["model"] == "gpu"


def test_without_a_fallback_the_error_names_the_server(counsel, remote, key_file, tmp_path):
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate)
    remote.routes["/v1/chat/completions"] = events(piece("The rent"), b"data: {\n\n")
    answer = ask(daemon, tmp_path)
    assert answer.status == 503, answer.body
    assert "'gpu' at 127.0.0.1" in message(answer) and "unexpected reply" in message(answer)


def test_counts_of_tokens_that_cannot_be_are_not_believed(reached, remote, tmp_path):
    for tokens in (None, 7, [], list(range(1000)), {"0": 1}):
        remote.routes["/tokenize"] = lambda request, _, said=tokens: request.send(200, {"tokens": said, "count": 1 << 26})
        answer = ask(reached, tmp_path).json
        assert answer["outcome"] == "answered" and answer["model"] == "gpu", answer


def test_a_stream_that_breaks_ends_with_an_error_and_the_daemon_lives(counsel, remote, key_file):
    @remote.route("/v1/chat/completions")
    def breaks(request, body):
        request.begin_events()
        request.text("The rent")
        request.break_off()

    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate, fallback=LOCAL)
    pieces = [data for _, data in daemon.stream(
        "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "stream": True})]
    assert pieces[0]["choices"][0]["delta"]["content"] == "The rent"
    assert "remote server failed" in pieces[-1]["error"]["message"]
    remote.says(SENTENCE)
    assert chat(daemon).status == 200 and gpu(daemon)["state"] == "ready"


def test_a_stream_comes_piece_by_piece(reached, remote):
    seen = threading.Event()

    @remote.route("/v1/chat/completions")
    def waits(request, body):
        request.begin_events()
        request.text("first")
        assert seen.wait(60)
        request.text("second")
        request.end_events()

    events = iter(reached.stream("/v1/chat/completions", {"messages": [], "stream": True}))
    assert next(events)[1]["choices"][0]["delta"]["content"] == "first"
    seen.set()
    assert next(events)[1]["choices"][0]["delta"]["content"] == "second"


def test_a_client_that_leaves_closes_the_connection_to_the_other_machine(reached, remote):
    left = threading.Event()

    @remote.route("/v1/chat/completions")
    def waits(request, body):
        request.begin_events()
        request.text("first")
        if request.client_has_left():
            left.set()
        request.close_connection = True

    events = reached.stream("/v1/chat/completions", {"messages": [], "stream": True})
    next(iter(events))
    assert not left.is_set()
    events.reply.close()
    events.close()
    assert left.wait(60)
    wait_until(lambda: gpu(reached)["leases"] == 0, "the lease has ended")


def test_a_key_of_a_variable_is_nowhere_but_there(counsel, remote, tmp_path, home):
    daemon = counsel(remote.url, {"GPU_KEY": KEY}, key_env="GPU_KEY", ca_file=remote.certificate)
    events = daemon.events()
    assert ask(daemon, tmp_path).json["outcome"] == "answered"
    daemon.post(f"/api/models/{LOCAL}/load")
    children = daemon.children()
    assert sorted(map(name_of, children)) == ["counsel-embedder", "counsel-remote", "llama-server"]
    for pid in children:
        for name in ("cmdline", "environ"):
            assert KEY.encode() not in Path(f"/proc/{pid}/{name}").read_bytes(), (name_of(pid), name)
    assert KEY not in daemon.get("/api/status").body.decode() + daemon.get("/api/models").body.decode()
    remote.key = "changed"
    chat(daemon)
    daemon.post("/api/models/unload")
    assert KEY not in chat(daemon).body.decode()
    events.close()
    daemon.stop()
    for path in [*home.rglob("*"), home.parent / "home.log"]:
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_status_and_models_say_where_what_is_asked_goes(reached, remote):
    where = f"127.0.0.1:{remote.port}"
    assert gpu(reached)["remote"] == where and gpu(reached)["installed"]
    shown = reached.cli("status")
    assert f"gpu: questions and passages are sent to {where}" in shown.stdout
    assert f"sent to {where}" in reached.cli("models").stdout
    assert f"served by {where}" in reached.cli("plan", "gpu").stdout
    assert "nothing to pull" in reached.cli("pull", "gpu").stdout
    warmed = reached.cli("load", "--warm", "gpu")
    assert warmed.returncode != 0 and where in warmed.stderr
    assert remote.requests == [], "nothing was sent for that"


def test_a_remote_model_is_never_chosen_unless_it_is_named(counsel, remote, key_file):
    daemon = counsel(remote.url, {"MAIN_MODEL": ""}, key_file=key_file, ca_file=remote.certificate, rank=1000)
    assert daemon.get("/api/status").json["generator"]["name"] == LOCAL


def test_unload_and_idleness_end_the_bridge(counsel, remote, key_file):
    daemon = counsel(remote.url, key_file=key_file, ca_file=remote.certificate)
    assert chat(daemon).status == 200
    pid = daemon.child("counsel-remote")
    assert gpu(daemon)["planned"]["host"] >= gpu(daemon)["measured"]["host"] > 0
    assert daemon.cli("unload", "gpu").returncode == 0
    assert not is_alive(pid)
    assert daemon.post("/api/models/gpu/load", {"keep_alive": 0}).status == 200
    wait_until(lambda: gpu(daemon)["state"] == "cold", "an idle bridge is given back")
    assert daemon.children() == []


def test_a_server_that_redirects_gets_no_key_sent_elsewhere(reached, remote):
    @remote.route("/v1/chat/completions")
    def leads(request, body):
        request.send_response(307)
        request.send_header("Location", "/v1/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()

    reply = chat(reached)
    assert reply.status == 502 and "elsewhere" in message(reply)
    assert remote.seen("/v1/elsewhere") == []


def test_a_bridge_that_is_killed_is_started_again(reached):
    assert chat(reached).status == 200
    pid = reached.child("counsel-remote")
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    assert chat(reached).status == 200
    assert reached.child("counsel-remote") != pid


def test_embeddings_of_another_machine_find_passages(home, remote, key_file, tmp_path):
    def vector(text):
        return [3.0, 4.0, 0.0] if "rent" in text else [0.0, 1.0, 0.0]

    @remote.route("/v1/embeddings")
    def embed(request, body):
        assert body["model"] == "vectors"
        request.send(200, {"data": [{"index": i, "embedding": vector(text)} for i, text in enumerate(body["input"])]})

    home.mkdir()
    (home / "catalogue.toml").write_text(
        f'[[model]]\nname = "far"\nrole = "embedder"\ncontext_tokens = 512\ndimensions = 3\nurl = "{remote.url}"\n'
        f'remote_name = "vectors"\nkey_file = "{key_file}"\nca_file = "{remote.certificate}"\n')
    daemon = Daemon(home, {"EMBEDDING_MODEL": "far"}).start()
    try:
        (tmp_path / "lease.txt").write_text(LEASE)
        assert daemon.add(tmp_path / "lease.txt")["state"] == "ready"
        found = daemon.post("/api/search", {"query": "rent"}).json
        assert "1,450 pounds" in json.dumps(found)
        with contextlib.closing(sqlite3.connect(f"file:{home / 'counsel.db'}?mode=ro", uri=True)) as store:
            for (stored,) in store.execute("SELECT vector FROM vectors"):
                assert sum(x * x for x in struct.unpack("<3f", stored)) == pytest.approx(1), "of unit length"
        assert list(map(name_of, daemon.children())) == ["counsel-remote"]
    finally:
        daemon.stop()
