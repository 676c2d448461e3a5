"""How the office counts: every formula with what it comes to, and who parts two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from casesys import (
    FORMULAS,
    Difference,
    Part,
    Permit,
    Question,
    Way,
    count_words,
    difference,
    exclusion_words,
    title_words,
    values_of_day,
)
from web.figure_links import FigureLinks
from web.paging import page_asked
from web.permits import permit, person
from web.reading import Asked, asked, language, system, t

blueprint = Blueprint("figure_formulas", __name__)

KINDS = ("repair", "action", "contact", "impediment", "deadline")
"""In which order the page shows them."""
BESIDE = {"exit": "repair", "removal": "repair"}
"""The exit stands with the repair that it is not, as does a removal without performance."""

PRESETS = (
    ("action.interview", "action.commitment"),
    ("exit.case", "repair.by_record"),
    ("repair.by_enterprise_any", "repair.by_enterprise_full"),
    ("contact.reached_operating", "deadline.interview"),
    ("impediment.any", "contact.not_reached"),
)
"""Differences that are often asked for."""


@blueprint.get("/figures/formulas")
@permit(Permit.READ)
def formulas() -> str:
    when = asked()
    links = FigureLinks(when)
    day = when.as_of or when.today
    rates = values_of_day(system(), person(), Question(day, when.known_at))[""]
    told = [_formula(name, rates[name], links) for name in FORMULAS]
    return render_template(
        "figures/formulas.html",
        kinds=[(kind, [one for one in told if _kind(one["name"]) == kind]) for kind in KINDS],
        day=day,
        when=when,
        reach=person().reach,
        presets=_presets(when),
        title=t("formulas.title"),
        crumbs=[
            (t("place.figures"), url_for("figures.page", **when.query)),
            (t("formulas.title"), None),
        ],
    )


def _kind(name: str) -> str:
    kind = name.partition(".")[0]
    return BESIDE.get(kind, kind)


def _formula(name: str, rate: Any, links: FigureLinks) -> dict[str, Any]:
    formula = FORMULAS[name]
    return {
        "name": name,
        "version": formula.version,
        "title": title_words(name, language()),
        "sentence": t(formula.code),
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
        "unit": t(f"unit.{formula.unit.name.lower()}"),
        "links": links.fraction(name),
        "counts": [
            count_words(count, language()) for count in (formula.numerator, formula.denominator)
        ],
        "without": exclusion_words(formula, language()),
        "change": links.change(name),
    }


def _presets(when: Asked) -> list[dict[str, str]]:
    return [
        {
            "words": t(
                "difference.title",
                first=title_words(a, language()),
                second=title_words(b, language()),
            ),
            "href": url_for("figure_formulas.differences", a=a, b=b, **when.query),
        }
        for a, b in PRESETS
    ]


@blueprint.get("/figures/difference")
@permit(Permit.READ)
def differences() -> str:
    when = asked()
    a, b = (request.args.get(name, given) for name, given in zip("ab", PRESETS[0], strict=True))
    side, way = request.args.get("side", "numerator"), request.args.get("way", "first")
    if a not in FORMULAS or b not in FORMULAS or side not in _values(Part):
        abort(404)
    if way not in _values(Way):
        abort(404)
    asks = Question(when.as_of or when.today, when.known_at)
    found = difference(system(), person(), (a, b), Part(side), asks, Way(way), page_asked())
    titles = [title_words(name, language()) for name in (a, b)]
    words = [count_words(count, language()) for count in found.counts]
    title = t("difference.heading")
    return render_template(
        "figures/difference.html",
        found=found,
        when=when,
        day=asks.as_of,
        chosen={"a": a, "b": b, "side": side},
        formulas=[(name, title_words(name, language())) for name in FORMULAS],
        sides=_values(Part),
        tabs_of=_tabs(found, words),
        words=words,
        titles=titles,
        unit=t(f"unit.{found.unit.name.lower()}"),
        presets=_presets(when),
        keep=when.query,
        title=title,
        crumbs=[
            (t("place.figures"), url_for("figures.page", **when.query)),
            (t("formulas.title"), url_for("figure_formulas.formulas", **when.query)),
            (title, None),
        ],
    )


def _tabs(found: Difference, words: Sequence[str]) -> list[dict[str, Any]]:
    """Who is in the one only, and who in the other only, each with how many."""
    tallies = {Way.ONLY_FIRST: found.only_first, Way.ONLY_SECOND: found.only_second}
    kept: dict[str, Any] = {n: v for n, v in request.args.items() if n not in ("way", "page")}
    sides = {Way.ONLY_FIRST: words, Way.ONLY_SECOND: words[::-1]}
    return [
        {
            "words": t("difference.tab", here=sides[way][0]),
            "href": url_for("figure_formulas.differences", **{**kept, "way": way.value}),
            "current": way == found.way,
            "tally": tally,
        }
        for way, tally in tallies.items()
    ]


def _values(choices: Any) -> list[str]:
    return [one.value for one in choices]
