"""Figures by their formulas: what each says, what it comes to, and what parts two of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.cases import DAY, InstantType
from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.figures import AXES, rate_json
from casesys.figures.books import require_books
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.difference import Way, difference
from casesys.figures.members import Row
from casesys.figures.names import count_words, exclusion_words, percent_words, title_words
from casesys.figures.trends import month_ends
from casesys.figures.two_states import Part
from casesys.figures.values import WHOLE, rates_of
from casesys.permits import Permit
from casesys.words import say
from domain.formulas import FORMULAS, Formula, Rate
from projections.office import logins

NAME = click.Choice(list(FORMULAS))
EVERYTHING = 2**31


class BooksType(InstantType):
    """A state of the books: an instant, a day for its end, or the number of a log entry."""

    name = "books"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        return text if text.isascii() and text.isdigit() else super().convert(value, param, ctx)


BOOKS = BooksType()
day_option = click.option("--as-of", type=DAY, required=True, help="At the end of this day.")
books_option = click.option(
    "--known-at", type=BOOKS, help="As the books knew it at this instant, or at this log entry."
)


def asked(shell: Shell, as_of: str, known_at: str | None) -> Question:
    """Digits alone are a position of the log: what its first entries tell."""
    digits = known_at is not None and known_at.isdigit()
    found = Question(as_of, position=int(known_at or "")) if digits else Question(as_of, known_at)
    require_books(shell.system, found)
    return found


@click.group()
def figure() -> None:
    """Figures of the office, each by its named formula."""


@figure.command("list")
@json_option
@click.pass_obj
@refusing
def list_formulas(shell: Shell, as_json: bool) -> None:
    """Every formula with its version, what it divides by what, and what it leaves out."""
    shell.require(Permit.READ)
    found = [described(formula, shell.language) for formula in FORMULAS.values()]
    answer(found, as_json, lambda: _listed(found))


def described(formula: Formula, language: str) -> dict[str, Any]:
    return {
        "name": formula.name,
        "version": formula.version,
        "title": title_words(formula.name, language),
        "unit": str(formula.unit),
        "numerator": formula.numerator,
        "denominator": formula.denominator,
        "exclusions": [str(one) for one in formula.exclusions],
        "rounding": "half_up_whole_percent",
        "sentence": say(formula.code, language),
        "in_words": {
            "numerator": count_words(formula.numerator, language),
            "denominator": count_words(formula.denominator, language),
            "exclusions": exclusion_words(formula, language),
            "rounding": say("formula.rounding", language),
        },
    }


def _listed(found: list[dict[str, Any]]) -> Iterator[str]:
    for one in found:
        yield f"{one['name']:<32}v{one['version']}  {one['unit']}  {one['title']}"
        yield f"    {one['sentence']}"


@figure.command()
@click.argument("name", type=NAME, metavar="NAME")
@day_option
@books_option
@click.option("--by", type=click.Choice([*AXES, "month"]))
@json_option
@click.pass_obj
@refusing
def show(
    shell: Shell, name: str, as_of: str, known_at: str | None, by: str | None, as_json: bool
) -> None:
    """What one formula comes to at the end of a day, in the whole office or by group."""
    shell.require(Permit.READ)
    found = shown(shell, FORMULAS[name], asked(shell, as_of, known_at), by)
    answer(found, as_json, lambda: _shown(found))


def shown(shell: Shell, formula: Formula, when: Question, by: str | None) -> dict[str, Any]:
    system, when = shell.system, when._replace(reach=shell.person.reach)
    with system.database.read() as c:
        head = system.log.head(c)[0]
        found: dict[str, Any] = {
            "name": formula.name,
            "version": formula.version,
            "unit": str(formula.unit),
            "as_of": when.as_of,
            "known_at": when.known_at,
            "position": head if when.position is None else min(when.position, head),
        }
        if by == "month":
            ends = month_ends(system, c, when, formula)
            rates = {one.month: one.rates["all"] for one in ends.months}
            return found | {"by": by, "groups": [_group(*one) for one in rates.items()]}
        with standings(system, c, when) as seen:
            values = rates_of(seen, {formula.name: formula}, by)
        if by is None:
            return found | rate_json(values[WHOLE][formula.name])
        names = logins(c, values) if by == "officer" else {}
    groups = {names.get(key, key): its[formula.name] for key, its in values.items()}
    return found | {"by": by, "groups": [_group(*one) for one in sorted(groups.items())]}


def _group(key: str, rate: Rate) -> dict[str, Any]:
    return {"key": key, **rate_json(rate)}


def _shown(found: dict[str, Any]) -> Iterator[str]:
    groups = found.get("groups", [{"key": f"{found['name']} v{found['version']}", **found}])
    for one in groups:
        percent = percent_words(one["percent"])
        unit = found["unit"]
        yield f"{one['key'] or '—'}\t{one['numerator']} / {one['denominator']} {unit}\t{percent}"


@figure.command("difference")
@click.argument("first", type=NAME, metavar="FIRST")
@click.argument("second", type=NAME, metavar="SECOND")
@day_option
@books_option
@click.option(
    "--side", type=click.Choice([part.value for part in Part]), default=Part.NUMERATOR.value
)
@json_option
@click.pass_obj
@refusing
def what_parts(
    shell: Shell,
    first: str,
    second: str,
    as_of: str,
    known_at: str | None,
    side: str,
    as_json: bool,
) -> None:
    """Who is counted by the one formula and not by the other, each way."""
    shell.require(Permit.READ)
    when, names, part = asked(shell, as_of, known_at), (first, second), Part(side)
    ways = {
        way: difference(shell.system, shell.person, names, part, when, way, size=EVERYTHING)
        for way in Way
    }
    one = ways[Way.ONLY_FIRST]
    found = {
        "side": part.value,
        "counts": list(one.counts),
        "unit": str(one.unit),
        "brought_to_enterprises": one.brought,
        "both": one.both,
        **{f"only_{way.value}": [row_json(row) for row in its.rows] for way, its in ways.items()},
    }
    answer(found, as_json, lambda: _parted(shell, found))


def row_json(row: Row) -> dict[str, Any]:
    return {
        "enterprise": row.enterprise,
        "name": row.name,
        "cases": list(row.cases),
        "record": row.record,
    }


def _parted(shell: Shell, found: dict[str, Any]) -> Iterator[str]:
    counts = [count_words(count, shell.language) for count in found["counts"]]
    for here, there, key in ((*counts, "only_first"), (*reversed(counts), "only_second")):
        n = len(found[key])
        said = {"here": here, "there": there, "n": n, "unit": found["unit"]}
        yield say("difference.only", shell.language, **said)
        for row in found[key]:
            yield "    " + "\t".join(row_words(row))
    yield say("difference.both", shell.language, n=found["both"], unit=found["unit"])
    if found["brought_to_enterprises"]:
        yield say("difference.brought", shell.language)


def row_words(row: dict[str, Any]) -> list[str]:
    return [row["name"], " ".join(row["cases"]), *([row["record"]] if row["record"] else [])]
