"""One entry of the log opened: what it changed, what came with it, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from casesys.audit.before_after import Side, before_and_after
from casesys.audit.shown_entries import Logged, as_shown
from casesys.log import SELECT, entry_of
from casesys.system import System
from domain.entries import VOIDING, Entry
from projections.driver import rows
from projections.office import logins

FURTHEST = 2**62
MOST_TOGETHER = 50
"""How many entries of one command are shown; an import brings in thousands by one."""


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """An entry with everything that explains it; positions are those of the log.

    ``takes_away`` and ``opens`` are what a void or a reveal names; ``officers`` the logins of the
    accounts that the changed facts hold.
    """

    logged: Logged
    sides: Sequence[Side]
    officers: dict[str, str]
    together: Sequence[Logged]
    more_together: bool
    takes_away: int | None
    opens: int | None
    previous: int | None
    next: int | None
    head: int
    versions: int


def open_entry(system: System, position: int) -> OpenedEntry | None:
    """The entry at a position of the log; None where the log does not reach."""
    if not 0 < position < FURTHEST:
        return None
    with system.database.read() as c:
        found = rows(c, f"{SELECT} WHERE position = ?", [position])
        if not found:
            return None
        entry = entry_of(found[0])
        stream = system.log.stream(c, entry.stream_id)
        places = {one.version: one.position for one in stream}
        sides = before_and_after(stream, entry.version)
        together = _together(c, entry)
        target = places.get(entry.data.get("target", 0))
        accounts = {v for side in sides if side.kind == "account" for v in side[2:4] if v}
        return OpenedEntry(
            logged=as_shown(c, [entry])[0],
            sides=sides,
            officers=logins(c, accounts),
            together=as_shown(c, together[:MOST_TOGETHER]),
            more_together=len(together) > MOST_TOGETHER,
            takes_away=target if entry.topic in VOIDING else None,
            opens=target if entry.topic not in VOIDING else None,
            previous=places.get(entry.version - 1),
            next=places.get(entry.version + 1),
            head=system.log.head(c)[0],
            versions=len(stream),
        )


def _together(c: Connection, entry: Entry) -> list[Entry]:
    """The entries that the same command made, this one among them."""
    if entry.command_id is None:
        return [entry]
    question = f"{SELECT} WHERE command_id = ? ORDER BY position LIMIT ?"
    return [entry_of(row) for row in rows(c, question, [entry.command_id, MOST_TOGETHER + 1])]
