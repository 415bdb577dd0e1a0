"""Signed mails (S/MIME): read, and told whether the signature fits and by whom it says it is."""

import shutil
import subprocess

import pytest

import make_msg as mapi
from test_formats import extract

TEXT = b"Content-Type: text/plain; charset=utf-8\n\nThe eels are sold for 31 pounds.\n"
HEAD = b"From: Ann Archer <ann@firm.example>\nTo: bea@quill.example\nSubject: The eels\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n"
FITS = "The mail is signed and the signature fits the text. It says that it is of Ann Archer <ann@firm.example>"
NOT_CHECKED = "Whether that certificate is to be trusted was not checked"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl to sign with.")
    folder = tmp_path_factory.mktemp("keys")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Ann Archer/O=Firm",
                    "-addext", "subjectAltName=email:ann@firm.example", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)
    return folder


def openssl(keys, *arguments, text=TEXT):
    return subprocess.run(["openssl", *arguments], input=text.replace(b"\n", b"\r\n"), check=True, capture_output=True, cwd=keys).stdout


def signed(keys, *more):
    return openssl(keys, "cms", "-sign", "-signer", "cert.pem", "-inkey", "key.pem", "-md", "sha256", *more)


@pytest.mark.parametrize("more", [(), ("-nodetach",)], ids=["beside the text", "around the text"])
def test_a_signature_that_fits_says_of_whom_and_what_was_not_checked(keys, more):
    mail = extract(HEAD + signed(keys, *more), "x.eml")
    assert mail.text.endswith("The eels are sold for 31 pounds.")
    note, = mail.notes
    assert note.startswith(FITS) and "by a certificate of Ann Archer" in note and NOT_CHECKED in note
    assert "not the address" not in note


def test_a_text_that_was_changed_does_not_fit_its_signature(keys):
    changed = (HEAD + signed(keys)).replace(b"31 pounds", b"13 pounds")
    mail = extract(changed, "x.eml")
    assert "sold for 13 pounds" in mail.text
    assert mail.notes[0].startswith("Caution: ") and "THE SIGNATURE DOES NOT FIT" in mail.notes[0] and "Ann Archer <ann@firm.example>" in mail.notes[0]


def test_a_signature_of_another_than_the_sender_and_one_without_a_certificate(keys):
    mail = extract((HEAD + signed(keys)).replace(b"ann@firm.example>\nTo", b"eve@marsh.example>\nTo"), "x.eml")
    assert mail.notes[0].startswith("Caution: ") and "That is not the address that the mail is from." in mail.notes[0]
    assert "without a certificate" in extract(HEAD + signed(keys, "-nocerts"), "x.eml").notes[0]
    nonsense = HEAD + (b'MIME-Version: 1.0\nContent-Type: multipart/signed; boundary="b"\n\n--b\n' + TEXT +
                       b"\n--b\nContent-Type: application/pkcs7-signature\n\nnonsense\n--b--\n")
    read = extract(nonsense, "x.eml")
    assert "in a form that is not known" in read.notes[0] and "31 pounds" in read.text


def test_a_signed_message_of_outlook_keeps_its_signature(keys):
    der = openssl(keys, "cms", "-sign", "-signer", "cert.pem", "-inkey", "key.pem", "-nodetach", "-outform", "DER")
    message = extract(mapi.msg({mapi.SUBJECT: "The eels", mapi.SENDER_NAME: "Ann Archer", mapi.SENDER_SMTP: "ann@firm.example",
                                mapi.CLASS: "IPM.Note.SMIME", mapi.BODY: ""}, [], [{mapi.FILE_NAME: "smime.p7m", mapi.CONTENT: der}]), "x.msg")
    mail = extract(message.files["signed message.eml"], "signed message.eml")
    assert "31 pounds" in mail.text and mail.notes[0].startswith(FITS)


def test_an_encrypted_mail_is_named(keys):
    sealed = subprocess.run(["openssl", "cms", "-encrypt", "-aes128", "cert.pem"], input=TEXT, check=True, capture_output=True, cwd=keys).stdout
    assert extract(HEAD + sealed, "x.eml").head["unread"] == [["the mail's text", "it is encrypted (S/MIME)", ""]]
