"""Every command of the office, by name; each is declared once in one of these modules."""

from __future__ import annotations

from casesys.command import Command
from casesys.commands import (
    accounts,
    closing,
    contact,
    governance,
    listing,
    office,
    personal,
    repair,
    uploads,
)

COMMANDS: dict[str, Command] = {
    command.name: command
    for room in (listing, contact, governance, repair, closing, office, accounts, uploads, personal)
    for command in room.COMMANDS
}
