"""An office with its units and a still clock, for tests of what an officer's list does to it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casesys.commands import COMMANDS
from casesys.install import install
from casesys.intake.listings import import_listing
from casesys.permits import Person
from casesys.settings import Settings
from casesys.system import Given, Receipt, System
from projections.driver import rows
from projections.uploads import UPLOAD
from tests.casesys.intake.making import UNITS

TODAY = "2021-11-09"
NOW = f"{TODAY}T02:00:00.000000Z"
OFFICER = Person("0a7c1b52-0000-4000-8000-000000000001", "U42-3", UNITS[0], frozenset({"officer"}))
AUDITOR = Person("0a7c1b52-0000-4000-8000-000000000002", "A1", UNITS[0], frozenset({"auditor"}))


def office_of(settings: Settings, units: Path | None = None) -> System:
    """A ready office, with these member units or the three of the small lists."""
    system = System(settings, now=lambda: NOW)
    if units is None:
        units = settings.home / "units.csv"
        with units.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("unit_no", "unit"), *enumerate(UNITS, 1)])
    install(system, units)
    return system


def take(system: System, data: bytes | Path, **options: Any) -> list[dict[str, Any]]:
    """The answers to a list that the officer imports."""
    rows_: list[dict[str, Any]] = import_listing(system, data, OFFICER, **options)["rows"]
    return rows_


def results(answers: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(row["result"], [problem["code"] for problem in row["problems"]]) for row in answers]


def log_digest(system: System) -> str:
    with system.database.read() as c:
        return system.log.digest(c)[0]


def in_clear(system: System, text: str) -> bool:
    """Whether a text can be read anywhere in the log's data."""
    return any(text in data for (data,) in asked(system, "SELECT data FROM log"))


def asked(system: System, question: str) -> list[tuple[Any, ...]]:
    with system.database.read() as c:
        return rows(c, question)


def upload_of(system: System) -> str:
    """The upload that came last."""
    return str(
        asked(system, f"SELECT stream_id FROM {UPLOAD} ORDER BY received_position DESC")[0][0]
    )


def settle(system: System, row: int, decision: str = "accept", **fields: Any) -> Receipt:
    raw = {"upload": upload_of(system), "sheet": "名单", "row": row, "decision": decision}
    return system.give(COMMANDS["settle_row"], raw | fields, Given(OFFICER))
