"""The newest backup restored beside the office and examined there, in a process of its own.

The second processor works on it. Standard input tells what to restore and stays open: where it
ends, whoever asked is gone, and so is this.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from casesys.backup import restore_elsewhere
from casesys.doctor.checking import Check, going_on
from casesys.doctor.examining import besides, chain
from casesys.permits import operator
from casesys.personal.known_erasures import FILE as ERASURES
from casesys.settings import Settings
from casesys.system import System

SCRATCH = "doctor.scratch"


class Asked(msgspec.Struct):
    """What is to be restored, and under which keys."""

    home: str
    file: str
    backup_key: bytes | None
    master_key: bytes
    signing_key: bytes
    office_unit: str


class Restored(msgspec.Struct):
    """What was found in the restored office, and how its log stood."""

    checks: list[Check]
    size: int = 0
    head: bytes = b""
    seconds: float = 0.0
    cpu: float = 0.0


def examine_restored(settings: Settings, file: Path, key: bytes | None) -> Restored:
    """Restore, compare every read model with what the archive tells of it, and check the rest."""
    with going_on(Check("restore")) as check, scratch_in(settings.home) as folder:
        answer = Restored([check])
        if (settings.home / ERASURES).exists():
            # As before any restore: what was erased since must not come back.
            shutil.copy(settings.home / ERASURES, folder / ERASURES)
        system = System(restore_elsewhere(settings, file, folder, key))
        try:
            found, answer.size, answer.head = chain(system)
            check.counted = answer.size
            answer.checks += [found, *besides(system, operator("doctor"), thorough=False)]
        finally:
            system.database.dispose()
    for one in answer.checks:
        one.where = "backup"
    # What the others took is theirs.
    check.seconds = round(check.seconds - sum(one.seconds for one in answer.checks[1:]), 3)
    return answer


@contextmanager
def scratch_in(home: Path) -> Iterator[Path]:
    """A folder that is not there before or afterwards, whoever left one behind."""
    folder = home / SCRATCH
    clean(home)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        clean(home)


def clean(home: Path) -> None:
    shutil.rmtree(home / SCRATCH, ignore_errors=True)
