"""Whose personal data were erased, when, by whom, and under which number?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from domain.decisions.erasing import TOPICS
from domain.entries import Entry
from domain.instants import local_day
from projections.driver import rows, rows_in
from projections.ledger import LEDGER
from projections.marked import MarkedEntries
from projections.tables import model_table

TABLES = MetaData()

ERASURE = model_table(
    "erasure",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False, unique=True),
    # case, account or upload
    Column("kind", Text, nullable=False),
    Column("year", Text, nullable=False),
    Column("erased_at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("files", Integer, nullable=False),
    # No void takes an erasure away.
    Column("voided", Integer, nullable=False),
    Index("erasure_year", "year", "position"),
)


class Erasure(NamedTuple):
    """One erasure; its certificate has the number of its place among those of the year."""

    number: str
    stream_id: str
    version: int
    position: int
    kind: str
    erased_at: str
    actor: str
    ground: str
    files: int

    @property
    def day(self) -> str:
        return local_day(self.erased_at)


_NAMED = (
    ", ".join(
        f"e.{name}" for name in ("stream_id", "version", "position", "kind", "erased_at", "actor")
    )
    + ", e.ground, e.files"
)
_ORDINAL = (
    f"(SELECT COUNT(*) FROM {ERASURE} f "
    "WHERE f.year = e.year AND f.position <= e.position) AS ordinal"
)
SELECT = f"SELECT e.year, {_ORDINAL}, {_NAMED} FROM {ERASURE} e"


class Erasures(MarkedEntries):
    """One row an erasure; the numbers follow from the order of the log, so nobody gives them."""

    name: ClassVar[str] = "erasures"
    table: ClassVar[Table] = ERASURE
    tables: ClassVar[tuple[Table, ...]] = (ERASURE,)
    topics = TOPICS

    def marks(self, entry: Entry) -> Iterable[tuple[Any, ...]]:
        if entry.topic in TOPICS:
            yield (
                entry.stream_id,
                entry.version,
                entry.position,
                entry.topic.partition(".")[0],
                local_day(entry.entered_at)[:4],
                entry.entered_at,
                entry.actor,
                entry.data["ground"],
                len(entry.data.get("files", ())),
            )

    def of(self, c: Connection, streams: Collection[str]) -> list[Erasure]:
        """The erasures of these streams, the oldest first."""
        return [one for found in erasures_of(c, streams).values() for one in found]

    def numbered(self, c: Connection, number: str) -> Erasure | None:
        year, ordinal = parts_of(number)
        if not year:
            return None
        question = f"{SELECT} WHERE e.year = ? ORDER BY e.position LIMIT 1 OFFSET ?"
        found = rows(c, question, [year, ordinal - 1])
        return _erasure(found[0]) if found else None

    def all(self, c: Connection) -> list[Erasure]:
        return [_erasure(row) for row in rows(c, f"{SELECT} ORDER BY e.position")]

    def page(self, c: Connection, reach: str, first: int, size: int) -> tuple[list[Erasure], int]:
        """The newest first, and how many; of a unit those of its cases."""
        where, asked = _within(reach)
        question = f"{SELECT}{where} ORDER BY e.position DESC LIMIT ? OFFSET ?"
        found = [_erasure(row) for row in rows(c, question, [*asked, size, first])]
        ((total,),) = rows(c, f"SELECT COUNT(*) FROM {ERASURE} e{where}", asked)
        return found, int(total)

    def removing(self, c: Connection) -> list[Erasure]:
        """Those that had files removed."""
        return [_erasure(row) for row in rows(c, f"{SELECT} WHERE e.files > 0 ORDER BY e.position")]


def erasures_of(c: Connection, streams: Collection[str]) -> dict[str, list[Erasure]]:
    """The erasures of these streams by stream, the oldest first."""
    question = f"{SELECT} WHERE e.stream_id IN ({{keys}}) ORDER BY e.position"
    found: dict[str, list[Erasure]] = {}
    for row in rows_in(c, question, streams):
        one = _erasure(row)
        found.setdefault(one.stream_id, []).append(one)
    return found


def number_of(year: str, ordinal: int) -> str:
    return f"QC-{year}-{ordinal:04d}"


def parts_of(number: str) -> tuple[str, int]:
    """The year and the place; of what is no number of a certificate nothing."""
    head, _, rest = number.strip().partition("-")
    year, _, ordinal = rest.partition("-")
    sound = head == "QC" and len(year) == 4 and 4 <= len(ordinal) <= 9
    if not (sound and (year + ordinal).isascii() and (year + ordinal).isdigit()):
        return "", 0
    place = int(ordinal)
    return (year, place) if place and number_of(year, place) == number.strip() else ("", 0)


def _within(reach: str) -> tuple[str, list[str]]:
    if not reach:
        return "", []
    return f" JOIN {LEDGER} l ON l.stream_id = e.stream_id WHERE l.unit = ?", [reach]


def _erasure(row: tuple[Any, ...]) -> Erasure:
    return Erasure(number_of(row[0], row[1]), *row[2:])
