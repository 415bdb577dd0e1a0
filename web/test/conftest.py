"""The page in Debian's Chromium, driven by Playwright: ./test page.

Every test has a browser context of its own; those that only read share one daemon with real documents.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import make_client_folder  # noqa: E402
from browser import launched  # noqa: E402
from counsel import LICENSES, Daemon  # noqa: E402

MATTER = "Brewery sale"
PATIENCE = 60_000  # milliseconds that anything may take on a busy machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture
def home():
    folder = Path(tempfile.mkdtemp(prefix="counsel-page-"))
    (folder / "home").mkdir()
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def daemon(home):
    daemon = Daemon(home).start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="session")
def office():
    """A daemon with GPL-3 and a client's folder in it."""
    folder = Path(tempfile.mkdtemp(prefix="counsel-page-"))
    (folder / "home").mkdir()
    (folder / "client").mkdir()
    daemon = Daemon(folder / "home").start()
    assert daemon.add(LICENSES / "GPL-3")["state"] == "ready"
    for name, content in make_client_folder.everything().items():
        (folder / "client" / name).write_bytes(content)
        daemon.add(folder / "client" / name, MATTER)
    yield daemon
    daemon.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Window:
    """A browser context, and what happened in it that must not."""

    def __init__(self, chromium, daemon, **options):
        self.daemon = daemon
        self.context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
        self.context.set_default_timeout(PATIENCE)
        self.foreign, self.errors = [], []
        self.context.on("request", self._request)
        self.context.on("page", self._page)

    def _request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and f"{parts.scheme}://{parts.netloc}" != self.daemon.url:
            self.foreign.append(request.url)

    def _page(self, page):
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        # A reply with an error status is told by the browser itself; the page says it to the user.
        page.on("console", lambda said: said.type == "error" and "Failed to load resource" not in said.text
                and self.errors.append(said.text))

    def link(self):
        return self.daemon.post("/page/code", {}).json["url"]

    def open(self, view=""):
        """A tab that was let in, at a view."""
        page = self.context.new_page()
        page.goto(self.link())
        page.wait_for_selector("nav")
        if view:
            page.goto(f"{self.daemon.url}/#/{view}")
        return page

    def close(self):
        self.context.close()
        assert self.foreign == [], "requests to other hosts"
        assert self.errors == []


@pytest.fixture
def window(chromium, request):
    """window(daemon, …): windows that are looked at when the test ends."""
    windows = []

    def make(daemon, **options):
        windows.append(Window(chromium, daemon, **options))
        return windows[-1]

    yield make
    for one in windows:
        one.close()
