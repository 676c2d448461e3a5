"""What a reader is told when a page cannot be given: always a page, always a reason, no trace."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from casesys import (
    CaseIsUnknown,
    CommandIdReused,
    EvidenceRefused,
    FieldsRefused,
    NotPermitted,
    OutOfReach,
    Refused,
    SealBroken,
    Stopped,
    StoreIsBusy,
    StreamIsUnknown,
    TookTooLong,
    TooMuchToFold,
)
from web.drafts import is_ours, keep_what_failed
from web.forms import FORMS
from web.reading import NoSuchDay, t
from web.refusals import Told, sentence
from web.signing_in import local_path

HAS_WORDS = frozenset({400, 403, 404, 405, 409, 410, 413, 429, 500, 503})
RETRY_AFTER_SECONDS = 60
AWAY_SECONDS = 10
"""A database that is started anew is back in less; whoever asks sooner is told as fast."""

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def page(
    code: int,
    reason: str | None = None,
    number: str | None = None,
    title: str | None = None,
    draft: str | None = None,
    again: Sequence[tuple[str, str]] | None = None,
    reopen: str | None = None,
) -> tuple[str, int]:
    # The page of an error shows no clock: the day in the address may be what was wrong.
    g.without_clock = True
    shown = code if code in HAS_WORDS else 400 if code < 500 else 500
    title = title or t(f"error.{shown}.title")
    return render_template(
        "error.html",
        code=shown,
        title=title,
        reason=reason,
        number=number,
        draft=draft,
        again=again,
        reopen=reopen,
    ), code


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Told, _told)
    app.register_error_handler(NoSuchDay, lambda fault: page(400, t("page.no_such_day")))
    app.register_error_handler(CaseIsUnknown, lambda fault: page(404, t("page.case_unknown")))
    app.register_error_handler(StreamIsUnknown, lambda fault: page(404))
    app.register_error_handler(CommandIdReused, lambda fault: page(409, t("page.id_reused")))
    app.register_error_handler(TooMuchToFold, lambda fault: page(400, t("list.too_wide")))
    app.register_error_handler(StoreIsBusy, _busy)
    app.register_error_handler(TookTooLong, _too_long)
    app.register_error_handler(Stopped, _stopped)
    app.register_error_handler(OutOfReach, _away)
    # The key was changed since this process began, or a field was moved: nothing was shown.
    app.register_error_handler(SealBroken, lambda fault: page(503, t("stopped.seal_broken")))
    app.register_error_handler(NotPermitted, lambda fault: page(403))
    app.register_error_handler(EvidenceRefused, _evidence)
    app.register_error_handler(Refused, lambda fault: page(409, sentence(fault)))
    app.register_error_handler(
        FieldsRefused, lambda fault: page(400, t(next(iter(fault.problems.values()))))
    )
    app.register_error_handler(Exception, _fault)


def _http(fault: HTTPException) -> Answer:
    code = fault.code or 500
    if code < 400:
        # A redirect that the router asks for is no error.
        return fault.get_response()  # type: ignore[return-value]
    if isinstance(fault, CSRFError):
        return page(400, t("page.csrf"), draft=keep_what_failed() if is_ours() else None)
    if isinstance(fault, RequestEntityTooLarge):
        return page(413, _too_large(), draft=keep_what_failed())
    # A library's own words are English and meant for programmers: ours stand in the catalogue.
    return page(code)


def _too_large() -> str | None:
    """A file over the limit, unless the form was long in text or had too many parts."""
    most = request.max_content_length or 0
    sent = request.content_length
    if request.mimetype != "multipart/form-data" or (sent is not None and sent <= most):
        return None
    return t("error.file_too_large", most=most // 2**20)


def _told(fault: Told) -> tuple[str, int]:
    return page(fault.code, fault.reason)


def _busy(fault: Exception) -> Answer:
    body, code = page(503)
    return body, code, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _stopped(fault: Stopped) -> Answer:
    body, code = page(503, fault.said(g.language), title=t("error.stopped.title"))
    return body, code, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _too_long(fault: Exception) -> Answer:
    seconds = current_app.extensions["casesys"].settings.statement_seconds
    words = t("error.too_long.words", seconds=seconds)
    body, code = page(503, words, title=t("error.too_long.title"))
    return body, code, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _away(fault: Exception) -> Answer:
    """The page asks the database nothing, and holds what was sent: it may be sent once more.

    Nobody knows whether a command that got no answer was recorded; its id makes it act once.
    """
    again, reopen = None, None
    if request.method != "POST":
        words, reopen = t("error.away.words"), local_path(request.full_path.rstrip("?"))
    elif request.endpoint not in FORMS:
        words = t("error.away.sent")
    else:
        files = any(file.filename for file in request.files.values())
        words = t("error.away.form_with_files" if files else "error.away.form")
        again = list(request.form.items(multi=True))
    body, code = page(503, words, title=t("error.away.title"), again=again, reopen=reopen)
    return body, code, {"Retry-After": str(AWAY_SECONDS)}


def _evidence(fault: EvidenceRefused) -> tuple[str, int]:
    lost = fault.code in ("evidence.unknown", "evidence.damaged")
    return page(404 if lost else 400, sentence(fault))


def _fault(fault: Exception) -> tuple[str, int]:
    if current_app.testing:
        raise fault
    number = uuid4().hex[:8]
    current_app.logger.exception("request %s failed", number)
    return page(500, None, number, draft=keep_what_failed())
