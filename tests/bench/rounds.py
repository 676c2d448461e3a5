"""Rounds of processes, one after the other, each on a fresh copy of its database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.server import ROUND, Server
from tests.bench.stopwatch import DATABASE

PATIENCE = 600
"""Seconds after which a process is taken to hang; the bench ends then."""
ROOT = Path(__file__).parent.parent.parent
PEERS = ROOT / ".venv/peers/bin/python"


@dataclass(slots=True)
class Contender:
    """One thing that is measured: its words, its process, and what its rounds said."""

    words: str
    module: str
    job: str
    store: str
    count: int
    postgresql: bool = False
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def speeds(self) -> list[float]:
        return [answer["done"] / answer["seconds"] for answer in self.answers]

    @property
    def speed(self) -> float:
        return median(self.speeds)

    @property
    def microseconds(self) -> float:
        """Processor time for one, which a busy machine disturbs less than the clock's.

        On PostgreSQL the server's own is not in it.
        """
        return 1e6 * median(float(a["processor"]) / int(a["done"]) for a in self.answers)


class Bench:
    """A folder on the disk that is measured, with the prepared stores."""

    def __init__(self, home: Path, cases: int, server: Server | None, prefix: str = "") -> None:
        self.home = home
        self.prefix = prefix
        self.cases = cases
        self.server = server
        self.prepared: dict[str, dict[str, Any]] = {}

    def prepare(self, module: str, store: str, job: str, postgresql: bool) -> float:
        """Make a store that every round has a copy of; the seconds that it took."""
        place, url = self.home / named(store, postgresql), None
        if postgresql:
            assert self.server is not None
            url = self.server.make(self.prefix + place.name)
        said = self.process(module, job, place, url, self.cases)
        if postgresql:
            assert self.server is not None
            self.server.settle(self.prefix + place.name)
        self.prepared[place.name] = said
        return float(said["seconds"])

    def round(self, contender: Contender) -> None:
        """One process on a copy of its store, which is on the disk before the clock starts."""
        with self.copied(contender) as (place, url):
            found: dict[str, Any] = {}
            with self._counted(contender, found):
                said = self.process(contender.module, contender.job, place, url, contender.count)
            contender.answers.append(said | found)

    def on_copy(self, contender: Contender, job: str) -> dict[str, Any]:
        """What one more job says of a store on which a contender has worked."""
        with self.copied(contender) as (place, url):
            self.process(contender.module, contender.job, place, url, contender.count)
            return self.process(contender.module, job, place, url, 0)

    @contextmanager
    def copied(self, contender: Contender) -> Iterator[tuple[Path, str | None]]:
        """A fresh copy of the store of a contender: a place, and a URL on PostgreSQL."""
        place, url = self.home / "round", None
        source = self.home / named(contender.store, contender.postgresql)
        if not contender.store:
            place.mkdir()
        elif source.exists():
            _copy(source, place)
        if contender.postgresql:
            assert self.server is not None
            template = self.prefix + source.name if contender.store else "template0"
            url = self.server.make(ROUND, template)
        os.sync()
        try:
            yield place, url
        finally:
            _remove(place)
            if self.server is not None and contender.postgresql:
                self.server.drop(ROUND)

    def forget(self) -> None:
        """Drop what was prepared on a server that goes on."""
        for name in self.prepared:
            if self.server is not None:
                self.server.drop(self.prefix + name)

    @contextmanager
    def _counted(self, contender: Contender, found: dict[str, Any]) -> Iterator[None]:
        if self.server is None or not contender.postgresql:
            yield
            return
        with self.server.counted(ROUND, found):
            yield

    def process(
        self, module: str, job: str, place: Path, url: str | None, count: int
    ) -> dict[str, Any]:
        done = subprocess.run(
            command_of(module, job, place, count, self.cases),
            cwd=ROOT,
            env=environ_of(url),
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE,
        )
        said: dict[str, Any] = json.loads(done.stdout)
        return said


def named(store: str, postgresql: bool) -> str:
    return f"{store}_postgresql" if postgresql else store


def command_of(module: str, job: str, place: Path, *counts: int) -> list[str]:
    python = str(PEERS) if module == "peers" else sys.executable
    return [python, "-m", f"tests.bench.{module}", job, str(place), *map(str, counts)]


def environ_of(url: str | None) -> dict[str, str]:
    """An unrelated variable must not change what a peer stores its events in."""
    named = {} if url is None else {DATABASE: url}
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"} | named


def _copy(source: Path, copy: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("register"))
    else:
        shutil.copyfile(source, copy)


def _remove(copy: Path) -> None:
    if copy.is_dir():
        shutil.rmtree(copy)
        return
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink()
