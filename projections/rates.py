"""What are the office's figures at the end of any day, and what of them was learnt later?

Every case keeps its steps; the ledger keeps what each day changed, once by day and once by month,
so that any day is one sum of some hundred rows. Sums forget the way they were reached: rows that
come to nothing are taken out, so that the bytes depend on the facts alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import add, neg
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING, Entry, as_seen
from domain.formulas_deltas import (
    ABSENT,
    MEASURES,
    CaseLine,
    enterprise_deltas,
    group_deltas,
    parting,
)
from domain.formulas_timeline import COUNTED, NOTHING, Step, timeline
from domain.instants import local_day
from domain.obstacles import OF_RECORDS, record_lines
from projections.case_lines import Packed, Stood, Whose, last_of, pack, stood, stood_last, unpack
from projections.driver import delete, insert, pages, rows, rows_in, upsert, write
from projections.reading import Change, ReadModel, Story

TABLES = MetaData()
GROUP_MEASURES = ("records", "repaired_records", "enterprises")
EXTENDED = "case.deadline_extended"
MATTERS = COUNTED | VOIDING | OF_RECORDS | {EXTENDED}
"""The kinds of entry that move a figure, a deadline or the standing of a 宗."""

RATES_CASE = Table(
    "rates_case",
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("enterprise", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("extensions", Text, nullable=False),
    Column("records", Text, nullable=False),
    # From this day on the case stands as the next column says.
    Column("settled_on", Text, nullable=False),
    Column("stood", Text, nullable=False),
    Index("rates_case_enterprise", "enterprise", info={"folding": True}),
)
RATES_LEDGER = Table(
    "rates_ledger",
    TABLES,
    Column("span", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    *(Column(measure, BigInteger, nullable=False) for measure in MEASURES),
)
RATES_GROUP = Table(
    "rates_group",
    TABLES,
    Column("axis", Text, primary_key=True),
    Column("span", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    *(Column(measure, BigInteger, nullable=False) for measure in GROUP_MEASURES),
)
RATES_LATE = Table(
    "rates_late",
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recorded_at", Text, nullable=False),
    Column("touches_from", Text, nullable=False),
    Index("rates_late_recorded", "recorded_at"),
)
"""Entries that were recorded on another day than that from which on they move a figure."""

UNTIL = "(span = 'month' AND period < ?) OR (span = 'day' AND period > ? AND period <= ?)"
"""The rows that add up to the end of a day: whole months, then days of the last."""


def _adding(table: Table, measures: Sequence[str]) -> str:
    names = [column.name for column in table.columns]
    keys = ", ".join(column.name for column in table.primary_key.columns)
    then = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in measures)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
        f"ON CONFLICT ({keys}) DO UPDATE SET {then}"
    )


def _dropping(table: Table, measures: Sequence[str]) -> str:
    keys = [f"{column.name} = ?" for column in table.primary_key.columns]
    nothing = [f"{measure} = 0" for measure in measures]
    return f"DELETE FROM {table.name} WHERE {' AND '.join(keys + nothing)}"


ADD_DAY, DROP_DAY = _adding(RATES_LEDGER, MEASURES), _dropping(RATES_LEDGER, MEASURES)
ADD_GROUP = _adding(RATES_GROUP, GROUP_MEASURES)
DROP_GROUP = _dropping(RATES_GROUP, GROUP_MEASURES)
_WHOSE = "stream_id, enterprise, category, campaign"
_PACKED = f"{_WHOSE}, steps, extensions, records"
_SUMS = ", ".join(f"SUM({measure})" for measure in MEASURES)
_GROUP_SUMS = ", ".join(f"SUM({measure})" for measure in GROUP_MEASURES)

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
                    sums = self._cases.setdefault((step.day, line.category), [0] * len(NOTHING))
                    for place, by in step.changed:
                        sums[place] += sign * by
        for day, category, diff in enterprise_deltas(lines):
            if since <= day <= until:
                self._add(self._enterprises, (day, category), diff, sign)
        for day, axis, name, parts in group_deltas(lines):
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


class Rates(ReadModel[str, Story]):
    """The figures of the whole office and of its towns, campaigns and units, by day."""

    name: ClassVar[str] = "rates"
    version: ClassVar[int] = 3
    tables: ClassVar[tuple[Table, ...]] = (RATES_CASE, RATES_LEDGER, RATES_GROUP, RATES_LATE)

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        touched: dict[str, dict[str, CaseLine]] = {}
        late: list[tuple[Any, ...]] = []
        for change in changes:
            moving = [entry for entry in change.entries if entry.topic in MATTERS]
            if moving:
                # The steps are asked first: they give the story's state as well.
                steps = change.after.steps
                line = line_of(change.after.entries, steps, change.after.live)
                enterprise = change.after.entries[0].data["enterprise"]
                touched.setdefault(enterprise, {})[change.key] = line
                late += late_rows(change.key, moving, change.after.entries)
        if touched:
            upsert(c, RATES_LATE, late)
            self._settle(c, touched, self.lines(c, touched))

    def _settle(
        self,
        c: Connection,
        touched: Mapping[str, Mapping[str, CaseLine]],
        present: Mapping[str, Mapping[str, CaseLine]],
    ) -> None:
        sheet = Sheet()
        values: list[tuple[Any, ...]] = []
        gone: list[tuple[Any, ...]] = []
        for enterprise, new in touched.items():
            before = present.get(enterprise, {})
            after = {key: line for key, line in {**before, **new}.items() if line.steps}
            if after == before:
                continue
            # What came before the first day that differs would only be taken back and added.
            since = parting(before, after) if before else ""
            if before:
                sheet.take(before.values(), -1, since=since)
            sheet.take(after.values(), since=since)
            gone += [(key,) for key in before if key not in after]
            values += [
                (*(row := pack(key, enterprise, line)), *last_of(row, line))
                for key, line in after.items()
                if before.get(key) != line
            ]
        delete(c, RATES_CASE, gone)
        upsert(c, RATES_CASE, values)
        _write(c, sheet)

    # -- questions ---------------------------------------------------------------------------

    def lines(self, c: Connection, enterprises: Iterable[str]) -> dict[str, dict[str, CaseLine]]:
        """The cases of these enterprises that are in any figure, by enterprise and stream."""
        question = f"SELECT {_PACKED} FROM rates_case WHERE enterprise IN ({{keys}})"
        found: dict[str, dict[str, CaseLine]] = {}
        for values in rows_in(c, question, enterprises):
            row = Packed._make(values)
            found.setdefault(row.enterprise, {})[row.stream] = unpack(row)
        return found

    def packed(self, c: Connection, streams: Iterable[str] | None = None) -> Iterator[Packed]:
        """The cases that are in any figure, all of them or these, in the order of their ids."""
        question = f"SELECT {_PACKED} FROM rates_case{{}} ORDER BY stream_id"
        if streams is None:
            for some in pages(c, question.format("")):
                yield from map(Packed._make, some)
            return
        these = question.format(" WHERE stream_id IN ({keys})")
        yield from map(Packed._make, rows_in(c, these, sorted(streams)))

    def stood(
        self, c: Connection, until: str, streams: Iterable[str] | None = None
    ) -> Iterator[tuple[Whose, Stood]]:
        """The same in no order, as they stood at the end of a day; most did nothing after it."""
        later = []
        settled = f"SELECT {_WHOSE}, CASE WHEN settled_on <= ? THEN stood END FROM rates_case"
        if streams is None:
            found: Iterable[tuple[Any, ...]] = chain.from_iterable(pages(c, settled, [until]))
        else:
            found = rows_in(c, f"{settled} WHERE stream_id IN ({{keys}})", streams, [until])
        for *whose, last in found:
            if last is None:
                later.append(whose[0])
            else:
                yield Whose._make(whose), stood_last(last)
        for row in self.packed(c, later):
            yield row.whose, stood(row, until)

    def totals(self, c: Connection, day: str) -> dict[str, Vector]:
        """The sums of all measures at the end of a day, by category."""
        question = f"SELECT category, {_SUMS} FROM rates_ledger WHERE {UNTIL} GROUP BY category"
        found = rows(c, question, [day[:7], day[:7], day])
        return {row[0]: [int(n) for n in row[1:]] for row in found}

    def months(self, c: Connection, day: str) -> dict[tuple[str, str], Vector]:
        """What each month changed until the end of a day, by month and category."""
        months: dict[tuple[str, str], Vector] = {}
        question = f"SELECT period, category, {', '.join(MEASURES)} FROM rates_ledger WHERE {UNTIL}"
        for row in rows(c, question, [day[:7], day[:7], day]):
            key = (row[0][:7], row[1])
            months[key] = list(map(add, months.get(key, _ZEROS), row[2:]))
        return months

    def groups(self, c: Connection, axis: str, day: str) -> dict[str, Vector]:
        """Records, repaired records and enterprises at the end of a day, by the axis' names."""
        question = (
            f"SELECT name, {_GROUP_SUMS} FROM rates_group WHERE axis = ? AND ({UNTIL}) "
            "GROUP BY name"
        )
        found = rows(c, question, [axis, day[:7], day[:7], day])
        return {row[0]: [int(n) for n in row[1:]] for row in found}

    def learnt_after(self, c: Connection, known_at: str, until: str, ahead: str) -> set[str]:
        """The cases whose late entries divide what was known from what is known now.

        Recorded after ``known_at``, they move a figure by the instant ``until``; or they were
        known and speak of a later time, but of none after ``ahead``.
        """
        question = (
            "SELECT DISTINCT stream_id FROM rates_late WHERE recorded_at > ? AND touches_from <= ?"
        )
        found = rows(c, question, [known_at, until])
        if ahead > until:
            question = (
                "SELECT DISTINCT stream_id FROM rates_late "
                "WHERE recorded_at <= ? AND touches_from > ? AND touches_from <= ?"
            )
            found += rows(c, question, [known_at, until, ahead])
        return {stream for (stream,) in found}


