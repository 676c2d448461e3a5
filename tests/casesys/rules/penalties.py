"""An office with one case for every class of penalty, all decided on the same day."""

from __future__ import annotations

from typing import Any

from casesys.system import System
from tests.scenarios import give, listing, penalty

DECIDED_ON = "2021-03-15"
"""A Monday; three months end on Tuesday 2021-06-15, six on Wednesday 2021-09-15."""

CLASSES = ("minor", "general", "serious", "specific_serious")


def a_penalty_of(system: System, class_: str, n: int, **other: Any) -> str:
    """A listed case with one penalty of this class; answers with the case's number."""
    case = give(system, "list_enterprise", listing(n, **other)).stream
    record = penalty(n, decided_on=DECIDED_ON, publicity_class=class_)
    give(system, "attach_record", record, case)
    return f"2021-01-{n:04d}"


def one_of_each(system: System) -> dict[str, str]:
    return {class_: a_penalty_of(system, class_, n) for n, class_ in enumerate(CLASSES, 1)}
