"""Which read models the office is served from: one set at a time, and every process asks.

The writers feed that set with each append, so it is always as far as the log. What else stands in
the database, of an older release or of the next, stays where it was left until it takes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from casesys.log import Log
from casesys.registry import decode, encode
from casesys.stopping import Stopped
from casesys.tables import BUILT, SERVING
from projections.driver import rows, upsert, write
from projections.reading import ReadModel, feed

Model = ReadModel[Any, Any]
Set = Mapping[str, int]
"""The version of each read model, by its name."""
PAGE = 2_000
"""How many entries are taken at once by what comes after the log."""

TAKEN = "UPDATE read_model SET position = ? WHERE name = ? AND version = ?"
WHOLE = "SELECT name, version, position FROM read_model WHERE position IS NOT NULL"


class ModelsAreOutdated(Stopped):
    """Read models of this release are not built yet; it must not feed or show any."""


class AnotherReleaseServes(Stopped):
    """The office is served from read models of other versions than this release's."""


def own_set(models: Iterable[Model]) -> dict[str, int]:
    return {model.name: model.version for model in models}


def served(c: Connection) -> Set:
    """What the writers feed now; nothing before the first installation is whole."""
    found = rows(c, "SELECT models FROM serving")
    return decode(found[0][0]) if found else {}


def require_served(c: Connection, own: Set) -> None:
    """Asked in each snapshot and under each lock by whoever serves.

    :raises AnotherReleaseServes: what this release knows is no longer as far as the log
    """
    now = served(c)
    if now != own:
        raise AnotherReleaseServes("another_release_serves", models=differing(now, own))


def differing(now: Set, own: Set) -> list[str]:
    """The read models in which two sets differ, with both versions."""
    names = sorted(name for name in {**now, **own} if now.get(name) != own.get(name))
    return [f"{name} {now.get(name, '—')} / {own.get(name, '—')}" for name in names]


def whole(c: Connection) -> dict[tuple[str, int], int]:
    """The versions that are built whole, each with the position it was left at."""
    return {(name, version): int(position) for name, version, position in rows(c, WHOLE)}


def missing(c: Connection, models: Sequence[Model]) -> list[str]:
    """The read models that do not stand whole in the versions that are asked for."""
    built = whole(c)
    return [model.name for model in models if (model.name, model.version) not in built]


def require_built(c: Connection, models: Sequence[Model]) -> None:
    """:raises ModelsAreOutdated: one of them does not stand whole in its version"""
    if names := missing(c, models):
        raise ModelsAreOutdated("models_are_outdated", models=names)


def note_built(c: Connection, models: Iterable[Model], position: int) -> None:
    """These are whole, and have taken every entry up to a position."""
    upsert(c, BUILT, [(*named_row(model), position, None, None) for model in models])


def named_row(model: Model) -> tuple[str, int, str]:
    """How a row of ``read_model`` begins: name, version, and the names of the tables."""
    return model.name, model.version, " ".join(table.name for table in model.tables)


def take_over(c: Connection, log: Log, models: Sequence[Model], now: str) -> bool:
    """Serve from these from now on, in a transaction that holds the lock; False where it was so.

    What served until now stays as far as the log is, so that its release can take over again.

    :raises ModelsAreOutdated: one of them is not built whole
    """
    require_built(c, models)
    before, after = served(c), own_set(models)
    if before == after:
        return False
    head, _ = log.head(c)
    left = [(head, name, version) for name, version in before.items()]
    write(c, TAKEN, left)
    catch_up(c, log, models, head)
    upsert(c, SERVING, [(1, encode(dict(sorted(after.items()))).decode(), now)])
    return True


def catch_up(c: Connection, log: Log, models: Sequence[Model], until: int) -> None:
    """Let read models that came behind the log take the entries up to a position."""
    built = whole(c)
    positions = {built[model.name, model.version] for model in models}
    for position in sorted(positions):
        behind = [m for m in models if built[m.name, m.version] == position]
        while position < until:
            page = log.after(c, position, min(PAGE, until - position))
            feed(c, behind, page)
            position = page[-1].position
        write(c, TAKEN, [(until, model.name, model.version) for model in behind])
