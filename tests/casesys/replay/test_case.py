"""A case that is played stands at every entry as the aggregate stood at that version."""

from __future__ import annotations

from cProfile import Profile
from dataclasses import asdict
from pstats import Stats
from typing import Any
from uuid import UUID

import pytest

from casesys.cases.view import CaseView, see_case
from casesys.recorder import DeskApplication
from casesys.replay import case as playing
from casesys.replay.case import PlayedCase, PlayOrder, play_case
from casesys.replay.sides import sides_of
from casesys.system import System
from domain.case_state import CaseState
from domain.entries import Entry, live
from domain.instants import local_day
from tests.districts import CLERK
from tests.offices import Clock
from tests.played import case_numbers
from tests.scenarios import a_contacted_case, case_number, give


def viewed(system: System, number: str, known_at: str | None = None) -> CaseView:
    return see_case(system, number, CLERK, known_at=known_at)


def played(
    system: System, number: str, order: PlayOrder = PlayOrder.RECORDED, known_at: str | None = None
) -> PlayedCase:
    return play_case(viewed(system, number, known_at), order)


def fields(state: CaseState) -> dict[str, Any]:
    return asdict(state)


def unlike_the_aggregate(system: System) -> list[tuple[str, int, str]]:
    """Where a played case is not as the event library makes the aggregate of its first events."""
    library = DeskApplication(system)
    found = []
    for number in case_numbers(system):
        case = played(system, number)
        stream = UUID(case.view.stream)
        before = fields(CaseState())
        for version in range(1, case.total + 1):
            frame = case.frame(version)
            aggregate: Any = library.repository.get(stream, version=version)
            assert aggregate.version == version == frame.n
            expected = fields(aggregate.state)
            sides = (("before", frame.before, before), ("after", frame.after, expected))
            found += [
                (number, version, f"{side} {name}")
                for side, state, wanted in sides
                for name, value in fields(state).items()
                if value != wanted[name]
            ]
            before = expected
    return found


def test_every_case_at_every_version_is_the_aggregate_of_that_version(
    district_office: System,
) -> None:
    numbers = case_numbers(district_office)
    assert len(numbers) == 50
    assert sum(played(district_office, number).total for number in numbers) == 702
    assert unlike_the_aggregate(district_office) == []


def test_the_comparison_finds_a_single_entry_that_is_skipped(
    district_office: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one case the sixth entry, a signed commitment, is forgotten."""
    number, version = "B2021-01-0002", 9

    def forgetful(facts: list[Entry]) -> list[Entry]:
        return [one for one in live(facts) if (one.stream_id, one.version) != (stream, version)]

    stream = viewed(district_office, number).stream
    monkeypatch.setattr(playing, "live", forgetful)
    found = unlike_the_aggregate(district_office)
    assert {case for case, _, _ in found} == {number}
    assert (number, version, "after commitments") in found
    assert min(at for _, at, _ in found) == version


def test_as_things_happened_every_day_is_that_of_the_case_page(district_office: System) -> None:
    """In the books of now and in those of a day in June, of which much was learnt later."""
    days = 0
    for number in case_numbers(district_office):
        for known_at in (None, "2021-06-15T04:00:00.000000Z"):
            case = played(district_office, number, PlayOrder.HAPPENED, known_at)
            for day in sorted({local_day(entry.occurred_at) for entry in case.entries[1:]}):
                seen = see_case(district_office, number, CLERK, as_of=day, known_at=known_at)
                state = case.frame(case.last_until(day)).after
                assert fields(state) == fields(seen.state), (number, day, known_at)
                days += 1
    assert days > 500


def test_the_books_of_an_instant_hold_what_was_recorded_until_then(
    district_office: System,
) -> None:
    for number in case_numbers(district_office)[:12]:
        whole = played(district_office, number)
        for n in (1, whole.total // 2, whole.total):
            known_at = whole.entries[n - 1].recorded_at
            then = played(district_office, number, known_at=known_at)
            assert then.total >= n
            assert fields(then.state(n)) == fields(whole.state(n))


def test_a_void_and_a_late_entry_say_which_others_they_concern(district_office: System) -> None:
    void = played(district_office, "B2021-05-0010").frame(14)
    assert void.takes_away == 9 and void.goes_before == ()
    assert void.before.attempts == 2 and void.after.attempts == 1
    assert played(district_office, "B2021-05-0010").frame(9).voided_by == 14
    happened = played(district_office, "B2021-05-0010", PlayOrder.HAPPENED)
    assert happened.place_of(9) is None and happened.place_of(14) is None
    late = played(district_office, "B2021-01-0002")
    assert late.frame(8).goes_before == (7, 6)
    assert late.frame(7).goes_before == (6,) and late.frame(5).goes_before == ()
    as_it_was = played(district_office, "B2021-01-0002", PlayOrder.HAPPENED)
    places = [as_it_was.place_of(version) for version in (8, 7, 6)]
    assert places == sorted(place for place in places if place is not None)


def test_before_the_first_entry_there_is_nothing(district_office: System) -> None:
    case = played(district_office, "B2021-01-0002", PlayOrder.HAPPENED)
    assert case.last_until("2020-01-01") == 0
    nothing = case.frame(0)
    assert nothing.entry is None and fields(nothing.after) == fields(CaseState())
    assert case.frame(-4).n == 0 and case.frame(10_000).n == case.total
    unknown = played(district_office, "B2021-01-0002", known_at="2020-01-01T00:00:00.000000Z")
    assert unknown.total == 0 and unknown.frame(3).n == 0


def test_one_step_of_a_long_case_reads_each_entry_a_few_times_only(
    system: System, clock: Clock
) -> None:
    case = a_contacted_case(system)
    for _ in range(120):
        clock.wait(minutes=7)
        give(
            system,
            "attempt_contact",
            {"attempted_at": clock(), "result": "no_answer", "channel": "phone"},
            case.stream,
        )
    number = case_number(system, case.stream)
    profile = Profile()
    with profile:
        playing_it = played(system, number)
        frame = playing_it.frame(playing_it.total)
        sides_of(frame, playing_it.view.workdays)
    statistics: Any = Stats(profile)
    (calls,) = (row[1] for name, row in statistics.stats.items() if name[2] == "advance")
    assert playing_it.total > 120
    assert calls <= 4 * playing_it.total
