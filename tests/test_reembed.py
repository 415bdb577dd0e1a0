"""Another embedder: status says what waits, the old vectors serve meanwhile, and the switch is whole."""

import pytest

from conftest import QUESTION
from counsel import BIN, Daemon, LICENSES, kill9, wait_until

DOCUMENTS = ("GPL-3", "Apache-2.0")


def other_embedder():
    """The starter embedder's entry under another name, with another pooling: other vectors from the same files."""
    shipped = (BIN / "catalogue.toml").read_text()
    entry = "[[model]]" + shipped.split("[[model]]")[1]
    return entry.replace('"bge-small-en-v1.5"', '"other-embedder"', 1).replace('"cls"', '"mean"')


@pytest.fixture
def two_embedders(home):
    home.mkdir()
    (home / "catalogue.toml").write_text(other_embedder())
    daemon = Daemon(home).start()
    for name in DOCUMENTS:
        assert daemon.add(LICENSES / name)["state"] == "ready"
    yield daemon
    daemon.stop()


def first_hit(daemon):
    found = daemon.post("/api/search", {"query": QUESTION, "limit": 1})
    assert found.status == 200, found.body
    return found.json["hits"][0]


def choose(daemon, model):
    assert daemon.request("PUT", "/api/config", {"name": "EMBEDDING_MODEL", "value": model}).status == 200


def waiting(daemon):
    return daemon.get("/api/status").json["documents"]["waiting_for_embedder"]


def test_the_old_vectors_serve_until_all_passages_have_new_ones(two_embedders):
    daemon = two_embedders
    passages = daemon.get("/api/status").json["documents"]["chunks"]
    before = first_hit(daemon)
    assert waiting(daemon) == 0
    choose(daemon, "other-embedder")
    assert waiting(daemon) == passages
    assert f"{passages} passages wait" in daemon.cli("status").stdout
    # Questions are still read with the embedder that made the vectors, and so are new documents.
    assert first_hit(daemon)["why"]["cosine"] == before["why"]["cosine"]
    assert daemon.add(LICENSES / "MPL-1.1")["state"] == "ready"
    assert daemon.get("/api/status").json["embedder"]["name"] == "bge-small-en-v1.5"

    done = daemon.cli("reembed")
    assert done.returncode == 0, done.stderr
    assert waiting(daemon) == 0
    status = daemon.get("/api/status").json
    assert status["embedder"]["name"] == "other-embedder"
    assert status["reembedding"]["state"] == "done"
    assert first_hit(daemon)["why"]["cosine"] != before["why"]["cosine"]
    assert daemon.cli("check").returncode == 0
    # A second time there is nothing to do.
    assert daemon.cli("reembed").returncode == 0


def test_it_goes_on_after_a_kill_and_can_be_given_up(two_embedders):
    daemon = two_embedders
    cosine = first_hit(daemon)["why"]["cosine"]
    choose(daemon, "other-embedder")
    events = daemon.events()
    assert daemon.post("/api/reembed").status == 202
    next(data for name, data in events if name == "reembed" and data["done"] > 0)
    kill9(daemon.pid)
    daemon.process.wait()
    daemon.start()
    wait_until(lambda: daemon.get("/api/status").json["reembedding"]["state"] == "done", "the rest is embedded")
    assert waiting(daemon) == 0

    choose(daemon, "bge-small-en-v1.5")
    events = daemon.events()
    assert daemon.post("/api/reembed").status == 202
    next(data for name, data in events if name == "reembed" and data["done"] > 0)
    stopped = daemon.cli("reembed", "--stop")
    assert stopped.returncode == 0, stopped.stderr
    assert waiting(daemon) > 0
    assert daemon.get("/api/status").json["embedder"]["name"] == "other-embedder"
    assert daemon.cli("reembed").returncode == 0
    assert first_hit(daemon)["why"]["cosine"] == pytest.approx(cosine, abs=1e-6)
    assert daemon.cli("check").returncode == 0


def test_without_the_embedder_of_the_vectors_words_find_and_the_new_one_can_take_over(two_embedders):
    daemon = two_embedders
    daemon.stop()
    # The home's catalogue no longer knows the starter's files where they were.
    entry = "[[model]]" + (BIN / "catalogue.toml").read_text().split("[[model]]")[1]
    gone = entry.replace('"bge-small-en-v1.5/model.onnx"', '"not-there/model.onnx"')
    (daemon.home / "catalogue.toml").write_text(other_embedder() + "\n" + gone)
    (daemon.home / "counsel.toml").write_text('EMBEDDING_MODEL = "other-embedder"\n')
    daemon.start()
    assert first_hit(daemon)["why"]["keyword_rank"]
    assert daemon.cli("reembed").returncode == 0
    assert waiting(daemon) == 0
    assert first_hit(daemon)["why"]["vector_rank"]
