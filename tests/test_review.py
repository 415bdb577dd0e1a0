"""Reviews: tables of documents and typed questions, filled in the background; every cell with its words and a grade."""

import csv
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from counsel import wait_until

LEASE = """THIS LEASE is made on {day} March 2024

(1) HARROW ESTATES LIMITED (company number 04412345) (the "Landlord")
(2) {tenant} (the "Tenant")

1. The Landlord lets the premises to the Tenant for a term of ten years from 25 March 2024.

2. The yearly rent is £{rent}, payable in advance.

3. The Tenant must not underlet the premises.
"""
COLUMNS = """[[column]]
name = "Rent"
type = "sum"
question = "What is the rent?"
about = ["yearly rent", "rent"]

[[column]]
name = "Start"
type = "date"
question = "When does the term begin?"
about = ["term from", "years from"]

[[column]]
name = "Pets"
type = "yes/no"
question = "May pets be kept?"
yes = ["may keep pets"]
no = ["not keep pets"]
"""


@pytest.fixture
def leases(daemon, tmp_path):
    names = ["Pennine Foods Ltd", "Ann Archer", "Bea Quill"]
    daemon.leases = []
    for i, name in enumerate(names):
        path = tmp_path / f"lease{i}.txt"
        path.write_text(LEASE.format(day=i + 1, tenant=name, rent=f"{12 + i},000"))
        daemon.leases.append(daemon.add(path, "Alder")["id"])
    daemon.columns = tmp_path / "columns.toml"
    daemon.columns.write_text(COLUMNS)
    return daemon


