"""Every formula in every group is what the ledger of figures and the lists of members say."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from casesys.figures import AXES, rates_in
from casesys.figures import trends as trends_module
from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.figures.members import UNKNOWN, Of, counted
from casesys.figures.trends import month_ends
from casesys.figures.values import WHOLE, rates_of
from casesys.history import import_history
from casesys.system import System
from domain.counts import COUNTS
from domain.formulas import DESK, FORMULAS, Rate
from domain.instants import end_of_day
from tests.districts import CLERK, district

CATEGORIES = ("penalty", "judgment")
DAYS = ("2021-03-20", "2021-06-30", "2021-10-31", "2021-11-09")
KNOWN = (None, end_of_day("2021-05-31"), end_of_day("2021-10-15"))


@pytest.fixture
def full(system: System) -> System:
    import_history(system, district(), CLERK)
    return system


def questions() -> Iterator[Question]:
    for day in DAYS:
        for known_at in KNOWN:
            yield Question(day, known_at)


def told(rate: Rate) -> dict[str, int | None]:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
    }


def test_what_is_walked_equals_the_sums_of_the_ledger(full: System) -> None:
    compared = 0
    for asked in questions():
        with full.database.read() as c:
            ledger = rates_in(full, c, asked.as_of, asked.known_at, formulas=DESK)["categories"]
            with standings(full, c, asked) as seen:
                whole = rates_of(seen, DESK)[WHOLE]
                of_category = rates_of(seen, DESK, "category")
                narrowed = {n: rates_of(seen, DESK, of=Of(n))[WHOLE] for n in CATEGORIES}
        for name in DESK:
            assert told(whole[name]) == ledger["all"]["rates"][name]
            for category in CATEGORIES:
                assert told(of_category[category][name]) == ledger[category]["rates"][name]
                assert narrowed[category][name] == of_category[category][name]
                compared += 1
    assert compared == len(DAYS) * len(KNOWN) * len(DESK) * 2


def test_every_group_of_every_formula_is_as_many_as_its_lists(full: System) -> None:
    chance = random.Random(8)
    for axis in AXES:
        asked = Question(chance.choice(DAYS), chance.choice(KNOWN))
        with full.database.read() as c, standings(full, c, asked) as seen:
            groups = rates_of(seen, FORMULAS, axis)
            for key, rates in chance.sample(sorted(groups.items()), min(4, len(groups))):
                of = Of(**{axis: key or UNKNOWN})
                for name in chance.sample(sorted(rates), 6):
                    formula = FORMULAS[name]
                    assert rates[name] == Rate(
                        len(counted(seen, formula.numerator, of)),
                        len(counted(seen, formula.denominator, of)),
                    )


def test_an_enterprise_is_never_in_a_numerator_and_not_in_its_denominator(full: System) -> None:
    with full.database.read() as c, standings(full, c, Question("2021-10-31")) as seen:
        for formula in FORMULAS.values():
            assert COUNTS[formula.numerator].unit == COUNTS[formula.denominator].unit
            above = set(counted(seen, formula.numerator, Of()))
            assert above <= set(counted(seen, formula.denominator, Of())), formula.name


def test_the_ends_of_months_are_those_days_themselves(full: System) -> None:
    asked = Question("2021-10-20", KNOWN[2])
    with full.database.read() as c:
        for formula in FORMULAS.values():
            found = month_ends(full, c, asked, formula)
            assert [one.month for one in found.months][-1] == "2021-10" and not found.cut
            for one in (found.months[1], found.months[-1]):
                then = asked._replace(as_of=one.day)
                with standings(full, c, then) as seen:
                    right = whole_of(seen, formula.name)
                assert one.rates["all"] == right, (formula.name, one.month)
            assert found.months[-1].day == "2021-10-20"


def whole_of(seen: Standings, name: str) -> Rate:
    return rates_of(seen, {name: FORMULAS[name]})[WHOLE][name]


def test_months_are_added_up_as_they_are_counted_one_by_one(full: System) -> None:
    days, compared = ("2021-06-30", "2021-10-20", "2021-11-09"), 0
    for reach in ("", "区市场监督管理局"):
        for formula in (one for one in FORMULAS.values() if one.measures is None):
            asked = Question(chance_of(days, formula.name), reach=reach)
            with full.database.read() as c:
                for one in month_ends(full, c, asked, formula).months:
                    with standings(full, c, asked._replace(as_of=one.day)) as seen:
                        whole = whole_of(seen, formula.name)
                        of_category = rates_of(seen, {formula.name: formula}, "category")
                    assert one.rates["all"] == whole
                    for category, its in of_category.items():
                        assert one.rates[category] == its[formula.name]
                        compared += bool(its[formula.name].numerator)
    assert compared > 20


def chance_of(days: tuple[str, ...], seed: str) -> str:
    return random.Random(seed).choice(days)


def test_what_was_known_of_months_is_counted_for_as_many_as_a_page_can_wait(
    full: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends_module, "MOST_WALKED", 140)
    with full.database.read() as c:
        asked = Question("2021-10-31", "9")
        now = month_ends(full, c, asked._replace(known_at=None), FORMULAS["deadline.interview"])
        late = month_ends(full, c, asked, FORMULAS["deadline.interview"])
        repaired = month_ends(full, c, asked, FORMULAS["repair.by_record"])
    assert late.cut and [one.month for one in late.months] == ["2021-09", "2021-10"]
    assert not repaired.cut and len(repaired.months) > 2
    assert not now.cut and list(now.months[-2:]) == list(late.months)
