"""What the cases of a day add up to: bars, reasons that hold 宗 up, deadlines and groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from domain.counts import BARS, OF_CASES, OF_RECORDS
from domain.obstacles import REPAIRED
from projections.case_facts import Facts


class Share(NamedTuple):
    """The 宗 of one enterprise in one group, and how many of them are repaired."""

    records: int
    repaired: int


NO_SHARE = Share(0, 0)


class Sums(NamedTuple):
    """Records and cases of each bar, of each reason that holds 宗 up, and of each deadline."""

    bars: Counter[tuple[str, str]]
    held: Counter[str]
    holding: Counter[str]
    deadlines: Counter[tuple[int, str]]


def sums_of(many: Mapping[Facts, int]) -> Sums:
    """The sums over so many cases of which this is true: many are alike in few ways."""
    sums = Sums(Counter(), Counter(), Counter(), Counter())
    for facts, n in many.items():
        for bar, (cases, records) in BARS.items():
            if OF_CASES[cases](facts):
                is_among = OF_RECORDS[records]
                sums.bars[bar, "cases"] += n
                sums.bars[bar, "records"] += n * sum(is_among(facts, one) for one in facts.places)
        if not facts.cases:
            continue
        for place, status in enumerate(facts.deadlines):
            sums.deadlines[place, status] += n
        for where in facts.places:
            if where not in REPAIRED:
                sums.held[where] += n
        for why in reasons(facts):
            sums.holding[why] += n
    return sums


def reasons(facts: Facts) -> tuple[str, ...]:
    """Why the 宗 of a governed case are not repaired, each reason once."""
    return _not_repaired(facts.places) if facts.cases else ()


@lru_cache(maxsize=65536)
def _not_repaired(places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({where: None for where in places if where not in REPAIRED})


def share_out(its: dict[int, Share], enterprise: int, facts: Facts, sign: int) -> None:
    """Add a case to what a group has of its enterprise, or take it back."""
    had = its.pop(enterprise, NO_SHARE)
    now = Share(had[0] + sign * len(facts.places), had[1] + sign * facts.repaired_records)
    if now.records:
        its[enterprise] = now
