"""The lists of this room as files for a spreadsheet: every line of every case, none personal."""

from __future__ import annotations

from collections.abc import Iterator

from casesys.lists.export import Cell, Columns, csv_of, workbook_of
from casesys.rules import RejudgedPage
from casesys.rules.opens import OpeningRecord, OpensPage
from casesys.rules.words import change_lines
from casesys.words import say

OF_CASES = (
    ("list.field.number", 16),
    ("list.field.enterprise", 34),
    ("list.field.uscc", 22),
    ("list.field.campaign", 12),
    ("list.field.town", 12),
    ("list.field.unit", 22),
)
CHANGED = (
    *OF_CASES,
    ("rejudge.kind", 16),
    ("rejudge.what", 24),
    ("rejudge.change", 44),
    ("rejudge.of_records", 36),
    ("rejudge.reason", 70),
)
OPENING = (
    *OF_CASES,
    ("members.record", 28),
    ("rules.class", 14),
    ("opens.decided_on", 12),
    ("opens.day", 12),
    ("opens.rule_set", 10),
    ("opens.lacks", 30),
    ("opens.to_bring", 44),
)


def rejudged_file(kind: str, found: RejudgedPage, language: str) -> bytes:
    return _file(kind, CHANGED, _changed(found, language), language)


def opens_file(kind: str, found: OpensPage, language: str) -> bytes:
    return _file(kind, OPENING, _opening(found, language), language)


def _file(kind: str, columns: Columns, lines: Iterator[list[Cell]], language: str) -> bytes:
    if kind == "csv":
        return csv_of(columns, lines, language)
    return workbook_of("export.sheet", columns, lines, language)


def _changed(found: RejudgedPage, language: str) -> Iterator[list[Cell]]:
    for row in found.rows:
        case = row.case
        its: list[Cell] = [
            case.number,
            found.names.get(case.enterprise, ""),
            case.enterprise,
            case.campaign,
            case.town,
            case.unit,
        ]
        for line in change_lines(row.found, language):
            kind = say(f"rejudge.effect.{line.effect}", language)
            records = say("page.comma", language).join(line.records)
            yield [*its, kind, line.what, line.words, records, line.why]


def _opening(found: OpensPage, language: str) -> Iterator[list[Cell]]:
    for row in found.rows:
        case, record = row.case, row.record
        yield [
            case.number,
            found.names.get(case.enterprise, ""),
            case.enterprise,
            case.campaign,
            case.town,
            case.unit,
            record.number,
            say(f"choice.PublicityClass.{row.grade}", language),
            record.decided_on,
            row.day,
            row.rule_set,
            *lacks_words(row, language),
        ]


def lacks_words(row: OpeningRecord, language: str) -> tuple[str, str]:
    """What the books lack, and what else is to be handed in."""
    comma = say("page.comma", language)
    lacks = [say(f"opens.lacks.{name}", language) for name in row.lacks or ("complete",)]
    bring = [one.zh if language == "zh" else one.en for one in row.to_bring]
    return comma.join(lacks), comma.join(bring)
