"""Who comes to the counter of a furnished office, and in one word what each of them is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from werkzeug.test import TestResponse

from casesys.people.passwords import set_password
from casesys.people.sessions import begin_session
from casesys.permits import Person, operator
from casesys.system import System
from domain.entries import Entry
from tests.administrators import enrolled_code
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, PASSWORD, SUPERVISOR, Clock, person
from tests.scenarios import give
from tests.stores import settings_of
from tests.web.helpers import app_of
from tests.web.wrong_input import main_of
from web.app import Office

ALLOWED, SIGN_IN, FORBIDDEN = "allowed", "sign in", "forbidden"
REFUSED = "refused by a rule"
NO_METHOD, NO_PAGE = "no such method", "no such page"

NOBODY, CLOSED, ROLELESS = "nobody", "closed account", "account without a role"
OWN_UNIT, FOREIGN_UNIT = "officer of the case's unit", "officer of another unit"
FOREIGN_SUPERVISOR = "supervisor of another unit"
SYSTEM_ADMIN, SECURITY_ADMIN = "system administrator", "security administrator"
LOGINS = {
    NOBODY: "U99-9",
    "officer": OFFICER,
    OWN_UNIT: OTHER_OFFICER,
    FOREIGN_UNIT: "U39-1",
    "supervisor": SUPERVISOR,
    FOREIGN_SUPERVISOR: "U39-2",
    "auditor": AUDITOR,
    SYSTEM_ADMIN: "U01-8",
    SECURITY_ADMIN: "U01-9",
    CLOSED: "U20-1",
    ROLELESS: "U20-2",
}
"""Each with its login; nobody has one that no account ever had."""
ROLES = tuple(LOGINS)
FOREIGN = frozenset({FOREIGN_UNIT, FOREIGN_SUPERVISOR})
"""Who never sees a case of the scenarios: all are in the hands of one unit."""

ADMINISTRATORS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN})

OFFICE = "区发展和改革局"
OPENED = {
    CLOSED: (OFFICE, ("officer", "supervisor")),
    ROLELESS: (OFFICE, ("officer", "supervisor")),
    FOREIGN_UNIT: ("区税务局", ("officer",)),
    FOREIGN_SUPERVISOR: ("区税务局", ("supervisor",)),
    SYSTEM_ADMIN: (OFFICE, ("system_administrator",)),
    SECURITY_ADMIN: (OFFICE, ("security_administrator",)),
}
"""Whom the furnished office does not have yet: the unit and the roles that each is given."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ENTERPRISE = "云塘区第"
"""How the name of every enterprise of the scenarios begins."""

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Row(NamedTuple):
    """The answer to each role, in the order of ``ROLES``."""

    nobody: str
    officer: str
    own_unit: str
    foreign_unit: str
    supervisor: str
    foreign_supervisor: str
    auditor: str
    system_admin: str
    security_admin: str
    closed: str
    roleless: str

    def of(self, role: str) -> str:
        return self[ROLES.index(role)]

    def at_a_case(self) -> Row:
        """The same at the page of a case, which to another unit is not there."""
        return self._replace(foreign_unit=NO_PAGE, foreign_supervisor=NO_PAGE)


class File(NamedTuple):
    """A file as it is chosen in a form, as often as the form is sent."""

    name: str
    content: bytes

    def chosen(self) -> tuple[BytesIO, str]:
        return BytesIO(self.content), self.name


class Place(NamedTuple):
    """One address with sound arguments, and what is sound to send there."""

    path: str
    typed: Mapping[str, Any] = {}


class Cell(NamedTuple):
    """One question to the counter: who asks what where, and what the table says of it."""

    name: str
    role: str
    method: str
    place: Place
    expected: str
    writes: bool = True


def people_of(system: System) -> dict[str, Person]:
    """Everyone who has or had an account; those who lost theirs had every power of a desk."""
    runner = operator("tests")
    for who, (unit, _) in OPENED.items():
        raw = {"login": LOGINS[who], "name": "吴桐", "unit": unit}
        stream = give(system, "open_account", raw, by=runner).stream
        set_password(system, runner, stream, PASSWORD, lasting=True)
    account = {who: UUID(person(system, LOGINS[who]).id) for who in OPENED}
    # The administrators come last: then these acts are no longer the operator's.
    for who, (_, roles) in OPENED.items():
        for role in roles:
            give(system, "grant_role", {"role": role}, account[who], runner)
        if who == ROLELESS:
            for role in roles:
                give(system, "revoke_role", {"role": role}, account[who], runner)
        if who == CLOSED:
            closed = person(system, LOGINS[CLOSED])
            give(system, "close_account", {"explanation": "调离"}, account[who], runner)
    # No administrator does anything without them.
    for who in ADMINISTRATORS:
        enrolled_code(system, LOGINS[who])
    return {
        who: closed if who == CLOSED else person(system, login)
        for who, login in LOGINS.items()
        if who != NOBODY
    }


