"""Companies House, against the register of tests/register: start, a dossier, the limit, mutated replies. See bench/README.md."""

import collections
import concurrent.futures
import contextlib
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import Daemon, pss, report, run, scratch  # noqa: E402
from test_companies_house import KEY, Register, share_the_limit  # noqa: E402

ROUNDS = 40
REPLIES = int(os.environ.get("COUNSEL_BENCH_REPLIES", "1000"))  # for each endpoint
LARGE = 10  # of them of 100 MB
UNREACHABLE = "https://192.0.2.1"  # an address of documentation: nobody is there
os.environ.pop("CH_API_KEY", None)


@contextlib.contextmanager
def register_at(folder, *arguments):
    register = Register(folder, *arguments)
    try:
        yield register
    finally:
        register.stop()


@contextlib.contextmanager
def daemon_with(register, home):
    home.mkdir(exist_ok=True)
    daemon = Daemon(home, {**register.environment, "CH_API_KEY": KEY}).start()
    try:
        yield daemon
    finally:
        daemon.stop()


def bench_start():
    print(f"start to the first answer, {ROUNDS} rounds, the order turned each time")
    with scratch() as folder, register_at(folder) as register:
        home = folder / "home"
        home.mkdir()
        closed = {"CH_API_URL": "https://127.0.0.1:1", "CH_DOCUMENT_URL": "https://127.0.0.1:1"}
        nowhere = {"CH_API_URL": UNREACHABLE, "CH_DOCUMENT_URL": UNREACHABLE}
        ways = {"without a key": dict(register.environment),
                "with a key": {**register.environment, "CH_API_KEY": KEY},
                "with a key, the network down (closed port)": {**register.environment, **closed, "CH_API_KEY": KEY},
                "with a key, the network down (no such host)": {**register.environment, **nowhere, "CH_API_KEY": KEY}}
        times = {way: [] for way in ways}
        for turn in range(ROUNDS + 1):
            order = list(ways)[turn % len(ways):] + list(ways)[:turn % len(ways)]
            for way in order:
                began = time.perf_counter()
                daemon = Daemon(home, ways[way]).start()
                daemon.get("/health")
                took = time.perf_counter() - began
                daemon.stop()
                if turn:  # the first makes the home
                    times[way].append(took)
        medians = {way: statistics.median(values) * 1000 for way, values in times.items()}
        for way, median in medians.items():
            report(f"{way}, median", median, "ms")
        apart = max(medians.values()) - min(medians.values())
        report("slowest over fastest", apart, "ms", "5 ms", apart <= 5)
        asked = len(register.requests())
        report("requests that the register saw", asked, "", "0", asked == 0)


