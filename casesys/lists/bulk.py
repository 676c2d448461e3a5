"""One act on many cases: foreseen for each before anything is written, then done case by case.

A bulk is only a list. Every case gets a command of its own, with an id that is derived from the
bulk and the case: done twice, or by two windows at once, it has one effect a case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from time import monotonic
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection

from casesys.cases.foresight import Foreseen, foresee
from casesys.command import Command
from casesys.commands import COMMANDS
from casesys.database import StoreIsBusy
from casesys.permits import Person
from casesys.system import Given, Receipt, StaleVersion, StreamIsUnknown, System
from domain.instants import instant, moment
from domain.refusals import Refused
from projections.case_file import CASE_FILE
from projections.driver import rows, rows_in, write
from projections.enterprises import ENTERPRISE
from projections.ledger import LEDGER

BULK_COMMANDS = (
    "claim_case",
    "transfer_case",
    "attempt_contact",
    "serve_interview_notice",
    "hold_interview",
    "add_photo",
    "extend_deadline",
    "assign_case",
    "release_case",
    "erase_personal_data",
)
"""What is done on many cases: nothing that asks for a second person, and nothing of one record."""

OF_ONE_CASE = frozenset({"record", "objection", "act"})
"""Fields that name something within one case: on many there is no such thing to choose."""

OF_EACH_CASE = frozenset({"attendee", "attendee_capacity"})
"""Asked of one case, not of many: to a group interview each enterprise sends its own person."""

UNVERSIONED = frozenset({"add_photo"})
"""An act that takes nothing from what came in meanwhile is not stopped for it."""

MOST_IN_BULK = 500
"""How many cases one bulk holds."""

KEPT_FOR = timedelta(days=30)
STALE, UNKNOWN = "stale", "unknown"
CASES = (
    "SELECT f.number, f.stream_id, f.version, l.unit, e.name "
    f"FROM {CASE_FILE} f JOIN {LEDGER} l ON l.stream_id = f.stream_id "
    f"LEFT JOIN {ENTERPRISE} e ON e.uscc = l.enterprise "
    "WHERE f.number IN ({keys})"
)


class NothingChosen(Refused):
    """A bulk of no case at all."""


class TooManyChosen(Refused):
    """More cases than one bulk holds."""


class BulkHasBegun(Refused):
    """What was typed stands as soon as the first case was done."""


class BulkIsUnknown(Exception):
    """There is no such bulk, or it is another person's."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one case, or became: a rule by its code stands against it, or nothing does.

    ``version`` is that of the case when it was foreseen, and of the new entry once it is done.
    """

    number: str
    name: str
    version: int = 0
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0
    receipt: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk as it stands: chosen, typed and foreseen, under way, or finished."""

    id: UUID
    command: Command
    numbers: tuple[str, ...]
    typed: Mapping[str, Any] | None
    foreseen: tuple[Outcome, ...]
    answers: Mapping[str, Outcome]
    started: bool

    @property
    def possible(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.foreseen if not one.refused)

    @property
    def waiting(self) -> tuple[Outcome, ...]:
        """What can be done and was not yet."""
        return tuple(one for one in self.possible if one.number not in self.answers)

    @property
    def finished(self) -> bool:
        return self.started and not self.waiting

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The newest that is known of each case."""
        return tuple(self.answers.get(one.number, one) for one in self.foreseen)


@cache
def bulk_command(name: str) -> Command:
    """The command as it is given to many: it asks for nothing that only one case can answer.

    :raises KeyError: it is none of these
    """
    if name not in BULK_COMMANDS:
        raise KeyError(name)
    command = COMMANDS[name]
    fields = {
        n: replace(spec, required=spec.required and n not in OF_EACH_CASE)
        for n, spec in command.fields.items()
        if spec.widget not in OF_ONE_CASE
    }
    return replace(command, fields=fields)


def begin_bulk(system: System, person: Person, name: str, numbers: Sequence[str]) -> UUID:
    """Keep what was chosen; what asks for nothing is foreseen at once.

    :raises NotPermitted: the person may not give this command
    :raises NothingChosen: not one case
    :raises TooManyChosen: more than one bulk holds
    """
    command = bulk_command(name)
    person.require(command.permit)
    chosen = tuple(dict.fromkeys(numbers))
    if not chosen:
        raise NothingChosen()
    if len(chosen) > MOST_IN_BULK:
        raise TooManyChosen(n=len(chosen), most=MOST_IN_BULK)
    now, found = system.now(), uuid4()
    bulk = Bulk(found, command, chosen, None, (), {}, started=False)
    if not command.fields:
        bulk = _foreseen(system, person, bulk, {})
    with system.database.write() as c:
        write(c, "DELETE FROM bulk WHERE begun_at < ?", [(instant(moment(now) - KEPT_FOR),)])
        write(
            c,
            "INSERT INTO bulk (id, account, command, held, answers, begun_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(str(found), person.id, name, _held(system, bulk), _answers(system, bulk), now)],
        )
    return found


def find_bulk(system: System, person: Person, bulk: UUID) -> Bulk:
    """:raises BulkIsUnknown: there is none of this person's"""
    with system.database.read() as c:
        return _find(system, c, person, bulk)


def try_bulk(system: System, person: Person, found: UUID, typed: Mapping[str, Any]) -> Bulk:
    """Foresee the command on every case with what was typed, and write nothing to any.

    :raises FieldsRefused: what was typed cannot be taken
    :raises BulkHasBegun: some of it was done already
    """
    bulk = find_bulk(system, person, found)
    if bulk.started:
        raise BulkHasBegun()
    bulk.command.read(typed)
    bulk = _foreseen(system, person, bulk, typed)
    question = "UPDATE bulk SET held = ? WHERE id = ? AND started_at IS NULL"
    with system.database.write() as c:
        write(c, question, [(_held(system, bulk), str(found))])
    return bulk


