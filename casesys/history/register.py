"""A register of past work as CSV files: read row by row, each value checked where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeVar

from casesys.history.unsound import (
    RegisterAmountIsNone,
    RegisterColumnMissing,
    RegisterDayIsNone,
    RegisterFileIsNoText,
    RegisterFileMissing,
    RegisterNameIsTwice,
    RegisterNameIsUnknown,
    RegisterNumberIsNone,
    RegisterRowHasOtherColumns,
    RegisterTimeIsNone,
    RegisterUnsound,
    RegisterValueMissing,
    RegisterWordIsUnknown,
)
from casesys.units import Unit
from domain.identifiers import uscc
from domain.instants import instant
from domain.vocabulary import Category, RegistrationStatus

W = TypeVar("W", bound=StrEnum)

STATUS_WORDS = {
    "存续": RegistrationStatus.ACTIVE,
    "在业": RegistrationStatus.ACTIVE,
    "开业": RegistrationStatus.ACTIVE,
    "经营异常": RegistrationStatus.ABNORMAL,
    "吊销": RegistrationStatus.REVOKED,
    "注销": RegistrationStatus.DEREGISTERED,
    "破产清算": RegistrationStatus.LIQUIDATION,
    "破产重整": RegistrationStatus.REORGANISATION,
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_FEN = 10**17


class Row:
    """One row of one file: its values by column, and where it stands."""

    __slots__ = ("_columns", "_values", "file", "line")

    def __init__(
        self, file: str, line: int, columns: dict[str, int], values: Sequence[str]
    ) -> None:
        self.file, self.line, self._columns, self._values = file, line, columns, values

    def __getitem__(self, column: str) -> str:
        return self._values[self._columns[column]]

    @property
    def values(self) -> Sequence[str]:
        return self._values

    def unsound(self, fault: type[RegisterUnsound], column: str) -> RegisterUnsound:
        return fault(self.file, self.line, column, self[column])

    def given(self, column: str) -> str:
        value = self[column]
        if not value.strip():
            raise self.unsound(RegisterValueMissing, column)
        return value

    def instant(self, column: str) -> str:
        try:
            return instant(datetime.fromisoformat(self[column]))
        except (ValueError, OverflowError):
            raise self.unsound(RegisterTimeIsNone, column) from None

    def day(self, column: str, text: str | None = None) -> str:
        value = self[column] if text is None else text
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
        raise self.unsound(RegisterDayIsNone, column)

    def word(self, words: type[W], column: str, text: str | None = None) -> W:
        try:
            return words(self[column] if text is None else text)
        except ValueError:
            raise self.unsound(RegisterWordIsUnknown, column) from None

    def fen(self, column: str) -> int:
        try:
            fen = Decimal(self[column]) * 100
            if fen.is_finite() and 0 <= fen < _MOST_FEN and fen == int(fen):
                return int(fen)
        except InvalidOperation:
            pass
        raise self.unsound(RegisterAmountIsNone, column)


class EnterpriseRow(NamedTuple):
    reference: str
    uscc: str
    sound: bool
    name: str
    former_name: str | None
    kind: str | None
    industry: str | None
    town: str
    established_on: str | None
    status: RegistrationStatus | None


class CaseRow(NamedTuple):
    reference: str
    uscc: str
    category: Category
    campaign: str
    listed_on: str
    unit: str
    town: str


class RecordRow(NamedTuple):
    record: str
    case: str
    number: str
    authority: str
    decided_on: str
    amount_fen: int


UNITS = ("unit_no", "unit")
ENTERPRISES = (
    "enterprise_id",
    "uscc",
    "name",
    "former_name",
    "kind",
    "industry",
    "town",
    "established",
    "registration_status",
)
CASES = ("case_id", "uscc", "category", "batch_id", "listed_date", "lead_unit", "town")
RECORDS = ("record_id", "case_id", "document_no", "authority", "decided_date", "amount_yuan")
ACTIONS = (
    "action_id",
    "request_id",
    "case_id",
    "record_id",
    "type",
    "occurred_at",
    "recorded_at",
    "unit",
    "officer",
    "result",
    "detail",
    "target_action_id",
)
RETRIES = ("action_id", "request_id")


class Register:
    """What stands beside the actions: read whole, since every action may speak of any of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units = list(_units(folder / "units.csv"))
        self.enterprises = {row.uscc: row for row in _enterprises(folder / "enterprises.csv")}
        self.cases = _cases(folder / "cases.csv", self.enterprises)
        self.records = _records(folder / "records.csv", self.cases)

    @property
    def actions_file(self) -> Path:
        return self.folder / "actions.csv"

    def actions(self) -> Iterator[Row]:
        return rows_of(self.actions_file, ACTIONS)

    def retries(self) -> list[Row]:
        path = self.folder / "actions_retries.csv"
        return list(rows_of(path, RETRIES)) if path.exists() else []


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a file that has at least these columns.

    :raises RegisterUnsound: there is no such file, or it is no such table
    """
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            head = next(reader, [])
            for column in columns:
                if head.count(column) != 1:
                    raise RegisterColumnMissing(path.name, 1, column)
            places = {column: head.index(column) for column in columns}
            for values in reader:
                line = reader.line_num
                if len(values) != len(head):
                    if not values:
                        continue
                    raise RegisterRowHasOtherColumns(path.name, line, "", str(len(values)))
                yield Row(path.name, line, places, values)
    except FileNotFoundError:
        raise RegisterFileMissing(path.name, 0) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegisterFileIsNoText(path.name, line + 1, "", str(error)) from None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    found = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
    except FileNotFoundError:
        raise RegisterFileMissing(path.name, 0) from None
    return found.hexdigest()


def _units(path: Path) -> Iterator[Unit]:
    names: set[str] = set()
    for row in rows_of(path, UNITS):
        if not (row["unit_no"].isascii() and row["unit_no"].isdigit()):
            raise row.unsound(RegisterNumberIsNone, "unit_no")
        name = row.given("unit")
        if name in names:
            raise row.unsound(RegisterNameIsTwice, "unit")
        names.add(name)
        yield Unit(int(row["unit_no"]), name)


def _enterprises(path: Path) -> Iterator[EnterpriseRow]:
    codes: set[str] = set()
    for row in rows_of(path, ENTERPRISES):
        code = uscc(row.given("uscc"))
        if code.key in codes:
            raise row.unsound(RegisterNameIsTwice, "uscc")
        codes.add(code.key)
        status = row["registration_status"].strip()
        if status and status not in STATUS_WORDS:
            raise row.unsound(RegisterWordIsUnknown, "registration_status")
        yield EnterpriseRow(
            row.given("enterprise_id"),
            code.key,
            code.verdict != "invalid",
            row.given("name"),
            row["former_name"] or None,
            row["kind"] or None,
            row["industry"] or None,
            row["town"],
            row.day("established") if row["established"] else None,
            STATUS_WORDS.get(status),
        )


def _cases(path: Path, enterprises: dict[str, EnterpriseRow]) -> dict[str, CaseRow]:
    found: dict[str, CaseRow] = {}
    keys: set[tuple[str, str, str]] = set()
    for row in rows_of(path, CASES):
        code = uscc(row.given("uscc")).key
        if code not in enterprises:
            raise row.unsound(RegisterNameIsUnknown, "uscc")
        case = CaseRow(
            row.given("case_id"),
            code,
            row.word(Category, "category"),
            row.given("batch_id"),
            row.day("listed_date"),
            row.given("lead_unit"),
            row["town"],
        )
        # One case is one (campaign, enterprise, category): a second row of it is another name.
        key = (case.campaign, case.uscc, case.category)
        if case.reference in found or key in keys:
            raise row.unsound(RegisterNameIsTwice, "case_id")
        keys.add(key)
        found[case.reference] = case
    return found


def _records(path: Path, cases: dict[str, CaseRow]) -> dict[str, RecordRow]:
    found: dict[str, RecordRow] = {}
    for row in rows_of(path, RECORDS):
        if row["case_id"] not in cases:
            raise row.unsound(RegisterNameIsUnknown, "case_id")
        record = RecordRow(
            row.given("record_id"),
            row["case_id"],
            row.given("document_no"),
            row["authority"],
            row.day("decided_date"),
            row.fen("amount_yuan"),
        )
        if record.record in found:
            raise row.unsound(RegisterNameIsTwice, "record_id")
        found[record.record] = record
    return found