def line_of(entries: Sequence[Entry], steps: Sequence[Step], facts: Sequence[Entry]) -> CaseLine:
    """A case whose first entry says whose it is, by its steps and by its facts that count."""
    opened = entries[0].data
    extensions = [
        (local_day(fact.occurred_at), fact.data["deadline"], fact.data["due_on"])
        for fact in facts
        if fact.topic == EXTENDED
    ]
    return CaseLine(opened["category"], opened["campaign"], steps, extensions, record_lines(facts))


def known_line(entries: Sequence[Entry], known_at: str) -> CaseLine:
    """The case as the books knew it at an instant."""
    facts = as_seen(entries, known_at=known_at)
    return line_of(entries, timeline(facts), facts)


def late_rows(
    stream: str, moving: Iterable[Entry], entries: Sequence[Entry]
) -> list[tuple[Any, ...]]:
    """The rows of those entries that were recorded on another day than that which they move."""
    found: list[tuple[Any, ...]] = []
    for entry in moving:
        moves = entry
        if entry.topic in VOIDING:
            target = entry.data["target"]
            aimed = [e for e in entries if e.version == target and e.topic in MATTERS]
            if not aimed:
                continue
            (moves,) = aimed
        if local_day(moves.occurred_at) != local_day(entry.recorded_at):
            found.append((stream, entry.version, entry.recorded_at, moves.occurred_at))
    return found


def _write(c: Connection, sheet: Sheet) -> None:
    days: dict[tuple[str, str, str], Vector] = {}
    for (day, category), diff in sheet.days.items():
        if any(diff):
            month = ("month", day[:7], category)
            days[("day", day, category)] = diff
            days[month] = list(map(add, days.get(month, _ZEROS), diff))
    groups: dict[tuple[str, str, str, str], Vector] = {}
    for (day, axis, name), diff in sheet.groups.items():
        if any(diff):
            in_month = (axis, "month", day[:7], name)
            groups[(axis, "day", day, name)] = diff
            groups[in_month] = list(map(add, groups.get(in_month, _GROUP_ZEROS), diff))
    insert(c, ADD_DAY, [(*key, *diff) for key, diff in days.items() if any(diff)])
    write(c, DROP_DAY, [key for key, diff in days.items() if not _adds_an_act(diff)])
    insert(c, ADD_GROUP, [(*key, *diff) for key, diff in groups.items() if any(diff)])
    write(c, DROP_GROUP, list(groups))


def _adds_an_act(diff: Vector) -> bool:
    """Whether the row cannot come to nothing: of acts, no day ever holds less than none."""
    return max(diff[_ACTS]) > 0
