"""My account: my password, my one-time codes, my sessions."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from casesys import (
    Permit,
    Refused,
    Session,
    SignInFailed,
    begin_session,
    check_password,
    end_other_sessions,
    enrol_code,
    enrolment_address,
    mark_proved,
    new_secret,
    noting,
    open_offer,
    sessions_of,
    set_password,
    wrap_offer,
)
from web.permits import permit
from web.proving import ask_for_proof, prove_first
from web.reading import system, t
from web.refusals import sentence
from web.signing_in import TOKEN, home

blueprint = Blueprint("own", __name__)

QR_SCALE = 5

Answer = str | Response | tuple[str, int]


@blueprint.get("/own")
@permit(Permit.OWN)
def page() -> str:
    held: Session = g.session
    return render_template(
        "own/page.html",
        held=held,
        sessions=sessions_of(system(), held),
        title=t("own.title"),
        crumbs=[(t("own.title"), None)],
    )


@blueprint.post("/own/sessions", endpoint="end_others")
@permit(Permit.OWN)
def end_others() -> Response:
    end_other_sessions(system(), g.session)
    flash(t("own.others_ended"), "done")
    return redirect(url_for("own.page"), 303)


# -- the password ----------------------------------------------------------------------------


@blueprint.get("/own/password")
@permit(Permit.OWN)
def password() -> str:
    return _password_page({})


@blueprint.post("/own/password", endpoint="password_now")
@permit(Permit.OWN)
def password_now() -> Answer:
    held: Session = g.session
    errors = _change(held)
    if errors:
        return _password_page(errors), 422
    # Every session of mine ended with the old password; this one goes on.
    session[TOKEN] = begin_session(system(), held.person, with_code=held.with_code)
    flash(t("own.password_changed"), "done")
    return redirect(home(held.person), 303)


def _change(held: Session) -> dict[str, str]:
    """Set the new password; what is wrong with the form, by field."""
    person, chosen = held.person, request.form.get("new", "")[:1000]
    if chosen != request.form.get("again", "")[:1000]:
        return {"again": t("own.not_the_same")}
    try:
        with noting(system(), person.id, "change_password"):
            check_password(system(), person.login, request.form.get("current", "")[:1000])
    except SignInFailed:
        return {"current": t("own.current_wrong")}
    except Refused as refused:
        return {"current": sentence(refused)}
    try:
        with noting(system(), person.id, "change_password"):
            set_password(system(), person, UUID(person.id), chosen)
    except Refused as refused:
        return {"new": sentence(refused)}
    return {}


def _password_page(errors: dict[str, str]) -> str:
    return render_template(
        "own/password.html",
        held=g.session,
        errors=errors,
        title=t("own.password_title"),
        crumbs=_crumbs("own.password_title"),
    )


# -- one-time codes --------------------------------------------------------------------------


@blueprint.get("/own/code")
@permit(Permit.OWN)
def code() -> Answer:
    return prove_first() or _code_page(new_secret(), {})


@blueprint.post("/own/code", endpoint="code_now")
@permit(Permit.OWN)
def code_now() -> Answer:
    asked = ask_for_proof()
    if asked is not None:
        return asked
    held: Session = g.session
    try:
        secret = open_offer(system(), held.person, request.form.get("offer", "")[:400])
    except Refused:
        # An old page, or one of somebody else's: a new offer is made.
        return _code_page(new_secret(), {"code": t("own.code_anew")}), 422
    try:
        with noting(system(), held.person.id, "enrol_code"):
            enrol_code(system(), held.person, secret, request.form.get("code", "")[:40])
    except Refused as refused:
        return _code_page(secret, {"code": sentence(refused)}), 422
    mark_proved(system(), held, with_code=True)
    flash(t("own.code_set_up"), "done")
    return redirect(home(held.person) if held.wants_enrolment else url_for("own.page"), 303)


def _code_page(secret: str, errors: dict[str, str]) -> str:
    held: Session = g.session
    office = current_app.extensions["casesys"].settings.office or t("app.name")
    return render_template(
        "own/code.html",
        held=held,
        errors=errors,
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=_picture(enrolment_address(secret, held.person.login, office)),
        offer=wrap_offer(system(), held.person, secret),
        title=t("own.code_title"),
        crumbs=_crumbs("own.code_title"),
    )


def _picture(text: str) -> str:
    """The square that a telephone reads, as marks of the page itself: no image is fetched."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", scale=QR_SCALE, border=4, xmldecl=False, svgns=False, nl=False,
        dark="#000", light="#fff", svgclass="code-picture", lineclass=None, omitsize=True,
    )  # fmt: skip
    return drawn.getvalue().decode()


def _crumbs(code: str) -> list[tuple[str, str | None]]:
    return [(t("own.title"), url_for("own.page")), (t(code), None)]
