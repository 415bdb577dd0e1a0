"""The files of the index beside the store: damaged under a running daemon, and killed at any instant."""

import http.client
import json
import os

import pytest

from counsel import SEED, Daemon, chance, wait_until
from failing_calls import KILL, NAME, OPEN, SYNC, TRUNCATE, WRITE, FailingCalls
from index_files import INDEX, damaged, files, hits, is_whole, segments, wait_until_whole

KILLS = int(os.environ.get("COUNSEL_TEST_INDEX_KILLS", "20"))

QUESTIONS = ("the tenant keeps the garden", "who pays the rent", "notice of thirty days", "what does 2.txt say of the rent")


def lease(n):
    clauses = [f"{k}. The tenant zq{n}zq pays the rent of garden{n * 100 + k} within thirty days of notice {k}. "
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


@pytest.mark.parametrize("share", [0, 0.5, 0.999], ids=["all", "half", "end"])
def test_files_that_are_cut_off_under_a_running_daemon_end_nothing_and_are_made_anew(indexed, share):
    daemon = indexed
    before = [hits(daemon, question) for question in QUESTIONS]  # every file is mapped
    assert all(before)
    stamps = {row[0] for row in segments(daemon.home)[0]}
    for path in files(daemon.home):
        os.truncate(path, int(path.stat().st_size * share))
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


class Life:
    """What is done to a home until its daemon is killed, and what it has said of it."""

    def __init__(self, daemon, folder):
        self.daemon, self.folder = daemon, folder
        self.numbers = {}  # of the documents that were acknowledged, by id
        self.leaving = {}  # those whose deletion was asked for
        self.next = 0

    def add(self):
        path = self.folder / f"{self.next}.txt"
        path.write_text(lease(self.next))
        self.next += 1
        reply = self.daemon.post("/api/documents/local", {"path": str(path), "matter": "general"})
        assert reply.status in (200, 202), reply.body
        self.numbers[reply.json["id"]] = self.next - 1
        self.daemon.finished(reply.json["id"])

    def delete(self, document):
        self.leaving[document] = self.numbers.pop(document)
        assert self.daemon.request("DELETE", f"/api/documents/{document}").status == 200

    def work(self, luck):
        """Until the daemon is killed, or all is done."""
        try:
            for _ in range(2):
                self.add()
            self.delete(luck.choice(sorted(self.numbers)))
            wait_until(lambda: self.daemon.process.poll() is not None or is_whole(self.daemon.home), "the index is whole")
        except (OSError, ValueError, http.client.HTTPException):
            pass  # killed

    def check(self):
        """On the next daemon."""
        daemon = self.daemon
        wait_until(lambda: {d["state"] for d in daemon.get("/api/documents").json["documents"]} <= {"ready"}, "all is read")
        wait_until(lambda: not daemon.get("/api/status").json["documents"]["purging"], "the words are purged")
        there = {d["id"]: d["name"] for d in daemon.get("/api/documents").json["documents"]}
        assert len(set(there.values())) == len(there)
        assert set(self.numbers) <= set(there)
        # What was to be deleted is, or is not: then a client would try again.
        for document in sorted(set(self.leaving) & set(there)):
            assert daemon.request("DELETE", f"/api/documents/{document}").status == 200
        wait_until_whole(daemon)
        for path in daemon.home.rglob("*"):
            if path.is_file() and "originals" not in path.parts:
                content = path.read_bytes()
                left = [n for n in self.leaving.values() if f"zq{n}zq".encode() in content]
                assert not left, (path, left)
        by_files = [hits(daemon, question) for question in QUESTIONS]
        assert {hit[0] for found in by_files for hit in found} <= set(self.numbers) | set(there)
        assert json.loads(daemon.cli("check", "--json").stdout)["findings"] == []
        return by_files

    def compare_with_tables(self, by_files):
        """Cut off, files are asked no more: the store's tables alone."""
        for path in files(self.daemon.home):
            os.truncate(path, 0)
        assert [hits(self.daemon, question) for question in QUESTIONS] == by_files
        wait_until_whole(self.daemon)


@pytest.mark.long
def test_killed_at_any_instant_inside_a_step_the_index_is_whole_afterwards(home, tmp_path):
    luck = chance()
    home.mkdir()
    calls = FailingCalls(home.parent)
    daemon = Daemon(home, {**INDEX, **calls.environment}).start()
    try:
        life = Life(daemon, tmp_path)
        for _ in range(3):
            life.add()
        wait_until_whole(daemon)
        killed = 0
        for kill in range(KILLS):
            # Every other one inside the index's own files, of whose calls there are few; others anywhere in the home.
            inside = kill % 2 == 0
            n = luck.randrange(1, 30 if inside else 250)
            calls.arm(home / "index" if inside else home, OPEN | WRITE | SYNC | TRUNCATE | NAME, KILL, n)
            life.work(luck)
            calls.disarm()
            killed += daemon.process.poll() is not None
            daemon.kill()
            try:
                assert not damaged(home), "the store names files that are not whole"
                daemon.start()
                by_files = life.check()
                if kill % 4 == 3 or kill == KILLS - 1:
                    life.compare_with_tables(by_files)
            except AssertionError as error:
                raise AssertionError(f"COUNSEL_TEST_SEED={SEED}, kill {kill}, at call {n}: {error}") from error
        assert killed > KILLS / 2
    finally:
        calls.disarm()
        daemon.stop()


def test_a_folder_that_cannot_be_used_is_told_and_searches_answer(home, tmp_path):
    home.mkdir()
    (home / "index").write_text("in the way")
    daemon = Daemon(home, INDEX).start()
    try:
        add(daemon, tmp_path, 0)
        trouble = wait_until(lambda: daemon.get("/api/status").json["index"]["error"], "the trouble is told")
        assert str(home / "index") in trouble["message"] and trouble["next_step"]
        status = daemon.cli("status").stdout
        assert "Searches are slower" in status and str(home / "index") in status
        doctor = daemon.cli("doctor")
        line = next(line for line in doctor.stdout.splitlines() if "search index" in line)
        assert str(home / "index") in line and "remove it" in line
        assert hits(daemon, QUESTIONS[0])
        (home / "index").unlink()
        wait_until_whole(daemon)  # by itself
        wait_until(lambda: not daemon.get("/api/status").json["index"]["error"], "the trouble is over")
        assert "Searches are slower" not in daemon.cli("status").stdout
    finally:
        daemon.stop()
