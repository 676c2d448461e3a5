"""Which acts the figures of a month count, each as often as it happened, whatever became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain.entries import Fact
from domain.vocabulary import COUNTS_AS_REPAIR


def is_repair(fact: Fact) -> bool:
    """A repair was granted, or a court removed the 宗 for a reason that counts as one."""
    if fact.topic == "case.repair_result_recorded":
        return bool(fact.data["result"] == "granted")
    if fact.topic != "case.record_removed_by_court":
        return False
    ground = fact.data["ground"]
    return ground is None or ground in COUNTS_AS_REPAIR


def _is(topic: str) -> Callable[[Fact], bool]:
    return lambda fact: fact.topic == topic


ACTS: Mapping[str, Callable[[Fact], bool]] = {
    "listings": _is("case.subject_listed"),
    "attachments": _is("case.record_attached"),
    "repairs": is_repair,
    "revocations": _is("case.repair_revoked"),
    "interviews": _is("case.interview_held"),
    "photos": _is("case.photo_added"),
    "commitments": lambda fact: (
        fact.topic == "case.commitment_signed" and fact.data["record"] is None
    ),
}
"""By the measure of a case's ``Standing`` that adds them up."""
