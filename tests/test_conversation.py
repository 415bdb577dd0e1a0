"""Conversations: a question that refers to the ones before it finds what its written-out form finds."""

import subprocess

import pytest

from counsel import COUNSEL, LICENSES

LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.

2. The tenant shall not keep a dog in Alder House without the written consent of the landlord.

3. The deposit for Alder House is 2,900 pounds, held by the agent until the tenancy ends.
"""


@pytest.fixture
def housed(daemon, tmp_path):
    (tmp_path / "lease.txt").write_text(LEASE)
    daemon.add(tmp_path / "lease.txt")
    daemon.add(LICENSES / "GPL-3")
    return daemon


def ask(daemon, question, **more):
    reply = daemon.post("/api/ask", {"question": question, "style": "quotes", "stream": False, **more})
    assert reply.status == 200, reply.body
    return reply.json


def test_a_question_is_made_whole_by_the_one_before_it(housed):
    first = ask(housed, "What is the rent of Alder House?", session="s")
    assert "1,450 pounds" in first["quotes"][0]["quote"] and first["searched_for"] == "What is the rent of Alder House?"
    second = ask(housed, "And when is it due?", session="s")
    assert "first day of each month" in second["quotes"][0]["quote"]
    assert second["searched_for"] == "What is the rent of Alder House?\nAnd when is it due?"
    # By itself it says nothing.
    alone = ask(housed, "And when is it due?")
    assert alone["searched_for"] == "And when is it due?"
    # What stands by itself is not mixed with what came before.
    third = ask(housed, "How much is the deposit for Alder House?", session="s")
    assert third["searched_for"] == "How much is the deposit for Alder House?"
    assert "2,900 pounds" in third["quotes"][0]["quote"]


def test_a_session_of_one_matter_knows_nothing_of_the_same_name_in_another(housed, tmp_path):
    (tmp_path / "other.txt").write_text("The rent of Birch House is 900 pounds a month, due on the last day of each month.")
    housed.add(tmp_path / "other.txt", "birch")
    ask(housed, "What is the rent of Alder House?", session="s", matter="general")
    other = ask(housed, "And when is it due?", session="s", matter="birch")
    assert other["searched_for"] == "And when is it due?"


def test_a_session_without_end_is_refused(housed):
    reply = housed.post("/api/ask", {"question": "x", "session": "s" * 500})
    assert reply.status == 400 and "session" in reply.json["error"]["message"]


def test_chat_answers_one_line_after_another(housed):
    chat = subprocess.run([COUNSEL, "--home", housed.home, "chat", "--style", "quotes"], text=True, capture_output=True,
                          input="What is the rent of Alder House?\n\nAnd when is it due?\nexit\n", timeout=240)
    assert chat.returncode == 0, chat.stderr
    first, second = chat.stdout.split("> And when is it due?")
    assert "1,450 pounds" in first and "first day of each month" in second
