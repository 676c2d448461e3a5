"""`casesys doctor`: everything that an office can know of itself is checked, and signed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from casesys.backup import BackupMade, backups_made, newest_backup
from casesys.doctor.checking import Check, Remark, going_on
from casesys.doctor.examining import besides, chain, read_models
from casesys.doctor.proven import origin_here, sign, text_of
from casesys.doctor.restored import Asked, Restored, clean
from casesys.filling import Progress
from casesys.permits import Permit, Person
from casesys.proofs.tree_of_log import head_of_log, size_of
from casesys.stopping import Stopped
from casesys.system import System

LOCK = "doctor.lock"


class DoctorIsBusy(Stopped):
    """Another one is at work in this installation."""


class Examined(NamedTuple):
    """Everything that was checked, here and in the backup; ``note`` is the signed page."""

    at: str
    entries: int
    checks: list[Check]
    warnings: list[Remark]
    backup: str
    note: str
    seconds: float
    cpu: float

    @property
    def differences(self) -> int:
        return sum(check.found for check in self.checks)


def doctor(
    system: System,
    person: Person,
    *,
    backup: Path | None = None,
    backup_key: bytes | None = None,
    without_backup: bool = False,
    progress: Progress | None = None,
) -> Examined:
    """Check everything, keep a signed page of it, and where all is sound a new checkpoint.

    :raises NotPermitted: neither auditor nor operator
    :raises DoctorIsBusy: another one is at work here
    """
    person.require(Permit.AUDIT)
    begun, used = perf_counter(), os.times()
    with _alone(system.settings.home):
        warnings: list[Remark] = []
        made = None if without_backup or backup else _newest(system.settings.home, warnings)
        file = backup or (Path(made.path) if made else None)
        if file is None:
            said = "without_backup" if without_backup else "no_backup"
            warnings.append(Remark(f"doctor.warning.{said}", {}))
        other = _begin(system, file, backup_key) if file is not None else None
        try:
            found, size, head = chain(system)
            checks = [found, read_models(system, progress), *besides(system, person)]
            cpu = 0.0
            if file is not None and other is not None:
                restored = _end(other)
                checks += [*restored.checks, _grown(system, file, made, restored)]
                cpu = restored.cpu
        finally:
            if other is not None:
                other.kill()
                with other:
                    pass  # its pipes are closed, and it is waited for
            clean(system.settings.home)
        told = "-" if file is None else f"{file.name} {checks[-1].counted}"
        seconds = round(perf_counter() - begun, 1)
        now = os.times()
        cpu += now.user + now.system - used.user - used.system
        at, note = _keep(system, size, head, checks, told, seconds)
    return Examined(at, size, checks, warnings, told, note, seconds, round(cpu, 1))


def _keep(
    system: System, size: int, head: bytes, checks: list[Check], backup: str, seconds: float
) -> tuple[str, str]:
    at, note = system.now(), ""
    with going_on(Check("proven")) as check, system.database.write() as c:
        system.database.lock(c)
        if size and not any(one.found for one in checks):
            system.checkpoints.make(c, at)
        origin = origin_here(c)
        body = text_of(origin, at, size, head, checks, backup, round(seconds))
        note = sign(system, c, at, origin, body)
    if check.found:
        checks.append(check)
    return at, note


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DoctorIsBusy("doctor_is_busy") from None
        yield


def _newest(home: Path, warnings: list[Remark]) -> BackupMade | None:
    made, found = backups_made(home), newest_backup(home)
    if found is not None and made[0] != found:
        values = {"file": Path(made[0].path).name, "at": made[0].made_at}
        warnings.append(Remark("doctor.warning.backup_gone", values))
    return found


def _begin(system: System, file: Path, key: bytes | None) -> subprocess.Popen[bytes]:
    settings = system.settings
    asked = Asked(
        str(settings.home),
        str(file.resolve()),
        key or settings.backup_key,
        settings.master_key,
        settings.signing_key,
        settings.office_unit,
    )
    begun = subprocess.Popen(
        [sys.executable, "-m", "casesys.doctor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert begun.stdin is not None
    # Left open: it ends with us, and the other then ends itself.
    begun.stdin.write(msgspec.json.encode(asked) + b"\n")
    begun.stdin.flush()
    return begun


def _end(other: subprocess.Popen[bytes]) -> Restored:
    assert other.stdout is not None
    answer = other.stdout.read()
    try:
        return msgspec.json.decode(answer, type=Restored)
    except msgspec.MsgspecError:
        check = Check("restore", where="backup")
        check.differs("restore_ended", status=other.wait())
        return Restored([check])


def _grown(system: System, file: Path, made: BackupMade | None, restored: Restored) -> Check:
    """Whether the file is the one that was written, and its log the beginning of this one."""
    with going_on(Check("growth", where="backup")) as check, system.database.read() as c:
        check.counted = restored.size
        if made is not None and not made.is_unchanged:
            check.differs("backup_is_another_file", file=file.name)
        longer = restored.size > size_of(c)
        if longer or (restored.size and head_of_log(c, restored.size) != restored.head):
            check.differs("backup_of_another_log", file=file.name, size=restored.size)
    return check


def told(examined: Examined) -> dict[str, Any]:
    """The answer as one document."""
    return {
        "at": examined.at,
        "sound": not examined.differences,
        "entries": examined.entries,
        "differences": examined.differences,
        "backup": examined.backup,
        "seconds": examined.seconds,
        "cpu_seconds": examined.cpu,
        "checks": [
            {
                "where": check.where,
                "name": check.name,
                "counted": check.counted,
                "found": check.found,
                "seconds": check.seconds,
                "differences": [{"code": d.code, **d.values} for d in check.differences],
                "remarks": [{"code": d.code, **d.values} for d in check.remarks],
            }
            for check in examined.checks
        ],
        "warnings": [{"code": one.code, **one.values} for one in examined.warnings],
        "note": examined.note,
    }
