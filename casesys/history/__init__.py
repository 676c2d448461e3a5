"""A register of past work, recorded as it was: every row stands, what it broke is its finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from eventsourcing.domain import Aggregate

from casesys.csv_rows import (
    RegisterNameIsUnknown,
    RegisterRequestReused,
    RegisterUnsound,
    RegisterWordIsUnknown,
    Row,
)
from casesys.filling import nothing_collected
from casesys.history.acts import ACTS, VOIDED, Action
from casesys.history.pages import Pages
from casesys.history.register import EnterpriseRow, Register, digest_of
from casesys.install import new_units, record
from casesys.log import Meta
from casesys.permits import Permit, Person
from casesys.registry import encode
from casesys.system import System
from domain.desk import Desk
from domain.instants import start_of_day
from domain.office import Campaign, Enterprise, begin, campaign_id, enterprise_id
from projections.driver import chunks, rows_in
from projections.enterprises import ENTERPRISE

__all__ = ["PAGE", "RegisterUnsound", "import_history"]

PAGE = 5000
"""How many actions are taken in one transaction: about a second, for which others wait."""

Progress = Callable[[int, int], None]


def import_history(
    system: System,
    folder: Path,
    person: Person,
    progress: Progress | None = None,
    *,
    page: int = PAGE,
) -> dict[str, int]:
    """Take a register as CSV files; given again it goes on where it stopped, and adds nothing.

    ``progress`` is told after each page how many of how many actions were read. ``actions``
    counts what is new; ``already_known`` what was there, retries included.

    :raises NotPermitted: the person may not import
    :raises RegisterUnsound: a row cannot be taken; the pages before it stay
    """
    person.require(Permit.OPERATE)
    register = Register(folder)
    total, targets = _survey(register)
    retries = {row["action_id"]: row for row in register.retries()}
    _beside_the_cases(system, register, person, page)
    cause = f"import:{digest_of(register.actions_file)[:16]}"
    pages = Pages(system, cause, targets)
    again: list[Action] = []
    done = 0
    with nothing_collected():
        for actions in chunks(_actions(register), page):
            again += [a for a in actions if a.row["action_id"] in retries]
            pages.take(actions)
            done += len(actions)
            if progress is not None:
                progress(done, total)
        for actions in chunks(_given_again(retries, again), page):
            pages.take(actions)
    return {
        name: pages.tally[name]
        for name in ("cases", "records", "actions", "already_known", "findings")
    }


def _survey(register: Register) -> tuple[int, frozenset[str]]:
    """How many actions there are, and which of them a later one takes away."""
    total, targets = 0, set()
    for row in register.actions():
        total += 1
        if row["target_action_id"]:
            targets.add(row["target_action_id"])
    return total, frozenset(targets)


def _actions(register: Register) -> Iterator[Action]:
    for row in register.actions():
        case = register.cases.get(row["case_id"])
        if case is None:
            raise row.unsound(RegisterNameIsUnknown, "case_id")
        of = register.records.get(row["record_id"]) if row["record_id"] else None
        if row["record_id"] and (of is None or of.case != case.reference):
            raise row.unsound(RegisterNameIsUnknown, "record_id")
        kind = row["type"]
        if kind not in ACTS and kind != VOIDED:
            raise row.unsound(RegisterWordIsUnknown, "type")
        # The same request again must say the same, also of the subject and the record it brought.
        listed = case if kind == "case_listed" else None
        content = (row.values, listed, of if kind == "record_added" else None)
        yield Action(
            row,
            row.given("request_id"),
            case,
            of,
            kind,
            row.instant("occurred_at"),
            row.instant("recorded_at"),
            row.given("officer"),
            sha256(encode(content)).hexdigest(),
        )


def _given_again(retries: dict[str, Row], actions: list[Action]) -> Iterator[Action]:
    """The actions that a client sent a second time, under the request ids that it sent."""
    found = {action.row["action_id"]: action for action in actions}
    for name, row in retries.items():
        action = found.get(name)
        if action is None:
            raise row.unsound(RegisterNameIsUnknown, "action_id")
        if action.request != row["request_id"]:
            raise row.unsound(RegisterRequestReused, "request_id")
        yield action


def _beside_the_cases(system: System, register: Register, person: Person, page: int) -> None:
    """Units, enterprises and campaigns that the office's books do not have yet."""
    with system.database.write() as c:
        system.database.lock(c)
        desk = system.desk(c, person.id)
        record(c, system, desk, new_units(c, desk, register.units))
        first_days: dict[str, str] = {}
        for case in register.cases.values():
            day = first_days.get(case.campaign, case.listed_on)
            first_days[case.campaign] = min(day, case.listed_on)
        question = "SELECT stream_id FROM log WHERE version = 1 AND stream_id IN ({keys})"
        ids = {str(campaign_id(campaign)): campaign for campaign in first_days}
        known = {stream for (stream,) in rows_in(c, question, ids)}
        new = [campaign for stream, campaign in ids.items() if stream not in known]
        record(c, system, desk, [_campaign(desk, name, first_days[name]) for name in new])
    for rows in chunks(register.enterprises.values(), page):
        with system.database.write() as c:
            system.database.lock(c)
            desk = system.desk(c, person.id)
            question = f"SELECT uscc FROM {ENTERPRISE} WHERE uscc IN ({{keys}})"
            had = {code for (code,) in rows_in(c, question, [row.uscc for row in rows])}
            for sound in (True, False):
                record(
                    c,
                    system,
                    desk,
                    [
                        _enterprise(desk, row)
                        for row in rows
                        if row.uscc not in had and row.sound == sound
                    ],
                    Meta(findings=() if sound else ("credit_code_is_invalid",)),
                )


def _campaign(desk: Desk, campaign: str, first_day: str) -> Aggregate:
    """It began, at the latest, with the first day of its list."""
    began = Desk(desk.actor, desk.now, desk.workdays, start_of_day(first_day))
    return begin(
        Campaign,
        Campaign.CampaignStarted,
        campaign_id(campaign),
        began,
        campaign=campaign,
        title=None,
    )


def _enterprise(desk: Desk, row: EnterpriseRow) -> Aggregate:
    return begin(
        Enterprise,
        Enterprise.EnterpriseRegistered,
        enterprise_id(row.uscc),
        desk,
        uscc=row.uscc,
        name=row.name,
        town=row.town,
        former_name=row.former_name,
        kind=row.kind,
        industry=row.industry,
        established_on=row.established_on,
        status=row.status,
        reference=row.reference,
    )
