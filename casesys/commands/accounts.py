"""Commands on the accounts of the office's people; no secret ever passes through them."""

from __future__ import annotations

from uuid import UUID, uuid4

from casesys.command import Command
from casesys.fields import Choice, Sealed, Several, Text
from casesys.permits import NotPermitted, Permit
from casesys.work import Work
from domain import account as accounts
from domain.account import Account
from domain.desk import Desk
from domain.events import Sealed as SealedText
from domain.office import begin
from domain.refusals import LoginIsTaken
from domain.vocabulary import Role
from projections.driver import rows


def open_account(work: Work, *, login: str, name: SealedText, unit: str, roles: list[Role]) -> UUID:
    """An account under an id that is no name; its password is set apart from the log."""
    if rows(work.c, "SELECT 1 FROM account WHERE lower(login) = lower(?)", [login]):
        raise LoginIsTaken(login=login)
    opened = Account.AccountOpened
    account = work.begin(
        begin(Account, opened, uuid4(), work.desk, login=login, name=name, unit=unit)
    )
    for role in dict.fromkeys(roles):
        accounts.grant_role(account, work.desk, role=role)
    return account.id


def change_password(account: Account, desk: Desk) -> None:
    """Only a person's own, or the operator's resetting of it, is noted."""
    if desk.actor != str(account.id) and not desk.actor.startswith("operator:"):
        raise NotPermitted(permit=Permit.OPERATE)
    accounts.change_password(account, desk)


OPEN_ACCOUNT = Command(
    "open_account",
    Permit.OPERATE,
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
        "unit": Text(60, zh="单位", en="Unit"),
        "roles": Several(
            Choice(Role),
            at_least=1,
            most=len(Role),
            zh="角色",
            en="Roles",
            hint_zh="审计不能兼经办、审核",
            hint_en="An auditor is neither officer nor supervisor",
        ),
    },
)

GRANT_ROLE = Command(
    "grant_role",
    Permit.OPERATE,
    accounts.grant_role,
    {"role": Choice(Role, zh="角色", en="Role")},
    on=Account,
)

REVOKE_ROLE = Command(
    "revoke_role",
    Permit.OPERATE,
    accounts.revoke_role,
    {"role": Choice(Role, zh="角色", en="Role")},
    on=Account,
)

CHANGE_PASSWORD = Command("change_password", Permit.READ, change_password, {}, on=Account)

CLOSE_ACCOUNT = Command(
    "close_account",
    Permit.OPERATE,
    accounts.close_account,
    {"explanation": Text(400, zh="停用理由", en="Reason")},
    on=Account,
)

COMMANDS = (OPEN_ACCOUNT, GRANT_ROLE, REVOKE_ROLE, CHANGE_PASSWORD, CLOSE_ACCOUNT)
