"""What a person does on the page, on real documents with the real starter models."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import make_client_folder
from conftest import MATTER
from counsel import Daemon, wait_until
from test_companies_house import register, site, start  # noqa: F401: fixtures
from test_lists import insert
from test_pull import pulling, shelf  # noqa: F401: fixtures

AXE = os.environ.get("COUNSEL_TEST_AXE")
VIEWS = ["ask", "documents", "matters", "record", "companies", "models", "settings", "doctor"]
SOURCE_CODE = "How long must a written offer to give the source code be valid under GPL-3?"
PRICE = "What is the purchase price of the brewery's shares?"


def ask(page, question, matter=""):
    page.wait_for_selector(".under select")
    if matter:
        page.get_by_label("Search in").select_option(matter)
    page.fill("#question", question)
    page.press("#question", "Enter")


def answered(page):
    page.wait_for_selector(".whereabouts")


def stream(*events):
    """A body of server-sent events."""
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


def stage_an_answer(page, *events):
    """What /api/ask replies from now on."""
    page.route("**/api/ask", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=stream(*events)))


def place(name="lease.pdf", **more):
    return {"document": "d", "name": name, "inside": "", "page": 3, "last_page": 3, "ocr": False, "ocr_confidence": None,
            "start": 10, "end": 40, "heading": "4 Rent", "stands_in": [], "quote": "The rent is £12,000 a year.", **more}


def answer(text, sentences, citations=(), **more):
    return {"answer": text, "draft": text, "outcome": "answered", "citations": list(citations), "sentences": sentences,
            "passages": [], "left_out": [], "model": "m", "register": None, "disagreements": [], "notes": [],
            "prompt_tokens": 1, "completion_tokens": 1, "seconds": 0.5, **more}


# ---- entering ----


def test_a_link_lets_the_browser_in_and_leaves_no_code_behind(office, window):
    browser = window(office)
    stranger = browser.context.new_page()
    stranger.goto(office.url)
    expect(stranger.get_by_role("heading")).to_have_text("Who is there?")
    expect(stranger.get_by_text("counsel open", exact=True)).to_be_visible()
    stranger.fill("#code", "nonsense")
    stranger.get_by_role("button", name="Enter").click()
    expect(stranger.get_by_role("alert")).to_contain_text("opens nothing")
    stranger.fill("#code", browser.link())
    stranger.get_by_role("button", name="Enter").click()
    expect(stranger.locator("#question")).to_be_visible()
    second = browser.open()
    assert "enter" not in second.url
    second.reload()
    expect(second.locator("#question")).to_be_visible()


def test_a_session_that_was_closed_is_said_and_the_question_stays(daemon, window):
    page = window(daemon).open()

    def ask_too_late(route):
        assert daemon.cli("open", "--revoke", "all").returncode == 0
        route.continue_()

    page.route("**/api/ask", ask_too_late)
    page.fill("#question", "Who drew the deed?")
    page.press("#question", "Enter")
    expect(page.get_by_role("heading", name="Who is there?")).to_be_visible()
    page.fill("#code", daemon.post("/page/code", {}).json["url"])
    page.get_by_role("button", name="Enter").click()
    expect(page.locator("#question")).to_have_value("Who drew the deed?")


def test_without_javascript_the_page_says_what_to_do(office, window):
    page = window(office, java_script_enabled=False).context.new_page()
    page.goto(office.url)
    expect(page.get_by_role("heading")).to_have_text("Counsel’s page needs JavaScript")


# ---- asking, and the place ----


def test_a_question_is_answered_and_its_source_is_marked_in_the_text(office, window):
    page = window(office).open()
    # What it is doing stands there for as long as it takes, which may be too short to be looked at.
    page.evaluate("""() => new MutationObserver(() => { window.staged ||= !!document.querySelector(".stage") })
        .observe(document.body, {childList: true, subtree: true})""")
    ask(page, SOURCE_CODE)
    answered(page)
    assert page.evaluate("() => window.staged")
    expect(page.locator(".turn h2").first).to_have_text(SOURCE_CODE)
    expect(page.locator("#question")).to_have_value("")
    expect(page.locator(".whereabouts")).to_contain_text("nothing left this machine")
    page.locator(".quote button.source").first.click()
    mark = page.locator(".text mark").first
    expect(mark).to_be_visible()
    expect(mark).to_contain_text(re.compile("three years|written offer", re.I))
    page.keyboard.press("Escape")
    expect(page.locator(".place")).to_have_count(0)


def test_a_source_in_a_pdf_is_marked_on_its_page_whose_words_can_be_selected(office, window):
    page = window(office).open()
    ask(page, PRICE, MATTER)
    answered(page)
    page.locator(".quote button.source", has_text="agreement.pdf").first.click()
    expect(page.locator(".markbox").first).to_be_visible()
    box = page.locator(".markbox").first.bounding_box()
    sheet = page.locator(".sheet").bounding_box()
    assert sheet["x"] < box["x"] and box["x"] + box["width"] < sheet["x"] + sheet["width"]
    words = page.evaluate("() => { getSelection().selectAllChildren(document.querySelector('.words')); return String(getSelection()) }")
    assert len(words.split()) > 20
    # The pages are turned, and the next one was fetched ahead.
    page.get_by_role("button", name="Next page").click()
    expect(page.locator(".sheet img")).to_have_attribute("alt", re.compile("Page [23] of agreement.pdf"))
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator(".text mark").first).to_be_visible()


def test_words_are_found_in_a_document_and_the_original_is_a_download(office, window):
    page = window(office).open("documents")
    page.get_by_role("button", name="agreement.pdf", exact=True).click()
    page.fill(".find input", "the Buyer")
    page.press(".find input", "Enter")
    expect(page.locator(".find [role=status]")).to_contain_text(" of ")
    expect(page.locator(".markbox").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the original").click()
    assert download.value.suggested_filename == "agreement.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_quotes_stand_there_before_the_answer_and_each_grade_has_a_shape_and_a_word(office, window):
    page = window(office).open()
    text = "The rent is £12,000 a year. The rent is £13,000 a year. Dogs are allowed."
    first, second, third = [0, 28], [29, 57], [58, 75]  # bytes: £ has two
    sentences = [
        {"start": first[0], "end": first[1], "needs_support": True, "supported": True, "why_not": "", "grade": "supported"},
        {"start": second[0], "end": second[1], "needs_support": True, "supported": False, "why_not": "", "grade": "near",
         "differences": ["not in the source: '£13,000'"]},
        {"start": third[0], "end": third[1], "needs_support": True, "supported": False, "grade": "unsupported",
         "why_not": "No passage says this."}]
    cited = place(n=1, supported=True, answer_start=0, answer_end=28)
    quotes = {"quotes": [{**place(), "lead_in": "", "strength": 0.9, "matched": ["rent"], "of_kind": True}]}
    stage_an_answer(page, ("quotes", quotes), ("token", {"text": text}), ("done", answer(text, sentences, [cited])))
    ask(page, "What is the rent?")
    expect(page.locator(".quotes blockquote")).to_have_text("The rent is £12,000 a year.")
    expect(page.locator(".sentence.supported")).to_contain_text("The rent is £12,000 a year.● (supported)")
    expect(page.locator(".sentence.near")).to_contain_text("◐ (near)")
    expect(page.locator(".sentence.near")).to_contain_text("not in the source: '£13,000'")
    expect(page.locator(".sentence.unsupported")).to_contain_text("○ (not supported) No passage says this.")
    expect(page.locator(".note")).to_have_attribute("title", "The rent is £12,000 a year.")
    expect(page.locator(".legend li")).to_have_count(3)


def test_documents_that_say_different_things_stand_side_by_side(office, window):
    page = window(office).open()
    sides = [{"says": "1,450 pounds a month", "citation": place("lease.txt", quote="The rent is 1,450 pounds a month.")},
             {"says": "1,500 pounds a month", "citation": place("letter.txt", quote="The rent is 1,500 pounds a month.")}]
    stage_an_answer(page, ("done", answer("The rent is 1,450 pounds a month.", [], contradictions=[{"about": "rent", "sides": sides}])))
    ask(page, "What is the rent?")
    both = page.get_by_role("group", name="rent")
    expect(both.locator("h4")).to_have_text(["rent: 1,450 pounds a month", "rent: 1,500 pounds a month"])
    expect(both.locator("button.source")).to_have_text(["lease.txt", "letter.txt"])


def test_an_answer_that_fails_says_so_in_its_place_and_keeps_the_question(home, window):
    home.joinpath("models").mkdir()
    installed = Path(os.environ["COUNSEL_MODELS"]) / "bge-small-en-v1.5"
    home.joinpath("models", "bge-small-en-v1.5").symlink_to(installed)
    daemon = Daemon(home, {"COUNSEL_MODELS": str(home / "models")}).start()
    try:
        daemon.add("/usr/share/common-licenses/GPL-3")
        page = window(daemon).open()
        page.get_by_label("Reply with").select_option("answer")
        ask(page, SOURCE_CODE)
        expect(page.locator(".quotes blockquote").first).to_contain_text("three years")  # what needs none stands there
        expect(page.locator(".turn [role=alert]")).to_contain_text("needs a generator")
        expect(page.locator("#question")).to_have_value(SOURCE_CODE)
        page.fill("#question", "x" * 1_000_000)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator(".question [role=alert]")).to_contain_text("16,000")
        assert len(page.input_value("#question")) == 1_000_000
    finally:
        daemon.stop()


def test_an_answer_is_stopped_and_one_that_a_reload_interrupts_is_said(office, window):
    page = window(office).open()
    page.route("**/api/ask", lambda route: None)  # never answered
    ask(page, "What is the rent?")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn").last).to_contain_text("Stopped.")
    ask(page, "Who is the landlord?")
    expect(page.locator(".stage")).to_be_visible()
    page.reload()
    expect(page.locator(".turn").last).to_contain_text("interrupted by a reload")
    expect(page.locator(".turn h2").last).to_have_text("Who is the landlord?")
    page.unroute("**/api/ask")
    page.get_by_role("button", name="Ask again").last.click()
    answered(page)


def test_conversations_are_kept_for_every_browser_found_renamed_and_deleted(daemon, tmp_path, window):
    (tmp_path / "lease.txt").write_text("The lease of Alder House. The rent is 1,450 pounds a month, due on the first day of each month.")
    (tmp_path / "will.txt").write_text("The will of Hezekiah. The orchard goes to Drusilla.")
    daemon.add(tmp_path / "lease.txt")
    will = daemon.add(tmp_path / "will.txt")["id"]
    page = window(daemon).open()
    ask(page, "What is the rent of Alder House?")
    answered(page)
    ask(page, "And when is it due?")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn .whereabouts")).to_have_count(2)
    page.get_by_role("button", name="New conversation").click()
    ask(page, "Who gets the orchard?")
    answered(page)
    expect(page.locator(".earlier li")).to_have_count(2)
    assert page.evaluate("() => JSON.stringify(sessionStorage).includes('Drusilla')") is False
    # Another browser, which was not open meanwhile.
    other = window(daemon).open()
    expect(other.locator(".earlier li .name")).to_have_text(["Who gets the orchard?", "What is the rent of Alder House?"])
    other.fill(".earlier input", "POUNDS alder")
    expect(other.locator(".earlier li")).to_have_count(1)
    other.locator(".earlier li .name").click()
    expect(other.locator(".turn h2")).to_have_text(["What is the rent of Alder House?", "And when is it due?"])
    other.locator(".turn").first.locator(".quote button.source").first.click()
    expect(other.locator(".text mark").first).to_contain_text("1,450 pounds")
    other.keyboard.press("Escape")
    other.get_by_role("button", name="Rename: What is the rent of Alder House?").click()
    other.fill(".rename input", "Alder House")
    other.press(".rename input", "Enter")
    for one in (other, page):  # the first browser hears of it
        expect(one.locator(".earlier li .name", has_text="Alder House")).to_have_text("Alder House")
    other.fill(".earlier input", "")
    # What one browser asks stands in the other one, where the same conversation is open.
    page.locator(".earlier li .name", has_text="Alder House").click()
    ask(page, "How much is it a month?")
    expect(other.locator(".turn h2")).to_have_text(["What is the rent of Alder House?", "And when is it due?", "How much is it a month?"])
    # With the document goes what was asked about it.
    assert daemon.request("DELETE", f"/api/documents/{will}").status == 200
    expect(page.locator(".earlier li")).to_have_count(1)
    other.reload()
    expect(other.locator(".turn h2")).to_have_count(3)
    other.get_by_role("button", name="Delete: Alder House").click()
    expect(other.get_by_role("dialog")).to_contain_text("3 questions and their answers")
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for one in (other, page):
        expect(one.locator(".earlier li")).to_have_count(0)
        expect(one.locator(".turn")).to_have_count(0)
    assert daemon.get("/api/conversations").json["conversations"] == []


def test_a_question_that_names_a_document_says_so_and_is_asked_of_all(office, window):
    page = window(office).open()
    ask(page, SOURCE_CODE)
    answered(page)
    expect(page.locator(".turn")).to_contain_text("The question names “GPL-3”, so only this was searched: GPL-3")
    page.get_by_role("button", name="Search all documents").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn .whereabouts")).to_have_count(2)
    expect(page.locator(".turn").last).not_to_contain_text("so only this was searched")
    ask(page, "Consider the Zanzibar charter; what is the rent?")
    expect(page.locator(".turn").last).to_contain_text("There is no document “")


# ---- documents and matters ----

DROP = """(files) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def drop(page, path):
    """As a file manager does: the browser is given a path, and reads what is there."""
    browser = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for act in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": act, "x": 600, "y": 500, "data": data})


