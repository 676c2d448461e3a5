"""An entry of the log as the trail shows it: names read, sealed facts without their content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casesys.log import SELECT, entry_of
from casesys.vault import is_sealed
from domain.entries import Entry
from domain.findings import days_late
from domain.instants import local_day, start_of_day
from projections.case_file import CASE_FILE
from projections.driver import rows_in
from projections.enterprises import ENTERPRISE
from projections.erasures import Erasure, erasures_of
from projections.office import ACCOUNT, CALENDAR, MEMBER_UNIT, logins
from projections.published import PUBLISHED_FIGURES
from projections.trail_marks import TRAIL_MARK
from projections.uploads import UPLOAD


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry as the trail shows it; ``voided_by`` is the position of what took it away."""

    entry: Entry
    who: str
    subject: str
    case_number: str | None
    facts: Mapping[str, Any]
    sealed: tuple[str, ...]
    late_days: int
    day_only: bool
    voided_by: int | None
    erased: Erasure | None = None


def as_shown(c: Connection, entries: Sequence[Entry], known_at: str | None = None) -> list[Logged]:
    who = logins(c, {entry.actor for entry in entries})
    subjects = subjects_of(c, {entry.stream_id for entry in entries})
    voided = voids_of(c, {e.stream_id for e in entries if e.topic.startswith("case.")}, known_at)
    erasures = erasures_of(c, {entry.stream_id for entry in entries})
    return [_one(entry, who, subjects, voided, erasures) for entry in entries]


def shown_at(c: Connection, positions: Iterable[int]) -> dict[int, Logged]:
    """The entries at these positions of the log."""
    question = f"{SELECT} WHERE position IN ({{keys}})"
    found = [entry_of(row) for row in rows_in(c, question, dict.fromkeys(positions))]
    return {one.entry.position: one for one in as_shown(c, found)}


def subjects_of(c: Connection, streams: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """What each stream is about, and the number of the case if it is one."""
    found: dict[str, tuple[str, str | None]] = {}
    cases = (
        f"SELECT f.stream_id, f.number, e.name, f.enterprise FROM {CASE_FILE} f "
        f"LEFT JOIN {ENTERPRISE} e ON e.uscc = f.enterprise WHERE f.stream_id IN ({{keys}})"
    )
    for stream, number, name, uscc in rows_in(c, cases, streams):
        found[stream] = (name or uscc, number)
    for question in (
        f"SELECT stream_id, name FROM {ENTERPRISE} WHERE stream_id IN ({{keys}})",
        f"SELECT stream_id, name FROM {MEMBER_UNIT} WHERE stream_id IN ({{keys}})",
        f"SELECT stream_id, login FROM {ACCOUNT} WHERE stream_id IN ({{keys}})",
        f"SELECT stream_id, year FROM {CALENDAR} WHERE stream_id IN ({{keys}})",
        f"SELECT stream_id, file_name FROM {UPLOAD} WHERE stream_id IN ({{keys}})",
        f"SELECT stream_id, number FROM {PUBLISHED_FIGURES} WHERE stream_id IN ({{keys}})",
    ):
        for stream, name in rows_in(c, question, [s for s in streams if s not in found]):
            found[stream] = (str(name or ""), None)
    return found


def _one(
    entry: Entry,
    who: Mapping[str, str],
    subjects: Mapping[str, tuple[str, str | None]],
    voided: Mapping[tuple[str, int], int],
    erasures: Mapping[str, Sequence[Erasure]],
) -> Logged:
    subject, number = subjects.get(entry.stream_id, ("", None))
    return Logged(
        entry=entry,
        who=who.get(entry.actor, entry.actor),
        subject=subject or str(entry.data.get("campaign") or ""),
        case_number=number,
        facts={k: v for k, v in entry.data.items() if not is_sealed(v)},
        sealed=tuple(name for name, value in entry.data.items() if is_sealed(value)),
        late_days=days_late(entry),
        day_only=entry.occurred_at == start_of_day(local_day(entry.occurred_at)),
        voided_by=voided.get((entry.stream_id, entry.version)),
        erased=next(
            (one for one in erasures.get(entry.stream_id, ()) if one.version > entry.version), None
        ),
    )


def voids_of(
    c: Connection, streams: Iterable[str], known_at: str | None
) -> dict[tuple[str, int], int]:
    """Which entries were taken away as far as known, and at which position that was said."""
    question = (
        f"SELECT m.stream_id, m.target, m.position, l.recorded_at FROM {TRAIL_MARK} m "
        "JOIN log l ON l.position = m.position "
        "WHERE m.mark = 'void' AND m.stream_id IN ({keys})"
    )
    return {
        (stream, target): position
        for stream, target, position, recorded_at in rows_in(c, question, streams)
        if known_at is None or recorded_at <= known_at
    }
