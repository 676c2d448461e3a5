"""Exports: the log in the forms in which other tools read it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from casesys.cli.cases import DAY, known_option
from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.exchange.events import export_events
from casesys.whole_file import whole_file
from casesys.words import say

STANDARD_OUTPUT = "-"


@click.group()
def export() -> None:
    """Write the log for other tools."""


@export.command()
@click.option("-o", "file", required=True, metavar="FILE", help="Where to; - is standard output.")
@click.option("--as-of", type=DAY, help="What happened until the end of this day.")
@known_option
@click.option("--voided", is_flag=True, help="Voids and what they took away as well.")
@json_option
@click.pass_obj
@refusing
def events(
    shell: Shell,
    file: str,
    as_of: str | None,
    known_at: str | None,
    voided: bool,
    as_json: bool,
) -> None:
    """Write the log as lines of JSON, an entry a line, personal data left out."""
    system, person = shell.system, shell.person
    if file == STANDARD_OUTPUT:
        out = sys.stdout.buffer
        count = export_events(system, person, out, as_of, known_at, voided=voided)
        out.flush()
        # The lines are the answer; nothing else stands between them.
        click.echo(say("cli.export.events.done", shell.language, events=count), err=True)
        return
    with whole_file(Path(file)) as out:
        count = export_events(system, person, out, as_of, known_at, voided=voided)
    done = {"file": str(Path(file).resolve()), "events": count}
    answer(done, as_json, lambda: iter([say("cli.export.events.done", shell.language, **done)]))
