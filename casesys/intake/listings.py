"""An officer's list taken into the books: every row answered, all of it written or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from casesys.fields import CAMPAIGN
from casesys.intake import CheckedRow, Sheet, WorkbookRefused, check, read_workbook
from casesys.intake.listed_rows import against, differing, facts_of, listed_row, put_in
from casesys.intake.listing_words import row_in_words
from casesys.intake.workbook import MOST_BYTES
from casesys.log import Meta
from casesys.permits import Permit, Person
from casesys.system import System
from casesys.work import Work
from domain.events import Sealed
from domain.office import ListUpload, begin, go_on, upload_id
from domain.refusals import (
    CaseIsClosed,
    DocumentNumberIsNoCourtNumber,
    NotYetHappened,
    NumberUsedElsewhere,
    RecordAlreadyAttached,
    Refused,
    UnitIsUnknown,
)
from domain.vocabulary import RowDecision
from projections.case_file import CASE_FILE
from projections.driver import rows as asked_of
from projections.enterprises import ENTERPRISE
from projections.reading import feed
from projections.record_index import RECORD_INDEX

LISTING_RESULTS: Final = ("accepted", "held", "rejected", "duplicate", "skipped")
_MOST_NAME = 200
Answer = dict[str, Any]
"""One row's answer as the log keeps it: codes and values, no sentence."""

REFUSED: Final[Mapping[type[Refused], tuple[str, str, str]]] = {
    NumberUsedElsewhere: ("number", "number.used_elsewhere", "held"),
    RecordAlreadyAttached: ("number", "number.known", "duplicate"),
    DocumentNumberIsNoCourtNumber: ("number", "number.not_taken", "rejected"),
    CaseIsClosed: ("number", "listing.case_closed", "held"),
    UnitIsUnknown: ("unit", "unit.missing", "held"),
    NotYetHappened: ("listed_on", "date.not_yet", "rejected"),
}
"""What a rule of the office makes of a row whose cells are sound: field, code, result."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one workbook; ``upload`` is None where nothing was to be kept."""

    upload: UUID | None
    sha256: str
    file_name: str | None
    before: bool
    sheets: Sequence[Answer]
    rows: Sequence[Answer]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row["result"] for row in self.rows)
        return {result: counted[result] for result in LISTING_RESULTS}


def import_listing(
    system: System,
    source: bytes | Path,
    person: Person,
    *,
    file_name: str | None = None,
    campaign: str | None = None,
    dry_run: bool = False,
    language: str | None = None,
) -> dict[str, Any]:
    """Take a list in and answer every row, as the contract of the command line says it.

    :raises NotPermitted: the person may not take lists in
    :raises WorkbookRefused: the file is no list at all, or the campaign no campaign's name
    :raises StoreIsBusy: the database could not be written in time
    """
    done = answer_listing(
        system, source, person, file_name=file_name, campaign=campaign, dry_run=dry_run
    )
    summary: dict[str, Any] = {
        **done.counts,
        "file": done.file_name,
        "sha256": done.sha256,
        "campaigns": sorted({row["campaign"] for row in done.rows if row.get("campaign")}),
        "upload": str(done.upload) if done.upload is not None else None,
        "imported_before": done.before,
        "dry_run": dry_run,
    }
    speak = language or system.settings.language
    return {"summary": summary, "rows": [row_in_words(row, speak) for row in done.rows]}


def answer_listing(
    system: System,
    source: bytes | Path,
    person: Person,
    *,
    file_name: str | None = None,
    campaign: str | None = None,
    dry_run: bool = False,
) -> Answered:
    """The same for whoever says the words later; raises what ``import_listing`` raises."""
    person.require(Permit.INTAKE)
    campaign = (campaign or "").strip() or None
    if campaign is not None and not CAMPAIGN.fullmatch(campaign):
        raise WorkbookRefused("campaign.shape", given=campaign[:60])
    data = _bytes(source)
    file_name = file_name[-_MOST_NAME:] if file_name else None
    # Outside the transaction: opening an unknown workbook may take a while, or fail.
    sheets = read_workbook(data)
    digest = sha256(data).hexdigest()
    stream = upload_id(digest, campaign)
    # A dry run asks the same rules of one snapshot; it needs no lock, for it writes nothing.
    with system.database.read() if dry_run else system.database.write() as c:
        if not dry_run:
            system.database.lock(c)
        work = Work(c, system.log, system.desk(c, person.id))
        known = work.load(ListUpload, stream)
        if known is not None:
            # One workbook is taken in once: whatever has changed since, its answers stand.
            rows = [_again(known, answer) for answer in known.answers]
            return Answered(stream, digest, file_name, True, [], rows)
        taking = _Taking(work, sheets, campaign, file_name)
        rows = taking.rows(_checked(c, system, work, sheets, campaign))
        told = [_told(sheet) for sheet in sheets]
        if not dry_run:
            done = Answered(stream, digest, file_name, False, told, rows)
            _receive(work, done, campaign, taking.held)
            _append(c, system, work, f"upload:{digest[:16]}")
            return done
    return Answered(None, digest, file_name, False, told, rows)


