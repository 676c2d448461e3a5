"""The overview of a case: its records in short, the newest entries, and the facts that matter."""

from __future__ import annotations

from typing import Any

from flask import url_for

from casesys import CaseView
from web.case_records import few_records
from web.case_timeline import newest
from web.reading import Asked, t, word


def overview_tab(view: CaseView, when: Asked) -> dict[str, Any]:
    authorities = dict.fromkeys(found.record.authority for found in view.records)
    return {
        "records": few_records(view),
        "authority": next(iter(authorities)) if len(authorities) == 1 else None,
        "moments": newest(view, when),
        "timeline": url_for("cases.page", name=view.number, tab="timeline", **when.query) + "#tabs",
        "all_records": url_for("cases.page", name=view.number, tab="records", **when.query)
        + "#tabs",
        "facts": _facts(view),
    }


def _facts(view: CaseView) -> list[dict[str, Any]]:
    state = view.state
    comma = t("page.comma")
    reached = word("ContactResult", state.last_reach) if state.last_reach else None
    rows = {
        "campaign": state.campaign,
        "reference": state.reference,
        "listing_unit": state.listing_unit if state.listing_unit != state.unit else None,
        "branch": word("Branch", state.effective_branch) if state.effective_branch else None,
        "contact": t("overview.contacts", n=state.attempts, reached=reached or t("overview.nobody"))
        if state.attempts
        else None,
        "interviews": t("case.times", n=state.interviews) if state.interviews else None,
        "impediments": comma.join(word("Impediment", one) for one in sorted(state.impediments)),
        "proposals": comma.join(
            word("Proposal", key.split(":")[0]) for key in sorted(state.proposals)
        ),
        "objections": t("case.objections", n=len(state.objections)) if state.objections else None,
        "excluded": word("ExclusionReason", state.excluded) if state.excluded else None,
        "exited": t("format.instant", at=state.exited_at)[:10] if state.exited_at else None,
        "closed": word("CloseReason", state.closed) if state.closed else None,
    }
    return [
        {"label": t(f"overview.{name}"), "value": value}
        for name, value in rows.items()
        if value or name in ALWAYS
    ]


ALWAYS = frozenset({"branch", "contact", "impediments"})
"""Facts whose absence is itself an answer."""
