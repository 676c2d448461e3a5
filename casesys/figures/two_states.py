"""Whom a figure counts in two states of the books, or on two days, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings, opened, seen_rows, standings
from casesys.figures.knowledge import known
from casesys.figures.members import Counted, Of, counted_of
from casesys.figures.values import WHOLE, counts_among
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.formulas import Formula, Rate
from domain.instants import end_of_day
from domain.obstacles import OF_RECORDS
from domain.workdays import Workdays
from projections.case_facts import CaseOnDay, Facts
from projections.case_lines import counted_records
from projections.driver import rows
from projections.rates_spans import Row


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
    """The cases of one state by their numbers; by name those alone that may count otherwise."""

    asked: Question
    seen: Standings
    rows: dict[int, Row]
    facts: Mapping[int, Facts]
    cases: dict[str, CaseOnDay]
    records: dict[str, list[str]]
    """The 宗 that count, where they are asked for."""

    @property
    def workdays(self) -> Workdays:
        return self.seen.workdays


class TwoStates:
    """One part of the office in both states; ``touched`` are the cases that differ."""

    def __init__(
        self,
        system: System,
        c: Connection,
        before: Question,
        after: Question,
        of: Of,
        formula: Formula,
    ) -> None:
        self.formula = formula
        self.before, self.after = (_state(system, c, asked, of) for asked in (before, after))
        was, now = self.before.rows, self.after.rows
        numbers = {number for number, _ in was.items() ^ now.items()}
        of_records = formula.unit == CountingUnit.RECORD
        if of_records:
            # A 宗 may have taken the place of another of its case, which then looks the same.
            others = opened(c, _with_other_records(system, c, before, after)).values()
            numbers |= {number for number in others if number in was or number in now}
        found = {state.rows[n] for state in self for n in numbers if n in state.rows}
        enterprises = {row[4] for row in found}
        self.touched: set[str] = set()
        for state in self:
            some = [row for row in state.rows.values() if row[4] in enterprises]
            names = _names(system, c, state, [row[0] for row in some])
            state.cases.update((case.stream, case) for case in state.seen.told(some, names))
            self.touched |= {names[row[0]][0] for row in some if row[0] in numbers}
        for state in self if of_records else ():
            for row, until in seen_rows(system, c, state.asked, self.touched):
                state.records[row.stream] = [
                    record.record for record, _ in counted_records(row, until)
                ]

    def __iter__(self) -> Iterator[State]:
        return iter((self.before, self.after))

    def rates(self) -> tuple[Rate, Rate]:
        above, below = (count_of(self.formula, part) for part in Part)
        before, after = (
            counts_among(state.rows.values(), state.facts, {above, below})[WHOLE] for state in self
        )
        return Rate(before[above], before[below]), Rate(after[above], after[below])

    def moved(self) -> Iterator[Moved]:
        """Who came into the numerator, who left it, and the same of the denominator."""
        for part in Part:
            count = count_of(self.formula, part)
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
        for state in self:
            for stream, case in state.cases.items():
                found.setdefault(case.enterprise, set()).add(stream)
        return found

    def _members(self, state: State, count: str) -> dict[Key, Counted]:
        if COUNTS[count].unit == CountingUnit.ENTERPRISE:
            its = list(state.cases.values())
            return {Key(one.enterprise): one for one in counted_of(its, count)}
        some = [state.cases[stream] for stream in self.touched if stream in state.cases]
        return {key_of(one, state.records): one for one in counted_of(some, count)}


def key_of(one: Counted, records: dict[str, list[str]]) -> Key:
    """A case, or a 宗 of it by its own name: which place it has may change."""
    (stream,) = one.cases
    return Key(stream) if one.nth is None else Key(stream, records[stream][one.nth])


def _state(system: System, c: Connection, asked: Question, of: Of) -> State:
    with standings(system, c, asked) as seen:
        rows = {row[0]: row for row in seen.rows(of.part)}
        return State(asked, seen, rows, dict(seen.facts), {}, {})


def _names(
    system: System, c: Connection, state: State, numbers: Sequence[int]
) -> Mapping[int, tuple[str, str]]:
    """Stream and enterprise of each; the case of a row may be in no figure any more."""
    told = {n: state.seen.names[n] for n in numbers if n in state.seen.names}
    missing = [n for n in numbers if n not in told]
    return told | system.models.rates.names(c, missing)


def _with_other_records(
    system: System, c: Connection, before: Question, after: Question
) -> set[str]:
    """The cases that were known otherwise, and those whose 宗 turned from the one day to the other.

    Of all others the books of now tell in both states.
    """
    books = [known(system, c, one.as_of, one.known_at, one.position) for one in (before, after)]
    found = {stream for one in books for stream in one.otherwise}
    first, last = sorted(end_of_day(one.until) for one in books)
    if first < last:
        question = "SELECT stream_id, topic FROM log WHERE occurred_at > ? AND occurred_at <= ?"
        turned = rows(c, question, [first, last])
        found |= {stream for stream, topic in turned if topic in OF_RECORDS}
    return found
