"""Which figures the report states, each in the place where the templates ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from casesys.figures.cases_of_day import Standings
from casesys.figures.drawing import Wanted
from casesys.figures.members import UNKNOWN, Of
from domain.counts import GOVERNANCE_CLASSES
from domain.obstacles import Obstacle
from domain.vocabulary import Category, DeadlineKind

Tree = Mapping[str, Any]
"""Places by their names; a leaf is a figure that is wanted there, or a text."""

PARTS: Mapping[str, Of] = {
    "all": Of(),
    "penalty": Of(category=Category.PENALTY),
    "judgment": Of(category=Category.JUDGMENT),
}
"""Both lists together, and each by itself."""

RATES = {
    "repair": "repair.by_record",
    "full": "repair.by_enterprise_full",
    "any": "repair.by_enterprise_any",
    "interview": "action.interview",
    "photo": "action.photo",
    "commitment": "action.commitment",
    "all_three": "action.all_three",
}
"""What is said of each list and of each town."""

HELD = "held-"


class Shape(NamedTuple):
    """What the tables have a line for: the towns, and what holds repair up."""

    towns: Sequence[str]
    held: Sequence[str]


def shape_of(seen: Standings) -> Shape:
    """The towns and obstacles of a day; nothing is listed that counts nobody."""
    towns = seen.governed("town")
    return Shape(sorted(towns), [why for why in Obstacle if seen.sums.held.get(why)])


def shape_in(wanted: Iterable[Wanted]) -> Shape:
    """The same, from the figures that a receipt holds."""
    every = list(wanted)
    towns = {_town(one.of.town) for one in every if one.of.town}
    held = {one.figure for one in every if one.figure.startswith(HELD)}
    return Shape(sorted(towns), [why for why in Obstacle if f"{HELD}{why}" in held])


def _town(asked: str) -> str:
    return "" if asked == UNKNOWN else asked


def stated(shape: Shape) -> Tree:
    """Every figure of the report, by its place."""
    return {
        **{name: _of_list(of) for name, of in PARTS.items()},
        "held": [
            {"why": why, **{name: Wanted(f"{HELD}{why}", of) for name, of in PARTS.items()}}
            for why in shape.held
        ],
        "towns": [{"town": town, **_rates(Of(town=town or UNKNOWN))} for town in shape.towns],
        "deadlines": [
            {
                "kind": str(kind),
                "rate": Wanted(f"deadline.{kind}"),
                "late": Wanted(f"{kind}-late"),
                "overdue": Wanted(f"{kind}-open_overdue"),
                "running": Wanted(f"{kind}-open_in_time"),
            }
            for kind in DeadlineKind
        ],
    }


def _rates(of: Of) -> dict[str, Any]:
    return {name: Wanted(formula, of) for name, formula in RATES.items()}


def _of_list(of: Of) -> dict[str, Any]:
    return {
        "enterprises": Wanted("enterprises", of),
        **_rates(of),
        "unrepaired": Wanted("unrepaired", of),
        "listed": Wanted("listed", of),
        "excluded": Wanted("excluded", of),
        "exit": Wanted("exit.case", of),
        **{name: Wanted(f"class-{name}", of) for name in GOVERNANCE_CLASSES},
    }


def wanted_in(tree: Any) -> Iterator[Wanted]:
    """Every figure of the tree, each once; its place here is its number on a receipt."""
    yield from dict.fromkeys(_leaves(tree))


def _leaves(tree: Any) -> Iterator[Wanted]:
    if isinstance(tree, Wanted):
        yield tree
    elif isinstance(tree, Mapping):
        for branch in tree.values():
            yield from _leaves(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _leaves(branch)
