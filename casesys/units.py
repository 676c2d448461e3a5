"""The member units of the joint conference: from a file, or the usual bodies of a district."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from domain.desk import Desk
from domain.office import MemberUnit, begin, unit_id

COLUMNS = ("unit_no", "unit")


class Unit(NamedTuple):
    """One line of a list of member units."""

    order: int
    name: str


class UnitsRefused(Exception):
    """A list of member units cannot be read; the text names the line and what is wrong with it."""


def usual_units() -> list[Unit]:
    """The 49 bodies that a district's joint conference usually has; our own list."""
    text = files("casesys").joinpath("member_units.csv").read_text(encoding="utf-8")
    return _units(text.splitlines(), "member_units.csv")


def read_units(path: Path) -> list[Unit]:
    """:raises UnitsRefused: a column is missing, or a line holds no number or no name"""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnitsRefused(f"{path.name}: {error}") from error
    return _units(text.splitlines(), path.name)


def _units(lines: Iterable[str], source: str) -> list[Unit]:
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise UnitsRefused(f"{source}, line 1: no column {', '.join(missing)}")
    found: dict[str, Unit] = {}
    for row in reader:
        number, name = (row["unit_no"] or "").strip(), (row["unit"] or "").strip()
        if not (number.isascii() and number.isdigit()):
            raise UnitsRefused(f"{source}, line {reader.line_num}, column unit_no: {number!r}")
        if not name or name in found:
            raise UnitsRefused(f"{source}, line {reader.line_num}, column unit: {name!r}")
        found[name] = Unit(int(number), name)
    return list(found.values())


def joining(desk: Desk, units: Iterable[Unit]) -> list[MemberUnit]:
    """The streams of units that join now."""
    return [
        begin(
            MemberUnit,
            MemberUnit.MemberUnitJoined,
            unit_id(unit.name),
            desk,
            name=unit.name,
            order=unit.order,
        )
        for unit in units
    ]
