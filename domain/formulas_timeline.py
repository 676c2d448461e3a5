"""What one case adds to the office's figures, from which local day on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from operator import ne
from typing import NamedTuple

from domain.acts import is_repair
from domain.case_state import CaseState
from domain.entries import Fact
from domain.evolution import EVOLUTION
from domain.instants import end_of_day, local_day
from domain.record_state import RecordState

COUNTED = frozenset(
    {
        "case.subject_listed",
        "case.subject_excluded",
        "case.subject_reinstated",
        "case.record_attached",
        "case.contact_attempted",
        "case.interview_held",
        "case.photo_added",
        "case.commitment_signed",
        "case.impediment_found",
        "case.impediment_cleared",
        "case.repair_result_recorded",
        "case.repair_revoked",
        "case.record_removed_by_court",
        "case.subject_exited",
        "case.closed",
        "case.reopened",
        "case.assigned",
        "case.released",
        "case.transferred",
    }
)
"""The kinds of entry that can change a figure or its groups; no other kind moves any."""


class Standing(NamedTuple):
    """What one case adds at the end of a day; a sum over cases is a figure of the office.

    A case counts while it is governed: listed and not excluded. ``attempts_*`` and the acts from
    ``listings`` on count what was done, whatever became of the case.
    """

    cases: int
    records: int
    repaired_records: int
    removed_without_performance: int
    amount_fen: int
    closed_cases: int
    exited_cases: int
    excluded_cases: int
    impeded_bankrupt: int
    impeded_lost_contact: int
    impeded_unable_to_pay: int
    impeded_any: int
    class_reached_operating: int
    class_reached_not_operating: int
    class_attempted_not_reached: int
    class_not_attempted: int
    attempts_reached_operating: int
    attempts_reached_not_operating: int
    attempts_no_answer: int
    attempts_number_dead: int
    attempts_wrong_number: int
    attempts_refused: int
    attempts_address_vacant: int
    listings: int
    attachments: int
    repairs: int
    revocations: int
    interviews: int
    photos: int
    commitments: int


NOTHING = Standing(*[0] * len(Standing._fields))
RESULTS = tuple(
    name.removeprefix("attempts_") for name in Standing._fields if name.startswith("attempts_")
)
NEVER = (0,) * len(RESULTS)
_PLACES = range(len(NOTHING))
_UNGOVERNED = (0,) * (Standing._fields.index("class_not_attempted") + 1)
_EXCLUDED = tuple(int(name == "excluded_cases") for name in Standing._fields[: len(_UNGOVERNED)])
_UNIMPEDED = (0, 0, 0, 0)
_CLASSES = [name for name in Standing._fields if name.startswith("class_")]
_OF_CLASS = {
    name.removeprefix("class_"): tuple(int(name == other) for other in _CLASSES)
    for name in _CLASSES
}


class Step(NamedTuple):
    """How a case stands from the end of a day until its next step.

    ``changed`` are the measures that are new since the step before, by their places in a
    ``Standing``, and by how much.
    """

    day: str
    town: str
    unit: str
    officer: str
    standing: Standing
    changed: Sequence[tuple[int, int]]


NO_STEP = Step("", "", "", "", NOTHING, ())
"""How every case stands before its first."""


_BESIDE_RECORDS = frozenset(
    {
        "case.contact_attempted",
        "case.interview_held",
        "case.photo_added",
        "case.commitment_signed",
        "case.impediment_found",
        "case.impediment_cleared",
        "case.assigned",
        "case.released",
        "case.transferred",
    }
)
"""The kinds of entry, most of all, that leave the sums over the records as they are."""


class _Acts:
    """Acts that are counted as often as they happened, whatever became of them."""

    __slots__ = ("attachments", "listings", "of_records", "repairs", "revocations")

    def __init__(self, before: Standing = NOTHING) -> None:
        self.listings, self.attachments = before.listings, before.attachments
        self.repairs, self.revocations = before.repairs, before.revocations
        self.of_records: tuple[int, int, int, int] | None = None
        """The sums over the records, while no act could change them."""

    def take(self, fact: Fact) -> None:
        topic = fact.topic
        self.of_records = None
        if topic == "case.subject_listed":
            self.listings += 1
        elif topic == "case.record_attached":
            self.attachments += 1
        elif topic == "case.repair_revoked":
            self.revocations += 1
        else:
            self.repairs += is_repair(fact)


def timeline(facts: Iterable[Fact]) -> list[Step]:
    """The steps of one case, from its facts that count in the order in which they happened."""
    return told(fact for fact in facts if fact.topic in COUNTED)[1]


def told(facts: Iterable[Fact]) -> tuple[CaseState, list[Step]]:
    """What all facts of one case add up to, and its steps on the way: one walk for both."""
    state, acts = CaseState(), _Acts()
    steps: list[Step] = []
    day = end = at = ""
    last = NO_STEP
    for fact in facts:
        topic, at = fact.topic, fact.occurred_at
        if topic in COUNTED:
            if at > end:
                if day:
                    last = _close_day(steps, last, day, state, acts)
                day = local_day(at)
                end = end_of_day(day)
            if topic not in _BESIDE_RECORDS:
                acts.take(fact)
        evolve = EVOLUTION.get(topic)
        if evolve is not None:
            evolve(state, fact, fact.data)
    state.last_at = at
    if day:
        _close_day(steps, last, day, state, acts)
    return state, steps


def told_further(steps: Sequence[Step], state: CaseState, facts: Iterable[Fact]) -> list[Step]:
    """The same steps after facts that count and happened, all on one day, after all the others.

    ``state`` is what the facts of the case then add up to.
    """
    counted = [fact for fact in facts if fact.topic in COUNTED]
    if not counted:
        return list(steps)
    day = local_day(counted[0].occurred_at)
    acts = _Acts(steps[-1].standing if steps else NOTHING)
    for fact in counted:
        acts.take(fact)
    further = [step for step in steps if step.day < day]
    _close_day(further, further[-1] if further else NO_STEP, day, state, acts)
    return further


def _close_day(steps: list[Step], last: Step, day: str, state: CaseState, acts: _Acts) -> Step:
    before, now = last.standing, _standing(state, acts)
    changed = [
        (place, now[place] - before[place]) for place in compress(_PLACES, map(ne, before, now))
    ]
    officer = state.officer or ""
    if not changed and (state.town, state.listing_unit, officer) == last[1:4]:
        return last
    step = Step(day, state.town, state.listing_unit, officer, now, changed)
    steps.append(step)
    return step


def _standing(state: CaseState, acts: _Acts) -> Standing:
    attempts = state.results.get  # plain: a Counter's own answer for a missing key is slow
    # One for every day of every case: the class's own way costs as much as all that it holds.
    return tuple.__new__(
        Standing,
        (
            *_governed(state, acts),
            *map(attempts, RESULTS, NEVER),
            acts.listings,
            acts.attachments,
            acts.repairs,
            acts.revocations,
            state.interviews,
            state.photos,
            state.commitments,
        ),
    )


def _governed(state: CaseState, acts: _Acts) -> tuple[int, ...]:
    """The measures up to the contact class, which only a governed case has."""
    if not state.governed:
        return _EXCLUDED if state.is_listed else _UNGOVERNED
    if acts.of_records is None:
        acts.of_records = _of_records(state.records.values())
    impediments = state.impediments
    return (
        1,
        *acts.of_records,
        int(state.closed is not None),
        int(state.exited_at is not None),
        0,
        *(_impeded(impediments) if impediments else _UNIMPEDED),
        *_OF_CLASS[state.contact_class],
    )


def _impeded(impediments: Collection[str]) -> tuple[int, ...]:
    return (
        int("bankrupt" in impediments),
        int("lost_contact" in impediments),
        int("unable_to_pay" in impediments),
        1,
    )


def _of_records(records: Iterable[RecordState]) -> tuple[int, int, int, int]:
    """How many count, are repaired, were removed without performance; and their amounts."""
    many = repaired = without_performance = amount = 0
    for record in records:
        if record.repair == "removed" and record.wrongly_listed:
            continue
        many += 1
        amount += record.amount_fen
        if record.repaired:
            repaired += 1
        elif record.repair == "removed":
            without_performance += 1
    return many, repaired, without_performance, amount
