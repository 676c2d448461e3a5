"""Peers that keep events: the library on its own stores, and on its SQLAlchemy one."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from eventsourcing import sqlite as library
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, AggregateCreated, AggregateEvent, event

from tests.bench.stopwatch import (
    AT,
    EVENTS,
    Each,
    alchemy_url,
    chosen,
    database_url,
    must_be_full,
    number_of,
    parts_of,
    timed,
)

AT_ONCE = 10
"""Cases of one commit; on PostgreSQL the library hangs with thousands of events in its pipeline."""
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


def native(file: Path, *, made: bool = False) -> Cases:
    """The library on its own store, in the mode in which it loses no event."""
    url = database_url()
    if url is not None:
        # Tables are made as the store is prepared: many that begin at once would run into another.
        return Cases(native_settings(url) | {"CREATE_TABLE": "yes" if made else "no"})
    found = Cases({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)})
    with found.recorder.datastore.transaction(commit=False) as cursor:  # type: ignore[attr-defined]
        cursor.execute("PRAGMA synchronous")
        must_be_full(cursor.fetchone())
    return found


def native_settings(url: str) -> dict[str, str]:
    parts = parts_of(url)
    # Its database functions are never switched on: they leave the lock out that keeps the order.
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        **{f"POSTGRES_{name.upper()}": value for name, value in parts.items()},
    }


def extension(file: Path) -> Cases:
    from sqlalchemy import Engine
    from sqlalchemy import event as engine_event

    url = database_url()
    if url is None:

        @engine_event.listens_for(Engine, "connect")
        def _durable(raw: sqlite3.Connection, _: object) -> None:
            raw.execute("PRAGMA synchronous=FULL")

    place = alchemy_url(file)
    return Cases({"PERSISTENCE_MODULE": "eventsourcing_sqlalchemy", "SQLALCHEMY_URL": place})


def fill(app: Cases, cases: int) -> None:
    for first in range(0, cases, AT_ONCE):
        some = []
        for case in range(first, min(first + AT_ONCE, cases)):
            made = Case(number_of(case), "城北街道", "区发展和改革局")
            for _ in range(EVENTS - 1):
                made.attempt(AT, actor="U01-2", **ATTEMPT)
            some.append(made)
        app.save(*some)


def prepare_native(file: Path, _: int, cases: int) -> dict[str, Any]:
    return timed(cases, lambda: fill(native(file, made=True), cases))


def prepare_extension(file: Path, _: int, cases: int) -> dict[str, Any]:
    return timed(cases, lambda: fill(extension(file), cases))


def attempt(app: Cases, case: int) -> None:
    """One command as the library draws it: load the aggregate, trigger an event, save."""
    found: Case = app.repository.get(Case.create_id(number_of(case)))
    found.attempt(AT, actor="U01-2", **ATTEMPT)
    app.save(found)


def load_and_save(app: Cases, count: int, cases: int) -> dict[str, Any]:
    return timed(count, Each(chosen(count, cases), partial(attempt, app)))


def give_native(file: Path, count: int, cases: int) -> dict[str, Any]:
    return load_and_save(native(file), count, cases)


def give_extension(file: Path, count: int, cases: int) -> dict[str, Any]:
    return load_and_save(extension(file), count, cases)
