"""Who may use the daemon over TCP, and what of it nobody may: SECURITY.md, in the same order."""

import contextlib
import json
import os
import re
import resource
import signal
import socket
import stat
import struct
import subprocess
import time
from pathlib import Path

import pytest

from counsel import COUNSEL, LICENSES, Daemon, cli, wait_until

ROOT = Path(__file__).parent.parent
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
NEW_USERS = ("unshare", "--user")  # a namespace in which no account has a number

# What another account runs: reads [[method, target, headers, body], …] and writes [[status, headers, body], …].
CLIENT = """
import http.client, json, sys
host, port, requests = json.load(sys.stdin)
replies = []
for method, target, headers, body in requests:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.request(method, target, body, headers)
    reply = connection.getresponse()
    text = "" if reply.headers.get_content_type() == "text/event-stream" else reply.read().decode()
    replies.append([reply.status, {name.lower(): value for name, value in reply.headers.items()}, text])
    connection.close()
json.dump(replies, sys.stdout)
"""


def possible(*wrapper):
    return subprocess.run([*wrapper, "true"], capture_output=True).returncode == 0


needs_another_account = pytest.mark.skipif(
    os.geteuid() != 0 or not possible(*NOBODY), reason="only root can be another account")
needs_user_namespaces = pytest.mark.skipif(not possible(*NEW_USERS), reason="no user namespaces here")


