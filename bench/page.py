"""The page in Chromium: what the first view transfers, when it is painted, and when a page image with its marks stands there.

    bench/run page [first|quote|place|open|hour]      (needs what ./test page sets up)

`open` leaves the page open for ten minutes; `hour` (only when it is named) for an hour.
"""

import gzip
import os
import re
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "web/test"))

from bench import LICENSES, daemon_at, pss, report, run, scratch  # noqa: E402

from browser import launched  # noqa: E402
from make_client_folder import agreement_pdf  # noqa: E402

TIMES = 20
PAINT = """() => new Promise(done => {
  const look = () => { const [, first] = performance.getEntriesByType("paint"); first ? done(first.startTime) : requestAnimationFrame(look) };
  look();
})"""

# Enter is pressed; then the time until a frame with a quote in it has been painted.
QUOTED = """() => new Promise(done => {
  const began = performance.now();
  document.querySelector(".question").requestSubmit();
  const look = () => document.querySelector(".quotes blockquote")
    ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
  look();
})"""


def in_chromium(work):
    with scratch() as folder, daemon_at(folder / "home") as daemon, launched() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(daemon.post("/page/code", {}).json["url"])
        page.wait_for_selector("#question")
        work(folder, daemon, page)


def first():
    def work(folder, daemon, page):
        index = daemon.get("/", tcp=True).body.decode()
        sizes = [len(gzip.compress(index.encode()))]
        for name in re.findall(r'"/page/([\w.-]+)"', index):
            sizes.append(len(daemon.get(f"/page/{name}", tcp=True, headers={"Accept-Encoding": "gzip"}).body))
        report("the first view transfers", sum(sizes) / 1000, "kB", "150 kB", sum(sizes) <= 150_000)
        times = []
        for _ in range(TIMES):
            page.goto("about:blank")
            page.goto(daemon.url)
            times.append(page.evaluate(PAINT))
            page.wait_for_selector("#question")
        median = statistics.median(times)
        report("first paint after navigation, median of 20", median, "ms", "200 ms", median <= 200)

    in_chromium(work)


def quote():
    question = "How long must a written offer to give the source code be valid under GPL-3?"

    def work(folder, daemon, page):
        daemon.add(LICENSES / "GPL-3")
        times = []
        for i in range(TIMES + 1):
            page.reload()
            page.wait_for_selector("#question")
            page.get_by_label("Reply with").select_option("quotes")
            page.fill("#question", question)
            times.append(page.evaluate(QUOTED))
            page.wait_for_selector(".whereabouts")
            page.get_by_role("button", name="New conversation").click()
        median = statistics.median(times[1:])  # the first loads the embedder
        report("first quote painted after Enter, embedder warm, median of 20", median, "ms", "300 ms", median <= 300)

    in_chromium(work)


def place():
    def work(folder, daemon, page):
        (folder / "agreement.pdf").write_bytes(agreement_pdf())
        document = daemon.add(folder / "agreement.pdf")["id"]
        begins = [daemon.get(f"/api/documents/{document}/passage?page={n}").json["start"] for n in (1, 2, 3)]
        times = []
        before = pss(daemon.pid)
        for i in range(TIMES):
            at = begins[i % 3]
            started = time.perf_counter()
            daemon.get(f"/api/documents/{document}/page/{i % 3 + 1}.png?start={at}&end={at + 40}")
            times.append(1000 * (time.perf_counter() - started))
        median = statistics.median(times)
        report("a page's image with marks (cold child), median of 20", median, "ms", "250 ms", median <= 250)
        report("the daemon's growth over 20 pages", pss(daemon.pid) - before, "MB", "1 MB", pss(daemon.pid) - before <= 1)

    in_chromium(work)


def opened(minutes=10):
    """A page that is left open."""
    seconds = 60 * minutes

    # Not its share of what others have too: that grows when another daemon ends.
    def private(pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024 / 1e6

    def ticks(pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def work(folder, daemon, page):
        page.wait_for_timeout(5000)
        began, before = ticks(daemon.pid), private(daemon.pid)
        page.wait_for_timeout(seconds * 1000)
        share = 100 * (ticks(daemon.pid) - began) / seconds
        report(f"the daemon with a page left open for {minutes} minutes", share, "% of a processor", "0.1 %", share <= 0.1)
        grown = private(daemon.pid) - before
        report("its private memory grew meanwhile by", grown, "MB", "0.1 MB", grown <= 0.1)

    in_chromium(work)


if __name__ == "__main__":
    benches = {"first": first, "quote": quote, "place": place, "open": opened}
    run(benches | ({"hour": lambda: opened(60)} if "hour" in sys.argv else {}))
