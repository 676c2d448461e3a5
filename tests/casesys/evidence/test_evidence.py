"""The evidence store keeps a file once, whole and durable, and shows it without its secrets."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms

from casesys.evidence import EvidenceRefused, EvidenceStore, Position, SealedNow
from casesys.evidence.kinds import MOST_BYTES_OF_A_DOCUMENT, MOST_BYTES_OF_A_PHOTO
from casesys.sealed_files import is_sealed_file

KEY = b"k" * 32
_GPS = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (36.0, 3.0, 41.04),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (103.0, 50.0, 3.12),
}


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", KEY)


def _photo(
    form: str = "JPEG",
    *,
    taken: str | None = None,
    offset: str | None = None,
    gps: Mapping[ExifTags.GPS, object] | None = None,
    turned: int = 1,
) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "华为"
    exif[ExifTags.Base.Orientation] = turned
    if taken is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if offset is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = offset
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({int(tag): said for tag, said in (gps or {}).items()})
    written = io.BytesIO()
    Image.linear_gradient("L").resize((400, 200)).convert("RGB").save(written, form, exif=exif)
    return written.getvalue()


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_the_hash_of_its_content(store: EvidenceStore, tmp_path: Path) -> None:
    content = _photo()
    stored = store.put(io.BytesIO(content), "门头照片.jpg")
    sha256 = hashlib.sha256(content).hexdigest()
    assert (stored.sha256, stored.size, stored.media_type) == (sha256, len(content), "image/jpeg")
    assert _files(tmp_path) == [f"evidence/{sha256[:2]}/{sha256[2:]}"]
    with store.open(sha256) as file:
        assert file.read() == content
    assert store.verify(sha256)
    assert list(store.hashes()) == [sha256]


def test_the_same_content_is_kept_once_under_whatever_name(
    store: EvidenceStore, tmp_path: Path
) -> None:
    first = store.put(io.BytesIO(_photo()), "a.jpg")
    kept = tmp_path / "evidence" / first.sha256[:2] / first.sha256[2:]
    before = kept.stat()
    assert store.put(io.BytesIO(_photo()), "b.jpeg") == first
    assert kept.stat().st_ino == before.st_ino
    assert len(_files(tmp_path)) == 1


def test_a_rewritten_file_is_found_and_healed_by_the_same_evidence(
    store: EvidenceStore, tmp_path: Path
) -> None:
    stored = store.put(io.BytesIO(_photo()), "a.jpg")
    kept = tmp_path / "evidence" / stored.sha256[:2] / stored.sha256[2:]
    assert kept.stat().st_mode & 0o222 == 0, "nobody writes into evidence by mistake"
    content = bytearray(kept.read_bytes())
    content[-3] ^= 1
    kept.unlink()
    kept.write_bytes(content)
    assert not store.verify(stored.sha256)
    store.put(io.BytesIO(_photo()), "a.jpg")
    assert store.verify(stored.sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "AB" * 32, "0" * 63 + "\n"])
def test_only_the_hash_of_a_kept_file_opens_anything(store: EvidenceStore, name: str) -> None:
    store.put(io.BytesIO(_photo()), "a.jpg")
    for ask in (store.open, store.sanitised):
        with pytest.raises(EvidenceRefused) as refusal:
            ask(name)
        assert refusal.value.code == "evidence.unknown"
    assert not store.verify(name)


def test_on_the_disk_nothing_of_a_file_can_be_read(store: EvidenceStore, tmp_path: Path) -> None:
    photo = _photo(taken="2021:03:08 09:02:59", gps=_GPS)
    stored = store.put(io.BytesIO(photo), "a.jpg")
    (kept,) = (tmp_path / "evidence").glob("??/*")
    lying = kept.read_bytes()
    assert is_sealed_file(io.BytesIO(lying)) and b"2021:03:08" in photo
    assert not any(photo[at : at + 16] in lying for at in range(0, len(photo) - 16, 16))
    other = EvidenceStore(tmp_path / "evidence", b"o" * 32)
    assert not other.verify(stored.sha256)
    with pytest.raises(EvidenceRefused) as refusal:
        other.open(stored.sha256)
    assert refusal.value.code == "evidence.damaged"


def test_an_upload_that_arrives_lies_nowhere_as_it_is(
    store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at through every open file of the process, each time that a piece was taken."""
    letter = b"%PDF-1.7\n" + b"13800000000 " * 300_000 + b"\n%%EOF\n"

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            seen.append(_open_files_hold(tmp_path, b"13800000000"))
            return super().read(min(size or 0, 2**18))

    seen: list[bool] = []
    store.put(Watched(letter), "a.pdf")
    assert len(seen) > 10 and not any(seen)
    plain = partial(tempfile.TemporaryFile, "w+b", 0, dir=tmp_path)
    monkeypatch.setattr("casesys.evidence.HiddenFile", lambda _: plain())
    seen.clear()
    store.put(Watched(letter), "a.pdf")
    assert any(seen), "a plain temporary file would be seen"


