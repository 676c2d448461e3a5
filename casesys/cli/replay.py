"""What happened, played again: two moments of all cases, and what if an entry were not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from casesys.audit.before_after import Side
from casesys.cases.view import CaseIsUnknown
from casesys.cli.cases import DAY, known_option
from casesys.cli.figures import BOOKS, asked, day_option
from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.figures import rate_json
from casesys.figures.cases_of_day import Question
from casesys.figures.names import title_words
from casesys.permits import Permit
from casesys.replay.branch import Branch, BranchKind, NoSuchBranch, branch_of
from casesys.replay.differing import CHANGE_KINDS, COME_AND_GO, kind_of, way_of
from casesys.replay.moments import Compared, compare_moments
from casesys.replay.words import fact_label, fact_words
from casesys.words import say
from domain.formulas import Rate


@click.group()
def replay() -> None:
    """Compare any two moments, and suppose that an entry were not there; nothing is written."""


@replay.command()
@day_option
@click.option("--from-day", type=DAY, help="The first day; left out: the same day.")
@click.option("--known-at", type=BOOKS, help="The first state of the books: instant or entry.")
@click.option("--until", type=BOOKS, help="The second state; left out: as the books are now.")
@click.option("--kind", type=click.Choice(CHANGE_KINDS), help="Only changes of this kind.")
@click.option("--campaign", default="", help="Only the cases of this campaign.")
@json_option
@click.pass_obj
@refusing
def compare(
    shell: Shell,
    as_of: str,
    from_day: str | None,
    known_at: str | None,
    until: str | None,
    kind: str | None,
    campaign: str,
    as_json: bool,
) -> None:
    """Every case that differs between two moments, in what, and by which entries."""
    shell.require(Permit.READ)
    before, after = asked(shell, from_day or as_of, known_at), asked(shell, as_of, until)
    found = compare_moments(shell.system, shell.person, before, after, campaign)
    answer(_document(found, kind or ""), as_json, lambda: _lines(shell, found, kind or ""))


def _document(found: Compared, kind: str) -> dict[str, Any]:
    return {
        "before": _state(found.before),
        "after": _state(found.after),
        "kinds": {str(name): tally._asdict() for name, tally in found.tallies.items()},
        "figures": {
            one.formula.name: {"before": rate_json(one.before), "after": rate_json(one.after)}
            for one in found.figures
        },
        "cases": [
            {
                **case.place._asdict(),
                "changes": [_change(side) for side in case.sides],
                "entries": [entry._asdict() for entry in case.entries],
            }
            for case in found.of_kind(kind)
        ],
    }


def _state(asks: Question) -> dict[str, Any]:
    return {"as_of": asks.as_of, "known_at": asks.known_at, "position": asks.position}


def _change(side: Side) -> dict[str, Any]:
    return {
        "kind": kind_of(side),
        "way": way_of(side),
        "fact": side.fact,
        "record": side.name or None,
        "before": side.before,
        "after": side.after,
    }


def _lines(shell: Shell, found: Compared, kind: str) -> Iterator[str]:
    said = shell.language
    for name, tally in found.tallies.items():
        if tally.cases:
            head = [say(f"moments.kind.{name}", said), str(tally.cases)]
            if name in COME_AND_GO:
                entered, left = tally.entered, tally.left
                head.append(say("moments.traffic", said, entered=entered, left=left))
            yield "\t".join(head)
    cases = found.of_kind(kind)
    if not cases:
        yield say("moments.same_words" if found.cases else "moments.same", said)
    for case in cases:
        entries = " ".join(str(entry.position) for entry in case.entries)
        yield "\t".join((case.place.number, case.place.name, entries))
        for side in case.sides:
            was, now = (
                fact_words(side.kind, value, said, found.logins)
                for value in (side.before, side.after)
            )
            words = say("moments.from_to", said, was=was, now=now)
            yield f"    {fact_label(side, said)}\t{words}"


_version = click.argument("version", type=click.IntRange(1), metavar="ENTRY")
_case = click.argument("name", metavar="CASE")
_as_of = click.option("--as-of", type=DAY, help="At the end of this day; left out: today.")


@replay.command()
@_case
@_version
@_as_of
@known_option
@json_option
@click.pass_obj
@refusing
def without(
    shell: Shell,
    name: str,
    version: int,
    as_of: str | None,
    known_at: str | None,
    as_json: bool,
) -> None:
    """A case as if one of its entries, by its number in the case, had not been recorded."""
    _suppose(shell, as_json, lambda: (name, version, BranchKind.WITHOUT, None, as_of, known_at))


@replay.command()
@_case
@_version
@click.option("--on", type=DAY, required=True, help="The day on which it happened instead.")
@click.option("--recorded", is_flag=True, help="Only its recording is on that day.")
@_as_of
@known_option
@json_option
@click.pass_obj
@refusing
def had(
    shell: Shell,
    name: str,
    version: int,
    on: str,
    recorded: bool,
    as_of: str | None,
    known_at: str | None,
    as_json: bool,
) -> None:
    """A case as if one of its entries had happened, or been recorded, on another day."""
    kind = BranchKind.RECORDED if recorded else BranchKind.HAPPENED
    _suppose(shell, as_json, lambda: (name, version, kind, on, as_of, known_at))


_Supposed = tuple[str, int, BranchKind, str | None, str | None, str | None]


def _suppose(shell: Shell, as_json: bool, given: Callable[[], _Supposed]) -> None:
    shell.require(Permit.READ)
    try:
        found = branch_of(shell.system, shell.person, *given())
    except NoSuchBranch as none:
        refuse(say(none.code, shell.language))
    except (CaseIsUnknown, KeyError):
        refuse(say("branch.unknown", shell.language))
    answer(_branch(found), as_json, lambda: _branch_lines(shell, found))


def _branch(found: Branch) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "case": found.view.number,
        "entry": found.entry.version,
        "asked": _state(found.asked),
        "written": False,
        "changes": [_change(side) for side in found.sides],
        "judged": [
            {"entry": one.entry.version, "topic": one.entry.topic, "broken": list(one.broken)}
            | {"kept": list(one.kept)}
            for one in found.judged
        ],
        "repairs": [
            {
                "record": number,
                "before": was and was._asdict(),
                "after": now and now._asdict(),
            }
            for number, was, now in found.repairs
        ],
        "figures": {
            one.formula.name: {"before": rate_json(one.now), "after": rate_json(one.then)}
            for one in found.figures
        },
    }


def _branch_lines(shell: Shell, found: Branch) -> Iterator[str]:
    said = shell.language
    yield say("branch.banner", said)
    for side in found.sides:
        was, now = (
            fact_words(side.kind, value, said, found.view.logins)
            for value in (side.before, side.after)
        )
        yield f"{fact_label(side, said)}\t{say('moments.from_to', said, was=was, now=now)}"
    for one in found.judged:
        topic = say(f"topic.{one.entry.topic}", said)
        for code, rules in (("branch.breaks", one.broken), ("branch.keeps", one.kept)):
            for rule in rules:
                broken = say(code, said, what=say(f"finding.{rule}", said))
                yield f"{one.entry.version}\t{topic}\t{broken}"
    for moved in found.figures:
        title = title_words(moved.formula.name, said)
        yield f"{title}\t{_fraction(moved.now)}\t{_fraction(moved.then)}"


def _fraction(rate: Rate) -> str:
    return f"{rate.numerator} / {rate.denominator}"
