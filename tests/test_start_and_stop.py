"""The daemon starts at once with nothing loaded, once per home, and stops in order."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from counsel import COUNSEL, Daemon, children_of, cli, is_alive, wait_for_end, wait_until


def test_a_fresh_daemon_has_no_model_no_child_and_no_model_library(daemon):
    maps = Path(f"/proc/{daemon.pid}/maps").read_text()
    for library in ("llama", "ggml", "onnx", "curl", "cuda", "vulkan", "poppler", ".gguf"):
        assert library not in maps
    assert daemon.children() == []
    status = daemon.get("/api/status").json
    assert {model["state"] for model in status["models"]} == {"cold"}
    assert status["companies_house"] == {"configured": False}


def test_sigterm_stops_in_order_and_leaves_nothing(daemon):
    assert daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load").status == 200
    children = daemon.children()
    assert len(children) == 1
    assert daemon.stop() == 0
    assert not any(is_alive(pid) for pid in children)
    assert not (daemon.home / "daemon.json").exists()
    assert not Path(daemon.socket).exists()


def test_a_second_daemon_says_who_holds_the_home(daemon):
    second = cli(daemon.home, "serve")
    assert second.returncode == 1
    assert f"process {daemon.pid}" in second.stderr
    assert daemon.get("/health").status == 200


def test_a_port_in_use_is_named(home):
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failed = cli(home, "serve", "--port", port)
    assert failed.returncode == 1
    assert str(port) in failed.stderr and "--port" in failed.stderr


def test_a_home_that_cannot_be_made_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    failed = cli(tmp_path / "file" / "home", "serve")
    assert failed.returncode != 0
    assert "Cannot create" in failed.stderr and len(failed.stderr.splitlines()) <= 2


@pytest.mark.alone
def test_kill_9_of_the_daemon_takes_its_children_within_a_second(daemon):
    daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load")
    daemon.post(f"/api/models/{daemon.model('generator')['name']}/load")
    children = daemon.children()
    assert len(children) == 2
    daemon.kill()
    for pid in children:
        wait_for_end(pid, patience=1)


def test_after_kill_9_the_next_daemon_takes_over_the_home(daemon):
    daemon.kill()
    again = Daemon(daemon.home).start()
    assert again.get("/health").status == 200
    assert again.stop() == 0


def test_a_token_is_asked_for_on_every_path_but_health(home):
    home.mkdir()
    daemon = Daemon(home, {"COUNSEL_API_TOKEN": "secret-token"}).start()
    try:
        assert daemon.get("/health", tcp=True).status == 200
        assert daemon.get("/api/models", tcp=True).status == 401
        assert daemon.get("/api/models", tcp=True, headers={"Authorization": "Bearer wrong"}).status == 401
        assert daemon.get("/api/models", tcp=True, headers={"Authorization": "Bearer secret-token"}).status == 200
        assert daemon.get("/api/models").status == 200  # the command line's socket
    finally:
        daemon.stop()


def test_stop_ends_a_daemon_that_add_started_in_the_background(home, tmp_path):
    (tmp_path / "note.txt").write_text("The lease ends on 3 May 2031.")
    added = cli(home, "add", tmp_path / "note.txt")
    assert added.returncode == 0, added.stderr
    assert "Starting Counsel in the background" in added.stderr
    pid = json.loads((home / "daemon.json").read_text())["pid"]
    assert is_alive(pid)
    stopped = cli(home, "stop")
    assert stopped.returncode == 0
    wait_for_end(pid)


def test_ctrl_c_stops_a_daemon_in_the_foreground(daemon):
    daemon.process.send_signal(signal.SIGINT)
    assert daemon.process.wait(20) == 0


def test_a_stop_ends_though_a_model_hangs_a_stream_is_held_and_the_store_is_locked(daemon, tmp_path):
    (tmp_path / "first.txt").write_text("The lease ends on 3 May 2031.")
    (tmp_path / "second.txt").write_text("The rent is ninety pounds.")
    assert daemon.add(tmp_path / "first.txt")["state"] == "ready"
    daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load")
    os.kill(daemon.child("counsel-embedder"), signal.SIGSTOP)
    stuck = daemon.post("/api/documents/local", {"path": str(tmp_path / "second.txt")}).json["id"]
    wait_until(lambda: daemon.get(f"/api/documents/{stuck}").json["state"] == "embedding", "it is with the model")
    with contextlib.closing(sqlite3.connect(daemon.home / "counsel.db", isolation_level=None)) as other:
        held = daemon.events()
        other.execute("BEGIN IMMEDIATE")
        pid = daemon.pid
        stopped = daemon.cli("stop")
        assert stopped.returncode == 0, stopped.stderr
        assert "has stopped" in stopped.stdout
        wait_for_end(pid)
        held.close()
    again = Daemon(daemon.home).start()
    try:
        assert again.finished(stuck)["state"] == "ready"
    finally:
        again.stop()


def test_help_and_version_answer_without_a_daemon(home):
    shown = cli(home, "--help")
    assert shown.returncode == 0 and "counsel ask" in shown.stdout
    assert cli(home, "--version").returncode == 0
    assert cli(home, "no-such-verb").returncode == 2
    assert cli(home, "status").returncode == 3
    assert not home.exists()


def test_a_killed_daemons_sockets_are_cleared_away_by_the_next_one(daemon, tmp_path):
    left = Path(daemon.socket).parent
    daemon.post(f"/api/models/{daemon.model('embedder')['name']}/load")
    daemon.kill()
    assert len(list(left.iterdir())) == 2
    (tmp_path / "home").mkdir()
    other = Daemon(tmp_path / "home").start()
    try:
        assert not left.exists() and not left.with_name(left.name + ".lock").exists()
        assert Path(other.socket).exists()
    finally:
        other.stop()
    assert not Path(other.socket).parent.exists()
