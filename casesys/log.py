"""The log: one table that only grows, of everything that ever happened, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.exc import IntegrityError

from casesys.proofs.checkpoints import Checkpoints
from casesys.proofs.tree_of_log import grow
from casesys.registry import decode, encode, encode_lines, event_of, read_data, write_data
from casesys.vault import Vault
from casesys.verifier.leaves import COLUMNS
from domain.case import GovernanceCase
from domain.decisions.erasing import TOPICS as ERASING
from domain.entries import Entry
from domain.events import DeskEvent
from domain.instants import moment
from projections.driver import insert, pages, rows, rows_in

A = TypeVar("A", bound=Aggregate)

SELECT = f"SELECT {', '.join(COLUMNS)} FROM log"
INSERT = f"INSERT INTO log ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
OF_STREAM = f"{SELECT} WHERE stream_id = ? ORDER BY version"
OF_STREAMS = f"{SELECT} WHERE stream_id IN ({{keys}}) ORDER BY stream_id, version"


EVERYTHING = 2**62
"""A position behind every entry."""


class StreamConflict(Exception):
    """Somebody else appended to the stream since it was read."""


class AnotherKind(TypeError):
    """The stream is there, but it is not a stream of the kind that was asked for."""


def log_table(metadata: MetaData) -> Table:
    position = Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    )
    return Table(
        "log",
        metadata,
        position,
        Column("stream_id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("topic", Text, nullable=False),
        Column("data", Text, nullable=False),
        Column("occurred_at", Text, nullable=False),
        Column("recorded_at", Text, nullable=False),
        Column("entered_at", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("command_id", Text),
        Column("caused_by", Text),
        Column("reason", Text),
        Column("findings", Text),
        UniqueConstraint("stream_id", "version", name="log_stream_version"),
        Index("log_command", "command_id"),
        Index("log_recorded", "recorded_at"),
    )


@dataclass(frozen=True, slots=True)
class Meta:
    """What an append says of its events besides their facts.

    ``recorded_at`` None means now: only an import keeps the register's own.
    """

    command_id: str | None = None
    caused_by: str | None = None
    reason: str | None = None
    recorded_at: str | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded(Generic[A]):
    """A stream as it was read: its aggregate (None: no such stream) and its entries."""

    aggregate: A | None
    entries: list[Entry]

    @property
    def version(self) -> int:
        return self.entries[-1].version if self.entries else 0


class Pack(NamedTuple):
    """Whole streams, and the enterprises whose cases they are; [""]: they are nobody's."""

    streams: list[str]
    owners: list[str]

    @property
    def last(self) -> tuple[str, str]:
        """What to give as ``after`` to go on behind it."""
        return self.owners[-1], self.streams[-1]


def entry_of(row: Sequence[Any]) -> Entry:
    # A rebuild makes every entry once more: the class's own way costs a third of the reading.
    values = list(row)
    values[4] = read_data(row[3], row[4])
    values[12] = _findings(row[12]) if row[12] else ()
    return tuple.__new__(Entry, values)


@lru_cache(maxsize=1024)
def _findings(text: str) -> tuple[str, ...]:
    return tuple(decode(text))


