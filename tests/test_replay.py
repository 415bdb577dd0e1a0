"""Replay: an answer of the record, written once more from the prompt that it was written from; and its question asked again."""

import json

import pytest

LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.

2. The tenant shall not keep a dog in Alder House without the written consent of the landlord.
"""
QUESTION = "What is the rent of Alder House?"


@pytest.fixture
def housed(daemon, tmp_path):
    (tmp_path / "lease.txt").write_text(LEASE)
    daemon.lease = daemon.add(tmp_path / "lease.txt", "Alder")["id"]
    return daemon


def ask(daemon, question=QUESTION, **more):
    reply = daemon.post("/api/ask", {"question": question, "style": "answer", "stream": False, "max_tokens": 60, **more})
    assert reply.status == 200, reply.body
    return reply.json


def said(daemon, number):
    return daemon.get(f"/api/record/{number}").json["entry"]["said"]


def replay(daemon, number, *arguments):
    done = daemon.cli("replay", str(number), "--json", *arguments)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_prompt_is_kept_as_it_was_given_and_the_same_text_comes_again_to_the_bit(housed):
    answer = ask(housed)
    written = said(housed, answer["record"])["written"]
    assert written["alone"] is True and written["cached_tokens"] == 0 and written["engine"] and written["processor"], written
    assert [message["role"] for message in written["prompt"]] == ["system", "user"]
    prompt = written["prompt"][1]["content"]["text"]
    assert "1,450 pounds a month" in prompt and QUESTION in prompt
    assert written["max_tokens"] == 60 and written["seed"] == 1
    assert "--ctx-size" in said(housed, answer["record"])["model"]["flags"]
    for _ in range(2):
        code, told = replay(housed, answer["record"])
        assert code == 0 and told["replay"]["same"] is True, told
        assert told["replay"]["now"] == written["text"]["text"] and told["replay"]["differences"] == []
    shown = housed.cli("replay", str(answer["record"]))
    assert shown.returncode == 0 and "The same text, to the bit" in shown.stdout, shown.stdout + shown.stderr


def test_neighbours_in_the_server_are_told(housed):
    ask(housed)  # loaded
    model = housed.model("generator")
    if model["slots"] < 2:
        pytest.skip("the server has one slot here")
    beside = {"model": model["name"], "max_tokens": 400, "ignore_eos": True, "stream": True,
              "messages": [{"role": "user", "content": "Count to a thousand."}]}
    with housed.stream("/v1/chat/completions", beside) as events:
        next(iter(events))
        number = ask(housed, "May the tenant keep a dog in Alder House?")["record"]
    assert said(housed, number)["written"]["alone"] is False
    _, told = replay(housed, number)
    assert "neighbours" in [one["what"] for one in told["replay"]["differences"]], told


def test_what_cannot_be_written_again_is_told(housed):
    quoted = ask(housed, style="quotes")["record"]
    assert said(housed, quoted)["written"] is None
    code, told = replay(housed, quoted)
    assert code == 0 and told["replay"]["same"] is None and told["replay"]["why"].startswith("No model wrote it"), told
    act = housed.post(f"/api/record/{quoted}/acts", {"act": "reviewed"}).json["number"]
    assert "is no question" in housed.cli("replay", str(act)).stderr
    assert housed.cli("replay", "99").returncode == 4
    assert housed.post(f"/api/record/{quoted}/replay", {"then": True}).status == 400
    written = ask(housed)["record"]
    assert housed.request("DELETE", f"/api/documents/{housed.lease}").status == 200
    gone = housed.cli("replay", str(written))
    assert gone.returncode != 0 and "were deleted" in gone.stderr, gone.stderr
    assert [path for path in housed.home.rglob("*") if path.is_file() and b"1,450 pounds" in path.read_bytes()] == []


def test_asked_again_today_it_shows_what_is_another(housed, tmp_path):
    number = ask(housed, style="quotes", matter="Alder")["record"]
    code, told = replay(housed, number, "--now")
    assert code == 0 and told["now"]["same"] is True and told["now"]["record"] == number + 1, told
    (tmp_path / "amendment.txt").write_text("Amendment.\n\nThe rent of Alder House is 1,540 pounds a month from May.\n")
    added = housed.add(tmp_path / "amendment.txt", "Alder")["id"]
    code, told = replay(housed, number, "--now")
    assert code != 0 and told["now"]["same"] is False and told["now"]["visible"]["now"]["documents"] == 2, told
    assert added in [place["document"] for place in told["now"]["read"]["added"]]
    shown = housed.cli("replay", str(number), "--now")
    assert "newly read: " in shown.stdout or "newly quoted" in shown.stdout, shown.stdout
    assert json.loads(housed.cli("record", "verify", "--json").stdout)["whole"] is True
