"""The document and the place that a question means."""

import sqlite3

import pytest

from counsel import Daemon, wait_until

MOTOROLA = """NON-DISCLOSURE AGREEMENT

This agreement is made between Motorola Solutions, Inc. and Ada Byron (the "Recipient").

1. CONFIDENTIALITY
1.1 Confidential information includes what is conveyed orally.
1.2 The Recipient may make two copies of any document.

7. TERM
7.1 This agreement lasts for three years.
7.2 The duty of secrecy survives for two further years.

8. LAW
8.1 The law of Illinois applies. Clause 7.2 is subject to this clause.
"""
ACME = MOTOROLA.replace("Motorola Solutions, Inc.", "Acme Widgets Limited").replace("three years", "nine years").replace("two copies", "ten copies")
LEASE = """LEASE of Unit 9, Mill Lane

The Landlord is Harbour Estates Limited. The Tenant is Grace Hopper.

1. RENT
1.1 The rent is 500 pounds a month.

2. DEFINITIONS
"Business Day" means a day other than a Sunday.
"Term" means five years.
"""


@pytest.fixture
def contracts(home):
    daemon = Daemon(home).start()
    for name, text in (("nda_motorola.txt", MOTOROLA), ("nda_acme.txt", ACME), ("lease_unit9.txt", LEASE)):
        path = home.parent / name
        path.write_text(text)
        assert daemon.add(path)["state"] == "ready"
    yield daemon
    daemon.stop()


def search(daemon, query, **more):
    reply = daemon.post("/api/search", {"query": query, **more})
    assert reply.status == 200, reply.body
    return reply.json


def test_a_question_is_asked_inside_the_document_it_names_and_without_its_name(contracts):
    for question in ("Consider the Motorola NDA; How long does it last?", "How long does the Motorola NDA last?",
                     "How many years does secrecy last under nda_motorola.txt?"):
        found = search(contracts, question)
        assert [d["name"] for d in found["searched_in"]["documents"]] == ["nda_motorola.txt"], question
        assert found["searched_in"]["chosen"] and "otorola" not in found["searched_in"]["question"]
        assert {hit["name"] for hit in found["hits"]} == {"nda_motorola.txt"}
    assert search(contracts, "How long does it last?")["searched_in"] is None
    both = search(contracts, "Compare the copies allowed by the Motorola NDA and the Acme NDA")
    assert {hit["name"] for hit in both["hits"]} == {"nda_motorola.txt", "nda_acme.txt"}


def test_everywhere_asks_all_documents(contracts):
    found = search(contracts, "How long does the Motorola NDA last?", everywhere=True)
    assert len({hit["name"] for hit in found["hits"]}) == 3 and found["searched_in"] is None
    assert contracts.post("/api/search", {"query": "x", "everywhere": "yes"}).status == 400
    shown = contracts.cli("search", "How long does the Motorola NDA last?").stdout
    assert shown.startswith("Searched in: nda_motorola.txt (--everywhere searches all)")
    assert "Searched in" not in contracts.cli("search", "--everywhere", "How long does the Motorola NDA last?").stdout


def test_a_document_that_is_not_there_is_answered_by_no_other(contracts):
    found = search(contracts, "Consider Globex's Non-Disclosure Agreement; How long does it last?")
    assert found["searched_in"]["not_there"] == "Globex's Non-Disclosure Agreement"
    assert max(hit["relevance"] for hit in found["hits"]) < 0.2
    answer = contracts.post("/api/ask", {"question": "Consider Globex's Non-Disclosure Agreement; How long does it last?",
                                         "stream": False}).json
    assert answer["outcome"] == "no_evidence" and "Globex" in answer["answer"]


@pytest.mark.parametrize("question, begins, of", [
    ("What does clause 7.2 of the Motorola NDA say?", "7.2 The duty of secrecy", "nda_motorola.txt"),
    ("What does clause 7 of the Acme NDA say?", "7. TERM", "nda_acme.txt"),
    ("What is the definition of Business Day?", "\"Business Day\" means a day", "lease_unit9.txt"),
    ("What does clause 2 say?", "2. DEFINITIONS", "lease_unit9.txt"),
])
def test_a_place_that_is_named_comes_first_and_is_evidence(contracts, question, begins, of):
    hit = search(contracts, question)["hits"][0]
    assert (hit["name"], hit["quote"][:len(begins)]) == (of, begins)
    assert hit["relevance"] > 0.9 and hit["why"]["place"]
    assert hit["quote"] == contracts.text(hit["document"], hit["start"], hit["end"])


def test_a_home_without_rows_gets_them_and_a_deletion_takes_them_along(contracts, home):
    contracts.stop()
    with sqlite3.connect(home / "counsel.db") as db:
        db.execute("DELETE FROM document_rows")
    db.close()
    daemon = Daemon(home).start()
    try:
        wait_until(lambda: search(daemon, "How long does the Motorola NDA last?")["searched_in"], "the rows are made")
        motorola = next(d for d in daemon.get("/api/documents").json["documents"] if d["name"] == "nda_motorola.txt")
        assert daemon.request("DELETE", f"/api/documents/{motorola['id']}").status == 200
        assert search(daemon, "How long does the Motorola NDA last?")["searched_in"] is None
    finally:
        daemon.stop()
    with sqlite3.connect(home / "counsel.db") as db:
        assert db.execute("SELECT count(*) FROM document_rows").fetchone()[0] == 2
    db.close()
    assert not [path for path in home.rglob("*") if path.is_file() and b"Motorola" in path.read_bytes()]
