"""An administrator with a database shell: every way in which a log is altered behind its back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection

from casesys.proofs.chain import verify_log
from casesys.proofs.tree_of_log import EVERY_ENTRY, grow
from casesys.system import System
from casesys.verifier.leaves import COLUMNS
from projections.driver import rows, write
from tests.register import append_only, made_register

TEXTS = [name for name in COLUMNS if name not in ("position", "version")]
CLOCKS = ("occurred_at", "recorded_at", "entered_at")
LAST_SIGNED, AFTERWARDS = 560, 60
"""How long the log was at its newest checkpoint, and how many entries came after it."""
AWAY = 10**6


@dataclass(frozen=True)
class Signed:
    """An office with a log, and the checkpoints of it that somebody keeps elsewhere."""

    system: System
    notes: tuple[str, ...]
    size: int


def signed_office(system: System, size: int = LAST_SIGNED, more: int = AFTERWARDS) -> Signed:
    """A log signed three times, the last time when it had so many entries."""
    events = made_register(7, (size + more) // 6, sealed=True)
    assert len(events) >= size + more
    notes = []
    begun = 0
    for until in (size // 5, size // 2, size, size + more):
        append_only(system, events[begun:until])
        begun = until
        if until <= size:
            with system.database.write() as c:
                notes.append(system.checkpoints.make(c, system.now()).note.whole)
    return Signed(system, tuple(notes), size)


def tamper(c: Connection, chance: Random, lowest: int, highest: int) -> tuple[str, int]:
    """Alter entries between these positions once: how, and the first of those it touched."""
    name = chance.choice(list(WAYS))
    return name, WAYS[name](c, chance, lowest, highest)


def hunt(signed: Signed, chance: Random, many: int, low: int, high: int) -> Counter[str]:
    """Alter the log so often, each time the sound one, and see that it is found where it should.

    What is altered is never kept.
    """
    ways: Counter[str] = Counter()
    for _ in range(many):
        with signed.system.database.read() as c:
            how, position = tamper(c, chance, low, high)
            misfit = verify_log(signed.system, c, signed.notes).misfit
        covered = position <= signed.size
        if how == "rewritten":
            # The hashes fit again: only who kept a checkpoint knows, and that it is behind it.
            assert (misfit is not None) is covered, (how, position)
            assert misfit is None or misfit.after < position
        else:
            assert misfit is not None and misfit.position == position, (how, position, misfit)
        ways[how] += 1
    return ways


def _byte(c: Connection, chance: Random, low: int, high: int) -> int:
    position, column, value = _some_text(c, chance, low, high, TEXTS)
    raw = bytearray(value.encode())
    place = chance.randrange(len(raw))
    flipped = raw[place] ^ (1 << chance.randrange(7))
    # PostgreSQL keeps neither a zero byte nor half a letter: there the shell would be refused.
    if c.dialect.name != "sqlite" and not (0 < raw[place] < 128 and flipped):
        raw, place, flipped = bytearray(value.encode() + b"."), -1, ord("!")
    raw[place] = flipped
    if c.dialect.name == "sqlite":
        _set(c, position, f"{column} = CAST(? AS TEXT)", bytes(raw))
    else:
        _set(c, position, f"{column} = ?", raw.decode())
    return position


def _clock(c: Connection, chance: Random, low: int, high: int) -> int:
    position, column, value = _some_text(c, chance, low, high, CLOCKS)
    year = int(value[:4]) + chance.choice((-1, 1))
    _set(c, position, f"{column} = ?", f"{year}{value[4:]}")
    return position


def _dropped(c: Connection, chance: Random, low: int, high: int) -> int:
    position = chance.randint(low, high)
    write(c, "DELETE FROM log WHERE position = ?", [(position,)])
    return position


def _dropped_and_closed(c: Connection, chance: Random, low: int, high: int) -> int:
    """A row is gone, and those after it have moved up, so that no number is missing."""
    position = _dropped(c, chance, low, high)
    _move(c, position, -1)
    return position


def _swapped(c: Connection, chance: Random, low: int, high: int) -> int:
    one, other = sorted(chance.sample(range(low, high + 1), 2))
    for was, now in ((one, 0), (other, one), (0, other)):
        write(c, "UPDATE log SET position = ? WHERE position = ?", [(now, was)])
    return one


def _cut(c: Connection, chance: Random, low: int, high: int) -> int:
    position = chance.randint(low, high)
    write(c, "DELETE FROM log WHERE position >= ?", [(position,)])
    return position


def _inserted(c: Connection, chance: Random, low: int, high: int) -> int:
    position = chance.randint(low, high)
    _move(c, position, 1)
    others = ", ".join(COLUMNS[3:])
    write(
        c,
        f"INSERT INTO log (position, stream_id, version, {others}) "
        f"SELECT ?, stream_id, 1000, {others} FROM log WHERE position = ?",
        [(position, position + 1)],
    )
    return position


def _rewritten(c: Connection, chance: Random, low: int, high: int) -> int:
    """The tail anew, its tree too; of the checkpoints here those that would say so are gone."""
    position = WAYS[chance.choice(("byte", "clock", "swapped"))](c, chance, low, high)
    write(c, "DELETE FROM tree_leaf WHERE position >= ?", [(position,)])
    write(c, "DELETE FROM tree_node WHERE position >= ?", [(position,)])
    tail = EVERY_ENTRY.replace(" ORDER", " WHERE position >= ? ORDER")
    grow(c, rows(c, tail, [position]))
    write(c, "DELETE FROM checkpoint WHERE size >= ?", [(position,)])
    return position


def _retyped(c: Connection, chance: Random, low: int, high: int) -> int:
    """The same bytes under another kind: SQLite takes them, and no reader of ours would."""
    if c.dialect.name != "sqlite":
        return _byte(c, chance, low, high)
    position, column, _ = _some_text(c, chance, low, high, TEXTS)
    _set(c, position, f"{column} = CAST({column} AS BLOB)")
    return position


def _emptied(c: Connection, chance: Random, low: int, high: int) -> int:
    """Nothing where a text was, or an empty text where nothing was."""
    position = chance.randint(low, high)
    _set(c, position, "reason = CASE WHEN reason IS NULL THEN '' ELSE NULL END")
    return position


WAYS: dict[str, Callable[[Connection, Random, int, int], int]] = {
    "byte": _byte,
    "clock": _clock,
    "dropped": _dropped,
    "dropped and closed": _dropped_and_closed,
    "swapped": _swapped,
    "cut": _cut,
    "inserted": _inserted,
    "rewritten": _rewritten,
    "retyped": _retyped,
    "emptied": _emptied,
}


def _some_text(
    c: Connection, chance: Random, low: int, high: int, columns: Any
) -> tuple[int, str, str]:
    while True:
        position, column = chance.randint(low, high), chance.choice(columns)
        value = rows(c, f"SELECT {column} FROM log WHERE position = ?", [position])[0][0]
        if value:
            return position, column, value


def _set(c: Connection, position: int, change: str, *values: Any) -> None:
    write(c, f"UPDATE log SET {change} WHERE position = ?", [(*values, position)])


def _move(c: Connection, position: int, by: int) -> None:
    """The numbers of all entries from a position on, by a place far away: each is there once."""
    write(c, f"UPDATE log SET position = position + {AWAY} WHERE position >= ?", [(position,)])
    write(c, f"UPDATE log SET position = position + {by - AWAY} WHERE position >= ?", [(AWAY,)])
