"""An entry of the log as everyone reads it, and which entries of a case count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar

VOIDING = frozenset({"case.entry_voided", "case.entry_corrected"})
AS_IT_HAPPENED = attrgetter("occurred_at", "version")


class Entry(NamedTuple):
    """One row of the log, its ``data`` decoded; instants are texts (see ``domain.instants``).

    ``actor`` is an account's id, never a name. ``caused_by`` names what brought the entry in when
    it was not typed at the counter, ``findings`` the rules that a register of past work broke.
    """

    position: int
    stream_id: str
    version: int
    topic: str
    data: Mapping[str, Any]
    occurred_at: str
    recorded_at: str
    entered_at: str
    actor: str
    command_id: str | None
    caused_by: str | None
    reason: str | None
    findings: tuple[str, ...]


class Fact(Protocol):
    """What evolution reads of an entry, stored or still pending."""

    @property
    def version(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def occurred_at(self) -> str: ...
    @property
    def actor(self) -> str: ...


F = TypeVar("F", bound=Fact)


def voided_versions(facts: Iterable[Fact]) -> set[int]:
    return {fact.data["target"] for fact in facts if fact.topic in VOIDING}


def live(facts: Sequence[F]) -> list[F]:
    """The facts of one stream that count, as they happened: by (occurred_at, version).

    Voids and what they take away are left out (design D4). Within a stream the version orders
    as the position does.
    """
    voids = [f for f in facts if f.topic in VOIDING]
    rest = list(facts)
    if voids:
        gone = voided_versions(voids)
        rest = [f for f in facts if f.version not in gone and f.topic not in VOIDING]
    rest.sort(key=AS_IT_HAPPENED)
    return rest


def as_seen(
    entries: Sequence[Entry], as_of: str | None = None, known_at: str | None = None
) -> list[Entry]:
    """The entries of one stream that an answer may use.

    ``as_of`` is the last instant that may have happened, ``known_at`` the last at which the books
    may have learnt of it; a void counts from when it was recorded, whenever it says it happened.
    """
    known = [e for e in entries if known_at is None or e.recorded_at <= known_at]
    return [e for e in live(known) if as_of is None or e.occurred_at <= as_of]
