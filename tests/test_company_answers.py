"""Answers from the register, and what changed in it: the real daemon against tests/register."""

import json
import os
from pathlib import Path

import pytest

from test_companies_house import ingest, register, site, start  # noqa: F401: fixtures

# Of six companies; (matter's company, question, what the answer says). Each is answered from the register alone.
ANSWERED = [
    ("01234567", "What is the registered office of Acme Widgets?", ["registered office of ACME WIDGETS LIMITED"]),
    ("01234567", "When was Acme Widgets incorporated?", ["was incorporated on 21 January 1976"]),
    ("01234567", "Does Acme Widgets have outstanding charges?", ["has 1 outstanding charge and 2 satisfied", "Barclays Bank PLC"]),
    ("01234567", "Are the accounts of Acme Widgets overdue?", ["due by 30 September 2024 and are overdue"]),
    ("01234567", "What are the former names of Acme Widgets?", ["formerly named ACME BICYCLES LIMITED"]),
    ("01234567", "Who controls Acme Widgets?", ["Mrs Ffion Davies has been a person with significant control", "07654321"]),
    ("01234567", "Who were the former owners of Acme Widgets?", ["Mr Peter Patel was a person", "until 1 July 2022"]),
    ("01234567", "Who is the company secretary of Acme Widgets?", ["HARCOURT SECRETARIES LIMITED (registration number 03456789)"]),
    ("08765432", "Is Sinking Fast in liquidation?", ["creditors voluntary liquidation", "wound up on 11 February 2025"]),
    ("08765432", "What is the status of Sinking Fast Limited?", ["has the status liquidation"]),
    ("08765432", "How many outstanding charges does Sinking Fast have?", ["has 3 outstanding charges"]),
    ("09876543", "Is Gone Away dissolved?", ["has the status dissolved since 17 August 2021"]),
    ("09876543", "Who are the current directors of Gone Away Limited?", ["has no directors in office"]),
    ("SC012345", "What is the company number of Glen & Sons?", ["GLEN & SONS LIMITED has the company number SC012345"]),
    ("SC012345", "Who are the directors of company SC012345 and since when?", ["has been a director of GLEN & SONS LIMITED"]),
    ("SC012345", "Does Glen and Sons have any charges?", ["has no outstanding charges"]),
    ("OC300001", "Who are the members of Harcourt Pell LLP?", ["has been a member of HARCOURT PELL LLP"]),
    ("OC300001", "What type of company is Harcourt Pell?", ["limited liability partnership"]),
    ("04444444", "Who owns Cwmni Ynys Môn?", ["Ms Ffion Davies has been a person with significant control"]),
    ("04444444", "When is the confirmation statement of Cwmni Ynys Mon due?", ["due by 15 June 2099 and is not overdue"]),
]
DECLINED = [
    "What was the turnover of Acme Widgets in 2023?",
    "How many employees does Sinking Fast have?",
    "What is the home address of the directors of Glen & Sons?",
    "What is the telephone number of Harcourt Pell?",
    "What dividends did Cwmni Ynys Môn pay?",
]
COMPANIES = sorted({number for number, _, _ in ANSWERED})


def name(daemon, number, matter="M", **body):
    reply = daemon.request("PUT", f"/api/companies/{number}/watch", {"matter": matter, **body})
    assert reply.status == 200, reply.body
    return reply.json


def ask(daemon, question, matter="M"):
    reply = daemon.post("/api/ask", {"question": question, "matter": matter, "stream": False})
    assert reply.status == 200, reply.body
    return reply.json


