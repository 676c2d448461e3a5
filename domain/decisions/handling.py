"""Who handles a case: an officer takes it, gives it back, or passes it to another."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions import guards
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.refusals import (
    CaseHasAnOfficer,
    CaseHasNoOfficer,
    CaseIsNotYours,
    OfficerDoesNotReachTheCase,
    OfficerHasItAlready,
    Refused,
    SubjectIsNotListed,
)


def claim_case(case: GovernanceCase, desk: Desk) -> None:
    state = case.state
    desk.require(guards.is_open(state))
    if not state.is_listed:
        desk.require([SubjectIsNotListed(number=state.number)])
    if state.officer is not None:
        desk.require([CaseHasAnOfficer(number=state.number, officer=_called(desk, state.officer))])
    happen(case, desk, GovernanceCase.CaseAssigned, unit=state.unit, officer=desk.actor)


def release_case(case: GovernanceCase, desk: Desk, *, explanation: str) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(_is_handled(case.state))
    if case.state.officer is not None and _account(desk, case.state.officer) != desk.actor:
        officer = _called(desk, case.state.officer)
        desk.require([CaseIsNotYours(number=case.state.number, officer=officer)])
    happen(case, desk, GovernanceCase.CaseReleased, explanation=explanation)


def transfer_case(case: GovernanceCase, desk: Desk, *, officer: str, explanation: str) -> None:
    """The unit stays responsible; another unit is given the case by an assignment."""
    state = case.state
    desk.require(guards.is_open(state))
    desk.require(_is_handled(state))
    desk.require(guards.known_officer(desk, officer))
    account = _account(desk, officer)
    if state.officer is not None and _account(desk, state.officer) == account:
        desk.require([OfficerHasItAlready(number=state.number, officer=_called(desk, account))])
    if desk.officers is not None and not desk.officers.reaches(account, state.unit):
        login = _called(desk, account)
        desk.require([OfficerDoesNotReachTheCase(officer=login, unit=state.unit)])
    happen(case, desk, GovernanceCase.CaseTransferred, officer=account, explanation=explanation)


def _is_handled(state: CaseState) -> Iterable[Refused]:
    if state.officer is None:
        yield CaseHasNoOfficer(number=state.number)


def _account(desk: Desk, officer: str) -> str:
    """The account of an officer; a register names people who never had one."""
    found = desk.officers.find(officer) if desk.officers is not None else None
    return found or officer


def _called(desk: Desk, officer: str) -> str:
    found = desk.officers.login_of(officer) if desk.officers is not None else None
    return found or officer
