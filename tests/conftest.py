import shutil
import tempfile
from pathlib import Path

import pytest

from counsel import Daemon, LICENSES, cli

QUESTION = "How long must a written offer to give the source code be valid under GPL-3?"


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


@pytest.fixture(scope="module")
def library():
    """One daemon a module, with GPL-2, GPL-3 and Apache-2.0 added. Tests leave its documents as they are."""
    folder = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    home = folder / "home"
    home.mkdir()
    daemon = Daemon(home).start()
    for name in ("GPL-2", "GPL-3", "Apache-2.0"):
        assert daemon.add(LICENSES / name)["state"] == "ready"
    yield daemon
    daemon.stop()
    shutil.rmtree(folder, ignore_errors=True)
