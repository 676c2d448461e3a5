"""Signing in and out, and each reader's own language, letter size and contrast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from casesys import (
    LANGUAGES,
    Person,
    Refused,
    begin_session,
    check_password,
    end_session,
    find_session,
    instant,
    moment,
    name_of,
    person_by_id,
)
from web.permits import everyone
from web.reading import system, t
from web.refusals import sentence

blueprint = Blueprint("session", __name__)

TOKEN = "token"
WHOSE = "whose"
"""Whose session this was and when it was first seen: it outlives the session itself."""
REMEMBERED = timedelta(days=1)
PREFERENCES = "casesys_preferences"
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a reader wants pages; kept in a cookie that says nothing else."""

    language: str
    large: bool
    contrast: bool

    def text(self) -> str:
        return ".".join([self.language, *(n for n in ("large", "contrast") if getattr(self, n))])


@dataclass(frozen=True, slots=True)
class Reader(Person):
    """Who is signed in, with the name that the log keeps sealed."""

    @property
    def name(self) -> str:
        return name_of(system(), self.id) or self.login


def recognise() -> None:
    """Before every request: the reader's preferences, and who the reader is."""
    g.preferences = _preferences()
    g.language = g.preferences.language
    if request.endpoint in ("static", "bootstrap.static"):
        return
    token = session.get(TOKEN)
    found = find_session(system(), str(token)) if token is not None else None
    if found is not None:
        if session.get(WHOSE, [None])[0] != found.id:
            session[WHOSE] = [found.id, system().now()]
        g.person = _reader(found)
        return
    if token is not None:
        session.pop(TOKEN)
        g.session_is_over = True
    if request.method == "POST" and WHOSE in session:
        g.was = _who_was_here(*session[WHOSE])


def _reader(found: Person) -> Reader:
    return Reader(found.id, found.login, found.unit, found.roles, found.reach)


def _who_was_here(account: str, since: str) -> Reader | None:
    """Who sat here until the session ended: it lets nobody in, it says whose form this is.

    The cookie is signed, so it was this browser that signed in; a closed account has nothing.
    """
    if system().now() >= instant(moment(since) + REMEMBERED):
        return None
    found = person_by_id(system(), account)
    return _reader(found) if found is not None else None


@blueprint.get("/sign-in")
@everyone
def sign_in() -> str | Response:
    goal = local_path(request.args.get("next"))
    if g.get("person") is not None:
        return redirect(goal or url_for("worklist.page"), 303)
    over = t("signin.over") if g.get("session_is_over") or "over" in request.args else None
    if over is not None and "kept" in request.args:
        over = t("signin.kept")
    return _form(goal, None, notice=over or (t("signin.out") if "out" in request.args else None))


@blueprint.post("/sign-in", endpoint="sign_in_now")
@everyone
def sign_in_now() -> str | Response | tuple[str, int]:
    goal = local_path(request.form.get("next"))
    login = request.form.get("login", "")[:200]
    try:
        found = check_password(system(), _plain(login), request.form.get("password", "")[:1000])
    except Refused as refused:
        return _form(goal, sentence(refused), login), 401
    session.clear()
    session[TOKEN] = begin_session(system(), found)
    return redirect(goal or url_for("worklist.page"), 303)


@blueprint.post("/sign-out")
@everyone
def sign_out() -> Response:
    token = session.get(TOKEN)
    if token is not None:
        end_session(system(), str(token))
    session.clear()
    return redirect(url_for("session.sign_in", out=1), 303)


@blueprint.get("/preferences")
@everyone
def preferences() -> Response:
    """A link, so that it works before signing in and without scripts; it changes no case."""
    before = g.preferences
    language = request.args.get("language", before.language)
    chosen = Preferences(
        language if language in LANGUAGES else before.language,
        _switch("large", before.large),
        _switch("contrast", before.contrast),
    )
    answer = redirect(local_path(request.args.get("next")) or url_for("worklist.page"), 303)
    answer.set_cookie(
        PREFERENCES, chosen.text(), max_age=A_YEAR, httponly=True, samesite="Lax", path="/"
    )
    return answer


def local_path(text: str | None) -> str | None:
    """The path if it leads to a page of this office; None for anything that leads elsewhere."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return None
    if "\\" in text or not text.isprintable() or text.startswith("/sign-"):
        return None
    return text.removesuffix("?")


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _switch(name: str, before: bool) -> bool:
    return {"on": True, "off": False}.get(request.args.get(name, ""), before)


def _preferences() -> Preferences:
    parts = request.cookies.get(PREFERENCES, "").split(".")
    language = parts[0] if parts[0] in LANGUAGES else None
    if language is None:
        language = current_app.extensions["casesys"].settings.language
    return Preferences(language, "large" in parts, "contrast" in parts)


def _form(goal: str | None, error: str | None, login: str = "", notice: str | None = None) -> str:
    return render_template("sign_in.html", error=error, login=login, next=goal, notice=notice)
