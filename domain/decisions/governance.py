"""What governance asks of a case that was reached: notice, interview, evidence, commitment."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.deadlines import due_days
from domain.decisions import guards
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.events import Sealed
from domain.refusals import (
    ActIsUnknown,
    AlreadySupervised,
    BranchNotConcluded,
    CommitmentNotSigned,
    DeadlineNotRunning,
    EnterpriseNotReached,
    ExtensionAfterDue,
    ExtensionIsNoLater,
    ImpedimentAlreadyFound,
    ImpedimentNotFound,
    NoticeNotServed,
    RecordIsUnknown,
    Refused,
    TooFewInterviewers,
)
from domain.vocabulary import (
    Branch,
    Channel,
    CommitmentType,
    ContactResult,
    DeadlineKind,
    Impediment,
    InterviewKind,
)


def reached(state: CaseState) -> Iterable[Refused]:
    if state.last_reach is None:
        yield EnterpriseNotReached(wanted=ContactResult.REACHED_OPERATING)


def serve_interview_notice(
    case: GovernanceCase,
    desk: Desk,
    *,
    served_at: str,
    served_by: Channel,
    notice_number: str | None = None,
    received_by: Sealed | None = None,
) -> None:
    desk.require(guards.in_governance(case.state))
    desk.require(reached(case.state))
    desk.require(desk.not_in_future(served_at))
    happen(
        case,
        desk,
        GovernanceCase.InterviewNoticeServed,
        served_at,
        notice_number=notice_number,
        served_by=served_by,
        received_by=received_by,
    )


def hold_interview(
    case: GovernanceCase,
    desk: Desk,
    *,
    held_at: str,
    kind: InterviewKind | None = None,
    officers: list[str],
    place: str | None = None,
    attendee: Sealed | None = None,
    attendee_capacity: str | None = None,
    minutes: Sealed | None = None,
) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    desk.require(reached(state))
    desk.require(_notice_before(state, held_at))
    needed = desk.rules.interviews.officers
    if len(set(officers)) < needed:
        desk.require([TooFewInterviewers(done=len(set(officers)), needed=needed)])
    desk.require(desk.not_in_future(held_at))
    happen(
        case,
        desk,
        GovernanceCase.InterviewHeld,
        held_at,
        kind=kind,
        place=place,
        officers=officers,
        attendee=attendee,
        attendee_capacity=attendee_capacity,
        minutes=minutes,
        ruleset=desk.rules.id,
    )


def _notice_before(state: CaseState, held_at: str) -> Iterable[Refused]:
    if state.notice_at is None or state.notice_at > held_at:
        yield NoticeNotServed()


def add_photo(
    case: GovernanceCase,
    desk: Desk,
    *,
    taken_at: str,
    sha256: str,
    taken_by: str | None = None,
    linked_act: int | None = None,
    caption: str | None = None,
    taken_where: Sealed | None = None,
) -> None:
    desk.require(guards.is_open(case.state))
    if linked_act is not None and not any(f.version == linked_act for f in case.story):
        desk.require([ActIsUnknown(version=linked_act)])
    desk.require(desk.not_in_future(taken_at))
    happen(
        case,
        desk,
        GovernanceCase.PhotoAdded,
        taken_at,
        sha256=sha256,
        taken_by=taken_by,
        linked_act=linked_act,
        caption=caption,
        taken_where=taken_where,
    )


def sign_commitment(
    case: GovernanceCase,
    desk: Desk,
    *,
    signed_at: str,
    kind: CommitmentType,
    record: str | None = None,
    sha256: str | None = None,
    signatory: Sealed | None = None,
    capacity: str | None = None,
    sealed_by_enterprise: bool | None = None,
) -> None:
    state = case.state
    desk.require(guards.is_open(state))
    desk.require(reached(state))
    if kind == CommitmentType.CREDIT_REPAIR and record not in state.records:
        desk.require([RecordIsUnknown(record=record)])
    desk.require(desk.not_in_future(signed_at))
    happen(
        case,
        desk,
        GovernanceCase.CommitmentSigned,
        signed_at,
        kind=kind,
        record=record,
        sha256=sha256,
        signatory=signatory,
        capacity=capacity,
        sealed_by_enterprise=sealed_by_enterprise,
    )


def may_be_supervised(state: CaseState) -> Iterable[Refused]:
    """Supervision closes every branch, so the branch is known and what it asks is done first."""
    if state.supervised_at is not None:
        yield AlreadySupervised()
    if state.effective_branch is None:
        yield BranchNotConcluded()
    elif state.effective_branch == Branch.OPERATING and not state.commitments:
        yield CommitmentNotSigned()


def start_key_supervision(
    case: GovernanceCase,
    desk: Desk,
    *,
    unit: str,
    measure: str | None = None,
    review_on: str | None = None,
) -> None:
    desk.require(guards.in_governance(case.state))
    desk.require(may_be_supervised(case.state))
    desk.require(guards.known_unit(desk, unit))
    happen(
        case,
        desk,
        GovernanceCase.KeySupervisionStarted,
        unit=unit,
        measure=measure,
        review_on=review_on,
    )


def find_impediment(
    case: GovernanceCase, desk: Desk, *, impediment: Impediment, document: str | None = None
) -> None:
    desk.require(guards.is_open(case.state))
    if impediment in case.state.impediments:
        desk.require([ImpedimentAlreadyFound(impediment=impediment)])
    happen(case, desk, GovernanceCase.ImpedimentFound, impediment=impediment, document=document)


def clear_impediment(
    case: GovernanceCase, desk: Desk, *, impediment: Impediment, explanation: str | None = None
) -> None:
    desk.require(guards.is_open(case.state))
    if impediment not in case.state.impediments:
        desk.require([ImpedimentNotFound(impediment=impediment)])
    happen(
        case,
        desk,
        GovernanceCase.ImpedimentCleared,
        impediment=impediment,
        explanation=explanation,
    )


def extend_deadline(
    case: GovernanceCase,
    desk: Desk,
    *,
    deadline: DeadlineKind,
    due_on: str,
    explanation: str | None = None,
) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    current = due_days(state, desk.workdays).get(deadline)
    if current is None:
        desk.require([DeadlineNotRunning(deadline=deadline)])
    else:
        if due_on <= current.day:
            desk.require([ExtensionIsNoLater(due_on=current.day)])
        if desk.today > current.day:
            desk.require([ExtensionAfterDue(due_on=current.day)])
    happen(
        case,
        desk,
        GovernanceCase.DeadlineExtended,
        deadline=deadline,
        due_on=due_on,
        explanation=explanation,
    )
