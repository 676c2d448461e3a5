"""Figures of any day: equal to a plain walk over the entries, however they reached the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import domain.formulas_timeline
import projections.rates_sums
import projections.reading
from casesys.figures import AXES, rates_in
from casesys.install import create_tables
from casesys.settings import from_environment
from casesys.system import System
from domain.case_state import CaseState
from domain.entries import Entry
from domain.formulas_timeline import Step, told
from projections.driver import rows
from projections.rates import Rates
from projections.rates_sums import RATES_LEDGER
from projections.reading import ReadModel, Story, feed
from tests.figure_entries import Book, books, lines_of, local_instant, store
from tests.plain_figures import Plain, from_the_first_act

DAYS = ("2021-03-28", "2021-03-29", "2021-03-30", "2021-03-31", "2021-04-01", "2021-04-02")
INSTANTS = (None, *(f"{day}T15:59:59.999999Z" for day in DAYS), "2021-03-31T03:30:00.000000Z")
BATCHES = (1, 7, 500)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    made = System(from_environment({"CASESYS_HOME": str(tmp_path_factory.mktemp("home"))}))
    create_tables(made)
    yield made
    made.database.dispose()


def fed(system: System, c: Connection, entries: list[Entry], batch: int) -> Rates:
    """The model after these entries; the caller's connection is never committed."""
    store(c, entries)
    for first in range(0, len(entries), batch):
        models: list[ReadModel[Any, Any]] = [system.models.enterprises, system.models.rates]
        feed(c, models, entries[first : first + batch])
    return system.models.rates


def digest(system: System, entries: list[Entry], batch: int) -> tuple[str, int]:
    with system.database.read() as c:
        return fed(system, c, entries, batch).digest(c)


def differences(
    system: System,
    c: Connection,
    entries: list[Entry],
    days: Iterable[str] = DAYS,
    instants: Iterable[str | None] = INSTANTS,
    position: int | None = None,
) -> list[Any]:
    """Where the product's answers and the plain walk's do not agree."""
    found: list[Any] = []
    entries = entries[:position]
    lines = lines_of(entries)
    for day in days:
        for known_at in instants:
            plain = Plain(lines, day, known_at)
            answer = rates_in(system, c, day, known_at, position=position)
            right = {"as_of": day, "known_at": known_at, "position": len(entries)}
            if answer != right | plain.office():
                found.append((day, known_at, answer, plain.office()))
            for axis in AXES:
                answer = rates_in(system, c, day, known_at, axis, position=position)
                groups = answer["groups"]
                if groups != plain.groups(axis):
                    found.append((day, known_at, axis, groups, plain.groups(axis)))
            answer = rates_in(system, c, day, known_at, "month", position=position)
            months = answer["groups"]
            if from_the_first_act(months) != from_the_first_act(plain.months()):
                found.append((day, known_at, months, plain.months()))
    return found


relaxed = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@relaxed
@given(entries=books())
def test_the_bytes_are_the_same_whether_entries_come_one_by_one_or_all_at_once(
    system: System, entries: list[Entry]
) -> None:
    whole = digest(system, entries, max(1, len(entries)))
    assert [digest(system, entries, batch) for batch in BATCHES] == [whole] * len(BATCHES)


@relaxed
@given(entries=books(), batch=st.sampled_from(BATCHES))
def test_every_figure_of_any_day_and_any_knowledge_equals_a_plain_walk_over_the_entries(
    system: System, entries: list[Entry], batch: int
) -> None:
    with system.database.read() as c:
        fed(system, c, entries, batch)
        assert not differences(system, c, entries)


@relaxed
@given(entries=books(), data=st.data())
def test_figures_as_the_log_stood_at_a_position_are_those_of_its_first_entries(
    system: System, entries: list[Entry], data: st.DataObject
) -> None:
    with system.database.read() as c:
        fed(system, c, entries, 500)
        for _ in range(3):
            position = data.draw(st.integers(0, len(entries)))
            known_at = data.draw(st.sampled_from(INSTANTS))
            assert not differences(system, c, entries, DAYS[1::2], (None, known_at), position)


