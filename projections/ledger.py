"""Which enterprises are on the list, how far is each, and what is due next on each?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text

from projections.driver import upsert
from projections.reading import Change, ReadModel, Story

TABLES = MetaData()

LEDGER = Table(
    "ledger",
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("campaign", Text, nullable=False),
    Column("enterprise", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("branch", Text),
    Column("listed_on", Text),
    Column("town", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("officer", Text),
    Column("records", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
    Column("performed", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("contact_class", Text, nullable=False),
    Column("impediments", Text, nullable=False),
    Column("proposals", Text, nullable=False),
    Column("exited_at", Text),
    Column("reopened", Integer, nullable=False),
    Index("ledger_campaign", "campaign"),
    Index("ledger_stage", "stage"),
    Index("ledger_town", "town"),
    Index("ledger_unit", "unit"),
    Index("ledger_enterprise", "enterprise"),
)


def ledger_row(stream: str, story: Story) -> tuple[Any, ...]:
    """The row of one case, in the order of the table's columns."""
    state = story.state
    records = state.records.values()
    return (
        stream,
        state.number,
        state.campaign,
        state.enterprise,
        state.category,
        str(state.stage),
        state.effective_branch,
        state.listed_on,
        state.town,
        state.unit,
        state.officer,
        len(state.records),
        sum(r.repaired for r in records),
        sum(r.performance == "fully" for r in records),
        sum(r.amount_fen for r in records),
        state.attempts,
        state.contact_class,
        " ".join(sorted(state.impediments)),
        " ".join(sorted(state.proposals)),
        state.exited_at,
        int(state.reopened),
    )


class Ledger(ReadModel[str, Story]):
    """One row a case of a campaign's list."""

    name: ClassVar[str] = "ledger"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[Table, ...]] = (LEDGER,)

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        upsert(c, LEDGER, [ledger_row(change.key, change.after) for change in changes])
