"""The next release as it will come: a copy of this one's source in which somebody changed a rule.

It runs as a program of its own on the same office, beside this one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "projections", "casesys", "web")
Change = tuple[str, str, str]
"""A file, what stands in it, and what the next release has instead."""

LEDGER_ANEW: Change = ("projections/ledger.py", '"ledger",\n    3,', '"ledger",\n    1003,')
RATES_ANEW: Change = ("projections/rates_sums.py", "VERSION = 7", "VERSION = 1007")


@dataclass(frozen=True)
class Release:
    """Its source, and the settings of the office that it works for."""

    source: Path
    environment: Mapping[str, str]

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """A call of its command line that runs by itself."""
        return subprocess.Popen(
            [sys.executable, "-m", "casesys", *arguments],
            env={**os.environ, **self.environment, "PYTHONPATH": str(self.source)},
            cwd=self.source,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def call(self, *arguments: str) -> Any:
        """What a call of its command line answers."""
        running = self.begin(*arguments, "--json")
        said, complaint = running.communicate(timeout=300)
        assert running.returncode == 0, complaint
        return json.loads(said)


def next_release(folder: Path, environment: Mapping[str, str], *changes: Change) -> Release:
    source = folder / "next"
    for package in PACKAGES:
        # What is compiled goes along: of files that stay as they are it is taken.
        shutil.copytree(ROOT / package, source / package)
    for file, before, after in changes:
        text = (source / file).read_text()
        assert text.count(before) == 1, (file, before)
        (source / file).write_text(text.replace(before, after))
    return Release(source, environment)
