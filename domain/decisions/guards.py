"""What several decisions share: guards that yield the rules an act would break, and the act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.case import GovernanceCase
from domain.case_state import CaseState, Proposed
from domain.desk import Desk
from domain.events import stamp
from domain.record_state import RecordState
from domain.refusals import (
    AccountIsUnknown,
    AlreadyProposed,
    CaseIsClosed,
    RecordIsUnknown,
    Refused,
    SamePersonProposedIt,
    SubjectHasExited,
    SubjectIsExcluded,
    SubjectIsNotListed,
    UnitIsUnknown,
)


def is_open(state: CaseState) -> Iterable[Refused]:
    if state.closed is not None:
        yield CaseIsClosed(number=state.number)


def in_governance(state: CaseState) -> Iterable[Refused]:
    """Listed, not excluded, not exited and not closed."""
    yield from is_open(state)
    if not state.is_listed:
        yield SubjectIsNotListed(number=state.number)
    if state.excluded is not None:
        yield SubjectIsExcluded(number=state.number)
    if state.exited_at is not None:
        yield SubjectHasExited(number=state.number)


def known_record(state: CaseState, record: str) -> Iterable[Refused]:
    if record not in state.records:
        yield RecordIsUnknown(record=record)


def known_unit(desk: Desk, unit: str) -> Iterable[Refused]:
    if desk.units is not None and unit not in desk.units:
        yield UnitIsUnknown(unit=unit)


def known_officer(desk: Desk, officer: str | None) -> Iterable[Refused]:
    if officer is not None and desk.officers is not None and desk.officers.find(officer) is None:
        yield AccountIsUnknown(login=officer)


def not_proposed(state: CaseState, key: str) -> Iterable[Refused]:
    if key in state.proposals:
        yield AlreadyProposed()


def another_person(desk: Desk, proposed: Proposed) -> Iterable[Refused]:
    """Four eyes: who proposed an act does not confirm it."""
    if proposed.by == desk.actor:
        yield SamePersonProposedIt()


def record_of(case: GovernanceCase, record: str) -> RecordState:
    """The record, or an empty one where a register speaks of a record it never attached."""
    return case.state.records.get(record) or RecordState(record)


def happen(
    case: GovernanceCase,
    desk: Desk,
    event: type[GovernanceCase.Event],
    occurred_at: str | None = None,
    **facts: Any,
) -> None:
    """Let one event happen at this desk, at ``occurred_at`` or when the desk says it did."""
    case.trigger_event(
        event,
        **stamp(desk.now, occurred_at or desk.occurred_at, desk.actor),
        **facts,
    )
