"""The page of figures shows the register's own answers, each with its fraction and formula."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from casesys.figures import page as figures_page
from casesys.figures.cases_of_day import Standings
from casesys.figures.page import Held
from casesys.history import import_history
from casesys.permits import operator
from casesys.system import System
from tests import scenarios
from tests.browser import enter, window
from tests.offices import OTHER_OFFICER, SUPERVISOR
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations

LAST_DAY = "2021-11-09"


@pytest.fixture
def reader(system: System) -> Reader:
    folder: Path = shared_path("district/district_50")
    import_history(system, folder, operator("tests"), progress=lambda done, of: None)
    return Reader(app_of(system))


def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        shared_path("district/district_50/expected.json").read_text("utf-8")
    )
    return found


def rows_by_name(page: str) -> dict[str, str]:
    """The words of every card and of every row of the further rates, by its name."""
    cards = re.findall(r'<section class="figure-card">(.*?)</section>', page, re.DOTALL)
    further = re.findall(r'<tr><th scope="row" class="first says">(.*?)</tr>', page, re.DOTALL)
    return {words_of(part).split()[0]: words_of(part) for part in [*cards, *further]}


def test_each_rate_stands_with_its_fraction_as_the_register_has_it(reader: Reader) -> None:
    names = {
        "repair_rate_by_zong": "修复率（按宗）",
        "repair_rate_by_jia_strict": "全部修复的企业",
        "repair_rate_by_jia_loose": "至少修复一宗的企业",
        "interview_rate": "约谈",
        "photo_rate": "取证照片",
        "commitment_rate": "信用承诺",
    }
    for day, told in answers()["as_of"].items():
        found = rows_by_name(reader.get_page(f"/figures?as_of={day}"))
        assert len(found) == 8
        for category in ("penalty", "judgment", "all"):
            rates = {k: v for k, v in told[category].items() if "percent" in str(v)}
            assert len(rates) == 7
            for key, rate in rates.items():
                words = found[names.get(key, "三项齐全")]
                assert f"{rate['numerator']} / {rate['denominator']}" in words, (day, key)
                assert rate["percent"] is None or f"{rate['percent']}" in words, (day, key)


def test_the_deadlines_stand_as_the_register_has_them(reader: Reader) -> None:
    told = answers()["deadlines_at_last_date"]
    page = words_of(reader.get_page(f"/figures?as_of={LAST_DAY}"))
    columns = ("on_time", "late", "open_overdue", "open_in_time", "not_applicable")
    for kind, name in (
        ("first_contact", "首次联系"),
        ("interview", "约谈"),
        ("commitment", "信用承诺"),
    ):
        assert " ".join([name, *(str(told[kind].get(one, 0)) for one in columns)]) in page


LINK = re.compile(r'<a href="(/figures/(?:members|acts|work)\?[^"]+)">([^<]+)</a>')


def figures_of(page: str) -> list[tuple[str, int]]:
    """Every figure of a page that leads to a list: the address and the number."""
    return [
        (unescape(href), int(re.sub(r"[^0-9]", "", words)))
        for href, words in LINK.findall(page)
        if re.fullmatch(r"[0-9]+( [^0-9]+)?", words)
    ]


def listed(reader: Reader, address: str) -> int:
    """How many rows a list has, all its pages together."""
    page = reader.get_page(address)
    rows = page.count('<th scope="row" class="first">')
    for n in range(2, 100):
        if f"page={n}" not in page:
            break
        page = reader.get_page(f"{address}&page={n}")
        rows += page.count('<th scope="row" class="first">')
    return rows


@pytest.mark.parametrize(
    "query",
    [
        "as_of=2021-10-31&by=town&in=enterprise",
        "as_of=2021-09-30&known_at=2021-08-15T18:00&by=unit",
        "as_of=2021-10-31&by=month",
    ],
)
def test_every_figure_opens_a_list_of_as_many_rows_as_it_counts(reader: Reader, query: str) -> None:
    found = dict(figures_of(reader.get_page(f"/figures?{query}")))
    assert len(found) > 80
    chosen = random.Random(query).sample(sorted(found.items()), 40)
    for address, n in chosen:
        assert listed(reader, address) == n, address
        assert "as_of=" in address


def test_the_check_on_lists_sees_a_figure_that_counts_one_too_many(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = figures_page.held_up

    def one_more(seen: Standings) -> list[Held]:
        first, *rest = honest(seen)
        return [replace(first, records=first.records + 1), *rest]

    monkeypatch.setattr(figures_page, "held_up", one_more)
    found = dict(figures_of(reader.get_page("/figures?as_of=2021-10-31")))
    wrong = [a for a, n in found.items() if "held-" in a and listed(reader, a) != n]
    assert len(wrong) == 1


def test_each_row_of_a_list_leads_to_its_case_on_the_same_day(reader: Reader) -> None:
    page = reader.get_page("/figures/members?count=unrepaired&as_of=2021-10-31")
    cases = re.findall(r'href="(/cases/[^"]+)"', page)
    assert len(cases) >= 50 and all("as_of=2021-10-31" in case for case in cases)
    assert reader.get_page_status(unescape(cases[0])) == 200


def test_what_holds_repair_down_is_ranked_with_one_reason_each(reader: Reader) -> None:
    page = words_of(reader.get_page("/figures?as_of=2021-10-31"))
    reasons = ("没有提请修复 22件，22家 30", "破产 1件，1家 19", "失联 1件，1家 12")
    places = [page.index(reason) for reason in reasons]
    assert places == sorted(places) and "合计没有修复 73" in page
    assert "没有修复的73宗里，31宗属于1家破产、1家失联的企业" in page


def test_any_two_days_may_be_compared(reader: Reader) -> None:
    page = words_of(reader.get_page("/figures?as_of=2021-10-31&compare=2021-06-30"))
    told = answers()["as_of"]
    then, now = (told[day]["all"]["repair_rate_by_zong"] for day in ("2021-06-30", "2021-10-31"))
    points = now["percent"] - then["percent"]
    assert f"比06-30 {points:+d}个百分点" in page
    assert f"{then['numerator']} / {then['denominator']}，{then['percent']}%" in page
    wrong = words_of(reader.get_page("/figures?compare=31.10.2021"))
    assert "31.10.2021" in wrong


def test_a_unit_is_told_that_it_sees_its_own_cases_only(reader: Reader, system: System) -> None:
    page = words_of(Reader(app_of(system), OTHER_OFFICER).get_page("/figures?as_of=2021-10-31"))
    assert "这里只有区市场监督管理局负责的案件" in page and "/ 123 宗" not in page
    assert "这里只有" not in words_of(reader.get_page("/figures?as_of=2021-10-31"))


def test_what_no_figure_counts_has_no_list(reader: Reader) -> None:
    for address in (
        "/figures/members",
        "/figures/members?count=everything",
        "/figures/acts?act=interviews",
        "/figures/acts?act=interviews&month=2021-13",
        "/figures/acts?act=naps&month=2021-03",
        "/figures/work?by=officer&count=naps",
        "/figures/work?by=town&count=open",
    ):
        assert reader.get_page_status(address) == 404, address
    nobody = reader.get_page("/figures/members?count=cases&town=%E6%9C%88%E7%90%83&page=x")
    assert "一个也没有" in words_of(nobody)


def test_a_small_group_is_listed_and_not_ranked(reader: Reader) -> None:
    page = words_of(reader.get_page("/figures?as_of=2021-10-31"))
    assert page.index("青塘镇 10 5 7 70%") < page.index("不足10宗") < page.index("望江街道")


def test_a_day_before_everything_has_no_percent(reader: Reader) -> None:
    page = words_of(reader.get_page("/figures?as_of=2001-01-01"))
    assert "没有可算的比率" in page and "100%" not in page.replace("0% 到 100%", "")


def test_every_grouping_and_language_has_its_page(reader: Reader) -> None:
    for language in ("zh", "en"):
        reader.get("/preferences", language=language)
        for by in ("town", "campaign", "unit", "month", "nothing"):
            query = f"/figures?by={by}&as_of=2021-10-31&known_at=2021-09-30T18:00"
            assert reader.get_page_status(query) == 200
    assert "“by” has no choice “nothing”" in words_of(reader.get_page("/figures?by=nothing"))


def test_no_page_of_figures_carries_an_inline_style(reader: Reader) -> None:
    assert " style=" not in reader.get_page("/figures?as_of=2021-10-31")


def test_work_is_counted_by_officer_and_by_unit_and_opens_its_list(system: System) -> None:
    case = scenarios.a_listed_case(system).stream
    scenarios.give(system, "claim_case", {}, case, OTHER_OFFICER)
    scenarios.a_listed_case(system, 2)
    boss = Reader(app_of(system), SUPERVISOR)
    for by, name in (("officer", OTHER_OFFICER), ("unit", "区市场监督管理局")):
        page = boss.get_page(f"/figures?work={by}")
        table = page[page.index('id="work"') :]
        found = figures_of(table[: table.index("</section>")])
        assert name in words_of(table) and "不说明谁办得好坏" in words_of(table)
        assert found and all(listed(boss, address) == n for address, n in found)
    assert "工作量只看今天" in words_of(boss.get_page("/figures?as_of=2021-01-01"))


def test_the_exit_leads_to_those_who_left_without_repair(reader: Reader) -> None:
    page = reader.get_page("/figures?as_of=2021-10-31")
    (link,) = re.findall(r'<a href="([^"]+)">退出了却没有修复</a>', page)
    address = unescape(link)
    assert address == "/figures/difference?a=exit.case&b=repair.by_record&as_of=2021-10-31"
    parted = words_of(reader.get_page(address))
    assert "退出" in parted and "修复" in parted


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figures_are_read_on_a_desk_a_phone_and_paper(
    reader: Reader, system: System, chromium: Browser, language: str
) -> None:
    with serving(app_of(system)) as base, window(chromium) as context:
        page = context.new_page()
        enter(page, base)
        page.goto(f"{base}/preferences?language={language}")
        for address in (
            "/figures?as_of=2021-10-31",
            "/figures?as_of=2021-10-31&by=month",
            "/figures/members?count=unrepaired&as_of=2021-10-31",
        ):
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(base + address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                # The checker sees each language and each width; what is crossed is only measured.
                if (width == 390) == (language == "en"):
                    assert violations(page) == []
        page.goto(f"{base}/figures?as_of=2021-10-31")
        page.keyboard.press("Tab")
        page.get_by_role("link", name="30", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/figures/members[?]count=held-not_applied"))
        page.goto(f"{base}/figures?as_of=2021-10-31")
        paper = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 2
