"""The engine's programs, behind scripts that can hold each of them at its start.

A script that holds is the process that the daemon has started: its id and its tethers stay when it becomes the engine.
"""

import contextlib
import os
from pathlib import Path

from counsel import BIN, wait_until

ENGINE = Path(os.environ.get("COUNSEL_TEST_ENGINE", BIN / "engine"))

SCRIPT = """#!/bin/sh
case " $* " in *" --list-devices "*) exec "{program}" "$@" ;; esac
if [ -e "{folder}/hold-{name}" ]; then
  : > "{folder}/held-{name}"
  read line < "{folder}/gate-{name}"
fi
exec "{program}" "$@"
"""


class HeldEngine:
    """A folder with the engine's programs. `llama_server` is what the daemon is to use (COUNSEL_LLAMA_SERVER)."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        for name in ("llama-server", "llama-fit-params"):
            os.mkfifo(self.folder / f"gate-{name}")
            script = self.folder / name
            script.write_text(SCRIPT.format(program=(ENGINE / name).resolve(), folder=self.folder, name=name))
            script.chmod(0o755)

    @property
    def llama_server(self):
        return self.folder / "llama-server"

    def hold(self, name):
        """From now on the program stands still at its start."""
        (self.folder / f"hold-{name}").touch()

    def wait_until_held(self, name):
        wait_until((self.folder / f"held-{name}").exists, f"{name} is held")

    def let_go(self, name):
        """No longer; the one that stands still goes on, if there is one that lives."""
        (self.folder / f"hold-{name}").unlink()
        with contextlib.suppress(OSError):  # nobody reads
            os.close(os.open(self.folder / f"gate-{name}", os.O_WRONLY | os.O_NONBLOCK))
