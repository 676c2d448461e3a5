"""Which cases have come to an end and still hold personal data?"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text

from domain.decisions.erasing import named_files, personal_fields, still_kept
from domain.retention import ended
from projections.driver import rows
from projections.reading import Story
from projections.some_cases import SomeCases
from projections.tables import model_table

TABLES = MetaData()

KEPT_PERSONAL = model_table(
    "kept_personal",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("enterprise", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ended_on", Text, nullable=False),
    # How many entries have sealed fields that open, and how many files they rest on.
    Column("entries", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Index("kept_personal_due", "outcome", "ended_on"),
)


class KeptPersonal(NamedTuple):
    """One ended case with what it still holds."""

    stream_id: str
    number: str
    enterprise: str
    unit: str
    outcome: str
    ended_on: str
    entries: int
    files: int


class PersonalDataKept(SomeCases):
    """One row an ended case that was not erased, or in which something was sealed since."""

    name: ClassVar[str] = "kept_personal"
    table: ClassVar[Table] = KEPT_PERSONAL
    tables: ClassVar[tuple[Table, ...]] = (KEPT_PERSONAL,)

    def row(self, stream: str, story: Story) -> tuple[Any, ...] | None:
        return kept_of(stream, story)

    def ended_before(
        self, c: Connection, outcome: str, day: str, reach: str = ""
    ) -> list[KeptPersonal]:
        """Those that came to this end before a day, the oldest end first."""
        where, asked = (" AND unit = ?", [reach]) if reach else ("", [])
        question = (
            f"SELECT {', '.join(KeptPersonal._fields)} FROM {KEPT_PERSONAL} "
            f"WHERE outcome = ? AND ended_on < ?{where} ORDER BY ended_on, number"
        )
        return [KeptPersonal._make(row) for row in rows(c, question, [outcome, day, *asked])]


def kept_of(stream: str, story: Story) -> KeptPersonal | None:
    """None of a case that is worked on, or holds nothing personal."""
    state = story.state
    end = ended(state, story.live)
    if end is None:
        return None
    kept = still_kept(story.entries)
    entries, files = len(personal_fields(kept)), len(named_files(kept))
    if not entries and not files:
        return None
    return KeptPersonal(
        stream,
        state.number,
        state.enterprise,
        state.unit,
        str(end.outcome),
        end.on,
        entries,
        files,
    )
