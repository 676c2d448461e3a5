"""Which entries of the log does an auditor ask for first: voids, reads, grants?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING, Entry
from projections.driver import rows
from projections.marked import MarkedEntries
from projections.tables import model_table

TABLES = MetaData()

TRAIL_MARK = model_table(
    "trail_mark",
    2,
    TABLES,
    Column("mark", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    # The version that a void takes away or a read opens; of a grant 0.
    Column("target", Integer, nullable=False),
    Column("voided", Integer, nullable=False),
    Index("trail_mark_entry", "stream_id", "version"),
)

VOID, READ, GRANT = "void", "read", "grant"
GRANTS = frozenset(
    {"account.opened", "account.role_granted", "account.role_revoked", "account.closed"}
)
READS = "case.personal_data_revealed"


class TrailMarks(MarkedEntries):
    """One row an entry and mark: the few of a long log that are found without reading it."""

    name: ClassVar[str] = "trail_marks"
    table: ClassVar[Table] = TRAIL_MARK
    tables: ClassVar[tuple[Table, ...]] = (TRAIL_MARK,)
    topics = VOIDING | GRANTS | {READS}

    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        if entry.topic in VOIDING:
            yield _row(entry, VOID, target=entry.data["target"])
        elif entry.topic == READS:
            yield _row(entry, READ, target=entry.data["target"])
        elif entry.topic in GRANTS:
            yield _row(entry, GRANT)

    def reads(self, c: Connection) -> Sequence[tuple[str, str, int, int]]:
        """Who opened personal data of which case: account, stream, how often, the last entry."""
        question = (
            f"SELECT actor, stream_id, COUNT(*), MAX(position) FROM {TRAIL_MARK} "
            "WHERE mark = ? GROUP BY actor, stream_id ORDER BY MAX(position) DESC"
        )
        return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows(c, question, [READ])]


def _row(entry: Entry, mark: str, target: int = 0) -> tuple[Any, ...]:
    return (mark, entry.position, entry.stream_id, entry.version, entry.actor, target)
