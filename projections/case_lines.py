"""How did one case stand at the end of a day: in the figures, in its deadlines, and each 宗?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from sys import intern
from typing import NamedTuple

import msgspec

from domain.deadlines import EXCUSED, deadlines
from domain.debt import debt_of
from domain.formulas_deltas import CaseLine
from domain.formulas_timeline import NO_STEP, NOTHING, Standing
from domain.instants import start_of_day
from domain.obstacles import RecordLine, counting, obstacle
from domain.vocabulary import Impediment
from domain.workdays import Workdays
from projections.packed_steps import decode_steps, pack_steps, unpack_steps

_encode = msgspec.json.encode
_decode_records = msgspec.json.Decoder(list[RecordLine]).decode
_decode_extensions = msgspec.json.Decoder(list[tuple[str, str, str]]).decode

_PLACE = {name: place for place, name in enumerate(Standing._fields)}
_LISTINGS, _INTERVIEWS = _PLACE["listings"], _PLACE["interviews"]
_AMOUNT = _PLACE["amount_fen"]
_COMMITMENTS, _CASES, _OUT = _PLACE["commitments"], _PLACE["cases"], _PLACE["excluded_cases"]
_IMPEDED = tuple((str(kind), _PLACE[f"impeded_{kind}"]) for kind in Impediment)
_CLASSES = tuple(
    (name.removeprefix("class_"), place)
    for name, place in _PLACE.items()
    if name.startswith("class_")
)
_ATTEMPTS = range(_PLACE["attempts_reached_operating"], _PLACE["attempts_address_vacant"] + 1)


class Packed(NamedTuple):
    """One case as its row holds it: the texts of ``pack`` beside whose it is."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    industry: str
    steps: str
    extensions: str
    records: str

    @property
    def whose(self) -> Whose:
        return Whose._make(self[:5])


class Stood(msgspec.Struct, array_like=True, gc=False):
    """How a case stood after its steps until some day; what the day itself decides comes later.

    ``took`` are the days of its listing, first contact, interview and commitment, ``held`` of each
    宗 that counts its status, the day of its decision and its class of publicity.
    """

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
    took: tuple[str, str, str, str]
    extended: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, str, str | None], ...]


_decode_stood = msgspec.json.Decoder(Stood).decode
FOREVER = "9"
"""Later than every day."""


def pack(stream: str, enterprise: str, line: CaseLine) -> Packed:
    return Packed(
        stream,
        enterprise,
        line.category,
        line.campaign,
        line.industry,
        pack_steps(line.steps),
        _encode(line.extensions).decode(),
        _encode(line.records).decode(),
    )


def last_of(row: Packed, line: CaseLine) -> tuple[str, str]:
    """The day after which the case only stood, and how it then stood, as text.

    Whoever asks of that day or a later one need not walk the steps again.
    """
    days = [step.day for step in line.steps[-1:]]
    days += [day for day, _, _ in line.extensions]
    days += [record.turns[-1][0] for record in line.records if record.turns]
    return max(days), _encode(stood(row, FOREVER)).decode()


def stood_last(text: str) -> Stood:
    return _decode_stood(text)


def unpack(row: Packed) -> CaseLine:
    return CaseLine(
        row.category,
        row.campaign,
        row.industry,
        unpack_steps(row.steps),
        _decode_extensions(row.extensions),
        _decode_records(row.records),
    )


class Whose(NamedTuple):
    """Which case, and whose."""

    stream: str
    enterprise: str
    category: str
    campaign: str
    industry: str


class Days(NamedTuple):
    """When the case took the steps that its deadlines ask for, as instants of those days."""

    listed_at: str | None
    first_contact_at: str | None
    first_interview_at: str | None
    first_commitment_at: str | None
    impediments: Collection[str]
    extended: Mapping[str, str]
    excluded: str | None = None


class CaseOnDay(NamedTuple):
    """One listed case at the end of a day, as small as may be: a district has many.

    ``industry`` is the enterprise's as it was registered, ``debt`` the size of what counts of it,
    ``officer`` the account that holds the case; an unknown industry and nobody are empty.
    The counts are those of ``Standing``. ``places`` says of each 宗 that counts where it stands,
    or why it is not repaired; ``deadlines`` are the statuses in the order of the kinds.
    """

    stream: str
    enterprise: str
    category: str
    campaign: str
    town: str
    unit: str
    industry: str
    debt: str
    officer: str
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


