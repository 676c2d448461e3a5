"""A case without one of its entries, or with it on another day: computed, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.audit.before_after import Side
from casesys.cases.view import CaseView, see_case
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.members import counted_of
from casesys.figures.values import WHOLE, counts_in, rates_of
from casesys.permits import Person
from casesys.replay.differing import deadline_sides, sides_between
from casesys.replay.judged_again import broken_rules_of
from casesys.replay.parting import state_at
from casesys.system import System
from domain.case_state import CaseState
from domain.decisions.repair import may_apply
from domain.desk import Desk
from domain.entries import Entry
from domain.formulas import FORMULAS, Formula, Rate
from domain.instants import end_of_day, instant, local_day, moment
from domain.record_state import RecordState
from domain.rulesets import repair_opens, ruleset_on
from domain.vocabulary import Category, PublicityClass
from domain.workdays import Workdays
from projections.case_facts import CaseOnDay
from projections.case_lines import on_day, pack, stood
from projections.rates_lines import known_line
from projections.rates_spans import word_of

OPENED, LISTED, CORRECTED = "case.opened", "case.subject_listed", "case.entry_corrected"


class BranchKind(StrEnum):
    """What is otherwise of the entry: it is not there, or it happened or was recorded then."""

    WITHOUT = "without"
    HAPPENED = "happened"
    RECORDED = "recorded"


class NoSuchBranch(Exception):
    """Why an entry cannot be thought away, or on that day, by the code of the sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Judged(NamedTuple):
    """An entry that would break other rules than it does."""

    entry: Entry
    broken: Sequence[str]
    kept: Sequence[str]


class BranchRepair(NamedTuple):
    """From which day on the repair of a penalty may be applied for, and what else is missing."""

    record: str
    opens_on: str | None
    provisional: bool
    missing: tuple[str, ...]


class Moved(NamedTuple):
    """A formula that would differ."""

    formula: Formula
    now: Rate
    then: Rate


@dataclass(frozen=True, slots=True)
class Branch:
    """A case as it stands and as it would, on a day and as known at an instant.

    ``entry`` is the one in question as it was recorded, ``instead`` as it would have been; with a
    correction goes ``gone``, the entry that stands in its place.
    """

    view: CaseView
    kind: BranchKind
    entry: Entry
    instead: Entry | None
    gone: Sequence[Entry]
    asked: Question
    before: CaseState
    after: CaseState
    judged: Sequence[Judged]
    repairs: Sequence[tuple[str, BranchRepair | None, BranchRepair | None]]
    figures: Sequence[Moved]
    counts: bool
    """Whether the entry counts in the books of now."""

    @property
    def sides(self) -> list[Side]:
        """The facts and the deadlines that would be otherwise."""
        day, workdays = self.asked.as_of, self.view.workdays
        was, now = (self.before, workdays, day), (self.after, workdays, day)
        return [*sides_between(self.before, self.after), *deadline_sides(was, now)]


