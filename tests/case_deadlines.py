"""Every deadline of every case, each told by the story of its own case alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from casesys.log import EVERYTHING
from casesys.system import System
from domain.deadlines import Deadline
from domain.deadlines import deadlines as deadlines_of
from domain.entries import as_seen
from domain.evolution import state_of
from domain.instants import end_of_day
from projections.case_file import CASE_FILE
from projections.driver import rows


class CaseDeadlines(NamedTuple):
    """The deadlines of one listed case at the end of a day, by the register's name for it."""

    reference: str
    deadlines: list[Deadline]


def case_deadlines(
    system: System, as_of: str, known_at: str | None = None
) -> Iterator[CaseDeadlines]:
    """Every case that was listed and not excluded on that day."""
    with system.database.read() as c:
        workdays = system.models.calendars.workdays(c)
        streams = [stream for (stream,) in rows(c, f"SELECT stream_id FROM {CASE_FILE}")]
        for entries in system.log.entries_before(c, streams, EVERYTHING).values():
            state = state_of(as_seen(entries, end_of_day(as_of), known_at))
            if state.governed:
                yield CaseDeadlines(state.reference or "", deadlines_of(state, workdays, as_of))
