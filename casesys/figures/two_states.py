"""Whom a figure counts in two states of the books, or on two days, side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, seen_rows, standings
from casesys.figures.members import Counted, Of, counted_of
from casesys.figures.values import WHOLE, rates_of_cases
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.entries import VOIDING
from domain.formulas import Formula, Rate
from domain.instants import end_of_day
from domain.obstacles import OF_RECORDS
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, counted_records
from projections.driver import rows


class Part(StrEnum):
    """One count of a formula."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


def count_of(formula: Formula, part: Part) -> str:
    return formula.numerator if part == Part.NUMERATOR else formula.denominator


class Key(NamedTuple):
    """Who is counted: the enterprise or the case, and the 宗 of it where those are counted."""

    of: str
    record: str = ""


class Moved(NamedTuple):
    """One who came into a part of the fraction, or left it."""

    part: Part
    entered: bool
    key: Key
    one: Counted


class State(NamedTuple):
    """The cases of one state; the 宗 that count are named of those alone that may be others."""

    asked: Question
    workdays: Workdays
    cases: dict[str, CaseOnDay]
    records: dict[str, list[str]]


class TwoStates:
    """One part of the office in both states; ``touched`` are the cases that differ."""

    def __init__(
        self, system: System, c: Connection, before: Question, after: Question, of: Of
    ) -> None:
        self.before, self.after = (_state(system, c, asked, of) for asked in (before, after))
        was, now = self.before.cases, self.after.cases
        self.touched = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
        # A 宗 may have taken the place of another of its case, which then looks the same.
        self.touched |= _with_other_records(c, before, after) & (was.keys() | now.keys())
        for state in (self.before, self.after):
            for row, until in seen_rows(system, c, state.asked, self.touched):
                state.records[row.stream] = [
                    record.record for record, _ in counted_records(row, until)
                ]
        self.enterprises = {
            state.cases[stream].enterprise
            for state in (self.before, self.after)
            for stream in self.touched
            if stream in state.cases
        }

    def rates(self, formula: Formula) -> tuple[Rate, Rate]:
        before, after = (
            rates_of_cases(list(state.cases.values()), {formula.name: formula})[WHOLE]
            for state in (self.before, self.after)
        )
        return before[formula.name], after[formula.name]

    def moved(self, formula: Formula) -> Iterator[Moved]:
        """Who came into the numerator, who left it, and the same of the denominator."""
        for part in Part:
            count = count_of(formula, part)
            was, now = self._members(self.before, count), self._members(self.after, count)
            for entered, there, elsewhere in ((True, now, was), (False, was, now)):
                for key in sorted(there.keys() - elsewhere.keys()):
                    yield Moved(part, entered, key, there[key])

    def streams_of(self, moved: Moved, unit: CountingUnit) -> set[str]:
        """The cases by which one is counted, or was."""
        return self._owned[moved.key.of] if unit == CountingUnit.ENTERPRISE else {moved.key.of}

    @cached_property
    def _owned(self) -> dict[str, set[str]]:
        """The cases, in either state, of each enterprise that has one that differs."""
        found: dict[str, set[str]] = {}
        for state in (self.before, self.after):
            for stream, case in state.cases.items():
                if case.enterprise in self.enterprises:
                    found.setdefault(case.enterprise, set()).add(stream)
        return found

    def _members(self, state: State, count: str) -> dict[Key, Counted]:
        if COUNTS[count].unit == CountingUnit.ENTERPRISE:
            its = [case for case in state.cases.values() if case.enterprise in self.enterprises]
            return {Key(one.enterprise): one for one in counted_of(its, count)}
        some = [state.cases[stream] for stream in self.touched if stream in state.cases]
        return {key_of(one, state.records): one for one in counted_of(some, count)}


def key_of(one: Counted, records: dict[str, list[str]]) -> Key:
    """A case, or a 宗 of it by its own name: which place it has may change."""
    (stream,) = one.cases
    return Key(stream) if one.nth is None else Key(stream, records[stream][one.nth])


def _state(system: System, c: Connection, asked: Question, of: Of) -> State:
    with standings(system, c, asked) as seen:
        cases = {case.stream: case for case in of.among(seen.cases())}
        return State(asked, seen.workdays, cases, {})


def _with_other_records(c: Connection, before: Question, after: Question) -> set[str]:
    """The cases of which anything that tells of their 宗 was recorded or happened in between."""
    asked: list[tuple[str, list[Any]]] = []
    if before.position is not None:
        upto = 2**62 if after.position is None else after.position
        asked.append(("position > ? AND position <= ?", [before.position, upto]))
    if before.known_at is not None:
        asked.append(
            ("recorded_at > ? AND recorded_at <= ?", [before.known_at, after.known_at or "9"])
        )
    if before.as_of != after.as_of:
        days = [end_of_day(before.as_of), end_of_day(after.as_of)]
        asked.append(("occurred_at > ? AND occurred_at <= ?", days))
    tells: Collection[str] = OF_RECORDS | VOIDING
    found: set[str] = set()
    for condition, values in asked:
        question = f"SELECT DISTINCT stream_id, topic FROM log WHERE {condition}"
        found |= {stream for stream, topic in rows(c, question, values) if topic in tells}
    return found
