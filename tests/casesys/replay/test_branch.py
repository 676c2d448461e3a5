"""What if an entry were not there, or on another day: as true as if it were so, and never kept."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from casesys.cases.view import CaseIsUnknown, see_case
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.values import WHOLE, rates_of
from casesys.permits import operator
from casesys.replay import branch as branch_module
from casesys.replay.branch import Branch, BranchKind, NoSuchBranch, branch_of
from casesys.replay.judged_again import broken_rules_of
from casesys.system import System
from domain.case_state import CaseState
from domain.entries import Entry
from domain.formulas import FORMULAS, Rate
from domain.instants import local_day
from projections.driver import rows
from projections.ledger import LEDGER
from tests.offices import OTHER_OFFICER, Clock, contents, log_of, person
from tests.played import case_numbers
from tests.scenarios import (
    a_case_with_exit_proposed,
    a_contacted_case,
    a_listed_case,
    a_repaired_case,
    an_exited_case,
    an_interviewed_case,
    case_number,
    contact,
    give,
)
from tests.stores import settings_of

ALL = operator("tests")
OF_AN_ENTRY = {"version", "last_at"}
"""What a state keeps of the entries themselves; a correction gives them other numbers."""


@pytest.fixture
def district(district_office: System, tmp_path: Path, clock: Clock) -> Iterator[System]:
    """The shared district in a folder of its own, into which is written."""
    home = tmp_path / "district"
    with district_office.database.write() as c:
        shutil.copytree(district_office.settings.home, home)
        c.rollback()
    clock.set("2021-11-09T14:20")
    made = System(settings_of(home), now=clock)
    yield made
    made.database.dispose()


def version_of(system: System, stream: Any, topic: str) -> int:
    return [e.version for e in log_of(system, stream) if e.topic == topic][-1]


def facts(state: CaseState) -> dict[str, Any]:
    """Everything of a case but which entries say it."""
    found = {name: value for name, value in asdict(state).items() if name not in OF_AN_ENTRY}
    for area in ("records", "unattached", "proposals"):
        found[area] = {
            key: {n: v for n, v in its.items() if n not in OF_AN_ENTRY}
            for key, its in found[area].items()
        }
    return found


def office_rates(system: System, asked: Question) -> dict[str, Rate]:
    with system.database.read() as c, standings(system, c, asked) as seen:
        return rates_of(seen, FORMULAS)[WHOLE]


def supposed_rates(system: System, found: Branch) -> dict[str, Rate]:
    """The figures of now with those in their place that would differ."""
    now = office_rates(system, found.asked)
    for one in found.figures:
        assert one.now == now[one.formula.name]
        assert one.then != one.now
    return now | {one.formula.name: one.then for one in found.figures}


def some_entries(system: System, n: int, seed: int) -> Iterator[tuple[str, Entry]]:
    """Entries that count, of cases of any length."""
    chance = random.Random(seed)
    numbers = case_numbers(system)
    for _ in range(n):
        view = see_case(system, chance.choice(numbers), ALL)
        yield view.number, chance.choice([e for e in view.seen if e.version > 1])


# -- as true as if it were so ----------------------------------------------------------------------


def test_without_an_entry_the_office_is_what_it_is_once_that_entry_is_voided(
    district: System, clock: Clock
) -> None:
    """The same question by another way: a supervisor voids it, and everybody's pages are asked."""
    for number, entry in some_entries(district, 25, seed=3):
        found = branch_of(district, ALL, number, entry.version)
        rates = supposed_rates(district, found)
        stream = UUID(see_case(district, number, ALL).stream)
        clock.wait(minutes=1)
        void = {"target": entry.version, "explanation": "不曾发生"}
        give(district, "void_entry", void, stream, by="U01-2")
        view = see_case(district, number, ALL)
        assert facts(view.state) == facts(found.after), (number, entry.topic)
        assert office_rates(district, found.asked) == rates, (number, entry.topic)


def test_on_another_day_the_office_is_what_it_is_once_that_entry_is_typed_again(
    system: System, clock: Clock
) -> None:
    chance = random.Random(8)
    streams = [an_interviewed_case(system, n).stream for n in (1, 2, 3)]
    for stream in streams:
        number = case_number(system, stream)
        version = version_of(system, stream, "case.contact_attempted")
        entry = log_of(system, stream)[version - 1]
        day = f"2021-07-{chance.randrange(7, 20):02}"
        found = branch_of(system, ALL, number, version, BranchKind.HAPPENED, day)
        rates = supposed_rates(system, found)
        assert found.instead is not None
        assert found.instead.occurred_at[11:] == entry.occurred_at[11:]
        raw = contact(day, **{k: entry.data[k] for k in ("result", "channel")})
        raw["attempted_at"] = found.instead.occurred_at
        give(system, "attempt_contact", raw, stream, corrects=version, reason="记错了日子")
        after = facts(see_case(system, number, ALL).state)
        assert after == facts(found.after)
        assert office_rates(system, found.asked) == rates


