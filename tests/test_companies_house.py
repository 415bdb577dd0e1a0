"""Companies House: the real client against a register on the loopback (tests/register)."""

import concurrent.futures
import contextlib
import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from counsel import COUNSEL, PATIENCE, Daemon, cli, is_alive, kill9, wait_for_end, wait_until

KEY = "sesame-0123-key"
REGISTER = Path(__file__).parent / "register"


class Register:
    """The register as a program of its own, and what a test may ask of it."""

    def __init__(self, folder, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, REGISTER, "--folder", folder, "--key", KEY, *map(str, arguments)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.told = json.loads(self.process.stdout.readline())
        self.environment = {"CH_API_URL": self.told["api"], "CH_DOCUMENT_URL": self.told["documents"],
                            "CH_CA_FILE": self.told["certificate"]}

    def control(self, method, path, body=None):
        request = urllib.request.Request(self.told["control"] + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as reply:
            return json.loads(reply.read())

    def fault(self, path, kind, **more):
        self.control("POST", "/faults", {"path": path, "kind": kind, **more})

    def settings(self, **settings):
        self.control("POST", "/settings", settings)

    def requests(self, host=None):
        return [request for request in self.control("GET", "/requests") if host in (None, request["host"])]

    def forget(self):
        self.control("DELETE", "/requests")
        self.control("DELETE", "/faults")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def site():
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl to make the register's certificate with.")
    folder = Path(tempfile.mkdtemp(prefix="counsel-test-"))
    register = Register(folder)
    yield register
    register.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def register(site):
    site.forget()
    site.settings(headers="remain", limit=600, window=300, spent=300)
    return site


@pytest.fixture
def start(home, register):
    """Starts a daemon that knows the register, and a key unless it is given another."""
    home.mkdir(exist_ok=True)
    started = []

    def begin(key=KEY, **environment):
        more = {**register.environment, **environment}
        if key:
            more["CH_API_KEY"] = key
        daemon = Daemon(home, more).start()
        started.append(daemon)
        return daemon

    yield begin
    for daemon in started:
        daemon.stop()


def dossier(daemon, number, query=""):
    reply = daemon.get(f"/api/companies/{number}?{query}")
    assert reply.status == 200, reply.body
    return reply.json


def events_of(daemon, target, body):
    """The events of one long request, to its end."""
    return list(daemon.stream(target, body))


def ingest(daemon, number, **body):
    name, data = events_of(daemon, f"/api/companies/{number}/ingest", body)[-1]
    assert name == "done", data
    return data


# ---- the dossier ----


def test_a_short_number_finds_its_company(start, register):
    daemon = start()
    shown = daemon.cli("company", "445790")
    assert shown.returncode == 0, shown.stderr
    assert "TESTCO STORES PLC  (00445790)" in shown.stdout
    assert "2 charges are outstanding." in shown.stdout
    assert register.told["api"] + "/company/00445790" in shown.stdout  # the source, with the time beside it
    assert "[read 20" in shown.stdout


def test_a_dossier_costs_one_request_for_each_page_and_none_when_it_is_fresh(start, register):
    daemon = start()
    # profile, ⌈120 officers ÷ 35⌉, ⌈43 charges ÷ 25⌉, filings; it has no owners and no insolvency
    expected = 1 + 4 + 2 + 1
    first = dossier(daemon, "00445790")
    assert first["requests"] == expected == len(register.requests("api"))
    assert len(first["officers"]["items"]) == 120
    assert len(first["charges"]["items"]) == 43
    began = time.monotonic()
    again = dossier(daemon, "00445790")
    took = time.monotonic() - began
    print(f"\na dossier: {first['requests']} requests, expected {expected}; again: {again['requests']} in {took * 1000:.1f} ms")
    assert again["requests"] == 0
    assert len(register.requests("api")) == expected
    assert again["officers"] == first["officers"]


@pytest.mark.parametrize("number, cap, officers", [("00445790", 35, 120), ("07777777", 100, 250), ("01234567", 50, 8)])
def test_all_officers_come_whatever_the_register_gives_at_once(start, register, number, cap, officers):
    daemon = start()
    items = dossier(daemon, number)["officers"]["items"]
    assert len(items) == officers
    pages = [request for request in register.requests("api") if "/officers" in request["path"]]
    assert len(pages) == -(-officers // cap)


def test_fresh_asks_again(start, register):
    daemon = start()
    dossier(daemon, "SC012345")
    count = len(register.requests("api"))
    dossier(daemon, "SC012345", "fresh=true")
    assert len(register.requests("api")) == 2 * count


def test_lists_that_the_profile_does_not_name_are_not_asked_for(start, register):
    daemon = start()
    told = dossier(daemon, "IP12345R")
    assert told["charges"]["items"] == [] and told["owners"]["items"] == []
    assert [request["status"] for request in register.requests("api")] == [200, 200]  # profile and filing history


def test_a_part_that_is_missing_all_the_same_is_none(start, register):
    daemon = start()
    reply = daemon.get("/api/companies/SC012345/charges")
    assert (reply.status, reply.json["items"], reply.json["total"]) == (200, [], 0)


def test_what_nobody_knows_yet_is_kept(start, register):
    told = dossier(start(), "XX000001")
    assert told["company"]["status"] == "a-status-of-tomorrow"
    assert told["company"]["raw"]["a_member_of_tomorrow"] == {"value": [1, 2, 3]}
    assert any("XX" in remark for remark in told["remarks"])


def test_odd_names_survive(start, register):
    daemon = start()
    assert dossier(daemon, "4444444")["company"]["name"] == "CWMNI YNYS MÔN CYFYNGEDIG"
    assert dossier(daemon, "05555555")["company"]["name"] == '"QUITE" O\'NEIL & SONS <LONDON> LTD.'


def test_what_stands_out_is_said(start, register):
    daemon = start()
    remarks = " ".join(dossier(daemon, "01234567")["remarks"])
    assert "accounts are overdue: they were due on 2024-09-30" in remarks and "1 charge is outstanding" in remarks
    assert "dissolved since 2021-08-17" in dossier(daemon, "09876543")["remarks"][0]
    assert "liquidation" in dossier(daemon, "08765432")["remarks"][0]
    assert "1 insolvency case." in " ".join(dossier(daemon, "08765432")["remarks"])


def test_an_unknown_company_is_not_found(start, register):
    shown = start().cli("company", "99999999")
    assert shown.returncode == 4
    assert "no company 99999999" in shown.stderr


def test_several_companies_of_a_name_are_listed_and_none_is_picked(start, register):
    daemon = start()
    shown = daemon.cli("company", "common", "name")
    assert shown.returncode == 2
    assert "1200 companies match" in shown.stderr and "10000000" in shown.stdout
    one = daemon.cli("company", "acme", "widgets")
    assert one.returncode == 0 and "ACME WIDGETS LIMITED  (01234567)" in one.stdout


# ---- the advanced search, officers, filings ----


def test_companies_are_found_by_what_they_are(start, register):
    daemon = start()

    def numbers(query):
        reply = daemon.get("/api/companies/search?" + query)
        assert reply.status == 200, reply.body
        assert reply.json["total"] == len(reply.json["companies"]) or "limit" in query
        return [company["number"] for company in reply.json["companies"]]

    assert numbers("q=acme") == ["01234567"]
    assert numbers("company_status=dissolved,liquidation") == ["09876543", "08765432"]
    assert numbers("company_type=llp") == ["OC300001"]
    assert numbers("incorporated_to=1950-01-01") == ["00445790", "SC012345"]
    assert numbers("incorporated_from=1940-01-01&incorporated_to=1950-01-01&sic_codes=62012,99999") == ["00445790"]
    assert numbers("dissolved_from=2021-01-01&dissolved_to=2021-12-31") == ["09876543"]
    assert numbers("q=limited&company_name_excludes=common&location=york&company_status=active") == [
        number for number in ("01234567", "NI000123", "SC012345")
        if "York" in daemon.get(f"/api/companies/{number}/registered-office").json["item"].values()]
    assert numbers("q=nobody+at+all") == []
    many = daemon.get("/api/companies/search?q=common&limit=10000").json
    assert len(many["companies"]) == many["total"] == 1200  # over the 1,000 of the plain search
    hit = daemon.get("/api/companies/search?q=acme").json["companies"][0]
    assert hit["sic_codes"] == ["62012"] and hit["raw"]["links"] == {"company_profile": "/company/01234567"}
    asked = [request["path"] for request in register.requests("api") if "advanced" in request["path"]]
    assert "/advanced-search/companies?company_status=dissolved%2Cliquidation&size=20&start_index=0" in asked


@pytest.mark.parametrize("query", ["", "q=", "status=active", "q=a&incorporated_from=lately", "q=a&limit=x"])
def test_a_filter_that_is_none_is_refused(start, register, query):
    reply = start().get("/api/companies/search?" + query)
    assert reply.status == 400, reply.body
    assert register.requests() == []


def test_the_command_line_searches_by_what_companies_are(start, register):
    daemon = start()
    found = daemon.cli("company", "search", "--status", "liquidation")
    assert found.returncode == 0 and "SINKING FAST LIMITED" in found.stdout and "1 of 1" in found.stdout, found.stderr
    told = json.loads(daemon.cli("company", "search", "limited", "--type", "ltd", "--incorporated-to", "1930-01-01",
                                 "--json").stdout)
    assert [company["number"] for company in told["companies"]] == ["SC012345"]
    assert daemon.cli("company", "search").returncode == 2
    assert daemon.cli("company", "search", "--status", "no-such-status").returncode == 4
    refused = daemon.cli("company", "search", "--dissolved-from", "yesterday")
    assert refused.returncode != 0 and "2020-01-31" in refused.stderr


def test_an_officers_appointments_are_told(start, register):
    daemon = start()
    officers = daemon.get("/api/companies/01234567/officers").json
    assert [officer["name"] for officer in officers["records"]] == [officer["name"] for officer in officers["items"]]
    identity = officers["records"][0]["appointments"].split("/")[2]
    reply = daemon.get(f"/api/companies/officers/{identity}/appointments")
    assert reply.status == 200, reply.body
    told = reply.json
    assert told["officer"]["name"] == officers["records"][0]["name"] and told["officer"]["born"]["year"] > 1900
    assert told["total"] == len(told["appointments"]) >= 1
    mine = [one for one in told["appointments"] if one["company"]["number"] == "01234567"]
    assert mine[0]["role"] == officers["records"][0]["role"] and mine[0]["raw"]["appointed_to"]["company_name"]
    shown = daemon.cli("company", "officers", "acme", "widgets")
    assert shown.returncode == 0 and identity in shown.stdout, shown.stderr
    listed = daemon.cli("company", "appointments", identity)
    assert listed.returncode == 0 and "ACME WIDGETS LIMITED" in listed.stdout, listed.stderr
    assert json.loads(daemon.cli("company", "appointments", f"/officers/{identity}/appointments", "--json").stdout)["officer"]
    unknown = daemon.get("/api/companies/officers/nobody0/appointments")
    assert unknown.status == 404 and "no officer" in unknown.json["error"]["message"]
    assert daemon.get("/api/companies/officers/a%2Fb/appointments").status == 400


def test_filings_are_listed_by_category(start, register):
    daemon = start()
    told = daemon.get("/api/companies/01234567/filings?category=accounts,resolutions").json
    assert {filing["category"] for filing in told["records"]} == {"accounts", "resolution"}
    assert len(told["records"]) == len(told["items"]) == told["total"]
    shown = daemon.cli("company", "filings", "01234567", "--category", "accounts", "--limit", "3")
    assert shown.returncode == 0 and "3 of 7" in shown.stdout and "Accounts with accounts type full" in shown.stdout
    assert json.loads(daemon.cli("company", "filings", "01234567", "--json").stdout)["total"] == 37


@pytest.mark.parametrize("part, number, count", [
    ("profile", "01234567", None), ("registered-office", "01234567", None), ("officers", "01234567", 8),
    ("owners", "01234567", 3), ("owner-statements", "SC012345", 1), ("charges", "01234567", 3),
    ("insolvency", "08765432", 1), ("filings", "01234567", 37)])
def test_every_part_of_a_company_can_be_asked_for(start, register, part, number, count):
    reply = start().get(f"/api/companies/{number}/{part}")
    assert reply.status == 200, reply.body
    assert reply.json["source"].startswith(register.told["api"]) and reply.json["read_at"] > 0
    if count is None:
        assert reply.json["item"]
    else:
        assert len(reply.json["items"]) == len(reply.json["records"]) == count


# ---- what filings are called ----

DESCRIPTIONS = """---
description:
    'accounts-with-accounts-type-full' : "**Full accounts** made up to {made_up_date}" # a remark
    'appoint-person-director-company-with-name-date' : "**Appointment** of {officer_name} as a director on {appointment_date}"
    'a-key-of-tomorrow' : "**Something** with {nobody_says}"
"""


def test_filings_are_described_by_the_published_file_once_it_is_there(start, register, home, tmp_path):
    daemon = start()

    def descriptions():
        return {filing["type"]: filing["description"] for filing in dossier(daemon, "01234567", "filings=40")["filings"]["items"]}

    assert descriptions()["AA"].startswith("Accounts with accounts type full (made up date: 20")
    file = tmp_path / "published.yml"
    file.write_text(DESCRIPTIONS)
    done = daemon.cli("company", "descriptions", file)
    assert done.returncode == 0 and "3 descriptions" in done.stdout, done.stderr
    assert (home / "companies_house" / "filing_history_descriptions.yml").read_text() == DESCRIPTIONS
    told = descriptions()
    assert told["AA"].startswith("Full accounts made up to 31 December 20")
    assert told["AP01"].startswith("Appointment of Ms Ffion Davies as a director on ")
    assert told["ZZ99"] == "A key of tomorrow (what: unknown)"  # a value is missing: the plain words
    assert "Full accounts made up to" in daemon.cli("company", "filings", "01234567").stdout
    assert daemon.get("/api/companies/status").json["filing_descriptions"] == {"count": 3, "problem": None}
    outcome = ingest(daemon, "01234567", categories=["accounts"], max=1)
    assert outcome["filings"][0]["description"].startswith("Full accounts made up to ")
    refused = daemon.cli("company", "descriptions", REGISTER / "server.py")
    assert refused.returncode != 0 and "no file of filing descriptions" in refused.stderr
    assert descriptions() == told  # what is there stays


def test_descriptions_come_from_an_address_too(register, home, tmp_path):
    (tmp_path / "published.yml").write_text(DESCRIPTIONS)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        done = cli(home, "company", "descriptions", address + "/published.yml")
        assert done.returncode == 0 and "3 descriptions" in done.stdout, done.stderr
        assert cli(home, "company", "descriptions", address + "/absent.yml").returncode == 4
        server.shutdown()
    assert cli(home, "company", "descriptions", "http://192.0.2.1/x.yml").returncode == 2


def test_pull_asks_where_they_are_published(home):
    nobody = {"https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"}  # nothing leaves this machine
    refused = cli(home, "pull", "filing-descriptions", environment=nobody)
    assert refused.returncode == 1
    assert "companieshouse/api-enumerations" in refused.stderr and "filing_history_descriptions.yml" in refused.stderr
    assert not (home / "companies_house").exists()


def test_a_broken_file_of_descriptions_is_said_and_not_used(start, register, home):
    (home / "companies_house").mkdir(parents=True)
    (home / "companies_house" / "filing_history_descriptions.yml").write_bytes(b"\xff\xfe not one")
    daemon = start()
    told = daemon.get("/api/companies/status").json["filing_descriptions"]
    assert told["count"] == 0 and "not used" in told["problem"]
    assert dossier(daemon, "01234567")["filings"]["items"][0]["description"]


def test_a_search_ends_where_the_register_ends_it(start, register):
    found = start().get("/api/companies?q=common&limit=1000").json
    assert len(found["companies"]) == 1000 and found["total"] == 1200


# ---- without network, key, or room in the window ----


def test_without_a_key_the_reply_says_how_to_get_one(start, register):
    daemon = start(key=None)
    assert daemon.get("/api/status").json["companies_house"]["configured"] is False
    reply = daemon.get("/api/companies/00445790")
    assert reply.status == 503
    assert "counsel company login" in reply.json["error"]["next_step"]
    assert register.requests() == []
    assert daemon.get("/health").status == 200


def test_a_wrong_key_is_said_to_be_wrong(start, register):
    reply = start(key="another").get("/api/companies/00445790")
    assert reply.status == 503 and "does not accept the key" in reply.json["error"]["message"]


def test_offline_the_kept_facts_come_with_their_age(start, register, home):
    daemon = start()
    first = dossier(daemon, "SC012345")
    daemon.stop()
    # As if it had been read a week ago.
    import sqlite3
    with contextlib.closing(sqlite3.connect(home / "counsel.db")) as db, db:
        db.execute("UPDATE register_replies SET read_at = read_at - 604800, source = 'https://127.0.0.1:1'")
    daemon = start(CH_API_URL="https://127.0.0.1:1")  # nobody listens there
    old = dossier(daemon, "SC012345")
    assert old["company"]["read"]["stale"] and old["company"]["read"]["problem"]
    assert old["company"]["read"]["read_at"] == first["company"]["read"]["read_at"] - 604800
    assert old["officers"]["items"] == first["officers"]["items"]
    assert "older than it should be" in daemon.cli("company", "SC012345").stdout
    assert daemon.get("/api/companies/SC012345?fresh=true").status == 503


def test_a_spent_window_is_told_at_once_with_the_time(start, register):
    register.settings(limit=600, window=86400, spent=599)
    daemon = start()
    reply = daemon.get("/api/companies/00445790?wait=1")
    assert reply.status == 503
    assert "600 requests" in reply.json["error"]["message"] and "Try again at" in reply.json["error"]["next_step"]
    assert len(register.requests("api")) == 1  # one to learn; no 429 provoked


# ---- manners ----


def share_the_limit(daemon, register, spelling, limit=600, window=3, count=2000):
    """Ten clients send `count` requests. Returns what was seen: statuses, used (of the permitted rate, in the windows
    that were whole), served (by client), windows, seconds."""
    daemon.get("/api/companies/10000000/profile")  # starts the child that asks
    while time.time() % window > 0.05:  # at the start of a window, half of it spent by somebody else
        time.sleep(0.01)
    register.settings(headers=spelling, limit=limit, window=window, spent=limit // 2)
    register.forget()
    served = [0] * 10
    numbers = iter(range(count))

    def client(which):
        for i in numbers:
            reply = daemon.get(f"/api/companies/1{i % 1200:07d}/profile?fresh=true&wait=600")
            assert reply.status == 200, reply.body
            served[which] += 1

    began = time.time()
    with concurrent.futures.ThreadPoolExecutor(10) as clients:
        for done in [clients.submit(client, which) for which in range(10)]:
            done.result()
    requests = register.requests("api")
    statuses = [request["status"] for request in requests]
    windows = {}
    for request in requests:
        windows[int(request["time"] // window)] = windows.get(int(request["time"] // window), 0) + 1
    inner = sorted(windows)[1:-1]
    used = sum(windows[number] for number in inner) / (limit * len(inner)) if inner else 1
    seconds = time.time() - began
    print(f"\n{len(requests)} requests in {seconds:.1f} s, 429s: {statuses.count(429)}, "
          f"used of the full windows: {used:.1%}, by client: {min(served)} to {max(served)}, windows {windows}")
    return {"statuses": statuses, "used": used, "served": served, "windows": windows, "seconds": seconds}


@pytest.mark.long
@pytest.mark.parametrize("spelling", ["remain", "remaining"])
def test_ten_clients_share_the_limit_and_provoke_no_429(start, register, spelling):
    told = share_the_limit(start(), register, spelling)
    assert told["statuses"].count(429) == 0
    assert min(told["served"]) > sum(told["served"]) / 10 * 0.8


def test_without_headers_it_goes_on(start, register):
    register.settings(headers="none")
    assert dossier(start(), "07777777")["officers"]["total"] == 250


def test_429_without_retry_after_is_waited_for(start, register):
    daemon = start()
    register.settings(limit=1, window=3, spent=1)
    reply = daemon.get("/api/companies/IP12345R?wait=60")
    assert reply.status == 200, (reply.body, time.time(), register.requests("api"))
    assert reply.json["company"]["name"] == "FRIENDLY BREWERS SOCIETY"


def test_429s_that_others_bring_spend_patience_and_no_tries(start, register):
    register.settings(limit=600, window=1, spent=0)
    daemon = start()
    register.fault("/company/IP12345R$", "status", status=429, times=6)
    register.fault("/company/IP12345R$", "reset", times=2)
    assert dossier(daemon, "IP12345R", "wait=60")["company"]["name"] == "FRIENDLY BREWERS SOCIETY"
    register.forget()
    register.fault("/company/IP12345R$", "status", status=429, times=0)
    reply = daemon.get("/api/companies/IP12345R?fresh=true&wait=3")
    assert reply.status == 503 and "Try again at" in reply.json["error"]["next_step"]
    assert 2 <= len(register.requests("api")) <= 6


@pytest.mark.parametrize("kind, more", [("status", {"status": 503}), ("status", {"status": 502}), ("reset", {}), ("cut", {})])
def test_a_passing_fault_is_tried_again(start, register, kind, more):
    register.fault("/company/SC012345$", kind, times=2, **more)
    assert dossier(start(), "SC012345")["company"]["name"] == "GLEN & SONS LIMITED"


@pytest.mark.parametrize("status", [400, 403, 404, 416])
def test_other_refusals_are_not_tried_again(start, register, status):
    register.fault("/company/SC012345$", "status", status=status, times=0)
    assert start().get("/api/companies/SC012345").status in (400, 404)
    assert len(register.requests("api")) == 1


def test_a_reply_that_is_none_is_an_error(start, register):
    daemon = start()
    for body in ("<html>", "[]", '{"company_number":7', "", "[" * 100000):
        register.fault("/company/SC012345$", "garbage", body=body)
        reply = daemon.get("/api/companies/SC012345")
        assert reply.status == 422, (body[:20], reply.body)
        assert "register" in reply.json["error"]["message"]


def test_a_reply_without_end_is_cut_off(start, register):
    daemon = start()
    dossier(daemon, "SC012345")
    register.fault("/company/SC012345$", "large", bytes=100 << 20, times=0)
    before = int(Path(f"/proc/{daemon.pid}/statm").read_text().split()[1]) * 4096
    reply = daemon.get("/api/companies/SC012345?fresh=true")
    assert reply.status == 413 and "8388608 bytes" in reply.json["error"]["message"]
    grown = int(Path(f"/proc/{daemon.pid}/statm").read_text().split()[1]) * 4096 - before
    assert grown < 32 << 20


def test_mutated_replies_never_hurt(start, register):
    daemon = start()
    register.settings(limit=100000, window=300, spent=0)
    for seed in range(60):
        register.fault("/(company|officers)/", "mutate", seed=seed, times=0)
        assert daemon.get("/api/companies/01234567?fresh=true").status in (200, 400, 404, 422)
        register.forget()
    assert dossier(daemon, "01234567", "fresh=true")["company"]["name"] == "ACME WIDGETS LIMITED"


def test_a_caller_that_leaves_ends_its_request(start, register):
    daemon = start()
    register.fault("/company/SC012345$", "slow", seconds=60)
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([COUNSEL, "company", "SC012345"], env={**os.environ, "COUNSEL_HOME": str(daemon.home)},
                       capture_output=True, timeout=1)
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 10


# ---- the key ----


def test_login_tries_the_key_and_keeps_it_for_the_user_alone(home, register):
    home.mkdir()

    def login(key):
        return subprocess.run([COUNSEL, "company", "login"], input=key + "\n", capture_output=True, text=True,
                              env={**os.environ, **register.environment, "COUNSEL_HOME": str(home)}, timeout=PATIENCE)

    refused = login("wrong")
    assert refused.returncode == 1 and "does not accept the key" in refused.stderr
    assert not (home / "companies_house.key").exists()
    kept = login(KEY)
    assert kept.returncode == 0, kept.stderr
    assert KEY not in kept.stdout + kept.stderr
    assert (home / "companies_house.key").stat().st_mode & 0o777 == 0o600
    daemon = Daemon(home, register.environment).start()
    try:
        assert daemon.get("/api/status").json["companies_house"]["configured"] is True
        assert dossier(daemon, "SC012345")["company"]["number"] == "SC012345"
        (home / "companies_house.key").chmod(0o644)
        reply = daemon.get("/api/companies/SC012345?fresh=true")
        assert "Others can read the key" in reply.json["error"]["message"]
    finally:
        daemon.stop()


def test_a_key_that_is_set_while_the_daemon_runs_is_used(start, register, home):
    daemon = start(key=None)
    assert daemon.get("/api/companies/SC012345").status == 503
    (home / "companies_house.key").write_text(KEY + "\n")
    (home / "companies_house.key").chmod(0o600)
    assert dossier(daemon, "SC012345")["company"]["number"] == "SC012345"


def test_the_key_is_found_nowhere_but_where_it_belongs(start, register, home):
    daemon = start(COUNSEL_LOG_LEVEL="debug")
    ingest(daemon, "01234567", categories=["accounts"], max=2)
    daemon.get("/api/companies/99999999")
    shown = json.dumps(daemon.get("/api/config").json) + json.dumps(daemon.get("/api/companies/status").json)
    assert KEY not in shown
    for child in daemon.children():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            assert KEY.encode() not in Path(f"/proc/{child}/environ").read_bytes()
    assert "core file size" in Path(f"/proc/{daemon.pid}/limits").read_text()
    core = next(line for line in Path(f"/proc/{daemon.pid}/limits").read_text().splitlines() if "core file" in line)
    assert core.split()[4:6] == ["0", "0"]
    daemon.stop()
    for file in [*home.rglob("*"), home.parent / "home.log"]:
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file


def test_the_key_is_taken_from_no_toml_and_no_command_line(start, home, register):
    home_toml = home / "counsel.toml"
    daemon = start(key=None)
    daemon.stop()
    home_toml.write_text(f'CH_API_KEY = "{KEY}"\n')
    assert start(key=None).get("/api/status").json["companies_house"]["configured"] is False
    refused = cli(home, "--set", f"CH_API_KEY={KEY}", "status")
    assert refused.returncode == 2 and KEY not in refused.stderr


def test_where_the_key_is_sent_cannot_be_changed_through_the_api(start, register, home):
    daemon = start()
    for name in ("CH_API_URL", "CH_DOCUMENT_URL", "CH_CA_FILE"):
        reply = daemon.request("PUT", "/api/config", {"name": name, "value": "https://elsewhere.example"})
        assert reply.status == 403
    assert daemon.get("/api/status").json["companies_house"]["url"] == register.told["api"]


@pytest.mark.parametrize("url", ["http://api.example.org", "https://api.example.org/path", "api.example.org"])
def test_only_https_addresses_are_taken(home, url):
    refused = cli(home, "status", environment={"CH_API_URL": url})
    assert refused.returncode == 2 and "CH_API_URL" in refused.stderr


def test_an_untrusted_certificate_is_refused(start, register):
    reply = start(CH_CA_FILE="").get("/api/companies/SC012345")
    assert reply.status == 403 and "Cannot trust" in reply.json["error"]["message"]
    assert register.requests() == []


# ---- the child that asks ----


def test_the_start_asks_nothing_and_starts_nothing(start, register):
    daemon = start()
    assert daemon.children() == []
    assert daemon.get("/api/companies/status").json["requests"] == 0
    assert register.requests() == []


def served_file(content):
    """A file on the loopback, as a model of a catalogue: (its server, its entry)."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    entry = ('[[model]]\nname = "pulled"\nrole = "generator"\ncontext_tokens = 512\n'
             f'files = [{{path = "pulled.gguf", url = "http://127.0.0.1:{server.server_address[1]}/x", '
             f'sha256 = "{hashlib.sha256(content).hexdigest()}", bytes = {len(content)}}}]\n')
    return server, entry


def test_the_daemon_has_no_tls_however_much_it_asks(start, register, home, tmp_path):
    server, entry = served_file(b"weights" * 100_000)
    home.mkdir(exist_ok=True)
    (home / "catalogue.toml").write_text(entry)
    daemon = start()
    dossier(daemon, "SC012345")
    ingest(daemon, "01234567", categories=["accounts"], max=2)
    pulled = daemon.cli("pull", "pulled", environment={"COUNSEL_MODELS": str(tmp_path)})
    assert pulled.returncode == 0, pulled.stderr
    assert (tmp_path / "pulled.gguf").stat().st_size == 700_000
    server.shutdown()
    maps = Path(f"/proc/{daemon.pid}/maps").read_text()
    for library in ("curl", "ssl", "gnutls", "libcrypto", "nghttp2", "krb5", "counsel_outgoing"):
        assert library not in maps
    asking = daemon.child("counsel-remote")
    assert KEY.encode() not in Path(f"/proc/{asking}/cmdline").read_bytes()
    assert "NoNewPrivs:\t1" in Path(f"/proc/{asking}/status").read_text()


def test_a_child_that_dies_costs_the_daemon_nothing_and_is_started_again(start, register):
    daemon = start()
    dossier(daemon, "SC012345")
    first = daemon.child("counsel-remote")
    kill9(first)
    assert dossier(daemon, "SC012345", "fresh=true")["company"]["read"]["stale"] is False
    assert daemon.child("counsel-remote") != first


def test_the_child_ends_with_the_daemon(start, register):
    daemon = start()
    dossier(daemon, "SC012345")
    asking = daemon.child("counsel-remote")
    daemon.kill()
    wait_for_end(asking)
    daemon = start()
    dossier(daemon, "SC012345", "fresh=true")
    asking = daemon.child("counsel-remote")
    assert daemon.stop() == 0
    assert not is_alive(asking)


def test_one_connection_serves_many_requests(start, register):
    daemon = start()
    for _ in range(10):
        assert daemon.get("/api/companies/SC012345/profile?fresh=true").status == 200
    assert len({request["client"] for request in register.requests("api")}) == 1


# ---- filed documents ----


def test_filings_come_into_a_matter_and_the_key_does_not_travel(start, register):
    daemon = start()
    outcome = ingest(daemon, "01234567", categories=["accounts"], max=3, matter="Acme")
    assert [filing["date"][:4] for filing in outcome["filings"]] == ["2025", "2024", "2023"]
    assert all(filing["document"] and not filing["already_there"] for filing in outcome["filings"])
    stored = register.requests("storage")
    assert len(stored) == 3
    for request in stored:
        assert "authorization" not in {name.lower() for name in request["headers"]}
        assert KEY not in json.dumps(request)
    documents = [daemon.finished(filing["document"]) for filing in outcome["filings"]]
    assert {document["matter"] for document in documents} == {"Acme"}
    assert documents[1]["state"] == "ready" and "ACME WIDGETS LIMITED accounts 2024" in documents[1]["name"]
    provenance = documents[1]["register"]
    assert provenance["company"] == "01234567" and provenance["filing"] == outcome["filings"][1]["transaction"]
    assert provenance["date"] == outcome["filings"][1]["date"]


def test_the_same_filings_come_once(start, register):
    daemon = start()
    first = ingest(daemon, "01234567", categories=["accounts"], max=2)
    again = ingest(daemon, "01234567", categories=["accounts"], max=2)
    assert [filing["document"] for filing in again["filings"]] == [filing["document"] for filing in first["filings"]]
    assert all(filing["already_there"] for filing in again["filings"])
    assert len(register.requests("storage")) == 2


def test_an_ingest_that_is_killed_ends_with_each_filing_once(start, register):
    daemon = start()
    register.fault("/store/01234567doc0035", "slow", seconds=60)  # the second of them never comes
    events = iter(daemon.stream("/api/companies/01234567/ingest", {"categories": ["accounts"], "max": 3}))
    next(events)
    wait_until(lambda: len(register.requests("storage")) >= 1 and daemon.get("/api/documents").json["count"] == 1,
               "the first filing is there")
    kill9(daemon.pid)
    daemon.process.wait(PATIENCE)
    register.control("DELETE", "/faults")
    daemon = start()
    outcome = ingest(daemon, "01234567", categories=["accounts"], max=3)
    assert [filing["already_there"] for filing in outcome["filings"]] == [True, False, False]
    assert daemon.get("/api/documents").json["count"] == 3


def test_the_command_line_brings_filings_in(start, register):
    daemon = start()
    done = daemon.cli("company", "445790", "--ingest", "accounts,resolutions", "--max", "2", "--since", "2010-01-01",
                      "--json")
    told = json.loads(done.stdout)
    assert len(told["filings"]) == 2 and told["stopped"] is None
    assert {document["state"] for document in told["documents"]} <= {"ready", "failed"}


def test_a_redirect_to_plain_http_elsewhere_is_not_followed(start, register):
    register.fault("/content", "redirect", to="http://192.0.2.1/x", times=0)
    outcome = ingest(start(), "01234567", categories=["accounts"], max=1)
    assert "not https" in outcome["filings"][0]["reason"]
    assert outcome["stopped"]


def test_old_links_to_another_document_host_are_asked_at_the_configured_one(start, register):
    daemon = start()
    raw = daemon.get("/api/companies/01234567/filings?category=accounts").json["items"]
    assert any("old-document-host.invalid" in filing["links"]["document_metadata"] for filing in raw)
    outcome = ingest(daemon, "01234567", categories=["accounts"], max=7)
    assert all(filing["document"] for filing in outcome["filings"])


# ---- the first product's paths ----


def test_the_first_products_paths_answer_in_its_shapes(start, register):
    daemon = start()
    assert daemon.get("/api/companies-house/status").json["available"] is True
    for name in ("query", "q"):
        found = daemon.get(f"/api/companies-house/search?{name}=acme&type=company&limit=5").json
        assert (found["query"], found["total"]) == ("acme", 1)
        assert found["companies"]["items"][0]["title"] == "ACME WIDGETS LIMITED"  # the register's whole reply
    raw = daemon.get("/api/companies-house/company/1234567").json
    assert raw["company_name"] == "ACME WIDGETS LIMITED" and "a_member_of_tomorrow" in raw
    filings = daemon.get("/api/companies/01234567/filings?category=accounts").json["items"]
    one = daemon.post(f"/api/companies-house/company/01234567/filing/{filings[0]['transaction_id']}/download?category=accounts")
    assert one.status == 200 and one.json["category"] == "accounts" and one.json["doc_id"] and one.json["message"]
    body = {"company_number": "01234567", "categories": ["accounts"], "max_documents": 2}
    done = daemon.post("/api/companies-house/ingest", body).json
    assert done["success"] is True and done["company_number"] == "01234567" and done["errors"] == []
    assert len(done["ingested_documents"]) == 1 and len(done["skipped_documents"]) == 1


def test_without_a_key_the_first_products_paths_say_so(start, register):
    daemon = start(key=None)
    assert daemon.get("/api/companies-house/status").json["available"] is False
    assert daemon.get("/api/companies-house/search?query=acme").json == {"companies": [], "query": "acme", "total": 0}
    assert daemon.get("/api/companies-house/company/01234567").status == 503
    assert daemon.post("/api/companies-house/ingest", {"company_number": "01234567"}).status == 503
