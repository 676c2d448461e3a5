"""A province's list of 2021 as cases of ours: every act is a decision of the domain, by its people.

What was published: 1,177 judgment debtors less 554 are 623, of whom 316 could not be reached, 190
were reached and no longer work, 117 work; 850 penalties less 33 are 817 = 92 + 12 + 713.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from eventsourcing.domain import Aggregate

from casesys.filling import nothing_collected
from casesys.log import Meta
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing, repair
from domain.desk import Desk
from domain.events import DeskEvent
from domain.instants import start_of_day
from domain.office import Enterprise, begin, enterprise_id
from domain.vocabulary import (
    Category,
    Channel,
    CommitmentType,
    ContactResult,
    ExclusionReason,
    InterviewKind,
    NotOperatingBasis,
    RemovalGround,
)
from projections.driver import chunks
from projections.reading import feed
from tests.offices import OFFICER, SUPERVISOR, at, person
from tests.scenarios import CAMPAIGN, COMMITMENT, LISTED_ON, PHOTO, credit_code

PUBLISHED = {
    Category.JUDGMENT: {"listed": 1177, "excluded": 554, "governed": 623,
                        "not_reached": 316, "reached_not_operating": 190, "reached_operating": 117},
    Category.PENALTY: {"listed": 850, "excluded": 33, "governed": 817,
                       "not_reached": 92, "reached_not_operating": 12, "reached_operating": 713},
}  # fmt: skip
WAYS = ("excluded", "not_reached", "reached_not_operating", "reached_operating")
REPAIRED = 106
"""So many of the judgments were taken off the court's list: 17 % of 623."""
UNIT = "区市场监督管理局"
AT_ONCE = 400
GIVEN = 8
"""So many numbers of the campaign are left for cases that commands make."""
Steps = Iterator[tuple[str, str, Callable[[GovernanceCase, Desk], None]]]


@dataclass(frozen=True)
class Subject:
    """One line of the list: of which category, and which way it went."""

    nth: int
    category: Category
    way: str
    repaired: bool


def subjects() -> Iterator[Subject]:
    nth = 0
    for category, parts in PUBLISHED.items():
        for way in WAYS:
            for of_way in range(parts[way]):
                nth += 1
                removed = category == Category.JUDGMENT and way == "reached_operating"
                yield Subject(nth, category, way, removed and of_way < REPAIRED)


def make_province(system: System, of: Iterable[Subject]) -> None:
    """List and govern these subjects until each is excluded or has left the ledger."""
    officer, supervisor = person(system, OFFICER).id, person(system, SUPERVISOR).id
    actors = {OFFICER: officer, SUPERVISOR: supervisor}
    with nothing_collected():
        for some in chunks(of, AT_ONCE):
            with system.database.write() as c:
                system.database.lock(c)
                desk = system.desk(c, officer)
                batch = [entry for subject in some for entry in _made(desk, actors, subject)]
                feed(c, system.models.all, system.log.append(c, batch, desk.now))


def _made(desk: Desk, actors: dict[str, str], subject: Subject) -> Iterator[tuple[DeskEvent, Meta]]:
    code = credit_code(subject.nth)
    listed = replace(desk, now=at(f"{LISTED_ON}T09:00"), occurred_at=start_of_day(LISTED_ON))
    nothing = dict.fromkeys(
        ("former_name", "kind", "industry", "established_on", "reference", "status")
    )
    enterprise = begin(
        Enterprise,
        Enterprise.EnterpriseRegistered,
        enterprise_id(code),
        listed,
        uscc=code,
        name=f"云塘区第{subject.nth}商贸有限公司",
        town="石门街道",
        **nothing,
    )
    yield from _told(enterprise, listed)
    case = listing.open_case(
        listed,
        number=f"{CAMPAIGN}-{subject.nth + GIVEN:04d}",
        campaign=CAMPAIGN,
        enterprise=code,
        category=subject.category,
    )
    case.advances = True
    yield from _told(case, listed)
    for who, when, decide in _steps(case, subject):
        then = replace(desk, actor=actors[who], now=at(when), occurred_at=at(when))
        decide(case, then)
        yield from _told(case, then)


def _told(of: Aggregate, desk: Desk) -> Iterator[tuple[DeskEvent, Meta]]:
    """What is new of a stream, as the books knew it at that desk."""
    for event in of.collect_events():
        assert isinstance(event, DeskEvent)
        yield event, Meta(recorded_at=desk.now)


