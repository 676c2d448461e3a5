"""Whom a figure counts: every 宗, 件 or 家 of it, chosen by the rule that the figure adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings, seen_rows, standings
from casesys.figures.picking import Picked, columns_of, picked
from casesys.figures.picking import is_counted as is_counted
from casesys.permits import Person
from casesys.system import System
from domain.counts import (
    COUNTS,
    OF_CASES,
    OF_RECORDS,
    CountingUnit,
)
from projections.case_lines import CaseOnDay, counted_numbers
from projections.driver import rows_in
from projections.ledger import LEDGER
from projections.paging import paged

SIZE = 50
UNKNOWN = "-"
"""Which part of an axis those are of whom nothing is known there: no industry, no officer."""


class Counted(NamedTuple):
    """One 宗, 件 or 家 that a figure counts; ``cases`` are the cases it stands in.

    A 宗 is the ``nth`` that counts of its case; ``where`` it stands, or what holds it up.
    """

    enterprise: str
    cases: tuple[str, ...]
    nth: int | None = None
    where: str | None = None


class Row(NamedTuple):
    """One counted thing with its names: the enterprise and the numbers of its cases.

    ``at`` is the day by which it is due, or the instant at which an act was recorded.
    """

    enterprise: str
    name: str
    cases: Sequence[str]
    record: str | None
    where: str | None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """One page of those whom a figure counts."""

    measure: str
    unit: CountingUnit
    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    first: int


class Of(NamedTuple):
    """Which part of the office is counted; empty: all of it. An officer is an account."""

    category: str = ""
    town: str = ""
    unit: str = ""
    campaign: str = ""
    industry: str = ""
    debt: str = ""
    officer: str = ""

    @property
    def part(self) -> dict[str, str]:
        """What is asked of each axis that is named."""
        return {name: "" if v == UNKNOWN else v for name, v in self._asdict().items() if v}

    def among(self, cases: Iterable[CaseOnDay]) -> list[CaseOnDay]:
        """Those of the cases that are of this part."""
        asked = self.part
        if not asked:
            return list(cases)
        read: Callable[[CaseOnDay], object] = attrgetter(*asked)
        wanted = tuple(asked.values())
        if len(asked) == 1:
            return [case for case in cases if read(case) == wanted[0]]
        return [case for case in cases if read(case) == wanted]


def counted(all_cases: Standings, measure: str, of: Of) -> list[Counted]:
    """Everything that the figure counts; as many as the figure says."""
    return _called(all_cases, picked(all_cases, measure, of.part).every())


def _called(seen: Standings, some: Sequence[Picked]) -> list[Counted]:
    """The same by name."""
    names = seen.named({number for one in some for number in one.numbers})
    return [
        Counted(
            names[one.numbers[0]][1],
            tuple(names[number][0] for number in one.numbers),
            one.nth,
            one.where,
        )
        for one in some
    ]


def counted_of(cases: Sequence[CaseOnDay], measure: str) -> list[Counted]:
    """The same of these cases only."""
    if measure in OF_CASES:
        holds = OF_CASES[measure]
        return [Counted(case.enterprise, (case.stream,)) for case in cases if holds(case)]
    if measure in OF_RECORDS:
        is_among = OF_RECORDS[measure]
        return [
            Counted(case.enterprise, (case.stream,), nth, where)
            for case in cases
            for nth, where in enumerate(case.places)
            if is_among(case, where)
        ]
    return [
        Counted(enterprise, tuple(case.stream for case in its))
        for enterprise, its in sorted(by_enterprise(cases).items())
        if is_counted(measure, its)
    ]


def by_enterprise(cases: Iterable[CaseOnDay]) -> dict[str, list[CaseOnDay]]:
    """The governed cases of each enterprise."""
    found: dict[str, list[CaseOnDay]] = {}
    for case in cases:
        if case.cases:
            found.setdefault(case.enterprise, []).append(case)
    return found


def members(
    system: System, person: Person, measure: str, of: Of, when: Question, page: int
) -> Members:
    """One page of those whom the figure counts, within the reader's reach.

    :raises KeyError: no figure has this name
    """
    if measure not in COUNTS:
        raise KeyError(measure)
    with system.database.read() as c:
        when = when._replace(reach=person.reach)
        with standings(system, c, when, columns_of(measure, of.part)) as seen:
            every = picked(seen, measure, of.part)
            at = paged(every.total, page, SIZE)
            some = _called(seen, every.some(at.start, SIZE))
        found = named(system, c, when, some)
    unit = COUNTS[measure].unit
    return Members(measure, unit, found, at.total, at.page, at.pages, at.first)


def named(system: System, c: Connection, when: Question, some: Sequence[Counted]) -> list[Row]:
    """The rows of those who are counted, each with its names."""
    streams = {stream for one in some for stream in one.cases}
    question = f"SELECT stream_id, number FROM {LEDGER} WHERE stream_id IN ({{keys}})"
    numbers = dict(rows_in(c, question, streams))
    names = system.models.enterprises.names(c, {one.enterprise for one in some})
    of_records = [one.cases[0] for one in some if one.nth is not None]
    records = {
        row.stream: counted_numbers(row, until)
        for row, until in seen_rows(system, c, when, of_records)
    }
    return [
        Row(
            one.enterprise,
            names.get(one.enterprise, one.enterprise),
            [numbers[stream] for stream in one.cases],
            records[one.cases[0]][one.nth] if one.nth is not None else None,
            one.where,
        )
        for one in some
    ]
