"""What the books knew: by an instant, as the log stood at a position, or all of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.system import System
from domain.entries import VOIDING, Entry
from domain.formulas_deltas import CaseLine
from domain.instants import end_of_day, local_day
from domain.workdays import Workdays
from projections.driver import rows, rows_in
from projections.enterprises import ENTERPRISE
from projections.office import CALENDAR
from projections.rates import RATES_CASE, REGISTERED
from projections.rates_lines import MATTERS, known_line

Entries = list[Entry]


class KnownCase(NamedTuple):
    """A case as the books had it."""

    enterprise: str
    line: CaseLine


class Known(NamedTuple):
    """The last day of which the rows of now tell, and the cases that were known otherwise."""

    until: str
    otherwise: dict[str, KnownCase]


def known(
    system: System,
    c: Connection,
    as_of: str,
    known_at: str | None,
    position: int | None,
    only: Collection[str] | None = None,
) -> Known:
    """What divides the books of then from those of now, at the end of a day; of these cases."""
    until = as_of if known_at is None else min(as_of, local_day(known_at))
    streams: set[str] = set()
    unregistered: set[str] = set()
    if known_at is not None:
        streams |= _learnt_after(system, c, known_at, until, as_of)
    head = system.log.head(c)[0]
    last = head if position is None else min(position, head)
    if last < head:
        unregistered = _registered_after(system, c, last)
        streams |= _touched_after(c, last, until)
        streams |= _cases_of(c, unregistered)
    if only is not None:
        streams &= set(only)
    stories = system.log.entries_before(c, streams, last + 1)
    owners = {stream: entries[0].data["enterprise"] for stream, entries in stories.items()}
    industries = system.models.enterprises.industries(c, set(owners.values()) - unregistered)
    otherwise = {
        stream: KnownCase(
            owners[stream],
            known_line(entries, known_at, industries.get(owners[stream], "")),
        )
        for stream, entries in stories.items()
    }
    for enterprise, stream in _unheard_of(c, streams - stories.keys()):
        otherwise[stream] = KnownCase(enterprise, NOTHING_KNOWN)
    return Known(until, otherwise)


NOTHING_KNOWN = CaseLine("", "", "", ())


def workdays_at(system: System, c: Connection, position: int | None) -> Workdays:
    """The calendars that were published when the log stood at a position."""
    calendars = system.models.calendars
    if position is None:
        return calendars.workdays(c)
    streams = [stream for (stream,) in rows(c, f"SELECT stream_id FROM {CALENDAR}")]
    stories = system.log.entries_before(c, streams, position + 1).values()
    return calendars.as_published(entry for entries in stories for entry in entries)


def _learnt_after(system: System, c: Connection, known_at: str, until: str, as_of: str) -> set[str]:
    end = end_of_day(until)
    found = system.models.rates.learnt_after(c, known_at, end, end_of_day(as_of))
    return found | _recorded_later_that_day(c, known_at, end)


def _recorded_later_that_day(c: Connection, known_at: str, until: str) -> set[str]:
    """The cases on which something was recorded after an instant, on that same day."""
    end = end_of_day(local_day(known_at))
    if known_at >= end:
        return set()
    question = (
        "SELECT stream_id, topic FROM log "
        "WHERE recorded_at > ? AND recorded_at <= ? AND (occurred_at <= ? OR topic IN (?, ?))"
    )
    found = rows(c, question, [known_at, end, until, *sorted(VOIDING)])
    return {stream for stream, topic in found if topic in MATTERS}


def _touched_after(c: Connection, position: int, until: str) -> set[str]:
    """The cases on which later entries of the log say anything of a day or of those before it."""
    question = (
        "SELECT stream_id, topic FROM log "
        "WHERE position > ? AND (occurred_at <= ? OR topic IN (?, ?))"
    )
    found = rows(c, question, [position, end_of_day(until), *sorted(VOIDING)])
    return {stream for stream, topic in found if topic in MATTERS}


def _registered_after(system: System, c: Connection, position: int) -> set[str]:
    """The enterprises of which the books did not yet know the industry."""
    question = "SELECT stream_id FROM log WHERE position > ? AND topic = ?"
    streams = [stream for (stream,) in rows(c, question, [position, REGISTERED])]
    question = f"SELECT uscc FROM {ENTERPRISE} WHERE stream_id IN ({{keys}})"
    return {uscc for (uscc,) in rows_in(c, question, streams)}


def _cases_of(c: Connection, enterprises: Collection[str]) -> set[str]:
    question = f"SELECT stream_id FROM {RATES_CASE} WHERE enterprise IN ({{keys}})"
    return {stream for (stream,) in rows_in(c, question, enterprises)}


def _unheard_of(c: Connection, streams: Collection[str]) -> list[tuple[str, str]]:
    """Whose the cases are that are in some figure now, and were not yet opened then."""
    question = f"SELECT enterprise, stream_id FROM {RATES_CASE} WHERE stream_id IN ({{keys}})"
    return [(enterprise, stream) for enterprise, stream in rows_in(c, question, streams)]
