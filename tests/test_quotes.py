"""Quotes: the sentences that answer, verbatim, at once, and without any generator."""

import pytest

GRANARY = """LICENCE OF THE GRANARY

1. In this licence the Premises are the Granary at Mill Lane.

2. The Tenant shall not:
(a) keep bees;
(b) hang washing from the balcony; or
(c) burn coal.

3. The Landlord shall:
(a) mend the roof; and
(b) sweep the chimney.

4. The Tenant may keep goldfish in a bowl of no more than five litres of water, which is to be changed.

5. The deposit is 3.5 per cent. of the price.
"""


@pytest.fixture
def granary(daemon, tmp_path):
    (tmp_path / "granary.txt").write_text(GRANARY)
    daemon.add(tmp_path / "granary.txt")
    (tmp_path / "letter.txt").write_text("We refer to clause 5 of the granary licence, under which the deposit was to be paid by you.")
    daemon.add(tmp_path / "letter.txt")
    (tmp_path / "secret.txt").write_text("The codeword of the side letter is Zarquon.")
    daemon.add(tmp_path / "secret.txt", "beta")
    return daemon


def ask(daemon, question, **more):
    reply = daemon.post("/api/ask", {"question": question, "stream": False, **more})
    assert reply.status == 200, reply.body
    return reply.json


@pytest.mark.parametrize("question, lead_in, begins", [
    ("May the Tenant hang washing?", "The Tenant shall not:", "hang washing"),
    ("May the Tenant keep bees?", "The Tenant shall not:", "keep bees"),
    ("Who must sweep the chimney?", "The Landlord shall:", "sweep the chimney"),
    ("May the Tenant keep goldfish?", "", "The Tenant may keep goldfish"),
    ("What is the deposit as a percentage of the price?", "", "The deposit is 3.5 per cent."),
])
def test_an_item_of_a_list_is_quoted_with_what_leads_it_in(granary, question, lead_in, begins):
    answer = ask(granary, question)
    first = answer["quotes"][0]
    assert answer["outcome"] == "quoted" and first["lead_in"].endswith(lead_in) and first["quote"].startswith(begins), answer["quotes"]
    assert bool(first["lead_in"]) == bool(lead_in)
    for quote in answer["quotes"]:
        assert granary.text(quote["document"], quote["start"], quote["end"]) == quote["quote"]
    assert granary.model("generator")["state"] == "cold"


def test_the_place_that_is_named_comes_first_and_one_that_is_not_there_is_told(granary):
    answer = ask(granary, "What does clause 5 of the granary licence say?")
    assert [quote["name"] for quote in answer["quotes"]] == ["granary.txt"]
    assert answer["quotes"][0]["quote"].startswith("The deposit is 3.5 per cent.")
    answer = ask(granary, "What does clause 99.9 of the granary licence say?")
    assert answer["outcome"] == "no_evidence" and answer["answer"].startswith("No clause 99.9 was found.")
    assert answer["quotes"] == []


def test_a_name_in_another_matter_is_not_even_known(granary):
    body = {"question": "What is the codeword?", "matter": "general", "document": "secret.txt"}
    reply = granary.post("/api/ask", body)
    assert reply.status == 404 and "in the matters that are asked" in reply.json["error"]["message"]
    assert granary.post("/api/search", {"query": "codeword", "matter": "general", "document": "secret.txt"}).status == 404
    assert ask(granary, "What is the codeword?", matter="beta", document="secret.txt")["quotes"]


def test_documents_that_do_not_say_the_same_stand_side_by_side(daemon, tmp_path):
    (tmp_path / "lease.txt").write_text("LEASE OF FLAT 2\n\n1. The rent for the Flat is 1,450 pounds a month, due on the first day of each month.\n")
    (tmp_path / "side-letter.txt").write_text("SIDE LETTER\n\nWe confirm what was agreed. From 1 March 2026 the rent is £1,500 a month.\n")
    for name in ("lease.txt", "side-letter.txt"):
        daemon.add(tmp_path / name)
    answer = ask(daemon, "How much is the rent a month?")
    assert answer["outcome"] == "quoted"
    [both] = answer["contradictions"]
    assert both["about"] == "rent"
    assert sorted((side["says"], side["citation"]["name"]) for side in both["sides"]) == [
        ("1,450 pounds a month", "lease.txt"), ("£1,500 a month", "side-letter.txt")]
    for side in both["sides"]:
        citation = side["citation"]
        assert daemon.text(citation["document"], citation["start"], citation["end"]) == citation["quote"]
    (tmp_path / "deposit.txt").write_text("The deposit is 900 pounds.")
    daemon.add(tmp_path / "deposit.txt")
    assert ask(daemon, "How much is the deposit?")["contradictions"] == []
