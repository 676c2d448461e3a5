"""Every row of a list judged: accepted, held, rejected, duplicate or skipped, and by which cell."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from casesys.intake import cells
from casesys.intake.cells import CellFault
from casesys.intake.headers import FIELDS
from casesys.intake.skipping import no_record
from casesys.intake.workbook import Sheet, SheetRow
from domain.identifiers import Identified, court_case_number, penalty_document_number, uscc
from domain.vocabulary import Category

Result = Literal["accepted", "held", "rejected", "duplicate", "skipped"]
Values = dict[str, str | int | None]

REQUIRED = ("name", "uscc", "category", "number", "authority", "decided_on", "listed_on")
_BATCH = re.compile(r"(?<![0-9A-Z])B20\d{2}-\d{2}(?!\d)")


@dataclass(frozen=True)
class Problem:
    """What is wrong with which cell: a code and its values, for the caller's sentence."""

    field: str
    column: str
    code: str
    values: dict[str, object]
    suggestion: str | None = None
    held: bool = False  # a person can decide it


@dataclass(frozen=True)
class CheckedRow:
    """The answer to one row; ``reason`` says why a skipped row is no record."""

    sheet: str
    row: int
    result: Result
    problems: tuple[Problem, ...]
    values: Values | None
    raw: dict[str, str]
    campaign: str | None
    reason: str | None = None


@dataclass
class _Read:
    """A row read cell by cell, before it is compared with others."""

    sheet: str
    row: SheetRow
    values: Values
    problems: list[Problem]
    number_key: str | None = None

    def problem(self, name: str, fault: CellFault) -> None:
        letter = self.row.letter(name)
        found = Problem(name, letter, fault.code, fault.values, fault.suggestion, fault.held)
        self.problems.append(found)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def suggest(self, name: str, known: Collection[str]) -> None:
        if len(known) == 1:
            (fix,) = known
            self.problems = [
                replace(problem, suggestion=fix) if problem.field == name else problem
                for problem in self.problems
            ]

    def faulty(self, name: str) -> bool:
        return any(problem.field == name for problem in self.problems)


def campaign_of(sheet: Sheet, row: SheetRow, given: str | None) -> str | None:
    """The campaign that a row belongs to; None when nothing says it, not even its listing day."""
    if given:
        return given
    for text in (sheet.name, *sheet.titles):
        if batch := _BATCH.search(unicodedata.normalize("NFKC", text).upper()):
            return batch[0]
    try:
        return "L" + cells.day(row.cell("listed_on")).replace("-", "")
    except CellFault:
        return None


def check(
    sheets: Sequence[Sheet],
    *,
    units: Collection[str],
    known_name: Callable[[str], str | None],
    known_number: Callable[[str, str], bool],
    campaign: str | None,
    today: str,
) -> list[CheckedRow]:
    """The answer to every row of every list in a workbook, in its order.

    ``known_name`` tells the name under which a credit code is registered, ``known_number`` whether
    a credit code has a record with this number (the ``key`` of `domain.identifiers`).
    """
    read: list[tuple[Sheet, SheetRow, _Read | str]] = []
    for sheet in sheets:
        for row in sheet.rows if sheet.skipped is None else ():
            skipped = no_record(row)
            read.append((sheet, row, skipped or _read(sheet.name, row, today)))
    _suggest([found for _, _, found in read if isinstance(found, _Read)])
    judge = _Judge(units, known_name, known_number)
    rows = []
    for sheet, row, found in read:
        at = (sheet.name, row.number)
        raw = _raw(row)
        if isinstance(found, str):
            rows.append(CheckedRow(*at, "skipped", (), None, raw, None, found))
            continue
        result = judge(found)
        values = None if result == "rejected" else found.values
        into = campaign_of(sheet, row, campaign)
        rows.append(CheckedRow(*at, result, tuple(found.problems), values, raw, into))
    return rows


def _raw(row: SheetRow) -> dict[str, str]:
    if row.header is None:
        return {}
    return {name: cells.shown(row.cell(name)) for name in FIELDS if name in row.header.columns}


def _read(sheet: str, row: SheetRow, today: str) -> _Read:
    """The row cell by cell: every fault of every cell, not only the first."""
    found = _Read(sheet, row, dict.fromkeys(_VALUES), [])
    if row.header is None:
        found.problems.append(Problem("", "", "sheet.no_header", {}))
        return found
    for name in FIELDS:
        cell = row.cell(name)
        try:
            _take(found, name, cell, today)
        except CellFault as fault:
            found.problem(name, fault)
    decided, listed = found.text("decided_on"), found.text("listed_on")
    if listed and listed > today:
        found.problem("listed_on", CellFault("date.future", today=today))
    if decided and decided > today:
        found.problem("decided_on", CellFault("date.future", today=today))
    elif decided and listed and decided > listed:
        found.problem("decided_on", CellFault("date.after_listing", listed_on=listed))
    return found


_VALUES = (*(name for name in FIELDS if name != "amount"), "amount_fen")


