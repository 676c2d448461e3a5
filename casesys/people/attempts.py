"""Who came in, who did not, and what was refused: kept beside the log, for it is no fact of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from casesys.command import Command
from casesys.database import OutOfReach, StoreIsBusy
from casesys.system import Given, Receipt, StaleVersion, StreamIsUnknown, System
from domain.instants import later
from domain.refusals import Refused
from projections.driver import rows, write
from projections.office import ACCOUNT
from projections.paging import paged

SIGN_IN, SIGN_IN_BY_PROVIDER, PROVE, SIGN_OUT, EXPORT, EXPORT_BUNDLE, ORIGINAL = (
    "sign_in",
    "sign_in_by_provider",
    "prove",
    "sign_out",
    "export_list",
    "export_bundle",
    "take_original",
)
DOOR = (SIGN_IN, SIGN_IN_BY_PROVIDER, PROVE, SIGN_OUT, EXPORT, EXPORT_BUNDLE, ORIGINAL)
"""Who comes in or goes out, and which files go out; every other act is the name of a command."""

NOBODY = "typed:"
"""Before what was typed where no account is."""

AN_HOUR = timedelta(hours=1)
KEPT = timedelta(days=730)
"""The law asks for six months (网络安全法, article 21)."""

MOST_AN_HOUR = 1000
"""How many refusals of one person, or of all who are nobody, are kept of an hour: whoever asks
for ever fills no disk, and that many say it plainly enough."""

MOST_TYPED = 60
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; ``refusal`` is the code of the rule that stood against it, if one did.

    ``who`` is an account's id, ``operator:<login>``, or ``typed:<text>`` where no account is;
    ``login`` is how a reader knows them, with the same prefixes.
    """

    id: str
    at: str
    who: str
    login: str
    act: str
    stream: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class WantedAttempts:
    """Which attempts are asked for; an empty condition asks nothing.

    ``who`` is a login or an account's id, ``refused`` whether a rule stood against it, ``since``
    and ``until`` are instants of the log: from the first, before the second.
    """

    who: str = ""
    act: str = ""
    stream: str = ""
    refusal: str = ""
    refused: bool | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class AttemptsPage:
    """One page of attempts, the newest first."""

    rows: Sequence[Attempt]
    total: int
    page: int
    pages: int
    first: int


def note_attempt(
    system: System, who: str, act: str, stream: UUID | str | None = None, refusal: str | None = None
) -> None:
    """Record an attempt; never raises into the page, and skips it where the database is busy.

    :param who: a person's id, or ``typed_login(…)`` of what was typed where no account is
    :param act: one of ``DOOR``, or a command's name
    :param stream: the stream it was about, where there is one
    :param refusal: the code of the broken rule; none where it succeeded
    """
    now = system.now()
    facts = (str(uuid4()), now, who, act, None if stream is None else str(stream), refusal)
    with suppress(StoreIsBusy, OutOfReach, SQLAlchemyError), system.database.write() as c:
        if refusal is not None and _is_flooded(c, who, now):
            return
        write(
            c,
            "INSERT INTO attempt (id, at, who, act, stream_id, refusal) VALUES (?, ?, ?, ?, ?, ?)",
            [facts],
        )
        write(c, "DELETE FROM attempt WHERE at < ?", [(later(now, -KEPT),)])


def _is_flooded(c: Connection, who: str, now: str) -> bool:
    nobody = who.startswith(NOBODY)
    whose, value = ("who LIKE ?", f"{NOBODY}%") if nobody else ("who = ?", who)
    question = f"SELECT 1 FROM attempt WHERE {whose} AND at > ? AND refusal IS NOT NULL LIMIT ?"
    return len(rows(c, question, [value, later(now, -AN_HOUR), MOST_AN_HOUR])) >= MOST_AN_HOUR


def typed_login(text: str) -> str:
    """Who somebody said to be, where no account is: never mistaken for an account's id."""
    return f"{NOBODY}{''.join(letter for letter in text if letter.isprintable())[:MOST_TYPED]}"


@contextmanager
def noting(system: System, who: str, act: str, stream: UUID | str | None = None) -> Iterator[None]:
    """Record what is refused within, and let it pass on as it was."""
    try:
        yield
    except Refused as refused:
        note_attempt(system, who, act, stream, refused.code)
        raise
    except StaleVersion:
        note_attempt(system, who, act, stream, "stale_version")
        raise
    except StreamIsUnknown:
        note_attempt(system, who, act, stream, "stream_is_unknown")
        raise


def give_noted(system: System, command: Command, raw: Mapping[str, Any], given: Given) -> Receipt:
    """``System.give`` as the doors call it: what is refused is recorded, after its transaction."""
    with noting(system, given.person.id, command.name, given.stream):
        return system.give(command, raw, given)


def attempts_page(system: System, wanted: WantedAttempts, page: int = 1) -> AttemptsPage:
    """One page of ``A_PAGE`` attempts, the newest first; a page too far gives the last."""
    with system.database.read() as c:
        conditions, values = _conditions(c, wanted)
        ((total,),) = rows(c, f"SELECT COUNT(*) FROM attempt{conditions}", values)
        place = paged(total, page, A_PAGE)
        found = rows(
            c,
            "SELECT id, at, who, act, attempt.stream_id, refusal, login FROM attempt "
            f"LEFT JOIN {ACCOUNT} ON {ACCOUNT}.stream_id = attempt.who{conditions} "
            "ORDER BY at DESC, id LIMIT ? OFFSET ?",
            [*values, A_PAGE, place.start],
        )
    told = [
        Attempt(id_, at, who, login or who, act, stream, refusal)
        for id_, at, who, act, stream, refusal, login in found
    ]
    return AttemptsPage(told, total, place.page, place.pages, place.first)


def last_sign_ins(c: Connection, accounts: Sequence[str]) -> dict[str, str]:
    """When each of these accounts last came in, as far as is kept."""
    if not accounts:
        return {}
    marks = ", ".join("?" for _ in accounts)
    return {
        str(who): str(at)
        for who, at in rows(
            c,
            f"SELECT who, MAX(at) FROM attempt WHERE who IN ({marks}) "
            "AND act IN (?, ?) AND refusal IS NULL GROUP BY who",
            [*accounts, SIGN_IN, SIGN_IN_BY_PROVIDER],
        )
    }


def _conditions(c: Connection, wanted: WantedAttempts) -> tuple[str, list[Any]]:
    asked: list[tuple[str, list[Any]]] = []
    if wanted.who:
        accounts = rows(
            c, f"SELECT stream_id FROM {ACCOUNT} WHERE lower(login) = lower(?)", [wanted.who]
        )
        names = [*(stream for (stream,) in accounts), wanted.who, typed_login(wanted.who)]
        asked.append((f"who IN ({', '.join('?' for _ in names)})", names))
    for column, value in (
        ("act = ?", wanted.act),
        ("attempt.stream_id = ?", wanted.stream),
        ("refusal = ?", wanted.refusal),
        ("at >= ?", wanted.since),
        ("at < ?", wanted.until),
    ):
        if value:
            asked.append((column, [value]))
    if wanted.refused is not None:
        asked.append((f"refusal IS {'NOT ' if wanted.refused else ''}NULL", []))
    if not asked:
        return "", []
    words = " AND ".join(words for words, _ in asked)
    return f" WHERE {words}", [value for _, values in asked for value in values]
