"""What do we know about this case now?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, or_, select

from projections.beside import Beside
from projections.driver import revise, upsert
from projections.reading import Change, ReadModel, Story, Told
from projections.tables import model_table

TABLES = MetaData()

CASE_FILE = model_table(
    "case_file",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("reference", Text),
    Column("campaign", Text, nullable=False),
    Column("enterprise", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Index("case_file_reference", "reference"),
    Index("case_file_campaign", "campaign"),
    Index("case_file_enterprise", "enterprise"),
)


class CaseFile(ReadModel[str, Story]):
    """One row a case: what it is called, whose it is and where it stands."""

    name: ClassVar[str] = "case_file"
    tables: ClassVar[tuple[Table, ...]] = (CASE_FILE,)
    tells: ClassVar[bool] = True

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        return {CASE_FILE: [_row(change.key, change.after) for change in changes]}

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        upsert(c, CASE_FILE, [_row(ch.key, ch.after) for ch in changes if ch.before is None])
        changed = [_row(ch.key, ch.after) for ch in changes if ch.before is not None]
        # What stands there is what the entries before said: it need not be read back.
        known = {ch.key: _row(ch.key, ch.before) for ch in changes if ch.before is not None}
        revise(c, CASE_FILE, changed, known)

    def find(self, c: Connection, name: str) -> Any:
        """The row of a case by its number or the register's reference; None if there is none."""
        question = select(CASE_FILE).where(
            or_(CASE_FILE.c.number == name, CASE_FILE.c.reference == name)
        )
        return c.execute(question.order_by(CASE_FILE.c.number == name).limit(1)).one_or_none()

    def of(self, c: Connection, stream: str) -> Any:
        return c.execute(select(CASE_FILE).where(CASE_FILE.c.stream_id == stream)).one_or_none()


def _row(stream: str, story: Story) -> tuple[Any, ...]:
    state = story.state
    return (
        stream,
        story.version,
        state.number,
        state.reference,
        state.campaign,
        state.enterprise,
        state.category,
        str(state.stage),
        state.last_at,
    )