def _bytes(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source
    if (size := source.stat().st_size) > MOST_BYTES:
        raise WorkbookRefused("workbook.too_large", size=size, most=MOST_BYTES)
    # A pipe or a device has no size and may never end.
    with source.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _checked(
    c: Connection, system: System, work: Work, sheets: Sequence[Sheet], campaign: str | None
) -> list[CheckedRow]:
    def known_number(uscc: str, key: str) -> bool:
        question = (
            f"SELECT 1 FROM {RECORD_INDEX} r JOIN {CASE_FILE} f ON f.stream_id = r.stream_id "
            "WHERE r.number_key = ? AND f.enterprise = ? LIMIT 1"
        )
        return bool(asked_of(c, question, [key, uscc]))

    def known_name(uscc: str) -> str | None:
        found = asked_of(c, f"SELECT name FROM {ENTERPRISE} WHERE uscc = ?", [uscc])
        return found[0][0] if found else None

    name_of: Callable[[str], str | None] = lru_cache(maxsize=None)(known_name)
    return check(
        sheets,
        units=list(work.desk.units or ()),
        known_name=name_of,
        known_number=known_number,
        campaign=campaign,
        today=work.desk.today,
    )


class _Taking:
    """Answers the rows in their order; a row with a rule against it leaves nothing behind."""

    def __init__(
        self, work: Work, sheets: Sequence[Sheet], campaign: str | None, source: str | None
    ) -> None:
        self._work, self._source = work, source
        self._cells = {(sheet.name, row.number): row for sheet in sheets for row in sheet.rows}
        self._titles = {
            sheet.name: sheet.titles[0][:_MOST_NAME]
            for sheet in sheets
            if sheet.titles and campaign is None
        }
        self.held: list[tuple[CheckedRow, Answer]] = []

    def rows(self, checked: Iterable[CheckedRow]) -> list[Answer]:
        return [self._row(row) for row in checked]

    def _row(self, row: CheckedRow) -> Answer:
        problems = [
            _problem(p.field, p.column, p.code, p.values, p.suggestion) for p in row.problems
        ]
        answer: Answer = {"sheet": row.sheet, "row": row.row, "result": row.result}
        answer["problems"] = problems
        if row.reason is not None:
            return answer | {"reason": row.reason}
        said: Mapping[str, Any] = row.values or row.raw
        answer |= {name: said[name][:_MOST_NAME] for name in ("name", "number") if said.get(name)}
        answer["campaign"] = row.campaign
        if row.result == "accepted":
            self._take(row, answer)
        if answer["result"] == "held":
            self.held.append((row, answer))
        return answer

    def _take(self, row: CheckedRow, answer: Answer) -> None:
        """Put a sound row in, or say which rule stands against it."""
        remark = (row.values or {}).get("remark")
        listed = listed_row(
            row.campaign or "",
            row.values or {},
            remark=str(remark) if remark else None,
            title=self._titles.get(row.sheet),
            source=self._source,
        )
        at = self._cells[(row.sheet, row.row)]
        for refused in against(self._work, listed):
            field, code, answer["result"] = REFUSED[type(refused)]
            answer["problems"].append(_problem(field, at.letter(field), code, refused.values))
            return
        case = put_in(self._work, listed)
        answer["case"] = case.state.number
        answer["column"] = at.letter("number")
        answer["problems"] += [
            _problem(field, at.letter(field), f"{field}.differs_from_listing", {"known": there})
            for field, there, _ in differing(case, listed)
        ]


def _problem(
    field: str,
    column: str,
    code: str,
    values: Mapping[str, Any] | None = None,
    suggestion: str | None = None,
) -> Answer:
    found: Answer = {"field": field, "column": column, "code": code}
    if values:
        found["values"] = {
            name: value if isinstance(value, str | int | list) else str(value)
            for name, value in values.items()
        }
    return found | ({"suggestion": suggestion} if suggestion else {})


def _told(sheet: Sheet) -> Answer:
    told: Answer = {"sheet": sheet.name, "skipped": sheet.skipped}
    return told | {"ignored": [list(column) for column in sheet.ignored]}


def _again(upload: ListUpload, answer: Answer) -> Answer:
    """What a row of a workbook that came before is now: in the books, or still waiting."""
    settled = upload.settled.get((answer["sheet"], answer["row"]))
    if answer["result"] == "accepted" or settled == RowDecision.ACCEPT:
        columns = [p["column"] for p in answer["problems"] if p["field"] == "number"]
        column = answer.get("column") or next(iter(columns), "")
        known = [_problem("number", column, "number.known")]
        return answer | {"result": "duplicate", "problems": known}
    if settled == RowDecision.REJECT:
        set_aside = _problem("", "", "row.set_aside")
        return answer | {"result": "rejected", "problems": [*answer["problems"], set_aside]}
    return answer


def _receive(
    work: Work,
    done: Answered,
    campaign: str | None,
    held: Iterable[tuple[CheckedRow, Answer]],
) -> None:
    """The upload's own stream: what came, and which rows of it wait for a person."""
    assert done.upload is not None
    upload = begin(
        ListUpload,
        ListUpload.ListReceived,
        done.upload,
        work.desk,
        sha256=done.sha256,
        file_name=done.file_name,
        campaign=campaign,
        counts=done.counts,
        sheets=list(done.sheets),
        rows=list(done.rows),
    )
    for row, answer in held:
        remark = (row.values or {}).get("remark")
        go_on(
            upload,
            ListUpload.RowHeld,
            work.desk,
            sheet=row.sheet,
            row=row.row,
            values=facts_of(row),
            remark=Sealed(str(remark)) if remark else None,
            problems=answer["problems"],
        )
    work.begin(upload)


def _append(c: Connection, system: System, work: Work, caused_by: str) -> None:
    entries = system.log.append(c, work.collect(Meta(caused_by=caused_by)), work.desk.now)
    read = {str(stream): loaded.entries for stream, loaded in work.loaded.items()}
    feed(c, system.models.all, entries, read)
