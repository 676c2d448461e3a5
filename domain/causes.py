"""What an act needs to have happened before it, and the acts that came first all the same.

At the counter a guard asks for each of these; a register of past work, a day typed wrongly and an
entry taken away later let the order be turned round. An act whose cause never happened is no
finding here: that is a broken rule, or a step missing at the exit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.entries import Fact
from domain.instants import local_day
from domain.office_hours import MIDNIGHT
from domain.vocabulary import Branch, CommitmentType, Performance, RepairResult

REACHED = frozenset({"reached_operating", "reached_not_operating"})
Is = tuple[str, frozenset[str]]
"""A fact of an entry, and the values of it that are meant."""


class Cause(NamedTuple):
    """One line of the table: the act, what it needs, and whether both are about one record."""

    code: str
    effect: str
    cause: str
    same: str = ""
    of_effect: Is | None = None
    of_cause: Is | None = None
    by_day: bool = False


def _one(field: str, *values: str) -> Is:
    return field, frozenset(map(str, values))


FOR_RECORD = _one("kind", CommitmentType.CREDIT_REPAIR)
ATTEMPT, NOTICE = "case.contact_attempted", "case.interview_notice_served"
INTERVIEW, COMMITMENT = "case.interview_held", "case.commitment_signed"
CONCLUDED, APPLIED = "case.reachability_concluded", "case.repair_applied"
RESULT, PERFORMED = "case.repair_result_recorded", "case.performance_recorded"
REVOKED, LISTED = "case.repair_revoked", "case.subject_listed"
FOUND, RAISED = "case.impediment_found", "case.objection_raised"

CAUSES: tuple[Cause, ...] = (
    Cause("contact_before_listing", ATTEMPT, LISTED, by_day=True),
    Cause("notice_before_contact", NOTICE, ATTEMPT, of_cause=("result", REACHED)),
    Cause("interview_before_contact", INTERVIEW, ATTEMPT, of_cause=("result", REACHED)),
    Cause("interview_before_notice", INTERVIEW, NOTICE),
    Cause("commitment_before_contact", COMMITMENT, ATTEMPT, of_cause=("result", REACHED)),
    Cause(
        "unreachable_before_proposal",
        CONCLUDED,
        "case.unreachability_proposed",
        of_effect=_one("branch", Branch.UNREACHABLE),
    ),
    Cause("unreachable_before_attempt", "case.unreachability_proposed", ATTEMPT),
    Cause(
        "branch_before_contact",
        CONCLUDED,
        ATTEMPT,
        of_effect=_one("branch", Branch.OPERATING, Branch.NOT_OPERATING),
        of_cause=("result", REACHED),
    ),
    Cause("supervision_before_contact", "case.key_supervision_started", ATTEMPT),
    Cause("cleared_before_found", "case.impediment_cleared", "case.impediment_found", "impediment"),
    Cause(
        "answered_before_raised", "case.objection_answered", "case.objection_raised", "objection"
    ),
    Cause("reinstated_before_excluded", "case.subject_reinstated", "case.subject_excluded"),
    Cause(
        "applied_before_performance",
        APPLIED,
        PERFORMED,
        "record",
        of_cause=_one("performance", Performance.FULLY),
    ),
    Cause("applied_before_commitment", APPLIED, COMMITMENT, "record", of_cause=FOR_RECORD),
    Cause("returned_before_application", "case.repair_returned", APPLIED, "record"),
    Cause("decided_before_application", RESULT, APPLIED, "record"),
    Cause("closed_before_exit", "case.closed", "case.subject_exited"),
)
BEFORE_DECISION: Mapping[str, str] = {
    PERFORMED: "performed_before_decision",
    APPLIED: "applied_before_decision",
    RESULT: "repaired_before_decision",
}
"""What cannot be earlier than the day of the penalty or judgment it is about."""
EXIT_BEFORE_STEP = "exit_before_step"
"""Comes with the steps that an exit asks for: see ``domain.exits``."""
CODES = (*(cause.code for cause in CAUSES), *BEFORE_DECISION.values(), EXIT_BEFORE_STEP)


class Early(NamedTuple):
    """An entry that happened before what it needs, and the entry of what it needs."""

    code: str
    version: int
    cause: int


def before_their_cause(facts: Sequence[Fact]) -> list[Early]:
    """Of the entries that count, given as they happened."""
    found: list[Early] = []
    seen: set[tuple[int, Any]] = set()
    waiting: dict[tuple[int, Any], list[Fact]] = {}
    for fact in facts:
        lines = _LINES.get(fact.topic)
        if lines is None:
            continue
        for place, cause in lines[0]:
            key = _key(place, cause, cause.of_cause, fact)
            if key is None or key in seen:
                continue
            seen.add(key)
            for act in waiting.pop(key, ()):
                if _is_before(act, fact, by_day=cause.by_day):
                    found.append(Early(cause.code, act.version, fact.version))
        for place, cause in lines[1]:
            key = _key(place, cause, cause.of_effect, fact)
            if key is not None and key not in seen:
                waiting.setdefault(key, []).append(fact)
    return found + _before_their_decision(facts)


def _before_their_decision(facts: Sequence[Fact]) -> list[Early]:
    """What happened to a record on a day before that of its penalty or judgment."""
    dated = [fact for fact in facts if fact.topic in BEFORE_DECISION]
    if not dated:
        return []
    attached = {fact.data["record"]: fact for fact in facts if fact.topic == ATTACHED}
    found = []
    for fact in dated:
        record = attached.get(fact.data["record"])
        if record is None or (fact.topic == RESULT and fact.data["result"] != RepairResult.GRANTED):
            continue
        if local_day(fact.occurred_at) < record.data["decided_on"]:
            found.append(Early(BEFORE_DECISION[fact.topic], fact.version, record.version))
    return found


ATTACHED = "case.record_attached"
Lines = list[tuple[int, Cause]]


def _lines() -> Mapping[str, tuple[Lines, Lines]]:
    """The lines of the table by topic: those of which it is the cause, and the effect."""
    found: dict[str, tuple[Lines, Lines]] = defaultdict(lambda: ([], []))
    for place, line in enumerate(CAUSES):
        found[line.cause][0].append((place, line))
        found[line.effect][1].append((place, line))
    return dict(found)


_LINES = _lines()


def _key(place: int, cause: Cause, meant: Is | None, fact: Fact) -> tuple[int, Any] | None:
    """What the two entries of a line of the table have in common; None: the line is not meant."""
    if meant is not None and fact.data[meant[0]] not in meant[1]:
        return None
    return place, fact.data[cause.same] if cause.same else None


def _is_before(act: Fact, cause: Fact, *, by_day: bool) -> bool:
    """Known by day, an act may have happened later on that day than anything else of it."""
    if act.occurred_at >= cause.occurred_at:
        return False
    if by_day or act.occurred_at.endswith(MIDNIGHT):
        return local_day(act.occurred_at) < local_day(cause.occurred_at)
    return True
