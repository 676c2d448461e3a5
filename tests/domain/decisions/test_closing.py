"""Objections, voids, exit, closing and reopening: every guard refuses once."""

from __future__ import annotations

import pytest

from domain import refusals
from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing
from domain.events import Sealed
from domain.vocabulary import (
    Branch,
    ContactResult,
    NotOperatingBasis,
    ObjectionAnswer,
    ObjectionGround,
    Proposal,
    ReopenReason,
    Stage,
)
from tests.domain.office_desk import (
    COURT,
    LATER,
    OFFICER,
    SECOND,
    a_case_ready_to_exit,
    a_case_tried_in_vain,
    a_closed_case,
    a_reached_case,
    an_exited_case,
    an_interviewed_case,
    attach,
    call,
    close,
    commit,
    desk,
    exclude,
    photograph,
    refused,
)


def test_four_steps_are_needed_to_exit_the_penalty_list() -> None:
    case = an_interviewed_case()
    with pytest.raises(refusals.StepsMissingForExit) as refusal:
        closing.propose_exit(case, desk(LATER))
    assert refusal.value.values["missing"] == ["photo", "commitment", "key_supervision"]


def test_the_judgment_list_needs_no_photo() -> None:
    case = an_interviewed_case(COURT)
    commit(case, "2021-03-17")
    governance.start_key_supervision(case, desk("2021-03-18"), unit="区人民法院")
    closing.propose_exit(case, desk(LATER))
    assert case.state.stage == Stage.AWAITING_SECOND


@pytest.mark.parametrize("branch", [Branch.UNREACHABLE, Branch.NOT_OPERATING])
def test_the_other_branches_exit_by_supervision_alone(branch: Branch) -> None:
    case = a_case_tried_in_vain()
    if branch == Branch.UNREACHABLE:
        contact.propose_unreachable(case, desk("2021-03-18"), explanation="多次联系不上")
        contact.confirm_unreachable(case, desk("2021-03-18", SECOND))
    else:
        call(case, "2021-03-18", ContactResult.REACHED_NOT_OPERATING)
        contact.conclude_not_operating(
            case, desk("2021-03-18"), basis=NotOperatingBasis.STATEMENT, document="情况说明"
        )
    refused(refusals.StepsMissingForExit, lambda: closing.propose_exit(case, desk(LATER)))
    governance.start_key_supervision(case, desk("2021-03-19"), unit="区人民法院")
    closing.propose_exit(case, desk(LATER))
    closing.confirm_exit(case, desk(LATER, SECOND))
    assert case.state.stage == Stage.EXITED


def test_an_exit_is_confirmed_by_somebody_who_neither_proposed_nor_handles_the_case() -> None:
    case = a_case_ready_to_exit()
    listing.assign_case(case, desk(LATER), unit="区人民法院", officer="officer-3")
    refused(refusals.NothingProposed, lambda: closing.confirm_exit(case, desk(LATER, SECOND)))
    closing.propose_exit(case, desk(LATER))
    refused(refusals.SamePersonProposedIt, lambda: closing.confirm_exit(case, desk(LATER)))
    refused(
        refusals.ApproverHandlesTheCase,
        lambda: closing.confirm_exit(case, desk(LATER, "officer-3")),
    )
    closing.confirm_exit(case, desk(LATER, SECOND))
    refused(refusals.SubjectHasExited, lambda: call(case, "2021-04-07", ContactResult.REFUSED))


def test_an_objection_to_the_listing_holds_the_exit() -> None:
    case = a_case_ready_to_exit()
    closing.raise_objection(
        case,
        desk(LATER),
        ground=ObjectionGround.WRONG_SUBJECT,
        statement=Sealed("不是我公司"),
    )
    refused(refusals.ObjectionIsOpen, lambda: closing.propose_exit(case, desk(LATER)))
    (objection,) = case.state.objections

    def answer(name: str) -> None:
        closing.answer_objection(
            case,
            desk(LATER),
            objection=name,
            answer=ObjectionAnswer.REJECTED,
            explanation="经核查主体无误",
        )

    refused(refusals.ObjectionIsUnknown, lambda: answer("O99"))
    answer(objection)
    closing.propose_exit(case, desk(LATER))


def test_a_proposal_sent_back_waits_no_longer() -> None:
    case = a_case_ready_to_exit()
    closing.propose_exit(case, desk(LATER))

    def send_back(actor: str) -> None:
        closing.send_back(
            case, desk(LATER, actor), proposal=Proposal.EXIT, explanation="照片看不清"
        )

    refused(refusals.SamePersonProposedIt, lambda: send_back(OFFICER))
    send_back(SECOND)
    assert case.state.stage == Stage.READY_TO_EXIT
    refused(refusals.NothingProposed, lambda: send_back(SECOND))


def test_a_file_closes_after_exit_and_when_every_record_is_settled() -> None:
    refused(refusals.NotExited, lambda: close(a_case_ready_to_exit()))
    case = an_exited_case()
    attach(case)
    refused(refusals.RecordsNotSettled, lambda: close(case))
    closed = a_closed_case()
    refused(refusals.CaseIsClosed, lambda: photograph(closed, "2021-05-11"))


def test_an_excluded_case_is_not_closed_without_an_exit() -> None:
    case = a_reached_case()
    exclude(case)
    listing.confirm_exclusion(case, desk(LATER, SECOND))
    refused(refusals.NotExited, lambda: close(case))


def test_only_what_ended_is_reopened() -> None:
    def reopen(case: GovernanceCase) -> None:
        closing.reopen_case(case, desk("2021-05-12"), ground=ReopenReason.EVIDENCE_INVALID)

    refused(refusals.CaseIsOpen, lambda: reopen(a_reached_case()))
    closed = a_closed_case()
    reopen(closed)
    assert closed.state.stage == Stage.READY_TO_EXIT


def test_an_entry_is_voided_once_and_a_void_never() -> None:
    case = a_reached_case()
    call_version = case.version

    def void(target: int) -> None:
        closing.void_entry(case, desk(LATER), target=target, explanation="录错企业")

    refused(refusals.EntryIsUnknown, lambda: void(99))
    refused(refusals.EntryCannotBeVoided, lambda: void(1))
    void(call_version)
    assert case.state.last_reach is None
    refused(refusals.EntryAlreadyVoided, lambda: void(call_version))
    refused(refusals.VoidIsNotVoided, lambda: void(case.version))
