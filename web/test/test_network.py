"""The browser's own log of its network: the page asks for nothing but this Counsel."""

import json
from urllib.parse import urlsplit

from playwright.sync_api import expect

from browser import launched
from conftest import MATTER


def told(log):
    """Of the log: who asked for which address (an origin, or "not an origin" for the browser itself), and every host that was looked
    up or connected to."""
    written = json.loads(log.read_text())
    kinds = {number: name for name, number in written["constants"]["logEventTypes"].items()}
    asked, hosts = set(), set()
    for event in written["events"]:
        kind, more = kinds[event["type"]], event.get("params", {})
        if kind == "URL_REQUEST_START_JOB" and "url" in more:
            asked.add((more.get("initiator", "not an origin"), more["url"]))
        if kind.startswith("HOST_RESOLVER") and "host" in more:
            hosts.add(urlsplit(more["host"]).hostname or more["host"].split(":")[0])
        if kind in ("TCP_CONNECT", "TCP_CONNECT_ATTEMPT", "UDP_CONNECT"):
            hosts |= {one.rsplit(":", 1)[0] for one in [*more.get("address_list", []), more.get("address", "")] if one}
    return asked, hosts


def test_by_the_browsers_own_log_the_page_asks_no_host_but_ours(office, tmp_path):
    log = tmp_path / "net.json"
    with launched(f"--log-net-log={log}", "--net-log-capture-mode=Everything") as browser:
        page = browser.new_context().new_page()
        page.goto(office.post("/page/code", {}).json["url"])
        page.wait_for_selector("#question")
        page.get_by_label("Reply with").select_option("quotes")
        page.get_by_label("Search in").select_option(MATTER)
        page.fill("#question", "What is the purchase price of the brewery's shares?")
        page.press("#question", "Enter")
        page.wait_for_selector(".whereabouts")
        page.locator(".quote button.source", has_text="agreement.pdf").first.click()
        page.wait_for_selector(".markbox")
        page.keyboard.press("Escape")
        for view in ("documents", "matters", "companies", "models", "settings", "doctor"):
            page.goto(f"{office.url}/#/{view}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_selector(".checks li")
    asked, hosts = told(log)
    assert (office.url, f"{office.url}/api/ask") in asked, "the log tells nothing"
    assert {url for initiator, url in asked if initiator == office.url and not url.startswith(f"{office.url}/")} == set()
    assert {initiator for initiator, _ in asked} <= {office.url, "not an origin"}
    # Chromium asks its maker for updates, and what to fill into forms; no page can keep it from that.
    own = {urlsplit(url).hostname for initiator, url in asked if initiator == "not an origin"}
    assert {host for host in own if not host.endswith((".google.com", ".googleapis.com", ".gvt1.com"))} == {"127.0.0.1"}
    # Nor is any other name looked up.
    assert {host for host in hosts if not host.replace(".", "").isdigit() and ":" not in host} <= own
