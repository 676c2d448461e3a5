"""A register of random cases from one seed: every kind of event, late ones and voids among them."""

from __future__ import annotations

import random
import sys
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from casesys.log import Meta
from casesys.registry import KINDS
from casesys.system import System
from domain import vocabulary
from domain.case import GovernanceCase, case_id
from domain.desk import Desk
from domain.entries import VOIDING, Entry
from domain.events import DeskEvent, Sealed, stamp
from domain.instants import start_of_day
from domain.office import Calendar, Enterprise, MemberUnit, begin, enterprise_id
from domain.workdays import Workdays
from projections.reading import feed

NOW = "2022-01-05T02:00:00.000000Z"
ACTORS = ("operator:made", "7b0e", "91ac")
OPENED, LISTED = GovernanceCase.CaseOpened, GovernanceCase.SubjectListed
FACTS = tuple(
    kind.event
    for kind in KINDS.values()
    if kind.aggregate is GovernanceCase and not kind.creates and kind.event is not LISTED
)
HINTS = {
    event: {
        name: eval(hint, vars(sys.modules[event.__module__]))
        for name, hint in vars(event)["__annotations__"].items()
    }
    for event in FACTS
}
Recorded = tuple[DeskEvent, Meta]


def made_register(seed: int, cases: int, *, sealed: bool = False) -> list[Recorded]:
    """Events of so many cases and of what stands around them, their streams shuffled together."""
    chance = random.Random(seed)
    office = list(_office(chance, max(1, cases // 2)))
    streams = [deque(_case(chance, number, cases, sealed)) for number in range(cases)]
    mixed: list[Recorded] = []
    while streams:
        some = chance.randrange(len(streams))
        for _ in range(min(len(streams[some]), chance.randint(1, 3))):
            mixed.append(streams[some].popleft())
        if not streams[some]:
            streams[some] = streams[-1]
            streams.pop()
    for item in office:
        mixed.insert(chance.randrange(min(len(mixed), 200)), item)
    return mixed


def record(system: System, events: list[Recorded], batch: int) -> list[Entry]:
    """Append the events in batches of this size, each fed in its own transaction."""
    entries: list[Entry] = []
    rest = iter(events)
    while some := list(islice(rest, batch)):
        with system.database.write() as c:
            system.database.lock(c)
            entries += (appended := system.log.append(c, some, NOW))
            feed(c, system.models.all, appended)
    return entries


def append_only(system: System, events: list[Recorded]) -> None:
    """The log alone, as the harder half of an import: the read models wait for a rebuild."""
    with system.database.write() as c:
        system.database.lock(c)
        for first in range(0, len(events), 5000):
            system.log.append(c, events[first : first + 5000], NOW)


def _day(chance: random.Random) -> str:
    return f"2021-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


def _office(chance: random.Random, enterprises: int) -> Iterator[Recorded]:
    desk = Desk("operator:made", NOW, Workdays({}))
    meta = Meta()
    for number in range(enterprises):
        enterprise = begin(
            Enterprise,
            Enterprise.EnterpriseRegistered,
            enterprise_id(_uscc(number)),
            desk,
            uscc=_uscc(number),
            name=f"岭川{number}商贸有限公司",
            town=f"第{number % 9}镇",
            former_name=None,
            kind=None,
            industry=None,
            established_on=None,
            status=None,
            reference=None,
        )
        yield from ((event, meta) for event in _pending(enterprise))
    for order in range(5):
        unit = begin(
            MemberUnit, MemberUnit.MemberUnitJoined, UUID(int=order + 1), desk,
            name=f"单位{order}", order=order,
        )  # fmt: skip
        yield from ((event, meta) for event in _pending(unit))
    for year in (2021, 2022):
        days = [f"{year}-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 23)]
        calendar = begin(
            Calendar, Calendar.CalendarPublished, UUID(int=year), desk,
            year=year, edition=1, days=days,
        )  # fmt: skip
        yield from ((event, meta) for event in _pending(calendar))


def _uscc(number: int) -> str:
    return f"91449901MA{number:08d}"


def _case(chance: random.Random, number: int, cases: int, sealed: bool) -> Iterator[Recorded]:
    uscc, category = _uscc(number // 2), ("penalty", "judgment")[number % 2]
    case = GovernanceCase._create(
        OPENED,
        id=case_id("L1", uscc, category),
        **stamp(NOW, start_of_day(_day(chance)), ACTORS[0]),
        number=f"L1-{number:05d}",
        campaign="L1",
        enterprise=uscc,
        category=vocabulary.Category(category),
        reference=f"K{number:05d}",
    )
    town, unit, day = f"第{number % 9}镇", f"单位{number % 5}", _day(chance)
    listed = {"listed_on": day, "town": town, "unit": unit, "source": None}
    case.trigger_event(LISTED, **stamp(NOW, start_of_day(day), ACTORS[0]), **listed)
    voidable = [2]
    for _ in range(chance.randint(2, 20)):
        event = chance.choice(FACTS)
        facts = {name: _value(chance, name, hint, sealed) for name, hint in HINTS[event].items()}
        if event.TOPIC in VOIDING:
            if len(voidable) < 2:
                continue
            facts["target"] = voidable.pop(chance.randrange(len(voidable)))
        else:
            voidable.append(case.version + 1)
        if "number_key" in facts:
            facts["number"] = facts["number_key"] = f"N{number}-{facts['record']}"
        case.trigger_event(
            event, **stamp(NOW, start_of_day(_day(chance)), chance.choice(ACTORS)), **facts
        )
    for made in _pending(case):
        late = chance.random() < 0.2
        recorded_at = max(made.occurred_at, start_of_day(_day(chance))) if late else None
        yield (
            made,
            Meta(caused_by="made", recorded_at=recorded_at, findings=("made",) if late else ()),
        )


def _value(chance: random.Random, name: str, hint: Any, sealed: bool) -> Any:
    """Something that the field of this name and type may hold."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if type(None) in parts and chance.random() < 0.3:
        return None
    kind = next(part for part in parts if part is not type(None))
    if kind is Sealed:
        return "王五 13800000000" if sealed or type(None) not in parts else None
    if name in ("record", "objection"):
        return f"r{chance.randint(1, 3)}"
    if name in ("sha256", "photo"):
        return f"{chance.randint(1, 99):064x}"
    if name == "proposal":
        return chance.choice(list(vocabulary.Proposal))
    if name.endswith("_on"):
        return _day(chance)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return chance.choice(list(kind))
    if kind is bool:
        return chance.random() < 0.5
    if kind is int:
        return chance.randint(1, 10**6)
    return ["甲", "乙"] if get_origin(kind) is list else f"{name} {chance.randint(1, 99)}"


def _pending(aggregate: Any) -> list[DeskEvent]:
    return list(aggregate.collect_events())
