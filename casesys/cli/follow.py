"""Following the log outside of `serve`: as a service, or once."""

from __future__ import annotations

import signal
import sys
from threading import Event

import click

from casesys.cli.shell import Shell, answer, json_option, refuse, refusing
from casesys.followers.engine import Engine
from casesys.followers.place import copied_here, moved_here, try_again
from casesys.followers.running import followers_of, run
from casesys.followers.standing import halted, standing, told
from casesys.install import require_ready
from casesys.permits import Permit
from casesys.system import System
from casesys.words import say


@click.command()
@click.option("--once", is_flag=True, help="Up to the end of the log, and no further.")
@click.option("--again", is_flag=True, help="Try at once what was stopped or failed outside.")
@click.option("--moved", is_flag=True, help="The office is here now; go on where it was.")
@click.option("--copied", is_flag=True, help="This is a copy; nothing of before is done from here.")
@json_option
@click.pass_obj
@refusing
def follow(shell: Shell, once: bool, again: bool, moved: bool, copied: bool, as_json: bool) -> None:
    """Follow the log and do what it asks outside; `serve` does this by itself."""
    shell.require(Permit.OPERATE)
    if moved and copied:
        raise click.UsageError(say("followers.one_of_both", shell.language))
    system = shell.system
    if again or moved or copied:
        with system.database.write() as c:
            if moved:
                moved_here(c)
            if copied:
                copied_here(c)
            try_again(c)
    if not followers_of(system.settings):
        click.echo(say("followers.nothing", shell.language), err=True)
    elif not once:
        _until_told(shell, system)
    _once(shell, system, as_json)


def _once(shell: Shell, system: System, as_json: bool) -> None:
    engine = Engine(system, followers_of(system.settings))
    while engine.round():
        pass
    with system.database.read() as c:
        found = standing(system, c, followers_of(system.settings))
    answer({"followers": found}, as_json, lambda: told(found, shell.language))
    if names := halted(found):
        refuse(say("followers.halted", shell.language, names=names))


def _until_told(shell: Shell, system: System) -> None:
    """Until it is ended, at once: what is half done is done by whoever comes next."""
    names = [follower.name for follower in followers_of(system.settings)]
    click.echo(say("followers.following", shell.language, names=names), err=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))

    def checked() -> System:
        require_ready(system)
        return system

    run(checked, Event())
