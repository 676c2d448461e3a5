"""The figures of several districts and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from casesys.cli.cases import DAY, known_option, rate_lines
from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.figures.province import districts_of
from casesys.figures.province import province as province_figures
from casesys.words import say

COUNTS = ("cases", "enterprises", "records", "repaired_records", "closed_cases")


@click.command()
@click.argument("districts", nargs=-1, metavar="[SCHEMA]…")
@click.option("--as-of", type=DAY, required=True)
@known_option
@json_option
@click.pass_obj
@refusing
def province(
    shell: Shell, districts: tuple[str, ...], as_of: str, known_at: str | None, as_json: bool
) -> None:
    """The rates of a day of every district in the database, and their sum.

    Without a SCHEMA these are all schemas in which an office was installed. Exits 1 where a
    district could not be read; the sum is then that of the others.
    """
    if shell.acting is not None:
        # An account belongs to one district, and sees the cases of no other.
        raise click.UsageError(say("cli.province.operator", shell.language))
    asked = districts or districts_of(shell.settings)
    if not asked:
        refuse(say("cli.province.none", shell.language))
    found = province_figures(shell.settings, asked, as_of, known_at, shell.language)
    answer(found, as_json, lambda: _lines(found, shell.language))
    if unread := found["unread"]:
        refuse("\n".join(say("cli.province.unread", shell.language, **one) for one in unread))


def _lines(found: dict[str, Any], language: str) -> Iterator[str]:
    yield "\t".join(("district", "position", *COUNTS))
    for district in found["districts"]:
        counts = district["categories"]["all"]
        cells = (district["district"], district["position"], *(counts[name] for name in COUNTS))
        yield "\t".join(map(str, cells))
    if found["sum"] is not None:
        counts = found["sum"]["categories"]["all"]
        yield "\t".join(("sum", "", *(str(counts[name]) for name in COUNTS)))
        yield from rate_lines(found["sum"])
        yield say("cli.province.enterprises", language)
