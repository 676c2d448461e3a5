"""Is a receipt what the office gave out, by its entry in the log and by its document?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from casesys.verifier.books import PublishedRow
from casesys.verifier.cases import Asked
from casesys.verifier.counts import counts_of_figure, is_known, unit_of, whole_percent_of

DOCUMENT_KIND, DOCUMENT_FORMAT = "casesys.figure_receipt", 1
RECEIPT_SAYS: Mapping[str, Any] = {
    "number": str, "as_of": str, "known_at": str | None, "log_position": int,
    "reach": str, "purpose": str, "lines": list, "sha256": str,
}  # fmt: skip
LINE_SAYS: Mapping[str, Any] = {
    "figure": str, "version": int, "of": dict,
    "numerator": int, "denominator": int | None, "digest": str,
}  # fmt: skip
MOST_PLACES = 20
"""How many places of an altered document are named."""
SidesNamed = tuple[Sequence[str], Sequence[str] | None]
"""Whom a figure counts above and below its line; a count has nobody below."""


class FigureLine(NamedTuple):
    """One figure as its entry in the log says it."""

    figure: str
    version: int
    of: Mapping[str, str]
    numerator: int
    denominator: int | None
    digest: str


class FigureReceipt(NamedTuple):
    """What an entry says left the office under a number."""

    number: str
    position: int
    recorded: str
    purpose: str
    asked: Asked
    lines: Sequence[FigureLine]
    sha256: str


class NoReceipt(ValueError):
    """An entry that is no receipt, or says what no receipt can."""


def receipt_in(row: PublishedRow) -> FigureReceipt:
    """:raises NoReceipt: with the place of what cannot be"""
    said = row.said
    _require_all(said, RECEIPT_SAYS, "log")
    for nth, line in enumerate(said["lines"], 1):
        _require_all(line, LINE_SAYS, f"log.lines[{nth}]")
    # Nobody counts what has not been entered yet.
    if said["log_position"] >= row.position:
        raise NoReceipt("log.log_position")
    asked = Asked(said["as_of"], said["known_at"], said["log_position"], said["reach"])
    lines = [FigureLine(**{name: line[name] for name in LINE_SAYS}) for line in said["lines"]]
    return FigureReceipt(
        said["number"], row.position, row.recorded, said["purpose"], asked, lines, said["sha256"]
    )


def _require_all(said: Any, wanted: Mapping[str, Any], place: str) -> None:
    if not isinstance(said, dict):
        raise NoReceipt(place)
    for name, kind in wanted.items():
        if name not in said or not isinstance(said[name], kind):
            raise NoReceipt(f"{place}.{name}")


def digest_over(asked: Asked, line: FigureLine, sides: SidesNamed) -> str:
    """SHA-256 over what a figure is and everybody whom it counts, as one JSON array."""
    said = [line.figure, line.version, dict(sorted(line.of.items())), *asked, *sides]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# -- the document ---------------------------------------------------------------------------------


class ReadDocument(NamedTuple):
    """What a document names on both sides of each line, and the places where it was altered."""

    names: Sequence[SidesNamed]
    altered: Sequence[str]


def read_document_of(receipt: FigureReceipt, text: bytes) -> ReadDocument:
    """The document of a receipt, held against the log and against itself."""
    names: list[SidesNamed] = []
    try:
        said = json.loads(text)
        altered = list(_not_as_logged(receipt, said))
        if not altered:
            names = [_names_of_line(said, line) for line in said["lines"]]
            altered = list(_not_in_itself(receipt, said, names))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        names, altered = [], ["document"]
    if sha256(text).hexdigest() != receipt.sha256:
        # These are not the members that were published, even if nothing else is another.
        names, altered = [], altered or ["document"]
    return ReadDocument(names, altered[:MOST_PLACES])


def _not_as_logged(receipt: FigureReceipt, said: Any) -> Iterator[str]:
    logged = {
        "document": DOCUMENT_KIND,
        "format": DOCUMENT_FORMAT,
        "number": receipt.number,
        "published_at": receipt.recorded,
        "purpose": receipt.purpose,
        **receipt.asked._asdict(),
    }
    for name, value in logged.items():
        if said.get(name) != value:
            yield name
    if len(said["lines"]) != len(receipt.lines):
        yield "lines"
        return
    for nth, (line, own) in enumerate(zip(said["lines"], receipt.lines, strict=True), 1):
        own_said = {**own._asdict(), "number": f"{receipt.number}/{nth}"}
        own_said["percent"] = whole_percent_of(own.numerator, own.denominator)
        for name, value in own_said.items():
            if line[name] != value:
                yield f"lines[{nth}].{name}"


def _names_of_line(said: Mapping[str, Any], line: Mapping[str, Any]) -> SidesNamed:
    above, below = line["members"]["numerator"], line["members"]["denominator"]
    members = said["members"]
    return members[above]["names"], None if below is None else members[below]["names"]


def _not_in_itself(
    receipt: FigureReceipt, said: Mapping[str, Any], names: Sequence[SidesNamed]
) -> Iterator[str]:
    """Members that are of another count or part, out of order, or that the digest does not fit."""
    for nth, (line, sides) in enumerate(zip(receipt.lines, names, strict=True), 1):
        if many_of(sides) != (line.numerator, line.denominator):
            yield f"lines[{nth}].members"
        elif digest_over(receipt.asked, line, sides) != line.digest:
            yield f"lines[{nth}].digest"
        if not is_known(line.figure, line.version):
            continue  # of a rule that we do not know we cannot say whom it counts
        places = said["lines"][nth - 1]["members"].values()
        for count, place, its in zip(counts_of_figure(line.figure), places, sides, strict=True):
            if count is None or its is None:
                continue
            part = said["members"][place]
            told = (part["count"], part["unit"], part["of"])
            if told != (count, unit_of(count), line.of) or list(its) != sorted(its):
                yield f"members[{place + 1}]"


def many_of(sides: SidesNamed) -> tuple[int, int | None]:
    above, below = sides
    return len(above), None if below is None else len(below)
