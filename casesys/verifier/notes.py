"""Signed notes and checkpoints in the text formats of C2SP: what is signed, by whom, and when.

A note is a text, an empty line, and one line a signature: ``— name base64``. A checkpoint is a
note whose text names the log, its size and the head of its tree.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

SIGNED, COSIGNED = 0x01, 0x04
"""How a key signs: the note itself, or the note under the time at which it was seen."""

MOST_BYTES = 64 * 1024
MADE = "made "


class NoNote(Exception):
    """A text is no signed note, no checkpoint or no key; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class PublicKey:
    """Who may sign, as a line that can be read out: ``name+id+base64``."""

    name: str
    kind: int
    key: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    @property
    def line(self) -> str:
        told = b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{told}"


@dataclass(frozen=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text and who signed it; ``text`` ends with a line feed and is what is signed."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def whole(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"


@dataclass(frozen=True)
class Checkpoint:
    """How the log stood: its name, how many entries it had, the head of the tree over them.

    ``made_at`` is the server's clock in UTC when it was signed.
    """

    origin: str
    size: int
    head: bytes
    made_at: str

    @property
    def text(self) -> str:
        told = b64encode(self.head).decode()
        return f"{self.origin}\n{self.size}\n{told}\n{MADE}{self.made_at}\n"


def read_key(line: str) -> PublicKey:
    """:raises NoNote: the line is no key, or its id is another key's"""
    parts = line.strip().split("+", 2)
    if len(parts) != 3:
        raise NoNote("no_key")
    raw = _bytes_of(parts[2], "no_key")
    key = PublicKey(parts[0], raw[0] if raw else 0, raw[1:])
    sound = is_name(key.name) and len(key.key) == 32 and key.kind in (SIGNED, COSIGNED)
    if not sound or key.id.hex() != parts[1]:
        raise NoNote("no_key")
    return key


def read_note(text: str) -> Note:
    """:raises NoNote: it is no signed note"""
    if len(text) > MOST_BYTES:
        raise NoNote("no_note")
    # Mail and editors change the ends of lines; what was signed has line feeds.
    text = text.replace("\r\n", "\n")
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail or any(letter < " " and letter != "\n" for letter in text):
        raise NoNote("no_note")
    return Note(body + "\n", tuple(_signature(line) for line in tail.rstrip("\n").split("\n")))


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not is_name(parts[1]):
        raise NoNote("no_note")
    raw = _bytes_of(parts[2], "no_note")
    if len(raw) < 5:
        raise NoNote("no_note")
    return Signature(parts[1], raw[:4], raw[4:])


def read_checkpoint(note: Note) -> Checkpoint:
    """:raises NoNote: the text of the note is no checkpoint of such a log"""
    lines = note.text.split("\n")
    if len(lines) < 5 or not lines[0] or not lines[3].startswith(MADE):
        raise NoNote("no_checkpoint")
    origin, size, head = lines[:3]
    plain = size.isascii() and size.isdecimal() and len(size) <= 18
    if not plain or str(int(size)) != size:
        raise NoNote("no_checkpoint")
    found = Checkpoint(
        origin, int(size), _bytes_of(head, "no_checkpoint"), lines[3].removeprefix(MADE)
    )
    if len(found.head) != 32:
        raise NoNote("no_checkpoint")
    return found


def is_name(name: str) -> bool:
    """Whether a signer may be called so."""
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def signed_bytes(note: Note, key: PublicKey, signature: bytes) -> tuple[bytes, bytes, int | None]:
    """What a key signed, the signature over it, and when, in seconds since 1970 where it says so.

    :raises NoNote: the signature has not the length of its kind
    """
    if key.kind == SIGNED and len(signature) == 64:
        return note.text.encode(), signature, None
    if key.kind == COSIGNED and len(signature) == 72:
        seen = int.from_bytes(signature[:8], "big")
        return cosigned_bytes(note.text, seen), signature[8:], seen
    raise NoNote("no_signature")


def cosigned_bytes(text: str, seen: int) -> bytes:
    return f"cosignature/v1\ntime {seen}\n{text}".encode()


def of_key(note: Note, key: PublicKey) -> Sequence[Signature]:
    """The signatures of a note that say they are of this key."""
    return [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.id)]


def _bytes_of(text: str, code: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError) as wrong:
        raise NoNote(code) from wrong
