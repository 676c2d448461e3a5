"""A follower takes each entry once and in order, stops where it cannot, and goes on by itself."""

from __future__ import annotations

import threading
from random import Random

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from casesys.followers import place
from casesys.followers.engine import RETRY_SECONDS, Engine
from casesys.followers.place import Place, try_again
from casesys.followers.standing import halted, standing, told
from casesys.registry import KINDS
from casesys.serving import AnotherReleaseServes
from casesys.system import System
from projections.driver import write
from tests.followers import Diarist, Newcomer, diary, everything, head, lay_out_diary
from tests.register import append_only, made_register

EVENTS = made_register(7, 12)


@pytest.fixture
def followed(store: System) -> System:
    lay_out_diary(store)
    append_only(store, EVENTS)
    return store


def stands(system: System, *followers: Diarist) -> dict[str, dict[str, object]]:
    with system.database.read() as c:
        return standing(system, c, followers)


def test_every_entry_is_taken_once_and_in_order_whatever_the_page(followed: System) -> None:
    engine = Engine(followed, [Diarist()], page=7)
    while engine.round():
        pass
    assert diary(followed) == list(range(1, len(EVENTS) + 1))
    append_only(followed, made_register(8, 1)[-2:])
    everything(followed, Diarist(), page=1)
    assert diary(followed) == list(range(1, len(EVENTS) + 3))
    assert stands(followed, Diarist())["diarist"]["behind"] == 0


def test_who_wants_some_topics_meets_no_other_and_comes_to_the_end_as_well(
    followed: System,
) -> None:
    follower = Diarist()
    follower.topics = frozenset({"case.opened"})  # type: ignore[misc]
    everything(followed, follower, page=5)
    with followed.database.read() as c:
        opened = [e.position for e in followed.log.after(c, 0, 10**6) if e.topic == "case.opened"]
    assert diary(followed) == opened
    assert stands(followed, follower)["diarist"]["position"] == len(EVENTS)


def test_who_is_new_begins_with_what_comes_afterwards(followed: System) -> None:
    everything(followed, Newcomer())
    assert diary(followed) == []
    append_only(followed, made_register(8, 1)[-1:])
    everything(followed, Newcomer())
    assert diary(followed) == [len(EVENTS) + 1]


def test_it_stops_at_the_entry_that_it_cannot_take_and_says_which_and_why(
    followed: System,
) -> None:
    follower = Diarist(stops_at=[23])
    everything(followed, follower, page=10)
    assert diary(followed) == list(range(1, 23)), "the good ones before it, and none behind it"
    found = stands(followed, follower)
    stopped = found["diarist"]["stopped"]
    assert isinstance(stopped, dict)
    with followed.database.read() as c:
        (entry,) = followed.log.after(c, 22, 1)
    assert (stopped["position"], stopped["topic"]) == (23, entry.topic)
    assert halted(found) == ["diarist"]
    for language in ("zh", "en"):
        sentence = "\n".join(told(found, language))
        assert "/23" in sentence and entry.topic in sentence


def test_the_others_go_on_where_one_stops(followed: System) -> None:
    with followed.database.write() as c:
        write(c, "DELETE FROM log WHERE position > 40", [()])
    everything(followed, Diarist(stops_at=[5]), Newcomer())
    found = stands(followed, Diarist(), Newcomer())
    assert (found["diarist"]["position"], found["newcomer"]["position"]) == (4, 40)


def test_a_later_release_that_can_take_it_goes_on_by_itself(followed: System) -> None:
    everything(followed, Diarist(stops_at=[23]))
    since = stands(followed, Diarist())["diarist"]["stopped"]
    everything(followed, Diarist(stops_at=[23]))
    assert stands(followed, Diarist())["diarist"]["stopped"] == since, "since when is kept"
    everything(followed, Diarist())
    assert diary(followed) == list(range(1, len(EVENTS) + 1))
    assert not halted(stands(followed, Diarist()))


def test_a_running_engine_tries_again_now_and_then_and_at_once_when_told(
    followed: System,
) -> None:
    follower, hour = Diarist(stops_at=[23, 30]), [0.0]
    engine = Engine(followed, [follower], clock=lambda: hour[0])
    engine.round()
    follower.stops_at = {30}
    assert engine.round() == 0
    hour[0] += RETRY_SECONDS
    engine.round()
    assert diary(followed)[-1] == 29
    follower.stops_at = set()
    assert engine.round() == 0
    with followed.database.write() as c:
        try_again(c)
    engine.round()
    assert diary(followed) == list(range(1, len(EVENTS) + 1))


