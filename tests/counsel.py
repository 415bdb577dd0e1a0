"""Drives the real programs for the tests: a daemon in a home of its own, its HTTP API, the command line.

COUNSEL_BIN names the folder of the programs, COUNSEL_MODELS the installed models; ./test sets both.
"""

import contextlib
import http.client
import json
import os
import random
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

BIN = Path(os.environ.get("COUNSEL_BIN", Path(__file__).parent.parent / "build/release/bin"))
COUNSEL = BIN / "counsel"
LICENSES = Path("/usr/share/common-licenses")
ALDER_LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.

2. The tenant shall not keep a dog in Alder House without the written consent of the landlord.

3. The deposit for Alder House is 2,900 pounds, held by the agent until the tenancy ends.
"""
SEED = int(os.environ.get("COUNSEL_TEST_SEED", "1"))
PATIENCE = int(os.environ.get("COUNSEL_TEST_PATIENCE", "240"))  # seconds that anything may take on a busy machine


def chance():
    """What a test leaves to chance, the same in each run with one COUNSEL_TEST_SEED. A failure names the SEED."""
    return random.Random(SEED)


def own_port():
    """A free port of the loopback for a server that will be gone, or is yet to come: below those that the kernel gives to
    whoever asks for any, so that no other test's daemon gets it meanwhile."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(lowest // 2, lowest)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_until(condition, what, patience=PATIENCE, every=0.01):
    """Polls `every` seconds: returns the first true value of condition(), fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not within {patience} s: {what}")


def children_of(pid):
    """Process ids of the direct children, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == pid and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def name_of(pid):
    return Path(os.readlink(f"/proc/{pid}/exe")).name


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Events:
    """Server-sent events of one reply, as (name, data) pairs."""

    def __init__(self, connection, reply):
        self.connection, self.reply = connection, reply

    def __iter__(self):
        name, data = "message", []
        for raw in self.reply:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data.append(line[6:])
            elif not line and data:
                yield name, json.loads("\n".join(data))
                name, data = "message", []

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Daemon:
    """`counsel serve` in the foreground, on a free port."""

    wrapper = ()  # a command that runs the one after it

    def __init__(self, home, environment=None, arguments=()):
        self.home = Path(home)
        self.environment = {**os.environ, "COUNSEL_HOME": str(self.home), "COUNSEL_PORT": "0", **(environment or {})}
        self.arguments = list(arguments)
        self.process = None

    def start(self):
        self.log = open(self.home.parent / (self.home.name + ".log"), "ab")
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(
            [*self.wrapper, COUNSEL, *self.arguments, "serve", "--ready-fd", str(write_end)], env=self.environment,
            pass_fds=[write_end], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            report = pipe.read()
        if report != "ready":
            self.process.wait(PATIENCE)
            raise RuntimeError(report)
        note = json.loads((self.seen_home() / "daemon.json").read_text())
        self.socket, self.url = note["socket"], note["url"]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    @property
    def pid(self):
        return self.process.pid

    def seen_home(self):
        """The home, as this process sees it."""
        return self.home

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def children(self):
        """But what forks readers: it ends by itself, 3 s after the last document (test_forked_readers.py)."""
        return [pid for pid in children_of(self.pid) if not forks_readers(pid)]

    def child(self, name):
        """The process id of the only child of that name."""
        matching = [pid for pid in self.children() if name_of(pid) == name]
        assert len(matching) == 1, f"{name}: {matching}"
        return matching[0]

    def request(self, method, target, body=None, headers=None, tcp=False):
        connection = (http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE) if tcp
                      else UnixConnection(self.socket))
        with contextlib.closing(connection):
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def post(self, target, body=None, **more):
        return self.request("POST", target, body if body is not None else {}, **more)

    def stream(self, target, body):
        connection = UnixConnection(self.socket)
        connection.request("POST", target, json.dumps(body))
        return Events(connection, connection.getresponse())

    def events(self):
        """What /api/events tells from now on."""
        connection = UnixConnection(self.socket)
        connection.request("GET", "/api/events")
        reply = connection.getresponse()
        assert reply.readline() == b": listening\n"
        return Events(connection, reply)

    def model(self, role):
        """The status of the one installed model of a role."""
        return next(m for m in self.get("/api/models").json["models"] if m["role"] == role and m["installed"])

    def text(self, document, start, end):
        return self.get(f"/api/documents/{document}/text?start={start}&end={end}").json["text"]

    def add(self, path, matter="general"):
        """Adds one file and waits until it is ready or failed."""
        added = self.post("/api/documents/local", {"path": str(path), "matter": matter})
        assert added.status in (200, 202), added.body
        return self.finished(added.json["id"])

    def finished(self, document, patience=PATIENCE):
        def look():
            found = self.get(f"/api/documents/{document}").json
            return found if found["state"] in ("ready", "failed") else None

        return wait_until(look, f"document {document} is read", patience)

    def cli(self, *arguments, **more):
        return cli(self.home, *arguments, **more)


class DaemonOnASmallDisk(Daemon):
    """With a home on a file system of its own of SIZE bytes, in a mount namespace that ends with the daemon."""

    SIZE = 16 << 20
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
               f'mount -t tmpfs -o size={SIZE} counsel-test "$COUNSEL_HOME" && exec "$@"', "sh")

    @classmethod
    def possible(cls):
        with tempfile.TemporaryDirectory() as folder:
            tried = subprocess.run([*cls.wrapper, "true"], env={**os.environ, "COUNSEL_HOME": folder},
                                   capture_output=True)
        return tried.returncode == 0

    def seen_home(self):
        return Path(f"/proc/{self.pid}/root{self.home}")

    def fill(self, leave):
        """Takes all of the disk but `leave` bytes. Returns the file to remove for getting it back."""
        filler = self.seen_home() / "filler"
        free = os.statvfs(self.seen_home())
        take = free.f_bavail * free.f_frsize - leave
        with open(filler, "wb") as file:
            file.write(bytes(max(take, 0)))
        return filler


def cli(home, *arguments, environment=None, **more):
    """Runs `counsel ARGUMENTS` and returns its CompletedProcess, with text."""
    return subprocess.run([COUNSEL, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE * 2,
                          env={**os.environ, "COUNSEL_HOME": str(home), "COUNSEL_PORT": "0", **(environment or {})},
                          stdin=subprocess.DEVNULL, **more)


def wait_for_end(pid, patience=PATIENCE):
    """Waits until the process has ended, without polling."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor):
        ready, _, _ = select.select([descriptor], [], [], patience)
        assert ready, f"process {pid} still runs"


def forks_readers(pid):
    try:
        return b"--zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False  # it has ended


def kill9(pid):
    os.kill(pid, signal.SIGKILL)
