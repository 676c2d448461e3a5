"""What rules still judge of each open case stands in one table, and leaves it with the case."""

from __future__ import annotations

from typing import Any

from casesys.system import System
from domain.entries import live
from domain.evolution import state_of
from domain.rejudging import judged
from domain.rulesets import RULE_SETS
from projections.judging import JudgedCase
from tests.offices import Clock, log_of
from tests.scenarios import (
    a_case_never_reached,
    a_contacted_case,
    a_listed_case,
    a_repaired_case,
    an_excluded_case,
    give,
    listing,
    penalty,
)


def cases(office: System, reach: str = "") -> dict[str, JudgedCase]:
    with office.database.read() as c:
        return {case.stream: case for case in office.models.judging.cases(c, reach)}


def same(found: Any) -> Any:
    """Lists and tuples alike: a row does not tell them apart."""
    if isinstance(found, (list, tuple)):
        return [same(one) for one in found]
    return found


def test_a_row_holds_what_the_case_itself_would_say(office: System) -> None:
    streams = [a_contacted_case(office).stream, a_case_never_reached(office, 2).stream]
    found = cases(office)
    assert set(found) == set(map(str, streams))
    for stream in streams:
        state = state_of(live(log_of(office, stream)))
        assert same(found[str(stream)].facts) == same(judged(state))
        assert found[str(stream)].number == state.number


def test_who_reaches_one_unit_is_given_its_cases(office: System) -> None:
    case = a_listed_case(office).stream
    other = give(office, "list_enterprise", listing(2, unit="区税务局")).stream
    assert set(cases(office, "区市场监督管理局")) == {str(case)}
    assert set(cases(office, "区税务局")) == {str(other)}


def test_a_penalty_that_is_repaired_leaves_its_case(office: System) -> None:
    case = str(a_repaired_case(office).stream)
    assert list(cases(office)[case].facts.records) == []


def test_a_case_that_is_excluded_leaves_and_comes_back(office: System) -> None:
    case = an_excluded_case(office).stream
    assert cases(office) == {}
    give(office, "reinstate_subject", {"explanation": "破产申请已撤回"}, case)
    assert set(cases(office)) == {str(case)}


def test_of_a_provisional_day_only_the_rule_set_of_that_day_opens_it(
    office: System, clock: Clock
) -> None:
    clock.set("2039-10-20T09:00")
    case = give(office, "list_enterprise", listing(9, listed_on="2039-10-18")).stream
    give(office, "attach_record", penalty(9, decided_on="2039-10-03"), case)
    with office.database.read() as c:
        found = office.models.judging.opening(c, "2039-12-01", "2040-02-01")
    assert [(one.rule_set, one.day, one.provisional) for one in found] == [
        (RULE_SETS[-1].id, "2040-01-04", True)
    ]
