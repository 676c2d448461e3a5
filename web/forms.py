"""Which form an address is, whoever asks; and what came with it, files received at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, g, request

from casesys import (
    COMMANDS,
    CORRECTED_BY,
    Command,
    EvidenceRefused,
    Permit,
    entry_view,
    noting,
)
from web.cases import look
from web.errands import Errand
from web.evidence import holds, received
from web.permits import person
from web.reading import Asked, asked, system, t
from web.refusals import Told, sentence

NO_FORM = frozenset({"change_password", "enrol_code", "settle_row", "reveal_name"})
"""Given by what does more than the command: alone, the log would say what did not happen."""

ELSEWHERE = frozenset({Permit.ACCOUNTS, Permit.GRANT})
"""What is done with accounts has pages of its own (``web.accounts``)."""

FORMS = frozenset({"commands.form", "commands.correct", "commands.begin", "commands.act"})
MOST_NAMED = 400


def errand_at(endpoint: str | None, named: Mapping[str, Any]) -> Errand:
    """The errand of a form's address, for the person who asks.

    :raises HTTPException: there is no such form
    :raises NotPermitted: the person may not give its command
    :raises CaseIsUnknown: there is no such case within this person's reach
    """
    if endpoint == "commands.correct":
        errand = _correcting(named["name"], named["version"])
    else:
        command = known(named["command"])
        if "name" in named:
            # Who sees no case is not told by the answer which ones there are.
            with noting(system(), person().id, command.name):
                person().require(Permit.READ)
        errand = _giving(command, named.get("name"), named.get("stream"))
    with noting(system(), person().id, errand.command.name, errand.stream):
        person().require(errand.command.permit)
    return errand


def errand_here() -> Errand:
    """The errand of this request's own address."""
    errand = errand_at(request.endpoint, request.view_args or {})
    errand.place = place_of(errand.command)
    return errand


def _giving(command: Command, name: str | None, stream: UUID | None) -> Errand:
    if name is not None:
        return Errand.on_case(look(name, present()), command)
    if stream is not None:
        if command.on is None or command.on_case:
            abort(404)
        return Errand.on_stream(command, stream)
    if command.on is not None:
        abort(404)
    return Errand.beginning(command)


def _correcting(name: str, version: int) -> Errand:
    view = look(name, present())
    found = entry_view(view, version)
    command = CORRECTED_BY.get(found.moment.entry.topic) if found is not None else None
    if found is None or command is None:
        abort(404)
    return Errand.correcting(view, COMMANDS[command], found)


def known(command: str) -> Command:
    found = COMMANDS.get(command)
    if found is None or command in NO_FORM or found.permit in ELSEWHERE:
        abort(404)
    return found


def present() -> Asked:
    """Nothing is written in the past; the address that asks for it is answered in words."""
    when = asked()
    if when.past:
        raise Told(409, t("case.past"))
    return when


def place_of(command: Command) -> str:
    """The address of this form, with what it names: two entries to void are two forms."""
    named = [
        (name, request.args[name][:MOST_NAMED])
        for name, spec in command.fields.items()
        if name in request.args and spec.widget != "file"
    ]
    return f"{request.path}?{urlencode(named)}" if named else request.path


def take(errand: Errand) -> dict[str, str]:
    """Take over what was typed; files are received at once, so that no one chooses them twice."""
    errors: dict[str, str] = {}
    errand.type(request.form)
    for name, spec in errand.command.fields.items():
        if spec.widget != "file":
            continue
        try:
            came = received(name)
        except EvidenceRefused as refused:
            errors[name] = sentence(refused)
            continue
        if came is None:
            if request.form.get(f"kept-{name}") and not holds(errand.values[name]):
                errand.values[name] = ""
                errors[name] = t("refusal.evidence.unknown")
            continue
        errand.values[name] = came.sha256
        for other, said in (("taken_at", came.taken_at), ("taken_where", came.taken_where)):
            if other in errand.command.fields and said and not errand.values.get(other):
                errand.values[other] = said
    # Files are read once: whoever must keep this form after a failure finds it here.
    g.taken = errand
    return errors
