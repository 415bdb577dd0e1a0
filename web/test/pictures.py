"""Pictures of the page for README and docs, taken of the running page: web/test/pictures.py FOLDER

Run it with the environment of ./test page (page-tests/bin/python in the cache); with the packages fonts-sil-charis and
fonts-inter they look as they do on most desktops.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from browser import launched  # noqa: E402
from conftest import LICENSES, MATTER  # noqa: E402
import make_client_folder  # noqa: E402
from counsel import Daemon  # noqa: E402

FONT = ":root { --sans: Inter, sans-serif }"  # most desktops have a better one than DejaVu


def opened(browser, daemon, scheme):
    page = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme, reduced_motion="reduce",
                               bypass_csp=True).new_page()
    page.goto(daemon.post("/page/code", {}).json["url"])
    page.wait_for_selector("#question")
    page.add_style_tag(content=FONT)
    return page


def ask(page, question, source):
    page.get_by_label("Search in").select_option(MATTER)
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector(".whereabouts")
    page.locator(".quote button.source", has_text=source).first.click()


def take(page, file):
    page.evaluate("() => document.fonts.ready")
    page.screenshot(path=file)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp()) / "home"
    home.mkdir()
    client = home.parent / "client"
    client.mkdir()
    daemon = Daemon(home).start()
    for name, content in make_client_folder.everything().items():
        (client / name).write_bytes(content)
        daemon.add(client / name, MATTER)
    for name in ("GPL-3", "Apache-2.0"):
        daemon.add(LICENSES / name, "Licences")
    with launched() as browser:
        page = opened(browser, daemon, "light")
        ask(page, "What is the limit of the seller's liability for claims under the warranties?", "agreement.pdf")
        page.wait_for_selector(".markbox")
        take(page, folder / "ask.png")
        page.keyboard.press("Escape")
        page.goto(f"{daemon.url}/#/documents")
        page.wait_for_selector("tbody tr")
        take(page, folder / "documents.png")
        page = opened(browser, daemon, "dark")
        ask(page, "When may the tenant end the lease?", "lease.docx")
        page.wait_for_selector(".text mark")
        page.set_viewport_size({"width": 1280, "height": 660})
        take(page, folder / "text.png")
    daemon.stop()


main(Path(sys.argv[1]))
