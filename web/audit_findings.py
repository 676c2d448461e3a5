"""The findings: what an auditor should look at twice, by kind, each row with its entry."""

from __future__ import annotations

from collections.abc import Callable
from string import hexdigits
from typing import Any

from flask import Blueprint, render_template, url_for

from casesys import (
    FINDING_VIEWS,
    ONE_SIDED_WAYS,
    Permit,
    broken_rules,
    finding_counts,
    late_entries,
    one_sided_steps,
    shared_files,
)
from web.audit import late_days
from web.audit_desk import desk
from web.listing import ListQuery
from web.permits import permit
from web.reading import asked, system, t

blueprint = Blueprint("audit_findings", __name__)

CHOSEN_DAYS = (2, 7, 15, 30, 90)
"""From how many days on, offered as links; any other stands in the address."""


@blueprint.get("/audit/findings")
@permit(Permit.AUDIT)
def page() -> str:
    query = ListQuery(asked(), (), FINDING_VIEWS, FINDING_VIEWS[0])
    counted = finding_counts(system())
    return render_template(
        "audit/findings.html",
        view=query.view,
        tabs_of=[
            {
                "words": t(f"audit.findings.{view}"),
                "href": url_for("audit_findings.page", view=view),
                "current": view == query.view,
                "tally": counted[view],
            }
            for view in FINDING_VIEWS
        ],
        problems=query.problems,
        **VIEWS[query.view](query),
        **desk("findings"),
    )


def _rules(query: ListQuery) -> dict[str, Any]:
    code = query.named("code")
    after = (query.number("after") or 0, query.named("after_code"))
    return {"found": broken_rules(system(), code, after), "code": code}


def _evidence(query: ListQuery) -> dict[str, Any]:
    after = "".join(c for c in query.text("after") if c in hexdigits)
    return {"found": shared_files(system(), after)}


def _late(query: ListQuery) -> dict[str, Any]:
    days, who = late_days(query), query.named("who")
    late, position = query.number("before_days"), query.number("before")
    before = (late, position) if late is not None and position is not None else None
    return {
        "found": late_entries(system(), days, who, before),
        "days": days,
        "who": who,
        "choices": [
            {
                "words": t("audit.late.from", days=n),
                "href": url_for("audit_findings.page", view="late", days=n, who=who or None),
                "current": n == days,
            }
            for n in CHOSEN_DAYS
        ],
    }


def _persons(query: ListQuery) -> dict[str, Any]:
    way = query.choice("way", ONE_SIDED_WAYS)
    found = one_sided_steps(system(), way, query.number("before"))
    way = way or next((one for one, n in found.by_way.items() if n), ONE_SIDED_WAYS[0])
    return {
        "found": found,
        "way": way,
        "choices": [
            {
                "words": t("audit.persons.counted", what=t(f"audit.persons.{one}"), n=n),
                "href": url_for("audit_findings.page", view="persons", way=one),
                "current": one == way,
            }
            for one, n in found.by_way.items()
        ],
    }


VIEWS: dict[str, Callable[[ListQuery], dict[str, Any]]] = {
    "rules": _rules,
    "evidence": _evidence,
    "late": _late,
    "persons": _persons,
}
