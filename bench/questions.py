"""Many questions at once, with a user's default options, beside the same prompts on one bare llama-server.

See bench/README.md.
"""

import contextlib
import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import LICENSES, ROOT, Server, UnixConnection, daemon_at, llama, report, scratch  # noqa: E402
from bench import ENGINE, GENERATOR  # noqa: E402

COUNT = int(os.environ.get("COUNSEL_BENCH_QUESTIONS", "50"))
SLOTS = [int(n) for n in os.environ.get("COUNSEL_BENCH_SLOTS", "1,2,4,8").split(",")]
CONTEXT = 2048  # the starter's, as the catalogue has it
THREADS = os.cpu_count()


def questions():
    lines = (ROOT / "bench/calibration/questions.jsonl").read_text().splitlines()
    asked = [json.loads(line) for line in lines]
    return [one["question"] for one in asked if one["answerable"]]


def add_licences(daemon):
    for path in sorted({path.resolve() for path in LICENSES.iterdir()}):
        assert daemon.add(path)["state"] == "ready"


class Recorder(http.server.ThreadingHTTPServer):
    """A model server "on another machine": counts and templates of the real one, and one word for every prompt."""

    def __init__(self, server):
        super().__init__(("127.0.0.1", 0), Recorded)
        self.real, self.prompts = server.socket, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Recorded(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send(200, {"status": "ok", "data": []})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/chat/completions":
            self.server.prompts.append(json.loads(body))
            data = {"choices": [{"index": 0, "delta": {"content": "Recorded."}, "finish_reason": "stop"}]}
            return self.send(200, f"data: {json.dumps(data)}\n\ndata: [DONE]\n\n".encode(), "text/event-stream")
        with contextlib.closing(UnixConnection(self.server.real)) as real:
            real.request("POST", self.path, body, {"Content-Type": "application/json"})
            reply = real.getresponse()
            return self.send(reply.status, reply.read())

    def send(self, status, data, kind="application/json"):
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def record(folder):
    """COUNT questions whose answer the generator is asked for, and the very bodies that it is sent."""
    home = folder / "recorded"
    home.mkdir()
    server = llama(folder, ["-np", "4", "-c", "8192", "--no-warmup", "--fit", "off"]).ready()
    recorder = Recorder(server)
    (home / "catalogue.toml").write_text(
        f'[[model]]\nname = "recorder"\nrole = "generator"\ncontext_tokens = {CONTEXT}\n'
        f'url = "http://127.0.0.1:{recorder.server_port}/v1"\nremote_name = "recorder"\n')
    os.environ["MAIN_MODEL"] = "recorder"
    found = []
    try:
        with daemon_at(home) as daemon:
            add_licences(daemon)
            for question in questions():
                before = len(recorder.prompts)
                reply = daemon.post("/api/ask", {"question": question, "style": "answer", "stream": False})
                assert reply.status == 200, reply.body
                if len(recorder.prompts) > before:
                    found.append((question, recorder.prompts[-1]))
                if len(found) == COUNT:
                    break
    finally:
        del os.environ["MAIN_MODEL"]
        recorder.shutdown()
        server.stop()
    assert len(found) == COUNT, f"only {len(found)} questions have evidence"
    return found


class Asked(threading.Thread):
    """A question to Counsel: seconds to its first token and to its end, pieces of text."""

    def __init__(self, daemon, question):
        super().__init__(daemon=True)
        self.of, self.question = daemon, question
        self.first, self.end, self.pieces, self.error = None, None, 0, None

    def run(self):
        began = time.monotonic()
        stream = self.of.stream("/api/ask", {"question": self.question, "style": "answer"})
        name = ""
        for name, data in stream:
            if name == "token":
                self.pieces += 1
                self.first = self.first or time.monotonic() - began
            if name == "error":
                self.error = data
        self.end = time.monotonic() - began
        if name != "done" and not self.error:
            self.error = f"status {stream.reply.status}"
        stream.close()


class Sent(threading.Thread):
    """A prompt to a bare llama-server."""

    def __init__(self, socket, body):
        super().__init__(daemon=True)
        self.socket, self.body = socket, body
        self.first, self.end, self.error = None, None, None

    def run(self):
        began = time.monotonic()
        with contextlib.closing(UnixConnection(self.socket)) as connection:
            connection.request("POST", "/v1/chat/completions", json.dumps(self.body),
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            for line in reply:
                if line.startswith(b"data: {"):
                    data = json.loads(line[6:])
                    self.error = data.get("error", self.error)
                    if data.get("choices") and data["choices"][0]["delta"].get("content"):
                        self.first = self.first or time.monotonic() - began
            if reply.status != 200:
                self.error = reply.status
        self.end = time.monotonic() - began


def all_at_once(threads):
    """Seconds until the last has its answer. They begin in order, a moment apart."""
    began = time.monotonic()
    for thread in threads:
        thread.start()
        time.sleep(0.002)
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def load_anew(daemon):
    """The models loaded, and no prompt remembered."""
    assert daemon.post("/api/models/unload", {}).status == 200
    for role in ("generator", "embedder"):
        assert daemon.post(f"/api/models/{daemon.model(role)['name']}/load", {}).status == 200


def main():
    print(f"{COUNT} questions at once, as a user asks them, on {THREADS} processors")
    with scratch() as folder:
        recorded = record(folder)
        with daemon_at(folder / "home") as daemon:
            add_licences(daemon)
            load_anew(daemon)
            alone = Asked(daemon, recorded[0][0])
            all_at_once([alone])
            load_anew(daemon)
            asked = [Asked(daemon, question) for question, _ in recorded]
            seconds = all_at_once(asked)
            slots = daemon.model("generator")["slots"]
        answered = sum(1 for one in asked if not one.error)
        for one in asked:
            if one.error:
                print(f"    {one.question}: {one.error}")
        print(f"  Counsel, {slots} slots: the last after {seconds:.1f} s, "
              f"{sum(one.pieces for one in asked)} pieces of text")
        bare = {}
        for slots in SLOTS:
            flags = ["-np", slots, "-c", slots * CONTEXT, "--no-kv-unified", "--threads", THREADS, "--no-warmup",
                     "--fit", "off", "--cache-ram", "256"]
            server = Server(folder, [ENGINE, "-m", GENERATOR, "--host", "SOCKET", *flags]).ready()
            # As much text as Counsel had of it: it ends an answer that goes round in circles.
            sent = [Sent(server.socket, {**body, "max_tokens": max(one.pieces, 1)})
                    for one, (_, body) in zip(asked, recorded)]
            bare[slots] = all_at_once(sent)
            server.stop()
            errors = sum(1 for one in sent if one.error)
            print(f"  bare llama-server, -np {slots}: the last after {bare[slots]:.1f} s, the first token after "
                  f"{sent[0].first or -1:.2f} s, {errors} errors", flush=True)
    report("answered", answered, f"of {COUNT}", COUNT, answered == COUNT)
    ratio = seconds / min(bare.values())
    report("the last, beside the best bare llama-server", ratio, "times", 1.1, ratio <= 1.1)
    first = (asked[0].first or float("inf")) / alone.first
    report(f"first token of the first, beside alone ({alone.first:.2f} s)", first, "times", 1.1, first <= 1.1)


if __name__ == "__main__":
    main()
