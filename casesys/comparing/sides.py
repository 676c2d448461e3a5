"""The tables of the rates as one release left them, read by what this one knows of them.

The rules by which cases are counted are this release's on both sides; what each case was on a day
is each side's own. Whether the other release counts by the same rules only that release can say:
its page computes the figures that it shows by its own (``casesys.comparing.again``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from casesys.comparing.beside import columns_of, names_of
from domain.formulas_deltas import ALL, MEASURES
from domain.formulas_timeline import Standing
from domain.vocabulary import CATEGORIES
from projections.driver import rows, rows_in
from projections.packed_steps import decode_steps
from projections.rates import RATES_CASE
from projections.rates_spans import COLUMNS, RATES_SPAN, RATES_WORD, facts_said, rows_on
from projections.rates_sums import RATES_LEDGER, UNTIL

KEYS = ("span", "period", "category")
UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, IndexError)
OF_A_CASE = {"stream_id", "enterprise", "category", "case_no"}


class Span(NamedTuple):
    """How a case stood: as long, and the words for it."""

    since: int
    until: int
    facts: int
    place: int
    kind: int


class Case(NamedTuple):
    """A case as one side's row has it; the steps as text."""

    case_no: int
    stream: str
    enterprise: str
    category: str
    steps: str


class Side:
    """One version of the rates' tables."""

    def __init__(self, c: Connection, version: int) -> None:
        self._c = c
        names = names_of(c, "rates", version)
        self.spans, self.words, self.cases, self.ledger = (
            names.get(table.info["question"], "")
            for table in (RATES_SPAN, RATES_WORD, RATES_CASE, RATES_LEDGER)
        )

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The sums that its ledger holds, in their order; nothing where it has no such table."""
        columns = list(self._columns(self.ledger))
        if not set(KEYS) <= set(columns):
            return ()
        return tuple(name for name in columns if name not in KEYS)

    @cached_property
    def tells_days(self) -> bool:
        """Whether it says of each case on each day what this release's counts ask."""
        spans, words = self._columns(self.spans), self._columns(self.words)
        if not {"since", "until", *COLUMNS} <= set(spans) or not {"word", "text"} <= set(words):
            return False
        try:
            some = rows(self._c, f"SELECT facts, word FROM {self.spans}, {self.words} LIMIT 1")
            self.facts({word for word, _ in some})
        except UNREADABLE:
            return False
        return self.tells_cases

    @cached_property
    def tells_cases(self) -> bool:
        return set(self._columns(self.cases)) >= OF_A_CASE

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The measures of a case, in the places by which its steps name them."""
        return tuple(
            name for name in self.measures if name not in MEASURES[len(Standing._fields) :]
        )

    def sums(self, day: str, asked: Collection[str]) -> dict[str, dict[str, int]]:
        """These measures at the end of a day, by category; an enterprise on two lists once."""
        names = [name for name in self.measures if name in asked]
        if not names:
            return {}
        question = (
            f"SELECT category, {', '.join(f'SUM({name})' for name in names)} "
            f"FROM {self.ledger} WHERE {UNTIL} GROUP BY category"
        )
        found = {
            category: dict(zip(names, map(int, its), strict=True))
            for category, *its in rows(self._c, question, [day[:7], day[:7], day])
        }
        nothing = dict.fromkeys(names, 0)
        its = {category: found.get(category, nothing) for category in CATEGORIES}
        own = found.get(ALL, nothing)
        together = {
            name: sum(one[name] for one in its.values()) if name in Standing._fields else own[name]
            for name in names
        }
        return {**its, ALL: together}

    def rows(self, day: str) -> list[tuple[int, ...]]:
        return list(rows_on(self._c, day, spans=self.spans))

    def facts(self, words: Collection[int]) -> Mapping[int, Any]:
        return facts_said(self._c, words, self.words)

    def spans_of(self, cases: Iterable[int]) -> dict[int, list[Span]]:
        """How each of these cases stood, from which day on."""
        question = (
            f"SELECT case_no, since, until, facts, place, kind FROM {self.spans} "
            "WHERE case_no IN ({keys})"
        )
        found: dict[int, list[Span]] = {}
        for case, *span in rows_in(self._c, question, cases):
            found.setdefault(case, []).append(Span._make(span))
        for its in found.values():
            its.sort()
        return found

    def cases_of(self, enterprises: Iterable[str]) -> dict[int, Case]:
        steps = "steps" if "steps" in self._columns(self.cases) else "'[]'"
        question = (
            f"SELECT case_no, stream_id, enterprise, category, {steps} FROM {self.cases} "
            "WHERE enterprise IN ({keys})"
        )
        return {row[0]: Case(*row) for row in rows_in(self._c, question, enterprises)}

    def walked(self, steps: str) -> Iterator[tuple[str, Any]]:
        """Each step of a case: its day, and the place and the measures that are new in it."""
        try:
            for day, packed, *anew in decode_steps(steps):
                values = zip(packed[::2], packed[1::2], strict=True)
                yield day, ({self.places[place]: value for place, value in values}, anew)
        except UNREADABLE:
            return

    def _columns(self, table: str) -> Mapping[str, str]:
        return columns_of(self._c, table) if table else {}
