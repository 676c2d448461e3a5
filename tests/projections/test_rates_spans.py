"""How every case stood on any day is told by its spans as by a walk through its own steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import projections.case_spans
from casesys.calendars import published_years
from casesys.install import create_tables
from casesys.settings import from_environment
from casesys.system import System
from domain.entries import Entry
from domain.instants import FOREVER
from projections.case_facts import CaseOnDay, Told, told_of
from projections.case_lines import on_day, stood
from projections.driver import rows
from projections.rates import RATES_CASE
from projections.rates_spans import RATES_WORD, facts_said, kinds_said, places_said, rows_on
from projections.reading import ReadModel, feed
from tests.figure_entries import Book, books, store

FIRST = date(2021, 3, 26)
DAYS = [(FIRST + timedelta(n)).isoformat() for n in range(50)]
LATER = ["2021-06-01", "2022-02-14", "2023-05-01", "2024-01-01", "2026-07-01", "2031-01-01"]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    made = System(from_environment({"CASESYS_HOME": str(tmp_path_factory.mktemp("home"))}))
    create_tables(made)
    yield made
    made.database.dispose()


def fed(system: System, c: Connection, entries: list[Entry], batch: int) -> tuple[str, int]:
    store(c, entries)
    models: list[ReadModel[Any, Any]] = [
        system.models.calendars,
        system.models.enterprises,
        system.models.rates,
    ]
    for first in range(0, len(entries), batch):
        feed(c, models, entries[first : first + batch])
    return system.models.rates.digest(c)


def calendars(entries: list[Entry], places: Iterable[int]) -> list[Entry]:
    """The entries with calendars published among them, one of them twice."""
    found = list(entries)
    years = published_years()
    editions = [(2021, 1, years[2021]), (2020, 1, years[2020]), (2021, 2, years[2021][::2])]
    for place, (year, edition, days) in zip(sorted(places), editions, strict=True):
        data = {"year": year, "edition": edition, "days": list(days)}
        at = min(place, len(found))
        stream, when = f"calendar-{year}", ["2021-01-01T00:00:00.000000Z"] * 3
        published = (0, stream, edition, "calendar.published", data, *when, "7b0e")
        found.insert(at, Entry._make((*published, None, None, None, ())))
    return [entry._replace(position=place) for place, entry in enumerate(found, 1)]


def told(c: Connection, day: str) -> list[CaseOnDay]:
    """The cases of a day by their spans."""
    found = list(rows_on(c, day))
    facts = facts_said(c, {row[1] for row in found})
    places = places_said(c, {row[2] for row in found})
    kinds = kinds_said(c, {row[3] for row in found})
    names = {
        no: (s, e)
        for s, e, no in rows(c, f"SELECT stream_id, enterprise, case_no FROM {RATES_CASE}")
    }
    return sorted(
        CaseOnDay._make((*names[no], *kinds[kind], *places[place], *facts[word]))
        for no, word, place, kind, _ in found
    )


def walked(system: System, c: Connection, day: str) -> list[CaseOnDay]:
    workdays = system.models.calendars.workdays(c)
    cases = (
        on_day(row.whose, stood(row, day), day, workdays) for row in system.models.rates.packed(c)
    )
    return sorted(case for case in cases if case is not None)


relaxed = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(
    entries=books(),
    places=st.lists(st.integers(0, 90), min_size=3, max_size=3),
    batch=st.sampled_from((1, 7, 500)),
)
def test_every_day_is_told_as_by_a_walk_whatever_calendar_came_when(
    system: System, entries: list[Entry], places: list[int], batch: int
) -> None:
    with system.database.read() as c:
        fed(system, c, calendars(entries, places), batch)
        for day in (*DAYS, *LATER):
            assert told(c, day) == walked(system, c, day)


@relaxed
@given(entries=books(), places=st.lists(st.integers(0, 90), min_size=3, max_size=3))
def test_the_bytes_are_the_same_however_entries_and_calendars_come(
    system: System, entries: list[Entry], places: list[int]
) -> None:
    all_entries = calendars(entries, places)
    digests = set()
    for batch in (1, 7, 500):
        with system.database.read() as c:
            digests.add(fed(system, c, all_entries, batch))
            said = rows(c, f"SELECT COUNT(*) FROM {RATES_WORD} WHERE said <= 0")
            assert said == [(0,)]
    # A rebuild reads what the office is made of before its cases.
    first = [one for one in all_entries if not one.topic.startswith("case.")]
    rest = [one for one in all_entries if one.topic.startswith("case.")]
    with system.database.read() as c:
        store(c, all_entries)
        models: list[ReadModel[Any, Any]] = [
            system.models.calendars,
            system.models.enterprises,
            system.models.rates,
        ]
        for some in (first, rest):
            feed(c, models, some, {entry.stream_id: () for entry in some})
        digests.add(system.models.rates.digest(c))
    assert len(digests) == 1


def a_case_that_waits() -> list[Entry]:
    book = Book()
    a = book.open("a", "E1")
    book.listed(a, "2021-03-29T10:00")
    book.attached(a, "2021-03-29T10:01")
    return book.entries


def test_a_deadline_passes_without_an_entry(system: System) -> None:
    with system.database.read() as c:
        fed(system, c, a_case_that_waits(), 1)
        statuses = [told(c, day)[0].deadlines[0] for day in DAYS if told(c, day)]
    assert statuses[0] == "open_in_time" and statuses[-1] == "open_overdue"


def test_the_comparison_finds_spans_that_forget_what_time_does(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def for_ever(*asked: Any) -> Told | None:
        found = told_of(*asked)
        return None if found is None else found._replace(until=FOREVER)

    monkeypatch.setattr(projections.case_spans, "told_of", for_ever)
    with system.database.read() as c:
        fed(system, c, a_case_that_waits(), 1)
        assert any(told(c, day) != walked(system, c, day) for day in DAYS)


@pytest.mark.parametrize("batch", [1, 500])
def test_both_databases_hold_the_same_spans(
    system: System, postgres_database: str, tmp_path: Path, batch: int
) -> None:
    entries = calendars(a_case_that_waits(), (0, 2, 9))
    url = postgres_database.replace("postgresql://", "postgresql+psycopg://")
    environment = {"CASESYS_HOME": str(tmp_path), "CASESYS_DATABASE_URL": url}
    other = System(from_environment(environment))
    create_tables(other)
    with other.database.write() as c:
        there = fed(other, c, entries, batch)
        assert all(told(c, day) == walked(other, c, day) for day in DAYS)
    other.database.dispose()
    with system.database.read() as c:
        assert there == fed(system, c, entries, batch)
