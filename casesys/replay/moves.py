"""Which figures an entry moved, and which moved by themselves since the entry before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.cases.view import CaseView
from casesys.figures.knowledge import workdays_at
from casesys.figures.members import counted_of
from casesys.figures.two_states import Key, key_of
from casesys.permits import Person
from casesys.replay.case import counted_on
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.formulas import FORMULAS, Formula, Rate
from domain.workdays import Workdays
from projections.case_file import CASE_FILE
from projections.case_lines import CaseOnDay, counted_records, on_day, pack, stood
from projections.driver import rows
from projections.ledger import LEDGER
from projections.rates_lines import known_line

Members = Mapping[str, frozenset[Key]]
"""Whom each count has of one enterprise."""


class Moment(NamedTuple):
    """A state of the books, by the last entry of the log they hold, and a day."""

    position: int
    day: str


class CountMove(NamedTuple):
    """How many came into a count and left it; a 宗 by its number, all else without a name."""

    entered: Sequence[str]
    left: Sequence[str]

    @property
    def difference(self) -> int:
        return len(self.entered) - len(self.left)


class FormulaMove(NamedTuple):
    """A formula of which a part moved; the rates are what the case, or its enterprise, adds."""

    formula: Formula
    before: Rate
    after: Rate
    numerator: CountMove
    denominator: CountMove


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved from one moment to another of what one enterprise adds to the office's figures.

    ``counts`` are those that moved, whether a formula divides them or not.
    """

    before: Moment
    after: Moment
    counts: Mapping[str, CountMove]
    formulas: Sequence[FormulaMove]


class EntryMoves(NamedTuple):
    """What an entry moved on the day that it came in, and what days, and other cases, did before.

    ``meanwhile`` is None of a first entry: nothing was there to move.
    """

    by_entry: Moves
    meanwhile: Moves | None


def entry_moves(
    system: System, person: Person, view: CaseView, version: int, day: str | None = None
) -> EntryMoves:
    """What one entry of a case moved, within the reader's reach, on its own day or another.

    What all entries of the office moved on one day, and nothing else, adds up to its figures of
    that day: each count of 宗 and 件 by the entries of its case, of 家 by those of all its cases.
    """
    entry = next(one for one in view.entries if one.version == version)
    earlier = [one for one in view.entries if one.version < version]
    with system.database.read() as c:
        part = _Part(system, c, person, view, entry.position)
        at = Moment(entry.position, day or counted_on(entry))
        before = at._replace(position=entry.position - 1)
        meanwhile = None
        if earlier:
            last = earlier[-1]
            then = Moment(last.position, day or counted_on(last))
            meanwhile = part.moves(then, before)
        return EntryMoves(part.moves(before, at), meanwhile)


class _Part:
    """What one enterprise adds to the figures, by its cases as the log stood at any position."""

    def __init__(
        self, system: System, c: Connection, person: Person, view: CaseView, position: int
    ) -> None:
        self._system, self._c, self._own = system, c, view.stream
        streams = _cases(c, view.uscc, person)
        self._stories = system.log.entries_before(c, streams, position + 1)
        self._numbers: dict[Key, str] = {}
        self._kept: dict[Moment, Members] = {}
        self._calendars: dict[int, Workdays] = {}

    def moves(self, before: Moment, after: Moment) -> Moves:
        was, now = self._members(before), self._members(after)
        counts = {}
        for count in COUNTS:
            if was[count] != now[count]:
                entered, left = now[count] - was[count], was[count] - now[count]
                counts[count] = CountMove(self._named(entered), self._named(left))
        still = CountMove((), ())
        formulas = [
            FormulaMove(
                formula,
                self._rate(formula, was),
                self._rate(formula, now),
                counts.get(formula.numerator, still),
                counts.get(formula.denominator, still),
            )
            for formula in FORMULAS.values()
            if formula.numerator in counts or formula.denominator in counts
        ]
        return Moves(before, after, counts, formulas)

    def _named(self, keys: Iterable[Key]) -> list[str]:
        return sorted(self._numbers.get(key, "") for key in keys)

    def _rate(self, formula: Formula, members: Members) -> Rate:
        """What the case adds to a formula; what the enterprise adds where that is counted."""
        above, below = members[formula.numerator], members[formula.denominator]
        if formula.unit == CountingUnit.ENTERPRISE:
            return Rate(len(above), len(below))
        return Rate(*(sum(key.of == self._own for key in part) for part in (above, below)))

    def _members(self, at: Moment) -> Members:
        if at not in self._kept:
            cases: list[CaseOnDay] = []
            records: dict[str, list[str]] = {}
            for case, its in self._stood(at):
                cases.append(case)
                records[case.stream] = its
            self._kept[at] = {
                count: frozenset(
                    key_of(one, records) if unit_of_case(count) else Key(one.enterprise)
                    for one in counted_of(cases, count)
                )
                for count in COUNTS
            }
        return self._kept[at]

    def _stood(self, at: Moment) -> Iterator[tuple[CaseOnDay, list[str]]]:
        """Each listed case as it stood at the moment, and the names of its 宗 that count."""
        workdays = self._workdays(at.position)
        for stream, story in self._stories.items():
            seen = [entry for entry in story if entry.position <= at.position]
            if not seen:
                continue
            row = pack(stream, seen[0].data["enterprise"], known_line(seen, None, ""))
            case = on_day(row.whose, stood(row, at.day), at.day, workdays)
            if case is None:
                continue
            its = [record for record, _ in counted_records(row, at.day)]
            self._numbers.update((Key(stream, one.record), one.number) for one in its)
            yield case, [one.record for one in its]

    def _workdays(self, position: int) -> Workdays:
        if position not in self._calendars:
            self._calendars[position] = workdays_at(self._system, self._c, position)
        return self._calendars[position]


def unit_of_case(count: str) -> bool:
    """Whether those that a count has are cases, or 宗 of one."""
    return COUNTS[count].unit != CountingUnit.ENTERPRISE


def _cases(c: Connection, enterprise: str, person: Person) -> list[str]:
    """The cases of an enterprise that the person sees."""
    question = f"SELECT f.stream_id FROM {CASE_FILE} f WHERE f.enterprise = ?"
    if not person.reach:
        return [stream for (stream,) in rows(c, question, [enterprise])]
    question = (
        f"SELECT f.stream_id FROM {CASE_FILE} f JOIN {LEDGER} l ON l.stream_id = f.stream_id "
        "WHERE f.enterprise = ? AND l.unit = ?"
    )
    return [stream for (stream,) in rows(c, question, [enterprise, person.reach])]
