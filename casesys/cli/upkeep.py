"""Read models, backup and restore."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click

from casesys.backup import backup as make_backup
from casesys.backup import make_backup_key, read_backup_key
from casesys.backup import restore as restore_backup
from casesys.cli.comparing import compare, difference_lines
from casesys.cli.shell import Shell, answer, json_option, progress, refuse, refusing
from casesys.comparing import compare as compare_models
from casesys.followers.running import followers_of
from casesys.followers.standing import standing, told
from casesys.permits import Permit
from casesys.preparing import drop_others
from casesys.preparing import prepare as prepare_models
from casesys.rebuild import rebuild as rebuild_models
from casesys.rebuild import status as model_status
from casesys.rebuild import verify as verify_models
from casesys.words import say


@click.group()
def projections() -> None:
    """Read models: where they stand, build them anew, compare them with the log."""


@projections.command()
@json_option
@click.pass_obj
@refusing
def status(shell: Shell, as_json: bool) -> None:
    """Which read models there are, in which version, with how many rows, and who follows."""
    shell.require(Permit.READ)
    system = shell.installed
    found = model_status(system)
    with system.database.read() as c:
        found["followers"] = standing(system, c, followers_of(system.settings))
    following = told(found["followers"], shell.language)
    answer(found, as_json, lambda: chain(_models(found), following))


def _models(found: dict[str, Any]) -> Iterator[str]:
    for name, model in found["models"].items():
        yield f"{name:<16}" + "  ".join(f"{key} {value}" for key, value in model.items())


@projections.command()
@click.argument("names", nargs=-1)
@json_option
@click.pass_obj
@refusing
def rebuild(shell: Shell, names: tuple[str, ...], as_json: bool) -> None:
    """Build read models anew from the log."""
    shell.require(Permit.OPERATE)
    known = [model.name for model in shell.installed.models.all]
    if unknown := sorted(set(names) - set(known)):
        raise click.UsageError(
            say("cli.rebuild.unknown", shell.language, unknown=unknown, known=known)
        )
    with progress(say("cli.rebuild.title", shell.language)) as advance:
        found = rebuild_models(shell.installed, names or None, progress=advance)
    answer(found, as_json, lambda: _models(found))


@projections.command()
@json_option
@click.pass_obj
@refusing
def verify(shell: Shell, as_json: bool) -> None:
    """Build every read model aside and compare; exits 1 where one differs."""
    shell.require(Permit.OPERATE)
    with progress(say("cli.verify.title", shell.language)) as advance:
        found = verify_models(shell.installed, progress=advance)
    answer(found, as_json, lambda: _models(found))
    if not found["equal"]:
        refuse(say("cli.verify.differs", shell.language))


@projections.command()
@json_option
@click.pass_obj
@refusing
def prepare(shell: Shell, as_json: bool) -> None:
    """Build this release's read models beside what serves; the office works on.

    What would differ is told, and kept for the pages of the release that serves. Cut off, it
    goes on where it was. `casesys init` or `casesys serve` of this release then takes
    the last entries and serves; the release before may take over again in the same way.
    """
    shell.require(Permit.OPERATE)
    with progress(say("cli.prepare.title", shell.language)) as advance:
        done = prepare_models(shell.installed, advance)
    found = compare_models(shell.installed)
    told = chain(_flat(done), difference_lines(found, shell.language))
    answer({**done, "differs": found}, as_json, lambda: told)


projections.add_command(compare)


@projections.command()
@json_option
@click.pass_obj
@refusing
def drop(shell: Shell, as_json: bool) -> None:
    """Drop read models of other releases that do not serve: there is no going back to those."""
    shell.require(Permit.OPERATE)
    names = drop_others(shell.installed)
    said = say("cli.drop.done" if names else "cli.drop.nothing", shell.language, names=names)
    answer({"dropped": names}, as_json, lambda: iter([said]))


key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that `backup-key` wrote; else CASESYS_BACKUP_KEY.",
)


def _backup_key(shell: Shell, key_file: Path | None) -> bytes | None:
    return shell.settings.backup_key if key_file is None else read_backup_key(key_file)


@click.command()
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path))
@key_option
@json_option
@click.pass_obj
@refusing
def backup(shell: Shell, file: Path, key_file: Path | None, as_json: bool) -> None:
    """Write one file with the log, the vault and the evidence, while the office works.

    With a key the file is sealed: without it nobody can read or change any of it.
    """
    shell.require(Permit.OPERATE)
    done = make_backup(shell.system, file, _backup_key(shell, key_file))
    answer(done, as_json, lambda: _flat(done))


@click.command("backup-key")
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
@refusing
def backup_key(shell: Shell, file: Path) -> None:
    """Make a key for sealed backups; keep it apart from them."""
    shell.require(Permit.OPERATE)
    make_backup_key(file)
    click.echo(say("cli.backup_key.done", shell.language, file=file.name))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@key_option
@json_option
@click.pass_obj
@refusing
def restore(shell: Shell, file: Path, key_file: Path | None, as_json: bool) -> None:
    """Restore a backup into an empty installation."""
    shell.require(Permit.OPERATE)
    done = restore_backup(shell.settings, file, _backup_key(shell, key_file))
    answer(done, as_json, lambda: _flat(done))
    if done["other_signing_key"]:
        click.echo(say("stopped.other_signing_key", shell.language), err=True)


def _flat(done: dict[str, Any]) -> Iterator[str]:
    for name, value in done.items():
        yield f"{name}: {value}"