def _open_files_hold(folder: Path, secret: bytes) -> bool:
    """Whether a file in this folder, named or not, that the process has open holds the bytes."""
    found = False
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if link.readlink().is_relative_to(folder):
                found = found or secret in link.read_bytes()
    return found


def test_a_file_under_another_files_name_does_not_open(
    store: EvidenceStore, tmp_path: Path
) -> None:
    photo, letter = (
        store.put(io.BytesIO(_photo()), "a.jpg").sha256,
        store.put(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf").sha256,
    )
    where = [tmp_path / "evidence" / name[:2] / name[2:] for name in (photo, letter)]
    where[0].replace(where[1])
    assert not store.verify(letter)
    for ask in (store.open, store.read, store.sanitised, store.sealed):
        with pytest.raises(EvidenceRefused) as refusal:
            ask(letter)
        assert refusal.value.code == "evidence.damaged"


def test_what_is_removed_is_gone_and_may_come_again(store: EvidenceStore, tmp_path: Path) -> None:
    stored = store.put(io.BytesIO(_photo()), "a.jpg")
    assert store.remove(stored.sha256)
    assert not store.remove(stored.sha256)
    assert _files(tmp_path) == [] and list(store.hashes()) == []
    assert store.put(io.BytesIO(_photo()), "a.jpg") == stored
    assert store.verify(stored.sha256)


def test_what_an_older_release_left_is_read_and_sealed_even_if_killed_half_way(
    store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [b"%%PDF-1.7\n%d\n%%%%EOF\n" % number for number in range(5)]
    names = [_left_plain(tmp_path, content) for content in left]
    rotten = _left_plain(tmp_path, b"rotten", "ab" * 32)
    (tmp_path / "evidence/incoming").mkdir()
    (tmp_path / "evidence/incoming/tmphalf").write_bytes(b"half of a photo")
    assert [store.read(name) for name in names] == left
    assert [store.verify(name) for name in (*names, rotten)] == [True] * 5 + [False]
    assert store.sealed(names[0]) != left[0] and not store.holds_sealed()
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if store.holds_sealed():
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        store.seal_all()
    monkeypatch.undo()
    assert [store.read(name) for name in names] == left
    assert store.seal_all() == SealedNow(4, [rotten])
    assert [store.read(name) for name in names] == left
    lying = b"".join(path.read_bytes() for path in (tmp_path / "evidence").rglob("*/*"))
    assert b"%PDF" not in lying and b"half of" not in lying
    store.remove(rotten)
    assert store.seal_all() == store.seal_all() == SealedNow(0, [])
    assert all(map(store.verify, names))


def _left_plain(folder: Path, content: bytes, name: str | None = None) -> str:
    name = name or hashlib.sha256(content).hexdigest()
    path = folder / "evidence" / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def test_a_pdf_renamed_jpg_is_refused_and_leaves_nothing(
    store: EvidenceStore, tmp_path: Path
) -> None:
    with pytest.raises(EvidenceRefused) as refusal:
        store.put(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "现场.jpg")
    assert refusal.value.code == "evidence.type_mismatch"
    assert refusal.value.values == {"declared": "jpeg", "found": "pdf"}
    assert _files(tmp_path) == []


def test_an_empty_file_is_refused(store: EvidenceStore) -> None:
    with pytest.raises(EvidenceRefused) as refusal:
        store.put(io.BytesIO(), "a.jpg")
    assert refusal.value.code == "evidence.empty"


class _Upload:
    """An upload of any length that is never in memory, and counts what was taken of it."""

    def __init__(self, size: int, head: bytes = b"") -> None:
        self._pieces = self._cut(size, head)
        self.taken = 0

    def read(self, _size: int, /) -> bytes:
        piece = next(self._pieces, b"")
        self.taken += len(piece)
        return piece

    @staticmethod
    def _cut(size: int, head: bytes) -> Iterator[bytes]:
        while size > 0:
            piece = head.ljust(min(size, 2**18), b"\0")
            yield piece
            size, head = size - len(piece), b""


@pytest.mark.parametrize(
    ("name", "most"), [("a.jpg", MOST_BYTES_OF_A_PHOTO), ("a.pdf", MOST_BYTES_OF_A_DOCUMENT)]
)
def test_an_upload_of_200_mb_is_refused_at_its_limit_and_never_in_memory(
    store: EvidenceStore, tmp_path: Path, name: str, most: int
) -> None:
    upload = _Upload(200 * 10**6)
    tracemalloc.start()
    try:
        with pytest.raises(EvidenceRefused) as refusal:
            store.put(upload, name)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refusal.value.code == "evidence.too_large"
    assert refusal.value.values["most_mib"] == most // 2**20
    assert upload.taken <= most + 2**18
    assert peak < 4 * 2**20
    assert _files(tmp_path) == []


def test_a_broken_upload_leaves_nothing(store: EvidenceStore, tmp_path: Path) -> None:
    class Broken:
        def read(self, _size: int, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), "a.jpg")
    assert _files(tmp_path) == []


def test_a_file_gets_its_name_only_after_its_content_is_on_the_disk(
    store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    flush = os.fsync

    def watched(descriptor: int) -> None:
        target = Path(f"/proc/self/fd/{descriptor}").readlink()
        kept = [name for name in _files(tmp_path) if "incoming" not in name]
        seen.append((target.parent.name if target.is_file() else target.name, len(kept)))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    stored = store.put(io.BytesIO(_photo()), "a.jpg")
    first_folder = (tmp_path.name, 0)
    shelf = stored.sha256[:2]
    assert seen == [first_folder, ("incoming", 0), (shelf, 1), ("evidence", 1)]


def test_a_photo_says_when_and_where_it_was_taken(store: EvidenceStore) -> None:
    photo = _photo(taken="2021:03:08 09:02:59", gps=_GPS)
    stored = store.put(io.BytesIO(photo), "a.jpg")
    assert stored.taken_at == datetime(2021, 3, 8, 1, 2, 59, tzinfo=UTC)
    assert stored.position == Position(36.0614, 103.8342)
    assert "103.8" not in repr(stored)


def test_a_camera_that_knows_its_zone_is_believed(store: EvidenceStore) -> None:
    photo = _photo("WEBP", taken="2021:03:08 09:02:59", offset="+06:00")
    stored = store.put(io.BytesIO(photo), "a.webp")
    assert stored.taken_at == datetime(2021, 3, 8, 3, 2, 59, tzinfo=UTC)


def test_the_southern_and_the_western_half_are_negative(store: EvidenceStore) -> None:
    gps = _GPS | {ExifTags.GPS.GPSLatitudeRef: "S", ExifTags.GPS.GPSLongitudeRef: "W"}
    stored = store.put(io.BytesIO(_photo(gps=gps)), "a.jpg")
    assert stored.position == Position(-36.0614, -103.8342)


@pytest.mark.parametrize(
    "gps",
    [
        {ExifTags.GPS.GPSLatitude: (36.0, 3.0, 41.0)},
        _GPS | {ExifTags.GPS.GPSLatitudeRef: "?"},
        _GPS | {ExifTags.GPS.GPSLatitude: (136.0, 0.0, 0.0)},
        _GPS | {ExifTags.GPS.GPSLatitude: (36.0,)},
    ],
)
def test_what_a_photo_says_unclearly_it_does_not_say(
    store: EvidenceStore, gps: Mapping[ExifTags.GPS, object]
) -> None:
    stored = store.put(io.BytesIO(_photo(taken="0000:00:00 00:00:00", gps=gps)), "a.jpg")
    assert (stored.taken_at, stored.position) == (None, None)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_metadata_cut_to_pieces_do_not_refuse_the_photo(store: EvidenceStore) -> None:
    photo = bytearray(_photo(taken="2021:03:08 09:02:59", gps=_GPS))
    at = photo.index(b"Exif\0\0") + 14
    photo[at : at + 40] = b"\xff" * 40
    stored = store.put(io.BytesIO(bytes(photo)), "a.jpg")
    assert (stored.taken_at, stored.position) == (None, None)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_shown_picture_is_upright_and_keeps_no_metadata(
    store: EvidenceStore, form: str
) -> None:
    photo = _photo(form, taken="2021:03:08 09:02:59", gps=_GPS, turned=6)
    stored = store.put(io.BytesIO(photo), f"a.{form.lower()}")
    shown = store.sanitised(stored.sha256)
    assert b"2021:03:08" in photo
    assert b"2021:03:08" not in shown
    with Image.open(io.BytesIO(shown)) as picture:
        assert (picture.format, picture.size) == (form, (200, 400))
        assert dict(picture.getexif()) == {}


def test_the_shown_picture_keeps_no_comment_and_no_xmp_but_its_colours(
    store: EvidenceStore,
) -> None:
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    written = io.BytesIO()
    with Image.open(io.BytesIO(_photo())) as picture:
        picture.save(
            written, "JPEG", comment="联系人", xmp=b"<x>13900000000</x>", icc_profile=colours
        )
    photo = written.getvalue()
    stored = store.put(io.BytesIO(photo), "a.jpg")
    shown = store.sanitised(stored.sha256)
    for secret in ("联系人".encode(), b"13900000000"):
        assert secret in photo
        assert secret not in shown
    with Image.open(io.BytesIO(shown)) as picture:
        assert picture.info["icc_profile"] == colours


def test_a_small_picture_for_a_timeline_keeps_its_proportions(store: EvidenceStore) -> None:
    stored = store.put(io.BytesIO(_photo(turned=8)), "a.jpg")
    with Image.open(io.BytesIO(store.sanitised(stored.sha256, longest_side=100))) as picture:
        assert picture.size == (50, 100)


def test_a_telephones_photo_with_an_embedded_preview_is_a_jpeg(store: EvidenceStore) -> None:
    written = io.BytesIO()
    with (
        Image.open(io.BytesIO(_photo())) as photo,
        Image.open(io.BytesIO(_photo())) as preview,
    ):
        photo.save(written, "MPO", save_all=True, append_images=[preview])
    stored = store.put(io.BytesIO(written.getvalue()), "a.jpg")
    assert stored.media_type == "image/jpeg"
    with Image.open(io.BytesIO(store.sanitised(stored.sha256))) as shown:
        assert shown.format == "JPEG"


def test_a_transparent_picture_stays_transparent(store: EvidenceStore) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (200, 0, 0, 90)).save(written, "PNG")
    stored = store.put(io.BytesIO(written.getvalue()), "印章.png")
    with Image.open(io.BytesIO(store.sanitised(stored.sha256))) as shown:
        assert shown.getpixel((4, 4)) == (200, 0, 0, 90)


def test_a_document_is_no_picture(store: EvidenceStore) -> None:
    stored = store.put(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf")
    assert stored.media_type == "application/pdf"
    with pytest.raises(EvidenceRefused) as refusal:
        store.sanitised(stored.sha256)
    assert refusal.value.code == "evidence.no_picture"
