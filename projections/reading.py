"""How a read model is written: what it folds of the log, and how it writes down the difference.

A source says which key an entry belongs to and what was known of a key before; read models that
ask the same source share one reading of it. A command, a page of an import and a rebuild are the
same act on batches of different size, so they leave the same bytes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import msgspec
from sqlalchemy import Connection, Table

from domain.case_state import CaseState
from domain.entries import VOIDING, Entry, live
from domain.evolution import state_of
from domain.formulas_timeline import Step, told
from projections.driver import asking_once, bare_pages, key_order, rows_in, select_all

if TYPE_CHECKING:
    from projections.beside import Beside

encode_lines = msgspec.json.Encoder().encode_lines
K = TypeVar("K")
S = TypeVar("S")
Known = Mapping[str, Sequence[Entry]]
NOTHING_KNOWN: Known = {}
Told = Mapping[Table, Sequence[Sequence[Any]]]
"""Whole rows by the table they are for; those of a table of sums are to be added up."""


class Streams(Protocol):
    """Reads entries of the log; the log itself stands a room higher."""

    def entries_before(
        self, c: Connection, streams: Iterable[str], position: int
    ) -> dict[str, list[Entry]]: ...


@dataclass(frozen=True, slots=True)
class Change(Generic[K, S]):
    """What a batch did to one key: its state before (None: new), the entries, its state after."""

    key: K
    before: S | None
    entries: Sequence[Entry]
    after: S


class Source(ABC, Generic[K, S]):
    """Which part of the log a question is about.

    ``by_stream`` promises that a key's entries all stand in one stream: a rebuild may then read the
    log stream by stream. A source that does not promise it is fed in the order of the log.
    """

    by_stream: ClassVar[bool] = False
    kind: str = ""
    """The kind of stream that this is only about, as topics begin; it is not shown any other."""

    @abstractmethod
    def key(self, entry: Entry) -> K | None:
        """The key that an entry touches; None: this question does not care."""

    @abstractmethod
    def load(
        self, c: Connection, keys: set[K], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[K, S]:
        """What was known of these keys before a position of the log.

        ``known`` are streams that the caller has read already, up to that position; an empty one
        begins with this batch.
        """

    @abstractmethod
    def fold(self, state: S | None, entries: Sequence[Entry]) -> S:
        """Take further entries of one key, in order. Pure: no clock, no package, no table."""


class ReadModel(ABC, Generic[K, S]):
    """One question of the office: its tables and its reaction to a change."""

    name: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]]
    tells: ClassVar[bool] = False
    """Whether ``told`` says what new keys give; a rebuild settles those of other read models."""

    def __init__(self, source: Source[K, S]) -> None:
        self.source = source

    @property
    def version(self) -> int:
        """The version that its tables carry; one number for all of them."""
        (version,) = {int(table.info["version"]) for table in self.tables}
        return version

    @abstractmethod
    def settle(self, c: Connection, changes: Sequence[Change[K, S]]) -> None:
        """Write the difference that these changes make."""

    def told(self, changes: Sequence[Change[K, S]], beside: Beside) -> Told:
        """What keys give of which nothing was known, whole enterprises at a time. Pure."""
        raise NotImplementedError

    def also(self, c: Connection, entries: Sequence[Entry]) -> None:
        """Take entries outside the source, after the batch has settled; most have none."""

    def again(self, c: Connection, entries: Sequence[Entry]) -> None:
        """Tell again what these entries change of other keys, which were told before."""

    def digest(self, c: Connection) -> tuple[str, int]:
        """SHA-256 over all rows as JSON arrays in key order, and how many they are."""
        digest, count = sha256(), 0
        for table in self.tables:
            question = f"{select_all(table)} ORDER BY {key_order(c, table)}"
            for some in bare_pages(c, question, 2000):
                digest.update(encode_lines(some))
                count += len(some)
        return digest.hexdigest(), count


class Story:
    """All entries of one case up to some position, and what they add up to.

    Whoever wants the steps asks for them before the state: they give the state as well.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    @cached_property
    def live(self) -> list[Entry]:
        return live(self.entries)

    @cached_property
    def state(self) -> CaseState:
        return state_of(self.live)

    @cached_property
    def steps(self) -> list[Step]:
        """How the case stood in the office's figures, day by day."""
        self.state, steps = told(self.live)
        return steps

    @property
    def version(self) -> int:
        return self.entries[-1].version

    def goes_on_with(self, entries: Sequence[Entry]) -> bool:
        """Whether these entries take nothing away, and happened after all the others."""
        if any(entry.topic in VOIDING for entry in entries):
            return False
        earliest = min(entry.occurred_at for entry in entries)
        return earliest >= max(entry.occurred_at for entry in self.entries)


