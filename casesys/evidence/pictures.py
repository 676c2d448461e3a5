"""What a photo says of itself, and how it is shown: upright, and without what a camera wrote."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from PIL import ExifTags, Image, ImageOps

from casesys.evidence.kinds import open_picture
from domain.instants import SHANGHAI


@dataclass(frozen=True)
class Position:
    """Where the camera stood, in degrees (WGS 84)."""

    latitude: float
    longitude: float


def shown(file: IO[bytes], longest_side: int | None) -> bytes:
    """The picture anew, of the same media type and without any metadata.

    :raises OSError: it is no picture
    """
    with open_picture(file) as picture:
        # A telephone's JPEG with an embedded preview calls itself MPO; its first frame is ours.
        form = {"MPO": "JPEG"}.get(picture.format or "", picture.format)
        if longest_side is not None:
            picture.draft("RGB", (longest_side, longest_side))
        upright: Image.Image = ImageOps.exif_transpose(picture)
        see_through = form != "JPEG" and upright.has_transparency_data
        upright = upright.convert("RGBA" if see_through else "RGB")
        if longest_side is not None:
            upright.thumbnail((longest_side, longest_side))
        # Encoders copy comments, XMP and more from here unless told otherwise.
        colours = upright.info.get("icc_profile") if picture.mode.startswith("RGB") else None
        upright.info = {}
        written = io.BytesIO()
        upright.save(written, form, icc_profile=colours, quality=88)
    return written.getvalue()


def shot(file: IO[bytes]) -> tuple[datetime | None, Position | None]:
    """When and where a photo says it was taken; what it says unclearly it does not say."""
    taken_at, position = None, None
    with suppress(Exception), open_picture(file) as picture:
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
