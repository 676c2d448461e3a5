"""Which figures left the office, when, by whom, and of whose cases?"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Text

from domain.entries import Entry
from domain.instants import local_day
from projections.driver import rows
from projections.office import FlatRows
from projections.tables import model_table

TABLES = MetaData()

PUBLISHED_FIGURES = model_table(
    "published_figures",
    2,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("year", Text, nullable=False),
    Column("published_at", Text, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("known_at", Text),
    Column("log_position", BigInteger, nullable=False),
    Column("reach", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("published_figures_reach", "reach", "position"),
    Index("published_figures_document", "sha256"),
)


class Publication(NamedTuple):
    """One row; ``log_position`` is the state of knowledge, ``position`` that of the entry."""

    stream_id: str
    number: str
    year: str
    published_at: str
    published_by: str
    as_of: str
    known_at: str | None
    log_position: int
    reach: str
    purpose: str
    lines: int
    sha256: str
    position: int


SELECT = f"SELECT {', '.join(Publication._fields)} FROM {PUBLISHED_FIGURES}"


class Published(FlatRows):
    """One row a publication; its lines stand in the log."""

    name, prefix = "published", "figures."
    table, tables = PUBLISHED_FIGURES, (PUBLISHED_FIGURES,)

    @staticmethod
    def take(row: dict[str, Any], entry: Entry) -> None:
        said = ("number", "as_of", "known_at", "log_position", "reach", "purpose", "sha256")
        row |= {
            "stream_id": entry.stream_id,
            "year": local_day(entry.recorded_at)[:4],
            "published_at": entry.recorded_at,
            "published_by": entry.actor,
            **{fact: entry.data[fact] for fact in said},
            "lines": len(entry.data["lines"]),
            "position": entry.position,
        }

    def many_in(self, c: Connection, year: str) -> int:
        question = f"SELECT COUNT(*) FROM {PUBLISHED_FIGURES} WHERE year = ?"
        return int(rows(c, question, [year])[0][0])

    def reach_of(self, c: Connection, sha256: str) -> str | None:
        """Whose cases the document of a receipt is about; None where it is no such document."""
        found = rows(c, f"SELECT reach FROM {PUBLISHED_FIGURES} WHERE sha256 = ?", [sha256])
        return str(found[0][0]) if found else None

    def last_of(self, c: Connection, reach: str, day: str) -> Publication | None:
        """What was published last of a day, of the whole office or of exactly this unit."""
        question = f"{SELECT} WHERE reach = ? AND as_of = ? ORDER BY position DESC LIMIT 1"
        found = rows(c, question, [reach, day])
        return Publication._make(found[0]) if found else None

    def page(
        self, c: Connection, reach: str, first: int, size: int
    ) -> tuple[list[Publication], int]:
        """Those of a unit (empty: all), the newest first, and how many there are."""
        where, asked = (" WHERE reach = ?", [reach]) if reach else ("", [])
        question = f"{SELECT}{where} ORDER BY position DESC LIMIT ? OFFSET ?"
        found = [Publication._make(row) for row in rows(c, question, [*asked, size, first])]
        ((total,),) = rows(c, f"SELECT COUNT(*) FROM {PUBLISHED_FIGURES}{where}", asked)
        return found, int(total)
