"""The evidence store: files kept sealed, once, under the SHA-256 of their content."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import time
from typing import IO, Protocol, cast

from casesys.evidence.kinds import PHOTOS, EvidenceRefused, Kind, check, named_kind
from casesys.evidence.pictures import Position, shot, shown
from casesys.sealed_files import HiddenFile, Opened, SealedFileBroken, is_sealed_file, sealing
from casesys.whole_file import flush_folder

__all__ = ["EvidenceRefused", "EvidenceStore", "Position", "Stored"]

_CHUNK = 2**20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ALL_SEALED = "all.sealed"
"""An empty file that says that nothing older than the seal is left to be sealed."""
_A_DAY = 24 * 3600


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Stored:
    """What the log keeps of a file; the position is personal and must be sealed by the caller."""

    sha256: str
    size: int
    media_type: str
    taken_at: datetime | None = None
    # Never in a representation: these end in log files and in error pages.
    position: Position | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SealedNow:
    """How many files of an older release were sealed, and which are not what their names say."""

    sealed: int
    damaged: list[str]


class EvidenceStore:
    """A folder of files, ``ab/cdef…`` by hash; a file is there whole and durable or not at all.

    On the disk each is sealed under the key and bound to its name. A file that an older release
    left as it came is read as well, if it is to the bit what its name says.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._key = key

    def put(self, stream: Readable, declared_name: str) -> Stored:
        """Judge and keep a file; the same content again is the same file."""
        promised = named_kind(declared_name)
        self._make_room()
        # It is bound to its name, which is known at its end only; until then it is hidden.
        with HiddenFile(self._incoming) as arrived:
            sha256, size = _receive(stream, arrived, promised)
            file = cast(IO[bytes], arrived)
            check(file, promised)
            taken_at, position = shot(file) if promised in PHOTOS else (None, None)
            arrived.seek(0)
            self.adopt(arrived, sha256)
        return Stored(sha256, size, promised.media_type, taken_at, position)

    def adopt(self, stream: Readable, sha256: str) -> None:
        """Keep what was judged before, or what casesys itself wrote."""
        self._path(sha256)
        self._make_room()
        digest = hashlib.sha256()
        with self._arriving() as (file, path):
            with sealing(file, self._key, sha256) as sealed:
                while piece := stream.read(_CHUNK):
                    digest.update(piece)
                    sealed.write(piece)
            if digest.hexdigest() != sha256:
                raise EvidenceRefused("evidence.unknown", sha256=sha256)
            file.flush()
            os.fchmod(file.fileno(), 0o440)
            os.fsync(file.fileno())
            self._keep(path, sha256)

    def open(self, sha256: str) -> io.BufferedReader:
        """The content; damage in its first piece is found here, further on with ``read`` alone.

        :raises EvidenceRefused: there is no such file, or the disk has damaged it
        """
        try:
            file = self._path(sha256).open("rb")
        except FileNotFoundError:
            raise EvidenceRefused("evidence.unknown", sha256=sha256) from None
        try:
            return self.opened(file, sha256)
        except BaseException:
            file.close()
            raise

    def opened(self, file: IO[bytes], sha256: str) -> io.BufferedReader:
        """What a file of this name holds, wherever it lies.

        :raises EvidenceRefused: it is not what its name says
        """
        if is_sealed_file(file):
            try:
                reader: io.BufferedReader = io.BufferedReader(Opened(file, self._key, sha256))
                reader.peek(1)
            except SealedFileBroken as broken:
                raise EvidenceRefused("evidence.damaged", sha256=sha256) from broken
            return reader
        digest = hashlib.sha256()
        while piece := file.read(_CHUNK):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise EvidenceRefused("evidence.damaged", sha256=sha256)
        file.seek(0)
        return cast(io.BufferedReader, file)

    def read(self, sha256: str) -> bytes:
        """The whole content.

        :raises EvidenceRefused: there is no such file, or the disk has damaged it
        """
        try:
            with self.open(sha256) as file:
                return file.read()
        except SealedFileBroken as broken:
            raise EvidenceRefused("evidence.damaged", sha256=sha256) from broken

    def verify(self, sha256: str) -> bool:
        """Whether the file still is, to the bit, what was put in."""
        try:
            with self.open(sha256) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except (EvidenceRefused, SealedFileBroken):
            return False

    def sealed(self, sha256: str) -> bytes:
        """The file as a backup takes it: sealed, and known to hold what its name says.

        :raises EvidenceRefused: there is no such file, or the disk has damaged it
        """
        try:
            lying = io.BytesIO(self._path(sha256).read_bytes())
        except FileNotFoundError:
            raise EvidenceRefused("evidence.unknown", sha256=sha256) from None
        if not is_sealed_file(lying):
            sealed = io.BytesIO()
            with sealing(sealed, self._key, sha256) as out:
                out.write(lying.getvalue())
            lying = sealed
        taken = lying.getvalue()
        try:
            with self.opened(lying, sha256) as content:
                if hashlib.file_digest(content, "sha256").hexdigest() == sha256:
                    return taken
        except SealedFileBroken:
            pass
        raise EvidenceRefused("evidence.damaged", sha256=sha256)

    def hashes(self) -> Iterator[str]:
        """The name of every file that is kept, in order."""
        for shelf in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(shelf.iterdir()):
                yield shelf.name + path.name

    def sanitised(self, sha256: str, *, longest_side: int | None = None) -> bytes:
        """The picture for the screen: upright, of the same media type, without any metadata."""
        content = self.read(sha256)
        try:
            return shown(io.BytesIO(content), longest_side)
        except OSError as fault:
            raise EvidenceRefused("evidence.no_picture", sha256=sha256) from fault

    def remove(self, sha256: str) -> bool:
        """Take a file away for good; False where there was none."""
        path = self._path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        flush_folder(path.parent)
        return True

    def holds_sealed(self) -> bool:
        """Whether any file needs the key that it was sealed with."""
        for name in self.hashes():
            with self._path(name).open("rb") as file:
                if is_sealed_file(file):
                    return True
        return False

    def seal_all(self) -> SealedNow:
        """Seal what an older release left as it came; killed half-way it goes on the next time."""
        self._clear_incoming()
        count, damaged = 0, list[str]()
        if (self._folder / _ALL_SEALED).exists():
            return SealedNow(count, damaged)
        for name in self.hashes():
            if self._is_sealed(name):
                continue
            try:
                with self.open(name) as plain:
                    self.adopt(plain, name)
                count += 1
            except EvidenceRefused:
                damaged.append(name)
        if not damaged and self._folder.is_dir():
            (self._folder / _ALL_SEALED).touch()
        return SealedNow(count, damaged)

    def _path(self, sha256: str) -> Path:
        # The name comes from outside: nothing but a hash may become part of a path.
        if not _SHA256.fullmatch(sha256):
            raise EvidenceRefused("evidence.unknown", sha256=sha256)
        return self._folder / sha256[:2] / sha256[2:]

    def _make_room(self) -> None:
        if not self._incoming.is_dir():
            self._incoming.mkdir(parents=True, exist_ok=True)
            flush_folder(self._folder.parent)

    @contextmanager
    def _arriving(self) -> Iterator[tuple[IO[bytes], Path]]:
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)

    def _keep(self, arrived: Path, sha256: str) -> None:
        kept = self._path(sha256)
        kept.parent.mkdir(exist_ok=True)
        # A copy that the disk has damaged is healed by the same evidence coming in once more.
        if not (self._is_sealed(sha256) and self.verify(sha256)):
            arrived.replace(kept)
        # Also for a file that was there: who put it may have been killed before its own flush.
        flush_folder(kept.parent)
        flush_folder(self._folder)

    def _is_sealed(self, sha256: str) -> bool:
        try:
            with self._path(sha256).open("rb") as file:
                return is_sealed_file(file)
        except FileNotFoundError:
            return False

    def _clear_incoming(self) -> None:
        """Throw away what a process left that was killed while a file came in."""
        for path in self._incoming.glob("*"):
            # What a living process has just put in its place is not there any more.
            with suppress(FileNotFoundError), path.open("rb") as file:
                begun = os.fstat(file.fileno())
                of_older_release = begun.st_size > 0 and not is_sealed_file(file)
                if of_older_release or time() - begun.st_mtime > _A_DAY:
                    path.unlink(missing_ok=True)


def _receive(stream: Readable, file: HiddenFile, promised: Kind) -> tuple[str, int]:
    """Take the upload piece by piece, and no further than its kind may be long."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_CHUNK):
        size += len(piece)
        if size > promised.most_bytes:
            raise EvidenceRefused(
                "evidence.too_large", kind=promised.name, most_mib=promised.most_bytes // 2**20
            )
        digest.update(piece)
        file.write(piece)
    if not size:
        raise EvidenceRefused("evidence.empty")
    return digest.hexdigest(), size
