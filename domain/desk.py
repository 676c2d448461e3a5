"""The desk at which a decision is taken: who, when, by which rules, and through which of two doors.

At the counter the first refusal is raised. A register of past work is recorded as it was: every
refusal is kept as a finding and the entry stands (design D6).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from domain.instants import local_day
from domain.refusals import NotYetHappened, Refused
from domain.rulesets import RuleSet, ruleset_on
from domain.workdays import Workdays


class Numbers(Protocol):
    """Which record numbers are in use in the whole office."""

    def holder(self, number_key: str) -> str | None:
        """The number of the case that holds this record number, or None.

        Empty where the person may not know which case it is.
        """
        ...


class Officers(Protocol):
    """Who may be given a case."""

    def find(self, name: str) -> str | None:
        """The account's id, given the id or the login; None where nobody open has it."""
        ...

    def anyone_in(self, role: str) -> bool:
        """Whether an open account holds this role."""
        ...

    def login_of(self, account: str) -> str | None:
        """How an account is called, also one that was closed; None where there is none."""
        ...

    def reaches(self, account: str, unit: str) -> bool:
        """Whether this account may work on the cases of a unit."""
        ...


class Files(Protocol):
    """Which files of evidence are in use in the whole office."""

    def elsewhere(self, files: Collection[str], stream: str) -> set[str]:
        """Those on which something besides this stream rests."""
        ...


class NoFiles:
    """Nothing else rests on any file: for decisions that remove none."""

    def elsewhere(self, files: Collection[str], stream: str) -> set[str]:
        return set()


class NoNumbers:
    """No record number is in use: for decisions that attach none."""

    def holder(self, number_key: str) -> str | None:
        return None


@dataclass(slots=True)
class Desk:
    """What a decision may know besides its case.

    ``now`` is the instant of the desk's clock, ``occurred_at`` when the act happened where no
    field of the command says so.
    """

    actor: str
    now: str
    workdays: Workdays
    occurred_at: str = ""
    counter: bool = True
    numbers: Numbers = field(default_factory=NoNumbers)
    units: Collection[str] | None = None
    officers: Officers | None = None
    files: Files = field(default_factory=NoFiles)
    findings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.occurred_at:
            self.occurred_at = self.now

    @property
    def today(self) -> str:
        return local_day(self.now)

    @property
    def rules(self) -> RuleSet:
        """The rule set under which this desk decides; an event that rests on it keeps its id."""
        return ruleset_on(self.today)

    def require(self, refusals: Iterable[Refused]) -> None:
        """Raise the first refusal at the counter; write all of them down in a register."""
        for refusal in refusals:
            if self.counter:
                raise refusal
            if refusal.code not in self.findings:
                self.findings.append(refusal.code)

    def not_in_future(self, occurred_at: str) -> Iterable[Refused]:
        if occurred_at > self.now:
            yield NotYetHappened(at=occurred_at, now=self.now)
