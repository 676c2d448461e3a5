"""How many deadlines were kept, missed or still run, as of any day and as known on any."""

from __future__ import annotations

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.system import System
from domain.vocabulary import DeadlineKind


def deadlines(
    system: System, c: Connection, as_of: str, known_at: str | None = None, reach: str = ""
) -> dict[str, dict[str, int]]:
    """How many deadlines of each kind have which status at the end of the day ``as_of``.

    ``known_at`` is the last instant at which the books may have learnt of what is counted;
    with a ``reach`` the cases of that unit only.
    """
    with standings(system, c, Question(as_of, known_at, reach)) as seen:
        return deadline_counts(seen)


def deadline_counts(seen: Standings) -> dict[str, dict[str, int]]:
    """The same of cases that were read already."""
    found: dict[str, dict[str, int]] = {str(kind): {} for kind in DeadlineKind}
    kinds = list(found)
    for (place, status), n in sorted(seen.sums.deadlines.items()):
        if n:
            found[kinds[place]][status] = n
    return found
