"""The way of one record to its repair; the office records what others decide, with the document."""

from __future__ import annotations

from collections.abc import Iterable

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions import guards
from domain.decisions.guards import happen, record_of
from domain.desk import Desk
from domain.record_state import RecordState
from domain.refusals import (
    CommitmentForRecordMissing,
    CourtDecidesThisRecord,
    DocumentMissing,
    NothingProposed,
    OnlyCourtRecordsAreRemoved,
    ProofOfPerformanceMissing,
    PublicityPeriodRuns,
    RecordAlreadyRepaired,
    RecordIsNotRepairable,
    RecordIsNotRepaired,
    Refused,
    RemovalGroundUnknown,
    RepairAlreadyApplied,
    RepairNotApplied,
)
from domain.rulesets import earliest_repair_day
from domain.vocabulary import (
    Category,
    Performance,
    Proposal,
    PublicityClass,
    RemovalGround,
    RepairResult,
)


def may_apply(state: CaseState, record: RecordState, desk: Desk) -> Iterable[Refused]:
    """Conditions of an application for repair under today's rule set (domain.md 2.2)."""
    if state.category == Category.JUDGMENT:
        yield CourtDecidesThisRecord()
        return
    if record.settled:
        yield RecordAlreadyRepaired()
    if record.repair == "applied":
        yield RepairAlreadyApplied()
    if not record.decided_on:
        return
    grade = PublicityClass(record.publicity_class or PublicityClass.GENERAL)
    opens = earliest_repair_day(record.decided_on, grade, desk.rules, desk.workdays)
    if opens is None:
        yield RecordIsNotRepairable()
    elif desk.today < opens:
        yield PublicityPeriodRuns(opens=opens)
    if record.performance != Performance.FULLY:
        yield ProofOfPerformanceMissing()
    if not record.has_commitment:
        yield CommitmentForRecordMissing()


def apply_repair(
    case: GovernanceCase, desk: Desk, *, record: str, proof: str | None = None
) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(guards.known_record(case.state, record))
    desk.require(may_apply(case.state, record_of(case, record), desk))
    happen(
        case,
        desk,
        GovernanceCase.RepairApplied,
        record=record,
        proof=proof,
        ruleset=desk.rules.id,
    )


def _under_way(record: RecordState) -> Iterable[Refused]:
    if record.repair != "applied":
        yield RepairNotApplied()


def return_repair(case: GovernanceCase, desk: Desk, *, record: str, missing: str) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(guards.known_record(case.state, record))
    desk.require(_under_way(record_of(case, record)))
    happen(case, desk, GovernanceCase.RepairReturned, record=record, missing=missing)


def record_repair_result(
    case: GovernanceCase,
    desk: Desk,
    *,
    record: str,
    result: RepairResult,
    decided_at: str,
    document: str | None = None,
    decided_by: str | None = None,
) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(guards.known_record(case.state, record))
    if case.state.category == Category.JUDGMENT:
        desk.require([CourtDecidesThisRecord()])
    found = record_of(case, record)
    if found.settled:
        desk.require([RecordAlreadyRepaired()])
    else:
        desk.require(_under_way(found))
    if not document:
        desk.require([DocumentMissing()])
    desk.require(desk.not_in_future(decided_at))
    happen(
        case,
        desk,
        GovernanceCase.RepairResultRecorded,
        decided_at,
        record=record,
        result=result,
        document=document,
        decided_by=decided_by,
    )


def revoke_repair(
    case: GovernanceCase,
    desk: Desk,
    *,
    record: str,
    revoked_at: str,
    explanation: str,
    document: str | None = None,
) -> None:
    desk.require(guards.known_record(case.state, record))
    if not record_of(case, record).settled:
        desk.require([RecordIsNotRepaired()])
    if not document:
        desk.require([DocumentMissing()])
    desk.require(desk.not_in_future(revoked_at))
    happen(
        case,
        desk,
        GovernanceCase.RepairRevoked,
        revoked_at,
        record=record,
        document=document,
        explanation=explanation,
    )


def record_performance(
    case: GovernanceCase,
    desk: Desk,
    *,
    record: str,
    performance: Performance,
    performed_at: str,
    amount_fen: int | None = None,
    document: str | None = None,
) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(guards.known_record(case.state, record))
    desk.require(desk.not_in_future(performed_at))
    happen(
        case,
        desk,
        GovernanceCase.PerformanceRecorded,
        performed_at,
        record=record,
        performance=performance,
        amount_fen=amount_fen,
        document=document,
    )


def _of_the_court(state: CaseState, record: RecordState) -> Iterable[Refused]:
    if state.category != Category.JUDGMENT:
        yield OnlyCourtRecordsAreRemoved()
    if record.settled:
        yield RecordAlreadyRepaired()


def propose_court_removal(
    case: GovernanceCase, desk: Desk, *, record: str, ground: RemovalGround, document: str
) -> None:
    state = case.state
    desk.require(guards.is_open(state))
    desk.require(guards.known_record(state, record))
    desk.require(_of_the_court(state, record_of(case, record)))
    desk.require(guards.not_proposed(state, f"{Proposal.COURT_REMOVAL}:{record}"))
    happen(
        case,
        desk,
        GovernanceCase.CourtRemovalProposed,
        record=record,
        ground=ground,
        document=document,
    )


def confirm_court_removal(case: GovernanceCase, desk: Desk, *, record: str) -> None:
    state = case.state
    desk.require(guards.is_open(state))
    proposed = state.proposals.get(f"{Proposal.COURT_REMOVAL}:{record}")
    if proposed is None:
        raise NothingProposed()
    desk.require(guards.another_person(desk, proposed))
    happen(
        case,
        desk,
        GovernanceCase.RecordRemovedByCourt,
        record=record,
        ground=proposed.data["ground"],
        document=proposed.data["document"],
    )


def know_removal(case: GovernanceCase, desk: Desk, *, record: str) -> None:
    """A register says that a court removed a record, and does not say on which ground."""
    desk.require(guards.known_record(case.state, record))
    desk.require([RemovalGroundUnknown()])
    happen(
        case,
        desk,
        GovernanceCase.RecordRemovedByCourt,
        record=record,
        ground=None,
        document=None,
    )
