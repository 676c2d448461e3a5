"""A figure is asked of books that are there: no entry beyond the log, no instant to come."""

from __future__ import annotations

import pytest

from casesys.figures.books import require_books
from casesys.figures.cases_of_day import Question
from casesys.system import System
from domain.refusals import InstantHasNotCome, LogHasNoSuchEntry
from tests import scenarios
from tests.offices import Clock, at

DAY = "2021-07-22"


def asked(system: System, known_at: str | None = None, position: int | None = None) -> None:
    require_books(system, Question(DAY), Question(DAY, known_at, position=position))


def test_an_entry_beyond_the_log_is_refused(system: System) -> None:
    scenarios.a_listed_case(system)
    with system.database.read() as c:
        head = system.log.head(c)[0]
    for there in (0, 1, head):
        asked(system, position=there)
    with pytest.raises(LogHasNoSuchEntry) as refused:
        asked(system, position=head + 1)
    assert refused.value.values == {"position": head + 1, "last": head}


def test_an_instant_to_come_is_refused(system: System, clock: Clock) -> None:
    clock.set(f"{DAY}T14:20")
    for come in ("2021-07-01T09:00", f"{DAY}T14:20", f"{DAY}T14:20:59.999999"):
        asked(system, at(come))
    # A day stands for its end, and today for what is known so far.
    asked(system, at(f"{DAY}T23:59:59.999999"))
    for ahead in (f"{DAY}T14:21", f"{DAY}T23:58", "2021-07-23T00:00", "2031-01-01T09:00"):
        with pytest.raises(InstantHasNotCome):
            asked(system, at(ahead))
