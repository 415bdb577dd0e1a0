"""Many questions at once, with the options that a user gets who gives none: every one is answered, in order of arrival."""

import contextlib
import json
import threading

import pytest

from conftest import QUESTION
from counsel import UnixConnection, wait_until

CLAUSES = "\n\n".join(
    f"{n}. The {what} of Alder House is {sum} pounds a {period}, due to {whom} on the {day} day of each {period}."
    for n, (what, sum, period, whom, day) in enumerate([
        ("rent", "1,450", "month", "the landlord", "first"), ("ground rent", "250", "year", "the freeholder", "last"),
        ("service charge", "1,180", "year", "the managing agent", "tenth"),
        ("insurance premium", "312", "year", "the landlord", "fifth"), ("parking fee", "45", "month", "the agent", "third"),
        ("garden charge", "18", "month", "the gardener", "second"), ("lift charge", "95", "quarter", "the agent", "ninth"),
        ("reserve fund", "60", "month", "the trustees", "fourth"), ("water charge", "31", "month", "the company", "sixth"),
    ], 1))
QUESTIONS = ["What is the rent of Alder House?", "To whom is the service charge due?", "How much is the lift charge?",
             "When is the ground rent due?", "What is the parking fee?"]


class Asking(threading.Thread):
    """One question to the generator, asked as `counsel ask --style answer` does. Keeps what came back."""

    def __init__(self, daemon, question):
        super().__init__(daemon=True)
        self.asked, self.question = daemon, question
        self.events, self.status = [], None
        self.start()

    def run(self):
        stream = self.asked.stream("/api/ask", {"question": self.question, "style": "answer"})
        self.status = stream.reply.status
        self.events = list(stream)
        stream.close()


class Chatting(threading.Thread):
    def __init__(self, daemon, body):
        super().__init__(daemon=True)
        self.asked, self.body, self.reply = daemon, body, None
        self.start()

    def run(self):
        self.reply = self.asked.post("/v1/chat/completions", self.body)


def assert_answered(asked):
    asked.join()
    assert asked.status == 200
    assert asked.events, "nothing came back"
    name, answer = asked.events[-1]
    assert name == "done", (name, answer)
    assert answer["outcome"] in ("answered", "unsupported"), answer
    # Every token came, in order.
    assert "".join(data["text"] for name, data in asked.events if name == "token") == answer["draft"]
    assert answer["notes"] == []


def slots(daemon):
    return daemon.model("generator")["slots"]


@contextlib.contextmanager
def all_slots_held(daemon):
    """Streams that write until they are closed hold every slot of the generator."""
    body = {"prompt": "Alder House", "n_predict": 1500, "ignore_eos": True, "stream": True}
    name = daemon.model("generator")["name"]
    held = [daemon.stream(f"/api/models/{name}/completion", body)]
    assert held[0].reply.readline(), "it writes, so the model is loaded"
    try:
        while len(held) < slots(daemon):
            held.append(daemon.stream(f"/api/models/{name}/completion", body))
            assert held[-1].reply.readline()
        yield held
    finally:
        for stream in held:
            stream.close()


def until_waiting(events):
    """How many are before it, once it is told that it waits."""
    return next(data["before"] for name, data in events if name == "status" and data["stage"] == "waiting")


