"""Comparisons as they were made: the release that serves shows them and its people sign them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from casesys.registry import decode, encode
from casesys.serving import Set
from casesys.system import System
from casesys.tables import COMPARISON
from domain.releases import SIGNS, signature_id
from domain.vocabulary import Role
from projections.driver import rows, upsert
from projections.office import logins

ALL = "SELECT digest, made_at, facts FROM comparison"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands for a comparison, and as what."""

    role: Role
    by: str
    login: str
    at: str
    position: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison found, and who signed it."""

    digest: str
    made_at: str
    facts: Mapping[str, Any]
    signatures: tuple[Signature, ...] = ()

    @property
    def unsigned(self) -> list[Role]:
        """The roles that have not signed."""
        signed = {one.role for one in self.signatures}
        return [role for role in SIGNS if role not in signed]

    def signed_by(self, account: str) -> bool:
        return any(one.by == account for one in self.signatures)


def keep(system: System, facts: Mapping[str, Any]) -> Comparison:
    """Found again just so it is the same comparison, and its signatures hold."""
    text = encode(facts)
    made = Comparison(sha256(text).hexdigest(), system.now(), facts)
    old, new = (encode(facts[name]).decode() for name in ("old", "new"))
    values = (made.digest, made.made_at, facts["position"], old, new, text.decode())
    with system.database.write() as c:
        upsert(c, COMPARISON, [values])
    return made


def newest(system: System, c: Connection) -> Comparison | None:
    """The last one that was made."""
    found = rows(c, f"{ALL} ORDER BY made_at DESC, digest LIMIT 1")
    return _read(system, c, found[0]) if found else None


def comparison(system: System, c: Connection, digest: str) -> Comparison | None:
    found = rows(c, f"{ALL} WHERE digest = ?", [digest])
    return _read(system, c, found[0]) if found else None


def unsigned_change(system: System, c: Connection, old: Set, new: Set) -> list[Role] | None:
    """Who has not signed the change from one set to the other; None where nobody compared them.

    The way back to what was compared with is no change that anybody signs.
    """
    question = f"{ALL} WHERE old_set = ? AND new_set = ? ORDER BY made_at DESC, digest LIMIT 1"
    sets = [encode(dict(sorted(one.items()))).decode() for one in (old, new)]
    found = rows(c, question, sets)
    if not found and rows(c, question, sets[::-1]):
        return []
    return _read(system, c, found[0]).unsigned if found else None


def _read(system: System, c: Connection, row: tuple[Any, ...]) -> Comparison:
    digest, made_at, facts = row
    entries = [e for role in SIGNS for e in system.log.stream(c, signature_id(digest, role))]
    names = logins(c, {entry.actor for entry in entries})
    signed = tuple(
        Signature(
            Role(entry.data["role"]),
            entry.actor,
            names.get(entry.actor, entry.actor),
            entry.recorded_at,
            entry.position,
        )
        for entry in entries
    )
    return Comparison(digest, made_at, decode(facts), signed)
