"""A case is played on its page: step by step, by itself, from any link; nothing sealed shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from casesys import PlayOrder, play_case, see_case, sides_of
from casesys.system import System
from tests import scenarios
from tests.browser import enter, press, window
from tests.districts import CLERK
from tests.offices import AUDITOR, OTHER_OFFICER, SUPERVISOR, Clock
from tests.played import case_numbers
from tests.scenarios import MINUTES, PHONE, SIGNATORY, an_interviewed_case, case_number, give
from tests.web.helpers import Reader, app_of, serving, words_of

NEXT, PREVIOUS = "a[rel=next]", "a[rel=prev]"
FIGURE = re.compile(r'href="(/figures/(?:change|members)\?[^"]+)"')
COPIED = re.compile(r'data-copy="[^"]*?(/cases/[^"]+)"')


@pytest.fixture(scope="module")
def app(district_office: System) -> Flask:
    return app_of(district_office)


@pytest.fixture(scope="module")
def longest(district_office: System) -> str:
    return case_numbers(district_office)[0]


@contextmanager
def player(
    app: Flask, browser: Browser, path: str, *, scripts: bool = True, width: int = 1280
) -> Iterator[Page]:
    """An auditor before the page, which is asked for in Chinese."""
    with serving(app) as base, window(browser, scripts=scripts, width=width) as context:
        page = context.new_page()
        enter(page, base, AUDITOR)
        page.goto(f"{base}{path}")
        yield page


def changes(system: System, number: str) -> list[int]:
    """How many facts each entry of a case changed, the first of them at place 0."""
    played = play_case(see_case(system, number, CLERK), PlayOrder.RECORDED)
    frames = [played.frame(n) for n in range(1, played.total + 1)]
    return [
        sum(side.changed for group in sides_of(frame, played.view.workdays) for side in group.sides)
        for frame in frames
    ]


def stands_at(page: Page, n: int, of: list[int]) -> None:
    """The page shows the n-th entry, and marks what it changed in words."""
    expect(page.locator(".player-place")).to_have_text(f"第{n}条，共{len(of)}条")
    expect(page.locator(".replay-list .here b")).to_have_text(str(n))
    expect(page.locator(".replayed-sides tr.changed")).to_have_count(of[n - 1])
    marks = page.locator(".replayed-sides tr.changed .changed-word")
    expect(marks).to_have_count(of[n - 1])
    expect(marks.filter(has_text=re.compile("变了|新增|撤销"))).to_have_count(of[n - 1])


# -- in a real browser -------------------------------------------------------------------------


def test_the_longest_case_is_stepped_through_with_the_keys(
    district_office: System, app: Flask, longest: str, chromium: Browser
) -> None:
    of = changes(district_office, longest)
    assert len(of) == 26
    with player(app, chromium, f"/cases/{longest}/replay?n=1#player") as page:
        stands_at(page, 1, of)
        expect(page.locator(".player")).to_be_focused()
        for n in range(2, len(of) + 1):
            with page.expect_navigation():
                page.keyboard.press("ArrowRight")
            stands_at(page, n, of)
        expect(page.locator(NEXT)).to_have_count(0)
        expect(page.locator("[data-play]")).to_have_count(0)
        with page.expect_navigation():
            page.keyboard.press("ArrowLeft")
        stands_at(page, len(of) - 1, of)


def test_on_a_telephone_without_scripts_it_is_stepped_through_by_links(
    district_office: System, app: Flask, longest: str, chromium: Browser
) -> None:
    of = changes(district_office, longest)
    path = f"/cases/{longest}/replay?n=1"
    with player(app, chromium, path, scripts=False, width=390) as page:
        expect(page.locator("[data-play]")).to_be_hidden()
        expect(page.locator("button[data-copy]").first).to_be_hidden()
        for n in (1, 2, 3):
            stands_at(page, n, of)
            press(page.locator(NEXT))
        press(page.get_by_role("link", name="最后一条"))
        stands_at(page, len(of), of)
        press(page.locator(PREVIOUS))
        stands_at(page, len(of) - 1, of)
        press(page.get_by_role("link", name="第一条"))
        stands_at(page, 1, of)
        page.fill("#replay-n", "20")
        press(page.locator(".player-jump button"))
        stands_at(page, 20, of)
        before, after = (page.locator("tr.changed").first.locator("td").nth(n) for n in (0, 1))
        for side in (before, after):
            expect(side).to_have_css("display", "block")


def test_it_plays_by_itself_until_it_is_paused_or_over(
    app: Flask, longest: str, chromium: Browser
) -> None:
    with player(app, chromium, f"/cases/{longest}/replay?n=23") as page:
        place, button = page.locator(".player-place"), page.locator("[data-play]")
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        page.reload()
        expect(button).to_have_text("播放")
        page.clock.run_for(10_000)
        expect(place).to_contain_text("第23条")
        button.click()
        expect(button).to_have_text("暂停")
        with page.expect_navigation():
            page.clock.run_for(2_000)
        expect(place).to_contain_text("第24条")
        expect(button).to_have_text("暂停")
        expect(page.locator(".player")).to_be_focused()
        page.keyboard.press(" ")
        expect(button).to_have_text("播放")
        page.clock.run_for(10_000)
        expect(place).to_contain_text("第24条")
        page.keyboard.press(" ")
        for n in (25, 26):
            with page.expect_navigation():
                page.clock.run_for(2_000)
            expect(place).to_contain_text(f"第{n}条")
        expect(button).to_have_count(0)
        page.go_back()
        expect(place).to_contain_text("第25条")
        expect(button).to_have_text("播放")


def test_who_wants_less_motion_is_offered_no_play(
    app: Flask, longest: str, chromium: Browser
) -> None:
    with player(app, chromium, f"/cases/{longest}/replay?n=2#player") as page:
        page.emulate_media(reduced_motion="reduce")
        page.reload()
        expect(page.locator("[data-play]")).to_be_hidden()
        page.locator(NEXT).focus()
        page.keyboard.press(" ")
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")
        expect(page.locator(".player-place")).to_contain_text("第3条")


# -- what the page says --------------------------------------------------------------------------


def test_what_changed_is_said_as_from_what_to_what(app: Flask) -> None:
    page = words_of(Reader(app, AUDITOR).get_page("/cases/B2021-05-0010/replay?n=14"))
    for words in (
        "这一条作废了另一条登记",
        "第9条 联系了企业",
        "阶段由“待重点监管”变为“联系中”",
        "撤销经营状况：正常经营",
        "退出条件还缺：认定经营状况",
        "联系次数由“2”变为“1”",
        "已联系上、在经营 分子−1 分母不变",
    ):
        assert words in page.replace("\u3000", " "), words
    late = words_of(Reader(app, AUDITOR).get_page("/cases/B2021-01-0002/replay?n=8"))
    assert "这一条是补登，排到已有登记的前面" in late and "排在下面2条之前来算" in late
    assert "晚6天" in late and "第7条 约谈了企业" in late.replace("\u3000", " ")
    repaired = words_of(Reader(app, AUDITOR).get_page("/cases/B2021-01-0003/replay?n=12"))
    assert "修复率（按宗） 分子+1：岭云市监处罚〔2020〕4号 分母不变 0 / 3 本案 1 / 3" in repaired
    assert "岭云市监处罚〔2020〕4号由“申请在办”变为“已修复”" in repaired


def test_every_figure_that_moved_leads_to_the_office_before_and_after(app: Flask) -> None:
    reader = Reader(app, SUPERVISOR)
    followed = 0
    for n in (12, 16):
        page = reader.get_page(f"/cases/B2021-01-0003/replay?n={n}")
        for href in dict.fromkeys(map(unescape, FIGURE.findall(page))):
            answer = reader.get(href)
            assert answer.status_code == 200, href
            followed += 1
    assert followed > 4
    change = words_of(
        reader.get_page("/figures/change?figure=repair.by_record&as_of=2021-04-08&from=303&to=304")
    )
    assert "岭云市监处罚〔2020〕4号" in change


def test_a_day_on_either_clock_is_jumped_to(app: Flask) -> None:
    """Entry 8 happened on 10 March and came in on the 16th."""
    reader = Reader(app, AUDITOR)
    base = "/cases/B2021-01-0002/replay"

    def place(query: str) -> str:
        found = re.search(r'player-place">([^<]+)<', reader.get_page(f"{base}?{query}"))
        assert found is not None
        return found[1]

    assert place("known_at=2021-03-15T12:00") == "第7条，共7条"
    assert place("as_of=2021-03-10") == "第6条，共13条"
    assert place("as_of=2021-03-10&known_at=2021-03-15T12:00") == "第5条，共7条"
    assert place("as_of=2020-01-01") == "第一条之前，共13条"
    assert place("as_of=2021-03-10&n=2") == "第6条，共13条"
    beyond = reader.get_page(f"{base}?known_at=2021-03-15T12:00")
    assert "这时的账本有7条，现在有13条" in words_of(beyond)
    assert f'rel="next" href="{base}?n=8#player"' in beyond


def test_whatever_the_address_says_the_nearest_entry_is_shown(app: Flask) -> None:
    reader = Reader(app, AUDITOR)
    base = "/cases/B2021-01-0002/replay"
    for query, words in (
        ("n=0", "第1条"),
        ("n=-3", "第13条"),
        ("n=999999999", "第13条"),
        ("n=99999999999999999999", "第13条"),
        ("n=%D9%A3", "第13条"),
        ("n=soon&order=never", "第13条"),
    ):
        answer = reader.get(f"{base}?{query}")
        assert answer.status_code == 200 and words in answer.text, query
    for query in ("as_of=2021-02-30", "known_at=soon"):
        assert reader.get_page_status(f"{base}?{query}") == 400
    assert reader.get_page_status("/cases/B2099-01-0001/replay") == 404


def test_the_case_its_tabs_its_entries_and_the_audit_lead_to_the_replay(app: Flask) -> None:
    reader = Reader(app, AUDITOR)
    number = "B2021-01-0003"
    here = f'href="/cases/{number}/replay?n=12"'
    for path in (f"/cases/{number}?tab=audit", f"/cases/{number}/entries/12", "/audit/304"):
        assert here in reader.get_page(path), path
    assert f'href="/cases/{number}/replay"' in reader.get_page(f"/cases/{number}?tab=timeline")
    assert 'href="/audit/304"' in reader.get_page(f"/cases/{number}/replay?n=12")
    supervised = Reader(app, SUPERVISOR).get_page(f"/cases/{number}/replay?n=12")
    assert "修复率" in supervised and 'href="/audit/304"' not in supervised


@pytest.mark.parametrize("order", list(PlayOrder))
def test_the_copied_link_shows_the_same_after_a_late_entry(
    system: System, clock: Clock, order: PlayOrder
) -> None:
    clock.set("2021-07-22T15:00")
    case = an_interviewed_case(system)
    number = case_number(system, case.stream)
    app = app_of(system)
    page = Reader(app, AUDITOR).get_page(f"/cases/{number}/replay?n=4&order={order}")
    (copied,) = set(map(unescape, COPIED.findall(page)))
    clock.set("2021-07-25T09:00")
    seen = re.findall(r"<ins>[^<]+</ins>", page)
    assert seen
    late = scenarios.contact("2021-07-02", result="no_answer")
    give(system, "attempt_contact", late, case.stream, OTHER_OFFICER)
    reader = Reader(app, AUDITOR)
    assert re.findall(r"<ins>[^<]+</ins>", reader.get_page(copied)) == seen
    if order == PlayOrder.HAPPENED:
        without = reader.get_page(f"/cases/{number}/replay?n=4&order={order}")
        assert re.findall(r"<ins>[^<]+</ins>", without) != seen


def test_nothing_sealed_shows_and_what_is_beyond_reach_is_not_there(
    system: System, clock: Clock
) -> None:
    clock.set("2021-07-22T15:00")
    case = an_interviewed_case(system)
    number = case_number(system, case.stream)
    app = app_of(system)
    reader = Reader(app, AUDITOR)
    total = play_case(see_case(system, number, CLERK), PlayOrder.RECORDED).total
    for n in range(1, total + 1):
        page = reader.get_page(f"/cases/{number}/replay?n={n}")
        assert f"第{n}条，共{total}条" in page
        assert not any(secret in page for secret in (PHONE, SIGNATORY, MINUTES)), n
    moved = {"unit": "区税务局", "officer": None}
    give(system, "assign_case", moved, case.stream, SUPERVISOR)
    assert Reader(app, OTHER_OFFICER).get_page_status(f"/cases/{number}/replay") == 404
    assert reader.get_page_status(f"/cases/{number}/replay") == 200
