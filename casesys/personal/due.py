"""What falls due for erasure on a day: ended cases, closed accounts, lists that were settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.log import SELECT, entry_of
from casesys.permits import Permit, Person
from casesys.system import System
from domain.instants import end_of_day, local_day
from domain.retention import Ended, RetentionSet, retention_on
from domain.rulesets import Figure
from domain.vocabulary import Outcome
from projections.driver import rows, rows_in
from projections.enterprises import ENTERPRISE
from projections.office import ACCOUNT
from projections.paging import Paged, paged
from projections.uploads import HELD_ROW, UPLOAD

SIZE = 50
OF_CASES = (
    Outcome.ALL_REPAIRED,
    Outcome.GOVERNED_AND_SETTLED,
    Outcome.SUBJECT_CEASED,
    Outcome.EXCLUDED,
    Outcome.EXITED,
)
CLOSED_ACCOUNTS = (
    f"SELECT a.stream_id, a.login FROM {ACCOUNT} a JOIN vault v ON v.subject = a.stream_id "
    "WHERE a.closed = 1 AND v.wrapped_key IS NOT NULL"
)
SETTLED_UPLOADS = (
    f"SELECT u.stream_id, u.file_name FROM {UPLOAD} u JOIN vault v ON v.subject = u.stream_id "
    f"WHERE v.wrapped_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {HELD_ROW} h "
    "WHERE h.stream_id = u.stream_id AND h.decision IS NULL)"
)


class Due(NamedTuple):
    """One thing whose period is over; ``name`` is a case's number, a login or a file's name."""

    kind: str
    stream: str
    name: str
    subject: str
    outcome: Outcome
    ended_on: str
    due_on: str
    rule: str
    entries: int
    files: int


class DuePage(NamedTuple):
    """What falls due up to a day, the oldest first, and by which periods."""

    day: str
    rules: RetentionSet
    rows: Sequence[Due]
    beside: Sequence[Due]
    at: Paged

    @property
    def periods(self) -> Iterator[tuple[Outcome, Figure]]:
        yield from self.rules.months.items()


def due_page(system: System, person: Person, day: str | None = None, page: int = 1) -> DuePage:
    """:raises NotPermitted: neither supervisor, auditor nor operator"""
    day, found = _due(system, person, day)
    cases = [one for one in found if one.kind == "case"]
    at = paged(len(cases), page, SIZE)
    beside = [one for one in found if one.kind != "case"]
    return DuePage(day, retention_on(day), cases[at.start : at.start + SIZE], beside, at)


def due(system: System, person: Person, day: str | None = None) -> list[Due]:
    """Everything that falls due up to a day.

    :raises NotPermitted: neither supervisor, auditor nor operator
    """
    return _due(system, person, day)[1]


def _due(system: System, person: Person, day: str | None) -> tuple[str, list[Due]]:
    if not person.permits & {Permit.AUDIT, Permit.OPERATE}:
        person.require(Permit.ERASE)
    day = day or local_day(system.now())
    with system.database.read() as c:
        found = [*_cases(system, c, day, person.reach)]
        if not person.reach:
            found += _beside(c, day)
    return day, sorted(found, key=lambda one: (one.due_on, one.name))


def _cases(system: System, c: Connection, day: str, reach: str) -> Iterator[Due]:
    rules = retention_on(day)
    for outcome in OF_CASES:
        kept = system.models.kept_personal.ended_before(c, outcome, day, reach)
        codes = {one.enterprise for one in kept}
        names = dict(
            rows_in(c, f"SELECT uscc, name FROM {ENTERPRISE} WHERE uscc IN ({{keys}})", codes)
        )
        for one in kept:
            due_on = rules.due_on(Ended(outcome, one.ended_on))
            if due_on <= day:
                yield Due(
                    "case",
                    one.stream_id,
                    one.number,
                    names.get(one.enterprise) or one.enterprise,
                    outcome,
                    one.ended_on,
                    due_on,
                    rules.place(outcome),
                    one.entries,
                    one.files,
                )


def _beside(c: Connection, day: str) -> Iterator[Due]:
    """Few enough to be asked of the log: what was closed, or settled, and never erased."""
    rules = retention_on(day)
    for kind, question, topic, outcome in (
        ("account", CLOSED_ACCOUNTS, "account.closed", Outcome.ACCOUNT_CLOSED),
        ("upload", SETTLED_UPLOADS, "upload.row_settled", Outcome.ROWS_SETTLED),
    ):
        names = dict(rows(c, question))
        ends: dict[str, str] = {}
        asked = f"{SELECT} WHERE topic = '{topic}' AND stream_id IN ({{keys}}) ORDER BY version"
        for row in rows_in(c, asked, names):
            entry = entry_of(row)
            if entry.occurred_at <= end_of_day(day):
                ends[entry.stream_id] = local_day(entry.occurred_at)
        for stream, on in ends.items():
            due_on = rules.due_on(Ended(outcome, on))
            if due_on <= day:
                name = str(names[stream] or stream)
                rule = rules.place(outcome)
                yield Due(kind, stream, name, name, outcome, on, due_on, rule, 1, 0)
