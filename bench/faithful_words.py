"""Contracts that say something else in every sentence, for faithfulness.py: what is put on the pages, in order."""

import random

LABELLED, PLAIN, HEADING, ROW = "clause", "paragraph", "heading", "row"
PEOPLE = ["the Tenant", "the Landlord", "the Guarantor", "the Purchaser", "the Seller", "the Surveyor", "the Managing Agent", "the Insurer"]
MUST = ["shall not", "shall", "must", "may not", "may", "undertakes to", "is not obliged to", "shall at no time", "shall never"]
DO = ["assign, underlet or charge the Premises", "carry out structural alterations to the Building", "pay the Insurance Rent and the Service Charge",
      "indemnify the other party against all reasonably foreseeable consequential losses", "discontinue the proceedings in the Administrative Court",
      "deliver a counterpart of the non-exclusive licence", "keep the self-contained flat in tenantable repair",
      "disclose Confidential Information concerning the undertaking", "reinstate the mezzanine notwithstanding any representation to the contrary",
      "waive the pre-emption right over the neighbouring land", "remunerate the independent expert for the determination"]
UNLESS = ["unless {b} has given {n} days' written notice", "save where {m} has been paid in full", "without the prior written consent of {b}",
          "if the outstanding balance exceeds {m}", "no later than {d}", "in respect of not more than {p} of the Retention",
          "for a period of {n}-{n2} months from {d}", "provided that neither party has paid {m}", "at a rate of {p} above the base rate",
          "subject to an adjustment of -{m2} on {d}", "where the title number is {t}"]
MONTHS = "January February March April May June July August September October November December".split()


class Part:
    def __init__(self, kind, text, label="", note=""):
        self.kind, self.text, self.label, self.note = kind, text, label, note

    @property
    def whole(self):
        return f"{self.label} {self.text}".strip()


class Contract:
    def __init__(self, seed, clauses, rows=0, notes=False, letters=True):
        self.chance = random.Random(seed)
        self.name = f"Lease of Unit {seed} at Harbottle Wharf"
        self.parts = [Part(HEADING, self.name)]
        self.notes = notes
        for n in range(1, clauses + 1):
            self.parts.append(Part(HEADING, self.chance.choice(["Rent and outgoings", "Repair", "Alienation", "Insurance", "Forfeiture", "Notices"]), f"{n}."))
            for k in range(1, self.chance.randint(2, 5)):
                self.parts.append(Part(LABELLED, self.sentences(), f"{n}.{k}", self.note()))
                if letters and self.chance.random() < 0.4:
                    for letter in "abc"[:self.chance.randint(1, 3)]:
                        self.parts.append(Part(LABELLED, self.sentences(1), f"({letter})"))
            if rows and n % 4 == 0:
                self.parts += [Part(ROW, row) for row in self.rows(rows)]

    def fill(self, pattern):
        c = self.chance
        n = c.randint(3, 60)
        return pattern.format(
            b=c.choice(PEOPLE), n=n, n2=n + c.randint(1, 30), p=f"{c.randint(1, 90) / 8:.3f}".rstrip("0").rstrip(".") + c.choice(["%", " per cent"]),
            m=c.choice(["£{:,}", "€{:,}", "${:,}.50", "GBP {:,}", "CHF {:,}"]).format(c.randint(100, 9_999_999)), m2=f"£{c.randint(10, 999)}",
            d=f"{c.randint(1, 28)} {c.choice(MONTHS)} {c.randint(1994, 2031)}", t=f"NGL{c.randint(10_000, 99_999)}")

    def sentence(self):
        c = self.chance
        first = self.fill("{b} ").capitalize().replace("the t", "The T")
        first = c.choice(PEOPLE)
        return self.fill(f"{first[0].upper()}{first[1:]} {c.choice(MUST)} {c.choice(DO)} {c.choice(UNLESS)}, {c.choice(UNLESS)}.")

    def sentences(self, most=3):
        return " ".join(self.sentence() for _ in range(self.chance.randint(1, most)))

    def note(self):
        return self.sentence() if self.notes and self.chance.random() < 0.2 else ""

    def rows(self, count):
        return [(f"Plot {self.chance.randint(100, 999)}{self.chance.choice('ABCD')}", self.chance.choice(["North mill", "Weir cottage", "The tannery"]),
                 self.fill("{m}"), self.fill("{d}")) for _ in range(count)]
