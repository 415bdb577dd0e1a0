"""`counsel add --watch`: what changes in a folder is added, until Ctrl-C."""

import os
import select
import signal
import subprocess

import pytest

from counsel import COUNSEL, PATIENCE, cli, wait_until


@pytest.fixture
def watching(daemon, tmp_path):
    """Watches tmp_path/in, which holds a file already; `texts()` are the searchable texts by name."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "there.txt").write_text("The tenant was there before.")
    process = subprocess.Popen([COUNSEL, "add", folder, "--watch", "--matter", "Inbox"], env=daemon.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.folder = folder

    def names():
        listed = daemon.get("/api/documents?matter=Inbox")
        return {d["name"] for d in listed.json["documents"] if d["state"] == "ready"} if listed.status == 200 else set()

    process.names = names
    yield process
    process.kill()
    process.wait()


def test_what_is_new_changed_or_moved_in_is_added(watching, daemon, tmp_path):
    folder = watching.folder
    wait_until(lambda: watching.names() == {"there.txt"}, "what was there is added")
    (folder / "new.txt").write_text("The new clause.")
    (folder / "sub" / "deep.md").write_text("# Roof\n\nThe landlord repairs the roof.")
    wait_until(lambda: watching.names() == {"there.txt", "new.txt", "deep.md"}, "new files are added")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "moved.txt").write_text("It was moved in with its folder.")
    (tmp_path / "elsewhere").rename(folder / "moved")
    wait_until(lambda: "moved.txt" in watching.names(), "a folder that is moved in is watched")
    (folder / "moved" / "later.txt").write_text("Later, in the folder that was moved in.")
    wait_until(lambda: "later.txt" in watching.names(), "what comes there later")
    before = next(d for d in daemon.get("/api/documents?matter=Inbox").json["documents"] if d["name"] == "new.txt")
    (folder / "new.txt").write_text("The new clause, in its second version.")
    wait_until(lambda: daemon.get(f"/api/documents/{before['id']}").json["superseded_by"], "a new version supersedes")
    (folder / ".hidden.txt").write_text("Not this one.")
    (folder / "there.txt").unlink()
    (folder / "last.txt").write_text("The last one.")
    wait_until(lambda: "last.txt" in watching.names(), "the last file")
    assert ".hidden.txt" not in watching.names() and "there.txt" in watching.names()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(PATIENCE) == 0


def test_a_bad_file_is_named_and_the_others_go_on(watching):
    (watching.folder / "bad.bin").write_bytes(bytes(range(256)) * 64)
    (watching.folder / "good.txt").write_text("A good one.")
    wait_until(lambda: "good.txt" in watching.names(), "the good file")
    while "bad.bin" not in (line := watching.stderr.readline()):
        assert line, "the bad file is named"
    assert watching.poll() is None


def said(process, words):
    """Reads what it says until that."""
    while words not in (line := process.stderr.readline()):
        assert line, f"it says {words!r}"


def test_only_folders_are_watched(daemon, tmp_path):
    (tmp_path / "file.txt").write_text("A file.")
    refused = cli(daemon.home, "add", "--watch", tmp_path / "file.txt")
    assert refused.returncode == 2 and "is no folder" in refused.stderr


def test_a_folder_that_goes_is_told_and_watched_again_once_it_is_back(watching, tmp_path):
    wait_until(lambda: watching.names() == {"there.txt"}, "it watches")
    watching.folder.rename(tmp_path / "gone")
    said(watching, "is no longer there")
    (tmp_path / "gone" / "meanwhile.txt").write_text("Written while the folder had another name.")
    (tmp_path / "gone").rename(watching.folder)
    wait_until(lambda: "meanwhile.txt" in watching.names(), "what came meanwhile")
    (watching.folder / "sub" / "later.txt").write_text("Later, in a folder within.")
    wait_until(lambda: "later.txt" in watching.names(), "and what comes later")


def test_a_disk_that_is_mounted_over_the_folder_is_watched(watching):
    wait_until(lambda: watching.names() == {"there.txt"}, "it watches")
    if subprocess.run(["mount", "-t", "tmpfs", "none", watching.folder], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        (watching.folder / "on the disk.txt").write_text("The disk was mounted later.")
        wait_until(lambda: "on the disk.txt" in watching.names(), "what is on the disk")
    finally:
        subprocess.run(["umount", "-l", watching.folder], check=True)
    (watching.folder / "below.txt").write_text("The disk is gone, the folder below it is there.")
    wait_until(lambda: "below.txt" in watching.names(), "the folder below is watched again")


def test_it_goes_on_when_the_daemon_is_killed_and_started_again(watching, daemon):
    wait_until(lambda: watching.names() == {"there.txt"}, "it watches")
    daemon.kill()
    (watching.folder / "later.txt").write_text("Written when nobody ran.")
    wait_until(lambda: "later.txt" in cli(daemon.home, "documents", "--matter", "Inbox", "--json").stdout,
               "another daemon has it")
    assert watching.poll() is None


def test_what_is_excluded_stays_out_of_what_is_watched(daemon, tmp_path):
    folder = tmp_path / "in"
    (folder / "Drafts").mkdir(parents=True)
    (folder / "there.txt").write_text("The tenant was there before.")
    process = subprocess.Popen([COUNSEL, "add", folder, "--watch", "--exclude", "drafts", "--exclude", "*.tmp"],
                               env=daemon.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        said(process, "Watching")
        (folder / "Drafts" / "draft.txt").write_text("A draft.")
        (folder / "save.tmp").write_text("Half saved.")
        (folder / "last.txt").write_text("The last one.")
        wait_until(lambda: "last.txt" in {d["name"] for d in daemon.get("/api/documents").json["documents"]}, "the last")
        assert {d["name"] for d in daemon.get("/api/documents").json["documents"]} == {"there.txt", "last.txt"}
    finally:
        process.kill()
        process.wait()