def branch_of(
    system: System,
    person: Person,
    name: str,
    version: int,
    kind: BranchKind = BranchKind.WITHOUT,
    on: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Branch:
    """Everything that would be otherwise; one snapshot is read, and nothing is written.

    Where only the day of recording differs, the books are asked at the end of the earlier of both
    days, unless the reader names an instant: on any later day they are the same.

    :raises CaseIsUnknown: no such case within reach
    :raises KeyError: it has no such entry
    :raises NoSuchBranch: the entry opens the file, or the day cannot be
    """
    view = see_case(system, name, person)
    with system.database.read() as c:
        entries = system.log.stream(c, view.stream)
        entry = {one.version: one for one in entries}[version]
        gone, instead = _otherwise(entries, entry, kind, on, view.now)
        if kind == BranchKind.RECORDED and instead is not None and known_at is None:
            days = local_day(entry.recorded_at), local_day(instead.recorded_at)
            known_at = end_of_day(min(days)) if days[0] != days[1] else None
        day = as_of or local_day(known_at or view.now)
        asked = Question(day, known_at, person.reach)
        others = _in_place(entries, gone, instead)
        before, after = (state_at(story, asked) for story in (entries, others))
        workdays = view.workdays
        return Branch(
            view,
            kind,
            entry,
            instead,
            [one for one in gone if one is not entry],
            asked,
            before,
            after,
            list(_judged(entries, others, entry, workdays)),
            list(_repairs(before, after, workdays, day)),
            _figures(system, c, view, others, asked),
            view.counts(entry),
        )


# -- the entries -------------------------------------------------------------------------------


def _otherwise(
    entries: Sequence[Entry], entry: Entry, kind: BranchKind, on: str | None, now: str
) -> tuple[list[Entry], Entry | None]:
    """What leaves the story, and what stands in the place of the entry."""
    if entry.topic == OPENED:
        raise NoSuchBranch("branch.opens")
    if kind == BranchKind.WITHOUT:
        return [entry, *_typed_instead(entries, entry)], None
    if on is None:
        raise NoSuchBranch("branch.no_day")
    if on > local_day(now):
        raise NoSuchBranch("branch.not_yet")
    return [entry], _on(entry, kind, on)


def _typed_instead(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """With a correction goes what it typed instead: they are one command."""
    if entry.topic != CORRECTED or entry.command_id is None:
        return []
    return [
        one for one in entries if one.command_id == entry.command_id and one.version > entry.version
    ]


def _on(entry: Entry, kind: BranchKind, day: str) -> Entry:
    """The entry on another day, at the hour that it has; it is recorded when it has happened."""
    recorded = _shifted(entry.recorded_at, day)
    if kind == BranchKind.RECORDED:
        if recorded < entry.occurred_at:
            raise NoSuchBranch("branch.before_it_happened")
        return entry._replace(recorded_at=recorded)
    happened = _shifted(entry.occurred_at, day)
    data: Mapping[str, Any] = entry.data
    if entry.topic == LISTED:
        data = {**data, "listed_on": day}
    return entry._replace(data=data, occurred_at=happened, recorded_at=max(recorded, happened))


def _shifted(at: str, day: str) -> str:
    days = datetime.fromisoformat(day) - datetime.fromisoformat(local_day(at))
    return instant(moment(at) + timedelta(days=days.days))


def _in_place(
    entries: Sequence[Entry], gone: Sequence[Entry], instead: Entry | None
) -> list[Entry]:
    """The other story, in the order in which the books took it in.

    Version and position stay the entry's own: they decide between what happened at one instant,
    and a void finds its target by them.
    """
    rest = [one for one in entries if one not in gone]
    if instead is None:
        return rest
    (old,) = gone
    place = sum(one.version < old.version for one in rest)
    if instead.recorded_at != old.recorded_at:
        later = (n for n, one in enumerate(rest) if one.recorded_at > instead.recorded_at)
        # Nothing comes before the entry that opened the file.
        place = max(1, next(later, len(rest)))
    return [*rest[:place], instead, *rest[place:]]


# -- what would be otherwise -------------------------------------------------------------------


def _judged(
    entries: Sequence[Entry], others: Sequence[Entry], entry: Entry, workdays: Workdays
) -> Iterator[Judged]:
    """The entries from the first place on in which the two stories differ."""
    same = next(
        (n for n, (one, other) in enumerate(zip(entries, others, strict=False)) if one != other),
        min(len(entries), len(others)),
    )
    was = broken_rules_of(entries, workdays, same)
    now = broken_rules_of(others, workdays, same)
    for one in others[same:]:
        before = was.get(one.version, frozenset())
        broken = sorted(now[one.version] - before)
        kept = sorted(before - now[one.version])
        if broken or kept:
            yield Judged(one, broken, kept)


def _repairs(
    before: CaseState, after: CaseState, workdays: Workdays, day: str
) -> Iterator[tuple[str, BranchRepair | None, BranchRepair | None]]:
    """Of each penalty that is open in either story; None where there is nothing to apply for."""
    for key in dict.fromkeys((*before.records, *after.records)):
        number = (before.records.get(key) or after.records[key]).number
        was, now = (_repair(state, key, workdays, day) for state in (before, after))
        if was is not None or now is not None:
            yield number, was, now


def _repair(state: CaseState, key: str, workdays: Workdays, day: str) -> BranchRepair | None:
    record: RecordState | None = state.records.get(key)
    if record is None or record.settled or state.category != Category.PENALTY:
        return None
    grade = PublicityClass(record.publicity_class or PublicityClass.GENERAL)
    opens = repair_opens(record.decided_on, grade, ruleset_on(day), workdays)
    desk = Desk("", end_of_day(day), workdays)
    missing = [one.code for one in may_apply(state, record, desk)]
    still = tuple(code for code in missing if code != "publicity_period_runs")
    return BranchRepair(key, opens.day if opens else None, bool(opens and opens.provisional), still)


def _figures(
    system: System, c: Connection, view: CaseView, others: Sequence[Entry], asked: Question
) -> list[Moved]:
    """The office's figures, of which only what this enterprise adds is counted anew."""
    with standings(system, c, asked) as seen:
        workdays = seen.workdays
        rates = rates_of(seen, FORMULAS)[WHOLE]
        mine = [row for row in seen.rows() if row[4] == word_of(view.uscc)[0]]
        cases = seen.told(mine, seen.named([row[0] for row in mine]))
    other = _case_then(system, c, view, others, asked, workdays)
    then = [case for case in cases if case.stream != view.stream]
    then += [other] if other is not None else []
    moved = []
    for name, formula in FORMULAS.items():
        more = {
            count: len(counted_of(then, count)) - len(counted_of(cases, count))
            for count in counts_in([formula])
        }
        if any(more.values()):
            now = rates[name]
            above, below = more[formula.numerator], more[formula.denominator]
            moved.append(Moved(formula, now, Rate(now.numerator + above, now.denominator + below)))
    return moved


def _case_then(
    system: System,
    c: Connection,
    view: CaseView,
    others: Sequence[Entry],
    asked: Question,
    workdays: Workdays,
) -> CaseOnDay | None:
    industry = system.models.enterprises.industries(c, [view.uscc]).get(view.uscc, "")
    row = pack(view.stream, view.uscc, known_line(others, asked.known_at, industry))
    return on_day(row.whose, stood(row, asked.as_of), asked.as_of, workdays)
