"""One file that holds an office: its log, its keys, its evidence, taken while the office works.

The archive is plain text in a tar, one JSON array a row, the same from either database and for
either: what can be computed again, as read models can, is not in it. Sessions end with a restore.
The master key is not in it, or whoever finds a backup could read every seal.
"""

from __future__ import annotations

import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import msgspec
from sqlalchemy import Connection

from casesys import migrations
from casesys.evidence import EvidenceStore
from casesys.proofs.tree_of_log import fill as grow_tree
from casesys.rebuild import rebuild_in
from casesys.registry import encode, encode_lines
from casesys.settings import Settings
from casesys.stopping import Stopped
from casesys.system import System
from casesys.tables import STORE
from casesys.whole_file import whole_file
from projections.driver import chunks, key_order, pages, rows, select_all, write

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
LEFT_OUT = frozenset({"session", "read_model", "tree_leaf", "tree_node"})
ROWS_AT_ONCE = 2000
PIECE = 2**20
_NAME = re.compile(r"[a-z_]+")


class BackupRefused(Stopped):
    """The archive is damaged or does not fit here; nothing was changed."""


def backup(system: System, file: Path) -> dict[str, Any]:
    """Write a checked archive of one moment of the office; what stood there is replaced at once.

    :raises BackupRefused: what was written does not read back as it was
    """
    file = file.resolve()
    with whole_file(file) as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            manifest = _write(system, tar, file.parent)
        raw.flush()
        examine(Path(raw.name))
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "position": manifest["position"],
        "log_digest": manifest["parts"]["store/log.jsonl"]["sha256"],
        "evidence": len(manifest["parts"]) - len(manifest["tables"]),
        "damaged_evidence": manifest["damaged_evidence"],
    }


def examine(file: Path) -> dict[str, Any]:
    """The manifest of an archive, every byte of which was compared with it.

    :raises BackupRefused: a part is damaged, missing or not of this archive
    """
    found: dict[str, dict[str, Any]] = {}
    with _readable(file) as tar:
        for member in tar:
            part = tar.extractfile(member)
            if part is None or member.name in found:
                raise BackupRefused("backup_stranger", file=file.name, part=member.name)
            digest = sha256()
            while piece := part.read(PIECE):
                digest.update(piece)
            found[member.name] = {"sha256": digest.hexdigest(), "bytes": member.size}
        if MANIFEST not in found or SEAL not in found:
            raise BackupRefused("backup_incomplete", file=file.name)
        if _bytes(tar, SEAL).decode() != found.pop(MANIFEST)["sha256"]:
            raise BackupRefused("backup_damaged", file=file.name, parts=[MANIFEST])
        manifest: dict[str, Any] = msgspec.json.decode(_bytes(tar, MANIFEST))
    del found[SEAL]
    if manifest["format"] != FORMAT:
        raise BackupRefused("backup_of_later_release", file=file.name)
    parts = manifest["parts"]
    wrong = sorted(
        name for name in parts.keys() | found.keys() if parts.get(name) != found.get(name)
    )
    if wrong:
        raise BackupRefused("backup_damaged", file=file.name, parts=wrong[:5])
    return manifest


def restore(settings: Settings, file: Path, *, other_key: bool = False) -> dict[str, Any]:
    """Bring an office back from an archive into an installation that holds nothing yet.

    ``other_key`` accepts that the seals will not open: the master key that made them is lost.

    :raises BackupRefused: the archive is damaged, or the installation is not empty
    """
    manifest = examine(file)
    if manifest["key"] != fingerprint(settings.master_key) and not other_key:
        raise BackupRefused("backup_of_another_key")
    if manifest["schema"] not in migrations.revisions():
        raise BackupRefused("backup_of_later_release", file=file.name)
    system = System(settings)
    try:
        with _readable(file) as tar, system.database.write() as c:
            system.database.lock(c)
            _require_empty(c)
            evidence = _restore_evidence(tar, manifest, settings)
            migrations.upgrade(c, manifest["schema"])
            for table, columns in manifest["tables"].items():
                _fill(c, tar, table, columns)
            migrations.upgrade(c)
            grow_tree(c)
            answer = rebuild_in(system, c)
            _require_equal(system, c, manifest, answer["models"])
    finally:
        system.database.dispose()
    return {
        "position": manifest["position"],
        "log_digest": manifest["parts"]["store/log.jsonl"]["sha256"],
        "evidence": evidence,
        "seconds": answer["seconds"],
    }


def fingerprint(master_key: bytes) -> str:
    """Tells one master key from another and nothing about either."""
    return sha256(b"casesys master key " + master_key).hexdigest()[:16]


