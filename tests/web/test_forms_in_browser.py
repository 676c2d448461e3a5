"""In a real browser: forms and what becomes of what was typed, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from casesys.commands import COMMANDS
from casesys.permits import Person
from casesys.system import System
from domain.case import GovernanceCase
from tests import scenarios
from tests.browser import press
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.web.helpers import app_of, serving
from tests.web.sweep import NARROW_ENGLISH, WIDE_CHINESE, Look, Visit, visiting
from tests.web.test_case_journey import Desk, desks
from tests.web.test_commands import entries
from tests.web.test_evidence import photograph

__all__ = ["desks"]

LOOKS = pytest.mark.parametrize(
    "look", [WIDE_CHINESE, NARROW_ENGLISH], ids=["zh wide", "en narrow"]
)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
TYPED = scenarios.contact("2021-07-20", notes="说下午再打")


@pytest.fixture
def counter(chromium: Browser, system: System) -> Iterator[Any]:
    """Opens a window for a login, signed in, in this look."""
    app = app_of(system)
    with ExitStack() as stack:
        base = stack.enter_context(serving(app))

        def visit(login: str, look: Look) -> Visit:
            who: Person = person(system, login)
            return stack.enter_context(visiting(chromium, app, base, who, look))

        yield visit


def numbered(system: System, scenario: str) -> str:
    return scenarios.case_number(system, getattr(scenarios, scenario)(system).stream)


def holds(desk: Desk, name: str, value: str) -> None:
    field = desk.page.locator(f'main [name="{name}"]:not([type=hidden])').first
    expect(field, name).to_have_value(value)


# -- drafts -----------------------------------------------------------------------------------


@SCRIPTS
def test_the_button_keeps_a_draft_and_comes_back_to_it(
    desks: Any, system: System, scripts: bool
) -> None:
    desk, number = desks(OFFICER, scripts=scripts), numbered(system, "a_listed_case")
    desk.begin(number, "attempt_contact")
    desk.fill(**TYPED)
    press(desk.page.get_by_role("button", name="存成草稿"))
    desk.tells("草稿已存 14:20")
    holds(desk, "notes", "说下午再打")
    desk.open("/drafts")
    press(desk.page.get_by_role("link", name="登记联系"))
    desk.tells("这是 2021-07-22 14:20 存的草稿")
    desk.send()
    desk.has_done()
    desk.open("/drafts")
    desk.tells("没有草稿")


def test_typing_is_kept_by_itself_once_it_rests(desks: Any, system: System) -> None:
    desk, number = desks(OFFICER), numbered(system, "a_listed_case")
    desk.page.clock.install()
    desk.begin(number, "attempt_contact")
    desk.fill(notes="说下午再打")
    desk.page.clock.fast_forward(5000)
    expect(desk.page.locator(".draft-said")).to_have_text("草稿已存 14:20")
    expect(desk.page.locator(".draft-said")).to_have_attribute("role", "status")
    desk.open(f"/cases/{number}/do/attempt_contact")
    holds(desk, "notes", "说下午再打")


def test_leaving_the_page_keeps_what_was_typed(desks: Any, system: System) -> None:
    desk, number = desks(OFFICER), numbered(system, "a_listed_case")
    desk.begin(number, "attempt_contact")
    desk.fill(notes="说下午再打")
    with desk.page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        desk.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert kept.value.status == 200
    desk.open(f"/cases/{number}/do/attempt_contact")
    holds(desk, "notes", "说下午再打")


@SCRIPTS
def test_a_session_that_ended_costs_nothing_of_the_form(
    desks: Any, system: System, clock: Clock, tmp_path: Path, scripts: bool
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photograph())
    desk, number = desks(OFFICER, scripts=scripts), numbered(system, "a_listed_case")
    desk.begin(number, "attempt_contact")
    desk.fill(**TYPED, photo=str(photo))
    clock.wait(minutes=16)
    desk.send()
    desk.tells("刚才填的已存成您的草稿")
    desk.page.get_by_label("工号").fill(OFFICER)
    desk.page.get_by_label("密码").fill("correct horse battery")
    desk.send()
    desk.tells("存的草稿", "已收下的文件")
    for name in ("attempted_at", "contact_person", "phone", "notes"):
        holds(desk, name, TYPED.get(name, ""))
    desk.send()
    desk.has_done()


def test_a_session_that_ends_while_one_types_is_said_and_kept(
    desks: Any, system: System, clock: Clock
) -> None:
    desk, number = desks(OFFICER), numbered(system, "a_listed_case")
    desk.page.clock.install()
    desk.begin(number, "attempt_contact")
    clock.wait(minutes=16)
    desk.fill(notes="说下午再打")
    desk.page.clock.fast_forward(5000)
    expect(desk.page.locator(".draft-said")).to_contain_text("登录已经结束")
    desk.fill(phone="13800138000")
    desk.send()
    desk.tells("刚才填的已存成您的草稿")


# -- the conflict page ------------------------------------------------------------------------


@SCRIPTS
def test_two_officers_at_one_case_and_each_way_on(
    desks: Any, system: System, scripts: bool
) -> None:
    number = numbered(system, "a_listed_case")
    first, second = desks(OFFICER), desks(OTHER_OFFICER, scripts=scripts, width=390, height=844)
    for desk in (first, second):
        desk.begin(number, "attempt_contact")
    first.fill(**scenarios.contact("2021-07-20"))
    first.send()
    second.fill(**scenarios.contact("2021-07-21", result="no_answer", notes="无人接听"))
    second.send()
    second.is_headed("在您填写的时候，这件案子有了新登记")
    expect(second.page.locator("main input:checked")).to_have_count(0)
    press(second.page.get_by_role("button", name="改了再登记"))
    holds(second, "notes", "无人接听")
    second.fill(notes="无人接听两次")
    second.send()
    second.has_done()
    second.open("/drafts")
    second.tells("没有草稿")


# -- the form itself --------------------------------------------------------------------------


@SCRIPTS
def test_after_a_refusal_the_summary_has_the_focus_and_a_file_is_kept(
    desks: Any, system: System, tmp_path: Path, scripts: bool
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photograph())
    desk, number = desks(OFFICER, scripts=scripts), numbered(system, "a_listed_case")
    desk.begin(number, "attempt_contact")
    desk.fill(**{**TYPED, "attempted_at": "2021-07-23T10:00"}, photo=str(photo))
    desk.send()
    expect(desk.page).to_have_title(re.compile("^有错误"))
    expect(desk.page.locator(".error-summary")).to_be_focused()
    holds(desk, "notes", "说下午再打")
    desk.tells("已收下的文件")
    desk.fill(attempted_at="2021-07-20T10:00")
    desk.send()
    desk.has_done()


def test_now_is_one_press_and_never_there_by_itself(desks: Any, system: System) -> None:
    number = numbered(system, "a_listed_case")
    desk, without = desks(OFFICER), desks(OFFICER, scripts=False)
    desk.begin(number, "attempt_contact")
    holds(desk, "attempted_at", "")
    desk.page.get_by_role("button", name="现在").click()
    holds(desk, "attempted_at", "2021-07-22T14:20")
    without.open(f"/cases/{number}/do/attempt_contact")
    expect(without.page.get_by_text("现在", exact=True)).to_be_hidden()


def test_photographs_are_taken_on_site_one_after_another(
    desks: Any, system: System, tmp_path: Path
) -> None:
    number = numbered(system, "an_interviewed_case")
    desk = desks(OTHER_OFFICER, width=390, height=844, scripts=False)
    desk.open(f"/cases/{number}/do/add_photo")
    for n in range(2):
        photo = tmp_path / f"{n}.jpg"
        photo.write_bytes(photograph(f"2021:07:08 15:4{n}:00"))
        camera = desk.page.get_by_label("或者现在拍一张")
        expect(camera).to_have_attribute("capture", "environment")
        camera.set_input_files(str(photo))
        if n == 0:
            desk.fill(caption="厂房门口")
        press(desk.page.get_by_role("button", name="登记，再加一张"))
        desk.tells("接着加下一张")
        holds(desk, "caption", "厂房门口")
    captions = [entry.data.get("caption") for entry in entries(system, number)]
    assert captions.count("厂房门口") == 2


def test_an_answer_is_changed_from_the_page_that_checks_it(desks: Any, system: System) -> None:
    desk, number = desks(OFFICER, scripts=False), numbered(system, "a_case_ready_to_exit")
    desk.begin(number, "propose_exit")
    desk.fill(explanation="四项齐备")
    desk.send()
    desk.is_headed("核对后登记")
    desk.tells("现在", "待复核")
    press(desk.page.get_by_role("button", name="更改 情况说明"))
    holds(desk, "explanation", "四项齐备")
    desk.is_at(re.compile("#field-explanation$"))


# -- every form in every state ------------------------------------------------------------------


@LOOKS
def test_every_form_is_sound(counter: Any, system: System, look: Look) -> None:
    number = numbered(system, "a_case_with_exit_proposed")
    forms = [f"/cases/{number}/do/{c.name}" for c in COMMANDS.values() if c.on is GovernanceCase]
    begun = ("list_enterprise", "register_enterprise", "start_campaign")
    seen = counter(SUPERVISOR, look)
    found = {}
    for path in (*forms, *(f"/do/{name}" for name in begun), f"/cases/{number}/correct/4"):
        seen.bytes = 0
        if seen.open(path) == 200:
            found[path] = seen.faults(look)
    assert len(found) > 25
    assert {path: faults for path, faults in found.items() if faults} == {}


@LOOKS
def test_every_state_of_a_form_is_sound(
    counter: Any, system: System, look: Look, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photograph())
    number, exit_of = numbered(system, "a_listed_case"), scenarios.a_case_ready_to_exit(system, 2)
    ready = scenarios.case_number(system, exit_of.stream)
    to = f"/cases/{number}/do/attempt_contact"
    seen = counter(OTHER_OFFICER, look)
    page = seen.page
    found = {}

    def state(name: str) -> None:
        seen.bytes = 0
        found[name] = seen.faults(look)

    seen.open(to)
    press(page.locator("main form.form .btn-primary"))
    state("errors")
    page.locator('[name="notes"]').fill("call again")
    page.locator('[name="photo"]').first.set_input_files(str(photo))
    press(page.locator('button[value="draft"]'))
    state("draft kept")
    seen.open(to)
    state("draft opened")
    seen.open("/drafts")
    state("drafts")
    seen.open(to)
    scenarios.give(
        system, "attempt_contact", scenarios.contact("2021-07-20"), _stream(system, number)
    )
    page.locator('[name="channel"][value="phone"], [name="channel"]').first.evaluate(
        "e => { if (e.tagName === 'SELECT') e.value = 'phone'; else e.checked = true; }"
    )
    page.locator('[name="attempted_at"]').fill("2021-07-21T10:00")
    page.locator('[name="result"]').first.evaluate("e => { e.value = 'no_answer'; }")
    press(page.locator("main form.form .btn-primary"))
    state("conflict")
    expect(page.locator("ul.ways")).to_have_count(1)
    seen.open(f"/cases/{ready}/do/propose_exit")
    scenarios.give(system, "propose_exit", {"explanation": "done"}, exit_of.stream)
    page.locator('[name="explanation"]').fill("all is there")
    press(page.locator("main form.form .btn-primary"))
    state("conflict refused")
    expect(page.locator("ul.ways")).to_have_count(1)
    seen.open(f"/cases/{ready}/do/propose_exit")
    state("locked with a draft")
    seen.open(f"/cases/{number}/do/propose_exclusion")
    page.locator('[name="document"]').fill("No. 5")
    page.locator('[name="ground"]').first.evaluate(
        "e => { if (e.tagName === 'SELECT') e.selectedIndex = 1; else e.checked = true; }"
    )
    press(page.locator("main form.form .btn-primary"))
    state("check answers")
    assert {name: faults for name, faults in found.items() if faults} == {}


def _stream(system: System, number: str) -> UUID:
    with system.database.read() as c:
        return UUID(system.models.case_file.find(c, number).stream_id)
