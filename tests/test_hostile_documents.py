"""Documents that mean harm: each is read or refused with a sentence within its limits, and the daemon does not notice.

COUNSEL_HOSTILE=whole takes the full sizes (an hour of processor time); pytest -s shows the figures.
"""

import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from counsel import LICENSES, wait_until
from make_hostile_documents import write
from test_documents import upload

WHOLE = os.environ.get("COUNSEL_HOSTILE") == "whole"
ESCAPED = Path(tempfile.gettempdir()) / "counsel-escaped.txt"


PATIENCE = 3_600 if WHOLE else 600  # of one document: hundreds stand before it
PREFIX = f"hostile-{os.getpid()}-"


def children(pid):
    """The processes that the threads of this one started and that live."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in children.read_text().split()]
        except OSError:
            pass  # the thread has ended
    return found


def readers(daemon):
    """The process ids of the daemon's document readers at work: its children and theirs."""
    found, more = [], [daemon.pid]
    while more:
        more = [child for pid in more for child in children(pid)]
        found += more
    return [pid for pid in found if is_reader(pid)]


def is_reader(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().startswith("counsel-extract")
    except OSError:
        return False


def memory_of(pid):
    """The most memory that the process ever had, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) >> 10


class Watch:
    """What the readers took: the most memory and the time of each, looked at often: most live for some milliseconds."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.memory, self.seen, self.over = {}, {}, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.over.wait(0.004):
            for pid in readers(self.daemon):
                try:
                    name = f"process {pid}"
                    memory = memory_of(pid)
                except (OSError, IndexError, ValueError):
                    continue  # it has ended
                now = time.monotonic()
                self.memory[name] = max(self.memory.get(name, 0), memory)
                self.seen[name] = (self.seen.get(name, (now,))[0], now)

    def end(self):
        self.over.set()
        self.thread.join()

    def figures(self, count):
        """The five of each that took the most."""
        times = {name: last - first for name, (first, last) in self.seen.items()}
        most = lambda of, unit: ", ".join(f"{name} {value:.0f} {unit}"
                                          for name, value in sorted(of.items(), key=lambda one: -one[1])[:5])
        return f"{count} documents; longest: {most(times, 's')}; largest readers: {most(self.memory, 'MiB')}"


@pytest.mark.long
def test_every_hostile_document_is_answered_and_nothing_is_left_over(daemon, tmp_path):
    paths = write(tmp_path, WHOLE, PREFIX)
    before = memory_of(daemon.pid)
    watch = Watch(daemon)
    documents, refused = {}, {}
    for path in paths:
        added = daemon.post("/api/documents/local", {"path": str(path)})
        if added.status == 202 or added.status == 200:
            documents.setdefault(added.json["id"], path.name)
        else:
            refused[path.name] = added
    for name, reply in refused.items():
        assert 400 <= reply.status < 500 and reply.json["error"]["message"], (name, reply.body)
    states = {}
    for document, name in documents.items():
        found = daemon.finished(document, PATIENCE)
        states[name] = found["state"]
        if found["state"] == "failed":
            assert found["reason"].strip().endswith("."), (name, found)
            # Every way to end is foreseen: nothing in here makes the reader itself break.
            assert "document reader failed" not in found["reason"], (name, found)
            assert "sandbox" not in found["reason"], (name, found)
    assert list(states.values()).count("ready") > 10 and list(states.values()).count("failed") > 10, states
    # None of it is in the text, and none of it is anywhere else.
    for document, name in documents.items():
        if states[name] == "ready" and "external" in name:
            assert "root:" not in daemon.get(f"/api/documents/{document}/text?start=0&end=20").body.decode(), name
    assert not ESCAPED.exists()
    wait_until(lambda: not readers(daemon) and not any(is_reader(name.split()[1]) for name in list(watch.memory)), "the readers are gone", 10)
    watch.end()
    print("\n" + watch.figures(len(paths)), f"; states: {list(states.values()).count('ready')} ready, "
          f"{list(states.values()).count('failed')} failed, {len(refused)} refused; daemon: {memory_of(daemon.pid) - before} MiB more")
    assert len(watch.memory) > 10 and max(watch.memory.values()) <= 1024, watch.figures(len(paths))
    # The daemon goes on, no larger than before but for what it stores.
    assert daemon.process.poll() is None and daemon.get("/health").status == 200
    assert memory_of(daemon.pid) - before < 100
    added = daemon.add(LICENSES / "GPL-3")
    assert added["state"] == "ready"
    # The listing shows them all, and all can be deleted.
    assert daemon.get("/api/documents?limit=1000").status == 200
    for document in documents:
        assert daemon.request("DELETE", f"/api/documents/{document}").status == 200
    assert daemon.get("/api/documents").json["count"] == 1


def test_a_name_that_points_outside_stays_a_name(daemon):
    for name in ("../../../../../../tmp/counsel-escaped.txt", "/tmp/counsel-escaped.txt", "..", "a\0b.txt", "x" * 5000):
        reply = upload(daemon, name, f"Rent is due, says {len(name)}.".encode())
        assert reply.status in (202, 400), (name, reply.body)
        if reply.status == 202:
            assert daemon.finished(reply.json["id"])["state"] == "ready"
    assert not ESCAPED.exists()
    assert daemon.get("/health").status == 200
