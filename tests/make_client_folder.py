"""A client's folder as a solicitor keeps it: the sale of a brewery, one file of each format, every fact in one place only.

As a program: make_client_folder.py FOLDER writes it there.
"""

import sys
import textwrap
from email.message import EmailMessage
from pathlib import Path

import make_documents as make
import make_scans as scans


def lines(*paragraphs):
    """Paragraphs as the lines of a page, with a line between them."""
    page = []
    for paragraph in paragraphs:
        page += [line.replace("(", "\\(").replace(")", "\\)") for line in textwrap.wrap(paragraph, 84)] + [" "]
    return page


def agreement_pdf():
    return scans.picture_pdf([
        lines("SHARE PURCHASE AGREEMENT", "This agreement is made on 3 June 2024 between Edmund Carrow (the Seller) and "
              "Tallis Beverages Limited (the Buyer) for the sale of the whole issued share capital of Hartwell Brewery "
              "Limited (the Company).", "1. Sale and purchase. The Seller sells with full title guarantee and the Buyer buys "
              "the Shares with all rights attaching to them on Completion, free from every charge, lien and option."),
        lines("2. Consideration. The price of the Shares is four million pounds, payable on Completion by electronic transfer "
              "to the Seller's Solicitors, whose receipt is a full discharge to the Buyer.",
              "3. Limitations. The aggregate liability of the Seller for claims under the Warranties shall not exceed "
              "1,350,000 pounds. No claim may be brought unless notice of it is given within eighteen months of Completion.",
              "4. Restrictive covenant. The Seller shall not for three years after Completion brew beer for sale within "
              "forty miles of Hartwell."),
        lines("5. Governing law. This agreement and every dispute arising out of it are governed by the law of England and "
              "Wales, and the courts of England have exclusive jurisdiction.",
              "6. Announcements. Neither party shall make an announcement about the sale before Completion without the "
              "written consent of the other, save as the law or a stock exchange requires."),
    ])


def survey_pdf():
    scanned = scans.scan(lines("The surveyor found rising damp in the cellar of the maltings and recommends a new membrane.",
                               "The north gable leans outwards by forty millimetres and wants tie bars."))
    return scans.picture_pdf([
        lines("BUILDING SURVEY OF HARTWELL BREWERY", "We were instructed by Tallis Beverages Limited on 2 April 2024 to survey "
              "the brewery, its yard and the offices, and to report on their condition. The offices were rewired in 2019 and "
              "are in fair order. The yard is laid to granite setts and drains well.",
              "The report may be relied on by the addressee alone. We have not opened up any part of the structure, and we "
              "have not tested the services."),
        scanned,
    ])


def lease_docx():
    p, run = make.paragraph, make.run
    body = "".join([
        p(run("Lease of Hartwell Brewery"), "Kop1"),
        p(run("Term and break"), numbered=0),
        p(run("The Landlord lets the Premises to the Tenant for a term of fifteen years from the Term Commencement Date."),
          "Clause"),
        p(run("The Tenant may end this lease by giving the Landlord not less than ") + make.deleted("six months'")
          + make.inserted("nine months'") + run(" written notice to break, expiring on the fifth anniversary."), "Clause"),
        p(run("Rent"), numbered=0),
        p(run("The Tenant shall pay the Principal Rent by equal quarterly payments in advance on the usual quarter days.")
          + make.footnote_reference(1), "Clause"),
        p(run("The Principal Rent for each period is set out in the table below.") , "Clause"),
        make.table([("Period of the term", "Principal Rent a year"), ("Years one to five", "82,000 pounds"),
                    ("Years six to ten", "91,500 pounds"), ("Years eleven to fifteen", "104,250 pounds")]),
        p(run("Use and alterations"), numbered=0),
        p(run("The Tenant shall not use the hop store for any purpose other than the storage of hops.")
          + make.comment_reference(0), "Clause"),
        p(run("The Tenant shall make no structural alteration of the Premises without the Landlord's prior written consent, "
              "which shall not be unreasonably withheld."), "Clause"),
    ])
    return make.docx(
        body, ["If a quarter day falls on a bank holiday, payment is due on the last working day before it."],
        [("Priya Nair", "Has the insurer agreed that weddings may be held in the hop store?")], "Draft 4 for Carrow and Finch LLP")


def supply_odt():
    return make.odt(
        '<text:h text:outline-level="1">Hop Supply Agreement</text:h>'
        '<text:p>The Grower shall deliver to the Brewery in each season ten tonnes of Goldings hops, dried and pressed.'
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>The moisture '
        'of pressed hops is measured by the Wye method at the kiln door.</text:p></text:note-body></text:note></text:p>'
        '<text:p>The Brewery shall pay within thirty days of a valid invoice. Title to the hops passes on payment, and risk '
        'on delivery.</text:p>'
        '<text:p>If a harvest fails for reasons beyond the control of the Grower, the Grower may make good the shortfall with '
        'Fuggles of the same season.</text:p>')


def guarantee_rtf():
    return rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}}
{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}
\pard\s1 Guarantee and Indemnity\par
\pard\s0 The Guarantor guarantees to the Landlord that the Tenant will pay the rents and perform the tenant\'92s covenants of the
 lease.\par
\pard The Guarantor\'92s obligations are released when the Tenant\'92s audited net worth has exceeded seven hundred thousand
 pounds for two years running.\par
\pard The Guarantor waives any right to require the Landlord to proceed first against the Tenant.\par
}"""


def insurance_html():
    return b"""<!DOCTYPE html><html><head><title>Commercial insurance schedule</title></head><body>
