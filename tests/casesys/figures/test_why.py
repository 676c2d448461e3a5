"""What changed a figure is named: who came, who left, and the entries without which it had not."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from casesys.exchange.events import export_events
from casesys.figures import causes as causes_module
from casesys.figures import rates_in
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.causes import How
from casesys.figures.two_states import Part
from casesys.figures.values import WHOLE, rates_of
from casesys.figures.why import BooksDiverge, Change, why_changed
from casesys.history import import_history
from casesys.permits import Person, operator
from casesys.system import System
from domain.formulas import DESK, FORMULAS, REPORTED, Rate
from tests import scenarios
from tests.casesys.figures.test_any_moment import on_two_lists, restless
from tests.districts import CLERK, changed, made_district
from tests.offices import OTHER_OFFICER, Clock, at
from tests.plain_figures import Lines, Plain

ALL = operator("tests")
DAYS = ("2021-04-30", "2021-06-30", "2021-08-31", "2021-10-31")
MANY = 10_000


class Books(NamedTuple):
    system: System
    lines: list[dict[str, Any]]

    def known_when(self, nth: int) -> str:
        return str(self.lines[nth]["recorded_at"])


@pytest.fixture
def books(system: System, tmp_path: Path) -> Books:
    """A made district where much is typed late, and much is taken away later."""
    folder = made_district(60, "11", tmp_path / "d")
    folder = changed(folder, "actions.csv", restless, tmp_path / "e")
    folder = changed(folder, "cases.csv", on_two_lists, tmp_path / "f")
    import_history(system, folder, CLERK)
    out = io.BytesIO()
    export_events(system, ALL, out, None, None, voided=True)
    return Books(system, [json.loads(line) for line in out.getvalue().splitlines()])


def questions(books: Books, chance: random.Random) -> tuple[Question, Question]:
    """A day in two states of the books, or two days in one; by instant or by position."""
    day, other = sorted((chance.choice(DAYS), chance.choice(DAYS)))
    first, last = sorted(chance.choice(books.lines)["recorded_at"] for _ in range(2))
    places = sorted(chance.randrange(len(books.lines)) for _ in range(2))
    return chance.choice(
        [
            (Question(day, first), Question(day, last)),
            (Question(day, first), Question(day)),
            (Question(day, position=places[0]), Question(day, position=places[1])),
            (Question(day, position=places[0]), Question(day)),
            (Question(day, first), Question(other, last)),
            (Question(day), Question(other)),
        ]
    )


def value(system: System, asked: Question, figure: str) -> Rate:
    with system.database.read() as c, standings(system, c, asked) as seen:
        return rates_of(seen, {figure: FORMULAS[figure]})[WHOLE][figure]


def traffic_of(found: Change, part: Part) -> int:
    return found.traffic[part].entered - found.traffic[part].left


def test_who_came_and_who_left_is_the_difference_to_the_unit(books: Books) -> None:
    chance = random.Random(1)
    moved = 0
    for _ in range(60):
        before, after = questions(books, chance)
        figure = chance.choice(list(FORMULAS))
        found = why_changed(books.system, ALL, figure, before, after, size=MANY)
        was, now = value(books.system, before, figure), value(books.system, after, figure)
        assert found.rates == (was, now)
        assert traffic_of(found, Part.NUMERATOR) == now.numerator - was.numerator
        assert traffic_of(found, Part.DENOMINATOR) == now.denominator - was.denominator
        assert found.total == len(found.moved)
        assert all(one.causes for one in found.moved), (figure, before, after)
        moved += found.total
    assert moved > 500


def test_the_values_are_those_of_the_ledger(books: Books) -> None:
    chance = random.Random(2)
    for _ in range(10):
        before, after = questions(books, chance)
        for name in DESK:
            found = why_changed(books.system, ALL, name, before, after, size=1)
            for asked, rate in zip((before, after), found.rates, strict=True):
                with books.system.database.read() as c:
                    told = rates_in(
                        books.system, c, asked.as_of, asked.known_at,
                        position=asked.position, formulas=DESK,
                    )["categories"]["all"]["rates"][name]  # fmt: skip
                assert (rate.numerator, rate.denominator) == (
                    told["numerator"],
                    told["denominator"],
                )


def plain(lines: Iterable[dict[str, Any]], day: str, figure: str) -> tuple[int, int]:
    """The figure by the plain fold, which imports nothing of ours, of these lines alone."""
    rate = Plain(Lines(lines), day).office()["categories"]["all"]["rates"][figure]
    return rate["numerator"], rate["denominator"]


def positions(causes: Iterable[Any]) -> set[int]:
    return {entry.position for cause in causes for entry in cause.entries}


def test_a_named_entry_taken_away_leaves_the_figure_as_it_was(books: Books) -> None:
    chance = random.Random(3)
    taken = 0
    for _ in range(24):
        day = chance.choice(DAYS)
        known_at = chance.choice([li for li in books.lines if li["case"]])["recorded_at"]
        figure = chance.choice(list(REPORTED))
        found = why_changed(
            books.system, ALL, figure, Question(day, known_at), Question(day), size=MANY
        )
        known = {li["position"] for li in books.lines if li["recorded_at"] <= known_at}

        def told(chosen: set[int], day: str = day, figure: str = figure) -> tuple[int, int]:
            some = [li for li in books.lines if not li["case"] or li["position"] in chosen]
            return plain(some, day, figure)

        opened = {li["position"] for li in books.lines if li["type"] == "case.opened"}
        known |= opened
        named = set().union(*(positions(one.causes) for one in found.moved), set())
        was, now = found.rates
        assert told(known) == (was.numerator, was.denominator)
        assert told(known | named) == (now.numerator, now.denominator)
        for one in chance.sample(list(found.moved), min(4, found.total)):
            side = list(Part).index(one.part)
            its = known | positions(one.causes)
            for cause in one.causes:
                with_it, without = told(its)[side], told(its - positions([cause]))[side]
                assert with_it - without == (1 if one.entered else -1), (figure, one)
                taken += 1
    assert taken > 60


def test_the_check_sees_an_entry_that_did_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the search for a smallest set, entries are named that changed nothing."""
    known_at = books.known_when(len(books.lines) // 2)
    asks = ("action.photo", Question("2021-10-31", known_at), Question("2021-10-31"))
    honest = why_changed(books.system, ALL, *asks, size=MANY)
    monkeypatch.setattr(
        causes_module.Causes,
        "_of_one",
        lambda self, moved, count, streams: self._of_streams(streams),
    )
    careless = why_changed(books.system, ALL, *asks, size=MANY)
    few, many = (sum(len(one.causes) for one in found.moved) for found in (honest, careless))
    assert few < many


# -- what each cause is called ----------------------------------------------------------------


def entry_of(system: System, case: Any, topic: str) -> Any:
    with system.database.read() as c:
        return [one for one in system.log.stream(c, case) if one.topic == topic][-1]


def test_a_late_entry_a_void_and_a_correction_are_told_apart(office: System, clock: Clock) -> None:
    cases = [scenarios.a_claimed_case(office, n).stream for n in (1, 2, 3)]
    wrong = scenarios.contact(result="reached_operating")
    for case in cases[1:]:
        scenarios.give(office, "attempt_contact", wrong, case)
    reported = office.now()
    clock.set("2021-08-05T10:00")
    scenarios.give(office, "attempt_contact", wrong, cases[0])
    void = {
        "target": entry_of(office, cases[1], "case.contact_attempted").version,
        "explanation": "记错了企业",
    }
    scenarios.give(office, "void_entry", void, cases[1])
    scenarios.give(
        office,
        "attempt_contact",
        scenarios.contact(result="no_answer"),
        cases[2],
        corrects=entry_of(office, cases[2], "case.contact_attempted").version,
        reason="听错了",
    )
    found = why_changed(
        office,
        ALL,
        "contact.reached_operating",
        Question("2021-07-22", reported),
        Question("2021-07-22"),
    )
    assert found.rates == (Rate(2, 3), Rate(1, 3))
    told = {
        (one.entered, cause.how, tuple(entry.topic for entry in cause.entries))
        for one in found.moved
        for cause in one.causes
    }
    attempted = "case.contact_attempted"
    assert told == {
        (True, How.LATE, (attempted,)),
        (False, How.VOID, ("case.entry_voided",)),
        (False, How.CORRECTION, ("case.entry_corrected", attempted)),
    }
    numbers = {found.numbers[str(case)] for case in cases}
    assert {row for one in found.moved for row in one.row.cases} == numbers


def test_acts_between_two_days_are_named_and_days_that_only_passed_are_said(
    office: System, clock: Clock
) -> None:
    cases = [scenarios.a_listed_case(office, n).stream for n in (1, 2)]
    clock.set("2021-08-01T12:00")
    scenarios.give(office, "attempt_contact", scenarios.contact("2021-08-01"), cases[0])
    clock.set("2021-09-30T09:00")
    days = Question("2021-07-04"), Question("2021-09-29")
    contacts = why_changed(office, ALL, "contact.not_attempted", *days)
    assert contacts.rates == (Rate(2, 2), Rate(1, 2))
    ((cause,),) = (one.causes for one in contacts.moved)
    assert (cause.how, cause.entries[0].stream_id) == (How.ON_ITS_DAY, str(cases[0]))
    owed = why_changed(office, ALL, "deadline.first_contact", *days)
    assert [one.part for one in owed.moved] == [Part.DENOMINATOR] * 2
    hows = {tuple(cause.how for cause in one.causes) for one in owed.moved}
    assert hows == {(How.DAYS,), (How.ON_ITS_DAY,)}


def test_a_unit_is_told_of_its_own_cases_only(office: System, clock: Clock) -> None:
    before = office.now()
    clock.wait(minutes=1)
    scenarios.a_claimed_case(office, 1)
    foreign = Person("x", "x", "区税务局", frozenset({"officer"}), "区税务局")
    own = Person("y", OTHER_OFFICER, "y", frozenset({"officer"}), "区市场监督管理局")
    asks = ("repair.by_record", Question("2021-07-22", before), Question("2021-07-22"))
    assert why_changed(office, ALL, *asks).rates == (Rate(0, 0), Rate(0, 1))
    assert why_changed(office, own, *asks).rates[1] == Rate(0, 1)
    assert why_changed(office, foreign, *asks).rates[1] == Rate(0, 0)


def test_books_are_compared_with_books_that_know_more(office: System) -> None:
    early, late = at("2021-07-01T00:00"), at("2021-07-02T00:00")
    wrong = [
        (Question("2021-07-22", late), Question("2021-07-22", early)),
        (Question("2021-07-22"), Question("2021-07-22", early)),
        (Question("2021-07-22", early), Question("2021-07-22", position=3)),
        (Question("2021-07-22", position=4), Question("2021-07-22", position=3)),
        (Question("2021-07-22"), Question("2021-07-21")),
    ]
    for before, after in wrong:
        with pytest.raises(BooksDiverge):
            why_changed(office, ALL, "exit.case", before, after)
    with pytest.raises(KeyError):
        why_changed(office, ALL, "exit", Question("2021-07-22"), Question("2021-07-22"))
