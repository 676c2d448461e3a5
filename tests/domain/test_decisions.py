"""Every guard of a case refuses once, and what it guards happens once it is satisfied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain import refusals
from domain.case import GovernanceCase
from domain.decisions import closing, contact, governance, listing, repair
from domain.events import Sealed
from domain.refusals import Refused
from domain.vocabulary import (
    Branch,
    Category,
    Channel,
    CloseReason,
    CommitmentType,
    ContactResult,
    DeadlineKind,
    ExclusionReason,
    Impediment,
    NotOperatingBasis,
    ObjectionAnswer,
    ObjectionGround,
    Performance,
    Proposal,
    PublicityClass,
    RemovalGround,
    ReopenReason,
    RepairResult,
    Stage,
)
from tests.domain.office_desk import (
    LISTED_ON,
    NOON,
    OFFICER,
    SECOND,
    TakenNumbers,
    a_case_ready_to_exit,
    a_case_tried_in_vain,
    a_listed_case,
    a_noticed_case,
    a_reached_case,
    a_repairable_record,
    an_exited_case,
    an_interviewed_case,
    attach,
    call,
    commit,
    desk,
    interview,
    photograph,
)

LATER = "2021-04-06"
COURT = Category.JUDGMENT


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


def test_a_subject_is_listed_once() -> None:
    case = a_listed_case()
    refused(
        refusals.AlreadyListed,
        lambda: listing.list_subject(
            case, desk(LATER), listed_on=LATER, town="t", unit="区人民法院"
        ),
    )


def test_a_list_names_a_unit_that_is_a_member() -> None:
    case = a_listed_case()
    refused(
        refusals.UnitIsUnknown, lambda: listing.assign_case(case, desk(LATER), unit="区不存在的局")
    )


def test_a_judgment_needs_a_court_case_number() -> None:
    case = a_listed_case(COURT)
    refused(refusals.DocumentNumberIsNoCourtNumber, lambda: attach(case, "随便写的"))


def test_a_number_is_attached_once_in_any_spelling() -> None:
    case = a_listed_case()
    attach(case)
    refused(refusals.RecordAlreadyAttached, lambda: attach(case, "岭云市监处罚[2020]1号"))


def test_a_number_belongs_to_one_case_of_the_office() -> None:
    case = a_listed_case()
    at = desk(LATER)
    at.numbers = TakenNumbers(**{"岭云市监处罚〔2020〕1号": "B2021-01-0002"})
    with pytest.raises(refusals.NumberUsedElsewhere) as refusal:
        listing.attach_record(
            case,
            at,
            number="岭云市监处罚【2020】1号",
            authority="云塘区市场监督管理局",
            decided_on="2020-11-30",
            amount_fen=0,
        )
    assert refusal.value.values["holder"] == "B2021-01-0002"


def test_nothing_is_recorded_before_it_happens() -> None:
    case = a_listed_case()
    tomorrow = "2021-03-10" + NOON
    refused(
        refusals.NotYetHappened,
        lambda: contact.attempt_contact(
            case,
            desk("2021-03-09"),
            attempted_at=tomorrow,
            result=ContactResult.NO_ANSWER,
        ),
    )


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("attempts", refusals.TooFewContactAttempts),
        ("channels", refusals.TooFewContactChannels),
        ("visit", refusals.NoVisitWithPhoto),
        ("spread", refusals.AttemptsTooClose),
        ("reached", refusals.EnterpriseWasReached),
    ],
)
def test_unreachable_must_be_proven(missing: str, expected: type[Refused]) -> None:
    case = a_listed_case()
    vain, photo = ContactResult.NO_ANSWER, "b" * 64
    if missing == "reached":
        case = a_case_tried_in_vain()
        call(case, "2021-03-18", ContactResult.REACHED_OPERATING)
    else:
        call(case, "2021-03-09", vain)
        if missing != "attempts":
            call(case, "2021-03-09" if missing == "spread" else "2021-03-10", vain)
        last = "2021-03-10" if missing == "spread" else "2021-03-18"
        by = Channel.PHONE if missing == "channels" else Channel.VISIT
        call(case, last, vain, by, None if missing == "visit" else photo)
    refused(
        expected,
        lambda: contact.propose_unreachable(case, desk("2021-03-19"), explanation="多次联系不上"),
    )


def test_unreachable_is_concluded_by_a_second_person() -> None:
    case = a_case_tried_in_vain()
    refused(refusals.NothingProposed, lambda: contact.confirm_unreachable(case, desk(LATER)))
    contact.propose_unreachable(case, desk("2021-03-18"), explanation="多次联系不上")
    refused(
        refusals.AlreadyProposed,
        lambda: contact.propose_unreachable(case, desk("2021-03-18"), explanation="再提一次"),
    )
    refused(refusals.SamePersonProposedIt, lambda: contact.confirm_unreachable(case, desk(LATER)))
    contact.confirm_unreachable(case, desk(LATER, SECOND))
    assert case.state.branch == Branch.UNREACHABLE


def test_not_operating_needs_somebody_who_said_so() -> None:
    case = a_reached_case()

    def conclude() -> None:
        contact.conclude_not_operating(
            case, desk(LATER), basis=NotOperatingBasis.STATEMENT, document="情况说明"
        )

    refused(refusals.EnterpriseNotReached, conclude)
    call(case, "2021-03-12", ContactResult.REACHED_NOT_OPERATING)
    conclude()
    assert case.state.branch == Branch.NOT_OPERATING
    refused(refusals.BranchAlreadyConcluded, conclude)


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


def test_an_exclusion_takes_two_persons_and_stops_governance() -> None:
    case = a_reached_case()
    exclude(case)
    refused(refusals.SamePersonProposedIt, lambda: listing.confirm_exclusion(case, desk(LATER)))
    listing.confirm_exclusion(case, desk(LATER, SECOND))
    assert not case.state.governed
    refused(refusals.SubjectIsExcluded, lambda: interview(case, LATER))
    listing.reinstate_subject(case, desk(LATER), explanation="破产申请被驳回")
    assert case.state.governed
    refused(
        refusals.SubjectIsNotExcluded,
        lambda: listing.reinstate_subject(case, desk(LATER), explanation="再来"),
    )


def test_a_repair_is_applied_for_after_the_shortest_period_with_proof_and_commitment() -> None:
    case = a_reached_case()
    record = attach(case)
    refused(refusals.RecordIsUnknown, lambda: apply(case, "no such"))
    refused(refusals.ProofOfPerformanceMissing, lambda: apply(case, record))
    ready = a_reached_case()
    repairable = a_repairable_record(ready)
    refused(refusals.RepairNotApplied, lambda: grant(ready, repairable))
    apply(ready, repairable)
    refused(refusals.RepairAlreadyApplied, lambda: apply(ready, repairable))
    refused(refusals.DocumentMissing, lambda: grant(ready, repairable, None))
    grant(ready, repairable)
    assert ready.state.records[repairable].repaired
    refused(refusals.RecordAlreadyRepaired, lambda: grant(ready, repairable))


def test_a_repair_waits_for_its_publicity_period() -> None:
    case = a_reached_case()
    listing.attach_record(
        case,
        desk("2021-03-10"),
        number="岭云市监处罚〔2021〕7号",
        authority="云塘区市场监督管理局",
        decided_on="2021-03-01",
        amount_fen=100,
    )
    with pytest.raises(refusals.PublicityPeriodRuns) as refusal:
        apply(case, next(iter(case.state.records)), "2021-03-20")
    assert refusal.value.values["opens"] == "2021-06-02"


def test_the_gravest_penalties_are_never_repaired() -> None:
    case = a_reached_case()
    listing.attach_record(
        case,
        desk("2021-03-10"),
        number="岭云市监处罚〔2019〕7号",
        authority="云塘区市场监督管理局",
        decided_on="2019-08-01",
        amount_fen=100,
        publicity_class=PublicityClass.SPECIFIC_SERIOUS,
    )
    record = next(iter(case.state.records))
    refused(refusals.RecordIsNotRepairable, lambda: apply(case, record))


def test_a_repair_needs_a_commitment_of_its_own() -> None:
    case = an_interviewed_case()
    commit(case, "2021-03-17")
    record = attach(case)
    at = desk("2021-04-01")
    repair.record_performance(
        case, at, record=record, performance=Performance.FULLY, performed_at=at.now
    )
    refused(refusals.CommitmentForRecordMissing, lambda: apply(case, record))
    commit(case, "2021-04-01", record)
    apply(case, record)


def test_a_revoked_repair_counts_no_longer() -> None:
    case = a_reached_case()
    record = a_repairable_record(case)

    def revoke() -> None:
        at = desk("2021-05-01")
        repair.revoke_repair(
            case,
            at,
            record=record,
            revoked_at=at.now,
            explanation="承诺不实",
            document="撤销决定",
        )

    refused(refusals.RecordIsNotRepaired, revoke)
    apply(case, record)
    grant(case, record)
    revoke()
    assert not case.state.records[record].repaired


def test_the_court_alone_takes_its_records_off() -> None:
    court, penalty = a_reached_case(COURT), a_reached_case()
    record = a_removal(court)
    refused(refusals.OnlyCourtRecordsAreRemoved, lambda: a_removal(penalty))
    refused(refusals.CourtDecidesThisRecord, lambda: apply(court, record))
    refused(
        refusals.SamePersonProposedIt,
        lambda: repair.confirm_court_removal(court, desk(LATER), record=record),
    )
    repair.confirm_court_removal(court, desk(LATER, SECOND), record=record)
    assert court.state.records[record].repaired


@pytest.mark.parametrize("ground", list(RemovalGround))
def test_only_three_grounds_of_removal_are_repair(ground: RemovalGround) -> None:
    case = a_reached_case(COURT)
    record = attach(case)
    repair.propose_court_removal(
        case, desk(LATER), record=record, ground=ground, document="屏蔽决定"
    )
    repair.confirm_court_removal(case, desk(LATER, SECOND), record=record)
    performed = {"performed", "settlement_done", "applicant_consent"}
    assert case.state.records[record].repaired is (ground in performed)


def test_a_file_closes_after_exit_and_when_every_record_is_settled() -> None:
    refused(refusals.NotExited, lambda: close(a_case_ready_to_exit()))
    case = an_exited_case()
    attach(case)
    refused(refusals.RecordsNotSettled, lambda: close(case))
    closed = a_closed_case()
    refused(refusals.CaseIsClosed, lambda: photograph(closed, "2021-05-11"))


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


def test_a_register_keeps_every_broken_rule_as_a_finding_and_the_entry_stands() -> None:
    case = a_listed_case()
    at = desk("2021-03-16", counter=False)
    governance.hold_interview(case, at, held_at=at.now, officers=["U01-1"])
    assert case.state.interviews == 1
    assert at.findings == ["enterprise_not_reached", "notice_not_served", "too_few_interviewers"]


def test_a_court_removal_in_a_register_counts_and_is_a_finding() -> None:
    case = a_reached_case(COURT)
    record = attach(case)
    at = desk(LATER, counter=False)
    repair.know_removal(case, at, record=record)
    assert case.state.records[record].repaired
    assert at.findings == ["removal_ground_unknown"]
