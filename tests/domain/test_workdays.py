"""Working days are counted on the published calendar, and a guess says that it is one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workdays import Due, Workdays
from tests.shared_data import shared_rows, shared_working_days

# The first week of 2021 and its make-up Sunday of February, enough to tell a calendar from a guess.
SMALL = Workdays(
    {
        2021: (
            "2021-01-04",
            "2021-01-05",
            "2021-02-07",  # a Sunday on which everybody works
            "2021-02-08",
            "2021-12-31",
        )
    }
)
GUESS = Workdays({})


def test_all_labelled_deadlines_fall_on_their_day() -> None:
    calendar = Workdays(shared_working_days())
    rows = shared_rows("vectors/working_day_deadlines.csv")
    for row in rows:
        n = int(row["working_days"])
        assert calendar.add(row["start"], n) == Due(row["due"], provisional=False), row
        assert calendar.between(row["start"], row["due"]) == n, row
        assert calendar.between(row["due"], row["start"]) == -n, row
    assert len(rows) == 447


def test_the_labelled_deadlines_tell_a_calendar_from_monday_to_friday() -> None:
    rows = shared_rows("vectors/working_day_deadlines.csv")
    wrong = [r for r in rows if GUESS.add(r["start"], int(r["working_days"])).day != r["due"]]
    assert len(wrong) > len(rows) / 2


def test_the_day_itself_is_not_counted() -> None:
    assert SMALL.add("2021-01-04", 1).day == "2021-01-05"
    assert SMALL.add("2021-01-03", 1).day == "2021-01-04"


def test_no_days_after_is_the_day_itself_or_the_next_to_work() -> None:
    assert SMALL.add("2021-01-04", 0).day == "2021-01-04"
    assert SMALL.add("2021-01-06", 0).day == "2021-02-07"


def test_a_make_up_sunday_is_worked_and_a_monday_off_is_not() -> None:
    assert SMALL.is_working("2021-02-07")
    assert not SMALL.is_working("2021-02-01")


def test_a_count_into_an_unpublished_year_is_provisional() -> None:
    assert SMALL.add("2021-02-08", 1) == Due("2021-12-31", provisional=False)
    assert SMALL.add("2021-02-08", 2) == Due("2022-01-03", provisional=True)
    assert GUESS.add("2021-01-01", 1) == Due("2021-01-04", provisional=True)


def test_a_count_through_an_unpublished_year_stays_provisional() -> None:
    around = Workdays({2020: ["2020-12-31"], 2022: [f"2022-01-{d:02d}" for d in range(4, 30)]})
    due = around.add("2020-12-31", 265)
    assert due.day.startswith("2022")
    assert due.provisional


def test_the_last_day_of_an_unpublished_year_is_not_counted_and_adds_no_doubt() -> None:
    assert SMALL.add("2020-12-31", 1) == Due("2021-01-04", provisional=False)
    assert SMALL.add("2020-12-30", 2) == Due("2021-01-04", provisional=True)


@pytest.mark.parametrize("day", ["2021-1-5", "20210105", "2021-02-30", "2021-01-05T00:00", ""])
def test_a_day_not_written_in_full_is_refused(day: str) -> None:
    with pytest.raises(ValueError):
        SMALL.add(day, 1)


def test_a_calendar_with_a_day_of_another_year_or_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match="another year"):
        Workdays({2021: ["2020-12-31"]})
    with pytest.raises(ValueError, match="no working day"):
        Workdays({2021: []})
    with pytest.raises(ValueError, match="ahead"):
        SMALL.add("2021-01-04", -1)


@pytest.mark.parametrize(
    ("today", "due", "days"),
    [
        ("2021-07-22", "2021-07-22", 0),
        ("2021-07-22", "2021-07-23", 1),
        ("2021-07-22", "2021-07-26", 2),
        ("2021-07-22", "2021-07-21", -1),
        ("2021-07-24", "2021-07-23", -1),  # late from the first day off on
        ("2021-07-24", "2021-07-26", 1),
        ("2021-07-24", "2021-07-25", 1),  # extended to a day off, which has not come
    ],
)
def test_days_left_are_working_days_and_never_zero_but_on_the_day(
    today: str, due: str, days: int
) -> None:
    assert GUESS.left(today, due) == days


DAYS = st.dates(date(2019, 1, 1), date(2026, 6, 30)).map(date.isoformat)


@given(DAYS, st.integers(0, 120))
def test_adding_and_counting_agree_with_walking_day_by_day(start: str, n: int) -> None:
    calendar = Workdays(shared_working_days())
    day, left = date.fromisoformat(start), n
    while left or not calendar.is_working(day.isoformat()):
        day += timedelta(1)
        left -= calendar.is_working(day.isoformat()) and left > 0
    assert calendar.add(start, n).day == day.isoformat()
    counted = sum(
        calendar.is_working((date.fromisoformat(start) + timedelta(i)).isoformat())
        for i in range(1, (day - date.fromisoformat(start)).days + 1)
    )
    assert calendar.between(start, day.isoformat()) == counted


def test_is_working_agrees_with_the_official_calendar_on_every_day() -> None:
    calendar = Workdays(shared_working_days())
    rows = shared_rows("calendar/working_days_2019_2026.csv")
    assert all(calendar.is_working(r["date"]) == (r["is_working_day"] == "1") for r in rows)
