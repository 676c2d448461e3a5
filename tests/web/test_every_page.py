"""Every page in a real browser: sound, light, in the reader's language, worked by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from casesys.permits import Person
from casesys.system import System
from tests import scenarios
from tests.offices import SUPERVISOR, Clock
from tests.stores import settings_of
from tests.web.helpers import Reader, app_of, serving
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Visit, visiting
from tests.web.test_who_may import ROUTES, everything, expected
from tests.web.who_may import ALLOWED, NOBODY, ROLES, people_of
from web import permits

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
DOWNLOADS = frozenset(
    {
        "/evidence/<sha256>",
        "/worklist.<any(csv, xlsx):kind>",
        "/cases/<name>/letters/<paper>/docx",
    }
)
LOOKED_AT_LARGE = (
    *("/", "/cases", "/cases/<name>", "/cases/<name>/do/<command>", "/figures", "/approvals"),
    *("/approvals/<name>/<path:key>", "/audit", "/audit/powers", "/accounts", "/uploads", "/help"),
)
LOOKS = (WIDE_CHINESE, NARROW_ENGLISH)
LARGEST = Look("en", 1440, more="large.contrast")
WITHOUT_A_PAGE = frozenset(
    {"/preferences", "/session", "/sign-in/provider", "/sign-in/provider/back", "/sign-out"}
)


class House(NamedTuple):
    """A furnished office that is served, who works there, and where everything is found."""

    base: str
    app: Flask
    people: dict[str, Person]
    places: dict[str, tuple[str, str]]

    def form(self, command: str) -> str:
        """Where a command is given on the case that everything is found in."""
        return f"{self.base}{self.places['/cases/<name>'][1]}/do/{command}"


@pytest.fixture(scope="module")
def house(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("every_page") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock())
    people = people_of(system)
    found = everything(system)
    places = {rule: (who(rule), found[rule, "GET"].path) for rule in PAGES}
    app = app_of(system)
    with serving(app) as base:
        yield House(base, app, people, places)
    system.database.dispose()


def who(rule: str) -> str:
    """A role to which the page is shown: the one that sees most of it, a stranger least."""
    row = expected(ROUTES, rule, "GET")
    # Whoever is signed in already is led on from a page for strangers.
    order = (NOBODY, "supervisor", "auditor", "officer", *ROLES)
    return next(role for role in order if row.of(role) == ALLOWED)


PAGES = sorted(
    rule
    for rule, rows in ROUTES.items()
    if "GET" in rows and rule not in DOWNLOADS | WITHOUT_A_PAGE and "/static/" not in rule
)


def visit(chromium: Browser, house: House, role: str, path: str, look: Look) -> list[str]:
    person = None if role == NOBODY else house.people[role]
    with visiting(chromium, house.app, house.base, person, look) as seen:
        seen.open(path)
        return seen.faults(look)


@pytest.mark.parametrize("look", LOOKS, ids=["zh wide", "en narrow"])
@pytest.mark.parametrize("rule", PAGES)
def test_every_page_is_sound(chromium: Browser, house: House, rule: str, look: Look) -> None:
    assert visit(chromium, house, *house.places[rule], look) == []


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_page_is_sound(chromium: Browser, house: House, state: str) -> None:
    for look in LOOKS:
        assert visit(chromium, house, "supervisor", STATES[state], look) == []


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_case_is_sound(chromium: Browser, house: House, tab: str) -> None:
    role, path = house.places["/cases/<name>"]
    for look in LOOKS:
        assert visit(chromium, house, role, f"{path}?tab={tab}", look) == []


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
    page.click("button[value=draft]")
    page.wait_for_load_state()


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
    page.click("button[value=claim_case]")
    page.wait_for_load_state()


def a_bulk_with_a_form(page: Page, house: House) -> None:
    page.goto(f"{house.base}/?pick=page")
    page.click("button[value=attempt_contact]")
    page.wait_for_load_state()


def a_proof_asked_anew(page: Page, house: House) -> None:
    house.app.extensions["casesys"].system.now.wait(minutes=6)
    page.goto(f"{house.base}/own/code")


def a_wrong_password(page: Page, house: House) -> None:
    page.goto(f"{house.base}/own/password")
    sent(page)


def sent(page: Page) -> None:
    page.click("main form.form .btn-primary")
    page.wait_for_load_state()


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
    chromium: Browser, house: House, do: Callable[[Page, House], None], look: Look
) -> None:
    person = house.people["officer"]
    with visiting(chromium, house.app, house.base, person, look) as seen:
        do(seen.page, house)
        assert seen.page.locator(REACHED[do]).count() > 0
        assert seen.faults(look) == []


@pytest.mark.parametrize("more", ["large", "contrast", "large.contrast"])
def test_large_print_and_high_contrast_are_sound(
    chromium: Browser, house: House, more: str
) -> None:
    for rule in LOOKED_AT_LARGE:
        role, path = house.places[rule]
        assert visit(chromium, house, role, path, Look("zh", 1440, more=more)) == [], rule


@pytest.mark.parametrize("rule", PAGES)
def test_every_page_is_worked_with_the_keyboard_alone(
    chromium: Browser, house: House, rule: str
) -> None:
    role, path = house.places[rule]
    person = None if role == NOBODY else house.people[role]
    with visiting(chromium, house.app, house.base, person, WIDE_CHINESE) as seen:
        seen.open(path)
        assert seen.faults_of_keyboard() == []


# -- that these tests find what they look for --------------------------------------------------

SOUND = """<!doctype html><html lang="zh-CN"><head><title>好</title></head>
<body><main><h1>好</h1><a href="/">去</a>{}</main></body></html>"""
PLANTED = {
    "axe label": '<input type="text">',
    "axe image-alt": '<img src="/static/icons/seal.svg">',
    "asks elsewhere": '<img alt="" src="http://example.org/pixel.gif">',
    "against the policy": '<p style="color: red">红</p>',
    "the browser complains": '<script src="/planted/throws"></script>',
    "headings of the first order": "<h1>又一个</h1>",
    "more than one filled button": '<button class="btn-primary">甲</button>' * 2,
    "px wide": '<div class="wide">宽</div>',
    "weighs": "<p>" + "长" * 60_000 + "</p>",
    "lower than 24 px": '<button class="btn low">低</button>',
}
FOR_THE_KEYBOARD = {
    "not reached with Tab": '<a href="/" tabindex="-1">不到</a>',
    "no focus to be seen": '<a href="/" class="ringless">无框</a>',
    "focus under something": '<a href="/">被盖住</a><div class="over"></div>',
}
SHEET = """.wide { width: 3000px; } .low { height: 10px; padding: 0; border: 0; }
.ringless:focus { outline: none; } .over { position: fixed; inset: 0; }"""


@pytest.fixture(scope="module")
def planted(house: House) -> Iterator[str]:
    """The same counter with pages that are each wrong in one way."""
    app = app_of(house.app.extensions["casesys"].system)
    link = '<link rel="stylesheet" href="/planted/sheet">'

    @permits.everyone
    def page(fault: str) -> str:
        return SOUND.format({**PLANTED, **FOR_THE_KEYBOARD, "none": ""}[fault]).replace(
            "</head>", link + "</head>"
        )

    @permits.everyone
    def sheet() -> tuple[str, dict[str, str]]:
        return SHEET, {"Content-Type": "text/css"}

    @permits.everyone
    def throws() -> tuple[str, dict[str, str]]:
        return "throw new Error('planted');", {"Content-Type": "text/javascript"}

    app.add_url_rule("/planted/page/<fault>", "planted", page)
    app.add_url_rule("/planted/sheet", "sheet", sheet)
    app.add_url_rule("/planted/throws", "throws", throws)
    with ExitStack() as stack:
        yield stack.enter_context(serving(app))


def at(chromium: Browser, base: str, app: Flask, fault: str) -> Iterator[Visit]:
    with visiting(chromium, app, base, None, Look("zh", 1280)) as seen:
        seen.open(f"/planted/page/{fault}")
        yield seen


@pytest.mark.parametrize("fault", ["none", *PLANTED])
def test_a_planted_fault_is_found(
    chromium: Browser, house: House, planted: str, fault: str
) -> None:
    for seen in at(chromium, planted, house.app, fault):
        found = seen.faults(Look("zh", 1280))
        assert found == [] if fault == "none" else any(fault in told for told in found), found


@pytest.mark.parametrize("fault", ["none", *FOR_THE_KEYBOARD])
def test_a_planted_fault_of_the_keyboard_is_found(
    chromium: Browser, house: House, planted: str, fault: str
) -> None:
    for seen in at(chromium, planted, house.app, fault):
        found = seen.faults_of_keyboard()
        assert found == [] if fault == "none" else any(fault in told for told in found), found


def test_a_page_in_another_language_is_found(chromium: Browser, house: House, planted: str) -> None:
    with visiting(chromium, house.app, planted, None, NARROW_ENGLISH) as seen:
        seen.open("/planted/page/more than one filled button")
        found = seen.faults(NARROW_ENGLISH)
    assert any("in another language" in told for told in found)
    assert any("not in English" in told for told in found)
