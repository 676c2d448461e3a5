"""An answer that is kept as a file, under a name in whatever script."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def attached(content: bytes, mimetype: str, name: str, plain: str | None = None) -> Response:
    """Browsers read the second name; the first, in ASCII, is for what knows no Chinese.

    A server sends no header with Chinese in it: without this the answer is a failure.
    """
    answer = Response(content, mimetype=mimetype)
    if name.isascii():
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer
    plain = plain or f"casesys.{name.rpartition('.')[2]}"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return answer
