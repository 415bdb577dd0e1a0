"""Where settings come from, and changing them while the daemon runs."""

import json
import os
import shutil
from pathlib import Path

import pytest

from counsel import Daemon, cli

MODELS = Path(os.environ["COUNSEL_MODELS"])
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def start(home):
    home.mkdir(exist_ok=True)
    started = []

    def begin(environment=None, arguments=()):
        started.append(Daemon(home, environment, arguments).start())
        return started[-1]

    yield begin
    for daemon in started:
        daemon.stop()


def setting(daemon, name):
    return next(s for s in daemon.get("/api/config").json["settings"] if s["name"] == name)


def put(daemon, name, value):
    return daemon.request("PUT", "/api/config", {"name": name, "value": value})


def test_each_source_goes_before_the_next(start, home):
    (home / "counsel.toml").write_text("MEMORY_THRESHOLD = 0.3\n[models]\nkeep_alive = 7\n")
    (home / ".env").write_text('export MEMORY_THRESHOLD="0.4"\nCOUNSEL_KEEP_ALIVE=8\nAUTO_UNLOAD=false # by hand\n')
    daemon = start({"COUNSEL_KEEP_ALIVE": "9", "AUTO_UNLOAD": "true"}, ["--set", "AUTO_UNLOAD=no"])
    assert (setting(daemon, "AUTO_UNLOAD")["value"], setting(daemon, "AUTO_UNLOAD")["source"]) == ("no", "command line")
    keep = setting(daemon, "models.keep_alive")
    assert (keep["value"], keep["source"]) == ("9", "environment COUNSEL_KEEP_ALIVE")
    assert setting(daemon, "MEMORY_THRESHOLD")["source"] == ".env"
    assert setting(daemon, "LAZY_LOADING")["source"] == "default"


def test_a_change_is_written_and_followed_at_once(start, home):
    daemon = start()
    name = daemon.model("generator")["name"]
    assert daemon.cli("config", "set", "MEMORY_THRESHOLD", "0.05").returncode == 0
    assert "MEMORY_THRESHOLD = '0.05'" in (home / "counsel.toml").read_text()
    assert setting(daemon, "MEMORY_THRESHOLD")["value"] == "0.05"
    tight = daemon.post(f"/api/models/{name}/plan").json
    assert daemon.cli("config", "unset", "MEMORY_THRESHOLD").returncode == 0
    assert setting(daemon, "MEMORY_THRESHOLD")["source"] == "default"
    assert daemon.post(f"/api/models/{name}/plan").json["fits"]
    total = daemon.get("/api/models").json["memory"]["total"]
    assert tight["fits"] == (tight["claim"]["host"] <= 0.05 * total)


def test_what_cannot_be_is_refused_and_nothing_is_written(start, home):
    daemon = start()
    for name, value, said in (("MEMORY_THRESHOLD", "2", "0.05 to 1"), ("AUTO_UNLOAD", "perhaps", "true or false"),
                              ("CH_API_KEY", "secret", "never written"), ("nonsense", "1", "no setting")):
        reply = put(daemon, name, value)
        assert reply.status in (400, 404), reply.body
        assert said in reply.json["error"]["message"]
        assert "secret" not in reply.json["error"]["message"].replace("a secret", "")
    assert not (home / "counsel.toml").exists()


def test_secrets_are_shown_only_as_set(start):
    daemon = start({"CH_API_KEY": "very-secret-key"})
    assert setting(daemon, "CH_API_KEY")["value"] == "set"
    assert b"very-secret-key" not in daemon.get("/api/config").body
    assert "very-secret-key" not in daemon.cli("config", "list").stdout


def test_a_change_that_another_source_hides_says_so(start):
    daemon = start({"MEMORY_THRESHOLD": "0.5"})
    said = daemon.cli("config", "set", "MEMORY_THRESHOLD", "0.6").stdout
    assert "MEMORY_THRESHOLD is 0.5 (environment MEMORY_THRESHOLD)" in said
    assert "goes before that" in said


def test_a_setting_of_the_next_start_says_so(start, home):
    daemon = start()
    assert "after a restart" in daemon.cli("config", "set", "PRELOAD_EMBEDDER", "true").stdout


