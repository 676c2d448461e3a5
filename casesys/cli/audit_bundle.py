"""Audit bundles and the program that verifies them, as files to hand over."""

from __future__ import annotations

from pathlib import Path

import click

from casesys.cli.shell import Shell, answer, json_option, refusing
from casesys.proofs.bundle import write_bundle
from casesys.proofs.joined import joined_verifier
from casesys.whole_file import whole_file
from casesys.words import say

OUT = click.Path(dir_okay=False, path_type=Path)
out_option = click.option("-o", "file", required=True, type=OUT, help="Where to.")


@click.command()
@out_option
@click.option("--case", metavar="NUMBER", help="Only this case; without, the whole log.")
@json_option
@click.pass_obj
@refusing
def bundle(shell: Shell, file: Path, case: str | None, as_json: bool) -> None:
    """Write everything that proves the log, or one case, to somebody who trusts nobody here."""
    system, person = shell.system, shell.person
    with whole_file(file) as out:
        made = write_bundle(system, person, out, case)
    checkpoint = made.checkpoint.checkpoint
    told = {
        "file": str(file.resolve()),
        "bytes": file.stat().st_size,
        "case": case,
        "entries": made.entries,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
    }
    answer(told, as_json, lambda: iter([say("cli.audit.bundle.done", shell.language, **told)]))


@click.command()
@out_option
@json_option
@click.pass_obj
@refusing
def verifier(shell: Shell, file: Path, as_json: bool) -> None:
    """Write the program that verifies bundles; it needs bare Python, and no installation."""
    made = joined_verifier()
    with whole_file(file) as out:
        out.write(made.text)
    told = {"file": str(file.resolve()), "sha256": made.sha256}
    answer(told, as_json, lambda: iter([say("cli.audit.verifier.done", shell.language, **told)]))


COMMANDS = (bundle, verifier)
