"""What waits for a second person, what the rule asks of it, and whether this reader may decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from casesys.cases.lanes import needed
from casesys.cases.needs import Need, contact_needs
from casesys.cases.view import CaseView
from casesys.commands import COMMANDS
from casesys.permits import Person
from casesys.system import System
from domain.case import GovernanceCase
from domain.case_state import CaseState, Proposed
from domain.desk import Desk
from domain.entries import live
from domain.evolution import state_of
from domain.main_step import CONFIRMATIONS
from domain.next_steps import standing_against
from domain.refusals import Refused
from domain.vocabulary import Proposal
from projections.ledger import LEDGER
from projections.paging import paged

SIZE = 20

SECOND_PERSON = frozenset({"same_person_proposed_it", "approver_handles_the_case"})
"""The refusals that say: somebody else may decide this, but not this reader."""


class Waiting(NamedTuple):
    """One proposal that waits; ``against`` is what stands against this reader's confirming it."""

    key: str
    kind: str
    record: str | None
    number: str
    enterprise: str
    unit: str
    officer: str | None
    by: str
    at: str
    against: tuple[Refused, ...]


class WaitingPage(NamedTuple):
    """One page of the proposals that wait, the oldest first."""

    rows: Sequence[Waiting]
    total: int
    page: int
    pages: int
    first: int


class ProposalView(NamedTuple):
    """One proposal, with what stands against confirming it and against sending it back."""

    key: str
    kind: str
    record: str | None
    proposed: Proposed
    confirm: str
    needs: tuple[Need, ...]
    against_confirming: tuple[Refused, ...]
    against_sending_back: tuple[Refused, ...]


def waiting_page(system: System, person: Person, page: int) -> WaitingPage:
    """The proposals of all cases; ``page`` is the nearest that there is to the one asked for."""
    with system.database.read() as c:
        found = sorted(_waiting(system, c, person), key=_oldest)
        at = paged(len(found), page, SIZE)
        desk = system.desk(c, person.id)
        rows = [_row(system, c, desk, *one) for one in found[at.start : at.stop]]
    return WaitingPage(rows, at.total, at.page, at.pages, at.first)


class Neighbours(NamedTuple):
    """The proposals that wait beside one, each as (case number, key), and its place among all."""

    previous: tuple[str, str] | None
    following: tuple[str, str] | None
    place: int
    total: int


def neighbours(system: System, person: Person, number: str, key: str) -> Neighbours:
    """What stands before and after a proposal that waits, the oldest first."""
    order = _in_order(system, person)
    place = order.index((number, key))
    return Neighbours(
        order[place - 1] if place else None,
        order[place + 1] if place + 1 < len(order) else None,
        place + 1,
        len(order),
    )


def next_to_decide(system: System, person: Person) -> tuple[str, str] | None:
    """The oldest proposal that this reader may confirm or send back; None if there is none."""
    with system.database.read() as c:
        found = sorted(_waiting(system, c, person), key=_oldest)
        desk = system.desk(c, person.id)
        for stream, key, _, state in found:
            kind, record = _parts(key)
            case = system.log.load(c, UUID(stream), GovernanceCase).aggregate
            assert case is not None
            if not _against(CONFIRMATIONS[Proposal(kind)], case, desk, record):
                return state.number, key
    return None


def _in_order(system: System, person: Person) -> list[tuple[str, str]]:
    with system.database.read() as c:
        found = sorted(_waiting(system, c, person), key=_oldest)
    return [(state.number, key) for _, key, _, state in found]


def _oldest(one: tuple[str, str, Proposed, CaseState]) -> tuple[str, str, str]:
    return one[2].at, one[0], one[1]


def see_proposal(system: System, view: CaseView, key: str, person: Person) -> ProposalView | None:
    """A proposal of the case that is looked at; None if no such one waits."""
    proposed = view.state.proposals.get(key)
    if proposed is None:
        return None
    kind, record = _parts(key)
    with system.database.read() as c:
        case = system.log.load(c, UUID(view.stream), GovernanceCase).aggregate
        desk = system.desk(c, person.id)
    assert case is not None
    confirm = CONFIRMATIONS[Proposal(kind)]
    against = _against(confirm, case, desk, record)
    sending = standing_against(COMMANDS["send_back"].decision, case, desk, {"proposal": key})
    needs = tuple(_needs(kind, view.state, proposed, desk, {r.code for r in against}))
    return ProposalView(key, kind, record, proposed, confirm, needs, against, sending)


def _waiting(
    system: System, c: Connection, person: Person
) -> Iterator[tuple[str, str, Proposed, CaseState]]:
    """Every proposal that waits, of the cases of which the ledger says that one does."""
    question = select(LEDGER.c.stream_id).where(LEDGER.c.proposals != "")
    if person.reach:
        question = question.where(LEDGER.c.unit == person.reach)
    streams = {str(stream) for (stream,) in c.execute(question)}
    head = system.log.head(c)[0]
    for stream, entries in system.log.entries_before(c, streams, head + 1).items():
        state = state_of(live(entries))
        for key, proposed in state.proposals.items():
            yield stream, key, proposed, state


def _row(
    system: System,
    c: Connection,
    desk: Desk,
    stream: str,
    key: str,
    proposed: Proposed,
    state: CaseState,
) -> Waiting:
    kind, record = _parts(key)
    case = system.log.load(c, UUID(stream), GovernanceCase).aggregate
    assert case is not None
    attached = state.records.get(record or "")
    return Waiting(
        key=key,
        kind=kind,
        record=attached.number if attached is not None else record,
        number=state.number,
        enterprise=system.models.enterprises.name_of(c, state.enterprise) or state.enterprise,
        unit=state.unit,
        officer=_login(system, c, state.officer) if state.officer else None,
        by=_login(system, c, proposed.by),
        at=proposed.at,
        against=_against(CONFIRMATIONS[Proposal(kind)], case, desk, record),
    )


def _parts(key: str) -> tuple[str, str | None]:
    kind, _, record = key.partition(":")
    return kind, record or None


def _against(
    confirm: str, case: GovernanceCase, desk: Desk, record: str | None
) -> tuple[Refused, ...]:
    choice: Mapping[str, str] = {"record": record} if record is not None else {}
    return standing_against(COMMANDS[confirm].decision, case, desk, choice)


def _needs(
    kind: str, state: CaseState, proposed: Proposed, desk: Desk, refused: set[str]
) -> Iterator[Need]:
    """What the rule asks, each present unless the guard has just said that it is missing."""
    if kind == Proposal.EXIT:
        missing = state.missing_for_exit()
        yield from (Need(step, step not in missing) for step in needed(state))
        yield Need("no_objection", "objection_is_open" not in refused)
    elif kind == Proposal.UNREACHABLE:
        yield from contact_needs(state, desk.rules, desk.workdays, refused)
    else:
        yield from (Need(name, bool(proposed.data.get(name))) for name in ("ground", "document"))
    yield Need("second_person", not SECOND_PERSON & refused)


def _login(system: System, c: Connection, account: str) -> str:
    """A work number; who is no account is shown as the register names them."""
    row = system.models.accounts.by_id(c, account)
    return str(row.login) if row is not None else account
