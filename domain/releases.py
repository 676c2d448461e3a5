"""Who stands for what the next release changes: a supervisor and an auditor, two persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.desk import Desk
from domain.events import DeskEvent, stream_id
from domain.office import begin
from domain.refusals import ComparisonIsSigned, Refused, SamePersonSigned
from domain.vocabulary import Role

SIGNS = (Role.SUPERVISOR, Role.AUDITOR)
"""The roles that sign, in the order in which they are asked."""


class ReleaseChange(Aggregate):
    """What two releases differ in, as one role stands for it; known by a comparison's digest."""

    TOPIC = "release"

    class Event(DeskEvent):
        TOPIC = "release.event"

    class Created(Event, AggregateCreated):
        TOPIC = "release.created"

    class ComparisonSigned(Created):
        """Somebody stands for a comparison; another one asks for another signature."""

        TOPIC = "release.comparison_signed"
        digest: str
        role: Role
        log_position: int
        old: dict[str, int]
        new: dict[str, int]

    digest: str

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, ReleaseChange.ComparisonSigned):
            self.digest = event.digest


def signature_id(digest: str, role: Role) -> UUID:
    return stream_id("release", digest, role)


def sign_comparison(
    desk: Desk,
    signed: Mapping[Role, str],
    *,
    digest: str,
    role: Role,
    log_position: int,
    old: dict[str, int],
    new: dict[str, int],
) -> ReleaseChange:
    """``signed``: the accounts that signed it already, by their roles."""
    desk.require(_against_signing(signed, desk.actor, role))
    return begin(
        ReleaseChange,
        ReleaseChange.ComparisonSigned,
        signature_id(digest, role),
        desk,
        digest=digest,
        role=role,
        log_position=log_position,
        old=old,
        new=new,
    )


def _against_signing(signed: Mapping[Role, str], actor: str, role: Role) -> Iterable[Refused]:
    if role in signed:
        yield ComparisonIsSigned(role=role)
    if actor in signed.values():
        yield SamePersonSigned()
