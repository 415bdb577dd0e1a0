"""How a browser is let in to the page, and what it cannot do before, without, or beside it: SECURITY.md, "The page"."""

import gzip
import json
import os
import re
import subprocess

import pytest

from counsel import Daemon, wait_until
from test_trust import NOBODY, bearer, needs_another_account, ask_as, token_of

BROWSER = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def code_of(daemon, **more):
    reply = daemon.post("/page/code", more)
    assert reply.status == 200, reply.body
    return reply.json["url"].partition("#enter=")[2]


def enter(daemon, code, **more):
    return daemon.request("POST", "/page/session", None, {**BROWSER, **bearer(code), **more}, tcp=True)


def let_in(daemon):
    """The headers of a browser that was let in, and what changes bring along."""
    reply = enter(daemon, code_of(daemon))
    assert reply.status == 200, reply.body
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    return {**BROWSER, "Cookie": cookie}, {"X-Counsel-Csrf": reply.json["csrf"]}


def test_a_browser_of_the_same_user_needs_to_be_let_in(daemon):
    for headers in (BROWSER, TYPED, {"Origin": daemon.url}):
        refused = daemon.get("/api/models", tcp=True, headers=headers)
        assert refused.status == 401 and "counsel open" in refused.json["error"]["next_step"]
        change = daemon.request("PUT", "/api/config", {"name": "log.level", "value": "debug"}, headers, tcp=True)
        assert change.status == 401
    assert not (daemon.home / "counsel.toml").exists()
    known, change = let_in(daemon)
    assert daemon.get("/api/models", tcp=True, headers=known).status == 200
    assert daemon.get("/page/session", tcp=True, headers=known).json["user"] == "user"
    body = {"name": "log.level", "value": "debug"}
    assert daemon.request("PUT", "/api/config", body, {**known, **change}, tcp=True).status == 200


def test_a_change_must_prove_to_be_the_pages_own(daemon):
    known, change = let_in(daemon)
    for wrong in ({}, {"X-Counsel-Csrf": ""}, {"X-Counsel-Csrf": change["X-Counsel-Csrf"][:-1] + "g"}):
        for method, path, body in (("PUT", "/api/config", {"name": "log.level", "value": "debug"}), ("POST", "/api/stop", {}),
                                   ("DELETE", "/page/session", None)):
            assert daemon.request(method, path, body, {**known, **wrong}, tcp=True).status == 403, path
    assert daemon.process.poll() is None and not (daemon.home / "counsel.toml").exists()
    # What its cookie does, a page of another site cannot use even if the browser sent it along.
    for site in ("cross-site", "same-site"):
        foreign = {**known, **change, "Sec-Fetch-Site": site}
        assert daemon.post("/api/models/unload", {}, tcp=True, headers=foreign).status == 403
    evil = {**known, **change, "Origin": "http://evil.example"}
    assert daemon.post("/api/models/unload", {}, tcp=True, headers=evil).status == 403


def test_a_code_is_good_once(daemon):
    code = code_of(daemon)
    assert enter(daemon, code + "0").status == 401
    assert enter(daemon, code).status == 200
    again = enter(daemon, code)
    assert again.status == 401 and "counsel open" in again.json["error"]["next_step"]
    assert enter(daemon, "").status == 401


def test_codes_are_given_out_over_the_unix_socket_only(daemon):
    known, change = let_in(daemon)
    for headers in ({}, bearer(token_of(daemon)), {**known, **change}):
        assert daemon.post("/page/code", {}, tcp=True, headers=headers).status == 403
    assert daemon.post("/page/code", {}, tcp=True, headers=BROWSER).status == 401


@needs_another_account
def test_a_code_that_stands_in_a_browsers_arguments_is_of_no_use_to_another_account(daemon):
    code = code_of(daemon, own_account=True)
    sent = {**BROWSER, **bearer(code)}
    assert ask_as(NOBODY, daemon, ("POST", "/page/session", sent, None))[0][0] == 401
    proxied = enter(daemon, code, **{"X-Forwarded-For": "10.0.0.9"})
    assert proxied.status == 401
    assert enter(daemon, code).status == 200
    # One that was printed is for whoever it is given to.
    printed = {**BROWSER, **bearer(code_of(daemon))}
    assert ask_as(NOBODY, daemon, ("POST", "/page/session", printed, None))[0][0] == 200


def test_the_cookie_is_kept_from_scripts_other_sites_and_disks(daemon):
    reply = enter(daemon, code_of(daemon))
    cookie = reply.headers["Set-Cookie"]
    name, value = re.match(r"(counsel-[0-9a-f]{12})=([0-9a-f]{64});", cookie).groups()
    assert "; HttpOnly" in cookie and "; SameSite=Strict" in cookie and "; Path=/" in cookie and "; Max-Age=1209600" in cookie
    assert "Secure" not in cookie  # plain HTTP, on this machine
    behind = enter(daemon, code_of(daemon), **{"X-Forwarded-Proto": "https"})
    assert "; Secure" in behind.headers["Set-Cookie"]
    kept = daemon.home / "sessions"
    assert value not in kept.read_text() and kept.stat().st_mode & 0o777 == 0o600
    for path in daemon.home.rglob("*"):
        assert not path.is_file() or value.encode() not in path.read_bytes(), path


