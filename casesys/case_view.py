"""What the page of one case shows: the case as it stands or stood, its steps and its entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from casesys.commands import COMMANDS
from casesys.lanes import Step, governance_lane
from casesys.permits import NotPermitted, Person
from casesys.system import System
from casesys.typed_again import CORRECTED_BY
from casesys.vault import is_sealed
from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.deadlines import Deadline, deadlines, running
from domain.entries import VOIDING, Entry, as_seen, live
from domain.evolution import state_of
from domain.instants import end_of_day, local_day, moment, start_of_day
from domain.main_step import main_step
from domain.next_steps import Outlook, outlook
from domain.record_state import RecordState
from domain.refusals import Refused
from domain.rulesets import earliest_repair_day, ruleset_on
from domain.vocabulary import Category, PublicityClass
from domain.workdays import Workdays
from projections.driver import rows

MILESTONES = frozenset(
    {
        "case.subject_listed",
        "case.subject_excluded",
        "case.subject_reinstated",
        "case.reachability_concluded",
        "case.interview_held",
        "case.commitment_signed",
        "case.key_supervision_started",
        "case.repair_result_recorded",
        "case.repair_revoked",
        "case.record_removed_by_court",
        "case.subject_exited",
        "case.closed",
        "case.reopened",
    }
)


class CaseIsUnknown(Exception):
    """No case has this number or reference."""


class Clock(NamedTuple):
    """The deadline that runs now; ``days`` are working days left, below 0 it is overdue."""

    kind: str
    due_on: str
    days: int
    provisional: bool


class Act(NamedTuple):
    """One command on the case: lawful now, or what stands against it."""

    command: str
    refusals: tuple[Refused, ...]
    choices: tuple[Mapping[str, str], ...]
    applies: bool


class Moment(NamedTuple):
    """One entry of the timeline, with its place in both clocks."""

    entry: Entry
    who: str
    late_days: int
    day_only: bool
    milestone: bool
    voided: bool
    command: str | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """One 宗 and from which day its repair may be applied for; None: not ours to say."""

    record: RecordState
    opens_on: str | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case on one day, as the books knew it at one instant."""

    stream: str
    version: int
    name: str
    uscc: str
    state: CaseState
    officer: str | None
    today: str
    now: str
    past: bool
    clock: Clock | None
    deadlines: tuple[Deadline, ...]
    steps: tuple[Step, ...]
    records: tuple[RecordView, ...]
    moments: tuple[Moment, ...]
    main: str | None
    acts: tuple[Act, ...]

    @property
    def number(self) -> str:
        return self.state.number

    @property
    def lawful(self) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if not act.refusals)

    @property
    def locked(self) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act.refusals)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry opened: its facts by name, sealed ones without their content."""

    moment: Moment
    facts: Mapping[str, Any]
    sealed: tuple[str, ...]


def stream_of(system: System, c: Connection, name: str, person: Person) -> str:
    """The stream of a case that this person may see, whoever was responsible for it before.

    :raises CaseIsUnknown: no case has this number or reference, or it is beyond reach
    """
    row = system.models.case_file.find(c, name) if name.isprintable() else None
    if row is None or not within_reach(c, row.stream_id, person):
        raise CaseIsUnknown(name)
    return str(row.stream_id)


def within_reach(c: Connection, stream: str, person: Person) -> bool:
    """Whether the unit that is responsible for the case today is one that this person sees."""
    if not person.reach:
        return True
    return bool(
        rows(c, "SELECT 1 FROM ledger WHERE stream_id = ? AND unit = ?", [stream, person.reach])
    )


def see_case(
    system: System,
    name: str,
    person: Person,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
) -> CaseView:
    """The case by number or reference, on a day and as known at an instant if these are given.

    :raises CaseIsUnknown: no such case
    """
    now = system.now()
    past = as_of is not None or known_at is not None
    with system.database.read() as c:
        stream = stream_of(system, c, name, person)
        entries = system.log.stream(c, stream)
        workdays = system.models.calendars.workdays(c)
        until = end_of_day(as_of) if as_of is not None else None
        # What names the case is no fact of a day: it stands even where the books came to it late.
        seen = as_seen(entries, until, known_at)
        seen = [*(e for e in entries[:1] if e not in seen), *seen]
        state = state_of(seen)
        enterprise = system.models.enterprises.name_of(c, state.enterprise)
        known = [e for e in entries if known_at is None or e.recorded_at <= known_at]
        shown = [e for e in known if until is None or e.occurred_at <= until]
        who = _logins(system, c, [*(e.actor for e in shown), state.officer])
        acts = () if past else tuple(_acts(system, c, stream, person))
    today = as_of or local_day(known_at or now)
    return CaseView(
        stream=stream,
        version=entries[-1].version,
        name=enterprise or state.enterprise,
        uscc=state.enterprise,
        state=state,
        officer=who.get(state.officer or ""),
        today=today,
        now=now,
        past=past,
        clock=_clock(state, workdays, today),
        deadlines=tuple(deadlines(state, workdays, today)),
        steps=tuple(governance_lane(state, seen, workdays, today)),
        records=tuple(_records(state, workdays, today)),
        moments=tuple(_moments(shown, {e.version for e in seen}, who)),
        main=main_step(state),
        acts=acts,
    )


def entry_view(view: CaseView, version: int) -> EntryView | None:
    """One entry of the case with its facts; None if the page does not know it."""
    for moment_ in view.moments:
        if moment_.entry.version == version:
            data = moment_.entry.data
            sealed = tuple(name for name, value in data.items() if is_sealed(value))
            return EntryView(moment_, data, sealed)
    return None


def revealed(system: System, entry: Entry) -> dict[str, str | None]:
    """The sealed facts of an entry in clear; ask only after the reveal stands in the log."""
    with system.database.read() as c:
        return {
            name: system.vault.open(c, entry.stream_id, entry.version, name, value)
            for name, value in entry.data.items()
            if is_sealed(value)
        }


def case_number(system: System, stream: UUID) -> str:
    """:raises CaseIsUnknown: the stream is no case"""
    with system.database.read() as c:
        row = system.models.case_file.of(c, str(stream))
    if row is None:
        raise CaseIsUnknown(str(stream))
    return str(row.number)


def state_at(system: System, stream: str, version: int) -> CaseState:
    """The case as it stood at a version that somebody decided on."""
    with system.database.read() as c:
        entries = system.log.stream(c, stream)
    return state_of(live([entry for entry in entries if entry.version <= version]))


def _acts(system: System, c: Connection, stream: str, person: Person) -> Iterator[Act]:
    """Every command on a case, each asked of the decision itself."""
    case = system.log.load(c, UUID(stream), GovernanceCase).aggregate
    assert case is not None
    desk = system.desk(c, person.id)
    for command in COMMANDS.values():
        if command.on is not GovernanceCase or command.name in OF_AN_ENTRY:
            continue
        found: Outlook = outlook(command.decision, case, desk)
        refusals = found.refusals
        if command.permit not in person.permits:
            refusals = (NotPermitted(permit=str(command.permit)), *refusals)
        yield Act(command.name, refusals, found.choices, found.applies)


OF_AN_ENTRY = frozenset({"void_entry", "reveal_personal_data", "correct_entry"})
"""Commands that a reader finds beside the entry they are about."""


def _clock(state: CaseState, workdays: Workdays, today: str) -> Clock | None:
    deadline = running(state, workdays)
    if deadline is None or deadline.due is None:
        return None
    due = deadline.due
    return Clock(str(deadline.kind), due.day, workdays.left(today, due.day), due.provisional)


def _records(state: CaseState, workdays: Workdays, today: str) -> Iterator[RecordView]:
    for record in sorted(state.records.values(), key=lambda r: r.decided_on, reverse=True):
        opens = None
        if state.category == Category.PENALTY and record.decided_on:
            grade = PublicityClass(record.publicity_class or PublicityClass.GENERAL)
            opens = earliest_repair_day(record.decided_on, grade, ruleset_on(today), workdays)
        yield RecordView(record, opens, opens is not None and opens <= today)


def _moments(shown: list[Entry], counting: set[int], who: Mapping[str, str]) -> Iterator[Moment]:
    for entry in sorted(shown, key=lambda e: (e.occurred_at, e.version), reverse=True):
        happened = local_day(entry.occurred_at)
        yield Moment(
            entry=entry,
            who=who.get(entry.actor, entry.actor),
            late_days=(moment(entry.recorded_at) - moment(entry.occurred_at)).days,
            day_only=entry.occurred_at == start_of_day(happened),
            milestone=entry.topic in MILESTONES,
            voided=entry.version not in counting and entry.topic not in VOIDING,
            command=CORRECTED_BY.get(entry.topic),
        )


def _logins(system: System, c: Connection, actors: Sequence[str | None]) -> dict[str, str]:
    """Work numbers by account; an actor that is no account is shown as it stands."""
    found = {}
    for actor in {a for a in actors if a}:
        row = system.models.accounts.by_id(c, actor)
        found[actor] = row.login if row is not None else actor
    return found