def test_files_are_dropped_read_shown_in_two_tabs_and_deleted(daemon, window):
    browser = window(daemon)
    page, other = browser.open("documents"), browser.open("documents")
    page.fill("#into", "Smith v Jones")
    page.evaluate(DROP, [[f"note-{i}.txt", f"The lease of house {i} ends on {i} May 2031."] for i in range(1, 13)] + [["empty.txt", ""]])
    expect(page.locator(".progress")).to_contain_text("12 files added")
    expect(page.locator(".progress")).to_contain_text("empty.txt: an empty file")
    for tab in (page, other):
        expect(tab.locator("tbody .state.ready")).to_have_count(12)
    page.get_by_label("Name holds").fill("note-11")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Delete: note-11.txt").click()
    expect(page.get_by_role("dialog")).to_contain_text("cannot be undone")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("tbody tr")).to_have_count(0)
    expect(other.locator("tbody tr")).to_have_count(11)
    assert daemon.get("/api/documents").json["count"] == 11
    page.goto(f"{daemon.url}/#/matters")
    page.get_by_role("button", name="Delete: Smith v Jones").click()
    gone = page.get_by_role("dialog").get_by_role("button", name="Delete")
    expect(gone).to_be_disabled()
    page.get_by_role("dialog").get_by_role("textbox").fill("Smith v Jones")
    gone.click()
    expect(page.get_by_text("There is no matter yet")).to_be_visible()
    assert daemon.get("/api/documents").json["count"] == 0


