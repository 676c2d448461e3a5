"""The fixtures that every room shares; what they are made of stands in the modules named here."""

from __future__ import annotations

import pytest

from tests.browser import chromium
from tests.database import postgres_database, postgres_url
from tests.offices import (
    clock,
    office,
    office_settings,
    postgres_office,
    sqlite_office,
    system,
)
from tests.stores import store, store_on_postgres, store_on_sqlite, store_settings

__all__ = [
    "chromium",
    "clock",
    "office",
    "office_settings",
    "postgres_database",
    "postgres_office",
    "postgres_url",
    "sqlite_office",
    "store",
    "store_on_postgres",
    "store_on_sqlite",
    "store_settings",
    "system",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by what it asks for, so that `-m "not browser"` needs no one's memory."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "chromium" in asked:
            item.add_marker(pytest.mark.browser)
        if "postgres_url" in asked:
            item.add_marker(pytest.mark.postgres)
