"""The archive of an office: a tar of checked parts, sealed as a whole where a key is given.

A part is plain text, one JSON array a row, the same from either database and for either, or a file
of evidence as it lies in the store: sealed, under the SHA-256 of what it holds. The manifest tells
of each part what it must be, and stands last with its own digest.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec

from casesys.registry import encode
from casesys.sealed_files import HiddenFile, Opened, SealedFileBroken, is_sealed_file, sealing
from casesys.stopping import Stopped
from casesys.whole_file import whole_file

FORMAT = 2
"""In an archive of format 1 the files of evidence are not sealed."""
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
TABLES, EVIDENCE = "store/", "evidence/"
LOG = f"{TABLES}log.jsonl"
LEFT_OUT = frozenset(
    {
        *("session", "read_model", "serving", "works_with"),
        *("tree_leaf", "tree_node", "follower", "outbox"),
    }
)
"""Sessions end with a restore; read models and the tree are made again from the log.

What was owed outside when the backup was made was done since by the office that made it: who is
restored owes nothing, and its followers begin anew.
"""
ROWS_AT_ONCE = 2000
PIECE = 2**20
_WHAT = "backup"


class BackupRefused(Stopped):
    """The archive is damaged or does not fit here; nothing was changed."""


class Parts:
    """Writes the parts of one archive, and keeps what its manifest will tell of them."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self._tar, self._folder = tar, folder
        self.told: dict[str, dict[str, Any]] = {}

    def add(self, name: str, content: bytes) -> None:
        self._tell(name, sha256(content).hexdigest(), len(content))
        self._add(name, io.BytesIO(content), len(content))

    def add_lines(self, name: str, portions: Iterator[bytes]) -> None:
        """A part whose length is known at its end only."""
        digest = sha256()
        # On the archive's own disk, as /tmp may be small; nobody reads it there.
        with HiddenFile(self._folder) as hidden:
            for portion in portions:
                digest.update(portion)
                hidden.write(portion)
            size = hidden.tell()
            hidden.seek(0)
            self._tell(name, digest.hexdigest(), size)
            self._add(name, hidden, size)

    def copy(self, name: str, content: IO[bytes], told: dict[str, Any]) -> None:
        """A part of another archive as it is there."""
        self._tell(name, told["sha256"], told["bytes"])
        self._add(name, content, told["bytes"])

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        manifest = {**manifest, "format": FORMAT, "parts": self.told}
        text = msgspec.json.format(encode(manifest), indent=1)
        self._add(MANIFEST, io.BytesIO(text), len(text))
        seal = sha256(text).hexdigest().encode()
        self._add(SEAL, io.BytesIO(seal), len(seal))
        return manifest

    def _tell(self, name: str, digest: str, size: int) -> None:
        self.told[name] = {"sha256": digest, "bytes": size}

    def _add(self, name: str, content: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o400
        self._tar.addfile(member, content)


@contextmanager
def new_archive(file: Path, key: bytes | None) -> Iterator[Parts]:
    """Written aside and read back as it lies there, before it takes the place of what stood there.

    :raises BackupRefused: what was written does not read back as it was
    """
    with whole_file(file) as raw:
        if key is None:
            with _tar_into(raw) as tar:
                yield Parts(tar, file.parent)
        else:
            with sealing(raw, key, _WHAT) as sealed, _tar_into(sealed) as tar:
                yield Parts(tar, file.parent)
        raw.flush()
        examine(Path(raw.name), key)


def _tar_into(out: Any) -> tarfile.TarFile:
    return tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT)


@contextmanager
def readable(file: Path, key: bytes | None = None) -> Iterator[tarfile.TarFile]:
    """An archive to read from, sealed or not.

    :raises BackupRefused: it cannot be read, or not with this key
    """
    try:
        with file.open("rb") as raw:
            content: Any = raw
            if is_sealed_file(raw):
                if key is None:
                    raise BackupRefused("backup_needs_key", file=file.name)
                content = io.BufferedReader(Opened(raw, key, _WHAT), PIECE)
            with tarfile.open(fileobj=content, mode="r:") as tar:
                yield tar
    except SealedFileBroken as broken:
        code = _SAID_OF_SEALED[broken.code]
        raise BackupRefused(code, file=file.name, **broken.values) from broken
    except (tarfile.TarError, msgspec.MsgspecError, EOFError, KeyError, ValueError) as fault:
        raise BackupRefused("backup_unreadable", file=file.name) from fault
    except OSError as fault:
        raise BackupRefused(
            "backup_no_access", file=file.name, reason=str(fault.strerror)
        ) from fault


_SAID_OF_SEALED = {
    "stopped.not_sealed": "backup_unreadable",
    "stopped.sealed_file_of_later_release": "backup_of_later_release",
    "stopped.sealed_file_other_key": "backup_other_key",
    "stopped.sealed_file_cut": "backup_incomplete",
    "stopped.sealed_file_damaged": "backup_changed",
}


def examine(file: Path, key: bytes | None = None) -> dict[str, Any]:
    """The manifest of an archive, every byte of which was compared with it.

    :raises BackupRefused: a part is damaged, missing or not of this archive
    """
    found: dict[str, dict[str, Any]] = {}
    with readable(file, key) as tar:
        entries = 0
        for member in tar:
            part = tar.extractfile(member)
            if part is None or member.name in found:
                raise BackupRefused("backup_stranger", file=file.name, part=member.name)
            digest = sha256()
            if member.name == LOG:
                for entries, line in enumerate(part, 1):
                    digest.update(line)
                    if not line.startswith(b"[%d," % entries):
                        raise BackupRefused("backup_log_gap")
            while piece := part.read(PIECE):
                digest.update(piece)
            found[member.name] = {"sha256": digest.hexdigest(), "bytes": member.size}
        _read_to_its_end(tar)
        if MANIFEST not in found or SEAL not in found:
            raise BackupRefused("backup_incomplete", file=file.name)
        if content_of(tar, SEAL) != found.pop(MANIFEST)["sha256"].encode():
            raise BackupRefused("backup_damaged", file=file.name, parts=[MANIFEST])
        manifest: dict[str, Any] = msgspec.json.decode(content_of(tar, MANIFEST))
    del found[SEAL]
    if not 1 <= manifest["format"] <= FORMAT:
        raise BackupRefused("backup_of_later_release", file=file.name)
    parts = manifest["parts"]
    wrong = sorted(
        name for name in parts.keys() | found.keys() if parts.get(name) != found.get(name)
    )
    if wrong:
        raise BackupRefused("backup_damaged", file=file.name, parts=wrong[:5])
    if manifest["position"] != entries:
        raise BackupRefused("backup_log_gap")
    return manifest


def _read_to_its_end(tar: tarfile.TarFile) -> None:
    """What a tar fills its end with is sealed too, and its last piece says that it is the last."""
    assert tar.fileobj is not None
    while tar.fileobj.read(PIECE):
        pass


def part_of(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    part = tar.extractfile(name)
    assert part is not None
    return part


def content_of(tar: tarfile.TarFile, name: str) -> bytes:
    return part_of(tar, name).read()


def names_of_evidence(manifest: dict[str, Any]) -> list[str]:
    parts = manifest["parts"]
    return [part.removeprefix(EVIDENCE) for part in parts if part.startswith(EVIDENCE)]


def log_digest(manifest: dict[str, Any]) -> str:
    return str(manifest["parts"][LOG]["sha256"])


def fingerprint(master_key: bytes) -> str:
    """Tells one master key from another and nothing about either."""
    return sha256(b"casesys master key " + master_key).hexdigest()[:16]
