"""Peers that keep events: the library on its own SQLite store, and on its SQLAlchemy one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from eventsourcing import sqlite as library
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, AggregateCreated, AggregateEvent, event
from eventsourcing.persistence import Tracking

from tests.bench.stopwatch import AT, EVENTS, chosen, each, must_be_full, number_of, timed

SPACE = UUID("5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10")
ATTEMPT: dict[str, Any] = {"channel": "phone", "result": "no_answer", "photo": None}


class Case(Aggregate):
    """A case of the library's own idiom, with as much to say as ours has in this act."""

    class Opened(AggregateCreated):
        number: str
        town: str
        unit: str

    class Attempted(AggregateEvent):
        attempted_at: str
        result: str
        channel: str | None
        photo: str | None
        actor: str

    @event(Opened)
    def __init__(self, number: str, town: str, unit: str) -> None:
        self.number, self.town, self.unit = number, town, unit
        self.attempts = 0
        self.last_at = ""
        self.last_result = ""

    @event(Attempted)
    def attempt(
        self, attempted_at: str, result: str, channel: str | None, photo: str | None, actor: str
    ) -> None:
        self.attempts += 1
        self.last_at, self.last_result = attempted_at, result

    @staticmethod
    def create_id(number: str) -> UUID:
        return uuid5(SPACE, number)


class DurablePool(library.SQLiteConnectionPool):
    """Connections that keep an acknowledged commit, as ours do."""

    def _create_connection(self) -> library.SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous=FULL")
        return connection


library.SQLiteConnectionPool = DurablePool  # type: ignore[misc]


class Cases(Application[UUID]):
    """Case files by the library."""

    name = "cases"


def native(file: Path) -> Cases:
    found = Cases({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)})
    with found.recorder.datastore.transaction(commit=False) as cursor:  # type: ignore[attr-defined]
        cursor.execute("PRAGMA synchronous")
        must_be_full(cursor.fetchone())
    return found


def extension(file: Path) -> Cases:
    from sqlalchemy import Engine
    from sqlalchemy import event as engine_event

    @engine_event.listens_for(Engine, "connect")
    def _durable(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA synchronous=FULL")

    url = f"sqlite:///{file}"
    return Cases({"PERSISTENCE_MODULE": "eventsourcing_sqlalchemy", "SQLALCHEMY_URL": url})


def fill(app: Cases, cases: int) -> None:
    for first in range(0, cases, 200):
        some = []
        for case in range(first, min(first + 200, cases)):
            made = Case(number_of(case), "城北街道", "区发展和改革局")
            for _ in range(EVENTS - 1):
                made.attempt(AT, actor="U01-2", **ATTEMPT)
            some.append(made)
        app.save(*some)


def prepare_native(file: Path, cases: int) -> dict[str, Any]:
    return timed(cases, lambda: fill(native(file), cases))


def prepare_extension(file: Path, cases: int) -> dict[str, Any]:
    return timed(cases, lambda: fill(extension(file), cases))


def load_and_save(app: Cases, count: int, cases: int) -> dict[str, Any]:
    def act(case: int) -> None:
        found: Case = app.repository.get(Case.create_id(number_of(case)))
        found.attempt(AT, actor="U01-2", **ATTEMPT)
        app.save(found)

    return timed(count, each(chosen(count, cases), act))


def give_native(file: Path, count: int, cases: int) -> dict[str, Any]:
    return load_and_save(native(file), count, cases)


def give_extension(file: Path, count: int, cases: int) -> dict[str, Any]:
    return load_and_save(extension(file), count, cases)


class View(library.SQLiteTrackingRecorder):
    """A read model as the library draws it: one row a case, one transaction an event."""

    def __init__(self, datastore: library.SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.create_table_statements.append(
            "CREATE TABLE IF NOT EXISTS case_view (id TEXT PRIMARY KEY, number TEXT, town TEXT, "
            "unit TEXT, attempts INTEGER, last_at TEXT, last_result TEXT)"
        )

    def open(self, case: UUID, number: str, town: str, unit: str, tracking: Tracking) -> None:
        row = (case.hex, number, town, unit)
        statement = "INSERT INTO case_view VALUES (?, ?, ?, ?, 0, '', '')"
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, row)

    def attempt(self, case: UUID, at: str, result: str, tracking: Tracking) -> None:
        statement = (
            "UPDATE case_view SET attempts = attempts + 1, last_at = ?, last_result = ? "
            "WHERE id = ?"
        )
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, (at, result, case.hex))


class Projection:
    """Takes one event after the other, as the library's own runner would."""

    def __init__(self, view: View) -> None:
        self.view = view

    @singledispatchmethod
    def process(self, happened: Any, tracking: Tracking) -> None:
        raise TypeError(happened)

    @process.register
    def _opened(self, happened: Case.Opened, tracking: Tracking) -> None:
        case = happened.originator_id
        self.view.open(case, happened.number, happened.town, happened.unit, tracking)

    @process.register
    def _attempted(self, happened: Case.Attempted, tracking: Tracking) -> None:
        case = happened.originator_id
        self.view.attempt(case, happened.attempted_at, happened.result, tracking)


def project(file: Path, count: int, cases: int) -> dict[str, Any]:
    """Polled by hand: the library's runner needs subscriptions, which its SQLite has not."""
    app = native(file)
    view = View(library.SQLiteDatastore(str(file)))
    view.create_table()
    projection = Projection(view)

    def work() -> None:
        position = 0
        while position < count:
            page = app.recorder.select_notifications(
                position or None, 500, inclusive_of_start=False
            )
            for notification in page:
                happened = app.mapper.to_domain_event(notification)
                projection.process(happened, Tracking(app.name, notification.id))
                position = notification.id
                if position >= count:
                    break

    return timed(count, work)
