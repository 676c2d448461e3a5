"""What the entries moved of the figures adds up to the figures, to the unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from casesys.cases.view import CaseView, see_case
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.values import WHOLE, counts_of
from casesys.permits import Person
from casesys.replay import moves as moving
from casesys.replay.moves import Moves, entry_moves
from casesys.system import System
from domain.counts import COUNTS, CountingUnit
from domain.entries import Entry
from domain.formulas import FORMULAS
from projections.rates_lines import known_line
from tests.districts import CLERK
from tests.played import case_numbers

LAST_DAY, MIDSUMMER = "2021-11-09", "2021-07-15"


def figures_of(system: System, day: str, person: Person = CLERK) -> dict[str, int]:
    """Every count of the office on a day, from the read models."""
    with system.database.read() as c, standings(system, c, Question(day, None, person.reach)) as s:
        return {count: n for count, n in counts_of(s, COUNTS)[WHOLE].items() if n}


def moved_by(system: System, view: CaseView, day: str, person: Person = CLERK) -> Counter[str]:
    """What the entries of one case moved of each count, all of them together."""
    total: Counter[str] = Counter()
    for entry in view.entries:
        found = entry_moves(system, person, view, entry.version, day).by_entry
        for count, move in found.counts.items():
            total[count] += move.difference
    return total


def moved_by_all(system: System, day: str, person: Person = CLERK) -> dict[str, int]:
    total: Counter[str] = Counter()
    for number in case_numbers(system):
        # A sum that is not positive is no count, and must not be lost as such.
        total.update(moved_by(system, see_case(system, number, person), day, person))
    return {count: n for count, n in total.items() if n}


@pytest.mark.parametrize("day", [LAST_DAY, MIDSUMMER])
def test_what_all_entries_moved_is_every_figure_of_the_office(
    district_office: System, day: str
) -> None:
    figures = figures_of(district_office, day)
    assert len(figures) > 40
    assert moved_by_all(district_office, day) == figures


def test_the_sum_finds_an_entry_whose_effect_is_lost(
    district_office: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = known_line
    stream = see_case(district_office, "B2021-01-0003", CLERK).stream

    def forgetful(entries: Sequence[Entry], *rest: Any) -> Any:
        repair = (stream, 12)
        return whole([one for one in entries if (one.stream_id, one.version) != repair], *rest)

    monkeypatch.setattr(moving, "known_line", forgetful)
    assert moved_by_all(district_office, LAST_DAY) != figures_of(district_office, LAST_DAY)


def test_the_entries_of_a_case_move_what_it_adds_of_cases_and_records(
    district_office: System,
) -> None:
    for number in case_numbers(district_office)[:6]:
        view = see_case(district_office, number, CLERK, as_of=LAST_DAY)
        moved = moved_by(district_office, see_case(district_office, number, CLERK), LAST_DAY)
        records = view.state.records.values()
        assert moved["records"] == sum(not one.wrongly_listed for one in records)
        assert moved["repaired"] == sum(one.repaired for one in records)
        assert moved["exited"] == int(view.state.exited_at is not None)
        assert moved["cases"] == int(view.state.governed)


def test_what_entries_and_the_days_between_them_moved_is_told_without_a_gap(
    district_office: System,
) -> None:
    """Each entry is counted on its own day; what moved since the last is told beside it."""
    meanwhile = 0
    for number in case_numbers(district_office)[:12]:
        view = see_case(district_office, number, CLERK)
        told: list[Moves] = []
        for entry in view.entries:
            found = entry_moves(district_office, CLERK, view, entry.version)
            if found.meanwhile is not None:
                told.append(found.meanwhile)
                meanwhile += bool(found.meanwhile.counts)
            told.append(found.by_entry)
        for one, following in pairwise(told):
            assert one.after == following.before
        # Another case of the enterprise may have been there before the first entry of this one.
        rates = {
            name: (0, 0)
            for name, formula in FORMULAS.items()
            if formula.unit != CountingUnit.ENTERPRISE
        }
        for its in told:
            for move in its.formulas:
                name, was, now = move.formula.name, move.before, move.after
                before = was.numerator, was.denominator
                assert rates.get(name, before) == before
                rates[name] = now.numerator, now.denominator
    assert meanwhile


def test_a_repair_moves_its_rate_and_names_the_record(district_office: System) -> None:
    view = see_case(district_office, "B2021-01-0003", CLERK)
    moves = entry_moves(district_office, CLERK, view, 12).by_entry
    assert moves.after.day == "2021-04-08"
    assert moves.after.position == view.entries[11].position == moves.before.position + 1
    assert [move.formula.name for move in moves.formulas] == [
        "repair.by_record",
        "repair.by_enterprise_any",
    ]
    by_record = moves.formulas[0]
    assert (by_record.before.numerator, by_record.after.numerator) == (0, 1)
    assert by_record.before.denominator == by_record.after.denominator == 3
    assert by_record.numerator.entered == ["岭云市监处罚〔2020〕4号"]
    assert by_record.denominator.difference == 0


def test_a_reader_of_one_unit_is_told_what_its_own_cases_moved(district_office: System) -> None:
    """An enterprise with cases of two units is that unit's by its cases alone."""
    reader = replace(CLERK, reach="区人民法院")
    figures = figures_of(district_office, LAST_DAY, reader)
    assert 0 < figures["cases"] < figures_of(district_office, LAST_DAY)["cases"]
    total: Counter[str] = Counter()
    for number in case_numbers(district_office):
        view = see_case(district_office, number, CLERK)
        if view.state.unit == reader.reach:
            total.update(moved_by(district_office, view, LAST_DAY, reader))
    assert {count: n for count, n in total.items() if n} == figures
    assert all(unit in {COUNTS[name].unit for name in figures} for unit in CountingUnit)
