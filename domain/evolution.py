"""How each event changes a case: one function an event, folded in the order of happening."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.case_state import CaseState, Proposed
from domain.entries import Fact
from domain.events import ENVELOPE
from domain.instants import local_day
from domain.record_state import RecordState
from domain.vocabulary import Proposal

Data = Mapping[str, Any]
Evolve = Callable[[CaseState, Fact, Data], None]
EVOLUTION: dict[str, Evolve] = {}


def state_of(facts: Iterable[Fact]) -> CaseState:
    """Fold the facts that count, given in the order in which they happened."""
    state = CaseState()
    for fact in facts:
        advance(state, fact)
    return state


def advance(state: CaseState, fact: Fact) -> None:
    """Take one more fact that counts, which happened after all that the state holds."""
    evolve = EVOLUTION.get(fact.topic)
    if evolve is not None:
        evolve(state, fact, fact.data)
    state.last_at = fact.occurred_at


def _on(topic: str) -> Callable[[Evolve], Evolve]:
    def register(evolve: Evolve) -> Evolve:
        EVOLUTION[topic] = evolve
        return evolve

    return register


def _proposal_key(proposal: str, record: str | None) -> str:
    return f"{proposal}:{record}" if record else proposal


def _propose(state: CaseState, fact: Fact, proposal: str, record: str | None = None) -> None:
    state.proposals[_proposal_key(proposal, record)] = Proposed(
        fact.actor,
        fact.occurred_at,
        fact.version,
        {name: value for name, value in fact.data.items() if name not in ENVELOPE},
    )


@_on("case.opened")
def _opened(state: CaseState, fact: Fact, data: Data) -> None:
    state.number = data["number"]
    state.reference = data["reference"]
    state.campaign = data["campaign"]
    state.enterprise = data["enterprise"]
    state.category = data["category"]


@_on("case.subject_listed")
def _listed(state: CaseState, fact: Fact, data: Data) -> None:
    state.listed_at = fact.occurred_at
    state.listed_on = data["listed_on"]
    state.town = data["town"]
    state.listing_unit = data["unit"]
    if not state.unit:
        state.unit = data["unit"]


@_on("case.exclusion_proposed")
def _exclusion_proposed(state: CaseState, fact: Fact, data: Data) -> None:
    _propose(state, fact, Proposal.EXCLUSION)


@_on("case.subject_excluded")
def _excluded(state: CaseState, fact: Fact, data: Data) -> None:
    state.excluded = data["ground"]
    state.proposals.pop(Proposal.EXCLUSION, None)


@_on("case.subject_reinstated")
def _reinstated(state: CaseState, fact: Fact, data: Data) -> None:
    state.excluded = None


def _record(state: CaseState, record: str) -> RecordState:
    """The record, kept aside while a register speaks of it before it is attached."""
    found = state.records.get(record) or state.unattached.get(record)
    if found is None:
        found = state.unattached[record] = RecordState(record)
    return found


@_on("case.record_attached")
def _attached(state: CaseState, fact: Fact, data: Data) -> None:
    record = _record(state, data["record"])
    record.number = data["number"]
    record.number_key = data["number_key"]
    record.authority = data["authority"]
    record.decided_on = data["decided_on"]
    record.amount_fen = data["amount_fen"]
    record.publicity_class = data["publicity_class"]
    record.debtor_ground = data["debtor_ground"]
    record.published_on = data["published_on"]
    record.attached_at = fact.occurred_at
    record.version = fact.version
    state.unattached.pop(record.record, None)
    state.records[record.record] = record


@_on("case.assigned")
def _assigned(state: CaseState, fact: Fact, data: Data) -> None:
    state.unit = data["unit"]
    state.officer = data["officer"]


@_on("case.released")
def _released(state: CaseState, fact: Fact, data: Data) -> None:
    state.officer = None


@_on("case.transferred")
def _transferred(state: CaseState, fact: Fact, data: Data) -> None:
    state.officer = data["officer"]


@_on("case.contact_attempted")
def _contacted(state: CaseState, fact: Fact, data: Data) -> None:
    result = data["result"]
    state.results[result] += 1
    if data["channel"]:
        state.channels.add(data["channel"])
        if data["channel"] == "visit" and data["photo"]:
            state.visits_with_photo += 1
    state.contact_days.append(local_day(fact.occurred_at))
    if state.first_contact_at is None:
        state.first_contact_at = fact.occurred_at
    if result.startswith("reached"):
        state.last_reach = result


@_on("case.unreachability_proposed")
def _unreachability_proposed(state: CaseState, fact: Fact, data: Data) -> None:
    _propose(state, fact, Proposal.UNREACHABLE)


@_on("case.reachability_concluded")
def _concluded(state: CaseState, fact: Fact, data: Data) -> None:
    state.branch = data["branch"]
    state.proposals.pop(Proposal.UNREACHABLE, None)


@_on("case.interview_notice_served")
def _notice_served(state: CaseState, fact: Fact, data: Data) -> None:
    state.notice_at = fact.occurred_at


@_on("case.interview_held")
def _interviewed(state: CaseState, fact: Fact, data: Data) -> None:
    state.interviews += 1
    if state.first_interview_at is None:
        state.first_interview_at = fact.occurred_at


@_on("case.photo_added")
def _photographed(state: CaseState, fact: Fact, data: Data) -> None:
    state.photos += 1


@_on("case.commitment_signed")
def _committed(state: CaseState, fact: Fact, data: Data) -> None:
    record = data["record"]
    if record is not None:
        _record(state, record).has_commitment = True
        return
    state.commitments += 1
    if state.first_commitment_at is None:
        state.first_commitment_at = fact.occurred_at


@_on("case.key_supervision_started")
def _supervised(state: CaseState, fact: Fact, data: Data) -> None:
    if state.supervised_at is None:
        state.supervised_at = fact.occurred_at


@_on("case.impediment_found")
def _impeded(state: CaseState, fact: Fact, data: Data) -> None:
    state.impediments.add(data["impediment"])


@_on("case.impediment_cleared")
def _cleared(state: CaseState, fact: Fact, data: Data) -> None:
    state.impediments.discard(data["impediment"])


def _repair(repair: str) -> Evolve:
    def evolve(state: CaseState, fact: Fact, data: Data) -> None:
        record = _record(state, data["record"])
        if not record.settled:
            record.repair = repair

    return evolve


_on("case.repair_applied")(_repair("applied"))
_on("case.repair_returned")(_repair("returned"))


@_on("case.repair_result_recorded")
def _repair_result(state: CaseState, fact: Fact, data: Data) -> None:
    record = _record(state, data["record"])
    record.repair = data["result"]
    if data["result"] == "granted":
        record.repaired_at = fact.occurred_at


@_on("case.repair_revoked")
def _repair_revoked(state: CaseState, fact: Fact, data: Data) -> None:
    record = _record(state, data["record"])
    record.repair = "revoked"
    record.repaired_at = None
    record.removal_ground = None


@_on("case.performance_recorded")
def _performed(state: CaseState, fact: Fact, data: Data) -> None:
    record = _record(state, data["record"])
    record.performance = data["performance"]


@_on("case.court_removal_proposed")
def _removal_proposed(state: CaseState, fact: Fact, data: Data) -> None:
    _propose(state, fact, Proposal.COURT_REMOVAL, data["record"])


@_on("case.record_removed_by_court")
def _removed(state: CaseState, fact: Fact, data: Data) -> None:
    record = _record(state, data["record"])
    record.repair = "removed"
    record.removal_ground = data["ground"]
    record.repaired_at = fact.occurred_at
    state.proposals.pop(_proposal_key(Proposal.COURT_REMOVAL, data["record"]), None)


@_on("case.objection_raised")
def _objected(state: CaseState, fact: Fact, data: Data) -> None:
    state.objections[data["objection"]] = data["record"]


@_on("case.objection_answered")
def _answered(state: CaseState, fact: Fact, data: Data) -> None:
    state.objections.pop(data["objection"], None)


@_on("case.deadline_extended")
def _extended(state: CaseState, fact: Fact, data: Data) -> None:
    state.extended[data["deadline"]] = data["due_on"]


@_on("case.exit_proposed")
def _exit_proposed(state: CaseState, fact: Fact, data: Data) -> None:
    _propose(state, fact, Proposal.EXIT)


@_on("case.subject_exited")
def _exited(state: CaseState, fact: Fact, data: Data) -> None:
    state.exited_at = fact.occurred_at
    state.exited_by = fact.actor
    state.proposals.pop(Proposal.EXIT, None)


@_on("case.proposal_sent_back")
def _sent_back(state: CaseState, fact: Fact, data: Data) -> None:
    state.proposals.pop(_proposal_key(data["proposal"], data["record"]), None)


@_on("case.closed")
def _closed(state: CaseState, fact: Fact, data: Data) -> None:
    state.closed = data["ground"]
    state.closed_at = fact.occurred_at


@_on("case.reopened")
def _reopened(state: CaseState, fact: Fact, data: Data) -> None:
    state.closed = None
    state.closed_at = None
    state.exited_at = None
    state.exited_by = None
    state.reopened = True
