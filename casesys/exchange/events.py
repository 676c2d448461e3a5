"""The log as lines of JSON: one entry a line in the order of the log, nothing personal in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO, Any

from sqlalchemy import Connection

from casesys.audit.shown_entries import voids_of
from casesys.exchange.activities import activity, stream_kind
from casesys.figures.cases_of_day import within
from casesys.permits import Permit, Person
from casesys.registry import encode_lines, kind_of
from casesys.system import System
from casesys.vault import is_sealed
from domain.entries import VOIDING, Entry
from domain.instants import end_of_day
from projections.case_file import CASE_FILE
from projections.driver import rows_in

AT_ONCE = 2000
"""How many entries are held in memory."""

Line = dict[str, Any]


def export_events(
    system: System,
    person: Person,
    file: IO[bytes],
    as_of: str | None = None,
    known_at: str | None = None,
    *,
    voided: bool = False,
) -> int:
    """Write what happened until the end of a day as the books knew it at an instant; how many.

    A void acts on the books' clock. With ``voided`` the voids and what they took away are written
    as well. Who audits gets the whole log, who approves the cases within reach.

    :raises NotPermitted: the person neither audits nor approves
    """
    if not person.permits & {Permit.AUDIT, Permit.APPROVE}:
        person.require(Permit.AUDIT)
    count = 0
    with system.database.read() as c:
        seen = _Seen(c, person, None if as_of is None else end_of_day(as_of), known_at, voided)
        for entries in _pages(system, c):
            lines = list(seen.lines(entries))
            file.write(encode_lines(lines))
            count += len(lines)
    return count


def _pages(system: System, c: Connection) -> Iterator[list[Entry]]:
    position = 0
    while entries := system.log.after(c, position, AT_ONCE):
        yield entries
        position = entries[-1].position


class _Seen:
    """Which entries one file holds, and how they read."""

    def __init__(
        self,
        c: Connection,
        person: Person,
        until: str | None,
        known_at: str | None,
        voided: bool,
    ) -> None:
        self._c = c
        self._until = until
        self._known_at = known_at
        self._voided = voided
        self._cases_only = Permit.AUDIT not in person.permits
        self._within: Collection[str] | None = within(c, person.reach) if person.reach else None

    def lines(self, entries: Sequence[Entry]) -> Iterator[Line]:
        found = [entry for entry in entries if self._is_asked(entry)]
        streams = {entry.stream_id for entry in found if entry.topic.startswith("case.")}
        voids = voids_of(self._c, streams, self._known_at)
        cases = _cases(self._c, streams)
        for entry in found:
            by = voids.get((entry.stream_id, entry.version))
            if self._voided or (by is None and entry.topic not in VOIDING):
                yield line_of(entry, cases.get(entry.stream_id), by)

    def _is_asked(self, entry: Entry) -> bool:
        if self._known_at is not None and entry.recorded_at > self._known_at:
            return False
        # A void acts on the books' clock alone, whenever it says it happened.
        later = self._until is not None and entry.occurred_at > self._until
        if later and entry.topic not in VOIDING:
            return False
        if self._within is not None:
            return entry.stream_id in self._within
        return not self._cases_only or entry.topic.startswith("case.")


def line_of(entry: Entry, case: Mapping[str, Any] | None, voided_by: int | None = None) -> Line:
    """One entry as a line; ``voided_by`` is the position of what took it away."""
    sealed = kind_of(entry.topic).sealed
    return {
        "position": entry.position,
        "stream": {"id": entry.stream_id, "kind": stream_kind(entry)},
        "version": entry.version,
        "type": activity(entry),
        "topic": entry.topic,
        "case": case,
        "data": {
            name: value
            for name, value in entry.data.items()
            # By name: that there is nothing to read is nobody else's to know either.
            if name not in sealed and not is_sealed(value)
        },
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "entered_at": entry.entered_at,
        "actor": entry.actor,
        "caused_by": entry.caused_by,
        "reason": entry.reason,
        "findings": entry.findings,
        "voided_by": voided_by,
    }


CASE = ("number", "reference", "campaign", "enterprise", "category")


def _cases(c: Connection, streams: Collection[str]) -> dict[str, Line]:
    question = f"SELECT stream_id, {', '.join(CASE)} FROM {CASE_FILE} WHERE stream_id IN ({{keys}})"
    return {
        stream: dict(zip(CASE, values, strict=True))
        for stream, *values in rows_in(c, question, streams)
    }
