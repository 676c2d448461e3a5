"""Who may what: every address and every command at the counter, asked by each role in turn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from flask import Flask

from casesys.commands import COMMANDS
from casesys.doctor import doctor
from casesys.figures.cases_of_day import Question
from casesys.lists.bulk import begin_bulk
from casesys.lists.saved_views import save_view
from casesys.people.one_time_codes import new_secret, wrap_offer
from casesys.permits import PERMITS, Permit, Person, operator
from casesys.reports.work_report import issue_report
from casesys.system import System
from domain.case import GovernanceCase
from domain.office import Enterprise
from domain.vocabulary import Role
from tests import examples, scenarios
from tests.administrators import code_of
from tests.casesys.intake.making import CODES, HEAD, record, workbook
from tests.comparisons import compared
from tests.examples import EXAMPLES
from tests.offices import OFFICER, OTHER_OFFICER, PASSWORD, SUPERVISOR, Clock, person
from tests.stores import settings_of
from tests.web.helpers import Reader, app_of
from tests.web.test_evidence import photograph
from tests.web.who_may import (
    ALLOWED,
    CLOSED,
    FORBIDDEN,
    FOREIGN_SUPERVISOR,
    FOREIGN_UNIT,
    LOGINS,
    METHODS,
    NO_METHOD,
    NO_PAGE,
    NOBODY,
    OWN_UNIT,
    REFUSED,
    ROLES,
    SECURITY_ADMIN,
    SIGN_IN,
    SYSTEM_ADMIN,
    Cell,
    Counter,
    File,
    Place,
    Row,
    differing,
    people_of,
)
from web import permits

# The tables of this module are written by hand, from what the office's rules say of each desk,
# and never from the permits that the product keeps: each is the other's proof.

# A letter a role: nobody, officer of the office, officer of the case's unit, officer of another
# unit, supervisor, supervisor of another unit, auditor, system administrator, security
# administrator, closed account, account without a role.
ANSWERS = {"+": ALLOWED, "s": SIGN_IN, "-": FORBIDDEN, "n": NO_PAGE, "r": REFUSED, "m": NO_METHOD}


def row(letters: str) -> Row:
    return Row(*(ANSWERS[letter] for letter in letters.split()))


#                    no  of  own for sup fsu aud sys sec clo rol
EVERYONE = row("      +   +   +   +   +   +   +   +   +   +   + ")
READERS = row("       s   +   +   +   +   +   +   -   -   s   - ")
CASE = row("          s   +   +   n   +   n   +   -   -   s   - ")
"""What is told of one case, which to another unit is not there."""
OF_THE_OFFICE = row(" s   +   n   n   +   n   +   -   -   s   - ")
"""What was published of the whole office, which is not there for a unit."""
DESKS = row("         s   +   +   n   +   n   -   -   -   s   - ")
"""What is done on one case."""
OF_ITS_OFFICER = row("s   +   r   n   r   n   -   -   -   s   - ")
"""What only the officer of the case does; another desk is told who that is."""
INTAKE = row("        s   +   -   -   +   -   -   -   -   s   - ")
"""What only the office does: which enterprises are listed is not for a unit to say."""
LISTS = row("         s   +   -   -   +   -   +   -   -   s   - ")
"""The lists that came in, and what became of their rows."""
ANY_DESK = row("      s   +   +   +   +   +   -   -   -   s   - ")
ITS_OWNER = row("     s   +   n   n   n   n   -   -   -   s   - ")
"""What one person began, and nobody else goes on with."""
SUPERVISORS = row("   s   -   -   -   +   +   -   -   -   s   - ")
DECISIONS = row("     s   -   -   -   +   n   -   -   -   s   - ")
SECOND = row("        s   -   -   n   +   n   -   -   -   s   - ")
"""What a supervisor confirms; whether a form is there is asked of the case first."""
AUDITORS = row("      s   -   -   -   -   -   +   -   -   s   - ")
SIGNERS = row("       s   -   -   -   +   -   +   -   -   s   - ")
"""Who stands for what the next release changes: for the whole office, so nobody of one unit."""
WHO_MAY_SIGN = row("  s   -   -   -   +   +   +   -   -   s   - ")
ERASERS = row("       s   -   -   -   +   +   +   -   -   s   - ")
"""What falls due for erasure, and what was erased: of a unit, of its cases."""
CERTIFICATE = row("   s   -   -   -   +   n   +   -   -   s   - ")
ACCOUNTS = row("      s   -   -   -   -   -   -   +   -   s   - ")
ADMINISTRATORS = row("s   -   -   -   -   -   -   +   +   s   - ")
WATCHED = row("       s   -   -   -   -   -   +   +   +   s   - ")
"""The accounts: two powers act on them, a third watches both."""
OWN = row("           s   +   +   +   +   +   +   +   +   s   - ")
"""One's own account, whatever the role."""
NOWHERE = row("       n   n   n   n   n   n   n   n   n   n   n ")
"""What is there only where it is set up."""
NO_ONE = row("        s   -   -   -   -   -   -   -   -   s   - ")
"""What only the operator does, at the command line."""
NO_FORM = row("       s   n   n   n   n   n   n   n   n   s   - ")
FORMS = row("         s   +   +   +   +   +   +   +   +   s   - ")
"""Which methods a form knows is no secret from those who work here, whatever the command."""
WITH_PASSWORD = row(" s   +   +   +   +   +   +   +   +   s   + ")
"""Who signs in with the password that was once set."""
UNHEARD = row("       m   m   m   m   m   m   m   m   m   m   m ")

