"""From documents to a cited answer: what is cited stands in the document; what is not supported is said so."""

import contextlib
import json
import threading

import pytest

from conftest import QUESTION
from counsel import LICENSES, cli, is_alive, kill9, name_of, wait_for_end, wait_until

FIELDS = {"document", "name", "start", "end", "page", "quote"}


def assert_places_stand_in_the_documents(daemon, places):
    for place in places:
        assert FIELDS <= place.keys()
        assert daemon.text(place["document"], place["start"], place["end"]) == place["quote"]


@pytest.mark.long
def test_a_new_user_gets_an_answer_whose_quotes_stand_in_the_documents(home):
    """The three lines of the README, on the command line, with a daemon that starts by itself."""
    added = cli(home, "add", LICENSES)
    assert added.returncode == 0, added.stderr
    before = json.loads(cli(home, "status", "--json").stdout)
    asked = cli(home, "ask", "--json", QUESTION)
    assert asked.returncode == 0, asked.stderr
    quoted = json.loads(asked.stdout)
    assert quoted["outcome"] == "quoted" and quoted["model"] is None
    assert "three years" in quoted["quotes"][0]["quote"]
    assert [m["role"] for m in json.loads(cli(home, "status", "--json").stdout)["models"] if m["state"] == "ready"] == ["embedder"]
    asked = cli(home, "ask", "--json", "--style", "answer", QUESTION)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["outcome"] in ("answered", "unsupported")
    # Supported sentences, or the sentence that comes nearest.
    assert answer["citations"]
    for cited in answer["citations"]:
        said = answer["answer"].encode()[cited["answer_start"]:cited["answer_end"]].decode()
        assert answer["outcome"] == "answered" or cited["quote"] in said
    for place in answer["citations"] + answer["passages"] + answer["quotes"] + quoted["citations"]:
        assert FIELDS <= place.keys()
        shown = cli(home, "documents", "--json", "--show", place["document"], "--text")
        text = json.loads(shown.stdout)["text"]
        assert text[place["start"]:place["end"]] == place["quote"]
    assert any("three years" in place["quote"] for place in answer["passages"] + answer["citations"])
    after = json.loads(cli(home, "status", "--json").stdout)
    ready = [m for m in after["models"] if m["state"] == "ready"]
    assert {m["role"] for m in ready} == {"generator", "embedder"}
    assert all(m["measured"]["host"] > 10_000_000 and m["ready_since"] for m in ready)
    unloaded = cli(home, "unload")
    assert unloaded.returncode == 0
    gone = json.loads(cli(home, "status", "--json").stdout)
    assert {m["state"] for m in gone["models"]} == {"cold"}
    assert not any(is_alive(m["pid"]) for m in ready)
    assert before["documents"]["count"] == after["documents"]["count"] >= 14


LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.

2. The tenant shall not keep a dog in Alder House without the written consent of the landlord.

