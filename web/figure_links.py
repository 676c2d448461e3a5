"""Where each figure leads: the list of those whom it counts, on the same day and state of books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from casesys import FORMULAS, logins_of
from web.reading import Asked, system, t, word

OF_CHOICES = {"category": "Category", "debt": "Debt"}
"""Axes whose groups are words of a closed list."""


def group_words(axis: str, keys: Iterable[str]) -> dict[str, str]:
    """How the groups of an axis are called; what is not known of a case is said as such."""
    if axis in OF_CHOICES:
        named = {key: word(OF_CHOICES[axis], key) for key in keys}
    elif axis == "officer":
        known = logins_of(system(), keys)
        named = {key: known.get(key, key) for key in keys}
    else:
        named = {key: key for key in keys}
    return {
        key: words if key else t(NAMELESS.get(axis, "figures.not_known"))
        for key, words in named.items()
    }


NAMELESS = {"officer": "figures.work_nobody"}


class FigureLinks:
    """Addresses of the lists behind figures, as of the day that the page shows."""

    def __init__(self, when: Asked) -> None:
        self._when = when

    def of(self, count: str, **part: Any) -> str:
        """The list of one figure; ``part`` narrows it to a category, a town … or another day."""
        given = {name: value for name, value in part.items() if value}
        values: dict[str, Any] = {"count": count, **self._when.query, **given}
        return url_for("figure_members.page", **values)

    def fraction(self, formula: str, **part: Any) -> tuple[str, str]:
        its = FORMULAS[formula]
        return self.of(its.numerator, **part), self.of(its.denominator, **part)

    def change(self, formula: str, **part: Any) -> str:
        """What parts a figure from what it was at the end of its day."""
        values: dict[str, Any] = {"figure": formula, "as_of": self._when.as_of or self._when.today}
        values |= {"known_at": self._when.known_at} if self._when.known_at else {}
        return url_for("figure_changes.page", **values, **part)

    def difference(self, a: str, b: str) -> str:
        """Who is counted by the one formula and not by the other."""
        return url_for("figure_formulas.differences", a=a, b=b, **self._when.query)

    def formula(self, name: str) -> str:
        """Where the formula is said in words, among the others."""
        return url_for("figure_formulas.formulas", _anchor=name, **self._when.query)

    def work(self, by: str, key: str, count: str) -> str:
        return url_for("figure_members.work", by=by, of=key, count=count)

    def acts(self, act: str, month: str, category: str = "") -> str:
        values: dict[str, Any] = {"act": act, "month": month, **self._when.query}
        if category:
            values["category"] = category
        return url_for("figure_members.acts", **values)