ROUTES: dict[str, dict[str, Row]] = {
    "/": {"GET": READERS},
    "/accounts": {"GET": WATCHED},
    "/accounts/<uuid:account>": {"GET": WATCHED},
    "/accounts/<uuid:account>/<deed>": {
        "GET": ACCOUNTS,
        "POST": ACCOUNTS,
        "OPTIONS": ADMINISTRATORS,
    },
    "/accounts/open": {"GET": ACCOUNTS, "POST": ACCOUNTS},
    "/approvals": {"GET": SUPERVISORS},
    "/approvals/<name>/<path:key>": {"GET": DECISIONS},
    "/approvals/next": {"GET": SUPERVISORS},
    "/audit": {"GET": AUDITORS},
    "/audit/<int:position>": {"GET": AUDITORS},
    "/audit/attempts": {"GET": AUDITORS},
    "/audit/findings": {"GET": AUDITORS},
    "/audit/findings.<any(csv, xlsx):kind>": {"GET": AUDITORS},
    "/audit/powers": {"GET": AUDITORS},
    "/audit/proofs": {"GET": AUDITORS},
    "/audit/proofs/bundle": {"POST": AUDITORS},
    "/audit/proofs/checkpoint": {"POST": AUDITORS},
    "/audit/proofs/verify.py": {"GET": AUDITORS},
    "/audit/proven": {"GET": AUDITORS},
    "/audit/proven/<at>": {"GET": AUDITORS},
    "/audit/proven/<at>.txt": {"GET": AUDITORS},
    "/audit/reads": {"GET": AUDITORS},
    "/audit/releases": {"GET": SIGNERS, "OPTIONS": WHO_MAY_SIGN},
    "/audit/releases/sign": {"POST": SIGNERS, "OPTIONS": WHO_MAY_SIGN},
    "/bootstrap/static/<path:filename>": {"GET": EVERYONE},
    "/bulk": {"POST": ANY_DESK},
    "/bulk/<uuid:bulk>": {"GET": ITS_OWNER, "POST": ITS_OWNER},
    "/cases": {"GET": READERS},
    "/cases/<name>": {"GET": CASE},
    "/cases/<name>/correct/<int:version>": {"GET": DESKS, "POST": DESKS},
    "/cases/<name>/do/<command>": {"GET": DESKS, "POST": DESKS, "OPTIONS": FORMS},
    "/cases/<name>/entries/<int:version>": {"GET": CASE},
    "/cases/<name>/had/<int:version>": {"GET": CASE},
    "/cases/<name>/history": {"GET": CASE},
    "/cases/<name>/letters/<paper>": {"GET": CASE},
    "/cases/<name>/letters/<paper>/docx": {"GET": CASE},
    "/cases/<name>/letters/<paper>/print": {"GET": CASE},
    "/cases/<name>/replay": {"GET": CASE},
    "/cases/<name>/without/<int:version>": {"GET": CASE},
    "/claim/<name>": {"POST": DESKS},
    "/do/<command>": {"GET": INTAKE, "POST": INTAKE, "OPTIONS": FORMS},
    "/do/<command>/<uuid:stream>": {"GET": INTAKE, "POST": INTAKE, "OPTIONS": FORMS},
    "/drafts": {"GET": OWN, "POST": OWN},
    "/evidence/<sha256>": {"GET": READERS},
    "/evidence/<sha256>/original": {"GET": NO_ONE, "OPTIONS": READERS},
    "/figures": {"GET": READERS},
    "/figures/acts": {"GET": READERS},
    "/figures/change": {"GET": READERS},
    "/figures/difference": {"GET": READERS},
    "/figures/formulas": {"GET": READERS},
    "/figures/members": {"GET": READERS},
    "/figures/receipts": {"GET": READERS, "POST": AUDITORS},
    "/figures/receipts/<number>": {"GET": OF_THE_OFFICE},
    "/figures/receipts/<number>/<int:line>/<any(numerator, denominator):side>": {
        "GET": OF_THE_OFFICE
    },
    "/figures/receipts/<number>/document": {"GET": OF_THE_OFFICE},
    "/figures/receipts/<number>/table.<any(csv, xlsx):kind>": {"GET": OF_THE_OFFICE},
    "/figures/receipts/new": {"GET": SUPERVISORS, "POST": SUPERVISORS},
    "/figures/work": {"GET": READERS},
    "/healthz": {"GET": EVERYONE},
    "/help": {"GET": EVERYONE},
    "/own": {"GET": OWN},
    "/own/code": {"GET": OWN, "POST": OWN},
    "/own/password": {"GET": OWN, "POST": OWN},
    "/own/sessions": {"POST": OWN},
    "/personal": {"GET": ERASERS},
    "/personal/<number>": {"GET": CERTIFICATE},
    "/personal/<number>/document": {"GET": CERTIFICATE},
    "/personal/due": {"GET": ERASERS},
    "/personal/entries/<int:position>": {"GET": CERTIFICATE},
    "/personal/names/<uuid:account>": {"POST": AUDITORS},
    "/preferences": {"GET": EVERYONE},
    "/readyz": {"GET": EVERYONE},
    "/prove": {"GET": OWN, "POST": OWN},
    "/replay": {"GET": READERS},
    "/replay.<any(csv, xlsx):kind>": {"GET": READERS},
    "/report": {"GET": READERS, "POST": SUPERVISORS},
    "/report/<number>": {"GET": OF_THE_OFFICE},
    "/report/<number>/docx": {"GET": OF_THE_OFFICE},
    "/rules": {"GET": READERS},
    "/rules/opens": {"GET": READERS},
    "/rules/opens.<any(csv, xlsx):kind>": {"GET": READERS},
    "/rules/rejudge": {"GET": READERS},
    "/rules/rejudge.<any(csv, xlsx):kind>": {"GET": READERS},
    "/search": {"GET": READERS},
    "/sign-in": {"GET": EVERYONE, "POST": WITH_PASSWORD},
    "/session": {"GET": WITH_PASSWORD, "OPTIONS": EVERYONE},
    "/sign-in/code": {"GET": EVERYONE, "POST": EVERYONE},
    "/sign-in/provider": {"GET": NOWHERE, "OPTIONS": EVERYONE},
    "/sign-in/provider/back": {"GET": NOWHERE, "OPTIONS": EVERYONE},
    "/sign-out": {"POST": EVERYONE},
    "/static/<path:filename>": {"GET": EVERYONE},
    "/uploads": {"GET": LISTS, "POST": INTAKE},
    "/uploads/<uuid:upload>": {"GET": LISTS},
    "/uploads/<uuid:upload>/held/<int:version>": {"GET": INTAKE, "POST": INTAKE},
    "/uploads/held": {"GET": LISTS},
    "/views": {"POST": READERS},
    "/views/<uuid:view>": {"POST": READERS},
    "/worklist.<any(csv, xlsx):kind>": {"GET": READERS},
}
"""The forms of commands are asked here with one that a desk gives; all stand below."""
NOT_WRITING = {
    *("/drafts", "/sign-in", "/sign-in/code", "/sign-out", "/prove", "/own/sessions"),
    *("/bulk", "/views", "/views/<uuid:view>", "/figures/receipts"),
    *("/audit/proofs/bundle", "/audit/proofs/checkpoint"),
}
WRITING = frozenset(ROUTES) - NOT_WRITING
"""Where what is sent is an act of the office, and an entry of its log."""

