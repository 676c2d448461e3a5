"""The database: one engine, one way to read and one way to write, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as QueueIsFull
from sqlalchemy.pool import QueuePool

from casesys.settings import SettingsRefused
from casesys.stopping import Stopped
from projections.driver import write

WAIT_SECONDS = 10
"""How long a writer waits for another before it gives a clear answer."""

TRY_MILLISECONDS = 20
"""How long SQLite waits by itself before it is asked anew."""

TRACE_MILLISECONDS = 1000
"""How long an erasure waits for readers of older pages; a later sweep does what it could not."""

LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.casesys.log'))"


class StoreIsBusy(Exception):
    """The database could not be written in time; nothing was written."""


class OutOfReach(Stopped):
    """The database does not answer, or lets us not in."""


class WeakerDurability(Stopped):
    """The database is set to lose acknowledged commands in a crash; casesys refuses to start."""


class Database:
    """One database of one office. Make it after a fork, never before."""

    def __init__(self, url: str, wait_seconds: float = WAIT_SECONDS) -> None:
        self.url = _usable(url)
        self._wait = wait_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = self._sqlite() if self.is_sqlite else self._postgres()
        self._writing = self.engine.execution_options(casesys_writes=True)

    def _sqlite(self) -> Engine:
        # The connection that was used last comes first: it has the pages of the lists at hand.
        engine = create_engine(
            self.url,
            poolclass=QueuePool,
            pool_use_lifo=True,
            connect_args={"timeout": self._wait},
        )

        @event.listens_for(engine, "connect")
        def _durable(raw: sqlite3.Connection, _: object) -> None:
            # The driver must not begin transactions by itself: a write begins IMMEDIATE.
            raw.isolation_level = None
            self._begin_write_ahead(raw)
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA foreign_keys=ON")
            # What is deleted is overwritten: an erased key must not be left on a free page.
            raw.execute("PRAGMA secure_delete=ON")
            raw.execute("PRAGMA cache_size=-65536")
            raw.execute("PRAGMA temp_store=MEMORY")

        @event.listens_for(engine, "begin")
        def _begin(c: Connection) -> None:
            if c.get_execution_options().get("casesys_writes", False):
                self._take_turn(c)
            else:
                write(c, "BEGIN", [()])

        return engine

    def _begin_write_ahead(self, raw: sqlite3.Connection) -> None:
        """Have the write-ahead file; of those who make one at once, SQLite lets none wait."""
        until = monotonic() + self._wait
        while True:
            try:
                raw.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or monotonic() > until:
                    raise
                sleep(TRY_MILLISECONDS / 1000)

    def _take_turn(self, c: Connection) -> None:
        """Begin to write, as soon as nobody else does.

        SQLite's own waiting asks ever more rarely, and a desk that has just written comes first:
        in a rush one desk would wait for ever. Asked again and again, each has its turn.
        """
        until = monotonic() + self._wait
        write(c, f"PRAGMA busy_timeout={TRY_MILLISECONDS}", [()])
        try:
            while True:
                try:
                    return write(c, "BEGIN IMMEDIATE", [()])
                except OperationalError as error:
                    if not is_busy(error) or monotonic() > until:
                        raise
        finally:
            write(c, f"PRAGMA busy_timeout={int(self._wait * 1000)}", [()])

    def _postgres(self) -> Engine:
        # Statements of read models are prepared after a few uses; five connections a process
        # leave room for sixteen workers on an untuned server.
        return create_engine(
            self.url,
            pool_size=4,
            max_overflow=4,
            pool_timeout=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2, "options": self._options()},
        )

    def _options(self) -> str:
        given = self.url.query.get("options", "")
        given = given if isinstance(given, str) else " ".join(given)
        return f"{given} -c lock_timeout={int(self._wait * 1000)}ms".strip()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot to read from; nothing written in it is kept."""
        with self.engine.connect() as c:
            if not self.is_sqlite:
                c = c.execution_options(isolation_level="REPEATABLE READ")
            with c.begin() as snapshot:
                try:
                    yield c
                finally:
                    snapshot.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end or not at all.

        :raises StoreIsBusy: another writer held the database longer than a bounded wait
        """
        try:
            with self._writing.connect() as c, c.begin():
                yield c
        except QueueIsFull as error:
            raise StoreIsBusy from error
        except OperationalError as error:
            if is_busy(error):
                raise StoreIsBusy from error
            raise

    def lock(self, c: Connection) -> None:
        """Let no other writer append until this transaction ends (SQLite holds it already)."""
        if not self.is_sqlite:
            c.exec_driver_sql(LOCK)

    def forget_old_pages(self, tables: Sequence[str]) -> bool:
        """Let no older state of these tables lie about; False where somebody still reads it.

        SQLite overwrites what it deletes, but its write-ahead file holds the pages of before until
        it is emptied. PostgreSQL keeps dead rows until they are vacuumed.
        """
        raw = self.engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            if self.is_sqlite:
                driver.execute(f"PRAGMA busy_timeout={TRACE_MILLISECONDS}")
                (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                driver.execute(f"PRAGMA busy_timeout={int(self._wait * 1000)}")
                return not busy
            driver.autocommit = True
            try:
                for table in tables:
                    driver.execute(f"VACUUM {table}")
            finally:
                driver.autocommit = False
            return True
        finally:
            raw.close()

    def check_durability(self) -> None:
        """Ask the database how it keeps what it acknowledges (design D2).

        :raises WeakerDurability: acknowledged commands could be lost
        :raises OutOfReach: the database does not answer
        """
        try:
            self._check_durability()
        except OperationalError as error:
            raise OutOfReach("database_out_of_reach") from error

    def _check_durability(self) -> None:
        with self.read() as c:
            if self.is_sqlite:
                level: Any = c.exec_driver_sql("PRAGMA synchronous").scalar()
                kept = c.exec_driver_sql("PRAGMA journal_mode").scalar()
                if level is None or int(level) < 2 or kept != "wal":
                    raise WeakerDurability("weaker_sqlite")
                return
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                value = c.exec_driver_sql(f"SHOW {name}").scalar()
                if value == "off" or (name == "synchronous_commit" and value == "local"):
                    raise WeakerDurability("weaker_postgresql", setting=f"{name}={value}")

    def dispose(self) -> None:
        self.engine.dispose()


def _usable(url: str) -> URL:
    """:raises SettingsRefused: it is no address of a database that this program works with"""
    try:
        found = make_url(url)
    except ArgumentError as wrong:
        raise SettingsRefused("setting_database_url") from wrong
    if found.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsRefused("setting_database_url")
    return found


def is_busy(error: DBAPIError) -> bool:
    text = str(error.orig).lower()
    return "locked" in text or "busy" in text or "lock timeout" in text
