"""Which entries brought one into a figure or took it out; without any of them it had stayed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from casesys.figures.cases_of_day import Question
from casesys.figures.members import Of, counted_of
from casesys.figures.two_states import Key, Moved, TwoStates, key_of
from casesys.log import EVERYTHING
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.entries import VOIDING, Entry
from domain.instants import end_of_day, local_day
from projections.case_lines import CaseOnDay, counted_records, on_day, pack, stood
from projections.driver import rows
from projections.rates_lines import MATTERS, known_line

CORRECTED = "case.entry_corrected"


class How(StrEnum):
    """In which way a cause came into the books."""

    LATE = "late"
    ON_ITS_DAY = "on_its_day"
    VOID = "void"
    CORRECTION = "correction"
    CALENDAR = "calendar"
    DAYS = "days"


class Cause(NamedTuple):
    """What acts as one: an entry, a correction with what stands instead, or that days went by."""

    how: How
    entries: tuple[Entry, ...]

    @property
    def position(self) -> int:
        return self.entries[0].position if self.entries else 0


class Causes:
    """Finds the causes of those who moved between two states, from the stories of their cases."""

    def __init__(self, system: System, c: Connection, two: TwoStates, of: Of) -> None:
        self._system = system
        self._c = c
        self._two = two
        self._of = of
        self._stories: dict[str, list[Entry]] = {}
        self._aside = list(self._beside_entries())

    def of_all(self, moved: Sequence[tuple[Moved, str]]) -> list[list[Cause]]:
        """The causes of each, of which a count has it or had it."""
        streams = [self._two.streams_of(one, COUNTS[count].unit) for one, count in moved]
        every: set[str] = set().union(*streams)
        self._stories = self._system.log.entries_before(self._c, every, EVERYTHING)
        return [
            self._of_one(one, count, its) for (one, count), its in zip(moved, streams, strict=True)
        ]

    def _of_one(self, moved: Moved, count: str, streams: Collection[str]) -> list[Cause]:
        """A smallest set of causes: take one of them away, and it is as it was before.

        What is taken away first is what the books learnt last; the cause that came first stays.
        """
        kept = [*self._aside, *sorted(self._of_streams(streams), key=lambda one: one.position)]
        smaller = True
        while smaller:
            smaller = False
            for cause in [*kept[: len(self._aside)], *reversed(kept[len(self._aside) :])]:
                rest = [one for one in kept if one is not cause]
                if cause in kept and self.holds(moved.key, count, streams, rest) == moved.entered:
                    kept, smaller = rest, True
        return kept

    def holds(
        self, key: Key, count: str, streams: Iterable[str], causes: Collection[Cause]
    ) -> bool:
        """Whether the count has this one, of what was known and these causes."""
        hows = {cause.how for cause in causes}
        before, after = self._two.before, self._two.after
        day = (after if How.DAYS in hows else before).asked.as_of
        workdays = (after if How.CALENDAR in hows else before).workdays
        chosen = {entry.position for cause in causes for entry in cause.entries}
        cases: list[CaseOnDay] = []
        records: dict[str, list[str]] = {}
        for stream in streams:
            story = self._stories.get(stream, [])
            seen = [e for e in story if e.position in chosen or self._stood_before(e)]
            if not seen:
                continue
            owner, industry = seen[0].data["enterprise"], self._industry(stream)
            row = pack(stream, owner, known_line(seen, None, industry))
            case = on_day(row.whose, stood(row, after.asked.as_of), day, workdays)
            if case is not None:
                cases.append(case)
                held = counted_records(row, after.asked.as_of)
                records[stream] = [record.record for record, _ in held]
        its = counted_of(self._of.among(cases), count)
        if COUNTS[count].unit == CountingUnit.ENTERPRISE:
            return bool(its)
        return key in {key_of(one, records) for one in its}

    def _stood_before(self, entry: Entry) -> bool:
        """What moves no figure names the case, and stands in both states."""
        return entry.topic not in MATTERS or seen_in(entry, self._two.before.asked)

    def _industry(self, stream: str) -> str:
        for state in (self._two.after, self._two.before):
            if stream in state.cases:
                return state.cases[stream].industry
        return ""

    def _of_streams(self, streams: Iterable[str]) -> list[Cause]:
        found: list[Cause] = []
        for stream in streams:
            new = [
                entry
                for entry in self._stories.get(stream, ())
                if not self._stood_before(entry) and seen_in(entry, self._two.after.asked)
            ]
            found += _in_units(new)
        return found

    def _beside_entries(self) -> Iterable[Cause]:
        """What moves a figure without any entry of its case."""
        before, after = self._two.before, self._two.after
        if before.asked.as_of != after.asked.as_of:
            yield Cause(How.DAYS, ())
        if before.workdays != after.workdays:
            yield Cause(How.CALENDAR, tuple(self._published()))

    def _published(self) -> list[Entry]:
        first, last = self._two.before.asked.position, self._two.after.asked.position
        question = "SELECT position FROM log WHERE topic = ? AND position > ? AND position <= ?"
        asked = ["calendar.published", first or 0, EVERYTHING if last is None else last]
        positions = [position for (position,) in rows(self._c, question, asked)]
        return [self._system.log.after(self._c, at - 1, 1)[0] for at in positions]


def seen_in(entry: Entry, asked: Question) -> bool:
    """Whether an answer to this question may use the entry."""
    return (
        (asked.known_at is None or entry.recorded_at <= asked.known_at)
        and (asked.position is None or entry.position <= asked.position)
        and (entry.topic in VOIDING or entry.occurred_at <= end_of_day(asked.as_of))
    )


def _in_units(new: Sequence[Entry]) -> list[Cause]:
    """A correction acts with what stands instead of the entry; every other entry acts alone."""
    found: list[Cause] = []
    for entry in new:
        last = found[-1] if found else None
        if last is not None and last.how == How.CORRECTION and _same_command(last, entry):
            found[-1] = Cause(How.CORRECTION, (*last.entries, entry))
        else:
            found.append(Cause(_how(entry), (entry,)))
    return found


def _same_command(correction: Cause, entry: Entry) -> bool:
    last = correction.entries[-1]
    return entry.version == last.version + 1 and entry.command_id == last.command_id is not None


def _how(entry: Entry) -> How:
    if entry.topic == CORRECTED:
        return How.CORRECTION
    if entry.topic in VOIDING:
        return How.VOID
    late = local_day(entry.occurred_at) < local_day(entry.recorded_at)
    return How.LATE if late else How.ON_ITS_DAY
