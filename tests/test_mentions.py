"""Does any document mention it? Never "none" of what was not read without saying so."""

import json

import pytest


@pytest.fixture
def stored(daemon, tmp_path):
    (tmp_path / "survey.txt").write_text("The surveyor found asbestos in the roof. Asbestos was removed by organised teams.\n")
    (tmp_path / "lease.txt").write_text("The tenants pay the rent. The color of the door is red.\n")
    (tmp_path / "elsewhere.txt").write_text("A rent review of another matter.\n")
    daemon.add(tmp_path / "survey.txt", "Roof")
    daemon.add(tmp_path / "lease.txt", "Roof")
    daemon.add(tmp_path / "elsewhere.txt", "Other")
    return daemon


def mentions(daemon, text, *more):
    done = daemon.cli("mentions", text, "--json", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_where_it_stands_is_counted_and_quoted(stored):
    found = mentions(stored, "asbestos", "--matter", "Roof")
    assert (found["documents"], found["mentioning"], found["not_read_count"]) == (2, 1, 0)
    only = found["mentions"][0]
    assert (only["name"], only["count"]) == ("survey.txt", 2)
    place = stored.get(f"/api/documents/{only['document']}/passage?start={only['start']}&end={only['end']}")
    assert place.json["text"] == "asbestos"


def test_forms_and_spellings_count_and_other_matters_do_not(stored):
    assert mentions(stored, "organize", "--matter", "Roof")["mentioning"] == 1
    assert mentions(stored, "tenant", "--matter", "Roof")["mentioning"] == 1
    assert mentions(stored, "colours", "--matter", "Roof")["mentioning"] == 1
    none = mentions(stored, "rent review", "--matter", "Roof")
    assert none["mentioning"] == 0 and none["nearest"]["hits"][0]["name"] == "lease.txt"
    assert mentions(stored, "rent review")["mentioning"] == 1


def test_none_says_what_was_not_read(stored, tmp_path):
    said = stored.cli("mentions", "mercury", "--matter", "Roof").stdout
    assert "None of the 2 documents mentions “mercury”." in said and "in any form" in said
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    stored.cli("add", str(tmp_path / "broken.pdf"), "--matter", "Roof")
    said = stored.cli("mentions", "mercury", "--matter", "Roof").stdout
    assert "in what was read of them" in said and "broken.pdf" in said


def test_bad_requests_are_told(stored):
    for body, word in (({"text": " ,"}, "words"), ({"text": "x", "matter": "Nobody"}, "No matter"), ({"texts": "x"}, "texts")):
        assert word in stored.post("/api/mentions", body).body.decode(), body
