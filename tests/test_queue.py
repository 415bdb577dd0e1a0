"""The queue of documents, killed at any instant: nothing is lost, doubled or half searchable."""

import http.client
import os
import shutil
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import pytest

from counsel import SEED, Daemon, chance, wait_until

KILLS = int(os.environ.get("COUNSEL_TEST_KILLS", "20"))  # bench/run queue: 300
DOCUMENTS = int(os.environ.get("COUNSEL_TEST_QUEUE_DOCUMENTS", "30"))  # bench/run queue: 200
LONGEST_LIFE = 1.2  # seconds; some lives end before the daemon has opened its store


def make_documents(folder, count):
    """Short and long texts, and archives whose members are documents too. Returns the words that find one each."""
    words = {}
    for n in range(count):
        word = f"zyx{n}quorvian"
        text = f"The {word} deed says that tenant {n} keeps garden {n}. " * (60 if n % 7 == 3 else 1)
        if n % 10 == 5:
            with zipfile.ZipFile(folder / f"{n}.zip", "w") as bundle:
                bundle.writestr(f"inside{n}.txt", text)
            words[word] = f"inside{n}.txt"
        else:
            (folder / f"{n}.txt").write_text(text)
            words[word] = f"{n}.txt"
    return words


def settled(daemon):
    listed = daemon.get("/api/documents").json["documents"]
    return listed if listed and {d["state"] for d in listed} <= {"ready", "failed"} else None


class Adding(threading.Thread):
    """Adds what was not acknowledged yet, until all is or the daemon is gone."""

    def __init__(self, daemon, open_files):
        super().__init__(daemon=True)
        self.daemon_process, self.open_files = daemon, open_files
        self.start()

    def run(self):
        try:
            for path in sorted(self.open_files):
                body = {"path": str(path), "matter": "general", "one_of_many": True}
                if self.daemon_process.post("/api/documents/local", body).status in (200, 202):
                    self.open_files.discard(path)
        except (OSError, ValueError, http.client.HTTPException):
            pass


def ingest_with_kills(luck, kills):
    """One ingestion in a fresh home, killed at random instants, at most `kills` times. Returns how often it was."""
    folder = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    (folder / "in").mkdir()
    (folder / "home").mkdir()
    words = make_documents(folder / "in", DOCUMENTS)
    open_files = set((folder / "in").iterdir())
    done = 0
    while True:
        daemon = Daemon(folder / "home").start()
        try:
            adding = Adding(daemon, open_files)
            if done == kills:
                adding.join()
                documents = wait_until(lambda: settled(daemon), "all is read")
                break
            adding.join(luck.random() * LONGEST_LIFE)
            # Not a wait for something: the instant of the kill.
            time.sleep(0 if adding.is_alive() else luck.random() * LONGEST_LIFE)
            documents = None if adding.is_alive() or open_files else settled(daemon)
            if documents:
                break
        finally:
            daemon.kill()
            adding.join()
        done += 1
    daemon = Daemon(folder / "home").start()
    try:
        look_whole(daemon, documents, words)
    finally:
        daemon.stop()
    shutil.rmtree(folder)
    return done


def look_whole(daemon, documents, words):
    names = sorted(document["name"] for document in documents)
    assert len(names) == len(set(names)), "a document is there twice"
    assert set(words.values()) <= set(names), set(words.values()) - set(names)
    # An archive that holds only documents has no text of its own.
    for document in documents:
        assert document["state"] == "ready", document
    checked = daemon.post("/api/check", {})
    assert b'"findings":[]' in checked.body.replace(b" ", b""), checked.body
    for word, name in words.items():
        hits = daemon.post("/api/search", {"query": word, "min_relevance": 0}).json["hits"]
        found = {hit["name"] for hit in hits if word in hit["quote"]}
        assert found == {name}, (word, name, found)
        places = [(hit["document"], hit["start"]) for hit in hits]
        assert len(places) == len(set(places)), "a passage is found twice"


@pytest.mark.long
def test_killed_at_random_instants_the_queue_loses_and_doubles_nothing():
    luck = chance()
    kills = 0
    try:
        while kills < KILLS:
            kills += max(ingest_with_kills(luck, KILLS - kills), 1)
    except AssertionError as error:
        raise AssertionError(f"COUNSEL_TEST_SEED={SEED}, after {kills} kills: {error}") from error
