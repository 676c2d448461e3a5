"""How many deadlines were kept, missed or still run, as of any day and as known on any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.system import System
from domain.case_state import CaseState
from domain.deadlines import Deadline
from domain.deadlines import deadlines as deadlines_of
from domain.entries import as_seen
from domain.evolution import state_of
from domain.instants import end_of_day
from domain.vocabulary import DeadlineKind
from projections.driver import chunks, rows

EVERYTHING = 2**62
"""A position behind every entry."""

AT_ONCE = 500
"""How many cases are held in memory at a time."""


class CaseDeadlines(NamedTuple):
    """The deadlines of one listed case at the end of a day."""

    stream: str
    state: CaseState
    deadlines: list[Deadline]


def deadlines(
    system: System, c: Connection, as_of: str, known_at: str | None = None, reach: str = ""
) -> dict[str, dict[str, int]]:
    """How many deadlines of each kind have which status at the end of the day ``as_of``.

    ``known_at`` is the last instant at which the books may have learnt of what is counted;
    with a ``reach`` the cases of that unit only.
    """
    with standings(system, c, Question(as_of, known_at, reach)) as seen:
        return deadline_counts(seen)


def deadline_counts(seen: Standings) -> dict[str, dict[str, int]]:
    """The same of cases that were read already."""
    found: dict[str, dict[str, int]] = {str(kind): {} for kind in DeadlineKind}
    kinds = list(found)
    for (place, status), n in sorted(seen.sums.deadlines.items()):
        if n:
            found[kinds[place]][status] = n
    return found


def case_deadlines(
    system: System, c: Connection, as_of: str, known_at: str | None = None
) -> Iterator[CaseDeadlines]:
    """Every case that was listed and not excluded on that day, in the order of its stream's id."""
    workdays = system.models.calendars.workdays(c)
    streams = (stream for (stream,) in rows(c, "SELECT stream_id FROM case_file ORDER BY 1"))
    for some in chunks(streams, AT_ONCE):
        stories = system.log.entries_before(c, some, EVERYTHING)
        for stream in some:
            state = state_of(as_seen(stories[stream], end_of_day(as_of), known_at))
            if state.governed:
                yield CaseDeadlines(stream, state, deadlines_of(state, workdays, as_of))
