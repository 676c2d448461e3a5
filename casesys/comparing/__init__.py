"""What the next release would change: its read models beside those that serve, in one snapshot."""

from __future__ import annotations

from typing import Any

from casesys.comparing.cases import by_case
from casesys.comparing.figures import by_figure, days_until
from casesys.comparing.kept import keep
from casesys.comparing.sides import Side
from casesys.comparing.tables import by_row
from casesys.preparing import follow
from casesys.serving import ModelsAreOutdated, missing, own_set, served, whole
from casesys.stopping import Stopped
from casesys.system import System
from domain.instants import local_day

TRIES = 200
"""How often both are looked for at one position; between two looks somebody may have written."""


class NeverAtOnePosition(Stopped):
    """So much is written that the prepared read models were behind at every look."""


def compare(system: System) -> dict[str, Any] | None:
    """Compare what this release prepared with what serves; None where this release serves.

    What was found is kept for the pages of the release that serves.

    :raises ModelsAreOutdated: what is to be compared is not built whole
    :raises NeverAtOnePosition: the office writes faster than the prepared models follow
    """
    for _ in range(TRIES):
        found = look(system)
        if found is None:
            return None
        if found:
            kept = keep(system, found)
            return {**found, "digest": kept.digest, "made_at": kept.made_at}
    raise NeverAtOnePosition("never_at_one_position")


def look(system: System) -> dict[str, Any] | None:
    """What differs at the head of the log; empty where somebody wrote before the snapshot."""
    follow(system)
    models = system.models.all
    own = own_set(models)
    with system.database.read() as c:
        now = served(c)
        if not now or now == own:
            return None
        if names := missing(c, models):
            raise ModelsAreOutdated("models_are_outdated", models=names)
        head, _ = system.log.head(c)
        built = whole(c)
        if any(built[n, v] != head for n, v in own.items() if now.get(n) != v):
            return {}
        days = days_until(local_day(system.now()))
        old, new = (Side(c, models.get("rates", 0)) for models in (now, own))
        rows = by_row(c, models, now)
        figures = by_figure(c, old, new, days)
        cases = by_case(c, system.log, old, new, days, head)
    return {
        "position": head,
        "days": days,
        "old": dict(sorted(now.items())),
        "new": dict(sorted(own.items())),
        "differs": bool(figures["differing"] or figures["sums"] or cases["total"])
        or any(_differs(model) for model in rows),
        "models": rows,
        "figures": figures,
        "cases": cases,
    }


def _differs(model: dict[str, Any]) -> bool:
    """Whether a read model has other rows or other tables, and not only another version."""
    if model["old"] is None or model["new"] is None or model["come"] or model["gone"]:
        return True
    return any(
        table["come"]
        or table["gone"]
        or table["rows"][0] != table["rows"][1]
        or any(
            table[kind]["rows"] for kind in ("only_old", "only_new", "differing") if kind in table
        )
        for table in model["tables"]
    )
