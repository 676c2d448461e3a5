"""What the next release would change, asked on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.comparing import compare as compare_models
from casesys.comparing.kept import unsigned_change
from casesys.figures.names import title_words
from casesys.permits import Permit
from casesys.registry import encode
from casesys.serving import Set, own_set
from casesys.words import known, say

SHOWN = 12
"""How many figures, and how many cases, are named in text; all stand in the JSON."""


@click.command()
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
@refusing
def compare(shell: Shell, file: Path | None, as_json: bool) -> None:
    """What this release, prepared beside the one that serves, would change.

    By row, by figure, and because of which cases and entries. The pages of the release that
    serves show it, and a supervisor and an auditor sign it there.
    """
    shell.require(Permit.OPERATE)
    found = compare_models(shell.installed)
    if file is not None and found is not None:
        file.write_bytes(encode(found))
    answer(found, as_json, lambda: difference_lines(found, shell.language))


def tell_unsigned(shell: Shell, before: Set) -> None:
    """Say who has not signed what this release changes: it serves all the same."""
    own = own_set(shell.unchecked.models.all)
    if not before or before == own:
        return
    with shell.unchecked.database.read() as c:
        missing = unsigned_change(shell.unchecked, c, before, own)
    if missing is None:
        click.echo(say("cli.serve.never_compared", shell.language), err=True)
    elif missing:
        roles = [str(role) for role in missing]
        click.echo(say("cli.serve.unsigned", shell.language, roles=roles), err=True)


def difference_lines(found: Mapping[str, Any] | None, language: str) -> Iterator[str]:
    """A short account of a comparison."""
    if found is None:
        yield say("comparing.serves", language)
        return
    yield say("comparing.at", language, position=found["position"], digest=found["digest"][:16])
    for model in found["models"]:
        yield from _rows(model, language)
    figures, cases = found["figures"], found["cases"]
    if figures["not_compared"]:
        titles = [title_words(name, language) for name in figures["not_compared"]]
        yield say("comparing.not_compared", language, figures=titles)
    n, compared = figures["differing"], figures["compared"]
    yield say("comparing.figures", language, n=n, compared=compared)
    for one in figures["rates"][:SHOWN]:
        yield "  " + say(
            "comparing.rate",
            language,
            day=one["day"],
            group=group_words(one, language),
            figure=title_words(one["figure"], language),
            before=fraction(one["before"]),
            after=fraction(one["after"]),
        )
    yield say(
        "comparing.cases", language, n=cases["total"], moving=cases["total"] - cases["unmoved"]
    )
    for one in cases["listed"][:SHOWN]:
        entries = [
            f"{e['position']} {say('topic.' + e['topic'], language)}" for e in one["entries"]
        ]
        code = "comparing.case_by_time" if one["by_time"] else "comparing.case"
        values = {"number": one["number"], "day": one["parted_on"], "entries": entries}
        yield "  " + say(code, language, **values)


def _rows(model: Mapping[str, Any], language: str) -> Iterator[str]:
    head = {"name": model["name"], "old": model["old"] or "—", "new": model["new"] or "—"}
    yield say("comparing.model", language, **head)
    for table in model["tables"]:
        counts = {kind: table.get(kind, {"rows": 0})["rows"] for kind in KINDS}
        values = {"table": table["table"], "rows": table["rows"][1], **counts}
        yield "  " + say("comparing.table", language, **values)


KINDS = ("only_old", "only_new", "differing")


def fraction(pair: Any) -> str:
    above, below = pair
    return f"{above}/{below}"


def group_words(one: Mapping[str, Any], language: str) -> str:
    """The name of a group, or of a category in words."""
    code = f"choice.Category.{one['group']}"
    if one["by"] == "category" and known(code):
        return say(code, language)
    if one["by"] == "category":
        return say("comparing.office", language)
    return str(one["group"])
