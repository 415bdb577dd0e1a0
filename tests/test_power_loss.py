"""The power fails: what the disk had not been told to keep is gone. Nothing that was acknowledged may be."""

import json
import os
import shutil
from pathlib import Path

import pytest

import index_files
import power_loss
from counsel import SEED, Daemon, chance, wait_until

STATES = int(os.environ.get("COUNSEL_TEST_POWER_LOSSES", "40"))  # bench/run queue: 300


def settled(daemon):
    """The list of documents, once each is ready or failed."""
    listed = daemon.get("/api/documents").json
    return listed if {d["state"] for d in listed["documents"]} <= {"ready", "failed"} else None


class Recorded:
    """A daemon's work in a fresh home: what it did, and when which document was acknowledged or deleted."""

    def __init__(self, folder):
        self.folder, self.home, self.log = Path(folder), Path(folder) / "home", Path(folder) / "log"
        recorder = power_loss.build_recorder(folder)
        if recorder is None:
            pytest.skip("there is no C compiler here")
        self.home.mkdir(mode=0o700)
        (self.folder / "in").mkdir()
        daemon = Daemon(self.home, {"LD_PRELOAD": str(recorder), "POWER_LOSS_HOME": str(self.home),
                                    "POWER_LOSS_LOG": str(self.log), **index_files.INDEX})
        daemon.start()
        self.known = []  # (place in the log, what, document) once the daemon had said so
        for n in range(8):
            path = self.folder / "in" / f"{n}.txt"
            path.write_text(f"The clause {n} says that tenant {n} keeps the {'very ' * 2000 if n % 4 == 3 else ''}large garden.")
            added = daemon.post("/api/documents/local", {"path": str(path), "matter": f"M{n % 2}"})
            self.known.append((self.log.stat().st_size, "added", added.json["id"]))
            if n == 4:
                daemon.finished(self.known[0][2])
                asked = self.log.stat().st_size
                daemon.request("DELETE", f"/api/documents/{self.known[0][2]}")
                self.known.append((asked, "may be deleted", self.known[0][2]))
                self.known.append((self.log.stat().st_size, "deleted", self.known[0][2]))
        wait_until(lambda: settled(daemon), "all is read")
        index_files.wait_until_whole(daemon)
        self.end = self.log.stat().st_size
        daemon.kill()

    def disk_at(self, place):
        disk = power_loss.Disk(self.home)
        for end, *operation in power_loss.read_log(self.log):
            if end > place:
                break
            disk.apply(*operation)
        return disk

    def check(self, place, luck):
        """Starts a daemon on what is left of the disk and sees that it has all that it said it had."""
        target = self.folder / "after"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o700)
        self.disk_at(place).write(str(target), luck)
        # The store's last commits may be lost, and a segment that they took out is gone all the same: the start finds
        # that. A file that is there and holds something else nobody would find.
        assert not index_files.damaged(target, missing=False), "the store names files of the index that are not whole"
        daemon = Daemon(target, index_files.INDEX).start()
        try:
            documents = wait_until(lambda: settled(daemon), "all is read again")["documents"]
            ids = [document["id"] for document in documents]
            said = [(what, document) for at, what, document in self.known if at <= place]
            for what, document in said:
                if what == "added" and not any(w != "added" and d == document for w, d in said):
                    assert document in ids, f"{document} was acknowledged and is lost"
                if what == "deleted":
                    assert document not in ids, f"{document} was deleted and is back"
            assert {document["state"] for document in documents} <= {"ready"}, documents
            assert len(ids) == len(set(ids))
            checked = daemon.cli("check", "--json")
            assert json.loads(checked.stdout)["findings"] == [], checked.stdout
            for document in documents:
                hits = daemon.post("/api/search", {"query": "garden", "document": document["id"], "min_relevance": 0})
                assert hits.json["hits"], document["name"]
        finally:
            daemon.stop()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return Recorded(tmp_path_factory.mktemp("power"))


@pytest.mark.long
def test_after_a_power_loss_all_that_was_acknowledged_is_there(recorded):
    luck = chance()
    # After each acknowledgement, when most is at stake, and anywhere.
    places = [at for at, _, _ in recorded.known] + [recorded.end]
    luck.shuffle(places)
    places = places[:STATES // 2] + [luck.randrange(recorded.end) for _ in range(STATES - len(places[:STATES // 2]))]
    for n, place in enumerate(places):
        some = luck if n % 2 else None
        try:
            recorded.check(place, some)
        except AssertionError as error:
            raise AssertionError(f"COUNSEL_TEST_SEED={SEED}, power lost at {place} of {recorded.end}, "
                                 f"{'some of' if some else 'all of'} the unsynced writes lost: {error}") from error
