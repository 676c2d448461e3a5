"""The streams beside the cases: enterprises, campaigns, units, calendars, accounts, uploads."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate

from domain.case import NAMESPACE, Sealed
from domain.desk import Desk
from domain.instants import moment
from domain.refusals import (
    AccountIsClosed,
    CalendarAlreadyPublished,
    NoOneGrantsToThemselves,
    NothingChanged,
    RoleAlreadyGranted,
    RoleNotGranted,
    RolesDoNotGoTogether,
    RowIsNotHeld,
)
from domain.vocabulary import RegistrationStatus, Role, RowDecision

INCOMPATIBLE = (
    frozenset({Role.ADMINISTRATOR, Role.OFFICER}),
    frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    frozenset({Role.AUDITOR, Role.OFFICER}),
    frozenset({Role.AUDITOR, Role.SUPERVISOR}),
)
"""Who watches does not act, and who makes accounts does neither."""


def stream_id(kind: str, *parts: str) -> UUID:
    return uuid5(NAMESPACE, "|".join((kind, *parts)))


class OfficeStream(Aggregate):
    """What the streams beside the cases share: each event says when it happened and who told."""

    TOPIC = "office"

    class Event(Aggregate.Event):
        TOPIC = "office.event"
        occurred_at: str
        actor: str

    class Created(Event, Aggregate.Created):
        TOPIC = "office.created"