<h1>Commercial insurance schedule</h1>
<p>The insurer is Harbottle Mutual. The insured is Hartwell Brewery Limited for its interest in the brewery premises, the
plant and the stock, for the period from 1 January 2024 to 31 December 2024, both days included.</p>
<h2>Excesses</h2>
<table><tr><th>Peril</th><th>Excess for each claim</th></tr>
<tr><td>Subsidence, heave or landslip</td><td>17,500 pounds</td></tr>
<tr><td>Escape of water</td><td>2,000 pounds</td></tr>
<tr><td>Spoilage of fermenting beer</td><td>5,250 pounds</td></tr></table>
<h2>Conditions</h2>
<p>The insured shall have the boilers inspected each year by a competent person and shall keep the certificates.</p>
</body></html>"""


def accounts_xhtml():
    return ("""<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><head><title>Accounts</title></head>
<body><div style="display:none"><ix:header><ix:hidden><ix:nonNumeric name="e">0004711 hidden fact</ix:nonNumeric></ix:hidden>
</ix:header></div><h1>Annual report and accounts of Hartwell Brewery Limited</h1>
<p>Turnover for the year to 31 December 2023 was £<ix:nonFraction name="t">6,204,118</ix:nonFraction> and the operating profit
£<ix:nonFraction name="p">381,020</ix:nonFraction>.</p>
<p>The directors recommend a final dividend of <ix:nonNumeric name="d">eleven pence</ix:nonNumeric> for each ordinary share.</p>
<h2>Related parties</h2><p>The company bought casks from Stave and Hoop Limited, of which Mr Carrow is a director.</p>
</body></html>""").encode()


def instruction_eml():
    undertaking = scans.picture_pdf([lines(
        "UNDERTAKING", "We, Carrow and Finch LLP, undertake to hold 310,000 pounds as stakeholder in our client account until "
        "the planning appeal has been determined.", "We give this undertaking as solicitors and officers of the court.")])
    mail = EmailMessage()
    mail["From"] = "Rosalind Finch <r.finch@example.org>"
    mail["To"] = "Tallis Legal <legal@example.org>"
    mail["Date"] = "Tue, 04 Jun 2024 16:12:00 +0100"
    mail["Subject"] = "Hartwell: completion"
    mail.set_content("Dear all,\n\nCompletion is put off to Friday 14 June because the lender's facility letter was not signed.\n\n"
                     "I attach the undertaking that you asked for.\n\nKind regards,\nRosalind\n")
    mail.add_attachment(undertaking, maintype="application", subtype="pdf", filename="undertaking.pdf")
    return mail.as_bytes()


CHRONOLOGY_MD = """# Chronology

## Negotiations

- On 12 January 2024 heads of terms were signed at the George Hotel in Stamford.
- On 2 April 2024 the survey was commissioned.

## Employees

Two draymen, Mr Osgood and Mr Pell, object to the transfer of their employment under the TUPE regulations.
"""

STATEMENT = """WITNESS STATEMENT OF WINIFRED LOCKE

I am the head brewer of Hartwell Brewery and make this statement from my own knowledge.

The cold store alarm rang at twenty past four on the morning of 9 February, and I reached the brewery within the hour.

I believe that the facts stated in this witness statement are true.
"""

ATTENDANCE = """Attendance note, 7 May 2024

I telephoned Frau M\u00fcller of the bottling supplier. She says that the bottling line was paid for in full and that no
retention of title is claimed. Her fee for the letter of comfort is \u00a3350, payable to the Caf\u00e9 Verein.
"""


def disclosure_zip():
    p, run = make.paragraph, make.run
    minutes = make.docx(p(run("Minutes of a meeting of the board"), "Kop1")
                        + p(run("Present: Edmund Carrow in the chair, Winifred Locke and Josiah Pell."))
                        + p(run("It was resolved that the trade mark Old Clement be assigned to the Company before Completion.")))
    letter = ("Hartwell Parish Council\n\nDear Mr Carrow,\n\nThe council consents to the diversion of public footpath number 27 "
              "along the brewery wall, provided that a kissing gate is set at its eastern end.\n\nYours sincerely,\nThe Clerk\n")
    return make.zipped([("board/minutes.docx", minutes), ("letters/footpath.txt", letter)])


def planning_png():
    return scans.png(scans.scan(lines("Planning permission is refused because the proposed taproom would harm the setting of "
                                      "the listed maltings.", "An appeal may be lodged within six months of this notice.")))


def receipt_jpg():
    return scans.jpeg(lines("RECEIPT", "Received of Tallis Beverages Limited a deposit of forty thousand pounds for the purchase of "
                            "the copper mash tun.", "Hartwell, 21 May 2024. E. Carrow"))


def title_tif():
    return scans.tiff([
        scans.scan(lines("Title number HN48213. Register of title to the land on the north side of Malt Lane.")),
        scans.scan(lines("The land has the benefit of a right to draw water from the mill leat for brewing.",
                         "No disposition is to be registered without the consent of the chargee."))])


def everything():
    """One file of each format, by name."""
    return {
        "agreement.pdf": agreement_pdf(),
        "survey.pdf": survey_pdf(),
        "lease.docx": lease_docx(),
        "supply.odt": supply_odt(),
        "guarantee.rtf": guarantee_rtf(),
        "insurance.html": insurance_html(),
        "accounts.xhtml": accounts_xhtml(),
        "instruction.eml": instruction_eml(),
        "chronology.md": CHRONOLOGY_MD.encode(),
        "statement.txt": STATEMENT.encode("utf-16"),
        "attendance.txt": ATTENDANCE.encode("latin-1"),
        "disclosure.zip": disclosure_zip(),
        "planning.png": planning_png(),
        "receipt.jpg": receipt_jpg(),
        "title.tif": title_tif(),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in everything().items():
        (folder / name).write_bytes(content)
