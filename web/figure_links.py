"""Where each figure leads: the list of those whom it counts, on the same day and state of books."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import FORMULAS
from web.reading import Asked


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

    def work(self, by: str, key: str, count: str) -> str:
        return url_for("figure_members.work", by=by, of=key, count=count)

    def acts(self, act: str, month: str, category: str = "") -> str:
        values: dict[str, Any] = {"act": act, "month": month, **self._when.query}
        if category:
            values["category"] = category
        return url_for("figure_members.acts", **values)
