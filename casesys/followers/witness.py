"""The witness: every signed checkpoint of the log lies as a file in a folder out of our reach.

A checkpoint of a size is signed before the next entry can be written, and by the first act of a
day in that act's own transaction. So with every entry the checkpoints up to it are there to be
found; one that somebody asks for lies at the end of the log, and is found there.

The file is what was signed first of these entries. It is never written over: where another one of
the same size lies already, the log was written anew, and that stays owed and is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.followers.follower import Follower
from casesys.followers.outbox import Effect, NotDelivered, Outbox
from casesys.proofs.checkpoints import CheckpointRefused, read
from casesys.whole_file import whole_file
from domain.entries import Entry
from domain.instants import local_day
from projections.driver import rows

NAME = "witness"
NEW = (
    "SELECT size, note FROM checkpoint WHERE size > "
    f"(SELECT COALESCE(MAX(position), 0) FROM outbox WHERE follower = '{NAME}') ORDER BY size"
)
READABLE = 0o444


NEWEST = (
    f"SELECT position, done_at FROM outbox WHERE follower = '{NAME}' AND done_at IS NOT NULL "
    "ORDER BY position DESC LIMIT 1"
)


class Witnessed(NamedTuple):
    """Up to which entry there is a checkpoint outside, and since when; None and None: none yet."""

    size: int | None
    at: str | None


class Witness(Follower):
    name = NAME
    from_the_first = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waits(self, c: Connection) -> bool:
        return bool(rows(c, f"{NEW} LIMIT 1"))

    def take(self, c: Connection, entries: Sequence[Entry], outbox: Outbox) -> None:
        for size, note in rows(c, NEW):
            outbox.put(str(size), size, "checkpoint", {"note": note})

    def deliver(self, effect: Effect) -> None:
        # A folder that is made here is not the share that should have been there.
        if not self._folder.is_dir():
            raise NotDelivered("witness_away", folder=str(self._folder))
        note = effect.payload["note"]
        lying = next(self._folder.glob(name_of(note, day="*")), None)
        if lying is None:
            with whole_file(self._folder / name_of(note)) as file:
                file.write(note.encode())
                # Not every share knows whose a file is.
                with suppress(OSError):
                    Path(file.name).chmod(READABLE)
        elif not _same(lying, note):
            raise NotDelivered("witness_differs", file=lying.name)


def witnessed(c: Connection) -> Witnessed:
    found = rows(c, NEWEST)
    return Witnessed(*found[0]) if found else Witnessed(None, None)


def lying_there(folder: Path, origin: str) -> list[Path]:
    """The checkpoints of one log, from the smallest; other offices may keep theirs beside them.

    :raises NotDelivered: the folder is not there
    """
    if not folder.is_dir():
        raise NotDelivered("witness_away", folder=str(folder))
    return sorted(folder.glob(f"{origin.replace('/', '-')}-*.txt"))


def name_of(note: str, day: str | None = None) -> str:
    """Whose log, how many entries, which day: ``casesys-2a0f6b1c9d3e-0000001234-2026-03-08``."""
    checkpoint = read(note).checkpoint
    origin = checkpoint.origin.replace("/", "-")
    return f"{origin}-{checkpoint.size:010d}-{day or local_day(checkpoint.made_at)}.txt"


def _same(file: Path, note: str) -> bool:
    """Whether a file says of its entries what this note says, whoever signed it meanwhile."""
    try:
        there = read(file.read_text("utf-8")).checkpoint
    except (CheckpointRefused, UnicodeDecodeError):
        return False
    return there.head == read(note).checkpoint.head
