"""Files of mails (PST, OST, mbox): each mail a document, in batches, whatever the file's size."""

import datetime
import json

import pytest

from make_pst import message, pst
from test_formats import extract

LEASE = message("The lease", "The rent is nine pounds.", to=("Bea Quill", "Cy Pres"), attachments=[("deed.txt", b"The deed is void.")])
FOLDERS = {"Inbox": [LEASE, message("Re: Thé roof", "It leaks. " * 2000)], "Inbox/Old": [message("The garden", "It is let.")]}


def mbox(count, size=0):
    return b"".join(b"From x Mon Mar  4 2024\nFrom: ann@x.example\nDate: Mon, 4 Mar 2024 10:00:00 +0000\nSubject: Eel %d\n\n"
                    b"Eel number %d.\n%s\n\n" % (n, n, b"eel " * (size // 4)) for n in range(count))


def batches(content, name, *arguments):
    """The batches of a file, one after the other."""
    read = [extract(content, name, *arguments)]
    while "next" in read[-1].head:
        place = sum(len(one.files) for one in read)
        read.append(extract(content, name, *arguments, "--from", read[-1].head["next"], "--place", place))
    return read


def test_each_message_of_a_data_file_is_a_message_with_people_times_and_attachments():
    read = extract(pst(FOLDERS), "mails.pst")
    assert read.head["media_type"] == "application/vnd.ms-outlook-pst" and read.head["unread"] == []
    assert list(read.files) == ["The lease (1).msg", "Re: Thé roof (2).msg", "The garden (3).msg"]
    assert read.text == ("Mails in mails.pst:\n\nInbox\n\nThe lease (1).msg, from Ann Archer, Mon, 4 Mar 2024 10:00:00 +0000\n"
                         "Re: Thé roof (2).msg, from Ann Archer, Mon, 4 Mar 2024 10:00:00 +0000\n\nInbox/Old\n\n"
                         "The garden (3).msg, from Ann Archer, Mon, 4 Mar 2024 10:00:00 +0000")
    lease = extract(read.files["The lease (1).msg"], "The lease (1).msg")
    assert lease.text == ("From: Ann Archer <ann@firm.example>\nTo: Bea Quill; Cy Pres\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
                          "Received: Mon, 4 Mar 2024 10:00:09 +0000\nSubject: The lease\n\nThe rent is nine pounds.\n\n"
                          "Attachment: deed.txt")
    assert lease.files == {"deed.txt": b"The deed is void."}
    assert extract(read.files["Re: Thé roof (2).msg"]).text.count("It leaks.") == 2000


def test_an_appointment_of_a_data_file_says_when_and_where():
    times = (datetime.datetime(2024, 3, 4, 9, 30), datetime.datetime(2024, 3, 4, 11, 30))
    content = pst({"Calendar": [message("The weir", "Bring boots.", kind="IPM.Appointment", place="Long Marsh, the lock", times=times)]})
    (told,) = extract(content, "box.pst").files.values()
    text = extract(told, "x.msg").text
    assert "Begins: Mon, 4 Mar 2024 09:30:00 +0000\nEnds: Mon, 4 Mar 2024 11:30:00 +0000\nWhere: Long Marsh, the lock\n" in text


@pytest.mark.parametrize("content,name,ending", [
    (pst({"A": [message(f"Eel {n}", f"Eel number {n}.") for n in range(7)], "B": [message("Eel 7", "Eel number 7.")]}), "x.pst", "msg"),
    (mbox(8), "x.mbox", "eml")], ids=["pst", "mbox"])
def test_a_file_of_mails_comes_in_batches_none_twice_and_none_left_out(content, name, ending):
    read = batches(content, name, "--max-embedded-files", 3)
    assert [len(one.files) for one in read] == [3, 3, 2]
    assert [file for one in read for file in one.files] == [f"Eel {n} ({n + 1}).{ending}" for n in range(8)]
    for number, bytes_of_it in enumerate(bytes_of for one in read for bytes_of in one.files.values()):
        assert f"Eel number {number}." in extract(bytes_of_it).text
    assert "".join(one.text for one in read).count("Mails in") == 1


def test_mails_beyond_the_window_of_a_mailbox_and_one_that_is_too_large(tmp_path):
    content = mbox(2) + mbox(1, 70 << 20) + mbox(2)
    read = batches(content, "x.mbox", "--max-unpacked-bytes", 1 << 20)
    assert [file for one in read for file in one.files] == ["Eel 0 (1).eml", "Eel 1 (2).eml", "Eel 0 (3).eml", "Eel 1 (4).eml"]
    assert [unread[:2] for one in read for unread in one.head["unread"]] == [
        ["a mail", "it is larger than 1 MiB, the limit extraction.max_unpacked_mb"]]


def test_an_encrypted_data_file_is_refused_by_name_and_a_damaged_one_too():
    assert extract(pst(FOLDERS, crypt=0x10), "x.pst").error["message"] == "'x.pst' is an encrypted Outlook data file."
    book = bytearray(pst(FOLDERS))
    book[8:10] = b"AB"
    assert "address book (PAB)" in extract(bytes(book), "x.pab").error["message"]
    for size in (300, 20_000, 50_000):
        assert extract(pst(FOLDERS)[:size], "x.pst").error["message"] == "'x.pst' is a damaged Outlook data file."


def test_the_mails_of_a_data_file_are_searched_one_by_one_and_go_with_it(daemon, tmp_path):
    for name, value in (("extraction.max_file_mb", 1), ("extraction.max_embedded_files", 2)):
        assert daemon.cli("config", "set", name, value).returncode == 0
    large = [message(name, body, attachments=[("plan.bin", bytes(700_000))])
             for name, body in (("The roof", "The attic floods each spring."), ("The cellar", "The cellar is dry."))]
    path = tmp_path / "mails.pst"
    path.write_bytes(pst({**FOLDERS, "Sent": large}))
    added = daemon.cli("add", path, "--json")
    assert added.returncode == 1, "the plan is no document"
    documents = {d["name"]: d for d in json.loads(added.stdout)["documents"]}
    store = documents["mails.pst"]
    assert store["state"] == "ready" and store["media_type"] == "application/vnd.ms-outlook-pst"
    assert [one["name"] for one in store["embedded"]] == ["The lease (1).msg", "Re: Thé roof (2).msg", "The garden (3).msg", "The roof (4).msg", "The cellar (5).msg"]
    assert documents["deed.txt"]["parents"] == [documents["The lease (1).msg"]["id"]]
    hits = daemon.post("/api/search", {"query": "When does the attic flood?"}).json["hits"]
    assert "The roof (4).msg" in {hit["name"] for hit in hits}
    text = daemon.get(f"/api/documents/{store['id']}/text").json["text"]
    assert text.count("from Ann Archer") == 5 and "Inbox/Old" in text
    assert daemon.request("DELETE", f"/api/documents/{store['id']}").status == 200
    assert daemon.get("/api/documents").json["documents"] == []


def test_a_file_of_mails_over_its_own_limit_is_refused_by_that(daemon, tmp_path):
    for name, value in (("extraction.max_file_mb", 1), ("extraction.max_mailbox_mb", 2)):
        assert daemon.cli("config", "set", name, value).returncode == 0
    (tmp_path / "x.mbox").write_bytes(mbox(1, 3 << 20))
    refused = daemon.cli("add", tmp_path / "x.mbox")
    assert "larger than 2 MiB, the limit extraction.max_mailbox_mb" in refused.stderr