COMMANDS_OF: dict[str, Row] = {
    "list_enterprise": INTAKE,
    "attach_record": DESKS,
    "assign_case": DESKS,
    "claim_case": DESKS,
    "release_case": OF_ITS_OFFICER,
    "transfer_case": DESKS,
    "propose_exclusion": DESKS,
    "confirm_exclusion": SECOND,
    "reinstate_subject": DESKS,
    "attempt_contact": DESKS,
    "propose_unreachable": DESKS,
    "confirm_unreachable": SECOND,
    "conclude_not_operating": DESKS,
    "conclude_operating": DESKS,
    "serve_interview_notice": DESKS,
    "hold_interview": DESKS,
    "add_photo": DESKS,
    "sign_commitment": DESKS,
    "start_key_supervision": DESKS,
    "find_impediment": DESKS,
    "clear_impediment": DESKS,
    "extend_deadline": DESKS,
    "apply_repair": DESKS,
    "return_repair": DESKS,
    "record_repair_result": DESKS,
    "revoke_repair": DESKS,
    "record_performance": DESKS,
    "propose_court_removal": DESKS,
    "confirm_court_removal": SECOND,
    "raise_objection": DESKS,
    "answer_objection": DESKS,
    "add_note": DESKS,
    "reveal_personal_data": CASE,
    "void_entry": DESKS,
    "propose_exit": DESKS,
    "confirm_exit": SECOND,
    "send_back": SECOND,
    "close_case": DESKS,
    "reopen_case": DESKS,
    "register_enterprise": INTAKE,
    "rename_enterprise": INTAKE,
    "move_enterprise": INTAKE,
    "change_registration": INTAKE,
    "start_campaign": INTAKE,
    "join_unit": NO_ONE,
    "leave_unit": NO_ONE,
    "publish_calendar": NO_ONE,
    "open_account": NO_FORM,
    "grant_role": NO_FORM,
    "revoke_role": NO_FORM,
    "change_password": NO_FORM,
    "reset_password": NO_FORM,
    "enrol_code": NO_FORM,
    "reset_code": NO_FORM,
    "unlock_account": NO_FORM,
    "end_sessions": NO_FORM,
    "close_account": NO_FORM,
    "settle_row": NO_FORM,
    "erase_personal_data": SECOND,
    "erase_name": NO_FORM,
    "erase_remarks": INTAKE,
    "reveal_name": NO_FORM,
}


