"""The figures of a receipt as a file for a spreadsheet, each beside the number that proves it."""

from __future__ import annotations

from collections.abc import Iterator

from casesys.figures.receipt_view import LineView, ReceiptView
from casesys.lists.export import Cell, csv_of, workbook_of
from domain.formulas import whole_percent

COLUMNS = (
    ("receipts.number", 18),
    ("receipts.figure", 30),
    ("receipts.part", 24),
    ("receipts.percent", 10),
    ("receipts.side.numerator", 10),
    ("receipts.side.denominator", 10),
    ("receipts.unit", 8),
    ("receipts.formula", 30),
    ("receipts.version", 8),
    ("receipts.as_of", 12),
    ("receipts.position", 14),
    ("receipts.digest", 68),
)


def receipt_csv(view: ReceiptView, language: str) -> bytes:
    return csv_of(COLUMNS, _rows(view), language)


def receipt_workbook(view: ReceiptView, language: str) -> bytes:
    return workbook_of("receipts.sheet", COLUMNS, _rows(view), language)


def _rows(view: ReceiptView) -> Iterator[list[Cell]]:
    return (_cells(view, one) for one in view.lines)


def _cells(view: ReceiptView, one: LineView) -> list[Cell]:
    line = one.line
    percent = None
    if line.denominator is not None:
        percent = whole_percent(line.numerator, line.denominator)
    return [
        one.number,
        one.title,
        one.part,
        "" if percent is None else percent,
        line.numerator,
        "" if line.denominator is None else line.denominator,
        one.unit,
        line.figure,
        line.version,
        view.receipt.as_of,
        view.receipt.position,
        line.digest,
    ]
