"""The companies of the local register: invented, in the real register's shapes, the same at every start."""

import datetime

import papers

STREETS = ["12 Mill Lane", "The Old Dairy", "Unit 4 Kestrel Park", "1 Temple Row", "88 High Street", "Ty Gwyn"]
TOWNS = [("Leeds", "LS1 4AP"), ("Bristol", "BS1 5TR"), ("Cardiff", "CF10 1EP"), ("York", "YO1 9WT"), ("Derby", "DE1 2QR")]
FORENAMES = ["Amelia", "Rhys", "Jane Mary", "Oluwaseun", "Søren", "Ana-María", "Peter", "Ffion", "Li", "Siobhán"]
SURNAMES = ["OKAFOR", "DAVIES", "O'NEILL", "MÜLLER", "SMITH-JONES", "ŁUKASZEWSKI", "PATEL", "THOMAS", "NG", "GARCÍA"]
NATIONALITIES = ["British", "Irish", "German", "Nigerian", "Danish", "Polish", "Welsh", "Singaporean"]


def address(seed):
    town, code = TOWNS[seed % len(TOWNS)]
    return {"address_line_1": STREETS[seed % len(STREETS)], "locality": town, "postal_code": code,
            "country": "United Kingdom"}


def day(year, number):
    return (datetime.date(year, 1, 1) + datetime.timedelta(days=number % 360)).isoformat()


