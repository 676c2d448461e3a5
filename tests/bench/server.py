"""The PostgreSQL that is measured: prepared databases, a copy for each round, what was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.stopwatch import parts_of

SHOWN = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "shared_buffers",
    "max_wal_size",
    "max_connections",
)
ROUND = "bench_round"
WRITTEN = """
SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY relname
"""


class Server:
    """One server, by the URL of any of its databases."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        parts = parts_of(self._url)
        who = f"{parts['user']}:{parts['password']}"
        return f"postgresql://{who}@/{name}?host={parts['host']}&port={parts['port']}"

    def described(self) -> str:
        with self._administering() as c:
            found = {name: self._one(c, f"SHOW {name}") for name in ("server_version", *SHOWN)}
        if "off" in (found["fsync"], found["synchronous_commit"], found["full_page_writes"]):
            raise SystemExit("the server does not keep what it acknowledges")
        said = ", ".join(f"{name}={found[name]}" for name in SHOWN)
        return f"PostgreSQL {found['server_version']} on the same disk, by its socket: {said}"

    def make(self, name: str, template: str = "template0") -> str:
        """An own database, its pages on the disk before anybody's clock starts."""
        self.drop(name)
        with self._administering() as c:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY file_copy")
            c.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
            c.execute("CHECKPOINT")
        return self.url(name)

    def has(self, name: str) -> bool:
        with self._administering() as c:
            found = c.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return found is not None

    def drop(self, name: str) -> None:
        with self._administering() as c:
            dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            c.execute(dropped.format(sql.Identifier(name)))

    def settle(self, name: str) -> None:
        """What was prepared is vacuumed once, so that no round pays for it."""
        with psycopg.connect(self.url(name), autocommit=True) as c:
            c.execute("VACUUM ANALYZE")

    @contextmanager
    def counted(self, name: str, found: dict[str, Any]) -> Iterator[None]:
        """What is written meanwhile: rows by table and bytes of the write-ahead log."""
        with self._administering() as c:
            begun = self._one(c, "SELECT pg_current_wal_insert_lsn()")
            yield
            # A process tells its numbers as its connection ends, a moment after the process.
            for _ in range(100):
                question = f"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{name}'"
                if self._one(c, question) == 0:
                    break
                sleep(0.02)
            found["wal"] = int(
                self._one(c, f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{begun}')")
            )
        with psycopg.connect(self.url(name)) as there:
            found["written"] = {row[0]: list(row[1:]) for row in there.execute(WRITTEN)}

    @contextmanager
    def _administering(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._url, autocommit=True) as c:
            yield c

    @staticmethod
    def _one(c: psycopg.Connection[Any], question: str) -> Any:
        row = c.execute(question.encode()).fetchone()
        return None if row is None else row[0]
