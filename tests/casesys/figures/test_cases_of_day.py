"""The cases of a day add up to the office's figures, and what is kept follows the log."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casesys.figures import AXES, cases_of_day, rates, rates_in
from casesys.figures.cases_of_day import Question, Standings, standings
from casesys.figures.deadlines import deadlines
from casesys.figures.members import Of, counted, members
from casesys.figures.page import figures_of_day, groups_of, held_up, waterfall
from casesys.history import import_history
from casesys.install import install
from casesys.permits import Person, operator
from casesys.rebuild import rebuild_in
from casesys.system import System
from domain.counts import COUNTS, OF_ENTERPRISES, CountingUnit
from domain.instants import end_of_day
from projections.driver import write
from projections.ledger import LEDGER
from tests import scenarios
from tests.case_deadlines import case_deadlines
from tests.districts import CLERK, district, made_district
from tests.figure_entries import store as store_entries
from tests.offices import OTHER_OFFICER, SUPERVISOR, person

DAYS = ("2021-03-20", "2021-06-30", "2021-10-31", "2021-11-09")
KNOWN = (None, end_of_day("2021-05-31"))


@pytest.fixture(params=["50", "120"])
def full(request: pytest.FixtureRequest, system: System, tmp_path: Path) -> System:
    folder = district() if request.param == "50" else made_district(120, "7", tmp_path / "d")
    import_history(system, folder, CLERK)
    return system


def questions() -> Iterator[Question]:
    for day in DAYS:
        for known_at in KNOWN:
            yield Question(day, known_at)


def sums(seen: Standings) -> dict[str, Any]:
    """Everything that a page is made of, in an order that does not depend on how it came."""
    return {
        "bars": waterfall(seen),
        "held": held_up(seen),
        "deadlines": {key: n for key, n in seen.sums.deadlines.items() if n},
        "groups": {
            axis: sorted(groups_of(seen, axis, unit), key=lambda one: one.key)
            for axis in AXES
            for unit in CountingUnit
        },
        "cases": sorted(seen.cases()),
    }


def test_who_is_counted_is_as_many_as_the_ledger_of_figures_says(full: System) -> None:
    for asked in questions():
        figures = rates(full, asked.as_of, asked.known_at)["categories"]
        with full.database.read() as c, standings(full, c, asked) as seen:
            for category, its in figures.items():
                of = Of(category="" if category == "all" else category)

                def many(measure: str, of: Of = of, seen: Standings = seen) -> int:
                    return len(counted(seen, measure, of))

                assert many("cases") == its["cases"]
                assert many("enterprises") == its["enterprises"]
                assert many("records") == its["records"]
                assert many("repaired") == its["repaired_records"]
                assert many("closed") == its["closed_cases"]
                assert many("records") - many("repaired") == many("unrepaired")
                for kind in ("bankrupt", "lost_contact", "unable_to_pay"):
                    assert many(f"impeded-{kind}") == its["impediments"][kind]
                for name, n in its["contact_class"].items():
                    assert many(f"contact-{name}") == n
                numerators = {
                    "fully-repaired": "repair.by_enterprise_full",
                    "any-repaired": "repair.by_enterprise_any",
                    "interviewed": "action.interview",
                    "photographed": "action.photo",
                    "committed": "action.commitment",
                    "all-three": "action.all_three",
                }
                assert set(numerators) < set(OF_ENTERPRISES)
                for measure, rate in numerators.items():
                    assert many(measure) == its["rates"][rate]["numerator"]


def test_groups_are_those_of_the_ledger_of_figures(full: System) -> None:
    for asked in questions():
        for axis in AXES:
            theirs = rates(full, asked.as_of, asked.known_at, axis)["groups"]
            with full.database.read() as c, standings(full, c, asked) as seen:
                ours = groups_of(seen, axis, CountingUnit.RECORD)
            assert {(g.key, g.records, g.repaired, g.enterprises) for g in ours} == {
                (g["key"], g["records"], g["repaired_records"], g["enterprises"]) for g in theirs
            }


def test_a_page_of_members_is_the_same_whether_the_day_is_kept_or_not(full: System) -> None:
    chance, boss = random.Random(11), person(full, SUPERVISOR)
    pages = 0
    for asked in questions():
        with full.database.read() as c, standings(full, c, asked) as seen:
            cases = seen.cases()
        for count in COUNTS:
            axis = chance.choice(AXES)
            of = chance.choice((Of(), Of(**{axis: getattr(chance.choice(cases), axis)})))
            with full.database.read() as c, standings(full, c, asked) as seen:
                many = len(counted(seen, count, of))
            page = chance.choice((1, 2))
            kept = members(full, boss, count, of, asked, page)
            cases_of_day.forget(full)
            assert members(full, boss, count, of, asked, page) == kept
            assert kept.total == many
            pages += bool(kept.rows)
    assert pages > 100


def test_deadlines_are_those_that_each_case_s_own_story_tells(full: System) -> None:
    for asked in questions():
        told: dict[str, dict[str, int]] = {}
        for case in case_deadlines(full, asked.as_of, asked.known_at):
            for one in case.deadlines:
                its = told.setdefault(str(one.kind), {})
                its[str(one.status)] = its.get(str(one.status), 0) + 1
        with full.database.read() as c:
            found = deadlines(full, c, asked.as_of, asked.known_at)
        assert {kind: n for kind, n in found.items() if n} == told


def test_the_reasons_and_the_bars_add_up(full: System) -> None:
    for asked in questions():
        with full.database.read() as c, standings(full, c, asked) as seen:
            bars = {bar.name: bar for bar in waterfall(seen)}
            assert bars["listed"].records == bars["excluded"].records + bars["governed"].records
            classes = ("reached_operating", "reached_not_operating", "not_reached")
            assert sum(bars[name].cases for name in classes) == bars["governed"].cases
            assert sum(bars[name].records for name in classes) == bars["governed"].records
            held = held_up(seen)
            assert sum(one.records for one in held) == (
                bars["governed"].records - bars["repaired"].records
            )
            for one in held:
                assert len(counted(seen, f"held-{one.why}", Of())) == one.records


def test_what_is_kept_follows_the_log_as_if_it_were_made_anew(office: System) -> None:
    day = "2021-07-22"
    acts: list[Callable[[], object]] = [
        lambda: scenarios.a_listed_case(office, 1),
        lambda: scenarios.a_listed_case(office, 2, "judgment"),
        lambda: scenarios.a_case_with_exit_proposed(office, 3),
    ]
    for act in acts:
        act()
        for asked in (Question(day), Question(day, reach="区市场监督管理局"), Question(day, "9")):
            with office.database.read() as c, standings(office, c, asked) as kept:
                after = sums(kept)
            anew = Standings(asked, kept.workdays)
            with office.database.read() as c:
                cases_of_day._bring_up_to(office, c, anew, office.log.head(c)[0])
                assert after == sums(anew)


def test_a_unit_sees_the_figures_of_its_own_cases_only(full: System) -> None:
    boss = person(full, SUPERVISOR)
    with full.database.read() as c:
        units = sorted({unit for (unit,) in c.exec_driver_sql(f"SELECT unit FROM {LEDGER}")})
    asked = Question("2021-10-31")
    sums_of: dict[str, int] = {}
    for unit in units:
        reader = Person("x", "x", unit, frozenset({"officer"}), unit)
        page = figures_of_day(full, reader, asked, "town")
        sums_of[unit] = page.figures["categories"]["all"]["records"]
        mine = members(full, reader, "records", Of(), asked, 1)
        assert mine.total == sums_of[unit]
        bars = {bar.name: bar.records for bar in page.bars}
        assert bars["governed"] == sum(g.records for g in page.groups) == sums_of[unit]
        last = page.months[-1]["rate_at_month_end"]
        assert sum(rate["denominator"] for rate in last.values()) >= sums_of[unit]
    whole = figures_of_day(full, boss, asked, "town").figures["categories"]["all"]["records"]
    assert sum(sums_of.values()) == whole and len(units) > 1
    nobody = Person("x", "x", "区水利局", frozenset({"officer"}), "没有案件的单位")
    empty = figures_of_day(full, nobody, asked, "unit")
    assert empty.figures["categories"]["all"]["cases"] == 0 and not empty.groups
    assert empty.months == [] and not empty.held and not any(empty.deadlines.values())


def test_the_check_on_reach_sees_a_figure_that_forgot_it(
    full: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases_of_day, "within", lambda c, reach: None)
    unit = person(full, OTHER_OFFICER)
    assert unit.reach
    with (
        full.database.read() as c,
        standings(full, c, Question("2021-10-31", None, unit.reach)) as s,
    ):
        seen = len(s.cases())
    mine = members(full, unit, "listed", Of(), Question("2021-10-31"), 1).total
    monkeypatch.undo()
    cases_of_day._kept.clear()
    right = members(full, unit, "listed", Of(), Question("2021-10-31"), 1).total
    assert seen == mine != right


def hold_first(system: System, of: System, many: int) -> None:
    """Let a system hold the first entries of another's log, and no more."""
    with of.database.read() as c:
        entries = of.log.after(c, 0, many)
    with system.database.write() as c:
        write(c, "DELETE FROM log", [()])
        store_entries(c, entries)
        rebuild_in(system, c)
    cases_of_day._kept.pop(system, None)


