"""Putting a subject on the list, its records with it, and taking it off before governance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from domain.case import GovernanceCase, case_id
from domain.case_state import CaseState
from domain.decisions import guards
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.events import stamp
from domain.identifiers import court_case_number, penalty_document_number
from domain.instants import start_of_day
from domain.refusals import (
    AlreadyListed,
    DecidedAfterListing,
    DocumentNumberIsNoCourtNumber,
    NothingProposed,
    NumberUsedBeyondReach,
    NumberUsedElsewhere,
    RecordAlreadyAttached,
    Refused,
    SubjectIsNotExcluded,
)
from domain.vocabulary import (
    Category,
    DebtorGround,
    ExclusionReason,
    Proposal,
    PublicityClass,
)


def open_case(
    desk: Desk,
    *,
    number: str,
    campaign: str,
    enterprise: str,
    category: Category,
    reference: str | None = None,
) -> GovernanceCase:
    """The stream of a case of which the office has just heard."""
    return GovernanceCase._create(
        GovernanceCase.CaseOpened,
        id=case_id(campaign, enterprise, category),
        **stamp(desk.now, desk.occurred_at, desk.actor),
        number=number,
        campaign=campaign,
        enterprise=enterprise,
        category=category,
        reference=reference,
    )


def list_subject(
    case: GovernanceCase,
    desk: Desk,
    *,
    listed_on: str,
    town: str,
    unit: str,
    source: str | None = None,
) -> None:
    desk.require(against_listing(case.state, desk, listed_on=listed_on, unit=unit))
    happen(
        case,
        desk,
        GovernanceCase.SubjectListed,
        _known_by_day(desk, listed_on),
        listed_on=listed_on,
        town=town,
        unit=unit,
        source=source,
    )


def against_listing(
    state: CaseState, desk: Desk, *, listed_on: str, unit: str
) -> Iterable[Refused]:
    """What stands against a listing; an intake asks before anything of the row is written."""
    yield from guards.is_open(state)
    if state.is_listed:
        yield AlreadyListed(number=state.number)
    yield from guards.known_unit(desk, unit)
    yield from desk.not_in_future(_known_by_day(desk, listed_on))


def _known_by_day(desk: Desk, day: str) -> str:
    """A fact of which the day is known happened at that local midnight, unless it is today."""
    if not desk.counter or day == desk.today:
        return desk.occurred_at
    return start_of_day(day)


@lru_cache(maxsize=8192)
def number_key(category: str, number: str, this_year: int) -> str | None:
    """The form in which two spellings of one document number are the same; None: no such number.

    A number that a person may have meant otherwise is taken as long as it can be stored.
    """
    if category == Category.JUDGMENT:
        found = court_case_number(number, this_year=this_year)
    else:
        found = penalty_document_number(number)
    return None if found.verdict == "invalid" or found.normal is None else found.key


def record_name(key: str, authority: str) -> str:
    """The name of a 宗 within its case, from what makes it one: number and authority."""
    return sha256(f"{key}|{authority}".encode()).hexdigest()[:12]


def attach_record(
    case: GovernanceCase,
    desk: Desk,
    *,
    number: str,
    authority: str,
    decided_on: str,
    amount_fen: int,
    publicity_class: PublicityClass | None = None,
    debtor_ground: DebtorGround | None = None,
    published_on: str | None = None,
    reference: str | None = None,
) -> None:
    key = number_key(case.state.category, number, int(desk.today[:4]))
    desk.require(against_record(case.state, desk, number=number, key=key, decided_on=decided_on))
    happen(
        case,
        desk,
        GovernanceCase.RecordAttached,
        record=reference or record_name(key or number, authority),
        number=number,
        number_key=key or number,
        authority=authority,
        decided_on=decided_on,
        amount_fen=amount_fen,
        publicity_class=publicity_class,
        debtor_ground=debtor_ground,
        published_on=published_on,
    )


def against_record(
    state: CaseState, desk: Desk, *, number: str, key: str | None, decided_on: str
) -> Iterable[Refused]:
    """What stands against a record; ``key`` is its ``number_key``."""
    yield from guards.is_open(state)
    if key is None:
        yield DocumentNumberIsNoCourtNumber(number=number)
    yield from _number_is_free(state, desk, key or number)
    if state.listed_on is not None and decided_on > max(state.listed_on, desk.today):
        yield DecidedAfterListing(decided_on=decided_on)
    yield from desk.not_in_future(start_of_day(decided_on))


def _number_is_free(state: CaseState, desk: Desk, key: str) -> Iterable[Refused]:
    if any(record.number_key == key for record in state.records.values()):
        yield RecordAlreadyAttached(number=key)
        return
    holder = desk.numbers.holder(key)
    if holder is not None and holder != state.number:
        if holder:
            yield NumberUsedElsewhere(number=key, holder=holder)
        else:
            yield NumberUsedBeyondReach(number=key)


def assign_case(case: GovernanceCase, desk: Desk, *, unit: str, officer: str | None = None) -> None:
    desk.require(guards.is_open(case.state))
    desk.require(guards.known_unit(desk, unit))
    desk.require(guards.known_officer(desk, officer))
    if officer is not None and desk.officers is not None:
        officer = desk.officers.find(officer)
    happen(
        case,
        desk,
        GovernanceCase.CaseAssigned,
        unit=unit,
        officer=officer,
    )


def propose_exclusion(
    case: GovernanceCase, desk: Desk, *, ground: ExclusionReason, document: str
) -> None:
    desk.require(guards.in_governance(case.state))
    desk.require(guards.not_proposed(case.state, Proposal.EXCLUSION))
    happen(
        case,
        desk,
        GovernanceCase.ExclusionProposed,
        ground=ground,
        document=document,
    )


def confirm_exclusion(case: GovernanceCase, desk: Desk) -> None:
    state = case.state
    desk.require(guards.in_governance(state))
    proposed = state.proposals.get(Proposal.EXCLUSION)
    if proposed is None:
        raise NothingProposed()
    desk.require(guards.another_person(desk, proposed))
    happen(
        case,
        desk,
        GovernanceCase.SubjectExcluded,
        ground=proposed.data["ground"],
        document=proposed.data["document"],
    )


def reinstate_subject(case: GovernanceCase, desk: Desk, *, explanation: str) -> None:
    desk.require(guards.is_open(case.state))
    if case.state.excluded is None:
        desk.require([SubjectIsNotExcluded(number=case.state.number)])
    happen(
        case,
        desk,
        GovernanceCase.SubjectReinstated,
        explanation=explanation,
    )
