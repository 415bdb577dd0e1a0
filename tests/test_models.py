"""Model files that are missing or broken, loading and unloading by name."""

import os
import shutil
from pathlib import Path

import pytest

from counsel import Daemon, cli, is_alive, wait_for_end, wait_until

MODELS = Path(os.environ["COUNSEL_MODELS"])
GGUF = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def with_main_model(home):
    """Starts a daemon whose MAIN_MODEL is the given path."""
    home.mkdir()
    started = []

    def start(path):
        started.append(Daemon(home, {"MAIN_MODEL": str(path)}).start())
        return started[-1]

    yield start
    for daemon in started:
        daemon.stop()


def chat(daemon):
    return daemon.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4})


def test_a_missing_main_model_is_named_as_a_file(with_main_model, tmp_path):
    daemon = with_main_model(tmp_path / "absent.gguf")
    reply = chat(daemon)
    assert reply.status == 404
    assert f"Model file not found: {tmp_path / 'absent.gguf'}" in reply.json["error"]["message"]


def test_a_users_own_gguf_serves(with_main_model, tmp_path):
    (tmp_path / "mine.gguf").symlink_to(GGUF)
    daemon = with_main_model(tmp_path / "mine.gguf")
    assert chat(daemon).status == 200


@pytest.mark.parametrize("size", [0, 3, 4096, 60_000_000])
def test_a_truncated_gguf_is_a_clear_error_and_the_daemon_goes_on(with_main_model, tmp_path, size):
    with open(GGUF, "rb") as source:
        (tmp_path / "cut.gguf").write_bytes(source.read(size))
    daemon = with_main_model(tmp_path / "cut.gguf")
    reply = chat(daemon)
    assert reply.status in (422, 503), reply.body
    assert "cut.gguf" in reply.json["error"]["message"] or "cut" in reply.json["error"]["message"]
    assert daemon.get("/health").status == 200
    assert daemon.children() == []


@pytest.mark.parametrize("keep", [0, 1000, 20_000_000])
def test_a_truncated_embedder_is_a_clear_error(home, tmp_path, keep):
    models = tmp_path / "models"
    shutil.copytree(MODELS / "bge-small-en-v1.5", models / "bge-small-en-v1.5")
    onnx = models / "bge-small-en-v1.5" / "model.onnx"
    onnx.write_bytes(onnx.read_bytes()[:keep])
    home.mkdir()
    daemon = Daemon(home, {"COUNSEL_MODELS": str(models)}).start()
    try:
        reply = daemon.post("/v1/embeddings", {"input": "text"})
        assert reply.status in (404, 422, 503), reply.body
        assert reply.json["error"]["message"]
        assert daemon.get("/health").status == 200
        assert daemon.children() == []
    finally:
        daemon.stop()


def test_without_any_model_the_error_names_the_file_and_the_command(home, tmp_path):
    home.mkdir()
    daemon = Daemon(home, {"COUNSEL_MODELS": str(tmp_path)}).start()
    try:
        reply = daemon.post("/v1/embeddings", {"input": "text"})
        assert reply.status == 404
        message = reply.json["error"]["message"]
        assert f"Model file not found: {tmp_path}" in message and "./run setup" in message
    finally:
        daemon.stop()


def test_load_and_unload_by_name(daemon):
    name = daemon.model("generator")["name"]
    loaded = daemon.cli("load", name)
    assert loaded.returncode == 0, loaded.stderr
    pid = daemon.child("llama-server")
    shown = daemon.cli("status")
    assert name in shown.stdout and "ready" in shown.stdout
    unloaded = daemon.cli("unload", name)
    assert unloaded.returncode == 0
    assert not is_alive(pid)
    assert daemon.children() == []


def test_unknown_models_are_named(daemon):
    assert daemon.post("/api/models/nobody/load").status == 404
    assert daemon.post("/api/models/nobody/unload").status == 404
    failed = daemon.cli("load", "nobody")
    assert failed.returncode == 4 and "nobody" in failed.stderr


def test_models_lists_installed_and_available(daemon):
    listed = daemon.cli("models")
    assert listed.returncode == 0
    assert "mistral-7b-instruct-v0.2" in listed.stdout and "counsel pull" in listed.stdout


def test_status_says_which_generator_stands_in(daemon):
    status = daemon.get("/api/status").json
    assert status["generator"]["name"] == daemon.model("generator")["name"]
    if status["generator"]["better"]:
        assert "counsel pull" in status["generator"]["reason"]


def test_an_embedder_that_stops_answering_to_sigkill_leaves_no_socket(daemon):
    runtime = Path(daemon.socket).parent
    name = daemon.model("embedder")["name"]
    daemon.post(f"/api/models/{name}/load")
    assert len(list(runtime.glob("*"))) == 2
    daemon.post("/api/models/unload")
    assert [path.name for path in runtime.iterdir()] == ["daemon.sock"]


def test_a_quick_server_hands_over_to_a_repacked_one_without_dropping_a_stream(home):
    gguf = os.environ.get("COUNSEL_TEST_7B_2_LAYERS", "")
    if not os.path.exists(gguf):
        pytest.skip("COUNSEL_TEST_7B_2_LAYERS names no GGUF whose weights can be rearranged (the 7B shape, 2 layers)")
    home.mkdir()
    (home / "catalogue.toml").write_text(
        f'[[model]]\nname = "m"\nrole = "generator"\ncontext_tokens = 4096\n[[model.files]]\npath = "{gguf}"\n')
    daemon = Daemon(home).start()
    try:
        def asking(prompt, tokens):
            return {"model": "m", "messages": [{"role": "user", "content": prompt}], "max_tokens": tokens,
                    "stream": True, "ignore_eos": True}

        def ended(piece):
            return piece[1]["choices"][0]["finish_reason"] == "length"

        pieces = iter(daemon.stream("/v1/chat/completions", asking("a short prompt", 1500)))
        next(pieces)
        first = daemon.children()
        assert len(first) == 1
        for i in range(20):
            assert any(map(ended, daemon.stream("/v1/chat/completions", asking(f"{i} " + "law " * 300, 1))))
            if first != daemon.children():
                break
        wait_until(lambda: len(daemon.get("/api/models").json["history"]) == 2, "the second load")
        assert any(map(ended, pieces))
        wait_until(lambda: len(daemon.children()) == 1, "the first process has ended")
        assert daemon.children() != first
    finally:
        daemon.stop()
