"""The office's working days, year by year, as the State Council's notices set them."""

from datetime import date, timedelta

import holidays


def published_years(first: int = 2019) -> dict[int, tuple[str, ...]]:
    """The working days of every year, from the first on, whose notice the package really holds."""
    years: dict[int, tuple[str, ...]] = {}
    year = first
    while (days := _working_days(year)) is not None:
        years[year] = days
        year += 1
    return years


def _working_days(year: int) -> tuple[str, ...] | None:
    calendar = holidays.country_holidays("CN", years=year, categories=holidays.PUBLIC)
    # For a year without its notice the package answers all the same, only without a make-up day.
    # One in December alone comes from the next year's notice and proves nothing for this one.
    if not any(day.year == year and day.month < 12 for day in calendar.weekend_workdays):
        return None
    start = date(year, 1, 1)
    days = (start + timedelta(n) for n in range((date(year + 1, 1, 1) - start).days))
    return tuple(day.isoformat() for day in days if calendar.is_working_day(day))
