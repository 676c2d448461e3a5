"""Questions on the log itself: who recorded what, when, why, and by which command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casesys.case_view import within_reach
from casesys.log import SELECT, entry_of
from casesys.permits import Person
from casesys.registry import KINDS
from casesys.system import System
from casesys.vault import is_sealed
from domain.entries import VOIDING, Entry
from domain.instants import end_of_day, local_day, moment, start_of_day
from projections.driver import rows, rows_in

SIZE = 50
CLOCKS = ("recorded", "occurred", "entered")
TOPICS = tuple(KINDS)
FURTHEST = 2**62


@dataclass(frozen=True, slots=True)
class Trail:
    """Which entries an auditor looks for; a condition left empty asks nothing.

    ``before`` and ``after`` are positions: the log is read by its order, never by a clock.
    """

    actor: str = ""
    topic: str = ""
    case: str = ""
    command_id: str = ""
    clock: str = "recorded"
    first_day: str = ""
    last_day: str = ""
    only: str = ""
    before: int | None = None
    after: int | None = None
    as_of: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry as the trail shows it: its names read, sealed facts without their content."""

    entry: Entry
    who: str
    subject: str
    case_number: str | None
    facts: Mapping[str, Any]
    sealed: tuple[str, ...]
    late_days: int
    day_only: bool
    voided_by: int | None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries newest first, and whether there are newer and older ones that answer."""

    entries: Sequence[Logged]
    newer: int | None
    older: int | None
    head: int
    unknown: str | None = None


def trail(system: System, asked: Trail, size: int = SIZE) -> TrailPage:
    """One page of the log; ``unknown`` names a person or case that the office does not have."""
    with system.database.read() as c:
        head = system.log.head(c)[0]
        where, values, unknown = _where(system, c, asked)
        if unknown is not None:
            return TrailPage((), None, None, head, unknown)
        found, newer, older = _page(c, where, values, asked, size)
        return TrailPage(_logged(c, found, asked.known_at), newer, older, head)


def findings_by_rule(system: System) -> dict[str, int]:
    """How many entries that count broke each rule, the most frequent first."""
    with system.database.read() as c:
        return system.models.findings.by_code(c)


def entry_at(system: System, position: int) -> Logged | None:
    """The entry at a position of the log; None where the log does not reach."""
    if not 0 < position < FURTHEST:
        return None
    with system.database.read() as c:
        found = [entry_of(row) for row in rows(c, f"{SELECT} WHERE position = ?", [position])]
        return _logged(c, found)[0] if found else None


def case_history(
    system: System,
    name: str,
    person: Person,
    as_of: str | None = None,
    known_at: str | None = None,
) -> tuple[str, Sequence[Logged]] | None:
    """A case's number and its entries as they came in, as of a day and as known at an instant.

    None: no such case, or none that this person may see.
    """
    if not name.isprintable():
        return None
    with system.database.read() as c:
        row = system.models.case_file.find(c, name)
        if row is None or not within_reach(c, row.stream_id, person):
            return None
        until = end_of_day(as_of) if as_of is not None else None
        entries = [
            entry
            for entry in system.log.stream(c, row.stream_id)
            if (until is None or entry.occurred_at <= until)
            and (known_at is None or entry.recorded_at <= known_at)
        ]
        return row.number, _logged(c, entries, known_at)


def who_recorded(system: System) -> list[str]:
    """The logins of everyone who has an account, to choose from."""
    with system.database.read() as c:
        return [str(row.login) for row in system.models.accounts.everyone(c)]


def _where(system: System, c: Connection, asked: Trail) -> tuple[list[str], list[Any], str | None]:
    where: list[str] = []
    values: list[Any] = []
    if asked.actor:
        account = system.models.accounts.by_login(c, asked.actor)
        where.append("actor = ?")
        values.append(account.stream_id if account is not None else asked.actor)
    if asked.case:
        found = system.models.case_file.find(c, asked.case)
        if found is None:
            return [], [], asked.case
        where.append("stream_id = ?")
        values.append(found.stream_id)
    if asked.topic:
        where.append("topic = ?")
        values.append(asked.topic)
    if asked.command_id:
        where.append("command_id = ?")
        values.append(asked.command_id)
    column = f"{asked.clock}_at"
    if asked.first_day:
        where.append(f"{column} >= ?")
        values.append(start_of_day(asked.first_day))
    if asked.last_day:
        where.append(f"{column} <= ?")
        values.append(end_of_day(asked.last_day))
    if asked.as_of is not None:
        where.append("occurred_at <= ?")
        values.append(end_of_day(asked.as_of))
    if asked.known_at is not None:
        where.append("recorded_at <= ?")
        values.append(asked.known_at)
    if asked.only == "findings":
        where.append("findings IS NOT NULL")
    elif asked.only == "reasons":
        where.append("reason IS NOT NULL")
    elif asked.only == "voids":
        where.append(f"topic IN ({', '.join('?' * len(VOIDING))})")
        values += sorted(VOIDING)
    return where, values, None


def _page(
    c: Connection, where: list[str], values: list[Any], asked: Trail, size: int
) -> tuple[list[Entry], int | None, int | None]:
    """The entries of a page, and the positions from which the newer and older page are read."""
    forward = asked.after is not None
    edge = asked.after if forward else asked.before
    if edge is not None:
        where = [*where, "position > ?" if forward else "position < ?"]
        values = [*values, max(0, min(edge, FURTHEST))]
    told = f" WHERE {' AND '.join(where)}" if where else ""
    order = "ASC" if forward else "DESC"
    question = f"{SELECT}{told} ORDER BY position {order} LIMIT ?"
    found = [entry_of(row) for row in rows(c, question, [*values, size + 1])]
    more = len(found) > size
    found = found[:size]
    if forward:
        found.reverse()
    if not found:
        return [], None, None
    newest, oldest = found[0].position, found[-1].position
    has_newer = more if forward else asked.before is not None
    has_older = bool(edge) if forward else more
    return found, newest if has_newer else None, oldest if has_older else None


def _logged(c: Connection, entries: Sequence[Entry], known_at: str | None = None) -> list[Logged]:
    who = _logins(c, {entry.actor for entry in entries})
    subjects = _subjects(c, {entry.stream_id for entry in entries})
    voided = _voided(c, {e.stream_id for e in entries if e.topic.startswith("case.")}, known_at)
    return [_one(entry, who, subjects, voided) for entry in entries]


def _one(
    entry: Entry,
    who: Mapping[str, str],
    subjects: Mapping[str, tuple[str, str | None]],
    voided: Mapping[tuple[str, int], int],
) -> Logged:
    subject, number = subjects.get(entry.stream_id, ("", None))
    happened = local_day(entry.occurred_at)
    return Logged(
        entry=entry,
        who=who.get(entry.actor, entry.actor),
        subject=subject,
        case_number=number,
        facts={k: v for k, v in entry.data.items() if not is_sealed(v)},
        sealed=tuple(name for name, value in entry.data.items() if is_sealed(value)),
        late_days=(moment(entry.recorded_at) - moment(entry.occurred_at)).days,
        day_only=entry.occurred_at == start_of_day(happened),
        voided_by=voided.get((entry.stream_id, entry.version)),
    )


def _logins(c: Connection, actors: Iterable[str]) -> dict[str, str]:
    question = "SELECT stream_id, login FROM account WHERE stream_id IN ({keys})"
    return {row[0]: row[1] for row in rows_in(c, question, actors)}


def _subjects(c: Connection, streams: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """What each stream is about, and the number of the case if it is one."""
    found: dict[str, tuple[str, str | None]] = {}
    cases = (
        "SELECT f.stream_id, f.number, e.name, f.enterprise FROM case_file f "
        "LEFT JOIN enterprise e ON e.uscc = f.enterprise WHERE f.stream_id IN ({keys})"
    )
    for stream, number, name, uscc in rows_in(c, cases, streams):
        found[stream] = (name or uscc, number)
    for question in (
        "SELECT stream_id, name FROM enterprise WHERE stream_id IN ({keys})",
        "SELECT stream_id, name FROM member_unit WHERE stream_id IN ({keys})",
        "SELECT stream_id, login FROM account WHERE stream_id IN ({keys})",
        "SELECT stream_id, year FROM calendar WHERE stream_id IN ({keys})",
    ):
        for stream, name in rows_in(c, question, [s for s in streams if s not in found]):
            found[stream] = (str(name), None)
    return found


def _voided(
    c: Connection, streams: Iterable[str], known_at: str | None
) -> dict[tuple[str, int], int]:
    """Which entries were taken away as far as known, and at which position that was said."""
    topics = ", ".join(f"'{topic}'" for topic in sorted(VOIDING))
    question = f"{SELECT} WHERE topic IN ({topics}) AND stream_id IN ({{keys}})"
    found = (entry_of(row) for row in rows_in(c, question, streams))
    return {
        (e.stream_id, e.data["target"]): e.position
        for e in found
        if known_at is None or e.recorded_at <= known_at
    }
