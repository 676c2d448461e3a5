"""Which case holds this record number, and what became of the record?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text, select

from projections.beside import Beside
from projections.driver import delete, upsert
from projections.reading import Change, ReadModel, Story, Told
from projections.tables import model_table

TABLES = MetaData()

RECORD_INDEX = model_table(
    "record_index",
    2,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("number_key", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("decided_on", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("repair", Text, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("performance", Text),
    Column("attached_position", BigInteger, nullable=False),
    # The search looks for a part of a number, and asks whose case it is in.
    Index("record_index_number", "number_key", "case_number"),
)

TOUCHING = frozenset(
    {
        "case.record_attached",
        "case.repair_applied",
        "case.repair_returned",
        "case.repair_result_recorded",
        "case.repair_revoked",
        "case.performance_recorded",
        "case.record_removed_by_court",
        "case.entry_voided",
        "case.entry_corrected",
    }
)


class RecordIndex(ReadModel[str, Story]):
    """One row a 宗; numbers are compared in their normal form."""

    name: ClassVar[str] = "record_index"
    tables: ClassVar[tuple[Table, ...]] = (RECORD_INDEX,)
    tells: ClassVar[bool] = True

    def told(self, changes: Sequence[Change[str, Story]], beside: Beside) -> Told:
        found = (_rows(change.key, change.after) for change in changes)
        return {RECORD_INDEX: [row for its in found for _, row in its]}

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        gone: list[tuple[Any, ...]] = []
        values: list[tuple[Any, ...]] = []
        for change in changes:
            if not any(entry.topic in TOUCHING for entry in change.entries):
                continue
            before = dict(_rows(change.key, change.before)) if change.before else {}
            after = dict(_rows(change.key, change.after))
            gone += [(change.key, record) for record in before if record not in after]
            values += [row for record, row in after.items() if before.get(record) != row]
        delete(c, RECORD_INDEX, gone)
        upsert(c, RECORD_INDEX, values)

    def of_case(self, c: Connection, stream: str) -> Sequence[Any]:
        question = select(RECORD_INDEX).where(RECORD_INDEX.c.stream_id == stream)
        return c.execute(question.order_by(RECORD_INDEX.c.attached_position)).all()


def _rows(stream: str, story: Story) -> Iterator[tuple[str, tuple[Any, ...]]]:
    positions = {entry.version: entry.position for entry in story.live}
    state = story.state
    for record in state.records.values():
        yield (
            record.record,
            (
                stream,
                record.record,
                record.number_key,
                record.number,
                state.number,
                state.category,
                record.authority,
                record.decided_on,
                record.amount_fen,
                record.repair,
                int(record.repaired),
                record.performance,
                positions[record.version],
            ),
        )
