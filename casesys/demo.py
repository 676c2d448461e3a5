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
from casesys.people import person_of, set_password
from casesys.permits import Person
from casesys.system import Given, System
from domain.instants import local_day
from projections.driver import rows

PASSWORD = "casesys-demo"
PEOPLE = (
    ("lin", "林知远", ("officer",)),
    ("su", "苏明澈", ("officer",)),
    ("gu", "顾清和", ("supervisor",)),
    ("shen", "沈见微", ("auditor",)),
)
UNIT = "区发展和改革局"


def is_empty(system: System) -> bool:
    """Whether the office has heard of no case yet."""
    with system.database.read() as c:
        return not rows(c, "SELECT 1 FROM case_file LIMIT 1")


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
    accounts = [_open(system, person, *one) for one in PEOPLE]
    _work(system)
    return accounts


def _open(
    system: System, person: Person, login: str, name: str, roles: tuple[str, ...]
) -> DemoAccount:
    raw = {"login": login, "name": name, "unit": UNIT, "roles": list(roles)}
    receipt = system.give(COMMANDS["open_account"], raw, Given(person))
    set_password(system, person, receipt.stream, PASSWORD)
    return DemoAccount(login, PASSWORD, " ".join(roles))


def _work(system: System) -> None:
    """A morning at the counter: cases taken up, exits proposed, some of them confirmed."""
    officer, second = person_of(system, "lin"), person_of(system, "gu")
    with system.database.read() as c:
        ready = rows(
            c, "SELECT stream_id FROM ledger WHERE stage = 'ready_to_exit' ORDER BY number"
        )
        open_cases = rows(
            c, "SELECT stream_id, unit FROM ledger WHERE stage <> 'closed' ORDER BY number LIMIT 24"
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
