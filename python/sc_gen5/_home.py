"""Where this user's Counsel is: its home, its daemon's socket, its program. Nothing here talks to anybody."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Iterator, Optional


def home() -> Path:
    """As the daemon itself chooses it."""
    named = os.environ.get("COUNSEL_HOME")
    if named:
        return Path(os.path.abspath(named))
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path(os.environ.get("HOME") or os.path.expanduser("~"), ".local/share")
    return base / "counsel"


def socket_of(folder: Path) -> Optional[str]:
    """Of the daemon that serves this home, as far as its note tells; it may have ended since."""
    try:
        note = json.loads((folder / "daemon.json").read_text())
    except (OSError, ValueError):
        return None
    socket = note.get("socket") if isinstance(note, dict) else None
    return socket if isinstance(socket, str) and socket else None


def _checkouts() -> Iterator[Path]:
    yield Path(sys.prefix).parent  # .venv in the checkout, as ./run python makes it
    yield Path(__file__).resolve().parents[2]  # imported from the checkout itself
    for entry in sys.path:  # the folder of the script that runs: what it imports is ours, so is what it starts
        if entry == "" or os.path.isabs(entry):
            folder = Path(entry or os.getcwd())
            if (folder / "python" / "sc_gen5" / "_home.py").is_file():
                yield folder


def program() -> Optional[Path]:
    """`counsel`: in the folder that COUNSEL_BIN names, in the checkout, or on the PATH."""
    named = os.environ.get("COUNSEL_BIN")
    if named:
        file = Path(named)
        file = file / "counsel" if file.is_dir() else file
        return file if os.access(file, os.X_OK) else None
    for checkout in _checkouts():
        file = checkout / "build" / "release" / "bin" / "counsel"
        if file.is_file() and os.access(file, os.X_OK):
            return file
    found = shutil.which("counsel")
    return Path(found) if found else None