def test_twenty_questions_are_answered_and_five_declined(start, register):
    daemon = start()
    for number in COMPANIES:
        name(daemon, number)
    before = len(register.requests())
    right = 0
    for number, question, wanted in ANSWERED:
        told = ask(daemon, question)
        assert told["register"] and told["register"]["number"] == number, (question, told["answer"])
        assert told["outcome"] == "answered" and told["model"] is None
        for words in wanted:
            assert words in told["answer"], (question, told["answer"])
        assert told["citations"]
        for citation in told["citations"]:
            stored = daemon.text(citation["document"], citation["start"], citation["end"])
            assert stored == citation["quote"]
            shown = told["answer"].encode()[citation["answer_start"]:citation["answer_end"]].decode() \
                if "answer_start" in citation else citation["quote"]
            assert shown == stored
        right += 1
    declined = 0
    for question in DECLINED:
        told = ask(daemon, question)
        assert told["outcome"] == "no_evidence" and told["citations"] == [], (question, told["answer"])
        assert "does not tell" in told["answer"]
        declined += 1
    print(f"\n{len(COMPANIES)} companies: {right} of {len(ANSWERED)} right with verified citations, "
          f"{declined} of {len(DECLINED)} declined; requests for them: {len(register.requests()) - before}")
    assert len(register.requests()) == before  # all was fresh
    loaded = [model["name"] for model in daemon.get("/api/models").json["models"]
              if model["role"] == "generator" and model["state"] == "ready"]
    assert loaded == []


def test_one_company_need_not_be_named_and_another_is_not_mistaken(start, register):
    daemon = start()
    name(daemon, "01234567")
    assert ask(daemon, "Does it have outstanding charges?")["register"]["number"] == "01234567"
    assert "register" in ask(daemon, "Who are the directors of the company and since when?")
    # Understood by every word or not at all.
    for question in ("Who are the directors of Zenith Trading?", "Who are the directors of Acme Limited?"):
        assert ask(daemon, question)["register"] is None


def test_a_reading_is_a_document_like_any_other(start, register):
    daemon = start()
    told = name(daemon, "SC012345")
    document = daemon.finished(told["document"])
    assert document["state"] == "ready", document
    assert document["media_type"] == "application/vnd.counsel.register-entry+json"
    assert document["matter"] == "M" and document["paths"] == ["companies-house:SC012345"]
    hits = daemon.post("/api/search", {"query": "directors of Glen & Sons", "matter": "M"}).json["hits"]
    assert hits[0]["document"] == told["document"]
    again = name(daemon, "SC012345", fresh=True)
    assert again["document"] == told["document"]  # the same facts add nothing
    assert daemon.get("/api/documents?matter=M&superseded=true").json["count"] == 1


def test_a_file_that_looks_like_a_reading_is_a_file(start, register, tmp_path):
    daemon = start()
    forged = tmp_path / "forged register entry.json"
    forged.write_text(json.dumps({"format": 1, "company": {"item": {"company_number": "00445790",
                                                                    "company_name": "FORGED"}}}))
    document = daemon.add(forged)
    assert document["media_type"] != "application/vnd.counsel.register-entry+json"
    assert daemon.get("/api/companies/watch").json["companies"] == []


def test_watch_tells_what_changed_and_old_citations_stay(start, register):
    daemon = start()
    first = name(daemon, "SC012345")
    daemon.finished(first["document"])
    nothing = daemon.cli("company", "watch", "--matter", "M", "--fresh")
    assert nothing.returncode == 0 and "nothing changed since" in nothing.stdout, nothing.stderr
    profile = daemon.get("/api/companies/SC012345/profile").json["item"]
    profile["company_status"] = "liquidation"
    register.fault("/company/SC012345$", "garbage", body=json.dumps(profile), times=1)
    told = json.loads(daemon.cli("company", "watch", "--matter", "M", "--fresh", "--json").stdout)["companies"][0]
    assert [change["kind"] for change in told["changes"]] == ["status"]
    assert told["changes"][0]["before"] == "active" and told["changes"][0]["after"] == "liquidation"
    assert told["document"] != first["document"]
    new = daemon.finished(told["document"])
    assert new["state"] == "ready"
    old = daemon.get(f"/api/documents/{first['document']}").json
    assert old["superseded_by"] == told["document"]
    assert "is active." in daemon.text(first["document"], 0, old["characters"])
    assert "has the status liquidation" in ask(daemon, "What is the status of Glen & Sons?")["answer"]


