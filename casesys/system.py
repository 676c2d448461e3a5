"""The composition root, and ``give``: the one way in for every act, from whichever door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from casesys.command import Command
from casesys.database import Database
from casesys.ended_sessions import end_sessions_after
from casesys.evidence import EvidenceStore
from casesys.log import AnotherKind, Log, Meta, StreamConflict
from casesys.models import Models
from casesys.permits import Person
from casesys.personal.forgetting import ERASING_COMMANDS, forget_erased
from casesys.personal.sweeping import sweep_after
from casesys.postgres import TOOL, Limits
from casesys.proofs.checkpoints import Checkpoints
from casesys.registry import encode
from casesys.serving import own_set, require_served
from casesys.settings import Settings
from casesys.stopping import Stopped
from casesys.vault import Vault
from casesys.work import EvidenceInUse, MemberUnits, OfficeNumbers, OpenAccounts, Work
from domain.case import GovernanceCase
from domain.decisions.closing import correct_entry
from domain.desk import Desk
from domain.entries import Entry
from domain.instants import instant
from domain.refusals import NumberUsedElsewhere, Refused
from projections.driver import rows, write
from projections.reading import feed
from projections.record_index import RECORD_INDEX

TRIES = 3
"""How often a command without an expected version is decided anew after losing a race."""


@dataclass(frozen=True, slots=True)
class Given:
    """Who gives a command, on what, and on which version of it they decided.

    ``corrects`` names the entry that this command replaces; ``reason`` says why.
    """

    person: Person
    stream: UUID | None = None
    expected_version: int | None = None
    command_id: str | None = None
    corrects: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a command; ``repeated`` if it had been given before."""

    command_id: str
    stream: UUID
    version: int
    position: int
    repeated: bool = False


NEW_RECEIPT = (
    "INSERT INTO receipt (command_id, digest, stream_id, version, position) VALUES (?, ?, ?, ?, ?)"
)


class EvidenceKeyMissing(Stopped):
    """The vault has no key of the evidence, and without it no file of it opens."""


class StreamIsUnknown(Exception):
    """There is no such case, or it is no case."""


class CommandIdReused(Exception):
    """A command id came a second time with other content; nothing was written."""


class StaleVersion(Exception):
    """The stream went on since the version that was decided on; ``entries`` are what came."""

    def __init__(self, entries: Sequence[Entry], version: int) -> None:
        super().__init__(f"now at version {version}")
        self.entries = entries
        self.version = version


def clock() -> str:
    return instant(datetime.now(UTC))


