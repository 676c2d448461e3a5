"""A follower of the log: what it wants to see, what it writes of it, what it does outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import Connection

from casesys.followers.outbox import Effect, Outbox
from casesys.stopping import Stopped
from domain.entries import Entry


class CannotTake(Stopped):
    """A follower cannot take an entry; it stops there, and skips nothing."""


class Follower(ABC):
    """Takes the entries of the log in their order, each once."""

    name: ClassVar[str]
    topics: ClassVar[frozenset[str]] = frozenset()
    """The topics that it takes; none named: all."""
    from_the_first: ClassVar[bool] = False
    """Whether it begins with the first entry of the log, or with what comes after it was set up."""

    @abstractmethod
    def take(self, c: Connection, entries: Sequence[Entry], outbox: Outbox) -> None:
        """Write what these entries mean to it, in the transaction that moves its place on.

        Whatever this raises is the reason why it stops; nothing of the page is kept then.

        :raises CannotTake: with a code that says why
        """

    def waits(self, c: Connection) -> bool:
        """Whether it has to be asked although the log did not go on; then with no entries."""
        return False

    def deliver(self, effect: Effect) -> None:
        """Do what it put into the outbox; done a second time it must change nothing.

        :raises NotDelivered: it is tried again later
        """
        raise NotImplementedError(f"{self.name} does nothing outside")

    def wants(self, entry: Entry) -> bool:
        return not self.topics or entry.topic in self.topics
