"""What may be asked of a list of cases, and how a database is asked it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from domain.rulesets import ruleset_on
from domain.vocabulary import Stage
from projections.driver import rows
from projections.enterprises import low
from projections.ledger import LEDGER, STAGE_NO
from projections.openings import OPENING

Condition = tuple[str, tuple[Any, ...]]
OPEN = tuple(
    str(stage)
    for stage in Stage
    if stage not in (Stage.UNLISTED, Stage.EXITED, Stage.EXCLUDED, Stage.CLOSED)
)
LISTED = tuple(str(stage) for stage in Stage if stage != Stage.UNLISTED)
REPAIR = ("none", "some", "full", "open")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a list; a condition left empty asks nothing.

    ``words`` must all be found; ``whole`` is the text without blanks, ``keys`` the normal forms
    that it has as a number of a record. ``asks`` wants a next step of the office, ``unclaimed``
    that nobody has the case in hand, ``opens_on`` a record not repaired whose repair may be asked
    for from that day on; ``reach`` is the unit whose cases the reader sees.
    """

    words: tuple[str, ...] = ()
    whole: str = ""
    keys: tuple[str, ...] = ()
    campaign: str = ""
    category: str = ""
    stages: tuple[str, ...] = ()
    branch: str = ""
    unit: str = ""
    town: str = ""
    officers: tuple[str, ...] = ()
    impediment: str = ""
    contact: str = ""
    repair: str = ""
    due_from: str = ""
    due_to: str = ""
    listed_from: str = ""
    listed_to: str = ""
    asks: bool = False
    unclaimed: bool = False
    opens_on: str = ""
    reach: str = ""

    def and_also(self, other: Wanted) -> Wanted:
        """Both at once; where both name stages, those in common."""
        given = {
            name: value
            for name in Wanted.__dataclass_fields__
            if (value := getattr(other, name)) not in ("", (), False)
        }
        if self.stages and other.stages:
            common = tuple(stage for stage in self.stages if stage in other.stages)
            given["stages"] = common or ("",)
        given["due_from"] = max(self.due_from, other.due_from)
        given["due_to"] = min(filter(None, (self.due_to, other.due_to)), default="")
        return replace(self, **given)


def where(found: Iterable[Condition]) -> tuple[str, list[Any]]:
    """A condition of all of these, none of it where none is asked, and its values."""
    asked = [(text, values) for text, values in found if text]
    text = " WHERE " + " AND ".join(text for text, _ in asked) if asked else ""
    return text, [value for _, values in asked for value in values]


def places(values: Iterable[Any]) -> str:
    return ", ".join("?" for _ in values)


def conditions(c: Connection, wanted: Wanted, *, counted: bool = False) -> Iterator[Condition]:
    """What a case must be to answer; a blank list lets every case in.

    Of conditions that most cases meet SQLite is told to look for nothing by them: it would find
    half of the ledger, row by row, where an index in the order of the list has all it asks.
    """
    for column, value in (
        ("campaign", wanted.campaign),
        ("category", wanted.category),
        ("branch", wanted.branch),
        ("unit", wanted.unit),
        ("unit", wanted.reach),
        ("town", wanted.town),
        ("contact_class", wanted.contact),
    ):
        if value:
            yield f"{column} = ?", (value,)
    if wanted.stages and counted and replace(wanted, stages=(), asks=False) == Wanted():
        # Nothing else is asked, so an index of the stages alone counts them.
        numbers = tuple(STAGE_NO.get(stage, -1) for stage in wanted.stages)
        yield f"stage_no IN ({places(numbers)})", numbers
    elif wanted.stages:
        yield f"stage IN ({places(wanted.stages)})", wanted.stages
    if wanted.officers:
        yield f"officer IN ({places(wanted.officers)})", wanted.officers
    if wanted.impediment:
        yield _holds(c, "' ' || impediments || ' '"), (f" {wanted.impediment} ",)
    if wanted.asks:
        yield "step IS NOT NULL", ()
    if wanted.unclaimed:
        yield f"{'officer' if counted else unsought(c, 'officer')} IS NULL", ()
    if wanted.opens_on:
        there = f"SELECT stream_id FROM {OPENING} WHERE opens_on = ? AND rule_set = ?"
        yield f"stream_id IN ({there})", (wanted.opens_on, ruleset_on(wanted.opens_on).id)
    if wanted.repair:
        yield REPAIRED[wanted.repair], ()
    for comparison, day in (
        ("due_on >= ?", wanted.due_from),
        ("due_on <= ?", wanted.due_to),
        (f"{unsought(c, 'listed_on')} >= ?", wanted.listed_from),
        (f"{unsought(c, 'listed_on')} <= ?", wanted.listed_to),
    ):
        if day:
            yield comparison, (day,)
    if wanted.words:
        yield _text(c, wanted)


REPAIRED = {
    "none": "+records > 0 AND +repaired = 0",
    "some": "+repaired > 0",
    "full": "+records > 0 AND +repaired = records",
    "open": "+repaired < records",
}


def _text(c: Connection, wanted: Wanted) -> Condition:
    """Every word in a name, in its pinyin, in a code or a number; or all of it in a 文号."""
    ways = [wanted.words]
    if wanted.whole not in wanted.words:
        ways.append((wanted.whole,))
    found, values = [], list[Any]()
    for words in ways:
        each = [_anywhere(c, low(word)) for word in words]
        found.append(" AND ".join(text for text, _ in each))
        values += [value for _, its in each for value in its]
    found += [_holds(c, "search_records")] * len(wanted.keys)
    return f"({' OR '.join(found)})", (*values, *wanted.keys)


def _anywhere(c: Connection, word: str) -> Condition:
    """That a word is in what the enterprise is called, or in a number of the case."""
    columns = ["search_names"]
    if not any(HAN.start <= ord(letter) < HAN.stop for letter in word):
        columns.append("search_pinyin")
    if any(letter.isascii() for letter in word) or _numbered_in_words(c):
        columns.append("search_numbers")
    found = " OR ".join(_holds(c, column) for column in columns)
    return f"({found})", (word,) * len(columns)


HAN = range(0x4E00, 0xA000)
"""The characters that pinyin spells, so it holds none of them."""


def _numbered_in_words(c: Connection) -> bool:
    """Whether a number may hold more than letters and figures: it begins with its campaign."""
    return any(not name.isascii() for name in each_value(c, "campaign"))


def each_value(c: Connection, name: str) -> list[str]:
    """Every value of an indexed column of the ledger, in order.

    From one value to the next along the index: all cases need not be read for a few words.
    """
    question = (
        f"WITH RECURSIVE each_one(value) AS (SELECT MIN({name}) FROM {LEDGER} UNION ALL "
        f"SELECT (SELECT MIN({name}) FROM {LEDGER} WHERE {name} > value) FROM each_one "
        "WHERE value IS NOT NULL) SELECT value FROM each_one WHERE value IS NOT NULL"
    )
    return [value for (value,) in rows(c, question)]


def unsought(c: Connection, column: str) -> str:
    """A column that SQLite does not look for along an index: a sum is no column."""
    return f"+{column}" if c.dialect.name == "sqlite" else column


def _holds(c: Connection, text: str) -> str:
    """That a text holds another as it stands: no sign of it is a pattern."""
    return f"{'instr' if c.dialect.name == 'sqlite' else 'strpos'}({text}, ?) > 0"
