"""The daemon: finding it, starting it, asking it. One `Daemon` serves any number of threads, and forked processes too."""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import threading
import time
import weakref
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ._home import home, program, socket_of
from .errors import CounselError, CounselTimeout, DaemonGone, error_from_reply, error_of

_log = logging.getLogger("sc_gen5")

START_SECONDS = 30.0
CONNECT_SECONDS = 10.0
# Refusals that say "not now": the queue is full, or what was waited for was called off for another's sake.
_COME_AGAIN = ("overloaded", "cancelled")

_all: "weakref.WeakSet[Daemon]" = weakref.WeakSet()


def _start(folder: Path) -> None:
    """Runs `counsel serve` in a session of its own, and returns when it is ready or another one serves the home."""
    file = program()
    if file is None:
        raise DaemonGone(
            f"Counsel is not running for the home {folder}, and its program 'counsel' was not found.",
            "Start it there with: ./run (in its checkout), or set COUNSEL_BIN to the folder of its programs.", "unavailable")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log_file = folder / "counsel.log"
    _log.info("Starting Counsel in the background (log: %s; stop it with: counsel stop)", log_file)
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    read_end, write_end = os.pipe()
    try:
        # The shell goes at once and leaves the daemon to init, so that it never waits to be reaped by us.
        subprocess.run(["/bin/sh", "-c", '"$@" &', "sh", str(file), "--home", str(folder), "serve", "--ready-fd",
                        str(write_end)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[write_end],
                       start_new_session=True, check=True)
        os.close(write_end)
        write_end = -1
        report = _read_report(read_end)
    finally:
        for descriptor in (log, read_end, write_end):
            if descriptor >= 0:
                os.close(descriptor)
    if report == b"ready":
        return
    try:
        error = json.loads(report)["error"]
    except (ValueError, KeyError, TypeError):
        raise DaemonGone("Counsel could not be started.", f"Look into {log_file}.", "unavailable") from None
    if error.get("code") != "already_exists":
        raise error_of(error.get("code", "internal"), error.get("message", ""), error.get("next_step", ""))


def _read_report(descriptor: int) -> bytes:
    report = b""
    deadline = time.monotonic() + START_SECONDS
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(descriptor, 4096) if ready else b""
        if not piece:
            return report
        report += piece


class Daemon:
    """The one of the home that COUNSEL_HOME names when it is asked. `timeout`: seconds that any one call may take."""

    def __init__(self, timeout: Optional[float] = None) -> None:
        self.timeout = float(os.environ.get("COUNSEL_TIMEOUT", "600")) if timeout is None else timeout
        self._lock = threading.Lock()
        self._connection: Optional[Tuple[Path, Any]] = None  # of a home, its httpx.Client
        _all.add(self)

    def running(self) -> bool:
        """Whether one answers; none is started."""
        socket = socket_of(home())
        return socket is not None and self._healthy(socket)

    def call(self, method: str, path: str, body: Any = None, *, timeout: Optional[float] = None, start: bool = True) -> Any:
        """One request, one JSON reply. Starts a daemon when none runs, unless `start` is false."""
        _, reply = self._send(method, path, body, timeout, start, stream=False)
        return reply.json()

    def stream(self, path: str, body: Any) -> Iterator[Dict[str, Any]]:
        """Posts, and yields the data of the reply's server-sent events. Closing the iterator ends the request."""
        client, reply = self._send("POST", path, body, None, True, stream=True)
        import httpx

        try:
            for line in _lines(reply.iter_raw()):
                if not line.startswith(b"data: ") or line == b"data: [DONE]":
                    continue
                event = json.loads(line[6:])
                if "error" in event:
                    raise error_from_reply(500, event)
                yield event
        except httpx.TimeoutException:
            raise self._too_long(None) from None
        except httpx.TransportError:
            self._forget(client)
            raise self._gone() from None
        finally:
            reply.close()

    # ---- below: connections ----

    def _send(self, method: str, path: str, body: Any, timeout: Optional[float], start: bool, stream: bool
              ) -> Tuple[Any, Any]:
        import httpx

        limit = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + limit
        failures = 0
        while True:
            client = self._client(start, anew=failures > 0)
            request = client.build_request(method, "http://counsel" + path, json=body, timeout=httpx.Timeout(
                limit, connect=min(CONNECT_SECONDS, limit), pool=None))
            try:
                reply = client.send(request, stream=stream)
            except httpx.TransportError as lost:
                if isinstance(lost, httpx.TimeoutException) and not isinstance(lost, httpx.ConnectTimeout):
                    raise self._too_long(limit) from None
                # It ended, or has not begun, or closed a connection that was kept too long. Any request may be repeated, but
                # a daemon that keeps ending over one is not asked for ever.
                self._forget(client)
                failures += 1
                if failures > 2 or not start and not self.running():
                    raise self._gone() from None
                continue
            if reply.status_code < 400:
                return client, reply
            error = self._error_of(reply, stream)
            if error.code not in _COME_AGAIN or time.monotonic() > deadline:
                raise error
            time.sleep(0.05)

    @staticmethod
    def _error_of(reply: Any, stream: bool) -> CounselError:
        try:
            if stream:
                reply.read()
            body = reply.json()
        except ValueError:
            body = None
        finally:
            reply.close()
        return error_from_reply(reply.status_code, body)

    def _client(self, start: bool, anew: bool) -> Any:
        folder = home()
        connection = self._connection
        if connection is not None and connection[0] == folder:
            return connection[1]
        with self._lock:
            connection = self._connection
            if connection is not None and connection[0] == folder:
                return connection[1]
            client = self._open(self._find(folder, start, anew))
            self._connection = (folder, client)
            return client

    def _find(self, folder: Path, start: bool, anew: bool) -> str:
        socket = socket_of(folder)
        if socket is not None and (not anew or self._healthy(socket)):
            return socket
        if not start:
            raise self._gone()
        _start(folder)
        deadline = time.monotonic() + CONNECT_SECONDS
        while time.monotonic() < deadline:
            socket = socket_of(folder)
            if socket is not None and self._healthy(socket):
                return socket
            time.sleep(0.02)
        raise DaemonGone("Counsel was started but does not answer.", f"Look into {folder / 'counsel.log'}.", "unavailable")

    @staticmethod
    def _open(socket: str) -> Any:
        import httpx

        # No limit: a call that waits for a model must not hold up one that unloads it.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=30.0)
        return httpx.Client(transport=httpx.HTTPTransport(uds=socket, verify=False, limits=limits), trust_env=False)

    def _healthy(self, socket: str) -> bool:
        import httpx

        with self._open(socket) as client:
            try:
                return bool(client.get("http://counsel/health", timeout=CONNECT_SECONDS).status_code == 200)
            except httpx.TransportError:
                return False

    def _forget(self, client: Any) -> None:
        with self._lock:
            if self._connection is not None and self._connection[1] is client:
                self._connection = None
        # Not closed: other threads may be in the middle of a reply.

    def _after_fork(self) -> None:
        # The parent's connections stay the parent's: they are neither used nor closed here.
        self._lock = threading.Lock()
        if self._connection is not None:
            _abandoned.append(self._connection)
            self._connection = None

    def _gone(self) -> DaemonGone:
        return DaemonGone(f"Counsel does not answer for the home {home()}: it has ended, or is not running.",
                          f"Call again, which starts it, or run: counsel serve. Its log: {home() / 'counsel.log'}",
                          "unavailable")

    def _too_long(self, limit: Optional[float]) -> CounselTimeout:
        return CounselTimeout(f"Counsel took longer than {self.timeout if limit is None else limit:g} s.",
                              "Set another time-out: model_manager.timeout = SECONDS, or COUNSEL_TIMEOUT.",
                              "deadline_exceeded")


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """By line feeds only: text in JSON may hold other characters that Python calls line ends."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


_abandoned: List[Any] = []


def _forked() -> None:
    for daemon in list(_all):
        daemon._after_fork()


os.register_at_fork(after_in_child=_forked)
