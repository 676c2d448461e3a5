"""What another rule set changes, in the words of the reader, each with its reason and source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from casesys.words import known, say
from domain.rejudging import Basis, Change, Effect, Rejudged, basis
from domain.rulesets import ruleset
from domain.vocabulary import PublicityClass

REQUIRED = (Effect.CONDITIONS, Effect.DOCUMENTS)


class ChangeLine(NamedTuple):
    """One line of a case: what is otherwise, for which of its penalties, and why."""

    effect: str
    what: str
    words: str
    why: str
    records: Sequence[str]
    provisional: bool


class Said(NamedTuple):
    """What one rule set says at a place: in which words, from where, and how sure."""

    ruleset: str
    value: str
    source: str
    sure: str


def change_lines(found: Rejudged, language: str) -> list[ChangeLine]:
    """The changes of a case; what several penalties share, and what is asked, stands together."""
    records: dict[Change, list[str]] = {}
    for change in found.case:
        records[change] = []
    for record, changes in found.records:
        for change in changes:
            records.setdefault(change, []).append(record.number)
    groups: dict[object, list[Change]] = {}
    for change, numbers in records.items():
        key: object = (change.effect, tuple(numbers)) if change.effect in REQUIRED else change
        groups.setdefault(key, []).append(change)
    lines = [_line(changes, records[changes[0]], language) for changes in groups.values()]
    return sorted(lines, key=lambda line: ORDER[line.effect])


ORDER = {str(effect): place for place, effect in enumerate(Effect)}


def _line(changes: Sequence[Change], records: Sequence[str], language: str) -> ChangeLine:
    first = changes[0]
    if first.effect in REQUIRED:
        words = _asked(changes, language)
        why = _joined({_required_why(one, language) for one in changes}, language)
    else:
        words = say(
            "rejudge.from_to",
            language,
            was=_value(first, first.was, language),
            now=_value(first, first.now, language),
        )
        why = why_words(first, language)
    return ChangeLine(
        str(first.effect),
        what_words(first, language),
        words,
        why,
        records,
        any(one.provisional for one in changes),
    )


def what_words(change: Change, language: str) -> str:
    """The thing that is otherwise, by its name."""
    if change.effect in (Effect.DUE, Effect.LATENESS):
        kind = say(f"choice.DeadlineKind.{change.about}", language)
        return say(f"rejudge.what.{change.effect}", language, kind=kind)
    if change.effect in (Effect.CLOCK, Effect.UNREACHABLE, Effect.INTERVIEWERS):
        return place_words(change.place, language, (change.after, change.before))
    return say(f"rejudge.what.{change.effect}", language)


def place_words(place: str, language: str, sets: Iterable[str]) -> str:
    """A number or a requirement, by the name that it has in the first of the sets that has it."""
    group, _, rest = place.partition(".")
    if group == "publicity":
        grade, _, which = rest.partition(".")
        return say(
            f"rejudge.place.{which}",
            language,
            grade=say(f"choice.PublicityClass.{grade}", language),
        )
    if group in ("conditions", "documents"):
        return say(f"rejudge.place.{group}", language, what=_requirement(place, language, sets))
    words = say(f"rules.{place}", language)
    return say(
        "rejudge.place.of", language, group=say(f"rules.group.{group}", language), what=words
    )


def _requirement(place: str, language: str, sets: Iterable[str]) -> str:
    """A requirement as the first of these rule sets names it that asks it at all."""
    for name in sets:
        found = basis(ruleset(name), place)
        if found is not None:
            return found.zh if language == "zh" else found.en
    return place


def said(rules: str, place: str, language: str) -> Said:
    """What a rule set says at a place, also where it says nothing."""
    found = basis(ruleset(rules), place)
    if found is None:
        asks = place.startswith(("conditions.", "documents."))
        code = "rejudge.not_asked" if asks else "rejudge.no_limit"
        return Said(rules, say(code, language), "", "")
    return Said(
        rules,
        _said_value(found, place, language),
        source_words(found.source, language),
        say(f"rules.sure.{found.sure}", language),
    )


def _said_value(found: Basis, place: str, language: str) -> str:
    if found.value is None:
        return say("rejudge.asked", language)
    if place.startswith("publicity."):
        _, grade, which = place.split(".")
        period = ruleset(found.ruleset).publicity[PublicityClass(grade)]
        if which == "min_months" and not period.repairable:
            return say("rules.never", language)
        if which == "max_months" and not period.published:
            return say("rejudge.not_published", language)
    return say(f"rules.unit.{found.unit}", language, n=found.value)


def why_words(change: Change, language: str) -> str:
    """The number of the one rule set and of the other, each with its source and how sure it is."""
    was, now = (said(rules, change.place, language) for rules in (change.before, change.after))
    place = place_words(change.place, language, (change.after, change.before))
    return say(
        "rejudge.why",
        language,
        place=place,
        was=sourced(was, language),
        now=sourced(now, language),
    )


def sourced(one: Said, language: str) -> str:
    """A number, from where it is and how sure."""
    code = "rejudge.sourced" if one.source else "rejudge.unsourced"
    return say(code, language, **one._asdict())


def _required_why(change: Change, language: str) -> str:
    rules = change.before if change.was is not None else change.after
    one = said(rules, change.place, language)
    return say("rejudge.by", language, **one._asdict())


def _asked(changes: Iterable[Change], language: str) -> str:
    every = list(changes)
    parts = []
    for code, some in (
        ("rejudge.dropped", [one for one in every if one.now is None]),
        ("rejudge.added", [one for one in every if one.was is None]),
    ):
        if some:
            names = [_requirement(one.place, language, (one.before, one.after)) for one in some]
            comma = say("rejudge.between_names", language)
            parts.append(say(code, language, names=comma.join(names)))
    return say("rejudge.between", language).join(parts)


def _joined(words: Iterable[str], language: str) -> str:
    return say("rejudge.between", language).join(sorted(words))


def _value(change: Change, value: str | None, language: str) -> str:
    if change.effect == Effect.LATENESS:
        return say(f"choice.DeadlineStatus.{value}", language)
    if change.effect == Effect.PROOF:
        return say(f"rejudge.proof.{value}", language)
    if change.effect == Effect.PUBLICITY:
        return value or say("rejudge.not_published", language)
    if change.effect in (Effect.CLOCK, Effect.UNREACHABLE, Effect.INTERVIEWERS):
        found = basis(ruleset(change.after), change.place)
        found = found or basis(ruleset(change.before), change.place)
        if value is None or found is None:
            return say("rejudge.no_limit", language)
        return say(f"rules.unit.{found.unit}", language, n=int(value))
    return value or say("rules.never", language)


# -- where a rule is from ----------------------------------------------------------------------

PARTS = re.compile(r"[:;] ")


def source_words(text: str, language: str) -> str:
    """Where a rule is from: an instrument by its name, a remark in the reader's words."""
    first, _, rest = PARTS.sub("|", text, count=1).partition("|")
    if rest:
        return say(
            "rules.source_parts", language, first=_part(first, language), rest=_part(rest, language)
        )
    return _part(first, language)


def _part(text: str, language: str) -> str:
    code = f"rules.source.{text}"
    if known(code):
        return say(code, language)
    instrument, _, articles = text.partition(" art. ")
    if not articles:
        return instrument
    return say("rules.articles", language, instrument=instrument, articles=articles.split(", "))