def test_what_is_added_before_the_page_listens_is_shown(daemon, window, tmp_path):
    (tmp_path / "note.txt").write_text("The lease ends.")
    page = window(daemon).open("ask")

    def listen(route):
        daemon.add(tmp_path / "note.txt")
        route.continue_()

    page.route("**/api/events", listen)
    page.goto(f"{daemon.url}/#/documents")
    page.reload()
    expect(page.locator("tbody .state.ready")).to_have_count(1)


def test_files_of_one_name_in_two_folders_are_two_documents(daemon, window, tmp_path):
    (tmp_path / "papers" / "drafts").mkdir(parents=True)
    (tmp_path / "papers" / "note.txt").write_text("The lease ends.")
    (tmp_path / "papers" / "drafts" / "note.txt").write_text("The lease begins.")
    page = window(daemon).open("documents")
    page.get_by_label("Add a folder").set_input_files(tmp_path / "papers")
    expect(page.locator("tbody .state.ready")).to_have_count(2)
    (tmp_path / "papers" / "note.txt").write_text("The lease ends in May.")  # a newer version of one of them
    page.get_by_label("Add a folder").set_input_files(tmp_path / "papers")
    expect(page.locator(".progress")).to_contain_text("1 file added")
    expect(page.locator("tbody .state.ready")).to_have_count(2)
    page.get_by_label("older versions").check()
    expect(page.locator("tbody .state.ready")).to_have_count(3)


