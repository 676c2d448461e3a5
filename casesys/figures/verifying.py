"""Is a receipt ours, is it as it was given, and does the log still say what it says?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.figures.drawing import Line, Names, Part, counts_of, digest_of, version_of
from casesys.figures.receipt_document import Written, line_told, read_document
from casesys.figures.receipts import (
    LONGEST_NUMBER,
    FigureReceipt,
    document_of,
    receipt_in_log,
)
from casesys.figures.recomputing import Asked, recompute
from casesys.permits import Permit, Person
from casesys.system import System


class Verdict(StrEnum):
    """What became of a receipt that was verified; only the first is a yes."""

    HOLDS = "holds"
    NEVER_ISSUED = "never_issued"
    NO_RECEIPT = "no_receipt"
    ALTERED = "altered"
    MEMBERS_DIFFER = "members_differ"
    RULE_IS_GONE = "rule_is_gone"


class Change(NamedTuple):
    """Who came to one side of a figure since it was published, and who is no longer there."""

    entered: Names
    left: Names


NO_CHANGE = Change([], [])


class LineVerdict(NamedTuple):
    """One figure computed anew; None where this release no longer has the rule it was counted by.

    The changes are empty as well where the document is lost that named the members.
    """

    line: Line
    verdict: Verdict
    numerator: int | None = None
    denominator: int | None = None
    above: Change = NO_CHANGE
    below: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer about one receipt; ``altered`` are the places at which it was changed."""

    verdict: Verdict
    number: str
    receipt: FigureReceipt | None = None
    lines: Sequence[LineVerdict] = ()
    altered: Sequence[str] = ()
    document_is_kept: bool = True

    @property
    def holds(self) -> bool:
        return self.verdict == Verdict.HOLDS


NUMBER = re.compile(rb"SJ-[0-9]{4}-[0-9]{4,9}")
LINE_TOLD = ("figure", "version", "of", "numerator", "denominator", "digest")
IN_FORM = "form"
"""What was altered where the document says the same, in other bytes: a mail program's doing."""

MOST_PLACES = 20
"""How many places of an altered document are named."""


def verify(system: System, person: Person, given: str | bytes) -> Verified:
    """What the office says to a receipt: to its number, or to its document.

    :raises NotPermitted: neither auditor nor operator
    """
    (found,) = verify_several(system, person, [given])
    return found


def verify_several(system: System, person: Person, given: Sequence[str | bytes]) -> list[Verified]:
    """The same of many receipts by one walk over the log."""
    person.require(Permit.AUDIT)
    with system.database.read() as c:
        opened = [_opened(system, c, one) for one in given]
        asked = [_asked(one) for one in opened if isinstance(one, _Issued)]
        anew = iter(recompute(system, c, asked) if asked else ())
        return [_judged(one, next(anew)) if isinstance(one, _Issued) else one for one in opened]


class _Issued(NamedTuple):
    """A receipt that is ours and unaltered, with its document where that is kept."""

    receipt: FigureReceipt
    document: Mapping[str, Any] | None


def _opened(system: System, c: Connection, given: str | bytes) -> Verified | _Issued:
    """The receipt that is meant, or why it is none of ours."""
    if isinstance(given, str):
        number = given.strip()[:LONGEST_NUMBER].partition("/")[0]
        receipt = receipt_in_log(system, c, number)
        if receipt is None:
            return Verified(Verdict.NEVER_ISSUED, number)
        kept = document_of(system, receipt)
    else:
        number, said = _number_in(given), read_document(given)
        if not number:
            return Verified(Verdict.NO_RECEIPT, "")
        receipt = receipt_in_log(system, c, number)
        if receipt is None:
            return Verified(Verdict.NEVER_ISSUED, number)
        kept = Written(given, sha256(given).hexdigest())
        if kept.sha256 != receipt.sha256:
            original = document_of(system, receipt)
            places = _places(original, said) or [IN_FORM] if original is not None else ()
            return Verified(Verdict.ALTERED, number, receipt, altered=places)
    document = read_document(kept.text) if kept is not None else None
    if document is not None and not _agree(receipt, document):
        return Verified(Verdict.ALTERED, number, receipt, altered=["log"])
    return _Issued(receipt, document)


