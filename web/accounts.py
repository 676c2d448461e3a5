"""Accounts: one administrator opens and closes them, another grants roles, an auditor watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casesys import (
    COMMANDS,
    ROLES,
    AccountView,
    FieldsRefused,
    Given,
    NotPermitted,
    Permit,
    Person,
    Receipt,
    Refused,
    accounts_page,
    give_noted,
    noting,
    one_time_password,
    reset_code,
    see_account,
    set_password,
    unit_names,
    unlock,
)
from web.paging import page_asked
from web.permits import permit
from web.proving import ask_for_proof
from web.reading import system, t, who_words, word
from web.refusals import sentence

blueprint = Blueprint("accounts", __name__)

STATES = ("open", "closed", "all")
MOST_WORDS = 60

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Deed:
    """One act on an account: its command, when it is offered, and what does it."""

    command: str
    offered: Callable[[AccountView], bool]

    @property
    def permit(self) -> Permit:
        return COMMANDS[self.command].permit


def _open(view: AccountView) -> bool:
    return not view.line.closed


DEEDS = {
    "grant": Deed("grant_role", lambda view: _open(view) and bool(view.grantable)),
    "revoke": Deed("revoke_role", lambda view: _open(view) and bool(view.line.roles)),
    "code": Deed("reset_code", lambda view: _open(view) and view.line.has_code),
    "password": Deed("reset_password", _open),
    "unlock": Deed("unlock_account", lambda view: _open(view) and bool(view.line.locked_until)),
    "sessions": Deed("end_sessions", lambda view: _open(view) and view.sessions > 0),
    "close": Deed("close_account", _open),
    "erase": Deed("erase_name", lambda view: view.line.closed and view.named),
}
"""By the last part of their address, in the order in which a page offers them."""


@blueprint.get("/accounts")
@permit(Permit.ACCOUNTS, Permit.GRANT, Permit.AUDIT)
def page() -> str:
    asked = {name: request.args.get(name, "").strip() for name in ("q", "role", "state")}
    state = asked["state"] if asked["state"] in STATES else "open"
    role = asked["role"] if asked["role"] in ROLES else ""
    answer = accounts_page(system(), asked["q"][:MOST_WORDS], role, state, page_asked())
    return render_template(
        "accounts/page.html",
        answer=answer,
        q=asked["q"][:MOST_WORDS],
        role=role,
        state=state,
        states=STATES,
        roles=ROLES,
        may_open=Permit.ACCOUNTS in g.person.permits,
        title=t("place.accounts"),
        crumbs=[(t("place.accounts"), None)],
    )


@blueprint.get("/accounts/<uuid:account>")
@permit(Permit.ACCOUNTS, Permit.GRANT, Permit.AUDIT)
def one(account: UUID) -> str:
    view = _look(account)
    return render_template(
        "accounts/one.html",
        view=view,
        line=view.line,
        deeds=[
            {"name": name, "words": t(f"command.{deed.command}")}
            for name, deed in _offered(view).items()
        ],
        moments=[
            {"entry": e, "words": t(f"topic.{e.topic}"), "facts": _facts(e), "who": _who(e.actor)}
            for e in view.entries
        ],
        own=str(account) == g.person.id,
        title=view.line.login,
        crumbs=_crumbs(None, view.line.login),
    )


@blueprint.route("/accounts/open", methods=["GET", "POST"])
@permit(Permit.ACCOUNTS)
def begin() -> Answer:
    return _take("open", None) if request.method == "POST" else _form("open", None)


@blueprint.route("/accounts/<uuid:account>/<deed>", methods=["GET", "POST"])
@permit(Permit.ACCOUNTS, Permit.GRANT)
def act(account: UUID, deed: str) -> Answer:
    view = _look(account)
    known = DEEDS.get(deed)
    if known is None:
        abort(404)
    reader: Person = g.person
    if known.permit not in reader.permits:
        with noting(system(), reader.id, known.command, account):
            reader.require(known.permit)
    if request.method == "POST":
        return _take(deed, view)
    if deed not in _offered(view):
        flash(t("accounts.not_now", what=t(f"command.{known.command}")), "soon")
        return redirect(url_for("accounts.one", account=account), 303)
    return _form(deed, view)


def _take(deed: str, view: AccountView | None) -> Answer:
    """Ask for the proof, then act; what is refused comes back with what was typed."""
    asked = ask_for_proof()
    if asked is not None:
        return asked
    command = _command(deed)
    raw = {name: request.form.get(name, "").strip() for name in COMMANDS[command].fields}
    raw = {name: value for name, value in raw.items() if value}
    try:
        return _done(deed, view, raw)
    except FieldsRefused as refused:
        errors = {name: t(code) for name, code in refused.problems.items()}
        return _form(deed, view, raw, errors), 422
    except NotPermitted:
        raise
    except Refused as refused:
        field = {"login_is_taken": "login", "unit_is_unknown": "unit"}.get(refused.code)
        words = sentence(refused)
        if field is not None:
            return _form(deed, view, raw, {field: words}), 422
        return _form(deed, view, raw, {}, [words]), 422


def _done(deed: str, view: AccountView | None, raw: dict[str, Any]) -> Answer:
    reader: Person = g.person
    if view is None:
        receipt = give_noted(system(), COMMANDS["open_account"], raw, Given(reader))
        return _with_password(receipt.stream, str(raw["login"]))
    account = UUID(view.line.id)
    if deed == "password":
        return _with_password(account, view.line.login)
    with noting(system(), reader.id, DEEDS[deed].command, account):
        _act(deed, account, raw, reader)
    flash(t(f"command.{DEEDS[deed].command}.done"), "done")
    return redirect(url_for("accounts.one", account=account), 303)


def _act(deed: str, account: UUID, raw: dict[str, Any], reader: Person) -> Receipt:
    if deed == "unlock":
        return unlock(system(), reader, account)
    if deed == "code":
        return reset_code(system(), reader, account, raw.get("explanation", ""))
    return system().give(COMMANDS[DEEDS[deed].command], raw, Given(reader, account))


def _with_password(account: UUID, login: str) -> Answer:
    """Shown in the answer itself and nowhere else: no address leads back to it."""
    password = one_time_password(login)
    with noting(system(), g.person.id, "reset_password", account):
        set_password(system(), g.person, account, password)
    return render_template(
        "accounts/password.html",
        account=account,
        login=login,
        password=password,
        title=t("accounts.password_title", login=login),
        crumbs=_crumbs(account, login, t("accounts.password_crumb")),
    )


def _form(
    deed: str,
    view: AccountView | None,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    others: list[str] | None = None,
) -> str:
    command = _command(deed)
    words = t(f"command.{command}")
    account = UUID(view.line.id) if view is not None else None
    return render_template(
        "accounts/form.html",
        view=view,
        deed=deed,
        specs=list(COMMANDS[command].fields.values()),
        values=values or {},
        errors=errors or {},
        others=others or [],
        options=_options(deed, view),
        back=url_for("accounts.one", account=account) if account else url_for("accounts.page"),
        title=words,
        crumbs=_crumbs(account, view.line.login if view else None, words),
    )


def _command(deed: str) -> str:
    return "open_account" if deed == "open" else DEEDS[deed].command


def _options(deed: str, view: AccountView | None) -> dict[str, list[tuple[str, str]]]:
    if view is None:
        return {"unit": [(unit, unit) for unit in unit_names(system())]}
    roles = {"grant": view.grantable, "revoke": view.line.roles}.get(deed, ())
    return {"role": [(str(role), word("Role", role)) for role in roles]}


def _offered(view: AccountView) -> dict[str, Deed]:
    """What this reader may do with the account now; nobody does it with their own."""
    if view.line.id == g.person.id:
        return {}
    permits = g.person.permits
    return {n: d for n, d in DEEDS.items() if d.permit in permits and d.offered(view)}


def _look(account: UUID) -> AccountView:
    view = see_account(system(), account)
    if view is None:
        abort(404)
    return view


def _who(actor: str) -> str:
    found = see_account(system(), UUID(actor)) if ":" not in actor else None
    return found.line.login if found is not None else who_words(actor)


def _facts(entry: Any) -> str:
    """What an entry says besides its kind: the role, or why."""
    role = entry.data.get("role")
    return word("Role", role) if role else str(entry.data.get("explanation", ""))


def _crumbs(account: UUID | None, *rest: str | None) -> list[tuple[str, str | None]]:
    path: list[tuple[str, str | None]] = [(t("place.accounts"), url_for("accounts.page"))]
    named = [words for words in rest if words]
    for words in named:
        leads = account is not None and words is named[0] and len(named) > 1
        path.append((words, url_for("accounts.one", account=account) if leads else None))
    return path
