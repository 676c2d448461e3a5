"""Signed checkpoints: what the log was on a day, for those who keep a copy out of our reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text

from casesys.proofs.signing import KeyRefused, SigningKey, office_key, signed_by
from casesys.proofs.tree_of_log import head_of_log, size_of
from casesys.stopping import Stopped
from casesys.verifier.notes import (
    COSIGNED,
    Checkpoint,
    NoNote,
    Note,
    PublicKey,
    Signature,
    read_checkpoint,
    read_key,
    read_note,
)
from domain.instants import local_day
from projections.driver import rows, write

NEW_CHECKPOINT = (
    "INSERT INTO checkpoint (size, note, made_at) VALUES (?, ?, ?) "
    "ON CONFLICT (size) DO UPDATE SET note = excluded.note, made_at = excluded.made_at"
)


class CheckpointRefused(Stopped):
    """A text is no checkpoint of this log, or says of it what is not so."""


class Kept(NamedTuple):
    """A checkpoint with the note that it stands in."""

    checkpoint: Checkpoint
    note: Note


def checkpoint_tables(metadata: MetaData) -> tuple[Table, Table]:
    return (
        Table(
            "checkpoint",
            metadata,
            Column(
                "size",
                BigInteger().with_variant(Integer, "sqlite"),
                primary_key=True,
                autoincrement=False,
            ),
            # The whole note: its text, our signature and those that others added.
            Column("note", Text, nullable=False),
            Column("made_at", Text, nullable=False),
        ),
        Table(
            "cosigner",
            metadata,
            Column("name", Text, primary_key=True),
            Column("key", Text, nullable=False),
            Column("known_since", Text, nullable=False),
        ),
    )


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Makes and keeps the checkpoints of one log, under the key of its office."""

    seed: bytes

    def key(self, c: Connection) -> SigningKey:
        """:raises CheckpointRefused: the log is empty, and so has no name yet"""
        return office_key(self.seed, origin_of(c))

    def make(self, c: Connection, now: str) -> Kept:
        """The checkpoint of the log as it stands, made unless it was made before.

        The caller's transaction must be one that writes.

        :raises CheckpointRefused: the log is empty, or another was signed at this size
        :raises TreeIsDamaged: a hash that it needs is not kept
        """
        size = size_of(c)
        key = self.key(c)
        known, head = kept_at(c, size), head_of_log(c, size)
        if known is None:
            made = Checkpoint(key.public.name, size, head, now)
            return _keep(c, made, (key.sign(made.text),))
        if known.checkpoint.head != head:
            # What was signed of these entries stays: it says that they were others.
            raise CheckpointRefused("checkpoint_differs", size=size)
        if signed_by(known.note, key.public):
            return known
        return _keep(c, known.checkpoint, (*known.note.signatures, key.sign(known.note.text)))

    def of_the_day_before(self, c: Connection, last: str, now: str) -> None:
        """Before the first entry of a local day: what the days before had made of the log.

        Where the log no longer fits what was signed of it, the office works on: that is for the
        comparison to say, and nobody's act waits for it.
        """
        if last and local_day(last) != local_day(now):
            with suppress(Stopped):
                self.make(c, now)

    def take(self, c: Connection, text: str, now: str, key: PublicKey | None = None) -> Kept:
        """Keep the signatures that others added to a checkpoint of ours.

        ``key`` is that of a co-signer who was not known before.

        :raises CheckpointRefused: it is no checkpoint of this log, or nobody known co-signed it
        """
        given = read(text)
        self._require_ours(c, given)
        if key is not None:
            _know(c, key, now)
        fresh = tuple(
            signature
            for known in cosigners(c)
            if signed_by(given.note, known)
            for signature in given.note.signatures
            if (signature.name, signature.key_id) == (known.name, known.id)
        )
        if not fresh:
            raise CheckpointRefused("checkpoint_not_cosigned")
        before = kept_at(c, given.checkpoint.size)
        same = before is not None and before.note.text == given.note.text
        ours = self._own(given.note, c)
        others = before.note.signatures if before is not None and same else ours
        return _keep(c, given.checkpoint, tuple(dict.fromkeys((*others, *fresh))))

    def _own(self, note: Note, c: Connection) -> tuple[Signature, ...]:
        own = self.key(c).public
        return tuple(s for s in note.signatures if (s.name, s.key_id) == (own.name, own.id))

    def _require_ours(self, c: Connection, given: Kept) -> None:
        checkpoint, note = given
        if checkpoint.origin != origin_of(c) or not signed_by(note, self.key(c).public):
            raise CheckpointRefused("checkpoint_of_another", origin=checkpoint.origin)
        if checkpoint.size > size_of(c) or head_of_log(c, checkpoint.size) != checkpoint.head:
            raise CheckpointRefused("checkpoint_differs", size=checkpoint.size)


def origin_of(c: Connection) -> str:
    """The name of the log, from its first entry: it stays when keys, places and databases change.

    :raises CheckpointRefused: the log is empty
    """
    found = rows(c, "SELECT hash FROM tree_leaf WHERE position = 1")
    if not found:
        raise CheckpointRefused("log_is_empty")
    return f"casesys/{bytes(found[0][0]).hex()[:12]}"


def read(text: str) -> Kept:
    """:raises CheckpointRefused: the text is no checkpoint"""
    try:
        note = read_note(text)
        return Kept(read_checkpoint(note), note)
    except NoNote as wrong:
        raise CheckpointRefused("no_checkpoint") from wrong


def kept(c: Connection) -> list[Kept]:
    """Every checkpoint that was kept here, from the smallest log to the largest.

    :raises CheckpointRefused: what is kept is none
    """
    return [read(text) for (text,) in rows(c, "SELECT note FROM checkpoint ORDER BY size")]


def kept_at(c: Connection, size: int) -> Kept | None:
    found = rows(c, "SELECT note FROM checkpoint WHERE size = ?", [size])
    return read(found[0][0]) if found else None


def newest(c: Connection) -> Kept | None:
    found = rows(c, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    return read(found[0][0]) if found else None


def cosigners(c: Connection) -> list[PublicKey]:
    """Those whose signatures under our checkpoints are known here."""
    return [read_key(line) for (line,) in rows(c, "SELECT key FROM cosigner ORDER BY name")]


def cosigned(note: Note, known: Iterable[PublicKey]) -> Sequence[str]:
    """Who of them soundly signed a note."""
    return [key.name for key in known if signed_by(note, key)]


def _keep(c: Connection, checkpoint: Checkpoint, signatures: tuple[Signature, ...]) -> Kept:
    note = Note(checkpoint.text, signatures)
    write(c, NEW_CHECKPOINT, [(checkpoint.size, note.whole, checkpoint.made_at)])
    return Kept(checkpoint, note)


def _know(c: Connection, key: PublicKey, now: str) -> None:
    if key.kind != COSIGNED:
        raise KeyRefused("no_cosigning_key", name=key.name)
    known = {other.name: other for other in cosigners(c)}
    if key.name in known and known[key.name] != key:
        raise KeyRefused("another_cosigner", name=key.name)
    if key.name not in known:
        write(
            c,
            "INSERT INTO cosigner (name, key, known_since) VALUES (?, ?, ?)",
            [(key.name, key.line, now)],
        )
