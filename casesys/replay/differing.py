"""In what a case differs between two moments, told kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from casesys.audit.before_after import OF_CASE, Facts, Side, case_sides
from domain.case_state import CaseState
from domain.deadlines import deadlines
from domain.vocabulary import DeadlineKind
from domain.workdays import Workdays
from projections.case_facts import Facts as Standing


class ChangeKind(StrEnum):
    """What may differ of a case, in the order in which a reader looks for it."""

    LISTED = "listed"
    EXCLUDED = "excluded"
    EXITED = "exited"
    CLOSED = "closed"
    REOPENED = "reopened"
    STAGE = "stage"
    BRANCH = "branch"
    CONTACT = "contact"
    UNIT = "unit"
    OFFICER = "officer"
    IMPEDIMENTS = "impediments"
    RECORDS = "records"
    ACTS = "acts"
    DEADLINES = "deadlines"


CHANGE_KINDS = tuple(str(kind) for kind in ChangeKind)
COME_AND_GO = frozenset(CHANGE_KINDS[: CHANGE_KINDS.index(ChangeKind.STAGE)])
"""Kinds of which it is counted how many came and how many went."""


class Way(StrEnum):
    """How a fact differs: it was not there before, it is there no longer, or it is another."""

    ENTERED = "entered"
    LEFT = "left"
    CHANGED = "changed"


_OF_KIND: dict[str, ChangeKind] = {
    "repair": ChangeKind.RECORDS,
    "performance": ChangeKind.RECORDS,
    "interviews": ChangeKind.ACTS,
    "photos": ChangeKind.ACTS,
    "commitments": ChangeKind.ACTS,
    "supervised": ChangeKind.ACTS,
    **dict.fromkeys(map(str, DeadlineKind), ChangeKind.DEADLINES),
}
_ALONE = frozenset(ChangeKind) - {ChangeKind.RECORDS}
FACTS: Facts = (
    *(one for one in OF_CASE if one[0] in _OF_KIND or one[0] in _ALONE),
    ("reopened", "yes", lambda s: s.reopened),
)
"""What of a case is compared, besides its 宗 and its deadlines; ``records`` are told one by one."""

STATUS = "choice:DeadlineStatus"


def kind_of(side: Side) -> ChangeKind:
    return _OF_KIND.get(side.fact) or ChangeKind(side.fact)


def way_of(side: Side) -> Way:
    if not side.before:
        return Way.ENTERED
    return Way.CHANGED if side.after else Way.LEFT


def sides_between(was: CaseState, now: CaseState) -> Iterator[Side]:
    """The facts of a case that differ."""
    return (side for side in case_sides(was, now, FACTS) if side.changed)


Timed = tuple[CaseState, Workdays, str]
"""A case, the calendar and the day by which its deadlines are told."""


def deadline_sides(was: Timed, now: Timed) -> Iterator[Side]:
    before, after = _statuses(*was), _statuses(*now)
    for kind in DeadlineKind:
        if before.get(kind) != after.get(kind):
            yield Side(kind, STATUS, before.get(kind), after.get(kind))


def _statuses(state: CaseState, workdays: Workdays, day: str) -> dict[str, str]:
    if not state.governed:
        return {}
    return {str(one.kind): str(one.status) for one in deadlines(state, workdays, day)}


def turned_sides(was: Standing, now: Standing) -> list[Side]:
    """The deadlines that time alone turned, by the rows of the figures."""
    return [
        Side(kind, STATUS, before, after)
        for kind, before, after in zip(DeadlineKind, was.deadlines, now.deadlines, strict=False)
        if before != after
    ]