class System:
    """Everything an installation is made of; one per process, made after the fork."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], str] = clock,
        receipts: bool = True,
        limits: Limits = TOOL,
    ) -> None:
        self.settings = settings
        self.now = now
        self.database = Database(settings.database_url, limits=limits)
        self.vault = Vault(settings.master_key)
        self.checkpoints = Checkpoints(settings.signing_key)
        self.log = Log(self.vault, self.checkpoints)
        self.models = Models(self.log)
        self._receipts = receipts

    def hold_to_its_release(self) -> None:
        """From now on every snapshot and every lock asks whether this release still serves.

        What raises in them is ``AnotherReleaseServes``.
        """
        own = own_set(self.models.all)
        self.database.guard = lambda c: require_served(c, own)

    @cached_property
    def evidence(self) -> EvidenceStore:
        """:raises EvidenceKeyMissing: the vault has lost its key, or was not made ready"""
        with self.database.read() as c:
            return self.evidence_in(c)

    def evidence_in(self, c: Connection) -> EvidenceStore:
        """The same where the key may have been made in this very transaction."""
        key = self.vault.evidence_key(c)
        if key is None:
            raise EvidenceKeyMissing("evidence_key_missing")
        return EvidenceStore(self.settings.home / "evidence", key)

    def make_evidence_key(self, c: Connection) -> None:
        """Once in the life of an office; not anew for files that only the old one opens.

        :raises EvidenceKeyMissing: there are such files, and their key is gone
        """
        if self.vault.evidence_key(c) is not None:
            return
        self.vault.make_evidence_key(c, self.now())
        if self.evidence_in(c).holds_sealed():
            raise EvidenceKeyMissing("evidence_key_missing")

    def give(self, command: Command, raw: Mapping[str, Any], given: Given) -> Receipt:
        """Do one act of the office, or refuse it; nothing is ever half done (design D2).

        :raises NotPermitted: the person may not give this command
        :raises FieldsRefused: what was typed cannot be taken
        :raises Refused: a rule of the office stands against it
        :raises StaleVersion: the stream went on since the version decided on
        :raises CommandIdReused: the id was used for something else
        :raises StreamIsUnknown: there is no such stream
        :raises StoreIsBusy: the database could not be written in time
        """
        given.person.require(command.permit)
        values = command.read(raw)
        command_id = given.command_id or str(uuid4())
        digest = _digest(command, values, given)
        for attempt in range(TRIES):
            try:
                with self.database.write() as c:
                    if command.on is None or attempt + 1 == TRIES:
                        # It may begin streams, whose numbers and names are unique in the whole
                        # office; or it lost every race so far, and now nobody runs beside it.
                        self.database.lock(c)
                    receipt = self._give(c, command, values, given, command_id, digest)
                if command.name in ERASING_COMMANDS:
                    sweep_after(self, str(receipt.stream))
                return receipt
            except (StreamConflict, IntegrityError):
                # PostgreSQL decides without the lock: another writer came first. Decide again
                # on what is there now; a person who named a version is told instead.
                if attempt + 1 == TRIES:
                    raise
        raise AssertionError("unreachable")

    def _give(
        self,
        c: Connection,
        command: Command,
        values: dict[str, Any],
        given: Given,
        command_id: str,
        digest: str,
    ) -> Receipt:
        known = self._receipt(c, command_id, digest)
        if known is not None:
            return known
        desk = self.desk(c, given.person.id, reach=given.person.reach)
        work = Work(c, self.log, desk)
        try:
            main = self._decide(work, command, values, given)
        except (StaleVersion, Refused):
            # What stands against it may be its own twin, given meanwhile on another connection.
            known = self._receipt(c, command_id, digest)
            if known is not None:
                return known
            raise
        self.database.lock(c)
        batch = work.collect(Meta(command_id=command_id, reason=given.reason))
        entries = self.log.append(c, batch, desk.now)
        read = {str(stream): loaded.entries for stream, loaded in work.loaded.items()}
        feed(c, self.models.all, entries, read)
        end_sessions_after(c, entries)
        forget_erased(c, self.vault, entries)
        self._numbers_are_free(c, entries)
        last = [e for e in entries if e.stream_id == str(main)][-1]
        receipt = Receipt(command_id, main, last.version, last.position)
        if self._receipts:
            # A plain insert: where a twin was answered first, this one fails and is given again.
            facts = (command_id, digest, str(main), receipt.version, receipt.position)
            write(c, NEW_RECEIPT, [facts])
        return receipt

    def _decide(self, work: Work, command: Command, values: dict[str, Any], given: Given) -> UUID:
        """Let the decision happen; the stream that the answer is about."""
        if command.on is None:
            begun: UUID = command.decision(work, **values)
            return begun
        if given.stream is None:
            raise StreamIsUnknown("no stream named")
        try:
            aggregate = work.load(command.on, given.stream)
        except AnotherKind as other:
            raise StreamIsUnknown(str(given.stream)) from other
        if aggregate is None or not _reaches(given.person, aggregate):
            raise StreamIsUnknown(str(given.stream))
        expected = given.expected_version
        if expected is not None and aggregate.version != expected:
            came = [e for e in work.loaded[given.stream].entries if e.version > expected]
            raise StaleVersion(came, aggregate.version)
        if given.corrects is not None and isinstance(aggregate, GovernanceCase):
            correct_entry(
                aggregate, work.desk, target=given.corrects, explanation=given.reason or ""
            )
        command.decision(aggregate, work.desk, **values)
        return given.stream

    def desk(self, c: Connection, actor: str, *, counter: bool = True, reach: str = "") -> Desk:
        """The desk of one unit of work: its clock, its calendar, the numbers in use."""
        return Desk(
            actor=actor,
            now=self.now(),
            workdays=self.models.calendars.workdays(c),
            counter=counter,
            numbers=OfficeNumbers(c, reach),
            units=MemberUnits(c),
            # A register of past work names people who never had an account here.
            officers=OpenAccounts(c, self.settings.office_unit) if counter else None,
            files=EvidenceInUse(c),
        )

    def _receipt(self, c: Connection, command_id: str, digest: str) -> Receipt | None:
        if not self._receipts:
            return None
        found = rows(
            c,
            "SELECT digest, stream_id, version, position FROM receipt WHERE command_id = ?",
            [command_id],
        )
        if not found:
            return None
        if found[0][0] != digest:
            raise CommandIdReused(command_id)
        return Receipt(command_id, UUID(found[0][1]), found[0][2], found[0][3], repeated=True)

    def _numbers_are_free(self, c: Connection, entries: Sequence[Entry]) -> None:
        """The unique key over all cases, checked under the lock after the read models were fed."""
        for entry in entries:
            if entry.topic != GovernanceCase.RecordAttached.TOPIC:
                continue
            key = entry.data["number_key"]
            others = rows(
                c,
                f"SELECT case_number FROM {RECORD_INDEX} WHERE number_key = ? AND stream_id <> ?",
                [key, entry.stream_id],
            )
            if others:
                raise NumberUsedElsewhere(number=key, holder=others[0][0])


def _reaches(person: Person, aggregate: Aggregate) -> bool:
    """Whether the stream is this person's to act on: of the cases, those within reach."""
    return not isinstance(aggregate, GovernanceCase) or person.reaches(aggregate.state.unit)


def _digest(command: Command, values: dict[str, Any], given: Given) -> str:
    about = [str(given.stream), given.corrects, given.reason, given.person.id]
    return sha256(encode([command.name, values, about])).hexdigest()
