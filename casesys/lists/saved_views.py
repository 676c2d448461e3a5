"""A person's own views of the worklist: a query under a name, so that nobody fills it in twice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from casesys.permits import Person
from casesys.system import System
from domain.refusals import Refused
from projections.driver import rows, write

MOST_VIEWS = 20
LONGEST_NAME = 30


class ViewHasNoName(Refused):
    """A view is found again by its name."""


class ViewNameIsTaken(Refused):
    """Two tabs of one name could not be told apart."""


class TooManyViews(Refused):
    """More tabs than anyone reads."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """One view: its name, and the query of the worklist's address that it keeps."""

    id: str
    name: str
    query: str


def views_of(system: System, person: Person) -> list[SavedView]:
    """In the order in which they were made."""
    question = "SELECT id, name, query FROM saved_view WHERE account = ? ORDER BY made_at, name"
    with system.database.read() as c:
        return [SavedView(*row) for row in rows(c, question, [person.id])]


def save_view(system: System, person: Person, name: str, query: str) -> SavedView:
    """:raises Refused: no name, a name that another view has, or one view too many"""
    made = SavedView(str(uuid4()), _sound(name), query)
    try:
        with system.database.write() as c:
            system.database.lock(c)
            question = "SELECT COUNT(*) FROM saved_view WHERE account = ?"
            if rows(c, question, [person.id])[0][0] >= MOST_VIEWS:
                raise TooManyViews(most=MOST_VIEWS)
            write(
                c,
                "INSERT INTO saved_view (id, account, name, query, made_at) VALUES (?, ?, ?, ?, ?)",
                [(made.id, person.id, made.name, query, system.now())],
            )
    except IntegrityError as taken:
        raise ViewNameIsTaken(name=made.name) from taken
    return made


def rename_view(system: System, person: Person, view: str, name: str) -> None:
    """:raises Refused: no name, or a name that another view has"""
    name = _sound(name)
    question = "UPDATE saved_view SET name = ? WHERE id = ? AND account = ?"
    try:
        with system.database.write() as c:
            write(c, question, [(name, view, person.id)])
    except IntegrityError as taken:
        raise ViewNameIsTaken(name=name) from taken


def drop_view(system: System, person: Person, view: str) -> None:
    with system.database.write() as c:
        write(c, "DELETE FROM saved_view WHERE id = ? AND account = ?", [(view, person.id)])


def _sound(name: str) -> str:
    name = " ".join("".join(letter for letter in name if letter.isprintable()).split())
    if not name:
        raise ViewHasNoName()
    return name[:LONGEST_NAME]
