"""Which entries of the log does an auditor ask for first: late ones, voids, reads, grants?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.entries import VOIDING, Entry
from domain.instants import moment
from projections.driver import rows
from projections.marked import MarkedEntries

TABLES = MetaData()

TRAIL_MARK = Table(
    "trail_mark",
    TABLES,
    Column("mark", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    # Whole days between happening and recording; of the other marks 0.
    Column("days", Integer, nullable=False),
    # The version that a void takes away or a read opens; of the other marks 0.
    Column("target", Integer, nullable=False),
    Column("voided", Integer, nullable=False),
    Index("trail_mark_days", "mark", "voided", "days", "position", "actor"),
    Index("trail_mark_entry", "stream_id", "version"),
)

LATE, VOID, READ, GRANT = "late", "void", "read", "grant"
LATE_DAYS = 2
"""From how many days on an entry counts as recorded long after the fact."""
GRANTS = frozenset(
    {"account.opened", "account.role_granted", "account.role_revoked", "account.closed"}
)
READS = "case.personal_data_revealed"


class TrailMarks(MarkedEntries):
    """One row an entry and mark: the few of a long log that are found without reading it."""

    name: ClassVar[str] = "trail_marks"
    version: ClassVar[int] = 1
    table: ClassVar[Table] = TRAIL_MARK
    tables: ClassVar[tuple[Table, ...]] = (TRAIL_MARK,)

    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        late = days_late(entry)
        if late >= LATE_DAYS:
            yield _row(entry, LATE, days=late)
        if entry.topic in VOIDING:
            yield _row(entry, VOID, target=entry.data["target"])
        elif entry.topic == READS:
            yield _row(entry, READ, target=entry.data["target"])
        elif entry.topic in GRANTS:
            yield _row(entry, GRANT)

    def late(
        self,
        c: Connection,
        days: int,
        actor: str | None = None,
        before: tuple[int, int] | None = None,
        limit: int = 50,
    ) -> list[tuple[int, int]]:
        """Entries that count and are at least so late, the latest first, as (days, position)."""
        where = "mark = ? AND voided = 0 AND days >= ?"
        values: list[Any] = [LATE, days]
        if before is not None:
            where += " AND days <= ? AND (days < ? OR position < ?)"
            values += [before[0], before[0], before[1]]
        if actor is not None:
            where += " AND actor = ?"
            values.append(actor)
        question = (
            f"SELECT days, position FROM trail_mark WHERE {where} "
            "ORDER BY days DESC, position DESC LIMIT ?"
        )
        return [(row[0], row[1]) for row in rows(c, question, [*values, limit])]

    def late_by_actor(self, c: Connection, days: int) -> list[tuple[str, int, int]]:
        """Who recorded so late: account, how many entries, the most days; the most first."""
        question = (
            "SELECT actor, COUNT(*), MAX(days) FROM trail_mark "
            "WHERE mark = ? AND voided = 0 AND days >= ? GROUP BY actor"
        )
        found = [(row[0], int(row[1]), int(row[2])) for row in rows(c, question, [LATE, days])]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def reads(self, c: Connection) -> Sequence[tuple[str, str, int, int]]:
        """Who opened personal data of which case: account, stream, how often, the last entry."""
        question = (
            "SELECT actor, stream_id, COUNT(*), MAX(position) FROM trail_mark "
            "WHERE mark = ? GROUP BY actor, stream_id ORDER BY MAX(position) DESC"
        )
        return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows(c, question, [READ])]


def days_late(entry: Entry) -> int:
    """How many whole days after it happened an entry was recorded."""
    if entry.occurred_at[:10] == entry.recorded_at[:10]:
        return 0
    return (moment(entry.recorded_at) - moment(entry.occurred_at)).days


def _row(entry: Entry, mark: str, days: int = 0, target: int = 0) -> tuple[Any, ...]:
    here = (mark, entry.position, entry.stream_id, entry.version, entry.actor)
    return (*here, days, target)
