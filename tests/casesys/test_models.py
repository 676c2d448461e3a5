"""Whoever wrote the log, and in whatever portions it is read, every read model is the same."""

from __future__ import annotations

from uuid import UUID

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, publish
from casesys.history import import_history
from casesys.intake.listings import import_listing
from casesys.rebuild import digests, rebuild
from casesys.system import System
from projections.driver import rows, write
from projections.enterprises import ENTERPRISE
from projections.ledger import Ledger
from projections.reading import feed
from projections.uploads import HELD_ROW
from tests import scenarios
from tests.districts import CLERK, district
from tests.examples import RUNNER, weekdays
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import contact, give, listing, penalty
from tests.shared_data import shared_path

Digests = dict[str, tuple[str, int]]


def a_year_of_work(system: System, clock: Clock) -> None:
    """A register, a list, cases on every branch, people who leave, late calendars."""
    import_history(system, district(), CLERK)
    clock.set("2021-11-20T09:00")
    book = shared_path("district/district_50/upload_dirty.xlsx")
    import_listing(system, book, person(system, OFFICER), campaign="2021-11")
    _settle_what_waits(system)
    scenarios.an_exited_case(system, 1)
    scenarios.an_unreachable_case(system, 2)
    scenarios.a_case_not_operating(system, 3, "judgment")
    scenarios.an_excluded_case(system, 4)
    scenarios.a_repaired_case(system, 5)
    scenarios.a_case_removed_by_court(system, 6)
    voided = scenarios.a_contacted_case(system, 7).stream
    give(system, "void_entry", {"target": 4, "explanation": "录错企业"}, voided)
    corrected = scenarios.an_interviewed_case(system, 8)
    note = {"note": "企业要求延后"}
    give(system, "add_note", note, corrected.stream, corrects=4, reason="录错了时间")
    for part, raw in (("rename", {"name": "新名"}), ("move", {"town": "江北镇"})):
        with system.database.read() as c:
            (enterprise,) = rows(c, f"SELECT MAX(stream_id) FROM {ENTERPRISE}")[0]
        give(system, f"{part}_enterprise", raw, UUID(enterprise))
    account = UUID(person(system, OTHER_OFFICER).id)
    give(system, "grant_role", {"role": "supervisor"}, account, RUNNER)
    give(system, "close_account", {"explanation": "调离"}, account, RUNNER)
    why = {"ground": "person_asked", "explanation": "本人书面要求"}
    give(system, "erase_personal_data", why, corrected.stream, SUPERVISOR)
    give(system, "erase_name", why, account, RUNNER)
    # A case whose deadlines reach a year without a calendar, which is then published; and a
    # second notice for a year in which deadlines run already.
    clock.set("2039-12-29T17:00")
    late = give(system, "list_enterprise", listing(9, listed_on="2039-12-28")).stream
    give(system, "attach_record", penalty(9), late)
    give(system, "publish_calendar", {"year": 2040, "days": weekdays(2040)[:-1]}, by=RUNNER)
    give(system, "attempt_contact", contact("2039-12-29", result="no_answer"), late)
    give(system, "publish_calendar", {"year": 2040, "days": weekdays(2040)[3:]}, by=RUNNER)
    publish(system, RUNNER, Question("2021-07-22"), [Wanted("cases")], "月报")


def _settle_what_waits(system: System) -> None:
    with system.database.read() as c:
        waiting = rows(c, f"SELECT stream_id, sheet, row_no FROM {HELD_ROW} ORDER BY row_no")
    assert waiting
    for stream, sheet, row in waiting[::2]:
        raw = {"upload": stream, "sheet": sheet, "row": row, "decision": "reject"}
        give(system, "settle_row", raw | {"explanation": "退回单位补正"})


def served(system: System) -> Digests:
    with system.database.read() as c:
        return digests(system, c)


def feed_again(system: System, size: int) -> None:
    """Empty every read model and let it follow the log in portions of this size."""
    with system.database.write() as c:
        system.database.lock(c)
        for model in system.models.all:
            for table in model.tables:
                write(c, f"DELETE FROM {table.name}", [()])
        position = 0
        while entries := system.log.after(c, position, size):
            feed(c, system.models.all, entries)
            position = entries[-1].position


def test_commands_portions_and_the_whole_log_leave_the_same_bytes(
    office: System, clock: Clock
) -> None:
    a_year_of_work(office, clock)
    live = served(office)
    assert {name for name, (_, count) in live.items() if not count} == set()
    for size in (1, 7, 500, 10**6):
        feed_again(office, size)
        assert served(office) == live, f"fed {size} at a time"
    rebuild(office)
    assert served(office) == live


def test_the_comparison_finds_a_read_model_that_misses_a_late_calendar(
    system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "again", lambda *_: None)
    a_year_of_work(system, clock)
    live = served(system)
    rebuild(system)
    assert {name for name, digest in served(system).items() if live[name] != digest} == {"ledger"}
