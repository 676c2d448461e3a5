"""Taking in lists and registers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from casesys.cli.shell import Shell, answer, json_option, progress, refusing
from casesys.history import import_history
from casesys.intake.listings import import_listing
from casesys.words import say


@click.group(name="import")
def import_() -> None:
    """Take in an officer's list, or a register of past work."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", help="The campaign of every row; else the sheet or title says it.")
@click.option("--dry-run", is_flag=True, help="Answer every row and change nothing.")
@json_option
@click.pass_obj
@refusing
def listing(shell: Shell, file: Path, campaign: str | None, dry_run: bool, as_json: bool) -> None:
    """Read a workbook as officers send them; every row gets its answer."""
    done = import_listing(
        shell.system,
        file,
        shell.person,
        # An archive of an old system leaves names that are no UTF-8.
        file_name=os.fsencode(file.name).decode("utf-8", "replace"),
        campaign=campaign,
        dry_run=dry_run,
        language=shell.language,
    )
    answer(done, as_json, lambda: _answers(shell, done))


def _answers(shell: Shell, done: dict[str, Any]) -> Iterator[str]:
    for row in done["rows"]:
        if row["result"] == "accepted":
            continue
        word = say(f"cli.row.{row['result']}", shell.language)
        yield f"{row['sheet']}!{row['row']}  {word}"
        for problem in row["problems"]:
            yield f"    {problem['column']}  {problem['message']}"
    counts = ", ".join(
        f"{say(f'cli.row.{result}', shell.language)} {count}"
        for result, count in done["summary"].items()
        if isinstance(count, int) and not isinstance(count, bool)
    )
    yield counts


@import_.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_obj
@refusing
def history(shell: Shell, folder: Path, as_json: bool) -> None:
    """Record a register of past work as it was; interrupted, it goes on where it stopped."""
    with progress(say("cli.history.title", shell.language)) as advance:
        done = import_history(shell.system, folder, shell.person, progress=advance)
    answer(done, as_json, lambda: iter([say("cli.history.done", shell.language, **done)]))
