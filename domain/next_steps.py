"""What stands against an act on a case now: the decision itself is asked, nothing is changed.

No rule is written twice. The decision is given a desk that notes refusals instead of raising
them, and a case on which nothing can happen; where it asks for facts, it is given facts that are
beyond reproach, so that what is refused is the case and not what might be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from inspect import Parameter, signature
from itertools import product
from typing import Any, NamedTuple, cast
from uuid import UUID

from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.desk import Desk
from domain.entries import Fact
from domain.refusals import (
    AccountIsUnknown,
    ActIsUnknown,
    AlreadySupervised,
    BranchAlreadyConcluded,
    CaseHasAnOfficer,
    CaseHasNoOfficer,
    CaseIsNotYours,
    CaseIsOpen,
    CourtDecidesThisRecord,
    DecidedAfterListing,
    DocumentMissing,
    DocumentNumberIsNoCourtNumber,
    EnterpriseWasReached,
    EntryIsUnknown,
    ExtensionIsNoLater,
    ImpedimentNotFound,
    NothingProposed,
    NotYetHappened,
    NumberUsedBeyondReach,
    NumberUsedElsewhere,
    ObjectionIsUnknown,
    OfficerDoesNotReachTheCase,
    OnlyCourtRecordsAreRemoved,
    RecordIsNotRepaired,
    RecordIsUnknown,
    Refused,
    RepairNotApplied,
    SubjectIsNotExcluded,
    TooFewInterviewers,
    UnitIsUnknown,
)
from domain.vocabulary import CommitmentType, DeadlineKind, Impediment

Decision = Callable[..., None]

ABOUT_WHAT_IS_TYPED = (
    AccountIsUnknown,
    ActIsUnknown,
    DecidedAfterListing,
    DocumentMissing,
    DocumentNumberIsNoCourtNumber,
    EntryIsUnknown,
    ExtensionIsNoLater,
    NotYetHappened,
    NumberUsedBeyondReach,
    NumberUsedElsewhere,
    OfficerDoesNotReachTheCase,
    TooFewInterviewers,
    UnitIsUnknown,
)
"""Refusals of a form's content: they say nothing of the case before somebody typed."""

NOTHING_TO_ACT_ON = (
    AlreadySupervised,
    BranchAlreadyConcluded,
    CaseHasAnOfficer,
    CaseHasNoOfficer,
    CaseIsNotYours,
    CaseIsOpen,
    CourtDecidesThisRecord,
    EnterpriseWasReached,
    ImpedimentNotFound,
    NothingProposed,
    ObjectionIsUnknown,
    OnlyCourtRecordsAreRemoved,
    RecordIsNotRepaired,
    RecordIsUnknown,
    RepairNotApplied,
    SubjectIsNotExcluded,
)
"""The case has nothing to which the act could be done, or it was done: no step still ahead."""


class Outlook(NamedTuple):
    """One act: what stands against it now, and with which choices it could be done."""

    refusals: tuple[Refused, ...]
    choices: tuple[Mapping[str, str], ...]

    @property
    def lawful(self) -> bool:
        return not self.refusals

    @property
    def applies(self) -> bool:
        """Whether the case has what the act would be done to."""
        return not any(isinstance(refusal, NOTHING_TO_ACT_ON) for refusal in self.refusals)


@dataclass(slots=True)
class _NotingDesk(Desk):
    """A desk at which every refusal is noted and none is raised."""

    noted: list[Refused] = field(default_factory=list)

    def require(self, refusals: Iterable[Refused]) -> None:
        self.noted += [r for r in refusals if not isinstance(r, ABOUT_WHAT_IS_TYPED)]


class _StillCase:
    """A case as decisions read it, on which nothing happens."""

    def __init__(self, case: GovernanceCase) -> None:
        self.id: UUID = case.id
        self.state: CaseState = case.state
        self.story: list[Fact] = case.story
        self.version: int = case.version

    def trigger_event(self, *args: Any, **facts: Any) -> None: ...


def outlook(decision: Decision, case: GovernanceCase, desk: Desk) -> Outlook:
    """What stands against one decision; with several possible choices, the best of them counts."""
    asked = _asked(decision)
    offers = _offers(case.state)
    choosing = [name for name in asked if name in offers]
    if any(not offers[name] for name in choosing):
        # There is no such thing on this case: the decision says so in its own words.
        offers = {name: found or ("",) for name, found in offers.items()}
    against: list[tuple[Refused, ...]] = []
    open_to: list[Mapping[str, str]] = []
    for chosen in product(*(offers[name] for name in choosing)):
        choice = dict(zip(choosing, chosen, strict=True))
        refusals = _ask(decision, case, desk, asked, choice)
        against.append(refusals)
        if not refusals:
            open_to.append(choice)
    return Outlook(min(against, key=_weight), tuple(open_to) if choosing else ())


def standing_against(
    decision: Decision, case: GovernanceCase, desk: Desk, choice: Mapping[str, str]
) -> tuple[Refused, ...]:
    """Every rule that stands against one decision, once it is chosen what it is about."""
    asked = list(dict.fromkeys([*_asked(decision), *choice]))
    return _ask(decision, case, desk, asked, choice)


def _asked(decision: Decision) -> list[str]:
    """What a decision cannot do without."""
    return [
        name
        for name, parameter in signature(decision).parameters.items()
        if parameter.kind is Parameter.KEYWORD_ONLY and parameter.default is Parameter.empty
    ]


def _weight(refusals: tuple[Refused, ...]) -> tuple[bool, int]:
    missing = any(isinstance(refusal, NOTHING_TO_ACT_ON) for refusal in refusals)
    return missing, len(refusals)


def _ask(
    decision: Decision,
    case: GovernanceCase,
    desk: Desk,
    asked: list[str],
    choice: Mapping[str, str],
) -> tuple[Refused, ...]:
    noting = _NotingDesk(**{part.name: getattr(desk, part.name) for part in fields(Desk)})
    facts = {name: choice.get(name) or _fact(name, desk) for name in asked}
    if "proposal" in facts:
        # A court removal is proposed of one record; the others of the whole case.
        facts["proposal"], _, record = facts["proposal"].partition(":")
        facts["record"] = record or None
    try:
        decision(cast(GovernanceCase, _StillCase(case)), noting, **facts)
    except Refused as refused:
        noting.noted.append(refused)
    return tuple({refusal.code: refusal for refusal in noting.noted}.values())


def _offers(state: CaseState) -> dict[str, tuple[str, ...]]:
    """What a case has to choose from, by the name under which decisions ask for it."""
    return {
        "record": tuple(state.records),
        "impediment": tuple(Impediment),
        "deadline": tuple(DeadlineKind),
        "objection": tuple(state.objections),
        "proposal": tuple(state.proposals),
    }


def _fact(name: str, desk: Desk) -> Any:
    """A fact beyond reproach for whatever else a decision asks."""
    if name.endswith("_at"):
        return desk.now
    if name.endswith("_on"):
        return desk.today
    return {
        "officers": ["1", "2"],
        "kind": CommitmentType.GOVERNANCE,
        "amount_fen": 0,
        "target": 0,
    }.get(name, "1")
