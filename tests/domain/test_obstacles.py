"""Each 宗 that is not repaired has one reason, the first that holds."""

from __future__ import annotations

import pytest

from domain.obstacles import (
    REPAIRED,
    Obstacle,
    RecordLine,
    RecordStatus,
    counting,
    obstacle,
    record_lines,
)
from domain.vocabulary import Impediment
from domain.workdays import Workdays
from tests.figure_entries import Book

MONDAY_TO_FRIDAY = Workdays({})
DAY = "2021-10-31"


def line(decided_on: str = "2020-01-01", publicity: str | None = "general") -> RecordLine:
    return RecordLine("r1", "罚1号", decided_on, publicity, [("2021-01-01", "none")])


def why(
    status: str = "none",
    category: str = "penalty",
    impediments: tuple[str, ...] = (),
    record: RecordLine | None = None,
) -> Obstacle | None:
    return obstacle(record or line(), status, category, impediments, DAY, MONDAY_TO_FRIDAY)


@pytest.mark.parametrize("status", sorted(REPAIRED))
def test_what_is_repaired_is_held_up_by_nothing(status: str) -> None:
    assert why(status, impediments=("bankrupt",)) is None


def test_who_is_bankrupt_or_lost_comes_before_every_step() -> None:
    every = tuple(map(str, Impediment))
    assert why("applied", impediments=every) == Obstacle.BANKRUPT
    assert why("applied", impediments=("lost_contact", "unable_to_pay")) == Obstacle.LOST_CONTACT
    assert why("applied", impediments=("unable_to_pay",)) == Obstacle.APPLIED
    assert why(impediments=("unable_to_pay",)) == Obstacle.UNABLE_TO_PAY


@pytest.mark.parametrize("status", ["applied", "returned", "denied", "revoked"])
def test_the_last_step_of_a_repair_is_the_reason(status: str) -> None:
    assert why(status) == Obstacle(status)


@pytest.mark.parametrize("impediments", [(), ("bankrupt",), ("lost_contact", "unable_to_pay")])
def test_a_removal_without_performance_repairs_nothing(impediments: tuple[str, ...]) -> None:
    """It stands on no list any more, so nothing that befell the enterprise holds it up."""
    found = why("removed_unperformed", "judgment", impediments)
    assert found == Obstacle.REMOVED_UNPERFORMED


def test_without_any_step_the_publicity_period_decides() -> None:
    assert why() == Obstacle.NOT_APPLIED
    assert why(record=line("2021-10-01")) == Obstacle.PERIOD_RUNS
    assert why(record=line("")) == Obstacle.NOT_APPLIED
    assert why(category="judgment") == Obstacle.ON_COURT_LIST


def test_every_obstacle_of_a_step_is_a_status_and_back() -> None:
    silent = {RecordStatus.NONE, RecordStatus.WRONGLY_LISTED, *REPAIRED}
    for status in set(RecordStatus) - silent:
        assert Obstacle(status) == why(status)


def test_a_record_is_told_from_the_day_on_which_it_was_attached() -> None:
    book = Book()
    case = book.open("c1", "E1")
    book.add(case, "case.repair_result_recorded", "2021-02-01", record="r1", result="granted")
    book.attached(case, "2021-03-01", "r1")
    book.attached(case, "2021-03-02", "r2")
    book.add(case, "case.repair_revoked", "2021-04-01", record="r1", explanation="e")
    book.add(
        case, "case.record_removed_by_court", "2021-05-01", record="r2", ground="wrongly_listed"
    )
    first, second = record_lines(book.entries)
    assert first.turns == [("2021-03-01", "granted"), ("2021-04-01", "revoked")]
    assert (first.status("2021-02-28"), first.status("2021-03-31")) == (None, "granted")
    assert [one.record for one, _ in counting([first, second], "2021-04-30")] == ["r1", "r2"]
    assert [one.record for one, _ in counting([first, second], "2021-05-01")] == ["r1"]
