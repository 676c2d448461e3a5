"""The way of a record to its repair: every guard refuses once, and what counts."""

from __future__ import annotations

import pytest

from domain import refusals
from domain.decisions import listing, repair
from domain.vocabulary import (
    Performance,
    PublicityClass,
    RemovalGround,
)
from tests.domain.office_desk import (
    COURT,
    LATER,
    SECOND,
    a_reached_case,
    a_removal,
    a_repairable_record,
    an_interviewed_case,
    apply,
    attach,
    commit,
    desk,
    grant,
    refused,
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


def test_a_court_removal_in_a_register_counts_and_is_a_finding() -> None:
    case = a_reached_case(COURT)
    record = attach(case)
    at = desk(LATER, counter=False)
    repair.know_removal(case, at, record=record)
    assert case.state.records[record].repaired
    assert at.findings == ["removal_ground_unknown"]
