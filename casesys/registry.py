"""The closed list of what may stand in the log, and how an entry's data is written and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.domain import Aggregate

from casesys.stopping import Stopped
from domain.account import Account
from domain.case import GovernanceCase
from domain.events import ENVELOPE, DeskEvent, sealed_names
from domain.instants import moment
from domain.office import Calendar, Campaign, Enterprise, ListUpload, MemberUnit
from domain.published import PublishedFigures
from domain.releases import ReleaseChange

AGGREGATES: tuple[type[Aggregate], ...] = (
    GovernanceCase,
    Enterprise,
    Campaign,
    MemberUnit,
    Calendar,
    ListUpload,
    Account,
    PublishedFigures,
    ReleaseChange,
)
Seal = Callable[[str, str], Any]
encode = msgspec.json.encode
encode_lines = msgspec.json.Encoder().encode_lines
decode = msgspec.json.decode


class TopicIsUnknown(Stopped):
    """The log holds an entry that this release does not know; it stops rather than skip it."""


class Kind(NamedTuple):
    """One kind of event that may stand in the log."""

    topic: str
    event: type[Any]
    aggregate: type[Aggregate]
    version: int
    sealed: tuple[str, ...]
    creates: bool


def _kinds() -> Iterator[Kind]:
    for aggregate in AGGREGATES:
        for event in vars(aggregate).values():
            if not (isinstance(event, type) and issubclass(event, DeskEvent)):
                continue
            if event.__name__ in ("Event", "Created"):
                continue
            yield Kind(
                event.TOPIC,
                event,
                aggregate,
                getattr(event, "class_version", 1),
                sealed_names(event),
                "originator_topic" in event.__dataclass_fields__,
            )


KINDS: dict[str, Kind] = {kind.topic: kind for kind in _kinds()}


def kind_of(topic: str) -> Kind:
    """:raises TopicIsUnknown: this release does not know the topic"""
    try:
        return KINDS[topic]
    except KeyError:
        raise TopicIsUnknown("topic_is_unknown", topic=topic) from None


def write_data(event: DeskEvent, seal: Seal | None = None) -> tuple[str, dict[str, Any]]:
    """The text of an event's own facts, as hashed and stored, and the facts as they are read."""
    kind = kind_of(type(event).TOPIC)
    facts = {name: value for name, value in event.__dict__.items() if name not in ENVELOPE}
    if kind.version > 1:
        facts["class_version"] = kind.version
    if seal is not None:
        for name in kind.sealed:
            if facts[name] is not None:
                facts[name] = seal(name, facts[name])
    text = encode(facts)
    # Read back what was written, so that a read model sees the same whether it follows or rebuilds.
    return text.decode(), decode(text)


def read_data(topic: str, data: str) -> dict[str, Any]:
    """The facts of a stored entry, brought up to this release's shape.

    :raises TopicIsUnknown: the topic, or a class version newer than this release's
    """
    kind = kind_of(topic)
    facts: dict[str, Any] = decode(data)
    if kind.version == 1 and "class_version" not in facts:
        return facts
    stored = facts.pop("class_version", 1)
    if stored > kind.version:
        raise TopicIsUnknown("topic_is_newer", topic=topic, stored=stored, known=kind.version)
    while stored < kind.version:
        getattr(kind.event, f"upcast_v{stored}_v{stored + 1}")(facts)
        stored += 1
    return facts


def event_of(
    topic: str,
    stream: UUID | None,
    version: int,
    facts: dict[str, Any],
    occurred_at: str,
    entered_at: str,
    actor: str,
) -> DeskEvent:
    """The library's event object of a stored entry, made without a detour through topics."""
    kind = kind_of(topic)
    event: DeskEvent = object.__new__(kind.event)
    state = event.__dict__
    state["originator_id"] = stream
    state["originator_version"] = version
    state["timestamp"] = moment(entered_at)
    state["occurred_at"] = occurred_at
    state["actor"] = actor
    if kind.creates:
        state["originator_topic"] = kind.aggregate.TOPIC  # type: ignore[attr-defined]
    state.update(facts)
    return event