def test_the_same_day_again_changes_nothing(district_office: System) -> None:
    for number, entry in some_entries(district_office, 25, seed=13):
        day = local_day(entry.occurred_at)
        found = branch_of(district_office, ALL, number, entry.version, BranchKind.HAPPENED, day)
        assert facts(found.before) == facts(found.after)
        assert found.figures == []


# -- what later entries would break ----------------------------------------------------------------


def test_judged_again_every_entry_of_the_register_breaks_what_its_import_found(
    district_office: System,
) -> None:
    """Rules over all cases are asked of the whole office, and not here."""
    asked_of_the_office = {"number_used_elsewhere", "unit_is_unknown"}
    entries = found = 0
    for number in case_numbers(district_office):
        view = see_case(district_office, number, ALL)
        broken = broken_rules_of(view.entries, view.workdays)
        for entry in view.entries:
            wanted = set(entry.findings) - asked_of_the_office
            assert broken[entry.version] - asked_of_the_office == wanted, (number, entry.version)
            entries, found = entries + 1, found + len(wanted)
    assert entries > 700
    assert found > 100


def broken(found: Branch) -> dict[str, list[str]]:
    return {one.entry.topic: list(one.broken) for one in found.judged if one.broken}


def test_without_the_contact_the_interview_breaks_its_rule(system: System) -> None:
    stream = an_interviewed_case(system).stream
    number = case_number(system, stream)
    found = branch_of(system, ALL, number, version_of(system, stream, "case.contact_attempted"))
    assert broken(found) == {
        "case.interview_notice_served": ["enterprise_not_reached"],
        "case.interview_held": ["enterprise_not_reached"],
    }
    notice = version_of(system, stream, "case.interview_notice_served")
    assert broken(branch_of(system, ALL, number, notice)) == {
        "case.interview_held": ["notice_not_served"]
    }


def test_a_second_person_has_nothing_to_confirm_without_the_proposal(system: System) -> None:
    stream = an_exited_case(system).stream
    proposed = version_of(system, stream, "case.exit_proposed")
    found = branch_of(system, ALL, case_number(system, stream), proposed)
    assert broken(found) == {"case.subject_exited": ["nothing_proposed"]}
    supervised = version_of(system, stream, "case.key_supervision_started")
    found = branch_of(system, ALL, case_number(system, stream), supervised)
    assert broken(found) == {
        "case.exit_proposed": ["steps_missing_for_exit"],
        "case.subject_exited": ["steps_missing_for_exit"],
    }


def test_moved_behind_what_follows_it_an_entry_breaks_rules_too(
    system: System, clock: Clock
) -> None:
    stream = a_case_with_exit_proposed(system).stream
    version = version_of(system, stream, "case.commitment_signed")
    clock.set("2021-07-30T10:00")
    number = case_number(system, stream)
    found = branch_of(system, ALL, number, version, BranchKind.HAPPENED, "2021-07-29")
    assert broken(found)["case.key_supervision_started"] == ["commitment_not_signed"]
    assert found.instead is not None
    assert found.instead.recorded_at >= found.instead.occurred_at


# -- deadlines, repair and figures -----------------------------------------------------------------


def test_a_contact_that_came_late_would_have_kept_its_deadline(
    system: System, clock: Clock
) -> None:
    stream = a_listed_case(system).stream
    give(system, "attempt_contact", contact("2021-07-21"), stream)
    number = case_number(system, stream)
    version = version_of(system, stream, "case.contact_attempted")
    found = branch_of(system, ALL, number, version, BranchKind.HAPPENED, "2021-07-05")
    moved = {one.formula.name: (one.now, one.then) for one in found.figures}
    now, then = moved["deadline.first_contact"]
    assert (now.numerator, then.numerator) == (0, 1)
    assert now.denominator == then.denominator == 1


def test_a_repair_is_open_again_without_its_result(system: System) -> None:
    stream = a_repaired_case(system).stream
    number = case_number(system, stream)
    result = version_of(system, stream, "case.repair_result_recorded")
    found = branch_of(system, ALL, number, result)
    ((_, was, now),) = found.repairs
    assert was is None
    assert now is not None
    assert now.opens_on is not None
    assert now.missing == ("repair_already_applied",)
    moved = {one.formula.name: (one.now, one.then) for one in found.figures}
    assert moved["repair.by_record"] == (Rate(1, 1), Rate(0, 1))


