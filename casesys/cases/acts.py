"""What can be done on a case: every command asked of the decision itself, by this person, now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from casesys.commands import COMMANDS
from casesys.permits import NotPermitted, Person
from domain.case import GovernanceCase
from domain.desk import Desk
from domain.next_steps import outlook
from domain.refusals import Refused

OF_AN_ENTRY = frozenset({"void_entry", "reveal_personal_data", "correct_entry"})
"""Commands that a reader finds beside the entry they are about."""


class Act(NamedTuple):
    """One command on the case: lawful now, or what stands against it."""

    command: str
    refusals: tuple[Refused, ...]
    choices: tuple[Mapping[str, str], ...]
    applies: bool


def acts_on(case: GovernanceCase, desk: Desk, person: Person) -> Iterator[Act]:
    for command in COMMANDS.values():
        if command.on is not GovernanceCase or command.name in OF_AN_ENTRY:
            continue
        found = outlook(command.decision, case, desk)
        refusals = found.refusals
        if command.permit not in person.permits:
            refusals = (NotPermitted(permit=str(command.permit)), *refusals)
        yield Act(command.name, refusals, found.choices, found.applies)
