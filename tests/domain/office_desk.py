"""A desk and cases for the tests of decisions, brought to their state by decisions only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casesys.calendars import published_years
from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing, repair
from domain.desk import Desk
from domain.events import Sealed
from domain.refusals import Refused
from domain.vocabulary import (
    Category,
    Channel,
    CloseReason,
    CommitmentType,
    ContactResult,
    ExclusionReason,
    InterviewKind,
    Performance,
    RemovalGround,
    RepairResult,
)
from domain.workdays import Workdays

WORKDAYS = Workdays(published_years())
NOON = "T04:00:00.000000Z"
LISTED_ON = "2021-03-08"
LATER = "2021-04-06"
COURT = Category.JUDGMENT
OFFICER, SECOND = "officer-1", "officer-2"
UNITS = {"区市场监督管理局", "区人民法院"}


class TakenNumbers:
    """The numbers that other cases hold."""

    def __init__(self, **taken: str) -> None:
        self.taken = taken

    def holder(self, number_key: str) -> str | None:
        return self.taken.get(number_key)


def desk(day: str, actor: str = OFFICER, *, counter: bool = True) -> Desk:
    """Noon of a day, at the counter or over a register."""
    return Desk(actor, day + NOON, WORKDAYS, counter=counter, units=UNITS)


def a_listed_case(category: Category = Category.PENALTY) -> GovernanceCase:
    at = desk(LISTED_ON)
    case = listing.open_case(
        at,
        number="B2021-01-0001",
        campaign="B2021-01",
        enterprise="91449901MA10087H44",
        category=category,
    )
    unit = "区人民法院" if category == Category.JUDGMENT else "区市场监督管理局"
    listing.list_subject(case, at, listed_on=LISTED_ON, town="云台街道", unit=unit)
    return case


def attach(case: GovernanceCase, number: str | None = None, day: str = LISTED_ON) -> str:
    """Attach one 宗 and say its name within the case."""
    court = case.state.category == Category.JUDGMENT
    listing.attach_record(
        case,
        desk(day),
        number=number or ("（2020）粤9901执12号" if court else "岭云市监处罚〔2020〕1号"),
        authority="云塘区人民法院" if court else "云塘区市场监督管理局",
        decided_on="2020-11-30",
        amount_fen=500_000,
    )
    return next(reversed(case.state.records))


def call(
    case: GovernanceCase,
    day: str,
    result: ContactResult,
    channel: Channel = Channel.PHONE,
    photo: str | None = None,
) -> None:
    at = desk(day)
    contact.attempt_contact(
        case, at, attempted_at=at.now, result=result, channel=channel, photo=photo
    )


def a_reached_case(category: Category = Category.PENALTY) -> GovernanceCase:
    case = a_listed_case(category)
    call(case, "2021-03-10", ContactResult.REACHED_OPERATING)
    return case


def a_noticed_case(category: Category = Category.PENALTY) -> GovernanceCase:
    case = a_reached_case(category)
    at = desk("2021-03-11")
    governance.serve_interview_notice(case, at, served_at=at.now, served_by=Channel.LETTER)
    return case


def interview(case: GovernanceCase, day: str, officers: list[str] | None = None) -> None:
    at = desk(day)
    governance.hold_interview(
        case,
        at,
        held_at=at.now,
        kind=InterviewKind.REMINDER,
        officers=[OFFICER, SECOND] if officers is None else officers,
    )


def an_interviewed_case(category: Category = Category.PENALTY) -> GovernanceCase:
    case = a_noticed_case(category)
    interview(case, "2021-03-16")
    return case


def commit(case: GovernanceCase, day: str, record: str | None = None) -> None:
    at = desk(day)
    kind = CommitmentType.CREDIT_REPAIR if record else CommitmentType.GOVERNANCE
    governance.sign_commitment(
        case, at, signed_at=at.now, kind=kind, record=record, signatory=Sealed("王某")
    )


def photograph(case: GovernanceCase, day: str) -> None:
    at = desk(day)
    governance.add_photo(case, at, taken_at=at.now, sha256="a" * 64)


def a_case_ready_to_exit(category: Category = Category.PENALTY) -> GovernanceCase:
    case = an_interviewed_case(category)
    photograph(case, "2021-03-16")
    commit(case, "2021-03-17")
    governance.start_key_supervision(case, desk("2021-03-18"), unit=sorted(UNITS)[0])
    return case


def an_exited_case(category: Category = Category.PENALTY) -> GovernanceCase:
    case = a_case_ready_to_exit(category)
    closing.propose_exit(case, desk("2021-03-19"))
    closing.confirm_exit(case, desk("2021-03-19", SECOND))
    return case


def a_case_tried_in_vain() -> GovernanceCase:
    """Three attempts, two channels, one visit with a photo, over more than five working days."""
    case = a_listed_case()
    call(case, "2021-03-09", ContactResult.NO_ANSWER)
    call(case, "2021-03-12", ContactResult.ADDRESS_VACANT, Channel.VISIT, "b" * 64)
    call(case, "2021-03-17", ContactResult.NUMBER_DEAD)
    return case


def a_repairable_record(case: GovernanceCase) -> str:
    """A record that is performed and has its own commitment, its shortest period over."""
    record = attach(case)
    at = desk("2021-04-01")
    repair.record_performance(
        case, at, record=record, performance=Performance.FULLY, performed_at=at.now
    )
    commit(case, "2021-04-01", record)
    return record


def exclude(case: GovernanceCase) -> None:
    reason = ExclusionReason.BANKRUPTCY_ACCEPTED
    listing.propose_exclusion(case, desk(LATER), ground=reason, document="（2021）粤99破1号")


def apply(case: GovernanceCase, record: str, day: str = LATER) -> None:
    repair.apply_repair(case, desk(day), record=record)


def grant(case: GovernanceCase, record: str, document: str | None = "修复决定1号") -> None:
    at = desk("2021-04-20")
    repair.record_repair_result(
        case,
        at,
        record=record,
        result=RepairResult.GRANTED,
        decided_at=at.now,
        document=document,
    )


def a_removal(case: GovernanceCase) -> str:
    record = attach(case)
    repair.propose_court_removal(
        case, desk(LATER), record=record, ground=RemovalGround.PERFORMED, document="屏蔽决定"
    )
    return record


def a_repaired_record(case: GovernanceCase) -> str:
    record = a_repairable_record(case)
    apply(case, record)
    grant(case, record)
    return record


def close(case: GovernanceCase) -> None:
    closing.close_case(case, desk("2021-05-10"), ground=CloseReason.ALL_REPAIRED)


def a_closed_case() -> GovernanceCase:
    case = an_exited_case()
    a_repaired_record(case)
    close(case)
    return case


Act = Callable[[], Any]


def refused(expected: type[Refused], act: Act) -> None:
    with pytest.raises(expected):
        act()
