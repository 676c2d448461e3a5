"""Reaching the enterprise, and concluding which branch of governance its case takes."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions import guards
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.events import Sealed
from domain.refusals import (
    BranchAlreadyConcluded,
    EnterpriseNotReached,
    NothingProposed,
    Refused,
)
from domain.unreachability import missing_attempts
from domain.vocabulary import (
    Branch,
    Channel,
    ContactResult,
    NotOperatingBasis,
    Proposal,
)


def attempt_contact(
    case: GovernanceCase,
    desk: Desk,
    *,
    attempted_at: str,
    result: ContactResult,
    channel: Channel | None = None,
    contact_person: Sealed | None = None,
    phone: Sealed | None = None,
    notes: Sealed | None = None,
    photo: str | None = None,
) -> None:
    desk.require(guards.in_governance(case.state))
    desk.require(desk.not_in_future(attempted_at))
    happen(
        case,
        desk,
        GovernanceCase.ContactAttempted,
        attempted_at,
        result=result,
        channel=channel,
        contact_person=contact_person,
        phone=phone,
        notes=notes,
        photo=photo,
    )


def enough_attempts(state: CaseState, desk: Desk) -> Iterable[Refused]:
    """Today's rule set decides."""
    return missing_attempts(state, desk.rules.unreachable, desk.workdays)


def propose_unreachable(case: GovernanceCase, desk: Desk, *, explanation: str) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    desk.require(guards.not_proposed(state, Proposal.UNREACHABLE))
    desk.require(_branch_is(state, Branch.UNREACHABLE))
    desk.require(enough_attempts(state, desk))
    happen(
        case,
        desk,
        GovernanceCase.UnreachabilityProposed,
        explanation=explanation,
        ruleset=desk.rules.id,
    )


def _branch_is(state: CaseState, wanted: Branch) -> Iterable[Refused]:
    if state.branch == wanted:
        yield BranchAlreadyConcluded(branch=wanted)


def confirm_unreachable(case: GovernanceCase, desk: Desk) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    proposed = state.proposals.get(Proposal.UNREACHABLE)
    if proposed is None:
        raise NothingProposed()
    desk.require(guards.another_person(desk, proposed))
    desk.require(enough_attempts(state, desk))
    happen(
        case,
        desk,
        GovernanceCase.ReachabilityConcluded,
        branch=Branch.UNREACHABLE,
        basis=None,
        document=None,
        ruleset=desk.rules.id,
    )


def conclude_not_operating(
    case: GovernanceCase, desk: Desk, *, basis: NotOperatingBasis, document: str
) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    desk.require(_branch_is(state, Branch.NOT_OPERATING))
    if state.last_reach != ContactResult.REACHED_NOT_OPERATING:
        desk.require([EnterpriseNotReached(wanted=ContactResult.REACHED_NOT_OPERATING)])
    happen(
        case,
        desk,
        GovernanceCase.ReachabilityConcluded,
        branch=Branch.NOT_OPERATING,
        basis=basis,
        document=document,
        ruleset=desk.rules.id,
    )


def conclude_operating(case: GovernanceCase, desk: Desk) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    desk.require(_branch_is(state, Branch.OPERATING))
    if state.last_reach != ContactResult.REACHED_OPERATING:
        desk.require([EnterpriseNotReached(wanted=ContactResult.REACHED_OPERATING)])
    happen(
        case,
        desk,
        GovernanceCase.ReachabilityConcluded,
        branch=Branch.OPERATING,
        basis=None,
        document=None,
        ruleset=desk.rules.id,
    )
