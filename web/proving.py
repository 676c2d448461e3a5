"""Proving anew who one is before an act of weight; what was typed goes on with the proof."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    Permit,
    Refused,
    Session,
    check_code,
    check_password,
    find_session,
    mark_proved,
    note_attempt,
    noting,
)
from web.permits import permit
from web.reading import system
from web.refusals import sentence
from web.signing_in import home, local_path

blueprint = Blueprint("proving", __name__)

WEIGHTY = frozenset(
    {
        "propose_exit",
        "confirm_exit",
        "confirm_court_removal",
        "confirm_exclusion",
        "erase_personal_data",
        "erase_remarks",
    }
)
"""Commands on a case that end something: asked of nobody but the person who sits there."""

PASSWORD, CODE = "proof_password", "proof_code"
PARTS = (PASSWORD, CODE, "proof_login")
NOT_CARRIED = frozenset({"csrf_token", *PARTS})

Asked = tuple[str, int]


def ask_for_proof(carried: Iterable[tuple[str, str]] | None = None) -> Asked | None:
    """The page that asks for a proof, or None where one was given only just.

    Call it where everything else is in order, right before the act. Its form comes back to the
    same address with all that was sent, and with the proof, so the act then simply goes on:

        if (page := ask_for_proof(errand.all_hidden + [("step", "confirmed")])) is not None:
            return page

    :param carried: what the form holds; all that came with this request where it is not given.
        Files do not come along: they are received before, and carried by their digest
    """
    held: Session = g.session
    if held.proved(system().now()):
        return None
    error = None
    if PASSWORD in request.form:
        error = _proof(held)
        if error is None:
            return None
    pairs = carried if carried is not None else request.form.items(multi=True)
    return _page(request.full_path.removesuffix("?"), pairs, error), 422 if error else 200


@blueprint.get("/prove")
@permit(Permit.OWN)
def page() -> str | Response:
    """Before a page that shows more than a case; it leads on to where one wanted to go."""
    goal = local_path(request.args.get("next")) or home(g.person)
    if g.session.proved(system().now()):
        return redirect(goal, 303)
    return _page(url_for("proving.page"), [("next", goal)], None)


@blueprint.post("/prove", endpoint="page_now")
@permit(Permit.OWN)
def page_now() -> Response | Asked:
    goal = local_path(request.form.get("next")) or home(g.person)
    return ask_for_proof([("next", goal)]) or redirect(goal, 303)


def prove_first() -> Response | None:
    """For a page that is only asked: the way to the proof and back, or None where one is given."""
    if g.session.proved(system().now()):
        return None
    here = request.full_path.removesuffix("?")
    return redirect(url_for("proving.page", next=here), 303)


def _proof(held: Session) -> str | None:
    """Take the proof; the sentence that says what is wrong with it, if something is."""
    person = held.person
    try:
        with noting(system(), person.id, "prove"):
            check_password(system(), person.login, request.form.get(PASSWORD, "")[:1000])
            if held.has_code:
                check_code(system(), person, request.form.get(CODE, "")[:40])
    except Refused as refused:
        return sentence(refused)
    note_attempt(system(), person.id, "prove")
    mark_proved(system(), held, with_code=held.has_code)
    g.session = find_session(system(), g.token)
    return None


def _page(action: str, carried: Iterable[tuple[str, str]], error: str | None) -> str:
    return render_template(
        "prove.html",
        action=action,
        carried=[(name, value) for name, value in carried if name not in NOT_CARRIED],
        error=error,
        with_code=g.session.has_code,
        provider=current_app.extensions["casesys"].settings.provider,
    )
