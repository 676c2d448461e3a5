"""What every formula comes to, in the whole office or in each group, from one walk of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.figures.members import Of, by_enterprise, is_counted
from casesys.permits import Person
from casesys.system import System
from domain.counts import COUNTS, OF_CASES, OF_RECORDS, CountingUnit
from domain.formulas import FORMULAS, Formula, Rate
from projections.case_lines import CaseOnDay

WHOLE = ""
"""The one group where nothing is grouped."""

OFFICE = Of()
Values = dict[str, dict[str, Rate]]
"""Of each group, in the order of their names, every formula's rate."""

_alike = attrgetter(
    "cases", "excluded", "exited", "closed", "repaired_records", "contact", "impediments",
    "places", "deadlines",
)  # fmt: skip
"""What the counts of 件 and 宗 ask of a case: a district's many cases are alike in few ways."""


class _Many(NamedTuple):
    """The cases of a group that are alike, by one of them."""

    one: CaseOnDay
    times: int


def rates_of(
    seen: Standings, formulas: Mapping[str, Formula], by: str | None = None, of: Of = OFFICE
) -> Values:
    """The rates of a part of the office, by an axis if one is named; an officer by the account.

    A group in which no formula has a denominator is left out.
    """
    return rates_of_cases(of.among(seen.cases()), formulas, by)


def values_of_day(system: System, person: Person, asked: Question, by: str | None = None) -> Values:
    """Every formula of the office on a day, within the reader's reach."""
    with (
        system.database.read() as c,
        standings(system, c, asked._replace(reach=person.reach)) as seen,
    ):
        return rates_of(seen, FORMULAS, by)


def rates_of_cases(
    cases: Sequence[CaseOnDay], formulas: Mapping[str, Formula], by: str | None = None
) -> Values:
    """The same of these cases."""
    asked = {count for one in formulas.values() for count in (one.numerator, one.denominator)}
    values = {
        key: {
            name: Rate(its[formula.numerator], its[formula.denominator])
            for name, formula in formulas.items()
        }
        for key, its in sorted(counts_of(cases, asked, by).items())
    }
    if by is None:
        return values
    return {key: its for key, its in values.items() if any(r.denominator for r in its.values())}


def counts_of(
    cases: Sequence[CaseOnDay], asked: Collection[str], by: str | None = None
) -> dict[str, dict[str, int]]:
    """How many each of these counts has, by group; an enterprise counts in each it stands in."""
    groups: dict[str, list[CaseOnDay]] = {} if by else {WHOLE: list(cases)}
    if by:
        key = attrgetter(by)
        for case in cases:
            groups.setdefault(key(case), []).append(case)
    return {name: _counts(its, asked) for name, its in groups.items()}


def _counts(cases: Sequence[CaseOnDay], asked: Collection[str]) -> dict[str, int]:
    found = dict.fromkeys(asked, 0)
    alike = _many(cases)
    for count in asked:
        if count in OF_CASES:
            holds = OF_CASES[count]
            found[count] = sum(its.times for its in alike if holds(its.one))
        elif count in OF_RECORDS:
            is_among = OF_RECORDS[count]
            found[count] = sum(
                its.times * sum(is_among(its.one, where) for where in its.one.places)
                for its in alike
            )
    of_enterprises = [count for count in asked if COUNTS[count].unit == CountingUnit.ENTERPRISE]
    if of_enterprises:
        for its in by_enterprise(cases).values():
            for count in of_enterprises:
                found[count] += is_counted(count, its)
    return found


def _many(cases: Iterable[CaseOnDay]) -> list[_Many]:
    times: Counter[tuple[object, ...]] = Counter()
    one: dict[tuple[object, ...], CaseOnDay] = {}
    for case in cases:
        key = _alike(case)
        times[key] += 1
        one[key] = case
    return [_Many(one[key], n) for key, n in times.items()]
