"""What one entry changed: its stream as it stood before it and after it, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain.case_state import CaseState
from domain.entries import Entry, live
from domain.evolution import state_of
from projections.enterprises import Enterprises
from projections.office import Accounts, MemberUnitRows


class Side(NamedTuple):
    """One fact before and after; ``kind`` says how its value is written in words.

    ``name`` is a record's own number where the fact is about one 宗.
    """

    fact: str
    kind: str
    before: Any
    after: Any
    name: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.before != self.after)


def before_and_after(entries: Sequence[Entry], version: int) -> list[Side]:
    """The facts of a stream round one of its entries, in the order in which they were recorded.

    Late entries and voids act as the books act on them: the case before is what the entries
    recorded before this one add up to.
    """
    before = [entry for entry in entries if entry.version < version]
    after = [entry for entry in entries if entry.version <= version]
    if not after:
        return []
    if after[0].topic.startswith("case."):
        return list(case_sides(state_of(live(before)), state_of(live(after))))
    told = ROWS.get(after[0].topic.partition(".")[0])
    return list(_of_row(*told, before, after)) if told is not None else []


Facts = Sequence[tuple[str, str, Callable[[CaseState], Any]]]
OF_CASE: Facts = (
    ("stage", "choice:Stage", lambda s: s.stage),
    ("listed", "instant", lambda s: s.listed_at),
    ("unit", "text", lambda s: s.unit),
    ("officer", "account", lambda s: s.officer),
    ("branch", "choice:Branch", lambda s: s.effective_branch),
    ("attempts", "number", lambda s: s.attempts),
    ("contact", "choice:ContactClass", lambda s: s.contact_class),
    ("notice", "instant", lambda s: s.notice_at),
    ("interviews", "number", lambda s: s.interviews),
    ("photos", "number", lambda s: s.photos),
    ("commitments", "number", lambda s: s.commitments),
    ("supervised", "instant", lambda s: s.supervised_at),
    ("impediments", "choices:Impediment", lambda s: tuple(sorted(s.impediments))),
    ("extended", "number", lambda s: len(s.extended)),
    ("proposals", "choices:Proposal", lambda s: tuple(key.split(":")[0] for key in s.proposals)),
    ("objections", "number", lambda s: len(s.objections)),
    ("excluded", "choice:ExclusionReason", lambda s: s.excluded),
    ("exited", "instant", lambda s: s.exited_at),
    ("closed", "choice:CloseReason", lambda s: s.closed),
    ("records", "number", lambda s: len(s.records)),
    ("repaired", "number", lambda s: sum(r.repaired for r in s.records.values())),
)


def case_sides(before: CaseState, after: CaseState, facts: Facts = OF_CASE) -> Iterator[Side]:
    """These facts of a case, and where each 宗 stands, in two of its states."""
    for fact, kind, read in facts:
        yield Side(fact, kind, read(before), read(after))
    records = {**before.records, **after.records}
    for key, record in records.items():
        was, now = before.records.get(key), after.records.get(key)
        for fact, kind in (("repair", "choice:Repair"), ("performance", "choice:Performance")):
            values = (getattr(was, fact, None), getattr(now, fact, None))
            if values != (None, None):
                yield Side(fact, kind, *values, name=record.number)


Take = Callable[[dict[str, Any], Entry], None]
ROWS: Mapping[str, tuple[Take, Sequence[tuple[str, str]]]] = {
    "account": (
        Accounts.take,
        (
            ("login", "text"),
            ("unit", "text"),
            ("roles", "choices:Role"),
            ("closed", "yes"),
        ),
    ),
    "enterprise": (
        Enterprises.take,
        (
            ("name", "text"),
            ("town", "text"),
            ("status", "choice:RegistrationStatus"),
        ),
    ),
    "member_unit": (MemberUnitRows.take, (("name", "text"), ("joined", "yes"))),
}


def _of_row(
    take: Take, facts: Sequence[tuple[str, str]], before: Sequence[Entry], after: Sequence[Entry]
) -> Iterator[Side]:
    was, now = _folded(take, before), _folded(take, after)
    for fact, kind in facts:
        values = (was.get(fact), now.get(fact))
        if kind.startswith("choices:"):
            values = (_parts(values[0]), _parts(values[1]))
        yield Side(fact, kind, *values)


def _folded(take: Take, entries: Sequence[Entry]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for entry in entries:
        take(row, entry)
    return row


def _parts(value: str | None) -> tuple[str, ...]:
    return tuple((value or "").split())
