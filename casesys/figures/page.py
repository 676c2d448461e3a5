"""All that the page of figures shows of a day, read in one snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from casesys.figures import AXES, Figures, rates_in
from casesys.figures.cases_of_day import Question, Share, Standings, standings, within
from casesys.figures.deadlines import deadline_counts
from casesys.figures.trends import MonthEnds, month_ends
from casesys.permits import Person
from casesys.system import System
from domain.counts import BARS, CountingUnit
from domain.formulas import DESK, FORMULAS, REPAIR_BY_RECORD, Formula, Rate, whole_percent
from domain.intervals import SMALLEST_RANKED, wilson
from domain.obstacles import Obstacle

GROUPINGS = (*AXES, "month")
MOST_ANSWERS = 50
"""How many days and groupings of one set of cases are kept until the log goes on."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of an axis; ``ranked`` if it is large enough to compare.

    ``repaired`` of ``whole`` is counted in 宗 or in 家.
    """

    key: str
    records: int
    enterprises: int
    repaired: int
    whole: int
    percent: int | None
    interval: tuple[float, float] | None
    ranked: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One reason why 宗 are not repaired, with how many of them, of how many 件 and 家."""

    why: str
    records: int
    cases: int
    enterprises: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the waterfall: how many 件, and how many 宗 of them."""

    name: str
    cases: int
    records: int


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The figures of a day, those of the day it is compared with, and both by group and month."""

    as_of: str
    known_at: str | None
    before_on: str
    reach: str
    figures: Mapping[str, Any]
    before: Mapping[str, Any]
    by: str
    counting: CountingUnit
    groups: Sequence[Group]
    groups_before: Mapping[str, Rate]
    months: Sequence[Mapping[str, Any]]
    trend: MonthEnds
    held: Sequence[Held]
    bars: Sequence[Bar]
    deadlines: Mapping[str, Mapping[str, int]]
    formulas: Mapping[str, Formula]

    @property
    def position(self) -> int:
        return int(self.figures["position"])

    @property
    def unrepaired(self) -> int:
        return sum(held.records for held in self.held)


def figures_of_day(
    system: System,
    person: Person,
    asked: Question,
    by: str,
    counting: CountingUnit = CountingUnit.RECORD,
    before_on: str | None = None,
    trend_of: str = REPAIR_BY_RECORD.name,
) -> FiguresPage:
    """The page of a day beside another (None: the end of the month before), within reach."""
    asked = asked._replace(reach=person.reach)
    compared = before_on or month_end_before(asked.as_of)
    with system.database.read() as c:
        then = asked._replace(as_of=compared)
        rates_then = _groups_on(system, c, then, by, counting) if by in AXES else {}
        with standings(system, c, asked) as seen:
            asks = _Asks(system, c, seen)
            return FiguresPage(
                as_of=asked.as_of,
                known_at=asked.known_at,
                before_on=compared,
                reach=asked.reach,
                figures=asks.rates(asked.as_of),
                before=asks.rates(compared),
                by=by,
                counting=counting,
                groups=ranked(groups_of(seen, by, counting)) if by in AXES else [],
                groups_before=rates_then,
                months=asks.rates(asked.as_of, "month")["groups"],
                trend=asks.trend(FORMULAS[trend_of]),
                held=held_up(seen),
                bars=waterfall(seen),
                deadlines=deadline_counts(seen),
                formulas=DESK,
            )


class _Asks:
    """What the ledger of figures is asked, each once while the log does not go on."""

    def __init__(self, system: System, c: Connection, seen: Standings) -> None:
        self._system = system
        self._c = c
        self._seen = seen
        self._only = within(c, seen.asked.reach) if seen.asked.reach else None

    def rates(self, day: str, by: str | None = None) -> Any:
        asked = self._seen.asked
        return self._once(
            (day, by),
            lambda: rates_in(
                self._system,
                self._c,
                day,
                asked.known_at,
                by,
                position=asked.position,
                only=self._only,
                formulas=DESK,
            ),
        )

    def trend(self, formula: Formula) -> MonthEnds:
        asked = self._seen.asked
        found: MonthEnds = self._once(
            (asked.as_of, f"trend of {formula.name}"),
            lambda: month_ends(self._system, self._c, asked, formula),
        )
        return found

    def _once(self, key: tuple[str, str | None], make: Callable[[], Any]) -> Any:
        answers = self._seen.answers
        if key not in answers:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            answers[key] = make()
        return answers[key]


def _groups_on(
    system: System, c: Connection, asked: Question, by: str, counting: CountingUnit
) -> dict[str, Rate]:
    """The rate of each group on another day; that of 宗 stands in the ledger of figures."""
    if counting == CountingUnit.RECORD:
        only = within(c, asked.reach) if asked.reach else None
        figures = Figures(system, c, asked.as_of, asked.known_at, only, asked.position)
        return {key: Rate(its[1], its[0]) for key, its in figures.groups(by).items()}
    with standings(system, c, asked) as seen:
        return {one.key: Rate(one.repaired, one.whole) for one in groups_of(seen, by, counting)}


def held_up(seen: Standings) -> list[Held]:
    """What holds repair down, the most 宗 first; every 宗 that is not repaired is in one line."""
    enterprises = Counter(why for (why, _), n in seen.impeding.items() if n)
    order = list(Obstacle)
    found = [
        Held(why, n, seen.sums.holding[why], enterprises[why])
        for why, n in seen.sums.held.items()
        if n
    ]
    return sorted(found, key=lambda held: (-held.records, order.index(Obstacle(held.why))))


def waterfall(seen: Standings) -> list[Bar]:
    """From the list to its results; exit and repair start from the base, not one from the other."""
    bars = seen.sums.bars
    return [Bar(name, bars[name, "cases"], bars[name, "records"]) for name in BARS]


def groups_of(seen: Standings, axis: str, counting: CountingUnit) -> list[Group]:
    """Every group that has a 宗; an enterprise counts in each it stands in."""
    found = seen.groups(axis)
    return [group_of(key, list(its.values()), counting) for key, its in found.items() if its]


def group_of(key: str, enterprises: Sequence[Share], counting: CountingUnit) -> Group:
    records = sum(one.records for one in enterprises)
    if counting == CountingUnit.RECORD:
        repaired, whole = sum(one.repaired for one in enterprises), records
    else:
        repaired, whole = sum(one.records == one.repaired for one in enterprises), len(enterprises)
    return Group(
        key=key,
        records=records,
        enterprises=len(enterprises),
        repaired=repaired,
        whole=whole,
        percent=whole_percent(repaired, whole),
        interval=wilson(repaired, whole),
        ranked=whole >= SMALLEST_RANKED,
    )


def ranked(groups: Iterable[Group]) -> list[Group]:
    """The large groups by their rate, the highest first; then the small ones, not compared."""
    return sorted(groups, key=_place)


def _place(group: Group) -> tuple[bool, float, str]:
    share = group.repaired / group.whole if group.whole else 0.0
    return not group.ranked, -share, group.key


def month_end_before(day: str) -> str:
    """The last day of the month before; the day itself where the calendar begins."""
    first = date.fromisoformat(day).replace(day=1)
    return (first - timedelta(days=1)).isoformat() if first > date.min else day
