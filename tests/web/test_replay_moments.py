"""The page of two moments: its counts, its figures and its files say the same, in either order."""

from __future__ import annotations

import csv
import io
import re
from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from casesys.figures.cases_of_day import Question
from casesys.permits import operator
from casesys.replay.moments import compare_moments
from casesys.system import System
from tests.browser import enter, window
from tests.offices import AUDITOR, OFFICER, SUPERVISOR
from tests.scenarios import a_contacted_case, a_listed_case, case_number
from tests.web.helpers import Reader, app_of, serving, words_of

ALL = operator("tests")
MONTH = "from_day=2021-06-30&to_day=2021-07-31"
OF_RECORDS = re.compile(r'href="(/replay\?[^"]*kind=records[^"]*)#who"')


@pytest.fixture(scope="module")
def app(district_office: System) -> Flask:
    return app_of(district_office)


@pytest.fixture(scope="module")
def reader(app: Flask) -> Reader:
    return Reader(app, SUPERVISOR)


def test_the_page_counts_what_the_comparison_found(district_office: System, reader: Reader) -> None:
    found = compare_moments(district_office, ALL, Question("2021-06-30"), Question("2021-07-31"))
    page = words_of(reader.get_page(f"/replay?{MONTH}"))
    assert f"全部 {len(found.cases)}" in page
    for kind, tally in found.tallies.items():
        assert tally.cases == len(found.of_kind(kind))
    assert "由 没有联系过 变为" in page
    assert "条登记" in page


def test_a_kind_narrows_the_list_and_stays_in_its_pages_and_its_file(reader: Reader) -> None:
    page = reader.get_page(f"/replay?{MONTH}")
    link = OF_RECORDS.search(page)
    assert link is not None
    narrowed = words_of(reader.get_page(link[1].replace("&amp;", "&")))
    assert "：修复 由" in narrowed
    table = reader.get(f"/replay.csv?{MONTH}&kind=records").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert {line["变化种类"] for line in lines} > {"宗的状态"}
    everything = reader.get(f"/replay.csv?{MONTH}").data
    assert len(everything) > len(table.encode())
    assert reader.get(f"/replay.xlsx?{MONTH}").data.startswith(b"PK")


def test_each_case_leads_to_its_replay_and_each_entry_to_itself(app: Flask) -> None:
    for login, place in ((SUPERVISOR, "/cases/"), (AUDITOR, "/audit/")):
        reader = Reader(app, login)
        page = reader.get_page(f"/replay?{MONTH}")
        replays = set(re.findall(r'href="(/cases/[^"/]+/replay\?n=\d+)"', page))
        entries = re.search(r'moments-entries">(.*?)</span>', page)
        assert replays and entries is not None
        (first, *_) = re.findall(r'href="([^"]+)"', entries[1])
        assert first.startswith(place)
        assert reader.get_page_status(first) == 200
        assert reader.get_page_status(min(replays)) == 200


def test_two_states_of_one_day_are_compared_by_instant_and_by_entry(reader: Reader) -> None:
    for books in ("from=400", "from=2021-08-31", "from=2021-08-31 09:00"):
        page = words_of(reader.get_page(f"/replay?from_day=2021-10-31&to_day=2021-10-31&{books}"))
        assert "有变化的案件" in page
        assert "两个时间没有不同" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from_day=2021-13-01", "不是时间、日期或登记序号"),
        ("from=昨天", "不是时间、日期或登记序号"),
        ("to=99999999", "99999999"),
        ("to=2199-01-01 09:00", "2199"),
        ("kind=colour", "colour"),
        ("page=-3", "两个时间"),
        ("from_day=2021-06-30&to_day=2021-06-30", "两个时间没有不同"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(
    reader: Reader, query: str, words: str
) -> None:
    answer = reader.get(f"/replay?{query}")
    assert answer.status_code == 200
    assert words in words_of(answer.text)


def test_a_file_of_moments_that_are_not_there_is_refused(reader: Reader) -> None:
    answer = reader.get("/replay.csv?to=99999999")
    assert answer.status_code == 400
    assert "99999999" in words_of(answer.text)


def test_what_is_too_much_to_read_says_how_to_ask_for_less(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = partial(compare_moments, most=500)
    monkeypatch.setattr("web.replay_moments.compare_moments", few)
    asked = "/replay?from_day=2021-03-30&to_day=2021-10-30"
    page = reader.get_page(asked)
    assert "选一个批次" in words_of(page)
    campaign = re.search(r'<option value="(B2021-[^"]+)"', page)
    assert campaign is not None
    narrow = words_of(reader.get_page(f"{asked}&campaign={campaign[1]}"))
    assert "选一个批次" not in narrow
    assert "有变化的案件" in narrow
    assert reader.get("/replay.csv?from_day=2021-03-30&to_day=2021-10-30").status_code == 400


def test_the_desks_lead_to_the_comparison(system: System) -> None:
    number = case_number(system, a_contacted_case(system).stream)
    a_listed_case(system, 2)
    for login, places in ((OFFICER, ("/figures", "/cases")), (AUDITOR, ("/audit",))):
        reader = Reader(app_of(system), login)
        for place in places:
            assert 'href="/replay' in reader.get_page(place), place
    assert number in reader.get_page("/replay?from_day=2021-06-01")


def test_it_is_asked_by_keyboard_with_scripts_off_on_a_phone(app: Flask, chromium: Browser) -> None:
    with serving(app) as base, window(chromium, scripts=False, width=390) as context:
        page = context.new_page()
        enter(page, base, SUPERVISOR)
        page.goto(f"{base}/replay?{MONTH}")
        page.locator("#moments-to-day").fill("2021-08-31")
        page.locator("#moments-to").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("to_day=2021-08-31"))
        expect(page.locator(".moments-cases tbody tr").first).to_be_visible()
        expect(page.locator(".moments-cases .changed-word").first).to_have_text(
            re.compile("有了|没有了|变了")
        )
