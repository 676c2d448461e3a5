"""What the office sees of the lists that were sent: every answer, and the rows that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from casesys.intake.listings import LISTING_RESULTS, Answer
from casesys.system import System
from domain.vocabulary import RowDecision
from projections.driver import rows_in
from projections.office import ACCOUNT
from projections.uploads import EVER

PAGE = 50
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a longer list; pages count from 1."""

    rows: Sequence[Row]
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class UploadView:
    """One upload with the answer of every row as it stands now."""

    row: Row
    sheets: Sequence[Answer]
    answers: Sequence[Answer]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(answer["result"] for answer in self.answers)
        return {result: counted[result] for result in LISTING_RESULTS}


@dataclass(frozen=True, slots=True)
class HeldView:
    """A row that waits, or waited: what it says, what is wrong, who settled it."""

    upload: Row
    row: Row
    values: Mapping[str, Any]
    has_remark: bool


def uploads_page(system: System, page: int, until: str = EVER) -> tuple[Slice, int]:
    """The newest uploads up to an instant, and how many rows of all of them waited then."""
    with system.database.read() as c:
        found, total = system.models.uploads.page(c, (page - 1) * PAGE, PAGE, until)
        _, waiting = system.models.uploads.waiting(c, 0, 1, until)
        return Slice(_with_logins(c, found, "received_by"), page, total), waiting


def held_page(system: System, page: int, until: str = EVER) -> Slice:
    """The rows that waited at an instant, the longest waiting first."""
    with system.database.read() as c:
        found, total = system.models.uploads.waiting(c, (page - 1) * PAGE, PAGE, until)
        uploads = {row["stream_id"] for row in found}
        names = {stream: system.models.uploads.of(c, stream) for stream in uploads}
        return Slice([row | {"upload": names[row["stream_id"]]} for row in found], page, total)


def see_upload(system: System, upload: UUID, until: str = EVER) -> UploadView | None:
    """An upload with the answer of each row as it stood at an instant; None: not received yet."""
    with system.database.read() as c:
        row = system.models.uploads.of(c, str(upload), until)
        if row is None:
            return None
        received = system.log.stream(c, upload)[0]
        held = _with_logins(c, system.models.uploads.held_of(c, str(upload), until), "settled_by")
        waits = {(one["sheet"], one["row_no"]): one for one in held}
        answers = [
            _now(answer, waits.get((answer["sheet"], answer["row"])))
            for answer in received.data["rows"]
        ]
        (named,) = _with_logins(c, [row], "received_by")
        return UploadView(named, received.data["sheets"], answers)


def held_view(system: System, upload: UUID, version: int) -> HeldView | None:
    with system.database.read() as c:
        row = system.models.uploads.of(c, str(upload))
        held = system.models.uploads.held_of(c, str(upload))
        found = [one for one in held if one["version"] == version]
        if row is None or not found:
            return None
        entries = system.log.stream(c, upload)
        entry = next(entry for entry in entries if entry.version == version)
        (named,) = _with_logins(c, found, "settled_by")
        return HeldView(row, named, entry.data["values"], entry.data["remark"] is not None)


def _now(answer: Answer, held: Row | None) -> Answer:
    """The answer as it was given, and what a person made of it since."""
    if held is None:
        return answer
    if held["decision"] is None:
        return answer | {"held": held["version"]}
    accepted = held["decision"] == RowDecision.ACCEPT
    settled = {"by": held["settled_by_login"], "decision": held["decision"]}
    result = "accepted" if accepted else "rejected"
    return answer | {"result": result, "settled": settled, "case": held["case_number"]}


def _with_logins(c: Connection, found: Sequence[Row], column: str) -> list[Row]:
    """The rows with the login beside the account's id; an operator is named as such already."""
    question = f"SELECT stream_id, login FROM {ACCOUNT} WHERE stream_id IN ({{keys}})"
    logins = dict(rows_in(c, question, {row[column] for row in found if row[column]}))
    return [row | {f"{column}_login": logins.get(row[column], row[column])} for row in found]
