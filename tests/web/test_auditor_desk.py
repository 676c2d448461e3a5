"""What an auditor comes to do: with scripts off, on a telephone, in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from casesys.history import import_history
from casesys.system import System
from domain.case import GovernanceCase
from tests.browser import enter, press, window
from tests.districts import CLERK, district
from tests.examples import RUNNER
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, Clock, person
from tests.past_the_guards import past_the_guards
from tests.scenarios import (
    PHOTO,
    a_case_with_exit_proposed,
    a_contacted_case,
    an_interviewed_case,
    give,
)
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations

FIRST, SECOND = "云塘区第1建材有限公司", "云塘区第2建材有限公司"
PAGES = (
    "/audit",
    "/audit?result=late&days=5",
    "/audit?about=nothing",
    "/audit?topic=accounts",
    "/audit/powers?since_from=2021-07-01",
    "/audit/reads",
    "/audit/attempts",
    "/audit/attempts?result=refused",
    "/audit/findings",
    "/audit/findings?view=evidence",
    "/audit/findings?view=late&days=3",
    "/audit/findings?view=persons",
)


@pytest.fixture
def office_with_findings(system: System, clock: Clock) -> System:
    """A past register, two cases with one photograph, reads, a void, and an exit by one person."""
    import_history(system, district(), CLERK)
    interviewed = an_interviewed_case(system, 1)
    contacted = a_contacted_case(system, 2)
    for case in (interviewed, contacted):
        give(system, "add_photo", {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}, case.stream)
    for case, by in ((interviewed, OFFICER), (interviewed, SUPERVISOR), (contacted, OFFICER)):
        why = {"target": 4, "explanation": "核对电话"}
        give(system, "reveal_personal_data", why, case.stream, by)
    give(system, "void_entry", {"target": 4, "explanation": "录错企业"}, contacted.stream)
    proposed = a_case_with_exit_proposed(system, 3).stream
    officer = person(system, OFFICER).id
    exited = GovernanceCase.SubjectExited
    past_the_guards(system, proposed, exited, officer, ruleset="R2019")
    account = UUID(officer)
    clock.set("2021-07-25T09:00")
    give(system, "grant_role", {"role": "supervisor"}, account, RUNNER)
    clock.set("2021-07-28T09:00")
    give(system, "revoke_role", {"role": "supervisor"}, account, RUNNER)
    return system


@pytest.fixture
def app(office_with_findings: System) -> Flask:
    return app_of(office_with_findings)


@contextmanager
def desk(
    app: Flask,
    browser: Browser,
    *,
    scripts: bool = True,
    width: int = 1280,
    english: bool = False,
) -> Iterator[Page]:
    with serving(app) as address, window(browser, scripts=scripts, width=width) as context:
        page = context.new_page()
        enter(page, address, AUDITOR)
        page.goto(f"{address}/preferences?language={'en' if english else 'zh'}")
        page.goto(f"{address}/audit")
        yield page


def rows_of(page: Page) -> Locator:
    return page.locator("main table.data tbody tr")


def ask(page: Page) -> None:
    press(page.locator("main .go button"))


def follow(page: Page, words: str) -> None:
    press(page.get_by_role("link", name=words))


# -- the tasks, in a browser ------------------------------------------------------------------


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 390)])
def test_who_did_an_interview_is_found(
    app: Flask, chromium: Browser, scripts: bool, width: int
) -> None:
    with desk(app, chromium, scripts=scripts, width=width) as page:
        page.fill("[name=about]", FIRST)
        page.select_option("[name=topic]", "case.interview_held")
        ask(page)
        expect(rows_of(page)).to_have_count(1)
        for words in (OFFICER, FIRST):
            expect(rows_of(page)).to_contain_text(words)
        press(page.locator("main tbody th a"))
        expect(page.locator("h1")).to_contain_text("约谈了企业")
        fields = page.locator("dl.audit-fields")
        expect(fields).to_contain_text(OFFICER)
        # Names are sealed: an auditor sees one after saying why.
        expect(fields).not_to_contain_text("林晓")
        press(fields.get_by_role("link", name="是谁（查看要写理由）"))
        page.fill("[name=explanation]", "核对约谈人员")
        press(page.get_by_role("button", name="查看姓名"))
        expect(page.locator("main")).to_contain_text("林晓")


def test_all_reads_of_one_enterprise_are_found(app: Flask, chromium: Browser) -> None:
    with desk(app, chromium, scripts=False) as page:
        press(page.get_by_role("link", name="查看个人信息", exact=True))
        expect(rows_of(page)).to_have_count(3)
        page.fill("[name=about]", FIRST)
        ask(page)
        expect(rows_of(page)).to_have_count(2)
        expect(rows_of(page).filter(has_text=FIRST)).to_have_count(2)
        expect(rows_of(page).filter(has_text=OFFICER)).to_have_count(1)
        follow(page, "谁看过个人信息")
        readers = [re.compile(rf"^\s*{who}\s") for who in (OFFICER, SUPERVISOR, OFFICER)]
        expect(rows_of(page)).to_have_text(readers, use_inner_text=True)


def test_who_could_approve_exits_on_a_past_day_is_said(app: Flask, chromium: Browser) -> None:
    with desk(app, chromium, scripts=False, width=390) as page:
        follow(page, "谁能做什么")
        for day, approvers in (
            ("2021-07-24", [SUPERVISOR]),
            ("2021-07-26", [SUPERVISOR, OFFICER]),
            ("2021-07-28", [SUPERVISOR]),
        ):
            page.fill("#powers-day", day)
            page.select_option("select[name=permit]", "approve")
            ask(page)
            expect(rows_of(page).locator("th > a"), day).to_have_text(approvers)


def test_an_entry_is_read_before_and_after(app: Flask, chromium: Browser) -> None:
    with desk(app, chromium, scripts=False) as page:
        page.fill("[name=about]", SECOND)
        page.select_option("[name=result]", "voids")
        ask(page)
        press(page.locator("main tbody th a"))
        expect(page.locator("dl.audit-fields")).to_contain_text("录错企业")
        changed = page.locator("tr.changed", has_text="联系次数")
        expect(changed.locator("del")).to_have_text("1")
        expect(changed.locator("ins")).to_have_text("0")
        expect(changed).to_contain_text("变了")
        follow(page, "看那一条")
        expect(page.locator("main")).to_contain_text("已经作废")
        follow(page, "看作废它的那一条")
        follow(page, "本卷上一条")
        expect(page.locator("h1")).to_contain_text("查看")


def test_two_cases_with_the_same_photograph_are_found(app: Flask, chromium: Browser) -> None:
    with desk(app, chromium, scripts=False) as page:
        follow(page, "要再看一眼的")
        follow(page, "证据重复使用")
        found = page.locator("main section table.stacks tbody tr")
        expect(found).to_have_count(3)
        expect(found.nth(0)).to_contain_text(FIRST)
        expect(found.nth(0)).to_contain_text(PHOTO[:12])
        expect(found.nth(1)).to_contain_text(SECOND)
        follow(page, "该两人的只有一人")
        page.select_option("[name=code]", "same_person")
        ask(page)
        expect(found).to_have_count(1)
        expect(found).to_contain_text(re.compile(rf"{OFFICER}.*{OFFICER}", re.DOTALL))


# -- every page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "english"), [(1280, False), (390, True)])
def test_no_page_of_the_desk_has_a_fault_that_axe_finds(
    app: Flask, chromium: Browser, width: int, english: bool
) -> None:
    with desk(app, chromium, width=width, english=english) as page:
        address = page.url.removesuffix("/audit")
        for path in (*PAGES, "/audit/70", "/audit/500"):
            page.goto(address + path)
            assert violations(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path
            expect(page.locator("h1"), path).to_have_count(1)


def test_the_pages_are_the_auditor_s_alone_and_speak_two_languages(app: Flask) -> None:
    auditor = Reader(app, AUDITOR)
    for login in (OFFICER, SUPERVISOR):
        reader = Reader(app, login)
        assert {reader.get_page_status(path) for path in PAGES} == {403}
    for language in ("zh", "en"):
        auditor.get("/preferences", language=language)
        for path in PAGES:
            assert auditor.get_page_status(path) == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/audit/findings?view=nothing",
        "/audit/findings?view=late&days=x&page=-1&on_from=2021-13-01&clock=noon&sort=--days",
        "/audit/findings?view=late&days=99999999999999999999999999&who=%25",
        "/audit/findings?view=rules&code=nothing&page=99999999999999999999&unit=%27",
        "/audit/findings?view=evidence&case=%F0%9F%98%80&town=%00",
        "/audit/findings?view=officers&who=nobody&state=gone&case=%00",
        "/audit/findings.csv?view=nothing&days=x",
        "/audit/powers?role=king&permit=all&unit=%27&since_from=x",
        "/audit/powers?as_of=1950-01-01",
        "/audit/reads?who=%00&about=%25",
        "/audit/attempts?who=%27%22&act=nothing&result=x&on_from=2021-13-01&page=9999999999",
        "/audit?result=late&days=0&about=%00",
        "/audit?actor=%00&command_id=%00",
    ],
)
def test_no_wrong_address_of_the_desk_is_a_fault(app: Flask, path: str) -> None:
    assert Reader(app, AUDITOR).get_page_status(path) in (200, 400)


def test_what_was_refused_is_asked_for_where_it_is_kept(app: Flask) -> None:
    Reader(app, None).sign_in(OFFICER, "not the password")
    auditor = Reader(app, AUDITOR)
    there = auditor.get(f"/audit?result=refused&actor={OFFICER}")
    assert there.status_code == 303
    page = words_of(auditor.get(there.location).text)
    assert "被拒绝" in page and "工号或密码不对" in page


def test_no_page_of_the_desk_shows_a_sealed_word(app: Flask) -> None:
    auditor = Reader(app, AUDITOR)
    for path in PAGES:
        page = auditor.get_page(path)
        assert "13800138000" not in page and "吴秀兰" not in page, path


def test_a_search_says_how_far_it_came(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casesys.audit.trail.__defaults__", (50, 30))
    auditor = Reader(app, AUDITOR)
    page = words_of(auditor.get_page("/audit?topic=calendar.published"))
    assert "查过的这一段里没有" in page and "接着查" in page
