"""What one case is to the office's figures: its line, told from its entries or told further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.entries import VOIDING, Entry, as_seen
from domain.formulas_deltas import CaseLine
from domain.formulas_timeline import COUNTED, Step, timeline, told_further
from domain.instants import local_day
from domain.obstacles import OF_RECORDS, record_lines
from projections.reading import Change, Story

EXTENDED = "case.deadline_extended"
MATTERS = COUNTED | VOIDING | OF_RECORDS | {EXTENDED}
"""The kinds of entry that move a figure, a deadline or the standing of a 宗."""


class Kept(NamedTuple):
    """One case as its row says it."""

    line: CaseLine
    case_no: int
    provisional: int


def line_after(change: Change[str, Story], kept: Kept | None, industry: str) -> CaseLine:
    """The case after a change; where that only goes on, what was told before is not told again."""
    told, entries = change.before, change.entries
    one_day = len({local_day(entry.occurred_at) for entry in entries}) == 1
    if kept is None or told is None or not one_day or not told.goes_on_with(entries):
        return line_of_story(change.after, industry)
    line, facts = kept.line, change.after.live
    topics = {entry.topic for entry in entries}
    return line._replace(
        steps=told_further(line.steps, change.after.state, entries),
        extensions=extensions_of(facts) if EXTENDED in topics else line.extensions,
        records=line.records if topics.isdisjoint(OF_RECORDS) else record_lines(facts),
    )


def line_of_story(story: Story, industry: str) -> CaseLine:
    # The steps are asked first: they give the story's state as well.
    steps = story.steps
    return line_of(story.entries, steps, story.live, industry)


def line_of(
    entries: Sequence[Entry], steps: Sequence[Step], facts: Sequence[Entry], industry: str
) -> CaseLine:
    """A case whose first entry says whose it is, by its steps and by its facts that count."""
    opened = entries[0].data
    return CaseLine(
        opened["category"],
        opened["campaign"],
        industry,
        steps,
        extensions_of(facts),
        record_lines(facts),
    )


def extensions_of(facts: Iterable[Entry]) -> list[tuple[str, str, str]]:
    """The deadlines that were put off: on which day, which one, until when."""
    return [
        (local_day(fact.occurred_at), fact.data["deadline"], fact.data["due_on"])
        for fact in facts
        if fact.topic == EXTENDED
    ]


def known_line(entries: Sequence[Entry], known_at: str | None, industry: str) -> CaseLine:
    """The case as the books knew it at an instant."""
    facts = as_seen(entries, known_at=known_at)
    return line_of(entries, timeline(facts), facts, industry)
