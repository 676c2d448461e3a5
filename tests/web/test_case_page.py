"""In a real browser: the tabs of a case by links, its code copied, sound on every screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from casesys.system import System
from tests import scenarios
from tests.browser import press
from tests.offices import OFFICER, Clock
from tests.web.test_case_journey import Desk, desks
from web.case_tabs import TABS

__all__ = ["desks"]


@pytest.fixture
def case(system: System, clock: Clock) -> str:
    """Two records on their way, photographs, and something voided: a page with much on it."""
    stream = scenarios.a_performed_case(system).stream
    scenarios.give(system, "attach_record", scenarios.penalty(2, decided_on="2021-06-30"), stream)
    scenarios.give(system, "attempt_contact", scenarios.contact("2021-07-13"), stream)
    scenarios.give(system, "void_entry", {"target": "11", "explanation": "重复登记"}, stream)
    return scenarios.case_number(system, stream)


def tab_bar(desk: Desk) -> Any:
    return desk.page.get_by_role("navigation", name="案件的各部分")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_tabs_are_links_that_hold_their_place_in_the_address(
    desks: Any, case: str, scripts: bool
) -> None:
    desk = desks(OFFICER, scripts=scripts)
    desk.open(f"/cases/{case}")
    for name, words in (
        ("timeline", "时间线"),
        ("records", "宗"),
        ("materials", "材料"),
        ("contact", "联系记录"),
        ("rules", "规则依据"),
        ("audit", "审计"),
    ):
        press(tab_bar(desk).get_by_role("link", name=words))
        desk.is_at(re.compile(f"tab={name}"))
        current = tab_bar(desk).locator('[aria-current="page"]')
        expect(current).to_have_text(re.compile(rf"^\s*{words}"))
    desk.page.go_back()
    desk.is_at(re.compile("tab=rules"))
    desk.open(f"/cases/{case}?tab=timeline")
    press(desk.page.get_by_role("link", name="材料", exact=True))
    desk.is_at(re.compile("only=materials"))
    desk.tells("登记了照片")


def test_the_code_is_copied_and_the_page_says_so(desks: Any, case: str) -> None:
    desk = desks(OFFICER)
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open(f"/cases/{case}")
    desk.page.get_by_role("button", name="复制").click()
    expect(desk.page.get_by_role("status").get_by_text("已复制")).to_be_visible()
    assert desk.page.evaluate("navigator.clipboard.readText()") == scenarios.credit_code(1)


def test_without_https_the_code_is_copied_all_the_same(desks: Any, case: str) -> None:
    desk = desks(OFFICER)
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    # On a page that came without HTTPS a browser gives no clipboard.
    hidden = "Object.defineProperty(navigator, 'clipboard', {get: () => undefined})"
    desk.page.add_init_script(hidden)
    desk.open(f"/cases/{case}")
    desk.page.get_by_role("button", name="复制").click()
    expect(desk.page.get_by_role("status").get_by_text("已复制")).to_be_visible()
    picked = desk.page.evaluate("getSelection().toString()")
    assert picked == scenarios.credit_code(1)


def test_without_scripts_the_code_can_still_be_picked_and_no_dead_button_stands(
    desks: Any, case: str
) -> None:
    desk = desks(OFFICER, scripts=False)
    desk.open(f"/cases/{case}")
    desk.tells(scenarios.credit_code(1))
    expect(desk.page.locator("button.copy")).to_be_hidden()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_tab_is_sound_on_every_screen(
    desks: Any, case: str, language: str, width: int
) -> None:
    desk = desks(OFFICER, width=width, height=844)
    desk.open(f"/preferences?language={language}&next=/")
    for tab in TABS:
        desk.open(f"/cases/{case}?tab={tab}")
        # The checker sees each language and each width; what is crossed is only measured.
        if (width == 390) == (language == "en"):
            desk.is_sound()
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, tab
        expect(desk.page.locator("main .btn-primary:visible").nth(1)).to_have_count(0)


def test_on_a_phone_what_can_be_done_comes_before_the_lanes_and_a_tab_opens_at_its_bar(
    desks: Any, case: str
) -> None:
    desk = desks(OFFICER, width=390, height=844)
    desk.open(f"/cases/{case}")

    def top(selector: str) -> float:
        return float(desk.page.locator(selector).first.bounding_box()["y"])

    assert top(".acts") < top(".lanes") < top("#tabs")
    press(tab_bar(desk).get_by_role("link", name="时间线"))
    desk.is_at(re.compile("tab=timeline#tabs$"))
    expect(desk.page.locator("#tabs")).to_be_in_viewport()


def test_on_a_desk_a_tab_opens_under_the_name_of_the_case(desks: Any, case: str) -> None:
    desk = desks(OFFICER)
    desk.open(f"/cases/{case}")
    press(tab_bar(desk).get_by_role("link", name="联系记录"))
    desk.is_at(re.compile("tab=contact#tabs$"))
    expect(desk.page.get_by_role("heading", name="联系记录")).to_be_visible()
    assert desk.page.evaluate("window.scrollY") == 0


def test_the_tabs_and_the_acts_are_reached_by_the_keyboard_in_the_order_they_are_read(
    desks: Any, case: str
) -> None:
    desk = desks(OFFICER, width=390, height=844)
    desk.open(f"/cases/{case}")
    seen = []
    for _ in range(80):
        desk.page.keyboard.press("Tab")
        place = desk.page.evaluate(
            "document.activeElement.closest('.acts, #tabs, .data, footer')?.className ?? ''"
        )
        if place and place not in seen:
            seen.append(place)
    assert seen[:2] == ["acts", "case-tabs"]
