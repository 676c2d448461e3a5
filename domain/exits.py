"""Steps that were missing when a case left the ledger, by the entries that count today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.case_state import CaseState
from domain.causes import ATTEMPT, COMMITMENT, CONCLUDED, INTERVIEW, REACHED
from domain.entries import Fact
from domain.evolution import state_of

EXITED, CLOSED, REOPENED = "case.subject_exited", "case.closed", "case.reopened"
LEAVING = frozenset({EXITED, CLOSED})
OBJECTION = "objection"
STEPS = ("branch", "interview", "photo", "commitment", "key_supervision", OBJECTION)
"""What ``missing_for_exit`` names, and an objection to the listing that nobody answered."""


class Missing(NamedTuple):
    """A step that an exit lacked; ``done`` is the version at which it was done after all, or 0."""

    step: str
    version: int
    done: int


def missing_at_exit(facts: Sequence[Fact]) -> list[Missing]:
    """Of the entries that count, given as they happened.

    A register knows closings without an exit: such a closing is how the case left.
    """
    found: list[Missing] = []
    left = False
    for place, fact in enumerate(facts):
        if fact.topic == REOPENED:
            left = False
        elif fact.topic in LEAVING and not left:
            left = True
            steps = _missing(state_of(facts[:place]))
            found += [Missing(one, fact.version, _done(one, facts[place:])) for one in steps]
    return found


def last_done(missing: Sequence[Missing]) -> Mapping[int, int]:
    """For each exit with steps that were done after it: the version of the last of them."""
    found: dict[int, int] = {}
    for one in missing:
        if one.done:
            found[one.version] = max(found.get(one.version, 0), one.done)
    return found


def _missing(state: CaseState) -> list[str]:
    open_objection = any(record is None for record in state.objections.values())
    return [*state.missing_for_exit(), *([OBJECTION] if open_objection else [])]


def _done(step: str, afterwards: Sequence[Fact]) -> int:
    """The first entry that does the step before the case is taken up again."""
    for fact in afterwards:
        if fact.topic == REOPENED:
            return 0
        if _DOES[step](fact):
            return fact.version
    return 0


def _is(topic: str) -> Callable[[Fact], bool]:
    return lambda fact: fact.topic == topic


_DOES: Mapping[str, Callable[[Fact], bool]] = {
    "branch": lambda fact: (
        fact.topic == CONCLUDED or (fact.topic == ATTEMPT and fact.data["result"] in REACHED)
    ),
    "interview": _is(INTERVIEW),
    "photo": _is("case.photo_added"),
    "commitment": lambda fact: fact.topic == COMMITMENT and fact.data["record"] is None,
    "key_supervision": _is("case.key_supervision_started"),
    OBJECTION: _is("case.objection_answered"),
}
