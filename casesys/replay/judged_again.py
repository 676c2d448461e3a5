"""The entries of a case judged again by the guards of their decisions, as a register's are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import signature
from typing import Any, cast

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions import closing, contact, governance, handling, listing, repair
from domain.desk import Desk
from domain.entries import VOIDING, Entry, live, voided_versions
from domain.evolution import advance, state_of
from domain.refusals import Refused
from domain.vocabulary import Branch
from domain.workdays import Workdays

Decision = Callable[..., None]

DECIDED_BY: Mapping[str, tuple[Decision, str]] = {
    "case.subject_listed": (listing.list_subject, ""),
    "case.exclusion_proposed": (listing.propose_exclusion, ""),
    "case.subject_excluded": (listing.confirm_exclusion, ""),
    "case.subject_reinstated": (listing.reinstate_subject, ""),
    "case.record_attached": (listing.attach_record, ""),
    "case.assigned": (listing.assign_case, ""),
    "case.released": (handling.release_case, ""),
    "case.transferred": (handling.transfer_case, ""),
    "case.contact_attempted": (contact.attempt_contact, "attempted_at"),
    "case.unreachability_proposed": (contact.propose_unreachable, ""),
    "case.interview_notice_served": (governance.serve_interview_notice, "served_at"),
    "case.interview_held": (governance.hold_interview, "held_at"),
    "case.photo_added": (governance.add_photo, "taken_at"),
    "case.commitment_signed": (governance.sign_commitment, "signed_at"),
    "case.key_supervision_started": (governance.start_key_supervision, ""),
    "case.impediment_found": (governance.find_impediment, ""),
    "case.impediment_cleared": (governance.clear_impediment, ""),
    "case.repair_applied": (repair.apply_repair, ""),
    "case.repair_returned": (repair.return_repair, ""),
    "case.repair_result_recorded": (repair.record_repair_result, "decided_at"),
    "case.repair_revoked": (repair.revoke_repair, "revoked_at"),
    "case.performance_recorded": (repair.record_performance, "performed_at"),
    "case.court_removal_proposed": (repair.propose_court_removal, ""),
    "case.objection_raised": (closing.raise_objection, ""),
    "case.objection_answered": (closing.answer_objection, ""),
    "case.deadline_extended": (governance.extend_deadline, ""),
    "case.personal_data_revealed": (closing.reveal_personal_data, ""),
    "case.entry_voided": (closing.void_entry, ""),
    "case.entry_corrected": (closing.correct_entry, ""),
    "case.exit_proposed": (closing.propose_exit, ""),
    "case.subject_exited": (closing.confirm_exit, ""),
    "case.proposal_sent_back": (closing.send_back, ""),
    "case.closed": (closing.close_case, ""),
    "case.reopened": (closing.reopen_case, ""),
}
"""The decision that each kind of entry stands for, and its field that says when it happened."""

_CONCLUDED_BY: Mapping[str, Decision] = {
    Branch.UNREACHABLE: contact.confirm_unreachable,
    Branch.NOT_OPERATING: contact.conclude_not_operating,
    Branch.OPERATING: contact.conclude_operating,
}


class _CaseBefore:
    """A case as its decision reads it; what the decision would let happen is not taken."""

    def __init__(self, story: Sequence[Entry], state: CaseState) -> None:
        self.story = story
        self.state = state
        self.version = max((fact.version for fact in story), default=0)

    def trigger_event(self, *_: Any, **__: Any) -> None:
        """Nothing happens in a story that is only told."""


def broken_rules_of(
    entries: Sequence[Entry], workdays: Workdays, first: int = 0
) -> dict[int, frozenset[str]]:
    """The codes of the rules that each entry breaks, from a place on, by its version.

    The entries come in the order in which the books took them in: each is judged by those before
    it, on the day on which it was recorded, by the rules of that day.
    """
    found: dict[int, frozenset[str]] = {}
    state: CaseState | None = None
    for place, entry in enumerate(entries):
        story = entries[:place]
        if place >= first:
            if state is None:
                state = state_of(live(story))
            found[entry.version] = _broken(entry, _CaseBefore(story, state), workdays)
            state = _gone_on(state, entry, story)
    return found


def _gone_on(state: CaseState, entry: Entry, story: Sequence[Entry]) -> CaseState | None:
    """The state with one more entry; None where it must be folded anew."""
    follows = entry.occurred_at >= state.last_at and entry.topic not in VOIDING
    if not follows or entry.version in voided_versions(story):
        return None
    advance(state, entry)
    return state


def _broken(entry: Entry, case: _CaseBefore, workdays: Workdays) -> frozenset[str]:
    decision, when = _decision(entry)
    if decision is None:
        return frozenset()
    desk = Desk(
        actor=entry.actor,
        now=entry.recorded_at,
        workdays=workdays,
        occurred_at=entry.occurred_at,
        counter=False,
    )
    typed = {name: entry.data[name] for name in _asked(decision) if name in entry.data}
    if when:
        typed[when] = entry.occurred_at
    desk.require(desk.not_in_future(entry.occurred_at))
    try:
        decision(cast(GovernanceCase, case), desk, **typed)
    except Refused as refused:
        # Without a proposal there is nothing that a second person could confirm.
        return frozenset((*desk.findings, refused.code))
    return frozenset(desk.findings)


def _decision(entry: Entry) -> tuple[Decision | None, str]:
    """None where no rule says anything: a file is opened, a note is written."""
    if entry.topic == "case.reachability_concluded":
        return _CONCLUDED_BY[entry.data["branch"]], ""
    if entry.topic == "case.record_removed_by_court":
        known = entry.data["ground"] is not None
        return (repair.confirm_court_removal if known else repair.know_removal), ""
    return DECIDED_BY.get(entry.topic, (None, ""))


@cache
def _asked(decision: Decision) -> tuple[str, ...]:
    """The fields of a decision, without the case and the desk."""
    return tuple(signature(decision).parameters)[2:]
