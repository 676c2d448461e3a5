"""Signing in and out: the password, then the one-time code where the account has one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from casesys import (
    Permit,
    Person,
    Refused,
    Session,
    Stopped,
    StoreIsBusy,
    begin_session,
    check_code,
    check_password,
    end_session,
    find_session,
    instant,
    moment,
    name_of,
    note_attempt,
    noting,
    person_by_id,
    person_of,
    typed_login,
)
from web import preferences as preferred
from web.permits import EVERYONE, OPEN_ENDPOINTS, everyone
from web.reading import system, t
from web.refusals import sentence

blueprint = Blueprint("session", __name__)

TOKEN = "token"
BY = "by"
"""How the session was begun; noted once it is complete."""
WHOSE = "whose"
"""Whose session this was and when it was first seen: it outlives the session itself."""
REMEMBERED = timedelta(days=1)

UNFINISHED = frozenset(
    {
        "own.password",
        "own.password_now",
        "own.code",
        "own.code_now",
        "proving.page",
        "proving.page_now",
    }
)
"""What is open to somebody who must first choose a password or set up one-time codes.

The proof is among them: codes are set up by whoever proved only just who they are."""


@dataclass(frozen=True, slots=True)
class Reader(Person):
    """Who is signed in, with the name that the log keeps sealed."""

    @property
    def name(self) -> str:
        # The head of every page says it, also of the page that says why there is no answer.
        with suppress(StoreIsBusy, Stopped):
            return name_of(system(), self.id) or self.login
        return self.login


def recognise() -> Response | None:
    """Before every request: the reader's preferences, and who the reader is."""
    g.preferences = preferred.of_this_machine()
    g.language = g.preferences.language
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    token = session.get(TOKEN)
    found = find_session(system(), str(token)) if token is not None else None
    if found is not None and found.wants_code:
        # The password alone is nobody yet.
        g.half = found
        return None
    if found is not None:
        if session.get(WHOSE, [None])[0] != found.person.id:
            session[WHOSE] = [found.person.id, system().now()]
        g.token, g.session, g.person = token, found, _reader(found.person)
        return _first_of_all(found)
    if token is not None:
        session.pop(TOKEN)
        g.session_is_over = True
    if request.method == "POST" and WHOSE in session:
        g.was = _who_was_here(*session[WHOSE])
    return None


def _first_of_all(found: Session) -> Response | None:
    """Where a password of one's own, or the codes of an administrator, must come first."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in UNFINISHED or getattr(view, "permits", None) == EVERYONE:
        return None
    # Who came through the provider knows no password of ours, and needs none.
    if found.of_another and session.get(BY) != "sign_in_by_provider":
        return redirect(url_for("own.password"), 303)
    return redirect(url_for("own.code"), 303) if found.wants_enrolment else None


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
        return redirect(_further(goal, g.person), 303)
    if g.get("half") is not None and "again" not in request.args:
        return redirect(url_for("session.code", next=goal), 303)
    over = t("signin.over") if g.get("session_is_over") or "over" in request.args else None
    if over is not None and "kept" in request.args:
        over = t("signin.kept")
    return sign_in_page(
        goal, None, notice=over or (t("signin.out") if "out" in request.args else None)
    )


@blueprint.post("/sign-in", endpoint="sign_in_now")
@everyone
def sign_in_now() -> str | Response | tuple[str, int]:
    goal = local_path(request.form.get("next"))
    login = _plain(request.form.get("login", "")[:200])
    known = person_of(system(), login)
    who = known.id if known is not None else typed_login(login)
    try:
        with noting(system(), who, "sign_in"):
            found = check_password(system(), login, request.form.get("password", "")[:1000])
    except Refused as refused:
        return sign_in_page(goal, sentence(refused), login), 401
    return come_in(found, goal, "sign_in")


def come_in(found: Person, goal: str | None, by: str, *, proved: bool = True) -> Response:
    """Begin a session for somebody who was recognised; the code is asked for where there is one."""
    session.clear()
    session[TOKEN], session[BY] = begin_session(system(), found, proved=proved), by
    begun = find_session(system(), session[TOKEN])
    if begun is not None and begun.wants_code:
        return redirect(url_for("session.code", next=goal), 303)
    return _is_in(found, goal)


def _is_in(found: Person, goal: str | None) -> Response:
    note_attempt(system(), found.id, session.get(BY, "sign_in"))
    return preferred.bring(redirect(_further(goal, found), 303), found)


@blueprint.get("/sign-in/code")
@everyone
def code() -> str | Response:
    goal = local_path(request.args.get("next"))
    if g.get("half") is None:
        return redirect(url_for("session.sign_in", next=goal), 303)
    return render_template("sign_in_code.html", error=None, next=goal)


@blueprint.post("/sign-in/code", endpoint="code_now")
@everyone
def code_now() -> str | Response | tuple[str, int]:
    goal = local_path(request.form.get("next"))
    half: Session | None = g.get("half")
    if half is None:
        return redirect(url_for("session.sign_in", next=goal), 303)
    try:
        with noting(system(), half.person.id, session.get(BY, "sign_in")):
            check_code(system(), half.person, request.form.get("code", "")[:40])
    except Refused as refused:
        return render_template("sign_in_code.html", error=sentence(refused), next=goal), 401
    # Another token than the one that the password alone had opened.
    end_session(system(), str(session[TOKEN]))
    session[TOKEN] = begin_session(system(), half.person, with_code=True)
    return _is_in(half.person, goal)


@blueprint.post("/sign-out")
@everyone
def sign_out() -> Response:
    token = session.get(TOKEN)
    if token is not None:
        end_session(system(), str(token))
    if g.get("person") is not None:
        note_attempt(system(), g.person.id, "sign_out")
    session.clear()
    return redirect(url_for("session.sign_in", out=1), 303)


@blueprint.get("/session")
@everyone
def stay() -> Response:
    """A page left open says that somebody still works on it; asked by the script, never shown."""
    return Response(status=204 if g.get("person") is not None else 401)


@blueprint.get("/preferences")
@everyone
def preferences() -> Response:
    """A link, so that it works before signing in and without scripts; it changes no case."""
    reader: Person | None = g.get("person")
    goal = local_path(request.args.get("next"))
    answer = redirect(goal or (home(reader) if reader else url_for("session.sign_in")), 303)
    return preferred.remember(answer, preferred.chosen(), reader)


def home(reader: Person) -> str:
    """Where somebody begins: at the log, the cases or the accounts, whichever is theirs."""
    if Permit.AUDIT in reader.permits:
        return url_for("audit.page")
    if Permit.READ in reader.permits:
        return url_for("worklist.page")
    if reader.permits & {Permit.ACCOUNTS, Permit.GRANT}:
        return url_for("accounts.page")
    return url_for("own.page") if Permit.OWN in reader.permits else url_for("worklist.page")


def _further(goal: str | None, reader: Person) -> str:
    """Where somebody wanted to go; the front page is each one's own."""
    return home(reader) if goal in (None, "/") else str(goal)


def local_path(text: str | None) -> str | None:
    """The path if it leads to a page of this office; None for anything that leads elsewhere."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return None
    if "\\" in text or not text.isprintable() or text.startswith(("/sign-", "/session")):
        return None
    return text.removesuffix("?")


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def sign_in_page(
    goal: str | None, error: str | None, login: str = "", notice: str | None = None
) -> str:
    provider = current_app.extensions["casesys"].settings.provider is not None
    return render_template(
        "sign_in.html", error=error, login=login, next=goal, notice=notice, provider=provider
    )
