"""What must be done next on a case, and by when?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text

from domain.deadlines import Deadline, running
from domain.entries import Entry
from domain.main_step import main_step
from domain.workdays import Workdays
from projections.driver import rows, upsert
from projections.office import Calendars
from projections.reading import CaseStories, Change, ReadModel, Story

TABLES = MetaData()

WORKLIST = Table(
    "worklist",
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("step", Text),
    Column("clock", Text),
    Column("due_on", Text),
    Column("provisional", Integer, nullable=False),
    Index("worklist_due", "due_on"),
    Index("worklist_step", "step"),
)


class Worklist(ReadModel[str, Story]):
    """One row a case: its next step, and the deadline that runs now if one does.

    A due day that needs a calendar which is not yet published is provisional and is computed
    again as soon as the calendar enters the log.
    """

    name: ClassVar[str] = "worklist"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[Table, ...]] = (WORKLIST,)

    def __init__(self, source: CaseStories, calendars: Calendars) -> None:
        super().__init__(source)
        self._stories = source
        self._calendars = calendars

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        workdays = self._calendars.workdays(c)
        upsert(c, WORKLIST, [_row(ch.key, ch.after, workdays) for ch in changes])

    def also(self, c: Connection, entries: Sequence[Entry]) -> None:
        published = [e for e in entries if e.topic == "calendar.published"]
        if not published:
            return
        anew = any(e.data["edition"] > 1 for e in published)
        question = "SELECT stream_id FROM worklist" + ("" if anew else " WHERE provisional = 1")
        streams = {stream for (stream,) in rows(c, question)}
        stories = self._stories.load(c, streams, entries[-1].position + 1)
        workdays = self._calendars.workdays(c)
        upsert(c, WORKLIST, [_row(stream, story, workdays) for stream, story in stories.items()])


def _row(stream: str, story: Story, workdays: Workdays) -> tuple[Any, ...]:
    deadline: Deadline | None = running(story.state, workdays)
    due = deadline.due if deadline is not None else None
    return (
        stream,
        main_step(story.state),
        str(deadline.kind) if deadline is not None else None,
        due.day if due is not None else None,
        int(due is not None and due.provisional),
    )
