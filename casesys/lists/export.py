"""A list of cases as a file for a spreadsheet: what the page shows, and nothing personal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from casesys.lists import Row
from casesys.words import known, say

MOST_EXPORTED = 10_000
"""How many cases one file holds: it is made in memory."""

COLUMNS = (
    ("list.field.number", 16),
    ("list.field.enterprise", 34),
    ("list.field.uscc", 22),
    ("list.field.campaign", 12),
    ("list.field.category", 16),
    ("list.field.town", 12),
    ("list.field.unit", 22),
    ("export.officer", 10),
    ("export.records", 8),
    ("export.repaired", 12),
    ("list.field.stage", 14),
    ("worklist.next_step", 22),
    ("list.field.due", 12),
    ("export.days", 12),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would take for something to compute; an East Asian one
takes the full-width signs for the same."""

Cell = str | int
Columns = Sequence[tuple[str, int]]
"""The word of each head, and how wide its column is."""


def cells_of(row: Row, language: str) -> list[Cell]:
    """One case, in the reader's words, column by column."""
    line = row.line

    def word(kind: str, value: str | None) -> str:
        return say(f"choice.{kind}.{value}", language) if value else ""

    step = f"command.{line.step}"
    return [
        line.number,
        line.name or "",
        line.uscc,
        line.campaign,
        word("Category", line.category),
        line.town,
        line.unit,
        row.officer or "",
        line.records,
        line.repaired,
        word("Stage", line.stage),
        say(step, language) if known(step) else "",
        line.due_on or "",
        "" if row.days is None else row.days,
    ]


def as_csv(rows: Iterable[Row], language: str) -> bytes:
    return csv_of(COLUMNS, (cells_of(row, language) for row in rows), language)


def as_workbook(rows: Iterable[Row], language: str) -> bytes:
    cells = (cells_of(row, language) for row in rows)
    return workbook_of("export.sheet", COLUMNS, cells, language)


def csv_of(columns: Columns, rows: Iterable[Sequence[Cell]], language: str) -> bytes:
    """UTF-8 with the mark by which Excel knows it; a text that looks like a formula is disarmed."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow([say(code, language) for code, _ in columns])
    for cells in rows:
        writer.writerow([_plain(cell) for cell in cells])
    return file.getvalue().encode("utf-8-sig")


def workbook_of(
    title: str, columns: Columns, rows: Iterable[Sequence[Cell]], language: str
) -> bytes:
    """One sheet with its head kept in sight; every text is written as a text."""
    file = BytesIO()
    guarded = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, guarded) as book:
        sheet = book.add_worksheet(say(title, language))
        bold = book.add_format({"bold": True, "bottom": 1})
        for place, (code, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, say(code, language), bold)
        sheet.freeze_panes(1, 1)
        count = 0
        for count, cells in enumerate(rows, 1):
            _write(sheet, count, cells)
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return file.getvalue()


def _write(sheet: object, line: int, cells: Sequence[Cell]) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(line, place, cell)  # type: ignore[attr-defined]
        else:
            sheet.write_string(line, place, cell)  # type: ignore[attr-defined]


def _plain(cell: Cell) -> Cell:
    """An apostrophe before it makes a spreadsheet show the text and compute nothing."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
