"""What every day changed in the office's figures, from the cases of one enterprise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from operator import itemgetter, sub
from typing import Any, NamedTuple, Protocol

from domain.debt import debt_of
from domain.formulas_timeline import Standing, Step
from domain.obstacles import RecordLine

ALL = "all"
"""Both lists together: an enterprise that stands on both counts once."""
AXES = ("town", "campaign", "unit", "category", "industry", "debt", "officer")
"""What figures are grouped by; a month is no group of cases but of what happened."""


class Presence(NamedTuple):
    """What one enterprise adds at the end of a day, in one category or in all."""

    enterprises: int
    fully_repaired: int
    any_repaired: int
    interviewed: int
    photographed: int
    committed: int
    all_three: int


MEASURES = (*Standing._fields, *Presence._fields)
ABSENT = Presence(*[0] * len(Presence._fields))


_PRESENT = itemgetter(
    *(
        Standing._fields.index(measure)
        for measure in (
            "cases",
            "records",
            "repaired_records",
            "interviews",
            "photos",
            "commitments",
        )
    )
)
"""What ``presence`` reads of a standing."""
_COUNTED = itemgetter(
    *(Standing._fields.index(name) for name in ("records", "repaired_records", "amount_fen"))
)


def _present(step: Step) -> Any:
    return _PRESENT(step.standing)


def _grouped(step: Step) -> Any:
    """What a step adds to the groups that it stands in, and which they are."""
    return step[1:4], _COUNTED(step.standing)


class CaseLine(NamedTuple):
    """One case of an enterprise as the figures see it.

    ``extensions`` are deadlines put off: on which day, which one, until when.
    """

    category: str
    campaign: str
    industry: str
    steps: Sequence[Step]
    extensions: Sequence[tuple[str, str, str]] = ()
    records: Sequence[RecordLine] = ()

    def until(self, day: str) -> CaseLine:
        return self._replace(steps=[step for step in self.steps if step.day <= day])

    def since(self, day: str) -> CaseLine:
        """The steps from a day on, after the one in which the case stood before it."""
        past = sum(step.day < day for step in self.steps)
        return self._replace(steps=self.steps[max(0, past - 1) :])


def parting(before: Mapping[str, CaseLine], after: Mapping[str, CaseLine]) -> str:
    """The first day on which one of the cases takes another step after than before.

    All that an enterprise changed on earlier days is the same.
    """
    days = [
        first_other(before.get(key, NO_LINE), after.get(key, NO_LINE))
        for key in before.keys() | after.keys()
    ]
    return min((day for day in days if day is not None), default="9")


def first_other(one: CaseLine, other: CaseLine) -> str | None:
    """The first day on which one of two lines of a case has another step; None: they are alike."""
    if one.steps and other.steps and one[:3] != other[:3]:
        return ""
    for was, now in zip_longest(one.steps, other.steps):
        if was != now:
            return min(step.day for step in (was, now) if step is not None)
    return None


NO_LINE = CaseLine("", "", "", ())


class Counts(Protocol):
    """What of a case makes its enterprise count."""

    @property
    def cases(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def repaired_records(self) -> int: ...
    @property
    def interviews(self) -> int: ...
    @property
    def photos(self) -> int: ...
    @property
    def commitments(self) -> int: ...


def presence(standings: Iterable[Counts]) -> Presence:
    """One enterprise, by the standings of those of its cases that are asked about."""
    records = repaired = cases = interviews = photos = commitments = all_three = 0
    for s in standings:
        if not s.cases:
            continue
        cases += 1
        records += s.records
        repaired += s.repaired_records
        interviews += s.interviews
        photos += s.photos
        commitments += s.commitments
        if s.interviews and s.photos and s.commitments:
            all_three = 1
    if not cases:
        return ABSENT
    return Presence(
        1,
        int(records > 0 and records == repaired),
        int(repaired > 0),
        int(interviews > 0),
        int(photos > 0),
        int(commitments > 0),
        all_three,
    )


class Delta(NamedTuple):
    """What one day changed in one category; differences in the order of the measures."""

    day: str
    category: str
    differences: tuple[int, ...]


class GroupDelta(NamedTuple):
    """What one day changed in one group of an axis: records, repaired, enterprises."""

    day: str
    axis: str
    key: str
    differences: tuple[int, int, int]


def enterprise_deltas(lines: Collection[CaseLine], since: str = "") -> Iterator[Delta]:
    """The daily differences of one enterprise in each category and in all, counting it once.

    Those of days before ``since`` may be left out.
    """
    lines = [_where_new(line, _present) for line in lines]
    if not _moves(lines, since):
        return
    categories = {line.category for line in lines}
    if len(categories) == 1:
        # On one list only: what it adds there, it adds to both together.
        (category,) = categories
        for delta in _presences(lines, category):
            yield delta
            yield Delta(delta.day, ALL, delta.differences)
        return
    for category in categories:
        yield from _presences([line for line in lines if line.category == category], category)
    if lines:
        yield from _presences(lines, ALL)


def _moves(lines: Iterable[CaseLine], since: str) -> bool:
    """Whether one of these cases takes a step on that day or later."""
    return any(line.steps and line.steps[-1].day >= since for line in lines)


def _where_new(line: CaseLine, asked: Callable[[Step], Any]) -> CaseLine:
    """The line without the steps that change nothing of what is asked of them."""
    steps: list[Step] = []
    before = None
    for step in line.steps:
        now = asked(step)
        if now != before:
            steps.append(step)
            before = now
    return CaseLine(line.category, line.campaign, line.industry, steps)


def _presences(lines: Collection[CaseLine], category: str) -> Iterator[Delta]:
    before = ABSENT
    for day, steps in _walk(lines):
        after = presence([step.standing for _, step in steps])
        if after != before:
            yield Delta(day, category, tuple(map(sub, after, before)))
            before = after


def group_deltas(lines: Collection[CaseLine], since: str = "") -> Iterator[GroupDelta]:
    """The daily differences of one enterprise in every group that it stands in.

    Those of days before ``since`` may be left out.
    """
    lines = [_where_new(line, _grouped) for line in lines]
    if not _moves(lines, since):
        return
    if len(lines) == 1:
        yield from _deltas_of_one(*lines)
        return
    before: dict[tuple[str, str], tuple[int, int, int]] = {}
    for day, steps in _walk(lines):
        after = _groups(steps)
        if after == before:
            continue
        for group in before.keys() | after.keys():
            was, now = before.get(group, (0, 0, 0)), after.get(group, (0, 0, 0))
            if was != now:
                axis, key = group
                yield GroupDelta(
                    day, axis, key, (now[0] - was[0], now[1] - was[1], now[2] - was[2])
                )
        before = after


def _deltas_of_one(line: CaseLine) -> Iterator[GroupDelta]:
    """The same of a single case, which stands in one group of each axis at a time."""
    names: Sequence[str] = ()
    before = (0, 0, 0)
    for step in line.steps:
        records, repaired = step.standing.records, step.standing.repaired_records
        was, had = names, before
        names, before = _names(line, step), (records, repaired, 1) if records else (0, 0, 0)
        more = (before[0] - had[0], before[1] - had[1], before[2] - had[2])
        for place, axis in enumerate(AXES):
            if not was or was[place] == names[place]:
                if any(more):
                    yield GroupDelta(step.day, axis, names[place], more)
                continue
            if any(had):
                yield GroupDelta(step.day, axis, was[place], (-had[0], -had[1], -had[2]))
            if records:
                yield GroupDelta(step.day, axis, names[place], before)


def _names(line: CaseLine, step: Step) -> tuple[str, ...]:
    """The group of each axis in which a case stands after a step."""
    return (
        step.town,
        line.campaign,
        step.unit,
        line.category,
        line.industry,
        debt_of(step.standing.amount_fen).value,
        step.officer,
    )


def _groups(steps: Iterable[tuple[CaseLine, Step]]) -> dict[tuple[str, str], tuple[int, int, int]]:
    groups: dict[tuple[str, str], tuple[int, int, int]] = {}
    for line, step in steps:
        records, repaired = step.standing.records, step.standing.repaired_records
        if not records:
            continue
        for group in zip(AXES, _names(line, step), strict=True):
            had = groups.get(group, (0, 0, 1))
            groups[group] = (had[0] + records, had[1] + repaired, 1)
    return groups


def _walk(lines: Collection[CaseLine]) -> Iterator[tuple[str, list[tuple[CaseLine, Step]]]]:
    """Every day on which one of the cases took a step, with the step in which each then stands."""
    if len(lines) == 1:
        (line,) = lines
        for step in line.steps:
            yield step.day, [(line, step)]
        return
    cases = list(lines)
    standing: dict[int, tuple[CaseLine, Step]] = {}
    taken = sorted(
        (step.day, number, step) for number, line in enumerate(cases) for step in line.steps
    )
    for place, (day, number, step) in enumerate(taken):
        standing[number] = (cases[number], step)
        if place + 1 == len(taken) or taken[place + 1][0] != day:
            yield day, list(standing.values())
