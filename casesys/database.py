"""The database: one engine, one way to read and one way to write, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, NoReturn

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as QueueIsFull
from sqlalchemy.pool import QueuePool

from casesys import postgres
from casesys.postgres import TOOL, Limits
from casesys.schemas import make_schema, schema_of
from casesys.stopping import SettingsRefused, Stopped
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


class TookTooLong(StoreIsBusy):
    """A question was over its limit of time, and was ended; nothing was written."""


class OutOfReach(Stopped):
    """The database does not answer, or lets us not in.

    Where it fell silent at the end of a transaction, nobody knows whether that was kept: a
    command is given again with its id, and acts once.
    """


class WeakerDurability(Stopped):
    """The database is set to lose acknowledged commands in a crash; casesys refuses to start."""


class Database:
    """One database of one office. Make it after a fork, never before."""

    def __init__(self, url: str, wait_seconds: float = WAIT_SECONDS, limits: Limits = TOOL) -> None:
        self.guard: Callable[[Connection], None] | None = None
        """Asked at the beginning of each snapshot and under each lock, and may refuse it."""
        self.url = _usable(url)
        self._wait = wait_seconds
        self._limits = limits
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
        return postgres.engine_for(self.url, self._wait, self._limits)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot to read from; nothing written in it is kept.

        :raises StoreIsBusy: the answer took too long, or no connection was free in time
        :raises OutOfReach: the database does not answer
        """
        with self._told_apart(), self.engine.connect() as c:
            if not self.is_sqlite:
                c = c.execution_options(isolation_level="REPEATABLE READ")
            with c.begin() as snapshot:
                try:
                    if self.guard is not None:
                        self.guard(c)
                    yield c
                finally:
                    snapshot.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end or not at all.

        :raises StoreIsBusy: another writer held the database longer than a bounded wait
        :raises OutOfReach: the database does not answer; who does not know what became of a
            command gives it again with its id
        """
        with self._told_apart(), self._writing.connect() as c, c.begin():
            yield c

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """What the driver says of a failure, as one of the few things that one can do about it."""
        try:
            yield
        except QueueIsFull as error:
            raise StoreIsBusy from error
        except (SQLAlchemyError, psycopg.Error) as error:
            raise_as_ours(error)

    def lock(self, c: Connection) -> None:
        """Let no other writer append until this transaction ends (SQLite holds it already)."""
        if not self.is_sqlite:
            c.exec_driver_sql(LOCK)
        if self.guard is not None:
            self.guard(c)

    def make_schema(self, c: Connection) -> None:
        """Have the schema that this database works in; before it there is nothing to lock.

        :raises SchemaIsRefused: it is not there and cannot be made
        """
        if name := schema_of(self.url):
            make_schema(c, name)

    def forget_old_pages(self, tables: Sequence[str]) -> bool:
        """Let no older state of these tables lie about; False where somebody still reads it.

        SQLite overwrites what it deletes, but its write-ahead file holds the pages of before until
        it is emptied. PostgreSQL keeps dead rows until they are vacuumed.

        :raises OutOfReach: the database does not answer
        """
        with self._told_apart():
            return self._forget_old_pages(tables)

    def _forget_old_pages(self, tables: Sequence[str]) -> bool:
        raw = self.engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            if self.is_sqlite:
                driver.execute(f"PRAGMA busy_timeout={TRACE_MILLISECONDS}")
                (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                driver.execute(f"PRAGMA busy_timeout={int(self._wait * 1000)}")
                return not busy
            driver.autocommit = True
            # A long log takes longer than a page may, and nobody waits for an answer of it.
            driver.execute("SET statement_timeout = 0")
            for table in tables:
                driver.execute(f"VACUUM {table}")
            driver.execute("RESET statement_timeout")
            driver.autocommit = False
            return True
        except BaseException:
            raw.invalidate()
            raise
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
    """Whether SQLite says that somebody else is writing."""
    text = str(error.orig).lower()
    return "locked" in text or "busy" in text


def raise_as_ours(error: SQLAlchemyError | psycopg.Error) -> NoReturn:
    """Raise what a failure of the database means to whoever asked, or the failure itself.

    :raises StoreIsBusy: others were in the way, or it took too long
    :raises OutOfReach: the database does not answer
    """
    found = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(found, psycopg.Error):
        if isinstance(found, postgres.TOO_LONG):
            raise TookTooLong from error
        if isinstance(found, postgres.BUSY):
            raise StoreIsBusy from error
        if postgres.is_away(found):
            raise OutOfReach("database_out_of_reach") from error
    elif isinstance(error, OperationalError) and is_busy(error):
        raise StoreIsBusy from error
    raise error
