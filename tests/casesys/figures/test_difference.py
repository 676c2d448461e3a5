"""Two figures part into those of the one only, of the other only, and of both."""

from __future__ import annotations

import random

import pytest

from casesys.figures.cases_of_day import Question, standings
from casesys.figures.difference import Way, difference, key_of, parted
from casesys.figures.members import Of, counted
from casesys.figures.two_states import Part
from casesys.history import import_history
from casesys.permits import Person, operator
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.formulas import FORMULAS
from tests import scenarios
from tests.districts import CLERK, district
from tests.offices import OTHER_OFFICER, SUPERVISOR, person

ASKED = Question("2021-06-30")
ALL = operator("tests")


@pytest.fixture
def full(system: System) -> System:
    import_history(system, district(), CLERK)
    return system


def enterprises(system: System, count: str) -> set[str]:
    with system.database.read() as c, standings(system, c, ASKED) as seen:
        return {one.enterprise for one in counted(seen, count, Of())}


def test_who_was_interviewed_and_has_not_committed_is_listed_by_enterprise(full: System) -> None:
    found = difference(full, ALL, ("action.interview", "action.commitment"), Part.NUMERATOR, ASKED)
    interviewed, committed = enterprises(full, "interviewed"), enterprises(full, "committed")
    assert found.unit == CountingUnit.ENTERPRISE and not found.brought
    assert {row.enterprise for row in found.rows} == interviewed - committed
    assert found.only_first == len(interviewed - committed) > 0
    assert found.only_second == len(committed - interviewed)
    assert found.both == len(interviewed & committed)
    assert all(row.cases for row in found.rows)


def test_exit_and_repair_are_compared_by_enterprise_and_it_is_said(full: System) -> None:
    asks = ("exit.case", "repair.by_record")
    found = difference(full, ALL, asks, Part.NUMERATOR, ASKED, Way.ONLY_SECOND)
    exited, repaired = enterprises(full, "exited"), enterprises(full, "repaired")
    assert found.brought and found.units == (CountingUnit.CASE, CountingUnit.RECORD)
    assert found.unit == CountingUnit.ENTERPRISE
    assert {row.enterprise for row in found.rows} == repaired - exited
    assert (found.only_first, found.both) == (len(exited - repaired), len(exited & repaired))


def test_any_two_formulas_part_into_sets_that_add_up(full: System) -> None:
    chance = random.Random(5)
    with full.database.read() as c, standings(full, c, ASKED) as seen:
        for _ in range(60):
            first, second = (chance.choice(list(FORMULAS.values())) for _ in range(2))
            a, b = first.numerator, second.denominator
            found = parted(seen, a, b)
            same = COUNTS[a].unit == COUNTS[b].unit

            def many(count: str, same: bool = same) -> int:
                some = counted(seen, count, Of())
                return len(some if same else {one.enterprise for one in some})

            assert len(found.only_first) + found.both == many(a)
            assert len(found.only_second) + found.both == many(b)
            keys = [
                {key_of(one, found.unit) for one in its}
                for its in (found.only_first, found.only_second)
            ]
            assert not keys[0] & keys[1]


def test_one_page_after_another_lists_each_once(full: System) -> None:
    asks = ("repair.by_record", "repair.by_record")
    asked = (asks[0], "action.interview")
    first = difference(full, ALL, asked, Part.DENOMINATOR, ASKED)
    assert first.brought
    same = difference(full, ALL, asks, Part.NUMERATOR, ASKED)
    assert (same.only_first, same.only_second, same.first) == (0, 0, 0) and same.both
    held = ("repair.by_record", "repair.by_record")
    assert difference(full, ALL, held, Part.NUMERATOR, ASKED, Way.ONLY_FIRST, 99).page == 1


def test_a_unit_is_shown_its_own_cases_only(office: System) -> None:
    scenarios.a_case_with_exit_proposed(office, 1)
    asked = Question("2021-07-22")
    asks = ("action.interview", "exit.case")
    boss, own = person(office, SUPERVISOR), person(office, OTHER_OFFICER)
    foreign = Person("x", "x", "区税务局", frozenset({"officer"}), "区税务局")
    totals = [
        difference(office, who, asks, Part.NUMERATOR, asked).only_first
        for who in (boss, own, foreign)
    ]
    assert totals == [1, 1, 0]


def test_there_is_no_difference_to_an_unknown_formula(system: System) -> None:
    with pytest.raises(KeyError):
        difference(system, ALL, ("exit.case", "exit"), Part.NUMERATOR, ASKED)
