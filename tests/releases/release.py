"""A release as somebody uses it who knows only its command line and its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from socket import create_server
from typing import Any
from uuid import uuid4

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = re.compile(r'<form class="form".*?</form>', re.DOTALL)
PATIENCE = 60
"""How many seconds a release may take to begin serving."""


class Release:
    """A checkout at work in a home folder; everything in it is invented."""

    def __init__(self, checkout: Path, home: Path) -> None:
        self._checkout = checkout
        self._environment = {
            **os.environ,
            "CASESYS_HOME": str(home),
            "CASESYS_LANGUAGE": "en",
            "PYTHONPATH": str(checkout),
            # Whoever makes the fixture is nobody's concern.
            "LOGNAME": "maker",
        }

    @property
    def version(self) -> str:
        project = tomllib.loads((self._checkout / "pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])

    def run(self, *words: str | Path) -> str:
        """What a command of it prints.

        :raises CalledProcessError: it refuses
        """
        return self._run("-m", "casesys", *map(str, words))

    def python(self, text: str) -> str:
        return self._run("-c", text)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self._checkout,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def answer(self, *words: str | Path) -> Any:
        return json.loads(self.run(*words, "--json"))

    @contextmanager
    def serving(self) -> Iterator[str]:
        with create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        words = [sys.executable, "-m", "casesys", "serve", "--port", port, "--workers", "1"]
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(
            words, cwd=self._checkout, env=self._environment, stdout=quiet, stderr=quiet
        )
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + PATIENCE
            while not _answers(address):
                if time.monotonic() > until:
                    raise TimeoutError("the release does not serve")
                time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            server.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/sign-in"):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


class Visitor:
    """Somebody at a browser, who fills in forms as they stand on the page."""

    def __init__(self, address: str, login: str, password: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self.send("/sign-in", login=login, password=password)

    def send(self, path: str, **typed: str | bytes) -> str:
        """Open a form and send it with what it carries hidden; answers are confirmed.

        :raises ValueError: the office does not take it
        """
        given = self._post(path, {**_hidden(self._open(path)), **typed})
        if 'value="confirmed"' in given:
            given = self._post(path, {**_hidden(given), "step": "confirmed"})
        return given

    def _open(self, path: str, body: bytes | None = None, kind: str = "") -> str:
        headers = {"Content-Type": kind} if kind else {}
        asked = urllib.request.Request(self._address + path, body, headers)
        try:
            with self._opener.open(asked) as page:
                return str(page.read().decode())
        except urllib.error.HTTPError as refused:
            words = re.sub(r"<[^>]+>|\s+", " ", refused.read().decode())
            raise ValueError(f"{path}: {refused.code} {words[-1500:]}") from refused

    def _post(self, path: str, fields: dict[str, str | bytes]) -> str:
        border = uuid4().hex
        parts = []
        for name, value in fields.items():
            is_file = isinstance(value, bytes)
            head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"'
            head += '; filename="photo.png"\r\nContent-Type: image/png' if is_file else ""
            content = value if isinstance(value, bytes) else value.encode()
            parts.append(f"{head}\r\n\r\n".encode() + content)
        body = b"\r\n".join([*parts, f"--{border}--\r\n".encode()])
        return self._open(path, body, f"multipart/form-data; boundary={border}")


def _hidden(page: str) -> dict[str, str | bytes]:
    main = page[page.find("<main") :]
    forms = _FORM.findall(main)
    carried: dict[str, str | bytes] = dict(_HIDDEN.findall(page)[:1])
    carried |= {
        name: unescape(value) for name, value in _HIDDEN.findall(forms[-1] if forms else main)
    }
    return carried
