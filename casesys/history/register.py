"""A register of past work as CSV files: read row by row, each value checked where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from casesys.csv_rows import (
    RegisterFileMissing,
    RegisterNameIsTwice,
    RegisterNameIsUnknown,
    RegisterWordIsUnknown,
    Row,
    rows_of,
)
from casesys.units import read_units
from domain.identifiers import uscc
from domain.vocabulary import Category, RegistrationStatus

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
        self.units = read_units(folder / "units.csv")
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


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    found = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
    except FileNotFoundError:
        raise RegisterFileMissing(file=path.name, line=0, column="", value="") from None
    return found.hexdigest()


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
