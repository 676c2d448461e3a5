"""Hands for tests of the pages: a signed-in reader who fills in forms as they stand on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from threading import Thread
from types import CodeType
from typing import Any

from flask import Flask, Response
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from casesys import begin_session
from casesys.permits import Person
from casesys.system import System
from tests.offices import OFFICER, PASSWORD
from web.app import create_app

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TAGS = re.compile(r"<[^>]+>")


class _Compiled(BytecodeCache):
    """The templates of one process, each compiled once for all the counters that tests open.

    To compile them takes many times as long as to fill them.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key] = bucket.checksum, bucket.code


_COMPILED = _Compiled()


def app_of(system: System) -> Flask:
    """The counter of this office; a fault is shown to the test, not wrapped in a page."""
    app = create_app(system=system)
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    app.after_request(_sendable)
    return app


def _sendable(answer: Response) -> Response:
    """A server refuses a header that is not ASCII; the client of the tests would take it."""
    assert all(value.isascii() for _, value in answer.headers), list(answer.headers)
    return answer


class Reader:
    """One person at one browser."""

    def __init__(self, app: Flask, login: str | None = OFFICER) -> None:
        self.client: FlaskClient = app.test_client()
        if login is not None:
            self.sign_in(login)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.send("/sign-in", login=login, password=password, **more)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(path, query_string=query or None)

    def send(self, path: str, to: str | None = None, **typed: Any) -> TestResponse:
        """Open a form and send it with what it carries hidden, and what is typed here."""
        return self.client.post(
            to or path.split("?")[0],
            data={**hidden(self.get_page(path)), **typed},
            content_type="multipart/form-data",
        )

    def answer(self, page: TestResponse, to: str, **typed: Any) -> TestResponse:
        """Send the form of a page that was already given, hidden fields and all."""
        return self.client.post(to, data={**hidden(page.text), **typed})

    def get_page(self, path: str) -> str:
        return self.client.get(path).text

    def get_page_status(self, path: str) -> int:
        return self.client.get(path).status_code

    def do(self, case: str, command: str, /, **typed: Any) -> TestResponse:
        """Give a command on a case; where answers are checked first, confirm them."""
        path = f"/cases/{case}/do/{command}"
        given = self.send(path, **typed)
        if given.status_code == 200 and 'value="confirmed"' in given.text:
            given = self.answer(given, path, step="confirmed")
        return given


def hidden(page: str) -> dict[str, Any]:
    """What the last form of a page carries hidden; a name that comes twice is a list."""
    main = page[page.find("<main") :]
    forms = re.findall(r'<form class="form".*?</form>', main, re.DOTALL)
    # A page without a form of its own still has the one that signs out, with the token.
    carried: dict[str, Any] = dict(_HIDDEN.findall(page)[:1])
    for name, value in _HIDDEN.findall(forms[-1] if forms else main):
        words = unescape(value)
        if name in carried:
            before = carried[name]
            carried[name] = [*(before if isinstance(before, list) else [before]), words]
        else:
            carried[name] = words
    return carried


def words_of(page: str) -> str:
    """The page as a reader reads it, without its markup."""
    return " ".join(unescape(_TAGS.sub(" ", page)).split())


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The counter on a free port of this machine, for a real browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def signed_in_cookie(app: Flask, person: Person) -> tuple[str, str]:
    """The cookie of a session that this person began, for a browser that did not type it in."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["token"] = begin_session(app.extensions["casesys"].system, person, with_code=True)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    return name, cookie.value
