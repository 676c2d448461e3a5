"""A working office for tests: installed, with people at its desks and a clock that can be set."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from casesys.commands import COMMANDS
from casesys.install import install
from casesys.people import person_of
from casesys.people.passwords import set_password
from casesys.permits import Person, operator
from casesys.settings import Settings
from casesys.system import Given, System
from domain.entries import Entry
from domain.instants import SHANGHAI, instant, moment
from tests.database import fresh_database
from tests.stores import BOTH, settings_of

OFFICER, OTHER_OFFICER, SUPERVISOR, AUDITOR = "U01-2", "U22-3", "U01-1", "U03-1"
PASSWORD = "correct horse battery"
PEOPLE = {
    OFFICER: ("林晓", "区发展和改革局", "officer"),
    OTHER_OFFICER: ("周敏", "区市场监督管理局", "officer"),
    SUPERVISOR: ("何建国", "区发展和改革局", "supervisor"),
    AUDITOR: ("沈静", "区纪委监委机关", "auditor"),
}


class Clock:
    """The office's clock, which moves only when a test says so."""

    def __init__(self, local: str = "2021-07-22T14:20") -> None:
        self.set(local)

    def __call__(self) -> str:
        return self._now

    def set(self, local: str) -> None:
        self._now = at(local)

    def wait(self, **span: float) -> None:
        self._now = instant(moment(self._now) + timedelta(**span))


def at(local: str) -> str:
    """The instant of a time on the office's wall: ``2021-07-22T14:20``."""
    return instant(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI))


def person(system: System, login: str) -> Person:
    found = person_of(system, login)
    assert found is not None, login
    return found


def log_of(system: System, stream: UUID) -> list[Entry]:
    with system.database.read() as c:
        return system.log.stream(c, stream)


def contents(system: System) -> dict[str, Any]:
    """The last position of the log, and the digest of every read model."""
    with system.database.read() as c:
        found = {model.name: model.digest(c) for model in system.models.all}
        return {"position": system.log.head(c)[0], **found}


def furnish(system: System) -> None:
    """Install an office and open the accounts of its people, each with the same password."""
    runner = operator("tests")
    install(system, person=runner)
    for login, (name, unit, role) in PEOPLE.items():
        raw = {"login": login, "name": name, "unit": unit}
        opened = system.give(COMMANDS["open_account"], raw, Given(runner))
        granted = Given(runner, opened.stream)
        system.give(COMMANDS["grant_role"], {"role": role}, granted)
        set_password(system, runner, opened.stream, PASSWORD, lasting=True)


@pytest.fixture(scope="session")
def sqlite_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a furnished office, to be copied: furnishing takes longer than most tests."""
    home = tmp_path_factory.mktemp("office") / "home"
    system = System(settings_of(home), now=Clock())
    furnish(system)
    system.database.dispose()
    return home


@pytest.fixture(scope="session")
def postgres_office(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], object]]:
    """What makes a copy of a furnished office on PostgreSQL."""
    with fresh_database(postgres_url) as url:
        system = System(settings_of(tmp_path_factory.mktemp("office"), url), now=Clock())
        furnish(system)
        system.database.dispose()
        yield lambda: fresh_database(postgres_url, template=url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(sqlite_office: Path, tmp_path: Path, clock: Clock) -> Iterator[System]:
    """A furnished office on SQLite: two officers, a supervisor and an auditor."""
    home = tmp_path / "home"
    shutil.copytree(sqlite_office, home)
    made = System(settings_of(home), now=clock)
    yield made
    made.database.dispose()


@pytest.fixture(params=BOTH)
def office_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a furnished office, once on each database."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_office"), home)
        yield settings_of(home)
    else:
        with request.getfixturevalue("postgres_office")() as url:
            yield settings_of(home, url)


@pytest.fixture
def office(office_settings: Settings, clock: Clock) -> Iterator[System]:
    """A furnished office, once on each database."""
    made = System(office_settings, now=clock)
    yield made
    made.database.dispose()
