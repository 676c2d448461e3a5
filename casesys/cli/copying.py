"""`casesys copy`: the office in another database, proven equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.shell import Shell, answer, json_option, progress, refuse, refusing
from casesys.figures import AXES
from casesys.permits import Permit
from casesys.words import say


@click.command()
@click.option(
    "--to",
    required=True,
    metavar="URL",
    envvar="CASESYS_COPY_TO",
    help="The other database; else CASESYS_COPY_TO, which no list of processes shows.",
)
@click.option("--compare", "only", is_flag=True, help="Copy nothing; compare what is there.")
@json_option
@click.pass_obj
@refusing
def copy(shell: Shell, to: str, only: bool, as_json: bool) -> None:
    """Copy the office into an empty database, SQLite or PostgreSQL, and prove both equal.

    The office works on meanwhile. Exits 1 where anything differs; then nothing was kept there.
    """
    from casesys.copying import compare
    from casesys.copying import copy as copy_office

    shell.require(Permit.OPERATE)
    if only:
        found = compare(shell.system, to)
    else:
        with progress(say("copying.title", shell.language)) as advance:
            found = copy_office(shell.system, to, advance)
    answer(found, as_json, lambda: _said(found, shell.language))
    if not found["equal"]:
        code = "copying.differs" if only else "copying.taken_back"
        refuse(say(code, shell.language, n=found["differing"]))
    if found["came_since"]:
        click.echo(say("copying.went_on", shell.language, n=found["came_since"]), err=True)
    if not only:
        click.echo(say("copying.home", shell.language, home=shell.settings.home), err=True)


def _said(found: dict[str, Any], language: str) -> Iterator[str]:
    yield say("copying.to", language, to=found["to"], position=found["position"])
    for name, value in found["log"].items():
        yield say(
            "copying.of_log", language, name=say(f"copying.log.{name}", language), value=value
        )
    for name, value in (*found["read_models"].items(), *found["formulas"].items()):
        yield f"{name:<32}{value}"
    for part, its in found["compared"].items():
        code = "copying.part_differs" if its["differing"] else "copying.part_equal"
        yield say(code, language, part=_part(part, language), n=its["values"])
    for one in found["differences"]:
        named = {"part": _part(one["part"], language), "name": one["name"]}
        yield say(
            "copying.difference", language, **named, source=one["source"], target=one["target"]
        )
    for step, seconds in found.get("seconds", {}).items():
        yield say(f"copying.seconds.{step}", language, seconds=seconds)


def _part(part: str, language: str) -> str:
    """The words of a part; of a day that is past, the day behind them."""
    name, _, day = part.partition(" ")
    area = "figures.by" if name in (*AXES, "month") else "copying.part"
    words = say(f"{area}.{name}", language)
    return say("copying.as_known", language, part=words, day=day) if day else words
