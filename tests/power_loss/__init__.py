"""What a disk may hold after the power failed, made from what a daemon did (recorder.c).

What was synced is there: of a file what was written before its fsync, of a folder the names that were in it at its
fsync. Of what came later anything may be missing: here either all of it, or what chance says (each write by itself,
names in their order, as a journalling file system keeps them).
"""

import os
import shutil
import struct
import subprocess
from pathlib import Path

CREATE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR = range(1, 8)
_HEAD = struct.Struct("=IQQII")


def build_recorder(folder):
    """Compiles the recorder; the path of the library, or None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        return None
    library = Path(folder) / "recorder.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, Path(__file__).parent / "recorder.c",
                    "-ldl", "-lpthread"], check=True)
    return library


def read_log(path):
    """(end in the log, kind, inode, offset, path, data) of each operation, in order."""
    data = Path(path).read_bytes()
    at, operations = 0, []
    while at + _HEAD.size <= len(data):
        kind, inode, offset, path_size, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        name = data[at:at + path_size].decode()
        at += path_size
        operations.append((at + size, kind, inode, offset, name, data[at:at + size]))
        at += size
    return operations


class Disk:
    """The home as it is and as it is at least kept, operation by operation."""

    def __init__(self, home):
        self.home = str(home)
        self.file_of_inode = {}  # inodes are used again: a file has a number of its own here
        self.files = 0
        self.now = {self.home: "folder"}  # path → file, or "folder"
        self.kept_names = dict(self.now)
        self.pending_names = []  # operations on names since the last fsync of their folder
        self.kept = {}  # file → bytes
        self.pending = {}  # file → [(kind, offset, data)] since the last fsync

    def apply(self, kind, inode, offset, path, data):
        if kind == CREATE:
            self.files += 1
            self.file_of_inode[inode] = self.files
            self._name((kind, path, self.files))
        elif kind == MKDIR:
            self._name((kind, path, "folder"))
        elif kind == RENAME:
            # The file may have a name on the disk only by this.
            self._name((kind, path, (data.decode(), self.now.get(path))))
        elif kind == UNLINK:
            self._name((kind, path, None))
        elif kind in (WRITE, TRUNCATE):
            self.pending.setdefault(self.file_of_inode[inode], []).append((kind, offset, data))
        elif kind == SYNC and self.now.get(path) == "folder":
            mine = [one for one in self.pending_names if self._touches(one, path)]
            for one in mine:
                self._rename(self.kept_names, one)
            self.pending_names = [one for one in self.pending_names if one not in mine]
        elif kind == SYNC:
            file = self.file_of_inode[inode]
            self.kept[file] = self._content(file, self.pending.pop(file, []))

    def _name(self, operation):
        self._rename(self.now, operation)
        self.pending_names.append(operation)

    @staticmethod
    def _touches(operation, folder):
        kind, path, more = operation
        return os.path.dirname(path) == folder or (kind == RENAME and os.path.dirname(more[0]) == folder)

    @staticmethod
    def _rename(names, operation):
        kind, path, more = operation
        if kind in (CREATE, MKDIR):
            names[path] = more
        elif kind == UNLINK:
            names.pop(path, None)
        elif more[1] is not None:
            names.pop(path, None)
            names[more[0]] = more[1]

    def _content(self, file, operations):
        content = bytearray(self.kept.get(file, b""))
        for kind, offset, data in operations:
            if kind == TRUNCATE:
                del content[offset:]
                content.extend(bytes(offset - len(content)))
            else:
                content.extend(bytes(max(0, offset - len(content))))
                content[offset:offset + len(data)] = data
        return bytes(content)

    def write(self, target, chance=None):
        """Writes what is left of it under `target`; with a random.Random, some of what was not synced too."""
        names = dict(self.kept_names)
        later = self.pending_names
        for operation in later[:chance.randrange(len(later) + 1)] if chance else []:
            self._rename(names, operation)
        for path, file in sorted(names.items()):
            place = Path(target + path[len(self.home):])
            if file == "folder":
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            # A name whose folder was lost is lost with it.
            if os.path.dirname(path) not in names:
                continue
            unsynced = self.pending.get(file, [])
            kept = [one for one in unsynced if chance.random() < 0.5] if chance else []
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_bytes(self._content(file, kept))
            place.chmod(0o600)
