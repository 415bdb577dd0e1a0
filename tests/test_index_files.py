"""The files of the index beside the store: damaged under a running daemon, and killed at any instant."""

import json
import os

import pytest

from counsel import Daemon, chance
from index_files import INDEX, files, hits, segments, wait_until_whole

QUESTIONS = ("the tenant keeps the garden", "who pays the rent", "notice of thirty days")


def lease(n):
    clauses = [f"{k}. The tenant number{n} pays the rent of garden{n * 100 + k} within thirty days of notice {k}. "
               f"The landlord of house{n} keeps the roof, the walls and the drains of the premises in repair. "
               for k in range(1, 15)]
    return "\n\n".join(clauses)


def add(daemon, folder, n):
    path = folder / f"{n}.txt"
    path.write_text(lease(n))
    return daemon.add(path)["id"]


@pytest.fixture
def indexed(home, tmp_path):
    """A daemon with some files of the index."""
    home.mkdir()
    daemon = Daemon(home, INDEX).start()
    for n in range(4):
        add(daemon, tmp_path, n)
    wait_until_whole(daemon)
    yield daemon
    daemon.stop()


def cut_off(path, size):
    os.truncate(path, size)


def scribble(path, size):
    with open(path, "r+b") as file:
        file.write(b"x" * size)


def remove(path, _size):
    path.unlink()


@pytest.mark.parametrize("damage, share", [(cut_off, 0), (cut_off, 0.5), (cut_off, 0.999)], ids=["all", "half", "end"])
def test_files_that_are_cut_off_under_a_running_daemon_end_nothing_and_are_made_anew(indexed, damage, share):
    daemon = indexed
    before = [hits(daemon, question) for question in QUESTIONS]  # every file is mapped
    assert all(before)
    stamps = {row[0] for row in segments(daemon.home)[0]}
    for path in files(daemon.home):
        damage(path, int(path.stat().st_size * share))
    assert [hits(daemon, question) for question in QUESTIONS] == before
    assert daemon.process.poll() is None
    wait_until_whole(daemon)  # by itself
    assert stamps.isdisjoint(row[0] for row in segments(daemon.home)[0])
    assert [hits(daemon, question) for question in QUESTIONS] == before
    checked = daemon.cli("check", "--json")
    assert json.loads(checked.stdout)["findings"] == [] and checked.returncode == 0, checked.stdout


def test_files_that_are_removed_under_a_running_daemon_are_made_anew_by_the_next_one(indexed):
    daemon = indexed
    before = [hits(daemon, question) for question in QUESTIONS]
    for path in files(daemon.home):
        path.unlink()
    daemon.kill()
    daemon.start()
    assert [hits(daemon, question) for question in QUESTIONS] == before
    wait_until_whole(daemon)
