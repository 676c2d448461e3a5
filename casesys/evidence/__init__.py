"""The evidence store: files kept once under the SHA-256 of their content, and never changed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from PIL import ExifTags, ImageOps

from casesys.evidence.kinds import PHOTOS, EvidenceRefused, Kind, check, named_kind, open_picture
from casesys.whole_file import flush_folder
from domain.instants import SHANGHAI

__all__ = ["EvidenceRefused", "EvidenceStore", "Position", "Stored"]

_CHUNK = 2**20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Position:
    """Where the camera stood, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Stored:
    """What the log keeps of a file; the position is personal and must be sealed by the caller."""

    sha256: str
    size: int
    media_type: str
    taken_at: datetime | None = None
    # Never in a representation: these end in log files and in error pages.
    position: Position | None = field(default=None, repr=False)


class EvidenceStore:
    """A folder of files, ``ab/cdef…`` by hash; a file is there whole and durable or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    def put(self, stream: Readable, declared_name: str) -> Stored:
        """Judge and keep a file; the same content again is the same file."""
        promised = named_kind(declared_name)
        if not self._incoming.is_dir():
            self._incoming.mkdir(parents=True, exist_ok=True)
            flush_folder(self._folder.parent)
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        arrived = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                sha256, size = _receive(stream, file, promised)
                check(arrived, promised)
                os.fchmod(file.fileno(), 0o440)
                os.fsync(file.fileno())
            taken_at, position = _shot(arrived) if promised in PHOTOS else (None, None)
            self._keep(arrived, sha256)
        finally:
            arrived.unlink(missing_ok=True)
        return Stored(sha256, size, promised.media_type, taken_at, position)

    def adopt(self, stream: Readable, sha256: str) -> None:
        """Keep a file that was judged when it first came in: a restore brings it back."""
        self._path(sha256)
        self._incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        arrived, digest = Path(name), hashlib.sha256()
        try:
            with os.fdopen(descriptor, "wb") as file:
                while piece := stream.read(_CHUNK):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fchmod(file.fileno(), 0o440)
                os.fsync(file.fileno())
            if digest.hexdigest() != sha256:
                raise EvidenceRefused("evidence.unknown", sha256=sha256)
            self._keep(arrived, sha256)
        finally:
            arrived.unlink(missing_ok=True)

    def open(self, sha256: str) -> io.BufferedReader:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise EvidenceRefused("evidence.unknown", sha256=sha256) from None

    def verify(self, sha256: str) -> bool:
        """Whether the file still is, to the bit, what was put in."""
        try:
            with self.open(sha256) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except EvidenceRefused:
            return False

    def hashes(self) -> Iterator[str]:
        """The name of every file that is kept, in order."""
        for shelf in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(shelf.iterdir()):
                yield shelf.name + path.name

    def sanitised(self, sha256: str, *, longest_side: int | None = None) -> bytes:
        """The picture for the screen: upright, of the same media type, without any metadata."""
        self.open(sha256).close()
        try:
            picture = open_picture(self._path(sha256))
        except OSError as fault:
            raise EvidenceRefused("evidence.no_picture", sha256=sha256) from fault
        with picture:
            # A telephone's JPEG with an embedded preview calls itself MPO; its first frame is ours.
            form = {"MPO": "JPEG"}.get(picture.format or "", picture.format)
            if longest_side is not None:
                picture.draft("RGB", (longest_side, longest_side))
            shown = ImageOps.exif_transpose(picture)
            see_through = form != "JPEG" and shown.has_transparency_data
            shown = shown.convert("RGBA" if see_through else "RGB")
            if longest_side is not None:
                shown.thumbnail((longest_side, longest_side))
            # Encoders copy comments, XMP and more from here unless told otherwise.
            colours = shown.info.get("icc_profile") if picture.mode.startswith("RGB") else None
            shown.info = {}
            written = io.BytesIO()
            shown.save(written, form, icc_profile=colours, quality=88)
        return written.getvalue()

    def _path(self, sha256: str) -> Path:
        # The name comes from outside: nothing but a hash may become part of a path.
        if not _SHA256.fullmatch(sha256):
            raise EvidenceRefused("evidence.unknown", sha256=sha256)
        return self._folder / sha256[:2] / sha256[2:]

    def _keep(self, arrived: Path, sha256: str) -> None:
        kept = self._path(sha256)
        kept.parent.mkdir(exist_ok=True)
        # A copy that the disk has damaged is healed by the same evidence coming in once more.
        if not self.verify(sha256):
            arrived.replace(kept)
        # Also for a file that was there: who put it may have been killed before its own flush.
        flush_folder(kept.parent)
        flush_folder(self._folder)


def _receive(stream: Readable, file: BinaryIO, promised: Kind) -> tuple[str, int]:
    """Copy the upload piece by piece, and no further than its kind may be long."""
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
    file.flush()
    return digest.hexdigest(), size


def _shot(path: Path) -> tuple[datetime | None, Position | None]:
    """When and where a photo says it was taken; what it says unclearly it does not say."""
    taken_at, position = None, None
    with suppress(Exception), open_picture(path) as picture:
        # Metadata are the camera's or anybody's bytes: a fault in them is no fault of the photo.
        exif = picture.getexif()
        with suppress(ValueError, TypeError, KeyError):
            taken_at = _taken_at(exif.get_ifd(ExifTags.IFD.Exif))
        with suppress(ValueError, TypeError, KeyError, ZeroDivisionError):
            position = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return taken_at, position


def _taken_at(tags: dict[int, object]) -> datetime:
    clock = datetime.strptime(str(tags[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")
    offset = tags.get(ExifTags.Base.OffsetTimeOriginal)
    if isinstance(offset, str):
        with suppress(ValueError):
            return datetime.strptime(f"{clock:%Y-%m-%d %H:%M:%S}{offset}", "%Y-%m-%d %H:%M:%S%z")
    # Without its zone a camera's clock is taken for the office's.
    return clock.replace(tzinfo=SHANGHAI)


def _position(tags: dict[int, object]) -> Position:
    latitude = _degrees(tags[ExifTags.GPS.GPSLatitude], tags[ExifTags.GPS.GPSLatitudeRef], "NS")
    longitude = _degrees(tags[ExifTags.GPS.GPSLongitude], tags[ExifTags.GPS.GPSLongitudeRef], "EW")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("not on this Earth")
    return Position(latitude, longitude)


def _degrees(parts: object, side: object, sides: str) -> float:
    if not isinstance(parts, tuple) or len(parts) != 3 or side not in tuple(sides):
        raise ValueError("no angle")
    degrees, minutes, seconds = (float(part) for part in parts)
    angle = round(degrees + minutes / 60 + seconds / 3600, 6)
    return -angle if side == sides[1] else angle
