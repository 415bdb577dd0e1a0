"""The record on the page: its entries, one of them opened, what is done about it, its head and its export."""

from playwright.sync_api import expect

LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.
"""
QUESTION = "What is the rent of Alder House?"


def asked(daemon, folder):
    (folder / "lease.txt").write_text(LEASE)
    assert daemon.add(folder / "lease.txt", "Alder")["state"] == "ready"
    return daemon.post("/api/ask", {"question": QUESTION, "style": "quotes", "stream": False, "matter": "Alder"}).json["record"]


def test_an_entry_is_opened_corrected_and_signed_off(daemon, window, tmp_path):
    number = asked(daemon, tmp_path)
    page = window(daemon).open("record")
    head = daemon.get("/api/record/head").json["head"]
    expect(page.locator(".head code")).to_have_text(head)
    page.get_by_role("link", name=QUESTION).click()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.get_by_text("Nothing left this machine.")).to_be_visible()
    correct = page.get_by_role("button", name="Correct")
    expect(correct).to_be_disabled()
    page.fill("#record-words", "It is 1,540 pounds")
    correct.click()
    expect(page.locator(".acts")).to_contain_text("It is 1,540 pounds")
    page.get_by_role("button", name="Sign off").click()
    expect(page.locator(".acts li")).to_have_count(2)
    kinds = [act["entry"]["kind"] for act in daemon.get(f"/api/record/{number}").json["acts"]]
    assert kinds == ["corrected", "signed_off"]
    page.locator(".quote button.source").first.click()
    expect(page.locator(".place mark").first).to_contain_text("1,450 pounds")


def test_the_list_is_of_one_matter_and_can_be_exported(daemon, window, tmp_path):
    asked(daemon, tmp_path)
    (tmp_path / "oak.txt").write_text("The rent of Oak House is 700 pounds a month.\n")
    daemon.add(tmp_path / "oak.txt", "Oak")
    daemon.post("/api/ask", {"question": "What is the rent of Oak House?", "style": "quotes", "stream": False, "matter": "Oak"})
    page = window(daemon).open("record")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Of").select_option("Alder")
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2 and QUESTION in lines[1]
