"""Objections, notes and voids, and the ways in which a case ends and is taken up again."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions import guards
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.entries import VOIDING, voided_versions
from domain.events import Sealed
from domain.refusals import (
    ApproverHandlesTheCase,
    CaseIsOpen,
    EntryAlreadyVoided,
    EntryCannotBeVoided,
    EntryIsUnknown,
    NotExited,
    NothingProposed,
    ObjectionIsOpen,
    ObjectionIsUnknown,
    RecordsNotSettled,
    Refused,
    StepsMissingForExit,
    VoidIsNotVoided,
)
from domain.vocabulary import (
    CloseReason,
    ObjectionAnswer,
    ObjectionGround,
    Proposal,
    ReopenReason,
)


def raise_objection(
    case: GovernanceCase,
    desk: Desk,
    *,
    ground: ObjectionGround,
    statement: Sealed,
    record: str | None = None,
) -> None:
    if record is not None:
        desk.require(guards.known_record(case.state, record))
    happen(
        case,
        desk,
        GovernanceCase.ObjectionRaised,
        objection=f"O{case.version + 1}",
        record=record,
        ground=ground,
        statement=statement,
    )


def answer_objection(
    case: GovernanceCase,
    desk: Desk,
    *,
    objection: str,
    answer: ObjectionAnswer,
    explanation: str,
) -> None:
    if objection not in case.state.objections:
        desk.require([ObjectionIsUnknown(objection=objection)])
    happen(
        case,
        desk,
        GovernanceCase.ObjectionAnswered,
        objection=objection,
        answer=answer,
        explanation=explanation,
    )


def add_note(case: GovernanceCase, desk: Desk, *, note: Sealed) -> None:
    happen(case, desk, GovernanceCase.NoteAdded, note=note)


def reveal_personal_data(
    case: GovernanceCase, desk: Desk, *, target: int, explanation: str
) -> None:
    """Who is shown personal data, and why, is itself part of the file (design D8)."""
    if not any(fact.version == target for fact in case.story):
        desk.require([EntryIsUnknown(version=target)])
    happen(case, desk, GovernanceCase.PersonalDataRevealed, target=target, explanation=explanation)


def voidable(case: GovernanceCase, target: int) -> Iterable[Refused]:
    fact = next((f for f in case.story if f.version == target), None)
    if fact is None:
        yield EntryIsUnknown(version=target)
    elif fact.topic in VOIDING:
        yield VoidIsNotVoided(version=target)
    elif fact.topic in (
        GovernanceCase.CaseOpened.TOPIC,
        GovernanceCase.PersonalDataErased.TOPIC,
    ):
        yield EntryCannotBeVoided(version=target)
    elif target in voided_versions(case.story):
        yield EntryAlreadyVoided(version=target)


def void_entry(case: GovernanceCase, desk: Desk, *, target: int, explanation: str) -> None:
    desk.require(voidable(case, target))
    happen(case, desk, GovernanceCase.EntryVoided, target=target, explanation=explanation)


def correct_entry(case: GovernanceCase, desk: Desk, *, target: int, explanation: str) -> None:
    """Take an entry away because the one that follows in the same command says it rightly."""
    desk.require(voidable(case, target))
    happen(case, desk, GovernanceCase.EntryCorrected, target=target, explanation=explanation)


def ready_to_exit(state: CaseState) -> Iterable[Refused]:
    missing = state.missing_for_exit()
    if missing:
        yield StepsMissingForExit(missing=missing)
    if any(record is None for record in state.objections.values()):
        yield ObjectionIsOpen()


def propose_exit(case: GovernanceCase, desk: Desk, *, explanation: str | None = None) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    desk.require(guards.not_proposed(state, Proposal.EXIT))
    desk.require(ready_to_exit(state))
    happen(case, desk, GovernanceCase.ExitProposed, explanation=explanation)


def confirm_exit(case: GovernanceCase, desk: Desk) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    proposed = state.proposals.get(Proposal.EXIT)
    if proposed is None:
        raise NothingProposed()
    desk.require(guards.another_person(desk, proposed))
    if state.officer == desk.actor:
        desk.require([ApproverHandlesTheCase()])
    desk.require(ready_to_exit(state))
    happen(case, desk, GovernanceCase.SubjectExited, ruleset=desk.rules.id)


def send_back(
    case: GovernanceCase,
    desk: Desk,
    *,
    proposal: Proposal,
    explanation: str,
    record: str | None = None,
) -> None:
    key = f"{proposal}:{record}" if record else str(proposal)
    proposed = case.state.proposals.get(key)
    if proposed is None:
        raise NothingProposed()
    desk.require(guards.another_person(desk, proposed))
    happen(
        case,
        desk,
        GovernanceCase.ProposalSentBack,
        proposal=proposal,
        record=record,
        explanation=explanation,
    )


def may_close(state: CaseState) -> Iterable[Refused]:
    if state.exited_at is None:
        yield NotExited()
    open_records = [r.number for r in state.records.values() if not r.settled]
    if open_records:
        yield RecordsNotSettled(numbers=open_records)


def close_case(case: GovernanceCase, desk: Desk, *, ground: CloseReason) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(may_close(case.state))
    happen(case, desk, GovernanceCase.CaseClosed, ground=ground)


def reopen_case(
    case: GovernanceCase, desk: Desk, *, ground: ReopenReason, explanation: str | None = None
) -> None:
    state = case.state
    if state.closed is None and state.exited_at is None:
        desk.require([CaseIsOpen(number=state.number)])
    happen(case, desk, GovernanceCase.CaseReopened, ground=ground, explanation=explanation)
