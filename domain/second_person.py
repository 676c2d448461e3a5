"""Steps that ask for two persons, and those of a case on which only one ever stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.entries import Fact
from domain.vocabulary import Branch, Proposal

CONFIRMS: Mapping[str, Proposal] = {
    "case.subject_excluded": Proposal.EXCLUSION,
    "case.reachability_concluded": Proposal.UNREACHABLE,
    "case.subject_exited": Proposal.EXIT,
    "case.record_removed_by_court": Proposal.COURT_REMOVAL,
}
PROPOSES: Mapping[str, Proposal] = {
    "case.exclusion_proposed": Proposal.EXCLUSION,
    "case.unreachability_proposed": Proposal.UNREACHABLE,
    "case.exit_proposed": Proposal.EXIT,
    "case.court_removal_proposed": Proposal.COURT_REMOVAL,
}
SENT_BACK = "case.proposal_sent_back"
HANDED = frozenset({"case.assigned", "case.transferred", "case.released"})
"""Entries that say whose case it is from then on."""

SAME_PERSON = "same_person"
OWN_CASE = "own_case"
NO_PROPOSAL = "no_proposal"


class OneSided(NamedTuple):
    """A step that stands on one person: how, by whom, and the entry that proposed it if any."""

    version: int
    how: str
    actor: str
    proposed: int


def one_sided(facts: Sequence[Fact]) -> list[OneSided]:
    """Judged by the entries alone, given as they happened, whoever let them in."""
    if not any(fact.topic in CONFIRMS for fact in facts):
        return []
    proposed: dict[tuple[str, str | None], Fact] = {}
    officer: str | None = None
    found = []
    for fact in facts:
        if fact.topic in HANDED:
            officer = fact.data.get("officer")
        elif fact.topic in PROPOSES:
            proposed[PROPOSES[fact.topic], fact.data.get("record")] = fact
        elif fact.topic == SENT_BACK:
            proposed.pop((fact.data["proposal"], fact.data["record"]), None)
        elif fact.topic in CONFIRMS and _asks_two(fact):
            key = (CONFIRMS[fact.topic], fact.data.get("record"))
            how = _how(fact, proposed.get(key), officer)
            if how is not None:
                first = proposed[key].version if key in proposed else 0
                found.append(OneSided(fact.version, how, fact.actor, first))
            proposed.pop(key, None)
    return found


def _asks_two(fact: Fact) -> bool:
    """That an enterprise does not operate any longer, one person may conclude."""
    return bool(fact.data.get("branch", Branch.UNREACHABLE) == Branch.UNREACHABLE)


def _how(fact: Fact, proposal: Fact | None, officer: str | None) -> str | None:
    if proposal is None:
        return NO_PROPOSAL
    if proposal.actor == fact.actor:
        return SAME_PERSON
    return OWN_CASE if officer == fact.actor else None
