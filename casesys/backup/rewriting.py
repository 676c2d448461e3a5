"""An archive written anew without what an erasure took away, or under a newer master key."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from casesys.backup.archive import (
    EVIDENCE,
    ROWS_AT_ONCE,
    TABLES,
    examine,
    fingerprint,
    log_digest,
    names_of_evidence,
    new_archive,
    part_of,
    readable,
)
from casesys.backup.made import remember
from casesys.registry import encode_lines
from casesys.sealed_files import is_sealed_file
from casesys.system import System
from projections.driver import chunks

Row = dict[str, Any]
Change = Callable[[Row], Row | None]
"""What becomes of a row, by the names of its columns; None leaves it out."""


def rewrite(
    system: System,
    file: Path,
    key: bytes | None = None,
    *,
    changes: Mapping[str, Change] | None = None,
    leave_out: Collection[str] = (),
    master_key: bytes | None = None,
) -> dict[str, Any]:
    """Put a changed archive in the place of this one, at once and checked like a new one.

    ``changes`` are by table; ``leave_out`` are names of evidence; ``master_key`` is the one under
    which the rows are wrapped afterwards, where the changes wrap them anew. A sealed archive stays
    sealed, under the same ``key``.

    :raises BackupRefused: the archive is damaged, does not open, or does not read back
    """
    changes = changes or {}
    if "log" in changes:
        raise ValueError("the log is never changed")
    file = file.resolve()
    manifest = examine(file, key)
    with file.open("rb") as raw:
        sealed = is_sealed_file(raw)
    with readable(file, key) as tar, new_archive(file, key if sealed else None) as parts:
        for table, columns in manifest["tables"].items():
            name = f"{TABLES}{table}.jsonl"
            if change := changes.get(table):
                parts.add_lines(name, _changed(tar, name, columns, change))
            else:
                parts.copy(name, part_of(tar, name), manifest["parts"][name])
        for sha256 in names_of_evidence(manifest):
            name = EVIDENCE + sha256
            if sha256 not in leave_out:
                parts.copy(name, part_of(tar, name), manifest["parts"][name])
        written = parts.finish(
            {
                **manifest,
                "key": manifest["key"] if master_key is None else fingerprint(master_key),
                "rewritten_at": system.now(),
            }
        )
    remember(system.settings.home, file, written)
    return {
        "file": str(file),
        "position": written["position"],
        "log_digest": log_digest(written),
        "evidence": len(names_of_evidence(written)),
    }


def _changed(
    tar: tarfile.TarFile, name: str, columns: list[str], change: Change
) -> Iterator[bytes]:
    for lines in chunks(part_of(tar, name), ROWS_AT_ONCE):
        found = (
            change(dict(zip(columns, msgspec.json.decode(line), strict=True))) for line in lines
        )
        yield encode_lines(
            [[row[column] for column in columns] for row in found if row is not None]
        )