def show(daemon, name="Leases", **filters):
    arguments = [word for key, value in filters.items() for word in ("--" + key, value)]
    done = daemon.cli("review", "show", name, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cells(row, review):
    return {column["name"]: cell for column, cell in zip(review["columns"], row["cells"])}


def create(daemon, columns=None):
    done = daemon.cli("review", "create", "Leases", "--matter", "Alder", "--columns", str(columns or daemon.columns))
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_every_cell_has_its_words_and_a_grade_and_an_empty_one_says_what_was_searched(leases):
    assert "done, 3 of 3 documents filled" in create(leases).stdout
    review = show(leases)
    assert {row["document"] for row in review["rows"]} == set(leases.leases)
    for row in review["rows"]:
        of = cells(row, review)
        number = int(row["name"][5])
        assert of["Rent"]["value"] == f"GBP {12 + number}000 per year" and of["Rent"]["grade"] == "supported"
        quoted = leases.text(row["document"], of["Rent"]["start"], of["Rent"]["end"])
        assert quoted == of["Rent"]["quote"] and f"£{12 + number},000" in quoted
        value = leases.text(row["document"], of["Rent"]["value_start"], of["Rent"]["value_end"])
        assert value == f"£{12 + number},000"
        assert of["Start"]["value"] == "2024-03-25"
        assert of["Pets"]["value"] == "" and of["Pets"]["grade"] is None and "searched" in of["Pets"]["why"]
    assert show(leases, grade="near")["rows"] == []
    assert len(show(leases, grade="empty")["rows"]) == 3


def test_a_set_that_comes_with_the_program_and_one_of_ones_own(leases):
    create(leases, "lease")
    review = show(leases)
    assert len(review["columns"]) == 12
    of = cells(next(row for row in review["rows"] if row["name"] == "lease1.txt"), review)
    assert of["Landlord"]["value"] == "HARROW ESTATES LIMITED" and of["Tenant"]["value"] == "Ann Archer"
    assert of["Underletting allowed"]["value"] == "no"
    printed = leases.cli("review", "columns", "lease")
    assert printed.returncode == 0 and "[[column]]" in printed.stdout


def test_a_correction_stands_beside_what_was_found_and_in_the_record(leases):
    create(leases)
    document = leases.leases[0]
    wrong = leases.cli("review", "correct", "Leases", document, "Rent", "much")
    assert wrong.returncode != 0 and "is no sum" in wrong.stderr
    done = leases.cli("review", "correct", "Leases", document, "Rent", "£900 per month")
    assert done.returncode == 0, done.stderr
    for act in (["verify", "Leases", document, "Start"], ["assign", "Leases", document, "Pets", "Ann"],
                ["comment", "Leases", document, "Pets", "ask the client"]):
        done = leases.cli("review", *act)
        assert done.returncode == 0, done.stderr
    review = show(leases, state="corrected")
    assert [row["document"] for row in review["rows"]] == [document]
    rent = cells(review["rows"][0], review)["Rent"]
    assert rent["value"] == "GBP 12000 per year"
    assert [(act["act"], act["words"]) for act in rent["acts"]] == [("corrected", "GBP 900 per month")]
    listed = leases.get("/api/record?matter=Alder").json["entries"]
    assert [one["entry"]["kind"] for one in listed] == ["cell_commented", "cell_assigned", "cell_verified", "cell_corrected"]
    verified = leases.cli("record", "verify")
    assert verified.returncode == 0, verified.stdout
    shown = leases.cli("review", "show", "Leases")
    assert "found: GBP 12000 per year" in shown.stdout


def test_a_second_run_asks_only_for_what_changed(leases, tmp_path):
    create(leases)
    (tmp_path / "lease0.txt").write_text(LEASE.format(day=1, tenant="Ann Archer", rent="99,000"))
    leases.add(tmp_path / "lease0.txt", "Alder")
    before = leases.get("/api/reviews/Leases").json
    assert (before["filled"], before["documents"]) == (2, 3)
    done = leases.cli("review", "run", "Leases")
    assert "3 of 3" in done.stdout, done.stdout + done.stderr
    review = show(leases)
    assert sorted(cells(row, review)["Rent"]["value"] for row in review["rows"]) == [
        "GBP 13000 per year", "GBP 14000 per year", "GBP 99000 per year"]


def test_a_killed_daemon_goes_on_where_it_was(leases, tmp_path):
    for i in range(3, 40):
        (tmp_path / f"more{i}.txt").write_text(LEASE.format(day=i % 28 + 1, tenant="Ann Archer", rent=f"{i + 10},500"))
    done = leases.cli("add", str(tmp_path), "--matter", "Alder")
    assert done.returncode == 0, done.stderr
    created = leases.cli("review", "create", "Leases", "--matter", "Alder", "--columns", str(leases.columns), "--no-wait")
    assert created.returncode == 0, created.stderr
    leases.kill()
    leases.start()
    wait_until(lambda: leases.get("/api/reviews/Leases").json["state"] == "done", "the review is done")
    review = show(leases)
    of_leases = [row for row in review["rows"] if row["name"] != "columns.toml"]
    assert len({row["document"] for row in review["rows"]}) == len(review["rows"]) and len(of_leases) == 40
    assert all(row["state"] == "filled" for row in review["rows"])


def test_bad_columns_are_told_with_their_line(leases, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text(COLUMNS.replace('"date"', '"day"'))
    done = leases.cli("review", "create", "Leases", "--matter", "Alder", "--columns", str(bad))
    assert done.returncode != 0 and "bad.toml, line 9: 'day' is no type" in done.stderr
    assert leases.get("/api/reviews").json["reviews"] == []
    for name, status in (("", 400), ("12", 400), ("Leases", 201), ("Leases", 409)):
        body = {"name": name, "matter": "Alder", "set": "lease"}
        assert leases.post("/api/reviews", body).status == status, name
    assert leases.post("/api/reviews", {"name": "x", "matter": "Nobody", "set": "lease"}).status == 404
    assert leases.post("/api/reviews", {"name": "x", "matter": "Alder", "set": "will"}).status == 404
    assert leases.get("/api/reviews/none").status == 404


def test_a_review_goes_with_its_matter_and_a_row_with_its_document(leases):
    create(leases)
    assert leases.request("DELETE", f"/api/documents/{leases.leases[0]}").status == 200
    assert len(show(leases)["rows"]) == 2
    assert leases.request("DELETE", "/api/matters/Alder").status == 200
    assert leases.get("/api/reviews").json["reviews"] == []


def test_a_document_that_cannot_be_read_is_said_to_be_unread(leases, tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing of a PDF")
    leases.cli("add", str(tmp_path / "broken.pdf"), "--matter", "Alder")
    assert "1 unread" in create(leases).stdout
    row = next(row for row in show(leases)["rows"] if row["name"] == "broken.pdf")
    assert row["state"] == "unread" and row["reason"]


def test_exports_take_no_text_for_a_formula(leases, tmp_path):
    create(leases)
    leases.cli("review", "comment", "Leases", leases.leases[0], "Pets", "=1+1")
    leases.cli("review", "assign", "Leases", leases.leases[0], "Pets", "Ann")
    (tmp_path / "=evil.txt").write_text(LEASE.format(day=9, tenant="Ann Archer", rent="5,000"))
    leases.add(tmp_path / "=evil.txt", "Alder")
    leases.cli("review", "run", "Leases")
    out = tmp_path / "out.csv"
    assert leases.cli("review", "export", "Leases", str(out)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert "'=evil.txt" in [row["Document"] for row in rows]
    assert {row["Rent: grade"] for row in rows} == {"supported"}
    assert leases.get("/api/reviews/Leases/export").body.decode("utf-8-sig") == out.read_text("utf-8-sig").replace("\n", "\r\n")
    again = leases.cli("review", "export", "Leases", str(out))
    assert again.returncode != 0, "nothing is written over"


def test_a_spreadsheet_has_grades_and_links(leases, tmp_path):
    create(leases)
    out = tmp_path / "out.xlsx"
    done = leases.cli("review", "export", "Leases", str(out))
    if "built without libxlsxwriter" in done.stderr:
        pytest.skip("counsel-sheet was not built")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Rent: grade" in sheet and "supported" in sheet and "GBP 12000 per year" in sheet
    assert f"document={leases.leases[0]}" in sheet and "<hyperlink" in sheet and "<f>" not in sheet
