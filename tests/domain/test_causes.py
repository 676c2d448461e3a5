"""What happened before what it needs is found, by the order in which things happened."""

from __future__ import annotations

from typing import Any

import pytest

from domain.causes import CAUSES, CODES, Early, before_their_cause
from domain.entries import AS_IT_HAPPENED
from domain.events import PendingFact
from domain.evolution import EVOLUTION

EARLY, LATER = "2021-07-05T02:00:00.000000Z", "2021-07-06T02:00:00.000000Z"
SAME_DAY = "2021-07-05T07:00:00.000000Z"
THAT_DAY = "2021-07-04T16:00:00.000000Z"
"""Local midnight: known by day."""


def fact(version: int, topic: str, at: str, **data: Any) -> PendingFact:
    return PendingFact(version, topic, data, at, "lin")


def found(*facts: PendingFact) -> list[Early]:
    return before_their_cause(sorted(facts, key=AS_IT_HAPPENED))


def both(code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts that make an act and its cause the ones that a line of the table means."""
    (line,) = (one for one in CAUSES if one.code == code)
    shared: dict[str, Any] = {line.same: "x"} if line.same else {}
    facts: list[dict[str, Any]] = []
    for meant in (line.of_effect, line.of_cause):
        facts.append(shared | ({meant[0]: min(meant[1])} if meant else {}))
    for topic, one in zip((line.effect, line.cause), facts, strict=True):
        one.setdefault("record", None)
        if topic == "case.commitment_signed":
            one.setdefault("kind", "governance")
        if topic == "case.contact_attempted":
            one.setdefault("result", "no_answer")
        if topic == "case.repair_result_recorded":
            one.setdefault("result", "granted")
        if topic == "case.reachability_concluded":
            one.setdefault("branch", "unreachable")
    return facts[0], facts[1]


@pytest.mark.parametrize("line", CAUSES, ids=lambda line: line.code)
def test_every_line_of_the_table_finds_what_came_first_and_nothing_in_order(line: Any) -> None:
    act, cause = both(line.code)
    early, late = fact(2, line.effect, EARLY, **act), fact(3, line.cause, LATER, **cause)
    assert Early(line.code, 2, 3) in found(early, late)
    in_order = fact(2, line.cause, EARLY, **cause), fact(3, line.effect, LATER, **act)
    assert line.code not in {one.code for one in found(*in_order)}
    # What never happened is no cause that came later: other kinds say that it is missing.
    assert found(early) == []
    # An earlier one of the kind is cause enough, whatever follows.
    first = fact(1, line.cause, THAT_DAY, **cause)
    assert line.code not in {one.code for one in found(first, early, late)}


def test_every_topic_of_the_table_is_one_of_a_case() -> None:
    assert {topic for line in CAUSES for topic in (line.effect, line.cause)} <= EVOLUTION.keys()
    assert len(CODES) == len(set(CODES))


def test_within_a_day_that_only_is_known_nothing_comes_first() -> None:
    notice = "case.interview_notice_served"
    assert found(fact(2, "case.interview_held", THAT_DAY), fact(3, notice, SAME_DAY)) == []
    timed = fact(2, "case.interview_held", EARLY)
    assert [one.code for one in found(timed, fact(3, notice, SAME_DAY))] == [
        "interview_before_notice"
    ]
    assert len(found(fact(2, "case.interview_held", THAT_DAY), fact(3, notice, LATER))) == 1


def test_a_contact_on_the_day_of_the_listing_is_in_order() -> None:
    attempt = fact(2, "case.contact_attempted", EARLY, result="no_answer")
    assert found(attempt, fact(3, "case.subject_listed", SAME_DAY)) == []
    assert len(found(attempt, fact(3, "case.subject_listed", LATER))) == 1


def test_another_record_is_no_cause() -> None:
    applied = fact(2, "case.repair_result_recorded", EARLY, record="a", result="granted")
    assert found(applied, fact(3, "case.repair_applied", LATER, record="b")) == []


def test_a_penalty_is_not_performed_before_it_was_decided() -> None:
    attached = fact(2, "case.record_attached", LATER, record="a", decided_on="2021-07-06")
    performed = fact(3, "case.performance_recorded", EARLY, record="a", performance="fully")
    assert found(attached, performed) == [Early("performed_before_decision", 3, 2)]
    on_the_day = fact(3, "case.performance_recorded", LATER, record="a", performance="fully")
    assert found(attached, on_the_day) == []
