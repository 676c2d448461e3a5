"""Keys that sign what the log looked like: the office's own, and those of others who co-sign."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casesys.stopping import Stopped
from casesys.verifier.notes import (
    COSIGNED,
    SIGNED,
    NoNote,
    Note,
    PublicKey,
    Signature,
    cosigned_bytes,
    is_name,
    of_key,
    signed_bytes,
)
from domain.instants import moment

PRIVATE = "PRIVATE+KEY+"


class KeyRefused(Stopped):
    """A key cannot be used for what was asked."""


class SigningKey:
    """A private key under the name of its holder."""

    def __init__(self, name: str, kind: int, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._seed = seed
        self.public = PublicKey(name, kind, raw)

    def sign(self, text: str) -> Signature:
        """Under a note of one's own."""
        return Signature(self.public.name, self.public.id, self._private.sign(text.encode()))

    def cosign(self, text: str, now: str) -> Signature:
        """Under somebody else's note, with the time at which it was seen."""
        seen = int(moment(now).timestamp())
        signature = self._private.sign(cosigned_bytes(text, seen))
        return Signature(self.public.name, self.public.id, seen.to_bytes(8, "big") + signature)

    @property
    def written(self) -> str:
        """The line of a key file; whoever has it signs in this name."""
        told = b64encode(bytes([self.public.kind]) + self._seed).decode()
        return f"{PRIVATE}{self.public.name}+{self.public.id.hex()}+{told}\n"


def office_key(seed: bytes, origin: str) -> SigningKey:
    """The key under which the office signs the checkpoints of a log."""
    return SigningKey(origin, SIGNED, seed)


def cosigning_key(name: str, seed: bytes) -> SigningKey:
    """:raises KeyRefused: nobody can be called so on a note"""
    if not is_name(name):
        raise KeyRefused("key_name", name=name[:60])
    return SigningKey(name, COSIGNED, seed)


def read_signing_key(text: str) -> SigningKey:
    """:raises KeyRefused: the text is no such key"""
    parts = re.fullmatch(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+(\S+)", text.strip())
    try:
        raw = b64decode(parts[3], validate=True) if parts else b""
    except (NotBase64, ValueError):
        raw = b""
    if parts is None or len(raw) != 33 or raw[0] not in (SIGNED, COSIGNED):
        raise KeyRefused("no_signing_key")
    key = SigningKey(parts[1], raw[0], raw[1:])
    if key.public.id.hex() != parts[2]:
        raise KeyRefused("no_signing_key")
    return key


def signed_by(note: Note, key: PublicKey) -> bool:
    """Whether a note holds a sound signature by this key, and none that pretends to be."""
    found = of_key(note, key)
    return bool(found) and all(_sound(note, key, one) for one in found)


def _sound(note: Note, key: PublicKey, signature: Signature) -> bool:
    try:
        told, raw, _ = signed_bytes(note, key, signature.signature)
        Ed25519PublicKey.from_public_bytes(key.key).verify(raw, told)
    except (NoNote, InvalidSignature):
        return False
    return True