def test_a_newcomer_drops_a_folder_with_a_pdf_a_scan_a_lease_and_a_mail_and_sees_each_source_marked(daemon, window, tmp_path):
    names = ("agreement.pdf", "planning.png", "lease.docx", "instruction.eml")
    given = make_client_folder.everything()
    folder = tmp_path / "Brewery papers"
    (folder / "correspondence").mkdir(parents=True)
    for name in names:
        (folder / ("correspondence" if name.endswith(".eml") else "") / name).write_bytes(given[name])
    browser = window(daemon)
    page = browser.open("documents")
    page.fill("#into", MATTER)
    drop(page, folder)
    expect(page.locator(".progress")).to_contain_text("4 files added")
    expect(page.locator("tbody .state.ready")).to_have_count(5, timeout=60_000)  # and what the mail brought
    for question, name, place in ((PRICE, "agreement.pdf", ".markbox"),
                                  ("Why is planning permission refused?", "planning.png", ".markbox"),
                                  ("When may the tenant end the lease?", "lease.docx", ".text mark"),
                                  ("To which day is completion put off?", "instruction.eml", ".text mark")):
        page = browser.open()
        ask(page, question, MATTER)
        answered(page)
        page.locator(".quote button.source", has_text=name).first.click()
        expect(page.locator(place).first).to_be_visible()


