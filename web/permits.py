"""Who may see which page: every view is closed unless it says what it asks of its reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from casesys import Permit, Person

View = TypeVar("View", bound=Callable[..., Any])

EVERYONE = "everyone"
OPEN_ENDPOINTS = frozenset({"static", "bootstrap.static", "health.lives", "health.ready"})
"""What is the same for everyone: the files of the look, and what a watching machine asks.

Nothing of ours happens before them: they answer when the database does not."""


def permit(*wanted: Permit) -> Callable[[View], View]:
    """Let in whoever is signed in and holds one of these permits."""

    def mark(view: View) -> View:
        view.permits = frozenset(wanted)  # type: ignore[attr-defined]
        return view

    return mark


def everyone(view: View) -> View:
    """Let in whoever comes, signed in or not."""
    view.permits = EVERYONE  # type: ignore[attr-defined]
    return view


def person() -> Person:
    """Who is signed in; a view with a permit always has one."""
    found: Person | None = g.get("person")
    if found is None:
        abort(403)
    return found


def lets_in(endpoint: str, reader: Person | None) -> bool:
    """Whether this reader may open a page, so that no link leads to a closed one."""
    wanted: Any = getattr(current_app.view_functions[endpoint], "permits", frozenset())
    return wanted == EVERYONE or (reader is not None and bool(wanted & reader.permits))


def ask_who_is_there() -> Response | None:
    """Before every request: refuses a view that forgot to say whom it lets in."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
        return None
    view = current_app.view_functions[request.endpoint]
    wanted = getattr(view, "permits", None)
    if wanted == EVERYONE:
        return None
    if wanted is None:
        abort(403)
    reader: Person | None = g.get("person")
    if reader is None:
        here = request.full_path if request.query_string else request.path
        over = 1 if g.get("session_is_over") or request.method not in ("GET", "HEAD") else None
        kept = 1 if g.get("kept") else None
        return redirect(url_for("session.sign_in", next=here, over=over, kept=kept), 303)
    if not wanted & reader.permits:
        abort(403)
    return None
