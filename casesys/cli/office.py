"""Installing, serving and trying out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from casesys.cli.comparing import tell_unsigned
from casesys.cli.shell import Shell, answer, json_option, progress, refuse, refusing
from casesys.demo import DemoAccount, fill, is_empty
from casesys.install import begin_to_serve, install, require_ready
from casesys.words import choice_words, say
from domain.vocabulary import Role


@click.command()
@click.option("--units", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
@refusing
def init(shell: Shell, units: Path | None, as_json: bool) -> None:
    """Create or upgrade the database, publish the calendars, register the member units."""
    done = install(shell.unchecked, units, person=shell.person)
    tell_unsigned(shell, done.before)
    counts = {"calendars": len(done.calendars), "units": done.units}
    told = {"calendars": done.calendars, "units": done.units}
    answer(told, as_json, lambda: iter([say("cli.init.done", shell.language, **counts)]))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
@refusing
def serve(shell: Shell, host: str, port: int, workers: int) -> None:
    """Serve the pages with gunicorn, in this process group."""
    tell_unsigned(shell, begin_to_serve(shell.unchecked))
    require_ready(shell.unchecked)
    # The workers make connections of their own, each after its fork.
    shell.close()
    click.echo(say("cli.serve.at", shell.language, url=f"http://{host}:{port}"), err=True)
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"{host}:{port}",
        "--workers",
        str(workers),
        # A telephone that sends a photograph over a slow line holds one of these, not the office.
        "--threads",
        "8",
        # As long as gunicorn takes: a query form filled to the brim must reach our own answer.
        "--limit-request-line",
        "8190",
        "--no-control-socket",
        "--config",
        "python:web.workers",
        "--access-logfile",
        "-",
        "web.wsgi:app()",
    ]
    os.execv(sys.executable, arguments)


@click.command()
@click.option("--cases", default=60, show_default=True, type=click.IntRange(1, 5000))
@click.option("--if-empty", is_flag=True, help="Do nothing where cases are already.")
@json_option
@click.pass_obj
@refusing
def demo(shell: Shell, cases: int, if_empty: bool, as_json: bool) -> None:
    """Fill an empty system with a made district and an account for each role."""
    install(shell.unchecked, person=shell.person)
    if not is_empty(shell.system):
        if if_empty:
            click.echo(say("cli.demo.not_empty", shell.language), err=True)
            return
        refuse(say("cli.demo.not_empty", shell.language))
    with progress(say("cli.demo.title", shell.language)) as advance:
        accounts = fill(shell.system, shell.person, cases, advance)
    answer(
        {"cases": cases, "accounts": [vars(a) for a in accounts]},
        as_json,
        lambda: _sign_in(shell, accounts),
    )


def _sign_in(shell: Shell, accounts: list[DemoAccount]) -> Iterator[str]:
    yield say("cli.demo.done", shell.language)
    for account in accounts:
        role = choice_words(Role(account.role), shell.language)
        yield f"  {account.login:<12}{account.password:<20}{role}"
