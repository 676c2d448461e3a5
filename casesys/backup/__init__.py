"""One file that holds an office: its log, its keys, its evidence, taken while the office works.

What can be computed again is not in it, as read models and the tree. Sessions end with a restore.
The master key is not in it, or whoever finds a backup could read every seal; neither is the key
with which the backup itself may be sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from casesys import migrations
from casesys.backup.archive import (
    EVIDENCE,
    LEFT_OUT,
    ROWS_AT_ONCE,
    TABLES,
    BackupRefused,
    Parts,
    examine,
    fingerprint,
    names_of_evidence,
    new_archive,
)
from casesys.backup.keys import make_backup_key, read_backup_key
from casesys.backup.made import BackupMade, backups_made, newest_backup, remember
from casesys.backup.restoring import restore, restore_elsewhere
from casesys.backup.rewriting import rewrite
from casesys.evidence import EvidenceRefused
from casesys.registry import encode_lines
from casesys.system import System
from casesys.tables import STORE
from projections.driver import key_order, pages, select_all

__all__ = [
    "BackupMade",
    "BackupRefused",
    "backup",
    "backups_made",
    "examine",
    "make_backup_key",
    "newest_backup",
    "read_backup_key",
    "restore",
    "restore_elsewhere",
    "rewrite",
]


def backup(system: System, file: Path, key: bytes | None = None) -> dict[str, Any]:
    """Write a checked archive of one moment of the office; what stood there is replaced at once.

    :raises BackupRefused: what was written does not read back as it was
    """
    file = file.resolve()
    _sign(system)
    with new_archive(file, key) as parts:
        manifest = _write(system, parts)
    made = remember(system.settings.home, file, manifest)
    return {
        "file": made.path,
        "bytes": file.stat().st_size,
        "sha256": made.sha256,
        "sealed": made.sealed,
        "position": made.position,
        "log_digest": made.log_digest,
        "evidence": len(names_of_evidence(manifest)),
        "damaged_evidence": manifest["damaged_evidence"],
    }


def _sign(system: System) -> None:
    """A checkpoint of what the backup will hold, which goes with it."""
    with system.database.write() as c:
        system.database.lock(c)
        if system.log.head(c)[0]:
            system.checkpoints.make(c, system.now())


def _write(system: System, parts: Parts) -> dict[str, Any]:
    with system.database.read() as c:
        position, _ = system.log.head(c)
        tables = {
            str(name): [str(column.name) for column in table.columns]
            for name, table in STORE.tables.items()
            if name not in LEFT_OUT
        }
        for name in tables:
            parts.add_lines(f"{TABLES}{name}.jsonl", _lines(c, name))
        models = {
            model.name: {"version": model.version, "digest": model.digest(c)[0]}
            for model in system.models.all
        }
        schema = migrations.current(c)
    # After the snapshot: a file is kept before the entry that speaks of it, so none is missing.
    damaged = []
    for name in system.evidence.hashes():
        try:
            parts.add(EVIDENCE + name, system.evidence.sealed(name))
        except EvidenceRefused as refused:
            # What an erasure took away meanwhile is not missed.
            if refused.code == "evidence.damaged":
                damaged.append(name)
    return parts.finish(
        {
            "made_at": system.now(),
            "position": position,
            "schema": schema,
            "key": fingerprint(system.settings.master_key),
            "tables": tables,
            "models": models,
            "damaged_evidence": damaged,
        }
    )


def _lines(c: Connection, name: str) -> Iterator[bytes]:
    table = STORE.tables[name]
    question = f"{select_all(table)} ORDER BY {key_order(c, table)}"
    return map(encode_lines, pages(c, question, size=ROWS_AT_ONCE))
