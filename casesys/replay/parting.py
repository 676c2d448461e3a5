"""Which entries part two moments, and how a case stood at either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question
from casesys.figures.causes import seen_in
from domain.case_state import CaseState
from domain.entries import VOIDING, Entry, as_seen
from domain.evolution import EVOLUTION, state_of
from domain.instants import end_of_day
from projections.driver import rows


class PartingEntry(NamedTuple):
    """One entry that the one moment has and the other has not."""

    version: int
    position: int


def parting(entries: Sequence[Entry], before: Question, after: Question) -> list[Entry]:
    """The entries of a case that only one of two moments may use."""
    return [entry for entry in entries if seen_in(entry, before) != seen_in(entry, after)]


def state_at(entries: Sequence[Entry], asked: Question) -> CaseState:
    """A case at one moment; what names it stands even where the books came to it late."""
    last = asked.position
    there = [e for e in entries if last is None or e.position <= last]
    seen = as_seen(there, end_of_day(asked.as_of), asked.known_at)
    if not seen or seen[0].version != entries[0].version:
        seen = [entries[0], *(e for e in seen if e is not entries[0])]
    return state_of(seen)


def touched_between(c: Connection, before: Question, after: Question) -> set[str]:
    """The cases of which an entry is in the one moment and may not be in the other.

    The streams are asked for one by one: made distinct by the database, they would be read in
    the order of streams, all over the log.
    """
    first, last = sorted(end_of_day(one.as_of) for one in (before, after))
    found: set[str] = set()
    if first < last:
        question = f"{_STREAMS} occurred_at > ? AND occurred_at <= ?"
        found |= {stream for (stream,) in rows(c, question, [first, last])}
    for column, one, other in (
        ("recorded_at", before.known_at, after.known_at),
        ("position", before.position, after.position),
    ):
        if one == other:
            continue
        ends = sorted(end for end in (one, other) if end is not None)
        until = f" AND {column} <= ?" if len(ends) > 1 else ""
        question = f"{_STREAMS} {column} > ?{until} AND (occurred_at <= ? OR topic IN (?, ?))"
        found |= {stream for (stream,) in rows(c, question, [*ends, last, *sorted(VOIDING)])}
    return found


_STREAMS = "SELECT stream_id FROM log WHERE topic > 'case.' AND topic < 'case/' AND"


def steps_of(entries: Iterable[Entry]) -> tuple[PartingEntry, ...]:
    """Those that may change a case at all: a note or a look at sealed facts does not."""
    return tuple(
        PartingEntry(e.version, e.position)
        for e in entries
        if e.topic in EVOLUTION or e.topic in VOIDING
    )
