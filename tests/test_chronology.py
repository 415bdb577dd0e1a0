"""The chronology of a matter: dates in order, joined, contradicted, counted; what was not read is said."""

import csv
import html
import io
import json
import re
import zipfile

import pytest

LETTER = """Larkmoor Limited
14 June 2024

Dear Ms Okafor

On 3 June 2024 Mr Brand inspected the slipped slates of the north roof. Two weeks later he returned with a roofer.
The works must be finished by 31 July 2024. The invoice was dated 05/06/2024.
"""

MINUTES = """Minutes of the meeting held on 20 June 2024

The board noted that on 3 June 2024 Mr Brand had inspected the slipped slates of the north roof.
The tender of Harcourt Roofing Limited was opened by Mrs Pell in Leeds on 11 June 2024.
"""

MAIL = """Report

The tender of Harcourt Roofing Limited was opened by Mrs Pell in Leeds on 12 June 2024. Clause 3.4.2024 says nothing.
"""


@pytest.fixture
def told(daemon, tmp_path):
    for name, text in (("letter.txt", LETTER), ("minutes.txt", MINUTES), ("report.txt", MAIL)):
        (tmp_path / name).write_text(text)
        daemon.add(tmp_path / name, "Roof")
    (tmp_path / "other.txt").write_text("On 1 May 2020 the wall fell.")
    daemon.add(tmp_path / "other.txt", "Wall")
    return daemon


def chronology(daemon, *arguments):
    done = daemon.cli("chronology", "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_dates_of_a_matter_stand_in_order_with_their_words_and_places(told):
    found = chronology(told, "--matter", "Roof")
    days = [event["date"]["from"] for event in found["events"]]
    assert days == sorted(days)
    assert "2020-05-01" not in days, "another matter's"
    inspected = next(event for event in found["events"] if event["date"]["from"] == "2024-06-03")
    assert inspected["who"] == ["Mr Brand"]
    assert inspected["what"] == "Mr Brand inspected the slipped slates of the north roof"
    assert {source["name"] for source in inspected["sources"]} == {"letter.txt", "minutes.txt"}, "joined"
    for event in found["events"]:
        for source in event["sources"]:
            text = told.get(f"/api/documents/{source['document']}/passage?start={source['start']}&end={source['end']}")
            assert text.json["text"] == source["quote"]
    until = next(event for event in found["events"] if event["date"]["from"] == "2024-07-31")
    assert until["date"]["kind"] == "before"


def test_what_two_documents_tell_differently_stands_side_by_side(told):
    found = chronology(told, "--matter", "Roof")
    disputed = {event["date"]["from"]: event["contradicted_by"] for event in found["events"] if event["contradicted_by"]}
    assert set(disputed) == {"2024-06-11", "2024-06-12"}
    assert disputed["2024-06-11"][0]["name"] == "report.txt"
    assert disputed["2024-06-12"][0]["date"]["from"] == "2024-06-11"


def test_what_is_counted_is_marked_and_what_is_open_is_left_out_and_told(told):
    found = chronology(told, "--matter", "Roof")
    counted = next(event for event in found["events"] if "counted" in event["date"]["marks"])
    assert (counted["date"]["from"], counted["date"]["counted_from"]) == ("2024-06-17", "2024-06-03")
    assert found["undated"] == 1
    open_ones = chronology(told, "--matter", "Roof", "--undated")["events"][-1]
    assert open_ones["written"] == "05/06/2024"
    assert [reading["from"] for reading in open_ones["date"]["readings"]] == ["2024-06-05", "2024-05-06"]


def test_pages_of_a_chronology_make_the_whole(told):
    whole = [event["written"] for event in chronology(told)["events"]]
    parts, after = [], 0
    while after is not None:
        reply = told.post("/api/chronology", {"limit": 2, "after": after})
        page = json.loads(reply.body.decode().split("event: done\ndata: ")[1])
        parts += [event["written"] for event in page["events"]]
        after = page["next"]
    assert parts == whole and len(whole) > 5


def test_a_table_of_it_can_be_written_and_only_between_days(told, tmp_path):
    file = tmp_path / "roof.csv"
    done = told.cli("chronology", "--matter", "Roof", "--from", "2024-06-01", "--to", "2024-06-15", "--csv", str(file))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert {row["from"] for row in rows} == {"2024-06-03", "2024-06-11", "2024-06-12", "2024-06-14"}
    again = told.cli("chronology", "--csv", str(file))
    assert again.returncode != 0 and "already" in again.stderr


def test_a_word_document_of_it_has_the_words_of_each_source_as_a_footnote(told, tmp_path):
    file = tmp_path / "roof.docx"
    done = told.cli("chronology", "--matter", "Roof", "--docx", str(file))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(file) as paper:
        body, notes = (paper.read(f"word/{part}.xml").decode() for part in ("document", "footnotes"))
    events = chronology(told, "--matter", "Roof")["events"]
    sources = [source for event in events for source in event["sources"] + event["contradicted_by"]]
    assert len(re.findall("<w:footnoteReference ", body)) == len(sources)
    for source in sources:
        for line in f"{source['name']}: “{source['quote']}”".split("\n"):
            assert line in html.unescape(notes)
    assert "Another day: 2024-06-12 in report.txt" in body and "counted from 2024-06-03" in body
    assert told.cli("chronology", "--docx", str(tmp_path / "a.docx"), "--csv", str(tmp_path / "a.csv")).returncode != 0


def test_an_unread_document_is_told(told, tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    told.cli("add", str(tmp_path / "broken.pdf"), "--matter", "Roof")
    found = chronology(told, "--matter", "Roof")
    assert [one["name"] for one in found["unread"]] == ["broken.pdf"]
    assert "broken.pdf" in told.cli("chronology", "--matter", "Roof").stdout


def test_bad_requests_are_told(told):
    for body, word in (({"matter": "Nobody"}, "No matter"), ({"from": "yesterday"}, "2024-03-05"), ({"matters": "Roof"}, "matters"),
                       ({"limit": 0}, "limit"), ({"from": "2024-02-01", "to": "2024-01-01"}, "before"), ({"documents": ["nope"]}, "nope")):
        reply = told.post("/api/chronology", body)
        assert word in reply.body.decode(), body
        assert reply.status == 400 or "event: error" in reply.body.decode(), body
