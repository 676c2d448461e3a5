"""An account: a person of the office as the log knows them, under an id that is no name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.desk import Desk
from domain.events import DeskEvent, Sealed
from domain.instants import local_day
from domain.office import go_on
from domain.refusals import (
    AccountIsClosed,
    AccountIsOpen,
    AdministratorsAreThere,
    NoCodeIsSetUp,
    NoOneGrantsToThemselves,
    NothingPersonalIsKept,
    Refused,
    RoleAlreadyGranted,
    RoleNotGranted,
    RolesDoNotGoTogether,
)
from domain.retention import Ended, rule_of_erasure
from domain.vocabulary import ErasureGround, Outcome, Role

AT_THE_DESK = frozenset({Role.OFFICER, Role.SUPERVISOR})
"""The only roles that one person may hold together.

Who audits does not act on what is audited; who makes accounts, who grants roles and who watches
both are three persons (三员分立), and none of them works on cases."""


class Account(Aggregate):
    """What a person of the office may do, and since when."""

    TOPIC = "account"

    class Event(DeskEvent):
        TOPIC = "account.event"

    class Created(Event, AggregateCreated):
        TOPIC = "account.created"

    class AccountOpened(Created):
        """A person got an account; the name is sealed."""

        TOPIC = "account.opened"
        login: str
        name: Sealed
        unit: str

    class RoleGranted(Event):
        """The account may act in one more role."""

        TOPIC = "account.role_granted"
        role: Role

    class RoleRevoked(Event):
        """The account may no longer act in a role."""

        TOPIC = "account.role_revoked"
        role: Role

    class PasswordChanged(Event):
        """The account has another password, of which the log knows nothing."""

        TOPIC = "account.password_changed"

    class AccountUnlocked(Event):
        """Somebody lifted the lock that wrong passwords had put on the account."""

        TOPIC = "account.unlocked"

    class SessionsEnded(Event):
        """Somebody ended every session of the account; its owner signs in anew."""

        TOPIC = "account.sessions_ended"
        explanation: str

    class CodeEnrolled(Event):
        """The owner set up one-time codes; the secret behind them is elsewhere."""

        TOPIC = "account.code_enrolled"

    class CodeReset(Event):
        """The account's one-time codes no longer count; its owner sets up others."""

        TOPIC = "account.code_reset"
        explanation: str

    class NameRevealed(Event):
        """Somebody was shown the sealed name of the account, for the reason given."""

        TOPIC = "account.name_revealed"
        explanation: str

    class NameErased(Event):
        """The key of the account's sealed name was dropped; the account stays under its id."""

        TOPIC = "account.name_erased"
        ground: ErasureGround
        explanation: str
        rule: str | None
        fields: list[dict[str, Any]]

    class AccountClosed(Event):
        """The account ends, its sessions with it."""

        TOPIC = "account.closed"
        explanation: str

    login: str
    unit: str
    roles: set[str]
    closed: bool
    coded: bool
    named_at: int | None
    """The version that holds the sealed name; None once it was erased."""
    ended: Ended | None

    def __init__(self) -> None:
        self.roles = set()
        self.closed = False
        self.coded = False
        self.named_at = None
        self.ended = None

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, Account.AccountOpened):
            self.login, self.unit = event.login, event.unit
            self.named_at = event.originator_version
        elif isinstance(event, Account.RoleGranted):
            self.roles.add(event.role)
        elif isinstance(event, Account.RoleRevoked):
            self.roles.discard(event.role)
        elif isinstance(event, Account.CodeEnrolled):
            self.coded = True
        elif isinstance(event, Account.CodeReset):
            self.coded = False
        elif isinstance(event, Account.AccountClosed):
            self.closed = True
            self.ended = Ended(Outcome.ACCOUNT_CLOSED, local_day(event.occurred_at))
        elif isinstance(event, Account.NameErased):
            self.named_at = None


def _changeable(account: Account, desk: Desk) -> Iterable[Refused]:
    if account.closed:
        yield AccountIsClosed(login=account.login)
    if str(account.id) == desk.actor:
        yield NoOneGrantsToThemselves()


def nobody_else_can(desk: Desk, role: Role) -> Iterable[Refused]:
    """The operator appoints the first administrators; from then on the act is theirs."""
    of_the_operator = desk.actor.startswith("operator:")
    if of_the_operator and desk.officers is not None and desk.officers.anyone_in(role):
        yield AdministratorsAreThere(role=role)


def go_together(roles: Collection[str]) -> bool:
    """Whether one person may hold these roles."""
    return len(roles) < 2 or set(roles) <= AT_THE_DESK


def grant_role(account: Account, desk: Desk, *, role: Role) -> None:
    desk.require(nobody_else_can(desk, Role.SECURITY_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    if role in account.roles:
        desk.require([RoleAlreadyGranted(role=role)])
    if not go_together({*account.roles, role}):
        desk.require([RolesDoNotGoTogether(role=role)])
    go_on(account, Account.RoleGranted, desk, role=role)


def revoke_role(account: Account, desk: Desk, *, role: Role) -> None:
    desk.require(nobody_else_can(desk, Role.SECURITY_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    if role not in account.roles:
        desk.require([RoleNotGranted(role=role)])
    go_on(account, Account.RoleRevoked, desk, role=role)


def change_password(account: Account, desk: Desk) -> None:
    """Noted in the log so that an auditor sees it; the secret itself is elsewhere."""
    if account.closed:
        desk.require([AccountIsClosed(login=account.login)])
    go_on(account, Account.PasswordChanged, desk)


def reset_password(account: Account, desk: Desk) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    go_on(account, Account.PasswordChanged, desk)


def unlock_account(account: Account, desk: Desk) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    go_on(account, Account.AccountUnlocked, desk)


def end_sessions(account: Account, desk: Desk, *, explanation: str) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    go_on(account, Account.SessionsEnded, desk, explanation=explanation)


def enrol_code(account: Account, desk: Desk) -> None:
    if account.closed:
        desk.require([AccountIsClosed(login=account.login)])
    go_on(account, Account.CodeEnrolled, desk)


def reset_code(account: Account, desk: Desk, *, explanation: str) -> None:
    desk.require(nobody_else_can(desk, Role.SECURITY_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    if not account.coded:
        desk.require([NoCodeIsSetUp(login=account.login)])
    go_on(account, Account.CodeReset, desk, explanation=explanation)


def close_account(account: Account, desk: Desk, *, explanation: str) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    go_on(account, Account.AccountClosed, desk, explanation=explanation)


def reveal_name(account: Account, desk: Desk, *, explanation: str) -> None:
    """Who was shown whose name, and why, is itself part of the log (design D8)."""
    if account.named_at is None:
        desk.require([NothingPersonalIsKept()])
    go_on(account, Account.NameRevealed, desk, explanation=explanation)


def erase_name(account: Account, desk: Desk, *, ground: ErasureGround, explanation: str) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    if not account.closed:
        desk.require([AccountIsOpen(login=account.login)])
    if account.named_at is None:
        desk.require([NothingPersonalIsKept()])
    go_on(
        account,
        Account.NameErased,
        desk,
        ground=ground,
        explanation=explanation,
        rule=rule_of_erasure(desk, ground, account.ended),
        fields=[{"version": account.named_at, "fields": ["name"]}],
    )
