"""What every formula comes to, in the whole office or in each group, from one walk of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.figures.members import Of
from casesys.figures.standings import COLUMN_OF
from casesys.permits import Person
from casesys.system import System
from domain.counts import COUNTS, OF_CASES, OF_ENTERPRISES, OF_RECORDS, WITH_RECORDS, CountingUnit
from domain.formulas import FORMULAS, Formula, Rate
from domain.formulas_deltas import Counts, Presence, presence
from projections.case_facts import Facts
from projections.rates_spans import Row

WHOLE = ""
"""The one group where nothing is grouped."""

OFFICE = Of()
Values = dict[str, dict[str, Rate]]
"""Of each group, in the order of their names, every formula's rate."""


class Grouping(NamedTuple):
    """Which word of a row says in which group it is, and the group that each word says."""

    nth: int
    names: Mapping[int, str]


def rates_of(
    seen: Standings, formulas: Mapping[str, Formula], by: str | None = None, of: Of = OFFICE
) -> Values:
    """The rates of a part of the office, by an axis if one is named; an officer by the account.

    A group in which no formula has a denominator is left out.
    """
    values = {
        key: {
            name: Rate(its[formula.numerator], its[formula.denominator])
            for name, formula in formulas.items()
        }
        for key, its in sorted(counts_of(seen, counts_in(formulas.values()), by, of).items())
    }
    if by is None:
        return values
    return {key: its for key, its in values.items() if any(r.denominator for r in its.values())}


def values_of_day(system: System, person: Person, asked: Question, by: str | None = None) -> Values:
    """Every formula of the office on a day, within the reader's reach."""
    with (
        system.database.read() as c,
        standings(system, c, asked._replace(reach=person.reach)) as seen,
    ):
        return rates_of(seen, FORMULAS, by)


def counts_in(formulas: Iterable[Formula]) -> set[str]:
    return {count for one in formulas for count in (one.numerator, one.denominator)}


def counts_of(
    seen: Standings, asked: Collection[str], by: str | None = None, of: Of = OFFICE
) -> dict[str, dict[str, int]]:
    """How many each of these counts has, by group; an enterprise counts in each it stands in."""
    grouping = None if by is None else Grouping(COLUMN_OF[by], seen.names_of(by))
    return counts_among(seen.rows(of.part), seen.facts, asked, grouping)


def counts_among(
    rows: Collection[Row],
    facts: Mapping[int, Facts],
    asked: Collection[str],
    grouping: Grouping | None = None,
) -> dict[str, dict[str, int]]:
    """The same of these rows: what is true of many cases is asked once."""
    nth, names = grouping or Grouping(1, dict.fromkeys(facts, WHOLE))
    times = Counter(map(itemgetter(nth, 1), rows))
    adds = {word: list(adds_of(facts[word], asked)) for word in {word for _, word in times}}
    found = {names[group]: dict.fromkeys(asked, 0) for group, _ in times}
    if grouping is None:
        found.setdefault(WHOLE, dict.fromkeys(asked, 0))
    for (group, word), n in times.items():
        its = found[names[group]]
        for count, one in adds[word]:
            its[count] += n * one
    of_enterprises = [count for count in asked if COUNTS[count].unit == CountingUnit.ENTERPRISE]
    if of_enterprises:
        for (name, cases), n in _enterprises(rows, facts, nth, names).items():
            present = presence(cases)
            for count in of_enterprises:
                found[name][count] += n * _is_counted(count, present, cases)
    return found


def adds_of(facts: Facts, asked: Iterable[str]) -> Iterator[tuple[str, int]]:
    """What one case of which this is true adds to the counts of 件 and 宗."""
    for count in asked:
        n = 0
        if count in OF_CASES:
            n = int(OF_CASES[count](facts))
        elif count in OF_RECORDS:
            is_among = OF_RECORDS[count]
            n = sum(is_among(facts, where) for where in facts.places)
        if n:
            yield count, n


class _Like(NamedTuple):
    """What of a case makes its enterprise count; very many cases are alike in it."""

    cases: int
    records: int
    repaired_records: int
    interviews: int
    photos: int
    commitments: int


def _enterprises(
    rows: Iterable[Row], facts: Mapping[int, Facts], nth: int, names: Mapping[int, str]
) -> Counter[tuple[str, tuple[_Like, ...]]]:
    """How many enterprises of each group have such governed cases there."""
    like = {
        word: (
            _Like(
                1,
                its.records,
                its.repaired_records,
                bool(its.interviews),
                bool(its.photos),
                bool(its.commitments),
            ),
        )
        for word, its in facts.items()
        if its.cases
    }
    held: dict[tuple[str, int], tuple[_Like, ...]] = {}
    for row in rows:
        its = like.get(row[1])
        if its is not None:
            key = (names[row[nth]], row[4])
            had = held.get(key)
            held[key] = its if had is None else had + its
    return Counter((name, cases) for (name, _), cases in held.items())


def _is_counted(count: str, present: Presence, cases: Iterable[Counts]) -> bool:
    if count == WITH_RECORDS:
        return any(case.records for case in cases)
    return OF_ENTERPRISES[count](present)
