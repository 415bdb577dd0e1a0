"""What tests/ checks in seconds and bench/lifecycle.py measures at length: a memory control group, and what a daemon holds."""

import contextlib
import os
import time
from pathlib import Path

from counsel import children_of


@contextlib.contextmanager
def memory_group(limit):
    """A version 1 memory control group that this process has joined, as will all that it starts; or None."""
    line = next((line for line in Path("/proc/self/cgroup").read_text().splitlines() if ":memory:" in line), None)
    top = Path("/sys/fs/cgroup/memory")
    if line is None or not os.access(top / "cgroup.procs", os.W_OK):
        yield None
        return
    home = top / line.split(":", 2)[2].lstrip("/")
    group = home / f"counsel-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(limit))
        (group / "cgroup.procs").write_text(str(os.getpid()))
        yield group
    finally:
        (home / "cgroup.procs").write_text(str(os.getpid()))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.05)


def kills(group):
    """Processes that the kernel has killed in it for lack of memory."""
    rows = dict(line.split() for line in (group / "memory.oom_control").read_text().splitlines())
    return int(rows.get("oom_kill", 0))


def peak(group):
    """The most bytes that it has held."""
    return int((group / "memory.max_usage_in_bytes").read_text())


def cycle(daemon, names):
    """Loads the models and gives them back."""
    for name in names:
        loaded = daemon.post(f"/api/models/{name}/load")
        assert loaded.status == 200, loaded.body
    assert daemon.post("/api/models/unload").status == 200


def held_by(daemon):
    """How many of everything that could leak."""
    def count(folder):
        return len(list(Path(folder).iterdir()))

    return {"descriptors": count(f"/proc/{daemon.pid}/fd"), "sockets": count(Path(daemon.socket).parent),
            "children": len(children_of(daemon.pid)), "threads": count(f"/proc/{daemon.pid}/task")}


def own_bytes(daemon):
    """The daemon's alone: what it maps of files comes and goes with the page cache."""
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024