House = tuple[Path, dict[tuple[str, str], Place]]


class Office(NamedTuple):
    """The folder of a furnished office, and who has or had an account in it."""

    home: Path
    people: dict[str, Person]


@pytest.fixture(scope="module")
def peopled(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    home = tmp_path_factory.mktemp("peopled") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock())
    people = people_of(system)
    system.database.dispose()
    return Office(home, people)


@pytest.fixture(scope="module")
def counter(peopled: Office) -> Iterator[Counter]:
    made = Counter(*peopled)
    yield made
    made.system.database.dispose()


# -- every address --------------------------------------------------------------------------------


def everything(system: System) -> dict[tuple[str, str], Place]:
    """Something in every place of an office, and the address at which it is found."""
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    waiting = scenarios.a_case_with_exit_proposed(system, 2).stream
    proposed = scenarios.case_number(system, waiting)
    held = workbook(("名单", [HEAD, record(0, uscc=CODES[0][:17] + "1")]))
    officer = Reader(app_of(system), OFFICER)
    upload = officer.send("/uploads", file=File("名单.xlsx", held).chosen()).location
    store = system.evidence
    picture = store.put(File("p.jpg", photograph()).chosen()[0], "p.jpg")
    mine = person(system, OFFICER)
    bulk = begin_bulk(system, mine, "claim_case", [number])
    view = save_view(system, mine, "处罚", "category=penalty")
    other = person(system, OTHER_OFFICER).id
    over = scenarios.a_contacted_case(system, 7).stream
    why = {"ground": "person_asked", "explanation": "本人要求"}
    erased = scenarios.give(system, "erase_personal_data", why, over, SUPERVISOR)
    day = Question("2021-07-20")
    report = issue_report(system, person(system, SUPERVISOR), day, "zh")
    proven = doctor(system, operator("tests"), without_backup=True).at
    change = compared(system).digest
    read = {
        "/": "/",
        "/accounts": "/accounts",
        "/accounts/<uuid:account>": f"/accounts/{other}",
        "/accounts/<uuid:account>/<deed>": f"/accounts/{other}/close",
        "/accounts/open": "/accounts/open",
        "/approvals": "/approvals",
        "/approvals/<name>/<path:key>": f"/approvals/{proposed}/exit",
        "/approvals/next": "/approvals/next",
        "/audit": "/audit",
        "/audit/<int:position>": "/audit/3",
        "/audit/attempts": "/audit/attempts?result=refused",
        "/audit/findings": "/audit/findings?view=late",
        "/audit/findings.<any(csv, xlsx):kind>": "/audit/findings.csv?view=late",
        "/audit/powers": "/audit/powers?as_of=2021-07-20",
        "/audit/proofs": "/audit/proofs",
        "/audit/proofs/bundle": "/audit/proofs/bundle",
        "/audit/proofs/checkpoint": "/audit/proofs/checkpoint",
        "/audit/proofs/verify.py": "/audit/proofs/verify.py",
        "/audit/proven": "/audit/proven",
        "/audit/proven/<at>": f"/audit/proven/{proven}",
        "/audit/proven/<at>.txt": f"/audit/proven/{proven}.txt",
        "/audit/reads": "/audit/reads",
        "/audit/releases": "/audit/releases",
        "/audit/releases/sign": "/audit/releases/sign",
        "/bootstrap/static/<path:filename>": "/bootstrap/static/css/bootstrap.min.css",
        "/bulk": "/bulk",
        "/bulk/<uuid:bulk>": f"/bulk/{bulk}",
        "/cases": "/cases",
        "/cases/<name>": f"/cases/{number}",
        "/cases/<name>/correct/<int:version>": f"/cases/{number}/correct/4",
        "/cases/<name>/do/<command>": f"/cases/{number}/do/add_note",
        "/cases/<name>/entries/<int:version>": f"/cases/{number}/entries/4",
        "/cases/<name>/had/<int:version>": f"/cases/{number}/had/5?on=2021-07-07",
        "/cases/<name>/history": f"/cases/{number}/history",
        "/cases/<name>/letters/<paper>": f"/cases/{number}/letters/commitment",
        "/cases/<name>/letters/<paper>/docx": f"/cases/{number}/letters/commitment/docx",
        "/cases/<name>/letters/<paper>/print": f"/cases/{number}/letters/commitment/print",
        "/cases/<name>/replay": f"/cases/{number}/replay?n=4",
        "/cases/<name>/without/<int:version>": f"/cases/{number}/without/5",
        "/claim/<name>": f"/claim/{number}",
        "/do/<command>": "/do/list_enterprise",
        "/do/<command>/<uuid:stream>": f"/do/move_enterprise/{examples.enterprise(system)}",
        "/evidence/<sha256>": f"/evidence/{picture.sha256}",
        # Whoever did not just say why in the log: the test of the pages of personal data has those.
        "/evidence/<sha256>/original": f"/evidence/{picture.sha256}/original",
        "/drafts": "/drafts",
        "/figures": "/figures",
        "/figures/acts": "/figures/acts?act=interviews&month=2021-07",
        "/figures/change": "/figures/change?figure=action.interview&from=1",
        "/figures/difference": "/figures/difference?a=action.interview&b=exit.case",
        "/figures/formulas": "/figures/formulas",
        "/figures/members": "/figures/members?count=cases",
        "/figures/receipts": "/figures/receipts",
        "/figures/receipts/<number>": f"/figures/receipts/{report.number}",
        "/figures/receipts/<number>/<int:line>/<any(numerator, denominator):side>": (
            f"/figures/receipts/{report.number}/1/numerator"
        ),
        "/figures/receipts/<number>/document": f"/figures/receipts/{report.number}/document",
        "/figures/receipts/<number>/table.<any(csv, xlsx):kind>": (
            f"/figures/receipts/{report.number}/table.csv"
        ),
        "/figures/receipts/new": "/figures/receipts/new",
        "/figures/work": "/figures/work?by=officer&count=open&of=",
        "/healthz": "/healthz",
        "/help": "/help",
        "/own": "/own",
        "/own/code": "/own/code",
        "/own/password": "/own/password",
        "/own/sessions": "/own/sessions",
        "/personal": "/personal",
        "/personal/<number>": "/personal/QC-2021-0001",
        "/personal/<number>/document": "/personal/QC-2021-0001/document",
        "/personal/due": "/personal/due",
        "/personal/entries/<int:position>": f"/personal/entries/{erased.position}",
        "/personal/names/<uuid:account>": f"/personal/names/{other}",
        "/preferences": "/preferences?language=en",
        "/readyz": "/readyz",
        "/prove": "/prove",
        "/replay": "/replay?from_day=2021-07-01&to_day=2021-07-20",
        "/replay.<any(csv, xlsx):kind>": "/replay.csv?from_day=2021-07-01&to_day=2021-07-20",
        "/report": "/report?as_of=2021-07-20",
        "/report/<number>": f"/report/{report.number}",
        "/report/<number>/docx": f"/report/{report.number}/docx",
        "/rules": "/rules",
        "/rules/opens": "/rules/opens?view=recent&within=60",
        "/rules/opens.<any(csv, xlsx):kind>": "/rules/opens.csv",
        "/rules/rejudge": "/rules/rejudge?set=R2026",
        "/rules/rejudge.<any(csv, xlsx):kind>": "/rules/rejudge.csv",
        "/search": "/search?q=建材",
        "/sign-in": "/sign-in",
        "/session": "/session",
        "/sign-in/code": "/sign-in/code",
        "/sign-in/provider": "/sign-in/provider",
        "/sign-in/provider/back": "/sign-in/provider/back",
        "/sign-out": "/sign-out",
        "/static/<path:filename>": "/static/casesys.css",
        "/uploads": "/uploads",
        "/uploads/<uuid:upload>": upload,
        "/uploads/<uuid:upload>/held/<int:version>": f"{upload}/held/2",
        "/uploads/held": "/uploads/held",
        "/views": "/views",
        "/views/<uuid:view>": f"/views/{view.id}",
        "/worklist.<any(csv, xlsx):kind>": "/worklist.csv",
    }
    sent: dict[str, dict[str, Any]] = {
        "/accounts/<uuid:account>/<deed>": {"explanation": "调离"},
        "/accounts/open": {"login": "U40-1", "name": "新人", "unit": "区税务局"},
        "/own/code": {
            role: offered(system, role) for role in ROLES if role not in (NOBODY, CLOSED)
        },
        "/own/password": {"current": PASSWORD, "new": "a new horse", "again": "a new horse"},
        "/audit/proofs/bundle": {"case": number},
        "/audit/releases/sign": {
            role: {"digest": change, "role": role} for role in ("supervisor", "auditor")
        },
        "/bulk": {"command": "claim_case", "case": number},
        "/bulk/<uuid:bulk>": {"step": "do"},
        "/cases/<name>/correct/<int:version>": {
            **scenarios.contact("2021-07-05", channel="visit"),
            "reason": "记错了方式",
        },
        "/cases/<name>/do/<command>": {"note": "企业要求延后"},
        "/do/<command>": scenarios.listing(9),
        "/do/<command>/<uuid:stream>": {"town": "江北镇"},
        "/figures/receipts": {"number": report.number},
        "/personal/names/<uuid:account>": {"explanation": "核对经办人"},
        "/figures/receipts/new": {"purpose": "月报"},
        "/uploads": {"file": File("又一份.xlsx", workbook(("名单", [HEAD, record(1)])))},
        "/uploads/<uuid:upload>/held/<int:version>": {"decision": "accept", "uscc": CODES[0]},
    }
    return {
        (rule, method): Place(path, sent.get(rule, {}))
        for rule, path in read.items()
        for method in METHODS
    }


