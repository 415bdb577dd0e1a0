"""Fixtures, and how tests run side by side.

./test gives the files to several processes (pytest-xdist). Every test has a home, a port and a folder of its own, so that
what one does no other sees. What several tests share (a fixture of more than one test) is made once: its tests form a
group that one process runs. A test that measures time or memory is marked `alone` and runs after all others.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from counsel import ALDER_LEASE, Daemon, LICENSES, cli

HERE = Path(__file__).parent
QUESTION = "How long must a written offer to give the source code be valid under GPL-3?"

# Beside others, a daemon takes one processor for a model, and its sockets stand where no other process clears up.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("COUNSEL_THREADS", "1")
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="counsel-run-")


def pytest_unconfigure():
    if "PYTEST_XDIST_WORKER" in os.environ:
        shutil.rmtree(os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Groups, and the longest tests first."""
    for item in items:
        group = group_of(item)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def group_of(item):
    """Of a test that shares a fixture of ours with others: that of the whole run by its name, that of a file by the file's."""
    shared = {}
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        if definitions[-1].scope != "function" and HERE in Path(definitions[-1].func.__code__.co_filename).parents:
            shared[definitions[-1].scope] = name
    return shared.get("session") or (item.path.name if shared else None)


@pytest.fixture
def home():
    """An empty home, short enough for a socket path; a daemon left in the background is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    yield folder / "home"
    if (folder / "home" / "daemon.json").exists():
        cli(folder / "home", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def daemon(home):
    home.mkdir()
    daemon = Daemon(home).start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="session")
def library():
    """One daemon for all, with GPL-2, GPL-3 and Apache-2.0 added. Tests leave its documents as they are."""
    folder = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    home = folder / "home"
    home.mkdir()
    daemon = Daemon(home).start()
    for name in ("GPL-2", "GPL-3", "Apache-2.0"):
        assert daemon.add(LICENSES / name)["state"] == "ready"
    yield daemon
    daemon.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def housed(daemon, tmp_path):
    """A daemon that has read one lease."""
    (tmp_path / "lease.txt").write_text(ALDER_LEASE)
    daemon.lease = daemon.add(tmp_path / "lease.txt", "Alder")["id"]
    return daemon
