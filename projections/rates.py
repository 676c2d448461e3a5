"""What are the office's figures at the end of any day, and what of them was learnt later?

Every case keeps its steps; what they add up to stands in ``rates_sums``, how each case stood on
any day in ``rates_spans``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING, Entry
from domain.formulas_deltas import CaseLine, parting
from domain.instants import local_day
from projections.beside import Beside
from projections.case_lines import Packed, pack, unpack
from projections.case_spans import turning
from projections.driver import chunks, delete, pages, rows, rows_in, upsert, write
from projections.enterprises import Enterprises
from projections.office import Calendars
from projections.rates_lines import MATTERS, Kept, line_after, line_of_story
from projections.rates_spans import RATES_SPAN, RATES_WORD, Written, replace, told_spans
from projections.rates_sums import (
    RATES_GROUP,
    RATES_LEDGER,
    VERSION,
    Sheet,
    day_sums,
    group_sums,
    sum_rows,
    write_sheet,
)
from projections.reading import CaseStories, Change, ReadModel, Story, Told
from projections.tables import model_table

TABLES = MetaData()
REGISTERED = "enterprise.registered"
AT_ONCE = 2000
"""How many cases are held at once when many are told again."""

RATES_CASE = model_table(
    "rates_case",
    VERSION,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("enterprise", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("industry", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("extensions", Text, nullable=False),
    Column("records", Text, nullable=False),
    # The position in the log at which it was opened.
    Column("case_no", BigInteger, nullable=False),
    # Whether a calendar that is not yet published may move one of its days.
    Column("provisional", Integer, nullable=False),
    Index("rates_case_no", "case_no"),
    Index("rates_case_enterprise", "enterprise", info={"folding": True}),
)
RATES_LATE = model_table(
    "rates_late",
    VERSION,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recorded_at", Text, nullable=False),
    Column("touches_from", Text, nullable=False),
    Index("rates_late_recorded", "recorded_at"),
)
"""Entries that were recorded on another day than that from which on they move a figure."""

_WHOSE = "stream_id, enterprise, category, campaign, industry"
_PACKED = f"{_WHOSE}, steps, extensions, records"
_CHANGE = (
    f"UPDATE {RATES_CASE} SET steps = ?, extensions = ?, records = ?, provisional = ? "
    "WHERE stream_id = ?"
)


class Rates(ReadModel[str, Story]):
    """The figures of the whole office and of its groups, by day."""

    name: ClassVar[str] = "rates"
    tables: ClassVar[tuple[Table, ...]] = (
        RATES_CASE,
        RATES_LEDGER,
        RATES_GROUP,
        RATES_LATE,
        RATES_SPAN,
        RATES_WORD,
    )

    tells: ClassVar[bool] = True

    def __init__(self, source: CaseStories, calendars: Calendars, enterprises: Enterprises) -> None:
        super().__init__(source)
        self._calendars = calendars
        self._enterprises = enterprises

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        late: list[tuple[Any, ...]] = []
        lines: dict[str, list[CaseLine]] = {}
        cases: list[tuple[str, Written]] = []
        for change in changes:
            story = change.after
            moving = [entry for entry in story.entries if entry.topic in MATTERS]
            if not moving:
                continue
            late += late_rows(change.key, moving, story.entries)
            enterprise = story.entries[0].data["enterprise"]
            line = line_of_story(story, beside.named(enterprise).industry or "")
            if line.steps:
                lines.setdefault(enterprise, []).append(line)
                cases.append((change.key, Written(story.entries[0].position, enterprise, line)))
        sheet = Sheet()
        for its in lines.values():
            sheet.take(its)
        spans = told_spans([case for _, case in cases], beside.workdays)
        return {
            RATES_CASE: [_case_row(key, one, spans.provisional) for key, one in cases],
            RATES_LEDGER: sum_rows(day_sums(sheet)),
            RATES_GROUP: sum_rows(group_sums(sheet)),
            RATES_LATE: late,
            RATES_SPAN: spans.rows,
            RATES_WORD: spans.words(),
        }

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        asked: dict[str, list[Change[str, Story]]] = {}
        late: list[tuple[Any, ...]] = []
        for change in changes:
            moving = [entry for entry in change.entries if entry.topic in MATTERS]
            if moving:
                asked.setdefault(change.after.entries[0].data["enterprise"], []).append(change)
                late += late_rows(change.key, moving, change.after.entries)
        if not asked:
            return
        present = self._kept(c, asked)
        industries = self._industries(c, asked, present)
        touched = {
            code: {
                one.key: line_after(one, present.get(code, {}).get(one.key), industries[code])
                for one in its
            }
            for code, its in asked.items()
        }
        upsert(c, RATES_LATE, late)
        numbers = {one.key: one.after.entries[0].position for its in asked.values() for one in its}
        self._settle(c, touched, present, numbers)

    def again(self, c: Connection, entries: Sequence[Entry]) -> None:
        """An enterprise may be registered after its cases were opened, a calendar published."""
        self._register(c, entries)
        published = [entry for entry in entries if entry.topic == "calendar.published"]
        if published:
            self._reckon(c, anew=any(entry.data["edition"] > 1 for entry in published))

    def _register(self, c: Connection, entries: Sequence[Entry]) -> None:
        new = {
            entry.data["uscc"]: entry.data["industry"] or ""
            for entry in entries
            if entry.topic == REGISTERED
        }
        if new:
            present = self._kept(c, new)
            touched = {
                code: {key: kept.line._replace(industry=new[code]) for key, kept in its.items()}
                for code, its in present.items()
            }
            self._settle(c, touched, present, {})

    def _reckon(self, c: Connection, *, anew: bool) -> None:
        """Tell again what working days decide, of all cases or of those that were provisional."""
        workdays = self._calendars.workdays(c)
        question = f"SELECT stream_id FROM {RATES_CASE}" + (
            "" if anew else " WHERE provisional = 1"
        )
        for some in chunks(sorted(stream for (stream,) in rows(c, question)), AT_ONCE):
            numbers = self.numbers(c, some)
            written = [
                Written(numbers[row.stream], row.enterprise, unpack(row))
                for row in self.packed(c, some)
            ]
            provisional = replace(c, written, numbers.values(), workdays)
            flags = [(int(one.case_no in provisional), one.case_no) for one in written]
            write(c, f"UPDATE {RATES_CASE} SET provisional = ? WHERE case_no = ?", flags)

    def _settle(
        self,
        c: Connection,
        touched: Mapping[str, Mapping[str, CaseLine]],
        present: Mapping[str, Mapping[str, Kept]],
        numbers: Mapping[str, int],
    ) -> None:
        """Write the lines that were ``touched``; ``numbers`` are of those that are not present."""
        sheet = Sheet()
        new_lines: list[tuple[str, str, CaseLine, Kept | None]] = []
        gone: dict[str, Kept] = {}
        for enterprise, new in touched.items():
            kept = present.get(enterprise, {})
            before = {key: one.line for key, one in kept.items()}
            after = {key: line for key, line in {**before, **new}.items() if line.steps}
            if after == before:
                continue
            # What came before the first day that differs would only be taken back and added.
            since = parting(before, after) if before else ""
            if before:
                sheet.take(before.values(), -1, since=since)
            sheet.take(after.values(), since=since)
            gone |= {key: one for key, one in kept.items() if key not in after}
            new_lines += [
                (key, enterprise, line, kept.get(key))
                for key, line in after.items()
                if before.get(key) != line
            ]
        self._write(c, new_lines, numbers, gone)
        write_sheet(c, sheet)

    def _write(
        self,
        c: Connection,
        new_lines: Iterable[tuple[str, str, CaseLine, Kept | None]],
        numbers: Mapping[str, int],
        gone: Mapping[str, Kept],
    ) -> None:
        """Write these lines and what was true of them on any day, and take away what is gone."""
        anew: list[Written] = []
        known = [one.case_no for one in gone.values()]
        added: list[tuple[str, int, Packed]] = []
        changed: list[tuple[str, int, Packed]] = []
        for key, enterprise, line, kept in new_lines:
            number = numbers[key] if kept is None else kept.case_no
            same_key = kept is not None and kept.line[:3] == line[:3]
            (changed if same_key else added).append((key, number, pack(key, enterprise, line)))
            # Whether it is provisional is known of the whole case only.
            since = "" if kept is None or kept.provisional else turning(kept.line, line)
            if since is not None:
                anew.append(Written(number, enterprise, line, since))
                known += [number] if kept is not None else []
        provisional: set[int] = set()
        if anew or known:
            provisional = replace(c, anew, known, self._calendars.workdays(c))
        delete(c, RATES_CASE, [(key,) for key in gone])
        upsert(c, RATES_CASE, [(*row, n, int(n in provisional)) for _, n, row in added])
        # Named columns only, of no index: the others stay, and their pages with them.
        write(c, _CHANGE, [(*row[5:], int(n in provisional), key) for key, n, row in changed])

    def _kept(self, c: Connection, enterprises: Iterable[str]) -> dict[str, dict[str, Kept]]:
        """The cases of these enterprises as they stand here, by enterprise and stream."""
        columns = f"{_PACKED}, case_no, provisional"
        question = f"SELECT {columns} FROM {RATES_CASE} WHERE enterprise IN ({{keys}})"
        found: dict[str, dict[str, Kept]] = {}
        for *values, case_no, provisional in rows_in(c, question, enterprises):
            row = Packed._make(values)
            kept = Kept(unpack(row), case_no, provisional)
            found.setdefault(row.enterprise, {})[row.stream] = kept
        return found

    def _industries(
        self, c: Connection, enterprises: Collection[str], present: Mapping[str, Mapping[str, Kept]]
    ) -> dict[str, str]:
        """The industry of each of these: its cases say it, but those of the first."""
        known = {code: _industry_of(present[code]) for code in enterprises if code in present}
        first = [code for code in enterprises if code not in present]
        registered = self._enterprises.industries(c, first)
        return dict.fromkeys(first, "") | registered | known

    # -- questions ---------------------------------------------------------------------------

    def lines(self, c: Connection, enterprises: Iterable[str]) -> dict[str, dict[str, CaseLine]]:
        """The cases of these enterprises that are in any figure, by enterprise and stream."""
        return {
            enterprise: {key: kept.line for key, kept in its.items()}
            for enterprise, its in self._kept(c, enterprises).items()
        }

    def packed(
        self, c: Connection, streams: Iterable[str] | None = None, month: str = ""
    ) -> Iterator[Packed]:
        """The cases that are in any figure, in no order: all, or these, that moved in a month."""
        question = f"SELECT {_PACKED} FROM {RATES_CASE} WHERE steps LIKE ?"
        like = f'%"{month}%' if month else "%"
        if streams is None:
            for some in pages(c, question, [like]):
                yield from map(Packed._make, some)
            return
        these = f"{question} AND stream_id IN ({{keys}})"
        yield from map(Packed._make, rows_in(c, these, streams, [like]))

    def numbers(self, c: Connection, streams: Iterable[str]) -> dict[str, int]:
        """The positions in the log at which these cases were opened."""
        question = f"SELECT stream_id, case_no FROM {RATES_CASE} WHERE stream_id IN ({{keys}})"
        return {stream: int(number) for stream, number in rows_in(c, question, streams)}

    def names(self, c: Connection, numbers: Collection[int] | None) -> dict[int, tuple[str, str]]:
        """The stream and the enterprise of each of these cases, or of all."""
        question = f"SELECT case_no, stream_id, enterprise FROM {RATES_CASE}"
        if numbers is None:
            found: Iterable[tuple[Any, ...]] = rows(c, question)
        else:
            found = rows_in(c, f"{question} WHERE case_no IN ({{keys}})", numbers)
        return {number: (stream, enterprise) for number, stream, enterprise in found}

    def learnt_after(self, c: Connection, known_at: str, until: str, ahead: str) -> set[str]:
        """The cases whose late entries divide what was known from what is known now.

        Recorded after ``known_at``, they move a figure by the instant ``until``; or they were
        known and speak of a later time, but of none after ``ahead``.
        """
        question = (
            f"SELECT DISTINCT stream_id FROM {RATES_LATE} "
            "WHERE recorded_at > ? AND touches_from <= ?"
        )
        found = rows(c, question, [known_at, until])
        if ahead > until:
            question = (
                f"SELECT DISTINCT stream_id FROM {RATES_LATE} "
                "WHERE recorded_at <= ? AND touches_from > ? AND touches_from <= ?"
            )
            found += rows(c, question, [known_at, until, ahead])
        return {stream for (stream,) in found}


def _industry_of(cases: Mapping[str, Kept]) -> str:
    return next(iter(cases.values())).line.industry


def _case_row(key: str, one: Written, provisional: Collection[int]) -> tuple[Any, ...]:
    return (*pack(key, one.enterprise, one.line), one.case_no, int(one.case_no in provisional))


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
