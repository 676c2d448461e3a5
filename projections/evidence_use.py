"""Which entries rest on this file, and which file do several cases rest on?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.decisions.erasing import FILES
from domain.entries import Entry
from projections.driver import rows
from projections.ledger import LEDGER
from projections.marked import MarkedEntries
from projections.tables import model_table

TABLES = MetaData()

EVIDENCE_USE = model_table(
    "evidence_use",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("voided", Integer, nullable=False),
    Index("evidence_use_file", "sha256", "voided", "stream_id"),
)

DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class EvidenceUse(MarkedEntries):
    """One row a file that an entry names; what an entry taken away rested on stays, and says so."""

    name: ClassVar[str] = "evidence_use"
    table: ClassVar[Table] = EVIDENCE_USE
    tables: ClassVar[tuple[Table, ...]] = (EVIDENCE_USE,)
    topics = FILES.keys()

    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        for field in FILES.get(entry.topic, ()):
            digest = entry.data[field]
            # A register may hold words where a photograph was meant.
            if isinstance(digest, str) and DIGEST.match(digest):
                yield (
                    entry.stream_id,
                    entry.version,
                    field,
                    digest,
                    entry.position,
                    entry.topic,
                    entry.actor,
                    entry.occurred_at,
                )

    def uses(self, c: Connection, files: Sequence[str]) -> Sequence[tuple[str, int]]:
        """The entries that name one of these files, as (file, position), oldest first."""
        if not files:
            return []
        several = ", ".join("?" * len(files))
        question = (
            f"SELECT sha256, position FROM {EVIDENCE_USE} WHERE sha256 IN ({several}) "
            "ORDER BY position"
        )
        return [(row[0], row[1]) for row in rows(c, question, files)]

    def reached(self, c: Connection, sha256: str, unit: str) -> bool:
        """Whether a case of the unit rests on the file, or no case at all does."""
        if not rows(c, f"SELECT 1 FROM {EVIDENCE_USE} WHERE sha256 = ? LIMIT 1", [sha256]):
            return True
        question = (
            f"SELECT 1 FROM {EVIDENCE_USE} u JOIN {LEDGER} l ON l.stream_id = u.stream_id "
            "WHERE u.sha256 = ? AND l.unit = ? LIMIT 1"
        )
        return bool(rows(c, question, [sha256, unit]))
