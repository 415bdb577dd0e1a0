"""Outlook's messages: who says what to whom and when, and what is attached, as Outlook shows it."""

import base64
import datetime

import make_documents as make
import make_msg as mapi
from counsel import wait_until
from test_formats import extract

SENT = datetime.datetime(2024, 3, 4, 10, 30, tzinfo=datetime.timezone.utc)
LETTER = {
    mapi.SUBJECT: "The weir at Long Marsh", mapi.SENDER_NAME: "Ann Archer", mapi.SENDER_SMTP: "ann@harbottle.example",
    mapi.FROM_NAME: "Ann Archer", mapi.SUBMITTED: SENT, mapi.DELIVERED: SENT + datetime.timedelta(minutes=1),
    mapi.BODY: "Dear Bea,\r\n\r\nThe reeve accepts £4,250 for the weir – not more.\r\n",
}
TO = [{mapi.RECIPIENT_KIND: 1, mapi.NAME: "Bea Quill", mapi.SMTP: "bea@quill.example"},
      {mapi.RECIPIENT_KIND: 1, mapi.NAME: "Cy Pres", mapi.ADDRESS: "/O=EXCHANGE/CN=CY"},
      {mapi.RECIPIENT_KIND: 2, mapi.NAME: "dora@marsh.example", mapi.ADDRESS: "dora@marsh.example"},
      {mapi.RECIPIENT_KIND: 3, mapi.NAME: "Eve", mapi.SMTP: "eve@marsh.example"}]


def overwritten(content, name, size):
    """Says another size of a stream."""
    at = content.index(name.encode("utf-16-le")) + 120
    return content[:at] + size.to_bytes(4, "little") + content[at + 4:]


def test_a_message_says_who_and_when_and_what():
    read = extract(mapi.msg(LETTER, TO), "letter.msg")
    assert read.head["media_type"] == "application/vnd.ms-outlook"
    assert read.text == ("From: Ann Archer <ann@harbottle.example>\nTo: Bea Quill <bea@quill.example>; Cy Pres\nCc: dora@marsh.example\n"
                         "Bcc: Eve <eve@marsh.example>\nDate: Mon, 4 Mar 2024 10:30:00 +0000\nReceived: Mon, 4 Mar 2024 10:31:00 +0000\n"
                         "Subject: The weir at Long Marsh\n\nDear Bea,\n\nThe reeve accepts £4,250 for the weir – not more.")
    assert read.notes == [] and read.head["unread"] == []


def test_in_whose_name_it_was_sent_and_what_the_way_added():
    read = extract(mapi.msg({**LETTER, mapi.FROM_NAME: "The Reeve", mapi.FROM_ADDRESS: "reeve@harbottle.example", mapi.HEADERS:
                             "Received: by x\r\nDate: Mon, 4 Mar 2024 11:30:00 +0100\r\nReply-To: office@harbottle.example\r\n\r\n"}), "x.msg")
    assert "From: The Reeve <reeve@harbottle.example>\nSender: Ann Archer <ann@harbottle.example>\n" in read.text
    assert "Reply-To: office@harbottle.example\nDate: Mon, 4 Mar 2024 11:30:00 +0100\n" in read.text


def test_attachments_are_documents_and_so_are_messages_within():
    inner = mapi.within({mapi.SUBJECT: "Older offer", mapi.BODY: "The reeve offers £3,900.", mapi.SENDER_NAME: "Cy Pres"}, TO[:1],
                        [{mapi.FILE_NAME: "plan.txt", mapi.CONTENT: b"The plan of the weir."}])
    lease = make.lease_docx()
    read = extract(mapi.msg(LETTER, TO, [{mapi.FILE_NAME: "lease.docx", mapi.MIME_TYPE: "application/x", mapi.CONTENT: lease},
                                         inner, {mapi.FILE_NAME: "large.txt", mapi.CONTENT: b"weir\n" * 9_000}]), "x.msg")
    assert list(read.files) == ["lease.docx", "Older offer.msg", "large.txt"]
    assert read.files["lease.docx"] == lease and read.files["large.txt"] == b"weir\n" * 9_000
    assert read.text.endswith("Attachments: lease.docx; Older offer.msg; large.txt")
    assert [text for text, _ in read.parts("attachment")] == list(read.files)
    within = extract(read.files["Older offer.msg"], "Older offer.msg")
    assert within.text == ("From: Cy Pres\nTo: Bea Quill <bea@quill.example>\nSubject: Older offer\n\nThe reeve offers £3,900.\n\n"
                           "Attachment: plan.txt")
    assert within.files == {"plan.txt": b"The plan of the weir."}


