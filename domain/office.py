"""The streams beside the cases: enterprises, campaigns, member units, calendars and uploads."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.desk import Desk
from domain.events import DeskEvent, Sealed, stamp, stream_id
from domain.instants import local_day
from domain.refusals import (
    NothingChanged,
    NothingPersonalIsKept,
    RowIsNotHeld,
    RowsStillWait,
    UnitHasLeft,
)
from domain.retention import Ended, rule_of_erasure
from domain.vocabulary import ErasureGround, Outcome, RegistrationStatus, RowDecision

A = TypeVar("A", bound=Aggregate)


def begin(stream: type[A], event: type[Any], id_: UUID, desk: Desk, **facts: Any) -> A:
    """The first event of a stream, at this desk."""
    return stream._create(event, id=id_, **stamp(desk.now, desk.occurred_at, desk.actor), **facts)


def go_on(aggregate: Aggregate, event: type[Any], desk: Desk, **facts: Any) -> None:
    """A further event of a stream, at this desk."""
    aggregate.trigger_event(event, **stamp(desk.now, desk.occurred_at, desk.actor), **facts)


class Enterprise(Aggregate):
    """An enterprise under its credit code, as the office's books know it."""

    TOPIC = "enterprise"

    class Event(DeskEvent):
        TOPIC = "enterprise.event"

    class Created(Event, AggregateCreated):
        TOPIC = "enterprise.created"

    class EnterpriseRegistered(Created):
        """The office's books took up an enterprise."""

        TOPIC = "enterprise.registered"
        uscc: str
        name: str
        town: str
        former_name: str | None
        kind: str | None
        industry: str | None
        established_on: str | None
        status: RegistrationStatus | None
        reference: str | None

    class EnterpriseRenamed(Event):
        """The enterprise took another name; the old one stays findable."""

        TOPIC = "enterprise.renamed"
        name: str

    class EnterpriseMoved(Event):
        """The enterprise moved to another town."""

        TOPIC = "enterprise.moved"
        town: str

    class RegistrationChanged(Event):
        """The registry shows another status of the enterprise."""

        TOPIC = "enterprise.registration_changed"
        status: RegistrationStatus

    uscc: str
    name: str
    town: str
    status: str | None

    def take(self, event: DeskEvent) -> None:
        for fact in ("uscc", "name", "town", "status"):
            if fact in event.__dict__:
                setattr(self, fact, event.__dict__[fact])


def enterprise_id(uscc: str) -> UUID:
    return stream_id("enterprise", uscc)


def rename_enterprise(enterprise: Enterprise, desk: Desk, *, name: str) -> None:
    if name == enterprise.name:
        desk.require([NothingChanged()])
    go_on(enterprise, Enterprise.EnterpriseRenamed, desk, name=name)


def move_enterprise(enterprise: Enterprise, desk: Desk, *, town: str) -> None:
    if town == enterprise.town:
        desk.require([NothingChanged()])
    go_on(enterprise, Enterprise.EnterpriseMoved, desk, town=town)


def change_registration(enterprise: Enterprise, desk: Desk, *, status: RegistrationStatus) -> None:
    if status == enterprise.status:
        desk.require([NothingChanged()])
    go_on(enterprise, Enterprise.RegistrationChanged, desk, status=status)


class Campaign(Aggregate):
    """One round of special governance with its own list."""

    TOPIC = "campaign"

    class Event(DeskEvent):
        TOPIC = "campaign.event"

    class Created(Event, AggregateCreated):
        TOPIC = "campaign.created"

    class CampaignStarted(Created):
        """A list of this campaign reached the office for the first time."""

        TOPIC = "campaign.started"
        campaign: str
        title: str | None

    campaign: str

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, Campaign.CampaignStarted):
            self.campaign = event.campaign


def campaign_id(campaign: str) -> UUID:
    return stream_id("campaign", campaign)


class MemberUnit(Aggregate):
    """A member unit of the joint conference (联席会议成员单位)."""

    TOPIC = "member_unit"

    class Event(DeskEvent):
        TOPIC = "member_unit.event"

    class Created(Event, AggregateCreated):
        TOPIC = "member_unit.created"

    class MemberUnitJoined(Created):
        """The unit joined the conference; cases may be given to it from now on."""

        TOPIC = "member_unit.joined"
        name: str
        order: int

    class MemberUnitLeft(Event):
        """The unit left the conference."""

        TOPIC = "member_unit.left"

    class MemberUnitReturned(Event):
        """A unit that had left joined the conference again."""

        TOPIC = "member_unit.returned"

    name: str
    joined: bool = True

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, MemberUnit.MemberUnitJoined):
            self.name = event.name
        self.joined = not isinstance(event, MemberUnit.MemberUnitLeft)


def unit_id(name: str) -> UUID:
    return stream_id("member_unit", name)


