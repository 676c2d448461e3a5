"""One case for a program or a terminal: where it stands and what was recorded, as of any moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from casesys.cases.view import within_reach
from casesys.permits import Person
from casesys.system import System
from domain.deadlines import Deadline, deadlines
from domain.entries import Entry, as_seen, voided_versions
from domain.evolution import state_of
from domain.instants import end_of_day, local_day
from domain.record_state import RecordState


def _entries(
    system: System,
    c: Connection,
    person: Person,
    name: str,
    known_at: str | None,
    version: int | None,
) -> list[Entry] | None:
    found = system.models.case_file.find(c, name)
    if found is None or not within_reach(c, found.stream_id, person):
        return None
    return [
        entry
        for entry in system.log.stream(c, found.stream_id)
        if (version is None or entry.version <= version)
        and (known_at is None or entry.recorded_at <= known_at)
    ]


def case_shown(
    system: System,
    c: Connection,
    person: Person,
    name: str,
    as_of: str | None = None,
    known_at: str | None = None,
    version: int | None = None,
) -> dict[str, Any] | None:
    """A case at the end of a day, as known at an instant or at a version; None: no such case."""
    entries = _entries(system, c, person, name, known_at, version)
    if not entries:
        return None
    until = end_of_day(as_of) if as_of is not None else None
    state = state_of(as_seen(entries, until))
    day = as_of or local_day(system.now())
    workdays = system.models.calendars.workdays(c)
    return {
        "number": entries[0].data["number"],
        "reference": entries[0].data["reference"],
        "version": entries[-1].version,
        "campaign": entries[0].data["campaign"],
        "enterprise": entries[0].data["enterprise"],
        "name": system.models.enterprises.name_of(c, entries[0].data["enterprise"]),
        "category": entries[0].data["category"],
        "stage": str(state.stage),
        "branch": state.effective_branch,
        "listed_on": state.listed_on,
        "town": state.town,
        "unit": state.unit,
        "officer": state.officer,
        "excluded": state.excluded,
        "contact_attempts": state.attempts,
        "contact_class": state.contact_class,
        "interviews": state.interviews,
        "photos": state.photos,
        "commitments": state.commitments,
        "supervised_at": state.supervised_at,
        "impediments": sorted(state.impediments),
        "exited_at": state.exited_at,
        "closed": state.closed,
        "waits_for_second_person": sorted(state.proposals),
        "missing_for_exit": state.missing_for_exit(),
        "records": [_record(record) for record in state.records.values()],
        "deadlines": [_deadline(one) for one in deadlines(state, workdays, day)],
    }


def _record(record: RecordState) -> dict[str, Any]:
    return {
        "record": record.record,
        "number": record.number,
        "authority": record.authority,
        "decided_on": record.decided_on,
        "amount_fen": record.amount_fen,
        "repair": record.repair,
        "repaired": record.repaired,
        "performance": record.performance,
    }


def _deadline(deadline: Deadline) -> dict[str, Any]:
    return {
        "kind": str(deadline.kind),
        "due_on": deadline.due.day if deadline.due is not None else None,
        "provisional": deadline.due is not None and deadline.due.provisional,
        "done_on": deadline.done_on,
        "status": str(deadline.status),
    }


def case_history(
    system: System,
    c: Connection,
    person: Person,
    name: str,
    as_of: str | None = None,
    known_at: str | None = None,
    version: int | None = None,
) -> list[dict[str, Any]] | None:
    """The entries of a case in the order of the log; ``counts`` is False of what was taken away."""
    entries = _entries(system, c, person, name, known_at, version)
    if not entries:
        return None
    until = end_of_day(as_of) if as_of is not None else None
    gone = voided_versions(entries)
    return [
        {**entry._asdict(), "counts": entry.version not in gone}
        for entry in entries
        if until is None or entry.occurred_at <= until
    ]
