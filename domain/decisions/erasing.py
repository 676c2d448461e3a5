"""Erasing the personal data of a case: which fields, which files, and who may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.case import GovernanceCase
from domain.decisions.guards import happen
from domain.desk import Desk
from domain.entries import Fact, live
from domain.events import DeskEvent, sealed_names
from domain.office import ListUpload
from domain.refusals import EraserHandlesTheCase, NothingPersonalIsKept
from domain.retention import ended, rule_of_erasure
from domain.vocabulary import ErasureGround

Fields = list[dict[str, Any]]

ERASING = {
    GovernanceCase: GovernanceCase.PersonalDataErased,
    Account: Account.NameErased,
    ListUpload: ListUpload.RemarksErased,
}
"""By which event the personal data of each kind of stream are erased."""

TOPICS = frozenset(event.TOPIC for event in ERASING.values())

FILES: Mapping[str, tuple[str, ...]] = {
    GovernanceCase.ContactAttempted.TOPIC: ("photo",),
    GovernanceCase.PhotoAdded.TOPIC: ("sha256",),
    GovernanceCase.CommitmentSigned.TOPIC: ("sha256",),
}
"""Which facts of an entry name a file of evidence by its content."""


def _sealed(kind: type[Aggregate]) -> dict[str, tuple[str, ...]]:
    events = [
        event
        for event in vars(kind).values()
        if isinstance(event, type) and issubclass(event, DeskEvent)
    ]
    return {event.TOPIC: names for event in events if (names := sealed_names(event))}


SEALED = {topic: names for kind in ERASING for topic, names in _sealed(kind).items()}
"""The sealed facts of every entry that has any."""


def still_kept(facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts of a stream since its personal data were last erased."""
    last = max((n for n, fact in enumerate(facts) if fact.topic in TOPICS), default=-1)
    return facts[last + 1 :]


def personal_fields(facts: Iterable[Fact]) -> Fields:
    """Which facts of which entries are sealed; what was never said is not named."""
    found = []
    for fact in facts:
        names = [name for name in SEALED.get(fact.topic, ()) if fact.data.get(name) is not None]
        if names:
            found.append({"version": fact.version, "fields": names})
    return found


def named_files(facts: Iterable[Fact]) -> list[str]:
    """Every file that these facts rest on, once; a register may hold words in its place."""
    names = (fact.data[name] for fact in facts for name in FILES.get(fact.topic, ()))
    return sorted({name for name in names if isinstance(name, str) and _is_digest(name)})


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def erase_personal_data(
    case: GovernanceCase, desk: Desk, *, ground: ErasureGround, explanation: str
) -> None:
    """Whoever handles the case leaves it to another: this cannot be taken back by anybody."""
    kept = still_kept(case.story)
    fields, files = personal_fields(kept), named_files(kept)
    if not fields and not files:
        desk.require([NothingPersonalIsKept()])
    if case.state.officer == desk.actor:
        desk.require([EraserHandlesTheCase()])
    rule = rule_of_erasure(desk, ground, ended(case.state, live(case.story)))
    shared = desk.files.elsewhere(files, str(case.id)) if files else set()
    happen(
        case,
        desk,
        GovernanceCase.PersonalDataErased,
        ground=ground,
        explanation=explanation,
        rule=rule,
        fields=fields,
        files=[name for name in files if name not in shared],
        shared_files=sorted(shared),
    )
