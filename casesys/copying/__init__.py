"""An office moved to another database: everything it holds is copied there and proven equal.

Both are read as they stand in one snapshot each, and the office works on. What is written there
is one transaction, so a copy that is cut off, or that does not come out equal, leaves nothing.
Files of evidence and keys are in the home folder, which both databases share.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url

from casesys import migrations, vault
from casesys.backup.archive import LEFT_OUT
from casesys.copying.proof import FORMULA, LOG, MODELS, Said, differences, said_by
from casesys.copying.rows import carry
from casesys.install import require_ready
from casesys.proofs.tree_of_log import fill as grow_tree
from casesys.rebuild import Progress, rebuild_in
from casesys.serving import take_over
from casesys.stopping import Stopped
from casesys.system import System
from casesys.tables import STORE
from domain.instants import local_day
from projections.driver import rows, write

CARRIED = tuple(
    table
    for name, table in STORE.tables.items()
    if name not in LEFT_OUT or name in ("follower", "outbox")
)
"""Sessions end, read models and the tree are made again.

What is owed outside comes along with the place where it was owed: until somebody says whether the
office moved or this is a copy (`casesys follow --moved`, `--copied`), nothing of it is done there.
"""
MADE_EMPTY = frozenset({"alembic_version", "read_model", "serving", "works_with"})
"""What an installation writes before it holds anything."""
MOST_NAMED = 50
"""How many differences are named."""


class CopyRefused(Stopped):
    """The target holds something; nothing was changed."""


class _Differs(Exception):
    """What was copied does not say the same, and is taken back."""

    def __init__(self, source: Said, target: Said) -> None:
        super().__init__()
        self.source, self.target = source, target


def copy(system: System, to: str, progress: Progress | None = None) -> dict[str, Any]:
    """Copy the office into an empty database, build its read models there, and prove both equal.

    ``copied`` is false where something differs: then nothing was kept.

    :raises CopyRefused: there is something in the other database
    :raises SettingsRefused: it is no address of a database
    """
    target = _at(system, to)
    advance = progress or (lambda done, total: None)
    watch = [perf_counter()]
    copied = True
    try:
        target.database.check_durability()
        with system.database.read() as s, target.database.write() as c:
            target.database.make_schema(c)
            target.database.lock(c)
            _require_empty(c)
            migrations.upgrade(c)
            # The key that was made with the tables; the files need the one of the source.
            write(c, "DELETE FROM vault WHERE subject = ?", [(vault.EVIDENCE,)])
            _carry(s, c, advance)
            _analyse(c)
            watch.append(perf_counter())
            grow_tree(c)
            rebuild_in(target, c, progress=progress)
            take_over(c, target.log, target.models.all, target.now())
            _analyse(c)
            watch.append(perf_counter())
            source, there = _both(system, s, target, c)
            watch.append(perf_counter())
            if source != there:
                raise _Differs(source, there)
    except _Differs as wrong:
        source, there, copied = wrong.source, wrong.target, False
    finally:
        target.database.dispose()
    laps = [round(after - before, 1) for before, after in pairwise(watch)]
    seconds = dict(zip(("copied", "built", "compared"), laps, strict=True))
    return {**_answer(system, target, source, there), "copied": copied, "seconds": seconds}


def compare(system: System, to: str) -> dict[str, Any]:
    """Whether another database holds the same office; nothing is written in either.

    :raises Stopped: there is no office of this release
    """
    target = _at(system, to)
    try:
        require_ready(target)
        with system.database.read() as s, target.database.read() as c:
            source, there = _both(system, s, target, c)
        return _answer(system, target, source, there)
    finally:
        target.database.dispose()


def _at(system: System, to: str) -> System:
    return System(replace(system.settings, database_url=to), now=system.now)


def _both(system: System, s: Connection, target: System, c: Connection) -> tuple[Said, Said]:
    today = local_day(system.now())
    return said_by(system, s, CARRIED, today), said_by(target, c, CARRIED, today)


def _answer(system: System, target: System, source: Said, there: Said) -> dict[str, Any]:
    found = list(differences(source, there))
    position = there[LOG]["entries"]
    with system.database.read() as s:
        head, _ = system.log.head(s)
    return {
        "to": make_url(target.settings.database_url).render_as_string(hide_password=True),
        "equal": not found,
        "position": position,
        "came_since": head - position,
        **{part: source[part] for part in (LOG, MODELS, FORMULA)},
        "compared": {
            part: {"values": len(its), "differing": sum(one.part == part for one in found)}
            for part, its in source.items()
        },
        "differing": len(found),
        "differences": [one._asdict() for one in found[:MOST_NAMED]],
    }


def _require_empty(c: Connection) -> None:
    """:raises CopyRefused: a row, or a table of somebody else"""
    names = sorted(inspect(c).get_table_names())
    if names and migrations.current(c) is None:
        raise CopyRefused("copy_not_empty", table=names[0])
    # The office's own first: what holds something is then named as the office knows it.
    for name in sorted(set(names) - MADE_EMPTY, key=lambda name: name not in STORE.tables):
        but = f" WHERE subject <> '{vault.EVIDENCE}'" if name == "vault" else ""
        if rows(c, f'SELECT 1 FROM "{name}"{but} LIMIT 1'):
            raise CopyRefused("copy_not_empty", table=name)


def _carry(s: Connection, c: Connection, progress: Progress) -> None:
    total = sum(_count(s, table.name) for table in CARRIED)
    done = 0

    def taken(several: int) -> None:
        nonlocal done
        done += several
        progress(done, total)

    for table in CARRIED:
        carry(s, c, table, taken)


def _count(c: Connection, table: str) -> int:
    return int(rows(c, f"SELECT COUNT(*) FROM {table}")[0][0])


def _analyse(c: Connection) -> None:
    """Tell PostgreSQL how much there is now, or it plans for empty tables until it looks itself."""
    if c.dialect.name != "sqlite":
        for name in inspect(c).get_table_names():
            c.exec_driver_sql(f'ANALYZE "{name}"')
