"""Each reader's own language, letter size and contrast, on this machine and in the account."""

from __future__ import annotations

from flask import current_app, g, request
from werkzeug.wrappers import Response

from casesys import LANGUAGES, Person, Preferences, keep_preferences, kept_preferences
from web.reading import system

COOKIE = "casesys_preferences"
A_YEAR = 365 * 24 * 3600


def of_this_machine() -> Preferences:
    """What the cookie says, which says nothing else."""
    parts = request.cookies.get(COOKIE, "").split(".")
    language = parts[0] if parts[0] in LANGUAGES else None
    if language is None:
        language = current_app.extensions["casesys"].settings.language
    return Preferences(language, "large" in parts, "contrast" in parts)


def chosen() -> Preferences:
    """What the address asks to change, and the rest as it was."""
    before: Preferences = g.preferences
    language = request.args.get("language", before.language)
    return Preferences(
        language if language in LANGUAGES else before.language,
        _switch("large", before.large),
        _switch("contrast", before.contrast),
    )


def remember(answer: Response, wanted: Preferences, person: Person | None = None) -> Response:
    """Keep them on this machine, and where somebody is signed in also in the account."""
    if person is not None:
        keep_preferences(system(), person, wanted)
    parts = [wanted.language, *(n for n in ("large", "contrast") if getattr(wanted, n))]
    answer.set_cookie(
        COOKIE,
        ".".join(parts),
        max_age=A_YEAR,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
        path="/",
    )
    return answer


def bring(answer: Response, person: Person) -> Response:
    """What the account keeps comes to the machine at which its owner signs in."""
    kept = kept_preferences(system(), person)
    return remember(answer, kept) if kept is not None else answer


def _switch(name: str, before: bool) -> bool:
    return {"on": True, "off": False}.get(request.args.get(name, ""), before)
