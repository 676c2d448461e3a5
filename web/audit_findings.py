"""The findings: what an auditor should look at twice, by kind, each row with its entry."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    FINDING_CLOCKS,
    FINDING_KINDS,
    FINDING_RULES,
    FINDING_SORTS,
    MOST_DAYS,
    MOST_EXPORTED,
    FoundPage,
    Permit,
    Sought,
    finding_counts,
    finding_words,
    findings,
    findings_file,
    note_attempt,
)
from web.audit_desk import desk
from web.downloads import attached
from web.listing import Condition, ListQuery
from web.permits import permit, person
from web.reading import asked, language, system, t, who_words
from web.refusals import Told
from web.rules import MIMETYPES

blueprint = Blueprint("audit_findings", __name__)

TAKEN_BACK = "voided"
MOST_SHOWN = 5
"""How many persons, units or towns a table names; all of them can be chosen."""


@blueprint.get("/audit/findings")
@permit(Permit.AUDIT)
def page() -> str:
    query = ListQuery(asked(), FINDING_SORTS, FINDING_KINDS, "")
    case = query.named("case")
    counted = finding_counts(system(), case)
    view = query.view or next((kind for kind in FINDING_KINDS if counted[kind]), FINDING_KINDS[0])
    sought = _sought(query, view)
    found = findings(system(), sought, query.page)
    conditions = _conditions(sought, found)
    return render_template(
        "audit/findings.html",
        view=view,
        kinds=[_kind(kind, counted[kind], view, case) for kind in FINDING_KINDS],
        found=found,
        sought=sought,
        query_of=query,
        conditions=conditions,
        # The days are those of the first clock unless another is asked for.
        chips=query.chips([one for one in conditions if one.value != FINDING_CLOCKS[0]]),
        open=next((n for n, one in enumerate(conditions, 1) if one.name == "on"), 1),
        fresh=url_for("audit_findings.page", view=view),
        hidden=[("view", view), *((n, v) for n, v in query.hidden() if n != "view")],
        groups=_groups(found),
        what=lambda code: finding_words(view, code, language()),
        file=_file(view),
        most_exported=MOST_EXPORTED,
        problems=[*query.problems, *_unknown(found)],
        **desk("findings"),
    )


@blueprint.get("/audit/findings.<any(csv, xlsx):kind>")
@permit(Permit.AUDIT)
def as_file(kind: str) -> Response:
    """The findings of this query, whole."""
    query = ListQuery(asked(), FINDING_SORTS, FINDING_KINDS, FINDING_KINDS[0])
    found = findings(system(), _sought(query, query.view), size=MOST_EXPORTED)
    if found.at.total > MOST_EXPORTED:
        raise Told(400, t("findings.too_many", n=found.at.total, most=MOST_EXPORTED))
    note_attempt(system(), person().id, "export_list")
    name = t("findings.file", kind=t(f"findings.{query.view}"))
    content = findings_file(kind, found, language())
    return attached(content, MIMETYPES[kind], f"{name}.{kind}")


def _sought(query: ListQuery, view: str) -> Sought:
    first, last = query.days("on")
    return Sought(
        view,
        code=query.named("code"),
        who=query.named("who"),
        unit=query.named("unit"),
        town=query.named("town"),
        case=query.named("case"),
        days=min(query.number("days") or 0, MOST_DAYS) if view == "late" else 0,
        clock=query.choice("clock", FINDING_CLOCKS) or FINDING_CLOCKS[0],
        first_day=first,
        last_day=last,
        voided=query.choice("state", (TAKEN_BACK,)) == TAKEN_BACK,
        sort=query.sort(""),
    )


def _kind(kind: str, n: int, view: str, case: str) -> dict[str, Any]:
    rule = FINDING_RULES[kind]
    return {
        "words": t(f"findings.{kind}"),
        "rule": t(f"findings.{kind}.rule", **rule.numbers),
        "version": rule.version,
        "n": n,
        "href": url_for("audit_findings.page", view=kind, case=case or None),
        "current": kind == view,
    }


def _conditions(sought: Sought, found: FoundPage) -> list[Condition]:
    whom = Condition("who", "text", t("audit.field.actor"), sought.who)
    if found.rule.kind == "officers":
        return [whom]
    codes = [(code, finding_words(sought.kind, code, language())) for code in found.by_code]
    if sought.code and sought.code not in found.by_code:
        codes.append((sought.code, finding_words(sought.kind, sought.code, language())))
    clocks = [(clock, t(f"audit.clock.{clock}")) for clock in FINDING_CLOCKS]
    voided = [(TAKEN_BACK, t("timeline.voided"))]
    late = str(sought.days) if sought.days else ""
    gone = TAKEN_BACK if sought.voided else ""
    conditions = [
        Condition("code", "choice", t("findings.what"), sought.code, codes),
        whom,
        _place(found, "unit", sought.unit),
        _place(found, "town", sought.town),
        Condition("clock", "choice", t("audit.field.clock"), sought.clock, clocks),
        Condition("on", "days", t("audit.field.on"), sought.first_day, until=sought.last_day),
        Condition("case", "text", t("findings.case"), sought.case),
        Condition("days", "text", t("audit.field.days"), late),
        Condition("state", "choice", t("findings.state"), gone, voided),
    ]
    left_out = {"code"} if len(codes) < 2 and not sought.code else set()
    left_out |= {"days"} if sought.kind != "late" else set()
    return [one for one in conditions if one.name not in left_out]


def _place(found: FoundPage, axis: str, chosen: str) -> Condition:
    names = sorted(name for name, _ in found.by.get(axis, ()) if name)
    options = names if chosen in ("", *names) else [chosen, *names]
    label = t(f"list.field.{axis}")
    return Condition(axis, "choice", label, chosen, [(name, name) for name in options])


def _groups(found: FoundPage) -> list[dict[str, Any]]:
    """How many there are by person, unit and town, each a way to those."""
    groups = []
    for axis, name in (("actor", "who"), ("unit", "unit"), ("town", "town")):
        rows = found.by.get(axis, ())
        if not rows:
            continue
        groups.append(
            {
                "title": t(f"findings.by.{name}"),
                "name": name,
                "rows": [
                    (value, who_words(value) if name == "who" else value, n)
                    for value, n in rows[:MOST_SHOWN]
                ],
                "more": max(0, len(rows) - MOST_SHOWN),
            }
        )
    return groups


def _unknown(found: FoundPage) -> list[str]:
    return [t("audit.unknown_object", name=found.unknown)] if found.unknown else []


def _file(view: str) -> str:
    """The query of this page, for the file of the same list."""
    text = request.query_string.decode("ascii", "replace")
    return f"?{text}" if "view=" in text else f"?view={view}&{text}".rstrip("&")
