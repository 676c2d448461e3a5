"""The figures of a day: every rate with its fraction and its formula, each opening its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from casesys import (
    CATEGORIES,
    FORMULAS,
    GROUPINGS,
    HOLDERS,
    SINCE,
    UNKNOWN,
    CountingUnit,
    FiguresPage,
    Group,
    Permit,
    Question,
    figures_of_day,
    month_end_before,
    title_words,
    workload,
)
from web.charts import NARROW, WIDE, trend, waterfall
from web.figure_links import FigureLinks, group_words
from web.permits import permit, person
from web.reading import YEARS, asked, language, system, t, word

blueprint = Blueprint("figures", __name__)

CARDS = ("exit.case", "repair.by_record", "repair.by_enterprise_full")
PARTED = {"exit.case": "repair.by_record"}
FURTHER = (
    "repair.by_enterprise_any",
    "action.interview",
    "action.photo",
    "action.commitment",
    "action.all_three",
)
BASE = {
    "cases": "cases",
    "enterprises": "enterprises",
    "records": "records",
    "repaired_records": "repaired",
    "closed_cases": "closed",
    "amount_yuan": "",
}
"""The columns of the base, and the list behind each; an amount has none of its own."""

STATUSES = ("on_time", "late", "open_overdue", "open_in_time", "not_applicable")
COUNTED_IN = {"record": CountingUnit.RECORD, "enterprise": CountingUnit.ENTERPRISE}


@blueprint.get("/figures")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    problems: list[str] = []
    by = _choice("by", GROUPINGS, "town", problems)
    counted_in = _choice("in", tuple(COUNTED_IN), "record", problems)
    trend_of = _choice("trend", tuple(FORMULAS), "repair.by_record", problems)
    work_by = _choice("work", HOLDERS, HOLDERS[0], problems)
    as_of = when.as_of or when.today
    found = figures_of_day(
        system(),
        person(),
        Question(as_of, when.known_at),
        by,
        COUNTED_IN[counted_in],
        _compared(problems),
        trend_of,
    )
    links = FigureLinks(when)
    months = _trend(found)
    return render_template(
        "figures/page.html",
        found=found,
        when=when,
        by=by,
        counted_in=counted_in,
        groupings=GROUPINGS,
        problems=problems,
        links=links,
        presets=_presets(as_of),
        told=_told(found),
        cards=[_card(found, name, links) for name in CARDS],
        further=[_card(found, name, links) for name in FURTHER],
        base=BASE,
        held=_held(found, links),
        impediments=_counted(found, "impediments", "impeded", "Impediment", links),
        classes=_counted(found, "contact_class", "contact", "ContactClass", links),
        statuses=STATUSES,
        group_words=group_words(by, [group.key for group in found.groups]),
        unknown=UNKNOWN,
        group_change=lambda group: _group_change(group, found),
        trend_of=trend_of,
        trend_unit=t(f"unit.{FORMULAS[trend_of].unit.name.lower()}"),
        trend_months=months,
        trends=[(name, title_words(name, language())) for name in FORMULAS],
        wide=trend(months, WIDE),
        narrow=trend(months, NARROW),
        falls=waterfall(found.bars),
        work=None if when.past else workload(system(), person(), work_by),
        work_by=work_by,
        holders=HOLDERS,
        since=SINCE,
        grouped=lambda amount: f"{int(amount[:-3]):,}{amount[-3:]}",
        title=t("figures.title"),
        crumbs=[(t("place.figures"), None), (t("figures.title"), None)],
    )


def _choice(name: str, allowed: Sequence[str], otherwise: str, problems: list[str]) -> str:
    value = request.args.get(name, "").strip()
    if not value or value in allowed:
        return value or otherwise
    problems.append(t("list.unknown_value", name=name, value=value[:60]))
    return otherwise


def _compared(problems: list[str]) -> str | None:
    """The day to compare with; what is no day is named and left out."""
    text = request.args.get("compare", "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        problems.append(t("list.no_day", value=text[:60]))
        return None
    return day.isoformat()


def _presets(as_of: str) -> list[tuple[str, str]]:
    """Days that are often compared with: words and day."""
    year_end = f"{int(as_of[:4]) - 1}-12-31"
    return [
        (t("figures.compare_month"), month_end_before(as_of)),
        (t("figures.compare_year"), year_end),
    ]


def _told(found: FiguresPage) -> str:
    rates = {
        category: found.figures["categories"][category]["rates"]["repair.by_record"]
        for category in ("judgment", "penalty")
    }
    parts = [
        t("figures.told", category=word("Category", category), **_written(rate))
        for category, rate in rates.items()
        if rate["denominator"]
    ]
    if not parts:
        return t("figures.told_nothing")
    held = {one.why: one for one in found.held}
    beyond = [held[why] for why in ("bankrupt", "lost_contact") if why in held]
    if beyond:
        parts.append(
            t(
                # A reason that holds nothing is not named beside the other.
                "figures.told_held" if len(beyond) > 1 else f"figures.told_{beyond[0].why}",
                n=found.unrepaired,
                beyond=sum(one.records for one in beyond),
                bankrupt=_enterprises(held, "bankrupt"),
                lost=_enterprises(held, "lost_contact"),
            )
        )
    else:
        parts.append(t("figures.told_open", n=found.unrepaired))
    return t("figures.between").join(parts) + t("worklist.end")


def _enterprises(held: Mapping[str, Any], why: str) -> int:
    return held[why].enterprises if why in held else 0


def _written(rate: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rate[name] for name in ("percent", "numerator", "denominator")}


def _card(found: FiguresPage, name: str, links: FigureLinks) -> dict[str, Any]:
    formula = found.formulas[name]
    rate = found.figures["categories"]["all"]["rates"][name]
    earlier = found.before["categories"]["all"]["rates"][name]
    return {
        "title": t(f"figures.{name}"),
        **_written(rate),
        "unit": t(f"unit.{formula.unit.name.lower()}"),
        "links": links.fraction(name),
        **_change(rate, earlier, found),
        "before_href": links.fraction(name, as_of=found.before_on)[0],
        "definition": t(formula.code),
        "tracks": [
            {
                "words": word("Category", category),
                **_written(found.figures["categories"][category]["rates"][name]),
                "links": links.fraction(name, category=category),
            }
            for category in CATEGORIES
        ],
        "formula": f"{name} v{formula.version}",
        "why": links.change(name),
        "change_href": links.change(name, from_day=found.before_on),
        "formula_href": links.formula(name),
        "parted": _parted(name, links),
    }


def _parted(name: str, links: FigureLinks) -> dict[str, str] | None:
    """Who is in this figure and not in the one that it is most often mistaken for."""
    if name not in PARTED:
        return None
    return {"words": t(f"figures.parted.{name}"), "href": links.difference(name, PARTED[name])}


def _change(
    rate: Mapping[str, Any], earlier: Mapping[str, Any], found: FiguresPage
) -> dict[str, str]:
    """What the rate did since the day compared with; nothing where either has no percent."""
    if rate["percent"] is None or earlier["percent"] is None:
        return {}
    points = rate["percent"] - earlier["percent"]
    on = found.before_on[5:] if found.before_on[:4] == found.as_of[:4] else found.before_on
    return {
        "change": t("figures.change" if points else "figures.unchanged", on=on, points=points),
        "before": t("figures.before", **_written(earlier)),
    }


def _trend(found: FiguresPage) -> list[dict[str, Any]]:
    """The ends of months as the chart draws them."""
    return [
        {
            "key": one.month,
            "day": one.day,
            "rate_at_month_end": {
                category: {
                    "numerator": one.rates[category].numerator,
                    "denominator": one.rates[category].denominator,
                    "percent": one.rates[category].percent,
                }
                for category in CATEGORIES
            },
        }
        for one in found.trend.months
    ]


def _group_change(group: Group, found: FiguresPage) -> dict[str, str]:
    """What the rate of a group did since the day compared with; small groups are not compared."""
    then = found.groups_before.get(group.key)
    if then is None or then.percent is None or group.percent is None or not group.ranked:
        return {}
    fraction = {"numerator": then.numerator, "denominator": then.denominator}
    return {
        "points": t("figures.points", points=group.percent - then.percent),
        "before": t("figures.before", percent=then.percent, **fraction),
    }


def _held(found: FiguresPage, links: FigureLinks) -> list[dict[str, Any]]:
    most = max((one.records for one in found.held), default=0)
    return [
        {
            "words": word("Obstacle", one.why),
            "n": one.records,
            "sub": t("figures.held_of", cases=one.cases, enterprises=one.enterprises),
            "width": round(100 * one.records / most, 1),
            "href": links.of(f"held-{one.why}"),
        }
        for one in found.held
    ]


def _counted(
    found: FiguresPage, counts: str, prefix: str, kind: str, links: FigureLinks
) -> list[dict[str, Any]]:
    return [
        {"words": word(kind, name), "n": n, "href": links.of(f"{prefix}-{name}")}
        for name, n in found.figures["categories"]["all"][counts].items()
        if name != "cases_with_any"
    ]