class Log:
    """Reads and appends, always on the caller's connection and in the caller's transaction."""

    def __init__(self, vault: Vault, checkpoints: Checkpoints) -> None:
        self._vault = vault
        self._checkpoints = checkpoints

    def load(self, c: Connection, stream: UUID, kind: type[A]) -> Loaded[A]:
        """One stream, folded once from its rows."""
        entries = [entry_of(row) for row in rows(c, OF_STREAM, [str(stream)])]
        return Loaded(fold(entries, kind), entries)

    def stream(self, c: Connection, stream: UUID | str) -> list[Entry]:
        return [entry_of(row) for row in rows(c, OF_STREAM, [str(stream)])]

    def clear(self, c: Connection, entry: Entry, name: str) -> str | None:
        """The clear text of a sealed field; None where its key was dropped."""
        return self._vault.open(c, entry.stream_id, entry.version, name, entry.data[name])

    def entries_before(
        self, c: Connection, streams: Iterable[str], position: int
    ) -> dict[str, list[Entry]]:
        """The entries of many streams that stand before a position of the log."""
        found: dict[str, list[Entry]] = {}
        question = (
            f"{SELECT} WHERE stream_id IN ({{keys}}) AND position < {int(position)} "
            "ORDER BY stream_id, version"
        )
        for row in rows_in(c, question, streams):
            found.setdefault(row[1], []).append(entry_of(row))
        return found

    def after(self, c: Connection, position: int, limit: int) -> list[Entry]:
        """Up to ``limit`` entries that follow a position."""
        question = f"{SELECT} WHERE position > ? ORDER BY position LIMIT ?"
        return [entry_of(row) for row in rows(c, question, [position, limit])]

    def head(self, c: Connection) -> tuple[int, str]:
        """The last position and when it was entered; (0, "") of an empty log."""
        found = rows(c, "SELECT position, entered_at FROM log ORDER BY position DESC LIMIT 1")
        return (found[0][0], found[0][1]) if found else (0, "")

    def append(
        self, c: Connection, batch: Sequence[tuple[DeskEvent, Meta]], now: str
    ) -> list[Entry]:
        """Append events under the lock that the caller holds, and say how they now read.

        ``entered_at`` never goes back, whatever the clock does.

        :raises StreamConflict: a stream went on since it was read
        """
        if not batch:
            return []
        position, last = self.head(c)
        entered_at = max(now, last)
        self._checkpoints.of_the_day_before(c, last, entered_at)
        entries, values = [], []
        for event, meta in batch:
            position += 1
            stream, version = str(event.originator_id), event.originator_version
            seal = self._vault.sealer(c, stream, version, entered_at)
            data, facts = write_data(event, seal)
            entry = Entry(
                position,
                stream,
                version,
                type(event).TOPIC,
                facts,
                event.occurred_at,
                meta.recorded_at or entered_at,
                entered_at,
                event.actor,
                meta.command_id,
                meta.caused_by,
                meta.reason,
                meta.findings,
            )
            entries.append(entry)
            if entry.topic in ERASING:
                # Here, and not at some door: no erasure may stand in the log while its key opens.
                self._vault.drop(c, stream, entered_at)
            findings = encode(meta.findings).decode() if meta.findings else None
            values.append((*entry[:4], data, *entry[5:12], findings))
        try:
            self.store(c, values)
        except IntegrityError as conflict:
            raise StreamConflict from conflict
        return entries

    def store(self, c: Connection, values: Sequence[tuple[Any, ...]]) -> None:
        """Write rows that follow the last, and let the tree grow over them."""
        insert(c, INSERT, values)
        grow(c, values)

    def whole_streams(self, c: Connection, size: int) -> Iterator[list[Entry]]:
        """The whole log stream by stream, about ``size`` entries at a time, no stream divided.

        What the office is made of comes before its cases, as it did in life, and the cases of one
        enterprise come together.
        """
        for pack in self.packs(c, size):
            yield [entry_of(row) for row in rows_in(c, OF_STREAMS, pack.streams)]

    def packs(
        self, c: Connection, size: int, until: int = EVERYTHING, after: tuple[str, ...] = ()
    ) -> Iterator[Pack]:
        """The streams that the log had at a position, in that order and in packs of such a size."""
        return _packed([s for s in _streams(c, until) if s[:2] > after], size)

    def of_streams(self, c: Connection, streams: Sequence[str], until: int) -> list[Entry]:
        """The entries of whole streams up to a position, stream by stream."""
        return entries_of(c, streams, until)

    def digest(self, c: Connection) -> tuple[str, int]:
        """SHA-256 over every row as stored, a JSON array a line, and how many they are."""
        digest, count = sha256(), 0
        for page in pages(c, f"{SELECT} ORDER BY position"):
            digest.update(encode_lines(page))
            count += len(page)
        return digest.hexdigest(), count


def entries_of(c: Connection, streams: Sequence[str], until: int) -> list[Entry]:
    """The entries of whole streams up to a position, stream by stream."""
    question = OF_STREAMS.replace("{keys})", f"{{keys}}) AND position <= {int(until)}")
    return [entry_of(row) for row in rows_in(c, question, streams)]


def _streams(c: Connection, until: int) -> list[tuple[str, str, int]]:
    """Every stream: whose it is (no case: nobody's), its id, and how long it is."""
    known = f"position <= {int(until)}"
    question = f"SELECT stream_id, MAX(version) FROM log WHERE {known} GROUP BY stream_id"
    lengths = dict(rows(c, question))
    owners: dict[str, str] = {}
    opened = f"SELECT stream_id, data FROM log WHERE topic = 'case.opened' AND {known}"
    for page in pages(c, opened):
        owners.update((stream, decode(data)["enterprise"]) for stream, data in page)
    return sorted((owners.get(stream, ""), stream, length) for stream, length in lengths.items())


def _packed(streams: Iterable[tuple[str, str, int]], size: int) -> Iterator[Pack]:
    """The streams in packs of at least ``size`` entries that divide no owner but nobody.

    What is nobody's stands in no pack with what is somebody's.
    """
    pack = Pack([], [])
    entries = 0
    for owner, stream, length in streams:
        is_next = not pack.streams or owner != pack.owners[-1]
        if pack.streams and (
            (entries >= size and (is_next or not owner)) or (is_next and not pack.owners[-1])
        ):
            yield pack
            pack, entries, is_next = Pack([], []), 0, True
        pack.streams.append(stream)
        if is_next:
            pack.owners.append(owner)
        entries += length
    if pack.streams:
        yield pack


def fold(entries: Sequence[Entry], kind: type[A]) -> A | None:
    """The aggregate that these entries of one stream make."""
    aggregate: Any = None
    stream = UUID(entries[0].stream_id) if entries else None
    rest: Sequence[Entry] = entries
    if kind is GovernanceCase and len(entries) > 1 and _one_case(entries):
        # Nothing is missing, so the library's own walk from event to event would find no fault.
        aggregate = _event(entries[0], stream).mutate(None)
        aggregate.resume(entries[1:], moment(entries[-1].entered_at))
        rest = ()
    for entry in rest:
        aggregate = _event(entry, stream).mutate(aggregate)
    if aggregate is not None and not isinstance(aggregate, kind):
        raise AnotherKind(f"stream {entries[0].stream_id} is no {kind.__name__}")
    return aggregate


def _one_case(entries: Sequence[Entry]) -> bool:
    """Whether these are all entries of one case from the first on, none missing or astray."""
    return entries[0].topic == GovernanceCase.CaseOpened.TOPIC and all(
        entry.version == place and entry.topic.startswith("case.")
        for place, entry in enumerate(entries, 1)
    )


def _event(entry: Entry, stream: UUID | None) -> DeskEvent:
    return event_of(
        entry.topic,
        stream,
        entry.version,
        dict(entry.data),
        entry.occurred_at,
        entry.entered_at,
        entry.actor,
    )
