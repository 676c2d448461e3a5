"""A command and its twin with the same id, at the same moment on two connections: one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from casesys.commands import COMMANDS
from casesys.system import Given, Receipt, System
from tests import scenarios
from tests.offices import OFFICER, Clock, log_of, person
from tests.stores import settings_of

CONTACT = {"attempted_at": "2021-07-22T10:00", "result": "no_answer", "channel": "phone"}
EXIT = {"explanation": "各步骤均已办结"}
Answers = tuple[Receipt, Receipt, System]
Twice = Callable[..., Answers]


@pytest.fixture
def twice(
    tmp_path: Path,
    clock: Clock,
    postgres_office: Callable[[], AbstractContextManager[str]],
) -> Iterator[Twice]:
    """Give a command while its twin is given, after the receipt was looked for in vain.

    The clock of the first desk is read just there; a desk on SQLite holds the lock by then.
    """
    with postgres_office() as url:
        settings = settings_of(tmp_path / "home", url)
        opened: list[System] = []

        def run(
            command: str, raw: dict[str, Any], **guards: Any
        ) -> tuple[Receipt, Receipt, System]:
            twin = System(settings, now=clock, **guards)
            opened.append(twin)
            case = scenarios.a_case_ready_to_exit(twin)
            with twin.database.read() as c:
                version = twin.log.stream(c, case.stream)[-1].version
            answers: list[Receipt] = []

            def give(system: System) -> Receipt:
                given = Given(person(twin, OFFICER), case.stream, version, "the same id")
                return system.give(COMMANDS[command], raw, given)

            def read_clock() -> str:
                if not answers:
                    answers.append(give(twin))
                return clock()

            first = System(settings, now=read_clock, **guards)
            opened.append(first)
            return give(first), answers[0], first

        yield run
        for system in opened:
            system.database.dispose()


@pytest.mark.parametrize(("command", "raw"), [("attempt_contact", CONTACT), ("propose_exit", EXIT)])
def test_twins_have_one_effect_and_one_answer(
    twice: Twice, command: str, raw: dict[str, Any]
) -> None:
    first, twin, system = twice(command, raw)
    assert first.repeated
    assert (first.version, first.position) == (twin.version, twin.position)
    assert [e.command_id for e in log_of(system, first.stream)].count("the same id") == 1


def test_without_receipts_the_twin_is_turned_away_as_if_somebody_else_had_come(
    twice: Twice,
) -> None:
    with pytest.raises(Exception, match="now at version"):
        twice("attempt_contact", CONTACT, receipts=False)
