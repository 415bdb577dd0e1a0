"""Allocations that fail in the document reader, at every n or at some 60 of them (COUNSEL_FAULTS=whole: every n): each ends with the whole
answer or with a sentence about memory, never with a part left out, a wrong reason or a crash."""

import os
import subprocess
import tempfile

import make_documents
import make_scans
import pytest

from counsel import BIN

WHOLE = os.environ.get("COUNSEL_FAULTS") == "whole"
PROGRAM = BIN / "reader_memory_faults"  # tests/faults/reader_memory.cc
READABLE = {**make_documents.everything(), "page.pdf": make_documents.pdf(["The tenant keeps the garden."])}

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="the unit tests are not built")


def read_without_memory(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", READABLE)
def test_a_reader_without_memory_says_so_and_leaves_nothing_out(name, tmp_path):
    (tmp_path / name).write_bytes(READABLE[name])
    read_without_memory("--most", "1000000" if WHOLE else "60", tmp_path / name)


@pytest.mark.skipif(not make_scans.POSSIBLE, reason="pdftoppm (poppler-utils) makes the scan")
def test_ocr_without_memory_says_so_and_leaves_nothing_out(tmp_path):
    scan = make_scans.scan(["The tenant keeps the garden."], width=1200, height=120)
    (tmp_path / "scan.png").write_bytes(make_scans.png(scan))
    read_without_memory("--task", "ocr", "--most", "2000" if WHOLE else "40", tmp_path / "scan.png")


def limited(document, kibibytes):
    """Exit status, answer and last words of the program itself, within so much memory."""
    with open(document, "rb") as source, tempfile.TemporaryFile() as answer:
        answer.write(document.name.encode())
        answer.seek(0)
        done = subprocess.run(
            ["sh", "-c", 'ulimit -v "$1"; exec "$2" 3<&0 4>&1', "sh", str(kibibytes), BIN / "counsel-extract"], stdin=source, stdout=answer, stderr=subprocess.PIPE)
        answer.seek(0)
        return done.returncode, answer.read(), done.stderr


def least(kibibytes, enough):
    """The least that is enough, to 64 KiB."""
    low, high = 0, kibibytes
    while high - low > 64:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@pytest.mark.parametrize("name", ["offer.eml", "lease.docx", "russian.txt", "annexed.pdf"])
def test_the_program_says_so_between_too_little_memory_to_begin_and_enough(name, tmp_path):
    document = tmp_path / name
    document.write_bytes(READABLE[name])
    status, whole, _ = limited(document, 1 << 20)
    assert status == 0
    cannot_be_loaded = 127
    begins = least(1 << 20, lambda kibibytes: limited(document, kibibytes)[0] != cannot_be_loaded)
    enough = least(1 << 20, lambda kibibytes: limited(document, kibibytes)[:2] == (0, whole))
    assert begins <= enough
    for kibibytes in range(begins, enough + 64, max(16, (enough - begins) // 24)):
        status, answer, words = limited(document, kibibytes)
        told = b"Out of memory" in words or b"bad_alloc" in words or b"failed to allocate" in words or b'"out_of_memory"' in answer
        assert (status == 0 and answer == whole) or (status not in (0, cannot_be_loaded) and told), (kibibytes, status, words)