def test_without_a_daemon_the_file_is_read_and_written(home):
    home.mkdir()
    (home / "counsel.toml").write_text("# mine\n[api]\nport = 0\n")
    assert cli(home, "config", "set", "log.level", "debug").returncode == 0
    assert (home / "counsel.toml").read_text() == "# mine\n[api]\nport = 0\n\n[log]\nlevel = 'debug'\n"
    assert cli(home, "config", "get", "COUNSEL_LOG_LEVEL").stdout == "debug\n"
    listed = json.loads(cli(home, "config", "--json").stdout)
    assert len(listed["settings"]) > 15


MISSING = "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf"


def test_a_main_model_that_was_set_and_is_missing_is_named_as_written(start):
    daemon = start({"MAIN_MODEL": MISSING})
    reply = daemon.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]})
    assert reply.status == 404
    lines = reply.json["error"]["message"].splitlines()
    assert lines == [f"Model file not found: {MISSING}", "Fetch it with: counsel pull mistral-7b-instruct-v0.2"]
    daemon.add(Path("/usr/share/common-licenses/BSD"))
    question = "Who must retain the copyright notice?"
    asked = daemon.cli("ask", "--style", "answer", question, environment={"MAIN_MODEL": MISSING})
    assert asked.returncode == 1
    assert f"Model file not found: {MISSING}\n" in asked.stderr
    # What the documents say does not depend on it.
    asked = daemon.cli("ask", question, environment={"MAIN_MODEL": MISSING})
    assert asked.returncode == 0
    assert "From the documents, word for word:" in asked.stdout and f"Model file not found: {MISSING}" in asked.stdout


def test_the_default_main_model_has_a_stand_in(start):
    daemon = start()
    assert setting(daemon, "MAIN_MODEL")["value"] == MISSING
    assert daemon.get("/api/status").json["generator"]["better"] == "mistral-7b-instruct-v0.2"
    reply = daemon.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1})
    assert reply.status == 200


def test_a_relative_main_model_is_looked_for_in_the_home_first(start, home):
    (home / "mine").mkdir()
    shutil.copy(MODELS / GGUF, home / "mine" / "own.gguf")
    daemon = start({"MAIN_MODEL": "mine/own.gguf"})
    reply = daemon.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1})
    assert reply.status == 200
    assert daemon.get("/api/status").json["generator"]["name"] == "own"


def test_the_main_model_changes_while_the_daemon_runs(start, home):
    daemon = start()
    (home / "other.gguf").symlink_to(MODELS / GGUF)
    assert daemon.cli("config", "set", "MAIN_MODEL", str(home / "other.gguf")).returncode == 0
    assert daemon.get("/api/status").json["generator"]["name"] == "other"


def test_the_help_of_config_teaches(home):
    said = cli(home, "config", "--help").stdout
    assert "unset" in said and "list" in said


@pytest.mark.parametrize("name,least,most", [
    ("extraction.max_file_mb", 1, 1024), ("extraction.max_mailbox_mb", 1, 1048576), ("extraction.max_text_mb", 1, 256), ("extraction.max_pages", 1, 50000),
    ("extraction.max_embedded_files", 1, 10000), ("extraction.max_unpacked_mb", 1, 1024), ("extraction.memory_mb", 256, 65536),
    ("extraction.seconds", 1, 3600), ("ocr.pages", 0, 50000), ("ocr.megapixels", 1, 200), ("ocr.seconds", 1, 3600)])
def test_the_limits_of_documents_have_bounds(home, name, least, most):
    for wrong in (least - 1, most + 1, "1.5", "many"):
        refused = cli(home, "config", "set", name, "--", wrong)
        assert refused.returncode == 2 and f"it must be a number from {least} to {most}." in refused.stderr, refused
    for right in (least, most):
        assert cli(home, "config", "set", name, right).returncode == 0
        assert cli(home, "config", "get", name).stdout == f"{right}\n"


@pytest.mark.parametrize("name,most", [("models.stall_seconds", 86400), ("models.health_seconds", 3600)])
def test_the_seconds_of_the_guard_have_bounds(start, name, most):
    daemon = start()
    for wrong in ("0", "-1", "1.5", str(most + 1)):
        refused = put(daemon, name, wrong)
        assert refused.status == 400 and f"seconds from 1 to {most}" in refused.json["error"]["message"]
    assert put(daemon, name, str(most)).json["live"]
