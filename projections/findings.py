"""Which rules did the register of past work break, and where?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    select,
    tuple_,
)

from domain.entries import Entry
from projections.marked import MarkedEntries

TABLES = MetaData()

FINDING = Table(
    "finding",
    TABLES,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("code", Text, primary_key=True),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("voided", Integer, nullable=False),
    Index("finding_code", "code", "position"),
    Index("finding_stream", "stream_id", "version"),
)


class Findings(MarkedEntries):
    """One row an entry and rule; the findings of an entry taken away stay, and say so."""

    name: ClassVar[str] = "findings"
    version: ClassVar[int] = 1
    table: ClassVar[Table] = FINDING
    tables: ClassVar[tuple[Table, ...]] = (FINDING,)

    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        for code in entry.findings:
            yield (
                entry.position,
                code,
                entry.stream_id,
                entry.version,
                entry.topic,
                entry.actor,
                entry.occurred_at,
                entry.recorded_at,
            )

    def by_code(self, c: Connection) -> dict[str, int]:
        """How many entries that count broke each rule, the most frequent first."""
        many = func.count()
        question = (
            select(FINDING.c.code, many)
            .where(FINDING.c.voided == 0)
            .group_by(FINDING.c.code)
            .order_by(many.desc(), FINDING.c.code)
        )
        return {row[0]: row[1] for row in c.execute(question)}

    def page(
        self,
        c: Connection,
        *,
        code: str | None = None,
        topic: str | None = None,
        actor: str | None = None,
        stream: str | None = None,
        voided: bool | None = None,
        after: tuple[int, str] = (0, ""),
        limit: int = 50,
    ) -> Sequence[Any]:
        """Findings in the order of the log, after the (position, code) given."""
        question = select(FINDING).where(tuple_(FINDING.c.position, FINDING.c.code) > after)
        wanted = {"code": code, "topic": topic, "actor": actor, "stream_id": stream}
        for column, value in wanted.items():
            if value is not None:
                question = question.where(FINDING.c[column] == value)
        if voided is not None:
            question = question.where(FINDING.c.voided == int(voided))
        order = (FINDING.c.position, FINDING.c.code)
        return c.execute(question.order_by(*order).limit(limit)).all()
