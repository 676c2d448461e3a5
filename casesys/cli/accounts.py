"""People: opening an account, granting a role, setting a password, closing."""

from __future__ import annotations

import os
import sys
from typing import Any
from uuid import UUID

import click

from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.commands import COMMANDS
from casesys.people.attempts import give_noted, noting
from casesys.people.one_time_codes import check_code, has_code
from casesys.people.one_time_codes import reset_code as take_code
from casesys.people.passwords import check_password, check_strength, set_password
from casesys.people.passwords import unlock as lift_lock
from casesys.permits import Permit, Person
from casesys.system import Given
from casesys.words import say
from domain.vocabulary import Role

ROLES = click.Choice([role.value for role in Role])
password_option = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="CASESYS_PASSWORD"
)


def acting(shell: Shell, command: str) -> Person:
    """Who gives a command on accounts: the operator, or who proves to be the account named.

    Whoever runs this machine can name any account; without the proof the three powers of the
    administrators would all be the operator's.

    :raises NotPermitted: the permits of the account named do not hold the command
    :raises Refused: it is not its password, or not its one-time code
    """
    person = shell.person
    if shell.acting is None:
        return person
    with noting(shell.system, person.id, command):
        person.require(COMMANDS[command].permit)
        asked = click.prompt if sys.stdin.isatty() else _given_by_environment
        password = os.environ.get("CASESYS_AS_PASSWORD") or asked(
            say("signin.password", shell.language), hide_input=True, err=True
        )
        check_password(shell.system, person.login, password)
        if has_code(shell.system, person):
            code = os.environ.get("CASESYS_AS_CODE") or asked(
                say("code.label", shell.language), err=True
            )
            check_code(shell.system, person, code)
    return person


def _given_by_environment(words: str, **_: Any) -> str:
    """A script has nobody to ask: nothing given is as good as a wrong answer."""
    return ""


@click.group()
def account() -> None:
    """Accounts of the office's people."""


@account.command(name="open")
@click.argument("login")
@click.option("--name", required=True, help="The person's name; it is sealed.")
@click.option("--unit", required=True, help="The member unit the person works in.")
@click.option("--role", "roles", multiple=True, type=ROLES)
@password_option
@json_option
@click.pass_obj
@refusing
def open_(
    shell: Shell,
    login: str,
    name: str,
    unit: str,
    roles: tuple[str, ...],
    password: str,
    as_json: bool,
) -> None:
    """Open an account with its first password, and with its roles where this person grants them."""
    # First: an account without a password would be half of what was asked for.
    check_strength(login, password)
    raw: dict[str, Any] = {"login": login, "name": name, "unit": unit}
    person = acting(shell, "open_account")
    receipt = give_noted(shell.system, COMMANDS["open_account"], raw, Given(person))
    set_password(shell.system, person, receipt.stream, password)
    for role in dict.fromkeys(roles):
        given = Given(person, receipt.stream)
        give_noted(shell.system, COMMANDS["grant_role"], {"role": role}, given)
    done = {"account": str(receipt.stream), "login": login, "roles": list(roles)}
    answer(done, as_json, lambda: iter([say("cli.account.opened", shell.language, login=login)]))


def _stream(shell: Shell, login: str) -> UUID:
    with shell.system.database.read() as c:
        found = shell.system.models.accounts.by_login(c, login)
    if found is None:
        refuse(say("refusal.account_is_unknown", shell.language, login=login))
    return UUID(found.stream_id)


def _give(shell: Shell, command: str, login: str, raw: dict[str, Any], as_json: bool) -> None:
    given = Given(acting(shell, command), stream=_stream(shell, login))
    receipt = give_noted(shell.system, COMMANDS[command], raw, given)
    done = {"account": str(receipt.stream), "login": login, "position": receipt.position}
    answer(done, as_json, lambda: iter([say(f"command.{command}.done", shell.language)]))


@account.command()
@click.argument("login")
@click.argument("role", type=ROLES)
@json_option
@click.pass_obj
@refusing
def grant(shell: Shell, login: str, role: str, as_json: bool) -> None:
    """Let an account act in one more role."""
    _give(shell, "grant_role", login, {"role": role}, as_json)


@account.command()
@click.argument("login")
@click.argument("role", type=ROLES)
@json_option
@click.pass_obj
@refusing
def revoke(shell: Shell, login: str, role: str, as_json: bool) -> None:
    """Take a role from an account."""
    _give(shell, "revoke_role", login, {"role": role}, as_json)


@account.command()
@click.argument("login")
@password_option
@json_option
@click.pass_obj
@refusing
def password(shell: Shell, login: str, password: str, as_json: bool) -> None:
    """Give an account another password, for once; its sessions end."""
    stream = _stream(shell, login)
    person = acting(shell, "reset_password")
    with noting(shell.system, person.id, "reset_password", stream):
        set_password(shell.system, person, stream, password)
    done = {"account": str(stream), "login": login}
    words = say("command.change_password.done", shell.language)
    answer(done, as_json, lambda: iter([words]))


@account.command()
@click.argument("login")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@refusing
def close(shell: Shell, login: str, reason: str, as_json: bool) -> None:
    """End an account and its sessions."""
    _give(shell, "close_account", login, {"explanation": reason}, as_json)


@account.command()
@click.argument("login")
@json_option
@click.pass_obj
@refusing
def unlock(shell: Shell, login: str, as_json: bool) -> None:
    """Lift the lock that wrong passwords put on an account."""
    person, stream = acting(shell, "unlock_account"), _stream(shell, login)
    with noting(shell.system, person.id, "unlock_account", stream):
        receipt = lift_lock(shell.system, person, stream)
    done = {"account": str(stream), "login": login, "position": receipt.position}
    answer(done, as_json, lambda: iter([say("command.unlock_account.done", shell.language)]))


@account.command(name="reset-code")
@click.argument("login")
@click.option("--reason", required=True)
@json_option
@click.pass_obj
@refusing
def reset_code(shell: Shell, login: str, reason: str, as_json: bool) -> None:
    """Take away somebody's one-time codes; they set up others at the next sign-in."""
    person, stream = acting(shell, "reset_code"), _stream(shell, login)
    with noting(shell.system, person.id, "reset_code", stream):
        receipt = take_code(shell.system, person, stream, reason)
    done = {"account": str(stream), "login": login, "position": receipt.position}
    answer(done, as_json, lambda: iter([say("command.reset_code.done", shell.language)]))


@account.command(name="list")
@json_option
@click.pass_obj
@refusing
def list_(shell: Shell, as_json: bool) -> None:
    """Who has an account, in which roles."""
    if not shell.person.permits & {Permit.ACCOUNTS, Permit.GRANT, Permit.AUDIT}:
        shell.require(Permit.ACCOUNTS)
    with shell.system.database.read() as c:
        found = [
            {
                "login": row.login,
                "unit": row.unit,
                "roles": row.roles.split(),
                "closed": bool(row.closed),
            }
            for row in shell.system.models.accounts.everyone(c)
        ]
    answer(
        found,
        as_json,
        lambda: (
            f"{a['login']:<16}{a['unit']:<20}{' '.join(a['roles'])}{' ✗' if a['closed'] else ''}"
            for a in found
        ),
    )
