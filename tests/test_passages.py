"""How texts become passages: sized in the embedder's own tokens, whole clauses, their place above them."""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from counsel import LICENSES, UnixConnection

READ_AT_MOST = 512  # tokens, its two special ones among them


def passages(daemon, document):
    with closing(sqlite3.connect(daemon.home / "counsel.db")) as db:
        return db.execute("SELECT heading, text FROM chunks WHERE document = ? ORDER BY ordinal", (document,)).fetchall()


def read_by_the_embedder(daemon, texts):
    """(tokens, truncated) of each text, as the embedder itself says."""
    socket = next(str(p) for p in Path(daemon.socket).parent.iterdir() if p.name != "daemon.sock")
    with closing(UnixConnection(socket)) as connection:
        connection.request("POST", "/v1/embeddings", json.dumps({"input": texts}), {"Content-Type": "application/json"})
        data = json.load(connection.getresponse())["data"]
    return [(one["tokens"], one["truncated"]) for one in data]


@pytest.mark.long
def test_no_end_of_a_passage_goes_unread(daemon, tmp_path):
    # Words of many tokens each: 200 of them are far more than the embedder reads.
    rng = random.Random(5)
    numbers = [f"GB{rng.randrange(10**14)}-{rng.randrange(16**8):x}/{rng.randrange(10**6)}" for _ in range(3_000)]
    (tmp_path / "accounts.txt").write_text(" ".join(numbers))
    document = daemon.add(tmp_path / "accounts.txt")
    texts = [text for _, text in passages(daemon, document["id"])]
    read = read_by_the_embedder(daemon, texts)
    assert not any(truncated for _, truncated in read)
    assert max(tokens for tokens, _ in read) <= READ_AT_MOST
    assert " ".join(texts).split() == numbers


def test_passages_of_prose_have_the_tokens_they_are_meant_to_have(daemon):
    document = daemon.add(LICENSES / "GPL-3")
    read = read_by_the_embedder(daemon, [text for _, text in passages(daemon, document["id"])])
    sizes = sorted(tokens for tokens, _ in read)
    assert 110 <= sizes[len(sizes) // 2] <= 215
    assert sizes[-1] <= READ_AT_MOST


def test_a_clause_is_found_by_its_words_and_names_its_place(daemon, tmp_path):
    filler = "The parties shall act in good faith and keep proper records of what they do under this lease. " * 6
    (tmp_path / "lease.txt").write_text(
        "LEASE OF THE MILL\n\n4. Repair\n\n4.1 " + filler + "\n\n4.2 " + filler + "\n\n5. Rent\n\n5.1 " + filler +
        "\n\n5.2 The tenant pays the marsh levy to the drainage board. " + filler + "\n\n6. End\n\n6.1 " + filler)
    daemon.add(tmp_path / "lease.txt")
    hits = daemon.post("/api/search", {"query": "Who pays the marsh levy to the drainage board?"}).json["hits"]
    assert hits[0]["heading"] == "LEASE OF THE MILL > 5. Rent > 5.2"
    assert daemon.text(hits[0]["document"], hits[0]["start"], hits[0]["end"]).startswith("5.2 The tenant pays the marsh levy")