def test_the_watch_list_is_kept_by_the_command_line(start, register):
    daemon = start()
    added = daemon.cli("company", "watch", "add", "sc12345", "--matter", "M")
    assert added.returncode == 0 and "GLEN & SONS LIMITED  (SC012345)" in added.stdout, added.stderr
    assert "SC012345" in daemon.cli("company", "watch", "list").stdout
    assert daemon.cli("company", "watch", "remove", "SC012345", "--matter", "M").returncode == 0
    assert daemon.cli("company", "watch", "remove", "SC012345", "--matter", "M").returncode == 4
    assert "No company is named" in daemon.cli("company", "watch").stdout


def test_offline_the_kept_reading_answers_and_is_said_to_be_old(start, register, home):
    import contextlib
    import sqlite3
    daemon = start()
    daemon.finished(name(daemon, "SC012345")["document"])
    daemon.stop()
    with contextlib.closing(sqlite3.connect(home / "counsel.db")) as db, db:
        db.execute("UPDATE register_replies SET read_at = read_at - 604800")
        db.execute("UPDATE matter_companies SET read_at = read_at - 604800")
    daemon = start(key=None)
    told = ask(daemon, "What is the status of Glen & Sons?")
    assert told["register"]["stale"] and "could not be read anew" in told["answer"]
    assert "GLEN & SONS LIMITED (company number SC012345) is active." in told["answer"]


