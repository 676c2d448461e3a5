"""Which acts of a month a figure counts: every listing, repair, interview … with its day."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, seen_rows, within
from casesys.figures.members import SIZE, Members, Row
from casesys.log import EVERYTHING
from casesys.permits import Person
from casesys.system import System
from domain.acts import ACTS
from domain.counts import CountingUnit
from domain.entries import Entry, as_seen
from domain.instants import end_of_day, last_of_month, local_day
from projections.case_lines import change_in
from projections.driver import rows_in
from projections.ledger import LEDGER
from projections.paging import paged


class _Act(NamedTuple):
    stream: str
    nth: int


def acts_of_month(
    system: System,
    person: Person,
    act: str,
    month: str,
    category: str,
    when: Question,
    page: int,
) -> Members:
    """One page of the acts that a figure of a month counts, within the reader's reach.

    :raises KeyError: no figure has this name
    """
    counts = ACTS[act]
    first, last = f"{month}-01", last_of_month(month)
    with system.database.read() as c:
        only = within(c, person.reach) if person.reach else None
        every = sorted(
            _Act(row.stream, nth)
            for row, until in seen_rows(system, c, when, only, month)
            if category in ("", row.category)
            for nth in range(change_in(row, act, first, min(last, until)))
        )
        at = paged(len(every), page, SIZE)
        some = every[at.start : at.stop]
        stories = system.log.entries_before(c, {one.stream for one in some}, EVERYTHING)
        found = {
            stream: [
                entry
                for entry in as_seen(entries, end_of_day(when.as_of), when.known_at)
                if first <= local_day(entry.occurred_at) <= last and counts(entry)
            ]
            for stream, entries in stories.items()
        }
        listed = [_row(system, c, stories[one.stream], found[one.stream][one.nth]) for one in some]
    return Members(act, CountingUnit.CASE, listed, at.total, at.page, at.pages, at.first)


def _row(system: System, c: Connection, story: list[Entry], entry: Entry) -> Row:
    code = story[0].data["enterprise"]
    ((number,),) = rows_in(
        c, f"SELECT number FROM {LEDGER} WHERE stream_id IN ({{keys}})", [entry.stream_id]
    )
    name = system.models.enterprises.name_of(c, code) or code
    return Row(code, name, [number], None, entry.topic, entry.occurred_at)
