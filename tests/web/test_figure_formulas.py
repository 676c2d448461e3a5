"""The page of formulas says how each figure is counted; two of them are parted who by who."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.values import WHOLE, values_of_day
from casesys.history import import_history
from casesys.permits import operator
from casesys.system import System
from domain.formulas import FORMULAS
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, words_of

MONTH_END = "2021-10-31"


@pytest.fixture
def reader(system: System) -> Reader:
    folder: Path = shared_path("district/district_50")
    import_history(system, folder, operator("tests"), progress=lambda done, of: None)
    return Reader(app_of(system))


def rows_of(page: str) -> list[str]:
    body = page[page.find("<tbody") :]
    return re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)


def test_every_formula_stands_with_its_words_and_what_it_comes_to(
    reader: Reader, system: System
) -> None:
    asked = Question(MONTH_END, "2021-10-15T00:00:00.000000Z")
    rates = values_of_day(system, operator("tests"), asked)[WHOLE]
    address = f"/figures/formulas?as_of={MONTH_END}&known_at=2021-10-15T08:00:00"
    page = reader.get_page(address)
    found = {row: words_of(row) for row in rows_of(page) if "fraction" in row}
    assert len(found) == len(FORMULAS)
    for name, formula in FORMULAS.items():
        (row,) = (row for row in found if f">{name} v{formula.version}<" in row)
        rate = rates[name]
        assert f"{rate.numerator} / {rate.denominator}" in found[row]
        assert "分子：" in found[row] and "分母：" in found[row] and "都不计" in found[row]
        assert f"count={formula.numerator}&amp;as_of={MONTH_END}" in row
    assert "四舍五入" in page


def test_both_languages_say_all_of_it(reader: Reader) -> None:
    reader.get("/preferences", language="en")
    page = words_of(reader.get_page(f"/figures/formulas?as_of={MONTH_END}"))
    assert page.count("Numerator: ") == page.count("In neither part: ") == len(FORMULAS)


def test_who_is_in_the_one_figure_only_is_listed_and_leads_to_the_case(reader: Reader) -> None:
    page = reader.get_page(
        "/figures/difference?a=action.interview&b=action.commitment&as_of=2021-06-30"
    )
    assert "33家两边都算，1家只算进前一个，0家只算进后一个" in words_of(page)
    (row,) = (row for row in rows_of(page) if 'class="first"' in row)
    assert "/cases/B2021-04-0005?as_of=2021-06-30" in row and row.count("/cases/") == 2
    other = reader.get_page(
        "/figures/difference?a=action.interview&b=action.commitment&as_of=2021-06-30&way=second"
    )
    assert "也都算进" in words_of(other)


def test_figures_of_other_units_are_compared_by_enterprise_and_it_is_said(reader: Reader) -> None:
    brought = "两边计数单位不同"
    page = reader.get_page(f"/figures/difference?a=exit.case&b=repair.by_record&as_of={MONTH_END}")
    assert brought in words_of(page)
    side = f"/figures/difference?a=exit.case&b=impediment.any&side=denominator&as_of={MONTH_END}"
    same = reader.get_page(side)
    assert brought not in words_of(same) and "50件两边都算" in words_of(same)


def test_what_is_often_asked_for_is_a_link(reader: Reader) -> None:
    page = reader.get_page(f"/figures/formulas?as_of={MONTH_END}")
    links = re.findall(r'href="(/figures/difference[^"]+)"', page)
    assert len(links) >= 5
    for link in links:
        assert "as_of=2021-10-31" in link
        assert reader.get_page_status(unescape(link)) == 200


@pytest.mark.parametrize(
    "query", ["a=exit", "b=repair", "side=both", "way=third", "a=exit.case&side=x"]
)
def test_a_difference_of_nothing_is_no_page(reader: Reader, query: str) -> None:
    assert reader.get_page_status(f"/figures/difference?{query}") == 404
