"""The audit tab of a case: entries in the order of the log, with their clocks and receipts."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import CaseView, Entry, Permit, findings_of_case
from web.case_timeline import entry_title
from web.facts import VOIDING
from web.paging import sliced
from web.permits import person
from web.reading import Asked, system, t, who_words

SIZE = 50


def audit_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    page = sliced(view.entries, SIZE)
    voids = {e.data["target"]: e.version for e in view.entries if e.topic in VOIDING}
    return {
        "rows": [_row(view, entry, when, voids) for entry in page.rows],
        "slice": page,
        "last": view.entries[-1].position if view.entries else 0,
        "version": view.version,
        "found": _found(view.number),
        "history": url_for("audit.history", name=view.number, **when.query),
        "replay": url_for("replay.page", name=view.number, **when.query),
    }


def _found(number: str) -> dict[str, Any] | None:
    """The way to what an auditor finds in the case."""
    n = findings_of_case(system(), person(), number)
    if n is None:
        return None
    words = t("findings.in_case", n=n) if n else t("findings.in_case_none")
    return {"words": words, "href": url_for("audit_findings.page", case=number) if n else None}


def _row(view: CaseView, entry: Entry, when: Asked, voids: dict[Any, int]) -> dict[str, Any]:
    moment = view.moment(entry)
    here = url_for("cases.entry", name=view.number, version=entry.version, **when.query)
    audits = Permit.AUDIT in person().permits
    return {
        "version": entry.version,
        "position": entry.position,
        "words": entry_title(moment),
        "href": here,
        "change": url_for("audit.entry", position=entry.position) if audits else None,
        "replay": url_for("replay.page", name=view.number, n=entry.version),
        "occurred_at": entry.occurred_at,
        "day_only": moment.day_only,
        "recorded_at": entry.recorded_at,
        "entered_at": entry.entered_at,
        "late_days": moment.late_days,
        "who": who_words(moment.who),
        "command_id": entry.command_id,
        "receipt": (entry.command_id or "").upper()[:8],
        "caused_by": entry.caused_by,
        "reason": entry.reason,
        "findings": [t(f"finding.{code}") for code in entry.findings],
        "voided_by": voids.get(entry.version),
    }
