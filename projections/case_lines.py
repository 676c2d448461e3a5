"""How did one case stand at the end of a day: in the figures, in its deadlines, and each 宗?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from domain.deadlines import EXCUSED, Deadline, deadlines
from domain.formulas_deltas import CaseLine
from domain.formulas_timeline import NOTHING, Standing, Step
from domain.instants import start_of_day
from domain.obstacles import Obstacle, RecordLine, counting, obstacle
from domain.vocabulary import Impediment
from domain.workdays import Workdays

_encode = msgspec.json.encode
_decode_steps = msgspec.json.Decoder().decode
_decode_records = msgspec.json.Decoder(list[RecordLine]).decode
_decode_extensions = msgspec.json.Decoder(list[tuple[str, str, str]]).decode

_PLACE = {name: place for place, name in enumerate(Standing._fields)}
_LISTINGS, _INTERVIEWS = _PLACE["listings"], _PLACE["interviews"]
_COMMITMENTS, _CASES, _OUT = _PLACE["commitments"], _PLACE["cases"], _PLACE["excluded_cases"]
_IMPEDED = tuple((str(kind), _PLACE[f"impeded_{kind}"]) for kind in Impediment)
_ATTEMPTS = range(_PLACE["attempts_reached_operating"], _PLACE["attempts_address_vacant"] + 1)


class Packed(NamedTuple):
    """One case as its row holds it: the texts of ``pack`` beside whose it is."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    steps: str
    extensions: str
    records: str


def pack(stream: str, enterprise: str, line: CaseLine) -> Packed:
    return Packed(
        stream,
        enterprise,
        line.category,
        line.campaign,
        pack_steps(line.steps),
        _encode(line.extensions).decode(),
        _encode(line.records).decode(),
    )


def unpack(row: Packed) -> CaseLine:
    return CaseLine(
        row.category,
        row.campaign,
        unpack_steps(row.steps),
        _decode_extensions(row.extensions),
        _decode_records(row.records),
    )


class Days(NamedTuple):
    """When the case took the steps that its deadlines ask for, as instants of those days."""

    listed_at: str | None
    first_contact_at: str | None
    first_interview_at: str | None
    first_commitment_at: str | None
    impediments: Collection[str]
    extended: Mapping[str, str]
    excluded: str | None = None


class CaseOnDay(NamedTuple):
    """One listed case at the end of ``day``; ``standing`` in the order of ``Standing``'s fields.

    ``until`` is the last day of which anything was known.
    """

    stream: str
    enterprise: str
    category: str
    campaign: str
    town: str
    unit: str
    standing: Sequence[int]
    took: tuple[str, str, str, str]
    extensions: Sequence[tuple[str, str, str]]
    lines: Sequence[RecordLine]
    day: str
    until: str

    @property
    def governed(self) -> bool:
        return bool(self.standing[_CASES])

    @property
    def excluded(self) -> bool:
        return bool(self.standing[_OUT])

    def measure(self, name: str) -> int:
        return self.standing[_PLACE[name]]

    @property
    def impediments(self) -> tuple[str, ...]:
        return tuple(kind for kind, place in _IMPEDED if self.standing[place])

    @property
    def records(self) -> list[tuple[RecordLine, str]]:
        """The 宗 that count, each with where it stands."""
        return counting(self.lines, self.until)

    def obstacles(self, workdays: Workdays) -> list[tuple[RecordLine, Obstacle]]:
        """The 宗 that are not repaired, each with the one reason that counts."""
        held = self.impediments
        found = [
            (line, obstacle(line, status, self.category, held, self.day, workdays))
            for line, status in self.records
        ]
        return [(line, why) for line, why in found if why is not None]

    def deadlines(self, workdays: Workdays) -> Sequence[Deadline]:
        excused = not EXCUSED.isdisjoint(self.impediments)
        extended = tuple((kind, due) for day, kind, due in self.extensions if day <= self.until)
        return _deadlines(self.took, excused, extended, workdays, self.day)


@lru_cache(maxsize=65536)
def _deadlines(
    took: tuple[str, str, str, str],
    excused: bool,
    extended: tuple[tuple[str, str], ...],
    workdays: Workdays,
    day: str,
) -> Sequence[Deadline]:
    """Many cases of one list took the same steps on the same days."""
    listed, contact, interview, commitment = (start_of_day(one) if one else None for one in took)
    held = EXCUSED if excused else ()
    asked = Days(listed, contact, interview, commitment, held, dict(extended))
    return deadlines(asked, workdays, day)


def on_day(row: Packed, day: str, until: str) -> CaseOnDay | None:
    """None where the case was not listed, as far as was known by the day ``until``."""
    standing = list(NOTHING)
    town = unit = listed = contact = interview = commitment = ""
    for turn, changed, *group in _decode_steps(row.steps):
        if turn > until:
            break
        if group:
            town, unit = group
        for place, value in zip(changed[::2], changed[1::2], strict=True):
            standing[place] = value
            if place == _LISTINGS:
                listed = turn
            elif place in _ATTEMPTS:
                contact = contact or turn
            elif place == _INTERVIEWS:
                interview = interview or turn
            elif place == _COMMITMENTS:
                commitment = commitment or turn
    if not standing[_CASES] and not standing[_OUT]:
        return None
    return CaseOnDay(
        row.stream,
        row.enterprise,
        row.category,
        row.campaign,
        town,
        unit,
        standing,
        (listed, contact, interview, commitment),
        _decode_extensions(row.extensions) if row.extensions != "[]" else (),
        _decode_records(row.records),
        day,
        until,
    )


def pack_steps(steps: Iterable[Step]) -> str:
    """The steps as text: of each what is new in it, the places of measures before their values."""
    packed: list[Any] = []
    town = unit = ""
    for day, its_town, its_unit, standing, changes in steps:
        changed: list[int] = []
        for place, _ in changes:
            changed += (place, standing[place])
        packed.append(
            [day, changed]
            if its_town == town and its_unit == unit
            else [day, changed, its_town, its_unit]
        )
        town, unit = its_town, its_unit
    return _encode(packed).decode()


def unpack_steps(text: str) -> list[Step]:
    steps: list[Step] = []
    town = unit = ""
    standing = list(NOTHING)
    for day, packed, *group in _decode_steps(text):
        changed: list[tuple[int, int]] = []
        for place, value in zip(packed[::2], packed[1::2], strict=True):
            changed.append((place, value - standing[place]))
            standing[place] = value
        if group:
            town, unit = group
        steps.append(Step(day, town, unit, Standing._make(standing), changed))
    return steps
