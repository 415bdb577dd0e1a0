"""Runs clang-tidy over our sources, only over those of which something changed since it last found nothing.

    tidy.py ROOT BUILD CACHE JOBS

A file's key is the hash of all that the result depends on: clang-tidy and its configuration, the compile command, and
every file of ours that the source includes (from ninja's record of the last build). A clean result is an empty file with
that name in CACHE.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

TIDY = "clang-tidy-14"
root, build, cache = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
jobs = int(sys.argv[4])


def included_files() -> dict[str, list[str]]:
    """Object file -> the files it was compiled from."""
    record, files = {}, []
    for line in subprocess.check_output(["ninja", "-C", build, "-t", "deps"], text=True).splitlines():
        if line and not line.startswith((" ", "ninja:")):
            files = record.setdefault(line.split(":")[0], [])
        elif line.strip() and not line.startswith("ninja:"):
            files.append(line.strip())
    return record


def flags_of(entry: dict) -> list[str]:
    """What clang-tidy is to know of a compile command: where headers are, macros and the language."""
    flags, words = [], iter(shlex.split(entry["command"]))
    for word in words:
        if word == "-isystem":
            flags += [word, next(words)]
        elif word.startswith(("-I", "-D", "-std=")):
            flags.append(word)
    return flags


def check(source: str, flags: list[str], key: str) -> str:
    """Returns what clang-tidy found, or nothing."""
    run = subprocess.run([TIDY, "--quiet", source, "--", *flags, "-w"], cwd=root, text=True, capture_output=True)
    if run.returncode == 0 and not run.stdout.strip():
        (cache / key).touch()
        return ""
    return run.stdout + (run.stderr if run.returncode else "")


cache.mkdir(parents=True, exist_ok=True)
common = subprocess.check_output([TIDY, "--version"]) + (root / ".clang-tidy").read_bytes()
includes = included_files()
work = []
for entry in json.loads((build / "compile_commands.json").read_text()):
    source = entry["file"]
    if source.endswith("_test.cc") or not source.endswith(".cc"):
        continue
    flags = flags_of(entry)
    digest = hashlib.sha256(common + "\0".join(flags).encode())
    for name in sorted(set(includes.get(entry.get("output", ""), []) + [source])):
        path = (build / name).resolve()
        digest.update(name.encode())
        if path.is_relative_to(root):
            digest.update(path.read_bytes())
    if not (cache / digest.hexdigest()).exists():
        work.append((source, flags, digest.hexdigest()))

print(f"{len(work)} files to check")
found = 0
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for finding in pool.map(lambda task: check(*task), work):
        found += bool(finding)
        print(finding, end="")
sys.exit(1 if found else 0)
