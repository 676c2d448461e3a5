"""A list answers its conditions, whole and in order, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casesys.lists import typed
from casesys.system import System
from projections import conditions as narrowing
from projections import lists
from projections.conditions import Wanted, conditions, where
from projections.driver import rows
from projections.enterprises import ENTERPRISE, low
from projections.ledger import LEDGER
from projections.lists import ORDERS, CaseLists, Line
from projections.record_index import RECORD_INDEX
from tests.register import made_register, record
from tests.scenarios import a_listed_case

LISTS = CaseLists()
CASES = 60


@pytest.fixture
def register(store: System) -> System:
    record(store, made_register(11, CASES), 500)
    return store


def lines(system: System, wanted: Wanted, sort: str = "number") -> list[Line]:
    """Every case that answers, read page by page."""
    found: list[Line] = []
    with system.database.read() as c:
        for page in range(1, 1000):
            part = LISTS.slice(c, wanted, sort, page, 7)
            found += part.lines
            if page >= part.pages:
                break
    return found


WAYS: list[tuple[Wanted, Callable[[Line], bool]]] = [
    (Wanted(), lambda line: True),
    (Wanted(category="penalty"), lambda line: line.category == "penalty"),
    (Wanted(town="第3镇"), lambda line: line.town == "第3镇"),
    (Wanted(unit="单位2"), lambda line: line.unit == "单位2"),
    (Wanted(campaign="L1"), lambda line: line.campaign == "L1"),
    (Wanted(campaign="nothing"), lambda line: False),
    (Wanted(branch="operating"), lambda line: line.branch == "operating"),
    (
        Wanted(stages=("exited", "closed")),
        lambda line: line.stage in ("exited", "closed"),
    ),
    (Wanted(asks=True), lambda line: line.step is not None),
    (Wanted(impediment="bankrupt"), lambda line: "bankrupt" in line.impediments.split()),
    (Wanted(contact="not_attempted"), lambda line: line.contact == "not_attempted"),
    (Wanted(repair="none"), lambda line: line.records > 0 and line.repaired == 0),
    (Wanted(repair="some"), lambda line: line.repaired > 0),
    (Wanted(repair="full"), lambda line: line.records > 0 and line.repaired == line.records),
    (Wanted(repair="open"), lambda line: line.repaired < line.records),
    (
        Wanted(due_from="2021-03-01", due_to="2021-08-31"),
        lambda line: line.due_on is not None and "2021-03-01" <= line.due_on <= "2021-08-31",
    ),
    (
        Wanted(listed_from="2021-06-01", listed_to="2021-06-30"),
        lambda line: line.listed_on is not None and line.listed_on[:7] == "2021-06",
    ),
    (typed("L1-00042"), lambda line: line.number == "L1-00042"),
    (typed("k00042"), lambda line: line.reference == "K00042"),
    (typed("岭川7商贸"), lambda line: "岭川7商贸" in (line.name or "")),
    (typed("商贸 岭川7"), lambda line: "岭川7" in (line.name or "")),
]


def test_a_condition_lets_in_exactly_what_it_names(register: System) -> None:
    every = lines(register, Wanted())
    for wanted, holds in WAYS:
        expected = [line.number for line in every if holds(line)]
        assert [line.number for line in lines(register, wanted)] == expected, wanted


def test_every_case_of_the_ledger_is_in_the_list_once(register: System) -> None:
    with register.database.read() as c:
        numbers = [number for (number,) in rows(c, f"SELECT number FROM {LEDGER} ORDER BY number")]
    assert len(numbers) == CASES
    assert [line.number for line in lines(register, Wanted())] == numbers


def test_an_order_loses_no_case_between_pages(register: System) -> None:
    every = [line.number for line in lines(register, Wanted())]
    for sort in (*ORDERS, *("-" + name for name in ORDERS)):
        assert sorted(line.number for line in lines(register, Wanted(), sort)) == every, sort


def test_a_walk_and_a_sort_lead_to_the_same_page(
    register: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted(asks=True, category="penalty")
    for sort in (*ORDERS, *("-" + name for name in ORDERS)):
        walked = lines(register, wanted, sort)
        with monkeypatch.context() as never:
            never.setattr(lists, "WALK", -1)
            assert lines(register, wanted, sort) == walked, sort


def test_a_walk_that_leads_nowhere_soon_is_given_up(
    register: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wanted in (Wanted(category="judgment"), Wanted(stages=("exited",), town="第3镇")):
        for sort in (*ORDERS, *("-" + name for name in ORDERS)):
            sought = lines(register, wanted, sort)
            with monkeypatch.context() as short:
                # As if few steps were promised, and the promise is not kept.
                short.setattr(lists, "WALK", 1)
                short.setattr(lists.CaseLists, "count", counted_as_one)
                assert lines(register, wanted, sort) == sought, sort


def counted_as_one(
    self: CaseLists, c: Connection, questions: list[Wanted], head: int | None = None
) -> list[int]:
    """The true counts, but an office of no case: any walk looks short."""
    return [0 if wanted == Wanted() else TRULY(self, c, [wanted])[0] for wanted in questions]


TRULY = CaseLists.count


def test_no_question_of_a_page_reads_the_wide_rows_to_leave_them_out(
    store_on_sqlite: System,
) -> None:
    record(store_on_sqlite, made_register(12, 20), 500)
    narrowed = (
        Wanted(),
        Wanted(unclaimed=True),
        Wanted(officers=("a", "b")),
        Wanted(stages=("awaiting_second",)),
        Wanted(due_to="2021-08-31"),
        Wanted(category="penalty", branch="operating", contact="not_attempted"),
        Wanted(unit="单位2"),
        Wanted(town="第3镇"),
        Wanted(repair="some", impediment="bankrupt"),
        Wanted(listed_from="2021-06-01"),
    )
    texts = [typed(text) for text in ("岭川", "jc", "0042", "商贸 处罚〔2020〕1")]
    with store_on_sqlite.database.read() as c:
        for wanted in (*narrowed, *texts):
            assert steps(c, replace(wanted, asks=True)) <= {"COVERING"}, wanted
        # The hunt finds a question that the index does not answer.
        assert steps(c, Wanted(), " WHERE amount_fen > 0") == {"SCAN"}


def steps(c: Connection, wanted: Wanted, which: str = "") -> set[str]:
    """How SQLite goes through the ledger to count what answers."""
    text, values = where(conditions(c, wanted, counted=True))
    plan = rows(c, f"EXPLAIN QUERY PLAN SELECT COUNT(*) FROM {LEDGER}{which or text}", values)
    ways = [str(step[3]) for step in plan if " ledger" in step[3]]
    assert ways
    return {"COVERING" if "COVERING INDEX" in way else way.split()[0] for way in ways}


def test_what_has_no_due_day_comes_last(register: System) -> None:
    for sort in ("due", "-due"):
        days = [line.due_on for line in lines(register, Wanted(), sort)]
        known = [day for day in days if day is not None]
        assert known and days == known + [None] * (len(days) - len(known))
        assert known == sorted(known, reverse=sort == "-due")


def test_the_tallies_are_the_lengths_of_the_lists(register: System) -> None:
    asked = [wanted for wanted, _ in WAYS]
    with register.database.read() as c:
        counted = LISTS.count(c, asked)
    assert counted == [len(lines(register, wanted)) for wanted in asked]


def test_a_page_that_is_not_there_is_the_nearest(register: System) -> None:
    for asked, given in ((0, 1), (-3, 1), (10, 9), (10**9, 9)):
        with register.database.read() as c:
            found = LISTS.slice(c, Wanted(), "number", asked, 7)
        assert found.page == given and found.lines


def test_signs_of_a_pattern_are_plain_letters(register: System) -> None:
    for text in ("%", "_", "L1_00042", "\\", "'", '"', "%%%", "[a-z]", "L1%"):
        assert lines(register, typed(text)) == [], text


def test_the_hunt_for_patterns_finds_a_list_that_does_not_escape_them(
    register: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "_holds", lambda c, text: f"{text} LIKE ?")
    assert lines(register, typed("%")) != []


def test_two_questions_at_once_ask_for_both() -> None:
    view = Wanted(asks=True, due_from="2021-07-22", due_to="2021-08-05")
    query = Wanted(town="石门街道", due_from="2021-07-01", due_to="2021-07-30", stages=("exited",))
    both = view.and_also(query)
    assert (both.due_from, both.due_to) == ("2021-07-22", "2021-07-30")
    assert both.asks and both.town == "石门街道" and both.stages == ("exited",)
    assert Wanted(stages=("closed",)).and_also(query).stages == ("",)


def spelled(chance: random.Random, number: str) -> str:
    """The number as somebody may type it: other brackets, blanks, full-width digits."""
    wide = str.maketrans("0123456789", "".join(chr(0xFF10 + n) for n in range(10)))
    other: dict[str, Any] = {"〔": "[", "〕": "]", "（": "(", "）": ")"}
    text = "".join(other.get(c, c) for c in number)
    text = text.translate(wide) if chance.random() < 0.5 else text
    return " ".join(text) if chance.random() < 0.5 else f" {text} "


def test_a_record_is_found_under_any_spelling_of_its_number(office: System) -> None:
    chance = random.Random(3)
    held = {
        str(a_listed_case(office, 1, "penalty").stream): "云市监处罚〔2020〕1号",
        str(a_listed_case(office, 2, "judgment").stream): "（2020）粤0111执2号",
    }
    with office.database.read() as c:
        for stream, number in [*held.items()] * 10:
            wanted = typed(spelled(chance, number))
            assert [line.stream_id for line in LISTS.slice(c, wanted, "due", 1, 9).lines] == [
                stream
            ]
            assert LISTS.records_found(c, [stream], wanted) == {stream: [number]}
            assert len(LISTS.exactly(c, wanted)) == 1


def plainly_found(c: Connection, wanted: Wanted) -> set[str]:
    """The cases that hold a text, row by row from where its parts are first written down."""
    called = {
        uscc: [low(text) for text in "\n".join(texts).split("\n")]
        for uscc, *texts in rows(
            c, f"SELECT uscc, name, former_names, uscc, initials, pinyin FROM {ENTERPRISE}"
        )
    }
    keys: dict[str, list[str]] = {}
    for number, key in rows(c, f"SELECT case_number, number_key FROM {RECORD_INDEX}"):
        keys.setdefault(number, []).append(key)
    found = set()
    for number, uscc, reference in rows(c, f"SELECT number, enterprise, reference FROM {LEDGER}"):
        texts = [*called[uscc], low(number), low(reference or "")]
        ways = [all(any(low(w) in text for text in texts) for w in wanted.words)]
        ways.append(any(low(wanted.whole) in text for text in texts))
        ways += [wanted_key in key for wanted_key in wanted.keys for key in keys.get(number, ())]
        if any(ways):
            found.add(number)
    return found


def texts_to_type(c: Connection, chance: random.Random, how_many: int) -> list[str]:
    """Parts of what stands in the books, alone and in pairs, in either case."""
    held = [
        text
        for question in (
            f"SELECT name, initials, pinyin, uscc FROM {ENTERPRISE}",
            f"SELECT number, COALESCE(reference, '-') FROM {LEDGER}",
            f"SELECT number, number_key FROM {RECORD_INDEX}",
        )
        for row in rows(c, question)
        for text in row
    ]

    def part() -> str:
        text = str(chance.choice(held))
        first = chance.randrange(len(text))
        cut = text[first : first + chance.choice((1, 2, 2, 3, 4, 8, 30))]
        return cut.upper() if chance.random() < 0.3 else cut

    return [" ".join(part() for _ in range(chance.choice((1, 1, 2)))) for _ in range(how_many)]


def test_a_text_finds_what_holds_it_wherever_it_is_written(
    register: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(8)
    with register.database.read() as c:
        typed_in = [typed(text) for text in texts_to_type(c, chance, 150)]
        expected = [plainly_found(c, wanted) for wanted in typed_in]
    assert any(expected) and not all(len(found) == CASES for found in expected)
    for few in (lists.FEW, 3):
        # Few cases are sorted, many are walked to.
        monkeypatch.setattr(lists, "FEW", few)
        for wanted, plainly in zip(typed_in, expected, strict=True):
            found = [line.number for line in lines(register, wanted)]
            assert found == sorted(plainly), wanted
    # The hunt finds a list that looks into names alone.
    monkeypatch.setattr(narrowing, "_anywhere", lambda c, word: ("search_names = ?", (word,)))
    with register.database.read() as c:
        assert any(
            {line.number for line in LISTS.slice(c, wanted, "number", 1, CASES).lines} != plainly
            for wanted, plainly in zip(typed_in, expected, strict=True)
        )


def test_what_was_counted_is_counted_again_when_the_books_went_on(office: System) -> None:
    kept, asked = CaseLists(), [Wanted(), Wanted(category="penalty")]

    def counted() -> list[int]:
        with office.database.read() as c:
            head, _ = office.log.head(c)
            once = kept.count(c, asked, head)
            assert once == kept.count(c, asked, head) == CaseLists().count(c, asked)
            together = kept.count_together(c, Wanted(category="judgment"), asked, head)
            assert together == [once[0] - once[1], 0]
            return once

    a_listed_case(office, 1, "penalty")
    assert counted() == [1, 1]
    a_listed_case(office, 2, "judgment")
    assert counted() == [2, 1]


def test_the_hunt_for_stale_counts_finds_one_that_does_not_look_at_the_books(
    office: System,
) -> None:
    kept = CaseLists()
    a_listed_case(office, 1)
    with office.database.read() as c:
        assert kept.count(c, [Wanted()], 1) == [1]
    a_listed_case(office, 2)
    with office.database.read() as c:
        assert kept.count(c, [Wanted()], 1) == [1]
        assert kept.count(c, [Wanted()], 2) == [2]
