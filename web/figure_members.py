"""The list behind one figure: every 宗, 件 or 家 that it counts, each leading to its case."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from casesys import (
    ACTS,
    CATEGORIES,
    COUNTS,
    OF_WORK,
    UNKNOWN,
    Members,
    Of,
    Permit,
    Question,
    acts_of_month,
    count_words,
    members,
    work_members,
)
from web.figure_links import group_words
from web.paging import page_asked
from web.permits import permit, person
from web.reading import asked, language, system, t, word

blueprint = Blueprint("figure_members", __name__)

MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)
LONGEST = 60


@blueprint.get("/figures/members")
@permit(Permit.READ)
def page() -> str:
    when = asked()
    count = request.args.get("count", "")
    if count not in COUNTS:
        abort(404)
    part = Of(**{name: request.args.get(name, "").strip()[:LONGEST] for name in Of._fields})
    as_of = when.as_of or when.today
    found = members(system(), person(), count, part, Question(as_of, when.known_at), page_asked())
    chosen = [
        next(iter(group_words(name, ["" if value == UNKNOWN else value]).values()))
        for name, value in part._asdict().items()
        if value
    ]
    return _shown(
        found,
        t("members.title", what=_what(count), part=" · ".join(chosen)) if chosen else _what(count),
        when.query,
        told=t(
            f"members.told.{found.unit.name.lower()}",
            n=found.total,
            day=as_of,
        ),
        where="Place" if found.unit.name == "RECORD" else None,
    )


@blueprint.get("/figures/acts")
@permit(Permit.READ)
def acts() -> str:
    when = asked()
    act, month = request.args.get("act", ""), request.args.get("month", "")
    category = request.args.get("category", "")
    if act not in ACTS or not MONTH.fullmatch(month) or category not in ("", *CATEGORIES):
        abort(404)
    asks = Question(when.as_of or when.today, when.known_at)
    found = acts_of_month(system(), person(), act, month, category, asks, page_asked())
    what = t(f"members.act.{act}")
    if category:
        what = t("members.title", what=what, part=word("Category", category))
    return _shown(
        found,
        t("members.title", what=what, part=month),
        when.query,
        told=t("members.told.act", n=found.total),
        where="happened",
    )


@blueprint.get("/figures/work")
@permit(Permit.READ)
def work() -> str:
    """The cases or acts that one number of the workload counts; work is a question of today."""
    asked()
    given = {name: request.args.get(name, "").strip() for name in ("by", "of", "count")}
    if given["count"] not in OF_WORK:
        abort(404)
    try:
        found = work_members(
            system(), person(), given["by"], given["of"], given["count"], page_asked()
        )
    except KeyError:
        abort(404)
    what, of_acts = t(f"figures.work.{given['count']}"), given["count"] == "acts"
    return _shown(
        found,
        t("members.of_work", what=what),
        {},
        told=t("members.told.act" if of_acts else "members.told.now", n=found.total),
        where="act" if of_acts else "step",
        fixed_day=True,
    )


def _shown(
    found: Members,
    title: str,
    keep: dict[str, Any],
    *,
    told: str,
    where: str | None,
    fixed_day: bool = False,
) -> str:
    return render_template(
        "figures/members.html",
        found=found,
        fixed_day=fixed_day,
        keep=keep,
        told=told,
        where=where,
        counted="act" if where in ("act", "happened") else found.unit.name.lower(),
        where_words=lambda value: _where(where, value),
        title=title,
        crumbs=[(t("place.figures"), url_for("figures.page", **keep)), (title, None)],
    )


def _what(count: str) -> str:
    return count_words(count, language())


def _where(kind: str | None, value: str | None) -> str:
    if kind is None or value is None:
        return ""
    if kind in ("act", "happened"):
        return t(f"topic.{value}")
    if kind == "step":
        return t(f"command.{value}")
    place = word("RecordPlace", value)
    return place if place != value else word("Obstacle", value)
