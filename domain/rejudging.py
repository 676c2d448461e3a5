"""What would change for a case if another rule set applied to it; nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from domain.case_state import CaseState
from domain.deadlines import deadlines
from domain.instants import local_day
from domain.rulesets import (
    Requirement,
    RuleSet,
    Sure,
    UnreachableGuard,
    last_day_of_months,
    repair_opens,
    ruleset_on,
)
from domain.unreachability import missing_attempts
from domain.vocabulary import Category, DeadlineStatus, Performance, PublicityClass
from domain.workdays import Workdays


class Effect(StrEnum):
    """In which way another rule set changes a case."""

    EARLIER = "earlier"
    LATER = "later"
    NEVER = "never"
    AGAIN = "again"
    PUBLICITY = "publicity"
    CONDITIONS = "conditions"
    DOCUMENTS = "documents"
    CLOCK = "clock"
    DUE = "due"
    LATENESS = "lateness"
    UNREACHABLE = "unreachable"
    PROOF = "proof"
    INTERVIEWERS = "interviewers"


class Change(NamedTuple):
    """One thing that is otherwise; None: nothing there, or never.

    ``about`` is a deadline's kind, a requirement's code or a number's name, ``place`` where in the
    two rule sets the reason stands. A provisional day may still be moved by a calendar to come.
    """

    effect: Effect
    about: str
    was: str | None
    now: str | None
    before: str
    after: str
    place: str
    provisional: bool = False


class JudgedRecord(NamedTuple):
    """A penalty that waits for its repair."""

    record: str
    number: str
    decided_on: str
    publicity_class: str | None
    repair: str
    performed: bool
    committed: bool


class Judged(NamedTuple):
    """What of an open case its rules judge: its deadlines, its attempts and its penalties.

    ``governing`` ends with the exit: from then on only repair is ahead. ``concluding`` is whether
    the conclusion that it cannot be reached may still come.
    """

    category: str
    listed_at: str | None
    first_contact_at: str | None
    first_interview_at: str | None
    first_commitment_at: str | None
    impediments: Collection[str]
    extended: Mapping[str, str]
    governing: bool
    concluding: bool
    last_reach: str | None
    attempts: int
    channels: Collection[str]
    visits_with_photo: int
    contact_days: Collection[str]
    records: Collection[JudgedRecord]
    excluded: str | None = None


def judged(state: CaseState) -> Judged | None:
    """What is to be judged of a case; None where no rule has anything left to say of it."""
    if not state.governed or state.closed is not None:
        return None
    days = state.contact_days
    return Judged(
        state.category,
        state.listed_at,
        state.first_contact_at,
        state.first_interview_at,
        state.first_commitment_at,
        tuple(sorted(state.impediments)),
        dict(sorted(state.extended.items())),
        governing=state.exited_at is None,
        concluding=state.exited_at is None and state.branch is None,
        last_reach=state.last_reach,
        attempts=state.attempts,
        channels=tuple(sorted(state.channels)),
        visits_with_photo=state.visits_with_photo,
        contact_days=(min(days), max(days)) if days else (),
        records=tuple(_waiting(state)),
    )


def _waiting(state: CaseState) -> Iterator[JudgedRecord]:
    if state.category != Category.PENALTY:
        return  # the court decides on its own list
    for record in state.records.values():
        if not record.settled and record.decided_on:
            yield JudgedRecord(
                record.record,
                record.number,
                record.decided_on,
                record.publicity_class,
                record.repair,
                record.performance == Performance.FULLY,
                record.has_commitment,
            )


class Rejudged(NamedTuple):
    """What changes for a case, and for each of its penalties that changes."""

    case: tuple[Change, ...]
    records: tuple[tuple[JudgedRecord, tuple[Change, ...]], ...]

    @property
    def changes(self) -> Iterator[Change]:
        yield from self.case
        for _, its in self.records:
            yield from its


class Rejudging:
    """Two rule sets compared on one day, case by case.

    Without a rule set ``before`` a case is judged as its own rules judge it: its deadlines by the
    day of its listing, all that is still to be done by the day that is asked about.
    """

    def __init__(
        self, before: RuleSet | None, after: RuleSet, day: str, workdays: Workdays
    ) -> None:
        self.before, self.after, self.day = before, after, day
        self.today = before or ruleset_on(day)
        self._workdays = workdays
        self._known: dict[tuple[str, str | None, bool], tuple[Change, ...]] = {}
        self._same_guard = self.today.unreachable == after.unreachable
        self._same_interviews = self.today.interviews == after.interviews

    def of(self, case: Judged) -> Rejudged | None:
        """None where nothing changes."""
        own = tuple(self._of_case(case)) if case.governing else ()
        records = tuple((one, found) for one in case.records if (found := self._of_record(one)))
        return Rejudged(own, records) if own or records else None

    # -- governance ------------------------------------------------------------------------

    def _of_case(self, case: Judged) -> Iterator[Change]:
        if case.listed_at is not None:
            rules = self.before or ruleset_on(local_day(case.listed_at))
            if rules.deadlines != self.after.deadlines:
                yield from self._deadlines(case, rules)
        if case.concluding and case.last_reach is None and not self._same_guard:
            yield from self._guard(case)
        if case.first_interview_at is None and not self._same_interviews:
            now = self.after.interviews.officers
            was = self.today.interviews.officers
            place = "interviews.officers"
            yield self._change(Effect.INTERVIEWERS, "officers", str(was), str(now), place)

    def _deadlines(self, case: Judged, rules: RuleSet) -> Iterator[Change]:
        was = deadlines(case, self._workdays, self.day, rules)
        now = deadlines(case, self._workdays, self.day, self.after)
        for old, new in zip(was, now, strict=True):
            ids = (rules.id, self.after.id, f"deadlines.{old.kind}")
            if old.due is None or new.due is None or old.status == DeadlineStatus.NOT_APPLICABLE:
                continue
            sure = old.due.provisional or new.due.provisional
            if old.due.day != new.due.day and old.done_on is None:
                yield Change(Effect.DUE, old.kind, old.due.day, new.due.day, *ids, sure)
            if old.status != new.status:
                yield Change(Effect.LATENESS, old.kind, old.status, new.status, *ids, sure)

    def _guard(self, case: Judged) -> Iterator[Change]:
        was, now = self.today.unreachable, self.after.unreachable
        for name in was.__slots__:
            old, new = getattr(was, name), getattr(now, name)
            if old != new:
                place = f"unreachable.{name}"
                yield self._change(Effect.UNREACHABLE, name, str(old), str(new), place)
        proven, still = self._is_proven(case, was), self._is_proven(case, now)
        if proven != still:
            words = ("unproven", "proven")
            place = f"unreachable.{self._deciding(case)}"
            yield self._change(Effect.PROOF, "proof", words[proven], words[still], place)

    def _is_proven(self, case: Judged, rule: UnreachableGuard) -> bool:
        return not any(True for _ in missing_attempts(case, rule, self._workdays))

    def _deciding(self, case: Judged) -> str:
        """The number that alone turns the proof, else the first that differs."""
        was, now = self.today.unreachable, self.after.unreachable
        names = [name for name in was.__slots__ if getattr(was, name) != getattr(now, name)]
        for name in names:
            only = replace(was, **{name: getattr(now, name)})
            if self._is_proven(case, only) != self._is_proven(case, was):
                return name
        return names[0]

    # -- repair ----------------------------------------------------------------------------

    def _of_record(self, record: JudgedRecord) -> tuple[Change, ...]:
        key = (record.decided_on, record.publicity_class, record.repair == "applied")
        if key not in self._known:
            self._known[key] = tuple(self._repair(*key))
        return self._known[key]

    def _repair(self, decided_on: str, class_: str | None, applied: bool) -> Iterator[Change]:
        grade = PublicityClass(class_ or PublicityClass.GENERAL)
        if applied:
            yield from self._clocks()
        else:
            yield from self._opening(decided_on, grade)
            if all(rules.publicity[grade].repairable for rules in (self.today, self.after)):
                # Of what can never be repaired nothing is asked.
                yield from self._required(Effect.CONDITIONS, "conditions", grade)
                yield from self._required(Effect.DOCUMENTS, "documents", grade)
        was, now = (self._ends(decided_on, grade, rules) for rules in (self.today, self.after))
        if was != now:
            place = f"publicity.{grade}.max_months"
            yield self._change(Effect.PUBLICITY, "max_months", was, now, place)

    def _opening(self, decided_on: str, grade: PublicityClass) -> Iterator[Change]:
        was, now = (
            repair_opens(decided_on, grade, rules, self._workdays)
            for rules in (self.today, self.after)
        )
        old, new = was.day if was else None, now.day if now else None
        if old == new:
            return
        if old is None or new is None:
            effect = Effect.AGAIN if old is None else Effect.NEVER
        else:
            effect = Effect.EARLIER if new < old else Effect.LATER
        sure = any(due is not None and due.provisional for due in (was, now))
        place = f"publicity.{grade}.min_months"
        yield self._change(effect, "min_months", old, new, place, sure)

    def _required(self, effect: Effect, group: str, grade: PublicityClass) -> Iterator[Change]:
        was, now = (
            [one.code for one in requirements(rules, group) if grade in one.classes]
            for rules in (self.today, self.after)
        )
        for code in dict.fromkeys([*was, *now]):
            if (code in was) != (code in now):
                old, new = (code if code in asked else None for asked in (was, now))
                yield self._change(effect, code, old, new, f"{group}.{code}")

    def _clocks(self) -> Iterator[Change]:
        for name in ("intake", "decide", "extend", "sync"):
            was, now = (getattr(rules.clocks, name) for rules in (self.today, self.after))
            if was != now:
                old, new = (None if days is None else str(days) for days in (was, now))
                yield self._change(Effect.CLOCK, name, old, new, f"clocks.{name}")

    def _ends(self, decided_on: str, grade: PublicityClass, rules: RuleSet) -> str | None:
        """The last day on which it is published; None: it is not published at all."""
        period = rules.publicity[grade]
        return last_day_of_months(decided_on, period.max_months) if period.published else None

    def _change(
        self,
        effect: Effect,
        about: str,
        was: str | None,
        now: str | None,
        place: str,
        provisional: bool = False,
    ) -> Change:
        ids = (self.today.id, self.after.id)
        return Change(effect, about, was, now, *ids, place, provisional)


def requirements(rules: RuleSet, group: str) -> Iterable[Requirement]:
    return rules.conditions if group == "conditions" else rules.documents


# -- the reason ------------------------------------------------------------------------------


class Basis(NamedTuple):
    """What one rule set says at a place, from where and how sure; no value: it asks nothing."""

    ruleset: str
    value: int | None
    unit: str
    source: str
    sure: Sure
    zh: str = ""
    en: str = ""


def basis(rules: RuleSet, place: str) -> Basis | None:
    """What the rule set says at the place of a change; None where it says nothing."""
    figure = rules.figures.get(place)
    if figure is not None:
        return Basis(rules.id, figure.value, figure.unit, figure.source, figure.sure)
    group, _, code = place.partition(".")
    for one in requirements(rules, group) if group in ("conditions", "documents") else ():
        if one.code == code:
            return Basis(rules.id, None, "", one.source, one.sure, one.zh, one.en)
    return None
