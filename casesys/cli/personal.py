"""Personal data at their end: what falls due, certificates, old backups, and the master key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from casesys.backup import read_backup_key
from casesys.cli.cases import DAY
from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.cli.upkeep import key_option
from casesys.permits import Permit
from casesys.personal import due as falling_due
from casesys.personal import master_key
from casesys.personal.certificates import (
    document_of_certificate,
    judge_certificate,
    require_reader,
    see_certificate,
)
from casesys.personal.old_backups import forget_in
from casesys.personal.sweeping import sweep as sweep_out
from casesys.whole_file import whole_file
from casesys.words import say
from domain.instants import local_day


@click.group()
def personal() -> None:
    """Personal data: what falls due, certificates of erasures, old backups, the master key."""


@personal.command()
@click.option("--on", "day", type=DAY, help="The day by which the periods are over; today.")
@json_option
@click.pass_obj
@refusing
def due(shell: Shell, day: str | None, as_json: bool) -> None:
    """What still holds personal data though its period is over; writes nothing."""
    found = falling_due.due(shell.system, shell.person, day)
    rows = [one._asdict() | {"outcome": str(one.outcome)} for one in found]
    asked = day or local_day(shell.system.now())
    answer({"on": asked, "due": rows}, as_json, lambda: _due(shell, asked, found))


def _due(shell: Shell, day: str, found: list[falling_due.Due]) -> Iterator[str]:
    if not found:
        yield say("cli.personal.nothing_due", shell.language, day=day)
    for one in found:
        outcome = say(f"choice.Outcome.{one.outcome}", shell.language)
        told = {"due_on": one.due_on, "name": one.name, "outcome": outcome, "rule": one.rule}
        yield say("cli.personal.due_row", shell.language, **told)


@personal.command()
@click.argument("number")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
@refusing
def certificate(shell: Shell, number: str, file: Path | None) -> None:
    """The certificate of an erasure, with its proof; on standard output without a file."""
    require_reader(shell.person)
    text = document_of_certificate(
        shell.system, see_certificate(shell.system, shell.person, number)
    )
    if file is None:
        click.echo(text.decode(), nl=False)
        return
    with whole_file(file.resolve()) as raw:
        raw.write(text)
    click.echo(say("cli.personal.written", shell.language, number=number, file=file.resolve()))


@personal.command()
@click.argument("given", metavar="NUMBER|FILE.json")
@json_option
@click.pass_obj
@refusing
def verify(shell: Shell, given: str, as_json: bool) -> None:
    """Whether an erasure still holds: exit 0 only where nothing of it opens."""
    require_reader(shell.person)
    asked = Path(given).read_bytes() if given.endswith(".json") else given
    found = judge_certificate(shell.system, shell.person, asked)
    told = {"number": found.number, "holds": found.holds, "faults": list(found.faults)}
    answer(told, as_json, lambda: _judged(shell, told))
    if not found.holds:
        refuse(say("personal.fault_title", shell.language))


def _judged(shell: Shell, told: dict[str, Any]) -> Iterator[str]:
    if told["holds"]:
        yield say("cli.personal.holds", shell.language, number=told["number"])
    for fault in told["faults"]:
        yield say(f"personal.fault.{fault}", shell.language)


@personal.command()
@json_option
@click.pass_obj
@refusing
def sweep(shell: Shell, as_json: bool) -> None:
    """Do again what follows every erasure: remove files, write down, let old pages vanish."""
    shell.require(Permit.OPERATE)
    done = sweep_out(shell.system)
    answer(done._asdict(), as_json, lambda: _swept(shell, done._asdict()))


def _swept(shell: Shell, done: dict[str, Any]) -> Iterator[str]:
    counted = {
        "erasures": done["erasures"],
        "files": done["files"],
        "written": done["written_down"],
    }
    yield say("cli.personal.swept", shell.language, **counted)
    if not done["without_trace"]:
        yield say("cli.personal.traces", shell.language)


@personal.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="BACKUP…",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@key_option
@json_option
@click.pass_obj
@refusing
def forget(shell: Shell, files: tuple[Path, ...], key_file: Path | None, as_json: bool) -> None:
    """Take out of older backups what was erased since they were made; each is written anew."""
    shell.require(Permit.OPERATE)
    key = shell.settings.backup_key if key_file is None else read_backup_key(key_file)
    done = [forget_in(shell.system, file, key) for file in files]
    answer([one._asdict() for one in done], as_json, lambda: _forgot(shell, done))


def _forgot(shell: Shell, done: list[Any]) -> Iterator[str]:
    for one in done:
        yield say("cli.personal.forgot", shell.language, **one._asdict())


@personal.command()
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Write the key here.")
@json_option
@click.pass_obj
@refusing
def rotate(shell: Shell, to: Path | None, as_json: bool) -> None:
    """Change the master key; everything that it wraps is wrapped anew at once."""
    shell.require(Permit.OPERATE)
    done = master_key.rotate(shell.system, to)
    told = done._asdict() | {
        "key": str(done.key),
        "old_key": None if done.old_key is None else str(done.old_key),
    }
    answer(told, as_json, lambda: _rotated(shell, done))


def _rotated(shell: Shell, done: master_key.Rotated) -> Iterator[str]:
    told = {"subjects": done.subjects, "codes": done.codes, "drafts": done.drafts}
    yield say("cli.personal.rotated", shell.language, **told, bulks=done.bulks, key=str(done.key))
    if done.old_key is not None:
        yield say("cli.personal.old_key", shell.language, old=done.old_key.name)
    yield say("cli.personal.restart", shell.language)
