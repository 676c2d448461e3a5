"""The deadlines of every made district stand as its answers say."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from casesys.figures.deadlines import deadlines
from casesys.history import import_history
from casesys.system import System
from domain.instants import end_of_day
from tests.case_deadlines import case_deadlines
from tests.districts import CLERK, changed, district, made_district

Answer = dict[tuple[str, str], tuple[str, str, str]]
ANOTHER = [(120, "spring"), (260, "autumn")]


def answers(folder: Path) -> tuple[str, Any, Answer]:
    """The last as-of day of a district, how its deadlines are counted then, and each of them."""
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    with (folder / "expected_deadlines.csv").open(encoding="utf-8", newline="") as file:
        each = {
            (row["case_id"], row["what"]): (row["due"], row["done"], row["status"])
            for row in csv.DictReader(file)
        }
    return list(expected["as_of"])[-1], expected["deadlines_at_last_date"], each


def found(system: System, as_of: str) -> Answer:
    return {
        (case.reference, str(one.kind)): (
            one.due.day if one.due is not None else "",
            one.done_on or "",
            str(one.status),
        )
        for case in case_deadlines(system, as_of)
        for one in case.deadlines
    }


def counted(system: System, as_of: str, known_at: str | None = None) -> dict[str, dict[str, int]]:
    with system.database.read() as c:
        return deadlines(system, c, as_of, known_at)


def assert_answered(system: System, folder: Path) -> None:
    last, totals, each = answers(folder)
    assert found(system, last) == each
    assert counted(system, last) == totals


def test_every_deadline_of_the_made_district_is_as_its_answers_say(office: System) -> None:
    import_history(office, district(), CLERK)
    assert_answered(office, district())


@pytest.mark.parametrize(("size", "seed"), ANOTHER)
def test_every_deadline_of_another_district_is_as_its_answers_say(
    system: System, tmp_path: Path, size: int, seed: str
) -> None:
    folder = made_district(size, seed, tmp_path / "d")
    import_history(system, folder, CLERK)
    assert_answered(system, folder)


def test_an_earlier_day_sees_only_what_had_happened(system: System) -> None:
    import_history(system, district(), CLERK)
    on = counted(system, "2021-03-10")
    assert {sum(statuses.values()) for statuses in on.values()} == {10}
    assert on["first_contact"].get("open_in_time", 0) > 0
    assert counted(system, "2021-03-07") == {kind: {} for kind in on}


def test_what_was_learnt_later_is_not_counted_as_known_before(
    system: System, tmp_path: Path
) -> None:
    def late(actions: list[dict[str, str]]) -> None:
        first = next(
            row
            for row in actions
            if row["case_id"] == "C000001" and row["type"] == "contact_attempted"
        )
        first["recorded_at"] = "2021-06-01T09:00:00+08:00"

    folder = changed(district(), "actions.csv", late, tmp_path / "r")
    import_history(system, folder, CLERK)
    day = "2021-03-31"
    now, then = counted(system, day), counted(system, day, end_of_day(day))
    assert now["first_contact"].get("open_overdue", 0) < then["first_contact"]["open_overdue"]
