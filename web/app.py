"""The counter: one Flask application, closed by default, strict in what a page may load."""

from __future__ import annotations

import re
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import IO, Any, cast

import flask
from flask import Flask, Response, abort, current_app, g, request, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from casesys import (
    IDLE,
    HiddenFile,
    OutOfReach,
    Settings,
    System,
    from_environment,
    require_ready,
)
from web import drafts, errors, permits, signing_in, static_files
from web.blueprints import blueprints
from web.reading import asked, t, who_words, word

MOST_FORM = 2**20
"""How many bytes a form without files may have; werkzeug reads it whole, field by field."""

AWAY_SECONDS = 1.0
"""How long a process that has never served believes that the database is away."""

PLACES = ("worklist", "ledger", "figures", "audit", "uploads", "accounts")
"""What the head of a page offers, to those whom each place lets in."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Office:
    """What a worker process works with; made on its first request, so never before a fork."""

    def __init__(self, settings: Settings | None, system: System | None) -> None:
        self._given = system
        self._settings = settings
        self._lock = Lock()
        self._away: OutOfReach | None = None
        self._away_until = 0.0

    @cached_property
    def settings(self) -> Settings:
        if self._given is not None:
            return self._given.settings
        return self._settings or from_environment()

    @property
    def system(self) -> System:
        """:raises Stopped: this release cannot serve on the database as it stands"""
        with self._lock:
            if self._given is None:
                if self._away is not None and monotonic() < self._away_until:
                    raise self._away
                self._given = self._made()
            return self._given

    def _made(self) -> System:
        made = System(self.settings, limits=self.settings.counter_limits)
        try:
            require_ready(made)
        except BaseException as fault:
            made.database.dispose()
            if isinstance(fault, OutOfReach):
                # Who waited meanwhile is told the same at once, and does not try one by one.
                self._away, self._away_until = (
                    fault.with_traceback(None),
                    monotonic() + AWAY_SECONDS,
                )
            raise
        return made


class Request(flask.Request):
    """What a browser sends; the files in it are personal, and lie on no disk as they are."""

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return cast(IO[bytes], HiddenFile())


def create_app(settings: Settings | None = None, system: System | None = None) -> Flask:
    office = Office(settings, system)
    app = Flask("web")
    app.request_class = Request
    app.extensions["casesys"] = office
    app.config.update(
        SECRET_KEY=office.settings.secret_key,
        MAX_CONTENT_LENGTH=office.settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=MOST_FORM,
        SESSION_COOKIE_NAME="casesys",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Where the office has an address of its own, nobody reads the cookie on the way to it.
        SESSION_COOKIE_SECURE=office.settings.address.startswith("https://"),
        # The token lives as long as the session: a form may stay open over lunch.
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    Bootstrap5(app)
    static_files.serve_lightly(app)
    app.before_request(signing_in.recognise)
    app.before_request(_bound_what_is_sent)
    app.before_request(_refuse_to_serve_unready)
    app.before_request(_refuse_what_is_no_text)
    app.before_request(drafts.keep_what_comes_too_late)
    app.before_request(permits.ask_who_is_there)
    # After the question who is there, so that a stranger's form is told to sign in.
    CSRFProtect(app)
    app.after_request(_guard)
    app.teardown_request(_close_what_was_sent)
    app.context_processor(_for_every_page)
    errors.register(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    return app


def _close_what_was_sent(_: BaseException | None) -> None:
    request.close()


def _bound_what_is_sent() -> None:
    """Long are only files, and those only of a reader who is signed in, or was until now."""
    known = g.get("person") or g.get("was")
    if request.mimetype != "multipart/form-data" or known is None:
        request.max_content_length = MOST_FORM


def _refuse_to_serve_unready() -> None:
    """Asked again with each request until it holds: the office may be upgraded meanwhile."""
    if request.endpoint not in permits.OPEN_ENDPOINTS:
        office: Office = current_app.extensions["casesys"]
        office.system  # noqa: B018  made with the first request


def _refuse_what_is_no_text() -> None:
    """No name, number or day of the office holds a control character; a database may stumble."""
    for text in (request.path, *request.args.values(), *request.args):
        if _CONTROL.search(text):
            abort(400)


def _guard(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in permits.OPEN_ENDPOINTS:
        # Pages hold cases of named enterprises: no cache between reader and office keeps them.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _for_every_page() -> dict[str, Any]:
    office: Office = current_app.extensions["casesys"]
    reader = g.get("person")
    return {
        "t": t,
        "word": word,
        "who_words": who_words,
        "language": g.language,
        "person": reader,
        "preferences": g.preferences,
        "office": office.settings.office,
        "clock": _clock() if reader is not None else None,
        "home": signing_in.home(reader) if reader is not None else url_for("session.sign_in"),
        "places": [name for name in PLACES if permits.lets_in(f"{name}.page", reader)],
        "may_search": permits.lets_in("search.page", reader),
        "idle_seconds": int(IDLE.total_seconds()),
    }


def _clock() -> Any:
    if g.get("without_clock"):
        return None
    found = asked()
    return {
        "today": found.today,
        "past": found.past,
        "as_of": found.as_of,
        "known_at": found.known_at if found.past else found.now,
    }
