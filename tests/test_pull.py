"""Models that the daemon fetches because a person clicked: POST /api/models/{name}/pull."""

import contextlib
import hashlib
import http.server
import threading

import pytest

from counsel import Daemon, wait_until

CONTENT = bytes(range(256)) * 4000  # 1,024,000 bytes


class Shelf(http.server.BaseHTTPRequestHandler):
    """Sends CONTENT, half of it once `go_on` is set; ranges as asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        begin = int(self.headers.get("Range", "bytes=0-")[6:].split("-")[0])
        self.server.begins.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        with contextlib.suppress(OSError):
            half = max(begin, len(CONTENT) // 2)
            self.wfile.write(CONTENT[begin:half])
            self.server.go_on.wait(60)
            self.wfile.write(CONTENT[half:])

    def log_message(self, *_):
        pass


@pytest.fixture
def shelf():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.go_on, server.begins = threading.Event(), []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def pulling(home, shelf, tmp_path):
    """A daemon whose catalogue has the shelf's model, `pulled`, with the right digest, and `wrong`."""
    home.mkdir(exist_ok=True)
    address = f"http://127.0.0.1:{shelf.server_address[1]}/file"
    entry = lambda name, digest: (
        f'[[model]]\nname = "{name}"\nrole = "generator"\nlicence = "MIT"\ncontext_tokens = 512\n'
        f'files = [{{path = "{name}.gguf", url = "{address}", bytes = {len(CONTENT)}, sha256 = "{digest}"}}]\n')
    (home / "catalogue.toml").write_text(entry("pulled", hashlib.sha256(CONTENT).hexdigest()) + entry("wrong", "0" * 64))
    (tmp_path / "models").mkdir()
    daemon = Daemon(home, {"COUNSEL_MODELS": str(tmp_path / "models")}).start()
    yield daemon
    daemon.stop()


def model(daemon, name="pulled"):
    return next(m for m in daemon.get("/api/models").json["models"] if m["name"] == name)


def test_a_model_is_fetched_stopped_and_gone_on_with_from_there(pulling, shelf, tmp_path):
    assert model(pulling)["pull"] is None and model(pulling)["fetched_from"].startswith("127.0.0.1:") and not model(pulling)["installed"]
    with pulling.events() as events:
        begun = pulling.post("/api/models/pulled/pull")
        assert begun.status == 202 and begun.json["pull"]["state"] == "fetching"
        told = next(data for name, data in events if name == "pull" and data["pull"]["done"] > 0)
        assert told["model"] == "pulled" and told["pull"]["total"] == len(CONTENT)
    assert pulling.post("/api/models/pulled/pull").status == 409
    wait_until(lambda: model(pulling)["pull"]["done"] == len(CONTENT) // 2, "the first half")
    assert pulling.request("DELETE", "/api/models/pulled/pull").status == 200
    wait_until(lambda: model(pulling)["pull"]["state"] == "stopped", "it is stopped")
    assert pulling.request("DELETE", "/api/models/pulled/pull").status == 404
    shelf.go_on.set()
    assert pulling.post("/api/models/pulled/pull").status == 202
    wait_until(lambda: model(pulling)["installed"], "it is installed")
    assert shelf.begins == [0, len(CONTENT) // 2]
    assert (tmp_path / "models" / "pulled.gguf").read_bytes() == CONTENT
    wait_until(lambda: model(pulling)["pull"] is None, "its end is told")
    assert pulling.post("/api/models/pulled/pull").status == 409


def test_what_is_not_the_models_file_is_refused_and_says_so(pulling, shelf):
    shelf.go_on.set()
    assert pulling.post("/api/models/wrong/pull").status == 202
    wait_until(lambda: model(pulling, "wrong")["pull"]["state"] == "failed", "it is refused")
    assert "SHA-256" in model(pulling, "wrong")["pull"]["reason"] and not model(pulling, "wrong")["installed"]
    assert pulling.post("/api/models/nonesuch/pull").status == 404


def test_a_daemon_stops_while_it_fetches_and_a_person_with_a_token_fetches_nothing(pulling):
    token = pulling.cli("token", "add", "bea").stdout.split()[-1]
    refused = pulling.request("POST", "/api/models/pulled/pull", "{}", {"Authorization": f"Bearer {token}"}, tcp=True)
    assert refused.status == 403
    assert pulling.post("/api/models/pulled/pull").status == 202
    wait_until(lambda: model(pulling)["pull"]["done"] > 0, "it has begun")
    assert pulling.stop() == 0
