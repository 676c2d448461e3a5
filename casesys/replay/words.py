"""What differs of a case in words, for pages, files and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casesys.audit.before_after import Side
from casesys.replay.differing import STATUS
from casesys.words import known, say

NOTHING = (None, "", (), 0)
"""What a fact that never came up is."""


def fact_label(side: Side, language: str) -> str:
    """What the fact is called; one about a 宗 names it."""
    if side.kind == STATUS:
        return say("moments.deadline", language, kind=_word("DeadlineKind", side.fact, language))
    return say(f"change.{side.fact}", language, name=side.name)


def fact_words(kind: str, value: Any, language: str, logins: Mapping[str, str]) -> str:
    """One value of a fact, in either state."""
    if kind == "yes":
        return say("form.yes" if value else "form.no", language)
    if value in NOTHING[:3]:
        return say("change.none", language)
    plain, _, choices = kind.partition(":")
    if plain == "choices":
        return say("page.comma", language).join(_word(choices, one, language) for one in value)
    if plain == "choice":
        return _word(choices, value, language)
    if plain == "instant":
        return say("format.instant", language, at=value)
    if plain == "account":
        return account_words(logins.get(value, value), language)
    return str(value)


def account_words(who: str, language: str) -> str:
    """A work number, or in words what no account stands behind."""
    kind, _, name = who.partition(":")
    code = f"who.{kind}"
    return say(code, language, who=name) if name and known(code) else who


def _word(choices: str, value: str, language: str) -> str:
    code = f"change.repair.{value}" if choices == "Repair" else _choice(choices, value)
    return say(code, language) if known(code) else value


def _choice(kind: str, value: str) -> str:
    return f"choice.{kind}.{value}"