@lru_cache(maxsize=65536)
def _deadlines(
    took: tuple[str, str, str, str],
    excused: bool,
    extended: tuple[tuple[str, str], ...],
    workdays: Workdays,
    day: str,
) -> tuple[str, ...]:
    """Many cases of one list took the same steps on the same days."""
    listed, contact, interview, commitment = (start_of_day(one) if one else None for one in took)
    held = EXCUSED if excused else ()
    asked = Days(listed, contact, interview, commitment, held, dict(extended))
    return tuple(str(one.status) for one in deadlines(asked, workdays, day))


def stood(row: Packed, until: str) -> Stood:
    """How the case stood at the end of a day, by what it did until then."""
    (town, unit, officer), at, took = _walked(row.steps, until)
    extended: tuple[tuple[str, str], ...] = ()
    if row.extensions != "[]":
        put_off = _decode_extensions(row.extensions)
        extended = tuple((kind, due) for on, kind, due in put_off if on <= until)
    return Stood(
        town,
        unit,
        officer,
        str(debt_of(at[_AMOUNT])),
        cases=at[_CASES],
        excluded=at[_OUT],
        exited=at[_PLACE["exited_cases"]],
        closed=at[_PLACE["closed_cases"]],
        records=at[_PLACE["records"]],
        repaired_records=at[_PLACE["repaired_records"]],
        interviews=at[_INTERVIEWS],
        photos=at[_PLACE["photos"]],
        commitments=at[_COMMITMENTS],
        contact=next((name for name, place in _CLASSES if at[place]), ""),
        impediments=tuple(kind for kind, place in _IMPEDED if at[place]),
        took=took,
        extended=extended,
        held=tuple(
            (str(status), record.decided_on, record.publicity_class)
            for record, status in counted_records(row, until)
        ),
    )


def on_day(whose: Whose, then: Stood, day: str, workdays: Workdays) -> CaseOnDay | None:
    """The case as it stood then, at the end of a day; None where it was not yet listed."""
    if not then.cases and not then.excluded:
        return None
    stream, enterprise, category, campaign, industry = whose
    impediments = _same(then.impediments)
    places = [_place(*record, category, impediments, day, workdays) for record in then.held]
    excused = bool(impediments) and not EXCUSED.isdisjoint(impediments)
    return CaseOnDay(
        stream,
        enterprise,
        intern(category),
        intern(campaign),
        intern(then.town),
        intern(then.unit),
        intern(industry),
        intern(then.debt),
        intern(then.officer),
        then.cases,
        then.excluded,
        then.exited,
        then.closed,
        then.records,
        then.repaired_records,
        then.interviews,
        then.photos,
        then.commitments,
        intern(then.contact),
        impediments,
        _same(tuple(places)),
        _deadlines(then.took, excused, then.extended, workdays, day) if then.cases else (),
    )


def counted_records(row: Packed, until: str) -> list[tuple[RecordLine, str]]:
    """The 宗 of a case that count, each with where it stands."""
    return counting(_decode_records(row.records), until)


def change_in(row: Packed, measure: str, first: str, last: str) -> int:
    """By how much a measure of the case grew from the first to the last of these days."""
    place = _PLACE[measure]
    before = now = 0
    for turn, changed, *_ in decode_steps(row.steps):
        if turn > last:
            break
        for its, value in zip(changed[::2], changed[1::2], strict=True):
            if its == place:
                now = value
                if turn < first:
                    before = value
    return max(0, now - before)


def _walked(
    packed: str, until: str
) -> tuple[tuple[str, str, str], list[int], tuple[str, str, str, str]]:
    """Town, unit, officer and measures at the end of a day; the days of listing and first steps."""
    standing = list(NOTHING)
    group = NO_STEP[1:4]
    listed = contact = interview = commitment = ""
    for turn, changed, *anew in decode_steps(packed):
        if turn > until:
            break
        if anew:
            group = tuple(anew)
        for place, value in zip(changed[::2], changed[1::2], strict=True):
            standing[place] = value
            if place == _LISTINGS:
                listed = turn
            elif place in _ATTEMPTS:
                contact = contact or turn
            elif place == _INTERVIEWS:
                interview = interview or turn
            elif place == _COMMITMENTS:
                commitment = commitment or turn
    return group, standing, (listed, contact, interview, commitment)


@lru_cache(maxsize=65536)
def _place(
    status: str,
    decided_on: str,
    publicity_class: str | None,
    category: str,
    impediments: tuple[str, ...],
    day: str,
    workdays: Workdays,
) -> str:
    record = RecordLine("", "", decided_on, publicity_class, [])
    return str(obstacle(record, status, category, impediments, day, workdays) or status)


@lru_cache(maxsize=65536)
def _same(words: tuple[str, ...]) -> tuple[str, ...]:
    """One tuple for all who say the same."""
    return words
