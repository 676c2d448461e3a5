"""The search finds a case by whatever a person has at hand."""

from __future__ import annotations

import pytest

from casesys.system import System
from tests.scenarios import a_listed_case, credit_code
from tests.web.helpers import Reader, app_of, words_of


@pytest.fixture
def reader(system: System) -> Reader:
    a_listed_case(system, 1)
    a_listed_case(system, 2, "judgment")
    return Reader(app_of(system))


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-0002",
        "(2020)粤0111执2号",
        "（２０２０）粤0111执 2号",
        "(2020) 粤 0111 执 2 号",
        credit_code(2),
        credit_code(2).lower(),
    ],
)
def test_a_whole_number_goes_straight_to_its_case(reader: Reader, text: str) -> None:
    answer = reader.get("/search", q=text)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/cases/2021-01-0002"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("建材", "企业名称"),
        ("ytqd", "拼音"),
        ("YunTangQu", "拼音"),
        ("91440111", "信用代码"),
        ("2020", "2020〕1号"),
    ],
)
def test_a_part_shows_the_cases_and_what_matched(reader: Reader, text: str, why: str) -> None:
    page = words_of(reader.get("/search", q=text).text)
    assert "找到2件" in page and why in page


def test_nothing_found_says_what_to_do(reader: Reader) -> None:
    page = words_of(reader.get("/search", q="没有这家").text)
    assert "没有找到" in page and "看全部案件" in page


def test_an_empty_search_says_what_can_be_typed(reader: Reader) -> None:
    assert "拼音首字母" in words_of(reader.get_page("/search?q=%20"))
