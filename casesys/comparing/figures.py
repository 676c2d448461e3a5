"""What differs by figure: each rate as the one tables give it and as the other ones do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from casesys.comparing.sides import Side
from casesys.figures.values import Grouping, counts_among, counts_in
from domain.counts import COUNTS
from domain.formulas import FORMULAS, Formula
from domain.formulas_deltas import ALL
from domain.instants import previous_day
from domain.vocabulary import CATEGORIES
from projections.rates_spans import kinds_said, places_said

MONTHS = 12
LISTED = 2000
"""How many figures that differ are listed; the others are counted."""
ASKED = counts_in(FORMULAS.values())
AXES = ("category", "town", "unit")
Counts = dict[tuple[str, str], dict[str, int]]
"""How many each count has, by axis and group."""


def days_until(today: str) -> list[str]:
    """The ends of the last twelve months and today."""
    days = [today]
    while len(days) <= MONTHS:
        days.insert(0, previous_day(f"{days[0][:7]}-01"))
    return days


def by_figure(c: Connection, old: Side, new: Side, days: Sequence[str]) -> dict[str, Any]:
    """Every rate of the office on these days, before and after, and the sums beneath them."""
    whole = old.tells_days and new.tells_days
    common = [name for name in new.measures if name in old.measures]
    differing: list[dict[str, Any]] = []
    compared = n = 0
    today: list[dict[str, Any]] = []
    for day in days:
        if whole:
            found = list(_rates_by_days(c, old, new, day, every=day == days[-1]))
        else:
            found = list(_rates_by_sums(old, new, day, common))
        if day == days[-1]:
            today = [one for one in found if one["by"] == "category"]
        compared += len(found)
        others = [one for one in found if one["before"] != one["after"]]
        n += len(others)
        # What is of the whole office comes before its towns and units, today before the past.
        differing = sorted([*others, *differing], key=_order)[:LISTED]
    return {
        "read_by": "days" if whole else "sums" if common else "nothing",
        "compared": compared,
        "differing": n,
        "rates": differing,
        "today": today,
        "sums": list(_sums(old, new, days, common)),
        "not_compared": sorted(
            name for name, its in FORMULAS.items() if not whole and not _in(its, common)
        ),
        "measures": {
            "come": [name for name in new.measures if name not in common],
            "gone": [name for name in old.measures if name not in common],
        },
    }


def _order(one: Mapping[str, Any]) -> tuple[Any, ...]:
    back = int(one["day"].replace("-", ""))
    return AXES.index(one["by"]), -back, one["group"] != ALL, one["group"], one["figure"]


def _in(formula: Formula, common: Sequence[str]) -> bool:
    return formula.measures is not None and set(formula.measures) <= set(common)


def _rates_by_days(
    c: Connection, old: Side, new: Side, day: str, *, every: bool
) -> Iterator[dict[str, Any]]:
    """From what each case was that day; where none was another, nothing is said but of today."""
    had, has = old.rows(day), new.rows(day)
    same = set(had) == set(has)
    if same and not every:
        return
    before = counts_on(c, old, had)
    after = before if same else counts_on(c, new, has)
    nothing = dict.fromkeys(ASKED, 0)
    for axis, group in sorted(before.keys() | after.keys()):
        was, now = before.get((axis, group), nothing), after.get((axis, group), nothing)
        for formula in FORMULAS.values():
            above, below = formula.numerator, formula.denominator
            yield _rate(
                formula, day, axis, group, (was[above], was[below]), (now[above], now[below])
            )


def counts_on(c: Connection, side: Side, found: Sequence[Any]) -> Counts:
    """Every count of the office and of its groups, from one side's cases of a day."""
    facts = side.facts({row[1] for row in found})
    places = places_said(c, {row[2] for row in found}, side.words)
    kinds = kinds_said(c, {row[3] for row in found}, side.words)
    groupings = {
        "category": Grouping(3, {word: kind.category for word, kind in kinds.items()}),
        "town": Grouping(2, {word: place.town for word, place in places.items()}),
        "unit": Grouping(2, {word: place.unit for word, place in places.items()}),
    }
    answer: Counts = dict.fromkeys(
        [("category", name) for name in CATEGORIES], dict.fromkeys(ASKED, 0)
    )
    for axis, grouping in groupings.items():
        for group, counts in counts_among(found, facts, ASKED, grouping).items():
            answer[axis, group] = counts
    (whole,) = counts_among(found, facts, ASKED).values()
    answer["category", ALL] = whole
    return answer


def _rates_by_sums(
    old: Side, new: Side, day: str, common: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """From the sums that both hold under one name: of fewer formulas, and of no town or unit."""
    before, after = old.sums(day, common), new.sums(day, common)
    for category in before:
        for formula in FORMULAS.values():
            if formula.measures is not None and _in(formula, common):
                above, below = formula.measures
                was, now = before[category], after[category]
                yield _rate(
                    formula, day, "category", category,
                    (was[above], was[below]), (now[above], now[below]),
                )  # fmt: skip


def _rate(
    formula: Formula, day: str, axis: str, group: str, was: tuple[int, int], now: tuple[int, int]
) -> dict[str, Any]:
    return {
        "day": day,
        "by": axis,
        "group": group,
        "figure": formula.name,
        "version": formula.version,
        "unit": COUNTS[formula.denominator].unit.name.lower(),
        "before": list(was),
        "after": list(now),
    }


def _sums(
    old: Side, new: Side, days: Sequence[str], common: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for day in reversed(days):
        before, after = old.sums(day, common), new.sums(day, common)
        for category, was in before.items():
            for name, value in was.items():
                if after[category][name] != value:
                    yield {
                        "day": day,
                        "category": category,
                        "measure": name,
                        "before": value,
                        "after": after[category][name],
                    }