def _number_in(text: bytes) -> str:
    """The number that a document names, also where it is so damaged that nothing else is read."""
    said = read_document(text)
    if said is not None:
        number = said.get("number")
        return number.strip()[:LONGEST_NUMBER] if isinstance(number, str) else ""
    found = NUMBER.search(text)
    return found[0].decode() if found else ""


def _agree(receipt: FigureReceipt, document: Mapping[str, Any]) -> bool:
    """Whether the log still says of the receipt what its document does."""
    own = {name: document[name] for name in ("number", "as_of", "known_at", "position", "reach")}
    logged = {name: getattr(receipt, name) for name in own}
    told = [line_told(line) for line in receipt.lines]
    lines = [{name: line[name] for name in LINE_TOLD} for line in document["lines"]]
    return own == logged and lines == told


def _places(original: Written, said: Any) -> list[str]:
    """Where an altered document says something else than the one that was given."""
    if said is None:
        return ["document"]
    found = _differing(read_document(original.text), said, "")
    return [place for place, _ in zip(found, range(MOST_PLACES), strict=False)]


def _differing(ours: Any, theirs: Any, place: str) -> Iterator[str]:
    if type(ours) is not type(theirs):
        yield place
    elif isinstance(ours, dict):
        for name in ours | theirs:
            yield from _differing(ours.get(name), theirs.get(name), f"{place}.{name}".lstrip("."))
    elif isinstance(ours, list):
        if len(ours) != len(theirs):
            yield place
        for number, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
            yield from _differing(one, other, f"{place}[{number}]")
    elif ours != theirs:
        yield place


def _asked(issued: _Issued) -> Asked:
    receipt = issued.receipt
    known = [line for line in receipt.lines if _has_rule(line)]
    parts = [(count, line.of) for line in known for count in counts_of(line.figure) if count]
    return Asked(receipt.asked, list(dict.fromkeys(parts)))


def _has_rule(line: Line) -> bool:
    return version_of(line.figure) == line.version


def _judged(issued: _Issued, anew: Mapping[Part, Names]) -> Verified:
    receipt, document = issued
    lines = [_line(issued, line, anew) for line in receipt.lines]
    found = {line.verdict for line in lines}
    verdict = next(
        (one for one in (Verdict.MEMBERS_DIFFER, Verdict.RULE_IS_GONE) if one in found),
        Verdict.HOLDS,
    )
    return Verified(verdict, receipt.number, receipt, lines, document_is_kept=document is not None)


def _line(issued: _Issued, line: Line, anew: Mapping[Part, Names]) -> LineVerdict:
    if not _has_rule(line):
        return LineVerdict(line, Verdict.RULE_IS_GONE)
    above, below = counts_of(line.figure)
    over = anew[above, line.of]
    under = None if below is None else anew[below, line.of]
    digest = digest_of(issued.receipt.asked, line.figure, line.version, line.of, over, under)
    numerator, denominator = len(over), None if under is None else len(under)
    same = (digest, numerator, denominator) == (line.digest, line.numerator, line.denominator)
    if same or issued.document is None:
        verdict = Verdict.HOLDS if same else Verdict.MEMBERS_DIFFER
        return LineVerdict(line, verdict, numerator, denominator)
    published = _published(issued.document, line)
    return LineVerdict(
        line,
        Verdict.MEMBERS_DIFFER,
        numerator,
        denominator,
        _change(published["numerator"], over),
        _change(published["denominator"], under or []),
    )


def _published(document: Mapping[str, Any], line: Line) -> dict[str, Names]:
    """Whom the document names on each side of a line."""
    places = document["lines"][line.number - 1]["members"]
    return {
        side: [] if place is None else document["members"][place]["names"]
        for side, place in places.items()
    }


def _change(then: Names, now: Names) -> Change:
    before, after = Counter(then), Counter(now)
    return Change(sorted((after - before).elements()), sorted((before - after).elements()))
