"""Outside office hours is a day off by the calendar, or a time at which nobody is there."""

from __future__ import annotations

import pytest

from domain import office_hours
from domain.office_hours import OFF_DAY, OFF_HOURS, OfficeHours, outside_hours
from domain.rulesets import Sure
from domain.workdays import Workdays
from tests.offices import at

CALENDAR = Workdays({2021: ["2021-07-22", "2021-07-24"]})
"""A Thursday, and a Saturday on which the office works."""


@pytest.mark.parametrize(
    ("local", "how"),
    [
        ("2021-07-22T08:00", None),
        ("2021-07-22T17:59", None),
        ("2021-07-22T07:59", OFF_HOURS),
        ("2021-07-22T18:00", OFF_HOURS),
        ("2021-07-22T23:30", OFF_HOURS),
        ("2021-07-22T00:30", OFF_HOURS),
        ("2021-07-24T10:00", None),
        ("2021-07-23T10:00", OFF_DAY),
        ("2021-07-23T00:30", OFF_DAY),
        # Known by day: nobody knows at what time.
        ("2021-07-22T00:00", None),
        ("2021-07-23T00:00", None),
    ],
)
def test_a_time_is_inside_or_outside(local: str, how: str | None) -> None:
    assert outside_hours(CALENDAR)(at(local)) == how


def test_other_hours_hold_from_their_first_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    summer = OfficeHours("2021-07-24", "09:30", "16:15", "tests", Sure.DESIGN)
    monkeypatch.setattr(office_hours, "HOURS", (*office_hours.HOURS, summer))
    outside = outside_hours(CALENDAR)
    assert outside(at("2021-07-22T08:30")) is None
    for local, how in (
        ("09:29", OFF_HOURS),
        ("09:30", None),
        ("16:14", None),
        ("16:15", OFF_HOURS),
    ):
        assert outside(at(f"2021-07-24T{local}")) == how
