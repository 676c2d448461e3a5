"""An audit bundle opened with care: whoever made it may mean ill, so all of it has bounds."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

KILO, MEGA = 2**10, 2**20

MOST_DIRECTORY = 4 * MEGA
"""Of the list of members at the end of the file: some 60,000 of them."""
MOST_LINE = 8 * MEGA
MOST_UNPACKED = 100
"""How many times longer than packed the document of a receipt may be; one is some ten times."""
MOST_DIGITS = 18
MOST_SHOWN = 300

BUNDLE, FORMAT = "casesys.audit_bundle", 1
WHOLE_LOG, ONE_CASE = "log", "case"

HEAD, KEYS, NEWEST = "bundle.json", "keys.txt", "checkpoint.txt"
ENTRIES, LEAVES, PROOFS, GROWTH = "entries.jsonl", "leaves.txt", "proofs.jsonl", "growth.jsonl"
OLDER, RECEIPTS = "checkpoints/", "receipts/"
UNBOUNDED = 2**50
"""For what is read line by line, and no further than it fits."""

MEMBERS = {
    "README.txt": MEGA,
    "verify.py": MEGA,
    HEAD: MEGA,
    KEYS: MEGA,
    NEWEST: 64 * KILO,
    OLDER + r"[0-9]{12}\.txt": 64 * KILO,
    ENTRIES: UNBOUNDED,
    LEAVES: UNBOUNDED,
    PROOFS: UNBOUNDED,
    GROWTH: UNBOUNDED,
    RECEIPTS + r"SJ-[0-9]{4}-[0-9]{4,9}\.json": 256 * MEGA,
}
"""What a bundle may hold, and how long each may be once it is unpacked."""


class Refusal(Exception):
    """Why nothing is answered: what was given is no bundle, no checkpoint or no key.

    ``code`` is a sentence of ``sentences.py``.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Unfit(Exception):
    """The first thing that does not fit; ``position`` is that of the entry, where one is known."""

    def __init__(self, code: str, position: int | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.values = values


class Head(NamedTuple):
    """What a bundle says that it is; nothing is believed because it stands here."""

    kind: str
    case: str
    lost_receipts: frozenset[str]


class Bundle:
    """The members of one bundle, each read within its bounds."""

    def __init__(self, file: BinaryIO) -> None:
        """:raises Refusal: the file is no bundle"""
        _require_short_directory(file)
        try:
            self._zip = ZipFile(file)
        except (BadZipFile, NotImplementedError, ValueError, OSError) as wrong:
            raise Refusal("no_zip") from wrong
        self._members: dict[str, ZipInfo] = {}
        for member in self._zip.infolist():
            _require_allowed(member)
            if member.filename in self._members:
                raise Refusal("member_twice", name=member.filename)
            self._members[member.filename] = member

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self._members if name.startswith(folder))

    def has(self, name: str) -> bool:
        return name in self._members

    def text(self, name: str) -> bytes:
        """A whole member, which its bounds let be short."""
        with self._open(name) as file:
            return _read(file, name, MEMBERS.get(name, 256 * MEGA))

    def digest(self, name: str) -> str:
        """SHA-256 of a member, of which only pieces are held."""
        found = sha256()
        with self._open(name) as file:
            while piece := _read(file, name, MEGA, whole=False):
                found.update(piece)
        return found.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member, without their ends.

        :raises Refusal: a line has no end, or the member is damaged
        """
        with self._open(name) as file, BufferedReader(file, MEGA) as reader:  # type: ignore[type-var]
            while line := _line(reader, name):
                yield line[:-1]

    def head(self) -> Head:
        """:raises Refusal: it says nothing that we know"""
        said = json_of(self.text(HEAD))
        if not isinstance(said, dict) or said.get("bundle") != BUNDLE:
            raise Refusal("no_bundle")
        if said.get("format") != FORMAT:
            raise Refusal("format_is_unknown", format=str(said.get("format"))[:20])
        kind, case, lost = said.get("kind"), said.get("case"), said.get("lost_receipts")
        names = isinstance(lost, list) and all(isinstance(one, str) for one in lost)
        if kind not in (WHOLE_LOG, ONE_CASE) or not isinstance(case, str) or not names:
            raise Refusal("no_bundle")
        return Head(str(kind), case, frozenset(lost or ()))

    def _open(self, name: str) -> BinaryIO:
        if name not in self._members:
            raise Refusal("member_missing", name=name)
        try:
            return self._zip.open(self._members[name])  # type: ignore[return-value]
        except DAMAGES as wrong:
            raise Refusal("member_damaged", name=name) from wrong


class ReceiptDocuments(Mapping[str, bytes]):
    """The documents of receipts by their digests; a large office has more than a memory holds."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.names: dict[str, str] = {}
        for name in bundle.names(RECEIPTS):
            if self.names.setdefault(bundle.digest(name), name) != name:
                raise Refusal("member_twice", name=name)

    def __getitem__(self, digest: str) -> bytes:
        return self._bundle.text(self.names[digest])

    def __contains__(self, digest: object) -> bool:
        return digest in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


