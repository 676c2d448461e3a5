"""People: opening an account, granting a role, setting a password, closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.commands import COMMANDS
from casesys.passwords import check_strength, set_password
from casesys.permits import Permit
from casesys.system import Given
from casesys.words import say
from domain.vocabulary import Role

ROLES = click.Choice([role.value for role in Role])
password_option = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="CASESYS_PASSWORD"
)


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
    receipt = shell.system.give(COMMANDS["open_account"], raw, Given(shell.person))
    for role in dict.fromkeys(roles):
        given = Given(shell.person, receipt.stream)
        shell.system.give(COMMANDS["grant_role"], {"role": role}, given)
    set_password(shell.system, shell.person, receipt.stream, password)
    done = {"account": str(receipt.stream), "login": login, "roles": list(roles)}
    answer(done, as_json, lambda: iter([say("cli.account.opened", shell.language, login=login)]))


def _stream(shell: Shell, login: str) -> UUID:
    with shell.system.database.read() as c:
        found = shell.system.models.accounts.by_login(c, login)
    if found is None:
        refuse(say("refusal.account_is_unknown", shell.language, login=login))
    return UUID(found.stream_id)


def _give(shell: Shell, command: str, login: str, raw: dict[str, Any], as_json: bool) -> None:
    given = Given(shell.person, stream=_stream(shell, login))
    receipt = shell.system.give(COMMANDS[command], raw, given)
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
    """Give an account another password; its sessions end."""
    stream = _stream(shell, login)
    set_password(shell.system, shell.person, stream, password)
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


@account.command(name="list")
@json_option
@click.pass_obj
@refusing
def list_(shell: Shell, as_json: bool) -> None:
    """Who has an account, in which roles."""
    shell.require(Permit.READ)
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