def test_an_entry_of_a_later_release_stops_it_until_that_release_comes(
    followed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with followed.database.write() as c:
        write(c, "UPDATE log SET topic = 'case.unheard' WHERE position = 31", [()])
    everything(followed, Diarist())
    stopped = stands(followed, Diarist())["diarist"]["stopped"]
    assert isinstance(stopped, dict)
    assert (stopped["position"], stopped["topic"]) == (31, "case.unheard")
    assert stopped["code"] == "stopped.topic_is_unknown"
    monkeypatch.setitem(KINDS, "case.unheard", KINDS["case.opened"])
    everything(followed, Diarist())
    assert diary(followed) == list(range(1, len(EVENTS) + 1))


def test_a_number_that_is_missing_in_the_log_is_not_passed_over(followed: System) -> None:
    with followed.database.write() as c:
        write(c, "DELETE FROM log WHERE position = 31", [()])
    everything(followed, Diarist())
    stopped = stands(followed, Diarist())["diarist"]["stopped"]
    assert isinstance(stopped, dict)
    assert (stopped["position"], stopped["code"]) == (31, "stopped.follower_misses")
    assert diary(followed) == list(range(1, 31))


def test_a_fault_of_the_program_names_its_kind_and_nothing_that_was_typed(
    followed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Diarist()

    def take(*_: object) -> None:
        raise KeyError("13800138000")

    monkeypatch.setattr(follower, "take", take)
    everything(followed, follower)
    stopped = stands(followed, follower)["diarist"]["stopped"]
    assert isinstance(stopped, dict)
    assert stopped["values"] == {"kind": "KeyError"}
    assert "13800138000" not in str(stopped)


def test_a_fault_of_the_database_stops_nobody(
    followed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Diarist()
    engine = Engine(followed, [follower])

    def take(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the server is gone"))

    monkeypatch.setattr(follower, "take", take)
    with pytest.raises(OperationalError):
        engine.round()
    monkeypatch.undo()
    engine.round()
    assert diary(followed) == list(range(1, len(EVENTS) + 1))


def test_where_another_release_serves_by_now_nobody_is_stopped(followed: System) -> None:
    engine = Engine(followed, [Diarist()])
    engine.step(engine.followers["diarist"])
    append_only(followed, made_register(8, 1)[-1:])

    def asked(_: Connection) -> None:
        raise AnotherReleaseServes("another_release_serves", models=["ledger 3 / 4"])

    followed.database.guard = asked
    with pytest.raises(AnotherReleaseServes):
        engine.round()
    followed.database.guard = None
    assert not halted(stands(followed, Diarist()))
    engine.round()
    assert diary(followed) == list(range(1, len(EVENTS) + 2))


def rush(system: System, engines: int, seed: int) -> None:
    """Several engines of one follower run to the end at once, each with its own page."""
    start, faults, chance = threading.Barrier(engines), [], Random(seed)

    def run(page: int) -> None:
        engine = Engine(system, [Diarist()], page)
        start.wait()
        try:
            while len(diary(system)) < head(system):
                engine.round()
        except Exception as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=run, args=(chance.randint(1, 9),), daemon=True)
        for _ in range(engines)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_two_engines_at_once_take_nothing_twice(followed: System) -> None:
    rush(followed, 2, 1)
    assert diary(followed) == list(range(1, len(EVENTS) + 1))


def meet_late(system: System, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An engine takes a page that another one took since it read its place; the diary then."""
    first, second = Engine(system, [Diarist()], 5), Engine(system, [Diarist()], 5)
    first.step(first.followers["diarist"])
    with system.database.read() as c:
        before = place.known(c, "diarist")
    monkeypatch.setattr(second, "_place", lambda _: before)
    first.step(first.followers["diarist"])
    second.step(second.followers["diarist"])
    return diary(system)


def test_who_comes_late_to_a_page_finds_the_place_gone_on(
    followed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meet_late(followed, monkeypatch) == list(range(1, 11))


def test_without_the_place_compared_a_page_is_taken_twice(
    followed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whoever_comes(c: Connection, name: str, before: Place, position: int, now: str) -> bool:
        moved = "UPDATE follower SET position = ?, taken_at = ? WHERE name = ?"
        write(c, moved, [(position, now, name)])
        return True

    monkeypatch.setattr(place, "go_on", whoever_comes)
    assert meet_late(followed, monkeypatch) == [*range(1, 11), *range(6, 11)]