DAMAGES = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What the standard library says of a member that is not as it was packed."""


def _line(reader: BinaryIO, name: str) -> bytes:
    try:
        line = reader.readline(MOST_LINE + 1)
    except DAMAGES as wrong:
        raise Refusal("member_damaged", name=name) from wrong
    if line and (len(line) > MOST_LINE or not line.endswith(b"\n")):
        raise Refusal("line_without_end", name=name)
    return line


def _read(file: BinaryIO, name: str, most: int, *, whole: bool = True) -> bytes:
    try:
        found = file.read(most + whole)
    except DAMAGES as wrong:
        raise Refusal("member_damaged", name=name) from wrong
    if len(found) > most:
        raise Refusal("member_too_long", name=name)
    return found


def _require_allowed(member: ZipInfo) -> None:
    """Only names that we know: nothing is ever unpacked to a path that a bundle chooses."""
    name = member.filename
    most = next((n for shape, n in MEMBERS.items() if re.fullmatch(shape, name)), None)
    if most is None:
        raise Refusal("member_unknown", name=name)
    packed = MOST_UNPACKED * member.compress_size + 64 * KILO
    if member.file_size > (min(most, packed) if name.startswith(RECEIPTS) else most):
        raise Refusal("member_too_long", name=name)
    if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refusal("member_damaged", name=name)


def _require_short_directory(file: BinaryIO) -> None:
    """Before it is read whole: a list of millions of members would fill the memory.

    The last 22 bytes of a zip say how long the list is; a large one says it once more before.
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - 98))
    tail = file.read(98).rjust(98, b"\0")
    last = tail[-22:]
    if last[:4] != b"PK\5\6" or last[20:] != b"\0\0":
        raise Refusal("no_zip")
    size = int.from_bytes(last[12:16], "little")
    if tail[-42:-38] == b"PK\6\7":
        size = int.from_bytes(tail[40:48], "little")
    if size > MOST_DIRECTORY:
        raise Refusal("too_many_members")


def json_of(text: bytes) -> Any:
    """What a text says, if it is short JSON of plain texts and numbers; None for anything else."""
    try:
        return json.loads(
            text.decode(), parse_int=_number, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number of so many digits is none of ours")
    return int(digits)


def _no_number(text: str) -> None:
    raise ValueError("no entry holds such a number")


def printable(text: str) -> str:
    """What a stranger wrote, as it may be shown: a terminal obeys letters that are none."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MOST_SHOWN])


def read_file(path: Path, most: int) -> bytes:
    """:raises Refusal: the file cannot be read, or is too long for what it should be"""
    try:
        with path.open("rb") as file:
            found = file.read(most + 1)
    except OSError as fault:
        raise Refusal("no_file", name=str(path), why=fault.strerror or "?") from fault
    if len(found) > most:
        raise Refusal("member_too_long", name=str(path))
    return found
