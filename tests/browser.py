"""A real Chromium for the tests: started once, a fresh and separate window for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.needs import missing

_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The product asks no address outside the office; a page that tries shows it as a failure.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_PATIENCE = 10_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The running browser, on a user data folder that nothing else has seen."""
    program = shutil.which("chromium")
    if program is None:
        missing("no browser: chromium is not on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def window(
    browser: Browser,
    *,
    scripts: bool = True,
    locale: str = "zh-CN",
    width: int = 1280,
    height: int = 800,
) -> Iterator[BrowserContext]:
    """Cookies, storage and settings of one person at one desk; scripts can be switched off."""
    context = browser.new_context(
        java_script_enabled=scripts,
        locale=locale,
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
    )
    context.set_default_timeout(_PATIENCE)
    try:
        yield context
    finally:
        context.close()
