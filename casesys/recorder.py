"""The event library's own way in: its recorder on our log, and its application over our cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, cast
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    JSONTranscoder,
    Mapper,
    Notification,
    StoredEvent,
    Subscription,
)
from eventsourcing.popo import POPOFactory
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from casesys.database import Database, OutOfReach, StoreIsBusy
from casesys.log import OF_STREAM, SELECT, Log, Meta, StreamConflict, entry_of
from casesys.registry import TopicIsUnknown, event_of, write_data
from casesys.system import System, clock
from casesys.verifier.leaves import COLUMNS
from domain.entries import Entry
from domain.events import DeskEvent
from projections.driver import rows
from projections.reading import feed

FIRST = 1
POLL_SECONDS = 0.2
"""How long a subscription waits before it looks for what another process wrote."""
PAGE = 500
STATE = COLUMNS.index("data")
NO_ACTOR = "library"
Feed = Callable[[Connection, Sequence[Entry]], None]


@dataclass(frozen=True)
class DeskRecord(StoredEvent):
    """An event on its way into the log, which has columns that the library's record has not."""

    event: DeskEvent


@dataclass(frozen=True)
class EntryRecord(StoredEvent):
    """An entry on its way out of the log."""

    entry: Entry


class LogRecorder(ApplicationRecorder):
    """Records what the library gives in our log: one order, no missing number, all or nothing.

    Events of our registry are sealed and stored as a command's are; anything else is stored as the
    text that it is. ``feed`` lets the read models take the entries in the same transaction.
    """

    def __init__(
        self, database: Database, log: Log, now: Callable[[], str] = clock, feed: Feed | None = None
    ) -> None:
        self._database, self._log, self._now, self._feed = database, log, now, feed
        self._written = Event()

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        with _library_errors(), self._database.write() as c:
            self._database.lock(c)
            desk_records = [s for s in stored_events if isinstance(s, DeskRecord)]
            if len(desk_records) == len(stored_events):
                batch = [(record.event, Meta()) for record in desk_records]
                entries = self._log.append(c, batch, self._now())
                if self._feed is not None:
                    self._feed(c, entries)
                positions = [entry.position for entry in entries]
            else:
                positions = self._insert(c, stored_events)
        self._written.set()
        return positions

    def _insert(self, c: Connection, stored_events: Sequence[StoredEvent]) -> list[int]:
        position, last = self._log.head(c)
        now = max(self._now(), last)
        values = [
            (
                *(number, str(stored.originator_id), stored.originator_version, stored.topic),
                *(_text(stored.state), now, now, now, NO_ACTOR, None, None, None, None),
            )
            for number, stored in enumerate(stored_events, position + 1)
        ]
        if values:
            self._log.store(c, values)
        return [value[0] for value in values]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        question, values = OF_STREAM.removesuffix(" ORDER BY version"), [str(originator_id)]
        found, given = _where(question, values, {"version > ?": gt, "version <= ?": lte})
        found += f" ORDER BY version{' DESC' if desc else ''}"
        found, given = _limited(found, given, limit)
        with _library_errors(), self._database.read() as c:
            return [_stored(row) for row in rows(c, found, given)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = start if start is None or inclusive_of_start else start + 1
        question, values = _where(
            f"{SELECT} WHERE position >= ?", [first or FIRST], {"position <= ?": stop}
        )
        if topics:
            question += f" AND topic IN ({', '.join('?' * len(topics))})"
            values += topics
        question, values = _limited(f"{question} ORDER BY position", values, limit)
        with _library_errors(), self._database.read() as c:
            return [_notification(row) for row in rows(c, question, values)]

    def max_notification_id(self) -> int | None:
        with _library_errors(), self._database.read() as c:
            position, _ = self._log.head(c)
        return position or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return LogSubscription(self, self._written, gt, topics)


class LogSubscription(Subscription[ApplicationRecorder]):
    """Follows the log by position: woken by this process, and looking for what others wrote."""

    def __init__(
        self, recorder: LogRecorder, written: Event, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._written = written
        self._page: list[Notification] = []

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._page:
                notification = self._page.pop(0)
                self._last_notification_id = notification.id
                return notification
            self._written.clear()
            self._page += self._recorder.select_notifications(
                self._last_notification_id, PAGE, topics=self._topics, inclusive_of_start=False
            )
            if not self._page:
                self._written.wait(POLL_SECONDS)
        raise StopIteration

    def stop(self) -> None:
        super().stop()
        self._written.set()


class LogMapper(Mapper[UUID]):
    """Between the library's records and our entries, by the closed registry and no import path."""

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        text, _ = write_data(domain_event)
        return DeskRecord(
            domain_event.originator_id,
            domain_event.originator_version,
            type(domain_event).TOPIC,
            text.encode(),
            domain_event,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        entry = cast(EntryRecord, stored_event).entry
        return event_of(
            entry.topic,
            UUID(entry.stream_id),
            entry.version,
            dict(entry.data),
            entry.occurred_at,
            entry.entered_at,
            entry.actor,
        )


class DeskApplication(Application[UUID]):
    """The library's application and repository over an installation; read models are fed."""

    name = "casesys"

    def __init__(self, system: System) -> None:
        self._system = system
        super().__init__(env={})

    def construct_factory(self, env: Any) -> InfrastructureFactory[Any]:
        # The library wants one; what it would make is made by the two methods below.
        return POPOFactory(env)

    def construct_mapper(self) -> Mapper[UUID]:
        return LogMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        system = self._system
        return LogRecorder(
            system.database,
            system.log,
            system.now,
            lambda c, entries: feed(c, system.models.all, entries),
        )


def _where(
    question: str, values: list[Any], bounds: dict[str, int | None]
) -> tuple[str, list[Any]]:
    for bound, value in bounds.items():
        if value is not None:
            question, values = f"{question} AND {bound}", [*values, value]
    return question, values


def _limited(question: str, values: list[Any], limit: int | None) -> tuple[str, list[Any]]:
    return (question, values) if limit is None else (f"{question} LIMIT ?", [*values, limit])


def _stored(row: Sequence[Any]) -> StoredEvent:
    stream, version, topic = UUID(row[1]), row[2], row[3]
    try:
        return EntryRecord(stream, version, topic, row[STATE].encode(), entry_of(row))
    except TopicIsUnknown:
        return StoredEvent(stream, version, topic, row[STATE].encode())


def _notification(row: Sequence[Any]) -> Notification:
    return Notification(UUID(row[1]), row[2], row[3], row[STATE].encode(), row[0])


def _text(state: bytes) -> str:
    try:
        return state.decode()
    except UnicodeDecodeError as wrong:
        raise persistence.DataError("the log keeps text, and this state is none") from wrong


@contextmanager
def _library_errors() -> Iterator[None]:
    """Raise what callers of the library look for."""
    try:
        yield
    except (IntegrityError, StreamConflict) as error:
        raise persistence.IntegrityError(str(error)) from error
    except (StoreIsBusy, OutOfReach) as error:
        raise persistence.OperationalError(str(error)) from error
    except DataError as error:
        raise persistence.DataError(str(error)) from error
