"""The page of figures shows the register's own answers, each with its fraction and formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casesys.history import import_history
from casesys.permits import operator
from casesys.system import System
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, words_of

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


def test_each_rate_stands_with_its_fraction_as_the_register_has_it(reader: Reader) -> None:
    for day, told in answers()["as_of"].items():
        page = words_of(reader.get_page(f"/figures?as_of={day}"))
        for category, name in (("penalty", "行政处罚"), ("judgment", "失信被执行人")):
            rates = [rate for rate in told[category].values() if "percent" in str(rate)]
            assert len(rates) == 7
            for rate in rates:
                line = f"{name} {rate['numerator']} / {rate['denominator']} {rate['percent']}%"
                assert line in page, (day, line)


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


def test_a_fraction_leads_to_as_many_cases_as_it_counts(reader: Reader) -> None:
    impediments = answers()["as_of"]["2021-10-31"]["judgment"]["impediments"]["by_kind"]
    figures = reader.get_page("/figures?as_of=2021-10-31")
    for kind, n in impediments.items():
        address = f"/cases?impediment={kind}&as_of=2021-10-31"
        assert address.replace("&", "&amp;") in figures
        assert reader.get_page(address).count('scope="row"') == n


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
