"""Entries that no desk would have let through, for what has to be found all the same."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from casesys.log import Meta
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions import guards
from domain.events import DeskEvent
from projections.reading import feed


def past_the_guards(
    system: System,
    stream: UUID,
    event: Any,
    actor: str,
    occurred_at: str | None = None,
    **facts: Any,
) -> int:
    """Record an event without asking any rule; its version."""
    with system.database.write() as c:
        system.database.lock(c)
        case = system.log.load(c, stream, GovernanceCase).aggregate
        assert case is not None
        now = system.now()
        desk = system.desk(c, actor)
        guards.happen(case, desk, event, occurred_at, **facts)
        batch = [(cast(DeskEvent, made), Meta()) for made in case.collect_events()]
        entries = system.log.append(c, batch, now)
        feed(c, system.models.all, entries)
        return entries[-1].version
