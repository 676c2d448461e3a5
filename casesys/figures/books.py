"""Whether the state of the books that is asked for is there already."""

from __future__ import annotations

from casesys.figures.standings import Question
from casesys.system import System
from domain.instants import end_of_day, local_day
from domain.refusals import InstantHasNotCome, LogHasNoSuchEntry

MINUTE = len("2021-07-22T14:20")


def require_books(system: System, *asked: Question) -> None:
    """The minute and the day of now may be named by their ends: what is known so far is meant.

    :raises LogHasNoSuchEntry: the log does not reach as far
    :raises InstantHasNotCome: nobody can say yet what the books will know then
    """
    now = system.now()
    with system.database.read() as c:
        head = system.log.head(c)[0]
    for one in asked:
        if one.position is not None and one.position > head:
            raise LogHasNoSuchEntry(position=one.position, last=head)
        at = one.known_at
        if at is None or at == end_of_day(local_day(now)):
            continue
        if at[:MINUTE] > now[:MINUTE]:
            raise InstantHasNotCome(at=at, now=now)
