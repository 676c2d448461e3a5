"""What has a rule set still to judge: of each open case its deadlines, attempts and penalties?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import Column, Connection, Index, MetaData, Table, Text

from domain.case_state import CaseState
from domain.rejudging import Judged, JudgedRecord, judged
from domain.rulesets import RULE_SETS
from projections.driver import pages, rows, rows_in
from projections.openings import OPENING
from projections.reading import Story
from projections.some_cases import SomeCases
from projections.tables import model_table

TABLES = MetaData()

JUDGING = model_table(
    "judging",
    1,
    TABLES,
    Column("stream_id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("enterprise", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("officer", Text),
    Column("facts", Text, nullable=False),
    Index("judging_unit", "unit"),
)

_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Judged).decode


class JudgedCase(NamedTuple):
    """One open case and what its rules judge."""

    stream: str
    number: str
    enterprise: str
    campaign: str
    category: str
    town: str
    unit: str
    officer: str | None
    facts: Judged


class Opens(NamedTuple):
    """A penalty whose repair may be asked for from a day on."""

    case: JudgedCase
    record: JudgedRecord
    rule_set: str
    day: str
    provisional: bool


def judged_case(stream: str, state: CaseState) -> JudgedCase | None:
    """None where no rule has anything left to say of the case."""
    facts = judged(state)
    if facts is None:
        return None
    return JudgedCase(
        stream,
        state.number,
        state.enterprise,
        state.campaign,
        state.category,
        state.town,
        state.unit,
        state.officer,
        facts,
    )


class Judging(SomeCases):
    """One row an open case, from which any rule set can judge it without reading its story."""

    name: ClassVar[str] = "judging"
    table: ClassVar[Table] = JUDGING
    tables: ClassVar[tuple[Table, ...]] = (JUDGING,)

    def row(self, stream: str, story: Story) -> tuple[Any, ...] | None:
        found = judged_case(stream, story.state)
        return None if found is None else _row(found)

    def cases(self, c: Connection, reach: str = "") -> Iterator[JudgedCase]:
        """Every open case in no order; with a ``reach`` that unit's alone."""
        where, values = (" WHERE unit = ?", [reach]) if reach else ("", [])
        for some in pages(c, f"{_ASKED}{where}", values):
            yield from map(_case, some)

    def opening(self, c: Connection, first: str, last: str, reach: str = "") -> list[Opens]:
        """The penalties whose repair begins to be lawful on one of these days."""
        found: list[tuple[Any, ...]] = []
        for rules in RULE_SETS:
            # What may still move is kept under every rule set; the one of its day counts.
            since = first if rules is RULE_SETS[0] else max(first, rules.first_day)
            until = min(last, rules.last_day or last)
            question = (
                f"SELECT stream_id, record, rule_set, opens_on, provisional FROM {OPENING} "
                "WHERE opens_on >= ? AND opens_on <= ? AND rule_set = ?"
            )
            found += rows(c, question, [since, until, rules.id])
        cases = {case.stream: case for case in self.of(c, {row[0] for row in found})}
        return [
            Opens(case, record, rule_set, day, bool(provisional))
            for stream, name, rule_set, day, provisional in found
            if (case := cases.get(stream)) and (not reach or case.unit == reach)
            for record in case.facts.records
            if record.record == name
        ]

    def of(self, c: Connection, streams: Iterable[str]) -> Iterator[JudgedCase]:
        """These cases, as far as they are open."""
        question = f"{_ASKED} WHERE stream_id IN ({{keys}})"
        return map(_case, rows_in(c, question, sorted(streams)))


_ASKED = (
    "SELECT stream_id, number, enterprise, campaign, category, town, unit, officer, facts "
    f"FROM {JUDGING}"
)


def _row(found: JudgedCase) -> tuple[Any, ...]:
    return (*found[:-1], _encode(found.facts).decode())


def _case(row: Sequence[Any]) -> JudgedCase:
    stream, number, enterprise, campaign, category, town, unit, officer, facts = row
    return JudgedCase(
        stream, number, enterprise, campaign, category, town, unit, officer, _decode(facts)
    )
