"""The page of what if: a banner says that nothing is written, and nothing is."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from casesys import see_case
from casesys.system import System
from tests.browser import enter, press, window
from tests.districts import CLERK, log_digest
from tests.offices import AUDITOR, OFFICER, contents
from tests.played import case_numbers
from tests.scenarios import an_interviewed_case, case_number
from tests.web.helpers import Reader, app_of, serving, words_of

BANNER = "推演：只计算，不写入"


@pytest.fixture
def number(system: System) -> str:
    return case_number(system, an_interviewed_case(system).stream)


def version_of(system: System, number: str, topic: str) -> int:
    view = see_case(system, number, CLERK)
    return next(entry.version for entry in view.entries if entry.topic == topic)


def test_both_sides_the_rules_and_the_figures_are_said_under_the_banner(
    system: System, number: str
) -> None:
    reader = Reader(app_of(system), OFFICER)
    reached = version_of(system, number, "case.contact_attempted")
    page = words_of(reader.get_page(f"/cases/{number}/without/{reached}"))
    assert page.index(BANNER) < page.index("会怎样", page.index(BANNER))
    for words in ("会违反：还没有联系上企业", "现在的账", "推演", "哪些指标会不同", "分子−1"):
        assert words in page
    assert BANNER in words_of(reader.get_page(f"/cases/{number}/had/3?on=2021-07-05"))
    narrow = reader.get_page(f"/cases/{number}/without/3")
    assert 'data-label="现在的账"' in narrow and 'data-label="之前"' not in narrow


def test_nothing_is_written_by_looking(system: System, number: str) -> None:
    reader = Reader(app_of(system), AUDITOR)
    reader.get_page("/cases")
    before = log_digest(system), contents(system)
    for version in range(2, 8):
        reader.get(f"/cases/{number}/without/{version}")
        for clock in ("happened", "recorded"):
            reader.get(f"/cases/{number}/had/{version}?on=2021-07-20&clock={clock}")
    assert (log_digest(system), contents(system)) == before
    # There is nothing that could be sent.
    page = reader.get_page(f"/cases/{number}/without/3").partition("<main")[2]
    assert 'method="post"' not in page.lower()
    assert reader.client.post(f"/cases/{number}/without/3").status_code == 405


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("had/4", 200, "选一天再推演"),
        ("had/4?on=2021-02-30", 200, "不是能用的日期"),
        ("had/4?on=2999-01-01", 200, "不是能用的日期"),
        ("had/4?on=" + quote("昨天"), 200, "不是能用的日期"),
        ("had/4?on=2190-01-01", 200, "这一天还没到"),
        ("had/4?on=2020-01-01&clock=recorded", 200, "入账不能早于发生"),
        ("had/4?on=2021-07-05&clock=sundial", 200, "sundial"),
        ("had/1?on=2021-07-05", 409, "开立案卷"),
        ("without/1", 409, "开立案卷"),
        ("without/999", 404, ""),
        ("without/99999999999999999999", 404, ""),
        ("without/0", 404, ""),
    ],
)
def test_what_cannot_be_supposed_is_said(
    system: System, number: str, path: str, status: int, words: str
) -> None:
    answer = Reader(app_of(system), OFFICER).get(f"/cases/{number}/{path}")
    assert answer.status_code == status
    assert words in words_of(answer.text)


def test_the_replay_and_the_log_lead_to_what_if(system: System, number: str) -> None:
    reader = Reader(app_of(system), AUDITOR)
    replay = reader.get_page(f"/cases/{number}/replay?n=4")
    position = re.search(r'href="(/audit/\d+)"', replay)
    assert position is not None
    for page in (replay, reader.get_page(position[1])):
        assert f'href="/cases/{number}/without/4"' in page
        assert f'href="/cases/{number}/had/4"' in page
    opened = reader.get_page(f"/cases/{number}/replay?n=1")
    assert "/without/" not in opened


def test_another_day_is_supposed_by_keyboard_with_scripts_off_on_a_phone(
    district_office: System, chromium: Browser
) -> None:
    app: Flask = app_of(district_office)
    number = case_numbers(district_office)[0]
    with serving(app) as base, window(chromium, scripts=False, width=390) as context:
        page = context.new_page()
        enter(page, base, AUDITOR)
        page.goto(f"{base}/cases/{number}/replay?n=5")
        press(page.locator(".branch-links a").first)
        expect(page.locator(".branch-banner h2")).to_contain_text(BANNER)
        page.locator("#branch-on").fill("2021-10-01")
        page.locator("#branch-on").press("Enter")
        expect(page).to_have_url(re.compile("/had/5.*on=2021-10-01"))
        expect(page.locator(".branch-banner h2")).to_contain_text(BANNER)
        expect(page.locator(".branch-told")).to_contain_text("2021-10-01")
