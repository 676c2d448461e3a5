"""The tabs of a case: links that hold the tab in the address; each computes what it shows only."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from casesys import CaseView
from web.case_audit import audit_tab
from web.case_files import attempts, contact_tab, materials, materials_tab
from web.case_overview import overview_tab
from web.case_records import records_tab
from web.case_rules import rules_tab
from web.case_timeline import timeline_tab
from web.facts import OPENED
from web.reading import Asked, t

TABS = ("overview", "timeline", "records", "materials", "contact", "rules", "audit")


def asked_tab() -> str:
    """The tab of the address; a narrowing belongs to the timeline, wherever it was written."""
    name = request.args.get("tab", "timeline" if request.args.get("only") else TABS[0])
    return name if name in TABS else TABS[0]


def tab_links(view: CaseView, when: Asked, here: str) -> list[dict[str, Any]]:
    tallies = {
        "timeline": sum(1 for entry in view.entries if entry.topic != OPENED),
        "records": len(view.records),
        "materials": sum(1 for entry in materials(view) if view.counts(entry)),
        "contact": sum(1 for entry in attempts(view) if view.counts(entry)),
    }
    return [
        {
            "words": t(f"case.tab.{name}"),
            "href": url_for(
                "cases.page",
                name=view.number,
                tab=name if name != TABS[0] else None,
                **when.query,
            )
            + "#tabs",
            "current": name == here,
            "tally": tallies.get(name),
        }
        for name in TABS
    ]


def tab_content(view: CaseView, when: Asked, name: str) -> dict[str, Any]:
    """What the template of one tab reads, under ``tab``."""
    if name == "timeline":
        return timeline_tab(view, when, request.args.get("only"))
    of_tab = {
        "overview": overview_tab,
        "records": records_tab,
        "materials": materials_tab,
        "contact": contact_tab,
        "rules": rules_tab,
        "audit": audit_tab,
    }
    return of_tab[name](view, when)
