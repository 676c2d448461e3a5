"""Keys of personal data: one a subject, wrapped by the master key; dropping one erases for good."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, MetaData, Table, Text

from projections.driver import rows, write

NONCE = 12
MARK: Final = "sealed"
EVIDENCE: Final = "evidence"
"""The subject whose key seals the files of evidence; every other subject is a stream's id."""


class SealBroken(Exception):
    """A sealed field does not open: it was moved, changed, or its master key is another."""


def vault_table(metadata: MetaData) -> Table:
    return Table(
        "vault",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("wrapped_key", Text, nullable=True),
        Column("made_at", Text, nullable=False),
        Column("dropped_at", Text, nullable=True),
    )


class Vault:
    """Seals and opens the personal data of one installation."""

    def __init__(self, master_key: bytes) -> None:
        self._master = AESGCM(master_key)

    def sealer(
        self, c: Connection, subject: str, version: int, now: str
    ) -> Callable[[str, str], dict[str, str]]:
        """Seals the fields of one event of a stream; the subject's key is made when first needed.

        Each seal is bound to its stream, version and field: moved elsewhere it does not open.
        """
        key: AESGCM | None = None

        def seal(name: str, text: str) -> dict[str, str]:
            nonlocal key
            key = key or self._key(c, subject) or self._make(c, subject, now)
            nonce = os.urandom(NONCE)
            bound = f"{subject}|{version}|{name}".encode()
            return {MARK: b64encode(nonce + key.encrypt(nonce, text.encode(), bound)).decode()}

        return seal

    def open(self, c: Connection, subject: str, version: int, name: str, value: Any) -> str | None:
        """The clear text of a sealed field; None when its key was dropped.

        :raises SealBroken: the field was moved or changed
        """
        if not is_sealed(value):
            return None if value is None else str(value)
        key = self._key(c, subject)
        if key is None:
            return None
        try:
            return open_field(key, subject, version, name, value)
        except SealBroken:
            # A subject that was erased and met again has a new key, which opens nothing older.
            if rows(c, "SELECT 1 FROM vault WHERE subject = ? AND dropped_at <> ''", [subject]):
                return None
            raise

    def drop(self, c: Connection, subject: str, now: str) -> bool:
        """Erase a subject everywhere; True if there was a key to drop."""
        if self._key(c, subject) is None:
            return False
        write(
            c,
            "UPDATE vault SET wrapped_key = NULL, dropped_at = ? WHERE subject = ?",
            [(now, subject)],
        )
        return True

    def wrap(self, purpose: str, text: str) -> str:
        """A secret of a working table under the master key itself; opens for its purpose only."""
        nonce = os.urandom(NONCE)
        return b64encode(
            nonce + self._master.encrypt(nonce, text.encode(), purpose.encode())
        ).decode()

    def unwrap(self, purpose: str, wrapped: str) -> str:
        """:raises SealBroken: it was wrapped for another purpose, or under another master key"""
        raw = b64decode(wrapped)
        try:
            return self._master.decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()).decode()
        except InvalidTag as broken:
            raise SealBroken(f"what was kept for {purpose} does not open") from broken

    def evidence_key(self, c: Connection) -> bytes | None:
        """The key of the evidence; None where none was made, or somebody took it away.

        :raises SealBroken: it was wrapped under another master key
        """
        return self._raw_key(c, EVIDENCE)

    def make_evidence_key(self, c: Connection, now: str) -> None:
        self._make(c, EVIDENCE, now)

    def check(self, c: Connection) -> bool:
        """Whether this master key is the one of this vault: any wrapped key tells."""
        found = rows(c, "SELECT subject FROM vault WHERE wrapped_key IS NOT NULL LIMIT 1")
        try:
            return not found or self._raw_key(c, found[0][0]) is not None
        except SealBroken:
            return False

    def adopt(self, master_key: bytes) -> None:
        """Go on under another master key, under which everything was wrapped anew."""
        self._master = AESGCM(master_key)

    def wrapped_anew(self, subject: str, wrapped: str, other: Vault) -> str:
        """The wrapped key of a subject as another vault wraps it.

        :raises SealBroken: it was wrapped under another master key
        """
        return other._wrapped(subject, self._unwrapped(subject, wrapped))

    def key_in(self, subject: str, wrapped: str) -> AESGCM:
        """The key of a subject out of its row.

        :raises SealBroken: it was changed, or wrapped under another master key
        """
        return AESGCM(self._unwrapped(subject, wrapped))

    def _key(self, c: Connection, subject: str) -> AESGCM | None:
        raw = self._raw_key(c, subject)
        return None if raw is None else AESGCM(raw)

    def _raw_key(self, c: Connection, subject: str) -> bytes | None:
        found = rows(c, "SELECT wrapped_key FROM vault WHERE subject = ?", [subject])
        if not found or found[0][0] is None:
            return None
        return self._unwrapped(subject, found[0][0])

    def _unwrapped(self, subject: str, wrapped: str) -> bytes:
        raw = b64decode(wrapped)
        try:
            return self._master.decrypt(raw[:NONCE], raw[NONCE:], subject.encode())
        except InvalidTag as broken:
            raise SealBroken("the master key does not open the vault") from broken

    def _wrapped(self, subject: str, key: bytes) -> str:
        nonce = os.urandom(NONCE)
        return b64encode(nonce + self._master.encrypt(nonce, key, subject.encode())).decode()

    def _make(self, c: Connection, subject: str, now: str) -> AESGCM:
        if not self.check(c):
            # The key was changed since this process began: nothing may be sealed under the old.
            raise SealBroken("the master key is not the one of this vault any more")
        key = AESGCM.generate_key(256)
        wrapped = self._wrapped(subject, key)
        write(
            c,
            "INSERT INTO vault (subject, wrapped_key, made_at) VALUES (?, ?, ?) "
            "ON CONFLICT (subject) DO UPDATE SET wrapped_key = excluded.wrapped_key",
            [(subject, wrapped, now)],
        )
        return AESGCM(key)


def open_field(key: AESGCM, subject: str, version: int, name: str, value: Any) -> str:
    """The clear text of a sealed field.

    :raises SealBroken: the field was moved or changed, or this is not its key
    """
    raw = b64decode(value[MARK])
    try:
        bound = f"{subject}|{version}|{name}".encode()
        return key.decrypt(raw[:NONCE], raw[NONCE:], bound).decode()
    except InvalidTag as broken:
        raise SealBroken(f"{name} of entry {version} of {subject}") from broken


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and MARK in value