class Company:
    """One company: its profile and the lists beside it. `None` for a list means that the register answers 404."""

    def __init__(self, number, name, status="active", kind="ltd", year=2001, officers_cap=35, **profile):
        self.number, self.officers_cap = number, officers_cap
        self.officers, self.owners, self.statements, self.charges, self.cases = [], [], [], [], []
        self.filings, self.documents = [], {}
        self.profile = {
            "company_number": number, "company_name": name, "company_status": status, "type": kind,
            "jurisdiction": "england-wales", "date_of_creation": day(year, len(name)), "etag": f"{hash_of(number):040x}",
            "registered_office_address": address(hash_of(number)), "sic_codes": ["62012"], "can_file": True,
            "accounts": {"accounting_reference_date": {"day": "31", "month": "12"},
                         "last_accounts": {"made_up_to": "2024-12-31", "type": "micro-entity"},
                         "next_due": "2099-09-30", "next_made_up_to": "2098-12-31", "overdue": False,
                         "next_accounts": {"due_on": "2099-09-30", "overdue": False, "period_end_on": "2098-12-31"}},
            "confirmation_statement": {"last_made_up_to": "2025-06-01", "next_due": "2099-06-15",
                                       "next_made_up_to": "2099-06-01", "overdue": False},
            "has_been_liquidated": False, "has_super_secure_pscs": False, "registered_office_is_in_dispute": False,
            "undeliverable_registered_office_address": False,
            # A member that no client knows yet.
            "a_member_of_tomorrow": {"value": [1, 2, 3]}, **profile}

    @property
    def name(self):
        return self.profile["company_name"]

    def add_officers(self, active, resigned):
        for i in range(active + resigned):
            seed = hash_of(self.number) + i
            name = f"{SURNAMES[seed % 10]}, {FORENAMES[seed // 3 % 10]}"
            officer = {
                "name": name,
                "officer_role": "secretary" if i == 1 else "llp-member" if self.profile["type"] == "llp" else "director",
                "appointed_on": day(2003 + i % 18, seed), "nationality": NATIONALITIES[seed % 8],
                "occupation": "Director", "country_of_residence": "England", "address": address(seed),
                "date_of_birth": {"month": seed % 12 + 1, "year": 1950 + seed % 40},
                "person_number": f"{seed:012d}",
                "links": {"self": f"/company/{self.number}/appointments/A{seed:06d}",
                          "officer": {"appointments": f"/officers/O{hash_of(name):06d}/appointments"}}}
            if i >= active:
                officer["resigned_on"] = day(2021 + i % 4, seed)
            self.officers.append(officer)
        return self

    def add_corporate_officer(self, foreign):
        self.officers.insert(1, {
            "name": "NORDISK FORVALTNING A/S" if foreign else "HARCOURT SECRETARIES LIMITED",
            "officer_role": "corporate-director" if foreign else "corporate-secretary",
            "appointed_on": "2015-03-02", "address": {**address(3), "country": "Denmark" if foreign else "England"},
            "identification": {"identification_type": "non-eea" if not foreign else "eea",
                               "registration_number": "DK-28 41 77 00" if foreign else "03456789",
                               "legal_authority": "Danish Companies Act", "legal_form": "Aktieselskab",
                               "place_registered": "Copenhagen" if foreign else "Cardiff"},
            "links": {"officer": {"appointments": f"/officers/C{int(foreign)}00000/appointments"}}})
        return self

    def add_owner(self, name, ceased=None, kind="individual-person-with-significant-control", **more):
        owner = {"kind": kind, "name": name, "notified_on": "2016-04-06",
                 "natures_of_control": ["ownership-of-shares-25-to-50-percent", "a-nature-of-tomorrow"],
                 "address": address(len(name)), "etag": "0", "links": {"self": "/x"}, **more}
        if kind.startswith("individual"):
            owner.update({"nationality": "British", "date_of_birth": {"month": 5, "year": 1971},
                          "name_elements": {"title": "Mrs", "forename": name.split()[1], "surname": name.split()[-1]}})
        if ceased:
            owner["ceased_on"] = ceased
        self.owners.append(owner)
        return self

    def add_charges(self, outstanding, satisfied):
        for i in range(outstanding + satisfied):
            charge = {"charge_code": f"{self.number}{i + 1:04d}", "charge_number": i + 1, "created_on": day(2005 + i % 15, i),
                      "delivered_on": day(2005 + i % 15, i + 9), "status": "outstanding" if i < outstanding else
                      "fully-satisfied" if i % 3 else "satisfied",
                      "classification": {"type": "charge-description", "description": "A registered charge"},
                      "persons_entitled": [{"name": ["Barclays Bank PLC", "Lombard North Central PLC"][i % 2]}],
                      "particulars": {"type": "brief-description", "description": f"Land at plot {i + 1}, Mill Lane",
                                      "contains_negative_pledge": True},
                      "links": {"self": f"/company/{self.number}/charges/c{i}"}}
            if i >= outstanding:
                charge["satisfied_on"] = day(2020, i)
            self.charges.append(charge)
        return self

    def add_filing(self, category, kind, date, description, values=None, document=None, pages=4):
        """`document`: media type → bytes, or nothing for a filing without one."""
        number = len(self.filings)
        identity = f"{self.number.lower()}doc{number:04d}"
        links = {"self": f"/company/{self.number}/filing-history/T{self.number}{number:04d}"}
        if document:
            self.documents[identity] = document
            links["document_metadata"] = identity
        filing = {"transaction_id": f"T{self.number}{number:04d}", "category": category, "type": kind, "date": date,
                  "description": description, "pages": pages, "barcode": f"X{number:07d}", "links": links}
        if values:
            filing["description_values"] = values
        self.filings.append(filing)
        return self

    def add_accounts(self, years, scan_in=None):
        for year in years:
            lines = [self.name, f"Registered number {self.number}",
                     f"Annual accounts for the year ended 31 December {year}",
                     f"Turnover for the year was {year * 1013:,} pounds.", f"The company had {year % 50 + 3} employees on average."]
            facts = {"turnover": year * 1013, "net assets": year * 77, "cash at bank": year * 19}
            if year == scan_in:
                document = {"application/pdf": papers.scanned_pdf()}
            elif year % 2:
                document = {"application/pdf": papers.make_pdf(lines)}
            else:
                document = {"application/pdf": papers.make_pdf(lines),
                            "application/xhtml+xml": papers.make_ixbrl(self.name, self.number, year, facts)}
            self.add_filing("accounts", "AA", f"{year + 1}-09-{year % 27 + 1:02d}",
                            "accounts-with-accounts-type-full", {"made_up_date": f"{year}-12-31"}, document)
        return self

    def finish(self):
        """Newest filings first; what the profile says of the lists."""
        self.filings.sort(key=lambda filing: filing["date"], reverse=True)
        links = {"self": f"/company/{self.number}", "filing_history": f"/company/{self.number}/filing-history"}
        for name, path, items in (("officers", "officers", self.officers), ("charges", "charges", self.charges),
                                  ("insolvency", "insolvency", self.cases),
                                  ("persons_with_significant_control", "persons-with-significant-control", self.owners),
                                  ("persons_with_significant_control_statements",
                                   "persons-with-significant-control-statements", self.statements)):
            if items:
                links[name] = f"/company/{self.number}/{path}"
        self.profile["links"] = links
        self.profile["has_charges"] = bool(self.charges)
        self.profile["has_insolvency_history"] = bool(self.cases)
        return self


def hash_of(text):
    value = 7
    for character in text:
        value = (value * 131 + ord(character)) % 1000003
    return value


def history(company, count):
    for i in range(count):
        company.add_filing(*[
            ("confirmation-statement", "CS01", day(2006 + i % 18, i), "confirmation-statement-with-no-updates",
             {"made_up_date": day(2006 + i % 18, i)}, {"application/pdf": papers.make_pdf([company.name, "CS01"])}),
            ("officers", "AP01", day(2006 + i % 18, i + 7), "appoint-person-director-company-with-name-date",
             {"officer_name": "Ms Ffion Davies", "appointment_date": day(2006 + i % 18, i)}, None),
            ("resolution", "RES01", day(2006 + i % 18, i + 3), "legacy", {"description": "Resolution of adoption of articles"},
             {"application/pdf": papers.make_pdf([company.name, "Special resolution", "That new articles be adopted."])}),
            ("a-category-of-tomorrow", "ZZ99", day(2006 + i % 18, i + 5), "a-key-of-tomorrow", {"what": "unknown"}, None),
        ][i % 4])
    return company