def _step(when: str, decision: Callable[..., None], by: str = OFFICER, **fields: Any) -> Any:
    return by, when, lambda case, desk: decision(case, desk, **fields)


def _steps(case: GovernanceCase, subject: Subject) -> Steps:
    yield _step(
        f"{LISTED_ON}T09:00", listing.list_subject, listed_on=LISTED_ON, town="石门街道", unit=UNIT
    )
    yield _step(
        f"{LISTED_ON}T09:05",
        listing.attach_record,
        number=_number(subject),
        authority="区人民法院" if subject.category == Category.JUDGMENT else UNIT,
        decided_on="2020-11-30",
        amount_fen=40_000_00,
    )
    way = {
        "excluded": _excluded,
        "not_reached": _never_reached,
        "reached_not_operating": _not_operating,
        "reached_operating": _operating,
    }
    yield from way[subject.way](subject)
    if subject.way != "excluded":
        yield _step("2021-07-20T09:00", governance.start_key_supervision, unit=UNIT)
        yield _step("2021-07-20T15:00", closing.propose_exit)
        yield _step("2021-07-21T10:00", closing.confirm_exit, SUPERVISOR)
    if subject.repaired:
        (record,) = case.state.records
        yield _step(
            "2021-07-21T11:00",
            repair.propose_court_removal,
            record=record,
            ground=RemovalGround.PERFORMED,
            document="（2020）粤0111执1号之二",
        )
        yield _step("2021-07-21T16:00", repair.confirm_court_removal, SUPERVISOR, record=record)


def _number(subject: Subject) -> str:
    if subject.category == Category.JUDGMENT:
        return f"（2020）粤0111执{subject.nth}号"
    return f"云市监处罚〔2020〕{subject.nth}号"


def _excluded(subject: Subject) -> Steps:
    ground = list(ExclusionReason)[subject.nth % len(ExclusionReason)]
    yield _step(
        "2021-07-02T09:00", listing.propose_exclusion, ground=ground, document="登记状态查询单"
    )
    yield _step("2021-07-02T16:00", listing.confirm_exclusion, SUPERVISOR)


def _tried(when: str, result: ContactResult, channel: Channel, photo: str | None = None) -> Any:
    return _step(
        when,
        contact.attempt_contact,
        attempted_at=at(when),
        result=result,
        channel=channel,
        photo=photo,
    )


def _never_reached(subject: Subject) -> Steps:
    yield _tried("2021-07-05T10:00", ContactResult.NO_ANSWER, Channel.PHONE)
    yield _tried("2021-07-09T10:00", ContactResult.NUMBER_DEAD, Channel.MESSAGE)
    yield _tried("2021-07-16T10:00", ContactResult.ADDRESS_VACANT, Channel.VISIT, PHOTO)
    yield _step("2021-07-16T15:00", contact.propose_unreachable, explanation="电话停机，地址空置")
    yield _step("2021-07-19T10:00", contact.confirm_unreachable, SUPERVISOR)


def _not_operating(subject: Subject) -> Steps:
    yield _tried("2021-07-05T10:00", ContactResult.REACHED_NOT_OPERATING, Channel.PHONE)
    basis = {"basis": NotOperatingBasis.STATEMENT, "document": "停业情况说明"}
    yield _step("2021-07-05T15:00", contact.conclude_not_operating, **basis)


def _operating(subject: Subject) -> Steps:
    yield _tried("2021-07-05T10:00", ContactResult.REACHED_OPERATING, Channel.PHONE)
    notice = {"served_at": at("2021-07-06T11:00"), "served_by": Channel.LETTER}
    yield _step("2021-07-06T11:00", governance.serve_interview_notice, **notice)
    held: dict[str, Any] = {"kind": InterviewKind.REMINDER, "officers": ["U22-3", "U22-4"]}
    held_at = at("2021-07-08T15:00")
    yield _step("2021-07-08T15:00", governance.hold_interview, held_at=held_at, **held)
    photo = {"taken_at": at("2021-07-08T15:40"), "sha256": PHOTO}
    yield _step("2021-07-08T15:40", governance.add_photo, **photo)
    signed = {"kind": CommitmentType.GOVERNANCE, "sha256": COMMITMENT}
    signed_at = at("2021-07-12T09:30")
    yield _step("2021-07-12T09:30", governance.sign_commitment, signed_at=signed_at, **signed)
