"""What an auditor takes away at the counter: a checkpoint, a bundle, the program that judges it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from casesys.fields import Text
from casesys.followers.running import followers_of
from casesys.followers.standing import halted, standing
from casesys.followers.witness import NAME as WITNESS
from casesys.followers.witness import Witnessed, witnessed
from casesys.permits import Permit, Person
from casesys.proofs.bundle import write_bundle
from casesys.proofs.checkpoints import Kept, cosigned, cosigners, newest
from casesys.proofs.tree_of_log import size_of
from casesys.system import System
from casesys.verifier.notes import PublicKey

MOST_AT_THE_COUNTER = 50_000
"""Entries of a whole log that are packed while a browser waits: one to two seconds of a worker."""

LONGEST_NUMBER = 60
BUNDLED_CASE = Text(
    LONGEST_NUMBER,
    zh="案件编号",
    en="Case number",
    hint_zh="例如：B2021-01-0001",
    hint_en="Such as: B2021-01-0001",
).named("case")


class Provable(NamedTuple):
    """How the log stands to its proofs; ``newest`` is None until the first checkpoint."""

    size: int
    newest: Kept | None
    cosigned_by: Sequence[str]
    office: PublicKey
    others: Sequence[PublicKey]
    witness: Witnessed | None
    """None where no folder outside is set up."""
    witness_halts: bool

    @property
    def unsigned(self) -> int:
        """How many entries came after the newest checkpoint."""
        return self.size - (self.newest.checkpoint.size if self.newest else 0)

    @property
    def fits_the_counter(self) -> bool:
        return self.size <= MOST_AT_THE_COUNTER


def provable(system: System, person: Person) -> Provable:
    """:raises NotPermitted: neither auditor nor operator"""
    person.require(Permit.AUDIT)
    with system.database.read() as c:
        last, others = newest(c), cosigners(c)
        office = system.checkpoints.key(c).public
        by = cosigned(last.note, others) if last is not None else ()
        followers = followers_of(system.settings)
        outside = witnessed(c) if system.settings.witness is not None else None
        halts = WITNESS in halted(standing(system, c, followers))
        return Provable(size_of(c), last, by, office, others, outside, halts)


def sign_now(system: System, person: Person) -> Kept:
    """The checkpoint of the log as it stands.

    :raises NotPermitted: neither auditor nor operator
    """
    person.require(Permit.AUDIT)
    with system.database.write() as c:
        system.database.lock(c)
        return system.checkpoints.make(c, system.now())


class TakenBundle(NamedTuple):
    """A bundle as a file; ``size`` is that of its checkpoint."""

    content: bytes
    size: int


def take_bundle(system: System, person: Person, case: str | None) -> TakenBundle:
    """The bundle of a case, or of a whole log that fits the counter.

    :raises NotPermitted: neither auditor nor operator
    :raises StreamIsUnknown: no case has this number, or it is beyond reach
    :raises ValueError: the whole log is too long for a page
    """
    if case is None and not provable(system, person).fits_the_counter:
        raise ValueError("a log of this length is packed at the command line")
    out = BytesIO()
    made = write_bundle(system, person, out, case)
    return TakenBundle(out.getvalue(), made.checkpoint.checkpoint.size)