def offered(system: System, role: str) -> dict[str, str]:
    """A secret as the page offers it to this person, and the code that their telephone shows."""
    secret = new_secret()
    offer = wrap_offer(system, person(system, LOGINS[role]), secret)
    return {"offer": offer, "code": code_of(secret, system)}


@pytest.fixture(scope="module")
def house(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> House:
    return counter.furnished(everything, tmp_path_factory.mktemp("house"))


def expected(table: dict[str, dict[str, Row]], rule: str, method: str) -> Row:
    """The row of an address; a browser's own questions are answered as the page would be."""
    rows = table[rule]
    if method in rows:
        return rows[method]
    if method == "OPTIONS":
        # Answered before the page looks for the case: it tells nobody whether there is one.
        told = EVERYONE if rule == "/sign-in" else next(iter(rows.values()))
        return Row(*(ALLOWED if answer == NO_PAGE else answer for answer in told))
    return rows["GET"] if method == "HEAD" and "GET" in rows else UNHEARD


def without_row(app: Flask, table: dict[str, dict[str, Row]]) -> set[tuple[str, str]]:
    """What the map of addresses knows and the table does not, or the other way about."""
    known = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return known ^ {(r, method) for r, rows in table.items() for method in set(rows) - {"OPTIONS"}}


OF_EACH_ROLE = (("/own/code", "POST"), ("/audit/releases/sign", "POST"))
"""What is sent there is another for each who sends it."""


def questions(
    table: dict[str, dict[str, Row]], places: dict[tuple[str, str], Place]
) -> Iterator[Cell]:
    for (rule, method), place in places.items():
        row = expected(table, rule, method)
        for role in ROLES:
            given = place
            if (rule, method) == ("/sign-in", "POST"):
                given = Place(place.path, {"login": LOGINS[role], "password": PASSWORD})
            if (rule, method) in OF_EACH_ROLE:
                given = Place(place.path, place.typed.get(role, {}))
            yield Cell(rule, role, method, given, row.of(role), rule in WRITING)


def test_every_address_has_its_row(counter: Counter) -> None:
    assert without_row(counter.app, ROUTES) == set()


@pytest.mark.parametrize("rule", ROUTES)
def test_every_address_answers_each_role_as_the_table_says(
    counter: Counter, house: House, rule: str
) -> None:
    home, places = house
    here = {key: place for key, place in places.items() if key[0] == rule}
    assert differing(counter, home, questions(ROUTES, here)) == []


# -- every command --------------------------------------------------------------------------------


def doors(name: str) -> list[str]:
    """At which addresses the form of a command is found."""
    command = COMMANDS[name]
    if command.on is None:
        return [f"/do/{name}"]
    if command.on is GovernanceCase:
        return [f"/cases/CASE/do/{name}"]
    here = f"/do/{name}/STREAM"
    return [here, f"/cases/CASE/do/{name}"] if command.on is Enterprise else [here]


def form_of(name: str, door: str, system: System) -> Place:
    """A form that can be sent as it stands: everything before it was done."""
    if name == "settle_row":
        return Place(f"/do/{name}")
    example = EXAMPLES[name]
    at_case = "CASE" in door
    reached = example.reach(system) if not at_case or COMMANDS[name].on_case else None
    if at_case and reached is None:
        reached = scenarios.a_listed_case(system).stream
    typed = dict(example.facts(system, reached or UUID(int=0)))
    for file in [n for n, s in COMMANDS[name].fields.items() if s.widget == "file" and n in typed]:
        typed[file] = File("photo.jpg", photograph())
    number = scenarios.case_number(system, reached) if at_case and reached else ""
    path = door.replace("CASE", number).replace("STREAM", str(reached))
    return Place(path, {**typed, "step": "confirmed"})


def asked_of(name: str, place: Place, row: Row) -> Iterator[Cell]:
    found = row.at_a_case() if place.path.startswith("/cases/") else row
    for method in ("GET", "POST"):
        for role in ROLES:
            yield Cell(place.path, role, method, place, found.of(role))


def test_every_command_has_its_row() -> None:
    assert set(COMMANDS_OF) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS_OF)
