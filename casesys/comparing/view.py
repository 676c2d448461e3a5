"""A comparison in the words of the release that serves, which may not know all its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from casesys.comparing.again import Again
from casesys.figures.names import count_words, percent_words, title_words
from domain.counts import COUNTS
from domain.formulas import FORMULAS, Rate
from domain.formulas_deltas import ALL


class RateRow(NamedTuple):
    """One rate before and after; ``own`` where this release itself has it otherwise."""

    day: str
    by: str
    group: str
    title: str
    unit: str
    before: str
    after: str
    by_points: int | None
    versions: tuple[int | None, int] | None
    own: str | None


class MovedRow(NamedTuple):
    """By how much a case or an enterprise moves a count."""

    title: str
    by: int


def rate_rows(rates: Sequence[Mapping[str, Any]], again: Again, language: str) -> list[RateRow]:
    return [_row(one, again, language) for one in rates]


def odd_rates(facts: Mapping[str, Any], again: Again) -> list[Mapping[str, Any]]:
    """The rates of the last day that this release has otherwise than the other read them."""
    return [one for one in facts["figures"]["today"] if _own(one, again) is not None]


def _own(one: Mapping[str, Any], again: Again) -> Rate | None:
    """A formula that this release lacks, or a figure of another day, is not computed again."""
    if one["by"] != "category":
        return None
    own = again.get((one["group"], one["figure"]))
    return None if own is None or [own.numerator, own.denominator] == one["before"] else own


def _row(one: Mapping[str, Any], again: Again, language: str) -> RateRow:
    name = one["figure"]
    before, after = Rate(*one["before"]), Rate(*one["after"])
    own = _own(one, again)
    version = FORMULAS[name].version if name in FORMULAS else None
    points = None
    if before.percent is not None and after.percent is not None:
        points = after.percent - before.percent
    return RateRow(
        one["day"],
        one["by"],
        "" if one["group"] == ALL else one["group"],
        title_words(name, language) if name in FORMULAS else name,
        one["unit"],
        _said(before),
        _said(after),
        points,
        None if version == one["version"] else (version, one["version"]),
        None if own is None else _said(own),
    )


def _said(rate: Rate) -> str:
    return f"{rate.numerator}/{rate.denominator} ({percent_words(rate.percent)})"


def moved_rows(moved: Sequence[Mapping[str, Any]], language: str) -> list[MovedRow]:
    """What one moves by the last day compared."""
    last = moved[-1] if moved else {"counts": {}}
    return [
        MovedRow(count_words(name, language) if name in COUNTS else name, by)
        for name, by in last["counts"].items()
    ]