def test_hostile_names_and_texts_are_shown_and_do_nothing(daemon, window):
    hurt = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script>"
    names = [f"{hurt.replace('/', '')}.txt", "invoice\u202efdp.txt", "x" * 180 + ".txt", "javascript:window.hurt=1.txt"]
    page = window(daemon).open("documents")
    page.evaluate(DROP, [[name, f"{hurt} The rent is 12 pounds. {'w' * 600}"] for name in names])
    expect(page.locator("tbody .state.ready")).to_have_count(1)  # the same bytes are one document
    page.evaluate(DROP, [[name, f"{hurt} The rent of {i} is 12 pounds. {'w' * 600}"] for i, name in enumerate(names)])
    expect(page.locator("tbody .state.ready")).to_have_count(len(names) + 1)
    page.goto(f"{daemon.url}/#/ask")
    page.get_by_label("Reply with").select_option("quotes")
    ask(page, f"What is the rent? {hurt}")
    answered(page)
    page.locator("details summary", has_text="read").click()
    for name in page.locator("button.source:visible").all()[:3]:
        name.click()
        expect(page.locator(".text")).to_contain_text("<script>")
        page.keyboard.press("Escape")
    assert page.evaluate("() => window.hurt === undefined && document.querySelectorAll('img[src=x], #app script').length === 0")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_file_over_the_limit_is_refused_with_its_reason_and_others_are_not(daemon, window):
    page = window(daemon).open("documents")
    page.route("**/api/documents", lambda route: route.fulfill(
        status=507, content_type="application/json",
        body='{"error":{"code":"no_space","message":"The disk is full.","next_step":""}}')
        if "full.txt" in (route.request.post_data or "") else route.continue_())
    page.evaluate(DROP, [["full.txt", "a"], ["fits.txt", "The lease ends."]])
    expect(page.locator(".progress")).to_contain_text("full.txt: The disk is full.")
    expect(page.locator("tbody .state.ready")).to_have_count(1)


# ---- models, settings, doctor, companies ----


def test_a_model_is_loaded_and_unloaded_before_the_users_eyes(daemon, window):
    browser = window(daemon)
    page, other = browser.open("models"), browser.open("models")
    name = daemon.model("embedder")["name"]
    page.get_by_role("button", name=f"Load: {name}").click()
    for tab in (page, other):
        expect(tab.locator("tr", has_text=name).locator(".state")).to_have_text("loaded")
    page.get_by_role("button", name=f"Unload: {name}").click()
    for tab in (page, other):
        expect(tab.locator("tr", has_text=name).locator(".state")).to_have_text("not loaded")


