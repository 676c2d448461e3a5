"""How one formula stood at the end of each month, by category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import Connection

from casesys.figures import Figures
from casesys.figures.cases_of_day import Question, standings_anew, within
from casesys.figures.values import WHOLE, adds_of, rates_of
from casesys.system import System
from domain.counts import CountingUnit
from domain.formulas import Formula, Rate
from domain.formulas_deltas import ALL
from domain.instants import last_of_month
from domain.vocabulary import CATEGORIES
from projections.case_facts import Facts
from projections.rates_spans import (
    WHOLE_ROW,
    facts_said,
    kinds_said,
    number_of,
    rows_on,
    spans_of_months,
)

MOST_WALKED = 600_000
"""How many cases are looked at for the months of a rate that no ledger holds as it was known."""

_NONE = Rate(0, 0)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """One month: the last day of it that is asked about, and the rate of each category and all."""

    month: str
    day: str
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class MonthEnds:
    """The months in order; ``cut`` if there were earlier ones than could be counted."""

    months: Sequence[MonthEnd]
    cut: bool


def month_ends(system: System, c: Connection, asked: Question, formula: Formula) -> MonthEnds:
    """The rate at the end of every month in which anything happened, as known, within reach."""
    only = within(c, asked.reach) if asked.reach else None
    figures = Figures(system, c, asked.as_of, asked.known_at, only, asked.position)
    found = [(month, at_end) for month, _, at_end in figures.months()]
    days = {month: min(last_of_month(month), asked.as_of) for month, _ in found}
    if formula.measures is not None:
        return MonthEnds(
            [
                MonthEnd(m, days[m], {str(part): formula.of(sums) for part, sums in at_end.items()})
                for m, at_end in found
            ],
            cut=False,
        )
    now = asked.known_at is None and asked.position is None
    if now and formula.unit != CountingUnit.ENTERPRISE:
        summed = _summed(system, c, asked.as_of, only, list(days), formula)
        return MonthEnds([MonthEnd(m, days[m], summed[m]) for m in days], cut=False)
    cases = figures.totals()[ALL]["cases"]
    most = max(1, MOST_WALKED // max(1, cases))
    return MonthEnds(
        [
            MonthEnd(m, days[m], _walked(system, c, asked, days[m], formula))
            for m, _ in found[-most:]
        ],
        cut=len(found) > most,
    )


def _summed(
    system: System,
    c: Connection,
    day: str,
    only: set[str] | None,
    months: Sequence[str],
    formula: Formula,
) -> dict[str, dict[str, Rate]]:
    """What came and went between the ends of months, added up; the last may end before its own."""
    ours = None if only is None else list(system.models.rates.numbers(c, only).values())
    place = {number_of(month): nth for nth, month in enumerate(months)}
    last = len(months) - 1
    held = [
        (place[since], min(place.get(until, last), last), facts, kind)
        for since, until, facts, kind in spans_of_months(c, day, ours)
    ]
    held += [(last, last + 1, row[1], row[3]) for row in rows_on(c, day, ours, {1, 3})]
    adds = _adds(facts_said(c, {one[2] for one in held}), formula)
    kinds = kinds_said(c, {one[3] for one in held})
    changes = {one: ([0] * (last + 2), [0] * (last + 2)) for one in CATEGORIES}
    of_kind = {word: changes[kind.category] for word, kind in kinds.items()}
    for first, end, facts, kind in held:
        if first < end and facts in adds:
            for part, n in zip(of_kind[kind], adds[facts], strict=True):
                part[first] += n
                part[end] -= n
    sums = {one: [list(accumulate(part)) for part in its] for one, its in changes.items()}
    found = {}
    for nth, month in enumerate(months):
        rates = {one: Rate(over[nth], under[nth]) for one, (over, under) in sums.items()}
        above = sum(one.numerator for one in rates.values())
        below = sum(one.denominator for one in rates.values())
        found[month] = {ALL: Rate(above, below), **rates}
    return found


def _adds(said: Mapping[int, Facts], formula: Formula) -> dict[int, tuple[int, int]]:
    """What a case of which this is true adds to the numerator and to the denominator."""
    above, below = formula.numerator, formula.denominator
    found = {}
    for word, facts in said.items():
        its = dict(adds_of(facts, (above, below)))
        if its:
            found[word] = (its.get(above, 0), its.get(below, 0))
    return found


def _walked(
    system: System, c: Connection, asked: Question, day: str, formula: Formula
) -> dict[str, Rate]:
    seen = standings_anew(system, c, asked._replace(as_of=day), WHOLE_ROW)
    asks = {formula.name: formula}
    by_category = rates_of(seen, asks, "category")
    nothing = {formula.name: _NONE}
    return {
        ALL: rates_of(seen, asks)[WHOLE][formula.name],
        **{one: by_category.get(one, nothing)[formula.name] for one in CATEGORIES},
    }
