"""Debian's Chromium without a window, by Playwright; it asks no host of its own for anything."""

import contextlib
import os

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("COUNSEL_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]


@contextlib.contextmanager
def launched(*more):
    flags = FLAGS + list(more) + (["--no-sandbox"] if os.geteuid() == 0 else [])  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
