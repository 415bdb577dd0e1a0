"""Counsel's page beside Open WebUI's, over the same llama-server program and model.

    python3 -m venv FOLDER && FOLDER/bin/pip install open-webui     (some GB)
    OPEN_WEBUI=FOLDER/bin/open-webui bench/run page-rival           (needs what ./test page sets up)

Time from the start of the program to a page that takes a question, idle memory of the program and its children, what the first view
transfers, and for five questions the time from Enter to the first painted word. Counsel answers from documents (GPL-3 is added
before): its first word is a quote. Open WebUI is asked as it comes, without documents: its first word is a token.
"""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "web/test"))

from bench import ENGINE, GENERATOR, LICENSES, daemon_at, pss, scratch  # noqa: E402
from counsel import children_of  # noqa: E402

from browser import launched  # noqa: E402

PROGRAM = os.environ.get("OPEN_WEBUI", "open-webui")
QUESTIONS = ["How long must a written offer to give the source code be valid under GPL-3?", "What is a covered work?",
             "May I charge for a copy?", "What does the licence say about patents?", "When does the licence end?"]
# The first time that an element of the selector holds a letter, as painted.
PAINTED = """([selector, before]) => new Promise(done => {
  const look = () => { const all = [...document.querySelectorAll(selector)].slice(before).some(one => /\\w/.test(one.innerText));
    all ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look) };
  look();
})"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(url):
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(url, timeout=2).status == 200
    return False


def tree(pid):
    return [pid] + [inner for child in children_of(pid) for inner in tree(child)]


def memory(pid):
    total = 0.0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            total += pss(one)
    return total


@contextlib.contextmanager
def window():
    with launched() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(300_000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        page.received = 0

        def count(event):
            page.received += event["encodedDataLength"]

        devtools.on("Network.loadingFinished", count)
        yield page


def first_words(page, field, words, ask):
    times = []
    for question in QUESTIONS:
        before = page.locator(words).count()
        page.locator(field).click()
        page.locator(field).fill(question)
        began = page.evaluate("() => performance.now()")
        page.keyboard.press("Enter")
        times.append((page.evaluate(PAINTED, [words, before]) - began) / 1000)
        ask()
    return times


def still(page, words):
    """Until the last of them has not grown for three seconds."""
    before, since = "", time.perf_counter()
    while time.perf_counter() - since < 3:
        text = page.locator(words).last.inner_text()
        if text != before:
            before, since = text, time.perf_counter()
        page.wait_for_timeout(200)


def row(name, start, idle, bytes_, times):
    print(f"| {name} | {start:.1f} s | {idle:.0f} MB | {bytes_ / 1000:.0f} kB | "
          f"{' '.join(f'{one:.2f}' for one in times)} s; median {statistics.median(times):.2f} s |", flush=True)


def counsel():
    with scratch() as folder:
        with daemon_at(folder / "home") as daemon:
            daemon.add(LICENSES / "GPL-3")
        began = time.perf_counter()
        with daemon_at(folder / "home") as daemon, window() as page:
            up = time.perf_counter() - began
            began = time.perf_counter()
            page.goto(daemon.post("/page/code", {}).json["url"])
            page.wait_for_selector("#question")
            start = up + time.perf_counter() - began
            page.wait_for_timeout(5000)
            idle, received = memory(daemon.pid), page.received
            times = first_words(page, "#question", ".turn > :is(.quotes, .answer)",
                                lambda: page.wait_for_function("() => !document.querySelector('.stage')"))
            row("Counsel", start, idle, received, times)


@contextlib.contextmanager
def started(argv, environment, log):
    process = subprocess.Popen(argv, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def open_webui():
    with tempfile.TemporaryDirectory(prefix="counsel-rival-") as folder, open(Path(folder) / "log", "ab") as log:
        engine, port = free_port(), free_port()
        model = [ENGINE, "-m", GENERATOR, "--host", "127.0.0.1", "--port", engine, "-np", "1", "-n", "64"]
        environment = {"DATA_DIR": folder, "WEBUI_AUTH": "False", "ENABLE_OLLAMA_API": "False", "OPENAI_API_KEY": "none",
                       "OPENAI_API_BASE_URL": f"http://127.0.0.1:{engine}/v1", "OFFLINE_MODE": "True", "HF_HUB_OFFLINE": "1",
                       "RAG_EMBEDDING_ENGINE": "openai", "ENABLE_VERSION_UPDATE_CHECK": "False", "WEBUI_SECRET_KEY": "none",
                       "ENABLE_TITLE_GENERATION": "False", "ENABLE_TAGS_GENERATION": "False",
                       "ENABLE_FOLLOW_UP_GENERATION": "False", "DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "false"}
        with started([str(one) for one in model], {}, log):
            while not answers(f"http://127.0.0.1:{engine}/health"):
                time.sleep(0.1)
            began = time.perf_counter()
            with started([PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(port)], environment, log) as process:
                while not answers(f"http://127.0.0.1:{port}/health"):
                    assert process.poll() is None, (Path(folder) / "log").read_text()[-3000:]
                    time.sleep(0.05)
                up = time.perf_counter() - began
                with window() as page:
                    began = time.perf_counter()
                    page.goto(f"http://127.0.0.1:{port}/")
                    page.wait_for_selector("#chat-input")
                    start = up + time.perf_counter() - began
                    page.wait_for_timeout(5000)
                    idle, received = memory(process.pid), page.received
                    page.keyboard.press("Escape")  # what is new in this version; it comes again with each chat

                    def anew():  # Enter is not taken while it still writes, which it does not always show
                        still(page, ".chat-assistant")
                        page.goto(f"http://127.0.0.1:{port}/")
                        page.wait_for_selector("#chat-input")
                        page.wait_for_timeout(3000)
                        page.keyboard.press("Escape")

                    times = first_words(page, "#chat-input", ".chat-assistant", anew)
                    row("Open WebUI", start, idle, received, times)


if __name__ == "__main__":
    print("| | start to usable page | idle memory | first view | Enter to first word, five questions |\n|---|---|---|---|---|")
    for name, bench in {"counsel": counsel, "open-webui": open_webui}.items():
        if name in (sys.argv[1:] or [name]):
            bench()
