"""Whom a figure counts, by number: chosen once for all cases of which the same is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from casesys.figures.standings import Standings
from domain.counts import OF_CASES, OF_ENTERPRISES, OF_RECORDS, WITH_RECORDS, OfRecord
from domain.formulas_deltas import Counts, presence
from projections.case_facts import Facts


class Picked(NamedTuple):
    """One 宗, 件 or 家 that a figure counts, by the numbers of the cases in which it stands.

    A 宗 is the ``nth`` that counts of its case; ``where`` it stands, or what holds it up.
    """

    numbers: tuple[int, ...]
    nth: int | None = None
    where: str | None = None


def picked(seen: Standings, measure: str, part: Mapping[str, str]) -> list[Picked]:
    """Everything that a figure counts of one part of the office; as many as the figure says."""
    rows = seen.rows(part)
    facts = {word: seen.facts[word] for word in {row[1] for row in rows}}
    if measure in OF_CASES:
        holds = OF_CASES[measure]
        chosen = {word for word, its in facts.items() if holds(its)}
        return [Picked((row[0],)) for row in rows if row[1] in chosen]
    if measure in OF_RECORDS:
        among = {word: _among(its, OF_RECORDS[measure]) for word, its in facts.items()}
        return [Picked((row[0],), nth, where) for row in rows for nth, where in among[row[1]]]
    enterprises: dict[int, list[tuple[int, Facts]]] = {}
    for number, word, _, _, enterprise in rows:
        its = facts[word]
        if its.cases:
            enterprises.setdefault(enterprise, []).append((number, its))
    return [
        Picked(tuple(number for number, _ in cases))
        for cases in enterprises.values()
        if is_counted(measure, [its for _, its in cases])
    ]


def _among(facts: Facts, is_among: OfRecord) -> list[tuple[int, str]]:
    return [(nth, where) for nth, where in enumerate(facts.places) if is_among(facts, where)]


def is_counted(measure: str, cases: Sequence[Counts]) -> bool:
    """Whether a figure of 家 counts the enterprise of these governed cases."""
    if measure == WITH_RECORDS:
        return any(case.records for case in cases)
    return OF_ENTERPRISES[measure](presence(cases))
