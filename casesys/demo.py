"""A made district to try the product on: invented enterprises, a year's work, an account a role."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from casesys.commands import COMMANDS
from casesys.demo_register import MadeRegister
from casesys.history import import_history
from casesys.people import person_of
from casesys.people.passwords import set_password
from casesys.permits import Person
from casesys.system import Given, System
from domain.instants import local_day
from projections.case_file import CASE_FILE
from projections.driver import rows
from projections.ledger import LEDGER

PASSWORD = "casesys-demo"
OFFICE = "区发展和改革局"
PEOPLE = (
    ("lin", "林知远", OFFICE, "officer"),
    ("su", "苏明澈", OFFICE, "officer"),
    ("he", "何雨舟", "区市场监督管理局", "officer"),
    ("gu", "顾清和", OFFICE, "supervisor"),
    ("shen", "沈见微", "区纪委监委机关", "auditor"),
    ("yu", "余川", OFFICE, "system_administrator"),
    ("bai", "白露", OFFICE, "security_administrator"),
)
"""The security administrator comes last: from then on roles are no longer the operator's."""


def is_empty(system: System) -> bool:
    """Whether the office has heard of no case yet."""
    with system.database.read() as c:
        return not rows(c, f"SELECT 1 FROM {CASE_FILE} LIMIT 1")


@dataclass(frozen=True)
class DemoAccount:
    login: str
    password: str
    role: str


def fill(
    system: System, person: Person, cases: int, progress: Callable[[int, int], None]
) -> list[DemoAccount]:
    """Fill an empty system; the same number of cases on the same day makes the same district."""
    with system.database.read() as c:
        workdays = system.models.calendars.workdays(c)
        units = system.models.member_units.names(c)
    register = MadeRegister(random.Random(cases), local_day(system.now()), workdays, units)
    with tempfile.TemporaryDirectory() as folder:
        register.make(cases)
        register.write(Path(folder))
        import_history(system, Path(folder), person, progress=progress)
    for login, name, unit, _ in PEOPLE:
        _open(system, person, login, name, unit)
    for login, _, _, role in PEOPLE:
        _grant(system, person, login, role)
    _work(system)
    return [DemoAccount(login, PASSWORD, role) for login, _, _, role in PEOPLE]


def _open(system: System, person: Person, login: str, name: str, unit: str) -> None:
    raw = {"login": login, "name": name, "unit": unit}
    receipt = system.give(COMMANDS["open_account"], raw, Given(person))
    set_password(system, person, receipt.stream, PASSWORD, lasting=True)


def _grant(system: System, person: Person, login: str, role: str) -> None:
    account = person_of(system, login)
    assert account is not None
    system.give(COMMANDS["grant_role"], {"role": role}, Given(person, UUID(account.id)))


def _work(system: System) -> None:
    """A morning at the counter: cases taken up, exits proposed, some of them confirmed."""
    officer, second = person_of(system, "lin"), person_of(system, "gu")
    with system.database.read() as c:
        ready = rows(
            c, f"SELECT stream_id FROM {LEDGER} WHERE stage = 'ready_to_exit' ORDER BY number"
        )
        open_cases = rows(
            c,
            f"SELECT stream_id, unit FROM {LEDGER} WHERE stage <> 'closed' "
            "ORDER BY number LIMIT 24",
        )
    assert officer is not None and second is not None
    for stream, unit in open_cases[::3]:
        raw = {"unit": unit, "officer": officer.login}
        system.give(COMMANDS["assign_case"], raw, Given(second, stream=UUID(stream)))
    for i, (stream,) in enumerate(ready):
        if i % 3 == 2:
            continue
        raw = {"explanation": "约谈、承诺、重点监管均已办结"}
        system.give(COMMANDS["propose_exit"], raw, Given(officer, stream=UUID(stream)))
        if i % 3 == 0:
            system.give(COMMANDS["confirm_exit"], {}, Given(second, stream=UUID(stream)))
