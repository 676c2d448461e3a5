"""The shared district in a furnished office, imported once for all who play its cases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from casesys.history import import_history
from casesys.system import System
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests.districts import CLERK, district
from tests.offices import Clock
from tests.stores import settings_of


@pytest.fixture(scope="session")
def district_office(
    sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """An office with the made district of fifty cases; nobody writes into it."""
    home = tmp_path_factory.mktemp("played") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock("2021-11-09T14:20"))
    import_history(system, district(), CLERK, progress=lambda done, of: None)
    yield system
    system.database.dispose()


def case_numbers(system: System) -> list[str]:
    """Every case, the longest first."""
    question = f"SELECT number FROM {CASE_FILE} ORDER BY version DESC, number"
    with system.database.read() as c:
        return [number for (number,) in rows(c, question)]
