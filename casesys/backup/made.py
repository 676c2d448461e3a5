"""The list of the backups that an office made: where each lies, and what it was when made."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from casesys.backup.archive import log_digest
from casesys.registry import encode
from casesys.sealed_files import is_sealed_file

LIST = "backups.jsonl"


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup as it was written; whether it lies there still is another question."""

    path: str
    made_at: str
    position: int
    log_digest: str
    sha256: str
    sealed: bool

    @property
    def is_unchanged(self) -> bool:
        """Whether the very file lies there still."""
        try:
            with Path(self.path).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def remember(home: Path, file: Path, manifest: dict[str, Any]) -> BackupMade:
    """Write down what was made; a file that was written anew has the newer line."""
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
        sealed = is_sealed_file(raw)
    made = BackupMade(
        path=str(file),
        made_at=manifest["made_at"],
        position=manifest["position"],
        log_digest=log_digest(manifest),
        sha256=digest,
        sealed=sealed,
    )
    descriptor = os.open(home / LIST, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as kept:
        size = kept.seek(0, os.SEEK_END)
        # Whoever was killed in a line left it without an end: ours begins after it.
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        kept.write(b"\n" * torn + encode(made) + b"\n")
        os.fsync(descriptor)
    return made


def backups_made(home: Path) -> list[BackupMade]:
    """Each file once, as it was written last; the newest state of the office first."""
    found: dict[str, BackupMade] = {}
    try:
        lines = (home / LIST).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            made = msgspec.json.decode(line, type=BackupMade)
        except msgspec.MsgspecError:
            continue
        found[made.path] = made
    return sorted(found.values(), key=lambda made: made.made_at, reverse=True)


def newest_backup(home: Path) -> BackupMade | None:
    """The newest one of those whose file lies where it was written."""
    return next((made for made in backups_made(home) if Path(made.path).is_file()), None)
