"""The three deadlines of governance in working days: when they are due, and whether kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from domain.case_state import CaseState
from domain.instants import local_day
from domain.rulesets import RuleSet, ruleset_on
from domain.vocabulary import DeadlineKind, DeadlineStatus, Impediment
from domain.workdays import Due, Workdays

EXCUSED = frozenset({Impediment.BANKRUPT, Impediment.LOST_CONTACT})
"""No interview is due from an enterprise that is bankrupt or lost."""


class Timed(Protocol):
    """What of a case its deadlines ask; instants, and days that were put off by their kind."""

    @property
    def listed_at(self) -> str | None: ...
    @property
    def first_contact_at(self) -> str | None: ...
    @property
    def first_interview_at(self) -> str | None: ...
    @property
    def first_commitment_at(self) -> str | None: ...
    @property
    def excluded(self) -> str | None: ...
    @property
    def impediments(self) -> Collection[str]: ...
    @property
    def extended(self) -> Mapping[str, str]: ...


class Deadline(NamedTuple):
    """One deadline on one day; ``done_on`` and ``due`` are days in Shanghai."""

    kind: DeadlineKind
    due: Due | None
    done_on: str | None
    status: DeadlineStatus


def due_days(
    state: Timed, workdays: Workdays, under: RuleSet | None = None
) -> dict[DeadlineKind, Due]:
    """When each deadline that has a start is due, extensions included.

    The rule set of the day of the listing holds for all three, unless another is named.
    """
    if state.listed_at is None:
        return {}
    start = local_day(state.listed_at)
    rules = (under or ruleset_on(start)).deadlines
    due = {
        DeadlineKind.FIRST_CONTACT: workdays.add(start, rules.first_contact),
        DeadlineKind.INTERVIEW: workdays.add(start, rules.interview),
    }
    if state.first_interview_at is not None:
        interviewed = local_day(state.first_interview_at)
        due[DeadlineKind.COMMITMENT] = workdays.add(interviewed, rules.commitment)
    for kind, day in state.extended.items():
        if DeadlineKind(kind) in due:
            due[DeadlineKind(kind)] = Due(day, False)
    return due


def deadlines(
    state: Timed, workdays: Workdays, on: str, under: RuleSet | None = None
) -> list[Deadline]:
    """Every deadline of a listed case as it stands at the end of the day ``on``."""
    due = due_days(state, workdays, under)
    if not due:
        return []
    done = {
        DeadlineKind.FIRST_CONTACT: state.first_contact_at,
        DeadlineKind.INTERVIEW: state.first_interview_at,
        DeadlineKind.COMMITMENT: state.first_commitment_at,
    }
    return [_one(kind, due.get(kind), done[kind], state, on) for kind in DeadlineKind]


def _one(
    kind: DeadlineKind, due: Due | None, done_at: str | None, state: Timed, on: str
) -> Deadline:
    if due is None or state.excluded is not None:
        return Deadline(kind, None, None, DeadlineStatus.NOT_APPLICABLE)
    if done_at is not None:
        done_on = local_day(done_at)
        kept = DeadlineStatus.ON_TIME if done_on <= due.day else DeadlineStatus.LATE
        return Deadline(kind, due, done_on, kept)
    if kind == DeadlineKind.INTERVIEW and not EXCUSED.isdisjoint(state.impediments):
        return Deadline(kind, due, None, DeadlineStatus.NOT_APPLICABLE)
    late = due.day < on
    return Deadline(
        kind, due, None, DeadlineStatus.OPEN_OVERDUE if late else DeadlineStatus.OPEN_IN_TIME
    )


def running(state: CaseState, workdays: Workdays) -> Deadline | None:
    """The deadline that runs now: the earliest that is neither kept nor excused."""
    if not state.governed or state.exited_at is not None or state.closed is not None:
        return None
    open_now = [
        d
        for d in deadlines(state, workdays, "0000-00-00")
        if d.status == DeadlineStatus.OPEN_IN_TIME and d.due is not None
    ]
    return min(open_now, key=_due_day, default=None)


def _due_day(deadline: Deadline) -> str:
    return deadline.due.day if deadline.due is not None else ""
