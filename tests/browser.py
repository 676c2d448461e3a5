"""A real Chromium for the tests, a separate window for each, and how pages are left and read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.needs import missing
from tests.offices import OFFICER, PASSWORD

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
_PATIENCE = 60_000
"""So many milliseconds a test waits for what will be there: a slow machine is no fault."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The running browser, on a user data folder that nothing else has seen.

    Where Chromium is there without its own windows too, it is taken: the same pages are drawn by
    the same engine for half the work.
    """
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        missing("no browser: chromium is not on the PATH")
    expect.set_options(timeout=_PATIENCE)
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


def press(control: Locator) -> None:
    """Press what leads to another page; that page stands when this returns.

    After a plain click the old page may stand for a while, and is what a test would read.
    """
    with control.page.expect_navigation():
        control.click()


def enter(page: Page, base: str, login: str = OFFICER) -> None:
    """Sign in as a person does."""
    page.goto(f"{base}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    press(page.locator("main button[type=submit]"))
