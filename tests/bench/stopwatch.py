"""What every measured process shares: the same cases, one stop-watch, one way to answer.

It imports nothing of ours, so that peers in an environment of their own can use it.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

EVENTS = 12
"""How many entries every case has; the measured command adds the thirteenth."""
AT = "2021-07-22T06:20:00.000000Z"
DATABASE = "BENCH_DATABASE_URL"
"""Names the PostgreSQL database that is measured; without it the place is a file's."""


def number_of(case: int) -> str:
    return f"B2021-01-{case:05d}"


def chosen(count: int, cases: int) -> list[int]:
    """The same cases for everyone who is measured, each touched once."""
    return random.Random(7).sample(range(cases), count)


def database_url() -> str | None:
    return os.environ.get(DATABASE)


def parts_of(url: str) -> dict[str, str]:
    """What a driver asks one by one: a database that is reached through a socket's folder."""
    found = urlsplit(url)
    asked = parse_qs(found.query)
    return {
        "dbname": found.path.lstrip("/"),
        "host": asked.get("host", [found.hostname or ""])[0],
        "port": asked.get("port", [str(found.port or 5432)])[0],
        "user": found.username or "",
        "password": found.password or "",
    }


def alchemy_url(file: Path) -> str:
    """The same for SQLAlchemy, which is told the driver; the file where there is no server."""
    url = database_url()
    return f"sqlite:///{file}" if url is None else url.replace("://", "+psycopg://", 1)


def peak() -> int:
    """The most memory that this process has held so far, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def must_be_full(row: Sequence[Any] | None) -> None:
    if row is None or row[0] != 2:
        raise SystemExit("a peer does not run with synchronous=FULL")


class Each:
    """One act after the other, and the seconds that each took."""

    def __init__(self, items: Iterable[Any], act: Callable[[Any], Any]) -> None:
        self._items, self._act = items, act
        self.taken: list[float] = []

    def __call__(self) -> None:
        for item in self._items:
            begun = perf_counter()
            self._act(item)
            self.taken.append(perf_counter() - begun)


def timed(done: int, work: Callable[[], Any], **beside: Any) -> dict[str, Any]:
    """Do the work once; ``done`` is how many things it does."""
    own = os.times()
    begun = perf_counter()
    work()
    seconds = perf_counter() - begun
    now = os.times()
    spent = now.user - own.user + now.system - own.system
    said = {"done": done, "seconds": seconds, "processor": spent, "peak": peak()}
    if isinstance(work, Each):
        beside["taken"] = work.taken
    return said | beside


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
