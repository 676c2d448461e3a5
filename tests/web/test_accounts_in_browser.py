"""In a real browser: accounts, one-time codes, proof, and the end of a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from casesys.system import System
from tests import scenarios
from tests.administrators import (
    SECURITY_ADMINISTRATOR,
    SYSTEM_ADMINISTRATOR,
    administered,
    code_of,
)
from tests.browser import press, window
from tests.offices import OFFICER, PASSWORD, SUPERVISOR, Clock, log_of, person
from tests.web.helpers import app_of, serving
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Visit, visiting

LOOKS = [
    pytest.param({"locale": "zh-CN", "width": 1280}, id="zh wide"),
    pytest.param({"locale": "en", "width": 390, "scripts": False}, id="en narrow without scripts"),
]


class Desks(NamedTuple):
    """The office as it is served, and windows at it."""

    base: str
    chromium: Browser
    stack: ExitStack

    def open(self, locale: str = "zh-CN", width: int = 1280, scripts: bool = True) -> Page:
        look = window(self.chromium, locale=locale, width=width, scripts=scripts)
        context = self.stack.enter_context(look)
        language = "zh" if locale.startswith("zh") else "en"
        context.add_cookies([{"name": "casesys_preferences", "value": language, "url": self.base}])
        return context.new_page()


@pytest.fixture
def desks(chromium: Browser, system: System) -> Iterator[Desks]:
    with ExitStack() as stack:
        base = stack.enter_context(serving(app_of(system)))
        yield Desks(base, chromium, stack)


def go_on(page: Page) -> None:
    """Press the one filled button of the page."""
    press(page.locator("main .btn-primary"))


def sign_in(page: Page, base: str, login: str, password: str = PASSWORD) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    go_on(page)


def enrol(page: Page, system: System) -> str:
    """Set up codes as the page says; the secret that the telephone then knows."""
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.fill("#field-code", code_of(secret, system))
    go_on(page)
    return secret


@pytest.mark.parametrize("look", LOOKS)
def test_the_administrators_open_an_account_and_grant_it_a_role(
    desks: Desks, system: System, clock: Clock, look: dict[str, object]
) -> None:
    administered(system, enrolled=False)
    first = desks.open(**look)  # type: ignore[arg-type]
    sign_in(first, desks.base, SYSTEM_ADMINISTRATOR)
    expect(first).to_have_url(f"{desks.base}/own/code")
    secret = enrol(first, system)
    expect(first).to_have_url(f"{desks.base}/accounts")
    assert first.evaluate("document.documentElement.scrollWidth") <= int(str(look["width"]))
    clock.wait(minutes=6)
    go_on(first)
    first.fill("#field-login", "U09-1")
    first.fill("#field-name", "新人")
    first.select_option("#field-unit", "区税务局")
    go_on(first)
    first.fill("#proof_password", PASSWORD)
    first.fill("#proof_code", code_of(secret, system))
    go_on(first)
    told = first.locator("#one-time").inner_text()
    second = desks.open(**look)  # type: ignore[arg-type]
    sign_in(second, desks.base, SECURITY_ADMINISTRATOR)
    enrol(second, system)
    second.goto(f"{desks.base}/accounts/{person(system, 'U09-1').id}/grant")
    second.locator('input[value="officer"], select[name="role"]').first.wait_for()
    if second.locator('select[name="role"]').count():
        second.select_option('select[name="role"]', "officer")
    else:
        second.check('input[value="officer"]')
    go_on(second)
    new = desks.open(**look)  # type: ignore[arg-type]
    sign_in(new, desks.base, "U09-1", told)
    expect(new).to_have_url(f"{desks.base}/own/password")
    new.fill("#field-current", told)
    new.fill("#field-new", "my own horse")
    new.fill("#field-again", "my own horse")
    go_on(new)
    expect(new).to_have_url(f"{desks.base}/")
    expect(new.locator("h1")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_an_exit_is_confirmed_after_a_proof(
    desks: Desks, system: System, clock: Clock, look: dict[str, object]
) -> None:
    stream = scenarios.a_case_with_exit_proposed(system).stream
    number = scenarios.case_number(system, stream)
    page = desks.open(**look)  # type: ignore[arg-type]
    sign_in(page, desks.base, SUPERVISOR)
    clock.wait(minutes=6)
    page.goto(f"{desks.base}/cases/{number}/do/confirm_exit")
    go_on(page)
    expect(page.locator("#proof_password")).to_be_visible()
    page.fill("#proof_password", "wrong password")
    go_on(page)
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("#proof_password", PASSWORD)
    go_on(page)
    assert log_of(system, stream)[-1].topic == "case.subject_exited"


def test_two_minutes_before_the_end_a_press_keeps_the_session(
    desks: Desks, system: System, clock: Clock
) -> None:
    page = desks.open()
    page.clock.install()
    sign_in(page, desks.base, OFFICER)
    note = page.locator("#idle")
    page.clock.run_for(12 * 60 * 1000)
    expect(note).to_be_hidden()
    clock.wait(minutes=13)
    page.clock.run_for(70 * 1000)
    expect(note).to_be_visible()
    expect(note.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(note).to_be_hidden()
    clock.wait(minutes=14)
    page.goto(f"{desks.base}/cases")
    expect(page, "without the press it would have ended").to_have_url(f"{desks.base}/cases")


def test_without_a_press_the_note_says_that_the_session_is_over(desks: Desks) -> None:
    page = desks.open()
    page.clock.install()
    sign_in(page, desks.base, OFFICER)
    page.clock.run_for(16 * 60 * 1000)
    expect(page.locator("#idle")).to_contain_text("登录已经结束")


def test_the_sessions_elsewhere_are_ended_by_hand(desks: Desks) -> None:
    here, elsewhere = desks.open(), desks.open(scripts=False)
    for page in (elsewhere, here):
        sign_in(page, desks.base, OFFICER)
    here.goto(f"{desks.base}/own")
    expect(here.locator("tbody tr")).to_have_count(2)
    press(here.get_by_role("button", name="结束别处的登录"))
    expect(here.locator("tbody tr")).to_have_count(1)
    elsewhere.goto(f"{desks.base}/cases")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))


# -- states that no address alone shows ----------------------------------------------------------


@pytest.mark.parametrize("look", [WIDE_CHINESE, NARROW_ENGLISH], ids=["zh wide", "en narrow"])
def test_what_stands_between_a_reader_and_the_page_is_sound_too(
    chromium: Browser, system: System, clock: Clock, look: Look
) -> None:
    administered(system)
    app = app_of(system)
    yu, officer = person(system, SYSTEM_ADMINISTRATOR), person(system, OFFICER)
    with serving(app) as base:
        with visiting(chromium, app, base, yu, look) as seen:
            seen.open(f"/accounts/{officer.id}/password")
            go_on(seen.page)
            expect(seen.page.locator("#one-time")).to_have_count(1)
            assert wrong(seen, look) == []
            seen.open(f"/accounts/{person(system, SECURITY_ADMINISTRATOR).id}/close")
            assert wrong(seen, look) == [], "the warning before the last one goes"
            go_on(seen.page)
            assert wrong(seen, look) == [], "the form that lacks a reason"
            clock.wait(minutes=6)
            seen.open("/prove?next=/own/code")
            assert wrong(seen, look) == []
            seen.page.fill("#proof_password", "wrong password")
            go_on(seen.page)
            assert wrong(seen, look) == []
        with visiting(chromium, app, base, None, look) as seen:
            sign_in(seen.page, base, SYSTEM_ADMINISTRATOR)
            expect(seen.page).to_have_url(re.compile(f"^{base}/sign-in/code"))
            assert wrong(seen, look) == []
            go_on(seen.page)
            expect(seen.page.locator(".error-summary")).to_have_count(1)
            assert wrong(seen, look) == []


def wrong(seen: Visit, look: Look) -> list[str]:
    """What is wrong with the page; after a refusal the focus is at the summary, not at the top."""
    refused = seen.page.locator(".error-summary").count()
    return [*seen.faults(look), *([] if refused else seen.faults_of_keyboard())]
