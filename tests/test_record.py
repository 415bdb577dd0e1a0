"""The record: questions, answers and what was done about them, only ever added to; anybody can verify an export."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import power_loss
from counsel import ALDER_LEASE, Daemon, chance

VERIFIER = Path(__file__).parent.parent / "tools" / "verify_record.py"
sys.path.insert(0, str(VERIFIER.parent))
import verify_record  # noqa: E402

ALTERATIONS = int(os.environ.get("COUNSEL_TEST_ALTERATIONS", "1000"))  # bench/run record: 100,000
STATES = int(os.environ.get("COUNSEL_TEST_POWER_LOSSES", "20"))


def ask(daemon, question, headers=None, **more):
    reply = daemon.post("/api/ask", {"question": question, "style": "quotes", "stream": False, **more}, headers=headers,
                        tcp=headers is not None)
    assert reply.status == 200, reply.body
    return reply.json


def entry(daemon, number):
    reply = daemon.get(f"/api/record/{number}")
    assert reply.status == 200, reply.body
    return reply.json


def verified(daemon, *arguments):
    """What `counsel record verify` says, which must be that all is whole."""
    done = daemon.cli("record", "verify", "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def exported(daemon, file, *arguments):
    done = daemon.cli("record", "export", file, *arguments)
    assert done.returncode == 0, done.stderr
    return file.read_bytes().splitlines(keepends=True)


def third_party(file, *arguments):
    return subprocess.run([sys.executable, VERIFIER, file, *arguments], text=True, capture_output=True)


def test_a_question_is_in_the_record_with_its_grounds(housed):
    answer = ask(housed, "What is the rent of Alder House?", matter="Alder")
    shown = entry(housed, answer["record"])
    said = shown["entry"]["said"]
    assert said["question"] == {"text": "What is the rent of Alder House?"} and said["matters"] == [{"text": "Alder"}]
    assert said["outcome"] == answer["outcome"] == "quoted" and said["answer"] == {"text": answer["answer"]}
    assert said["quotes"][0]["quote"] == {"text": answer["quotes"][0]["quote"]}
    assert said["quotes"][0]["document"] == housed.lease and said["quotes"][0]["start"] == answer["quotes"][0]["start"]
    assert said["read"][0]["document"] == housed.lease
    assert said["visible"] == {"documents": 1, "sha256": hashlib.sha256(f"{housed.lease}\n".encode()).hexdigest()}
    assert said["model"] is None and said["left_machine"] == []
    assert list(shown["entry"]["person"]) == ["account"] and shown["entry"]["program"].startswith("counsel ")
    size, root = shown["head"].split(":")
    proof = [bytes.fromhex(one) for one in shown["proof"]]
    assert verify_record.proves(bytes.fromhex(shown["leaf"]), shown["number"] - 1, int(size), proof, bytes.fromhex(root))


def test_streamed_answers_and_those_of_the_first_product_are_in_it_too(housed):
    with housed.stream("/api/ask", {"question": "Who holds the deposit for Alder House?", "style": "quotes"}) as events:
        told = dict(events)
    assert entry(housed, told["done"]["record"])["entry"]["said"]["question"]["text"] == "Who holds the deposit for Alder House?"
    # What nothing answers is a question as well.
    nothing = ask(housed, "Which colour has the moon?", min_relevance=0.9)
    assert nothing["outcome"] == "no_evidence" and entry(housed, nothing["record"])["entry"]["said"]["outcome"] == "no_evidence"


def test_no_text_stands_in_an_entry_itself(housed):
    ask(housed, "What is the rent of Alder House?", matter="Alder", session="alderwood")
    with sqlite3.connect(f"file:{housed.home}/counsel.db?mode=ro", uri=True) as db:
        (text,) = db.execute("SELECT entry FROM record_entries").fetchone()
    for word in ("rent", "Alder", "lease", "pounds", "alderwood"):
        assert word not in text, word


def test_what_is_done_about_an_answer_is_added_and_shown(housed):
    number = str(ask(housed, "What is the rent of Alder House?")["record"])
    assert housed.cli("record", "review", number).returncode == 0
    assert housed.cli("record", "correct", number, "It", "is", "1,540 pounds").returncode == 0
    assert housed.cli("record", "sign-off", number, "as corrected").returncode == 0
    acts = entry(housed, number)["acts"]
    assert [act["entry"]["kind"] for act in acts] == ["reviewed", "corrected", "signed_off"]
    assert acts[1]["entry"]["said"]["words"] == {"text": "It is 1,540 pounds"}
    shown = housed.cli("record", "show", number).stdout
    assert "corrected by" in shown and "It is 1,540 pounds" in shown and "Nothing left this machine." in shown
    listed = housed.cli("record", "list").stdout
    assert "What is the rent of Alder House?" in listed and "signed_off" in listed
    for body, status in (({"act": "burnt"}, 400), ({"act": "corrected"}, 400), ({"act": "reviewed", "word": 1}, 400),
                         ({"act": "reviewed", "words": "x" * 30_000}, 413)):
        assert housed.post(f"/api/record/{number}/acts", body).status == status, body
    assert housed.post("/api/record/99/acts", {"act": "reviewed"}).status == 404
    assert housed.get("/api/record/zero").status == 400
    assert housed.cli("record", "show", "99").returncode == 4
    assert verified(housed)["entries"] == 4


def test_a_third_party_verifies_an_export_and_is_told_what_was_altered(housed, tmp_path):
    for question in ("What is the rent of Alder House?", "May the tenant keep a dog?", "How much is the deposit?"):
        ask(housed, question, matter="Alder")
    head = housed.cli("record", "head").stdout.strip()
    housed.cli("record", "sign-off", "2")
    file = tmp_path / "record.jsonl"
    lines = exported(housed, file)
    assert file.stat().st_mode & 0o777 == 0o600
    good = third_party(file, "--head", head)
    assert good.returncode == 0 and "nothing of that was changed" in good.stdout, good.stdout + good.stderr
    assert housed.cli("record", "export", file).returncode != 0, "a file that is there is not written over"
    file.write_bytes(b"".join(lines).replace(b"May the tenant keep a dog?", b"May the tenant keep a cat?"))
    bad = third_party(file)
    assert bad.returncode == 1 and bad.stdout.startswith("entry 2: its text ") and bad.stdout.count("\n") == 1, bad.stdout
    file.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert "entry 2: it is missing" in third_party(file).stdout
    # Cut off with its head: only a noted one tells.
    short = json.loads(lines[0])
    short["entries"], short["head"] = 2, {"size": 2, "root": json.loads(lines[2])["root"]}
    file.write_bytes(verify_record.canonical(short).encode() + b"\n" + lines[1] + lines[2])
    assert third_party(file).returncode == 0
    assert "its end was cut off" in third_party(file, "--head", head).stdout


def test_the_part_of_one_matter_is_proved_without_the_rest(housed, tmp_path):
    (tmp_path / "other.txt").write_text("The rent of Birch House is 900 pounds a month, due on the last day of each month.")
    housed.add(tmp_path / "other.txt", "Birch")
    ask(housed, "What is the rent of Alder House?", matter="Alder")
    ask(housed, "What is the rent of Birch House?", matter="Birch")
    ask(housed, "What is the rent?", matter=["Alder", "Birch"])
    lines = exported(housed, tmp_path / "part.jsonl", "--matter", "Birch")
    assert len(lines) == 3 and b"Alder" not in b"".join(lines) and b"900 pounds" in lines[1] and b'"withheld":true' in lines[2]
    good = third_party(tmp_path / "part.jsonl")
    assert good.returncode == 0 and "1 concern other matters too" in good.stdout, good.stdout
    altered = json.loads(lines[1])
    altered["entry"]["time"] = "2020-01-01T00:00:00Z"
    altered["leaf"] = hashlib.sha256(b"\0" + verify_record.canonical(altered["entry"]).encode()).hexdigest()
    (tmp_path / "part.jsonl").write_bytes(lines[0] + verify_record.canonical(altered).encode() + b"\n" + lines[2])
    assert "entry 2: its proof fails" in third_party(tmp_path / "part.jsonl").stdout
    assert housed.cli("record", "export", tmp_path / "none.jsonl", "--matter", "Oak").returncode == 4
    assert not (tmp_path / "none.jsonl").exists()


def test_every_alteration_of_an_export_is_told(housed, tmp_path):
    for n in range(12):
        ask(housed, f"What is the rent of Alder House in year {n}?", matter="Alder")
    lines = exported(housed, tmp_path / "record.jsonl")
    random = chance()
    for _ in range(ALTERATIONS):
        kind, at = random.choice(["bit", "swap", "removal", "insertion", "cut"]), random.randrange(1, len(lines))
        altered = list(lines)
        if kind == "bit":
            line = bytearray(altered[at])
            line[random.randrange(len(line))] ^= 1 << random.randrange(8)
            altered = b"".join([*altered[:at], bytes(line), *altered[at + 1:]]).splitlines(keepends=True)
        elif kind == "swap":
            other = random.choice([n for n in range(1, len(lines)) if n != at])
            altered[at], altered[other] = altered[other], altered[at]
        elif kind == "removal":
            del altered[at]
        elif kind == "insertion":
            altered.insert(random.randrange(1, len(lines) + 1), altered[at])
        else:
            altered = altered[:at]
        assert verify_record.Verification(altered).faults, (kind, at)


def test_a_deleted_document_takes_its_texts_along_and_the_record_says_so(housed, tmp_path):
    (tmp_path / "other.txt").write_text("The rent of Birch House is 900 pounds a month, due on the last day of each month.")
    other = housed.add(tmp_path / "other.txt", "Birch")["id"]
    first = ask(housed, "What is the rent of Alder House, Zebulon?", matter="Alder")["record"]
    housed.cli("record", "correct", str(first), "Ask Zebulon again")
    second = ask(housed, "What is the rent of Birch House?", matter="Birch")["record"]
    assert housed.request("DELETE", f"/api/documents/{housed.lease}").status == 200
    assert entry(housed, first)["texts"] is False and entry(housed, second)["texts"] is True
    assert [path for path in housed.home.rglob("*") if path.is_file() and b"Zebulon" in path.read_bytes()] == []
    said = entry(housed, 4)["entry"]
    assert said["kind"] == "deleted" and said["said"] == {"what": "document", "document": housed.lease, "entries": [1, 2]}
    assert "account" in said["person"]
    assert verified(housed)["texts_deleted"] == 2
    exported(housed, tmp_path / "record.jsonl")
    good = third_party(tmp_path / "record.jsonl")
    assert good.returncode == 0 and "those of 2 were deleted, as the record says" in good.stdout, good.stdout
    assert housed.request("DELETE", "/api/matters/Birch").status == 200
    assert entry(housed, second)["texts"] is False
    assert entry(housed, 5)["entry"]["said"] == {"what": "matter", "entries": [second]}
    assert [path for path in housed.home.rglob("*") if path.is_file() and b"Birch" in path.read_bytes()] == []
    assert verified(housed)["entries"] == 5 and other


def test_a_deleted_conversation_takes_its_texts_along(housed):
    number = ask(housed, "What is the rent of Alder House, Zebulon?", session="s")["record"]
    assert housed.request("DELETE", "/api/conversations/s").status == 200
    assert entry(housed, number)["texts"] is False
    assert [path for path in housed.home.rglob("*") if path.is_file() and b"Zebulon" in path.read_bytes()] == []
    assert entry(housed, 2)["entry"]["said"] == {"what": "conversation", "entries": [1]}
    verified(housed)


def test_a_person_sees_her_own_part_and_the_user_all_of_it(housed):
    hers = {"Authorization": "Bearer " + housed.cli("token", "add", "bea").stdout.split()[-1]}
    mine = ask(housed, "What is the rent of Alder House?")["record"]
    her = ask(housed, "How much is the deposit?", hers)["record"]
    assert entry(housed, her)["entry"]["person"] == {"token": "bea"}

    def as_bea(method, path, body=None):
        return housed.request(method, path, body, hers, tcp=True)

    listed = as_bea("GET", "/api/record")
    assert [one["number"] for one in listed.json["entries"]] == [her]
    assert as_bea("GET", f"/api/record/{mine}").status == 404
    assert as_bea("POST", f"/api/record/{mine}/acts", {"act": "signed_off"}).status == 404
    assert as_bea("POST", f"/api/record/{her}/acts", {"act": "reviewed"}).status == 201
    assert as_bea("GET", "/api/record/export").status == 403
    assert as_bea("POST", "/api/record/verify", {}).status == 403
    assert [one["number"] for one in housed.get("/api/record").json["entries"]] == [3, 2, 1]


def test_nothing_of_a_matter_on_hold_is_deleted(housed):
    ask(housed, "What is the rent of Alder House?", matter="Alder", session="s")
    assert housed.cli("record", "hold", "Oak").returncode == 4
    held = housed.cli("record", "hold", "Alder", "claim", "of 3 May")
    assert held.returncode == 0 and "on hold" in held.stdout, held.stderr
    assert housed.cli("record", "hold", "Alder").returncode != 0
    for path in (f"documents/{housed.lease}", "matters/Alder", "conversations/s"):
        refused = housed.request("DELETE", f"/api/{path}")
        assert refused.status == 403 and "counsel record release 'Alder'" in refused.json["error"]["next_step"], (path, refused.body)
    assert entry(housed, 2)["entry"]["said"]["words"] == {"text": "claim of 3 May"}
    assert housed.cli("record", "release", "Alder").returncode == 0
    assert housed.request("DELETE", "/api/matters/Alder").status == 200
    assert verified(housed)["entries"] == 4


def test_what_a_held_matter_took_from_another_one_is_not_deleted_either(housed, tmp_path):
    (tmp_path / "other.txt").write_text("The rent of Birch House is 900 pounds a month, due on the last day of each month.")
    (tmp_path / "third.txt").write_text("The rent of Oak House is 700 pounds a month, due on the first Monday.")
    other, third = housed.add(tmp_path / "other.txt", "Birch")["id"], housed.add(tmp_path / "third.txt", "Oak")["id"]
    both = ask(housed, "What is the rent of Alder House and of Birch House?", matter=["Alder", "Birch"])["record"]
    ask(housed, "What is the rent of Oak House?", matter="Oak")
    assert housed.cli("record", "hold", "Alder").returncode == 0
    for path in (f"documents/{other}", "matters/Birch"):
        refused = housed.request("DELETE", f"/api/{path}")
        assert refused.status == 403 and "counsel record release 'Alder'" in refused.json["error"]["next_step"], (path, refused.body)
    refused = housed.cli("documents", "--delete", "other.txt", "--yes")
    assert refused.returncode != 0 and "The matter 'Alder' is on hold" in refused.stderr, refused.stderr
    assert entry(housed, both)["texts"] is True and housed.get(f"/api/documents/{other}").status == 200
    assert housed.request("DELETE", f"/api/documents/{third}").status == 200, "no question of the held matter has its words"
    assert housed.cli("record", "release", "Alder").returncode == 0
    assert housed.request("DELETE", "/api/matters/Birch").status == 200
    verified(housed)


def test_a_matter_that_is_empty_or_not_there_is_no_filter(housed, tmp_path):
    ask(housed, "What is the rent of Alder House?", matter="Alder")
    for path in ("/api/record", "/api/record/export"):
        empty, unknown = housed.get(f"{path}?matter="), housed.get(f"{path}?matter=Nosuch")
        assert empty.status == 400 and empty.json["error"]["message"] == "A matter's name must not be empty.", (path, empty.body)
        assert unknown.status == 404 and unknown.json["error"]["message"] == "No matter 'Nosuch'.", (path, unknown.body)
    for arguments in (("list",), ("export", tmp_path / "all.jsonl")):
        empty, unknown = (housed.cli("record", *arguments, "--matter", matter) for matter in ("", "Nosuch"))
        assert empty.returncode == 2 and "--matter" in empty.stderr, (arguments, empty.stderr)
        assert unknown.returncode == 4 and "No matter 'Nosuch'." in unknown.stderr, (arguments, unknown.stderr)
    assert not (tmp_path / "all.jsonl").exists()
    assert len(housed.get("/api/record?matter=Alder").json["entries"]) == 1


def test_an_export_that_cannot_be_made_says_what_to_do(housed, tmp_path):
    (tmp_path / "there.jsonl").write_text("")
    for file in ("", tmp_path / "there.jsonl", tmp_path / "nosuch" / "record.jsonl"):
        refused = housed.cli("record", "export", file)
        assert refused.returncode != 0 and "Name a file that is not there yet" in refused.stderr, (file, refused.stderr)
    assert (tmp_path / "there.jsonl").read_text() == ""


def without_texts(line):
    """The line as if its texts were withheld."""
    forged = {name: value for name, value in json.loads(line).items() if name not in ("salt", "texts")}
    return verify_record.canonical({**forged, "withheld": True}).encode() + b"\n"


def with_header(lines, **changed):
    return [verify_record.canonical({**json.loads(lines[0]), **changed}).encode() + b"\n", *lines[1:]]


def test_texts_are_withheld_only_where_another_matter_is_concerned(housed, tmp_path):
    for n in range(3):
        ask(housed, f"What is the rent of Alder House in year {n}?", matter="Alder")
    file = tmp_path / "forged.jsonl"
    whole = exported(housed, tmp_path / "record.jsonl")
    part = exported(housed, tmp_path / "part.jsonl", "--matter", "Alder")
    for lines in (whole, part):
        file.write_bytes(b"".join([*lines[:2], without_texts(lines[2]), *lines[3:]]))
        told = third_party(file)
        assert told.returncode == 1 and told.stdout.startswith("entry 2: "), told.stdout


def test_the_export_of_one_matter_does_not_claim_more_than_it_proves(housed, tmp_path):
    for n in range(3):
        ask(housed, f"What is the rent of Alder House in year {n}?", matter="Alder")
    ask(housed, "What is the rent of Alder House?")
    head = housed.cli("record", "head").stdout.strip()
    lines = exported(housed, tmp_path / "part.jsonl", "--matter", "Alder")
    for arguments in ((), ("--head", head)):
        good = third_party(tmp_path / "part.jsonl", *arguments)
        assert good.returncode == 0 and "left out is NOT shown" in good.stdout, good.stdout
        assert "stands in 3 of them" in good.stdout and "nothing of that was changed" not in good.stdout, good.stdout
    file = tmp_path / "forged.jsonl"
    file.write_bytes(b"".join(with_header(lines, matter="Other Client")))
    renamed = third_party(file, "--head", head)
    assert renamed.returncode == 1 and "entry 1: it is of the matter 'Alder'" in renamed.stdout, renamed.stdout
    file.write_bytes(with_header(lines, entries=0)[0])
    emptied = third_party(file, "--head", head)
    assert emptied.returncode == 1 and "they were removed" in emptied.stdout, emptied.stdout


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    for file in (tmp_path / "nosuch.jsonl", tmp_path):
        told = third_party(file)
        assert told.returncode == 2 and told.stderr.count("\n") == 1 and "cannot be read" in told.stderr, told.stderr


def test_a_signed_head_is_verified_by_both_and_an_altered_one_refused(housed, tmp_path):
    ask(housed, "What is the rent of Alder House?")
    signed = housed.cli("record", "head", "--sign").stdout.strip()
    size, time, key, _ = signed.split("/")
    assert size == housed.cli("record", "head").stdout.strip() and (housed.home / "record.key").stat().st_mode & 0o777 == 0o600
    assert housed.cli("record", "head", "--sign").stdout.split("/")[2] == key, "the key is made once"
    ask(housed, "How much is the deposit?")
    assert verified(housed, "--head", signed)["signed"] == {"time": time, "key": key}
    exported(housed, tmp_path / "record.jsonl")
    good = third_party(tmp_path / "record.jsonl", "--head", signed)
    assert good.returncode == 0 and f"with the key {key}" in good.stdout, good.stdout + good.stderr
    altered = signed.replace(time, "2020-01-01T00:00:00Z")
    assert "it was altered" in third_party(tmp_path / "record.jsonl", "--head", altered).stderr
    assert "it was altered" in housed.cli("record", "verify", "--head", altered).stderr
    hers = {"Authorization": "Bearer " + housed.cli("token", "add", "bea").stdout.split()[-1]}
    assert housed.request("POST", "/api/record/head", {}, hers, tcp=True).status == 403


@pytest.mark.parametrize("key, message, signature", [  # RFC 8032, 7.1
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")])
def test_the_verifiers_signatures_are_those_of_the_specification(key, message, signature):
    key, message, signature = map(bytes.fromhex, (key, message, signature))
    assert verify_record.signed_by(key, message, signature)
    assert not verify_record.signed_by(key, message + b"x", signature)
    for at in range(0, 512, 7):
        altered = bytearray(signature)
        altered[at // 8] ^= 1 << at % 8
        assert not verify_record.signed_by(key, message, bytes(altered)), at


def test_how_long_texts_are_kept_stands_in_the_record(housed):
    ask(housed, "What is the rent of Alder House?", matter="Alder")
    kept = housed.cli("record", "retain", "Alder", "7")
    assert kept.returncode == 0 and "for 7 years" in kept.stdout and "Those of 0 entries went now" in kept.stdout, kept.stderr
    assert entry(housed, 2)["entry"]["said"] == {"matter": {"text": "Alder"}, "years": 7}
    assert "kept for 7 years" in housed.cli("record", "list").stdout
    assert housed.cli("record", "retain", "Oak", "7").returncode == 4
    assert housed.cli("record", "retain", "Alder", "101").returncode == 2
    assert housed.post("/api/record/retention", {"matter": "Alder"}).status == 400
    assert entry(housed, 1)["texts"] is True


def test_what_was_changed_in_the_store_is_told(housed):
    for n in range(5):
        ask(housed, f"What is the rent of Alder House in year {n}?")
    head = housed.cli("record", "head").stdout.strip()
    assert verified(housed, "--head", head)["head"] == head
    housed.stop()
    with sqlite3.connect(housed.home / "counsel.db") as db:
        with pytest.raises(sqlite3.DatabaseError, match="only ever added to"):
            db.execute("UPDATE record_entries SET entry = '{}'")
        db.execute("DROP TRIGGER record_entries_stay")
        db.execute("UPDATE record_entries SET entry = replace(entry, '\"quoted\"', '\"answered\"') WHERE number = 3")
    db.close()
    housed.start()
    told = housed.cli("record", "verify")
    assert told.returncode == 1 and "✗ Entry 3: It was altered." in told.stdout, told.stdout
    assert "✗ Entry 3 of the record: It was altered." in housed.cli("check").stdout
    wrong = housed.cli("record", "verify", "--head", "4:" + "0" * 64)
    assert wrong.returncode == 1 and "rewritten" in wrong.stdout
    assert housed.cli("record", "verify", "--head", "soon").returncode != 0


def test_a_backup_has_the_record_and_a_restored_home_goes_on_with_it(housed, tmp_path):
    ask(housed, "What is the rent of Alder House?")
    head = housed.cli("record", "head").stdout.strip()
    assert housed.cli("backup", tmp_path / "backup").returncode == 0
    other = Daemon(housed.home.parent / "restored")
    assert other.cli("restore", tmp_path / "backup").returncode == 0
    other.start()
    try:
        assert ask(other, "How much is the deposit?")["record"] == 2
        assert verified(other, "--head", head)["entries"] == 2
    finally:
        other.stop()


def test_the_export_of_a_matter_has_its_part_of_the_record(housed, tmp_path):
    assert housed.cli("export", tmp_path / "before", "--matter", "Alder").returncode == 0
    assert not (tmp_path / "before" / "record.jsonl").exists(), "there is nothing yet"
    ask(housed, "What is the rent of Alder House?", matter="Alder")
    done = housed.cli("export", tmp_path / "after", "--matter", "Alder")
    assert done.returncode == 0, done.stderr
    good = third_party(tmp_path / "after" / "record.jsonl")
    assert good.returncode == 0 and "1 entries of the matter 'Alder'" in good.stdout, good.stdout
    assert (tmp_path / "after" / "record.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_record_that_fails_costs_no_answer_and_is_told(housed):
    housed.stop()
    with sqlite3.connect(housed.home / "counsel.db") as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON record_entries BEGIN SELECT raise(ABORT, 'no'); END")
    db.close()
    housed.start()
    answer = ask(housed, "What is the rent of Alder House?")
    assert answer["record"] is None and "1,450 pounds" in answer["quotes"][0]["quote"]
    assert any(note.startswith("This answer is not in the record: ") for note in answer["notes"])


@pytest.mark.long
def test_no_entry_that_was_told_is_lost_when_the_power_fails(tmp_path):
    recorder = power_loss.build_recorder(tmp_path)
    if recorder is None:
        pytest.skip("there is no C compiler here")
    home, log = tmp_path / "home", tmp_path / "log"
    home.mkdir(mode=0o700)
    (tmp_path / "lease.txt").write_text(ALDER_LEASE)
    daemon = Daemon(home, {"LD_PRELOAD": str(recorder), "POWER_LOSS_HOME": str(home), "POWER_LOSS_LOG": str(log)}).start()
    told = []  # (place in the log, entries that were told by then)
    lease = daemon.add(tmp_path / "lease.txt")["id"]
    begun = log.stat().st_size
    for n in range(8):
        number = ask(daemon, f"What is the rent of Alder House in year {n}?")["record"]
        told.append((log.stat().st_size, number))
    daemon.request("DELETE", f"/api/documents/{lease}")
    end = log.stat().st_size
    daemon.kill()
    random = chance()
    for _ in range(STATES):
        place = random.randrange(begun, end + 1)
        target = tmp_path / "after"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o700)
        disk = power_loss.Disk(home)
        for at, *operation in power_loss.read_log(log):
            if at > place:
                break
            disk.apply(*operation)
        disk.write(str(target), random)
        after = Daemon(target).start()
        try:
            whole = verified(after)
            assert whole["entries"] >= max([number for at, number in told if at <= place], default=0), place
        finally:
            after.stop()