def test_a_cookie_holds_over_a_restart_but_not_for_another_home(daemon, tmp_path):
    known, _ = let_in(daemon)
    daemon.stop()
    daemon.start()
    assert daemon.get("/api/models", tcp=True, headers=known).status == 200
    (tmp_path / "other").mkdir()
    other = Daemon(tmp_path / "other").start()
    try:
        assert other.get("/api/models", tcp=True, headers=known).status == 401
        name, _, value = known["Cookie"].partition("=")
        theirs = enter(other, code_of(other)).headers["Set-Cookie"].partition("=")[0]
        assert theirs != name
        assert other.get("/api/models", tcp=True, headers={**BROWSER, "Cookie": f"{theirs}={value}"}).status == 401
    finally:
        other.stop()


def test_browsers_are_listed_and_revoked(daemon):
    known, change = let_in(daemon)
    second, _ = let_in(daemon)
    listed = json.loads(daemon.cli("open", "--list", "--json").stdout)["sessions"]
    assert [one["user"] for one in listed] == ["user", "user"] and listed[0]["expires_at"] - listed[0]["created_at"] == 1209600
    assert daemon.cli("open", "--revoke", listed[0]["id"]).returncode == 0
    assert daemon.get("/api/models", tcp=True, headers=known).status == 401
    assert daemon.get("/api/models", tcp=True, headers=second).status == 200
    unknown = daemon.cli("open", "--revoke", "nobody")
    assert unknown.returncode == 4 and listed[1]["id"] in unknown.stderr
    assert daemon.cli("open", "--revoke", "all").returncode == 0
    assert daemon.get("/api/models", tcp=True, headers=second).status == 401
    assert "counsel open" in daemon.cli("open", "--list").stdout
    # A browser signs itself out.
    third, change = let_in(daemon)
    assert daemon.request("DELETE", "/page/session", None, {**third, **change}, tcp=True).status == 200
    assert daemon.get("/api/models", tcp=True, headers=third).status == 401


def test_a_person_enters_with_a_token_and_is_that_person(daemon):
    token = token_of(daemon, "add", "bea")
    reply = enter(daemon, token)
    assert reply.status == 200 and reply.json["user"] == "bea"
    hers = {**BROWSER, "Cookie": reply.headers["Set-Cookie"].partition(";")[0], "X-Counsel-Csrf": reply.json["csrf"]}
    assert daemon.get("/api/matters", tcp=True, headers=hers).status == 200
    assert daemon.get("/api/config", tcp=True, headers=hers).status == 403
    assert daemon.post("/api/stop", {}, tcp=True, headers=hers).status == 403
    assert daemon.cli("token", "revoke", "bea").returncode == 0
    assert daemon.get("/api/matters", tcp=True, headers=hers).status == 401


def test_a_link_lets_a_browser_on_another_machine_in_through_the_proxy(daemon):
    assert daemon.cli("config", "set", "api.hosts", "counsel.firm.example").returncode == 0
    printed = daemon.cli("open", "--print").stdout.split()
    assert [url.partition("#")[0] for url in printed] == [f"{daemon.url}/", "https://counsel.firm.example/"]
    proxied = {**BROWSER, "Host": "counsel.firm.example", "Origin": "https://counsel.firm.example",
               "X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https"}
    stranger = daemon.get("/", tcp=True, headers={**proxied, **TYPED})
    assert stranger.status in (401, 404)  # the page, to be let in by it (404: built without)
    code = printed[1].partition("#enter=")[2]
    reply = daemon.request("POST", "/page/session", None, {**proxied, **bearer(code)}, tcp=True)
    assert reply.status == 200 and "; Secure" in reply.headers["Set-Cookie"]
    known = {**proxied, "Cookie": reply.headers["Set-Cookie"].partition(";")[0]}
    assert daemon.get("/api/models", tcp=True, headers=known).status == 200
    assert daemon.get("/api/models", tcp=True, headers=proxied).status == 401


