"""The fixtures that every room shares; what they are made of stands in the modules named here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import HealthCheck, settings

from casesys.people import passwords
from tests.browser import chromium
from tests.database import postgres_database, postgres_url
from tests.office_suite import printer
from tests.offices import (
    clock,
    office,
    office_settings,
    postgres_office,
    sqlite_office,
    system,
)
from tests.played import district_office
from tests.stores import (
    postgres_store,
    sqlite_store,
    store,
    store_on_postgres,
    store_on_sqlite,
    store_settings,
)
from tests.told import pytest_terminal_summary

__all__ = [
    "chromium",
    "clock",
    "district_office",
    "office",
    "office_settings",
    "postgres_database",
    "postgres_office",
    "postgres_store",
    "postgres_url",
    "printer",
    "pytest_terminal_summary",
    "sqlite_office",
    "sqlite_store",
    "store",
    "store_on_postgres",
    "store_on_sqlite",
    "store_settings",
    "system",
]


MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
"""Where files live in memory on Linux, and how much must be free there for the tests' own."""

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Let the tests' offices lie in memory: each commit of theirs waits for the disk otherwise.

    Both databases keep their durable settings and ask for every flush; only the answer comes at
    once. Whoever names a place (`--basetemp`, TMPDIR) gets it.
    """
    named = config.getoption("basetemp") or {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & set(os.environ)
    if not named and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session", autouse=True)
def dear_hasher() -> Callable[[], PasswordHasher]:
    """What the product hashes with; beside it every test has the same Argon2 at its least cost.

    A test signs in more often than a person does, and no one guesses at its passwords.
    """
    own = passwords._hasher
    passwords._hasher = cache(lambda: PasswordHasher.from_parameters(CHEAPEST))
    return own


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by what it asks for, so that `-m "not browser"` needs no one's memory."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "chromium" in asked:
            item.add_marker(pytest.mark.browser)
        if "postgres_url" in asked:
            item.add_marker(pytest.mark.postgres)
