"""In a real browser: a case from listing to exit on each branch, by the two persons it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from casesys.system import System
from casesys.words import say
from tests import scenarios
from tests.browser import press, window
from tests.offices import OFFICER, OTHER_OFFICER, PASSWORD, SUPERVISOR, Clock, person
from tests.web.helpers import app_of, serving
from tests.web.sweep import equip, violations
from tests.web.test_evidence import PDF, photograph

WAYS: dict[str, dict[str, Any]] = {
    "at a desk": {"typed": True, "language": "zh"},
    "on a phone, in English, without scripts": {
        "typed": True,
        "language": "en",
        "scripts": False,
        "width": 390,
        "height": 844,
    },
}
"""How the whole way from listing to exit is gone."""
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


class Desk:
    """One person at one window."""

    def __init__(self, page: Page, base: str, language: str = "zh", scripts: bool = True) -> None:
        self.page, self.base = page, base
        self.language, self.scripts = language, scripts

    def sign_in(self, login: str) -> None:
        self.open(f"/preferences?language={self.language}&next=/sign-in")
        self.page.get_by_label(self.words("signin.login")).fill(login)
        self.page.get_by_label(self.words("signin.password")).fill(PASSWORD)
        press(self.page.get_by_role("button", name=self.words("signin.go")))
        self.is_at(self.base + "/")

    def words(self, code: str) -> str:
        return say(code, self.language)

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def begin(self, case: str, command: str) -> None:
        """Open the form from the case page, by the link that a person would take."""
        self.open(f"/cases/{case}")
        link = self.page.locator(f'aside a[href$="/do/{command}"]')
        if not link.is_visible():
            self.page.locator("details.more-acts summary").first.click()
        press(link)

    def fill(self, **typed: Any) -> None:
        for name, value in typed.items():
            field = self.page.locator(f'main [name="{name}"]:not([type=hidden])').first
            kind = field.evaluate("e => e.tagName + ':' + e.type")
            if kind.startswith("SELECT"):
                field.select_option(value)
            elif kind.endswith((":radio", ":checkbox")):
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif kind.endswith(":file"):
                field.set_input_files(value)
            else:
                field.fill("\n".join(value) if isinstance(value, list) else value)

    def send(self) -> None:
        press(self.page.locator("main form button.btn-primary"))

    def do(self, case: str, command: str, **typed: Any) -> None:
        """Give a command by its form; where answers are checked first, confirm them."""
        self.begin(case, command)
        self.fill(**typed)
        heading, check = self.page.locator("h1"), self.words("act.check")
        if check not in heading.inner_text():
            self.send()
        if check in heading.inner_text():
            self.send()
        # A decision leads on to what waits next, everything else back to its case.
        self.is_at(re.compile("receipt=|/approvals"))
        if "/approvals" in self.page.url:
            expect(self.page.locator(".note.done").first).to_be_visible()

    # -- what is waited for -----------------------------------------------------------------

    def is_at(self, address: str | re.Pattern[str]) -> None:
        expect(self.page).to_have_url(address)

    def has_done(self) -> None:
        """The command was taken: the page shows its receipt."""
        self.is_at(re.compile("receipt="))

    def is_headed(self, words: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(words, use_inner_text=True)

    def tells(self, *sentences: str) -> None:
        for words in sentences:
            expect(self.page.locator("main")).to_contain_text(words, use_inner_text=True)

    def is_sound(self) -> None:
        """No fault that the accessibility checker finds, on the page as it is now."""
        if not self.scripts:
            return
        assert violations(self.page) == []


@pytest.fixture
def desks(chromium: Browser, system: System) -> Iterator[Any]:
    """Opens a window for a login at the same office, signed in before or by what is typed."""
    app = app_of(system)
    with ExitStack() as stack:
        base = stack.enter_context(serving(app))

        def desk(
            login: str,
            language: str = "zh",
            typed: bool = False,
            scripts: bool = True,
            width: int = 1280,
            height: int = 800,
        ) -> Desk:
            look = window(chromium, scripts=scripts, width=width, height=height)
            context = stack.enter_context(look)
            made = Desk(context.new_page(), base, language, scripts)
            if typed:
                made.sign_in(login)
            else:
                equip(context, app, base, person(system, login), language)
            return made

        yield desk


def files(tmp_path: Path) -> tuple[str, str]:
    photo, commitment = tmp_path / "photo.jpg", tmp_path / "commitment.pdf"
    photo.write_bytes(photograph())
    commitment.write_bytes(PDF)
    return str(photo), str(commitment)


def listed(desk: Desk, category: str = "penalty") -> str:
    desk.open("/do/list_enterprise")
    desk.fill(**scenarios.listing(category=category))
    desk.send()
    desk.is_at(re.compile("/cases/.*receipt="))
    case = desk.page.url.split("/cases/")[1].split("?")[0]
    record = scenarios.penalty() if category == "penalty" else scenarios.judgment()
    desk.do(case, "attach_record", **record)
    return case


def exited(officer: Desk, supervisor: Desk, case: str) -> None:
    supervision = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
    officer.do(case, "start_key_supervision", **supervision)
    officer.do(case, "propose_exit", explanation="治理已经办完")
    officer.tells(officer.words("choice.Stage.awaiting_second"))
    supervisor.do(case, "confirm_exit")
    supervisor.open(f"/cases/{case}")
    supervisor.tells(supervisor.words("choice.Stage.exited"))


@each_way
def test_an_operating_enterprise_from_listing_to_exit(
    desks: Any, tmp_path: Path, way: dict[str, Any]
) -> None:
    officer, supervisor = desks(OFFICER, **way), desks(SUPERVISOR, **way)
    photo, commitment = files(tmp_path)
    case = listed(officer)
    officer.is_sound()
    officer.do(case, "attempt_contact", **scenarios.contact())
    officer.do(case, "serve_interview_notice", served_at="2021-07-06T11:00", served_by="letter")
    officer.begin(case, "hold_interview")
    officer.is_sound()
    officer.send()
    expect(officer.page.locator(".error-summary, [role=alert]").first).to_contain_text("7")
    officer.is_sound()
    officer.fill(**scenarios.interview())
    officer.send()
    officer.do(case, "add_photo", sha256=photo)
    officer.do(case, "sign_commitment", **{**scenarios.commitment(), "sha256": commitment})
    exited(officer, supervisor, case)
    supervisor.is_sound()
    held = supervisor.words("topic.case.interview_held")
    press(supervisor.page.get_by_role("link", name=held, exact=True).first)
    supervisor.tells(supervisor.words("entry.sealed"))
    supervisor.is_sound()
    supervisor.fill(explanation="核对到场人身份")
    press(supervisor.page.locator('form[action$="/do/reveal_personal_data"] button'))
    supervisor.tells(scenarios.SIGNATORY)


@each_way
def test_an_enterprise_that_works_no_more_from_listing_to_exit(
    desks: Any, way: dict[str, Any]
) -> None:
    officer, supervisor = desks(OFFICER, **way), desks(SUPERVISOR, **way)
    case = listed(officer, "judgment")
    officer.do(case, "attempt_contact", **scenarios.contact(result="reached_not_operating"))
    officer.do(case, "conclude_not_operating", basis="statement", document="停业说明")
    exited(officer, supervisor, case)


@each_way
def test_an_enterprise_that_nobody_reaches_from_listing_to_exit(
    desks: Any, tmp_path: Path, way: dict[str, Any]
) -> None:
    officer, supervisor = desks(OFFICER, **way), desks(SUPERVISOR, **way)
    photo, _ = files(tmp_path)
    case = listed(officer)
    officer.do(case, "attempt_contact", **scenarios.contact(result="no_answer"))
    letter = scenarios.contact("2021-07-09", result="number_dead", channel="message")
    officer.do(case, "attempt_contact", **letter)
    visit = scenarios.contact("2021-07-16", result="address_vacant", channel="visit", photo=photo)
    officer.do(case, "attempt_contact", **visit)
    officer.do(case, "propose_unreachable", explanation="电话、短信、上门都没有联系上")
    supervisor.do(case, "confirm_unreachable")
    exited(officer, supervisor, case)


def test_two_officers_at_one_case_without_scripts(desks: Any, system: System) -> None:
    case = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    first, second = desks(OFFICER), desks(OTHER_OFFICER, scripts=False)
    for desk in (first, second):
        desk.begin(case, "attempt_contact")
    first.fill(**scenarios.contact("2021-07-20"))
    first.send()
    second.fill(**scenarios.contact("2021-07-21", result="no_answer", notes="无人接听"))
    second.send()
    second.is_headed("在您填写的时候，这件案子有了新登记")
    second.tells(OFFICER, "无人接听")
    press(second.page.get_by_role("button", name="仍要登记我的"))
    second.has_done()
    first.begin(case, "add_note")
    second.open(f"/cases/{case}")
    twice = re.compile("^(?!(.*联系了企业){3})(.*联系了企业){2}", re.DOTALL)
    expect(second.page.locator("main")).to_have_text(twice, use_inner_text=True)


def test_every_page_of_a_case_is_sound_on_a_phone_and_in_english(
    desks: Any, system: System, clock: Clock
) -> None:
    case = scenarios.case_number(system, scenarios.a_case_with_exit_proposed(system).stream)
    desk = desks(SUPERVISOR, width=390, height=844)
    pages = (f"/cases/{case}", f"/cases/{case}?as_of=2021-07-06", f"/cases/{case}/entries/6")
    forms = ("confirm_exit", "send_back", "hold_interview", "reopen_case")
    for path in (*pages, *(f"/cases/{case}/do/{command}" for command in forms)):
        desk.open(path)
        desk.is_sound()
        width = desk.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
    desk.open(f"/preferences?language=en&contrast=on&next=/cases/{case}")
    desk.tells("What can be done today")
    desk.is_sound()
