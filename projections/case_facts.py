"""What is true of one case at the end of a day, and until when if nobody does anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.deadlines import EXCUSED, deadlines
from domain.debt import debt_of
from domain.formulas_timeline import Standing
from domain.instants import FOREVER, next_day, start_of_day
from domain.obstacles import Held, Obstacle, RecordLine, counting, reason
from domain.rulesets import RULE_SETS
from domain.vocabulary import DeadlineStatus, Impediment
from domain.workdays import Workdays

Took = tuple[str, str, str, str]
"""The days of listing, first contact, first interview and first commitment."""

PLACE_OF = {name: place for place, name in enumerate(Standing._fields)}
_RECORDS, _REPAIRED = PLACE_OF["records"], PLACE_OF["repaired_records"]
_EXITED, _CLOSED = PLACE_OF["exited_cases"], PLACE_OF["closed_cases"]
_LISTINGS, _INTERVIEWS, _PHOTOS = (PLACE_OF[name] for name in ("listings", "interviews", "photos"))
_COMMITMENTS, _CASES, _OUT = (
    PLACE_OF["commitments"],
    PLACE_OF["cases"],
    PLACE_OF["excluded_cases"],
)
_AMOUNT, _ANY = PLACE_OF["amount_fen"], PLACE_OF["impeded_any"]
_IMPEDED = tuple((str(kind), PLACE_OF[f"impeded_{kind}"]) for kind in Impediment)
_CLASSES = tuple(
    (name.removeprefix("class_"), place)
    for name, place in PLACE_OF.items()
    if name.startswith("class_")
)
_ATTEMPTS = range(PLACE_OF["attempts_reached_operating"], PLACE_OF["attempts_address_vacant"] + 1)


class Whose(NamedTuple):
    """Which case, and whose; an industry that is not known is empty."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    industry: str


class Place(NamedTuple):
    """Where a case was listed, and the account that holds it; nobody is empty."""

    town: str
    unit: str
    officer: str


class Facts(NamedTuple):
    """What else is true of a case at the end of a day; of a district's many, many are alike.

    The counts are those of ``Standing``. ``debt`` is the size of what counts of it; ``places`` say
    of each 宗 that counts where it stands, or why it is not repaired; ``deadlines`` are the
    statuses in the order of the kinds.
    """

    debt: str
    cases: int
    excluded: int
    exited: int
    closed: int
    records: int
    repaired_records: int
    interviews: int
    photos: int
    commitments: int
    contact: str
    impediments: tuple[str, ...]
    places: tuple[str, ...]
    deadlines: tuple[str, ...]