def test_every_command_is_given_by_whom_the_table_says(
    counter: Counter, tmp_path: Path, name: str
) -> None:
    for n, door in enumerate(doors(name)):
        reach = partial(form_of, name, door)
        home, place = counter.furnished(reach, tmp_path / str(n))
        assert differing(counter, home, asked_of(name, place, COMMANDS_OF[name])) == []


# -- that these tests find what they look for -----------------------------------------------------


def planted(peopled: Office, *wanted: Permit) -> Counter:
    """A counter with one more page, which says whom it lets in if anyone is named."""
    made = Counter(*peopled)
    view = permits.permit(*wanted)(lambda: SECRET) if wanted else lambda: SECRET
    made.app.add_url_rule("/planted", "planted", view)
    return made


SECRET = "a page that was planted"
PLANTED = {("/planted", method): Place("/planted") for method in METHODS}


def test_an_address_without_a_row_is_found(peopled: Office) -> None:
    made = planted(peopled, Permit.READ)
    assert without_row(made.app, ROUTES) == {("/planted", "GET")}
    with_row = {**ROUTES, "/planted": {"GET": READERS}}
    assert without_row(made.app, with_row) == set()
    assert differing(made, peopled.home, questions(with_row, PLANTED)) == []
    made.system.database.dispose()


