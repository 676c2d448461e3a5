"""One walk over the log in its order: what must hold of each entry, and of those before it."""

from __future__ import annotations

import re
import sqlite3
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from casesys.doctor.checking import Check, going_on
from casesys.registry import KINDS, decode, kind_of, read_data
from casesys.stopping import Stopped
from casesys.system import System
from casesys.vault import EVIDENCE, SealBroken, is_sealed, open_field
from domain.account import Account
from domain.case import GovernanceCase
from domain.decisions.erasing import FILES
from domain.decisions.erasing import TOPICS as ERASING
from domain.entries import VOIDING
from domain.events import ENVELOPE
from domain.published import PublishedFigures
from projections.driver import bare_pages, rows
from projections.evidence_use import DIGEST

READ = (
    "SELECT position, stream_id, version, topic, data, occurred_at, recorded_at, entered_at, "
    "caused_by, findings FROM log ORDER BY position"
)
AT_ONCE = 5000
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
FACTS = {
    topic: frozenset(kind.event.__dataclass_fields__) - ENVELOPE for topic, kind in KINDS.items()
}
"""The own facts of every kind of entry."""
PUBLISHED: Final = PublishedFigures.FiguresPublished.TOPIC
OPENED: Final = GovernanceCase.CaseOpened.TOPIC
ACCOUNT: Final = Account.AccountOpened.TOPIC
UNIQUE = {OPENED: "number", ACCOUNT: "login", PUBLISHED: "number"}
"""The fact of an entry that no other one of its kind may have."""
UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, Stopped, msgspec.MsgspecError)
"""What comes of a row that holds something else than we ever wrote."""
NAMES = (
    "positions",
    "versions",
    "clocks",
    "content",
    "streams",
    "voids",
    "numbers",
    "seals",
    "erasures",
)


class Named(NamedTuple):
    """The first entry that names a file; an imported one tells of files that never came here."""

    position: int
    stream: str
    imported: bool


class Seen:
    """What the walk brings back beside its checks, for those that come after it."""

    def __init__(self) -> None:
        self.entries = 0
        self.numbers: dict[str, str] = {}
        self.accounts: set[str] = set()
        self.receipts: list[str] = []
        self.files: dict[str, Named] = {}
        self.erased: list[tuple[str, int]] = []

    def named(self, stream: str) -> str:
        """How a person knows a stream: a case by its number, anything else by its id."""
        return self.numbers.get(stream, stream)


def walk(system: System, c: Connection) -> tuple[list[Check], Seen]:
    """Go through the whole log once; a row that nothing can be made of does not end the walk."""
    checks = {name: Check(name) for name in NAMES}
    with going_on(checks["content"]):
        try:
            walked = _Walk(system, c, checks)
            walked.over(_pages(c))
        except (sqlite3.DatabaseError, UnicodeError):
            # A text that is none ends the reading of its page: once more, more forgiving.
            checks |= {name: Check(name) for name in NAMES}
            walked = _Walk(system, c, checks)
            walked.over(_pages(c, forgiving=True))
        walked.end()
        return list(checks.values()), walked.seen
    return list(checks.values()), Seen()


def _pages(c: Connection, *, forgiving: bool = False) -> Iterator[list[tuple[Any, ...]]]:
    raw: Any = c.connection.driver_connection
    if not forgiving or c.dialect.name != "sqlite":
        yield from bare_pages(c, READ, AT_ONCE)
        return
    usual, raw.text_factory = raw.text_factory, lambda text: text.decode("utf-8", "replace")
    try:
        yield from bare_pages(c, READ, AT_ONCE)
    finally:
        raw.text_factory = usual


