"""Whether this process would give the next page: what a watching machine asks again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casesys.database import StoreIsBusy
from casesys.followers.running import followers_of
from casesys.followers.standing import in_brief, standing
from casesys.stopping import Stopped
from casesys.system import System
from casesys.words import say


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the log is and its followers are, or why no page can be given just now.

    A follower that stopped keeps nobody from a page: it is told, and the office works on.
    """

    position: int | None
    why: str | None = None
    followers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return self.why is None


def readiness(find: Callable[[], System], language: str) -> Readiness:
    """Ask the database once; ``find`` gives the system, or says why there is none."""
    try:
        system = find()
        with system.database.read() as c:
            found = standing(system, c, followers_of(system.settings))
            followers = {name: in_brief(one) for name, one in found.items() if one["active"]}
            return Readiness(system.log.head(c)[0], followers=followers)
    except Stopped as stopped:
        return Readiness(None, stopped.said(language))
    except StoreIsBusy:
        return Readiness(None, say("error.store_is_busy", language))
