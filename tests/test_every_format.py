"""What a new user does first: a client's folder with one file of each format is added, and everything said in it, wherever it
is said, is found and cited with its page or place."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import make_client_folder
import make_scans
import pytest

from counsel import BIN, Daemon, cli

# What is asked, words of the one place that says it, the document, and its place: a page, or what it stands in.
ASKED = [
    # A scan within a PDF, pictures.
    ("Where did the surveyor find rising damp?", "rising damp in the cellar", "survey.pdf", 2),
    ("Why was planning permission refused?", "harm the setting", "planning.png", 1),
    ("What was the deposit for the copper mash tun?", "forty thousand pounds", "receipt.jpg", 1),
    ("What right to draw water does the land have?", "mill leat", "title.tif", 2),
    # Tables.
    ("What is the Principal Rent in years six to ten?", "91,500 pounds", "lease.docx", "table row"),
    ("What is the excess for subsidence, heave or landslip?", "17,500 pounds", "insurance.html", "table row"),
    # A mail's attachment, an archive's members.
    ("Until when is the money held as stakeholder?", "planning appeal has been determined", "undertaking.pdf", 1),
    ("Which trade mark is to be assigned to the Company?", "Old Clement", "minutes.docx", None),
    ("Which public footpath is to be diverted?", "footpath number 27", "footpath.txt", None),
    # Footnotes, tracked changes, a comment.
    ("What if a quarter day falls on a bank holiday?", "last working day before", "lease.docx", "footnote 1"),
    ("By what method is the moisture of pressed hops measured?", "Wye method", "supply.odt", "footnote 1"),
    ("How many months' written notice to break must the Tenant give?", "nine months", "lease.docx",
     "with text inserted by Ann Archer on 2024-03-01"),
    ("What did Ann Archer delete on 2024-03-01?", "six months", "lease.docx", "text deleted by Ann Archer on 2024-03-01"),
    ("Has the insurer agreed to weddings in the hop store?", "weddings may be held", "lease.docx",
     "comment by Priya Nair on 2024-03-02"),
    # The other formats.
    ("What is the limit of the Seller's liability under the Warranties?", "1,350,000 pounds", "agreement.pdf", 2),
    ("When are the Guarantor's obligations released?", "seven hundred thousand", "guarantee.rtf", None),
    ("What final dividend do the directors recommend?", "eleven pence", "accounts.xhtml", None),
    ("Why was completion put off to Friday?", "facility letter was not signed", "instruction.eml", None),
    ("Which draymen object to the transfer of their employment?", "Mr Osgood and Mr Pell", "chronology.md", None),
    ("When did the cold store alarm ring?", "twenty past four", "statement.txt", None),
    ("Is retention of title claimed for the bottling line?", "no\nretention of title", "attendance.txt", None),
]
INSIDE = {"undertaking.pdf": "instruction.eml", "minutes.docx": "disclosure.zip", "footpath.txt": "disclosure.zip"}
SCANS = ("survey.pdf", "planning.png", "receipt.jpg", "title.tif")


@pytest.fixture(scope="module")
def added():
    """The home of a user who has added the folder on the command line."""
    if not make_scans.POSSIBLE:
        pytest.skip("pdftoppm (poppler-utils) makes the scans")
    report = json.loads(subprocess.run([BIN / "counsel-extract", "--ocr-report"], capture_output=True, check=True).stdout)
    if "eng" not in report["languages"]:
        pytest.skip("tesseract-ocr-eng is not installed")
    top = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    (top / "client").mkdir()
    for name, content in make_client_folder.everything().items():
        (top / "client" / name).write_bytes(content)
    said = cli(top / "home", "add", top / "client")
    assert said.returncode == 0, said.stdout + said.stderr
    yield top / "home"
    cli(top / "home", "stop")
    shutil.rmtree(top, ignore_errors=True)


def of(home, *arguments):
    ran = cli(home, *arguments)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def documents_of(home):
    return {document["name"]: document for document in of(home, "documents", "--json")["documents"]}


def words_of(place):
    return [part["words"] for part in place["stands_in"]]


def stands_at(place, where):
    """Whether a hit or citation says that it is on that page, or in that part."""
    if isinstance(where, int):
        return place["page"] == where
    return where is None or where in words_of(place)


def test_every_file_and_every_file_inside_one_is_read(added):
    documents = documents_of(added)
    assert set(documents) == {*make_client_folder.everything(), *INSIDE}
    assert {document["state"] for document in documents.values()} == {"ready"}
    assert "hidden fact" not in json.dumps(of(added, "documents", "--json", "--text", "--show", "accounts.xhtml"))
    for inside, holder in INSIDE.items():
        assert documents[inside]["parents"] == [documents[holder]["id"]]


@pytest.mark.parametrize("question,said,name,where", ASKED, ids=[said for _, said, *_ in ASKED])
def test_what_is_said_in_one_place_only_is_found_there(added, question, said, name, where):
    hits = of(added, "search", "--json", question)["hits"]
    at = next((i for i, hit in enumerate(hits) if hit["name"] == name and said in hit["quote"]), None)
    assert at is not None and at < 3, [(hit["name"], hit["quote"][:60]) for hit in hits[:5]]
    hit = hits[at]
    assert hit["inside"] == INSIDE.get(name, "")
    assert hit["ocr"] == (name in SCANS)


ON_THE_COMMAND_LINE = ("rising damp in the cellar", "91,500 pounds", "17,500 pounds", "planning appeal has been determined",
                       "last working day before", "nine months", "six months", "weddings may be held")


@pytest.fixture(scope="module")
def answers(added):
    """Everything asked once, as a new user does: the documents answer in quotes."""
    daemon = Daemon(added)
    daemon.socket = json.loads((added / "daemon.json").read_text())["socket"]
    return {said: of(added, "ask", "--json", question) if said in ON_THE_COMMAND_LINE
            else daemon.post("/api/ask", {"question": question, "stream": False}).json for question, said, *_ in ASKED}


@pytest.mark.long
@pytest.mark.parametrize("question,said,name,where", ASKED, ids=[said for _, said, *_ in ASKED])
def test_an_answer_cites_the_place(added, answers, question, said, name, where):
    answer = answers[said]
    assert answer["outcome"] == "quoted" and answer["citations"], answer
    passages = [passage for passage in answer["passages"] if passage["name"] == name and said in passage["quote"]]
    assert passages, "the model read the place"
    stored = of(added, "documents", "--json", "--text", "--show", passages[0]["document"])["text"]
    for citation in answer["citations"]:
        passage = answer["passages"][citation["n"] - 1]
        assert citation["document"] == passage["document"]
        if citation["document"] == passages[0]["document"]:
            assert citation["quote"] == stored[citation["start"]:citation["end"]]
            assert citation["inside"] == INSIDE.get(name, "") and citation["ocr"] == (name in SCANS)
    cited = [citation for citation in answer["citations"] if citation["name"] == name]
    assert cited, "whatever else is cited, the document is"
    at_the_place = [citation for citation in cited if said in citation["quote"]]
    assert all(stands_at(citation, where) for citation in at_the_place), at_the_place


def test_nearly_every_answer_has_the_very_words(answers):
    missed = [said for _, said, *_ in ASKED if not any(said in citation["quote"] for citation in answers[said]["citations"])]
    assert len(missed) <= 2, missed
    not_first = [said for _, said, *_ in ASKED if said not in answers[said]["quotes"][0]["quote"]]
    assert len(not_first) <= 4, not_first


def test_a_deletion_is_told_apart_from_what_holds(answers):
    """What was struck out is cited as deleted, and the clause as it stands says nothing of it."""
    clause = answers["nine months"]["citations"]
    assert all("six months" not in citation["quote"] for citation in clause if words_of(citation)[:1] == ["clause 1.2"])


def test_a_place_is_opened_and_shown_with_what_it_stands_in(added):
    hit = of(added, "search", "--json", "What if a quarter day falls on a bank holiday?")["hits"][0]
    start = hit["start"] + hit["quote"].index("If a quarter day")
    shown = cli(added, "show", f"lease.docx:{start}-{start + 20}")
    assert shown.stdout.startswith("lease.docx, footnote 1, characters"), shown.stdout
    assert of(added, "show", "--json", f"lease.docx:{start}-{start + 20}")["stands_in"] == [
        {"kind": "footnote", "words": "footnote 1", "whole": True}]
    shown = cli(added, "show", "undertaking.pdf:0-30")
    assert shown.stdout.startswith("undertaking.pdf in instruction.eml, page 1,"), shown.stdout
    searched = cli(added, "search", "Until when is the money held as stakeholder?").stdout
    assert " 1. undertaking.pdf in instruction.eml, page 1, characters" in searched


def test_a_passage_over_two_pages_names_both_and_a_citation_in_it_the_right_one(added, answers):
    hit = next(hit for hit in of(added, "search", "--json", "Where did the surveyor find rising damp?")["hits"]
               if "rising damp" in hit["quote"])
    start = hit["start"] + hit["quote"].index("rising damp")
    place = of(added, "show", "--json", f"survey.pdf:{start}-{start + 11}")
    assert (hit["last_page"], place["page"], place["last_page"]) == (2, 2, 2)