def _write(system: System, tar: tarfile.TarFile, folder: Path) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {}
    with system.database.read() as c:
        position, _ = system.log.head(c)
        tables = {
            str(name): [str(column.name) for column in table.columns]
            for name, table in STORE.tables.items()
            if name not in LEFT_OUT
        }
        for name in tables:
            parts[f"store/{name}.jsonl"] = _write_table(c, tar, name, folder)
        models = {
            model.name: {"version": model.version, "digest": model.digest(c)[0]}
            for model in system.models.all
        }
        schema = migrations.current(c)
    # After the snapshot: a file is kept before the entry that speaks of it, so none is missing.
    damaged = []
    store = EvidenceStore(system.settings.home / "evidence")
    for name in store.hashes():
        if not store.verify(name):
            damaged.append(name)
            continue
        with store.open(name) as content:
            size = os.fstat(content.fileno()).st_size
            _add(tar, f"evidence/{name}", content, size)
        parts[f"evidence/{name}"] = {"sha256": name, "bytes": size}
    manifest = {
        "format": FORMAT,
        "made_at": system.now(),
        "position": position,
        "schema": schema,
        "key": fingerprint(system.settings.master_key),
        "tables": tables,
        "models": models,
        "damaged_evidence": damaged,
        "parts": parts,
    }
    text = msgspec.json.format(encode(manifest), indent=1)
    _add(tar, MANIFEST, BytesIO(text), len(text))
    seal = sha256(text).hexdigest().encode()
    _add(tar, SEAL, BytesIO(seal), len(seal))
    return manifest


def _write_table(c: Connection, tar: tarfile.TarFile, name: str, folder: Path) -> dict[str, Any]:
    table, digest = STORE.tables[name], sha256()
    # On the archive's own disk: /tmp may be small, and may be anybody's.
    with tempfile.TemporaryFile(dir=folder) as file:
        question = f"{select_all(table)} ORDER BY {key_order(c, table)}"
        for page in pages(c, question, size=ROWS_AT_ONCE):
            lines = encode_lines(page)
            digest.update(lines)
            file.write(lines)
        size = file.tell()
        file.seek(0)
        _add(tar, f"store/{name}.jsonl", file, size)
    return {"sha256": digest.hexdigest(), "bytes": size}


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o400
    tar.addfile(member, content)


def _require_empty(c: Connection) -> None:
    if migrations.current(c) is None:
        return
    for name in STORE.tables.keys() - LEFT_OUT:
        if rows(c, f"SELECT 1 FROM {name} LIMIT 1"):
            raise BackupRefused("restore_not_empty", table=name)


def _fill(c: Connection, tar: tarfile.TarFile, table: str, columns: list[str]) -> None:
    # These names become part of a statement; anybody may have written the archive.
    if table not in STORE.tables or not all(_NAME.fullmatch(name) for name in columns):
        raise BackupRefused("backup_table", table=table)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    )
    part = tar.extractfile(f"store/{table}.jsonl")
    assert part is not None
    for lines in chunks(part, ROWS_AT_ONCE):
        write(c, statement, [tuple(msgspec.json.decode(line)) for line in lines])


def _restore_evidence(tar: tarfile.TarFile, manifest: dict[str, Any], settings: Settings) -> int:
    store = EvidenceStore(settings.home / "evidence")
    names = [part for part in manifest["parts"] if part.startswith("evidence/")]
    for name in names:
        part = tar.extractfile(name)
        assert part is not None
        store.adopt(part, name.removeprefix("evidence/"))
    return len(names)


def _require_equal(
    system: System, c: Connection, manifest: dict[str, Any], built: dict[str, Any]
) -> None:
    digest, count = system.log.digest(c)
    (lowest, highest) = rows(c, "SELECT MIN(position), MAX(position) FROM log")[0]
    if (count and (lowest, highest) != (1, count)) or count != manifest["position"]:
        raise BackupRefused("backup_log_gap")
    # Before a migration changed the log's columns, its bytes are those of the archive.
    same_shape = manifest["schema"] == migrations.head()
    if same_shape and digest != manifest["parts"]["store/log.jsonl"]["sha256"]:
        raise BackupRefused("backup_log_differs")
    for model in system.models.all:
        told = manifest["models"].get(model.name)
        if told is None or told["version"] != model.version:
            continue
        if told["digest"] != built[model.name]["digest"]:
            raise BackupRefused("backup_model", model=model.name)


@contextmanager
def _readable(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except (tarfile.TarError, msgspec.MsgspecError, EOFError, KeyError, ValueError) as fault:
        raise BackupRefused("backup_unreadable", file=file.name) from fault
    except OSError as fault:
        raise BackupRefused(
            "backup_no_access", file=file.name, reason=str(fault.strerror)
        ) from fault


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    part = tar.extractfile(name)
    assert part is not None
    return part.read()