class Counter:
    """One application before one office after another: its templates are compiled once."""

    def __init__(self, home: Path, people: Mapping[str, Person]) -> None:
        self.people = people
        self._home = home
        self.system = System(settings_of(home), now=Clock())
        self.app = app_of(self.system)

    @contextmanager
    def office(self, home: Path) -> Iterator[System]:
        """Serve a copy of this office meanwhile; what is done to it harms no other."""
        before = self.system
        copy = home.with_name("served")
        shutil.copytree(home, copy)
        self.system = System(settings_of(copy), now=Clock())
        self.app.extensions["casesys"] = Office(None, self.system)
        try:
            yield self.system
        finally:
            self.system.database.dispose()
            self.system = before
            self.app.extensions["casesys"] = Office(None, before)
            shutil.rmtree(copy)

    def furnished(self, reach: Callable[[System], Any], folder: Path) -> tuple[Path, Any]:
        """The folder of another office, in which this was reached, and what was reached."""
        home = folder / "home"
        shutil.copytree(self._home, home)
        system = System(settings_of(home), now=Clock())
        reached = reach(system)
        system.database.dispose()
        return home, reached

    def visit(self, role: str, method: str, place: Place) -> TestResponse:
        """Come with the session that this person once began, and to act with a sound token."""
        client = self.app.test_client()
        token = {}
        # The other methods bring the same body, and no token is asked of them: none of them acts.
        if method == "POST":
            found = _TOKEN.search(client.get("/sign-in").text)
            assert found is not None
            token = {"csrf_token": found[1]}
        if role in self.people:
            with client.session_transaction() as kept:
                kept["token"] = begin_session(self.system, self.people[role], with_code=True)
        typed = {n: v.chosen() if isinstance(v, File) else v for n, v in place.typed.items()}
        return client.open(place.path, method=method, data={**token, **typed}, buffered=True)

    def last(self) -> Entry:
        """The newest entry of the log of the office that is served."""
        with self.system.database.read() as c:
            return self.system.log.after(c, self.system.log.head(c)[0] - 1, 1)[0]


def differing(counter: Counter, home: Path, cells: Iterable[Cell]) -> list[str]:
    """The cells whose answer is not that of the table; an act has an office of its own."""
    asked = list(cells)
    acts = [cell for cell in asked if cell.method == "POST" and cell.expected == ALLOWED]
    with counter.office(home):
        answers = [(cell, _answer(counter, cell)) for cell in asked if cell not in acts]
    for act in acts:
        with counter.office(home):
            answers.append((act, _answer(counter, act)))
    return [
        f"{cell.method} {cell.name} by {cell.role}: {found}, not {cell.expected}"
        for cell, found in answers
        if found != cell.expected
    ]


def _answer(counter: Counter, cell: Cell) -> str:
    """What the role is told; who is let in leaves an entry of that name, and nobody else does."""
    before = counter.last().position
    answer = counter.visit(cell.role, cell.method, cell.place)
    found, after = told(answer), counter.last()
    if cell.expected == REFUSED:
        # The form is there for whoever may give such a command; the rule is about this person.
        refused = answer.status_code == (422 if cell.method == "POST" else 200)
        found = REFUSED if refused else found
    if found == ALLOWED and cell.method == "POST" and cell.writes:
        if after.position == before:
            return "let in, and nothing was recorded"
        return found if after.actor == counter.people[cell.role].id else f"as {after.actor}"
    if after.position != before:
        return f"{found}, and {after.topic} was recorded"
    unseen = found not in (ALLOWED, REFUSED) or cell.role in FOREIGN or cell.role in ADMINISTRATORS
    if unseen and ENTERPRISE.encode() in answer.data:
        return f"{found}, and told the name of the enterprise"
    return found


def told(answer: TestResponse) -> str:
    """What an answer comes to; any that is none of these is told in its own words."""
    if answer.status_code == 403:
        return FORBIDDEN
    if answer.status_code == 404:
        return NO_PAGE
    if answer.status_code == 405:
        return NO_METHOD
    if answer.status_code == 401 or _leads_to_the_door(answer):
        return SIGN_IN
    if answer.status_code < 400:
        return ALLOWED
    return f"{answer.status_code} {main_of(answer.text)[:200]}"


def _leads_to_the_door(answer: TestResponse) -> bool:
    """Sent to sign in first, and then back to where one wanted to go."""
    goal = urlsplit(answer.location or "")
    return answer.status_code == 303 and goal.path == "/sign-in" and "next" in parse_qs(goal.query)
