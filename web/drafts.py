"""Drafts of forms: kept when asked, when a session is lost, when an answer fails; their list."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from casesys import (
    CaseIsUnknown,
    Draft,
    Permit,
    Refused,
    StoreIsBusy,
    StreamIsUnknown,
    drafts_of,
    drop_draft,
    find_draft,
    keep_draft,
)
from web.errands import Errand
from web.forms import FORMS, errand_at, errand_here, take
from web.permits import permit, person
from web.reading import NoSuchDay, system, t
from web.refusals import Told
from web.signing_in import local_path

blueprint = Blueprint("drafts", __name__)

MOST_SHOWN = 50
MOST_PLACE = 8000

OUT_OF_REACH = (HTTPException, Refused, Told, NoSuchDay, CaseIsUnknown, StreamIsUnknown)
"""What the address of a form raises where this person has no such form."""


@blueprint.get("/drafts")
@permit(Permit.OWN)
def page() -> str:
    found = drafts_of(system(), person())[:MOST_SHOWN]
    rows = [row for row in map(_row, found) if row is not None]
    return render_template(
        "commands/drafts.html",
        rows=rows,
        title=t("drafts.title"),
        crumbs=[(t("place.worklist"), url_for("worklist.page")), (t("drafts.title"), None)],
    )


@blueprint.post("/drafts")
@permit(Permit.OWN)
def discard() -> Response:
    """Forget one draft, and go on where the button says."""
    place = request.form.get("place", "")[:MOST_PLACE]
    if place.isprintable():
        drop_draft(system(), person(), place)
    goal = local_path(request.form.get("next"))
    return redirect(goal or url_for("drafts.page"), 303)


def _row(draft: Draft) -> dict[str, Any] | None:
    """One line of the list; None where the form is beyond this person's reach by now."""
    path = urlsplit(draft.place).path
    try:
        endpoint, named = current_app.url_map.bind("").match(path, method="GET")
        if endpoint not in FORMS:
            return None
        errand = errand_at(endpoint, named)
    except OUT_OF_REACH:
        return None
    return {"draft": draft, "words": errand.title, "view": errand.view}


# -- keeping and opening -------------------------------------------------------------------


def keep(errand: Errand) -> Draft | None:
    """Keep what was typed so far; None where nothing was typed, or it was given meanwhile."""
    if errand.blank:
        return None
    typed: dict[str, list[str]] = {}
    for name, value in errand.all_hidden:
        typed.setdefault(name, []).append(value)
    return keep_draft(system(), person(), errand.place, typed)


def open_draft(errand: Errand) -> Draft | None:
    """Put this person's draft into the form, with the version that it was begun on."""
    draft = find_draft(system(), person(), errand.place)
    if draft is not None:
        errand.type(MultiDict([(n, v) for n, several in draft.typed.items() for v in several]))
    return draft


def drop(errand: Errand) -> None:
    """The command was given; a draft that cannot be removed just now is known to be given."""
    with suppress(StoreIsBusy):
        drop_draft(system(), person(), errand.place)


# -- what would be lost --------------------------------------------------------------------


def keep_what_comes_too_late() -> None:
    """Before the question who is there: a form of one whose session has ended becomes a draft.

    Nothing else is done in that person's name, and nothing is shown to whoever sits there.
    """
    was = g.get("was")
    if was is None or request.method != "POST" or request.endpoint not in FORMS:
        return
    g.person = was
    try:
        # A wrong token is a ValueError: then it is no form of this browser's.
        with suppress(ValueError, StoreIsBusy, *OUT_OF_REACH):
            validate_csrf(request.form.get("csrf_token"))
            g.kept = _taken()
    finally:
        g.person = None


def keep_what_failed() -> str | None:
    """After a failure: where what was typed can be found; None where nothing could be kept."""
    if request.method != "POST" or request.endpoint not in FORMS or g.get("person") is None:
        return None
    draft = None
    # The answer to a fault must not fail itself, whatever is broken.
    with suppress(Exception):
        errand = g.get("taken") or errand_here()
        # What was kept earlier counts where what was sent now cannot even be read.
        draft = find_draft(system(), person(), errand.place)
        draft = (keep(errand) if "taken" in g else _taken()) or draft
    return draft.place if draft is not None else None


def is_ours() -> bool:
    """Whether a form without a sound token was sent by a page of this office all the same."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _taken() -> Draft | None:
    errand = errand_here()
    take(errand)
    return keep(errand)
