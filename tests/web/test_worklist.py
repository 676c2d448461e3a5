"""The worklist page says what is due and leads to the next step, whatever its address asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from casesys.system import System
from tests.browser import enter, press, window
from tests.offices import AUDITOR
from tests.scenarios import a_case_with_exit_proposed, a_contacted_case, a_listed_case
from tests.web.helpers import Reader, app_of, serving, words_of

WRONG = [
    "page=-1",
    "page=0",
    "page=99999999999999999999999999",
    "page=abc",
    "page=%C2%B2",
    "page=1.5",
    "sort=nothing",
    "sort=-",
    "sort=due;drop",
    "view=nothing",
    "stage=nothing",
    "category=%27%20OR%201=1--",
    "due_from=2021-02-30",
    "due_from=0001-01-01",
    "due_to=9999-12-31",
    "due_from=2021-08-01&due_to=2021-07-01",
    "due_from=tomorrow&due_to=12345678901234567890123456",
    "q=%25%5F%5C",
    "q=" + "9" * 26,
    "q=" + "%E4%B8%AD" * 500,
    "q=%F0%9F%92%A9%ED%A0%80",
    "unit=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "town=" + "x" * 3000,
    "view=mine&view=today&page=1&page=2",
    "as_of=1900-01-01",
    "as_of=9999-12-31",
    "known_at=1900-01-01T00:00",
]


@pytest.fixture
def reader(system: System) -> Reader:
    a_listed_case(system, 1)
    a_contacted_case(system, 2)
    a_case_with_exit_proposed(system, 3)
    return Reader(app_of(system))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_wrong_address_is_a_fault(reader: Reader, language: str) -> None:
    reader.get("/preferences", language=language)
    for query in WRONG:
        for path in ("/", "/cases", "/search", "/figures", "/figures?by=month"):
            answer = reader.get_page_status(f"{path}{'&' if '?' in path else '?'}{query}")
            assert answer in (200, 303, 400), (path, query)


def test_what_could_not_be_read_is_said_and_left_out(reader: Reader) -> None:
    page = words_of(reader.get_page("/?page=abc&due_from=2021-02-30&stage=nothing"))
    assert "“abc”不是页码" in page
    assert "“2021-02-30”不是日期" in page
    assert "没有“nothing”这一项" in page
    assert "云塘区第1建材有限公司" in page


def test_the_sentence_under_the_title_counts_what_is_due(reader: Reader) -> None:
    page = words_of(reader.get_page("/"))
    assert "今天0件到期" in page and "1件已逾期" in page and "共3件待办" in page
    mine = words_of(reader.get_page("/?view=mine"))
    assert "全部待办：" in mine and "共3件待办" in mine and "全部待办：" not in page


def test_a_case_that_is_late_stands_first_with_its_next_step(reader: Reader) -> None:
    page = reader.get_page("/")
    first, second, third = (page.index(f"云塘区第{n}建材") for n in (1, 2, 3))
    assert first < second < third
    assert 'href="/cases/2021-01-0001/do/attempt_contact"' in page
    assert "逾期10个工作日" in page


def test_whoever_may_not_act_sees_the_step_without_its_link(reader: Reader) -> None:
    auditor = Reader(reader.client.application, AUDITOR)
    page = auditor.get_page("/")
    assert "登记联系" in words_of(page)
    assert "/do/" not in page


def test_in_the_past_nothing_can_be_done(reader: Reader) -> None:
    page = reader.get_page("/?as_of=2021-07-05")
    assert "/do/" not in page and "云塘区第1建材有限公司" in page


def test_a_chip_takes_only_itself_away(reader: Reader) -> None:
    page = reader.get_page("/?category=penalty&town=%E7%9F%B3%E9%97%A8%E8%A1%97%E9%81%93&page=2")
    assert 'href="?category=penalty"' in page
    assert 'href="?town=%E7%9F%B3%E9%97%A8%E8%A1%97%E9%81%93"' in page


def test_markup_typed_into_a_condition_stays_text(reader: Reader) -> None:
    page = reader.get_page("/?q=%3Cb%20id=x%3E&unit=%3Cscript%3E")
    assert "<b id=x>" not in page and "<script>" not in page


def test_the_list_works_with_scripts_off_on_a_phone(reader: Reader, chromium: Browser) -> None:
    app = reader.client.application
    with serving(app) as address, window(chromium, scripts=False, width=390, height=844) as desk:
        page = desk.new_page()
        enter(page, address)
        page.fill("#list-q", "第2建材")
        press(page.locator("text=查询"))
        expect(page.locator("tbody tr")).to_have_count(1)
        press(page.locator("tbody th a"))
        expect(page.locator("h1")).to_have_text("云塘区第2建材有限公司")