def a_book_with_everything() -> list[Entry]:
    """Two lists, a revoked repair, an exclusion, a late interview, a void and a removal."""
    book = Book()
    a = book.open("a", "E1")
    b = book.open("b", "E1", "judgment", "B2")
    d = book.open("d", "E2")
    book.listed(a, "2021-03-29T10:00")
    book.attached(a, "2021-03-29T10:01")
    book.listed(b, "2021-03-29T10:00", town="沙坪镇")
    book.attached(b, "2021-03-29T10:02", "r2")
    book.listed(d, "2021-03-29T11:00")
    book.attached(d, "2021-03-29T11:02", "r3")
    book.add(a, "case.repair_result_recorded", "2021-03-30", record="r1", result="granted")
    book.add(a, "case.repair_revoked", "2021-03-31", record="r1", explanation="e")
    book.add(b, "case.record_removed_by_court", "2021-03-31", record="r2", ground="terminated")
    book.add(d, "case.subject_excluded", "2021-04-01", ground="deregistered", document="d")
    book.add(
        a, "case.interview_held", "2021-03-30T09:00", "2021-04-01T09:00", kind=None, officers=[]
    )
    wrong = book.add(b, "case.photo_added", "2021-03-30T09:00", sha256="0")
    book.void(b, wrong, "2021-04-01T12:00")
    return book.entries


