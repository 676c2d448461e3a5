"""A workbook as an officer sends it: which sheets are lists, where each begins, its cells."""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from casesys.intake.cells import Cell, is_empty, shown
from casesys.intake.headers import Header, read_header, yuan_of_titles

MOST_BYTES = 64 * 2**20
MOST_UNPACKED = 400 * 2**20
MOST_PARTS = 5_000
MOST_RATIO = 200
# Small parts of honest files pack very well: the ratio is asked only of what could hurt.
RATIO_ASKED_FROM = 16 * 2**20
MOST_ROWS = 200_000
MOST_CELLS = 8_000_000
MOST_CHARACTERS = 200_000_000
MEMORY = 3 * 2**30
SECONDS = 60
HEADER_WITHIN = 40  # rows: a header further down belongs to no list that we know

_CODE_LIKE = re.compile(r"[0-9A-Z]{17,18}")
# Whole names only: officers fill in a 模板 and send it under that name.
_NO_LIST = re.compile(
    r"(填表|填报|填写|使用|操作|录入)?(说明|须知|指南|示例|样例)|(数据)?字典|下拉.*"
)


class WorkbookRefused(Exception):
    """The file as a whole is no list: ``code`` and ``values`` say why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class SheetRow:
    """One row below a header, its merged cells filled; ``number`` is the spreadsheet's own."""

    number: int
    cells: tuple[Cell, ...]
    header: Header | None
    filled: frozenset[int] = frozenset()  # columns whose value stands in a merged cell further up
    shared: frozenset[int] = frozenset()  # columns whose cell is merged with the row above or below
    is_header: bool = False

    def cell(self, field: str) -> Cell:
        column = self.header.columns.get(field) if self.header else None
        return "" if column is None or column >= len(self.cells) else self.cells[column]

    def letter(self, field: str) -> str:
        column = self.header.columns.get(field) if self.header else None
        return "" if column is None else column_letter(column)


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``skipped`` is the code of why it is no list, None where it is one."""

    name: str
    titles: tuple[str, ...] = ()
    rows: tuple[SheetRow, ...] = ()
    skipped: str | None = None
    ignored: tuple[tuple[str, str], ...] = ()  # letter and header of columns that mean no field


def column_letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_workbook(source: str | Path | bytes, *, memory: int = MEMORY) -> list[Sheet]:
    """Every sheet of a workbook file, in its order; a file that is no workbook is refused."""
    data = source if isinstance(source, bytes) else _read(Path(source))
    _refuse_by_looks(data)
    return [_sheet(answer) for answer in _open(data, memory)]


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise WorkbookRefused("workbook.too_large", size=size, most=MOST_BYTES)
    # A pipe or a device has no size and may never end.
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _refuse_by_looks(data: bytes) -> None:
    """What can be told without unpacking a byte."""
    if len(data) > MOST_BYTES:
        raise WorkbookRefused("workbook.too_large", size=len(data), most=MOST_BYTES)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # .xls, or a locked .xlsx in its box
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookRefused("workbook.encrypted")
        return
    if data[:2] != b"PK":
        raise WorkbookRefused("workbook.not_one")
    if data.count(b"PK\x01\x02") > MOST_PARTS:  # before an object is made of each of them
        raise WorkbookRefused("workbook.bomb", parts=MOST_PARTS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            entries = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise WorkbookRefused("workbook.unreadable") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookRefused("workbook.encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    dense = unpacked > RATIO_ASKED_FROM and unpacked > MOST_RATIO * len(data)
    if unpacked > MOST_UNPACKED or dense:
        raise WorkbookRefused("workbook.bomb", unpacked=unpacked, most=MOST_UNPACKED)
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "content.xml"}:  # .xlsb tells no merged cells: save anew
        binary = "xl/workbook.bin" in names
        raise WorkbookRefused("workbook.binary" if binary else "workbook.not_one")


def _open(data: bytes, memory: int) -> Iterator[dict[str, Any]]:
    """The sheets as the opener tells them; it may die of the file, we may not."""
    opener = Path(__file__).with_name("opener.py")
    limits = [str(limit) for limit in (memory, SECONDS, MOST_ROWS, MOST_CELLS, MOST_CHARACTERS)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(opener), *limits],
            input=data,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookRefused("workbook.too_large") from None
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.endswith(b"}")]
    for answer in answers:
        if "refused" in answer:
            raise WorkbookRefused(answer["refused"])
    if done.returncode:  # killed at a limit by a signal, or failed on what the reader cannot take
        killed = done.returncode < 0
        raise WorkbookRefused("workbook.too_large" if killed else "workbook.unreadable")
    if not answers:
        raise WorkbookRefused("workbook.unreadable")
    yield from answers


def _sheet(answer: Mapping[str, Any]) -> Sheet:
    name = answer["name"]
    if answer["hidden"]:
        return Sheet(name, skipped="sheet.hidden")
    if "error" in answer:
        return Sheet(name, skipped="sheet.unreadable")
    cells = [[_cell(value) for value in row] for row in answer["rows"]]
    while cells and all(is_empty(cell) for cell in cells[-1]):
        cells.pop()
    if not cells:
        return Sheet(name, skipped="sheet.empty")
    own = [SheetRow(n, tuple(row), None) for n, row in enumerate(cells, 1)]
    labels, rows = _fill(own, answer["merges"])
    if _NO_LIST.fullmatch(name.strip()):
        return Sheet(name, skipped="sheet.instructions")
    return _list(name, labels, rows)


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        if kind == "date":
            return datetime.date.fromisoformat(text)
        return datetime.datetime.fromisoformat(text) if kind == "datetime" else str(text)
    return value if isinstance(value, str | int | float) else ""


def _fill(
    rows: list[SheetRow], merges: Iterable[Sequence[Sequence[int]]]
) -> tuple[list[tuple[str, ...]], list[SheetRow]]:
    """Every row of a merge gets its value; a header label also stands over all its columns."""
    wide = max(len(row.cells) for row in rows)
    grid: list[list[Cell]] = [[*row.cells, *[""] * (wide - len(row.cells))] for row in rows]
    labels = [[shown(cell) for cell in row] for row in grid[: HEADER_WITHIN + 1]]
    filled: list[set[int]] = [set() for _ in rows]
    shared: list[set[int]] = [set() for _ in rows]
    work = 0
    for (top, left), (bottom, right) in merges:
        bottom, right = min(bottom, len(rows) - 1), min(right, wide - 1)
        work += max(0, bottom - top + 1)
        if work > MOST_CELLS:
            raise WorkbookRefused("workbook.too_large")
        if top > bottom or left > right or is_empty(grid[top][left]):
            continue
        value = grid[top][left]
        for n in range(top, min(bottom, len(labels) - 1) + 1):
            labels[n][left : right + 1] = [shown(value)] * (right - left + 1)
        if bottom == top:
            continue
        for n in range(top, bottom + 1):
            shared[n].add(left)
            if n > top and is_empty(grid[n][left]):
                grid[n][left] = value
                filled[n].add(left)
    done = [
        replace(row, cells=tuple(line), filled=frozenset(into), shared=frozenset(with_others))
        for row, line, into, with_others in zip(rows, grid, filled, shared, strict=True)
    ]
    return [tuple(line) for line in labels], done


def _list(name: str, labels: list[tuple[str, ...]], rows: list[SheetRow]) -> Sheet:
    blank = ("",) * len(labels[0])
    first: tuple[int, Header] | None = None
    for at, (upper, lower) in enumerate(pairwise([*labels[:HEADER_WITHIN], blank])):
        if (header := read_header(upper, lower)) is not None:
            first = at, header
            break
    if first is None:
        # Without a header nothing can be read, but a list must not vanish without a word.
        lost = tuple(row for row in rows if _holds_a_code(row))
        return Sheet(name, rows=lost, skipped=None if lost else "sheet.instructions")
    at, header = first
    titles = tuple(dict.fromkeys(text.strip() for row in labels[:at] for text in row if text))
    if header.yuan is None:
        header = replace(header, yuan=yuan_of_titles(titles))
    below = tuple(_under(header, rows[at + header.rows :], yuan_of_titles(titles)))
    ignored = tuple((column_letter(column), text) for column, text in header.ignored)
    return Sheet(name, titles, below, ignored=ignored)


def _under(header: Header, rows: list[SheetRow], said: Any) -> Iterator[SheetRow]:
    """The rows, each under the header in force: lists are stacked and pages repeat theirs."""
    skip = 0
    for row, following in pairwise([*rows, SheetRow(0, (), None)]):
        again = _another_header(row, following) if not skip else None
        if again is not None:
            header = again if again.yuan is not None else replace(again, yuan=said)
            skip = again.rows
        yield replace(row, header=header, is_header=bool(skip))
        skip = max(0, skip - 1)


def _another_header(row: SheetRow, following: SheetRow) -> Header | None:
    texts = [cell if isinstance(cell, str) else "" for cell in row.cells]
    if not any(("名称" in text or "代码" in text) and len(text) < 30 for text in texts):
        return None  # asked of every row of a long list: the quick answer first
    lower = [shown(cell) for cell in following.cells] or [""] * len(texts)
    return read_header(texts, lower)


def _holds_a_code(row: SheetRow) -> bool:
    return any(isinstance(c, str) and _CODE_LIKE.fullmatch(c.strip().upper()) for c in row.cells)
