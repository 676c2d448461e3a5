"""What differs between two moments as a file for a spreadsheet: one line a fact that differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casesys.lists.export import COLUMNS as OF_A_LIST
from casesys.lists.export import Cell, csv_of, workbook_of
from casesys.replay.differing import kind_of, way_of
from casesys.replay.moments import ChangedCase, Compared
from casesys.replay.words import fact_label, fact_words
from casesys.words import say

OF_A_CASE = OF_A_LIST[:7]
"""What a list of cases says first of each: which it is, whose, and of which unit."""

COLUMNS = (
    *OF_A_CASE,
    ("moments.kind", 14),
    ("moments.mark", 10),
    ("moments.fact", 30),
    ("moments.was", 22),
    ("moments.now", 22),
    ("moments.entries", 10),
    ("moments.positions", 30),
)


def moments_csv(found: Compared, kind: str, language: str) -> bytes:
    return csv_of(COLUMNS, _lines(found, found.of_kind(kind), language), language)


def moments_workbook(found: Compared, kind: str, language: str) -> bytes:
    lines = _lines(found, found.of_kind(kind), language)
    return workbook_of("moments.sheet", COLUMNS, lines, language)


def _lines(found: Compared, cases: Iterable[ChangedCase], language: str) -> Iterator[list[Cell]]:
    for case in cases:
        place = case.place
        positions = say("page.comma", language).join(str(one.position) for one in case.entries)
        for side in case.sides:
            yield [
                place.number,
                place.name,
                place.enterprise,
                place.campaign,
                say(f"choice.Category.{place.category}", language),
                place.town,
                place.unit,
                say(f"moments.kind.{kind_of(side)}", language),
                say(f"moments.way.{way_of(side)}", language),
                fact_label(side, language),
                fact_words(side.kind, side.before, language, found.logins),
                fact_words(side.kind, side.after, language, found.logins),
                len(case.entries),
                positions,
            ]
