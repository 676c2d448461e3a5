"""The one step that takes a case forward now, by the name of its command."""

from __future__ import annotations

from domain.case_state import CaseState
from domain.vocabulary import Branch, ContactResult, Proposal, Stage

CONFIRMATIONS = {
    Proposal.EXCLUSION: "confirm_exclusion",
    Proposal.UNREACHABLE: "confirm_unreachable",
    Proposal.EXIT: "confirm_exit",
    Proposal.COURT_REMOVAL: "confirm_court_removal",
}


def main_step(state: CaseState) -> str | None:
    """None when nothing is asked of the office: the case waits for others or is closed."""
    stage = state.stage
    if stage == Stage.AWAITING_SECOND:
        first = next(iter(state.proposals))
        return CONFIRMATIONS[Proposal(first.split(":")[0])]
    if stage == Stage.CONTACTING:
        if state.last_reach == ContactResult.REACHED_NOT_OPERATING:
            return "conclude_not_operating"
        return "attempt_contact"
    if stage == Stage.TO_INTERVIEW:
        return "hold_interview" if state.notice_at is not None else "serve_interview_notice"
    if stage == Stage.TO_COMMIT:
        return "sign_commitment" if not state.commitments else "add_photo"
    if stage == Stage.EXITED:
        return _after_exit(state)
    return {
        Stage.UNLISTED: None,
        Stage.TO_SUPERVISE: "start_key_supervision",
        Stage.READY_TO_EXIT: "propose_exit",
    }.get(stage)


def _after_exit(state: CaseState) -> str | None:
    if state.all_records_settled:
        return "close_case"
    if any(record.repair == "applied" for record in state.records.values()):
        return "record_repair_result"
    if state.effective_branch == Branch.OPERATING and state.category == "penalty":
        return "apply_repair"
    return None
