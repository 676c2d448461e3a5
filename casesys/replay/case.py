"""One case played entry by entry: how it stood before and after each, in either order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from casesys.cases.view import CaseView
from domain.case_state import CaseState
from domain.entries import VOIDING, Entry, live, voided_versions
from domain.evolution import state_of
from domain.instants import end_of_day, local_day


class PlayOrder(StrEnum):
    """In which order the entries are played: as the books took them in, or as things happened."""

    RECORDED = "recorded"
    HAPPENED = "happened"


class Frame(NamedTuple):
    """The case round the ``n``-th entry; ``n`` 0 is before everything, and has no entry.

    ``day`` is that on which its deadlines are counted, before and after. ``goes_before`` are the
    versions of entries that were there already and happened later; ``takes_away`` is what it
    voids, ``voided_by`` what voids it, as far as the books that are played know.
    """

    n: int
    entry: Entry | None
    before: CaseState
    after: CaseState
    day: str
    goes_before: tuple[int, ...] = ()
    takes_away: int | None = None
    voided_by: int | None = None


@dataclass(frozen=True, slots=True)
class PlayedCase:
    """A case as some books knew it, to be played in one order.

    As things happened, what was voided is not played, and no void: the books took them away.
    """

    view: CaseView
    order: PlayOrder
    entries: Sequence[Entry]

    @property
    def total(self) -> int:
        return len(self.entries)

    def state(self, n: int) -> CaseState:
        """What the first ``n`` entries add up to."""
        first = self.entries[:n]
        # As the books took them in, a void acts from its own place on, and a late entry takes its
        # place among those that were there; as things happened, each simply follows the last.
        return state_of(live(first) if self.order == PlayOrder.RECORDED else first)

    def frame(self, n: int) -> Frame:
        """The case round one entry; the nearest there is."""
        n = min(max(n, 0), self.total)
        if n == 0:
            return Frame(0, None, CaseState(), CaseState(), self.view.today)
        entry = self.entries[n - 1]
        return Frame(
            n,
            entry,
            self.state(n - 1),
            self.state(n),
            counted_on(entry) if self.order == PlayOrder.RECORDED else local_day(entry.occurred_at),
            self._goes_before(entry),
            entry.data["target"] if entry.topic in VOIDING else None,
            self._voided_by(entry),
        )

    def taken_away(self, n: int) -> set[int]:
        """The versions that the first ``n`` entries void."""
        return voided_versions(self.entries[:n])

    def place_of(self, version: int) -> int | None:
        """Where the entry of this version is played; None where it is not."""
        places = (n for n, entry in enumerate(self.entries, 1) if entry.version == version)
        return next(places, None)

    def last_until(self, day: str) -> int:
        """How many of the entries had happened by the end of a day, in the order of happening."""
        until = end_of_day(day)
        happened = sum(entry.occurred_at <= until for entry in self.entries)
        # What names the case stands first, wherever its own time puts it.
        if happened and self.entries[0].occurred_at > until:
            happened += 1
        return happened

    def _goes_before(self, entry: Entry) -> tuple[int, ...]:
        if entry.topic in VOIDING:
            return ()
        there = live([one for one in self.view.entries if one.version < entry.version])
        return tuple(one.version for one in there if one.occurred_at > entry.occurred_at)

    def _voided_by(self, entry: Entry) -> int | None:
        for one in self.view.entries:
            if one.topic in VOIDING and one.data["target"] == entry.version:
                return one.version
        return None


def play_case(view: CaseView, order: PlayOrder) -> PlayedCase:
    """A case, seen as some books knew it on all days, to be played in this order."""
    if order == PlayOrder.RECORDED:
        return PlayedCase(view, order, view.entries)
    known = {entry.version for entry in view.entries}
    counting = [entry for entry in view.seen if entry.version in known]
    # The entry that opened the file names the case, so it stands first (see ``see_case``).
    return PlayedCase(view, order, sorted(counting, key=lambda entry: entry.version != 1))


def counted_on(entry: Entry) -> str:
    """The day on which an entry first stood in the books and had happened."""
    return max(local_day(entry.recorded_at), local_day(entry.occurred_at))