class CaseStories(Source[str, Story]):
    """The whole story of each case that is touched; the log is its only copy."""

    by_stream = True
    kind = "case"

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def key(self, entry: Entry) -> str | None:
        return entry.stream_id if entry.topic.startswith("case.") else None

    def load(
        self, c: Connection, keys: set[str], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[str, Story]:
        found = {key: known[key] for key in keys if key in known}
        if missing := keys - found.keys():
            found |= self._streams.entries_before(c, missing, before)
        return {key: Story(entries) for key, entries in found.items() if entries}

    def fold(self, state: Story | None, entries: Sequence[Entry]) -> Story:
        return Story([*state.entries, *entries] if state is not None else list(entries))


class Rows(Source[str, dict[str, Any]]):
    """One flat row a stream, loaded from the read model's own table."""

    by_stream = True

    def __init__(self, prefix: str, table: Table, take: Any) -> None:
        self._prefix, self._table, self._take = prefix, table, take
        self.kind = prefix.rstrip(".")

    def key(self, entry: Entry) -> str | None:
        return entry.stream_id if entry.topic.startswith(self._prefix) else None

    def load(
        self, c: Connection, keys: set[str], before: int, known: Known = NOTHING_KNOWN
    ) -> Mapping[str, dict[str, Any]]:
        older = [key for key in keys if key not in known or known[key]]
        names = [column.name for column in self._table.columns]
        (key_name,) = (column.name for column in self._table.primary_key.columns)
        question = f"{select_all(self._table)} WHERE {key_name} IN ({{keys}})"
        found = (dict(zip(names, row, strict=True)) for row in rows_in(c, question, older))
        return {row[key_name]: row for row in found}

    def fold(self, state: dict[str, Any] | None, entries: Sequence[Entry]) -> dict[str, Any]:
        row = dict(state) if state is not None else {}
        for entry in entries:
            self._take(row, entry)
        return row


def feed(
    c: Connection,
    models: Sequence[ReadModel[Any, Any]],
    entries: Sequence[Entry],
    known: Known = NOTHING_KNOWN,
    *,
    first: bool = False,
) -> None:
    """Let every read model take a batch of entries, in the order of the log.

    ``first``: before anything else, so that nothing told before is to be told again.
    """
    if not entries:
        return
    by_source: dict[int, tuple[Source[Any, Any], list[ReadModel[Any, Any]]]] = {}
    for model in models:
        by_source.setdefault(id(model.source), (model.source, []))[1].append(model)
    by_kind: dict[str, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.topic.partition(".")[0], []).append(entry)
    with asking_once(c):
        for source, asking in by_source.values():
            about = by_kind.get(source.kind, ()) if source.kind else entries
            changes = changes_of(c, source, about, entries[0].position, known)
            if changes:
                for model in asking:
                    model.settle(c, changes)
        for model in models:
            model.also(c, entries)
            if not first:
                model.again(c, entries)


def changes_of(
    c: Connection,
    source: Source[Any, Any],
    entries: Sequence[Entry],
    first: int,
    known: Known = NOTHING_KNOWN,
) -> list[Change[Any, Any]]:
    """What these entries of a batch that begins at the position ``first`` did to each key."""
    grouped: dict[Any, list[Entry]] = {}
    for entry in entries:
        key = source.key(entry)
        if key is not None:
            grouped.setdefault(key, []).append(entry)
    if not grouped:
        return []
    before = source.load(c, set(grouped), first, known)
    return [
        Change(key, before.get(key), new, source.fold(before.get(key), new))
        for key, new in grouped.items()
    ]
