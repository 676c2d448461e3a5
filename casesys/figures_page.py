"""All that the page of figures shows of a day, read in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casesys.deadline_figures import deadlines
from casesys.figures import AXES, rates_in
from casesys.system import System
from domain.formulas import FORMULAS, Formula
from domain.intervals import SMALLEST_RANKED, wilson

GROUPINGS = (*AXES, "month")


@dataclass(frozen=True, slots=True)
class Group:
    """One town, unit or campaign; ``ranked`` if it is large enough to compare."""

    key: str
    records: int
    repaired: int
    enterprises: int
    percent: int | None
    interval: tuple[float, float] | None
    ranked: bool


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """The figures of a day, those of the month's end before it, and both by group and month."""

    as_of: str
    known_at: str | None
    before_on: str
    figures: Mapping[str, Any]
    before: Mapping[str, Any]
    groups: Sequence[Group]
    months: Sequence[Mapping[str, Any]]
    deadlines: Mapping[str, Mapping[str, int]]
    formulas: Mapping[str, Formula]

    @property
    def position(self) -> int:
        return int(self.figures["position"])


def figures_of_day(system: System, as_of: str, known_at: str | None, by: str) -> FiguresPage:
    before_on = month_end_before(as_of)
    with system.database.read() as c:
        groups = rates_in(system, c, as_of, known_at, by)["groups"] if by in AXES else []
        return FiguresPage(
            as_of=as_of,
            known_at=known_at,
            before_on=before_on,
            figures=rates_in(system, c, as_of, known_at),
            before=rates_in(system, c, before_on, known_at),
            groups=ranked(groups),
            months=rates_in(system, c, as_of, known_at, "month")["groups"],
            deadlines=deadlines(system, c, as_of, known_at),
            formulas=FORMULAS,
        )


def ranked(groups: Sequence[Mapping[str, Any]]) -> list[Group]:
    """The large groups by their rate, the highest first; then the small ones, not compared."""
    found = [
        Group(
            key=group["key"],
            records=group["records"],
            repaired=group["repaired_records"],
            enterprises=group["enterprises"],
            percent=group["percent"],
            interval=wilson(group["repaired_records"], group["records"]),
            ranked=group["records"] >= SMALLEST_RANKED,
        )
        for group in groups
    ]
    return sorted(found, key=_place)


def _place(group: Group) -> tuple[bool, float, str]:
    share = group.repaired / group.records if group.records else 0.0
    return not group.ranked, -share, group.key


def month_end_before(day: str) -> str:
    """The last day of the month before; the day itself where the calendar begins."""
    first = date.fromisoformat(day).replace(day=1)
    return (first - timedelta(days=1)).isoformat() if first > date.min else day
