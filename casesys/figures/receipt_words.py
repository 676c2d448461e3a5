"""A published figure in words: its name, its part of the office, its value, and a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from casesys.figures.drawing import Line
from casesys.figures.members import UNKNOWN, Of
from casesys.figures.names import count_words, percent_words, title_words
from casesys.words import say
from domain.counts import COUNTS
from domain.formulas import FORMULAS, whole_percent

CHOSEN = {"category": "Category", "debt": "Debt"}
"""Parts that are named by a word of a closed list."""


def figure_words(figure: str, language: str) -> str:
    """A figure's name; one that this release no longer has keeps its code."""
    if figure in FORMULAS:
        return title_words(figure, language)
    return count_words(figure, language) if figure in COUNTS else figure


def sentence_of(figure: str, language: str) -> str:
    """What a formula says, in one sentence; a count says it by its name."""
    if figure in FORMULAS:
        return say(FORMULAS[figure].code, language)
    return figure_words(figure, language)


def part_words(of: Of, language: str, logins: Mapping[str, str]) -> str:
    """Which part of the office a figure is about; empty of the whole."""
    said = []
    for name, value in of._asdict().items():
        if not value:
            continue
        if value == UNKNOWN:
            said.append(say("receipts.nothing_known", language))
        elif name in CHOSEN:
            said.append(say(f"choice.{CHOSEN[name]}.{value}", language))
        else:
            said.append(logins.get(value, value))
    return " · ".join(said)


def unit_words(figure: str, language: str) -> str:
    count = FORMULAS[figure].denominator if figure in FORMULAS else figure
    return say(f"unit.{COUNTS[count].unit.name.lower()}", language) if count in COUNTS else ""


def fraction_words(numerator: int, denominator: int | None) -> str:
    return f"{numerator}" if denominator is None else f"{numerator}/{denominator}"


def value_words(line: Line) -> str:
    """The percent of a rate, — of an empty denominator; a count is its number."""
    if line.denominator is None:
        return str(line.numerator)
    return percent_words(whole_percent(line.numerator, line.denominator))
