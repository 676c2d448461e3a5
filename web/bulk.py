"""One act on many cases: chosen in the list, typed once, tried out, done, and told case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    BULK_COMMANDS,
    MOST_IN_BULK,
    Bulk,
    BulkHasBegun,
    BulkIsUnknown,
    FieldsRefused,
    Outcome,
    Permit,
    Refused,
    begin_bulk,
    do_bulk,
    find_bulk,
    try_bulk,
)
from web.errands import Errand
from web.evidence import is_picture
from web.facts import typed
from web.forms import present, take
from web.listing import LONGEST
from web.permits import permit, person
from web.proving import WEIGHTY, ask_for_proof
from web.reading import local_minute, system, t
from web.refusals import Told, sentence
from web.worklist import back_to_list, numbers_of_query

blueprint = Blueprint("bulk", __name__)

SECONDS = 8.0
"""How long one request does cases before it answers; the rest is gone on with."""

OPEN_LIST = 12
"""How many cases of one kind stand in the open before they are folded away."""

Answer = str | Response | tuple[str, int]


@blueprint.post("/bulk")
@permit(Permit.ADVANCE)
def begin() -> Response:
    """What was ticked, or the whole of the query that the address holds."""
    present()
    command = request.form.get("command", "")
    if command not in BULK_COMMANDS:
        raise Told(400, t("error.400.words"))
    if request.form.get("everything"):
        numbers = numbers_of_query(MOST_IN_BULK)
    else:
        # No case has a number that nobody can type; a database may stumble over it.
        ticked = request.form.getlist("case")[: MOST_IN_BULK + 1]
        numbers = [number[:LONGEST] for number in ticked if number.isprintable()]
    try:
        found = begin_bulk(system(), person(), command, numbers)
    except Refused as refused:
        if refused.code == "not_permitted":
            raise
        flash(sentence(refused), "soon")
        return back_to_list()
    return redirect(url_for("bulk.page", bulk=found), 303)


@blueprint.get("/bulk/<uuid:bulk>")
@permit(Permit.ADVANCE)
def page(bulk: UUID) -> Answer:
    found = _find(bulk)
    if found.started:
        return _result(found)
    if found.foreseen and not (request.args.get("edit") and found.command.fields):
        return _tried(found)
    errand = _errand(found)
    errand.values = dict(found.typed or {})
    return _form(found, errand)


@blueprint.post("/bulk/<uuid:bulk>")
@permit(Permit.ADVANCE)
def act(bulk: UUID) -> Answer:
    present()
    found = _find(bulk)
    if request.form.get("step") == "do":
        if found.command.name in WEIGHTY and (asked := ask_for_proof()) is not None:
            return asked
        do_bulk(system(), person(), bulk, SECONDS)
        return _to(found)
    errand = _errand(found)
    errors = take(errand)
    if errors:
        return _form(found, errand, errors), 422
    try:
        try_bulk(system(), person(), bulk, errand.raw())
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _form(found, errand, errors), 422
    except BulkHasBegun as begun:
        flash(sentence(begun), "soon")
    return _to(found)


def _find(bulk: UUID) -> Bulk:
    try:
        return find_bulk(system(), person(), bulk)
    except BulkIsUnknown as unknown:
        raise Told(404, t("bulk.no_such")) from unknown


def _to(bulk: Bulk) -> Response:
    return redirect(url_for("bulk.page", bulk=bulk.id), 303)


def _errand(bulk: Bulk) -> Errand:
    errand = Errand.beginning(bulk.command)
    errand.place = url_for("bulk.act", bulk=bulk.id)
    return errand


def _form(bulk: Bulk, errand: Errand, errors: dict[str, str] | None = None) -> str:
    words = _act_words(bulk)
    return render_template(
        "bulk/form.html",
        bulk=bulk,
        errand=errand,
        specs=list(bulk.command.fields.values()),
        values=errand.values,
        errors=errors or {},
        options=errand.options(),
        now=local_minute(system().now()),
        is_picture=is_picture,
        open_list=OPEN_LIST,
        title=t("bulk.title", act=words, n=len(bulk.numbers)),
        crumbs=_crumbs(words),
    )


def _tried(bulk: Bulk) -> str:
    words = _act_words(bulk)
    possible = bulk.possible
    return render_template(
        "bulk/tried.html",
        bulk=bulk,
        possible=[{"case": one, "why": None} for one in possible],
        refused=len(bulk.foreseen) - len(possible),
        reasons=_reasons(bulk.foreseen),
        rows=typed(None, bulk.command, bulk.typed or {}),
        open_list=OPEN_LIST,
        title=t("bulk.tried_title", act=words),
        crumbs=_crumbs(words),
    )


def _result(bulk: Bulk) -> str:
    words = _act_words(bulk)
    waiting = len(bulk.waiting)
    told = [one for one in bulk.outcomes if one.refused]
    return render_template(
        "bulk/result.html",
        bulk=bulk,
        done=[one for one in bulk.outcomes if one.receipt],
        refused=len(told),
        waiting=waiting,
        reasons=_reasons(told),
        open_list=OPEN_LIST,
        stale=[one.number for one in told if one.code == "stale"],
        title=t("bulk.going_title" if waiting else "bulk.done_title", act=words),
        crumbs=_crumbs(words),
    )


def _act_words(bulk: Bulk) -> str:
    return t(f"bulk.act.{bulk.command.name}")


def _crumbs(here: str) -> list[tuple[str, str | None]]:
    return [(t("place.worklist"), url_for("worklist.page")), (here, None)]


def _reasons(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The broken rules, each with its cases; the rule that most cases break comes first."""
    by_rule: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.refused:
            by_rule.setdefault(one.code, []).append(one)
    found = []
    for cases in sorted(by_rule.values(), key=len, reverse=True):
        # The cases stand beside it: a sentence that differs only by their numbers is one sentence.
        shared = {_why(replace(one, values={**one.values, "number": ""})) for one in cases}
        alike = len(shared) == 1
        told = [{"case": one, "why": None if alike else _why(one)} for one in cases]
        found.append({"words": shared.pop() if alike else None, "cases": told})
    return found


def _why(one: Outcome) -> str:
    if one.code in ("stale", "unknown"):
        return t(f"bulk.{one.code}")
    return t(f"refusal.{one.code}", **one.values)
