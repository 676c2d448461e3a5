"""How counts, formulas and groups are called in words."""

from __future__ import annotations

from casesys.words import known, say
from domain.formulas import Formula

OF_LISTS = {
    "held-": ("Obstacle", "held"),
    "impeded-": ("Impediment", "impeded-kind"),
    "contact-": ("ContactClass", "contact"),
    "records-class-": ("GovernanceClass", "records-class"),
    "class-": ("GovernanceClass", "class"),
}
"""Counts named by a word of a closed list: which list, and the sentence around the word."""


def count_words(count: str, language: str) -> str:
    """Whom a count counts; what is named by a closed list is said in its own word."""
    if known(f"members.of.{count}"):
        return say(f"members.of.{count}", language)
    for prefix, (kind, code) in OF_LISTS.items():
        if count.startswith(prefix):
            what = say(f"choice.{kind}.{count.removeprefix(prefix)}", language)
            return say(f"members.of.{code}", language, what=what)
    kind, _, status = count.partition("-")
    return say(
        "members.of.deadline",
        language,
        kind=say(f"choice.DeadlineKind.{kind}", language),
        status=say(f"choice.DeadlineStatus.{status}", language),
    )


def title_words(formula: str, language: str) -> str:
    return say(f"figures.{formula}", language)


def exclusion_words(formula: Formula, language: str) -> str:
    """What leaves both sides of a formula, as one list."""
    codes = [str(one) for one in formula.exclusions]
    return say("formula.without", language, which=codes)


def percent_words(percent: int | None) -> str:
    """A dash where nothing is divided by."""
    return "—" if percent is None else f"{percent}%"