def do_bulk(system: System, person: Person, found: UUID, seconds: float) -> Bulk:
    """Do what can be done, for so long; what is left waits to be gone on with.

    :raises NotPermitted: the person may no longer give this command
    :raises StoreIsBusy: nothing could be written at all
    """
    question = "UPDATE bulk SET started_at = ? WHERE id = ? AND account = ? AND started_at IS NULL"
    with system.database.write() as c:
        write(c, question, [(system.now(), str(found), person.id)])
    bulk = find_bulk(system, person, found)
    person.require(bulk.command.permit)
    until = monotonic() + seconds
    done: dict[str, Outcome] = {}
    for one in bulk.waiting:
        if done and monotonic() > until:
            break
        try:
            done[one.number] = _give(system, person, bulk, one)
        except StoreIsBusy:
            if not done:
                raise
            break
    return _kept(system, person, found, done)


def _kept(system: System, person: Person, found: UUID, done: Mapping[str, Outcome]) -> Bulk:
    """Note what was done; what was typed is forgotten with the last case."""
    with system.database.write() as c:
        bulk = _find(system, c, person, found)
        bulk = replace(bulk, answers={**bulk.answers, **done})
        if bulk.finished:
            bulk = replace(bulk, typed=None)
        question = "UPDATE bulk SET held = ?, answers = ? WHERE id = ?"
        write(c, question, [(_held(system, bulk), _answers(system, bulk), str(found))])
    return bulk


def _give(system: System, person: Person, bulk: Bulk, one: Outcome) -> Outcome:
    case = _reached(system, person, [one.number]).get(one.number)
    if case is None:
        return replace(one, code=UNKNOWN)
    given = Given(
        person,
        case.id,
        expected_version=None if bulk.command.name in UNVERSIONED else one.version,
        command_id=str(uuid5(bulk.id, str(case.id))),
    )
    return _answered(one, partial(system.give, bulk.command, bulk.typed or {}, given))


def _answered(one: Outcome, act: Callable[[], Receipt | Foreseen]) -> Outcome:
    """What an act on one case comes to; a broken rule is an answer, not an end."""
    try:
        came = act()
    except StaleVersion:
        return replace(one, code=STALE)
    except StreamIsUnknown:
        return replace(one, code=UNKNOWN)
    except Refused as refused:
        return replace(one, code=refused.code, values=refused.values)
    if isinstance(came, Foreseen):
        return one
    position, receipt = came.position, came.command_id
    return replace(one, version=came.version, position=position, receipt=receipt)


def _foreseen(system: System, person: Person, bulk: Bulk, typed: Mapping[str, Any]) -> Bulk:
    reached = _reached(system, person, bulk.numbers)

    def each() -> Iterator[Outcome]:
        for number in bulk.numbers:
            case = reached.get(number)
            if case is None:
                # One that is out of reach is answered as one that is not there: without a name.
                yield Outcome(number, "", code=UNKNOWN)
                continue
            one = Outcome(number, case.name, case.version)
            given = Given(person, case.id)
            yield _answered(one, partial(foresee, system, bulk.command, typed, given))

    return replace(bulk, typed=dict(typed), foreseen=tuple(each()))


@dataclass(frozen=True, slots=True)
class _Case:
    id: UUID
    version: int
    name: str


def _reached(system: System, person: Person, numbers: Sequence[str]) -> dict[str, _Case]:
    with system.database.read() as c:
        return {
            str(number): _Case(UUID(stream), version, str(name or number))
            for number, stream, version, unit, name in rows_in(c, CASES, list(numbers))
            if person.reaches(unit)
        }


# -- how it is kept ------------------------------------------------------------------------


def _find(system: System, c: Connection, person: Person, bulk: UUID) -> Bulk:
    question = "SELECT command, held, answers, started_at FROM bulk WHERE id = ? AND account = ?"
    found = rows(c, question, [str(bulk), person.id])
    if not found or found[0][0] not in BULK_COMMANDS:
        raise BulkIsUnknown(str(bulk))
    name, held, answers, started_at = found[0]
    kept = json.loads(system.vault.unwrap(_purpose(bulk), held))
    answered = json.loads(system.vault.unwrap(_purpose(bulk), answers))
    return Bulk(
        bulk,
        bulk_command(name),
        tuple(kept["numbers"]),
        kept["typed"],
        tuple(Outcome(**one) for one in kept["foreseen"]),
        {one["number"]: Outcome(**one) for one in answered},
        started=started_at is not None,
    )


def _held(system: System, bulk: Bulk) -> str:
    foreseen = [_plain(one) for one in bulk.foreseen]
    kept = {"numbers": bulk.numbers, "typed": bulk.typed, "foreseen": foreseen}
    return _wrapped(system, bulk, kept)


def _answers(system: System, bulk: Bulk) -> str:
    return _wrapped(system, bulk, [_plain(one) for one in bulk.answers.values()])


def _wrapped(system: System, bulk: Bulk, what: Any) -> str:
    text = json.dumps(what, ensure_ascii=False, default=str)
    return system.vault.wrap(_purpose(bulk.id), text)


def _plain(one: Outcome) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Outcome.__dataclass_fields__}


def _purpose(bulk: UUID) -> str:
    return f"bulk|{bulk}"