3. Either party may end this agreement by giving two months' notice in writing.
"""


def test_a_sentence_in_the_documents_words_is_cited_with_its_quote(daemon, tmp_path):
    (tmp_path / "lease.txt").write_text(LEASE)
    document = daemon.add(tmp_path / "lease.txt")
    answer = daemon.post("/api/ask", {"question": "What is the rent of Alder House?", "style": "answer", "stream": False}).json
    assert answer["outcome"] == "answered", answer
    assert "1,450 pounds a month" in answer["answer"]
    assert any("1,450 pounds" in place["quote"] and place["supported"] for place in answer["citations"])
    assert {sentence["grade"] for sentence in answer["sentences"] if sentence["needs_support"]} >= {"supported"}
    assert {place["document"] for place in answer["citations"]} == {document["id"]}
    assert_places_stand_in_the_documents(daemon, answer["citations"])


def test_what_the_model_turned_round_is_never_cited(daemon, tmp_path):
    """The starter model answers this one with "the tenant may keep a dog"."""
    (tmp_path / "lease.txt").write_text(LEASE)
    daemon.add(tmp_path / "lease.txt")
    reply = daemon.post("/api/ask", {"question": "May the tenant keep a dog?", "style": "answer", "stream": False}).json
    for sentence in reply["sentences"]:
        assert sentence["supported"] == (sentence["grade"] == "supported")
        if sentence["grade"] in ("supported", "near"):
            assert "not" in reply["draft"][sentence["start"]:sentence["end"]].split()
    assert_places_stand_in_the_documents(daemon, reply["citations"] + reply["passages"])


def test_the_stream_has_status_tokens_citations_and_done(library):
    events = list(library.stream("/api/ask", {"question": QUESTION, "style": "answer", "limit": 3}))
    names = [name for name, _ in events]
    assert names.index("quotes") < names.index("token")
    assert names[0] == "status" and names[-2:] == ["citations", "done"]
    done = events[-1][1]
    if done["outcome"] != "no_evidence":
        assert "token" in names
    assert_places_stand_in_the_documents(library, done["citations"] + done["passages"])
    assert all(sentence["supported"] or sentence["why_not"] for sentence in done["sentences"]
               if sentence["needs_support"])


def test_weak_evidence_is_said_and_the_generator_is_not_loaded(library):
    library.post("/api/models/unload")
    reply = library.post("/api/ask", {"question": "How do I bake banana bread with walnuts?", "stream": False})
    assert reply.status == 200
    assert reply.json["outcome"] == "no_evidence"
    assert "do not answer" in reply.json["answer"]
    assert reply.json["model"] is None
    assert library.model("generator")["state"] == "cold"
    assert library.model("embedder")["state"] == "ready"


def test_a_question_to_an_empty_store_says_how_to_add_documents(daemon):
    reply = daemon.post("/api/ask", {"question": QUESTION, "stream": False})
    assert reply.status == 200
    assert "counsel add" in reply.json["answer"]
    assert daemon.model("generator")["state"] == "cold"


def test_a_question_to_one_matter_never_sees_another(daemon, tmp_path):
    (tmp_path / "a.txt").write_text("The rent of Alder House is 1,450 pounds a month, due on the first day of each month.")
    (tmp_path / "b.txt").write_text("The rent of Birch House is 2,900 pounds a month, due on the fifth day of each month.")
    daemon.add(tmp_path / "a.txt", "alder")
    daemon.add(tmp_path / "b.txt", "birch")
    found = daemon.post("/api/search", {"query": "What is the rent of the house?", "matter": "alder"}).json["hits"]
    assert found and {hit["matter"] for hit in found} == {"alder"}
    unknown = daemon.post("/api/search", {"query": "rent", "matter": "cedar"})
    assert unknown.status == 404 and "cedar" in unknown.json["error"]["message"]


def test_search_says_why_a_passage_was_found(library):
    hits = library.post("/api/search", {"query": "written offer valid for at least three years"}).json["hits"]
    assert_places_stand_in_the_documents(library, hits)
    best = hits[0]
    assert "three years" in best["quote"]
    assert best["why"]["keyword_rank"] and best["why"]["matched_terms"] and best["why"]["cosine"] > 0.5
    assert 0.2 < best["relevance"] <= 1


def test_bad_questions_are_refused_with_a_sentence(library):
    def refused(body, status):
        reply = library.post("/api/ask", body)
        assert reply.status == status, reply.body
        assert reply.json["error"]["message"].endswith(".")

    refused({"question": ""}, 400)
    refused({"question": "   \n"}, 400)
    refused({"question": 5}, 400)
    refused({"question": "x", "limit": 31}, 400)
    refused({"question": "x", "style": "poem"}, 400)
    refused({"question": "x", "patience_seconds": 3601}, 400)
    refused({"question": "x", "patience_seconds": -1}, 400)
    refused({"question": "x", "min_relevance": 2}, 400)
    refused({"question": "why? " * 200_000}, 413)
    refused({"question": "why? " * 10_000}, 413)
    refused({"question": "why?", "matter": "no such matter"}, 404)


def test_kill_9_of_the_generator_ends_the_stream_with_an_error_and_the_next_question_works(library):
    library.post(f"/api/models/{library.model('generator')['name']}/load")
    events = library.stream("/api/ask", {"question": QUESTION, "style": "answer", "limit": 2})
    seen = []
    for name, data in events:
        seen.append(name)
        if name == "token" and "error" not in seen:
            victims = [pid for pid in library.children() if name_of(pid) == "llama-server"]
            for pid in victims:
                kill9(pid)
            break
    rest = list(events)
    assert rest[-1][0] == "error", rest[-3:]
    assert rest[-1][1]["error"]["message"]
    again = library.post("/api/ask", {"question": QUESTION, "style": "answer", "stream": False, "limit": 2})
    assert again.status == 200 and again.json["outcome"] in ("answered", "unsupported"), again.body


def test_kill_9_of_the_embedder_costs_one_error_at_most(library):
    library.post("/api/search", {"query": "patent licence"})
    embedder = library.child("counsel-embedder")
    kill9(embedder)
    wait_until(lambda: library.model("embedder")["state"] == "failed", "the death is noticed")
    assert "killed" in library.model("embedder")["reason"]
    assert library.post("/api/search", {"query": "patent licence"}).status == 200


def servers_of(daemon):
    """Its children that serve a model: not those that a plan asks."""
    found = set()
    for pid in daemon.children():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if name_of(pid) in ("llama-server", "counsel-embedder"):
                found.add(pid)
    return found


@pytest.mark.long
def test_fifty_first_questions_at_once_start_one_embedder_and_one_generator(library):
    library.post("/api/models/unload")
    replies = [None] * 50
    started = set()

    def ask(i):
        body = {"question": f"Question {i}: " + QUESTION, "style": "answer", "stream": False, "max_tokens": 8,
                "limit": 1}
        replies[i] = library.post("/api/ask", body)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        started.update(servers_of(library))
        threads[0].join(0.01)
        for thread in threads:
            thread.join(0.001)
    assert [reply.status for reply in replies] == [200] * 50
    started.update(servers_of(library))
    assert len(started) == 2, started
