"""Which rules did the register of past work break, and where?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from domain.entries import VOIDING, Entry
from projections.driver import upsert, write
from projections.reading import NOTHING_KNOWN, Change, Known, ReadModel, Source

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

VOIDED = "UPDATE finding SET voided = 1 WHERE stream_id = ? AND version = ?"


class FoundEntries(Source[str, None]):
    """Entries that stand although they broke a rule, and those that take an entry away.

    Nothing needs to be known of a stream to write its findings down, so nothing is read.
    """

    by_stream = True

    def key(self, entry: Entry) -> str | None:
        return entry.stream_id if entry.findings or entry.topic in VOIDING else None

    def load(
        self, c: Connection, keys: set[str], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[str, None]:
        return {}

    def fold(self, state: None, entries: Sequence[Entry]) -> None:
        return None


class Findings(ReadModel[str, None]):
    """One row an entry and rule; the findings of an entry taken away stay, and say so."""

    name: ClassVar[str] = "findings"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[Table, ...]] = (FINDING,)

    def __init__(self) -> None:
        super().__init__(FoundEntries())

    def settle(self, c: Connection, changes: Sequence[Change[str, None]]) -> None:
        entries = [entry for change in changes for entry in change.entries]
        gone = {(e.stream_id, e.data["target"]) for e in entries if e.topic in VOIDING}
        # In the order of the log, as they are kept: a rebuild comes stream by stream.
        found = sorted(entry for entry in entries if entry.findings)
        upsert(
            c,
            FINDING,
            [
                (
                    entry.position,
                    code,
                    entry.stream_id,
                    entry.version,
                    entry.topic,
                    entry.actor,
                    entry.occurred_at,
                    entry.recorded_at,
                    int((entry.stream_id, entry.version) in gone),
                )
                for entry in found
                for code in entry.findings
            ],
        )
        # What is taken away but is not of this batch was made, and written down, before it.
        here = {(entry.stream_id, entry.version) for entry in found}
        write(c, VOIDED, sorted(gone - here))

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
