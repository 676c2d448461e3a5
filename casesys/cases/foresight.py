"""What a command would do to a case: the decision is taken on a copy, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casesys.cases.standing import Standing, standing_of
from casesys.command import Command
from casesys.system import Given, StaleVersion, StreamIsUnknown, System
from domain.case import GovernanceCase
from domain.case_state import CaseState
from domain.decisions.closing import correct_entry
from domain.instants import local_day


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A case before and after a command that was not given."""

    stands: Standing
    then: Standing

    @property
    def before(self) -> CaseState:
        return self.stands.state

    @property
    def after(self) -> CaseState:
        return self.then.state


def foresee(system: System, command: Command, raw: Mapping[str, Any], given: Given) -> Foreseen:
    """Refuses what ``System.give`` would refuse, and writes nothing.

    :raises NotPermitted: the person may not give this command
    :raises FieldsRefused: what was typed cannot be taken
    :raises Refused: a rule of the office stands against it
    :raises StaleVersion: the case went on since the version decided on
    """
    given.person.require(command.permit)
    values = command.read(raw)
    if given.stream is None or command.on is not GovernanceCase:
        raise StreamIsUnknown("no case named")
    with system.database.read() as c:
        loaded = system.log.load(c, given.stream, GovernanceCase)
        case = loaded.aggregate
        if case is None or not given.person.reaches(case.state.unit):
            raise StreamIsUnknown(str(given.stream))
        expected = given.expected_version
        if expected is not None and case.version != expected:
            came = [entry for entry in loaded.entries if entry.version > expected]
            raise StaleVersion(came, case.version)
        before = case.state
        desk = system.desk(c, given.person.id, reach=given.person.reach)
        if given.corrects is not None:
            correct_entry(case, desk, target=given.corrects, explanation=given.reason or "")
        command.decision(case, desk, **values)
        today = local_day(desk.now)
        return Foreseen(
            standing_of(before, desk.workdays, today), standing_of(case.state, desk.workdays, today)
        )
