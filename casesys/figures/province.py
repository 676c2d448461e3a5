"""The rates of a day over several districts, each a schema of one database, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import DBAPIError

from casesys.database import Database, StoreIsBusy
from casesys.figures import rate_json, rates_in
from casesys.install import require_installed
from casesys.schemas import in_schema, require_readable, schemas_with_offices
from casesys.settings import Settings
from casesys.stopping import SettingsRefused, Stopped
from casesys.system import System
from casesys.words import say
from domain.formulas import Rate

Document = dict[str, Any]
COUNTED = ("categories", "contact_attempts")


def districts_of(settings: Settings) -> Sequence[str]:
    """Every schema of the database in which an office was installed.

    :raises SettingsRefused: the database has no schemas
    """
    database = Database(settings.database_url)
    try:
        if database.is_sqlite:
            raise SettingsRefused("province_without_postgresql")
        with database.read() as c:
            return schemas_with_offices(c)
    finally:
        database.dispose()


def province(
    settings: Settings,
    districts: Sequence[str],
    as_of: str,
    known_at: str | None = None,
    language: str = "zh",
) -> Document:
    """What each district counts, read in its own snapshot, and the sum of those that were read.

    Numerators and denominators are added, never percentages. An enterprise with cases in two
    districts is counted in each of them: no schema knows the other's. Each snapshot is of its own
    moment, so each answer names the last position of its log.
    """
    read, unread = [], []
    for name in dict.fromkeys(districts):
        try:
            url = in_schema(settings.database_url, name)
            found = _district(replace(settings, database_url=url), name, as_of, known_at)
            read.append({"district": name} | found)
        except Stopped as stopped:
            unread.append({"district": name, "why": stopped.said(language)})
        except StoreIsBusy:
            unread.append({"district": name, "why": say("error.store_is_busy", language)})
        except DBAPIError as fault:
            why = say("stopped.database_fault", language, reason=str(fault.orig))
            unread.append({"district": name, "why": why})
    counted = [{part: district[part] for part in COUNTED} for district in read]
    return {
        "as_of": as_of,
        "known_at": known_at,
        "districts": read,
        "unread": unread,
        "enterprises": "counted in each district",
        "sum": summed(counted) if counted else None,
    }


def _district(settings: Settings, name: str, as_of: str, known_at: str | None) -> Document:
    system = System(settings)
    try:
        with system.database.read() as c:
            require_readable(c, name)
        require_installed(system)
        system.hold_to_its_release()
        with system.database.read() as c:
            found = rates_in(system, c, as_of, known_at)
        return {part: found[part] for part in ("position", *COUNTED)}
    finally:
        system.database.dispose()


def summed(counted: Sequence[Document]) -> Document:
    """One document of the same form: every count the sum of theirs, every percent its own."""
    names = list(dict.fromkeys(name for one in counted for name in one))
    if "denominator" in names:
        parts = [(one["numerator"], one["denominator"]) for one in counted]
        return rate_json(Rate(sum(over for over, _ in parts), sum(under for _, under in parts)))
    return {name: _together([one[name] for one in counted if name in one]) for name in names}


def _together(values: Sequence[Any]) -> Any:
    if isinstance(values[0], dict):
        return summed(values)
    # Amounts are written out in yuan and fen.
    return str(sum(map(Decimal, values))) if isinstance(values[0], str) else sum(values)
