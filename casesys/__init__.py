"""The front door of the back room: what the counter may ask for, each name from its own module.

Names are fetched when first asked for: the process that opens an unknown workbook, or one line
of the command line, does not load the whole house.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casesys.case_view import CaseIsUnknown as CaseIsUnknown
    from casesys.case_view import CaseView as CaseView
    from casesys.case_view import EntryView as EntryView
    from casesys.case_view import Moment as Moment
    from casesys.case_view import case_view as case_view
    from casesys.case_view import entry_view as entry_view
    from casesys.case_view import revealed as revealed
    from casesys.command import Command as Command
    from casesys.command import FieldsRefused as FieldsRefused
    from casesys.commands import COMMANDS as COMMANDS
    from casesys.database import StoreIsBusy as StoreIsBusy
    from casesys.evidence import EvidenceRefused as EvidenceRefused
    from casesys.evidence import EvidenceStore as EvidenceStore
    from casesys.fields import Spec as Spec
    from casesys.foresight import Foreseen as Foreseen
    from casesys.foresight import foresee as foresee
    from casesys.permits import NotPermitted as NotPermitted
    from casesys.permits import Permit as Permit
    from casesys.permits import Person as Person
    from casesys.settings import Settings as Settings
    from casesys.settings import from_environment as from_environment
    from casesys.system import CommandIdReused as CommandIdReused
    from casesys.system import Given as Given
    from casesys.system import Receipt as Receipt
    from casesys.system import StaleVersion as StaleVersion
    from casesys.system import StreamIsUnknown as StreamIsUnknown
    from casesys.system import System as System
    from casesys.words import LANGUAGES as LANGUAGES
    from casesys.words import known as known
    from casesys.words import say as say
    from domain.entries import Entry as Entry
    from domain.instants import end_of_day as end_of_day
    from domain.instants import instant as instant
    from domain.instants import local_day as local_day
    from domain.refusals import Refused as Refused

ROOMS = {
    "casesys.case_view": (
        "CaseIsUnknown",
        "CaseView",
        "EntryView",
        "Moment",
        "case_view",
        "entry_view",
        "revealed",
    ),
    "casesys.command": ("Command", "FieldsRefused"),
    "casesys.commands": ("COMMANDS",),
    "casesys.database": ("StoreIsBusy",),
    "casesys.evidence": ("EvidenceRefused", "EvidenceStore"),
    "casesys.fields": ("Spec",),
    "casesys.foresight": ("Foreseen", "foresee"),
    "casesys.permits": ("NotPermitted", "Permit", "Person"),
    "casesys.settings": ("Settings", "from_environment"),
    "casesys.system": (
        "CommandIdReused",
        "Given",
        "Receipt",
        "StaleVersion",
        "StreamIsUnknown",
        "System",
    ),
    "casesys.words": ("LANGUAGES", "known", "say"),
    "domain.entries": ("Entry",),
    "domain.instants": ("end_of_day", "instant", "local_day"),
    "domain.refusals": ("Refused",),
}
"""Which module each name is fetched from; the imports above say the same to a type checker."""

_ROOM_OF = {name: room for room, names in ROOMS.items() for name in names}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"the front door has no {name!r}")
    return getattr(import_module(room), name)
