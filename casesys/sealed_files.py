"""Files that nobody reads or changes without their key: sealed and opened piece by piece.

A first line with the format, a salt and a mark of the key; then pieces of one MiB under
AES-256-GCM. The salt gives each file a key of its own, so the nonces can simply count. A nonce
says which piece it is and whether it is the last one: swapped, left out, cut off or put on, a
piece does not open. What the file is, as the SHA-256 of its content, is bound to each piece: under
another name it does not open either.
"""

from __future__ import annotations

import io
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casesys.stopping import Stopped

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

FAMILY = b"casesys sealed "
MAGIC = FAMILY + b"1\n"
PIECE = 2**20
_SALT, _MARK, _TAG, _COUNTER = 32, 16, 16, 11
_HEAD = len(MAGIC) + _SALT + _MARK
_SEALED_PIECE = PIECE + _TAG


class SealedFileBroken(Stopped):
    """A sealed file was changed or cut, or its key is another one; nothing of it is handed out."""


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def is_sealed_file(file: IO[bytes]) -> bool:
    """Whether the file calls itself sealed, of whatever release; it is left at its beginning."""
    file.seek(0)
    head = file.read(len(FAMILY))
    file.seek(0)
    return head == FAMILY


@contextmanager
def sealing(raw: IO[bytes], key: bytes, what: str) -> Iterator[Sealer]:
    """Seals what is written; after a fault the file has no end, and so never opens."""
    sealer = Sealer(raw, key, what)
    yield sealer
    sealer.finish()


class Sealer(io.RawIOBase):
    """Writes a sealed file; it is whole only after ``finish``."""

    def __init__(self, raw: IO[bytes], key: bytes, what: str) -> None:
        salt = os.urandom(_SALT)
        self._cipher, mark = _of_file(key, salt)
        self._raw, self._what = raw, what.encode()
        self._held, self._pieces = bytearray(), 0
        raw.write(MAGIC + salt + mark)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        with memoryview(data).cast("B") as view:
            for at in range(0, len(view), PIECE):
                part = view[at : at + PIECE]
                room = PIECE - len(self._held)
                self._held += part[:room]
                # A piece goes out only when more comes: the last one must say that it is.
                if len(part) > room:
                    self._write_piece(last=False)
                    self._held += part[room:]
            return len(view)

    def tell(self) -> int:
        return self._pieces * PIECE + len(self._held)

    def finish(self) -> None:
        self._write_piece(last=True)

    def _write_piece(self, *, last: bool) -> None:
        nonce = _nonce(self._pieces, last=last)
        self._raw.write(self._cipher.encrypt(nonce, self._held, self._what))
        self._held.clear()
        self._pieces += 1


class Opened(io.RawIOBase):
    """The content of a sealed file, from any place; closing it closes the file beneath.

    :raises SealedFileBroken: at once when the key is another one, else with the piece read
    """

    def __init__(self, raw: IO[bytes], key: bytes, what: str) -> None:
        self._raw, self._what = raw, what.encode()
        size = raw.seek(0, os.SEEK_END)
        raw.seek(0)
        head = raw.read(_HEAD)
        if not head.startswith(MAGIC):
            later = head.startswith(FAMILY)
            raise SealedFileBroken("sealed_file_of_later_release" if later else "not_sealed")
        body = size - _HEAD
        if body < _TAG:
            raise SealedFileBroken("sealed_file_cut")
        salt, mark = head[len(MAGIC) : -_MARK], head[-_MARK:]
        self._cipher, expected = _of_file(key, salt)
        if not compare_digest(mark, expected):
            raise SealedFileBroken("sealed_file_other_key")
        self._pieces = -(-body // _SEALED_PIECE)
        if body - (self._pieces - 1) * _SEALED_PIECE < _TAG:
            raise SealedFileBroken("sealed_file_cut")
        self.size = body - self._pieces * _TAG
        self._position, self._loaded, self._plain = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with memoryview(buffer).cast("B") as view:
            piece = self._here()[: len(view)]
            view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        pieces = []
        while piece := self._here():
            self._position += len(piece)
            pieces.append(bytes(piece))
        return b"".join(pieces)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _here(self) -> memoryview:
        """What is left of the piece at this place; the end of an empty file is a piece too."""
        index = min(self._position // PIECE, self._pieces - 1)
        if index != self._loaded:
            self._plain = self._open_piece(index)
            self._loaded = index
        return memoryview(self._plain)[self._position - index * PIECE :]

    def _open_piece(self, index: int) -> bytes:
        self._raw.seek(_HEAD + index * _SEALED_PIECE)
        sealed = self._raw.read(_SEALED_PIECE)
        last = index == self._pieces - 1
        try:
            return self._cipher.decrypt(_nonce(index, last=last), sealed, self._what)
        except InvalidTag:
            if last and self._is_no_end(index, sealed):
                raise SealedFileBroken("sealed_file_cut") from None
            raise SealedFileBroken("sealed_file_damaged", at=index * PIECE) from None

    def _is_no_end(self, index: int, sealed: bytes) -> bool:
        """Whether a piece is sound that another one should follow."""
        try:
            self._cipher.decrypt(_nonce(index, last=False), sealed, self._what)
        except InvalidTag:
            return False
        return True


class HiddenFile(io.BufferedIOBase):
    """Bytes that arrive and are read again without ever lying on a disk as they are.

    First it is only written, from the first ``seek`` on only read. Short ones stay in memory; of
    longer ones the disk sees what a key has sealed that is never written down.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._key = new_key()
        self._raw = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            PIECE, dir=None if folder is None else str(folder)
        )
        # Whoever forgets to close it: the file on the disk goes when this object does.
        weakref.finalize(self, self._raw.close)
        self._sealer = Sealer(self._raw, self._key, "hidden")
        self._reader: io.BufferedReader | None = None

    def writable(self) -> bool:
        return self._reader is None

    def write(self, data: ReadableBuffer, /) -> int:
        if self._reader is not None:
            raise io.UnsupportedOperation("it is being read")
        return self._sealer.write(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._read().seek(offset, whence)

    def tell(self) -> int:
        return self._sealer.tell() if self._reader is None else self._reader.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        return self._read().read(size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._read().read1(size)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _read(self) -> io.BufferedReader:
        if self._reader is None:
            self._sealer.finish()
            self._reader = io.BufferedReader(Opened(self._raw, self._key, "hidden"))
        return self._reader


def _of_file(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """The key of one file, and the mark by which another key is told from damage."""
    derived = HKDF(SHA256(), length=32 + _MARK, salt=salt, info=MAGIC).derive(key)
    return AESGCM(derived[:32]), derived[32:]


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(_COUNTER, "big") + bytes([last])