def test_as_the_log_stood_at_a_position_all_is_as_in_a_system_that_holds_no_more(
    store: System, store_on_sqlite: System
) -> None:
    system, other = store, store_on_sqlite
    install(system)
    import_history(system, district(), CLERK)
    chance = random.Random(4)
    with system.database.read() as c:
        head = system.log.head(c)[0]
    for position in (0, 3, *(chance.randrange(head) for _ in range(8)), head, head + 5):
        hold_first(other, system, position)
        day, known_at = chance.choice(DAYS), chance.choice(KNOWN)
        with system.database.read() as c, other.database.read() as there:
            asked = Question(day, known_at, position=position)
            with standings(system, c, asked) as seen:
                ours = sums(seen)
            with standings(other, there, Question(day, known_at)) as seen:
                assert sums(seen) == ours
            for by in (None, *AXES, "month"):
                right = rates_in(other, there, day, known_at, by)
                assert rates_in(system, c, day, known_at, by, position=position) == right


def test_an_unknown_figure_is_no_list(system: System) -> None:
    with pytest.raises(KeyError):
        members(system, operator("x"), "everything", Of(), Question("2021-10-31"), 1)
    for measure in COUNTS:
        assert members(system, operator("x"), measure, Of(), Question("2021-10-31"), 9).total == 0
