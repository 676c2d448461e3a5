"""A fresh installation on each database, for what must hold on both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from casesys.install import create_tables
from casesys.settings import Settings, from_environment
from casesys.system import System
from tests.database import fresh_database

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


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty office with its tables, to be copied."""
    home = tmp_path_factory.mktemp("store") / "home"
    make(settings_of(home)).database.dispose()
    return home


@pytest.fixture(scope="session")
def postgres_store(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """What makes a copy of an empty office with its tables on PostgreSQL."""
    with fresh_database(postgres_url) as url:
        make(settings_of(tmp_path_factory.mktemp("store"), url)).database.dispose()
        yield lambda: fresh_database(postgres_url, template=url)


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest) -> System:
    """An empty office with its tables, once on each database."""
    made: System = request.getfixturevalue(f"store_on_{request.param}")
    return made


@pytest.fixture
def store_on_sqlite(sqlite_store: Path, tmp_path: Path) -> Iterator[System]:
    home = tmp_path / "sqlite"
    shutil.copytree(sqlite_store, home)
    system = System(settings_of(home))
    yield system
    system.database.dispose()


@pytest.fixture
def store_on_postgres(
    postgres_store: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> Iterator[System]:
    with postgres_store() as url:
        system = System(settings_of(tmp_path / "postgres", url))
        yield system
        system.database.dispose()


def make(settings: Settings) -> System:
    system = System(settings)
    create_tables(system)
    return system
