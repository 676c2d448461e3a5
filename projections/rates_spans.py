"""How did each case stand on any day: one narrow row for as long as nothing about it changed.

What time alone changes, a deadline that passes or a period that ends, is already told by the
published calendars. What is said of a case is a word; few words are said of very many cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Text

from domain.formulas_deltas import CaseLine
from domain.workdays import Workdays
from projections.case_facts import Facts, Place
from projections.case_spans import spans_of
from projections.driver import add, delete, rows, rows_in, upsert, write
from projections.rates_sums import VERSION
from projections.tables import model_table

TABLES = MetaData()

RATES_SPAN = model_table(
    "rates_span",
    VERSION,
    TABLES,
    # The day on which it was no longer so: days that are asked about are mostly late ones.
    Column("until", Integer, primary_key=True, autoincrement=False),
    Column("case_no", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Integer, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("kind", BigInteger, nullable=False),
    Column("enterprise", BigInteger, nullable=False),
    Index("rates_span_case", "case_no"),
    sqlite_with_rowid=False,
)
"""A case by the position in the log at which it was opened, a day as 20210331."""

RATES_WORD = model_table(
    "rates_word",
    VERSION,
    TABLES,
    Column("word", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    # How many spans say it; nobody's words are taken out.
    Column("said", BigInteger, nullable=False),
    sums=1,
)

_encode = msgspec.json.encode
_decode_facts = msgspec.json.Decoder(
    tuple[
        str, int, int, int, int, int, int, int, int, int, str,
        tuple[str, ...], tuple[str, ...], tuple[str, ...],
    ]
).decode  # fmt: skip
_decode_names = msgspec.json.Decoder(tuple[str, str, str]).decode
_UNSAY = f"UPDATE {RATES_WORD} SET said = said - ? WHERE word = ?"
_FORGET = f"DELETE FROM {RATES_WORD} WHERE word = ? AND said = 0"
_SPAN = ", ".join(column.name for column in RATES_SPAN.columns)
_KEPT: dict[int, Facts] = {}
"""What words mean, which is the same in every office; a process meets few of them."""
MOST_KEPT = 1 << 17


class Kind(NamedTuple):
    """What is said of a case for good, but for an enterprise that is registered later."""

    category: str
    campaign: str
    industry: str


Row = tuple[int, int, int, int, int]
"""One case on a day: its number, the words for its facts, place and kind, and its enterprise."""

Months = tuple[int, int, int, int]
COLUMNS = ("case_no", "facts", "place", "kind", "enterprise")
WHOLE_ROW = frozenset(range(len(COLUMNS)))
"""What of a row may be asked for."""


class Written(NamedTuple):
    """A case of an enterprise, to be written; its spans are others only ``since`` a day."""

    case_no: int
    enterprise: str
    line: CaseLine
    since: str = ""


@lru_cache(maxsize=1 << 14)
def number_of(day: str) -> int:
    return int(day.replace("-", ""))


def day_of(number: int) -> str:
    return f"{number // 10000:04}-{number // 100 % 100:02}-{number % 100:02}"


@lru_cache(maxsize=1 << 17)
def word_of(names: tuple[Any, ...] | str) -> tuple[int, str]:
    """The number by which something is said, and its text.

    Of a hundred thousand different texts two have the same number once in a billion offices.
    """
    text = _encode(names)
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True), text.decode()


def replace(
    c: Connection, changed: Sequence[Written], known: Iterable[int], workdays: Workdays
) -> set[int]:
    """Write the spans of these cases; those of which a calendar may move what was told anew.

    ``known`` are cases that may have spans already; what is not among the changed is taken away.
    """
    since = {one.case_no: number_of(one.since) for one in changed if one.since}
    before = _standing_since(c, known, since)
    # What is told anew begins with a span: the one in which the case stood on the day before.
    for _, case_no, begun, *_ in before:
        if case_no in since:
            since[case_no] = min(begun, since[case_no])
    told = told_spans(changed, workdays, since)
    after = set(told.rows)
    gone, come = before - after, after - before
    _count(c, gone, come, told.texts)
    delete(c, RATES_SPAN, [row[:2] for row in gone])
    upsert(c, RATES_SPAN, sorted(come))
    return told.provisional


class ToldSpans(NamedTuple):
    """The spans of some cases, what their words say, and which of them a calendar may move."""

    rows: list[tuple[int, ...]]
    texts: dict[int, str]
    provisional: set[int]

    def words(self) -> list[tuple[Any, ...]]:
        """The words as they are kept where nobody said them before."""
        said = Counter(word for row in self.rows for word in row[3:6])
        return [(word, self.texts[word], many) for word, many in said.items()]


NO_FIRSTS: Mapping[int, int] = {}


def told_spans(
    cases: Iterable[Written], workdays: Workdays, firsts: Mapping[int, int] = NO_FIRSTS
) -> ToldSpans:
    """All spans of these cases; of some only those from a first day on, by their numbers."""
    found: list[tuple[int, ...]] = []
    texts: dict[int, str] = {}
    provisional: set[int] = set()
    for case_no, enterprise, line, _ in cases:
        first = day_of(firsts[case_no]) if case_no in firsts else ""
        spans = spans_of(line, workdays, first)
        if spans.provisional:
            provisional.add(case_no)
        code, _ = word_of(enterprise)
        kind, texts[kind] = word_of(Kind(line.category, line.campaign, line.industry))
        for since, until, place, facts in spans.spans:
            what, texts[what] = word_of(facts)
            where, texts[where] = word_of(place)
            found.append((number_of(until), case_no, number_of(since), what, where, kind, code))
    return ToldSpans(found, texts, provisional)


def _standing_since(
    c: Connection, cases: Iterable[int], since: Mapping[int, int]
) -> set[tuple[int, ...]]:
    """The spans of these cases; of some only those that were not over before a day."""
    cases = set(cases)
    earliest = min(since.values(), default=0) if cases <= since.keys() else 0
    question = f"SELECT {_SPAN} FROM {RATES_SPAN} WHERE until >= ? AND case_no IN ({{keys}})"
    return {
        row for row in rows_in(c, question, cases, [earliest]) if row[0] >= since.get(row[1], 0)
    }


def _count(
    c: Connection,
    gone: Iterable[tuple[int, ...]],
    come: Iterable[tuple[int, ...]],
    texts: Mapping[int, str],
) -> None:
    more = Counter(word for row in come for word in row[3:6])
    less = Counter(word for row in gone for word in row[3:6])
    said = {word: more[word] - less[word] for word in {*more, *less} if more[word] != less[word]}
    add(c, RATES_WORD, [(word, texts[word], n) for word, n in sorted(said.items()) if n > 0])
    fewer = [(word, -n) for word, n in said.items() if n < 0]
    write(c, _UNSAY, [(n, word) for word, n in fewer])
    write(c, _FORGET, [(word,) for word, _ in fewer])


def rows_on(
    c: Connection,
    day: str,
    cases: Iterable[int] | None = None,
    asked: Collection[int] = WHOLE_ROW,
    spans: object = RATES_SPAN,
) -> Iterable[Row]:
    """All cases that were listed at the end of a day, or those of these.

    What is not ``asked`` of a row is zero: many rows are read faster by what they say less.
    ``spans`` may be the table of another release, if it has the same columns.
    """
    on = number_of(day)
    told = ", ".join(name if nth in asked else "0" for nth, name in enumerate(COLUMNS))
    question = f"SELECT {told} FROM {spans} WHERE until > ? AND since <= ?"
    if cases is None:
        return cast(list[Row], rows(c, question, [on, on]))
    these = f"{question} AND case_no IN ({{keys}})"
    return cast(Iterator[Row], rows_in(c, these, cases, [on, on]))


def spans_of_months(
    c: Connection, until: str, cases: Iterable[int] | None = None
) -> Iterable[Months]:
    """The spans that begin until a day and hold at the end of a month; of all cases or of these.

    Of each the month in which it begins and that in which it is no longer so, as 202103, and the
    words for its facts and kind.
    """
    question = (
        f"SELECT since / 100, until / 100, facts, kind FROM {RATES_SPAN} "
        "WHERE since <= ? AND since / 100 < until / 100"
    )
    if cases is None:
        return cast(list[Months], rows(c, question, [number_of(until)]))
    these = f"{question} AND case_no IN ({{keys}})"
    return cast(Iterator[Months], rows_in(c, these, cases, [number_of(until)]))


def facts_said(
    c: Connection, words: Collection[int], said_in: object = RATES_WORD
) -> dict[int, Facts]:
    if len(_KEPT) > MOST_KEPT:
        _KEPT.clear()
    found = {word: _KEPT[word] for word in words if word in _KEPT}
    told = _texts(c, [word for word in words if word not in found], said_in)
    new = {word: _facts(text) for word, text in told}
    _KEPT.update(new)
    return found | new


def places_said(
    c: Connection, words: Iterable[int], said_in: object = RATES_WORD
) -> dict[int, Place]:
    return {word: Place(*_decode_names(text)) for word, text in _texts(c, words, said_in)}


def kinds_said(
    c: Connection, words: Iterable[int], said_in: object = RATES_WORD
) -> dict[int, Kind]:
    return {word: Kind(*_decode_names(text)) for word, text in _texts(c, words, said_in)}


def _texts(c: Connection, words: Iterable[int], said_in: object) -> Iterator[tuple[Any, ...]]:
    return rows_in(c, f"SELECT word, text FROM {said_in} WHERE word IN ({{keys}})", words)


def _facts(text: str) -> Facts:
    return Facts(*_decode_facts(text))
