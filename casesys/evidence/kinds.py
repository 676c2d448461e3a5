"""Which files count as evidence: a closed list, judged by what a file holds and by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from PIL import Image

from domain.refusals import Refused

MOST_BYTES_OF_A_PHOTO = 25 * 2**20
MOST_BYTES_OF_A_DOCUMENT = 50 * 2**20
# A telephone's 50-megapixel photo passes; decoded, nothing that passes takes more than 256 MB.
MOST_PIXELS = 64_000_000
MOST_MEMBERS = 5_000
MOST_BYTES_UNPACKED = 200 * 2**20
MOST_BYTES_OF_A_DIRECTORY = 2**20

# Pillow warns above this figure and refuses above its double, before our own look at the header.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

_CHUNK = 2**20
_END_OF_PDF = 2048
_END_OF_ARCHIVE = 22
_LONGEST_COMMENT = 2**16
_ENCRYPTED = 0x1


class EvidenceRefused(Refused):
    """A file that is no evidence here; ``code`` names the sentence, ``values`` fill it."""

    def __init__(self, code: str, **values: Any) -> None:
        # The other refusals have one code a class; a file can be wrong in many small ways.
        self.code = code  # type: ignore[misc]
        super().__init__(**values)


@dataclass(frozen=True)
class Kind:
    """One accepted kind of file: how it is named, how long it may be, what makes it sound."""

    name: str
    media_type: str
    extensions: tuple[str, ...]
    most_bytes: int
    check: Callable[[IO[bytes]], None]
    pillow_format: str | None = None


def _unreadable(kind: str) -> EvidenceRefused:
    return EvidenceRefused("evidence.unreadable", kind=kind)


def open_picture(file: IO[bytes]) -> Image.Image:
    """The picture with its header read; its pixels are decoded only when they are asked for."""
    try:
        picture = Image.open(file, formats=["JPEG", "PNG", "WEBP"])
    except Image.DecompressionBombError as bomb:
        raise EvidenceRefused("evidence.too_many_pixels", most=MOST_PIXELS) from bomb
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise EvidenceRefused("evidence.too_many_pixels", most=MOST_PIXELS)
    return picture


def _check_picture(file: IO[bytes]) -> None:
    try:
        with open_picture(file) as picture:
            picture.verify()
        # `verify` reads no pixel of a JPEG: only decoding finds the photo that was cut off on its
        # way. A draft reads all of the file and makes a small picture of it.
        with open_picture(file) as picture:
            picture.draft("RGB", (64, 64))
            picture.load()
    except EvidenceRefused:
        raise
    except Exception as fault:
        # Decoders answer hostile bytes with nearly any exception; all of them say the same to us.
        raise _unreadable("picture") from fault


def _check_pdf(file: IO[bytes]) -> None:
    """A whole PDF: scanners and mail leave halves behind, which have a head and no end."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_OF_PDF))
    if b"%%EOF" not in file.read():
        raise _unreadable("pdf")


def _too_large_unpacked() -> EvidenceRefused:
    return EvidenceRefused("evidence.unpacks_too_large", most_mib=MOST_BYTES_UNPACKED // 2**20)


def _check_directory(file: IO[bytes]) -> None:
    """Bound an archive's list of members before `zipfile` makes an object of each of them."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_COMMENT - 2 * _END_OF_ARCHIVE))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    end = tail[at : at + _END_OF_ARCHIVE]
    if at < 0 or len(end) < _END_OF_ARCHIVE:
        raise _unreadable("archive")
    # A second, 64-bit end record would overrule this one; no document here is large enough for it.
    has_second_end = tail[max(0, at - 20) : at].startswith(b"PK\x06\x07")
    if has_second_end or int.from_bytes(end[12:16], "little") > MOST_BYTES_OF_A_DIRECTORY:
        raise _too_large_unpacked()


def check_archive(file: IO[bytes]) -> None:
    """A sound archive of bounded size without macros; every member is unpacked and thrown away."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or unpacked > MOST_BYTES_UNPACKED:
                raise _too_large_unpacked()
            if any(member.flag_bits & _ENCRYPTED for member in members):
                raise EvidenceRefused("evidence.encrypted")
            if any(PurePath(member.filename).name == "vbaProject.bin" for member in members):
                raise EvidenceRefused("evidence.holds_macros")
            for member in members:
                # Unpacking stops at the size that the member declares, so the sum above bounds it.
                with archive.open(member) as packed:
                    while packed.read(_CHUNK):
                        pass
    except EvidenceRefused:
        raise
    except Exception as fault:
        # A damaged archive raises what its decompressor raises: zlib, lzma, struct, EOF, CRC.
        raise _unreadable("archive") from fault


def _photo(name: str, *extensions: str) -> Kind:
    return Kind(
        name,
        f"image/{name}",
        extensions,
        MOST_BYTES_OF_A_PHOTO,
        _check_picture,
        pillow_format=name.upper(),
    )


def _archive(name: str, media_type: str) -> Kind:
    return Kind(name, media_type, (f".{name}",), MOST_BYTES_OF_A_DOCUMENT, check_archive)


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = _photo("jpeg", ".jpg", ".jpeg")
PNG = _photo("png", ".png")
WEBP = _photo("webp", ".webp")
PDF = Kind("pdf", "application/pdf", (".pdf",), MOST_BYTES_OF_A_DOCUMENT, _check_pdf)
DOCX = _archive("docx", f"{_OFFICE}.wordprocessingml.document")
XLSX = _archive("xlsx", f"{_OFFICE}.spreadsheetml.sheet")
OFD = _archive("ofd", "application/ofd")
KINDS = (JPEG, PNG, WEBP, PDF, DOCX, XLSX, OFD)
PHOTOS = (JPEG, PNG, WEBP)
_ARCHIVES = (
    (DOCX, ("[Content_Types].xml", "word/document.xml")),
    (XLSX, ("[Content_Types].xml", "xl/workbook.xml")),
    (OFD, ("OFD.xml",)),
)


def named_kind(declared_name: str) -> Kind:
    """The kind that the file's name promises."""
    extension = PurePath(declared_name).suffix.lower()
    for kind in KINDS:
        if extension in kind.extensions:
            return kind
    accepted = " ".join(extension for kind in KINDS for extension in kind.extensions)
    raise EvidenceRefused("evidence.type_not_accepted", extension=extension, accepted=accepted)


def found_kind(file: IO[bytes]) -> Kind | None:
    """The kind that the file's content is, whatever its name; None for anything else."""
    file.seek(0)
    head = file.read(16)
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _found_archive(file)
    return None


def _found_archive(file: IO[bytes]) -> Kind | None:
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except Exception as fault:
        # The directory at the end of an archive is the uploader's text; see `check_archive`.
        raise _unreadable("archive") from fault
    for kind, needed in _ARCHIVES:
        if names.issuperset(needed):
            return kind
    return None


def check(file: IO[bytes], promised: Kind) -> None:
    """Refuse a file that is not soundly what its name promised."""
    found = found_kind(file)
    if found is not promised:
        raise EvidenceRefused(
            "evidence.type_mismatch", declared=promised.name, found=found.name if found else ""
        )
    promised.check(file)
