"""The rule of a day is the one that was in force, and every number can say where it is from."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rulesets import (
    RULE_SETS,
    RuleSet,
    Sure,
    earliest_repair_day,
    last_day_of_months,
    ruleset,
    ruleset_on,
)
from domain.vocabulary import COUNTS_AS_REPAIR, PublicityClass, RemovalGround
from domain.workdays import Workdays


@pytest.mark.parametrize(
    ("day", "id"),
    [
        ("2019-07-01", "R2019"),
        ("2021-03-08", "R2019"),
        ("2023-04-30", "R2019"),
        ("2023-05-01", "R2023"),
        ("2026-03-31", "R2023"),
        ("2026-04-01", "R2026"),
        ("2040-01-01", "R2026"),
    ],
)
def test_a_day_has_the_rule_set_in_force(day: str, id: str) -> None:
    assert ruleset_on(day).id == id
    assert ruleset(id) is ruleset_on(day)


def test_days_before_the_first_rule_set_use_the_first() -> None:
    assert ruleset_on("2019-01-01") is RULE_SETS[0]
    assert ruleset_on("1999-12-31") is RULE_SETS[0]


def test_the_rule_sets_follow_one_another_without_gap_or_overlap() -> None:
    for earlier, later in pairwise(RULE_SETS):
        assert earlier.last_day is not None
        next_day = date.fromisoformat(earlier.last_day) + timedelta(1)
        assert later.first_day == next_day.isoformat()
    assert RULE_SETS[-1].last_day is None


def test_what_is_no_day_and_what_is_no_rule_set_is_refused() -> None:
    with pytest.raises(ValueError):
        ruleset_on("soon")
    with pytest.raises(KeyError):
        ruleset("R1999")


EVERY = pytest.mark.parametrize("rules", RULE_SETS, ids=[r.id for r in RULE_SETS])


@EVERY
def test_every_rule_set_has_the_deadlines_and_guards_of_the_office(rules: RuleSet) -> None:
    due, guard = rules.deadlines, rules.unreachable
    assert (due.first_contact, due.interview, due.commitment) == (5, 20, 10)
    assert (guard.attempts, guard.channels, guard.visits, guard.spread_workdays) == (3, 2, 1, 5)
    assert rules.interviews.officers == 2
    assert rules.figures["deadlines.interview"].unit == "working_days"
    assert rules.figures["unreachable.attempts"].sure == Sure.DESIGN


@EVERY
def test_every_rule_set_knows_every_class_and_every_ground(rules: RuleSet) -> None:
    assert set(rules.publicity) == set(PublicityClass)
    assert set(rules.removals) == set(RemovalGround)
    assert all(p.min_months <= p.max_months for p in rules.publicity.values())
    assert rules.remove_within == 3


@EVERY
def test_every_number_has_a_source_and_says_how_sure_it_is(rules: RuleSet) -> None:
    numbers = dict(numbers_in(rules, ""))
    aliases = {"remove_within": "court.remove_within"}
    assert len(numbers) >= 17
    for place, number in numbers.items():
        figure = rules.figures[aliases.get(place, place)]
        assert figure.value == number
        assert figure.source
        assert figure.unit
        assert figure.sure in Sure
    assert len(rules.figures) == len(numbers)


def numbers_in(thing: object, place: str) -> Iterator[tuple[str, int]]:
    if isinstance(thing, int) and not isinstance(thing, bool):
        yield place, thing
    elif isinstance(thing, Mapping):
        for name, value in thing.items():
            yield from numbers_in(value, f"{place}.{name}")
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name != "figures":
                value = getattr(thing, field.name)
                yield from numbers_in(value, f"{place}.{field.name}".lstrip("."))


@pytest.mark.parametrize(
    ("id", "class_", "months"),
    [
        ("R2019", "general", (3, 12)),
        ("R2019", "serious", (6, 36)),
        ("R2019", "specific_serious", (36, 36)),
        ("R2023", "general", (3, 36)),
        ("R2023", "serious", (12, 36)),
        ("R2026", "minor", (0, 3)),
        ("R2026", "general", (3, 12)),
        ("R2026", "serious", (12, 36)),
    ],
)
def test_the_publicity_periods_are_those_of_the_rules(
    id: str, class_: str, months: tuple[int, int]
) -> None:
    period = ruleset(id).publicity[PublicityClass(class_)]
    assert (period.min_months, period.max_months) == months
    assert period.repairable == (class_ != "specific_serious")


def test_only_performance_settlement_and_consent_count_as_performance() -> None:
    removals = RULE_SETS[0].removals.values()
    counting = {r.ground for r in removals if r.counts_as_performance}
    assert counting == COUNTS_AS_REPAIR
    assert [r.code for r in removals] == [*(f"RM{n}" for n in range(1, 9)), "RV"]
    assert [r.code for r in removals if r.leaves_denominator] == ["RV"]


def test_heavier_documents_are_asked_of_a_serious_class_only() -> None:
    asked = {
        class_: {d.code for d in ruleset("R2019").documents if class_ in d.classes}
        for class_ in (PublicityClass.GENERAL, PublicityClass.SERIOUS)
    }
    assert asked[PublicityClass.SERIOUS] - asked[PublicityClass.GENERAL] == {
        "repair_form",
        "training_certificate",
        "credit_report",
    }


def test_a_clock_that_is_not_known_is_none_and_not_a_guess() -> None:
    assert ruleset("R2019").clocks.decide is None
    assert ruleset("R2023").clocks.decide == 10
    assert ruleset("R2026").clocks.intake == 3


# --- the earliest day of repair --------------------------------------------------------------


@pytest.mark.parametrize(
    ("decided_on", "class_", "id", "earliest"),
    [
        ("2021-11-30", "general", "R2019", "2022-03-01"),
        ("2019-11-30", "general", "R2019", "2020-03-01"),  # a leap day is the last day
        ("2021-08-31", "serious", "R2019", "2022-03-01"),
        ("2021-01-15", "general", "R2019", "2021-04-16"),
        ("2024-02-29", "serious", "R2023", "2025-03-01"),
        ("2026-12-31", "general", "R2026", "2027-04-01"),
        ("2026-05-06", "minor", "R2026", "2026-05-06"),
    ],
)
def test_repair_opens_on_the_day_after_the_shortest_period(
    decided_on: str, class_: str, id: str, earliest: str
) -> None:
    assert earliest_repair_day(decided_on, class_, ruleset(id)) == earliest


def test_a_class_that_cannot_be_repaired_has_no_such_day() -> None:
    for rules in RULE_SETS:
        assert earliest_repair_day("2021-11-30", PublicityClass.SPECIFIC_SERIOUS, rules) is None


def test_a_period_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    # 2021-10-03 is a Sunday in the National Day week; work begins again on Friday the 8th.
    year = Workdays({2021: [f"2021-10-{d:02d}" for d in (8, 9, 11)]})
    rules = ruleset("R2019")
    assert earliest_repair_day("2021-07-03", "general", rules) == "2021-10-04"
    assert earliest_repair_day("2021-07-03", "general", rules, year) == "2021-10-09"


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(1, 60))
def test_a_term_in_months_ends_on_the_same_day_of_the_month_or_its_last(
    start: date, months: int
) -> None:
    last = date.fromisoformat(last_day_of_months(start.isoformat(), months))
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == start.day or (last.day < start.day and (last + timedelta(1)).day == 1)
