"""From which day may repair of a record be asked for?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import Entry
from domain.lawful_days import lawful_days
from domain.vocabulary import Category, PublicityClass
from domain.workdays import Workdays
from projections.beside import Beside
from projections.driver import chunks, rows, upsert, write
from projections.office import Calendars
from projections.reading import CaseStories, Change, ReadModel, Story, Told
from projections.record_index import TOUCHING
from projections.tables import model_table

TABLES = MetaData()

OPENING = model_table(
    "opening",
    2,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("rule_set", Text, primary_key=True),
    Column("opens_on", Text, nullable=False),
    Column("provisional", Integer, nullable=False),
    Index("opening_day", "opens_on", "rule_set"),
)

AT_ONCE = 2000
"""How many stories are held at once when many are told again."""


class Openings(ReadModel[str, Story]):
    """One row a record that is not repaired, and rule set under which it opens while it holds.

    A day that a calendar not yet published may move is provisional, kept under every rule set,
    and computed again as soon as the calendar enters the log.
    """

    name: ClassVar[str] = "openings"
    tables: ClassVar[tuple[Table, ...]] = (OPENING,)
    tells: ClassVar[bool] = True

    def __init__(self, source: CaseStories, calendars: Calendars) -> None:
        super().__init__(source)
        self._stories = source
        self._calendars = calendars

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        found = (_rows(ch.key, ch.after, beside.workdays) for ch in changes)
        return {OPENING: [row for its in found for row in its]}

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        touched = [ch for ch in changes if any(e.topic in TOUCHING for e in ch.entries)]
        self._write(c, [(ch.key, ch.after) for ch in touched if ch.before is None], anew=False)
        self._write(c, [(ch.key, ch.after) for ch in touched if ch.before is not None], anew=True)

    def again(self, c: Connection, entries: Sequence[Entry]) -> None:
        published = [e for e in entries if e.topic == "calendar.published"]
        if not published:
            return
        before = max(entry.position for entry in entries) + 1
        every = any(e.data["edition"] > 1 for e in published)
        question = f"SELECT DISTINCT stream_id FROM {OPENING}"
        question += "" if every else " WHERE provisional = 1"
        for some in chunks(sorted(stream for (stream,) in rows(c, question)), AT_ONCE):
            stories = self._stories.load(c, set(some), before)
            self._write(c, list(stories.items()), anew=True)

    def _write(self, c: Connection, stories: Sequence[tuple[str, Story]], *, anew: bool) -> None:
        if anew:
            write(c, f"DELETE FROM {OPENING} WHERE stream_id = ?", [(s,) for s, _ in stories])
        workdays = self._calendars.workdays(c)
        upsert(c, OPENING, [row for s, story in stories for row in _rows(s, story, workdays)])


def _rows(stream: str, story: Story, workdays: Workdays) -> Iterator[tuple[Any, ...]]:
    if story.state.category != Category.PENALTY:
        return
    for record in story.state.records.values():
        if record.settled or not record.decided_on:
            continue
        grade = record.publicity_class or PublicityClass.GENERAL
        for rule_set, day, provisional in _opens(record.decided_on, grade, workdays):
            yield stream, record.record, rule_set, day, provisional


@lru_cache(maxsize=8192)
def _opens(decided_on: str, grade: str, workdays: Workdays) -> list[tuple[str, str, int]]:
    """By rule set, when a record of that day opens: many were decided on the same day."""
    found = lawful_days(decided_on, grade, workdays)
    return [(one.rules.id, one.day, int(one.provisional)) for one in found]
