"""A daemon whose disk fails, at a sample of calls (COUNSEL_FAULTS=whole: at every one): it goes on, loses nothing, doubles
nothing, and says of each thing that did not work what to do. The loops inside one process are tests/faults/*_test.cc."""

import errno
import json
import os
import shutil

import pytest

from counsel import SEED, Daemon, chance, wait_until
from failing_calls import NAME, OPEN, READ, SYNC, TRUNCATE, WRITE, FailingCalls
from index_files import INDEX

WHOLE = os.environ.get("COUNSEL_FAULTS") == "whole"
SAMPLE = 4  # calls of each fault, where not all are tried

FAULTS = {
    "a write fails": (WRITE, errno.EIO, 1),
    "a disk is full for a while": (WRITE | TRUNCATE, errno.ENOSPC, 12),
    "a sync fails": (SYNC, errno.EIO, 1),
    "an open fails": (OPEN, errno.EIO, 1),
    "a read fails": (READ, errno.EIO, 1),
    "a rename or unlink fails": (NAME, errno.EIO, 1),
}


def word_of(n):
    return f"zq{n}zq"


def text_of(n):
    return " ".join(f"{k}. The tenant {word_of(n)} keeps garden {k} and pays within thirty days of notice." for k in range(40))


class Client:
    """What is asked of a daemon, what it said, and so what there must be."""

    def __init__(self, daemon, folder):
        self.daemon, self.folder = daemon, folder
        self.there = {}  # n of what must be there, by id
        self.either = set()  # n of what was answered with an error
        self.gone = set()
        self.next = 0

    def told(self, reply, good):
        """Whether it worked; what did not is said, with what to do next."""
        if reply.status in good:
            return True
        error = reply.json["error"]
        assert reply.status >= 400 and error["message"] and error["next_step"], reply.body
        return False

    def add(self):
        n, self.next = self.next, self.next + 1
        path = self.folder / f"{n}.txt"
        path.write_text(text_of(n))
        reply = self.daemon.post("/api/documents/local", {"path": str(path), "matter": "general"})
        if self.told(reply, (200, 202)):
            self.there[reply.json["id"]] = n
        else:
            self.either.add(n)

    def delete(self):
        document = next(iter(self.there))
        n = self.there.pop(document)
        deleted = self.told(self.daemon.request("DELETE", f"/api/documents/{document}"), (200,))
        (self.gone if deleted else self.either).add(n)

    def search(self):
        for document, n in list(self.there.items())[:1]:
            reply = self.daemon.post("/api/search", {"query": word_of(n), "min_relevance": 0})
            if self.told(reply, (200,)) and self.state(document) == "ready":
                assert document in [hit["document"] for hit in reply.json["hits"]]

    def state(self, document):
        reply = self.daemon.get(f"/api/documents/{document}")
        return reply.json.get("state") if self.told(reply, (200,)) else None

    def back_up(self):
        target = self.folder / "backup"
        done = self.daemon.cli("backup", target)
        if done.returncode == 0:
            assert (target / "manifest.json").exists()
        else:
            assert len(done.stderr.strip().splitlines()) == 2, done.stderr  # what, and what to do
            assert not (target / "manifest.json").exists(), done.stderr
        shutil.rmtree(target, ignore_errors=True)

    def wait(self):
        """Until the queue has come to an end by itself. A client that was told of an error tries again."""
        def settled():
            listed = self.daemon.get("/api/documents").json["documents"]
            return {d["state"] for d in listed} <= {"ready"} and listed
        listed = wait_until(settled, "all is read by itself")
        for document in listed:
            n = int(document["name"].removesuffix(".txt"))
            if n in self.either:  # an error said nothing of what it is like now
                self.either.discard(n)
                self.there[document["id"]] = n

    def check(self):
        """Nothing lost, doubled or half to be found; nothing left of what was deleted."""
        daemon = self.daemon
        self.wait()
        wait_until(lambda: not daemon.get("/api/status").json["documents"]["purging"], "the words are purged")
        listed = daemon.get("/api/documents").json["documents"]
        assert sorted(d["id"] for d in listed) == sorted(self.there)
        assert json.loads(daemon.cli("check", "--json").stdout)["findings"] == []
        for document in listed:
            reply = daemon.post("/api/search", {"query": word_of(self.there[document["id"]]), "min_relevance": 0, "limit": 30})
            found = [hit for hit in reply.json["hits"] if hit["document"] == document["id"]]
            assert len(found) == min(document["chunks"], 30), (document["name"], len(found))
        for path in daemon.home.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            left = [n for n in self.gone | self.either if word_of(n).encode() in content]
            assert not left, (path, left)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_daemon_goes_on_when_its_disk_fails_and_tells_of_it(home, tmp_path, fault):
    kinds, error, in_a_row = FAULTS[fault]
    home.mkdir()
    calls = FailingCalls(home.parent)
    daemon = Daemon(home, {**INDEX, **calls.environment}).start()
    client = Client(daemon, tmp_path)
    luck = chance()
    try:
        for _ in range(2):
            client.add()
        client.wait()
        calls.arm(home, kinds, error, 0)
        work(client)
        client.wait()
        calls.disarm()
        last = calls.seen()  # so many there are in one round
        some = range(1, last + 1) if WHOLE else sorted(luck.sample(range(1, last + 1), min(SAMPLE, last)))
        for n in some:
            try:
                calls.arm(home, kinds, error, n, in_a_row)
                work(client)
                calls.disarm()
                client.wait()
                assert daemon.process.poll() is None
                if not WHOLE or n % 10 == 0 or n == last:
                    daemon.stop()
                    daemon.start()
                    client.check()
            except AssertionError as wrong:
                raise AssertionError(f"COUNSEL_TEST_SEED={SEED}, {fault}, call {n} of {last}: {wrong}") from wrong
    finally:
        calls.disarm()
        daemon.stop()


def work(client):
    for _ in range(3):
        client.add()
    client.search()
    client.delete()
    client.back_up()
    client.search()
