"""How a case stands at one version: its state, the clock that runs, and its next step."""

from __future__ import annotations

from typing import NamedTuple

from casesys.cases.view import Clock
from casesys.system import System
from domain.case_state import CaseState
from domain.deadlines import running
from domain.entries import live
from domain.evolution import state_of
from domain.instants import local_day
from domain.main_step import main_step
from domain.workdays import Workdays


class Standing(NamedTuple):
    """What a reader must know of a case to compare two of its versions."""

    state: CaseState
    clock: Clock | None
    main: str | None


def standing_of(state: CaseState, workdays: Workdays, today: str) -> Standing:
    deadline = running(state, workdays)
    due = deadline.due if deadline is not None else None
    clock = None
    if deadline is not None and due is not None:
        clock = Clock(str(deadline.kind), due.day, workdays.left(today, due.day), due.provisional)
    return Standing(state, clock, main_step(state))


def standing_at(system: System, stream: str, version: int) -> Standing:
    """The case as it stood at a version that somebody decided on, its clock as it runs today."""
    with system.database.read() as c:
        entries = system.log.stream(c, stream)
        workdays = system.models.calendars.workdays(c)
    state = state_of(live([entry for entry in entries if entry.version <= version]))
    return standing_of(state, workdays, local_day(system.now()))
