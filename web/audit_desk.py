"""What the auditor's pages share: their places, the words of topics and rules, changes in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from casesys import LATE_DAYS, OpenedEntry, Side, fact_words, known
from web.logged import facts
from web.reading import language, t

PLACES = ("page", "findings", "powers", "reads", "attempts", "proofs", "releases")
"""The pages of the desk, each an endpoint of the blueprint ``audit`` or of a blueprint its own."""

ENDPOINTS: Mapping[str, str] = {
    "page": "audit.page",
    "findings": "audit_findings.page",
    "powers": "audit_people.powers",
    "reads": "audit_people.reads",
    "attempts": "audit_people.attempts",
    "proofs": "audit_proofs.page",
    "releases": "releases.page",
}

NOTHING = (None, "", (), 0)
"""What a fact that never came up is; a row that says it twice says nothing."""


def desk(current: str) -> dict[str, Any]:
    """What every page of the desk gives its template."""
    return {
        "desk_tabs": [
            {
                "words": t(f"audit.place.{name}"),
                "href": url_for(ENDPOINTS[name]),
                "current": name == current,
            }
            for name in PLACES
        ],
        "crumbs": crumbs(current),
        **entry_words(),
    }


def crumbs(current: str) -> list[tuple[str, str | None]]:
    root = (t("place.audit"), url_for("audit.page"))
    if current == "page":
        return [(t("place.audit"), None)]
    return [root, (t(f"audit.place.{current}"), None)]


def entry_words() -> dict[str, Any]:
    """What a template needs to write an entry in words."""
    return {
        "facts": facts,
        "finding": finding,
        "topic_words": topic_words,
        "late_from": LATE_DAYS,
    }


def topic_words(topic: str) -> str:
    return t(f"topic.{topic}") if known(f"topic.{topic}") else topic


def finding(code: str) -> str:
    """The rule that an entry of a register broke, in a few words."""
    return t(f"finding.{code}") if known(f"finding.{code}") else t("audit.finding", rule=code)


def changes(opened: OpenedEntry) -> list[dict[str, Any]]:
    """Before and after as rows of a table, what changed first; what was and is nothing is left."""
    rows = [
        {
            "label": t(f"change.{side.fact}", name=side.name) if side.name else _label(side),
            "before": fact_words(side.kind, side.before, language(), opened.officers),
            "after": fact_words(side.kind, side.after, language(), opened.officers),
            "changed": side.changed,
        }
        for side in opened.sides
        if any(value not in NOTHING for value in (side.before, side.after))
    ]
    return sorted(rows, key=lambda row: not row["changed"])


def _label(side: Side) -> str:
    return t(f"change.{side.fact}")
