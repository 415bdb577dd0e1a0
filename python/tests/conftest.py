"""Runs against the installed wheel, in homes of the tests' own that share the installed models; never on a running daemon."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("COUNSEL_BIN", ROOT / "build/release/bin"))
MODELS = Path(os.environ.get("COUNSEL_MODELS", Path.home() / ".local/share/counsel/models"))
GGUF = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"
TAKEN = ("MAIN_MODEL", "EMBEDDING_MODEL", "LAZY_LOADING", "PRELOAD_EMBEDDER", "PRELOAD_MAIN_MODEL", "PRELOAD_MODELS",
         "COUNSEL_KEEP_ALIVE", "COUNSEL_LLAMA_SERVER")


def pytest_configure(config):
    for name in TAKEN:
        os.environ.pop(name, None)
    os.environ.update(COUNSEL_BIN=str(BIN), COUNSEL_MODELS=str(MODELS), COUNSEL_PORT="0")


def counsel(*arguments, **environment):
    return subprocess.run([BIN / "counsel", *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment}, check=False)


def new_home():
    """A folder short enough for a socket's path."""
    return Path(tempfile.mkdtemp(prefix="counsel-py-"))


def remove(folder):
    counsel("--home", folder, "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def shared_home():
    """Of the tests that leave the daemon as it was."""
    if not (BIN / "counsel").exists() or not GGUF.exists():
        pytest.skip("counsel or its starter models are not here: ./run setup")
    folder = new_home()
    os.environ["COUNSEL_HOME"] = str(folder)
    yield folder
    remove(folder)


@pytest.fixture
def home(monkeypatch):
    """An empty one, with no daemon yet."""
    folder = new_home()
    monkeypatch.setenv("COUNSEL_HOME", str(folder))
    yield folder
    remove(folder)


@pytest.fixture
def manager():
    from sc_gen5.rag.v2.models import ModelManager

    return ModelManager()
