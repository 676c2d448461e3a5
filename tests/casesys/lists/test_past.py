"""A list of another day is the list that an independent fold of the log gives."""

from __future__ import annotations

import random

import pytest

from casesys.lists.past import PastLists, TooMuchToFold
from casesys.system import System
from domain.entries import Entry, as_seen
from domain.evolution import state_of
from domain.instants import end_of_day, start_of_day
from projections.conditions import Wanted
from projections.driver import rows
from projections.ledger import LEDGER
from projections.lists import CaseLists
from tests.register import made_register, record
from tests.scenarios import a_listed_case, contact, give


def stages(system: System, as_of: str | None, known_at: str | None) -> dict[str, tuple[str, int]]:
    """Stage and number of records of every case, as the past lists have it."""
    with system.database.read() as c, PastLists(system.log).at(c, as_of, known_at) as past:
        found = CaseLists().slice(past, Wanted(), "number", 1, 10_000).lines
    return {line.number: (line.stage, line.records) for line in found}


def folded(
    entries: list[Entry], as_of: str | None, known_at: str | None
) -> dict[str, tuple[str, int]]:
    """The same, folded case by case from the entries themselves."""
    streams: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.topic.startswith("case."):
            streams.setdefault(entry.stream_id, []).append(entry)
    found = {}
    for stream in streams.values():
        seen = as_seen(stream, end_of_day(as_of) if as_of else None, known_at)
        facts = [entry for entry in seen if entry.topic != "case.opened"]
        if facts:
            state = state_of(facts)
            found[stream[0].data["number"]] = (state, len(state.records))
    return {number: (_stage(state, number), records) for number, (state, records) in found.items()}


def _stage(state: object, number: str) -> str:
    state.category = ("penalty", "judgment")[int(number[-5:]) % 2]  # type: ignore[attr-defined]
    return str(state.stage)  # type: ignore[attr-defined]


def test_any_day_known_at_any_instant_is_the_fold_of_what_counted(
    store_on_sqlite: System,
) -> None:
    entries = record(store_on_sqlite, made_register(5, 60), 500)
    chance = random.Random(5)
    days = [f"2021-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}" for _ in range(12)]
    instants = sorted({entry.recorded_at for entry in entries})
    for day in days:
        for known_at in (None, chance.choice(instants)):
            assert stages(store_on_sqlite, day, known_at) == folded(entries, day, known_at)
    # The hunt finds a list that leaves either clock out.
    day, known_at = min(days), instants[-1]
    assert stages(store_on_sqlite, None, known_at) != folded(entries, day, known_at)
    assert stages(store_on_sqlite, max(days), None) != folded(entries, max(days), instants[0])
    with store_on_sqlite.database.read() as c:
        present = rows(c, f"SELECT number, stage, records FROM {LEDGER}")
    assert stages(store_on_sqlite, "2999-12-31", None) == {n: (s, k) for n, s, k in present}


def test_a_void_counts_from_the_day_on_which_the_books_learnt_of_it(office: System) -> None:
    case = a_listed_case(office).stream
    reached = give(office, "attempt_contact", contact(), case)
    before = office.now()
    office.now.wait(days=3)  # type: ignore[attr-defined]
    give(office, "void_entry", {"target": reached.version, "explanation": "记错了"}, case)
    assert set(stages(office, "2021-07-22", before).values()) == {("to_interview", 1)}
    assert set(stages(office, "2021-07-22", None).values()) == {("contacting", 1)}


def test_a_day_once_folded_follows_the_log_as_it_grows(office: System) -> None:
    lists, day = PastLists(office.log), "2021-07-10"

    def number_of_cases() -> int:
        with office.database.read() as c, lists.at(c, day, None) as past:
            return CaseLists().count(past, [Wanted()])[0]

    a_listed_case(office, 1)
    assert number_of_cases() == 1
    a_listed_case(office, 2)
    assert number_of_cases() == 2


def test_too_wide_a_question_asks_for_a_campaign(store_on_sqlite: System) -> None:
    entries = record(store_on_sqlite, made_register(6, 10), 500)
    lists = PastLists(store_on_sqlite.log, most=len(entries) // 2)
    with store_on_sqlite.database.read() as c:
        with pytest.raises(TooMuchToFold), lists.at(c, "2021-06-01", None):
            pass
        with lists.at(c, "2021-06-01", None, "no such campaign") as past:
            assert CaseLists().count(past, [Wanted()]) == [0]


def test_before_the_first_day_there_is_nothing(office: System) -> None:
    a_listed_case(office)
    assert stages(office, "1999-01-01", None) == {}
    assert stages(office, None, start_of_day("1999-01-01")) == {}