def _take(found: _Read, name: str, cell: cells.Cell, today: str) -> None:
    row, values = found.row, found.values
    if cells.is_empty(cell) or (isinstance(cell, str) and cell.strip() in cells.NOTHING):
        if name in REQUIRED:
            raise CellFault(f"{name}.missing")
        return
    if name == "uscc":
        _take_code(found, cell)
    elif name == "number":
        _take_number(found, cells.shown(cell), int(today[:4]))
    elif name == "amount":
        # One sum beside several 宗 is not the sum of each: only a person can divide it.
        if row.header and row.header.columns["amount"] in row.shared:
            raise CellFault("amount.shared", held=True, given=cells.shown(cell))
        values["amount_fen"] = cells.amount(cell, row.header.yuan if row.header else None)
    elif name in ("decided_on", "listed_on"):
        values[name] = cells.day(cell)
    elif name == "category":
        values[name] = cells.category(cell)
    elif name == "name":
        values[name] = cells.name(cell)
    else:
        values[name] = cells.remark(cell) if name == "remark" else cells.text(cell, name)


def _take_code(found: _Read, cell: cells.Cell) -> None:
    if not isinstance(cell, str):  # a spreadsheet keeps fifteen digits of a number: three are gone
        raise CellFault("uscc.number_cell", given=cells.shown(cell))
    code = uscc(cell)
    found.values["uscc"] = code.normal
    _raise_of(code, cell)


def _take_number(found: _Read, text: str, this_year: int) -> None:
    category = found.values["category"]
    court = court_case_number(text, this_year=this_year)
    penalty = penalty_document_number(text)
    if category not in (Category.PENALTY, Category.JUDGMENT):
        return  # the row is refused for its category: which kind of number it is, nobody can say
    number, other = (penalty, court) if category == Category.PENALTY else (court, penalty)
    found.values["number"] = number.normal or number.key
    found.number_key = number.key
    if category == Category.PENALTY and other.verdict == "valid":
        raise CellFault("number.of_other_kind", held=True, given=text[:80])
    if number.verdict == "invalid" and other.verdict == "valid":
        raise CellFault("number.of_other_kind", given=text[:80])
    _raise_of(number, text)


def _raise_of(number: Identified, text: str) -> None:
    if number.verdict != "valid":
        code = next(iter(number.problems), f"{number.kind}.invalid")
        raise CellFault(
            code, held=number.verdict == "ask", suggestion=number.suggestion, given=text[:80]
        )


def _suggest(rows: Sequence[_Read]) -> None:
    """A faulty code's nearest fix is the one sound code that the list gives that name, and back."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        code, name = row.text("uscc"), row.text("name")
        if code and name and not row.faulty("uscc"):
            codes[name].add(code)
            names[code].add(name)
    for row in rows:
        row.suggest("uscc", codes.get(row.text("name") or "", set()))
        if row.text("name") is None:
            row.suggest("name", names.get(row.text("uscc") or "", set()))


class _Judge:
    """Compares each row with the rows before it and with what the office knows already."""

    def __init__(
        self,
        units: Collection[str],
        known_name: Callable[[str], str | None],
        known_number: Callable[[str, str], bool],
    ) -> None:
        self._units = {cells.text(unit, "unit"): unit for unit in units}
        self._nearest_unit = lru_cache(maxsize=None)(
            lambda unit: cells.nearest(unit, list(self._units))
        )
        self._known_name, self._known_number = known_name, known_number
        self._names: dict[str, tuple[str, str, int]] = {}
        self._records: dict[tuple[str, str], _Read] = {}

    def __call__(self, row: _Read) -> Result:
        self._compare_unit(row)
        self._compare_name(row)
        if any(not problem.held for problem in row.problems):
            return "rejected"
        if self._repeats(row):
            return "duplicate"
        return "held" if row.problems else "accepted"

    def _compare_unit(self, row: _Read) -> None:
        unit = row.text("unit")
        if not unit:
            return
        if unit in self._units:
            row.values["unit"] = self._units[unit]
            return
        near = self._nearest_unit(unit)
        row.problem("unit", CellFault("unit.unknown", held=True, suggestion=near, given=unit))

    def _compare_name(self, row: _Read) -> None:
        code, name = row.text("uscc"), row.text("name")
        if not code or not name or row.faulty("uscc"):
            return
        known = self._known_name(code)
        if known is not None and not cells.same_name(known, name):
            fault = CellFault("name.differs_from_known", held=True, suggestion=known, known=known)
            row.problem("name", fault)
            return
        first, sheet, number = self._names.setdefault(code, (name, row.sheet, row.row.number))
        if not cells.same_name(first, name):
            where: dict[str, object] = {"known": first, "sheet": sheet, "row": number}
            row.problem(
                "name", CellFault("name.differs_in_list", held=True, suggestion=first, **where)
            )

    def _repeats(self, row: _Read) -> bool:
        code, key = row.text("uscc"), row.number_key
        if not code or not key:
            return False
        earlier = self._records.setdefault((code, key), row)
        if earlier is not row:
            # Imported once only, but what the second writing says otherwise is not kept silent.
            differing = [name for name in _VALUES if earlier.values[name] != row.values[name]]
            fault = CellFault(
                "number.repeated",
                held=True,
                sheet=earlier.sheet,
                row=earlier.row.number,
                differs=differing,
            )
            row.problem("number", fault)
            return True
        if self._known_number(code, key):
            row.problem("number", CellFault("number.known", held=True))
            return True
        return False
