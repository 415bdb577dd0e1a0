"""A GPU: the daemon on Mesa's llvmpipe, which plays one of 2 GiB, and on an engine that says it has one.

COUNSEL_TEST_GPU_ENGINE names a folder of the engine with its Vulkan plug-in; ./test gpu sets it.
"""

import os
import sys
from pathlib import Path

import pytest

from counsel import BIN, Daemon

ENGINE = Path(os.environ.get("COUNSEL_TEST_ENGINE", BIN / "engine"))
GPU_ENGINE = os.environ.get("COUNSEL_TEST_GPU_ENGINE")
DRIVER = Path("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json")
CHAT = {"messages": [{"role": "user", "content": "Hello, who are you?"}], "max_tokens": 12, "temperature": 0}

# An engine that sees a device and loads there, until the first request: then the device's memory runs out and it dies,
# as the Vulkan plug-in does. With less asked of the device it is the real one, on the processor.
SCRIPT = """#!{python}
import http.server, json, os, socketserver, sys
words = sys.argv[1:]
if "--list-devices" in words:
    print("Available devices:\\n  Vulkan0: Test device (2048 MiB, 2048 MiB free)")
    sys.exit()
log = open({log!r}, "a")
layers = words[words.index("--n-gpu-layers") + 1] if "--n-gpu-layers" in words else "none"
context = words[words.index("--ctx-size") + 1]
print(layers, context, "q8_0" in words, file=log, flush=True)
if layers != "0" and "q8_0" not in words:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{{}}")
        def do_POST(self):
            sys.stderr.write("ggml_vulkan: Device memory allocation of size 1000 failed.\\n"
                             "terminate: vk::Device::allocateMemory: ErrorOutOfDeviceMemory\\n")
            sys.stderr.flush()
            os.abort()
        def log_message(self, *more):
            pass
        def address_string(self):
            return "unix"
    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        def get_request(self):
            request, _ = super().get_request()
            return request, ("unix", 0)
    Server(words[words.index("--host") + 1], Handler).serve_forever()
os.execv({engine!r}, [{engine!r}, *words])
"""


@pytest.fixture
def running(home, request):
    """Starts daemons with this environment; they are stopped."""
    home.mkdir()
    daemons = []

    def start(**environment):
        daemons.append(Daemon(home, environment).start())
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.stop()


def test_a_request_that_meets_the_end_of_device_memory_is_repeated_with_less(running, tmp_path):
    script, log = tmp_path / "llama-server", tmp_path / "log"
    script.write_text(SCRIPT.format(python=sys.executable, log=str(log), engine=str((ENGINE / "llama-server").resolve())))
    script.chmod(0o755)
    daemon = running(COUNSEL_LLAMA_SERVER=str(script))
    events = daemon.events()
    reply = daemon.post("/v1/chat/completions", CHAT)
    assert reply.status == 200 and reply.json["choices"][0]["message"]["content"], reply.body
    loads = [line.split() for line in log.read_text().splitlines()]
    # As asked; then, the context being the smallest already, an 8-bit cache, which serves.
    assert [load[2] for load in loads] == ["False", "True"], loads
    model = daemon.model("generator")
    assert model["state"] == "ready" and "8-bit" in model["reduced"] and model["failures"] == 0, model
    name, rung = next((name, data) for name, data in events if name == "ladder")
    assert rung["reduced"] == "an 8-bit KV cache" and "memory ran out" in rung["why"], rung
    events.close()


@pytest.fixture
def on_llvmpipe(running):
    if not GPU_ENGINE or not DRIVER.exists():
        pytest.skip("./test gpu gives an engine with the Vulkan plug-in, and mesa-vulkan-drivers a device")

    def start(**environment):
        return running(COUNSEL_LLAMA_SERVER=str(Path(GPU_ENGINE) / "llama-server"), VK_DRIVER_FILES=str(DRIVER),
                       GGML_VK_VISIBLE_DEVICES="0", **environment)

    return start


def answer(daemon):
    reply = daemon.post("/v1/chat/completions", CHAT)
    assert reply.status == 200, reply.body
    return reply.json["choices"][0]["message"]["content"]


def test_a_model_on_the_device_answers_and_its_bytes_there_are_known(on_llvmpipe):
    daemon = on_llvmpipe()
    assert answer(daemon)
    model = daemon.model("generator")
    assert model["flags"][:2] == ["--n-gpu-layers", "all"], model["flags"]
    assert model["measured"]["devices"]["Vulkan0"] > 50 << 20, model
    planned = daemon.post(f"/api/models/{model['name']}/plan", {}).json["planned"]["devices"]["Vulkan0"]
    assert abs(planned / model["measured"]["devices"]["Vulkan0"] - 1) <= 0.03


def test_switched_off_nothing_is_on_the_device(on_llvmpipe):
    daemon = on_llvmpipe(ENABLE_GPU_ACCELERATION="false")
    assert answer(daemon)
    assert daemon.model("generator")["measured"]["devices"] == {}


def test_a_device_that_is_too_small_gets_less_and_the_model_answers(on_llvmpipe):
    daemon = on_llvmpipe(GGML_VK_FORCE_MAX_BUFFER_SIZE="40000000")
    assert answer(daemon)
    model = daemon.model("generator")
    assert model["state"] == "ready" and model["reduced"], model
