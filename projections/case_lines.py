"""One case as its row holds it: its steps, its 宗 and what was put off, as texts."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from domain.formulas_deltas import CaseLine
from domain.formulas_timeline import NOTHING
from domain.obstacles import RecordLine, counting
from projections.case_facts import (
    NEVER,
    NOWHERE,
    PLACE_OF,
    Place,
    Stood,
    Took,
    Whose,
    held_by,
    standing_so,
    taken,
)
from projections.case_facts import CaseOnDay as CaseOnDay
from projections.case_facts import on_day as on_day
from projections.packed_steps import decode_steps, pack_steps, unpack_steps

_encode = msgspec.json.encode
_decode_records = msgspec.json.Decoder(list[RecordLine]).decode
_decode_extensions = msgspec.json.Decoder(list[tuple[str, str, str]]).decode


class Packed(NamedTuple):
    """One case as its row holds it: the texts of ``pack`` beside whose it is."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    industry: str
    steps: str
    extensions: str
    records: str

    @property
    def whose(self) -> Whose:
        return Whose._make(self[:5])


def pack(stream: str, enterprise: str, line: CaseLine) -> Packed:
    return Packed(
        stream,
        enterprise,
        line.category,
        line.campaign,
        line.industry,
        pack_steps(line.steps),
        _encode(line.extensions).decode(),
        _encode(line.records).decode(),
    )


def unpack(row: Packed) -> CaseLine:
    return CaseLine(
        row.category,
        row.campaign,
        row.industry,
        unpack_steps(row.steps),
        _decode_extensions(row.extensions),
        _decode_records(row.records),
    )


def stood(row: Packed, until: str) -> Stood:
    """How the case stood at the end of a day, by what it did until then."""
    place, at, took = _walked(row.steps, until)
    extended: tuple[tuple[str, str], ...] = ()
    if row.extensions != "[]":
        put_off = _decode_extensions(row.extensions)
        extended = tuple((kind, due) for on, kind, due in put_off if on <= until)
    return standing_so(place, at, took, extended, held_by(_decode_records(row.records), until))


def counted_records(row: Packed, until: str) -> list[tuple[RecordLine, str]]:
    """The 宗 of a case that count, each with where it stands."""
    return counting(_decode_records(row.records), until)


def counted_numbers(row: Packed, until: str) -> list[str]:
    """The numbers of the 宗 of a case that count, each at its place."""
    return [record.number for record, _ in counted_records(row, until)]


def change_in(row: Packed, measure: str, first: str, last: str) -> int:
    """By how much a measure of the case grew from the first to the last of these days."""
    place = PLACE_OF[measure]
    before = now = 0
    for turn, changed, *_ in decode_steps(row.steps):
        if turn > last:
            break
        for its, value in zip(changed[::2], changed[1::2], strict=True):
            if its == place:
                now = value
                if turn < first:
                    before = value
    return max(0, now - before)


def _walked(packed: str, until: str) -> tuple[Place, list[int], Took]:
    """Town, unit, officer and measures at the end of a day; the days of listing and first steps."""
    standing = list(NOTHING)
    place, took = NOWHERE, NEVER
    for turn, changed, *anew in decode_steps(packed):
        if turn > until:
            break
        if anew:
            place = Place(*anew)
        for its, value in zip(changed[::2], changed[1::2], strict=True):
            standing[its] = value
        took = taken(took, turn, changed[::2])
    return place, standing, took
