"""What a page comes to show in a real browser by what is asked and done, as sound as any page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import scenarios
from tests.browser import press
from tests.offices import SUPERVISOR
from tests.web.helpers import Reader
from tests.web.house import House, faults
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Windows

STATES = {
    "a list that is empty": "/?view=mine",
    "a list with conditions that were not understood": "/?stage=none&due_from=x&sort=x&page=x",
    "a list on a day of the past": "/cases?as_of=2021-07-05",
    "the third page of a list that has one": "/cases?page=3",
    "a case that is not there": "/cases/nowhere",
    "an address that is not there": "/nowhere",
    "a day that there is not": "/?as_of=2021-02-30",
    "a search that finds nothing": "/search?q=zzzz",
    "figures by town on a day": "/figures?as_of=2021-07-20&by=town",
    "an entry of the log that is not there": "/audit/999999",
    "a page that is somebody else's": "/do/grant_role/00000000-0000-4000-8000-000000000000",
}
"""Pages beside the map of addresses, each with the address that shows it."""
TABS = ("timeline", "records", "materials", "contact", "rules", "audit")
LOOKS = (WIDE_CHINESE, NARROW_ENGLISH)
LARGEST = Look("en", 1440, more="large.contrast")


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_page_is_sound(windows: Windows, house: House, state: str) -> None:
    for look in LOOKS:
        assert faults(windows, house, "supervisor", STATES[state], look) == []


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_case_is_sound(windows: Windows, house: House, tab: str) -> None:
    role, path = house.places["/cases/<name>"]
    for look in LOOKS:
        assert faults(windows, house, role, f"{path}?tab={tab}", look) == []


# -- states that are reached by doing something --------------------------------------------------


def errors_of_a_form(page: Page, house: House) -> None:
    page.goto(house.form("add_note"))
    page.fill("main textarea", "")
    sent(page)


def answers_to_check(page: Page, house: House) -> None:
    page.goto(house.form("propose_exclusion"))
    page.locator("input[name=ground]").first.check()
    page.fill("[name=document]", "吊销公告")
    sent(page)


def a_draft_kept(page: Page, house: House) -> None:
    page.goto(house.form("add_note"))
    page.fill("main textarea", "企业要求延后")
    press(page.locator("button[value=draft]"))


def a_draft_opened_again(page: Page, house: House) -> None:
    a_draft_kept(page, house)
    page.goto(house.form("add_note"))


def a_conflict(page: Page, house: House) -> None:
    path = house.form("attempt_contact")
    page.goto(path)
    Reader(house.app, SUPERVISOR).send(path.removeprefix(house.base), **scenarios.contact())
    page.locator("input[name=channel]").first.check()
    page.fill("main input[type=datetime-local]", "2021-07-22T10:00")
    page.select_option("main form.form select", index=1)
    sent(page)


def a_bulk_tried_out(page: Page, house: House) -> None:
    page.goto(f"{house.base}/?pick=page")
    press(page.locator("button[value=claim_case]"))


def a_bulk_with_a_form(page: Page, house: House) -> None:
    page.goto(f"{house.base}/?pick=page")
    press(page.locator("button[value=attempt_contact]"))


def a_proof_asked_anew(page: Page, house: House) -> None:
    house.app.extensions["casesys"].system.now.wait(minutes=6)
    page.goto(f"{house.base}/own/code")


def a_wrong_password(page: Page, house: House) -> None:
    page.goto(f"{house.base}/own/password")
    sent(page)


def sent(page: Page) -> None:
    press(page.locator("main form.form .btn-primary"))


REACHED: dict[Callable[[Page, House], None], str] = {
    errors_of_a_form: ".error-summary",
    answers_to_check: "[value=confirmed]",
    a_draft_kept: ".note.done button",
    a_draft_opened_again: ".note.soon button",
    a_conflict: ".ways",
    a_bulk_tried_out: "button[value=do]",
    a_bulk_with_a_form: "aside.outcomes",
    a_proof_asked_anew: "input[name=proof_password]",
    a_wrong_password: ".error-summary",
}
"""What is done, and what then is on the page and on no page before."""


@pytest.mark.parametrize("do", REACHED, ids=lambda do: do.__name__)
@pytest.mark.parametrize("look", [*LOOKS, LARGEST], ids=["zh wide", "en narrow", "largest"])
def test_every_state_that_is_reached_is_sound(
    windows: Windows, house: House, do: Callable[[Page, House], None], look: Look
) -> None:
    person = house.people["officer"]
    with windows.visiting(house.app, house.base, person, look) as seen:
        do(seen.page, house)
        expect(seen.page.locator(REACHED[do])).not_to_have_count(0)
        assert seen.faults(look) == []
