"""Who signed the checkpoints of a bundle, and whether they agree with one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from casesys.verifier.bundle import GROWTH, KEYS, NEWEST, OLDER, Bundle, Refusal, Unfit, json_of
from casesys.verifier.ed25519 import is_signed
from casesys.verifier.notes import (
    SIGNED,
    Checkpoint,
    NoNote,
    Note,
    PublicKey,
    read_checkpoint,
    read_key,
    read_note,
    signed_bytes,
)
from casesys.verifier.tree import shows_growth

MOST_KEYS = 1000
LONGEST_PROOF = 64
HASH = re.compile(r"[0-9a-f]{64}")


class Signed(NamedTuple):
    """A checkpoint in its note; ``own`` where whoever asks kept it, outside of the bundle."""

    checkpoint: Checkpoint
    note: Note
    own: bool = False

    @property
    def size(self) -> int:
        return self.checkpoint.size


@dataclass
class Signers:
    """Whose keys are known: those that were given, and those that only the bundle names."""

    given: Sequence[PublicKey]
    named: Sequence[PublicKey]
    seen: dict[PublicKey, int] = field(default_factory=dict)
    """By key the size of the largest checkpoint that it soundly signed."""
    unknown: int = 0
    """How many signatures under checkpoints from outside are of keys that nobody named."""

    def check(self, signed: Signed) -> None:
        """:raises Unfit: a signature is wrong, or the office's is missing"""
        known = {(key.name, key.id): key for key in (*self.named, *self.given)}
        by_office = False
        for signature in signed.note.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None and not signed.own:
                # A bundle names the keys of all whose signatures it holds.
                raise Unfit("signature_of_nobody", size=signed.size, name=signature.name[:60])
            if key is None:
                self.unknown += 1
                continue
            if not _is_sound(signed.note, key, signature.signature):
                raise Unfit("signature_wrong", size=signed.size, name=key.name)
            self.seen[key] = max(signed.size, self.seen.get(key, 0))
            by_office = by_office or self._is_of_office(key, signed)
        if not by_office:
            raise Unfit("office_did_not_sign", size=signed.size)

    def check_given(self, newest: Signed) -> None:
        """Whether those who are trusted signed: the office the newest, the others any.

        :raises Unfit: somebody whose key was given did not
        """
        offices = [key for key in self.given if key.kind == SIGNED]
        if offices and not any(self.seen.get(key) == newest.size for key in offices):
            raise Unfit("given_key_did_not_sign", size=newest.size, name=offices[0].name)
        for key in self.given:
            if key not in self.seen:
                raise Unfit("given_key_signed_nothing", name=key.name)

    def _is_of_office(self, key: PublicKey, signed: Signed) -> bool:
        """The office signs under the name of its log; for what is newest, see ``check_given``."""
        return key.kind == SIGNED and key.name == signed.checkpoint.origin


def _is_sound(note: Note, key: PublicKey, signature: bytes) -> bool:
    try:
        message, plain, _ = signed_bytes(note, key, signature)
    except NoNote:
        return False
    return is_signed(key.key, message, plain)


def signed_of(text: bytes, name: str, *, own: bool = False) -> Signed:
    """:raises Refusal: the text is no checkpoint"""
    try:
        note = read_note(text.decode())
        return Signed(read_checkpoint(note), note, own)
    except (NoNote, UnicodeDecodeError) as wrong:
        raise Refusal("no_checkpoint", name=name) from wrong


def key_of(line: str) -> PublicKey:
    """:raises Refusal: the line is no key"""
    try:
        return read_key(line)
    except (NoNote, ValueError) as wrong:
        raise Refusal("no_key", line=line[:60]) from wrong


def keys_of(bundle: Bundle) -> list[PublicKey]:
    """The keys that a bundle names, a line each; a line that begins with # is a remark."""
    try:
        lines = bundle.text(KEYS).decode().splitlines()
    except UnicodeDecodeError as wrong:
        raise Refusal("no_key", line=KEYS) from wrong
    found = [line for line in lines if line.strip() and not line.startswith("#")]
    if len(found) > MOST_KEYS:
        raise Refusal("member_too_long", name=KEYS)
    return [key_of(line) for line in found]


def checkpoints_of(bundle: Bundle, own: Iterable[Signed]) -> list[Signed]:
    """All checkpoints from the smallest log to the largest, those from outside first.

    :raises Unfit: they are of several logs, or two say different things of one size
    """
    newest = signed_of(bundle.text(NEWEST), NEWEST)
    found = [*own, newest]
    for name in bundle.names(OLDER):
        older = signed_of(bundle.text(name), name)
        if name != f"{OLDER}{older.size:012d}.txt":
            raise Unfit("checkpoint_misnamed", name=name, size=older.size)
        found.append(older)
    for one in found:
        if one.checkpoint.origin != newest.checkpoint.origin:
            raise Unfit("other_log", size=one.size, origin=one.checkpoint.origin[:60])
        if one.size > newest.size:
            code = "own_is_newer" if one.own else "newest_is_not"
            raise Unfit(code, newest.size + 1 if one.own else None, size=one.size)
    found.sort(key=lambda one: one.size)
    for one, other in pairwise(found):
        if one.size == other.size and one.checkpoint.head != other.checkpoint.head:
            raise Unfit("two_histories", size=one.size)
    return found


def check_growth(bundle: Bundle, signed: Sequence[Signed]) -> int:
    """Whether each checkpoint of the bundle grew from the one before it; how many are shown so.

    :raises Unfit: a proof is missing or does not fit
    """
    sizes = {one.size: one.checkpoint.head for one in signed if not one.own}
    steps = list(pairwise(sorted(sizes)))
    lines = bundle.lines(GROWTH)
    for old, new in steps:
        said = json_of(next(lines, b""))
        proof = proof_of(said, "from", "to", "proof")
        if proof is None or (said["from"], said["to"]) != (old, new):
            raise Unfit("growth_missing", old=old, new=new)
        if not shows_growth(old, new, proof, sizes[old], sizes[new]):
            raise Unfit("growth_wrong", old=old, new=new)
    if next(lines, None) is not None:
        raise Unfit("lines_left", name=GROWTH)
    return len(steps)


def proof_of(said: object, *names: str) -> list[bytes] | None:
    """The hashes of a line that has exactly these names, the last the proof, the others numbers."""
    if not isinstance(said, dict) or set(said) != set(names):
        return None
    *numbers, proof = (said[name] for name in names)
    if any(type(number) is not int for number in numbers) or not isinstance(proof, list):
        return None
    if len(proof) > LONGEST_PROOF or not all(isinstance(one, str) for one in proof):
        return None
    if not all(HASH.fullmatch(one) for one in proof):
        return None
    return [bytes.fromhex(one) for one in proof]
