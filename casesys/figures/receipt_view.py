"""A receipt as a reader sees it: every line in words, beside it what the same figure is today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Line, Wanted, told, version_of
from casesys.figures.members import Of
from casesys.figures.receipt_document import read_document
from casesys.figures.receipt_words import (
    figure_words,
    fraction_words,
    part_words,
    sentence_of,
    unit_words,
    value_words,
)
from casesys.figures.receipts import (
    SIZE,
    FigureReceipt,
    document_of,
    find_receipt,
    in_groups,
    lines,
    logins_of,
    publish,
)
from casesys.permits import Person
from casesys.system import System
from domain.counts import CountingUnit
from domain.formulas import DESK, FORMULAS
from domain.formulas_deltas import AXES
from domain.vocabulary import CATEGORIES
from projections.paging import paged

BASE = ("cases", "enterprises", "records", "repaired", "closed")
SIDES = ("numerator", "denominator")
DIGITS = 12
"""How much of a digest is shown."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line in words; ``sentence`` only where the figure is named for the first time."""

    line: Line
    number: str
    title: str
    part: str
    sentence: str
    value: str
    fraction: str
    unit: str
    digest: str
    query: Mapping[str, str]
    now: Line | None
    now_value: str
    now_fraction: str

    @property
    def is_rate(self) -> bool:
        return self.line.denominator is not None

    @property
    def differs(self) -> bool:
        return self.now is not None and self.now.counts != self.line.counts


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt with its lines in words; ``kept`` if the document is there to be handed out."""

    receipt: FigureReceipt
    lines: Sequence[LineView]
    kept: bool

    @property
    def changed(self) -> int:
        """How many figures are others today."""
        return sum(one.differs for one in self.lines)


class ReceiptMember(NamedTuple):
    """One 宗 with its case, one 件, or one 家 by its credit code, which has no case."""

    case: str | None
    name: str


class ReceiptMembers(NamedTuple):
    """One page of those whom one side of a line counts."""

    receipt: FigureReceipt
    line: LineView
    unit: CountingUnit
    rows: Sequence[ReceiptMember]
    total: int
    page: int
    pages: int
    first: int


def publish_page(
    system: System,
    person: Person,
    asked: Question,
    by: str,
    counting: CountingUnit,
    purpose: str,
    command_id: str | None = None,
) -> FigureReceipt:
    """Publish what the page of figures shows: every formula, both lists, the base, the groups."""
    wanted = [Wanted(name) for name in FORMULAS]
    wanted += [Wanted(name, Of(category=one)) for one in CATEGORIES for name in DESK]
    wanted += [Wanted(count) for count in BASE]
    if by in AXES:
        whole = counting == CountingUnit.ENTERPRISE
        figure = "repair.by_enterprise_full" if whole else "repair.by_record"
        with system.database.read() as c:
            grouped = in_groups(system, c, asked._replace(reach=person.reach), [figure], by)
        wanted += grouped[1:]
    return publish(system, person, asked, list(dict.fromkeys(wanted)), purpose, command_id)


def see_receipt(system: System, person: Person, number: str, language: str) -> ReceiptView:
    """:raises FigureReceiptIsUnknown: the office gave no such number, or it is beyond reach"""
    receipt = find_receipt(system, person, number)
    now = _today(system, receipt)
    shown = _views(system, receipt, language, now)
    return ReceiptView(receipt, shown, document_of(system, receipt) is not None)


def _today(system: System, receipt: FigureReceipt) -> dict[int, Line]:
    """What the books say today of the same day; nothing of a figure whose rule is another."""
    same = [line for line in receipt.lines if version_of(line.figure) == line.version]
    wanted = [Wanted(line.figure, line.of) for line in same]
    with system.database.read() as c:
        found = lines(system, c, Question(receipt.as_of, None, receipt.reach), wanted)
    return {line.number: now for line, now in zip(same, found, strict=True)}


def _views(
    system: System, receipt: FigureReceipt, language: str, now: Mapping[int, Line]
) -> list[LineView]:
    logins = logins_of(system, receipt)
    said: set[str] = set()
    shown = []
    for line in receipt.lines:
        today = now.get(line.number)
        explained = line.denominator is None or line.figure in said
        said.add(line.figure)
        shown.append(
            LineView(
                line,
                receipt.line_number(line),
                figure_words(line.figure, language),
                part_words(line.of, language, logins),
                "" if explained else sentence_of(line.figure, language),
                value_words(line),
                "" if line.denominator is None else fraction_words(*line.counts),
                unit_words(line.figure, language),
                line.digest[:DIGITS],
                told(line.of),
                today,
                "" if today is None else value_words(today),
                "" if today is None else fraction_words(*today.counts),
            )
        )
    return shown


def receipt_members(
    system: System, person: Person, number: str, place: int, side: str, page: int, language: str
) -> ReceiptMembers | None:
    """One page of those whom a line names, as its document has them; None where there is none.

    :raises FigureReceiptIsUnknown: the office gave no such number, or it is beyond reach
    """
    receipt = find_receipt(system, person, number)
    kept = document_of(system, receipt)
    if kept is None or side not in SIDES or not 0 < place <= len(receipt.lines):
        return None
    said: Any = read_document(kept.text)
    where = said["lines"][place - 1]["members"][side]
    if where is None:
        return None
    part = said["members"][where]
    names = part["names"]
    at = paged(len(names), page, SIZE)
    unit = CountingUnit(part["unit"])
    rows = [_member(unit, name) for name in names[at.start : at.stop]]
    line = _views(system, receipt, language, {})[place - 1]
    return ReceiptMembers(receipt, line, unit, rows, at.total, at.page, at.pages, at.first)


def _member(unit: CountingUnit, name: str) -> ReceiptMember:
    if unit == CountingUnit.ENTERPRISE:
        return ReceiptMember(None, name)
    case, _, record = name.partition(" ")
    return ReceiptMember(case, record or case)
