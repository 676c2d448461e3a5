"""Test material that stands beside the repository; where it is absent, its tests are skipped."""

import csv
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_path(name: str) -> Path:
    """A file of the shared material, or a skipped test."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the shared test material is not beside this repository: {name}")
    return path


def shared_rows(name: str) -> list[dict[str, str]]:
    with shared_path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shared_working_days() -> dict[int, tuple[str, ...]]:
    """The official calendar as the domain takes it: working days by year."""
    years: dict[int, list[str]] = {}
    for row in shared_rows("calendar/working_days_2019_2026.csv"):
        days = years.setdefault(int(row["date"][:4]), [])
        if row["is_working_day"] == "1":
            days.append(row["date"])
    return {year: tuple(days) for year, days in years.items()}
