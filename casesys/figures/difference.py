"""Who is in the one figure and not in the other: 宗, 件 or 家, each way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.figures.members import SIZE, Counted, Of, Row, counted, named
from casesys.figures.two_states import Part, count_of
from casesys.permits import Person
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.formulas import FORMULAS
from projections.paging import paged


class Way(StrEnum):
    """Who is listed of two figures."""

    ONLY_FIRST = "first"
    ONLY_SECOND = "second"


@dataclass(frozen=True, slots=True)
class Difference:
    """One page of those who are in one of two counts only, and how many there are each way.

    ``unit`` is what is compared; ``units`` those of the two counts, which may be others.
    """

    counts: tuple[str, str]
    units: tuple[CountingUnit, CountingUnit]
    unit: CountingUnit
    only_first: int
    only_second: int
    both: int
    way: Way
    rows: Sequence[Row]
    page: int
    pages: int
    first: int

    @property
    def brought(self) -> bool:
        """The two count different things, and are compared by their enterprises."""
        return self.units[0] != self.units[1]

    @property
    def total(self) -> int:
        return self.only_first if self.way == Way.ONLY_FIRST else self.only_second


@dataclass(frozen=True, slots=True)
class Parted:
    """The members of two counts: those of the first only, of the second only, and of both."""

    only_first: list[Counted]
    only_second: list[Counted]
    both: int
    unit: CountingUnit


def difference(
    system: System,
    person: Person,
    formulas: tuple[str, str],
    part: Part,
    when: Question,
    way: Way = Way.ONLY_FIRST,
    page: int = 1,
    size: int = SIZE,
) -> Difference:
    """What parts two formulas on a day, within the reader's reach.

    :raises KeyError: no formula has this name
    """
    counts = count_of(FORMULAS[formulas[0]], part), count_of(FORMULAS[formulas[1]], part)
    when = when._replace(reach=person.reach)
    with system.database.read() as c:
        with standings(system, c, when) as seen:
            found = parted(seen, *counts)
        every = found.only_first if way == Way.ONLY_FIRST else found.only_second
        at = paged(len(every), page, size)
        rows = named(system, c, when, every[at.start : at.stop])
    return Difference(
        counts,
        (COUNTS[counts[0]].unit, COUNTS[counts[1]].unit),
        found.unit,
        len(found.only_first),
        len(found.only_second),
        found.both,
        way,
        rows,
        at.page,
        at.pages,
        at.first,
    )


def parted(seen: Standings, first: str, second: str) -> Parted:
    """Members of both counts, brought to their enterprises where the two count other things."""
    some, others = counted(seen, first, Of()), counted(seen, second, Of())
    unit = COUNTS[first].unit
    if unit != COUNTS[second].unit:
        unit = CountingUnit.ENTERPRISE
        some, others = enterprises_of(some), enterprises_of(others)
    in_first, in_second = {key_of(one, unit) for one in some}, {key_of(one, unit) for one in others}
    return Parted(
        [one for one in some if key_of(one, unit) not in in_second],
        [one for one in others if key_of(one, unit) not in in_first],
        len(in_first & in_second),
        unit,
    )


def enterprises_of(some: Sequence[Counted]) -> list[Counted]:
    """The enterprises of which anything is counted, with the cases for which it is."""
    cases: dict[str, dict[str, None]] = {}
    for one in some:
        cases.setdefault(one.enterprise, {}).update(dict.fromkeys(one.cases))
    return [Counted(enterprise, tuple(its)) for enterprise, its in sorted(cases.items())]


def key_of(one: Counted, unit: CountingUnit) -> tuple[str, int | None]:
    """An enterprise by its code, whatever it is counted for; a case, and the 宗 of it."""
    return (one.enterprise if unit == CountingUnit.ENTERPRISE else one.cases[0]), one.nth
