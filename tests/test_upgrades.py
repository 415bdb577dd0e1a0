"""Homes that earlier versions wrote (tests/homes) are opened, upgraded, checked, searched, asked and backed up by today's."""

import json
import sqlite3
import sys
import tarfile
from pathlib import Path

import pytest

from counsel import COUNSEL, Daemon, DaemonOnASmallDisk, cli

sys.path.insert(0, str(Path(__file__).parent / "homes"))
from make_home import said_of  # noqa: E402

HOMES = sorted((Path(__file__).parent / "homes").glob("*.tar.xz"), key=lambda path: int(path.name.split("-")[1].split(".")[0]))


NO_RECORD = "0:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def unpack(archive, home):
    """What the home's own Counsel said of it."""
    home.mkdir(mode=0o700)
    with tarfile.open(archive) as packed:
        packed.extractall(home)
    said = home / "said.json"
    content = json.loads(said.read_text())
    said.unlink()
    return content


def copies(home):
    return sorted(path.name for path in home.iterdir() if ".before-schema-" in path.name)


def schema_of(home):
    with sqlite3.connect(home / "counsel.db") as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def holding(home, word):
    return [path.name for path in home.rglob("*") if path.is_file() and word in path.read_bytes()]


@pytest.mark.parametrize("archive", HOMES, ids=lambda path: path.name.split(".")[0])
def test_an_earlier_home_is_upgraded_with_all_that_is_in_it(archive, home):
    said = unpack(archive, home)
    before = schema_of(home)
    daemon = Daemon(home).start()
    try:
        now = said_of(daemon)
        assert now["documents"] == said["documents"]
        assert now["conversations"] == said.get("conversations", [])
        assert now["record"] == said.get("record", NO_RECORD)
        for question, hits in said["found"].items():
            assert now["found"][question][0] == hits[0], question
        assert "All is whole." in daemon.cli("check").stdout
        answer = daemon.post("/api/ask", {"question": "Who scours the ditch?", "style": "answer", "max_tokens": 8})
        assert answer.status == 200, answer.body
        after = schema_of(home)
        assert copies(home) == ([f"counsel.db.before-schema-{before + 1}"] if after > before else [])
        folder = home.parent / "backup"
        assert daemon.cli("backup", folder).returncode == 0
        # A deletion promises that no file holds its words any more.
        will = next(d for d in now["documents"] if d["name"] == "will.odt" and not d["superseded_by"])
        assert holding(home, b"Drusilla")
        assert daemon.request("DELETE", f"/api/documents/{will['id']}").status == 200
        assert holding(home, b"Drusilla") == []
        assert copies(home) == []
    finally:
        daemon.stop()
    restored = home.parent / "restored"
    try:
        assert cli(restored, "restore", folder).returncode == 0
        other = Daemon(restored).start()
        assert said_of(other)["documents"] == said["documents"]
    finally:
        other.stop()


def test_the_copy_from_before_an_upgrade_is_the_way_back(home):
    said = unpack(HOMES[0], home)
    Daemon(home).start().stop()
    (copy,) = copies(home)
    (home / copy).rename(home / "counsel.db")
    # As an earlier Counsel would: upgraded once more here.
    daemon = Daemon(home).start()
    try:
        assert said_of(daemon)["documents"] == said["documents"]
    finally:
        daemon.stop()


def test_a_newer_store_is_refused_with_the_way_back(home):
    home.mkdir()
    Daemon(home).start().stop()
    with sqlite3.connect(home / "counsel.db") as db:
        db.execute("PRAGMA user_version = 999")
        db.execute("UPDATE written_by SET version = '7.8.9'")
    db.close()
    refused = cli(home, "serve")
    assert refused.returncode != 0
    assert "The document store was written by Counsel 7.8.9 (schema 999); this is Counsel " in refused.stderr
    assert "Use Counsel 7.8.9 or newer, or restore a backup: counsel --home NEW restore FOLDER" in refused.stderr


@pytest.mark.skipif(not DaemonOnASmallDisk.possible(), reason="no user namespaces")
def test_without_room_for_a_copy_an_upgrade_does_not_begin(home):
    unpack(HOMES[0], home)

    class Full(DaemonOnASmallDisk):
        # The home lies on the small disk, which is nearly full.
        wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                   'cp -r "$COUNSEL_HOME" "$COUNSEL_HOME.outside" && mount -t tmpfs -o size=16m counsel-test "$COUNSEL_HOME" && '
                   'cp -r "$COUNSEL_HOME.outside/." "$COUNSEL_HOME" && rm -r "$COUNSEL_HOME.outside" && '
                   'head -c 4m /dev/zero > "$COUNSEL_HOME/filler" && exec "$@"', "sh")

    with pytest.raises(RuntimeError, match="copied before this Counsel brings it up to date, and the disk has no room"):
        Full(home).start()
    assert copies(home) == [] and schema_of(home) == 8