def test_html_is_read_where_the_plain_text_is_less():
    html = "<html><head><meta charset=windows-1252></head><body><p>Rent:</p><table><tr><td>North mill</td><td>£1,235</td></tr></table></body></html>"
    stub = {**LETTER, mapi.BODY: "Your program shows no HTML."}
    read = extract(mapi.msg({**stub, mapi.HTML: html.encode("cp1252"), 0x3FDE: 1252}), "x.msg")
    assert "North mill | £1,235" in read.text and "shows no HTML" not in read.text
    assert "North mill | £1,235" in extract(mapi.msg({**stub, mapi.HTML: html.encode("utf-8"), 0x3FDE: 65001}), "x.msg").text
    assert "North mill | £1,235" in extract(mapi.msg({**stub, mapi.HTML: html}), "x.msg").text


def test_html_and_plain_text_inside_rtf_come_out_and_rtf_is_read():
    wrapped = (rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fnil\fcharset204 Arial;}}{\colortbl;}"
               rb"{\*\htmltag64 <html><body><ul><li>}\htmlrtf {\bullet\tab NOT \htmlrtf0 The tithe is {\*\htmltag84 &#163;}\htmlrtf \'a3\htmlrtf0 77,"
               rb"\'93all\'94 told\htmlrtf }\htmlrtf0 {\*\htmltag72 </li></ul>}{\*\mhtmltag84 NOT}\htmlrtf \par\htmlrtf0 "
               rb"{\*\htmltag64 <p>}\f1 \'cf\'f0\'e8\'f1\'f2\'e0\'ed\'fc \u8364?5{\*\htmltag72 </p></body></html>}}")
    read = extract(mapi.msg({mapi.SUBJECT: "x", mapi.RTF: mapi.packed(wrapped)}), "x.msg")
    assert read.text == "Subject: x\n\n• The tithe is £77,“all” told\n\nПристань €5", read.text
    plain = rb"{\rtf1\ansi\ansicpg1252\fromtext \deff0{\fonttbl{\f0 Arial;}}{\colortbl;}\uc1\pard The tithe <b> is \'a377\par Not more\par}"
    assert extract(mapi.msg({mapi.RTF: mapi.packed(plain)}), "x.msg").text == "The tithe <b> is £77\nNot more"
    bare = rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\pard The tithe is {\v secret}\'a377.\par}"
    read = extract(mapi.msg({mapi.RTF: mapi.packed(bare)}), "x.msg")
    assert read.text == "The tithe is £77.\n\n[Hidden text: secret]" and read.parts("hidden")


def test_characters_of_older_messages_are_of_their_code_page():
    read = extract(mapi.msg({mapi.SUBJECT: (mapi.TEXT8, "Договор".encode("cp1251")), mapi.BODY: (mapi.TEXT8, "Цена 5".encode("cp1251")),
                             0x3FFD: 1251}), "x.msg")
    assert read.text == "Subject: Договор\n\nЦена 5"
    by_language = extract(mapi.msg({mapi.BODY: (mapi.TEXT8, "Цена 5".encode("cp1251")), 0x3FF1: 1049}), "x.msg")
    by_headers = extract(mapi.msg({mapi.BODY: (mapi.TEXT8, "Cena zł".encode("iso-8859-2")), mapi.HEADERS:
                                   "Content-Type: text/plain; charset=iso-8859-2\r\n\r\n"}), "x.msg")
    assert (by_language.text, by_headers.text) == ("Цена 5", "Cena zł")


def test_what_is_not_read_is_said():
    read = extract(mapi.msg(LETTER, (), [
        {mapi.METHOD: 4, mapi.FILE_NAME: "plan.pdf", mapi.PATH: r"\\server\plan.pdf"},
        {mapi.METHOD: 6, mapi.NAME: "Picture", mapi.CONTENT: (mapi.OBJECT, {"CONTENTS": b"x"})},
        {mapi.FILE_NAME: "logo.png", mapi.MIME_TYPE: "image/png", mapi.HIDDEN: True, mapi.CONTENT: b"\x89PNG"},
    ]), "x.msg")
    assert read.files == {}
    assert read.head["unread"] == [["the attachment plan.pdf", r"it lies elsewhere, at \\server\plan.pdf", ""],
                                   ["an object (Picture) in the message's text", "it is kept in a form of another program", ""]]
    assert read.notes == ["1 picture in the message's text cannot be read."]
    assert extract(mapi.msg({mapi.FLAGS: 8, mapi.BODY: "To be sent."}), "x.msg").notes == ["The message is a draft: it was not sent."]


