"""What are the office's figures at the end of any day, and what of them was learnt later?

Every case keeps its steps; what they add up to stands in ``rates_sums``, how each case stood on
any day in ``rates_spans``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING, Entry, as_seen
from domain.formulas_deltas import CaseLine, parting
from domain.formulas_timeline import COUNTED, Step, timeline
from domain.instants import local_day
from domain.obstacles import OF_RECORDS, record_lines
from projections.case_lines import Packed, pack, unpack
from projections.driver import chunks, delete, pages, rows, rows_in, upsert, write
from projections.enterprises import Enterprises
from projections.office import Calendars
from projections.rates_spans import RATES_SPAN, RATES_WORD, Written, replace
from projections.rates_sums import RATES_GROUP, RATES_LEDGER, VERSION, Sheet, write_sheet
from projections.reading import CaseStories, Change, ReadModel, Story
from projections.tables import model_table

TABLES = MetaData()
EXTENDED = "case.deadline_extended"
REGISTERED = "enterprise.registered"
AT_ONCE = 2000
"""How many cases are held at once when many are told again."""
MATTERS = COUNTED | VOIDING | OF_RECORDS | {EXTENDED}
"""The kinds of entry that move a figure, a deadline or the standing of a 宗."""

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

    def __init__(self, source: CaseStories, calendars: Calendars, enterprises: Enterprises) -> None:
        super().__init__(source)
        self._calendars = calendars
        self._enterprises = enterprises

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
        industries = self._enterprises.industries(c, asked)
        touched = {
            code: {one.key: _line(one.after, industries.get(code, "")) for one in its}
            for code, its in asked.items()
        }
        upsert(c, RATES_LATE, late)
        numbers = {one.key: one.after.entries[0].position for its in asked.values() for one in its}
        self._settle(c, touched, self.lines(c, touched), numbers)

    def also(self, c: Connection, entries: Sequence[Entry]) -> None:
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
            present = self.lines(c, new)
            touched = {
                code: {key: line._replace(industry=new[code]) for key, line in its.items()}
                for code, its in present.items()
            }
            streams = [key for its in present.values() for key in its]
            self._settle(c, touched, present, self.numbers(c, streams))

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
        present: Mapping[str, Mapping[str, CaseLine]],
        numbers: Mapping[str, int],
    ) -> None:
        sheet = Sheet()
        anew: list[tuple[str, Written]] = []
        known: list[int] = []
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
            new_lines = {key: line for key, line in after.items() if before.get(key) != line}
            anew += [(k, Written(numbers[k], enterprise, line)) for k, line in new_lines.items()]
            known += [numbers[key] for key in before if key in new_lines or key not in after]
        if not anew and not gone:
            return
        workdays = self._calendars.workdays(c)
        provisional = replace(c, [one for _, one in anew], known, workdays)
        values = [
            (*pack(key, one.enterprise, one.line), one.case_no, int(one.case_no in provisional))
            for key, one in anew
        ]
        delete(c, RATES_CASE, gone)
        upsert(c, RATES_CASE, values)
        write_sheet(c, sheet)

    # -- questions ---------------------------------------------------------------------------

    def lines(self, c: Connection, enterprises: Iterable[str]) -> dict[str, dict[str, CaseLine]]:
        """The cases of these enterprises that are in any figure, by enterprise and stream."""
        question = f"SELECT {_PACKED} FROM {RATES_CASE} WHERE enterprise IN ({{keys}})"
        found: dict[str, dict[str, CaseLine]] = {}
        for values in rows_in(c, question, enterprises):
            row = Packed._make(values)
            found.setdefault(row.enterprise, {})[row.stream] = unpack(row)
        return found

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


def _line(story: Story, industry: str) -> CaseLine:
    # The steps are asked first: they give the story's state as well.
    steps = story.steps
    return line_of(story.entries, steps, story.live, industry)


def line_of(
    entries: Sequence[Entry], steps: Sequence[Step], facts: Sequence[Entry], industry: str
) -> CaseLine:
    """A case whose first entry says whose it is, by its steps and by its facts that count."""
    opened = entries[0].data
    extensions = [
        (local_day(fact.occurred_at), fact.data["deadline"], fact.data["due_on"])
        for fact in facts
        if fact.topic == EXTENDED
    ]
    return CaseLine(
        opened["category"], opened["campaign"], industry, steps, extensions, record_lines(facts)
    )


def known_line(entries: Sequence[Entry], known_at: str | None, industry: str) -> CaseLine:
    """The case as the books knew it at an instant."""
    facts = as_seen(entries, known_at=known_at)
    return line_of(entries, timeline(facts), facts, industry)


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
