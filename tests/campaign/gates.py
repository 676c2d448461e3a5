"""Gates between the insert of a writer and its commit, which a test closes and opens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event

import psycopg
from sqlalchemy import Connection

from casesys.database import Database
from projections.driver import rows

PATIENCE = 60


class Gates(ABC):
    """One gate for each writer, between its insert and its commit."""

    @abstractmethod
    def close(self, writer: int) -> None: ...

    @abstractmethod
    def open(self, writer: int) -> None: ...

    @abstractmethod
    def pass_through(self, writer: int, c: Connection) -> None: ...

    @abstractmethod
    def end(self) -> None: ...


class HeldLocks(Gates):
    """PostgreSQL: locks that a connection of the test holds, and the writer's waits for."""

    def __init__(self, database: Database) -> None:
        plain = database.url.set(drivername="postgresql")
        self._own = psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)

    def close(self, writer: int) -> None:
        self._own.execute("SELECT pg_advisory_lock(%s)", [writer])

    def open(self, writer: int) -> None:
        self._own.execute("SELECT pg_advisory_unlock(%s)", [writer])

    def end(self) -> None:
        self._own.close()

    def pass_through(self, writer: int, c: Connection) -> None:
        rows(c, "SELECT pg_advisory_xact_lock(?)", [writer])


class Events(Gates):
    """SQLite: it knows no lock but its own."""

    def __init__(self, writers: int) -> None:
        self._gates = [Event() for _ in range(writers)]

    def close(self, writer: int) -> None:
        self._gates[writer].clear()

    def open(self, writer: int) -> None:
        self._gates[writer].set()

    def pass_through(self, writer: int, c: Connection) -> None:
        assert self._gates[writer].wait(PATIENCE)

    def end(self) -> None:
        pass