class CaseOnDay(NamedTuple):
    """One listed case at the end of a day: ``Whose``, ``Place`` and ``Facts`` in one."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    industry: str
    town: str
    unit: str
    officer: str
    debt: str
    cases: int
    excluded: int
    exited: int
    closed: int
    records: int
    repaired_records: int
    interviews: int
    photos: int
    commitments: int
    contact: str
    impediments: tuple[str, ...]
    places: tuple[str, ...]
    deadlines: tuple[str, ...]


class Stood(NamedTuple):
    """How a case stood after its steps until some day; what time decides comes later.

    ``extended`` are the deadlines put off until then, each with its day.
    """

    place: Place
    debt: str
    cases: int
    excluded: int
    exited: int
    closed: int
    records: int
    repaired_records: int
    interviews: int
    photos: int
    commitments: int
    contact: str
    impediments: tuple[str, ...]
    took: Took
    extended: tuple[tuple[str, str], ...]
    held: tuple[Held, ...]


NOWHERE = Place("", "", "")
NEVER: Took = ("", "", "", "")


class Told(NamedTuple):
    """What is true of a case until time alone changes it; provisional by a missing calendar."""

    facts: Facts
    until: str
    provisional: bool


class Days(NamedTuple):
    """When the case took the steps that its deadlines ask for, as instants of those days."""

    listed_at: str | None
    first_contact_at: str | None
    first_interview_at: str | None
    first_commitment_at: str | None
    impediments: Collection[str]
    extended: Mapping[str, str]
    excluded: str | None = None


def standing_so(
    place: Place,
    at: Sequence[int],
    took: Took,
    extended: tuple[tuple[str, str], ...],
    held: tuple[Held, ...],
) -> Stood:
    """How a case stands of which these are the measures of its last step."""
    return Stood(
        place,
        debt_of(at[_AMOUNT]).value,
        at[_CASES],
        at[_OUT],
        at[_EXITED],
        at[_CLOSED],
        at[_RECORDS],
        at[_REPAIRED],
        at[_INTERVIEWS],
        at[_PHOTOS],
        at[_COMMITMENTS],
        _class(at),
        tuple([kind for kind, where in _IMPEDED if at[where]]) if at[_ANY] else (),
        took,
        extended,
        held,
    )


def _class(at: Sequence[int]) -> str:
    for name, where in _CLASSES:
        if at[where]:
            return name
    return ""


def taken(took: Took, day: str, changed: Iterable[int]) -> Took:
    """The days of the steps, after one that changed the measures in these places."""
    listed, contact, interview, commitment = took
    for place in changed:
        if place == _LISTINGS:
            listed = day
        elif place in _ATTEMPTS:
            contact = contact or day
        elif place == _INTERVIEWS:
            interview = interview or day
        elif place == _COMMITMENTS:
            commitment = commitment or day
    return listed, contact, interview, commitment


def held_by(records: Iterable[RecordLine], until: str) -> tuple[Held, ...]:
    return tuple(
        (str(status), record.decided_on, record.publicity_class)
        for record, status in counting(records, until)
    )


def on_day(whose: Whose, then: Stood, day: str, workdays: Workdays) -> CaseOnDay | None:
    """The case as it stood then, at the end of a day; None where it was not yet listed."""
    told = told_of(then, whose.category, day, workdays)
    return None if told is None else CaseOnDay._make((*whose, *then.place, *told.facts))


def told_of(then: Stood, category: str, day: str, workdays: Workdays) -> Told | None:
    """What is true at the end of a day of a case that stood so; None while it is not listed."""
    if not then.cases and not then.excluded:
        return None
    impediments = then.impediments
    places, until, provisional = [], FOREVER, False
    for held in then.held:
        why, turns, unsure = reason(held, category, impediments, day, workdays)
        places.append(held[0] if why is None else str(why))
        provisional = provisional or unsure
        if turns < until:
            until = turns
    statuses: tuple[str, ...] = ()
    if then.cases:
        excused = bool(impediments) and not EXCUSED.isdisjoint(impediments)
        statuses, running, unsure = _running(then.took, excused, then.extended, workdays)
        provisional = provisional or unsure
        for place, turns in running:
            if turns <= day:
                statuses = (*statuses[:place], _OVERDUE, *statuses[place + 1 :])
            elif turns < until:
                until = turns
    # One for every turn of every case of a district: the class's own way costs more than the rest.
    facts = tuple.__new__(Facts, (*then[1:_TOOK], tuple(places), statuses))
    return Told(facts, until, provisional)


_TOOK = Stood._fields.index("took")
_OVERDUE = str(DeadlineStatus.OPEN_OVERDUE)


@lru_cache(maxsize=65536)
def _running(
    took: Took, excused: bool, extended: tuple[tuple[str, str], ...], workdays: Workdays
) -> tuple[tuple[str, ...], tuple[tuple[int, str], ...], bool]:
    """The statuses while no deadline has passed, and which will be overdue from which day on.

    Many cases of one list took the same steps. The last says whether a day is provisional.
    """
    listed, contact, interview, commitment = (start_of_day(one) if one else None for one in took)
    held = EXCUSED if excused else ()
    asked = Days(listed, contact, interview, commitment, held, dict(extended))
    found = deadlines(asked, workdays, "")
    running = tuple(
        (place, next_day(one.due.day))
        for place, one in enumerate(found)
        if one.due is not None and one.status == DeadlineStatus.OPEN_IN_TIME
    )
    provisional = any(one.due is not None and one.due.provisional for one in found)
    return tuple(str(one.status) for one in found), running, provisional


def may_turn(facts: Facts, day: str, later: str) -> bool:
    """Whether time alone may have changed this from one day to a later one."""
    if DeadlineStatus.OPEN_IN_TIME in facts.deadlines or Obstacle.PERIOD_RUNS in facts.places:
        return True
    others = any(day < rules.first_day <= later for rules in RULE_SETS)
    return others and not BY_RULES.isdisjoint(facts.places)


BY_RULES = frozenset({Obstacle.NOT_REPAIRABLE, Obstacle.NOT_APPLIED})
"""What another rule set may say otherwise."""