def test_a_setting_is_changed_and_what_is_set_by_hand_says_how(daemon, window):
    page = window(daemon).open("settings")
    page.fill("[id='setting-log.level']", "debug")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert "debug" in (daemon.home / "counsel.toml").read_text()
    page.fill("[id='setting-log.level']", "loud")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".settings [role=alert]")).to_be_visible()
    expect(page.get_by_text("counsel config set MAIN_MODEL VALUE")).to_be_visible()


def test_the_doctor_and_the_register_say_what_is_there_and_what_is_missing(office, window):
    page = window(office).open("doctor")
    expect(page.locator(".checks li").first).to_be_visible()
    expect(page.locator(".checks")).to_contain_text("document reader")
    page.goto(f"{office.url}/#/companies")
    expect(page.get_by_text("counsel company login")).to_be_visible()


def test_a_company_is_looked_up_and_named_in_a_matter(start, window):
    daemon = start()
    browser = window(daemon)
    page = browser.open("companies")
    page.fill("#company", "acme widgets")
    page.press("#company", "Enter")
    page.get_by_role("button", name="ACME WIDGETS LIMITED").first.click()
    expect(page.locator(".dossier")).to_contain_text("What stands out")
    expect(page.locator(".dossier")).to_contain_text("Barclays Bank")
    page.get_by_role("button", name="Let it name the company").click()
    expect(page.get_by_role("button", name="No longer: general")).to_be_visible()
    assert daemon.get("/api/companies/watch").json["companies"][0]["number"] == "01234567"
    page.goto(f"{daemon.url}/#/ask")
    ask(page, "Does Acme Widgets have outstanding charges?")
    answered(page)
    expect(page.locator(".turn")).to_contain_text("has 1 outstanding charge")
    expect(page.locator(".turn")).to_contain_text("From the register: ACME WIDGETS LIMITED")


# ---- whatever happens ----


