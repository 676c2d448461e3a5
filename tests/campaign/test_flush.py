"""Before a command is acknowledged its entry is flushed to disk: the process's calls show it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from casesys.system import System
from tests.campaign.desks import cases_of
from tests.campaign.one_desk import COMMANDS
from tests.needs import missing

REPOSITORY = Path(__file__).parents[2]
FLUSH = re.compile(r"\b(?:fsync|fdatasync)\(\d+<(?P<file>[^>]*)>\)\s+=\s+0")
CALLS = "trace=fsync,fdatasync,write"


def flushes(system: System, folder: Path, synchronous: str) -> list[int]:
    """How often the database was flushed between each command and its acknowledgement."""
    strace = shutil.which("strace")
    if strace is None:
        missing("no strace: the flush before an acknowledgement is not traced")
    traced = folder / f"calls-{synchronous}"
    home = str(system.settings.home)
    desk = [sys.executable, "-m", "tests.campaign.one_desk", home, synchronous]
    run = subprocess.run(
        [strace, "-f", "-y", "-e", CALLS, "-o", str(traced), *desk],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["command", "acknowledged"] * COMMANDS
    return counted(traced.read_text())


def counted(calls: str) -> list[int]:
    counts: list[int] = []
    under_way = False
    for call in calls.splitlines():
        if '"command\\n"' in call:
            under_way = True
            counts.append(0)
        elif '"acknowledged\\n"' in call:
            under_way = False
        elif under_way and (flush := FLUSH.search(call)):
            counts[-1] += "casesys.db" in flush["file"]
    return counts


def test_every_acknowledgement_comes_after_a_flush(store_on_sqlite: System, tmp_path: Path) -> None:
    cases_of(store_on_sqlite, 1)
    found = flushes(store_on_sqlite, tmp_path, "FULL")
    assert len(found) == COMMANDS
    assert all(count >= 1 for count in found)


def test_a_database_that_does_not_flush_is_found(store_on_sqlite: System, tmp_path: Path) -> None:
    cases_of(store_on_sqlite, 1)
    assert flushes(store_on_sqlite, tmp_path, "OFF") == [0] * COMMANDS
