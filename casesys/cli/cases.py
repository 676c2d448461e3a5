"""Questions: what is this number, where does a case stand, what are the figures of a day."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click

from casesys.cases.answers import case_history, case_shown
from casesys.cli.shell import Shell, answer, json_option, language_of, refuse, refusing
from casesys.figures import AXES
from casesys.figures import rates as rate_figures
from casesys.figures.deadlines import deadlines as deadline_figures
from casesys.figures.names import percent_words
from casesys.permits import Permit
from casesys.words import instant_words, say
from domain.identifiers import Identified
from domain.identifiers import identify as identified
from domain.instants import SHANGHAI, end_of_day, instant


class DayType(click.ParamType[str]):
    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(say("cli.no_day", language_of(ctx), text=value), param, ctx)


class InstantType(click.ParamType[str]):
    """A moment, local where it names no offset; a day alone means its end."""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        try:
            if len(text) == 10:
                return end_of_day(date.fromisoformat(text).isoformat())
            found = datetime.fromisoformat(text)
            return instant(found if found.tzinfo else found.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            self.fail(say("cli.no_moment", language_of(ctx), text=value), param, ctx)


DAY, INSTANT = DayType(), InstantType()
known_option = click.option("--known-at", type=INSTANT, help="As the books knew it then.")


@click.command()
@click.argument("texts", nargs=-1)
@json_option
@click.pass_obj
@refusing
def identify(shell: Shell, texts: tuple[str, ...], as_json: bool) -> None:
    """Say what each text is: a credit code, a court's or a penalty's number."""
    lines = texts or tuple(
        line.decode("utf-8", "replace").rstrip("\n") for line in sys.stdin.buffer
    )
    year = datetime.now(SHANGHAI).year
    found = [identified(text, this_year=year) for text in lines]
    answer([_identified(f) for f in found], as_json, lambda: map(_line, found))


def _identified(found: Identified) -> dict[str, Any]:
    return {
        "input": found.input,
        "kind": found.kind,
        "verdict": found.verdict,
        "normal": found.normal,
        "problems": list(found.problems),
    }


def _line(found: Identified) -> str:
    return "\t".join((found.kind, found.verdict, found.normal or "", " ".join(found.problems)))


@click.group()
def case() -> None:
    """One case, by its number or the register's reference."""


@case.command()
@click.argument("name")
@click.option("--as-of", type=DAY, help="As it was at the end of this day.")
@known_option
@click.option("--version", type=click.IntRange(1), help="As it was at this version.")
@json_option
@click.pass_obj
@refusing
def show(
    shell: Shell,
    name: str,
    as_of: str | None,
    known_at: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Where a case stands."""
    shell.require(Permit.READ)
    with shell.system.database.read() as c:
        found = case_shown(shell.system, c, shell.person, name, as_of, known_at, version)
    if found is None:
        refuse(say("error.stream_is_unknown", shell.language))
    answer(found, as_json, lambda: _flat(found))


def _flat(found: dict[str, Any]) -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, list):
            yield f"{name}:"
            yield from (f"    {item}" for item in value)
        else:
            yield f"{name}: {'—' if value is None else value}"


@case.command()
@click.argument("name")
@click.option("--as-of", type=DAY)
@known_option
@click.option("--version", type=click.IntRange(1))
@json_option
@click.pass_obj
@refusing
def history(
    shell: Shell,
    name: str,
    as_of: str | None,
    known_at: str | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Everything that was recorded of a case, in the order of the log."""
    shell.require(Permit.READ)
    with shell.system.database.read() as c:
        found = case_history(shell.system, c, shell.person, name, as_of, known_at, version)
    if found is None:
        refuse(say("error.stream_is_unknown", shell.language))
    answer(found, as_json, lambda: (_entry(shell, entry) for entry in found))


def _entry(shell: Shell, entry: dict[str, Any]) -> str:
    when = instant_words(entry["occurred_at"], shell.language)
    word = say(f"topic.{entry['topic']}", shell.language)
    mark = "" if entry["counts"] else " ✗"
    return f"{entry['version']:>4}  {when}  {word}{mark}  {entry['actor']}"


@click.command()
@click.option("--as-of", type=DAY, required=True)
@known_option
@click.option("--by", type=click.Choice([*AXES, "month"]))
@json_option
@click.pass_obj
@refusing
def rates(shell: Shell, as_of: str, known_at: str | None, by: str | None, as_json: bool) -> None:
    """The rates of a day, each with its numerator and denominator."""
    shell.require(Permit.READ)
    found = rate_figures(shell.system, as_of, known_at, by, shell.person.reach)
    answer(found, as_json, lambda: _rates(found))


def _cell(value: Any) -> str:
    """A figure of a group; one of each category stands as its parts, a rate as its fraction."""
    if isinstance(value, dict):
        if "denominator" in value:
            return f"{value['numerator']}/{value['denominator']}"
        return " ".join(f"{name} {_cell(part)}" for name, part in value.items())
    return "—" if value is None else str(value)


def _rates(found: dict[str, Any]) -> Iterator[str]:
    groups = found.get("groups", [])
    if groups:
        yield "\t".join(groups[0])
    for group in groups:
        yield "\t".join(_cell(value) for value in group.values())
    yield from rate_lines(found)


def rate_lines(found: dict[str, Any]) -> Iterator[str]:
    """The rates of each category, with what was divided by what."""
    for category, figures in found.get("categories", {}).items():
        yield category
        for name, rate in figures["rates"].items():
            percent = percent_words(rate["percent"])
            yield f"  {name:<28}{rate['numerator']:>7} / {rate['denominator']:<7}{percent:>5}"


@click.command()
@click.option("--as-of", type=DAY, required=True)
@known_option
@json_option
@click.pass_obj
@refusing
def deadlines(shell: Shell, as_of: str, known_at: str | None, as_json: bool) -> None:
    """How the deadlines stand at the end of a day."""
    shell.require(Permit.READ)
    with shell.system.database.read() as c:
        found = deadline_figures(shell.system, c, as_of, known_at, shell.person.reach)
    answer(
        found,
        as_json,
        lambda: (
            f"{kind:<16}{status:<16}{count:>6}"
            for kind, statuses in found.items()
            for status, count in statuses.items()
        ),
    )
