"""Documents that mean harm: each is read or refused with a sentence within its limits, and the daemon does not notice.

COUNSEL_HOSTILE=whole takes the full sizes (minutes).
"""

import os
import tempfile
from pathlib import Path

from counsel import LICENSES, wait_until
from make_hostile_documents import write
from test_documents import upload

WHOLE = os.environ.get("COUNSEL_HOSTILE") == "whole"
ESCAPED = Path(tempfile.gettempdir()) / "counsel-escaped.txt"


PREFIX = f"hostile-{os.getpid()}-"


def readers():
    """The process ids of document readers at work on our documents, of whatever parent."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and b"\0" + PREFIX.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def memory_of(pid):
    """The most memory that the process ever had, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) >> 10


def test_every_hostile_document_is_answered_and_nothing_is_left_over(daemon, tmp_path):
    paths = write(tmp_path, WHOLE, PREFIX)
    before = memory_of(daemon.pid)
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
        found = daemon.finished(document)
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
    wait_until(lambda: not readers(), "the readers are gone", 10)
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
