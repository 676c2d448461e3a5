"""What an enterprise adds to the figures, counted once however many cases it has."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from domain.entries import Entry, live
from domain.formulas_deltas import (
    ALL,
    CaseLine,
    Presence,
    enterprise_deltas,
    group_deltas,
    presence,
)
from domain.formulas_timeline import NOTHING, Standing, timeline
from tests.figure_entries import Book, books


def lines_of(entries: list[Entry], enterprise: str) -> list[CaseLine]:
    opened = {e.stream_id: e.data for e in entries if e.topic == "case.opened"}
    return [
        CaseLine(
            data["category"],
            data["campaign"],
            "建筑业",
            timeline(live([e for e in entries if e.stream_id == stream])),
        )
        for stream, data in opened.items()
        if data["enterprise"] == enterprise
    ]


def until(lines: list[CaseLine], day: str) -> dict[str, Presence]:
    """The sums of the daily differences until a day."""
    sums: dict[str, list[int]] = {}
    for delta in enterprise_deltas(lines):
        if delta.day <= day:
            had = sums.setdefault(delta.category, [0] * len(Presence._fields))
            sums[delta.category] = [a + b for a, b in zip(had, delta.differences, strict=True)]
    return {category: Presence(*parts) for category, parts in sums.items()}


def on_two_lists() -> Book:
    book = Book()
    for stream, category, campaign in (("a", "penalty", "B1"), ("b", "judgment", "B2")):
        book.open(stream, "E1", category, campaign)
        book.listed(stream, "2021-03-01T09:00", town="沙坪镇")
        book.attached(stream, "2021-03-01T09:01", f"r{stream}")
    return book


def test_an_enterprise_on_two_lists_counts_once_in_all() -> None:
    figures = until(lines_of(on_two_lists().entries, "E1"), "2021-03-01")
    assert {name: own.enterprises for name, own in figures.items()} == {
        "penalty": 1,
        "judgment": 1,
        ALL: 1,
    }


def test_fully_repaired_asks_for_every_record_of_the_category() -> None:
    book = on_two_lists()
    book.add("a", "case.repair_result_recorded", "2021-03-05", record="ra", result="granted")
    figures = until(lines_of(book.entries, "E1"), "2021-03-05")
    assert (figures["penalty"].fully_repaired, figures["penalty"].any_repaired) == (1, 1)
    assert (figures[ALL].fully_repaired, figures[ALL].any_repaired) == (0, 1)


def test_an_enterprise_without_a_record_is_not_fully_repaired() -> None:
    assert presence([NOTHING._replace(cases=1)]).fully_repaired == 0


def test_all_three_acts_must_stand_in_one_case() -> None:
    seen = NOTHING._replace(cases=1, interviews=1, photos=2)
    signed = NOTHING._replace(cases=1, commitments=1)
    apart = presence([seen, signed])
    assert (apart.interviewed, apart.photographed, apart.committed, apart.all_three) == (1, 1, 1, 0)
    assert presence([seen._replace(commitments=1)]).all_three == 1


def test_a_case_that_is_not_governed_adds_nothing_to_its_enterprise() -> None:
    assert presence([NOTHING._replace(interviews=3, photos=1)]).enterprises == 0


def test_an_enterprise_is_in_each_group_that_it_has_records_in() -> None:
    groups = {
        (d.axis, d.key): d.differences for d in group_deltas(lines_of(on_two_lists().entries, "E1"))
    }
    assert groups == {
        ("campaign", "B1"): (1, 0, 1),
        ("campaign", "B2"): (1, 0, 1),
        ("town", "沙坪镇"): (2, 0, 1),
        ("unit", "区水利局"): (2, 0, 1),
        ("category", "penalty"): (1, 0, 1),
        ("category", "judgment"): (1, 0, 1),
        ("industry", "建筑业"): (2, 0, 1),
        ("debt", "under_100k"): (2, 0, 1),
        ("officer", ""): (2, 0, 1),
    }


@given(books())
def test_daily_differences_add_up_to_how_the_cases_stand(entries: list[Entry]) -> None:
    days = Counter(step.day for line in lines_of(entries, "E0") for step in line.steps)
    for day in days:
        lines = lines_of(entries, "E0")
        standings: dict[str, list[Standing]] = {ALL: []}
        for line in lines:
            last = [step.standing for step in line.until(day).steps][-1:]
            standings.setdefault(line.category, []).extend(last)
            standings[ALL] += last
        right = {name: presence(own) for name, own in standings.items()}
        nobody = presence([])
        found = until(lines, day)
        assert all(found.get(name, nobody) == own for name, own in right.items())
