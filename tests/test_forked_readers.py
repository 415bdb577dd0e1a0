"""Readers are forked while documents are read, and none of it is left in an idle daemon."""

import os
import signal

from counsel import Daemon, children_of, forks_readers, wait_until

def zygotes(daemon):
    return [pid for pid in children_of(daemon.pid) if forks_readers(pid)]


def add(daemon, folder, name):
    path = folder / f"{name}.txt"
    path.write_text(f"The tenant of {name} keeps the garden tidy.")
    added = daemon.add(path)
    assert added["state"] == "ready", added


def test_an_idle_daemon_has_none_of_them_and_one_that_dies_is_made_anew(daemon, tmp_path):
    wait_until(lambda: not zygotes(daemon), "an idle daemon has none", 20)
    add(daemon, tmp_path, "Ashby Lodge")
    before = wait_until(lambda: zygotes(daemon), "it is there, for the next document")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    add(daemon, tmp_path, "Birch Cottage")
    wait_until(lambda: not zygotes(daemon), "it ends some seconds after the last document", 20)


def test_a_stop_that_follows_the_last_document_at_once_ends_in_order(home, tmp_path):
    home.mkdir(exist_ok=True)
    (tmp_path / "note.txt").write_text("The rent is due.")
    daemon = Daemon(home).start()
    daemon.add(tmp_path / "note.txt")
    assert daemon.stop() == 0
    assert not (home / "counsel.db-wal").exists()
