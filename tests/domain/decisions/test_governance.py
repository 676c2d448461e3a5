"""Notice, interview, evidence, commitment, supervision: every guard refuses once."""

from __future__ import annotations

from domain import refusals
from domain.case import GovernanceCase
from domain.decisions import governance
from domain.vocabulary import (
    CommitmentType,
    DeadlineKind,
    Impediment,
    Stage,
)
from tests.domain.office_desk import (
    COURT,
    LATER,
    LISTED_ON,
    OFFICER,
    a_case_ready_to_exit,
    a_listed_case,
    a_noticed_case,
    a_reached_case,
    an_interviewed_case,
    desk,
    interview,
    refused,
)


def test_an_interview_needs_a_reached_enterprise_a_notice_and_two_officers() -> None:
    unreached, reached = a_listed_case(), a_reached_case()
    refused(refusals.EnterpriseNotReached, lambda: interview(unreached, "2021-03-16"))
    refused(refusals.NoticeNotServed, lambda: interview(reached, "2021-03-16"))
    noticed = a_noticed_case()
    refused(refusals.TooFewInterviewers, lambda: interview(noticed, "2021-03-16", [OFFICER] * 2))
    interview(noticed, "2021-03-16")
    assert noticed.state.stage == Stage.TO_COMMIT


def test_a_photo_is_linked_to_an_act_of_the_case() -> None:
    case = a_reached_case()
    at = desk(LATER)
    refused(
        refusals.ActIsUnknown,
        lambda: governance.add_photo(case, at, taken_at=at.now, sha256="c" * 64, linked_act=99),
    )


def test_a_commitment_for_repair_names_its_record() -> None:
    case = an_interviewed_case()
    at = desk(LATER)
    refused(
        refusals.RecordIsUnknown,
        lambda: governance.sign_commitment(
            case, at, signed_at=at.now, kind=CommitmentType.CREDIT_REPAIR, record="no such"
        ),
    )


def test_supervision_waits_for_the_branch_and_the_commitment() -> None:
    def supervise(case: GovernanceCase) -> None:
        governance.start_key_supervision(case, desk(LATER), unit="区人民法院")

    refused(refusals.BranchNotConcluded, lambda: supervise(a_listed_case()))
    refused(refusals.CommitmentNotSigned, lambda: supervise(an_interviewed_case()))
    refused(refusals.AlreadySupervised, lambda: supervise(a_case_ready_to_exit()))


def test_an_impediment_is_found_once_and_cleared_once() -> None:
    case = a_listed_case(COURT)
    bankrupt = Impediment.BANKRUPT
    refused(
        refusals.ImpedimentNotFound,
        lambda: governance.clear_impediment(case, desk(LATER), impediment=bankrupt),
    )
    governance.find_impediment(case, desk(LATER), impediment=bankrupt)
    refused(
        refusals.ImpedimentAlreadyFound,
        lambda: governance.find_impediment(case, desk(LATER), impediment=bankrupt),
    )


def test_a_deadline_is_extended_to_a_later_day_while_it_runs() -> None:
    case = a_listed_case()

    def extend(kind: DeadlineKind, to: str, on: str) -> None:
        governance.extend_deadline(
            case, desk(on), deadline=kind, due_on=to, explanation="企业负责人住院"
        )

    first, commitment = DeadlineKind.FIRST_CONTACT, DeadlineKind.COMMITMENT
    refused(refusals.DeadlineNotRunning, lambda: extend(commitment, "2021-05-01", LISTED_ON))
    refused(refusals.ExtensionIsNoLater, lambda: extend(first, "2021-03-15", LISTED_ON))
    refused(refusals.ExtensionAfterDue, lambda: extend(first, "2021-03-22", "2021-03-16"))
    extend(first, "2021-03-22", LISTED_ON)
    assert case.state.extended == {first: "2021-03-22"}


def test_a_register_keeps_every_broken_rule_as_a_finding_and_the_entry_stands() -> None:
    case = a_listed_case()
    at = desk("2021-03-16", counter=False)
    governance.hold_interview(case, at, held_at=at.now, officers=["U01-1"])
    assert case.state.interviews == 1
    assert at.findings == ["enterprise_not_reached", "notice_not_served", "too_few_interviewers"]
