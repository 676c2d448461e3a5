"""Forms that were begun and not given: kept sealed for the one who began them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from casesys.permits import Person
from casesys.system import System
from casesys.vault import SealBroken
from domain.instants import instant, moment
from projections.driver import rows, write

KEPT_FOR = timedelta(days=30)
MOST_DRAFTS = 200
"""How many drafts one person has; beyond it the oldest is forgotten, for an address that names
something is a form of its own, and there is no end of addresses."""

GIVEN_AS = "command_id"
"""Under which name a form carries the id of the command that it gives."""

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed into the form of this place, as the form sends it."""

    place: str
    typed: Typed
    saved_at: str


def keep_draft(system: System, person: Person, place: str, typed: Typed) -> Draft | None:
    """Keep a form for later; None where its command was given meanwhile.

    :raises StoreIsBusy: the database could not be written in time
    """
    now = system.now()
    sealed = system.vault.wrap(_purpose(person, place), json.dumps(typed, ensure_ascii=False))
    with system.database.write() as c:
        if _given(c, typed):
            return None
        write(c, "DELETE FROM draft WHERE saved_at < ?", [(instant(moment(now) - KEPT_FOR),)])
        write(
            c,
            "INSERT INTO draft (account, place, typed, saved_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (account, place) DO UPDATE SET "
            "typed = excluded.typed, saved_at = excluded.saved_at",
            [(person.id, place, sealed, now)],
        )
        write(
            c,
            "DELETE FROM draft WHERE account = ? AND place NOT IN "
            "(SELECT place FROM draft WHERE account = ? ORDER BY saved_at DESC, place LIMIT ?)",
            [(person.id, person.id, MOST_DRAFTS)],
        )
    return Draft(place, typed, now)


def find_draft(system: System, person: Person, place: str) -> Draft | None:
    """This person's draft of this form."""
    with system.database.read() as c:
        found = rows(
            c,
            "SELECT place, typed, saved_at FROM draft WHERE account = ? AND place = ?",
            [person.id, place],
        )
        return next(iter(_opened(system, c, person, found)), None)


def drafts_of(system: System, person: Person) -> list[Draft]:
    """All drafts of this person, the newest first."""
    with system.database.read() as c:
        found = rows(
            c,
            "SELECT place, typed, saved_at FROM draft WHERE account = ? "
            "ORDER BY saved_at DESC, place",
            [person.id],
        )
        return _opened(system, c, person, found)


def drop_draft(system: System, person: Person, place: str) -> None:
    """Forget a draft; most commands were given without one, and then nothing is written."""
    with system.database.read() as c:
        if not rows(c, "SELECT 1 FROM draft WHERE account = ? AND place = ?", [person.id, place]):
            return
    with system.database.write() as c:
        write(c, "DELETE FROM draft WHERE account = ? AND place = ?", [(person.id, place)])


def _opened(
    system: System, c: Connection, person: Person, found: list[tuple[Any, ...]]
) -> list[Draft]:
    drafts = []
    for place, sealed, saved_at in found:
        try:
            typed = json.loads(system.vault.unwrap(_purpose(person, place), sealed))
        except SealBroken:
            # It was moved, or kept under another master key; the form itself still opens.
            continue
        if not _given(c, typed):
            drafts.append(Draft(place, typed, saved_at))
    return drafts


def _given(c: Connection, typed: Typed) -> bool:
    """Whether the command of this form was given: a late copy of the form is no draft."""
    named = list(typed.get(GIVEN_AS, ()))[:1]
    return bool(named and rows(c, "SELECT 1 FROM receipt WHERE command_id = ?", named))


def _purpose(person: Person, place: str) -> str:
    """A draft opens for its owner and its place only, wherever its row may be copied."""
    return f"draft|{person.id}|{place}"
