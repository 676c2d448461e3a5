"""A file counts as evidence when its name and its content say the same and its content is sound."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from casesys.evidence import kinds as evidence_kinds
from casesys.evidence.kinds import EvidenceRefused, Kind, check, named_kind

_OFFICE_FILES = {
    "docx": ("[Content_Types].xml", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
    "ofd": ("OFD.xml", "Doc_0/Document.xml"),
}
_PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(form: str, size: tuple[int, int] = (320, 240)) -> bytes:
    written = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(written, form)
    return written.getvalue()


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, content)
    return written.getvalue()


_SOUND: dict[str, Callable[[], bytes]] = {
    "立面.JPG": lambda: picture("JPEG"),
    "a.jpeg": lambda: picture("JPEG"),
    "a.png": lambda: picture("PNG"),
    "a.webp": lambda: picture("WEBP"),
    "决定书.pdf": lambda: _PDF,
    "a.docx": lambda: archive(*_OFFICE_FILES["docx"]),
    "a.xlsx": lambda: archive(*_OFFICE_FILES["xlsx"]),
    "公函.ofd": lambda: archive(*_OFFICE_FILES["ofd"]),
}


def _judge(folder: Path, name: str, content: bytes) -> Kind:
    path = folder / "arrived"
    path.write_bytes(content)
    kind = named_kind(name)
    with path.open("rb") as file:
        check(file, kind)
    return kind


def _code(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(EvidenceRefused) as refusal:
        _judge(folder, name, content)
    return refusal.value.code


@pytest.mark.parametrize("name", _SOUND)
def test_a_sound_file_under_its_own_name_counts(tmp_path: Path, name: str) -> None:
    kind = _judge(tmp_path, name, _SOUND[name]())
    assert Path(name).suffix.lower() in kind.extensions


@pytest.mark.parametrize("name", _SOUND)
@pytest.mark.parametrize("other", _SOUND)
def test_a_file_renamed_to_another_kind_is_refused(tmp_path: Path, name: str, other: str) -> None:
    if named_kind(name) is named_kind(other):
        assert _judge(tmp_path, other, _SOUND[name]())
        return
    with pytest.raises(EvidenceRefused) as refusal:
        _judge(tmp_path, other, _SOUND[name]())
    assert refusal.value.code == "evidence.type_mismatch"
    assert refusal.value.values == {
        "declared": named_kind(other).name,
        "found": named_kind(name).name,
    }


@pytest.mark.parametrize("name", ["a.exe", "a.svg", "a.html", "a", "a.jpg.bat", "a.xlsm", ".jpg"])
def test_a_name_that_promises_no_accepted_kind_is_refused(name: str) -> None:
    with pytest.raises(EvidenceRefused) as refusal:
        named_kind(name)
    assert refusal.value.code == "evidence.type_not_accepted"
    assert ".ofd" in refusal.value.values["accepted"]


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<svg xmlns='x'/>", b"GIF89a" + b"\0" * 40])
def test_a_content_of_no_accepted_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    assert _code(tmp_path, "a.jpg", content) == "evidence.type_mismatch"


def test_an_archive_that_is_no_office_file_is_refused(tmp_path: Path) -> None:
    assert _code(tmp_path, "a.docx", archive("readme.txt")) == "evidence.type_mismatch"


@pytest.mark.parametrize("name", [name for name in _SOUND if name != "决定书.pdf"])
def test_a_file_cut_off_on_its_way_is_refused(tmp_path: Path, name: str) -> None:
    whole = _SOUND[name]()
    for kept in (len(whole) // 3, len(whole) // 2, len(whole) - 24):
        assert _code(tmp_path, name, whole[:kept]) == "evidence.unreadable"


def test_a_pdf_without_its_end_is_refused(tmp_path: Path) -> None:
    assert _code(tmp_path, "a.pdf", _PDF.replace(b"%%EOF", b"")) == "evidence.unreadable"


def test_a_damaged_member_is_found_by_unpacking_it(tmp_path: Path) -> None:
    sound = archive(*_OFFICE_FILES["docx"], content=bytes(range(256)) * 40)
    at = sound.index(b"word/document.xml") + 40
    damaged = sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :]
    assert _code(tmp_path, "a.docx", damaged) == "evidence.unreadable"


def test_a_document_with_macros_is_refused_under_any_name(tmp_path: Path) -> None:
    macros = archive(*_OFFICE_FILES["xlsx"], "xl/vbaProject.bin")
    assert _code(tmp_path, "a.xlsx", macros) == "evidence.holds_macros"


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(archive(*_OFFICE_FILES["ofd"]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert _code(tmp_path, "a.ofd", bytes(content)) == "evidence.encrypted"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = archive(
        *_OFFICE_FILES["xlsx"], content=bytes(evidence_kinds.MOST_BYTES_UNPACKED // 2 + 1)
    )
    assert len(bomb) < 2**20
    assert _code(tmp_path, "a.xlsx", bomb) == "evidence.unpacks_too_large"
    monkeypatch.setattr(evidence_kinds, "MOST_BYTES_UNPACKED", 2**40)
    assert _judge(tmp_path, "a.xlsx", bomb), "without the bound nothing else stops it"


def test_a_member_that_lies_about_its_size_unpacks_no_further(tmp_path: Path) -> None:
    content = bytearray(archive("OFD.xml", content=bytes(10_000_000)))
    size = content.index(b"PK\x01\x02") + 24
    content[size : size + 4] = (100).to_bytes(4, "little")
    assert _code(tmp_path, "a.ofd", bytes(content)) == "evidence.unreadable"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    names = (f"{n}.xml" for n in range(evidence_kinds.MOST_MEMBERS))
    assert _code(tmp_path, "a.ofd", archive("OFD.xml", *names)) == "evidence.unpacks_too_large"


def test_an_endless_list_of_members_is_not_even_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = archive("OFD.xml", *(f"{n:0200}" for n in range(5_000)))

    def list_members(*_: object) -> None:
        raise AssertionError("an object was made of each member")

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", list_members)
    assert _code(tmp_path, "a.ofd", many) == "evidence.unpacks_too_large"
    monkeypatch.setattr(evidence_kinds, "MOST_BYTES_OF_A_DIRECTORY", 2**40)
    assert _code(tmp_path, "a.ofd", many) == "evidence.unreadable", "the trap was reached"


def test_a_second_end_record_cannot_hide_the_list_from_its_bound(tmp_path: Path) -> None:
    plain = archive("OFD.xml")
    at = plain.index(b"PK\x05\x06")
    second = plain[:at] + b"PK\x06\x07" + bytes(16) + plain[at:]
    assert _code(tmp_path, "a.ofd", second) == "evidence.unpacks_too_large"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(9_000, 8_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    content = bytearray(picture("PNG"))
    content[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    content[29:33] = _crc(bytes(content[12:29])).to_bytes(4, "big")
    assert _code(tmp_path, "a.png", bytes(content)) == "evidence.too_many_pixels"


def test_the_photo_of_a_50_megapixel_telephone_passes(tmp_path: Path) -> None:
    content = picture("JPEG", (8_160, 6_120))
    assert _judge(tmp_path, "a.jpg", content) is evidence_kinds.JPEG


def _crc(chunk: bytes) -> int:
    return zlib.crc32(chunk)