def test_a_row_without_an_address_is_found(counter: Counter) -> None:
    assert without_row(counter.app, {**ROUTES, "/gone": {"GET": READERS}}) == {("/gone", "GET")}


def test_an_address_without_a_permit_is_found(peopled: Office) -> None:
    with_row = {**ROUTES, "/planted": {"GET": READERS}}
    closed, open_ = planted(peopled), planted(peopled)
    open_.app.before_request_funcs[None].remove(permits.ask_who_is_there)
    asked = [c for c in questions(with_row, PLANTED) if c.method == "GET"]
    assert differing(closed, peopled.home, asked) == [
        f"GET /planted by {role}: forbidden, not {READERS.of(role)}"
        for role in ROLES
        if READERS.of(role) != FORBIDDEN
    ], "the office closes what says nothing, to a stranger too"
    assert differing(open_, peopled.home, asked) == [
        f"GET /planted by {role}: allowed, not {READERS.of(role)}"
        for role in ROLES
        if READERS.of(role) != ALLOWED
    ], "without the question who is there everyone would be let in"
    for made in (closed, open_):
        made.system.database.dispose()


def test_an_address_that_acts_when_it_is_only_asked_is_found(peopled: Office) -> None:
    made = Counter(*peopled)

    def acting() -> str:
        raw = {"uscc": scenarios.credit_code(3), "name": "云塘区第3建材有限公司", "town": "江北镇"}
        scenarios.give(made.system, "register_enterprise", raw)
        return SECRET

    made.app.add_url_rule("/planted", "planted", permits.permit(Permit.READ)(acting))
    for method in ("GET", "HEAD"):
        asked = [Cell("/planted", "officer", method, Place("/planted"), ALLOWED)]
        assert differing(made, peopled.home, asked) == [
            f"{method} /planted by officer: "
            "allowed, and enterprise.registered was recorded, not allowed"
        ]
    made.system.database.dispose()