@pytest.fixture(scope="module")
def house(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    (folder / "house.txt").write_text(CLAUSES)
    library.add(folder / "house.txt", matter="house")
    return library


@pytest.mark.long
def test_four_questions_at_once_whose_prompts_fill_the_context_are_all_answered(library):
    for asked in [Asking(library, QUESTION) for _ in range(4)]:
        assert_answered(asked)


@pytest.mark.long
def test_twenty_questions_and_chats_at_once_are_all_answered(house):
    chats = [Chatting(house, {"messages": [{"role": "user", "content": CLAUSES + "\n\nIs there a lift?"}],
                              "max_tokens": 24}) for _ in range(4)]
    asked = [Asking(house, QUESTIONS[n % len(QUESTIONS)]) for n in range(16)]
    for one in asked:
        assert_answered(one)
    for chat in chats:
        chat.join()
        assert chat.reply.status == 200, chat.reply.body
        assert chat.reply.json["choices"][0]["message"]["content"]
    waited = [data["before"] for one in asked for name, data in one.events
              if name == "status" and data["stage"] == "waiting"]
    assert max(waited) >= 10, "they were told their places"


def test_who_waits_is_told_its_place_and_moves_up_when_another_leaves(house):
    with all_slots_held(house) as held:
        first = house.stream("/api/ask", {"question": QUESTIONS[0], "style": "answer"})
        assert until_waiting(iter(first)) == len(held)
        second = house.stream("/api/ask", {"question": QUESTIONS[1], "style": "answer"})
        events = iter(second)
        assert until_waiting(events) == len(held) + 1
        first.close()
        assert until_waiting(events) == len(held)
    # The streams that were closed have given their slots back, to us and on their server.
    assert list(events)[-1][0] == "done"
    second.close()
    wait_until(lambda: house.model("generator")["leases"] == 0, "nobody holds a slot")


def test_a_client_that_leaves_while_its_prompt_is_read_frees_its_slot(library):
    library.post("/api/models/smollm2-135m-instruct/load", {})
    asked = []
    for _ in range(slots(library)):
        stream = library.stream("/api/ask", {"question": QUESTION, "style": "answer"})
        for name, data in stream:
            if name == "status" and data["stage"] == "answering":
                break
        asked.append(stream)
    for stream in asked:
        stream.close()
    wait_until(lambda: library.model("generator")["leases"] == 0, "their leases have ended")
    assert_answered(Asking(library, QUESTION))


def test_a_client_that_reads_slowly_holds_up_nobody_and_gets_every_token(house):
    slow = house.stream("/api/ask", {"question": QUESTIONS[0], "style": "answer"})
    wait_until(lambda: house.model("generator")["leases"] > 0, "it is being answered")
    wait_until(lambda: house.model("generator")["leases"] == 0, "its answer is written, and it has read nothing")
    events = list(slow)
    slow.close()
    name, answer = events[-1]
    assert name == "done"
    assert "".join(data["text"] for name, data in events if name == "token") == answer["draft"]


def test_more_texts_at_a_time_than_there_are_slots_are_refused_and_as_many_are_written(house):
    body = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
    house.post("/api/models/smollm2-135m-instruct/load", {})
    reply = house.post("/v1/chat/completions", {**body, "n": slots(house) + 1})
    assert reply.status == 400
    assert f"at most {slots(house)} texts at a time" in reply.json["error"]["message"]
    reply = house.post("/v1/chat/completions", {**body, "n": slots(house)})
    assert reply.status == 200 and len(reply.json["choices"]) == slots(house)


def test_a_prompt_that_can_never_fit_is_refused_and_says_why(house):
    body = {"messages": [{"role": "user", "content": CLAUSES * 12}], "max_tokens": 4}
    reply = house.post("/v1/chat/completions", body)
    assert reply.status == 400, reply.body
    assert "context" in reply.json["error"]["message"]


def test_the_request_after_the_256th_is_told_to_come_again(house):
    body = json.dumps({"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1})
    with all_slots_held(house) as held, contextlib.ExitStack() as connections:
        for _ in range(256 - len(held)):
            connection = connections.enter_context(contextlib.closing(UnixConnection(house.socket)))
            connection.request("POST", "/v1/chat/completions", body)
        wait_until(lambda: house.model("generator")["waiting"] == 256 - len(held), "they wait")
        refused = house.post("/v1/chat/completions", body)
        assert refused.status == 503 and refused.headers["Retry-After"]
        assert "256 requests already" in refused.json["error"]["message"]
    wait_until(lambda: house.model("generator")["waiting"] == 0, "those who left do not wait")
