"""An office brought back from an archive, into an installation that holds nothing yet."""

from __future__ import annotations

import re
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, inspect

from casesys import migrations, vault
from casesys.backup.archive import (
    EVIDENCE,
    LEFT_OUT,
    LOG,
    ROWS_AT_ONCE,
    TABLES,
    BackupRefused,
    examine,
    fingerprint,
    log_digest,
    names_of_evidence,
    part_of,
    readable,
)
from casesys.evidence import EvidenceRefused, EvidenceStore
from casesys.personal.known_erasures import apply_known
from casesys.personal.sweeping import TABLES as ERASED_IN
from casesys.proofs.checkpoints import newest
from casesys.proofs.signing import signed_by
from casesys.proofs.tree_of_log import fill as grow_tree
from casesys.rebuild import rebuild_in
from casesys.sealed_files import is_sealed_file
from casesys.serving import take_over
from casesys.settings import Settings
from casesys.system import System
from casesys.tables import STORE
from projections.driver import chunks, rows, write

_NAME = re.compile(r"[a-z_]+")
OWN_KEY = "DELETE FROM vault WHERE subject = ?"
LOST_KEYS = "UPDATE vault SET wrapped_key = NULL, dropped_at = ? WHERE wrapped_key IS NOT NULL"


def restore(
    settings: Settings, file: Path, key: bytes | None = None, *, other_key: bool = False
) -> dict[str, Any]:
    """Everything that is in the archive, or nothing at all.

    ``key`` opens a sealed archive. ``other_key`` accepts that no seal in it will open, neither
    personal data nor evidence: the master key that made them is lost.

    :raises BackupRefused: the archive is damaged, or the installation is not empty
    """
    manifest = examine(file, key)
    is_lost = manifest["key"] != fingerprint(settings.master_key)
    if is_lost and not other_key:
        raise BackupRefused("backup_of_another_key")
    if manifest["schema"] not in migrations.revisions():
        raise BackupRefused("backup_of_later_release", file=file.name)
    system = System(settings)
    brought = _Brought()
    try:
        with readable(file, key) as tar, system.database.write() as c:
            system.database.make_schema(c)
            system.database.lock(c)
            _require_empty(c)
            migrations.upgrade(c, manifest["schema"])
            # The key that was made with the tables; every file needs the one of the archive.
            write(c, OWN_KEY, [(vault.EVIDENCE,)])
            for table, columns in manifest["tables"].items():
                _fill(c, tar, table, columns)
            migrations.upgrade(c)
            grow_tree(c)
            if is_lost:
                write(c, OWN_KEY, [(vault.EVIDENCE,)])
                write(c, LOST_KEYS, [(system.now(),)])
            system.make_evidence_key(c)
            brought.take(system.evidence_in(c), tar, manifest, is_lost=is_lost)
            answer = rebuild_in(system, c)
            take_over(c, system.log, system.models.all, system.now())
            _require_equal(system, c, manifest, answer["models"])
            apply_known(system, c)
            signed = newest(c)
            own = signed is None or signed_by(signed.note, system.checkpoints.key(c).public)
        system.database.forget_old_pages(ERASED_IN)
    except BaseException:
        brought.take_away()
        raise
    finally:
        system.database.dispose()
    return {
        "position": manifest["position"],
        "log_digest": log_digest(manifest),
        "evidence": brought.count,
        "seconds": answer["seconds"],
        "other_signing_key": not own,
    }


def restore_elsewhere(
    settings: Settings, file: Path, folder: Path, key: bytes | None = None
) -> Settings:
    """Restore into a folder of its own, on SQLite and beside the office, which is not touched.

    :raises BackupRefused: as ``restore``
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = replace(settings, home=folder, database_url=f"sqlite:///{folder / 'casesys.db'}")
    restore(scratch, file, key)
    return scratch


class _Brought:
    """The files of evidence that a restore has brought so far."""

    def __init__(self) -> None:
        self._store: EvidenceStore | None = None
        self._new: list[str] = []
        self.count = 0

    def take(
        self, store: EvidenceStore, tar: tarfile.TarFile, manifest: dict[str, Any], *, is_lost: bool
    ) -> None:
        self._store, there = store, set(store.hashes())
        for name in names_of_evidence(manifest):
            part = part_of(tar, EVIDENCE + name)
            if is_lost and is_sealed_file(part):
                continue
            if name not in there:
                self._new.append(name)
            try:
                store.adopt(store.opened(part, name), name)
            except EvidenceRefused as refused:
                raise BackupRefused("backup_evidence", name=name) from refused
            self.count += 1

    def take_away(self) -> None:
        for name in self._new:
            assert self._store is not None
            self._store.remove(name)


def _require_empty(c: Connection) -> None:
    if migrations.current(c) is None:
        return
    # An older release's tables may be here, which are fewer.
    for name in set(inspect(c).get_table_names()) & STORE.tables.keys() - LEFT_OUT:
        but = f" WHERE subject <> '{vault.EVIDENCE}'" if name == "vault" else ""
        if rows(c, f"SELECT 1 FROM {name}{but} LIMIT 1"):
            raise BackupRefused("restore_not_empty", table=name)


def _fill(c: Connection, tar: tarfile.TarFile, table: str, columns: list[str]) -> None:
    # These names become part of a statement; anybody may have written the archive.
    if table not in STORE.tables or not all(_NAME.fullmatch(name) for name in columns):
        raise BackupRefused("backup_table", table=table)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    )
    for lines in chunks(part_of(tar, f"{TABLES}{table}.jsonl"), ROWS_AT_ONCE):
        write(c, statement, [tuple(msgspec.json.decode(line)) for line in lines])


def _require_equal(
    system: System, c: Connection, manifest: dict[str, Any], built: dict[str, Any]
) -> None:
    digest, count = system.log.digest(c)
    (lowest, highest) = rows(c, "SELECT MIN(position), MAX(position) FROM log")[0]
    if (count and (lowest, highest) != (1, count)) or count != manifest["position"]:
        raise BackupRefused("backup_log_gap")
    # Before a migration changed the log's columns, its bytes are those of the archive.
    same_shape = manifest["schema"] == migrations.head()
    if same_shape and digest != manifest["parts"][LOG]["sha256"]:
        raise BackupRefused("backup_log_differs")
    for model in system.models.all:
        told = manifest["models"].get(model.name)
        if told is None or told["version"] != model.version:
            continue
        if told["digest"] != built[model.name]["digest"]:
            raise BackupRefused("backup_model", model=model.name)