def make_companies():
    plc = history(Company("00445790", "TESTCO STORES PLC", kind="plc", year=1947, officers_cap=35)
                  .add_officers(12, 108).add_charges(2, 41), 230)
    plc.add_accounts(range(2015, 2025), scan_in=2022)
    acme = (history(Company("01234567", "ACME WIDGETS LIMITED", year=1976, officers_cap=50,
                            previous_company_names=[{"name": "ACME BICYCLES LIMITED", "ceased_on": "1999-05-04",
                                                     "effective_from": "1976-01-21"}]), 30)
            .add_officers(4, 3).add_corporate_officer(foreign=False)
            .add_owner("Mrs Ffion Davies").add_owner("Mr Peter Patel", ceased="2022-07-01")
            .add_owner("ACME HOLDINGS LIMITED", kind="corporate-entity-person-with-significant-control",
                       identification={"registration_number": "07654321", "place_registered": "England And Wales"})
            .add_charges(1, 2).add_accounts(range(2018, 2025), scan_in=2022))
    acme.profile["accounts"].update({"overdue": True, "next_due": "2024-09-30"})
    acme.profile["accounts"]["next_accounts"].update({"overdue": True, "due_on": "2024-09-30"})
    acme.officers[0]["appointed_on"] = "2025-10-01"
    many = Company("07777777", "MANY DIRECTORS LTD", officers_cap=100).add_officers(230, 20)
    scottish = (Company("SC012345", "GLEN & SONS LIMITED", year=1921, jurisdiction="scotland").add_officers(2, 1))
    scottish.statements = [{"statement": "no-individual-or-entity-with-signficant-control", "notified_on": "2016-06-30",
                            "kind": "persons-with-significant-control-statement", "links": {"self": "/x"}}]
    northern = Company("NI000123", "LAGAN MILL LIMITED", jurisdiction="northern-ireland").add_officers(1, 0)
    partnership = (Company("OC300001", "HARCOURT PELL LLP", kind="llp").add_officers(3, 2)
                   .add_owner("Mr Rhys Thomas"))
    dissolved = Company("09876543", "GONE AWAY LIMITED", status="dissolved", date_of_cessation="2021-08-17").add_officers(0, 2)
    liquidated = (Company("08765432", "SINKING FAST LIMITED", status="liquidation", has_been_liquidated=True)
                  .add_officers(1, 1).add_charges(3, 0))
    liquidated.cases = [{"type": "creditors-voluntary-liquidation", "number": "1",
                         "dates": [{"type": "wound-up-on", "date": "2025-02-11"}],
                         "practitioners": [{"name": "Ann Receiver", "role": "practitioner", "appointed_on": "2025-02-11",
                                            "address": address(1)}], "links": {"charge": "/x"}}]
    foreign = (Company("FC012345", "NORDISK HANDEL A/S", kind="oversea-company", jurisdiction="united-kingdom",
                       foreign_company_details={"originating_registry": {"country": "DENMARK", "name": "Erhvervsstyrelsen"},
                                                "registration_number": "28417700"})
               .add_officers(2, 0).add_corporate_officer(foreign=True))
    welsh = (Company("04444444", "CWMNI YNYS MÔN CYFYNGEDIG", jurisdiction="wales").add_officers(2, 0)
             .add_owner("Ms Ffion Davies"))
    quoted = Company("05555555", '"QUITE" O\'NEIL & SONS <LONDON> LTD.', company_status_detail="active-proposal-to-strike-off")
    quoted.add_officers(1, 0)
    society = Company("IP12345R", "FRIENDLY BREWERS SOCIETY", kind="registered-society-non-jurisdictional")
    charity = Company("CE000123", "HELPING HANDS CIO", kind="charitable-incorporated-organisation")
    old = Company("R0000123", "OLD BELFAST LINEN COMPANY", status="converted-closed", kind="old-public-company")
    tomorrow = Company("XX000001", "COMPANY OF TOMORROW", status="a-status-of-tomorrow", kind="a-type-of-tomorrow")
    herd = [Company(f"1{i:07d}", f"COMMON NAME {i} LIMITED") for i in range(1200)]
    everyone = [plc, acme, many, scottish, northern, partnership, dissolved, liquidated, foreign, welsh, quoted, society,
                charity, old, tomorrow, *herd]
    return {company.number: company.finish() for company in everyone}
