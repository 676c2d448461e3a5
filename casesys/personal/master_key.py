"""The master key: noticed at start where it is a wrong one, and changed for another one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Connection

from casesys.settings import KEY_BYTES
from casesys.stopping import Stopped
from casesys.system import System
from casesys.vault import SealBroken, Vault
from casesys.whole_file import flush_folder
from projections.driver import pages, write

KEY, NEXT = "master.key", "master.key.next"
TABLES = ("vault", "credential", "draft", "bulk")
STEPS: Final = ("before_key", "key_written", "wrapped", "committed", "old_kept", "swapped")
"""Between which a rotation may be cut off; each leaves a home that opens."""


class WrongMasterKey(Stopped):
    """The master key does not open the vault of this database."""


class RotationRefused(Stopped):
    """The key may not be changed like this; nothing was changed."""


class Rotated(NamedTuple):
    """What was wrapped anew, and where the key of before is kept."""

    subjects: int
    codes: int
    drafts: int
    bulks: int
    key: Path
    old_key: Path | None


def require_master_key(system: System) -> None:
    """Asked by every process before it serves; ends a rotation that was cut off before its swap.

    :raises WrongMasterKey: neither the key nor the one that waits beside it opens the vault
    """
    with system.database.read() as c:
        if system.vault.check(c):
            return
        waiting = _read(system.settings.home / NEXT) if kept_here(system) else None
        if waiting is None or not Vault(waiting).check(c):
            raise WrongMasterKey("wrong_master_key")
    _swap(system, waiting)


def kept_here(system: System) -> bool:
    """Whether the key comes from its file in the home folder, and not from outside."""
    return _read(system.settings.home / KEY) == system.settings.master_key


def rotate(
    system: System, to: Path | None = None, after: Callable[[str], None] = lambda step: None
) -> Rotated:
    """Wrap everything under a new master key, in one transaction, and put that key in place.

    Where the key comes from outside, ``to`` is the file that the new one is written to.

    :param after: called after each of ``STEPS``
    :raises RotationRefused: no file was named though the key comes from outside, or it is there
    """
    home, inside = system.settings.home, kept_here(system)
    if to is None and not inside:
        raise RotationRefused("rotation_from_outside")
    if to is not None and inside:
        raise RotationRefused("rotation_from_inside", file=KEY)
    if to is not None and to.exists():
        raise RotationRefused("rotation_file_is_there", file=to.name)
    after("before_key")
    file = to or home / NEXT
    key = secrets.token_bytes(KEY_BYTES)
    _write(file, key)
    after("key_written")
    other = Vault(key)
    with system.database.write() as c:
        system.database.lock(c)
        if not system.vault.check(c):
            raise WrongMasterKey("wrong_master_key")
        done = [_wrap(c, *one) for one in _wrapped_things(system.vault, other)]
        after("wrapped")
    after("committed")
    old = None
    if inside:
        old = _swap(system, key, after)
        after("swapped")
    else:
        _adopt(system, key)
    system.database.forget_old_pages(TABLES)
    return Rotated(
        done[0], done[1], done[2], done[3] + done[4], home / KEY if inside else file, old
    )


Again = Callable[[tuple[str, ...], str], str]


def _wrapped_things(old: Vault, new: Vault) -> list[tuple[str, tuple[str, ...], str, Again]]:
    """Table, key columns, the wrapped column, and how one value is wrapped anew."""

    def under(purpose: str) -> Again:
        def again(key: tuple[str, ...], wrapped: str) -> str:
            bound = purpose.format(*key)
            return new.wrap(bound, old.unwrap(bound, wrapped))

        return again

    def of_subject(key: tuple[str, ...], wrapped: str) -> str:
        return old.wrapped_anew(key[0], wrapped, new)

    return [
        ("vault", ("subject",), "wrapped_key", of_subject),
        ("credential", ("account",), "code_secret", under("code")),
        ("draft", ("account", "place"), "typed", under("draft|{}|{}")),
        ("bulk", ("id",), "held", under("bulk|{}")),
        ("bulk", ("id",), "answers", under("bulk|{}")),
    ]


def _wrap(c: Connection, table: str, keys: tuple[str, ...], column: str, again: Again) -> int:
    """Wrap one column anew; a draft or a list that nobody could open any more is left as it is."""
    count = 0
    names = ", ".join(keys)
    where = " AND ".join(f"{name} = ?" for name in keys)
    question = f"SELECT {names}, {column} FROM {table} WHERE {column} IS NOT NULL"
    # Read whole before anything is written: the cursor would meet its own rows again.
    found = [row for some in pages(c, question) for row in some]
    changed = []
    for *key, wrapped in found:
        try:
            changed.append((again(tuple(key), wrapped), *key))
            count += 1
        except SealBroken:
            if table in ("vault", "credential"):
                raise
    write(c, f"UPDATE {table} SET {column} = ? WHERE {where}", changed)
    return count


def _keep_old(home: Path) -> Path:
    """Backups of before open with the key of before: it stays, under a name of its own."""
    old = home / f"{KEY}.old-{secrets.token_hex(4)}"
    os.link(home / KEY, old)
    flush_folder(home)
    return old


def _swap(system: System, key: bytes, after: Callable[[str], None] = lambda step: None) -> Path:
    home = system.settings.home
    old = _keep_old(home)
    after("old_kept")
    (home / NEXT).replace(home / KEY)
    flush_folder(home)
    _adopt(system, key)
    return old


def _adopt(system: System, key: bytes) -> None:
    system.settings = replace(system.settings, master_key=key)
    system.vault.adopt(key)


def _write(file: Path, key: bytes) -> None:
    """What stands there of a rotation that was cut off before it changed anything is replaced."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        raw.write(key.hex().encode())
        raw.flush()
        os.fsync(raw.fileno())
    flush_folder(file.parent)


def _read(file: Path) -> bytes | None:
    try:
        return bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError):
        return None
