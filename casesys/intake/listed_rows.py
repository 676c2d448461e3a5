"""One row of a list put into the books: its enterprise, campaign, case and record, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from casesys.intake import CheckedRow
from casesys.work import OfficeNumbers, Work
from domain.case import GovernanceCase, case_id
from domain.case_state import CaseState
from domain.decisions.closing import add_note
from domain.decisions.listing import (
    against_listing,
    against_record,
    attach_record,
    list_subject,
    number_key,
)
from domain.events import Sealed
from domain.instants import start_of_day
from domain.office import Campaign, Enterprise, begin, campaign_id, enterprise_id
from domain.refusals import Refused
from domain.vocabulary import Category

FIELDS = (
    "name",
    "uscc",
    "town",
    "category",
    "number",
    "authority",
    "decided_on",
    "amount_fen",
    "listed_on",
    "unit",
)
"""What a row that was read says besides its remark; town, unit and amount may be missing."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row as it goes into the books; ``title`` is the campaign's, ``source`` the workbook."""

    campaign: str
    name: str
    uscc: str
    town: str | None
    category: Category
    number: str
    authority: str
    decided_on: str
    amount_fen: int | None
    listed_on: str
    unit: str | None
    remark: str | None = None
    title: str | None = None
    source: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The row as the log keeps it where a person decided it; its remark is sealed elsewhere."""
        kept = ("campaign", *FIELDS)
        return {name: value for name, value in asdict(self).items() if name in kept}

    def key(self, work: Work) -> str | None:
        return number_key(self.category, self.number, int(work.desk.today[:4]))


def listed_row(
    campaign: str,
    values: Mapping[str, Any],
    *,
    remark: str | None = None,
    title: str | None = None,
    source: str | None = None,
) -> ListedRow:
    """The row that these values say."""
    said: dict[str, Any] = {name: values[name] for name in FIELDS}
    said["category"] = Category(said["category"])
    return ListedRow(campaign=campaign, remark=remark, title=title, source=source, **said)


def facts_of(row: CheckedRow) -> dict[str, Any]:
    """A row that waits, as the log keeps it without its remark."""
    values = row.values or {}
    return {"campaign": row.campaign, **{name: values.get(name) for name in FIELDS}}


def against(work: Work, row: ListedRow) -> Iterator[Refused]:
    """Every rule that stands against the row, asked before anything of it is written."""
    found = work.load(GovernanceCase, case_id(row.campaign, row.uscc, row.category))
    state = found.state if found is not None else CaseState(category=row.category)
    if not state.is_listed:
        yield from against_listing(state, work.desk, listed_on=row.listed_on, unit=row.unit or "")
    yield from against_record(
        state, work.desk, number=row.number, key=row.key(work), decided_on=row.decided_on
    )


def put_in(work: Work, row: ListedRow) -> GovernanceCase:
    """Write the row down; ask ``against`` first, for a row is never half in the books.

    Everything happened when the subject was listed: that the office heard of it later is what
    the second clock is for.
    """
    desk = work.desk
    work.desk = replace(desk, occurred_at=start_of_day(row.listed_on))
    try:
        return _put_in(work, row)
    finally:
        work.desk = desk


def _put_in(work: Work, row: ListedRow) -> GovernanceCase:
    enterprise = _enterprise(work, row)
    _campaign(work, row)
    case = work.case(row.campaign, enterprise.uscc, row.category)
    case.advances = True  # a long list adds to one case again and again; nobody keeps its state
    if not case.state.is_listed:
        list_subject(
            case,
            work.desk,
            listed_on=row.listed_on,
            town=row.town or enterprise.town,
            unit=row.unit or "",
            source=row.source,
        )
    attach_record(
        case,
        work.desk,
        number=row.number,
        authority=row.authority,
        decided_on=row.decided_on,
        amount_fen=row.amount_fen or 0,
    )
    if row.remark and not _noted(case, row.remark):
        # Free text may name people: it is sealed like every note, and stays the text it was.
        add_note(case, work.desk, note=Sealed(row.remark))
    if isinstance(work.desk.numbers, OfficeNumbers):
        work.desk.numbers.take(row.key(work) or row.number, case.state.number)
    return case


def _enterprise(work: Work, row: ListedRow) -> Enterprise:
    """The enterprise of the code, taken into the books when first named."""
    found = work.load(Enterprise, enterprise_id(row.uscc))
    if found is not None:
        return found
    unsaid = ("former_name", "kind", "industry", "established_on", "status", "reference")
    return work.begin(
        begin(
            Enterprise,
            Enterprise.EnterpriseRegistered,
            enterprise_id(row.uscc),
            work.desk,
            uscc=row.uscc,
            name=row.name,
            town=row.town or "",
            **dict.fromkeys(unsaid),
        )
    )


def _noted(case: GovernanceCase, remark: str) -> bool:
    """A remark merged over several records is one note, not one for each of them."""
    return any(event.note == remark for event in _notes(case))


def _notes(case: GovernanceCase) -> Iterable[GovernanceCase.NoteAdded]:
    return (event for event in case.pending_events if isinstance(event, GovernanceCase.NoteAdded))


def _campaign(work: Work, row: ListedRow) -> None:
    if work.load(Campaign, campaign_id(row.campaign)) is not None:
        return
    work.begin(
        begin(
            Campaign,
            Campaign.CampaignStarted,
            campaign_id(row.campaign),
            work.desk,
            campaign=row.campaign,
            title=row.title,
        )
    )


def differing(case: GovernanceCase, row: ListedRow) -> Iterator[tuple[str, str, str]]:
    """Where the row says another thing than the listing it joins: field, there, here."""
    state = case.state
    listing = (("town", state.town), ("listed_on", state.listed_on), ("unit", state.listing_unit))
    for field, there in listing:
        here = getattr(row, field)
        if there and here and there != here:
            yield field, there, here
