"""What each day changed in the figures, added up by day and by month: any day is one sum.

Sums forget the way they were reached: rows that come to nothing are taken out, so that the bytes
depend on the facts alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import add, neg
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text

from domain.formulas_deltas import ABSENT, MEASURES, CaseLine, enterprise_deltas, group_deltas
from domain.formulas_timeline import NOTHING
from projections.driver import add as add_rows
from projections.driver import rows, write
from projections.tables import model_table

TABLES = MetaData()
VERSION = 7
"""Of all tables of the rates: they are fed together."""
GROUP_MEASURES = ("records", "repaired_records", "enterprises")

RATES_LEDGER = model_table(
    "rates_ledger",
    VERSION,
    TABLES,
    Column("span", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    *(Column(measure, BigInteger, nullable=False) for measure in MEASURES),
    sums=len(MEASURES),
    sqlite_with_rowid=False,
)
RATES_GROUP = model_table(
    "rates_group",
    VERSION,
    TABLES,
    Column("axis", Text, primary_key=True),
    Column("span", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    *(Column(measure, BigInteger, nullable=False) for measure in GROUP_MEASURES),
    sums=len(GROUP_MEASURES),
    sqlite_with_rowid=False,
)
UNTIL = "(span = 'month' AND period < ?) OR (span = 'day' AND period > ? AND period <= ?)"
"""The rows that add up to the end of a day: whole months, then days of the last."""


def _nothing(measures: Sequence[str]) -> str:
    return " AND ".join(f"{measure} = 0" for measure in measures)


def _dropping(table: Table, measures: Sequence[str]) -> str:
    keys = [f"{column.name} = ?" for column in table.primary_key.columns]
    return f"DELETE FROM {table.name} WHERE {' AND '.join(keys)} AND {_nothing(measures)}"


DROP_DAY = _dropping(RATES_LEDGER, MEASURES)
DROP_GROUP = _dropping(RATES_GROUP, GROUP_MEASURES)
_SUMS = ", ".join(f"SUM({measure})" for measure in MEASURES)
_GROUP_SUMS = ", ".join(f"SUM({measure})" for measure in GROUP_MEASURES)

MANY = 500
"""From so many rows on, all that came to nothing are looked for at once."""

Vector = Sequence[int]
_ACTS = slice(MEASURES.index("attempts_reached_operating"), len(NOTHING))
_ZEROS, _GROUP_ZEROS = (0,) * len(MEASURES), (0,) * len(GROUP_MEASURES)


class Sheet:
    """Daily differences of some enterprises, added up; they may be added and taken back."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, str], list[int]] = {}
        self._enterprises: dict[tuple[str, str], Vector] = {}
        self.groups: dict[tuple[str, str, str], Vector] = {}

    def take(
        self, lines: Collection[CaseLine], sign: int = 1, until: str = "9", since: str = ""
    ) -> None:
        """Add one enterprise, or with -1 take it back, of the days ``since`` to ``until``."""
        if since:
            lines = [line.since(since) for line in lines]
        for line in lines:
            for step in line.steps:
                if since <= step.day <= until:
                    key = (step.day, line.category)
                    sums = self._cases.get(key)
                    if sums is None:
                        sums = self._cases[key] = [0] * len(NOTHING)
                    for place, by in step.changed:
                        sums[place] += sign * by
        for day, category, diff in enterprise_deltas(lines, since):
            if since <= day <= until:
                self._add(self._enterprises, (day, category), diff, sign)
        for day, axis, name, parts in group_deltas(lines, since):
            if since <= day <= until:
                self._add(self.groups, (day, axis, name), parts, sign)

    @property
    def days(self) -> dict[tuple[str, str], Vector]:
        """The differences of cases and of enterprises together, by day and category."""
        cases, enterprises = self._cases.get, self._enterprises.get
        return {
            key: (*cases(key, NOTHING), *enterprises(key, ABSENT))
            for key in {**self._cases, **self._enterprises}
        }

    @staticmethod
    def _add(sums: dict[Any, Vector], key: tuple[str, ...], diff: Vector, sign: int) -> None:
        if sign < 0:
            diff = list(map(neg, diff))
        had = sums.get(key)
        sums[key] = diff if had is None else list(map(add, had, diff))


def day_sums(sheet: Sheet) -> dict[tuple[str, str, str], Vector]:
    """By day and by month, and category; a month may come to nothing."""
    days: dict[tuple[str, str, str], Vector] = {}
    for (day, category), diff in sheet.days.items():
        if any(diff):
            month = ("month", day[:7], category)
            days[("day", day, category)] = diff
            days[month] = list(map(add, days.get(month, _ZEROS), diff))
    return days


def group_sums(sheet: Sheet) -> dict[tuple[str, str, str, str], Vector]:
    """By axis, by day and by month, and name; a month may come to nothing."""
    groups: dict[tuple[str, str, str, str], Vector] = {}
    for (day, axis, name), diff in sheet.groups.items():
        if any(diff):
            in_month = (axis, "month", day[:7], name)
            groups[(axis, "day", day, name)] = diff
            groups[in_month] = list(map(add, groups.get(in_month, _GROUP_ZEROS), diff))
    return groups


def sum_rows(sums: Mapping[Any, Vector]) -> list[tuple[Any, ...]]:
    return [(*key, *diff) for key, diff in sums.items() if any(diff)]


def write_sheet(c: Connection, sheet: Sheet) -> None:
    """Add it to the sums that stand there."""
    days, groups = day_sums(sheet), group_sums(sheet)
    add_rows(c, RATES_LEDGER, sum_rows(days))
    write(c, DROP_DAY, [key for key, diff in days.items() if not _adds_an_act(diff)])
    add_rows(c, RATES_GROUP, sum_rows(groups))
    if len(groups) > MANY:
        write(c, f"DELETE FROM {RATES_GROUP} WHERE {_nothing(GROUP_MEASURES)}", [()])
    else:
        write(c, DROP_GROUP, list(groups))


def _adds_an_act(diff: Vector) -> bool:
    """Whether the row cannot come to nothing: of acts, no day ever holds less than none."""
    return max(diff[_ACTS]) > 0


def totals(c: Connection, day: str) -> dict[str, Vector]:
    """The sums of all measures at the end of a day, by category."""
    question = f"SELECT category, {_SUMS} FROM {RATES_LEDGER} WHERE {UNTIL} GROUP BY category"
    found = rows(c, question, [day[:7], day[:7], day])
    return {row[0]: [int(n) for n in row[1:]] for row in found}


def months(c: Connection, day: str) -> dict[tuple[str, str], Vector]:
    """What each month changed until the end of a day, by month and category."""
    months: dict[tuple[str, str], Vector] = {}
    question = f"SELECT period, category, {', '.join(MEASURES)} FROM {RATES_LEDGER} WHERE {UNTIL}"
    for row in rows(c, question, [day[:7], day[:7], day]):
        key = (row[0][:7], row[1])
        months[key] = list(map(add, months.get(key, _ZEROS), row[2:]))
    return months


def groups(c: Connection, axis: str, day: str) -> dict[str, Vector]:
    """Records, repaired records and enterprises at the end of a day, by the axis' names."""
    question = (
        f"SELECT name, {_GROUP_SUMS} FROM {RATES_GROUP} WHERE axis = ? AND ({UNTIL}) GROUP BY name"
    )
    found = rows(c, question, [axis, day[:7], day[:7], day])
    return {row[0]: [int(n) for n in row[1:]] for row in found}