def test_a_daemon_that_is_gone_is_said_and_so_is_that_it_is_back(daemon, window):
    page = window(daemon).open()
    page.fill("#question", "What is the rent?")
    port = daemon.port
    daemon.stop()
    expect(page.locator(".connection")).to_contain_text("does not answer")
    page.press("#question", "Enter")
    expect(page.locator(".turn [role=alert]")).to_be_visible()
    daemon.environment["COUNSEL_PORT"] = str(port)
    daemon.start()
    expect(page.locator(".connection")).to_contain_text("answers again")
    expect(page.locator("#question")).to_have_value("What is the rent?")
    page.goto(f"{daemon.url}/#/models")
    expect(page.locator("tbody tr").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_accessible(office, window, scheme):
    if not AXE:
        pytest.skip("COUNSEL_TEST_AXE names no axe.min.js")
    # Playwright's way into the page is the browser's own: the page's policy stays as it is.
    browser = window(office, color_scheme=scheme, reduced_motion="reduce")
    page = browser.open()
    source = Path(AXE).read_text()

    def look(what):
        page.evaluate(source)
        found = page.evaluate("() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found["violations"]] == [], what

    for view in VIEWS:
        page.goto(f"{office.url}/#/{view}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if view == "doctor":
            page.wait_for_selector(".checks li")
        look(view)
    page.goto(f"{office.url}/#/ask")
    ask(page, PRICE, MATTER)
    answered(page)
    look("an answer")
    page.locator(".quote button.source", has_text="agreement.pdf").first.click()
    page.wait_for_selector(".markbox")
    look("a page")
    page.get_by_role("button", name="Text", exact=True).click()
    page.wait_for_selector(".text mark")
    look("a text")
    page.keyboard.press("Escape")
    page.goto(f"{office.url}/#/documents")
    page.get_by_role("button", name="Delete: agreement.pdf").click()
    look("a dialog")


def test_every_view_fits_a_narrow_window_and_the_keyboard(office, window):
    browser = window(office)
    page = browser.open()
    page.set_viewport_size({"width": 360, "height": 700})
    for view in VIEWS:
        page.goto(f"{office.url}/#/{view}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if view == "doctor":
            page.wait_for_selector(".checks li")
        assert page.evaluate("() => document.documentElement.scrollWidth <= 360"), view
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{office.url}/#/ask")
    ask(page, SOURCE_CODE)
    answered(page)
    # From the field to a source by the keyboard alone, and back to where one was.
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.matches('.quote button.source')"):
            break
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".place h2")).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.matches('.quote button.source')")


def test_what_is_printed_is_the_answer_with_its_sources(office, window):
    page = window(office).open()
    ask(page, SOURCE_CODE)
    answered(page)
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("#question")).to_be_hidden()
    expect(page.locator(".quote blockquote").first).to_be_visible()
    assert [one.inner_text() for one in page.locator("button:visible:not(.source, .note)").all()] == []


def test_fifty_thousand_documents_are_listed_and_chosen_by_the_daemon(home, window):
    daemon = Daemon(home).start()
    daemon.stop()
    insert(home, [(f"id{i:014}", "general" if i % 2 else "Smith v Jones", f"{'Lease' if i % 10 else 'deed'} {i:05}.txt",
                   "failed" if i % 1000 == 7 else "ready") for i in range(50_000)])
    daemon.start()
    try:
        page = window(daemon).open("documents")
        expect(page.get_by_text("100 of 50,000 documents")).to_be_visible()
        expect(page.locator("tbody th").first).to_contain_text("Lease 49999.txt")
        page.get_by_role("button", name="Show more").click()
        expect(page.locator("tbody tr")).to_have_count(200)
        page.get_by_label("Order").select_option("oldest")
        expect(page.locator("tbody th").first).to_contain_text("deed 00000.txt")
        page.get_by_label("Name holds").fill("DEED 490")
        expect(page.get_by_text(f"{sum('490' in f'{i:05}' for i in range(0, 50_000, 10))} documents")).to_be_visible()
        page.get_by_label("Name holds").fill("")
        state = page.get_by_role("combobox", name=re.compile("^State"))
        state.select_option("failed")
        expect(state.locator("option:checked")).to_have_text("not read (50)")
        expect(page.locator("tbody tr")).to_have_count(50)
        page.get_by_label("Kind").select_option("mail")
        expect(page.get_by_text("No document here fits.")).to_be_visible()
    finally:
        daemon.stop()


def test_a_model_is_fetched_with_its_size_and_licence_and_stopped(pulling, shelf, window):  # noqa: F811
    browser = window(pulling)
    page, other = browser.open("models"), browser.open("models")
    page.get_by_role("button", name="Fetch: pulled").click()
    expect(page.get_by_role("dialog")).to_contain_text("1.0 MB from 127.0.0.1")
    expect(page.get_by_role("dialog")).to_contain_text("Its licence: MIT.")
    fits = "() => { const one = document.querySelector('dialog'); return one.scrollWidth <= one.clientWidth }"
    assert page.evaluate(fits), "what a dialog says is cut off"
    page.get_by_role("dialog").get_by_role("button", name="Fetch").click()
    for tab in (page, other):
        expect(tab.locator("tr", has_text="pulled")).to_contain_text("fetched 512 kB of 1.0 MB")
    other.get_by_role("button", name="Stop: pulled").click()
    expect(page.locator("tr", has_text="pulled")).to_contain_text("stopped after 512 kB of 1.0 MB, which are kept")
    shelf.go_on.set()
    page.get_by_role("button", name="Go on fetching: pulled").click()
    page.get_by_role("dialog").get_by_role("button", name="Fetch").click()
    expect(page.locator("tr", has_text="pulled").get_by_role("button", name="Load: pulled")).to_be_visible()
    page.get_by_role("button", name="Fetch: wrong").click()
    page.get_by_role("dialog").get_by_role("button", name="Fetch").click()
    expect(page.locator("tr", has_text="wrong").get_by_role("alert")).to_contain_text("SHA-256")
