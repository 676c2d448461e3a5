"""Rounds of processes, one after the other, each on a fresh copy of its database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

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
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def speeds(self) -> list[float]:
        return [answer["done"] / answer["seconds"] for answer in self.answers]

    @property
    def speed(self) -> float:
        return median(self.speeds)

    @property
    def microseconds(self) -> float:
        """Processor time for one, which a busy machine disturbs less than the clock's."""
        return 1e6 * median(float(a["processor"]) / int(a["done"]) for a in self.answers)


class Bench:
    """A folder on the disk that is measured, with the prepared stores."""

    def __init__(self, home: Path, cases: int) -> None:
        self.home = home
        self.cases = cases
        self.prepared: dict[str, dict[str, Any]] = {}

    def prepare(self, module: str, store: str, job: str) -> None:
        said = self._process(module, job, self.home / store, self.cases)
        self.prepared[store] = said

    def round(self, contender: Contender) -> None:
        """One process on a copy of its store, which is on the disk before the clock starts."""
        copy = self.home / "round"
        source = self.home / contender.store
        if contender.store:
            _copy(source, copy)
        else:
            copy.mkdir()
        os.sync()
        counts = [contender.count]
        if contender.module == "peers":
            counts.append(self.cases)
        try:
            contender.answers.append(self._process(contender.module, contender.job, copy, *counts))
        finally:
            _remove(copy)

    def on_copy(self, contender: Contender, job: str) -> dict[str, Any]:
        """What one more job says of a store on which a contender has worked."""
        copy = self.home / "round"
        _copy(self.home / contender.store, copy)
        try:
            self._process(contender.module, contender.job, copy, contender.count)
            return self._process(contender.module, job, copy, 0)
        finally:
            _remove(copy)

    def _process(self, module: str, job: str, place: Path, *counts: int) -> dict[str, Any]:
        python = str(PEERS) if module == "peers" else sys.executable
        command = [python, "-m", f"tests.bench.{module}", job, str(place), *map(str, counts)]
        # An unrelated variable must not change what a peer stores its events in.
        environ = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=True)
        said: dict[str, Any] = json.loads(done.stdout)
        return said


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
