"""The page of figures compares only what is large enough, with the end of the month before."""

from __future__ import annotations

import pytest

from casesys.figures.cases_of_day import Question, Share
from casesys.figures.page import Group, figures_of_day, group_of, month_end_before, ranked
from casesys.system import System
from domain.counts import CountingUnit
from tests.offices import SUPERVISOR, person
from tests.scenarios import a_listed_case


def group(key: str, repaired: int, records: int) -> Group:
    return group_of(key, [Share(records, repaired)], CountingUnit.RECORD)


def test_large_groups_are_ranked_and_small_ones_follow() -> None:
    groups = [group("a", 9, 9), group("b", 1, 20), group("c", 10, 20), group("d", 0, 0)]
    found = ranked(groups)
    assert [one.key for one in found] == ["c", "b", "a", "d"]
    assert [one.ranked for one in found] == [True, True, False, False]
    assert found[-1].interval is None


def test_a_group_is_counted_in_records_or_in_enterprises() -> None:
    shares = [Share(2, 2), Share(3, 1), Share(6, 6)]
    records = group_of("t", shares, CountingUnit.RECORD)
    enterprises = group_of("t", shares, CountingUnit.ENTERPRISE)
    assert (records.repaired, records.whole, records.percent, records.ranked) == (9, 11, 82, True)
    assert (enterprises.repaired, enterprises.whole) == (2, 3)
    assert (enterprises.percent, enterprises.ranked) == (67, False)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2021-10-31", "2021-09-30"),
        ("2021-03-01", "2021-02-28"),
        ("2020-03-15", "2020-02-29"),
        ("2021-01-01", "2020-12-31"),
        ("0001-01-09", "0001-01-09"),
    ],
)
def test_the_month_before_ends_on_its_last_day(day: str, before: str) -> None:
    assert month_end_before(day) == before


def test_a_day_is_set_beside_the_end_of_the_month_before(office: System) -> None:
    a_listed_case(office)
    found = figures_of_day(office, person(office, SUPERVISOR), Question("2021-07-22"), "town")
    assert found.figures["categories"]["all"]["cases"] == 1
    assert found.before["categories"]["all"]["cases"] == 0
    assert [(one.key, one.records) for one in found.groups] == [("石门街道", 1)]
    assert found.deadlines["first_contact"] == {"open_overdue": 1}
