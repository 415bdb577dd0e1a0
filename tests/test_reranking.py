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
