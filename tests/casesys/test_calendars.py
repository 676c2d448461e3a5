"""The calendars that enter the log are the official ones, and only those."""

import holidays

from casesys.calendars import published_years
from domain.workdays import Workdays
from tests.shared_data import shared_working_days


def test_the_published_years_equal_the_official_calendar() -> None:
    official = shared_working_days()
    published = published_years()
    assert {year: published[year] for year in official} == official


def test_they_start_where_asked_and_leave_no_year_out() -> None:
    years = list(published_years(2024))
    assert years[0] == 2024
    assert years == list(range(2024, years[-1] + 1))


def test_a_year_without_its_notice_is_not_published_though_the_package_answers() -> None:
    unknown = max(published_years(2024)) + 1
    answer = holidays.country_holidays("CN", years=unknown)
    assert answer  # the package names feasts of that year, but no make-up day
    assert Workdays(published_years(2024)).add(f"{unknown}-02-01", 5).provisional


def test_the_year_before_the_first_notices_is_not_published() -> None:
    assert published_years(1999) == {}


def test_the_domain_takes_them_as_they_are() -> None:
    calendar = Workdays(published_years(2021))
    assert calendar.add("2021-09-30", 3).day == "2021-10-11"
    assert not calendar.add("2021-09-30", 3).provisional
