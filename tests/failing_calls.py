"""Calls to the system that fail in a running daemon, or kill it (tests/faults/failing_calls.c, preloaded)."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

OPEN, READ, WRITE, SYNC, TRUNCATE, NAME = 1, 2, 4, 8, 16, 32  # failing_calls.h
KILL = 0  # in the place of an errno
ALWAYS = (1 << 63) - 1


class FailingCalls:
    """The struct FailingCalls that the daemon shares."""

    LAYOUT = struct.Struct("=qqqqii4096s")
    SEEN, FAILED, KINDS = 0, 24, 32

    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            pytest.skip("there is no C compiler here")
        self.library, file = Path(folder) / "failing_calls.so", Path(folder) / "failing_calls"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", self.library,
                        Path(__file__).parent / "faults/failing_calls.c"], check=True)
        file.write_bytes(bytes(self.LAYOUT.size))
        with open(file, "r+b") as opened:
            self.shared = mmap.mmap(opened.fileno(), 0)
        self.environment = {"LD_PRELOAD": str(self.library), "FAILING_CALLS": str(file)}

    def arm(self, folder, kinds, error, n, in_a_row=1):
        """The n-th call of these kinds to what is in the folder fails, from 1, and the next ones; 0: none, they are counted."""
        self.disarm()
        self.LAYOUT.pack_into(self.shared, 0, 0, n, min(n + in_a_row, ALWAYS), 0, 0, error, str(folder).encode())
        struct.pack_into("=i", self.shared, self.KINDS, kinds)

    def disarm(self):
        """How many calls failed."""
        struct.pack_into("=i", self.shared, self.KINDS, 0)
        return struct.unpack_from("=q", self.shared, self.FAILED)[0]

    def seen(self):
        return struct.unpack_from("=q", self.shared, self.SEEN)[0]
