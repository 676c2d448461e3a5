"""Where every follower is, how far behind, why it stopped and what it owes, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from casesys.followers import place
from casesys.followers.follower import Follower
from casesys.followers.outbox import owed
from casesys.system import System
from casesys.words import known, say
from projections.driver import rows


def standing(system: System, c: Connection, followers: Sequence[Follower]) -> dict[str, Any]:
    """Of each follower that is set up or was: its place, its stop, what it owes outside."""
    head, here = system.log.head(c)[0], place.here(c)
    active = {follower.name for follower in followers}
    names = {name for (name,) in rows(c, "SELECT name FROM follower")}
    return {name: _of(c, name, head, here, name in active) for name in sorted(active | names)}


def _of(c: Connection, name: str, head: int, here: str, active: bool) -> dict[str, Any]:
    found = place.known(c, name)
    stop = found.stop if found is not None else None
    return {
        "active": active,
        "position": found.position if found is not None else None,
        "behind": head - found.position if found is not None else None,
        "taken_at": found.taken_at if found is not None else None,
        "elsewhere": found is not None and found.where != here,
        "stopped": None
        if stop is None
        else {
            "position": stop.position,
            "topic": _topic(c, stop.position),
            "code": stop.code,
            "values": stop.values,
            "since": stop.since,
        },
        "outbox": owed(c, name),
    }


def in_brief(one: dict[str, Any]) -> dict[str, Any]:
    """What anybody may know of a follower: no names of folders, and nothing that was typed."""
    stopped, failing = one["stopped"], one["outbox"]["failing"]
    return {
        "position": one["position"],
        "behind": one["behind"],
        "elsewhere": one["elsewhere"],
        "stopped": stopped and {name: stopped[name] for name in ("position", "topic", "code")},
        "owed": one["outbox"]["owed"],
        "failing": failing and failing["code"],
    }


def halted(found: dict[str, Any]) -> list[str]:
    """Those of the standing that need somebody: stopped, in a copy, or failing outside."""
    return [name for name, one in found.items() if one["active"] and _halted(one)]


def _halted(one: dict[str, Any]) -> bool:
    return bool(one["stopped"] or one["elsewhere"] or one["outbox"]["failing"])


def told(found: dict[str, Any], language: str) -> Iterator[str]:
    """A line for each follower, and a sentence for everything that holds one up."""
    for name, one in found.items():
        owes = one["outbox"]["owed"]
        if one["position"] is None:
            yield say("followers.not_begun", language, name=name)
        else:
            at = {"position": one["position"], "behind": one["behind"], "owed": owes}
            yield say("followers.at", language, name=name, **at)
        if not one["active"]:
            yield "  " + say("followers.not_active", language)
        if one["elsewhere"]:
            yield "  " + say("followers.elsewhere", language)
        if stopped := one["stopped"]:
            yield "  " + say("followers.stopped", language, **_said(stopped, language))
        if failing := one["outbox"]["failing"]:
            yield "  " + say("followers.failing", language, **_said(failing, language))


def _said(found: dict[str, Any], language: str) -> dict[str, Any]:
    """What a sentence asks of a fault; its code may be one of a later release."""
    code = found["code"]
    why = say(code, language, **found["values"]) if known(code) else code
    return {**{name: value for name, value in found.items() if name != "code"}, "why": why}


def _topic(c: Connection, position: int) -> str:
    found = rows(c, "SELECT topic FROM log WHERE position = ?", [position])
    return str(found[0][0]) if found else ""