def test_an_address_with_another_permit_is_found(
    counter: Counter, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, places = house
    # Of the addresses of auditors one behind which nobody asks a second time.
    view = counter.app.view_functions["audit.entry"]
    monkeypatch.setattr(view, "permits", frozenset({Permit.READ}))
    address = "/audit/<int:position>"
    asked = questions(ROUTES, {(address, "GET"): places[address, "GET"]})
    assert differing(counter, home, asked) == [
        f"GET {address} by {role}: allowed, not forbidden"
        for role in ("officer", OWN_UNIT, FOREIGN_UNIT, "supervisor", FOREIGN_SUPERVISOR)
    ]


def test_a_command_that_asks_nobody_is_found(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = partial(form_of, "add_note", "/cases/CASE/do/add_note")
    home, place = counter.furnished(reach, tmp_path)
    monkeypatch.setattr(Person, "require", lambda person, permit: None)
    asked = asked_of("add_note", place, DESKS)
    named = "and told the name of the enterprise, "
    assert differing(counter, home, asked) == [
        f"GET {place.path} by auditor: allowed, not forbidden",
        f"GET {place.path} by {SYSTEM_ADMIN}: allowed, {named}not forbidden",
        f"GET {place.path} by {SECURITY_ADMIN}: allowed, {named}not forbidden",
        f"POST {place.path} by auditor: allowed, not forbidden",
        f"POST {place.path} by {SYSTEM_ADMIN}: allowed, not forbidden",
        f"POST {place.path} by {SECURITY_ADMIN}: allowed, not forbidden",
    ]


def test_a_role_with_a_permit_too_many_is_found(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = partial(form_of, "confirm_exit", "/cases/CASE/do/confirm_exit")
    home, place = counter.furnished(reach, tmp_path)
    monkeypatch.setitem(PERMITS, Role.OFFICER, PERMITS[Role.OFFICER] | {Permit.APPROVE})
    found = differing(counter, home, asked_of("confirm_exit", place, SUPERVISORS))
    assert [told.split(":")[0] for told in found] == [
        f"{method} {place.path} by {role}"
        for method in ("GET", "POST")
        for role in ("officer", OWN_UNIT)
    ]


def test_a_reach_that_nobody_asks_is_found(
    counter: Counter, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, places = house
    monkeypatch.setattr("casesys.cases.view.within_reach", lambda c, stream, person: True)
    asked = questions(ROUTES, {("/cases/<name>", "GET"): places["/cases/<name>", "GET"]})
    assert differing(counter, home, asked) == [
        f"GET /cases/<name> by {role}: allowed, "
        "and told the name of the enterprise, not no such page"
        for role in (FOREIGN_UNIT, FOREIGN_SUPERVISOR)
    ]