def pages(count, cap):
    return -(-count // cap)


def bench_dossier():
    print("what a dossier costs: profile + a page for each list that there is + ⌈officers ÷ cap⌉ + filings")
    # The register gives so many officers at once, whatever is asked for; of charges 25.
    caps = {"00445790": 35, "07777777": 100, "01234567": 50}
    with scratch() as folder, register_at(folder) as register, daemon_with(register, folder / "home") as daemon:
        register.settings(limit=100000, window=300, spent=0)
        for number in ("00445790", "07777777", "01234567", "08765432", "SC012345", "IP12345R"):
            register.forget()
            told = daemon.get(f"/api/companies/{number}").json
            parts = {name: told[name]["total"] for name in ("officers", "owners", "owner_statements", "charges", "insolvency")}
            lists = sum(1 for name in ("owners", "owner_statements", "insolvency") if parts[name]) + pages(parts["charges"], 25)
            officers = pages(parts["officers"], caps.get(number, 35))
            expected = 1 + lists + officers + 1
            seen = len(register.requests("api"))
            report(f"{number}: requests (expected 1 + {lists} + {officers} + 1)", seen, "", expected,
                   seen == expected == told["requests"])
            took = []
            for _ in range(9):
                began = time.perf_counter()
                again = daemon.get(f"/api/companies/{number}").json
                took.append(time.perf_counter() - began)
            fresh = len(register.requests("api")) - seen
            report("  again, fresh: requests", fresh, "", "0", fresh == 0 == again["requests"])
            report("  again, fresh: median of 9", statistics.median(took) * 1000, "ms", "50 ms", statistics.median(took) <= 0.05)


def bench_limit():
    print("10 clients, 2,000 requests, 600 in 3 s, half of the first window spent by somebody else")
    for spelling in ("remain", "remaining"):
        with scratch() as folder, register_at(folder) as register, daemon_with(register, folder / "home") as daemon:
            told = share_the_limit(daemon, register, spelling)
        refused = told["statuses"].count(429)
        report(f"X-Ratelimit-{spelling.title()}: 429s provoked", refused, "", "0", refused == 0)
        report("  share of the permitted rate used, whole windows", told["used"] * 100, "%", "98 %", told["used"] >= 0.98)
        slowest = min(told["served"]) / (sum(told["served"]) / len(told["served"]))
        report("  the slowest client's part of an even share", slowest * 100, "%", "80 %", slowest >= 0.8)
        report("  all of them after", told["seconds"], "s")


# Each endpoint of the client: the path at the register, and a request of the daemon that reads it.
ENDPOINTS = {
    "search": ("^/search/companies", "/api/companies?q=acme"),
    "advanced search": ("^/advanced-search/", "/api/companies/search?q=acme"),
    "profile": ("/company/08765432$", "/api/companies/08765432?"),
    "registered office": ("/registered-office-address$", "/api/companies/08765432/registered-office?"),
    "officers": ("/company/08765432/officers", "/api/companies/08765432?"),
    "persons with significant control": ("/persons-with-significant-control\\?", "/api/companies/OC300001?"),
    "their statements": ("/persons-with-significant-control-statements", "/api/companies/SC012345?"),
    "charges": ("/company/08765432/charges", "/api/companies/08765432?"),
    "insolvency": ("/company/08765432/insolvency", "/api/companies/08765432?"),
    "filing history": ("/company/08765432/filing-history", "/api/companies/08765432?"),
    "appointments": ("^/officers/", None),
    "one filing": ("/filing-history/T", "filing"),
    "a document's metadata": ("/document/[^/]+$", "accounts"),
}


def ask_for(daemon, how):
    """One request of the daemon that reads the endpoint. Returns what came of it: a status, or of an ingest its end."""
    if how.startswith("/"):
        reply = daemon.get(how + "&fresh=true")
        assert reply.json
        return reply.status
    body = {"max": 1, "fresh": True, **({"categories": ["accounts"]} if how == "accounts" else {"filing": how})}
    name, data = list(daemon.stream("/api/companies/01234567/ingest", body))[-1]
    assert name in ("done", "error"), name
    return name if name == "error" else "stopped" if data["stopped"] else "no document"


def bench_mutated():
    print(f"{REPLIES} replies for each endpoint: bytes flipped, members missing or of other types, cut short, {LARGE} of 100 MB")
    allowed = {200, 400, 404, 413, 422, "error", "stopped", "no document"}
    with scratch() as folder, register_at(folder) as register, daemon_with(register, folder / "home") as daemon:
        register.settings(limit=900000, window=300, spent=0)
        officer = daemon.get("/api/companies/01234567/officers").json["records"][0]["appointments"].split("/")[2]
        filings = daemon.get("/api/companies/01234567/filings?category=accounts").json["records"]
        begin, replies = None, 0
        with concurrent.futures.ThreadPoolExecutor(4) as clients:
            for name, (path, how) in ENDPOINTS.items():
                how = f"/api/companies/officers/{officer}/appointments?" if how is None else how
                how = filings[0]["transaction"] if how == "filing" else how
                counts, mutated = collections.Counter(), 0
                for kind, count, more in (("mutate", REPLIES - LARGE, {"seed": 1, "step": 1}),
                                          ("large", LARGE, {"bytes": 100 << 20})):
                    register.forget()
                    register.fault(path, kind, times=0, **more)
                    register.fault("^/store/", "status", status=404, times=0)  # no document is to come in
                    counts.update(clients.map(lambda _: ask_for(daemon, how), range(count)))
                    mutated += register.control("GET", "/faults")["taken"]
                assert set(counts) <= allowed, counts
                assert mutated >= REPLIES, (name, mutated)
                replies += mutated
                after = pss(daemon.pid)
                begin = begin if begin is not None else after  # the first has filled the caches
                told = ", ".join(f"{count} × {what}" for what, count in counts.most_common())
                print(f"  {name:<34} {mutated} replies: {told}; {after:.1f} MB", flush=True)
        register.forget()
        assert daemon.get("/api/companies/01234567?fresh=true").json["company"]["name"] == "ACME WIDGETS LIMITED"
        report("replies, crashes", replies, f"over {len(ENDPOINTS)} endpoints, {int(daemon.process.poll() is not None)}",
               "0", daemon.process.poll() is None)
        report("the daemon's memory (Pss) after the last, over after the first", pss(daemon.pid) - begin, "MB", "8 MB",
               pss(daemon.pid) - begin <= 8)


if __name__ == "__main__":
    run({"start": bench_start, "dossier": bench_dossier, "limit": bench_limit, "mutated": bench_mutated})
