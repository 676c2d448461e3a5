"""The office served as in production: ``casesys serve`` with gunicorn workers, on a free port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener, urlopen

ROOT = Path(__file__).parent.parent
PATIENCE = 60


@contextmanager
def casesys_served(
    environ: Mapping[str, str], workers: int = 2
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address, and the process that leads the workers; all of them end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "casesys", "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [*command, "--workers", str(workers)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(address, server)
            yield address, server
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode("utf-8", "replace")[-20000:])
            raise
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return
        except (URLError, OSError):
            sleep(0.1)
    raise AssertionError("the server does not answer")


class Browser:
    """One reader of the served pages, with the cookies of a browser."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(), _NoRedirect())

    def sign_in(self, login: str, password: str) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/sign-in").text)
        assert token is not None
        typed = {"csrf_token": token[1], "login": login, "password": password}
        assert self.post("/sign-in", typed).code == 303

    def get(self, path: str) -> Answer:
        return self._answer(path, None)

    def post(self, path: str, typed: Mapping[str, str]) -> Answer:
        return self._answer(path, urlencode(typed).encode())

    def _answer(self, path: str, typed: bytes | None) -> Answer:
        begun = monotonic()
        try:
            found = self._opener.open(self._address + path, typed, timeout=PATIENCE)
        except HTTPError as refused:
            found = refused
        with found:
            text = found.read().decode()
            return Answer(found.status or 0, text, found.headers, monotonic() - begun)


class Answer(NamedTuple):
    """What came, and how many seconds it took."""

    code: int
    text: str
    headers: Message
    seconds: float


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """An answer that leads elsewhere is an answer."""
