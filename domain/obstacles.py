"""What holds the repair of each 宗 up on a day: one reason each, by a fixed order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from domain.case_state import CaseState
from domain.entries import Fact
from domain.evolution import advance
from domain.instants import FOREVER, local_day
from domain.record_state import RecordState
from domain.rulesets import RULE_SETS, repair_opens, ruleset, ruleset_on
from domain.vocabulary import Category, Impediment, PublicityClass
from domain.workdays import Due, Workdays

OF_RECORDS = frozenset(
    {
        "case.record_attached",
        "case.repair_applied",
        "case.repair_returned",
        "case.repair_result_recorded",
        "case.repair_revoked",
        "case.record_removed_by_court",
    }
)
"""The kinds of entry that say where a 宗 stands."""


class RecordStatus(StrEnum):
    """Where a 宗 stands; a court's removal by what its ground means for the figures."""

    NONE = "none"
    APPLIED = "applied"
    RETURNED = "returned"
    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"
    REMOVED_REPAIRED = "removed_repaired"
    REMOVED_UNPERFORMED = "removed_unperformed"
    WRONGLY_LISTED = "wrongly_listed"


REPAIRED = frozenset({RecordStatus.GRANTED, RecordStatus.REMOVED_REPAIRED})


class Obstacle(StrEnum):
    """Why a 宗 is not repaired; the first that holds is the one that counts."""

    REMOVED_UNPERFORMED = "removed_unperformed"
    BANKRUPT = "bankrupt"
    LOST_CONTACT = "lost_contact"
    APPLIED = "applied"
    RETURNED = "returned"
    DENIED = "denied"
    REVOKED = "revoked"
    UNABLE_TO_PAY = "unable_to_pay"
    NOT_REPAIRABLE = "not_repairable"
    PERIOD_RUNS = "period_runs"
    NOT_APPLIED = "not_applied"
    ON_COURT_LIST = "on_court_list"


class RecordLine(NamedTuple):
    """One 宗 over time: from which day on it had which status."""

    record: str
    number: str
    decided_on: str
    publicity_class: str | None
    turns: list[tuple[str, str]]

    def status(self, day: str) -> str | None:
        """None while it was not yet attached to the case."""
        found = None
        for turn, status in self.turns:
            if turn > day:
                break
            found = status
        return found


def record_lines(facts: Iterable[Fact]) -> list[RecordLine]:
    """The 宗 of one case, from its facts that count in the order in which they happened."""
    state = CaseState()
    turns: dict[str, list[tuple[str, str]]] = {}
    for fact in facts:
        if fact.topic not in OF_RECORDS:
            continue
        advance(state, fact)
        record = state.records.get(fact.data["record"])
        if record is None:
            continue  # a register may speak of a 宗 before it is attached
        its = turns.setdefault(record.record, [])
        turn = (local_day(fact.occurred_at), str(_status(record)))
        if its and its[-1][0] == turn[0]:
            its[-1] = turn
        else:
            its.append(turn)
    return [
        RecordLine(r.record, r.number, r.decided_on, r.publicity_class, turns[r.record])
        for r in state.records.values()
    ]


def _status(record: RecordState) -> RecordStatus:
    if record.repair != "removed":
        return RecordStatus(record.repair)
    if record.wrongly_listed:
        return RecordStatus.WRONGLY_LISTED
    return RecordStatus.REMOVED_REPAIRED if record.repaired else RecordStatus.REMOVED_UNPERFORMED


def counting(records: Iterable[RecordLine], day: str) -> list[tuple[RecordLine, str]]:
    """The 宗 that count on a day, each with where it stands: those wrongly listed do not."""
    found = []
    for record in records:
        status = record.status(day)
        if status is not None and status != RecordStatus.WRONGLY_LISTED:
            found.append((record, status))
    return found


class Reason(NamedTuple):
    """Why a 宗 is not repaired (None: it is), and the first day on which time says otherwise."""

    why: Obstacle | None
    until: str
    provisional: bool = False


_MENDED = Reason(None, FOREVER)
Held = tuple[str, str, str | None]
"""Of one 宗 that counts: its status, the day of its decision and its class of publicity."""


def obstacle(
    record: RecordLine,
    status: str,
    category: str,
    impediments: Collection[str],
    day: str,
    workdays: Workdays,
) -> Obstacle | None:
    """Why this 宗 is not repaired at the end of a day; None if it is."""
    held = (status, record.decided_on, record.publicity_class)
    return reason(held, category, impediments, day, workdays).why


def reason(
    held: Held,
    category: str,
    impediments: Collection[str],
    day: str,
    workdays: Workdays,
) -> Reason:
    """The same, and how long it stays so if nobody does anything."""
    status, decided_on, publicity_class = held
    found = _whatever_day(status, category, tuple(impediments), bool(decided_on))
    if found is not None:
        return found
    return _of_publicity(decided_on, publicity_class or PublicityClass.GENERAL, day, workdays)


@lru_cache(maxsize=1024)
def _whatever_day(
    status: str, category: str, impediments: tuple[str, ...], is_dated: bool
) -> Reason | None:
    """What no day changes; None where the rules of publicity say it, by the day."""
    if status in REPAIRED:
        return _MENDED
    if status == RecordStatus.REMOVED_UNPERFORMED:
        # It stands on no list any more: whatever befalls the enterprise, nobody can repair it.
        return Reason(Obstacle.REMOVED_UNPERFORMED, FOREVER)
    for impediment in _BEYOND:
        if impediment in impediments:
            return Reason(Obstacle(impediment), FOREVER)
    if status != RecordStatus.NONE:
        return Reason(Obstacle(status), FOREVER)
    if Impediment.UNABLE_TO_PAY in impediments:
        return Reason(Obstacle.UNABLE_TO_PAY, FOREVER)
    if category != Category.PENALTY:
        return Reason(Obstacle.ON_COURT_LIST, FOREVER)
    return None if is_dated else Reason(Obstacle.NOT_APPLIED, FOREVER)


_BEYOND: Sequence[str] = (Impediment.BANKRUPT, Impediment.LOST_CONTACT)
"""Nobody is left to take a step; one who cannot pay may still have taken one."""


def _of_publicity(decided_on: str, publicity_class: str, day: str, workdays: Workdays) -> Reason:
    """By the rules that hold on the day; when others follow, they may say another day."""
    rules, others = _rules_on(day)
    opens = _opens(decided_on, publicity_class, rules, workdays)
    if opens is None:
        return Reason(Obstacle.NOT_REPAIRABLE, others)
    if opens.day > day:
        until = opens.day if opens.day < others else others
        return Reason(Obstacle.PERIOD_RUNS, until, opens.provisional)
    return Reason(Obstacle.NOT_APPLIED, others, opens.provisional)


@lru_cache(maxsize=8192)
def _rules_on(day: str) -> tuple[str, str]:
    """The rule set that holds on a day, and the day on which the next follows."""
    others = min((its.first_day for its in RULE_SETS if its.first_day > day), default=FOREVER)
    return ruleset_on(day).id, others


@lru_cache(maxsize=65536)
def _opens(decided_on: str, publicity_class: str, rules: str, workdays: Workdays) -> Due | None:
    """From which day on repair may be applied for, by these rules."""
    return repair_opens(decided_on, publicity_class, ruleset(rules), workdays)
