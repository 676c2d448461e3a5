"""What all commands of the command line share: who acts, how an answer and a refusal are given."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, NoReturn

import click
import msgspec
from sqlalchemy.exc import DatabaseError, OperationalError

from casesys.command import FieldsRefused
from casesys.database import StoreIsBusy
from casesys.install import require_installed, require_ready
from casesys.intake.workbook import WorkbookRefused
from casesys.lists.past import TooMuchToFold
from casesys.people import person_of
from casesys.permits import Permit, Person, operator
from casesys.settings import Settings, SettingsRefused, from_environment
from casesys.stopping import Stopped
from casesys.system import CommandIdReused, StaleVersion, StreamIsUnknown, System
from casesys.vault import SealBroken
from casesys.words import known, say
from domain.refusals import Refused

REFUSED = 1


@dataclass
class Shell:
    """One call of the command line."""

    acting: str | None

    @cached_property
    def settings(self) -> Settings:
        return from_environment()

    @property
    def language(self) -> str:
        return self.settings.language

    @cached_property
    def unchecked(self) -> System:
        """For what makes an installation, or brings it to this release."""
        system = System(self.settings)
        system.database.check_durability()
        return system

    @cached_property
    def installed(self) -> System:
        """For what reads the log alone, whatever release made the read models."""
        require_installed(self.unchecked)
        return self.unchecked

    @cached_property
    def system(self) -> System:
        """For every question and every act."""
        require_ready(self.unchecked)
        return self.unchecked

    @cached_property
    def person(self) -> Person:
        """The account named with ``--as``, else the operator of this machine."""
        if self.acting is None:
            return operator(_login())
        person = person_of(self.system, self.acting)
        if person is None:
            refuse(say("refusal.account_is_unknown", self.language, login=self.acting))
        return person

    def close(self) -> None:
        """Give the connections back: a database on another machine would wait for them."""
        if "unchecked" in vars(self):
            self.unchecked.database.dispose()

    def require(self, permit: Permit) -> None:
        """:raises NotPermitted: whoever acts may not do this"""
        self.person.require(permit)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


class Words(click.Group):
    """Takes only arguments that are text; the name of a file that is there may be any bytes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for argument in args:
            if not is_text(argument) and not os.path.lexists(argument):
                shown = os.fsencode(argument).decode("utf-8", "replace")
                raise click.UsageError(say("cli.no_text", _language(Shell(None)), text=shown))
        return super().parse_args(ctx, args)


def is_text(argument: str) -> bool:
    """Whether it came as UTF-8; Python keeps other bytes as halves of characters."""
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


@click.group(cls=Words, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--as", "acting", metavar="ACCOUNT", help="Act under this account's permits.")
@click.version_option(package_name="casesys")
@click.pass_context
def group(context: click.Context, acting: str | None) -> None:
    """casesys: every case a stream of events, every figure traceable to them."""
    context.obj = Shell(acting)
    context.call_on_close(context.obj.close)


def refuse(text: str) -> NoReturn:
    """Say on standard error why not, and end with 1."""
    click.echo(text, err=True)
    sys.exit(REFUSED)


def answer(value: Any, as_json: bool, lines: Callable[[], Iterator[str]]) -> None:
    """One JSON document, or lines for a person."""
    if as_json:
        click.echo(msgspec.json.encode(value).decode())
        return
    for line in lines():
        click.echo(line)


json_option = click.option("--json", "as_json", is_flag=True, help="Answer as one JSON document.")


def refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn every refusal into its sentence and exit code 1; never a traceback for wrong input."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        shell = click.get_current_context().find_object(Shell)
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            refuse(say(f"refusal.{refused.code}", _language(shell), **refused.values))
        except WorkbookRefused as workbook:
            refuse(say(workbook.code, _language(shell), **workbook.values))
        except FieldsRefused as fields:
            refuse(
                "\n".join(
                    f"{name}: {say(code, _language(shell))}" if known(code) else f"{name}: {code}"
                    for name, code in fields.problems.items()
                )
            )
        except Stopped as stopped:
            refuse(stopped.said(_language(shell)))
        except TooMuchToFold:
            refuse(say("list.too_wide", _language(shell)))
        except StoreIsBusy:
            refuse(say("error.store_is_busy", _language(shell)))
        except StreamIsUnknown:
            refuse(say("error.stream_is_unknown", _language(shell)))
        except CommandIdReused:
            refuse(say("error.command_id_reused", _language(shell)))
        except StaleVersion:
            refuse(say("error.stale_version", _language(shell)))
        except SealBroken:
            refuse(say("stopped.seal_broken", _language(shell)))
        except DatabaseError as fault:
            # Its own class and no other: what is ours to mend must be seen whole.
            if type(fault) not in (DatabaseError, OperationalError):
                raise
            refuse(say("stopped.database_fault", _language(shell), reason=str(fault.orig)))
        except BrokenPipeError:
            raise
        except OSError as fault:
            what, why = fault.filename or "", fault.strerror or str(fault)
            refuse(say("cli.no_access", _language(shell), what=what, why=why))

    return run


def language_of(context: click.Context | None) -> str:
    """The language of this call, for what is said before a command begins."""
    return _language(context.find_object(Shell) if context is not None else None)


def _language(shell: Shell | None) -> str:
    try:
        return shell.language if shell is not None else "zh"
    except (SettingsRefused, OSError):
        return "zh"


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere; called with how much is done and of how much."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
