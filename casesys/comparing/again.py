"""What the release that serves says itself of the figures that another one read from its tables.

The other release counts old rows by its own rules. Where a rule changed and no row did, only the
release that has the old rule can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, standings
from casesys.figures.values import WHOLE, rates_of
from casesys.system import System
from domain.formulas import FORMULAS, Rate
from domain.formulas_deltas import ALL

Again = Mapping[tuple[str, str], Rate]
"""The rates of the office by category and formula."""


def computed_again(system: System, c: Connection, facts: Mapping[str, Any]) -> Again:
    """The figures of the last day compared, as this release has them at the same position."""
    asked = Question(facts["days"][-1], position=facts["position"])
    with standings(system, c, asked) as seen:
        whole = rates_of(seen, FORMULAS)[WHOLE]
        lists = rates_of(seen, FORMULAS, "category")
    found = {(ALL, name): rate for name, rate in whole.items()}
    for category, its in lists.items():
        found |= {((category, name)): rate for name, rate in its.items()}
    return found
