"""How one formula stood at the end of each month, by category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from casesys.figures import Figures
from casesys.figures.cases_of_day import Question, seen_rows, within
from casesys.figures.knowledge import workdays_at
from casesys.figures.values import WHOLE, rates_of_cases
from casesys.system import System
from domain.formulas import Formula, Rate
from domain.formulas_deltas import ALL
from domain.instants import last_of_month
from domain.vocabulary import CATEGORIES
from domain.workdays import Workdays
from projections.case_lines import CaseOnDay, on_day, stood

MOST_WALKED = 240_000
"""How many cases are looked at for the months of a rate that the daily ledger does not hold."""


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
    cases = figures.totals()[ALL]["cases"]
    most = max(1, MOST_WALKED // max(1, cases))
    workdays = workdays_at(system, c, asked.position)
    return MonthEnds(
        [
            MonthEnd(m, days[m], _walked(system, c, asked, only, workdays, days[m], formula))
            for m, _ in found[-most:]
        ],
        cut=len(found) > most,
    )


def _walked(
    system: System,
    c: Connection,
    asked: Question,
    only: set[str] | None,
    workdays: Workdays,
    day: str,
    formula: Formula,
) -> dict[str, Rate]:
    then = asked._replace(as_of=day)
    cases: list[CaseOnDay] = []
    for row, until in seen_rows(system, c, then, only):
        case = on_day(row.whose, stood(row, until), day, workdays)
        if case is not None:
            cases.append(case)
    asks = {formula.name: formula}
    by_category = rates_of_cases(cases, asks, "category")
    nothing = {formula.name: Rate(0, 0)}
    return {
        ALL: rates_of_cases(cases, asks)[WHOLE][formula.name],
        **{one: by_category.get(one, nothing)[formula.name] for one in CATEGORIES},
    }
