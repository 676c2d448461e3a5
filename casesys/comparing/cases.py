"""Because of which entries: the cases that stand otherwise, from which day on, and what that moves.

宗 and 件 are moved by a case, 家 by all cases of an enterprise together: what cases and
enterprises moved, the rest that is not listed included, adds up to what the figures moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casesys.comparing.figures import ASKED
from casesys.comparing.sides import Case, Side, Span
from casesys.figures.values import adds_of, counts_among
from casesys.log import Log
from domain.counts import COUNTS, CountingUnit
from domain.entries import VOIDING, Entry
from domain.formulas_deltas import ALL
from domain.instants import local_day
from projections.driver import chunks, rows, rows_in
from projections.rates_lines import MATTERS
from projections.rates_spans import kinds_said, number_of, word_of

LISTED = 300
"""How many cases, and how many enterprises, are listed; the others are added up."""
NOTHING_MOVED = 20
"""How many are listed of those whose rows part although no figure moves on these days."""
AT_ONCE = 400
OF_ENTERPRISES = [name for name in ASKED if COUNTS[name].unit == CountingUnit.ENTERPRISE]
SPAN = "case_no, since, until, facts, place, kind"
By = dict[str, int]


class Part(NamedTuple):
    """One side's cases of some enterprises."""

    side: Side
    cases: Mapping[int, Case]
    spans: Mapping[int, Sequence[Span]]
    facts: Mapping[int, Any]
    kinds: Mapping[int, Any]


