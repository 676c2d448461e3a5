"""What the roles of one person may come to, and that no set of them can do everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from casesys.permits import PERMITS, Permit
from domain import account as accounts
from domain.account import AT_THE_DESK, Account
from domain.desk import Desk
from domain.events import Sealed
from domain.office import begin
from domain.refusals import (
    AccountIsClosed,
    NoCodeIsSetUp,
    NoOneGrantsToThemselves,
    RolesDoNotGoTogether,
)
from domain.vocabulary import Role
from tests.domain.office_desk import desk

DAY = "2021-07-22"
GRANTING = "security-administrator"
PERSON = UUID(int=7)

POWERS: tuple[frozenset[Permit], ...] = (
    frozenset({Permit.ADVANCE, Permit.APPROVE, Permit.INTAKE}),
    frozenset({Permit.ACCOUNTS}),
    frozenset({Permit.GRANT}),
    frozenset({Permit.AUDIT}),
)
"""Working on cases, making accounts, granting roles, and watching: nobody holds two of them."""


def at(actor: str = GRANTING) -> Desk:
    return desk(DAY, actor)


def opened(*roles: Role) -> Account:
    opening = Account.AccountOpened
    name = Sealed("某人")
    made = begin(Account, opening, PERSON, at(), login="U09-1", name=name, unit="区税务局")
    for role in roles:
        accounts.grant_role(made, at(), role=role)
    return made


def reachable() -> set[frozenset[Role]]:
    """Every set of roles that granting, in any order, lets one person come to hold."""
    found: set[frozenset[Role]] = {frozenset()}
    waiting = list(found)
    while waiting:
        held = waiting.pop()
        for after in _one_more(held):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def _one_more(held: frozenset[Role]) -> Iterator[frozenset[Role]]:
    for role in set(Role) - held:
        made = opened()
        made.roles = {*held}
        try:
            accounts.grant_role(made, at(), role=role)
        except RolesDoNotGoTogether:
            continue
        yield frozenset(Role(held) for held in made.roles)


def powers_of(roles: frozenset[Role]) -> int:
    held = frozenset[Permit]().union(*(PERMITS[role] for role in roles))
    return sum(bool(held & power) for power in POWERS)


def test_no_roles_that_one_person_can_come_to_hold_join_two_powers() -> None:
    sets = reachable()
    assert len(sets) == len(Role) + 2, "none, each alone, and the two of the desk"
    assert {roles for roles in sets if powers_of(roles) > 1} == set()


def test_without_the_rule_the_powers_would_join(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "AT_THE_DESK", frozenset(Role))
    assert max(powers_of(roles) for roles in reachable()) == len(POWERS)


def test_only_the_two_roles_of_the_desk_go_together() -> None:
    assert accounts.go_together(AT_THE_DESK)
    for role in set(Role) - AT_THE_DESK:
        for other in set(Role) - {role}:
            assert not accounts.go_together({role, other})


def test_nobody_acts_on_their_own_account_as_an_administrator() -> None:
    mine = at(str(PERSON))
    made = opened(Role.SECURITY_ADMINISTRATOR)
    acts: tuple[Callable[[], None], ...] = (
        lambda: accounts.grant_role(made, mine, role=Role.AUDITOR),
        lambda: accounts.revoke_role(made, mine, role=Role.SECURITY_ADMINISTRATOR),
        lambda: accounts.reset_password(made, mine),
        lambda: accounts.reset_code(made, mine, explanation="丢了"),
        lambda: accounts.unlock_account(made, mine),
        lambda: accounts.end_sessions(made, mine, explanation="丢了"),
        lambda: accounts.close_account(made, mine, explanation="调离"),
    )
    for act in acts:
        with pytest.raises(NoOneGrantsToThemselves):
            act()


def test_codes_are_reset_only_where_they_are_set_up() -> None:
    made = opened(Role.OFFICER)
    with pytest.raises(NoCodeIsSetUp):
        accounts.reset_code(made, at(), explanation="丢了")
    accounts.enrol_code(made, at(str(PERSON)))
    accounts.reset_code(made, at(), explanation="丢了")
    assert not made.coded
    with pytest.raises(NoCodeIsSetUp):
        accounts.reset_code(made, at(), explanation="丢了")


def test_nothing_is_done_with_a_closed_account() -> None:
    made = opened(Role.OFFICER)
    accounts.close_account(made, at(), explanation="调离")

    acts: tuple[Callable[[], None], ...] = (
        lambda: accounts.enrol_code(made, at(str(PERSON))),
        lambda: accounts.change_password(made, at(str(PERSON))),
        lambda: accounts.unlock_account(made, at()),
        lambda: accounts.end_sessions(made, at(), explanation="丢了"),
        lambda: accounts.reset_password(made, at()),
    )
    for act in acts:
        with pytest.raises(AccountIsClosed):
            act()
