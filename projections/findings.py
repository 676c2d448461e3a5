"""What should an auditor look at twice, and which entries are behind it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import Entry, voided_versions
from domain.findings import (
    ALONE,
    LATE,
    LATE_DAYS,
    MEETS_DEADLINES,
    NO_ACT,
    RULES,
    UNSETTLING,
    Found,
    Outside,
    days_late,
    of_deadlines,
    of_entries,
    of_story,
)
from domain.instants import start_of_day
from domain.office_hours import outside_hours
from domain.workdays import Workdays
from projections.beside import Beside
from projections.driver import add, chunks, delete, rows, rows_in, select_all, upsert
from projections.office import Calendars
from projections.reading import CaseStories, Change, ReadModel, Story, Told
from projections.tables import model_table

TABLES = MetaData()

FINDING = model_table(
    "finding",
    3,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    # The file, record or step meant; empty where the code says all.
    Column("detail", Text, nullable=False),
    # The version of another entry that it is about; 0 where there is none.
    Column("other", Integer, nullable=False),
    # Whole days between happening and recording; of other kinds 0.
    Column("days", Integer, nullable=False),
    Column("voided", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Index("finding_kind", "kind", "voided", "days", "position"),
    Index("finding_actor", "actor", "kind"),
)
ACTED = model_table(
    "acted",
    3,
    TABLES,
    Column("actor", Text, primary_key=True),
    # How many entries of cases a person recorded, whatever became of them.
    Column("acts", BigInteger, nullable=False),
    sums=1,
)
OF_STREAM = f"{select_all(FINDING)} WHERE stream_id IN ({{keys}})"
TOUCHED = (
    "SELECT DISTINCT stream_id FROM log WHERE position < ? AND substr(topic, 1, 5) = 'case.' "
    "AND (occurred_at >= ? OR recorded_at >= ?)"
)
KEY = 4
"""How many columns of a row are its key; they stand first."""
EVERYTHING = 2**62
"""A position behind every entry."""
AT_ONCE = 2000
"""How many stories are held at once when many are judged again."""
Row = tuple[Any, ...]


class Findings(ReadModel[str, Story]):
    """One row a finding of a case, and how much each person recorded; what the entries of several
    cases share is found in ``evidence_use`` and ``record_index``.

    A calendar published later judges again what happened, or was recorded, from its year on.
    """

    name: ClassVar[str] = "findings"
    tables: ClassVar[tuple[Table, ...]] = (FINDING, ACTED)
    tells: ClassVar[bool] = True

    def __init__(self, source: CaseStories, calendars: Calendars) -> None:
        super().__init__(source)
        self._stories = source
        self._calendars = calendars
        self._kept: tuple[Workdays, Outside] | None = None

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        workdays, outside = beside.workdays, self._outside(beside.workdays)
        found = ((ch, _found(ch.after, workdays, outside)) for ch in changes)
        return {
            FINDING: [row for ch, its in found for row in _rows(ch.key, ch.after, its)],
            ACTED: _acted(changes),
        }

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        workdays = self._calendars.workdays(c)
        outside = self._outside(workdays)
        anew: dict[str, Story] = {}
        added: list[Row] = []
        for change in changes:
            if change.before is None or not _only_adds(change.before, change.entries):
                anew[change.key] = change.after
                continue
            by_itself = of_entries(change.entries, (), outside)
            added += _rows(change.key, change.after, by_itself)
            together = list(_together(change.after, change.entries, workdays))
            if together:
                self._keep(c, change.key, list(_rows(change.key, change.after, together)))
        upsert(c, FINDING, added)
        if anew:
            self._judge(c, anew, workdays)
        add(c, ACTED, _acted(changes))

    def also(self, c: Connection, entries: Sequence[Entry]) -> None:
        """Entries of no case may be late or against a rule, too."""
        beside = [entry for entry in entries if not entry.topic.startswith("case.")]
        upsert(c, FINDING, [row for entry in beside for row in _of_no_case(entry)])

    def again(self, c: Connection, entries: Sequence[Entry]) -> None:
        """A calendar judges anew what it may say something else of."""
        for entry in entries:
            if entry.topic == "calendar.published":
                first = start_of_day(f"{entry.data['year']}-01-01")
                touched = rows(c, TOUCHED, (entry.position, first, first))
                for some in chunks(sorted(stream for (stream,) in touched), AT_ONCE):
                    # Whole stories: entries that followed the calendar may have been judged before.
                    stories = self._stories.load(c, set(some), EVERYTHING)
                    self._judge(c, stories, self._calendars.workdays(c))

    def _outside(self, workdays: Workdays) -> Outside:
        if self._kept is None or self._kept[0] is not workdays:
            self._kept = (workdays, outside_hours(workdays))
        return self._kept[1]

    def _keep(self, c: Connection, stream: str, values: Sequence[Row]) -> None:
        """Write what is not there yet; what is there stays."""
        known = {tuple(row) for row in rows_in(c, OF_STREAM, [stream])}
        upsert(c, FINDING, [row for row in values if row not in known])

    def _judge(self, c: Connection, stories: Mapping[str, Story], workdays: Workdays) -> None:
        """Write what is found in these cases, and take away what is found no more."""
        outside = self._outside(workdays)
        known = {tuple(row[:KEY]): tuple(row) for row in rows_in(c, OF_STREAM, stories)}
        new: list[Row] = []
        for stream, story in stories.items():
            for row in _rows(stream, story, _found(story, workdays, outside)):
                if not known or known.pop(row[:KEY], None) != row:
                    new.append(row)
        delete(c, FINDING, list(known))
        upsert(c, FINDING, new)


def _only_adds(before: Story, entries: Sequence[Entry]) -> bool:
    """Whether these entries leave all findings of the case as they are, and may add to them.

    So it is where they take nothing away, move no deadline, and happened after all the others.
    """
    if any(entry.topic in UNSETTLING for entry in entries):
        return False
    return before.goes_on_with(entries)


def _acted(changes: Iterable[Change[str, Story]]) -> list[Row]:
    acts = Counter(
        entry.actor for change in changes for entry in change.entries if entry.topic not in NO_ACT
    )
    return sorted(acts.items())


def _rows(stream: str, story: Story, found: Iterable[Found]) -> Iterator[Row]:
    entries, state = story.entries, story.state
    for one in found:
        entry = entries[one.version - 1]
        yield (
            stream,
            one.version,
            one.kind,
            one.code,
            one.detail,
            one.other,
            one.days,
            int(one.gone),
            entry.position,
            entry.actor,
            state.unit,
            state.town,
            entry.occurred_at,
            entry.recorded_at,
        )


def _found(story: Story, workdays: Workdays, outside: Outside) -> Iterable[Found]:
    live = story.live
    gone = voided_versions(story.entries) if len(live) < len(story.entries) else ()
    yield from of_entries(story.entries, gone, outside)
    yield from of_story(live, story.state.category)
    yield from of_deadlines(live, story.state, workdays)


def _together(story: Story, entries: Sequence[Entry], workdays: Workdays) -> Iterator[Found]:
    """What all entries of a case say since these were added to them."""
    topics = {entry.topic for entry in entries}
    if not topics <= ALONE:
        yield from of_story(story.live, story.state.category)
    if not topics.isdisjoint(MEETS_DEADLINES):
        yield from of_deadlines(story.live, story.state, workdays)


def _of_no_case(entry: Entry) -> Iterator[Row]:
    at = (entry.position, entry.actor, "", "", entry.occurred_at, entry.recorded_at)
    days = days_late(entry)
    if days >= LATE_DAYS:
        yield (entry.stream_id, entry.version, LATE, LATE, "", 0, days, 0, *at)
    for code in entry.findings:
        yield (entry.stream_id, entry.version, RULES, code, "", 0, 0, 0, *at)
