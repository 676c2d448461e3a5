"""The document of a receipt: everything that is needed to prove its figures, in one JSON text.

Its bytes are canonical, so that the SHA-256 of the file is what the log holds of it.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Line, Names, Part, counts_of, told
from casesys.registry import decode, encode
from domain.counts import COUNTS
from domain.formulas import whole_percent

KIND = "casesys.figure_receipt"
FORMAT = 1


class Written(NamedTuple):
    """The text of a document and its digest."""

    text: bytes
    sha256: str


class Head(NamedTuple):
    """What a receipt says besides its figures; ``by`` is an account's login."""

    number: str
    published_at: str
    by: str
    purpose: str


def write_document(
    head: Head, asked: Question, lines: Sequence[Line], members: Mapping[Part, Names]
) -> Written:
    places = {part: place for place, part in enumerate(members)}
    document = {
        "document": KIND,
        "format": FORMAT,
        **head._asdict(),
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "position": asked.position,
        "reach": asked.reach,
        "lines": [_line(head.number, line, places) for line in lines],
        "members": [
            {
                "count": count,
                "unit": COUNTS[count].unit,
                "of": told(of),
                "names": names,
            }
            for (count, of), names in members.items()
        ],
    }
    text = msgspec.json.format(encode(document), indent=1) + b"\n"
    return Written(text, sha256(text).hexdigest())


def _line(number: str, line: Line, places: Mapping[Part, int]) -> dict[str, Any]:
    above, below = counts_of(line.figure)
    percent = None
    if line.denominator is not None:
        percent = whole_percent(line.numerator, line.denominator)
    return {
        "number": f"{number}/{line.number}",
        **line_told(line),
        "percent": percent,
        "members": {
            "numerator": places[above, line.of],
            "denominator": None if below is None else places[below, line.of],
        },
    }


def line_told(line: Line) -> dict[str, Any]:
    """A line as the log and the document hold it."""
    return {
        "figure": line.figure,
        "version": line.version,
        "of": told(line.of),
        "numerator": line.numerator,
        "denominator": line.denominator,
        "digest": line.digest,
    }


def read_document(text: bytes) -> dict[str, Any] | None:
    """What a text says if it may be such a document; None for anything else."""
    try:
        # Editors put a mark before what they save.
        found = decode(text.removeprefix(BOM_UTF8))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("document") == KIND else None
