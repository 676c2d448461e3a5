"""A fresh installation on each database, for what must hold on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casesys.install import create_tables
from casesys.settings import Settings, from_environment
from casesys.system import System

MASTER_KEY = "5a" * 32
BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def settings_of(home: Path, url: str | None = None) -> Settings:
    """The settings of an installation in this folder, on SQLite where no URL is given."""
    environ = {"CASESYS_HOME": str(home), "CASESYS_MASTER_KEY": MASTER_KEY}
    if url is not None:
        environ["CASESYS_DATABASE_URL"] = url
    return from_environment(environ)


@pytest.fixture(params=BOTH)
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation on which nothing was made yet, once on each database."""
    postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_database") if postgres else None
    return settings_of(tmp_path / "home", url)


@pytest.fixture
def store(store_settings: Settings) -> Iterator[System]:
    """An empty office with its tables, once on each database."""
    yield from _made(store_settings)


@pytest.fixture
def store_on_sqlite(tmp_path: Path) -> Iterator[System]:
    yield from _made(settings_of(tmp_path / "sqlite"))


@pytest.fixture
def store_on_postgres(tmp_path: Path, postgres_database: str) -> Iterator[System]:
    yield from _made(settings_of(tmp_path / "postgres", postgres_database))


def _made(settings: Settings) -> Iterator[System]:
    system = System(settings)
    create_tables(system)
    yield system
    system.database.dispose()
