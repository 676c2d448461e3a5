"""Why did a figure change: the entries that brought someone in or took someone out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.cases import DAY
from casesys.cli.figures import (
    BOOKS,
    EVERYTHING,
    NAME,
    asked,
    day_option,
    row_json,
    row_words,
)
from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.figures import rate_json
from casesys.figures.cases_of_day import Question
from casesys.figures.causes import Cause
from casesys.figures.names import percent_words, title_words
from casesys.figures.why import BooksDiverge, Change, why_changed
from casesys.permits import Permit
from casesys.words import instant_words, say


@click.command()
@click.argument("name", type=NAME, metavar="NAME")
@day_option
@click.option("--known-at", type=BOOKS, help="The earlier state of the books: instant or entry.")
@click.option("--until", type=BOOKS, help="The later state; left out: as the books are now.")
@click.option("--from-day", type=DAY, help="Compare this day with the other, in one state.")
@json_option
@click.pass_obj
@refusing
def why(
    shell: Shell,
    name: str,
    as_of: str,
    known_at: str | None,
    until: str | None,
    from_day: str | None,
    as_json: bool,
) -> None:
    """Why a figure is another than it was: who came, who left, and the entries that did it."""
    shell.require(Permit.READ)
    if known_at is None and from_day is None:
        raise click.UsageError(say("why.no_earlier", shell.language))
    after = asked(shell, as_of, until)
    before = asked(shell, from_day or as_of, known_at or until)
    try:
        found = why_changed(shell.system, shell.person, name, before, after, size=EVERYTHING)
    except BooksDiverge:
        refuse(say("why.diverge", shell.language))
    answer(_document(found), as_json, lambda: _lines(shell, found))


def _document(found: Change) -> dict[str, Any]:
    return {
        "name": found.figure,
        "before": _state(found.before) | rate_json(found.rates[0]),
        "after": _state(found.after) | rate_json(found.rates[1]),
        "moved": [
            {
                "side": one.part.value,
                "entered": one.entered,
                **row_json(one.row),
                "because": [_cause(cause, found) for cause in one.causes],
            }
            for one in found.moved
        ],
    }


def _state(asks: Question) -> dict[str, Any]:
    return {"as_of": asks.as_of, "known_at": asks.known_at, "position": asks.position}


def _cause(cause: Cause, found: Change) -> dict[str, Any]:
    return {
        "how": cause.how.value,
        "entries": [
            {
                "position": entry.position,
                "case": found.numbers.get(entry.stream_id),
                "topic": entry.topic,
                "occurred_at": entry.occurred_at,
                "recorded_at": entry.recorded_at,
            }
            for entry in cause.entries
        ],
    }


def _lines(shell: Shell, found: Change) -> Iterator[str]:
    said = shell.language
    yield f"{title_words(found.figure, said)} ({found.figure})"
    for asks, rate in zip((found.before, found.after), found.rates, strict=True):
        known = str(asks.position or "") if asks.known_at is None else asks.known_at
        fraction = f"{rate.numerator} / {rate.denominator}"
        yield "\t".join((asks.as_of, known, fraction, percent_words(rate.percent)))
    for one in found.moved:
        way = say(f"why.{one.part.value}.{'entered' if one.entered else 'left'}", said)
        yield "\t".join((way, *row_words(row_json(one.row))))
        for cause in one.causes:
            yield f"    {say(f'why.how.{cause.how.value}', said)}"
            for entry in cause.entries:
                times = [instant_words(at, said) for at in (entry.occurred_at, entry.recorded_at)]
                yield (
                    f"        {entry.position}\t{say(f'topic.{entry.topic}', said)}\t"
                    + "\t".join(times)
                )