def test_a_damaged_part_is_said_and_the_others_are_read():
    read = extract(overwritten(mapi.msg(LETTER, TO), "__substg1.0_1000001F", 0x7FFFFFFF), "x.msg")
    assert read.text.endswith("Subject: The weir at Long Marsh")
    assert read.head["unread"] == [["a part of the message", "it is damaged", ""]]


def test_what_was_signed_is_a_mail_and_what_is_encrypted_is_said():
    entity = b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe eels are sold.\r\n--b\r\n\r\nx\r\n--b--\r\n"
    signed = extract(mapi.msg({**LETTER, mapi.CLASS: "IPM.Note.SMIME.MultipartSigned", mapi.BODY: ""}, TO,
                              [{mapi.FILE_NAME: "smime.p7m", mapi.CONTENT: entity}]), "x.msg")
    mail = extract(signed.files["signed message.eml"], "signed message.eml")
    assert "Subject: The weir at Long Marsh" in mail.text and mail.text.endswith("The eels are sold.")
    assert "signed" in mail.notes[0]
    sealed = base64.b64decode("MIAGCSqGSIb3DQEHA6CAAgEAAAAAAAAA")  # enveloped data, empty
    read = extract(mapi.msg({**LETTER, mapi.CLASS: "IPM.Note.SMIME", mapi.BODY: ""}, TO,
                            [{mapi.FILE_NAME: "smime.p7m", mapi.CONTENT: sealed}]), "x.msg")
    assert read.head["unread"] == [["the message's text", "it is encrypted (S/MIME)", ""]]


def test_an_appointment_says_when_and_where():
    at = lambda hour: SENT.replace(hour=hour)
    read = extract(mapi.msg({mapi.CLASS: "IPM.Appointment", mapi.SUBJECT: "The weir", mapi.BODY: "Bring boots.", mapi.PLACE: "Long Marsh, the lock",
                             mapi.BEGINS: at(9), mapi.ENDS: at(11)}), "x.msg")
    assert "Begins: Mon, 4 Mar 2024 09:30:00 +0000\nEnds: Mon, 4 Mar 2024 11:30:00 +0000\nWhere: Long Marsh, the lock\n" in read.text
    letter = extract(mapi.msg({mapi.SUBJECT: "The weir", mapi.BODY: "Bring boots.", mapi.PLACE: "Long Marsh"}), "x.msg")
    assert "Long Marsh" not in letter.text


def test_old_office_documents_are_refused_by_name():
    for stream, what, step in [("PowerPoint Document", "PowerPoint presentation", "PPTX"), ("VisioDocument", "a Visio drawing", "PDF"),
                               ("Quill", "a Publisher document", "PDF"), ("PerfectOffice_MAIN", "a WordPerfect document", "DOCX or PDF")]:
        error = extract(mapi.compound({stream: b"x" * 5_000}), "x.doc").error
        assert what in error["message"] and step in error["next_step"], error
    assert "protected by a password" in extract(mapi.compound({"EncryptedPackage": b"x" * 99}), "x.docx").error["message"]
    assert "damaged" in extract(b"\xD0\xCF\x11\xE0" + bytes(600), "x.doc").error["message"]


def test_what_stands_in_an_attachment_of_an_attached_message_is_found(daemon, tmp_path):
    inner = mapi.within({mapi.SUBJECT: "Older offer", mapi.BODY: "See the plan."}, TO[:1],
                        [{mapi.FILE_NAME: "plan.txt", mapi.CONTENT: b"The sluice is let to Ottoline Harbottle."}])
    (tmp_path / "letter.msg").write_bytes(mapi.msg(LETTER, TO, [inner]))
    assert daemon.add(tmp_path / "letter.msg")["state"] == "ready"
    hit = wait_until(lambda: next((hit for hit in daemon.post("/api/search", {"query": "To whom is the sluice let?"}).json["hits"]
                                   if "Ottoline" in hit["quote"]), None), "the plan is found")
    assert (hit["name"], hit["inside"]) == ("plan.txt", "Older offer.msg in letter.msg")