def test_recorded_on_another_day_only_the_books_between_differ(
    system: System, clock: Clock
) -> None:
    stream = a_contacted_case(system).stream
    number = case_number(system, stream)
    version = version_of(system, stream, "case.contact_attempted")
    entry = log_of(system, stream)[version - 1]
    day = local_day(entry.recorded_at)
    clock.set("2021-08-30T10:00")
    found = branch_of(system, ALL, number, version, BranchKind.RECORDED, "2021-08-20")
    assert found.asked == Question(day, found.asked.known_at)
    assert local_day(found.asked.known_at or "") == day
    assert (found.before.attempts, found.after.attempts) == (1, 0)
    later = branch_of(
        system, ALL, number, version, BranchKind.RECORDED, "2021-08-20", known_at=clock()
    )
    assert facts(later.before) == facts(later.after)


# -- what cannot be --------------------------------------------------------------------------------


def test_what_cannot_be_supposed_is_said(system: System, clock: Clock) -> None:
    stream = a_contacted_case(system).stream
    number = case_number(system, stream)
    version = version_of(system, stream, "case.contact_attempted")
    happened = local_day(log_of(system, stream)[version - 1].occurred_at)
    for kind, v, day, code in (
        (BranchKind.WITHOUT, 1, None, "branch.opens"),
        (BranchKind.HAPPENED, version, None, "branch.no_day"),
        (BranchKind.HAPPENED, version, "2031-01-01", "branch.not_yet"),
        (BranchKind.RECORDED, version, "2021-01-01", "branch.before_it_happened"),
    ):
        assert happened > "2021-01-01"
        with pytest.raises(NoSuchBranch) as none:
            branch_of(system, ALL, number, v, kind, day)
        assert none.value.code == code
    with pytest.raises(KeyError):
        branch_of(system, ALL, number, 999)


def test_a_case_beyond_reach_is_not_there(system: System) -> None:
    stream = a_contacted_case(system).stream
    give(system, "assign_case", {"unit": "区税务局"}, stream)
    with pytest.raises(CaseIsUnknown):
        branch_of(system, person(system, OTHER_OFFICER), case_number(system, stream), 2)


def test_with_a_correction_goes_what_it_typed_instead(system: System) -> None:
    stream = a_contacted_case(system).stream
    version = version_of(system, stream, "case.contact_attempted")
    raw = contact("2021-07-06", result="no_answer")
    give(system, "attempt_contact", raw, stream, corrects=version, reason="没有接通")
    corrected = version_of(system, stream, "case.entry_corrected")
    found = branch_of(system, ALL, case_number(system, stream), corrected)
    assert [one.version for one in found.gone] == [corrected + 1]
    assert found.before.last_reach is None
    assert found.after.last_reach == "reached_operating"
    assert found.after.attempts == 1


# -- nothing is written ----------------------------------------------------------------------------


def everything(system: System) -> Any:
    """The last position of the log, the digests, and every row of every table."""
    with system.database.read() as c:
        names = rows(c, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        tables = {name: sorted(map(repr, rows(c, f"SELECT * FROM {name}"))) for (name,) in names}
    return contents(system), tables


def test_nothing_is_written_whatever_is_supposed(system: System) -> None:
    stream = an_exited_case(system).stream
    number = case_number(system, stream)
    before = everything(system)
    # Another holds the one place of a writer: whoever asked for it would wait, and be refused.
    with system.database.write() as c:
        for entry in log_of(system, stream)[1:]:
            branch_of(system, ALL, number, entry.version)
            for kind in (BranchKind.HAPPENED, BranchKind.RECORDED):
                branch_of(system, ALL, number, entry.version, kind, "2021-07-22")
        c.rollback()
    assert everything(system) == before


def test_what_is_written_where_a_branch_is_computed_is_not_kept(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that writes in the middle of it leaves nothing behind."""
    stream = a_contacted_case(system).stream
    before = everything(system)
    written: list[int] = []

    def figures(system: System, c: Any, *rest: Any) -> Any:
        c.exec_driver_sql(f"DELETE FROM {LEDGER}")
        c.exec_driver_sql("UPDATE log SET actor = 'nobody'")
        written.append(rows(c, f"SELECT COUNT(*) FROM {LEDGER}")[0][0])
        return []

    monkeypatch.setattr(branch_module, "_figures", figures)
    branch_of(system, ALL, case_number(system, stream), 3)
    assert written == [0]
    assert everything(system) == before
