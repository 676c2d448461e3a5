"""The figures of a day: every rate with its fraction and its formula, and the cases behind it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, url_for

from casesys import GROUPINGS, FiguresPage, Permit, figures_of_day
from web.charts import NARROW, WIDE, trend
from web.listing import ListQuery
from web.permits import permit
from web.reading import Asked, asked, system, t, word

blueprint = Blueprint("figures", __name__)

REPAIRS = ("repair.by_record", "repair.by_enterprise_full", "repair.by_enterprise_any")
ACTIONS = ("action.interview", "action.photo", "action.commitment", "action.all_three")
BEHIND = {
    "repair.by_record": {"repair": "some"},
    "repair.by_enterprise_full": {"repair": "full"},
    "repair.by_enterprise_any": {"repair": "some"},
}
"""Which condition of the ledger shows the cases behind a rate."""

STATUSES = ("on_time", "late", "open_overdue", "open_in_time", "not_applicable")


@blueprint.get("/figures")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    query = ListQuery(when, (), ("all",), "all")
    by = query.choice("by", GROUPINGS) or "town"
    found = figures_of_day(system(), when.as_of or when.today, when.known_at, by)
    every = found.figures["categories"]["all"]
    return render_template(
        "figures/page.html",
        found=found,
        when=when,
        by=by,
        groupings=GROUPINGS,
        problems=query.problems,
        told=_told(found),
        repairs=[_card(found, name, when) for name in REPAIRS],
        actions=[_card(found, name, when) for name in ACTIONS],
        impediments=_counted(every["impediments"], "impediment", "Impediment", when),
        classes=_counted(every["contact_class"], "contact", "ContactClass", when),
        statuses=STATUSES,
        wide=trend(found.months, WIDE),
        narrow=trend(found.months, NARROW),
        grouped=lambda amount: f"{int(amount[:-3]):,}{amount[-3:]}",
        behind=lambda **conditions: _ledger(when, conditions),
        last_day=lambda month: f"{monthrange(int(month[:4]), int(month[5:]))[1]:02d}",
        crumbs=[(t("place.figures"), None), (t("figures.title"), None)],
    )


def _told(found: FiguresPage) -> str:
    rates = {
        category: found.figures["categories"][category]["rates"]["repair.by_record"]
        for category in ("penalty", "judgment")
    }
    every = found.figures["categories"]["all"]
    parts = [
        t("figures.told", category=word("Category", category), **_written(rate))
        for category, rate in rates.items()
        if rate["denominator"]
    ]
    if not parts:
        return t("figures.told_nothing")
    rate = every["rates"]["repair.by_record"]
    parts.append(
        t(
            "figures.told_open",
            n=rate["denominator"] - rate["numerator"],
            cases=every["impediments"]["cases_with_any"],
        )
    )
    return t("figures.between").join(parts) + t("worklist.end")


def _written(rate: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rate[name] for name in ("percent", "numerator", "denominator")}


def _card(found: FiguresPage, name: str, when: Asked) -> dict[str, Any]:
    formula = found.formulas[name]
    rate = found.figures["categories"]["all"]["rates"][name]
    earlier = found.before["categories"]["all"]["rates"][name]
    behind = BEHIND.get(name)
    return {
        "title": t(f"figures.{name}"),
        **_written(rate),
        "unit": t(f"unit.{formula.unit.name.lower()}"),
        "href": _ledger(when, behind) if behind else None,
        **_change(rate, earlier, found.before_on),
        "definition": t(formula.code),
        "tracks": [
            {
                "words": word("Category", category),
                **_written(found.figures["categories"][category]["rates"][name]),
            }
            for category in ("penalty", "judgment")
        ],
        "formula": f"{name} v{formula.version}",
    }


def _change(rate: Mapping[str, Any], earlier: Mapping[str, Any], on: str) -> dict[str, str]:
    """What the rate did since the end of the month before; nothing where either has no percent."""
    if rate["percent"] is None or earlier["percent"] is None:
        return {}
    points = rate["percent"] - earlier["percent"]
    return {
        "change": t("figures.change" if points else "figures.unchanged", on=on[5:], points=points),
        "before": t("figures.before", **_written(earlier)),
    }


def _counted(
    counts: Mapping[str, int], condition: str, kind: str, when: Asked
) -> list[dict[str, Any]]:
    return [
        {"words": word(kind, name), "n": n, "href": _ledger(when, {condition: name})}
        for name, n in counts.items()
        if name != "cases_with_any"
    ]


def _ledger(when: Asked, conditions: Mapping[str, str]) -> str:
    values: dict[str, Any] = {**conditions, **when.query}
    return url_for("ledger.page", **values)
