"""What every event of every stream has, and how streams and sealed fields are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NewType
from uuid import UUID, uuid5

from eventsourcing.domain import AggregateEvent

from domain.instants import moment

NAMESPACE = UUID("5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10")
ENVELOPE = frozenset(
    {
        "originator_id",
        "originator_version",
        "originator_topic",
        "timestamp",
        "occurred_at",
        "actor",
    }
)
"""What every event has besides its own facts."""
Sealed = NewType("Sealed", str)
"""Personal data: sealed under the subject's key before it is stored (design D8)."""


def stream_id(kind: str, *parts: str) -> UUID:
    """The stream of a thing that is known by these parts: naming it twice finds the same one."""
    return uuid5(NAMESPACE, "|".join((kind, *parts)))


class DeskEvent(AggregateEvent):
    """An event that says when it happened and who told the office; ``actor`` is no name."""

    TOPIC = "desk_event"
    occurred_at: str
    actor: str

    def apply(self, aggregate: Any) -> None:
        aggregate.take(self)


class PendingFact(NamedTuple):
    """An event as evolution reads it, before or after it is stored."""

    version: int
    topic: str
    data: Mapping[str, Any]
    occurred_at: str
    actor: str

    @classmethod
    def of(cls, event: DeskEvent) -> PendingFact:
        return cls(
            event.originator_version,
            type(event).TOPIC,
            event.__dict__,
            event.occurred_at,
            event.actor,
        )


def sealed_names(event: type[Any]) -> tuple[str, ...]:
    """Which facts of a kind of event are personal data."""
    return tuple(
        name for name, kind in event.__annotations__.items() if str(kind).startswith("Sealed")
    )


def stamp(now: str, occurred_at: str, actor: str) -> dict[str, Any]:
    """The arguments that every event takes besides its own facts."""
    return {"timestamp": moment(now), "occurred_at": occurred_at, "actor": actor}
