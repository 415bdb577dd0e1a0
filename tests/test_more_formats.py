"""Web pages saved as one file (MHT) and calendars (ICS): read through counsel-extract."""

from email import encoders
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import make_documents as make
import pytest

from test_formats import answer_of, extract, message

# ---- web pages saved as one file ----

PAGE = ("<html><head><meta charset='utf-8'><title>Notice</title><style>p { color: red }</style></head><body><h1>Notice of closure</h1>"
        "<p>The towpath caf\u00e9 is closed until Lady Day.</p><img src='cid:seal'></body></html>")


def archive(headers=None, page=PAGE, others=(), **parameters):
    whole = MIMEMultipart("related", **{"type": "text/html", **parameters})
    for name, value in (headers or {}).items():
        whole[name] = value
    root = MIMEText(page, "html", "utf-8")
    root["Content-ID"] = "<main@page>"
    whole.attach(root)
    for kind, content in (("image/png", make.png()), ("text/css", b"p { color: green } .x { content: 'styled' }"), *others):
        part = MIMEBase(*kind.split("/"))
        part.set_payload(content)
        part["Content-Location"] = "https://towpath.example/" + kind.replace("/", ".")
        encoders.encode_base64(part)
        whole.attach(part)
    return whole.as_bytes()


BLINK = {"From": "<Saved by Blink>", "Snapshot-Content-Location": "https://towpath.example/notice", "Subject": "Notice",
         "Date": "Mon, 4 Mar 2024 09:00:00 -0000"}


@pytest.mark.parametrize("headers", [BLINK, {"From": '"Saved by Windows Internet Explorer 8"', "Subject": "Notice"}, {}],
                         ids=["chromium", "explorer", "word"])
def test_a_saved_web_page_is_read_as_the_page(headers):
    read = extract(archive(headers), "notice.mht")
    assert read.text == "Notice\n\nNotice of closure\n\nThe towpath caf\u00e9 is closed until Lady Day."
    assert read.parts("heading") == [("Notice", ""), ("Notice of closure", "")]
    assert read.head["media_type"] == "multipart/related" and read.files == {}
    assert read.head["unread"] == [["a picture", "what it shows is not looked at", ""]]
    origin = ", from https://towpath.example/notice, on Mon, 4 Mar 2024 09:00:00 -0000" if headers is BLINK else ""
    assert f"It is a web page, saved as one file{origin}." in read.notes


def test_the_page_of_an_archive_is_the_part_that_it_names_and_frames_follow():
    frame = "<p>The ferry runs in its stead.</p>"
    read = extract(archive(BLINK, frame, [("text/html", PAGE.encode())]), "notice.mhtml")
    assert read.text.startswith("The ferry runs") and read.text.endswith("Lady Day.")
    assert "The text of 1 frame of the page stands after its own." in read.notes
    named = archive(BLINK, frame, [("text/html", PAGE.encode())], start="<second@page>").replace(
        b"Content-Location: https://towpath.example/text.html", b"Content-ID: <second@page>")
    assert extract(named, "notice.mhtml").text.startswith("Notice\n\nNotice of closure")


def test_what_else_an_archive_holds_is_kept_or_told():
    read = extract(archive(BLINK, others=[("application/pdf", make.pdf(["The annex."])), ("video/mp4", b"moving")]), "n.mht")
    assert list(read.files) == ["in the page 1.pdf"]
    assert ["a part of the web page (video/mp4)", "only the page is read", ""] in read.head["unread"]


def test_a_mail_with_pictures_is_still_a_mail():
    read = extract(archive({"From": "Ann <ann@example.org>", "To": "Bea <bea@example.org>", "Subject": "Notice",
                            "Date": "Mon, 4 Mar 2024 09:00:00 +0000"}), "x.eml")
    assert read.text.startswith("From: Ann <ann@example.org>") and read.head["media_type"] == "message/rfc822"


def test_a_truncated_or_deep_web_page_gives_text_or_a_reason():
    whole = archive(BLINK)
    for size in range(1, len(whole), 97):
        read = extract(whole[:size], "notice.mht")
        assert read.error is None or "notice.mht" in read.error["message"]
    deep = b"".join(b"Content-Type: multipart/related; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100))
    assert message(b"MIME-Version: 1.0\n" + deep + b"Content-Type: text/html\n\n<p>x\n", "x.mht") == "'x.mht' is a damaged web archive."


def test_a_saved_web_page_is_left_to_the_program_that_reads_mail():
    assert answer_of("counsel-extract-text", archive(BLINK), "notice.mht") == (3, b"")


# ---- calendars ----

CALENDAR = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Sealing of the deed\r\nDTSTART;TZID=Europe/London:20240304T093000"
            "\r\nLOCATION:Mill House\\, the loft\r\nATTENDEE;CN=Bea Quill;PARTSTAT=ACCEPTED:mailto:bea@example.org\r\nDESCRIPTION:Bring the s"
            "\r\n eal.\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nSUMMARY:Serve notice\r\nDUE;VALUE=DATE:20240401\r\nEND:VTODO\r\nEND:VCALENDAR\r\n")
SAID = ("Sealing of the deed\n\nWhen: 2024-03-04 09:30 (Europe/London)\nWhere: Mill House, the loft\n"
        "Attendees: Bea Quill <bea@example.org> (accepted)\n\nBring the seal.\n\nServe notice\n\nDue: 2024-04-01")


def test_a_calendar_is_read_entry_by_entry():
    read = extract(CALENDAR.encode(), "diary.ics")
    assert (read.text, read.head["media_type"]) == (SAID, "text/calendar")
    assert [text for text, _ in read.parts("heading")] == ["Sealing of the deed", "Serve notice"]
    assert answer_of("counsel-extract-text", CALENDAR.encode(), "diary.ics") == answer_of("counsel-extract", CALENDAR.encode(), "diary.ics")
    assert message(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "x.ics") == "'x.ics' is a calendar without events, tasks or notes."


def test_an_invitation_in_a_mail_is_a_document_of_its_own():
    mail = MIMEMultipart("alternative")
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = "a@example.org", "b@example.org", "Deed", "Mon, 4 Mar 2024 09:00:00 +0000"
    mail.attach(MIMEText("You are invited.", "plain", "utf-8"))
    mail.attach(MIMEText(CALENDAR, "calendar", "utf-8"))
    read = extract(mail.as_bytes(), "invitation.eml")
    assert "You are invited." in read.text and "Attachment: invitation.ics" in read.text
    assert extract(read.files["invitation.ics"], "invitation.ics").text == SAID
