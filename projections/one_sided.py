"""Which steps that ask for two persons stand on one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING
from domain.second_person import CONFIRMS, TOUCHING, one_sided
from projections.driver import delete, rows, upsert
from projections.reading import Change, ReadModel, Story

TABLES = MetaData()

ONE_SIDED = Table(
    "one_sided",
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("how", Text, nullable=False),
    Column("actor", Text, nullable=False),
    # The version of the entry that proposed it; 0 where nothing was proposed.
    Column("proposed", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("one_sided_how", "how", "position"),
)


class OneSidedSteps(ReadModel[str, Story]):
    """One row a step that counts and on both sides of which the same person stands, or nobody."""

    name: ClassVar[str] = "one_sided"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[Table, ...]] = (ONE_SIDED,)

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        gone: list[tuple[Any, ...]] = []
        values: list[tuple[Any, ...]] = []
        for change in changes:
            if not any(e.topic in TOUCHING or e.topic in VOIDING for e in change.entries):
                continue
            if not any(entry.topic in CONFIRMS for entry in change.after.entries):
                continue
            before = {row[1]: row for row in _rows(change.before)} if change.before else {}
            after = {row[1]: row for row in _rows(change.after)}
            gone += [(change.key, version) for version in before if version not in after]
            values += [row for version, row in after.items() if before.get(version) != row]
        delete(c, ONE_SIDED, gone)
        upsert(c, ONE_SIDED, values)

    def by_how(self, c: Connection) -> dict[str, int]:
        question = "SELECT how, COUNT(*) FROM one_sided GROUP BY how ORDER BY how"
        return {row[0]: int(row[1]) for row in rows(c, question)}

    def page(
        self, c: Connection, how: str, before: int | None = None, limit: int = 50
    ) -> list[tuple[int, str, int]]:
        """Steps of one kind, the newest first: position, stream, and the version that proposed."""
        where = "how = ?"
        values: list[Any] = [how]
        if before is not None:
            where += " AND position < ?"
            values.append(before)
        question = (
            f"SELECT position, stream_id, proposed FROM one_sided WHERE {where} "
            "ORDER BY position DESC LIMIT ?"
        )
        return [(row[0], row[1], row[2]) for row in rows(c, question, [*values, limit])]


def _rows(story: Story) -> Iterator[tuple[Any, ...]]:
    positions = {entry.version: entry.position for entry in story.live}
    stream = story.entries[0].stream_id
    for step in one_sided(story.live):
        yield (
            stream,
            step.version,
            step.how,
            step.actor,
            step.proposed,
            positions[step.version],
        )
