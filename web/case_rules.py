"""The rules of a case: each deadline with its computation, each rule with its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from casesys import (
    CaseView,
    Computed,
    Entry,
    Figure,
    Requirement,
    RuleSet,
    computed_deadlines,
    court_decides,
    local_day,
    rule_sets_of,
    rules_kept,
    source_words,
)
from web.case_timeline import counted_words, entry_title
from web.reading import Asked, language, t, word

TONES = {"on_time": "finished", "late": "fell", "open_overdue": "fell", "open_in_time": "ours"}
GROUPS = ("deadlines", "unreachable", "interviews", "clocks", "court")


def rules_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    kept = rules_kept(view)
    sets = rule_sets_of(view)
    deadlines = [_deadline(view, found, when) for found in computed_deadlines(view)]
    return {
        "deadlines": deadlines,
        "kept": [
            {"ruleset": name, "entries": [_entry(view, entry, when) for entry in entries[:KEPT]]}
            | {"more": max(0, len(entries) - KEPT)}
            for name, entries in kept.items()
        ],
        "sets": [_rule_set(view, one) for one in reversed(sets)],
    }


KEPT = 12
"""How many entries that keep a rule set are named before the rest is only counted."""


def _deadline(view: CaseView, found: Computed, when: Asked) -> dict[str, Any]:
    status, due = found.deadline.status, found.deadline.due
    sure = found.counted is None or not found.counted.provisional
    return {
        "name": word("DeadlineKind", found.deadline.kind),
        "rule": counted_words(found),
        "ruleset": found.rules.id,
        "start": _entry(view, found.start, when),
        "start_day": local_day(found.start.occurred_at) if found.start is not None else None,
        "n": found.figure.value,
        "counted": found.counted.day if found.counted is not None else None,
        "provisional": not sure,
        "extended_by": _entry(view, found.extended_by, when),
        "due": due.day if due is not None else None,
        "met_by": _entry(view, found.met_by, when),
        "done_on": found.deadline.done_on,
        "status": word("DeadlineStatus", status),
        "tone": TONES.get(status, "waiting"),
        "late_days": found.late_days,
    }


def _entry(view: CaseView, entry: Entry | None, when: Asked) -> dict[str, Any] | None:
    if entry is None:
        return None
    href = url_for("cases.entry", name=view.number, version=entry.version, **when.query)
    words = entry_title(view.moment(entry))
    return {"href": href, "words": words, "day": local_day(entry.occurred_at)}


def _rule_set(view: CaseView, rules: RuleSet) -> dict[str, Any]:
    by_court = court_decides(view)
    return rule_set_words(rules, view.rules, of_penalties=not by_court, of_courts=by_court)


def rule_set_words(
    rules: RuleSet, in_force: RuleSet, *, of_penalties: bool = True, of_courts: bool = True
) -> dict[str, Any]:
    """A rule set in words, every number with its source; only the parts that bear on a case."""
    groups = [
        {"words": t(f"rules.group.{group}"), "rows": list(_figures(rules, group))}
        for group in GROUPS
        if group != "court" or of_courts
    ]
    return {
        "id": rules.id,
        "instrument": rules.instrument,
        "first_day": rules.first_day,
        "last_day": rules.last_day,
        "source": source(rules.source),
        "sure": t(f"rules.sure.{rules.sure}"),
        "today": rules.id == in_force.id,
        "groups": [group for group in groups if group["rows"]],
        "publicity": _publicity(rules) if of_penalties else [],
        "conditions": _requirements(rules.conditions) if of_penalties else [],
        "documents": _requirements(rules.documents) if of_penalties else [],
        "removals": _removals(rules) if of_courts else [],
    }


def _figures(rules: RuleSet, group: str) -> Iterable[dict[str, Any]]:
    for place, figure in rules.figures.items():
        if place.startswith(f"{group}."):
            yield _sourced(t(f"rules.{place}"), figure)


def _sourced(words: str, figure: Figure) -> dict[str, Any]:
    return {
        "words": words,
        "value": t(f"rules.unit.{figure.unit}", n=figure.value),
        "source": source(figure.source),
        "sure": t(f"rules.sure.{figure.sure}"),
    }


def _publicity(rules: RuleSet) -> list[dict[str, Any]]:
    rows = []
    for grade, period in rules.publicity.items():
        figure = rules.figures[f"publicity.{grade}.min_months"]
        most = rules.figures[f"publicity.{grade}.max_months"]
        rows.append(
            {
                "words": word("PublicityClass", grade),
                "sub": period.zh if language() == "zh" else period.en,
                "value": t("rules.months", least=figure.value, most=most.value)
                if period.repairable
                else t("rules.never"),
                "source": source(figure.source),
                "sure": t(f"rules.sure.{figure.sure}"),
            }
        )
    return rows


def _requirements(found: Iterable[Requirement]) -> list[dict[str, Any]]:
    return [
        {
            "words": one.zh if language() == "zh" else one.en,
            "value": t("rules.every_class")
            if len(one.classes) > 1
            else t("page.comma").join(word("PublicityClass", grade) for grade in one.classes),
            "source": source(one.source),
            "sure": t(f"rules.sure.{one.sure}"),
        }
        for one in found
    ]


def _removals(rules: RuleSet) -> list[dict[str, Any]]:
    return [
        {
            "words": one.zh if language() == "zh" else one.en,
            "value": t("rules.counts" if one.counts_as_performance else "rules.counts_not"),
            "source": source(one.source),
            "sure": t(f"rules.sure.{one.sure}"),
        }
        for one in rules.removals.values()
    ]


def source(text: str) -> str:
    """Where a rule is from, in the reader's words."""
    return source_words(text, language())