class _Walk:
    def __init__(self, system: System, c: Connection, checks: dict[str, Check]) -> None:
        self._checks = checks
        self.seen = Seen()
        self._position = 0
        self._entered = ""
        self._versions: dict[str, int] = {}
        self._unique: dict[tuple[str, str], int] = {}
        self._seals = _Seals(system, c, checks, self.seen)

    def over(self, pages: Iterator[list[tuple[Any, ...]]]) -> None:
        for page in pages:
            for row in page:
                try:
                    self._take(*row)
                except UNREADABLE as fault:
                    told = str(fault)[:200]
                    self._checks["content"].differs("entry_unreadable", position=row[0], why=told)
        self.seen.entries = self._position

    def end(self) -> None:
        self._seals.end()
        for name in ("positions", "versions", "clocks", "content"):
            self._checks[name].counted = self._position
        self._checks["streams"].counted = len(self._versions)
        self._checks["numbers"].counted = len(self._unique)

    def _take(
        self,
        position: int,
        stream: str,
        version: int,
        topic: str,
        data: str,
        occurred_at: str,
        recorded_at: str,
        entered_at: str,
        caused_by: str | None,
        findings: str | None,
    ) -> None:
        if position != self._position + 1:
            self._checks["positions"].differs("position_missing", position=self._position + 1)
        self._position = position
        before = self._versions.get(stream, 0)
        self._versions[stream] = version
        if version != before + 1:
            self._checks["versions"].differs(
                "version_missing", position=position, version=before + 1, found=version
            )
        self._clocks(position, occurred_at, recorded_at, entered_at)
        facts = read_data(topic, data)
        if facts.keys() != FACTS[topic]:
            self._checks["content"].differs("facts_differ", position=position, topic=topic)
        if findings is not None and not isinstance(decode(findings), list):
            raise ValueError("findings")
        if (version == 1) is not kind_of(topic).creates:
            self._checks["streams"].differs("begun_otherwise", position=position, topic=topic)
        if topic in VOIDING:
            self._checks["voids"].counted += 1
            target = facts["target"]
            if not (isinstance(target, int) and 1 <= target < version):
                self._checks["voids"].differs("void_of_nothing", position=position, target=target)
        self._remember(position, stream, topic, facts, imported=caused_by is not None)
        self._seals.take(position, stream, version, topic, facts)

    def _clocks(self, position: int, occurred: str, recorded: str, entered: str) -> None:
        clocks = self._checks["clocks"]
        if entered < self._entered:
            clocks.differs("entered_before", position=position, at=entered, before=self._entered)
        if recorded > entered:
            clocks.differs("recorded_after", position=position, at=recorded, entered=entered)
        for at in {occurred, recorded, entered}:  # often one and the same
            if not INSTANT.fullmatch(at):
                clocks.differs("no_instant", position=position, at=at[:60])
        self._entered = max(entered, self._entered)

    def _remember(
        self, position: int, stream: str, topic: str, facts: dict[str, Any], *, imported: bool
    ) -> None:
        if topic in UNIQUE:
            value = str(facts[UNIQUE[topic]])
            key = topic, value.casefold()
            first = self._unique.setdefault(key, position)
            if first != position:
                self._checks["numbers"].differs(
                    "number_twice", position=position, number=value, first=first
                )
        if topic == OPENED:
            self.seen.numbers[stream] = facts["number"]
        elif topic == ACCOUNT:
            self.seen.accounts.add(stream)
        elif topic == PUBLISHED:
            self.seen.receipts.append(facts["number"])
        for name in ("sha256",) if topic == PUBLISHED else FILES.get(topic, ()):
            file = facts[name]
            if isinstance(file, str) and DIGEST.match(file):
                known = self.seen.files.get(file)
                if known is None or (known.imported and not imported):
                    self.seen.files[file] = Named(position, stream, imported)


class _Seals:
    """Whether every sealed field opens, and none that was erased does."""

    def __init__(self, system: System, c: Connection, checks: dict[str, Check], seen: Seen) -> None:
        self._seals, self._erasures = checks["seals"], checks["erasures"]
        self._seen = seen
        self._keys: dict[str, AESGCM] = {}
        self._dropped: set[str] = set()
        self._broken: set[str] = set()
        self._shut: dict[str, tuple[int, str]] = {}
        self._opened: set[str] = set()
        for subject, wrapped, dropped_at in rows(
            c, "SELECT subject, wrapped_key, dropped_at FROM vault"
        ):
            if dropped_at:
                self._dropped.add(subject)
            if wrapped is None or subject == EVIDENCE:
                continue
            try:
                self._keys[subject] = system.vault.key_in(subject, wrapped)
            except (SealBroken, ValueError):
                self._broken.add(subject)

    def take(
        self, position: int, stream: str, version: int, topic: str, facts: dict[str, Any]
    ) -> None:
        if topic in ERASING:
            self._erasures.counted += 1
            self._seen.erased.append((stream, version))
            self._shut.pop(stream, None)
            if stream in self._opened:
                self._erasures.differs("erased_opens", position=position, about=self._name(stream))
        for name in kind_of(topic).sealed:
            value = facts[name]
            if not is_sealed(value):
                if value is not None:
                    self._seals.differs("not_sealed", position=position, name=name)
                continue
            self._seals.counted += 1
            key = self._keys.get(stream)
            try:
                if key is None:
                    self._shut.setdefault(stream, (position, name))
                else:
                    open_field(key, stream, version, name, value)
                    self._opened.add(stream)
            except (SealBroken, NotBase64):
                self._shut.setdefault(stream, (position, name))

    def end(self) -> None:
        """A field that does not open may still have been erased later on: judged at the end."""
        without_entry = 0
        for stream, (position, name) in self._shut.items():
            about = self._name(stream)
            if stream in self._broken:
                self._seals.differs("key_does_not_open", about=about, position=position)
            elif stream in self._keys:
                self._seals.differs("seal_broken", about=about, position=position, name=name)
            elif stream in self._dropped:
                without_entry += 1
            else:
                self._seals.differs("key_missing", about=about, position=position)
        for subject in sorted(self._broken - self._shut.keys()):
            self._seals.differs("key_does_not_open", about=self._name(subject), position=0)
        if without_entry:
            self._seals.remark("keys_dropped_elsewhere", n=without_entry)

    def _name(self, stream: str) -> str:
        return self._seen.named(stream)
