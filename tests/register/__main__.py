"""A Companies House register on the loopback, for tests: `python3 tests/register --folder DIR --key KEY`.

It prints one line of JSON when it is ready: {"api", "documents", "storage", "control", "certificate"}. The first three
are https, each on its own port; documents are redirected to `storage`, on another loopback address. `control` is plain
http for the test: GET /requests (all that came, with headers), GET /faults (how often one was used but for a status), POST /settings {"headers", "limit", "window", "spent"},
POST /faults {"path", "kind", …} (faults.py), DELETE /faults, DELETE /requests. It ends when its standard input does.
"""

import argparse
import http.server
import json
import ssl
import sys
import threading
from pathlib import Path

import certificates
import companies
from faults import Faults
from server import Documents, PublicData, Server, Storage
from window import Window


class Register:
    def __init__(self, options):
        self.key, self.headers = options.key, options.headers
        self.companies = companies.make_companies()
        self.files = {identity: (company, files) for company in self.companies.values()
                      for identity, files in company.documents.items()}
        self.lock, self.requests, self.faults = threading.Lock(), [], Faults()
        self.stopping = threading.Event()
        self.set_windows(options.limit, options.window, options.spent)

    def set_windows(self, limit, seconds, spent):
        self.windows = {"api": Window(limit, seconds, spent), "documents": Window(limit, seconds, spent)}

    def document(self, identity):
        return self.files.get(identity, (None, None))

    def linked(self, filing):
        """Old filings name another document host, as the real register's do."""
        identity = filing["links"].get("document_metadata")
        if not identity:
            return filing
        host = self.document_url if int(identity[-4:]) % 2 else "https://old-document-host.invalid"
        return {**filing, "links": {**filing["links"], "document_metadata": f"{host}/document/{identity}"}}


class Control(http.server.BaseHTTPRequestHandler):
    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def say(self, value):
        text = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        if self.path == "/faults":
            return self.say({"taken": self.server.register.faults.taken})
        with self.server.register.lock:
            requests = list(self.server.register.requests)
        self.say(requests)

    def do_POST(self):
        register, body = self.server.register, self.body()
        if self.path == "/faults":
            register.faults.add(body)
        elif self.path == "/spend":
            register.windows[body.get("window", "api")].spend(body["count"])
        else:
            register.headers = body.get("headers", register.headers)
            if "limit" in body:
                register.set_windows(body["limit"], body["window"], body.get("spent", 0))
        self.say({})

    def do_DELETE(self):
        register = self.server.register
        if self.path == "/faults":
            register.faults.clear()
        else:
            with register.lock:
                register.requests.clear()
        self.say({})

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder", type=Path, required=True, help="for the certificate")
    arguments.add_argument("--key", required=True)
    arguments.add_argument("--limit", type=int, default=600)
    arguments.add_argument("--window", type=int, default=300, help="seconds")
    arguments.add_argument("--spent", type=int, default=300, help="of the first window, by somebody else")
    arguments.add_argument("--headers", choices=["remain", "remaining", "none"], default="remain")
    register = Register(arguments.parse_args())
    certificate, key = certificates.make_certificate(arguments.parse_args().folder, ["127.0.0.1", "127.0.0.2"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    api = Server(register, PublicData, "127.0.0.1", context)
    documents = Server(register, Documents, "127.0.0.1", context)
    storage = Server(register, Storage, "127.0.0.2", context)
    register.document_url, register.storage_url = documents.url, storage.url
    control = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Control)
    control.register = register
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(json.dumps({"api": api.url, "documents": documents.url, "storage": storage.url,
                      "control": f"http://127.0.0.1:{control.server_address[1]}", "certificate": str(certificate)}),
          flush=True)
    sys.stdin.read()
    register.stopping.set()


if __name__ == "__main__":
    main()