def test_open_prints_a_link_where_there_is_no_browser(daemon):
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}
    del bare["PATH"]
    for arguments in (["open"], ["open", "--print"]):
        done = subprocess.run([os.environ.get("COUNSEL_BIN", "build/release/bin") + "/counsel", *arguments], text=True,
                              env={**bare, "COUNSEL_HOME": str(daemon.home)}, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        url, _, code = done.stdout.strip().partition("/#enter=")
        assert url == daemon.url and enter(daemon, code).status == 200


def test_open_hands_the_browser_a_code_for_this_account_alone(daemon, tmp_path):
    seen = tmp_path / "seen"
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    program.chmod(0o755)
    done = daemon.cli("open", environment={"PATH": f"{tmp_path}:{os.environ['PATH']}", "DISPLAY": ":7"})
    assert done.returncode == 0 and "#enter=" not in done.stdout + done.stderr
    code = seen.read_text().partition("#enter=")[2]
    if os.geteuid() == 0:
        assert ask_as(NOBODY, daemon, ("POST", "/page/session", {**BROWSER, **bearer(code)}, None))[0][0] == 401
    assert enter(daemon, code).status == 200


def test_open_starts_the_daemon(home):
    daemon = Daemon(home)
    try:
        done = daemon.cli("open", "--print")
        assert done.returncode == 0 and "/#enter=" in done.stdout
    finally:
        daemon.cli("stop")


# ---- its files ----


def page_names(daemon):
    index = daemon.get("/", tcp=True).body.decode()
    names = re.findall(r'"/page/([\w.-]+)"', index)
    if not names:
        pytest.skip("this Counsel was built without its page")
    return index, names


def test_the_page_is_served_compressed_and_under_names_that_never_change_their_meaning(daemon):
    index, names = page_names(daemon)
    assert len(names) == 2 and "JavaScript" in index
    whole = len(gzip.compress(index.encode()))
    for name in names:
        reply = daemon.get(f"/page/{name}", tcp=True, headers={**BROWSER, "Accept-Encoding": "gzip, br"})
        assert reply.status == 200 and reply.headers["Content-Encoding"] == "gzip"
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert re.fullmatch(r"app-[0-9a-f]{12}\.(js|css)", name) and gzip.decompress(reply.body)
        whole += len(reply.body)
        assert daemon.get(f"/page/{name}", tcp=True).status == 415  # who takes no gzip is told
    assert whole < 150_000
    first = daemon.get("/", tcp=True, headers=TYPED)
    assert first.headers["Cache-Control"] == "no-cache"
    same = daemon.get("/", tcp=True, headers={**TYPED, "If-None-Match": first.headers["ETag"]})
    assert same.status == 304 and same.body == b""
    assert daemon.get("/page/app-000000000000.js", tcp=True).status == 404


def test_nothing_but_the_pages_own_script_runs_in_it(daemon):
    page_names(daemon)
    reply = daemon.get("/", tcp=True, headers=TYPED)
    assert reply.status == 401  # nobody known yet: the page itself says how to be let in
    policy = dict(part.strip().split(" ", 1) for part in reply.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert reply.headers["Referrer-Policy"] == "no-referrer" and reply.headers["X-Frame-Options"] == "DENY"
    assert "<script>" not in reply.body.decode()


@needs_another_account
def test_another_account_gets_the_page_but_nothing_through_it(daemon):
    _, names = page_names(daemon)
    for path in ("/", *[f"/page/{name}" for name in names]):
        status, _, text = ask_as(NOBODY, daemon, ("GET", path, {**TYPED}, None))[0]
        assert status in (401, 415), path
    assert ask_as(NOBODY, daemon, ("GET", "/page/session", BROWSER, None))[0][0] == 401


def test_a_working_copy_is_served_instead(home, tmp_path):
    (tmp_path / "index.html").write_text("<p>mine")
    daemon = Daemon(home, {"COUNSEL_WEB": str(tmp_path)}).start()
    try:
        assert daemon.get("/", tcp=True).body == b"<p>mine"
        (tmp_path / "index.html").write_text("<p>changed")
        assert daemon.get("/", tcp=True).body == b"<p>changed"
        (tmp_path.parent / "secret.html").write_text("secret")
        for path in ("/page/..%2fsecret.html", "/page/%2e%2e%2fsecret.html", "/page/none.js"):
            assert daemon.get(path, tcp=True).status == 404, path
    finally:
        daemon.stop()


# ---- what it shows ----


def test_an_original_is_kept_never_shown(daemon, tmp_path):
    content = b"<script>alert(1)</script> The lease ends on 3 May 2031."
    (tmp_path / "l\u00e9ase \u202e.html").write_bytes(content)
    document = daemon.add(tmp_path / "l\u00e9ase \u202e.html")["id"]
    reply = daemon.get(f"/api/documents/{document}/original", tcp=True)
    assert reply.status == 200 and reply.body == content
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"] == "attachment; filename*=UTF-8''l%C3%A9ase%20%E2%80%AE.html"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox")
    assert daemon.get("/api/documents/none/original", tcp=True).status == 404


def test_a_passage_is_asked_for_by_its_page(daemon, tmp_path):
    import make_client_folder
    (tmp_path / "agreement.pdf").write_bytes(make_client_folder.agreement_pdf())
    document = daemon.add(tmp_path / "agreement.pdf")["id"]
    second = daemon.get(f"/api/documents/{document}/passage?page=2").json
    assert second["page"] == second["last_page"] == 2 and second["pages"][0]["words"]
    assert daemon.text(document, second["start"], second["end"]) == second["text"]
    assert daemon.get(f"/api/documents/{document}/passage?page=9").status == 404
    for wrong in ("page=x", "page=1&start=0&end=5", ""):
        assert daemon.get(f"/api/documents/{document}/passage?{wrong}").status == 400, wrong


def test_the_doctor_is_asked_over_http_too(daemon):
    reply = daemon.get("/api/doctor", tcp=True).json
    told = json.loads(daemon.cli("doctor", "--json").stdout)
    assert [one["check"] for one in reply["checks"]] == [one["check"] for one in told["checks"]]
    wait_until(lambda: not daemon.children(), "the readers that it asked are gone")