class Told:
    """What is listed so far, and what the rest adds up to."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []
        self.enterprises: list[dict[str, Any]] = []
        self.n = {"cases": 0, "enterprises": 0, "unmoved": 0}
        self.rest: dict[str, dict[str, Counter[str]]] = {}

    def case(self, one: dict[str, Any], days: Sequence[str]) -> None:
        self.n["cases"] += 1
        if not one["moved"]:
            self.n["unmoved"] += 1
            listed = self.n["unmoved"] <= NOTHING_MOVED
        else:
            listed = self.n["cases"] - self.n["unmoved"] <= LISTED
        if listed:
            self.cases.append(one)
        else:
            self._add(one["moved"], days, {one["category"], ALL})

    def enterprise(self, one: dict[str, Any], days: Sequence[str]) -> None:
        self.n["enterprises"] += 1
        if self.n["enterprises"] <= LISTED:
            self.enterprises.append(one)
        else:
            for group, moved in one["moved"].items():
                self._add(moved, days, {group})

    def _add(self, moved: Sequence[Any], days: Sequence[str], groups: Iterable[str]) -> None:
        for day in days:
            for group in groups:
                its = self.rest.setdefault(day, {}).setdefault(group, Counter())
                its.update(moved_on(moved, day))


def moved_on(moved: Sequence[Mapping[str, Any]], day: str) -> By:
    """What one moved by the end of a day: what was said last until then."""
    found: By = {}
    for one in moved:
        if one["day"] <= day:
            found = one["counts"]
    return found


def by_case(
    c: Connection, log: Log, old: Side, new: Side, days: Sequence[str], head: int
) -> dict[str, Any]:
    """Each case whose rows part, the day on which they do, and the entries of that day."""
    told = Told()
    if old.tells_cases and new.tells_cases:
        numbers = sorted(_parting(c, old, new))
        for codes in chunks(sorted(_enterprises(c, old, new, numbers)), AT_ONCE):
            _compare(c, old, new, codes, days, told)
    _tell_entries(c, log, told.cases, head)
    rest = {
        day: {group: {k: v for k, v in its.items() if v} for group, its in groups.items()}
        for day, groups in told.rest.items()
    }
    return {
        "total": told.n["cases"],
        "unmoved": told.n["unmoved"],
        "enterprises_total": told.n["enterprises"],
        "listed": told.cases,
        "enterprises": told.enterprises,
        "rest": rest,
    }


def _parting(c: Connection, old: Side, new: Side) -> set[int]:
    """The cases of which any span or step is another."""
    found: set[int] = set()
    if old.tells_days and new.tells_days:
        for one, other in ((old, new), (new, old)):
            question = (
                f"SELECT DISTINCT case_no FROM (SELECT {SPAN} FROM {one.spans} "
                f"EXCEPT SELECT {SPAN} FROM {other.spans}) AS lacking"
            )
            found.update(number for (number,) in rows(c, question))
    if old.places and old.places == new.places:
        for one, other in ((old, new), (new, old)):
            question = (
                f"SELECT case_no FROM (SELECT case_no, steps FROM {one.cases} "
                f"EXCEPT SELECT case_no, steps FROM {other.cases}) AS lacking"
            )
            found.update(number for (number,) in rows(c, question))
    return found


def _enterprises(c: Connection, old: Side, new: Side, numbers: Sequence[int]) -> set[str]:
    found: set[str] = set()
    for side in (old, new):
        question = f"SELECT enterprise FROM {side.cases} WHERE case_no IN ({{keys}})"
        found.update(code for (code,) in rows_in(c, question, numbers))
    return found


def _compare(
    c: Connection, old: Side, new: Side, codes: Sequence[str], days: Sequence[str], told: Told
) -> None:
    """Tell of these enterprises what each case moves, and what only all of them move together."""
    parts = _part(c, old, codes), _part(c, new, codes)
    was, now = parts
    numbers: dict[str, list[int]] = {}
    for number, case in sorted({**was.cases, **now.cases}.items()):
        numbers.setdefault(case.enterprise, []).append(number)
    for code, its in numbers.items():
        parted = [number for number in its if _parts(number, was, now) is not None]
        if not parted:
            continue
        for number in parted:
            told.case(_case(number, was, now, days), days)
        moved = _together(code, its, was, now, days)
        if moved:
            told.enterprise({"enterprise": code, "cases": parted, "moved": moved}, days)


def _part(c: Connection, side: Side, codes: Sequence[str]) -> Part:
    cases = side.cases_of(codes)
    if not side.tells_days:
        return Part(side, cases, {}, {}, {})
    spans = side.spans_of(cases)
    facts = side.facts({span.facts for its in spans.values() for span in its})
    kinds = kinds_said(c, {span.kind for its in spans.values() for span in its}, side.words)
    return Part(side, cases, spans, facts, kinds)


def _parts(number: int, was: Part, now: Part) -> str | None:
    """The first day on which a case is another on the two sides, in any figure or act."""
    had, has = was.spans.get(number, ()), now.spans.get(number, ())
    turns = sorted({day for its in (had, has) for span in its for day in span[:2]})
    days = [_day(day) for day in turns if _words(had, day) != _words(has, day)][:1]
    steps = [
        list(part.side.walked(part.cases[number].steps)) if number in part.cases else []
        for part in (was, now)
    ]
    for one, other in zip_longest(*steps):
        if one != other:
            days.append(min(step[0] for step in (one, other) if step is not None))
            break
    return min(days, default=None)


def _words(spans: Sequence[Span], day: int) -> tuple[int, int, int] | None:
    return next((span[2:] for span in spans if span.since <= day < span.until), None)


def _day(number: int) -> str:
    text = str(number)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _case(number: int, was: Part, now: Part, days: Sequence[str]) -> dict[str, Any]:
    one = now.cases.get(number) or was.cases[number]
    moved: list[dict[str, Any]] = []
    before: tuple[By, By] = ({}, {})
    for day in days:
        counts = _less(*(_adds(part, number, day) for part in (was, now)))
        measures = _less(*(_measures(part, number, day) for part in (was, now)))
        if (counts, measures) != before:
            moved.append({"day": day, "counts": counts, "measures": measures})
            before = counts, measures
    return {
        "case_no": number,
        "stream": one.stream,
        "enterprise": one.enterprise,
        "category": one.category,
        "parted_on": _parts(number, was, now),
        "moved": moved,
    }


def _less(was: Mapping[str, int], now: Mapping[str, int]) -> By:
    names = sorted(was.keys() | now.keys())
    return {name: by for name in names if (by := now.get(name, 0) - was.get(name, 0))}


def _adds(part: Part, number: int, day: str) -> By:
    """What a case adds that day to the counts of 宗 and 件."""
    words = _words(part.spans.get(number, ()), number_of(day))
    return {} if words is None else dict(adds_of(part.facts[words[0]], ASKED))


def _measures(part: Part, number: int, day: str) -> By:
    """What a case adds that day to the sums of the ledger."""
    found: By = {}
    if number in part.cases:
        for turn, (values, _) in part.side.walked(part.cases[number].steps):
            if turn <= day:
                found.update(values)
    return found


def _together(
    code: str, numbers: Sequence[int], was: Part, now: Part, days: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """What an enterprise moves in the counts of 家, on each list and on both together."""
    moved: dict[str, list[dict[str, Any]]] = {}
    before: dict[str, By] = {}
    for day in days:
        sides = [_of_enterprise(part, code, numbers, day) for part in (was, now)]
        for group in sorted(sides[0].keys() | sides[1].keys() | before.keys()):
            counts = _less(sides[0].get(group, {}), sides[1].get(group, {}))
            if counts != before.get(group, {}):
                moved.setdefault(group, []).append({"day": day, "counts": counts})
                before[group] = counts
    return moved


def _of_enterprise(part: Part, code: str, numbers: Sequence[int], day: str) -> dict[str, By]:
    lists: dict[str, list[tuple[int, int, int, int, int]]] = {}
    for number in numbers:
        words = _words(part.spans.get(number, ()), number_of(day))
        if words is not None:
            row = (number, *words, word_of(code)[0])
            for group in (part.kinds[words[2]].category, ALL):
                lists.setdefault(group, []).append(row)
    return {
        group: {name: n for name, n in counts.items() if n}
        for group, its in lists.items()
        for counts in counts_among(its, part.facts, OF_ENTERPRISES).values()
    }


def _tell_entries(c: Connection, log: Log, cases: Sequence[dict[str, Any]], head: int) -> None:
    for some in chunks(cases, AT_ONCE):
        entries: dict[str, list[Entry]] = {}
        for entry in log.of_streams(c, [one["stream"] for one in some], head):
            entries.setdefault(entry.stream_id, []).append(entry)
        for one in some:
            its = entries[one["stream"]]
            one["number"] = its[0].data["number"]
            one["entries"], one["by_time"] = _behind(its, one["parted_on"])


def _behind(entries: Sequence[Entry], day: str) -> tuple[list[dict[str, Any]], bool]:
    """The entries of that day, with what takes them back; of time alone, the last before it."""
    moving = [entry for entry in entries if entry.topic in MATTERS]
    on = [e for e in moving if e.topic not in VOIDING and local_day(e.occurred_at) == day]
    taken = {entry.version for entry in on}
    found = on + [e for e in moving if e.topic in VOIDING and e.data["target"] in taken]
    by_time = not found
    if by_time:
        found = [e for e in moving if local_day(e.occurred_at) < day]
        found = sorted(found, key=lambda entry: entry.occurred_at)[-1:]
    return [
        {
            "position": entry.position,
            "version": entry.version,
            "topic": entry.topic,
            "day": local_day(entry.occurred_at),
        }
        for entry in found
    ], by_time
