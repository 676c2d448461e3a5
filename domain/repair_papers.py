"""Applications and results of repair without the papers that they rest on.

Of the documents that a rule set asks for, the books know two: the commitment for the record and
the proof of performance. Of the others they hold nothing, and nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from domain.causes import APPLIED, ATTACHED, COMMITMENT, PERFORMED, RESULT, REVOKED
from domain.entries import Fact
from domain.rulesets import ruleset
from domain.vocabulary import Category, PublicityClass, RepairResult

REMOVED = "case.record_removed_by_court"
OF_REPAIR = frozenset({APPLIED, RESULT, REVOKED, REMOVED})
RESULT_WITHOUT = "result_without_document"
REVOKED_WITHOUT = "revoked_without_document"
REMOVED_WITHOUT = "removal_without_document"
NO_GROUND = "removal_without_ground"
WITHOUT: Mapping[str, str] = {
    "commitment": "application_without_commitment",
    "proof_of_performance": "application_without_proof",
}
"""Which finding it is if this document of a rule set is missing."""
CODES = (*WITHOUT.values(), RESULT_WITHOUT, REVOKED_WITHOUT, NO_GROUND, REMOVED_WITHOUT)


class WithoutPaper(NamedTuple):
    code: str
    version: int
    record: str


def without_papers(facts: Sequence[Fact], category: str) -> list[WithoutPaper]:
    """Of the entries that count, given as they happened; a removal without its ground is one.

    The result stands all the same: a removal whose ground nobody knows counts as repaired.
    """
    found: list[WithoutPaper] = []
    classes: dict[str, str | None] = {}
    held: set[tuple[str, str]] = set()
    for fact in facts:
        topic, data = fact.topic, fact.data
        if topic == ATTACHED:
            classes[data["record"]] = data["publicity_class"]
        elif topic == COMMITMENT and data["record"] is not None:
            held.add(("commitment", data["record"]))
        elif topic == PERFORMED and data["document"]:
            held.add(("proof_of_performance", data["record"]))
        elif topic in OF_REPAIR:
            record = data["record"]
            if topic == APPLIED and category == Category.PENALTY:
                codes = _lacks(fact, classes.get(record), held)
            else:
                codes = _undocumented(fact)
            found += [WithoutPaper(code, fact.version, record) for code in codes]
    return found


def _lacks(fact: Fact, class_: str | None, held: set[tuple[str, str]]) -> list[str]:
    """What the rule set of the application asks of a record of its class, and is not there."""
    record = fact.data["record"]
    return [
        WITHOUT[paper]
        for paper in _asked(fact.data["ruleset"], class_ or PublicityClass.GENERAL)
        if (paper, record) not in held
        and not (paper == "proof_of_performance" and fact.data["proof"])
    ]


@cache
def _asked(id: str, class_: str) -> list[str]:
    """The documents that the books know of those that the rule set asks of a class."""
    try:
        grade, rules = PublicityClass(class_), ruleset(id)
    except (KeyError, ValueError):
        # A register may name a rule set or a class that nobody knows: it asks for nothing.
        return []
    asked = {one.code for one in rules.documents if grade in one.classes}
    return [paper for paper in WITHOUT if paper in asked]


def _undocumented(fact: Fact) -> list[str]:
    data = fact.data
    if fact.topic == RESULT and data["result"] == RepairResult.GRANTED and not data["document"]:
        return [RESULT_WITHOUT]
    if fact.topic == REVOKED and not data["document"]:
        return [REVOKED_WITHOUT]
    if fact.topic == REMOVED:
        if data["ground"] is None:
            return [NO_GROUND]
        return [] if data["document"] else [REMOVED_WITHOUT]
    return []