@pytest.mark.parametrize(
    "forgotten",
    ["case.repair_revoked", "case.subject_excluded", "case.interview_held", "case.photo_added"],
)
def test_the_comparison_finds_a_fold_that_forgets_one_kind_of_entry(
    system: System, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    entries = a_book_with_everything()
    with system.database.read() as c:
        fed(system, c, entries, 500)
        assert not differences(system, c, entries)

    def forgetful(facts: Iterable[Entry]) -> tuple[CaseState, list[Step]]:
        return told(fact for fact in facts if fact.topic != forgotten)

    for module in (domain.formulas_timeline, projections.reading):
        monkeypatch.setattr(module, "told", forgetful)
    with system.database.read() as c:
        fed(system, c, entries, 500)
        assert differences(system, c, entries)


def test_the_comparison_finds_a_fold_that_takes_nothing_back_of_what_was_learnt_later(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = a_book_with_everything()

    def nothing(*_: object) -> set[str]:
        return set()

    monkeypatch.setattr(Rates, "learnt_after", nothing)
    with system.database.read() as c:
        fed(system, c, entries, 500)
        assert differences(system, c, entries)


def test_the_bytes_differ_where_a_fold_adds_without_taking_back(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = a_book_with_everything()
    whole = digest(system, entries, 500)
    take = projections.rates_sums.Sheet.take

    def only_adds(sheet: Any, lines: Any, sign: int = 1, until: str = "9", since: str = "") -> None:
        if sign > 0:
            take(sheet, lines, sign, until, since)

    monkeypatch.setattr(projections.rates_sums.Sheet, "take", only_adds)
    assert digest(system, entries, 500) == whole
    assert digest(system, entries, 1) != whole


def test_the_bytes_differ_where_the_steps_go_on_from_what_was_learnt_late_or_taken_away(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = a_book_with_everything()
    whole = digest(system, entries, 500)
    assert digest(system, entries, 1) == whole
    monkeypatch.setattr(Story, "goes_on_with", lambda *_: True)
    assert digest(system, entries, 1) != whole


def test_an_entry_that_is_in_no_figure_writes_nothing(system: System) -> None:
    entries = a_book_with_everything()
    book = Book()
    book.open("z", "E9")
    book.add("z", "case.note_added", "2021-03-30", note="n")
    book.add("z", "case.assigned", "2021-03-30", unit="区水利局", officer=None)
    for batch in (1, 500):
        assert digest(system, book.entries, batch)[1] == 0
    more = [
        entry._replace(position=len(entries) + entry.position, stream_id="z")
        for entry in book.entries
    ]
    assert digest(system, entries + more, 7) == digest(system, entries, 7)


def test_what_was_voided_on_the_same_day_leaves_no_trace(system: System) -> None:
    book = Book()
    a = book.open("a", "E1")
    listed = book.listed(a, "2021-03-29T10:00")
    attached = book.attached(a, "2021-03-29T10:01")
    book.void(a, attached, "2021-03-29T11:00")
    book.void(a, listed, "2021-03-29T12:00")
    for batch in (1, 2, 500):
        assert digest(system, book.entries, batch)[1] == 0


def test_the_ledger_holds_no_row_of_nothing(system: System) -> None:
    book = Book()
    a = book.open("a", "E1")
    book.listed(a, "2021-03-29T10:00")
    gone = book.add(a, "case.closed", "2021-05-04T10:00", ground="all_repaired")
    book.void(a, gone, "2021-05-06T10:00")
    with system.database.read() as c:
        fed(system, c, book.entries, 1)
        periods = rows(c, f"SELECT DISTINCT period FROM {RATES_LEDGER} ORDER BY period")
    assert periods == [("2021-03",), ("2021-03-29",)]


def repair(answer: dict[str, Any]) -> Any:
    return answer["categories"]["penalty"]["rates"]["repair.by_record"]


def test_known_at_an_instant_within_a_day_leaves_out_what_came_later_that_day(
    system: System,
) -> None:
    book = Book()
    a = book.open("a", "E1")
    book.listed(a, "2021-03-29T10:00")
    book.attached(a, "2021-03-29T15:00")
    with system.database.read() as c:
        fed(system, c, book.entries, 500)
        noon = rates_in(system, c, "2021-03-29", local_instant("2021-03-29T12:00"))
        evening = rates_in(system, c, "2021-03-29", local_instant("2021-03-29T18:00"))
    assert repair(noon) == {"numerator": 0, "denominator": 0, "percent": None}
    assert repair(evening) == {"numerator": 0, "denominator": 1, "percent": 0}


def test_months_run_to_the_last_in_which_anything_happened(system: System) -> None:
    book = Book()
    a = book.open("a", "E1")
    book.listed(a, "2021-02-26T10:00")
    applied = {"record": "r1", "proof": None, "ruleset": "R2019"}
    # The first hour of May in Shanghai is April in UTC; an application is in no figure.
    late = book.add(a, "case.repair_applied", "2021-05-01T00:30", "2021-05-20", **applied)
    voided = book.add(a, "case.repair_applied", "2021-07-01T09:00", **applied)
    book.void(a, voided, "2021-07-02")
    assert late < voided
    with system.database.read() as c:
        fed(system, c, book.entries, 500)

        def months(day: str, known_at: str | None = None) -> list[str]:
            found = rates_in(system, c, day, known_at, "month")["groups"]
            return [month["key"] for month in found]

        assert months("2021-02-25") == []
        assert months("2021-04-30") == ["2021-02"]
        assert months("2021-05-01") == ["2021-02", "2021-03", "2021-04", "2021-05"]
        assert months("2021-06-30", local_instant("2021-05-19")) == ["2021-02"]
        assert months("2021-12-31")[-1] == "2021-05"
        assert months("2021-12-31", local_instant("2021-07-01T10:00"))[-1] == "2021-07"


@pytest.mark.parametrize("batch", [1, 500])
def test_both_databases_hold_the_same_bytes(
    system: System, postgres_database: str, tmp_path: Path, batch: int
) -> None:
    entries = a_book_with_everything()
    url = postgres_database.replace("postgresql://", "postgresql+psycopg://")
    environment = {"CASESYS_HOME": str(tmp_path), "CASESYS_DATABASE_URL": url}
    other = System(from_environment(environment))
    create_tables(other)
    with other.database.write() as c:
        there = fed(other, c, entries, batch).digest(c)
        assert not differences(other, c, entries)
    other.database.dispose()
    assert there == digest(system, entries, batch)
