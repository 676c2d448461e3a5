"""The files of the look: sent compressed, asked for once, and again only when they changed."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from werkzeug.security import safe_join

ENDPOINTS = frozenset({"static", "bootstrap.static"})
A_YEAR = 365 * 24 * 3600
COMPRESSED = ("text/css", "text/javascript", "image/svg+xml")
"""Not the pages: they hold a secret token beside words of the reader's own, and the length of
what is compressed would tell a listener one from the other, letter by letter."""


def serve_lightly(app: Flask) -> None:
    """An address of a file carries a mark of its content: it may be kept until that changes."""
    app.config.update(
        SEND_FILE_MAX_AGE_DEFAULT=A_YEAR,
        COMPRESS_MIMETYPES=list(COMPRESSED),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_REGISTER=True,
    )
    Compress(app)
    app.after_request(_read_whole)
    app.url_defaults(lambda endpoint, values: _mark(app, endpoint, values))


def _read_whole(answer: Response) -> Response:
    """What is compressed piece by piece leaves its file open; ours are small enough to hold."""
    if request.endpoint in ENDPOINTS and answer.mimetype in COMPRESSED:
        content = b"".join(answer.iter_encoded())
        answer.close()
        answer.direct_passthrough = False
        answer.set_data(content)
    return answer


def _mark(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    if endpoint not in ENDPOINTS or "v" in values:
        return
    place = app if endpoint == "static" else app.blueprints["bootstrap"]
    found = safe_join(place.static_folder or "", values["filename"])
    if found is not None and (mark := _content_mark(found)):
        values["v"] = mark


@cache
def _content_mark(path: str) -> str:
    file = Path(path)
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
