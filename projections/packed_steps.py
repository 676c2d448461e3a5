"""The steps of a case as text: of each only what is new in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from domain.formulas_timeline import NO_STEP, NOTHING, Standing, Step

encode = msgspec.json.encode
decode_steps = msgspec.json.Decoder().decode


def pack_steps(steps: Iterable[Step]) -> str:
    """The steps as text: of each what is new in it, the places of measures before their values."""
    packed: list[Any] = []
    group = NO_STEP[1:4]
    for day, town, unit, officer, standing, changes in steps:
        changed: list[int] = []
        for place, _ in changes:
            changed += (place, standing[place])
        anew = (town, unit, officer)
        packed.append([day, changed] if anew == group else [day, changed, *anew])
        group = anew
    return encode(packed).decode()


def unpack_steps(text: str) -> list[Step]:
    steps: list[Step] = []
    group: Sequence[str] = NO_STEP[1:4]
    standing = list(NOTHING)
    for day, packed, *anew in decode_steps(text):
        changed: list[tuple[int, int]] = []
        for place, value in zip(packed[::2], packed[1::2], strict=True):
            changed.append((place, value - standing[place]))
            standing[place] = value
        if anew:
            group = anew
        steps.append(Step._make((day, *group, Standing._make(standing), changed)))
    return steps
