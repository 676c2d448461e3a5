"""Every address that answers a question takes both clocks, or it is written here why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import click
import pytest
from flask import Flask

from casesys.cli import main
from casesys.system import System
from tests import scenarios
from tests.offices import AUDITOR, OTHER_OFFICER, SUPERVISOR, Clock
from tests.web.helpers import Reader, app_of
from tests.web.wrong_input import main_of
from web import figure_formulas, figures
from web.reading import asked

BOTH = "takes the day and the state of the books"
TWO = "compares two days, each in a state of the books of its own"
RECEIVED = "asks what was received or recorded: a day and an instant end it, and both are taken"
WATCH = "watches the whole log as it is"
NOW = "is about what is to be done now"
FORM = "is a form of an act, which is done now"
FIXED = "shows what was fixed when it was made"
OWN = "is about the reader's own account, which has no story in any figure"
PEOPLE = "is about accounts and sign-ins as they are"
FILE = "gives a file by its own digest, which is the same on every day"
LOOK = "is the same on every day: the look, the help, the way in"
PAPER = "fills a paper that leaves the office today: asked for another day, it refuses"
LOG = "shows one entry of the log, which never changes"

ROUTES: dict[str, str] = {
    "/": BOTH,
    "/accounts": PEOPLE,
    "/accounts/<uuid:account>": PEOPLE,
    "/accounts/<uuid:account>/<deed>": FORM,
    "/accounts/open": FORM,
    "/approvals": NOW,
    "/approvals/<name>/<path:key>": NOW,
    "/approvals/next": NOW,
    "/audit": RECEIVED,
    "/audit/<int:position>": LOG,
    "/audit/attempts": WATCH,
    "/audit/findings": WATCH,
    "/audit/findings.<any(csv, xlsx):kind>": WATCH,
    "/audit/powers": BOTH,
    "/audit/proofs": WATCH,
    "/audit/proofs/verify.py": LOOK,
    "/audit/proven": WATCH,
    "/audit/proven/<at>": WATCH,
    "/audit/proven/<at>.txt": WATCH,
    "/audit/reads": WATCH,
    "/audit/releases": WATCH,
    "/bootstrap/static/<path:filename>": LOOK,
    "/bulk/<uuid:bulk>": FIXED,
    "/cases": BOTH,
    "/cases/<name>": BOTH,
    "/cases/<name>/correct/<int:version>": FORM,
    "/cases/<name>/do/<command>": FORM,
    "/cases/<name>/entries/<int:version>": BOTH,
    "/cases/<name>/had/<int:version>": BOTH,
    "/cases/<name>/history": BOTH,
    "/cases/<name>/letters/<paper>": PAPER,
    "/cases/<name>/letters/<paper>/docx": PAPER,
    "/cases/<name>/letters/<paper>/print": PAPER,
    "/cases/<name>/replay": BOTH,
    "/cases/<name>/without/<int:version>": BOTH,
    "/do/<command>": FORM,
    "/do/<command>/<uuid:stream>": FORM,
    "/drafts": OWN,
    "/evidence/<sha256>": FILE,
    "/evidence/<sha256>/original": FILE,
    "/figures": BOTH,
    "/figures/acts": BOTH,
    "/figures/change": BOTH,
    "/figures/difference": BOTH,
    "/figures/formulas": BOTH,
    "/figures/members": BOTH,
    "/figures/receipts": FIXED,
    "/figures/receipts/<number>": FIXED,
    "/figures/receipts/<number>/<int:line>/<any(numerator, denominator):side>": FIXED,
    "/figures/receipts/<number>/document": FIXED,
    "/figures/receipts/<number>/table.<any(csv, xlsx):kind>": FIXED,
    "/figures/receipts/new": FORM,
    "/figures/work": NOW,
    "/healthz": WATCH,
    "/help": LOOK,
    "/own": OWN,
    "/own/code": FORM,
    "/own/password": FORM,
    "/personal": WATCH,
    "/personal/<number>": FIXED,
    "/personal/<number>/document": FIXED,
    "/personal/due": NOW,
    "/personal/entries/<int:position>": LOG,
    "/preferences": OWN,
    "/prove": FORM,
    "/readyz": WATCH,
    "/replay": TWO,
    "/replay.<any(csv, xlsx):kind>": TWO,
    "/report": BOTH,
    "/report/<number>": FIXED,
    "/report/<number>/docx": FIXED,
    "/rules": LOOK,
    "/rules/opens": NOW,
    "/rules/opens.<any(csv, xlsx):kind>": NOW,
    "/rules/rejudge": BOTH,
    "/rules/rejudge.<any(csv, xlsx):kind>": BOTH,
    "/search": BOTH,
    "/session": OWN,
    "/sign-in": LOOK,
    "/sign-in/code": LOOK,
    "/sign-in/provider": LOOK,
    "/sign-in/provider/back": LOOK,
    "/static/<path:filename>": LOOK,
    "/uploads": RECEIVED,
    "/uploads/<uuid:upload>": RECEIVED,
    "/uploads/<uuid:upload>/held/<int:version>": FORM,
    "/uploads/held": RECEIVED,
    "/worklist.<any(csv, xlsx):kind>": BOTH,
}

COMMANDS: dict[str, str] = {
    "audit bundle": WATCH,
    "audit findings": WATCH,
    "audit growth": WATCH,
    "audit proof": WATCH,
    "audit verifier": LOOK,
    "audit verify": WATCH,
    "case history": BOTH,
    "case show": BOTH,
    "deadlines": BOTH,
    "doctor": WATCH,
    "export events": BOTH,
    "figure difference": BOTH,
    "figure list": LOOK,
    "figure publish": BOTH,
    "figure receipt": FIXED,
    "figure receipts": FIXED,
    "figure show": BOTH,
    "figure verify": FIXED,
    "figure why": BOTH,
    "identify": LOOK,
    "personal certificate": FIXED,
    "personal due": NOW,
    "personal verify": FIXED,
    "province": BOTH,
    "rates": BOTH,
    "replay compare": TWO,
    "replay had": BOTH,
    "replay without": BOTH,
    "report": BOTH,
    "rules list": LOOK,
    "rules opens": NOW,
    "rules rejudge": BOTH,
    **dict.fromkeys(
        (
            "account close",
            "account grant",
            "account list",
            "account open",
            "account password",
            "account reset-code",
            "account revoke",
            "account unlock",
        ),
        PEOPLE,
    ),
    **dict.fromkeys(
        (
            "audit checkpoint",
            "audit cosign",
            "audit keep",
            "audit key",
            "backup",
            "backup-key",
            "copy",
            "demo",
            "follow",
            "import history",
            "import listing",
            "init",
            "personal forget",
            "personal rotate",
            "personal sweep",
            "projections compare",
            "projections drop",
            "projections prepare",
            "projections rebuild",
            "projections status",
            "projections verify",
            "restore",
            "serve",
        ),
        FORM,
    ),
}


def test_every_address_says_how_it_stands_to_the_two_clocks(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes == set(ROUTES)


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_says_how_it_stands_to_the_two_clocks() -> None:
    found = dict(commands(main))
    assert set(found) == set(COMMANDS)
    for name, command in found.items():
        options = {option for one in command.params for option in one.opts}
        if COMMANDS[name] == BOTH:
            assert {"--as-of", "--known-at"} <= options, name


# -- an answer of another day is another answer -----------------------------------------------


class Question(NamedTuple):
    """One address of the table in a furnished office, and who asks."""

    path: str
    reader: str = SUPERVISOR


BEFORE_ALL = {"as_of": "2021-06-30"}
UNKNOWN_YET = {"known_at": "2021-07-22T14:00"}
CLOCKS = {"as of a day": BEFORE_ALL, "known at an instant": UNKNOWN_YET}


def addresses(number: str) -> dict[str, Question]:
    case = f"/cases/{number}"
    return {
        "/": Question("/?view=all", OTHER_OFFICER),
        "/audit": Question("/audit", AUDITOR),
        "/audit/powers": Question("/audit/powers", AUDITOR),
        "/cases": Question("/cases"),
        "/cases/<name>": Question(case),
        "/cases/<name>/entries/<int:version>": Question(f"{case}/entries/4"),
        "/cases/<name>/had/<int:version>": Question(f"{case}/had/3?on=2021-07-20", AUDITOR),
        "/cases/<name>/history": Question(f"{case}/history", AUDITOR),
        "/cases/<name>/replay": Question(f"{case}/replay", AUDITOR),
        "/cases/<name>/without/<int:version>": Question(f"{case}/without/3", AUDITOR),
        "/figures": Question("/figures"),
        "/figures/acts": Question("/figures/acts?act=interviews&month=2021-07"),
        "/figures/change": Question("/figures/change?figure=action.interview&from=1"),
        "/figures/difference": Question("/figures/difference"),
        "/figures/formulas": Question("/figures/formulas"),
        "/figures/members": Question("/figures/members?count=cases"),
        "/report": Question("/report"),
        "/rules/rejudge": Question("/rules/rejudge?set=R2026"),
        "/rules/rejudge.<any(csv, xlsx):kind>": Question("/rules/rejudge.csv?set=R2026"),
        "/search": Question("/search?q=云塘区"),
        "/worklist.<any(csv, xlsx):kind>": Question("/worklist.csv?place=ledger"),
    }


@pytest.fixture
def app(system: System, clock: Clock) -> Flask:
    return app_of(system)


@pytest.fixture
def number(system: System, clock: Clock) -> str:
    clock.set("2021-07-22T15:00")
    return scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)


DATES = re.compile(r"\d{4}[-年]\d\d?[-月]\d\d?日?(?:[ T]\d\d:\d\d)?|\d\d:\d\d")


def told(reader: Reader, path: str, **clocks: str) -> str:
    """What an address says, its days and minutes left out: those may be the question itself."""
    joined = "&".join(f"{name}={value}" for name, value in clocks.items())
    answer = reader.get(f"{path}{'&' if '?' in path else '?'}{joined}")
    assert answer.status_code in (200, 404), (path, clocks, answer.status_code)
    body = main_of(answer.text) if answer.mimetype == "text/html" else repr(answer.data)
    return f"{answer.status_code} {DATES.sub('', body)}"


def deaf(app: Flask, number: str) -> list[str]:
    """The addresses whose answer a clock does not change."""
    return [
        f"{route} {name}"
        for route, question in addresses(number).items()
        for reader in [Reader(app, question.reader)]
        for now in [told(reader, question.path)]
        for name, clocks in CLOCKS.items()
        if told(reader, question.path, **clocks) == now
    ]


def test_every_address_that_takes_both_clocks_answers_by_both(app: Flask, number: str) -> None:
    assert {route for route, why in ROUTES.items() if why == BOTH} <= set(addresses(number))
    assert deaf(app, number) == []


def test_the_check_finds_an_address_that_forgot_a_clock(
    app: Flask, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_formulas, "asked", lambda: replace(asked(), known_at=None))
    monkeypatch.setattr(figures, "asked", lambda: replace(asked(), as_of=None))
    assert deaf(app, number) == [
        "/figures as of a day",
        "/figures/difference known at an instant",
        "/figures/formulas known at an instant",
    ]


def test_a_page_of_another_day_says_so(app: Flask, number: str) -> None:
    reader = Reader(app, SUPERVISOR)
    for path in ("/", "/cases", f"/cases/{number}", "/figures", "/figures/formulas"):
        past = '<div class="strip past">'
        assert past not in reader.get_page(path)
        shown = reader.get_page(f"{path}?as_of=2021-07-22&known_at=2021-07-22T15:30")
        assert past in shown and "2021-07-22 15:30" in shown
        assert reader.get_page_status(f"{path}?as_of=2021-02-30") == 400
        assert reader.get_page_status(f"{path}?known_at=soon") == 400


def test_a_page_that_hears_no_clock_offers_none_and_says_it_is_today(
    app: Flask, number: str
) -> None:
    offered = "改看某一天"
    for path, login in (
        ("/audit/findings", AUDITOR),
        ("/audit/reads", AUDITOR),
        ("/audit/attempts", AUDITOR),
        ("/audit/3", AUDITOR),
        ("/approvals", SUPERVISOR),
        ("/figures/work?by=officer&count=open&of=", SUPERVISOR),
        ("/figures/receipts", SUPERVISOR),
        ("/own", SUPERVISOR),
    ):
        reader = Reader(app, login)
        page = reader.get_page(f"{path}{'&' if '?' in path else '?'}as_of=2021-07-01")
        assert offered not in page and "strip past" not in page and "<main" in page, path
    assert offered in Reader(app, SUPERVISOR).get_page("/figures")


def test_a_paper_refuses_another_day(app: Flask, number: str) -> None:
    reader = Reader(app, OTHER_OFFICER)
    for route in (route for route, why in ROUTES.items() if why == PAPER):
        path = route.replace("<name>", number).replace("<paper>", "commitment")
        assert reader.get_page_status(path) == 200
        assert reader.get_page_status(f"{path}?as_of=2021-07-21") == 409
