"""A sealed file opens to what went in, and no byte of it can be changed, moved, cut or added."""

from __future__ import annotations

import gc
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casesys import sealed_files
from casesys.sealed_files import HiddenFile, Opened, SealedFileBroken, Sealer, is_sealed_file

KEY, OTHER = b"k" * 32, b"o" * 32
SMALL = 16
"""The length of a piece in these tests, so that short contents have many."""


@pytest.fixture(autouse=True, scope="module")
def short_pieces() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_files, "PIECE", SMALL)
        patch.setattr(sealed_files, "_SEALED_PIECE", SMALL + 16)
        yield


def sealed(content: bytes, what: str = "paper", key: bytes = KEY) -> bytes:
    raw = io.BytesIO()
    with sealed_files.sealing(raw, key, what) as out:
        out.write(content)
    return raw.getvalue()


def opened(content: bytes, what: str = "paper", key: bytes = KEY) -> bytes:
    return Opened(io.BytesIO(content), key, what).readall()


def fault_of(content: bytes, what: str = "paper", key: bytes = KEY) -> str:
    with pytest.raises(SealedFileBroken) as broken:
        opened(content, what, key)
    return broken.value.code.removeprefix("stopped.")


contents = st.binary(max_size=5 * SMALL)


@given(content=contents, cuts=st.lists(st.integers(0, 5 * SMALL), max_size=6))
def test_any_content_written_in_any_portions_comes_back(content: bytes, cuts: list[int]) -> None:
    raw = io.BytesIO()
    sealer, begun = Sealer(raw, KEY, "paper"), 0
    for cut in [*sorted(min(cut, len(content)) for cut in cuts), len(content)]:
        sealer.write(content[begun:cut])
        begun = cut
        assert sealer.tell() == begun
    sealer.finish()
    assert opened(raw.getvalue()) == content
    assert is_sealed_file(raw)
    # The first line is the same for all; behind it nothing of the content stands.
    assert len(content) < 8 or content not in raw.getvalue()[len(sealed_files.MAGIC) :]


@given(content=contents, places=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 40))))
def test_it_is_read_from_any_place_as_an_ordinary_file_is(
    content: bytes, places: list[tuple[int, int]]
) -> None:
    plain, reader = io.BytesIO(content), io.BufferedReader(opened_file(content), 8)
    for place, length in places:
        assert reader.seek(place) == plain.seek(place)
        assert reader.read(length) == plain.read(length)
        assert reader.tell() == plain.tell()
    assert reader.seek(0, os.SEEK_END) == len(content)


def opened_file(content: bytes) -> Opened:
    return Opened(io.BytesIO(sealed(content)), KEY, "paper")


@given(content=contents, place=st.integers(0), bit=st.integers(0, 7))
def test_any_changed_byte_is_found(content: bytes, place: int, bit: int) -> None:
    harmed = bytearray(sealed(content))
    harmed[place % len(harmed)] ^= 1 << bit
    fault_of(bytes(harmed))


@given(content=contents, length=st.integers(0), more=st.binary(min_size=1, max_size=40))
def test_any_cut_and_anything_put_on_is_found(content: bytes, length: int, more: bytes) -> None:
    whole = sealed(content)
    fault_of(whole[: length % len(whole)])
    fault_of(whole + more)


@settings(max_examples=50)
@given(pieces=st.integers(2, 5), first=st.integers(0), second=st.integers(0))
def test_pieces_that_change_places_or_come_from_another_file_are_found(
    pieces: int, first: int, second: int
) -> None:
    content = bytes(SMALL * pieces)
    whole, twin = sealed(content), sealed(content)
    head = len(whole) - pieces * (SMALL + 16)
    cut = [whole[at : at + SMALL + 16] for at in range(head, len(whole), SMALL + 16)]
    one, other = first % pieces, second % pieces
    swapped = cut.copy()
    swapped[one], swapped[other] = cut[other], cut[one]
    if one != other:
        assert fault_of(whole[:head] + b"".join(swapped)) == "sealed_file_damaged"
    foreign = head + one * (SMALL + 16)
    mixed = whole[:foreign] + twin[foreign : foreign + SMALL + 16] + whole[foreign + SMALL + 16 :]
    assert fault_of(mixed) == "sealed_file_damaged"
    left_out = whole[:head] + b"".join(cut[:one] + cut[one + 1 :])
    assert fault_of(left_out) in ("sealed_file_damaged", "sealed_file_cut")


def test_what_is_wrong_is_told_apart() -> None:
    whole = sealed(bytes(3 * SMALL))
    assert fault_of(whole, key=OTHER) == "sealed_file_other_key"
    assert fault_of(whole, what="another paper") == "sealed_file_damaged"
    assert fault_of(whole[: -SMALL - 16]) == "sealed_file_cut"
    assert fault_of(whole[:20]) == "sealed_file_cut"
    assert fault_of(b"%PDF-1.7" + whole) == "not_sealed"
    assert fault_of(whole.replace(b"sealed 1\n", b"sealed 2\n")) == "sealed_file_of_later_release"


def test_a_file_that_was_not_finished_never_opens() -> None:
    raw = io.BytesIO()
    with pytest.raises(ConnectionResetError), sealed_files.sealing(raw, KEY, "paper") as out:
        out.write(bytes(3 * SMALL + 2))
        raise ConnectionResetError
    assert fault_of(raw.getvalue()) == "sealed_file_cut"


def test_without_the_last_mark_a_cut_between_pieces_would_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealed_files, "_nonce", lambda index, *, last: index.to_bytes(12, "big"))
    assert opened(sealed(bytes(3 * SMALL))[: -SMALL - 16]) == bytes(2 * SMALL)


def test_a_hidden_file_that_nobody_closed_goes_without_a_warning(tmp_path: Path) -> None:
    hidden = HiddenFile(tmp_path)
    hidden._raw.rollover()
    raw = hidden._raw
    # A circle, as a request is one: its parts are taken away in no order of ours.
    hidden.itself = hidden  # type: ignore[attr-defined]
    del hidden
    gc.collect()
    assert raw.closed


def test_what_arrives_is_read_again_and_lies_nowhere_as_it_is(tmp_path: Path) -> None:
    secret = b"contact person 13800000000 " * 40
    with HiddenFile(tmp_path) as hidden:
        hidden._raw.rollover()
        for at in range(0, len(secret), 100):
            hidden.write(secret[at : at + 100])
        assert hidden.tell() == len(secret)
        assert hidden.seek(0) == 0
        assert hidden.read(7) == secret[:7]
        assert hidden.read() == secret[7:]
        hidden.seek(-9, os.SEEK_END)
        assert hidden.read(4) == secret[-9:-5]
        with pytest.raises(io.UnsupportedOperation):
            hidden.write(b"more")
        on_disk = os.pread(hidden._raw.fileno(), 2**20, 0)
    assert len(on_disk) > len(secret) and b"13800000000" not in on_disk
    assert list(tmp_path.iterdir()) == []
