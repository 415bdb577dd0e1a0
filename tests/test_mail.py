"""`counsel mail`: a folder of a mailbox is followed, each mail becomes a document once, and nothing is changed there."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from counsel import cli, wait_until
from imap_server import PASSWORD, TOKEN, Dovecot, OurServer


def mail(number, more=b""):
    return (b"From: Bea Quill <bea@quill.example>\nTo: ann@firm.example\nSubject: Eel %d\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
            b"Message-ID: <%d@x>\n\nEel number %d weighs %d stone.\n%s" % (number, number, number, 30 + number, more))


@pytest.fixture
def openssl():
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl to make the server's certificate with.")


@pytest.fixture
def server(openssl, tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    ours = OurServer(folder)
    yield ours
    ours.close()


@pytest.fixture
def dovecot(openssl):
    if not shutil.which("dovecot") or os.getuid() != 0:
        pytest.skip("Dovecot is not installed, or we are not root.")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # a socket's whole path has room for 107 bytes
    theirs = Dovecot(folder)
    yield theirs
    theirs.close()
    shutil.rmtree(folder)


def password_file(tmp_path, password=PASSWORD):
    path = tmp_path / "password"
    path.write_text(password + "\n")
    path.chmod(0o600)
    return path


def follow(daemon, server, tmp_path, folder="INBOX", user="ann@firm.example", *arguments):
    secret = arguments or ("--password-file", password_file(tmp_path))
    return daemon.cli("mail", "add", f"imaps://{user}@localhost:{server.port}/{folder}", "--matter", "Eels", "--ca-file", server.cert, *secret)


def names(daemon):
    return sorted(d["name"] for d in daemon.get("/api/documents?matter=Eels").json.get("documents", []) if d["state"] == "ready")


def mailbox(daemon):
    return daemon.get("/api/mail").json["mailboxes"][0]


def test_each_mail_becomes_a_document_once_and_new_ones_too(daemon, server, tmp_path):
    server.put(mail(1))
    server.put(mail(2, b"a5 OK done\r\n* BYE\r\n)\r\n"))
    added = follow(daemon, server, tmp_path)
    assert added.returncode == 0 and "is followed" in added.stdout, added.stderr
    wait_until(lambda: names(daemon) == ["Eel 1.eml", "Eel 2.eml"], "both mails are there")
    server.put(mail(3))
    assert daemon.cli("mail", "now").returncode == 0
    wait_until(lambda: names(daemon) == ["Eel 1.eml", "Eel 2.eml", "Eel 3.eml"], "the new one")
    # `add` looks whether the folder is there, and may have asked for the first mail before it has its answer.
    assert len(set(server.commands("BODY.PEEK[]"))) == 3 and server.commands("EXAMINE")
    assert [server.commands(f"FETCH {number} (UID BODY.PEEK[])") for number in (2, 3)] == \
        [[f"UID FETCH {number} (UID BODY.PEEK[])"] for number in (2, 3)]
    assert not server.commands("SELECT") and not server.commands("STORE")
    wait_until(lambda: not mailbox(daemon)["looking"] and mailbox(daemon)["mails"] == 3, "it is counted")
    # Other numbers: all is read again, and is the same.
    server.validity = 8
    daemon.cli("mail", "now", mailbox(daemon)["id"][:6])
    wait_until(lambda: len(server.commands("FETCH 3 (UID BODY.PEEK[])")) == 2, "all is read again")
    wait_until(lambda: not mailbox(daemon)["looking"], "it is done")
    assert len(names(daemon)) == 3
    listed = daemon.cli("mail", "list")
    assert "imaps://ann%40firm.example@localhost" in listed.stdout and "Eels" in listed.stdout
    removed = daemon.cli("mail", "remove", mailbox(daemon)["address"])
    assert removed.returncode == 0 and "its mails stay" in removed.stdout
    assert daemon.get("/api/mail").json["mailboxes"] == [] and len(names(daemon)) == 3


def test_what_broke_off_goes_on_where_it_was_also_in_another_daemon(daemon, server, tmp_path):
    for number in range(1, 7):
        server.put(mail(number))
    server.hold_after = 4
    assert follow(daemon, server, tmp_path).returncode == 0
    wait_until(lambda: mailbox(daemon)["error"], "it broke off")
    assert "Cannot read imaps://" in mailbox(daemon)["error"] and mailbox(daemon)["mails"] == 4
    assert "Cannot read" in daemon.cli("mail", "list").stdout
    daemon.kill()
    server.hold_after = None
    daemon.start()
    wait_until(lambda: len(names(daemon)) == 6, "all are there")
    again = [len(server.commands(f"UID FETCH {number} (UID BODY.PEEK[])")) for number in (2, 3, 4)]
    assert again == [1, 1, 1], "the four were not read again"
    assert mailbox(daemon)["error"] == "" and PASSWORD not in (daemon.home / "mailboxes.json").read_text()
    assert (daemon.home / "mailboxes.json").stat().st_mode & 0o777 == 0o600


def test_a_token_is_what_a_command_prints(daemon, server, tmp_path):
    server.put(mail(1))
    added = follow(daemon, server, tmp_path, "INBOX", "ann@firm.example", "--token-command", f"echo {TOKEN}")
    assert added.returncode == 0, added.stderr
    wait_until(lambda: names(daemon) == ["Eel 1.eml"], "the mail")
    for command, words in (("echo wrong", "does not let us in"), ("exit 3", "exited with status 3"), ("true", "printed none")):
        refused = follow(daemon, server, tmp_path, "Other", "ann@firm.example", "--token-command", command)
        assert refused.returncode == 1 and words in refused.stderr, refused.stderr


def test_a_folder_with_another_alphabet_and_a_mail_that_is_too_large(daemon, server, tmp_path):
    assert daemon.cli("config", "set", "extraction.max_file_mb", 1).returncode == 0
    server.put(mail(1), "Entw&APw-rfe")
    server.put(mail(2, b"eel " * (300 << 10)), "Entw&APw-rfe")
    server.put(mail(3), "Entw&APw-rfe")
    assert follow(daemon, server, tmp_path, "Entwürfe").returncode == 0
    wait_until(lambda: names(daemon) == ["Eel 1.eml", "Eel 3.eml"], "those that fit")
    assert mailbox(daemon)["skipped"] == 1


def test_bad_input_gets_a_clear_error_and_nothing_is_followed(daemon, server, tmp_path):
    secret = ("--password-file", password_file(tmp_path))
    port = server.port
    cases = [
        ("imaps://ann@firm.example@localhost:%d/None" % port, secret, 4, "There is no folder"),
        ("imaps://bob@localhost:%d/INBOX" % port, secret, 1, "does not let us in"),
        ("imaps://ann@localhost:1/INBOX", secret, 1, "Nothing was added."),
        ("imaps://ann:pw@localhost/INBOX", secret, 2, "A password does not belong"),
        ("imap://ann@mail.example/INBOX", secret, 2, "Without TLS"),
        ("https://ann@mail.example/", secret, 2, "no address of a mailbox"),
        ("imaps://ann@localhost:%d/" % port, (), 2, "needs a password or a token"),
        ("imaps://ann@localhost:%d/" % port, ("--password-file", "/nowhere"), 1, "no file with a password"),
    ]
    for address, arguments, status, words in cases:
        refused = daemon.cli("mail", "add", address, "--ca-file", server.cert, *arguments)
        assert refused.returncode == status and words in refused.stderr, (address, refused)
    untrusted = daemon.cli("mail", "add", f"imaps://ann@firm.example@localhost:{port}/INBOX", *secret)
    assert untrusted.returncode == 1 and "Cannot trust the server" in untrusted.stderr
    (tmp_path / "password").chmod(0o644)
    shown = follow(daemon, server, tmp_path, "INBOX", "ann@firm.example", "--password-file", tmp_path / "password")
    assert shown.returncode == 1 and "Others can read the password" in shown.stderr
    assert daemon.get("/api/mail").json["mailboxes"] == []
    assert daemon.cli("mail", "remove", "none").returncode == 4 and daemon.cli("mail", "now", "none").returncode == 4
    assert daemon.request("POST", "/api/mail", {"address": "imaps://a@b/"}, tcp=True).status == 403


def test_dovecot_is_read_and_nothing_counts_as_read_there(daemon, dovecot, tmp_path):
    for number in range(1, 26):
        dovecot.put(mail(number))
    dovecot.put(mail(99), "Sent")
    secret = ("--password-file", password_file(tmp_path, PASSWORD.replace(" ", "_")))
    added = follow(daemon, dovecot, tmp_path, "INBOX", "ann", *secret)
    assert added.returncode == 0, added.stderr
    wait_until(lambda: len(names(daemon)) == 25, "all of the folder's")
    assert dovecot.unread() == 25
    assert follow(daemon, dovecot, tmp_path, "Sent", "ann", *secret).returncode == 0
    wait_until(lambda: "Eel 99.eml" in names(daemon), "the other folder's")
    dovecot.put(mail(26))
    daemon.cli("mail", "now")
    wait_until(lambda: "Eel 26.eml" in names(daemon), "a new one")
    text = json.loads(daemon.cli("search", "how much does eel number 26 weigh", "--matter", "Eels", "--json").stdout)
    assert "Eel 26.eml" in {hit["name"] for hit in text["hits"]}
    refused = follow(daemon, dovecot, tmp_path, "INBOX", "bob", "--password-file", password_file(tmp_path, "wrong"))
    assert refused.returncode == 1 and "does not let us in" in refused.stderr
