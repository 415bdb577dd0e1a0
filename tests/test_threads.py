"""Threads of mails: what a mail repeats of an earlier one is told as that, stays citable, and counts behind the mail that said it."""

import pytest

from test_formats import extract

SAID = ("The reeve lets the eels at the weir of Long Marsh to Ottoline Harbottle until Lady Day for nine pounds, and she keeps the\n"
        "sluice in repair at her own cost. She may not sublet the eels, and she gives the reeve a tenth of what she takes in winter.\n")


def mail(number, body, subject="Eels"):
    return (f"From: Person{number} Quill <p{number}@marsh.example>\nTo: Bea Archer <bea@firm.example>\nDate: Mon, {number + 3} Mar 2024 10:00:00 +0000\n"
            f"Subject: {subject}\nMessage-ID: <{number}@x>\n\n{body}").encode()


def marks(text):
    return "".join("> " + line for line in text.splitlines(keepends=True))


def outlook(text):
    return ("From: Person1 Quill <p1@marsh.example>\nSent: Monday, March 4, 2024 10:00 AM\nTo: Bea Archer\nSubject: Eels\n\n" + text)


@pytest.mark.parametrize("body,heading", [
    ("I agree.\n\n-----Original Message-----\n" + outlook(SAID), "From: Person1 Quill <p1@marsh.example>"),
    ("I agree.\n\n---------- Forwarded message ---------\nFrom: Person1 Quill <p1@marsh.example>\nDate: Mon, 4 Mar 2024 at 10:00\nSubject: Eels\nTo: Bea\n\n"
     + SAID, "From: Person1 Quill <p1@marsh.example>"),
    ("Ja.\n\nVon: Person1 Quill\nGesendet: Montag, 4. Mai 2024\nAn: Bea\nBetreff: Aale\n\n" + SAID, "Von: Person1 Quill"),
    ("I agree.\n\nOn Mon, 4 Mar 2024 at 10:00, Person1 Quill\n<p1@marsh.example> wrote:\n\n" + SAID, "<p1@marsh.example> wrote:"),
    ("I agree.\n\nOn Mon, 4 Mar 2024, Person1 wrote:\n" + marks(SAID), "On Mon, 4 Mar 2024, Person1 wrote:")])
def test_the_line_above_an_earlier_mail_is_a_heading(body, heading):
    assert [text for text, _ in extract(mail(2, body), "x.eml").parts("heading")] == [heading]


@pytest.mark.parametrize("body", [
    "On 4 March she wrote:\n> the eels are let\nNo, they are not.", "From: the mill to the weir is a mile.\nThe path is dry.",
    "The sender wrote:\nFrom: nobody\nand that was all."], ids=["answered line by line", "a sentence", "another sentence"])
def test_what_is_no_earlier_mail_is_none(body):
    assert extract(mail(2, body), "x.eml").parts("heading") == []


def test_what_ten_mails_repeat_is_found_in_the_first_one(daemon, tmp_path):
    said = SAID
    (tmp_path / "first.eml").write_bytes(mail(1, said))
    for number in range(2, 8):
        own = f"I have nothing to add, says number {number}, and I shall be in town on Thursday to see the clerk about the hedge.\n\n"
        quoted = "On Mon, 4 Mar 2024, Person1 Quill wrote:\n" + marks(said) if number % 2 else outlook(said)
        (tmp_path / f"reply{number}.eml").write_bytes(mail(number, own + quoted, "Re: Eels"))
    (tmp_path / "other.eml").write_bytes(mail(9, "The hedge at the mill is let to nobody, and the miller keeps the reeds in repair.\n", "Hedge"))
    for path in sorted(tmp_path.glob("*.eml"), reverse=True):
        daemon.add(path)
    hits = daemon.post("/api/search", {"query": "To whom does the reeve let the eels at the weir?", "min_relevance": 0, "limit": 15}).json["hits"]
    repeats = ["a tenth of what" in hit["quote"] for hit in hits]
    assert hits[0]["name"] == "first.eml" and repeats[0], hits[0]
    # The repetitions come last, and can be found all the same.
    assert repeats == [True] + [False] * (len(hits) - 7) + [True] * 6, [(hit["name"], hit["quote"][-60:]) for hit in hits]
