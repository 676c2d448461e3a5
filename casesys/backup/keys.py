"""The key of sealed backups: a file of its own, kept apart from them."""

from __future__ import annotations

import os
from pathlib import Path

from casesys.sealed_files import new_key
from casesys.settings import hex_key
from casesys.stopping import Stopped
from casesys.whole_file import flush_folder


class BackupKeyRefused(Stopped):
    """What should be the key of the backups is none, or another file stands in its place."""


def read_backup_key(file: Path) -> bytes:
    """:raises BackupKeyRefused: it holds no key"""
    with file.open("rb") as raw:
        key = hex_key(raw.read(1024).decode("ascii", "replace").strip())
    if key is None:
        raise BackupKeyRefused("backup_key_is_none", file=file.name)
    return key


def make_backup_key(file: Path) -> None:
    """A new key; never in the place of another file, which may open every older backup.

    :raises BackupKeyRefused: there is a file of this name
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupKeyRefused("backup_key_exists", file=file.name) from None
    with os.fdopen(descriptor, "w") as out:
        out.write(new_key().hex() + "\n")
        out.flush()
        os.fsync(descriptor)
    flush_folder(file.parent)
