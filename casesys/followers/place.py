"""Where a follower is in the log, and in which database: a copy of one is another place."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from casesys.registry import decode, encode
from casesys.stopping import Stopped
from casesys.tables import FOLLOWER, OUTBOX
from projections.driver import rows, write

OF_POSTGRES = (
    "SELECT system_identifier, current_schema(), "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()"
)
NEW = (
    "INSERT INTO follower (name, place, position, taken_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (name) DO NOTHING"
)
KNOWN = (
    "SELECT place, position, taken_at, stopped_at, stopped_code, stopped_detail, stopped_since "
    "FROM follower WHERE name = ?"
)


@dataclass(frozen=True, slots=True)
class Stop:
    """The entry that a follower could not take, and why: a code with its values."""

    position: int
    code: str
    values: dict[str, Any]
    since: str


@dataclass(frozen=True, slots=True)
class Place:
    """Up to which position a follower took everything, in the database named by ``where``."""

    where: str
    position: int
    taken_at: str
    stop: Stop | None


def here(c: Connection) -> str:
    """What this database is and a copy of it is not.

    SQLite: the very file, so a copied one is another; one that was put back over it is the same.
    PostgreSQL: cluster, database and schema, so another district is another; a standby that takes
    over, or a clone of the cluster, is the same.
    """
    if c.dialect.name == "sqlite":
        file = Path(c.engine.url.database or "").resolve()
        found = f"{file} {file.stat().st_ino}"
    else:
        (of_cluster,) = rows(c, OF_POSTGRES)
        found = " ".join(map(str, of_cluster))
    return sha256(found.encode()).hexdigest()[:16]


def known(c: Connection, name: str) -> Place | None:
    """Where a follower is; None of one that was never here."""
    for where, position, taken_at, stopped_at, code, detail, since in rows(c, KNOWN, [name]):
        stop = Stop(stopped_at, code, decode(detail), since) if code is not None else None
        return Place(where, position, taken_at, stop)
    return None


def enter(c: Connection, name: str, position: int, now: str) -> None:
    """The first place of a follower; where another engine was first, that one stands."""
    write(c, NEW, [(name, here(c), position, now)])


def go_on(c: Connection, name: str, before: Place, position: int, now: str) -> bool:
    """Move its place on; False where another engine did so meanwhile, or a copy came between."""
    same = (
        FOLLOWER.c.name == name,
        FOLLOWER.c.position == before.position,
        FOLLOWER.c.place == before.where,
    )
    moved = {"position": position, "taken_at": now, **_going}
    return bool(c.execute(update(FOLLOWER).where(*same).values(moved)).rowcount)


def stop(c: Connection, name: str, before: Place, position: int, why: Stopped, now: str) -> None:
    """Write down which entry it cannot take; since when is kept while it is the same one."""
    same_entry = before.stop is not None and before.stop.position == position
    since = before.stop.since if same_entry and before.stop is not None else now
    found = {
        "stopped_at": position,
        "stopped_code": why.code,
        "stopped_detail": encode(why.values).decode(),
        "stopped_since": since,
    }
    mine = (FOLLOWER.c.name == name, FOLLOWER.c.position == before.position)
    c.execute(update(FOLLOWER).where(*mine).values(found))


def try_again(c: Connection) -> None:
    """Every follower that stopped tries its entry anew, and what failed outside is due at once."""
    c.execute(update(FOLLOWER).values(_going))
    failing = (OUTBOX.c.done_at.is_(None), OUTBOX.c.last_error.is_not(None))
    c.execute(update(OUTBOX).where(*failing).values(next_try_at=OUTBOX.c.made_at))


def moved_here(c: Connection) -> None:
    """The office itself is here now: everything goes on, and what is owed is done from here."""
    c.execute(update(FOLLOWER).values(place=here(c)))


def copied_here(c: Connection) -> None:
    """This is a copy: nothing of before is done from here, and its followers begin anew."""
    others = "SELECT name FROM follower WHERE place <> ?"
    write(c, f"DELETE FROM outbox WHERE done_at IS NULL AND follower IN ({others})", [(here(c),)])
    write(c, "DELETE FROM follower WHERE place <> ?", [(here(c),)])


_going = dict.fromkeys(("stopped_at", "stopped_code", "stopped_detail", "stopped_since"))
