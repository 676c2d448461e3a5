"""Whether this process would give the next page: what a watching machine asks again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casesys.database import StoreIsBusy
from casesys.stopping import Stopped
from casesys.system import System
from casesys.words import say


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the log is, or why no page can be given just now."""

    position: int | None
    why: str | None = None

    @property
    def ready(self) -> bool:
        return self.why is None


def readiness(find: Callable[[], System], language: str) -> Readiness:
    """Ask the database once; ``find`` gives the system, or says why there is none."""
    try:
        system = find()
        with system.database.read() as c:
            return Readiness(system.log.head(c)[0])
    except Stopped as stopped:
        return Readiness(None, stopped.said(language))
    except StoreIsBusy:
        return Readiness(None, say("error.store_is_busy", language))
