"""Whom a figure counts, by number: chosen once for all cases of which the same is true.

A district has many cases, and a page shows fifty: only those that are shown are made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from casesys.figures.standings import COLUMN_OF, Standings
from domain.counts import (
    COUNTS,
    OF_CASES,
    OF_ENTERPRISES,
    OF_RECORDS,
    WITH_RECORDS,
    CountingUnit,
    OfCase,
    OfRecord,
)
from domain.formulas_deltas import Counts, presence
from projections.case_facts import Facts
from projections.rates_spans import Row


class Picked(NamedTuple):
    """One 宗, 件 or 家 that a figure counts, by the numbers of the cases in which it stands.

    A 宗 is the ``nth`` that counts of its case; ``where`` it stands, or what holds it up.
    """

    numbers: tuple[int, ...]
    nth: int | None = None
    where: str | None = None


class Picks(ABC):
    """Everything that a figure counts, in a lasting order."""

    total: int

    @abstractmethod
    def some(self, start: int, many: int) -> list[Picked]:
        """So many of them from a place on."""

    def every(self) -> list[Picked]:
        return self.some(0, self.total)


def columns_of(measure: str, part: Mapping[str, str]) -> frozenset[int]:
    """What of a row tells whom a figure counts of one part of the office."""
    of_enterprises = COUNTS[measure].unit == CountingUnit.ENTERPRISE
    return frozenset({0, 1, *(COLUMN_OF[axis] for axis in part), *([4] if of_enterprises else [])})


def picked(seen: Standings, measure: str, part: Mapping[str, str]) -> Picks:
    """What a figure counts of one part of the office; as many as the figure says."""
    rows, facts = seen.rows(part), seen.facts
    if measure in OF_CASES:
        return _Cases(rows, facts, OF_CASES[measure])
    if measure in OF_RECORDS:
        return _Records(rows, facts, OF_RECORDS[measure])
    return _Enterprises(rows, facts, measure)


class _Cases(Picks):
    def __init__(self, rows: Sequence[Row], facts: Mapping[int, Facts], holds: OfCase) -> None:
        chosen = {word for word, its in facts.items() if holds(its)}
        self._numbers = [row[0] for row in rows if row[1] in chosen]
        self.total = len(self._numbers)

    def some(self, start: int, many: int) -> list[Picked]:
        return [Picked((number,)) for number in self._numbers[start : start + many]]


class _Records(Picks):
    def __init__(self, rows: Sequence[Row], facts: Mapping[int, Facts], among: OfRecord) -> None:
        self._rows = rows
        self._places = {
            word: [(nth, where) for nth, where in enumerate(its.places) if among(its, where)]
            for word, its in facts.items()
        }
        self._many = {word: len(places) for word, places in self._places.items()}
        many = self._many
        self.total = sum([many[row[1]] for row in rows])

    def some(self, start: int, many: int) -> list[Picked]:
        found: list[Picked] = []
        past = 0
        for number, word, *_ in self._rows:
            here = self._many[word]
            if past + here > start:
                places = islice(self._places[word], max(0, start - past), None)
                found += [Picked((number,), nth, where) for nth, where in places]
                if len(found) >= many:
                    break
            past += here
        return found[:many]


class _Enterprises(Picks):
    """Most enterprises have one case, and of one case its words decide."""

    def __init__(self, rows: Sequence[Row], facts: Mapping[int, Facts], measure: str) -> None:
        governed = {word for word, its in facts.items() if its.cases}
        rows = [row for row in rows if row[1] in governed]
        cases = Counter(map(itemgetter(4), rows))
        several = {enterprise for enterprise, n in cases.items() if n > 1}
        its: dict[int, list[Row]] = {}
        for row in [row for row in rows if row[4] in several]:
            its.setdefault(row[4], []).append(row)
        self._several = {
            one[0][0]: tuple(row[0] for row in one)
            for one in its.values()
            if is_counted(measure, [facts[row[1]] for row in one])
        }
        alone = {word for word in governed if is_counted(measure, [facts[word]])}
        self._first = [
            row[0]
            for row in rows
            if (row[0] in self._several if row[4] in several else row[1] in alone)
        ]
        self.total = len(self._first)

    def some(self, start: int, many: int) -> list[Picked]:
        chosen = self._first[start : start + many]
        return [Picked(self._several.get(number, (number,))) for number in chosen]


def is_counted(measure: str, cases: Sequence[Counts]) -> bool:
    """Whether a figure of 家 counts the enterprise of these governed cases."""
    if measure == WITH_RECORDS:
        return any(case.records for case in cases)
    return OF_ENTERPRISES[measure](presence(cases))
