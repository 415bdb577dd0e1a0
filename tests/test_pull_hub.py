"""counsel pull hf.co/OWNER/REPO:QUANT, from a hub on the loopback that behaves like the one it documents."""

import hashlib
import http.server
import json
import threading

import pytest

from counsel import cli

WEIGHTS = b"weights" * 20_000


class Hub(http.server.ThreadingHTTPServer):
    """/api/models/NAME, its tree, and the files, which it sends from another address as the real one does."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.files = {"tiny-q4_k_m.gguf": WEIGHTS, "tiny-q8_0.gguf": WEIGHTS * 2}
        self.about = {"id": "Firm/Tiny-GGUF", "gated": False, "tags": ["gguf"], "cardData": {"license": "apache-2.0"},
                      "gguf": {"context_length": 2048}}
        self.digest = lambda name: hashlib.sha256(self.files[name]).hexdigest()
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        hub, path = self.server, self.path.partition("?")[0]
        hub.asked.append(self.path)
        if path == "/api/models/Firm/Tiny-GGUF":
            return self.reply(200, json.dumps(hub.about).encode())
        if path == "/api/models/Firm/Tiny-GGUF/tree/main":
            tree = [{"type": "file", "path": name, "size": len(content), "oid": "0",
                     "lfs": {"oid": hub.digest(name), "size": len(content), "pointerSize": 134}} for name, content in hub.files.items()]
            return self.reply(200, json.dumps([*tree, {"type": "file", "path": "README.md", "size": 9, "oid": "1"}]).encode())
        if path.startswith("/Firm/Tiny-GGUF/resolve/main/"):
            self.send_response(302)
            self.send_header("Location", hub.address + "/cdn/" + path.rpartition("/")[2])
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if path.startswith("/cdn/"):
            return self.reply(200, hub.files[path[5:]])
        return self.reply(401, b'{"error":"Invalid username or password."}')

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub():
    server = Hub()
    yield server
    server.shutdown()


@pytest.fixture
def pull(hub, home, tmp_path):
    home.mkdir(exist_ok=True)
    environment = {"HF_ENDPOINT": hub.address, "COUNSEL_MODELS": str(tmp_path / "models")}
    return lambda name: cli(home, "pull", name, environment=environment)


def test_any_model_of_the_hub_is_pulled_checked_and_known_from_then_on(pull, home, tmp_path):
    pulled = pull("hf.co/Firm/Tiny-GGUF:Q4_K_M")
    assert pulled.returncode == 0, pulled.stderr
    assert (tmp_path / "models/tiny-q4_k_m/tiny-q4_k_m.gguf").read_bytes() == WEIGHTS
    for told in ("licence: apache-2.0", hashlib.sha256(WEIGHTS).hexdigest(), "context of 2048 tokens", "this machine has",
                 "counsel config set MAIN_MODEL tiny-q4_k_m"):
        assert told in pulled.stdout, pulled.stdout
    listed = cli(home, "models", environment={"COUNSEL_MODELS": str(tmp_path / "models")}).stdout
    assert "tiny-q4_k_m" in listed and "Firm/Tiny-GGUF, Q4_K_M" in listed
    again = pull("hf.co/Firm/Tiny-GGUF:Q4_K_M")
    assert again.returncode == 0 and (home / "catalogue.toml").read_text().count("[[model]]") == 1
    assert pull("tiny-q4_k_m").stdout == "tiny-q4_k_m is installed.\n"


@pytest.mark.parametrize("name, says, next_step", [
    ("hf.co/Firm/Tiny-GGUF:Q5_K_M", "It has: Q4_K_M, Q8_0.", "counsel pull hf.co/Firm/Tiny-GGUF:Q4_K_M"),
    ("hf.co/Firm/Absent-GGUF:Q4_K_M", "The hub has no Firm/Absent-GGUF", "MAIN_MODEL="),
    ("hf.co/Firm", "names no model of the hub", "counsel pull hf.co/"),
    ("nonesuch", "There is no model 'nonesuch'", "counsel pull hf.co/OWNER/REPO:QUANT"),
])
def test_what_cannot_be_pulled_is_told_with_the_next_step(pull, home, name, says, next_step):
    refused = pull(name)
    assert refused.returncode != 0 and says in refused.stderr and next_step in refused.stderr, refused.stderr
    assert not (home / "catalogue.toml").exists()


def test_a_file_that_is_not_what_the_hub_tells_is_refused(pull, hub, home, tmp_path):
    hub.digest = lambda name: "0" * 64
    refused = pull("hf.co/Firm/Tiny-GGUF:Q8_0")
    assert refused.returncode != 0 and "SHA-256" in refused.stderr
    assert not list((tmp_path / "models").rglob("*.gguf")) and not (home / "catalogue.toml").exists()


def test_a_gated_model_is_told_before_a_byte_of_it_comes(pull, hub):
    hub.about["gated"] = "manual"
    refused = pull("hf.co/Firm/Tiny-GGUF:Q4_K_M")
    assert refused.returncode != 0 and "accepted its terms" in refused.stderr
    assert not [path for path in hub.asked if path.startswith("/cdn/")]
