"""What the wording of a template holds, and how a number of the report is asked for in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from casesys.letters.paper import Face

RATE_PLACES = ("repair", "full", "any", "interview", "photo", "commitment", "all_three")
"""The columns of a table by list or by town."""


def number(place: str, part: str = "n") -> str:
    """A number with its mark, as a template asks for it: numerator ``n`` or denominator ``of``."""
    return f"{{{{ {place}.{part} }}}}^{{{{ {place}.mark }}}}^"


def percent(place: str) -> str:
    return number(place, "percent")


def fraction(place: str) -> str:
    """Both numbers of a rate and its percent, as one cell."""
    return f"{{{{ {place}.n }}}}/{{{{ {place}.of }}}}\n{percent(place)}"


class Wording(NamedTuple):
    """The words of our own template in one language, in the order of the paper."""

    face: Face
    title: str
    above: str
    under_title: Sequence[str]
    overall: str
    overall_texts: Sequence[str]
    held: str
    held_text: str
    held_head: Sequence[str]
    every: str
    groups: str
    lists_caption: str
    towns_caption: str
    list_name: str
    town_name: str
    name_share: int
    rate_heads: Sequence[str]
    enterprises: str
    enterprise_captions: Mapping[str, str]
    enterprise_head: Sequence[str]
    deadlines: str
    deadlines_text: str
    deadline_head: Sequence[str]
    national: str
    national_texts: Sequence[str]
    national_head: Sequence[str]
    national_rows: Mapping[str, str]
    case: str
    enterprise: str
    limits: str
    limit_texts: Sequence[str]
    receipt: str
    receipt_texts: Sequence[str]
    rules_caption: str
    rules_head: Sequence[str]
    lines_caption: str
    lines_head: Sequence[str]
