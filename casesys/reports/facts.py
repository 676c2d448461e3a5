"""What the report says: each of its figures in words, under the names that its templates use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Line, Wanted, counts_of
from casesys.figures.members import UNKNOWN, Of
from casesys.figures.names import count_words, title_words
from casesys.figures.receipts import FigureReceipt
from casesys.reports.numbers import Link, Writer, plain
from casesys.reports.shares import Share
from casesys.reports.stated import HELD, PARTS, RATES, Tree
from casesys.settings import Settings
from casesys.words import day_words, instant_words, say
from domain.counts import COUNTS
from domain.formulas import FORMULAS, Rate
from domain.instants import local_day
from domain.intervals import SMALLEST_RANKED
from domain.vocabulary import CATEGORIES, ExclusionReason

MOST_ENTERPRISES = 10
"""A longer list names the first of them, and the others as one line."""
SHORT_DIGEST = 12

Lines = Mapping[Wanted, Line]


class Drawn(NamedTuple):
    """All that was computed for a report; ``now`` is when."""

    asked: Question
    lines: Lines
    enterprises: Mapping[str, Sequence[Share]]
    names: Mapping[str, str]
    reasons: Mapping[str, Counter[str]]
    receipt: FigureReceipt | None
    now: str


def facts_of(tree: Tree, drawn: Drawn, settings: Settings, writer: Writer) -> dict[str, Any]:
    """Every name that a template of the report may use."""
    language = writer.language
    book = _Book(drawn, writer)
    facts: dict[str, Any] = book.filled(tree)
    for name in CATEGORIES:
        held = sorted(facts["held"], key=lambda one: -_held_by(drawn.lines, one["why"], name))
        facts[name]["category"] = say(f"choice.Category.{name}", language)
        facts[name]["held"] = [
            {"words": one["words"], **one[name]} for one in held if one[name]["counts"]
        ]
        facts[name]["enterprise_rows"] = book.enterprises(name)
    facts["held"].sort(key=lambda one: -_held_by(drawn.lines, one["why"], "all"))
    facts["towns"].sort(key=lambda town: _place(drawn.lines, town["town"]))
    return {
        **facts,
        **_head(drawn, settings, language),
        "both": book.in_both(),
        "reasons": [book.reason(reason) for reason in ExclusionReason],
        "unsaid": list(_unsaid(drawn.lines, language)),
        "receipt": _receipt(drawn.receipt, language),
    }


def _head(drawn: Drawn, settings: Settings, language: str) -> dict[str, Any]:
    asked = drawn.asked
    return {
        "title": say("report.paper_title", language),
        "issuer": settings.office or settings.office_unit,
        "as_of": day_words(asked.as_of, language),
        "known": instant_words(asked.known_at or drawn.now, language),
        "unit": asked.reach,
        "today": day_words(local_day(drawn.now), language),
        "smallest": str(SMALLEST_RANKED),
    }


class _Book:
    """The figures as they were computed, each written where it is asked for."""

    def __init__(self, drawn: Drawn, writer: Writer) -> None:
        self._drawn = drawn
        self._writer = writer
        self._lines = drawn.lines

    def filled(self, tree: Any) -> Any:
        """The tree with its figures in words, and words beside its codes."""
        if isinstance(tree, Wanted):
            return self._figure(self._lines[tree])
        if isinstance(tree, list):
            return [self.filled(branch) for branch in tree]
        if not isinstance(tree, Mapping):
            return tree
        found = {name: self.filled(branch) for name, branch in tree.items()}
        language = self._writer.language
        if "why" in found:
            found["words"] = say(f"choice.Obstacle.{found['why']}", language)
        elif "kind" in found:
            found["words"] = say(f"choice.DeadlineKind.{found['kind']}", language)
        elif "town" in found:
            found["words"] = plain(found["town"]) or "—"
            found["ranked"] = _ranked(self._lines[tree["repair"]])
        return found

    def _figure(self, line: Line) -> dict[str, Any]:
        above, below = counts_of(line.figure)
        link = Link(above, line.of)
        found: dict[str, Any] = {
            "n": self._writer.number(line.numerator, link),
            "n_is_one": line.numerator == 1,
            "mark": self._mark(line),
            "counts": bool(line.numerator),
        }
        if below is None or line.denominator is None:
            return found
        return found | {
            "of": self._writer.number(line.denominator, Link(below, line.of)),
            "of_is_one": line.denominator == 1,
            "percent": self._writer.percent(_rate(line).percent, link if line.numerator else None),
            "whole": line.numerator == line.denominator,
            "empty": not line.denominator,
        }

    def _mark(self, line: Line) -> str:
        return self._raised(str(line.number))

    def _raised(self, words: str) -> str:
        """Lines of the receipt by their numbers; a preview has no receipt."""
        return "" if self._drawn.receipt is None else self._writer.mark(f"[{words}]")

    def in_both(self) -> dict[str, Any]:
        """The enterprises on both lists: what the two lists have more than both together."""
        every, one, other = (self._lines[Wanted("enterprises", of)] for of in PARTS.values())
        return {
            "n": self._writer.number(one.numerator + other.numerator - every.numerator),
            "mark": self._raised(f"{one.number}+{other.number}−{every.number}"),
        }

    def reason(self, reason: ExclusionReason) -> dict[str, Any]:
        """How many cases were excluded for a reason: a part of those whom one line counts."""
        found: dict[str, Any] = {
            "words": say(f"choice.ExclusionReason.{reason}", self._writer.language)
        }
        for name, of in PARTS.items():
            n = self._drawn.reasons[name][reason]
            line = self._lines[Wanted("excluded", of)]
            found[name] = self._part(n, Link("excluded", of), line)
        return found

    def enterprises(self, name: str) -> list[dict[str, Any]]:
        """The enterprises of a list by their 宗, the many small ones as one line."""
        shares = self._drawn.enterprises[name]
        line = self._lines[Wanted(RATES["repair"], PARTS[name])]
        most = MOST_ENTERPRISES if len(shares) > MOST_ENTERPRISES + 1 else len(shares)
        names = self._drawn.names
        rows = [
            (plain(names.get(one.enterprise, one.enterprise)), one.records, one.repaired)
            for one in shares[:most]
        ]
        rest = shares[most:]
        if rest:
            words = say("report.others", self._writer.language, n=len(rest))
            records = sum(share.records for share in rest)
            rows.append((words, records, sum(share.repaired for share in rest)))
        return [
            {
                "words": words,
                "records": self._part(records, Link("records", line.of), line),
                "repaired": self._part(repaired, Link("repaired", line.of), line),
            }
            for words, records, repaired in rows
        ]

    def _part(self, n: int, link: Link, line: Line) -> dict[str, Any]:
        return {"n": self._writer.number(n, link), "mark": self._mark(line), "counts": bool(n)}


def _rate(line: Line) -> Rate:
    return Rate(line.numerator, line.denominator or 0)


def _held_by(lines: Lines, why: str, part: str) -> int:
    return lines[Wanted(f"{HELD}{why}", PARTS[part])].numerator


def _ranked(line: Line) -> bool:
    """Whether a town has so many 宗 that its rate may be compared."""
    return (line.denominator or 0) >= SMALLEST_RANKED


def _place(lines: Lines, town: str) -> tuple[bool, float, str]:
    """The large towns by their rate, the highest first; then the small ones, not compared."""
    line = lines[Wanted(RATES["repair"], Of(town=town or UNKNOWN))]
    return not _ranked(line), -line.numerator / (line.denominator or 1), town


def _unsaid(lines: Lines, language: str) -> Iterator[str]:
    """Which rates of which list cannot be said, for want of anything to divide by."""
    for of in PARTS.values():
        its = [wanted for wanted in lines if wanted.of == of and wanted.figure in FORMULAS]
        empty = [wanted.figure for wanted in its if not lines[wanted].denominator]
        if empty:
            which = [title_words(figure, language) for figure in empty]
            yield say("report.empty", language, part=_part_words(of, language), which=which)


def _part_words(of: Of, language: str) -> str:
    words = [
        say(f"choice.Category.{value}", language) if name == "category" else plain(value)
        for name, value in of._asdict().items()
        if value
    ]
    return say("report.between", language).join(words) or say("figures.all", language)


def _receipt(receipt: FigureReceipt | None, language: str) -> dict[str, Any] | None:
    """The receipt as the last pages of the paper list it."""
    if receipt is None:
        return None
    rules = dict.fromkeys((line.figure, line.version) for line in receipt.lines)
    return {
        "number": receipt.number,
        "position": str(receipt.position),
        "published_at": instant_words(receipt.published_at, language),
        "by": receipt.by,
        "verify": f"casesys figure verify {receipt.number}",
        "rules": [
            {"name": f"{name} v{version}", "sentence": _sentence(name, language)}
            for name, version in rules
        ],
        "lines": [_line(line, language) for line in receipt.lines],
    }


def _sentence(figure: str, language: str) -> str:
    if figure in FORMULAS:
        return say(FORMULAS[figure].code, language)
    return count_words(figure, language)


def _line(line: Line, language: str) -> dict[str, str]:
    above, below = counts_of(line.figure)
    n, of = line.numerator, line.denominator
    return {
        "mark": str(line.number),
        "figure": f"{line.figure} v{line.version}",
        "part": _part_words(line.of, language),
        "value": f"{n} / {of}" if of is not None else str(n),
        "unit": say(f"report.in.{COUNTS[below or above].unit.name.lower()}", language),
        "digest": line.digest[:SHORT_DIGEST],
    }
