"""The work report as another program reads its Word file: texts, tables, numbers and marks."""

from __future__ import annotations

import re
from io import BytesIO
from typing import NamedTuple

from docx import Document

_MARKED = re.compile(r"(\d[\d,]*|—)([％%]?)\[(\d+)\]")
_CELL = re.compile(r"(\d+)/(\d+)\n(?:(\d+)[％%]|—)")
_MARK = re.compile(r"\[\d+(?:\+\d+−\d+)?\]")


class Rate(NamedTuple):
    numerator: int
    denominator: int
    percent: int | None


class Paper:
    """One paper, by its paragraphs and its tables."""

    def __init__(self, content: bytes) -> None:
        document = Document(BytesIO(content))
        self.paragraphs = [one.text for one in document.paragraphs if one.text]
        self.tables = [
            [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
        ]
        cells = [cell for table in self.tables for row in table for cell in row]
        self.words = "\n".join([*self.paragraphs, *cells])

    @property
    def unmarked(self) -> str:
        """What the paper says, its marks left out."""
        return _MARK.sub("", self.words)

    def table(self, head: str) -> dict[str, list[str]]:
        """The rows of the first table whose head begins with a word, by their first cell."""
        found = next(table for table in self.tables if table[0][0] == head)
        return {row[0].strip(): [_MARK.sub("", cell) for cell in row[1:]] for row in found[1:]}

    def rates(self, head: str) -> dict[str, list[Rate]]:
        """The same of a table of rates."""
        return {name: [_rate(cell) for cell in cells] for name, cells in self.table(head).items()}

    def marks(self) -> list[tuple[str, bool, int]]:
        """Every number that has a mark: the number, whether it is a percent, and the mark."""
        return [(n, bool(sign), int(mark)) for n, sign, mark in _MARKED.findall(self.words)]


def _rate(cell: str) -> Rate:
    found = _CELL.fullmatch(cell)
    assert found is not None, cell
    numerator, denominator, percent = found.groups()
    return Rate(int(numerator), int(denominator), int(percent) if percent else None)
