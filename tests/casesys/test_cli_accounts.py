"""Accounts at the command line: the operator appoints, the administrators prove who they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.people import person_of
from casesys.people.one_time_codes import enrol_code, new_secret
from casesys.settings import from_environment
from casesys.system import System
from tests.administrators import code_of

SECRET = "a long enough secret"
Casesys = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"CASESYS_HOME": str(tmp_path / "home"), "CASESYS_LANGUAGE": "en"}


@pytest.fixture
def casesys(home: dict[str, str]) -> Casesys:
    def run(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env={**home, **environment})

    assert run("init").exit_code == 0
    return run


def opened(casesys: Casesys, login: str, *before: str, **environment: str) -> Result:
    named = ("--name", "某人", "--unit", "区发展和改革局", "--password", SECRET)
    return casesys(*before, "account", "open", login, *named, **environment)


@pytest.fixture
def appointed(casesys: Casesys) -> Casesys:
    """The two administrators, as the README says it."""
    for login in ("yu", "bai"):
        assert opened(casesys, login).exit_code == 0
    for login, role in (("yu", "system_administrator"), ("bai", "security_administrator")):
        assert casesys("account", "grant", login, role).exit_code == 0
    return casesys


def test_from_then_on_the_operator_opens_and_grants_nothing(appointed: Casesys) -> None:
    for refused in (
        opened(appointed, "lin"),
        appointed("account", "grant", "yu", "officer"),
        appointed("account", "password", "bai", "--password", "another long secret"),
        appointed("account", "close", "bai", "--reason", "gone"),
        appointed("account", "unlock", "bai"),
    ):
        assert refused.exit_code == 1 and "administrator" in refused.stderr.lower()
    assert appointed("account", "list").exit_code == 0


def test_who_names_an_administrator_proves_to_be_that_person(
    appointed: Casesys, home: dict[str, str]
) -> None:
    right: dict[str, Any] = {"CASESYS_AS_PASSWORD": SECRET}
    assert opened(appointed, "lin", "--as", "yu").exit_code == 1
    wrong = opened(appointed, "lin", "--as", "yu", CASESYS_AS_PASSWORD="not this one")
    assert wrong.exit_code == 1
    assert opened(appointed, "lin", "--as", "yu", **right).exit_code == 0
    granted = appointed("--as", "bai", "account", "grant", "lin", "officer", **right)
    assert granted.exit_code == 0, granted.stderr
    neither = appointed("--as", "yu", "account", "grant", "lin", "supervisor", **right)
    assert neither.exit_code == 1
    system = System(from_environment(home))
    yu = person_of(system, "yu")
    assert yu is not None
    secret = new_secret()
    enrol_code(system, yu, secret, code_of(secret, system, -1))
    assert opened(appointed, "su", "--as", "yu", **right).exit_code == 1
    coded = {**right, "CASESYS_AS_CODE": code_of(secret, system)}
    assert opened(appointed, "su", "--as", "yu", **coded).exit_code == 0
    system.database.dispose()


def test_codes_are_reset_and_locks_lifted(appointed: Casesys) -> None:
    right: dict[str, Any] = {"CASESYS_AS_PASSWORD": SECRET}
    nothing = appointed("--as", "bai", "account", "reset-code", "yu", "--reason", "lost", **right)
    assert nothing.exit_code == 1 and "no one-time codes" in nothing.stderr
    assert appointed("--as", "yu", "account", "unlock", "bai", **right).exit_code == 0


def test_the_list_is_for_those_who_make_grant_or_watch(appointed: Casesys) -> None:
    right: dict[str, Any] = {"CASESYS_AS_PASSWORD": SECRET}
    opened(appointed, "lin", "--as", "yu", **right)
    appointed("--as", "bai", "account", "grant", "lin", "officer", **right)
    assert appointed("--as", "yu", "account", "list").exit_code == 0
    assert appointed("--as", "lin", "account", "list").exit_code == 1