def ask_as(wrapper, daemon, *requests, host="127.0.0.1"):
    asked = [[method, target, headers or {}, body] for method, target, headers, body in requests]
    done = subprocess.run([*wrapper, "/usr/bin/python3", "-I", "-c", CLIENT],
                          input=json.dumps([host, daemon.port, asked]), capture_output=True, text=True, timeout=240, cwd="/")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def statuses(wrapper, daemon, headers=None, host="127.0.0.1"):
    return [reply[0] for reply in ask_as(wrapper, daemon, ("GET", "/api/models", headers, None),
                                         ("GET", "/health", headers, None), host=host)]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def token_of(daemon, *arguments):
    done = daemon.cli("token", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def all_routes():
    """Of the table itself: (method, path) with something for what stands in braces."""
    found = []
    for file in sorted((ROOT / "src/http").glob("*.cc")):
        found += re.findall(r'push_back\(\{"([A-Z]+)", "(/[^"]*)"', file.read_text())
    assert len(found) > 60
    return [(method, re.sub(r"\{\w+\}", "a-name", path)) for method, path in found]


@contextlib.contextmanager
def running(home, environment=None, wrapper=()):
    home.mkdir(exist_ok=True)
    daemon = Daemon(home, environment)
    daemon.wrapper = wrapper
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()


# ---- other accounts of the machine ----


@needs_another_account
def test_another_account_is_refused_on_every_route_but_health(daemon):
    routes = [*all_routes(), ("GET", "/"), ("GET", "/no/such/path"), ("DELETE", "/api/ask"), ("POST", "/health")]
    replies = ask_as(NOBODY, daemon, *[(method, path, {}, "{}" if method != "GET" else None) for method, path in routes])
    for (method, path), (status, headers, text) in zip(routes, replies):
        if path == "/health":
            continue
        assert status == 401, (method, path, text)
        assert headers["www-authenticate"] == "Bearer"
        assert "counsel token" in text, (method, path, text)
    health = replies[routes.index(("GET", "/health"))]
    assert health[0] == 200 and json.loads(health[2]) == {"status": "ok"}
    assert daemon.process.poll() is None


@needs_another_account
def test_another_account_is_let_in_with_the_token(daemon):
    token = token_of(daemon)
    reading = [(method, path) for method, path in all_routes() if method == "GET"]
    replies = ask_as(NOBODY, daemon, *[(method, path, bearer(token), None) for method, path in reading])
    assert not [route for route, reply in zip(reading, replies) if reply[0] in (401, 403)]
    assert statuses(NOBODY, daemon, bearer(token)) == [200, 200]
    assert statuses(NOBODY, daemon, bearer(token[:-1] + "g")) == [401, 200]
    stopped = ask_as(NOBODY, daemon, ("POST", "/api/stop", bearer(token), "{}"))
    assert stopped[0][0] == 200
    daemon.process.wait(60)


def test_the_same_user_needs_no_token(daemon):
    assert daemon.get("/api/models", tcp=True).status == 200
    assert "version" in daemon.get("/health", tcp=True).json
    # Clients of OpenAI's send some key with everything.
    assert daemon.get("/v1/models", tcp=True, headers=bearer("sk-nothing")).status == 200
    connection = socket.create_connection(("127.0.0.1", daemon.port), timeout=60)
    for _ in range(3):  # one connection, several requests
        connection.sendall(b"GET /api/config HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    # Half closed: the reply is still waited for.
    connection.sendall(b"GET /api/config HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port)
    connection.shutdown(socket.SHUT_WR)
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.close()


def test_the_same_user_over_ipv6_and_with_a_socket_of_ipv6(home, daemon):
    with socket.socket(socket.AF_INET6) as mapped:
        mapped.connect(("::ffff:127.0.0.1", daemon.port))
        mapped.sendall(b"GET /api/matters HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port)
        assert mapped.recv(65536).startswith(b"HTTP/1.1 200")
    daemon.stop()
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with running(home, {"COUNSEL_ADDRESS": "::1"}) as six:
        with socket.create_connection(("::1", six.port)) as connection:
            connection.sendall(b"GET /api/matters HTTP/1.1\r\nHost: [::1]:%d\r\n\r\n" % six.port)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        if os.geteuid() == 0:
            assert statuses(NOBODY, six, host="::1") == [401, 200]


def send_and_leave(wrapper, daemon, request, how):
    """Sends while the daemon stands still and is gone, however, before it looks."""
    program = (f"import socket, struct; s = socket.create_connection(('127.0.0.1', {daemon.port}))\n"
               f"s.sendall({request!r})\n"
               "if {how!r} == 'reset': s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))\n"
               "if {how!r} == 'shutdown': s.shutdown(socket.SHUT_RDWR)\n"
               "s.close()\n").replace("{how!r}", repr(how))
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        done = subprocess.run([*wrapper, "/usr/bin/python3", "-I", "-c", program], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
    finally:
        os.kill(daemon.pid, signal.SIGCONT)


@pytest.mark.parametrize("how", ["close", "shutdown", "reset"])
@pytest.mark.parametrize("who", ["the same user", "another account"])
def test_who_sends_and_closes_at_once_gets_nothing_done(daemon, tmp_path, who, how):
    if who == "another account" and os.geteuid() != 0:
        pytest.skip("only root can be another account")
    wrapper = NOBODY if who == "another account" else ()
    (tmp_path / "note.txt").write_text("The lease ends on 3 May 2031.")
    document = daemon.add(tmp_path / "note.txt")["id"]
    port = daemon.port
    delete = f"DELETE /api/documents/{document} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    body = json.dumps({"name": "MEMORY_THRESHOLD", "value": "0.11"})
    change = (f"PUT /api/config HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
              f"Content-Length: {len(body)}\r\n\r\n{body}")
    stop = f"POST /api/stop HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"
    for request in (delete, change, stop):
        for _ in range(3):
            send_and_leave(wrapper, daemon, request.encode(), how)
    for _ in range(5):  # they were accepted before these
        assert daemon.get("/api/matters", tcp=True).status == 200
    assert daemon.get(f"/api/documents/{document}").json["state"] == "ready"
    assert not (daemon.home / "counsel.toml").exists()


@needs_another_account
def test_nothing_is_read_of_a_body_before_it_is_known_who_sends_it(daemon):
    """A refused upload leaves no byte, and is not even asked to be sent."""
    program = (f"import socket; s = socket.create_connection(('127.0.0.1', {daemon.port}))\n"
               f"s.sendall(b'POST /api/documents HTTP/1.1\\r\\nHost: 127.0.0.1:{daemon.port}\\r\\nExpect: 100-continue\\r\\n'\n"
               "  b'Content-Type: multipart/form-data; boundary=x\\r\\nContent-Length: 1000000\\r\\n\\r\\n')\n"
               "print(s.recv(65536).decode())")
    said = subprocess.run([*NOBODY, "/usr/bin/python3", "-I", "-c", program], capture_output=True, text=True, cwd="/").stdout
    assert said.startswith("HTTP/1.1 401") and "100 Continue" not in said
    assert not [path for path in (daemon.home / "originals").rglob("*") if path.is_file()]


def test_what_is_in_a_home_that_others_may_enter_is_private_all_the_same(home, tmp_path):
    home.mkdir(mode=0o755)
    (home / ".env").write_text("COUNSEL_LOG_FILE=" + str(home / "own.log") + "\n")
    (home / "counsel.db").touch(mode=0o644)  # as an older version left it
    (tmp_path / "note.txt").write_text("The lease ends on 3 May 2031.")
    with running(home) as daemon:
        daemon.add(tmp_path / "note.txt")
        assert daemon.cli("config", "set", "log.level", "debug").returncode == 0
        seen = 0
        for path in home.rglob("*"):
            open_to = stat.S_IMODE(path.lstat().st_mode) & 0o077
            inside_a_private_folder = any(stat.S_IMODE(parent.stat().st_mode) & 0o077 == 0 for parent in path.parents
                                          if parent != home and home in parent.parents)
            assert open_to == 0 or inside_a_private_folder, path
            seen += 1
        assert seen > 8


# ---- other namespaces ----


@needs_another_account
@needs_user_namespaces
def test_another_account_in_a_user_namespace_of_its_own_is_refused(daemon):
    for wrapper in ((*NOBODY, *NEW_USERS), (*NOBODY, *NEW_USERS, "--map-root-user")):
        if possible(*wrapper):
            assert statuses(wrapper, daemon) == [401, 200]


@needs_another_account
@needs_user_namespaces
def test_a_daemon_that_cannot_tell_accounts_apart_asks_everybody_for_the_token(home):
    """In such a namespace its own account and all others have the number 65534."""
    with running(home, wrapper=NEW_USERS) as daemon:
        assert statuses((), daemon) == [401, 200]
        assert statuses(NOBODY, daemon) == [401, 200]
        assert statuses(NOBODY, daemon, bearer((home / "token").read_text().strip())) == [200, 200]
        assert daemon.get("/api/models").status == 200  # the unix socket is a file of this user's


@needs_another_account
@needs_user_namespaces
def test_a_daemon_in_a_user_namespace_knows_its_own_user_alone(home):
    with running(home, wrapper=(*NEW_USERS, "--map-root-user")) as daemon:
        assert statuses((), daemon) == [200, 200]
        assert statuses(NOBODY, daemon) == [401, 200]


# ---- tokens ----


def test_the_homes_token_is_made_at_the_first_start_and_is_private(daemon):
    file = daemon.home / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token_of(daemon) == file.read_text().strip() and len(file.read_text().strip()) == 64
    assert json.loads(daemon.cli("token", "--json").stdout) == {"token": token_of(daemon)}


def test_tokens_of_persons_hold_at_once_and_are_kept_as_digests(daemon):
    proxied = {"X-Forwarded-For": "10.0.0.9"}
    bea = token_of(daemon, "add", "bea")
    assert daemon.get("/api/models", tcp=True, headers={**proxied, **bearer(bea)}).status == 200
    assert "bea" in token_of(daemon, "list")
    assert [one["name"] for one in json.loads(token_of(daemon, "list", "--json"))["tokens"]] == ["bea"]
    for file in daemon.home.rglob("*"):
        if file.is_file():
            assert bea.encode() not in file.read_bytes(), file
    assert daemon.cli("token", "add", "bea").returncode == 1
    assert daemon.cli("token", "add", "a b").returncode == 2
    assert daemon.cli("token", "revoke", "bea").returncode == 0
    assert daemon.get("/api/models", tcp=True, headers={**proxied, **bearer(bea)}).status == 401
    assert daemon.cli("token", "revoke", "bea").returncode == 4


def test_a_person_with_a_token_neither_changes_settings_nor_stops_the_daemon(daemon):
    bea = bearer(token_of(daemon, "add", "bea"))
    for method, path in (("GET", "/api/config"), ("PUT", "/api/config"), ("POST", "/api/stop"), ("POST", "/api/check"),
                         ("POST", "/api/backup"), ("POST", "/api/export")):
        reply = daemon.request(method, path, {}, bea, tcp=True)
        assert reply.status == 403 and "'bea'" in reply.json["error"]["message"], path
    assert daemon.get("/api/matters", tcp=True, headers=bea).status == 200


def test_a_token_that_is_set_is_asked_of_everybody(home):
    with running(home, {"COUNSEL_API_TOKEN": "chosen"}) as daemon:
        assert daemon.get("/api/models", tcp=True).status == 401
        assert daemon.get("/api/models", tcp=True, headers=bearer("chosen")).status == 200
        assert daemon.get("/api/models", tcp=True, headers=bearer((home / "token").read_text().strip())).status == 401
        assert daemon.cli("token", environment={"COUNSEL_API_TOKEN": "chosen"}).stdout == "chosen\n"
        other = daemon.cli("token")
        assert other.returncode == 1 and "api.token of its own" in other.stderr


def test_a_backup_has_no_token_in_it(daemon, tmp_path):
    token, bea = token_of(daemon), token_of(daemon, "add", "bea")
    assert daemon.cli("backup", tmp_path / "copy").returncode == 0
    for file in (tmp_path / "copy").rglob("*"):
        if file.is_file():
            assert token.encode() not in file.read_bytes() and bea.encode() not in file.read_bytes()
            assert file.name not in ("token", "tokens")


# ---- what is for the user's hand only ----


def test_programs_folders_and_files_are_not_set_over_tcp_by_anybody(daemon):
    token = token_of(daemon)
    settings = daemon.get("/api/config").json["settings"]
    by_hand = [one["name"] for one in settings if not one["over_tcp"]]
    assert {"engine.llama_server", "models.folder", "MAIN_MODEL", "EMBEDDING_MODEL", "log.file", "CH_CA_FILE", "CH_API_URL",
            "api.address", "api.hosts", "api.token", "ALLOWED_ORIGINS"} <= set(by_hand)
    for headers in ({}, bearer(token)):
        for name in by_hand:
            for value in ("/bin/true", None):
                reply = daemon.request("PUT", "/api/config", {"name": name, "value": value}, headers, tcp=True)
                expected = 400 if name == "CH_API_KEY" else 403
                assert reply.status == expected, (name, reply.body)
    assert not (daemon.home / "counsel.toml").exists()
    assert daemon.request("PUT", "/api/config", {"name": "log.level", "value": "debug"}, tcp=True).status == 200
    own = daemon.request("PUT", "/api/config", {"name": "engine.llama_server", "value": "/bin/true"})
    assert own.status == 200 and own.json["value"] == "/bin/true"
    refused = daemon.request("PUT", "/api/config", {"name": "engine.llama_server", "value": None}, tcp=True)
    assert refused.status == 403 and "counsel config set" in refused.json["error"]["next_step"]


def test_no_route_takes_a_path_over_tcp(daemon, tmp_path):
    (tmp_path / "note.txt").write_text("The lease ends on 3 May 2031.")
    token = bearer(token_of(daemon))
    for path, body in (("/api/documents/local", {"path": str(tmp_path / "note.txt")}),
                       ("/api/backup", {"path": str(tmp_path / "copy")}),
                       ("/api/export", {"path": str(tmp_path / "out"), "matter": "general"})):
        for headers in ({}, token):
            assert daemon.post(path, body, tcp=True, headers=headers).status == 403, path
    assert daemon.get("/api/documents").json["count"] == 0
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("home", "home.log")] == ["note.txt"]


# ---- web pages ----


def test_a_page_of_another_site_is_refused_whatever_it_sends(daemon):
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert daemon.get("/api/models", tcp=True, headers=picture).status == 403
    assert daemon.get("/api/models", tcp=True, headers={**picture, "Sec-Fetch-Site": "same-site"}).status == 403
    assert daemon.get("/api/models", tcp=True, headers={"Sec-Fetch-Site": "none"}).status == 401
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert daemon.get("/", tcp=True, headers=link).status != 403
    assert daemon.get("/api/models", tcp=True, headers=link).status == 403
    assert daemon.request("POST", "/", {}, link, tcp=True).status == 403


def test_every_reply_says_that_it_is_for_its_own_origin_and_of_its_type(daemon):
    replies = [daemon.get("/health", tcp=True), daemon.get("/nothing", tcp=True), daemon.get("/api/models"),
               daemon.get("/api/models", tcp=True, headers={"Host": "evil.example"}),
               daemon.post("/api/ask", "[", tcp=True)]
    assert [reply.status for reply in replies] == [200, 404, 200, 403, 400]
    for reply in replies:
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_no_get_has_an_effect(daemon, tmp_path):
    (tmp_path / "note.txt").write_text("The lease ends on 3 May 2031.")
    document = daemon.add(tmp_path / "note.txt")
    assert daemon.post("/api/models/unload").status == 200
    generator = daemon.model("generator")["name"]
    before = {path: path.stat().st_mtime_ns for path in daemon.home.rglob("*") if path.is_file()}
    for method, path in all_routes():
        if method != "GET" or path == "/api/events":
            continue
        path = path.replace("/models/a-name", f"/models/{generator}").replace("/documents/a-name", f"/documents/{document['id']}")
        assert daemon.get(path, tcp=True).status < 600, path
    assert daemon.children() == []
    assert {model["state"] for model in daemon.get("/api/status").json["models"]} == {"cold"}
    after = {path: path.stat().st_mtime_ns for path in daemon.home.rglob("*") if path.is_file()}
    assert {path for path in after if not path.name.startswith("counsel.db")} == \
        {path for path in before if not path.name.startswith("counsel.db")}
    assert daemon.get("/api/documents").json["documents"][0]["id"] == document["id"]
    loads_nothing = daemon.get(f"/api/models/{generator}/props")
    assert loads_nothing.status == 503 and "POST" in loads_nothing.json["error"]["next_step"]


# ---- the network ----


def test_what_comes_through_a_proxy_needs_the_token(daemon):
    token = bearer(token_of(daemon))
    for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via"):
        assert daemon.get("/api/models", tcp=True, headers={header: "10.0.0.9"}).status == 401, header
        assert daemon.get("/api/models", tcp=True, headers={header: "10.0.0.9", **token}).status == 200, header


def test_a_host_that_is_named_needs_the_token_and_is_followed_live(daemon):
    named = {"Host": "counsel.firm.example"}
    assert daemon.get("/health", tcp=True, headers=named).status == 403
    assert daemon.cli("config", "set", "api.hosts", "counsel.firm.example").returncode == 0
    assert daemon.get("/health", tcp=True, headers=named).json == {"status": "ok"}
    assert daemon.get("/api/models", tcp=True, headers=named).status == 401
    assert daemon.get("/api/models", tcp=True, headers={**named, **bearer(token_of(daemon))}).status == 200
    ours = {**named, "Host": "counsel.firm.example:443", "Origin": "https://counsel.firm.example:443"}
    assert daemon.get("/api/models", tcp=True, headers={**ours, **bearer(token_of(daemon))}).status == 200
    assert daemon.get("/api/models", tcp=True).status == 200


def own_address():
    """An address of this machine that is not loopback, or nothing. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
        return None if address.startswith("127.") else address


def test_listening_beyond_loopback_works_and_wants_the_token(home):
    address = own_address()
    with running(home, {"COUNSEL_ADDRESS": "0.0.0.0", "COUNSEL_HOSTS": f"counsel.firm.example,{address}"}) as daemon:
        assert "plain HTTP" in (home.parent / "home.log").read_text()
        token = bearer(token_of(daemon))
        named = {"Host": f"counsel.firm.example:{daemon.port}"}
        assert daemon.get("/api/models", tcp=True, headers=named).status == 401
        assert daemon.get("/api/models", tcp=True, headers={**named, **token}).status == 200
        assert daemon.get("/api/models", tcp=True).status == 200  # 127.0.0.1: the same user
        if address:
            assert statuses((), daemon, host=address) == [401, 200]
            assert statuses((), daemon, token, host=address) == [200, 200]
        checks = json.loads(cli(home, "doctor", "--json", environment={
            "COUNSEL_ADDRESS": "0.0.0.0", "COUNSEL_HOSTS": "x"}).stdout)["checks"]
        assert any(check["check"] == "HTTP API" and "without encryption" in check["detail"] for check in checks)


def test_listening_everywhere_without_names_is_refused_at_the_start(home):
    failed = cli(home, "serve", environment={"COUNSEL_ADDRESS": "0.0.0.0"})
    assert failed.returncode == 2 and "COUNSEL_HOSTS" in failed.stderr


def test_tcp_cannot_lock_the_command_line_out(daemon):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2048), hard), hard))
    with contextlib.ExitStack() as held:
        taken = [held.enter_context(socket.create_connection(("127.0.0.1", daemon.port))) for _ in range(520)]
        request = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port
        taken[511].sendall(request)  # the last that is let in
        assert taken[511].recv(65536).startswith(b"HTTP/1.1 200")
        taken[519].sendall(request)
        began = time.monotonic()
        assert daemon.get("/api/status").status == 200
        assert daemon.cli("status").returncode == 0
        assert time.monotonic() - began < 50  # before the first of them is dropped for doing nothing
        taken[519].setblocking(False)
        with pytest.raises(BlockingIOError):
            taken[519].recv(1)  # it waits meanwhile
    wait_until(lambda: daemon.get("/health", tcp=True).status == 200, "TCP serves again")


# ---- the page itself ----


def test_security_md_names_tests_that_exist():
    text = (ROOT / "SECURITY.md").read_text()
    for file, name in re.findall(r"`((?:tests|web)/[\w/]+\.py)::(\w+)`", text):
        assert f"def {name}(" in (ROOT / file).read_text(), (file, name)
    named = re.findall(r"`(test_\w+)`", text)
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    for name in named:
        assert f"def {name}(" in sources, name
    suites = re.findall(r"`([A-Z]\w+)\.([A-Z]\w+)`", text)
    units = "\n".join(path.read_text() for folder in ("src", "extractor", "remote") for path in (ROOT / folder).rglob("*_test.cc"))
    for suite, name in suites:
        assert re.search(rf"TEST(_F)?\(\s*{suite},\s*{name}\)", units), (suite, name)
    assert len(named) + len(suites) > 30
