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


# ---- conversations that are kept ----


def kept(daemon, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    reply = daemon.get("/api/conversations" + (f"?{text}" if text else ""))
    assert reply.status == 200, reply.body
    return reply.json["conversations"]


def exchanges(daemon, name):
    return daemon.get(f"/api/conversations/{name}/exchanges").json["exchanges"]


def holding(daemon, word):
    return sorted(path.name for path in daemon.home.rglob("*") if path.is_file() and word.encode() in path.read_bytes())


def test_what_was_answered_is_kept_word_for_word_over_a_restart(housed):
    whole = ask(housed, "What is the rent of Alder House?", session="a/b c")
    ask(housed, "How long must a written offer to give the source code be valid?", session="other")
    with housed.events() as events:
        ask(housed, "And when is it due?", session="a/b c", matter="general")
        assert next(name for name, _ in events if name == "conversations")
    housed.stop()
    housed.start()
    first, second = kept(housed)
    assert (first["id"], first["title"], first["exchanges"], first["matters"], first["titled"]) == (
        "a/b c", "What is the rent of Alder House?", 2, ["general"], False)
    one, two = exchanges(housed, "a%2Fb%20c")
    assert one["answer"] == whole and one["text"] == whole["answer"] and one["style"] == "quotes"
    assert one["answer"]["quotes"][0]["quote"] and one["answer"]["passages"][0]["quote"]
    assert two["matters"] == ["general"] and one["asked_at"] <= two["asked_at"]
    assert [c["id"] for c in kept(housed, words="alder%201450")] == []
    assert [c["id"] for c in kept(housed, words="ALDER%20pounds")] == ["a/b c"]
    page = housed.get("/api/conversations?limit=1").json
    assert page["conversations"] == [first]
    assert housed.get(f"/api/conversations?limit=1&after={page['next']}").json["conversations"] == [second]
    part = housed.get("/api/conversations/a%2Fb%20c/exchanges?limit=1").json
    assert part["exchanges"] == [one]
    assert housed.get(f"/api/conversations/a%2Fb%20c/exchanges?limit=9&after={part['next']}").json["exchanges"] == [two]


def test_a_conversation_is_renamed_and_deleted_with_its_words(housed):
    ask(housed, "What does zzyzxiana say of the rent of Alder House?", session="s")
    renamed = housed.request("PUT", "/api/conversations/s", {"title": "Qwertzian affairs"})
    assert renamed.status == 200 and renamed.json["title"] == "Qwertzian affairs" and renamed.json["titled"]
    assert housed.request("PUT", "/api/conversations/s", {"title": "x" * 201}).status == 400
    assert housed.request("PUT", "/api/conversations/s", {"name": "x"}).status == 400
    assert [c["id"] for c in kept(housed, words="qwertzian")] == ["s"]
    assert holding(housed, "zzyzxiana") and holding(housed, "wertzian")
    assert housed.request("DELETE", "/api/conversations/s").json["deleted"]["title"] == "Qwertzian affairs"
    assert holding(housed, "zzyzxiana") == [] and holding(housed, "wertzian") == []
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/exchanges")):
        assert housed.request(method, f"/api/conversations/s{path}").status == 404
    assert housed.get("/api/conversations?after=x").status == housed.get("/api/conversations?limit=0").status == 400


def test_deleting_a_document_or_matter_leaves_no_word_of_what_was_asked_about_it(housed, tmp_path):
    (tmp_path / "will.txt").write_text("The will of Hezekiah. The orchard goes to Drusilla, and the mill to Obadiah.")
    will = housed.add(tmp_path / "will.txt", "orchard")["id"]
    (tmp_path / "deed.txt").write_text("The deed of the weir. The warden of the weir is Ermintrude.")
    housed.add(tmp_path / "deed.txt", "weir")
    ask(housed, "Who gets the orchard, Zebedee asks?", session="s", matter="orchard")
    ask(housed, "Who is the warden of the weir?", session="s", matter="weir")
    ask(housed, "Is there a parsnipkin?", session="only", matter="weir")
    assert holding(housed, "Zebedee") and holding(housed, "Ermintrude")
    assert housed.request("DELETE", f"/api/documents/{will}").status == 200
    for word in ("Drusilla", "Zebedee", "zebedee"):
        assert holding(housed, word) == [], word
    assert [e["question"] for e in exchanges(housed, "s")] == ["Who is the warden of the weir?"]
    assert [(c["id"], c["removed"]) for c in kept(housed)] == [("only", 0), ("s", 1)]
    assert housed.request("DELETE", "/api/matters/weir").status == 200
    assert kept(housed) == []
    for word in ("Ermintrude", "ermintrude", "warden", "parsnipkin"):
        assert holding(housed, word) == [], word


def test_a_person_sees_no_other_ones_conversations(housed):
    token = housed.cli("token", "add", "bea").stdout.split()[-1]
    hers = {"Authorization": f"Bearer {token}"}
    ask(housed, "What is the rent of Alder House?", session="s")
    assert housed.get("/api/conversations", tcp=True, headers=hers).json["conversations"] == []
    assert housed.get("/api/conversations/s/exchanges", tcp=True, headers=hers).status == 404
    assert housed.request("DELETE", "/api/conversations/s", tcp=True, headers=hers).status == 404
    # The same name is another conversation.
    body = '{"question": "And when is it due?", "session": "s", "style": "quotes", "stream": false}'
    reply = housed.request("POST", "/api/ask", body, hers, tcp=True)
    assert reply.json["searched_for"] == "And when is it due?"
    assert housed.get("/api/conversations", tcp=True, headers=hers).json["conversations"][0]["exchanges"] == 1
    assert kept(housed)[0]["exchanges"] == 1


def test_what_a_person_asked_is_kept_when_the_token_is_revoked_and_is_nobody_elses(housed):
    def bearer(name):
        return {"Authorization": "Bearer " + housed.cli("token", "add", name).stdout.split()[-1]}

    def listed(headers):
        return housed.get("/api/conversations", tcp=True, headers=headers)

    bea, carl = bearer("bea"), bearer("carl")
    body = '{"question": "What is the rent of Alder House?", "session": "hers", "style": "quotes", "stream": false}'
    assert housed.request("POST", "/api/ask", body, bea, tcp=True).status == 200
    revoked = housed.cli("token", "revoke", "bea")
    assert revoked.returncode == 0 and "is kept" in revoked.stdout
    assert listed({**bea, "X-Forwarded-For": "10.0.0.9"}).status == 401
    assert kept(housed) == [] and listed(carl).json["conversations"] == []
    # A lost token is replaced by another one of that name.
    again = bearer("bea")
    assert [c["id"] for c in listed(again).json["conversations"]] == ["hers"]
    # The user may delete what nobody reads any more, unread; a person may not.
    assert housed.request("DELETE", "/api/conversations?owner=bea", None, carl, tcp=True).status == 403
    assert housed.request("DELETE", "/api/conversations").status == 400
    assert housed.request("DELETE", "/api/conversations?owner=bea").json == {"deleted": 1}
    assert listed(again).json["conversations"] == [] and holding(housed, "of Alder House?") == []
    assert housed.request("DELETE", "/api/conversations?owner=bea").json == {"deleted": 0}


def test_chat_lists_goes_on_with_and_deletes_what_is_kept(housed):
    ask(housed, "What is the rent of Alder House?", session="page-1")
    listed = housed.cli("chat", "--list")
    assert "page-1" in listed.stdout and "What is the rent of Alder House?" in listed.stdout
    assert "page-1" not in housed.cli("chat", "--list", "--find", "orchard").stdout
    on = subprocess.run([COUNSEL, "--home", housed.home, "chat", "--resume", "page-1", "--style", "quotes"], text=True,
                        capture_output=True, input="And when is it due?\n", timeout=240)
    assert on.returncode == 0, on.stderr
    assert on.stdout.startswith("> What is the rent of Alder House?") and "first day of each month" in on.stdout
    assert kept(housed)[0]["exchanges"] == 2
    missing = housed.cli("chat", "--resume", "nothing")
    assert missing.returncode != 0 and "no conversation" in missing.stderr
    assert "Deleted" in housed.cli("chat", "--delete", "page-1").stdout
    assert kept(housed) == []


def test_chat_goes_on_within_the_matter_it_was_held_in(daemon, tmp_path):
    for matter, rent in (("Otter", 410), ("Badger", 620)):
        path = tmp_path / f"{matter} tenancy.txt"
        path.write_text(f"1. The rent is {rent} pounds a month.\n\n2. The deposit is {2 * rent} pounds.\n")
        daemon.add(path, matter=matter)
    ask(daemon, "What is the rent?", session="kept", matter="Badger")
    for words, seen, unseen in (((), "1240 pounds", "820 pounds"), (("--matter", "Otter"), "820 pounds", "1240 pounds")):
        on = subprocess.run([COUNSEL, "--home", daemon.home, "chat", "--resume", "kept", *words, "--style", "quotes"], text=True,
                            capture_output=True, input="What is the deposit?\n", timeout=240)
        assert on.returncode == 0 and seen in on.stdout and unseen not in on.stdout.split("It goes on within")[-1], on.stdout
    assert "It goes on within: Otter" in on.stdout


def lease(unit, rent, deposit, landlord):
    return (f"LEASE of Unit {unit}, Mill Lane\n\nThe Landlord is {landlord}.\n\n2. Rent\n2.1 The rent is {rent} pounds a year, "
            f"due on each quarter day.\n\n3. Deposit\n3.1 The deposit is {deposit} pounds.\n\n4. Break\n4.1 The Tenant may end "
            f"this lease on six months' notice after the {unit}th year.\n\n9. Law\n9.1 The law of England applies.\n")


@pytest.fixture
def leases(daemon, tmp_path):
    for unit, rent, deposit, landlord in ((7, 700, 1400, "Acme Estates Limited"), (9, 900, 1800, "Birch Holdings Limited")):
        (tmp_path / f"lease-unit-{unit}.txt").write_text(lease(unit, rent, deposit, landlord))
        daemon.add(tmp_path / f"lease-unit-{unit}.txt")
    (tmp_path / "memo.txt").write_text("The codeword of the party on Friday is Zarquon, and nobody may tell it.")
    daemon.add(tmp_path / "memo.txt")
    return daemon


@pytest.mark.parametrize("then, whole, answer", [
    ("What about the break?", "What is the break under the lease of Unit 9?", "after the 9th year"),
    ("And the deposit?", "What is the deposit under the lease of Unit 9?", "1800 pounds"),
    ("Who is the landlord?", "Who is the landlord?", "Birch Holdings Limited"),
    ("When is it due?", "What is the rent under the lease of Unit 9?\nWhen is it due?", "quarter day"),
    ("And under the lease of Unit 7?", "What is the rent under the lease of Unit 7?", "700 pounds"),
])
def test_a_follow_up_is_asked_of_the_documents_that_were_meant_and_without_the_topic_that_was_left(leases, then, whole, answer):
    first = ask(leases, "What is the rent under the lease of Unit 9?", session="s")
    assert "900 pounds" in first["quotes"][0]["quote"] and first["searched_in"]["named"] == ["the lease of Unit 9"]
    second = ask(leases, then, session="s")
    assert second["searched_for"] == whole
    assert answer in second["quotes"][0]["quote"], second["quotes"]
    assert len(second["searched_in"]["documents"]) == 1
    if "under" not in whole:
        assert second["searched_in"]["carried"] and second["searched_in"]["documents"][0]["name"] == "lease-unit-9.txt"
        assert ask(leases, then, session="s", everywhere=True)["searched_in"] is None


def test_a_restart_does_not_forget_what_a_conversation_is_about(leases):
    ask(leases, "What is the rent under the lease of Unit 9?", session="s")
    ask(leases, "Which fruit is sold in winter?", session="s")  # answered by nothing
    leases.stop()
    leases.start()
    second = ask(leases, "What deposit is paid?", session="s")
    assert second["searched_in"]["carried"] and "1800 pounds" in second["quotes"][0]["quote"]
    # Another conversation is about nothing.
    assert ask(leases, "What deposit is paid?", session="t")["searched_in"] is None


def test_a_follow_up_that_names_another_thing_leaves_the_documents_of_the_one_before(leases):
    ask(leases, "What is the rent under the lease of Unit 9?", session="s")
    other = ask(leases, "What about the rent of Unit 7?", session="s")
    assert other["searched_for"] == "What is the rent of Unit 7?"
    assert "700 pounds" in other["quotes"][0]["quote"], other["searched_in"]
    # And from then on it is about that one.
    then = ask(leases, "And the deposit?", session="s")
    assert "1400 pounds" in then["quotes"][0]["quote"], then["searched_for"]


def test_a_value_of_something_else_is_no_answer(daemon, tmp_path):
    (tmp_path / "lease-flat-4.txt").write_text(
        "LEASE of Flat 4\n\n1. Windows\n1.1 The Landlord has the windows cleaned by a firm of its choice.\n\n2. Ending\n2.1 Either party may "
        "end this lease by two months' notice in writing.\n\n3. Stairs\n3.1 The stairs are swept every week.\n")
    daemon.add(tmp_path / "lease-flat-4.txt")
    windows = ask(daemon, "How often are the windows cleaned under the lease of Flat 4?")
    assert windows["outcome"] == "no_evidence", windows["quotes"]
    stairs = ask(daemon, "How often are the stairs swept under the lease of Flat 4?")
    assert "every week" in stairs["quotes"][0]["quote"]


def test_who_wrote_a_letter_stands_where_it_is_signed(daemon, tmp_path):
    (tmp_path / "riverside-letter.txt").write_text(
        "Riverside Estates\n\n3 March 2026\n\nDear Ms Hume,\n\nThe roof of the boathouse leaks and must be mended before May.\n\n"
        "We shall send our builder on Monday if you agree.\n\nYours sincerely,\n\nOdette Marlow\nEstate Manager\n")
    daemon.add(tmp_path / "riverside-letter.txt")
    answer = ask(daemon, "Who wrote the Riverside letter?")
    assert answer["outcome"] == "quoted" and "Odette Marlow" in answer["quotes"][0]["quote"], answer["quotes"]


def test_what_the_documents_of_a_conversation_do_not_answer_is_asked_of_all(leases):
    ask(leases, "What is the rent under the lease of Unit 9?", session="s")
    other = ask(leases, "What is the codeword of the party?", session="s")
    assert "Zarquon" in other["quotes"][0]["quote"] and other["searched_in"] is None
    # And from then on that is what it is about.
    assert ask(leases, "Who may tell it?", session="s")["searched_in"]["documents"][0]["name"] == "memo.txt"


def test_chat_has_words_of_its_own(housed):
    chat = subprocess.run([COUNSEL, "--home", housed.home, "chat", "--style", "quotes"], text=True, capture_output=True,
                          input="/help\n/nonsense\nWhat is the rent of Alder House?\n/new\nAnd when is it due?\n/quit\nx\n",
                          timeout=240)
    assert chat.returncode == 0, chat.stderr
    assert "/new begins" in chat.stdout and "There is no /nonsense here" in chat.stdout
    assert "1,450 pounds" in chat.stdout and "> x" not in chat.stdout and "> /help" not in chat.stdout


LEASES = {n: f"Lease of Flat {n} Harrow House.txt" for n in (1, 2)}


def harrow(n, tenant, rent, deposit):
    return (f"LEASE OF FLAT {n}\n\nDated 3 March 2024 between\n(1) Meridian Estates Limited (the \"Landlord\") and\n(2) {tenant} (the \"Tenant\")\n\n"
            f"1.1 The Property is Flat {n}, Harrow House.\n2.1 The Tenant shall pay a rent of £{rent} per calendar month, in advance on the first day of each month.\n"
            f"2.2 The Tenant shall pay a deposit of £{deposit} on signing this agreement.\n\nSigned by {tenant}\n")


def test_a_flat_is_named_again_many_turns_later(daemon, tmp_path):
    for n, tenant, rent, deposit in ((1, "Ms Olivia Tran", 1150, 1325), (2, "Mr Idris Kaya", 1290, 1480)):
        (tmp_path / LEASES[n]).write_text(harrow(n, tenant, rent, deposit))
        daemon.add(tmp_path / LEASES[n])
    turns = [("What is the rent of Flat 1?", "£1150"), ("What about Flat 2?", "£1290"), ("And the deposit?", "£1480"),
             ("Who signed it?", "Signed by Mr Idris Kaya"), ("And for Flat 1?", "Signed by Ms Olivia Tran")]
    for question, phrase in turns:
        answer = ask(daemon, question, session="s")
        assert phrase in answer["quotes"][0]["quote"], (question, answer["searched_for"], answer["quotes"][:1])
    # Of a flat that nothing mentions nobody is told the rent of another.
    none = ask(daemon, "What is the rent of Flat 7?")
    assert none["outcome"] == "no_evidence" and "mentions “Flat 7”" in none["answer"]
    assert "(the \"Landlord\")" in ask(daemon, "Who is the landlord?")["quotes"][0]["quote"]


def test_another_invoice_leaves_the_document_of_the_first(daemon, tmp_path):
    for number, total in (("HP-2207", "4,261.40"), ("HP-2231", "918.00")):
        (tmp_path / f"Invoice {number}.txt").write_text(f"Invoice {number}\n\nThe total due is £{total}.\n\nPayment is due within 28 days.")
        daemon.add(tmp_path / f"Invoice {number}.txt")
    assert "4,261.40" in ask(daemon, "What is the total of invoice HP-2207?", session="i")["quotes"][0]["quote"]
    answer = ask(daemon, "And of HP-2231?", session="i")
    assert answer["searched_for"] == "What is the total of invoice HP-2231?" and "918.00" in answer["quotes"][0]["quote"]
