"""Commands on the accounts of the office's people; no secret ever passes through them."""

from __future__ import annotations

from uuid import UUID, uuid4

from casesys.command import Command
from casesys.fields import Choice, Sealed, Text, Unit
from casesys.permits import NotPermitted, Permit
from casesys.work import Work
from domain import account as accounts
from domain.account import Account
from domain.decisions.guards import known_unit
from domain.desk import Desk
from domain.events import Sealed as SealedText
from domain.office import begin
from domain.refusals import LoginIsTaken
from domain.vocabulary import Role
from projections.driver import rows
from projections.office import ACCOUNT


def open_account(work: Work, *, login: str, name: SealedText, unit: str) -> UUID:
    """An account under an id that is no name, yet without a role; who grants roles is another.

    Its password is set apart from the log."""
    work.desk.require(accounts.nobody_else_can(work.desk, Role.SYSTEM_ADMINISTRATOR))
    work.desk.require(known_unit(work.desk, unit))
    if rows(work.c, f"SELECT 1 FROM {ACCOUNT} WHERE lower(login) = lower(?)", [login]):
        raise LoginIsTaken(login=login)
    opened = Account.AccountOpened
    account = work.begin(
        begin(Account, opened, uuid4(), work.desk, login=login, name=name, unit=unit)
    )
    return account.id


def change_password(account: Account, desk: Desk) -> None:
    """Nobody's but a person's own; another's is reset."""
    if desk.actor != str(account.id):
        raise NotPermitted(permit=Permit.ACCOUNTS)
    accounts.change_password(account, desk)


def enrol_code(account: Account, desk: Desk) -> None:
    """Nobody but its owner sets up an account's codes."""
    if desk.actor != str(account.id):
        raise NotPermitted(permit=Permit.OWN)
    accounts.enrol_code(account, desk)


OPEN_ACCOUNT = Command(
    "open_account",
    Permit.ACCOUNTS,
    open_account,
    {
        "login": Text(
            40,
            zh="工号",
            en="Work number",
            hint_zh="登录时填写，不分大小写",
            hint_en="Used to sign in; upper and lower case are the same",
        ),
        "name": Sealed(Text(60), zh="姓名", en="Name"),
        "unit": Unit(zh="单位", en="Unit"),
    },
)

GRANT_ROLE = Command(
    "grant_role",
    Permit.GRANT,
    accounts.grant_role,
    {"role": Choice(Role, zh="角色", en="Role")},
    on=Account,
)

REVOKE_ROLE = Command(
    "revoke_role",
    Permit.GRANT,
    accounts.revoke_role,
    {"role": Choice(Role, zh="角色", en="Role")},
    on=Account,
)

CHANGE_PASSWORD = Command("change_password", Permit.OWN, change_password, {}, on=Account)

ENROL_CODE = Command("enrol_code", Permit.OWN, enrol_code, {}, on=Account)

RESET_PASSWORD = Command("reset_password", Permit.ACCOUNTS, accounts.reset_password, {}, on=Account)

UNLOCK_ACCOUNT = Command("unlock_account", Permit.ACCOUNTS, accounts.unlock_account, {}, on=Account)

END_SESSIONS = Command(
    "end_sessions",
    Permit.ACCOUNTS,
    accounts.end_sessions,
    {"explanation": Text(400, zh="理由", en="Reason")},
    on=Account,
)

RESET_CODE = Command(
    "reset_code",
    Permit.GRANT,
    accounts.reset_code,
    {"explanation": Text(400, zh="理由", en="Reason")},
    on=Account,
)

CLOSE_ACCOUNT = Command(
    "close_account",
    Permit.ACCOUNTS,
    accounts.close_account,
    {"explanation": Text(400, zh="停用理由", en="Reason")},
    on=Account,
)

COMMANDS = (
    OPEN_ACCOUNT,
    GRANT_ROLE,
    REVOKE_ROLE,
    CHANGE_PASSWORD,
    RESET_PASSWORD,
    ENROL_CODE,
    RESET_CODE,
    UNLOCK_ACCOUNT,
    END_SESSIONS,
    CLOSE_ACCOUNT,
)
