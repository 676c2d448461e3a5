"""What the page of one case shows: the case as it stands or stood, its steps and its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from casesys.cases.acts import Act, acts_on
from casesys.cases.lanes import Step, governance_lane
from casesys.cases.moments import Moment, moment_of
from casesys.log import fold
from casesys.permits import Person
from casesys.system import System
from casesys.vault import is_sealed
from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.deadlines import Deadline, deadlines, running
from domain.entries import AS_IT_HAPPENED, Entry, as_seen
from domain.evolution import state_of
from domain.instants import end_of_day, local_day
from domain.main_step import main_step
from domain.record_state import RecordState
from domain.rulesets import RuleSet, earliest_repair_day, ruleset_on
from domain.vocabulary import Category, PublicityClass
from domain.workdays import Workdays
from projections.driver import rows
from projections.ledger import LEDGER
from projections.office import logins


class CaseIsUnknown(Exception):
    """No case has this number or reference."""


class Clock(NamedTuple):
    """The deadline that runs now; ``days`` are working days left, below 0 it is overdue."""

    kind: str
    due_on: str
    days: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class RecordView:
    """One 宗 and from which day its repair may be applied for; None: not ours to say."""

    record: RecordState
    opens_on: str | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class ErasureMark:
    """An erasure as pages name it where a field stood; ``files`` are those that it removed."""

    version: int
    number: str
    day: str
    files: frozenset[str]


@dataclass(frozen=True)
class CaseView:
    """A case on one day, as the books knew it at one instant.

    ``entries`` are what that day and those books hold, in the order of the log; ``seen`` those of
    them that count, in the order of happening. The rest is computed when a page first asks for it.
    """

    stream: str
    version: int
    name: str
    uscc: str
    state: CaseState
    today: str
    now: str
    past: bool
    entries: Sequence[Entry]
    seen: Sequence[Entry]
    workdays: Workdays
    logins: Mapping[str, str]
    erasures: Sequence[ErasureMark]
    _asking: Callable[[], Iterable[Act]] | None = field(repr=False)

    @property
    def number(self) -> str:
        return self.state.number

    @property
    def officer(self) -> str | None:
        return self.logins.get(self.state.officer or "", self.state.officer)

    @property
    def rules(self) -> RuleSet:
        """The rule set of the day that is looked at."""
        return ruleset_on(self.today)

    @cached_property
    def clock(self) -> Clock | None:
        deadline = running(self.state, self.workdays)
        if deadline is None or deadline.due is None:
            return None
        due = deadline.due
        left = self.workdays.left(self.today, due.day)
        return Clock(str(deadline.kind), due.day, left, due.provisional)

    @cached_property
    def deadlines(self) -> tuple[Deadline, ...]:
        return tuple(deadlines(self.state, self.workdays, self.today))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(governance_lane(self.state, self.seen, self.workdays, self.today))

    @cached_property
    def records(self) -> tuple[RecordView, ...]:
        return tuple(_records(self.state, self.workdays, self.today))

    @cached_property
    def main(self) -> str | None:
        return main_step(self.state)

    # -- entries ---------------------------------------------------------------------------

    @cached_property
    def newest_first(self) -> tuple[Entry, ...]:
        return tuple(sorted(self.entries, key=AS_IT_HAPPENED, reverse=True))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Every entry, newest first; a page that shows a few asks ``moment`` of these."""
        return tuple(self.moment(entry) for entry in self.newest_first)

    def moment(self, entry: Entry) -> Moment:
        return moment_of(entry, self._counting, self.logins)

    def entry(self, version: int) -> Entry | None:
        return self._by_version.get(version)

    def counts(self, entry: Entry) -> bool:
        """Whether no void has taken the entry away, as far as this day and these books know."""
        return entry.version in self._counting

    @cached_property
    def _counting(self) -> frozenset[int]:
        return frozenset(entry.version for entry in self.seen)

    @cached_property
    def _by_version(self) -> dict[int, Entry]:
        return {entry.version: entry for entry in self.entries}

    def erasure_of(self, entry: Entry) -> ErasureMark | None:
        """The erasure after which the sealed facts of this entry open to nobody."""
        return next((one for one in self.erasures if one.version > entry.version), None)

    # -- acts ------------------------------------------------------------------------------

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """Nothing is done in the past."""
        return () if self._asking is None else tuple(self._asking())

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
    erased: ErasureMark | None = None


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
        rows(c, f"SELECT 1 FROM {LEDGER} WHERE stream_id = ? AND unit = ?", [stream, person.reach])
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

    Its stream is read once; what a page asks of it later is computed from these entries.

    :raises CaseIsUnknown: no such case
    """
    now = system.now()
    past = as_of is not None or known_at is not None
    with system.database.read() as c:
        stream = stream_of(system, c, name, person)
        entries = system.log.stream(c, stream)
        workdays = system.models.calendars.workdays(c)
        case = None if past else fold(entries, GovernanceCase)
        until = end_of_day(as_of) if as_of is not None else None
        seen = as_seen(entries, until, known_at)
        if not seen or seen[0].version != entries[0].version:
            # What names the case is no fact of a day: it stands even where the books came late.
            seen = [*(e for e in entries[:1] if e not in seen), *seen]
        state = case.state if case is not None else state_of(seen)
        enterprise = system.models.enterprises.name_of(c, state.enterprise)
        shown = [e for e in entries if known_at is None or e.recorded_at <= known_at]
        shown = [e for e in shown if until is None or e.occurred_at <= until]
        officers = {e.data.get("officer") for e in shown if e.topic in OF_AN_OFFICER}
        who = logins(c, {*(e.actor for e in shown), *officers, state.officer})
        # Whatever day is looked at: what was erased is erased of every day.
        erasures = _erasures(system, c, entries)
    return CaseView(
        stream=stream,
        version=entries[-1].version,
        name=enterprise or state.enterprise,
        uscc=state.enterprise,
        state=state,
        today=as_of or local_day(known_at or now),
        now=now,
        past=past,
        entries=shown,
        seen=seen,
        workdays=workdays,
        logins=who,
        erasures=erasures,
        _asking=None if case is None else partial(_ask, system, case, person),
    )


def _erasures(system: System, c: Connection, entries: Sequence[Entry]) -> list[ErasureMark]:
    said = {e.version: e.data["files"] for e in entries if e.topic == ERASED}
    if not said:
        return []
    found = system.models.erasures.of(c, [entries[0].stream_id])
    return [
        ErasureMark(one.version, one.number, one.day, frozenset(said[one.version])) for one in found
    ]


ERASED = GovernanceCase.PersonalDataErased.TOPIC
OF_AN_OFFICER = frozenset({"case.assigned", "case.transferred"})
"""Entries that name an account besides the one that made them."""


def _ask(system: System, case: GovernanceCase, person: Person) -> Iterator[Act]:
    with system.database.read() as c:
        yield from acts_on(case, system.desk(c, person.id), person)


def entry_view(view: CaseView, version: int) -> EntryView | None:
    """One entry of the case with its facts; None if the page does not know it."""
    entry = view.entry(version)
    if entry is None:
        return None
    sealed = tuple(name for name, value in entry.data.items() if is_sealed(value))
    return EntryView(view.moment(entry), entry.data, sealed, view.erasure_of(entry))


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


def _records(state: CaseState, workdays: Workdays, today: str) -> Iterator[RecordView]:
    for record in sorted(state.records.values(), key=lambda r: r.decided_on, reverse=True):
        opens = None
        if state.category == Category.PENALTY and record.decided_on:
            grade = PublicityClass(record.publicity_class or PublicityClass.GENERAL)
            opens = earliest_repair_day(record.decided_on, grade, ruleset_on(today), workdays)
        yield RecordView(record, opens, opens is not None and opens <= today)