def leave_unit(unit: MemberUnit, desk: Desk) -> None:
    if not unit.joined:
        desk.require([UnitHasLeft(unit=unit.name)])
    go_on(unit, MemberUnit.MemberUnitLeft, desk)


class Calendar(Aggregate):
    """The working days of one year, as the State Council's notice gives them."""

    TOPIC = "calendar"

    class Event(DeskEvent):
        TOPIC = "calendar.event"

    class Created(Event, AggregateCreated):
        TOPIC = "calendar.created"

    class CalendarPublished(Created):
        """The year's notice reached the office, so its deadlines are no longer provisional."""

        TOPIC = "calendar.published"
        year: int
        edition: int
        days: list[str]

    year: int

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, Calendar.CalendarPublished):
            self.year = event.year


def calendar_id(year: int, edition: int) -> UUID:
    return stream_id("calendar", str(year), str(edition))


class ListUpload(Aggregate):
    """One workbook that an officer sent, and what became of the rows that waited for a person."""

    TOPIC = "upload"

    class Event(DeskEvent):
        TOPIC = "upload.event"

    class Created(Event, AggregateCreated):
        TOPIC = "upload.created"

    class ListReceived(Created):
        """A workbook was read, with the answer of every sheet and row of it."""

        TOPIC = "upload.received"
        sha256: str
        file_name: str | None
        campaign: str | None
        counts: dict[str, int]
        sheets: list[dict[str, Any]]
        rows: list[dict[str, Any]]

    class RowHeld(Event):
        """A row waits for a person, as it was read, with what was wrong with it."""

        TOPIC = "upload.row_held"
        sheet: str
        row: int
        values: dict[str, Any]
        remark: Sealed | None
        problems: list[dict[str, Any]]

    class RowSettled(Event):
        """A person decided what becomes of a row that was held."""

        TOPIC = "upload.row_settled"
        sheet: str
        row: int
        decision: RowDecision
        values: dict[str, Any] | None
        case: str | None
        explanation: str | None

    class RemarksErased(Event):
        """The key of the remarks that stood beside held rows was dropped."""

        TOPIC = "upload.remarks_erased"
        ground: ErasureGround
        explanation: str
        rule: str | None
        fields: list[dict[str, Any]]

    held: dict[tuple[str, int], ListUpload.RowHeld]
    settled: dict[tuple[str, int], str]
    answers: list[dict[str, Any]]
    remarked: list[int]
    """The entries that hold a sealed remark which was not erased."""
    ended: Ended | None

    def __init__(self) -> None:
        self.held = {}
        self.settled = {}
        self.answers = []
        self.remarked = []
        self.ended = None

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, ListUpload.ListReceived):
            self.answers = event.rows
        elif isinstance(event, ListUpload.RowHeld):
            self.held[(event.sheet, event.row)] = event
            if event.remark is not None:
                self.remarked.append(event.originator_version)
        elif isinstance(event, ListUpload.RowSettled):
            self.held.pop((event.sheet, event.row), None)
            self.settled[(event.sheet, event.row)] = event.decision
            self.ended = Ended(Outcome.ROWS_SETTLED, local_day(event.occurred_at))
        elif isinstance(event, ListUpload.RemarksErased):
            self.remarked = []


def upload_id(sha256: str, campaign: str | None) -> UUID:
    """One workbook given for another campaign is another upload."""
    return stream_id("upload", sha256, campaign or "")


def held_row(upload: ListUpload, *, sheet: str, row: int) -> ListUpload.RowHeld:
    """The row as it waits; without one there is nothing to decide, through whichever door."""
    found = upload.held.get((sheet, row))
    if found is None:
        raise RowIsNotHeld(sheet=sheet, row=row)
    return found


def settle_row(
    upload: ListUpload,
    desk: Desk,
    *,
    sheet: str,
    row: int,
    decision: RowDecision,
    values: dict[str, Any] | None = None,
    case: str | None = None,
    explanation: str | None = None,
) -> None:
    held_row(upload, sheet=sheet, row=row)
    go_on(
        upload,
        ListUpload.RowSettled,
        desk,
        sheet=sheet,
        row=row,
        decision=decision,
        values=values,
        case=case,
        explanation=explanation,
    )


def erase_remarks(
    upload: ListUpload, desk: Desk, *, ground: ErasureGround, explanation: str
) -> None:
    """A row that waits still needs its remark: it goes into the file of its case."""
    if upload.held:
        desk.require([RowsStillWait(n=len(upload.held))])
    if not upload.remarked:
        desk.require([NothingPersonalIsKept()])
    go_on(
        upload,
        ListUpload.RemarksErased,
        desk,
        ground=ground,
        explanation=explanation,
        rule=rule_of_erasure(desk, ground, upload.ended),
        fields=[{"version": version, "fields": ["remark"]} for version in upload.remarked],
    )
