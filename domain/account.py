"""An account: a person of the office as the log knows them, under an id that is no name."""

from __future__ import annotations

from collections.abc import Iterable

from eventsourcing.domain import Aggregate, AggregateCreated

from domain.desk import Desk
from domain.events import DeskEvent, Sealed
from domain.office import go_on
from domain.refusals import (
    AccountIsClosed,
    AdministratorsAreThere,
    NoOneGrantsToThemselves,
    Refused,
    RoleAlreadyGranted,
    RoleNotGranted,
    RolesDoNotGoTogether,
)
from domain.vocabulary import Role

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

    class AccountClosed(Event):
        """The account ends, its sessions with it."""

        TOPIC = "account.closed"
        explanation: str

    login: str
    unit: str
    roles: set[str]
    closed: bool

    def __init__(self) -> None:
        self.roles = set()
        self.closed = False

    def take(self, event: DeskEvent) -> None:
        if isinstance(event, Account.AccountOpened):
            self.login, self.unit = event.login, event.unit
        elif isinstance(event, Account.RoleGranted):
            self.roles.add(event.role)
        elif isinstance(event, Account.RoleRevoked):
            self.roles.discard(event.role)
        elif isinstance(event, Account.AccountClosed):
            self.closed = True


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


def grant_role(account: Account, desk: Desk, *, role: Role) -> None:
    desk.require(nobody_else_can(desk, Role.SECURITY_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    if role in account.roles:
        desk.require([RoleAlreadyGranted(role=role)])
    after = {*account.roles, role}
    if len(after) > 1 and not after <= AT_THE_DESK:
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


def close_account(account: Account, desk: Desk, *, explanation: str) -> None:
    desk.require(nobody_else_can(desk, Role.SYSTEM_ADMINISTRATOR))
    desk.require(_changeable(account, desk))
    go_on(account, Account.AccountClosed, desk, explanation=explanation)
