"""How a reader wants pages, kept in the account: the same on every machine they sign in at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from casesys.database import StoreIsBusy
from casesys.permits import Person
from casesys.system import System
from projections.driver import rows, write


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language, and the two switches of those who do not read small grey letters."""

    language: str
    large: bool
    contrast: bool


def kept_preferences(system: System, person: Person) -> Preferences | None:
    """What this person chose while signed in, at whichever machine; None where they never did."""
    with system.database.read() as c:
        found = rows(
            c, "SELECT language, large, contrast FROM preference WHERE account = ?", [person.id]
        )
    return Preferences(found[0][0], bool(found[0][1]), bool(found[0][2])) if found else None


def keep_preferences(system: System, person: Person, chosen: Preferences) -> None:
    """Keep them in the account; a busy database leaves it at the cookie of this machine."""
    with suppress(StoreIsBusy), system.database.write() as c:
        write(
            c,
            "INSERT INTO preference (account, language, large, contrast) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (account) DO UPDATE SET language = excluded.language, "
            "large = excluded.large, contrast = excluded.contrast",
            [(person.id, chosen.language, int(chosen.large), int(chosen.contrast))],
        )
