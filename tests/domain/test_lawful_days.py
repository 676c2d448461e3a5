"""When the repair of a penalty becomes lawful: answers worked out by hand from the rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lawful_days import lawful_days
from domain.rulesets import earliest_repair_day, repair_opens, ruleset, ruleset_on
from domain.vocabulary import PublicityClass
from domain.workdays import Workdays

MONDAY_TO_FRIDAY = Workdays(
    {
        year: [
            day.isoformat()
            for n in range(366)
            if (day := date(year, 1, 1) + timedelta(n)).year == year and day.weekday() < 5
        ]
        for year in range(2018, 2031)
    }
)
"""A calendar without a holiday, in which every answer can be counted on any wall calendar."""


@pytest.mark.parametrize(
    ("id", "class_", "decided_on", "earliest"),
    [
        # Monday 2021-03-15; three months end on Tuesday 06-15, six on Wednesday 09-15, twelve on
        # Tuesday 2022-03-15. A minor class was unknown to R2019 and waits as a general one.
        ("R2019", "minor", "2021-03-15", "2021-06-16"),
        ("R2019", "general", "2021-03-15", "2021-06-16"),
        ("R2019", "serious", "2021-03-15", "2021-09-16"),
        ("R2019", "specific_serious", "2021-03-15", None),
        ("R2023", "minor", "2021-03-15", "2021-03-15"),
        ("R2023", "general", "2021-03-15", "2021-06-16"),
        ("R2023", "serious", "2021-03-15", "2022-03-16"),
        ("R2023", "specific_serious", "2021-03-15", None),
        ("R2026", "minor", "2021-03-15", "2021-03-15"),
        ("R2026", "general", "2021-03-15", "2021-06-16"),
        ("R2026", "serious", "2021-03-15", "2022-03-16"),
        ("R2026", "specific_serious", "2021-03-15", None),
        # The month has no such day: its last one ends the period.
        ("R2019", "general", "2021-11-30", "2022-03-01"),
        ("R2023", "general", "2023-11-30", "2024-03-01"),
        ("R2026", "serious", "2028-02-29", "2029-03-01"),
        # 2021-04-10 and 2022-01-08 are Saturdays: the period ends on the Monday after.
        ("R2019", "general", "2021-01-10", "2021-04-13"),
        ("R2026", "general", "2021-01-10", "2021-04-13"),
        ("R2023", "serious", "2021-01-08", "2022-01-11"),
    ],
)
def test_each_class_opens_on_its_day_under_each_rule_set(
    id: str, class_: str, decided_on: str, earliest: str | None
) -> None:
    assert earliest_repair_day(decided_on, class_, ruleset(id), MONDAY_TO_FRIDAY) == earliest


def days(decided_on: str, class_: str) -> list[tuple[str, str]]:
    return [(one.rules.id, one.day) for one in lawful_days(decided_on, class_, MONDAY_TO_FRIDAY)]


@pytest.mark.parametrize(
    ("decided_on", "class_", "lawful"),
    [
        ("2021-03-15", "general", [("R2019", "2021-06-16")]),
        ("2024-03-15", "general", [("R2023", "2024-06-18")]),  # 06-15 is a Saturday
        ("2026-05-06", "general", [("R2026", "2026-08-07")]),
        # What R2019 opened after half a year R2023 shut until the year was over.
        ("2022-09-15", "serious", [("R2019", "2023-03-16"), ("R2023", "2023-09-16")]),
        # The half year was not over when R2023 came: only the year counts.
        ("2022-12-15", "serious", [("R2023", "2023-12-16")]),
        # It was open long before R2023, whose year was over too: nothing opens again.
        ("2021-03-15", "serious", [("R2019", "2021-09-16")]),
        # R2023 asks no waiting of a minor class: it opens what still waited on its first day.
        ("2023-03-15", "minor", [("R2023", "2023-05-01")]),
        ("2023-01-16", "minor", [("R2019", "2023-04-18")]),  # 04-16 is a Sunday
        ("2024-03-15", "minor", [("R2023", "2024-03-15")]),
        ("2021-03-15", "specific_serious", []),
    ],
)
def test_a_day_is_lawful_under_the_rule_set_that_holds_on_it(
    decided_on: str, class_: str, lawful: list[tuple[str, str]]
) -> None:
    assert days(decided_on, class_) == lawful


def test_a_day_beyond_the_published_years_is_provisional_under_every_rule_set() -> None:
    found = lawful_days("2031-01-10", "general", MONDAY_TO_FRIDAY)
    assert [(one.rules.id, one.day, one.provisional) for one in found] == [
        ("R2019", "2031-04-11", True),
        ("R2023", "2031-04-11", True),
        ("R2026", "2031-04-11", True),
    ]
    assert not repair_opens("2031-01-10", "minor", ruleset("R2026"), MONDAY_TO_FRIDAY).provisional  # type: ignore[union-attr]


@given(
    st.dates(date(2019, 1, 1), date(2027, 12, 31)),
    st.sampled_from(PublicityClass),
    st.dates(date(2019, 1, 1), date(2029, 12, 31)),
)
def test_the_days_say_what_asking_every_single_day_would_say(
    decided_on: date, class_: PublicityClass, day: date
) -> None:
    """A day begins something exactly if repair is lawful on it and was not on the day before."""

    def is_open(on: date) -> bool:
        rules = ruleset_on(on.isoformat())
        opens = earliest_repair_day(decided_on.isoformat(), class_, rules, MONDAY_TO_FRIDAY)
        return opens is not None and opens <= on.isoformat()

    begins = is_open(day) and not is_open(day - timedelta(1))
    lawful = [one for _, one in days(decided_on.isoformat(), class_)]
    assert (day.isoformat() in lawful) == begins
