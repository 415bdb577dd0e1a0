"""A model server on "another machine", for the tests: the OpenAI shapes over TLS on the loopback, as scripted."""

import http.server
import json
import ssl
import sys
import threading
from pathlib import Path

from counsel import own_port

sys.path.insert(0, str(Path(__file__).parent / "register"))
from certificates import make_certificate  # noqa: E402

KEY = "sk-remote-3f9d1c77aa"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body):
        server = self.server.owner
        with server.lock:
            server.requests.append((self.path, dict(self.headers), body))
        if self.path == "/health":
            return self.send(server.health, {"status": "ok"})
        if self.headers.get("Authorization") != f"Bearer {server.key}":
            return self.send(401, {"error": {"message": "Invalid API Key", "code": 401}})
        if self.path == "/v1/models":
            return self.send(200, {"data": [{"id": "big"}]})
        if self.path in server.routes:
            return server.routes[self.path](self, body)
        return self.send(404, {"error": {"message": "Not Found", "code": 404}})

    def send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin_events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def text(self, text):
        self.chunk(b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode() + b"\n\n")

    def end_events(self):
        done = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        self.chunk(b"data: " + json.dumps(done).encode() + b"\n\ndata: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def break_off(self):
        self.close_connection = True
        self.connection.close()

    def client_has_left(self):
        """Waits until it has."""
        try:
            return self.connection.recv(1) == b""
        except OSError:
            return True


class RemoteServer:
    def __init__(self, folder, tls=True):
        self.lock, self.requests, self.routes = threading.Lock(), [], {}
        self.key, self.health = KEY, 200
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", own_port()), Handler)
        self.http.daemon_threads = True
        self.http.owner = self
        self.port = self.http.server_address[1]
        self.certificate = None
        if tls:
            self.certificate, key = make_certificate(folder, ["127.0.0.1"])
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, key)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def route(self, path):
        """Decorator: what answers a POST to the path."""
        def take(function):
            self.routes[path] = function
            return function
        return take

    def says(self, text):
        """Every chat is answered with these words."""
        @self.route("/v1/chat/completions")
        def chat(request, body):
            if body.get("stream"):
                request.begin_events()
                for word in text.split(" "):
                    request.text(word + " ")
                return request.end_events()
            return request.send(200, {"model": "big", "choices": [{"message": {"role": "assistant", "content": text}}]})

    def seen(self, path):
        with self.lock:
            return [(headers, body) for at, headers, body in self.requests if at == path]

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
