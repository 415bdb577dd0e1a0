"""/v1/rerank: a reranker is a model like any other: loaded at its first request, kept, given back."""

import os
from pathlib import Path

import pytest
from counsel import Daemon
from small_reranker import write_small_reranker

MODELS = Path(os.environ["COUNSEL_MODELS"])
TEXTS = ["the tenant pays rent", "a garden", "the landlord may assign the lease"]
ASKED = {"query": "who pays rent?", "documents": TEXTS}


def entry(name, path):
    return (f'[[model]]\nname = "{name}"\nrole = "reranker"\ntitle = "a small one"\nlicence = "Apache-2.0"\nsource = "tests"\n'
            f'context_tokens = 512\nplanned_bytes = 50000000\n  [[model.files]]\n  path = "{path}"\n')


@pytest.fixture
def daemon(home, tmp_path):
    write_small_reranker(tmp_path / "ranks.gguf")
    home.mkdir(exist_ok=True)
    headless = MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"
    (home / "catalogue.toml").write_text(entry("ranks", tmp_path / "ranks.gguf") + entry("headless", headless))
    daemon = Daemon(home).start()
    yield daemon
    daemon.stop()


def model(daemon, name):
    return next(one for one in daemon.get("/api/models").json["models"] if one["name"] == name)


def test_each_text_gets_a_score_and_the_model_is_loaded_for_it_and_given_back(daemon):
    assert model(daemon, "ranks")["state"] == "cold"
    first = daemon.post("/v1/rerank", ASKED | {"model": "ranks"})
    assert first.status == 200, first.body
    results = first.json["results"]
    assert sorted(one["index"] for one in results) == [0, 1, 2]
    scores = [one["relevance_score"] for one in results]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 3
    assert model(daemon, "ranks")["state"] == "ready"
    again = daemon.post("/v1/rerank", ASKED | {"model": "ranks", "top_n": 2})
    assert again.json["results"] == results[:2]
    daemon.post("/api/models/ranks/unload")
    assert model(daemon, "ranks")["state"] in ("cold", "draining")


def test_a_model_without_a_head_for_scores_is_refused_rather_than_believed(daemon):
    refused = daemon.post("/v1/rerank", ASKED | {"model": "headless"})
    assert refused.status == 400, refused.body
    assert "no head" in refused.json["error"]["message"]
    assert daemon.children() == []


def test_another_role_and_no_texts_are_clear_errors(daemon):
    other = daemon.post("/v1/rerank", ASKED | {"model": "smollm2-135m-instruct"})
    assert other.status == 400 and "of role generator" in other.json["error"]["message"]
    empty = daemon.post("/v1/rerank", {"query": "who?", "model": "ranks"})
    assert empty.status == 400 and "documents" in empty.json["error"]["message"]


def test_without_a_reranker_it_is_said_and_nothing_is_loaded(home):
    daemon = Daemon(home).start()
    try:
        missing = daemon.post("/v1/rerank", ASKED)
        assert missing.status == 404, missing.body
        assert "No reranker is installed" in missing.json["error"]["message"]
        assert daemon.children() == []
    finally:
        daemon.stop()


def lease(tmp_path, daemon):
    for name, text in {"rent.txt": "The tenant pays the rent of the garden.", "lease.txt": "The landlord may assign the lease.",
                       "garden.txt": "A garden is what the tenant must not assign."}.items():
        (tmp_path / name).write_text(text)
        daemon.add(tmp_path / name)


def test_what_is_found_stands_in_the_order_of_the_reranker(daemon, tmp_path):
    lease(tmp_path, daemon)
    query = "who pays the rent of the garden?"
    found = daemon.post("/api/search", {"query": query, "everywhere": True}).json
    assert "note" not in found and len(found["hits"]) == 3
    assert model(daemon, "ranks")["state"] == "ready"
    texts = [hit["quote"] for hit in found["hits"]]
    scored = daemon.post("/v1/rerank", {"query": query, "documents": texts, "model": "ranks"}).json["results"]
    assert [one["index"] for one in scored] == [0, 1, 2]
    assert len(daemon.post("/api/search", {"query": query, "everywhere": True, "limit": 1}).json["hits"]) == 1


def test_a_reranker_that_cannot_be_asked_leaves_the_order_of_the_search_and_is_noted(home, tmp_path):
    home.mkdir(exist_ok=True)
    # It has no head for scores: its load is refused.
    (home / "catalogue.toml").write_text(entry("headless", MODELS / "SmolLM2-135M-Instruct.Q4_1.gguf"))
    daemon = Daemon(home).start()
    try:
        lease(tmp_path, daemon)
        found = daemon.post("/api/search", {"query": "who pays the rent?", "everywhere": True}).json
        assert "headless" in found["note"] and len(found["hits"]) == 3
        fused = [hit["why"]["fused"] for hit in found["hits"]]
        assert fused == sorted(fused, reverse=True)
        asked = daemon.post("/api/ask", {"question": "Who pays the rent of the garden?", "stream": False}).json
        assert any("headless" in note for note in asked["notes"]), asked
    finally:
        daemon.stop()
