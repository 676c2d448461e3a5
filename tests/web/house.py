"""A furnished office that is served, with something in every place and somebody to see it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from casesys.permits import Person
from casesys.system import System
from tests.offices import Clock
from tests.stores import settings_of
from tests.web.helpers import app_of, serving
from tests.web.sweep import Look, Windows
from tests.web.test_who_may import ROUTES, everything, expected
from tests.web.who_may import ALLOWED, NOBODY, ROLES, people_of

DOWNLOADS = frozenset(
    {
        "/evidence/<sha256>",
        "/worklist.<any(csv, xlsx):kind>",
        "/rules/opens.<any(csv, xlsx):kind>",
        "/audit/findings.<any(csv, xlsx):kind>",
        "/audit/proven/<at>.txt",
        "/replay.<any(csv, xlsx):kind>",
        "/rules/rejudge.<any(csv, xlsx):kind>",
        "/cases/<name>/letters/<paper>/docx",
        "/report/<number>/docx",
        "/audit/proofs/verify.py",
        "/evidence/<sha256>/original",
        "/figures/receipts/<number>/document",
        "/personal/<number>/document",
        "/figures/receipts/<number>/table.<any(csv, xlsx):kind>",
    }
)
WITHOUT_A_PAGE = frozenset(
    {
        *("/preferences", "/session", "/sign-in/provider", "/sign-in/provider/back", "/sign-out"),
        # Answers a machine that watches.
        *("/healthz", "/readyz"),
        # Leads on to the certificate.
        "/personal/entries/<int:position>",
    }
)


class House(NamedTuple):
    """A furnished office that is served, who works there, and where everything is found."""

    base: str
    app: Flask
    people: dict[str, Person]
    places: dict[str, tuple[str, str]]

    def person(self, role: str) -> Person | None:
        return None if role == NOBODY else self.people[role]

    def form(self, command: str) -> str:
        """Where a command is given on the case that everything is found in."""
        return f"{self.base}{self.places['/cases/<name>'][1]}/do/{command}"


@pytest.fixture(scope="module")
def house(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("every_page") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock())
    people = people_of(system)
    found = everything(system)
    places = {rule: (who(rule), found[rule, "GET"].path) for rule in PAGES}
    app = app_of(system)
    with serving(app) as base:
        yield House(base, app, people, places)
    system.database.dispose()


def who(rule: str) -> str:
    """A role to which the page is shown: the one that sees most of it, a stranger least."""
    row = expected(ROUTES, rule, "GET")
    # Whoever is signed in already is led on from a page for strangers.
    order = (NOBODY, "supervisor", "auditor", "officer", *ROLES)
    return next(role for role in order if row.of(role) == ALLOWED)


PAGES = sorted(
    rule
    for rule, rows in ROUTES.items()
    if "GET" in rows and rule not in DOWNLOADS | WITHOUT_A_PAGE and "/static/" not in rule
)


def faults(windows: Windows, house: House, role: str, path: str, look: Look) -> list[str]:
    """What must not be on the page at this address, as this role sees it."""
    with windows.visiting(house.app, house.base, house.person(role), look) as seen:
        seen.open(path)
        return seen.faults(look)
