"""Questions on the log itself: who recorded what, when, why, and by which command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from casesys.audit.objects import Meant, meant_by
from casesys.audit.question import SPAN, Question, marks_for, window
from casesys.audit.shown_entries import Logged, as_shown
from casesys.cases.view import within_reach
from casesys.permits import Person
from casesys.registry import KINDS
from casesys.system import System
from domain.entries import VOIDING
from domain.findings import LATE_DAYS, Kind
from domain.instants import end_of_day, start_of_day
from projections.findings import FINDING
from projections.trail_marks import GRANT, READ, READS, TRAIL_MARK, VOID

SIZE = 50
CLOCKS = ("recorded", "occurred", "entered")
TOPICS = tuple(KINDS)
ACCOUNTS = "accounts"
"""Stands for all topics that say who may do what."""
RESULTS = ("counts", "voided", "voids", "findings", "late", "reasons", "night")
NO_ACCOUNT = ("register", "operator")
"""Those who recorded without an account stand in the log under their kind and name."""
CLOSES = "10"
"""The hour at which the office closes, 18:00, in UTC; it opens at 8:00, with the day in UTC."""
LATER = "9"
"""Later than every instant."""
MARKED = f"position IN (SELECT position FROM {TRAIL_MARK} WHERE mark = ?)"
AS_LATE = (
    f"EXISTS (SELECT 1 FROM {FINDING} f WHERE f.stream_id = log.stream_id "
    "AND f.version = log.version AND f.kind = ? AND f.days >= ?)"
)
VOIDED = (
    f"EXISTS (SELECT 1 FROM {TRAIL_MARK} v "
    "WHERE v.stream_id = log.stream_id AND v.mark = 'void' AND v.target = log.version)"
)


@dataclass(frozen=True, slots=True)
class Trail:
    """Which entries an auditor looks for; a condition left empty asks nothing.

    ``about`` is what the object is called, ``result`` one of ``RESULTS``, ``days`` how late a late
    one is at least. ``before`` and ``after`` are positions: the log is read by its order, never by
    a clock.
    """

    actor: str = ""
    topic: str = ""
    about: str = ""
    command_id: str = ""
    clock: str = "recorded"
    first_day: str = ""
    last_day: str = ""
    result: str = ""
    days: int = LATE_DAYS
    before: int | None = None
    after: int | None = None
    as_of: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries newest first, and whether there are newer and older ones that answer.

    ``unknown`` names an object that the office does not have, ``many`` one that is too many
    things. ``searched`` is the position up to which the log was read where it was not read to its
    end: further entries may answer.
    """

    entries: Sequence[Logged]
    newer: int | None
    older: int | None
    head: int
    unknown: str | None = None
    many: bool = False
    searched: int | None = None


def trail(system: System, asked: Trail, size: int = SIZE, span: int = SPAN) -> TrailPage:
    """One page of the log."""
    with system.database.read() as c:
        head = system.log.head(c)[0]
        meant = meant_by(c, asked.about) if asked.about else None
        if meant is not None and not meant.streams:
            return TrailPage((), None, None, head, unknown=asked.about)
        question = Question()
        _who_and_what(system, c, question, asked, meant)
        _with_result(question, asked)
        _when(c, question, asked, head)
        page = question.page(c, asked, head, size, span)
        return TrailPage(
            as_shown(c, page.entries, asked.known_at),
            page.newer,
            page.older,
            head,
            many=meant is not None and meant.many,
            searched=page.searched,
        )


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
        return row.number, as_shown(c, entries, known_at)


def who_recorded(system: System) -> list[str]:
    """The logins of everyone who has or had an account, to choose from."""
    with system.database.read() as c:
        return [str(row.login) for row in system.models.accounts.everyone(c)]


def _who_and_what(
    system: System, c: Connection, question: Question, asked: Trail, meant: Meant | None
) -> None:
    if asked.actor:
        account = system.models.accounts.by_login(c, asked.actor)
        known = [account.stream_id] if account is not None else []
        typed = [asked.actor, *(f"{kind}:{asked.actor}" for kind in NO_ACCOUNT)]
        question.one_of("actor", [*known, *typed])
    if meant is not None:
        question.one_of("stream_id", meant.streams, narrow=True)
    if asked.command_id:
        question.also("command_id = ?", asked.command_id, narrow=True)
    if asked.topic == ACCOUNTS:
        question.also(MARKED, GRANT, narrow=True)
    elif asked.topic == READS:
        question.also(MARKED, READ, narrow=True)
    elif asked.topic:
        question.also("topic = ?", asked.topic)


def _with_result(question: Question, asked: Trail) -> None:
    match asked.result:
        case "counts":
            question.also(f"NOT {VOIDED}")
            question.also(f"topic NOT IN ({marks_for(VOIDING)})", *sorted(VOIDING))
        case "voided":
            question.also(
                "(stream_id, version) IN "
                f"(SELECT stream_id, target FROM {TRAIL_MARK} WHERE mark = ?)",
                VOID,
                narrow=True,
            )
        case "voids":
            question.also(MARKED, VOID, narrow=True)
        case "late":
            question.also(AS_LATE, Kind.LATE, asked.days)
        case "findings":
            question.also("findings IS NOT NULL")
        case "reasons":
            question.also("reason IS NOT NULL")
        case "night":
            question.also("substr(recorded_at, 12, 2) >= ?", CLOSES)


def _when(c: Connection, question: Question, asked: Trail, head: int) -> None:
    first = start_of_day(asked.first_day) if asked.first_day else ""
    last = end_of_day(asked.last_day) if asked.last_day else LATER
    if first or last < LATER:
        question.also(f"{asked.clock}_at >= ? AND {asked.clock}_at <= ?", first, last)
        if asked.clock != "occurred":
            question.keep_to(window(c, asked.clock, first, last, head))
    if asked.as_of is not None:
        question.also("occurred_at <= ?", end_of_day(asked.as_of))
    if asked.known_at is not None:
        question.also("recorded_at <= ?", asked.known_at)
