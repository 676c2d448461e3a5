"""Every command of the office, by name; each is declared once in one of these modules."""

from __future__ import annotations

from casesys.command import Command
from casesys.commands import cases

COMMANDS: dict[str, Command] = {command.name: command for command in (*cases.COMMANDS,)}