def test_without_a_generator_the_register_answers_and_the_documents_say_what_is_missing(start, register, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    (models / "bge-small-en-v1.5").symlink_to(Path(os.environ["COUNSEL_MODELS"]) / "bge-small-en-v1.5")
    daemon = start(COUNSEL_MODELS=str(models))
    name(daemon, "01234567")
    told = ask(daemon, "Does Acme Widgets have outstanding charges?")
    assert told["register"]["number"] == "01234567" and "has 1 outstanding charge" in told["answer"]
    shown = daemon.cli("ask", "When was Acme Widgets incorporated?", "--matter", "M")
    assert shown.returncode == 0 and "was incorporated on 21 January 1976" in shown.stdout, shown.stderr
    name(daemon, "01234567", matter="general")
    first_product = daemon.post("/api/rag/answer", {"question": "When was Acme Widgets incorporated?"})
    assert first_product.status == 200, first_product.body
    assert first_product.json["model_used"] == "register" and "21 January 1976" in first_product.json["answer"]
    # Weak evidence is said without one, too.
    (tmp_path / "lease.txt").write_text("The rent of Alder House is 1,450 pounds a month, due on its first day.")
    daemon.add(tmp_path / "lease.txt", "M")
    assert ask(daemon, "How do I bake banana bread with walnuts?")["outcome"] == "no_evidence"
    # Only where it is needed is it missed, with the way to get one.
    question = {"question": "What is the rent of Alder House?", "matter": "M", "style": "answer"}
    refused = daemon.post("/api/ask", {**question, "stream": False})
    assert refused.status == 404
    error = refused.json["error"]
    assert "needs a generator" in error["message"] and "Model file not found" in error["message"]
    assert "./run setup" in error["next_step"] or "counsel pull" in error["next_step"]
    events = list(daemon.stream("/api/ask", question))
    assert events[-1][0] == "error" and "needs a generator" in events[-1][1]["error"]["message"]
    shown = daemon.cli("ask", "--style", "answer", "What is the rent of Alder House?", "--matter", "M")
    assert shown.returncode != 0 and "needs a generator" in shown.stderr
    shown = daemon.cli("ask", "What is the rent of Alder House?", "--matter", "M")
    assert shown.returncode == 0 and "1,450 pounds a month" in shown.stdout and "there is no generator" in shown.stdout
    assert daemon.post("/api/rag/answer", {"question": "What is the rent of Alder House?"}).status == 404


# ---- documents that disagree with the register ----


def officers_of(daemon, number, past):
    items = daemon.get(f"/api/companies/{number}").json["officers"]["items"]
    return [officer for officer in items
            if bool(officer["resigned_on"]) == past and officer["role"] == "director" and officer["name"].isascii()]


def plainly(name):
    """"OKAFOR, Amelia" -> "Amelia Okafor"."""
    surname, given = name.split(", ")
    return f"{given} {surname.title()}"


def put(daemon, folder, name, text, matter="M"):
    path = folder / name
    path.write_text(text)
    document = daemon.add(path, matter)
    assert document["state"] == "ready", document
    return document


def check_citations(daemon, told):
    """Each verifies against the stored text, and stands in the answer word for word."""
    for citation in told["citations"]:
        assert daemon.text(citation["document"], citation["start"], citation["end"]) == citation["quote"]
        shown = told["answer"].encode()[citation["answer_start"]:citation["answer_end"]].decode()
        assert shown == citation["quote"]
    for both in told["disagreements"]:
        assert both["register"]["citation"] in told["citations"]
        assert both["document"]["citation"] in told["citations"]
        assert both["register"]["citation"]["document"] == told["register"]["document"]
    numbers = {passage["n"]: passage for passage in told["passages"]}
    for citation in told["citations"]:
        passage = numbers[citation["n"]]
        assert passage["document"] == citation["document"]
        assert passage["start"] <= citation["start"] and citation["end"] <= passage["end"]
        assert daemon.text(passage["document"], passage["start"], passage["end"]) == passage["quote"]


def one_disagreement(told, fact):
    assert [both["fact"] for both in told["disagreements"]] == [fact], told["answer"]
    return told["disagreements"][0]


NAME, OFFICE, NUMBER, DIRECTORS = ("What is Acme Widgets called?", "What is the registered office of Acme Widgets?",
                                   "What is the company number of Acme Widgets?", "Who are the directors of Acme Widgets?")


def test_documents_that_agree_with_the_register_give_no_alarm(start, register, tmp_path):
    daemon = start()
    name(daemon, "01234567")
    company = daemon.get("/api/companies/01234567").json["company"]
    directors = [plainly(officer["name"]) for officer in officers_of(daemon, "01234567", past=False)]
    assert directors
    office = company["registered_office"].replace(", United Kingdom", "").replace("Street", "St")
    put(daemon, tmp_path, "lease.txt", f"""LEASE

(1) Acme Widgets Ltd. (company number 1234567) whose registered office is at {office} (the "Tenant"); and

(2) BETA PROPERTIES LIMITED (company number 07654321) whose registered office is at 1 Old Street, London EC1V 9BD.

Signed by {directors[0]}, a director of ACME WIDGETS LIMITED
""")
    for question in (NAME, OFFICE, NUMBER, DIRECTORS):
        told = ask(daemon, question)
        assert told["register"] and told["disagreements"] == [], (question, told["answer"])
        check_citations(daemon, told)


def test_a_document_and_the_register_are_shown_side_by_side(start, register, tmp_path):
    daemon = start()
    name(daemon, "01234567")
    company = daemon.get("/api/companies/01234567").json["company"]
    left = officers_of(daemon, "01234567", past=True)[0]
    lease = put(daemon, tmp_path, "lease.txt", """LEASE of premises

(1) BETA PROPERTIES LIMITED (company number 07654321) whose registered office is at 5 Other Road, London N1 1AA; and

(2) ACME WIDGETS LIMITED (company number 01234568) (the "Tenant").
""")
    letter = put(daemon, tmp_path, "letter.txt", """Dear Sirs,

We act for Acme Widgets Ltd, whose registered office is at 1 Old Street, London EC1V 9BD. Für Rückfragen: bitte.
""")
    minutes = put(daemon, tmp_path, "minutes.txt", f"""Minutes of a meeting of the board of directors of Acme Widgets Limited

Present:
{plainly(left["name"])} (Director)
Zoe Ratcliffe (Director)
""")
    deed = put(daemon, tmp_path, "deed.txt", "A deed made with Acme Bicycles Limited, the Contractor, about bicycles.")
    order = put(daemon, tmp_path, "order.txt", "The Buyer is Acme Gadgets Limited (company number 01234567).")

    told = ask(daemon, OFFICE)
    check_citations(daemon, told)
    both = one_disagreement(told, "registered_office")
    assert both["document"]["says"] == "1 Old Street, London EC1V 9BD"
    assert both["register"]["says"] == company["registered_office"]
    assert both["document"]["citation"]["document"] == letter["id"]
    assert both["document"]["citation"]["quote"] == ("Acme Widgets Ltd, whose registered office is at 1 Old Street, "
                                                     "London EC1V 9BD")
    assert "letter.txt and the register do not agree on the registered office (the register as read on" in told["answer"]
    assert "5 Other Road" not in told["answer"]

    told = ask(daemon, NUMBER)
    check_citations(daemon, told)
    facts = {both["fact"]: both for both in told["disagreements"] if not both["former_name"]}
    assert set(facts) == {"number", "name"}
    assert facts["number"]["document"]["says"] == "01234568" and facts["number"]["register"]["says"] == "01234567"
    assert facts["number"]["document"]["citation"]["document"] == lease["id"]
    assert facts["name"]["document"]["says"] == "Acme Gadgets Limited"
    assert facts["name"]["document"]["citation"]["document"] == order["id"]

    told = ask(daemon, DIRECTORS)
    check_citations(daemon, told)
    assert [both["fact"] for both in told["disagreements"]] == ["officers", "officers"]
    first, second = sorted(told["disagreements"], key=lambda both: both["document"]["citation"]["start"])
    assert f"{plainly(left['name'])}, director" == first["document"]["says"] and " until " in first["register"]["says"]
    assert second["document"]["says"] == "Zoe Ratcliffe, director"
    assert second["register"]["says"] == "no director of that name"
    assert {first["document"]["citation"]["document"], second["document"]["citation"]["document"]} == {minutes["id"]}
    told = ask(daemon, f"Is {plainly(left['name'])} a director of Acme Widgets?")
    assert plainly(left["name"]) in one_disagreement(told, "officers")["document"]["says"]

    told = ask(daemon, "What are the former names of Acme Widgets?")
    check_citations(daemon, told)
    both = one_disagreement(told, "name")
    assert both["former_name"] and both["document"]["citation"]["document"] == deed["id"]
    assert "deed.txt uses a former name of the company" in told["answer"]

    done = [data for event, data in daemon.stream("/api/ask", {"question": OFFICE, "matter": "M"}) if event == "done"][0]
    assert one_disagreement(done, "registered_office")["document"]["says"] == "1 Old Street, London EC1V 9BD"
    shown = daemon.cli("ask", OFFICE, "--matter", "M")
    assert shown.returncode == 0, shown.stderr
    assert "Documents and the register side by side:" in shown.stdout
    side_by_side = shown.stdout.split("Documents and the register side by side:")[1].split("Sources,")[0]
    assert "! registered office" in side_by_side and "[1] the register, read " in side_by_side
    assert side_by_side.index(company["registered_office"]) < side_by_side.index("[2] letter.txt")
    assert side_by_side.rstrip().endswith("1 Old Street, London EC1V 9BD")

    every = daemon.get("/api/companies/01234567/disagreements?matter=M").json["companies"][0]["disagreements"]
    assert sorted(both["fact"] for both in every) == ["name", "name", "number", "officers", "officers", "registered_office"]
    for both in every:
        for citation in (both["register"]["citation"], both["document"]["citation"]):
            assert daemon.text(citation["document"], citation["start"], citation["end"]) == citation["quote"]
    shown = daemon.cli("company", "1234567", "--matter", "M")
    assert shown.returncode == 0, shown.stderr
    assert "Documents of the matter 'M' that say otherwise" in shown.stdout
    assert "1 Old Street, London EC1V 9BD" in shown.stdout and "no director of that name" in shown.stdout
    nobody = daemon.cli("company", "1234567", "--matter", "general")
    assert nobody.returncode == 0 and "its documents were not compared" in nobody.stdout
    # Another matter's documents stay behind its wall.
    name(daemon, "01234567", matter="N")
    assert ask(daemon, OFFICE, matter="N")["disagreements"] == []
    assert daemon.get("/api/companies/01234567/disagreements?matter=N").json["companies"][0]["disagreements"] == []


def test_several_documents_stand_under_one_line_of_the_register(start, register, tmp_path):
    daemon = start()
    name(daemon, "01234567")
    for i in range(1, 9):
        put(daemon, tmp_path, f"contract {i}.txt", f"Contract with Acme Widgets Limited, whose registered office is at {i} Old "
            f"Street, London EC1V 9BD.")
    told = ask(daemon, OFFICE)
    check_citations(daemon, told)
    assert len(told["disagreements"]) == 5
    assert told["answer"].count("- the register: ") == 1 and "5 documents and the register do not agree" in told["answer"]
    assert "in 3 more places: counsel company 01234567 --matter 'M'" in told["answer"]
    every = daemon.get("/api/companies/01234567/disagreements").json["companies"]
    assert [company["matter"] for company in every] == ["M"] and len(every[0]["disagreements"]) == 8
    shown = daemon.cli("company", "1234567")
    assert shown.stdout.count("! registered office") == 1 and "8 Old Street" in shown.stdout


def test_what_a_document_answers_is_compared_with_the_register_too(start, register, tmp_path):
    daemon = start()
    name(daemon, "01234567")
    letter = put(daemon, tmp_path, "letter.txt", "Acme Widgets Ltd has its registered office at 1 Old Street, London EC1V "
                 "9BD, to which notices must be sent.\n\nZoe Ratcliffe is a director of Acme Widgets Ltd.\n")
    reply = daemon.post("/api/ask", {"question": "Where is the registered office of Acme Widgets, to which notices must be "
                                     "sent?", "matter": "M", "style": "quotes", "stream": False})
    assert reply.status == 200, reply.body
    told = reply.json
    assert told["register"] is None  # one word too many for the register
    # The reading of the register is a document too, and answers beside the letter.
    assert letter["id"] in {citation["document"] for citation in told["citations"]}, told["answer"]
    assert len({passage["n"] for passage in told["passages"]}) == len(told["passages"])
    both = one_disagreement(told, "registered_office")
    assert both["document"]["says"] == "1 Old Street, London EC1V 9BD"
    assert "letter.txt and the register do not agree on the registered office" in told["answer"]
    for citation in (both["register"]["citation"], both["document"]["citation"]):
        assert citation in told["citations"]
        assert daemon.text(citation["document"], citation["start"], citation["end"]) == citation["quote"]


# ---- as a new user would ----


def cited(daemon, question):
    """The citations of an answer, each a verbatim quote of the stored text."""
    done = daemon.cli("ask", question, "--matter", "Testco", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["citations"], told
    for citation in told["citations"]:
        assert daemon.text(citation["document"], citation["start"], citation["end"]) == citation["quote"]
    return told["citations"]


def test_a_dossier_then_filings_then_questions_over_them(start, register):
    daemon = start()
    shown = daemon.cli("company", "445790")
    assert shown.returncode == 0 and "TESTCO STORES PLC" in shown.stdout and "00445790" in shown.stdout
    done = daemon.cli("company", "445790", "--ingest", "accounts", "--max", "3", "--matter", "Testco")
    assert done.returncode == 0, done.stderr
    documents = daemon.get("/api/documents?matter=Testco").json["documents"]
    # Filed in the year after.
    filed = {str(int(document["name"].split("accounts ")[1][:4]) - 1): document for document in documents}
    assert sorted(filed) == ["2022", "2023", "2024"] and {document["state"] for document in documents} == {"ready"}
    assert any("read by OCR" in note for note in filed["2022"]["notes"])
    # Its own words from each: iXBRL, a PDF with text, a scan.
    assert any("2,050,312" in one["quote"] and one["document"] == filed["2024"]["id"]
               for one in cited(daemon, "What was the turnover in the accounts of 2024?"))
    assert any("2,049,299" in one["quote"] and one["document"] == filed["2023"]["id"]
               for one in cited(daemon, "What was the turnover for the year ended 31 December 2023?"))
    scanned = [one for one in cited(daemon, "Who was the auditor, of Leeds?") if "Harcourt Pell LLP of Leeds" in one["quote"]]
    assert scanned and scanned[0]["document"] == filed["2022"]["id"] and scanned[0]["ocr"] and scanned[0]["page"] == 1
