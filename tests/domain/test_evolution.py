"""A case's state is what its live entries add up to, whatever the order they were recorded in."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.case import GovernanceCase
from domain.entries import Entry, as_seen, live
from domain.events import PendingFact
from domain.evolution import EVOLUTION, state_of
from domain.instants import end_of_day
from domain.vocabulary import ContactResult, Impediment


def fact(version: int, topic: str, day: str, **data: Any) -> PendingFact:
    return PendingFact(version, f"case.{topic}", data, f"{day}T02:00:00.000000Z", "a")


def contact(version: int, day: str, result: ContactResult) -> PendingFact:
    return fact(version, "contact_attempted", day, result=result, channel=None, photo=None)


def entry(position: int, topic: str, happened: str, known: str, **data: Any) -> Entry:
    at, recorded = f"{happened}T02:00:00.000000Z", f"{known}T03:00:00.000000Z"
    return Entry(
        position,
        "s",
        position,
        f"case.{topic}",
        data,
        at,
        recorded,
        recorded,
        "a",
        None,
        None,
        None,
        (),
    )


def test_a_late_entry_takes_its_place_in_time() -> None:
    early = contact(3, "2021-03-09", ContactResult.REACHED_OPERATING)
    late = contact(2, "2021-03-12", ContactResult.REACHED_NOT_OPERATING)
    state = state_of(live([late, early]))
    assert state.last_reach == ContactResult.REACHED_NOT_OPERATING
    assert state.first_contact_at == early.occurred_at


def test_a_void_takes_its_target_away_whenever_it_came() -> None:
    facts = [
        contact(1, "2021-03-09", ContactResult.REACHED_OPERATING),
        fact(2, "impediment_found", "2021-03-10", impediment=Impediment.BANKRUPT, document=None),
        fact(3, "entry_voided", "2021-04-01", target=1, explanation="录错"),
    ]
    state = state_of(live(facts))
    assert state.attempts == 0
    assert state.impediments == {Impediment.BANKRUPT}


def test_the_order_of_recording_changes_nothing() -> None:
    facts = [
        contact(1, "2021-03-09", ContactResult.NO_ANSWER),
        contact(2, "2021-03-11", ContactResult.REACHED_OPERATING),
        fact(3, "impediment_found", "2021-03-10", impediment=Impediment.BANKRUPT, document=None),
        fact(4, "impediment_cleared", "2021-03-12", impediment=Impediment.BANKRUPT),
    ]
    states = [state_of(live(list(some))) for some in permutations(facts)]
    assert all(state == states[0] for state in states)


def test_a_register_may_repair_a_record_before_it_attaches_it() -> None:
    repaired = fact(1, "repair_result_recorded", "2021-05-01", record="R1", result="granted")
    attached = fact(
        2,
        "record_attached",
        "2021-05-02",
        record="R1",
        number="n",
        number_key="n",
        authority="a",
        decided_on="2020-01-01",
        amount_fen=1,
        publicity_class=None,
        debtor_ground=None,
        published_on=None,
    )
    assert state_of([repaired]).records == {}
    assert state_of([repaired, attached]).records["R1"].repaired


def test_both_clocks_say_what_an_answer_may_use() -> None:
    entries = [
        entry(1, "photo_added", "2021-03-09", "2021-03-20"),
        entry(2, "photo_added", "2021-03-10", "2021-03-10"),
        entry(3, "entry_voided", "2021-03-09", "2021-03-25", target=2, explanation="x"),
    ]

    def seen(as_of: str | None, known: str | None) -> list[int]:
        until = end_of_day(as_of) if as_of else None
        return [e.position for e in as_seen(entries, until, end_of_day(known) if known else None)]

    assert seen(None, None) == [1]
    assert seen("2021-03-10", "2021-03-15") == [2]
    assert seen("2021-03-10", "2021-03-22") == [1, 2]
    assert seen("2021-03-10", "2021-03-25") == [1]
    assert seen("2021-03-08", None) == []


@given(st.permutations(range(6)), st.sets(st.integers(1, 6)))
def test_live_entries_are_ordered_by_happening_and_voids_are_gone(
    days: list[int], voided: set[int]
) -> None:
    facts = [fact(i + 1, "photo_added", f"2021-03-1{day}") for i, day in enumerate(days)]
    facts += [
        fact(7 + i, "entry_voided", "2021-03-01", target=target, explanation="x")
        for i, target in enumerate(sorted(voided))
    ]
    found = live(facts)
    assert [f.occurred_at for f in found] == sorted(f.occurred_at for f in found)
    assert {f.version for f in found} == {1, 2, 3, 4, 5, 6} - voided


def test_every_event_changes_the_state_or_is_known_not_to() -> None:
    topics = {
        event.TOPIC
        for event in vars(GovernanceCase).values()
        if isinstance(event, type)
        and issubclass(event, GovernanceCase.Event)
        and event not in (GovernanceCase.Event, GovernanceCase.Created)
    }
    silent = {"note_added", "entry_voided", "entry_corrected"}
    silent |= {"personal_data_revealed", "personal_data_erased"}
    assert topics - set(EVOLUTION) == {f"case.{name}" for name in silent}
    assert set(EVOLUTION) <= topics
