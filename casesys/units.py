"""The member units of the joint conference: from a file, or the usual bodies of a district."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from casesys.csv_rows import RegisterNameIsTwice, RegisterNumberIsNone, rows_of
from domain.desk import Desk
from domain.office import MemberUnit, begin, unit_id

COLUMNS = ("unit_no", "unit")


class Unit(NamedTuple):
    """One line of a list of member units."""

    order: int
    name: str


def usual_units() -> list[Unit]:
    """The 49 bodies that a district's joint conference usually has; our own list."""
    with as_file(files("casesys") / "member_units.csv") as path:
        return read_units(path)


def read_units(path: Path) -> list[Unit]:
    """:raises RegisterUnsound: a column is missing, or a line holds no number or no new name"""
    found: dict[str, Unit] = {}
    for row in rows_of(path, COLUMNS):
        number, name = row["unit_no"].strip(), row.given("unit").strip()
        if not (number.isascii() and number.isdigit()):
            raise row.unsound(RegisterNumberIsNone, "unit_no")
        if name in found:
            raise row.unsound(RegisterNameIsTwice, "unit")
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
