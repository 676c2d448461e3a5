"""An installation is made once, however often and by however many it is asked for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from casesys.calendars import published_years
from casesys.csv_rows import RegisterUnsound
from casesys.install import Installed, create_tables, install, record, require_ready
from casesys.permits import NotPermitted, Person, operator
from casesys.rebuild import rebuild
from casesys.serving import AnotherReleaseServes
from casesys.settings import Settings
from casesys.stopping import Stopped
from casesys.system import System
from casesys.units import usual_units
from domain.desk import Desk
from domain.office import Calendar, begin, calendar_id
from domain.workdays import Workdays
from projections.driver import rows, write
from projections.ledger import Ledger
from projections.office import CALENDAR
from tests.districts import left_behind
from tests.offices import Clock

CLERK = operator("clerk")
YEARS = tuple(published_years())


@pytest.fixture
def bare(store_settings: Settings) -> Iterator[System]:
    """A system on a database in which nothing was made yet."""
    made = System(store_settings, now=Clock())
    yield made
    made.database.dispose()


def test_it_publishes_the_calendars_and_registers_the_usual_units(bare: System) -> None:
    assert install(bare, person=CLERK) == Installed(YEARS, 49)
    with bare.database.read() as c:
        assert bare.models.member_units.names(c) == [unit.name for unit in usual_units()]
        workdays = bare.models.calendars.workdays(c)
        assert not workdays.is_working("2021-10-01")
        assert workdays.is_working("2021-10-09")
        actors = rows(c, "SELECT DISTINCT actor FROM log")
    assert actors == [("operator:clerk",)]
    bare.database.dispose()


def test_done_again_it_adds_nothing(bare: System) -> None:
    install(bare, person=CLERK)
    before = left_behind(bare)
    assert install(bare, person=CLERK) == Installed((), 0)
    assert left_behind(bare) == before
    bare.database.dispose()


def _install(settings: Settings) -> Installed:
    system = System(settings)
    done = install(system, person=CLERK)
    system.database.dispose()
    return done


def test_two_processes_at_once_make_one_installation(bare: System) -> None:
    bare.database.dispose()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        done = pool.map(_install, [bare.settings] * 2)
    assert sorted(len(one.calendars) for one in done) == [0, len(YEARS)]
    assert sorted(one.units for one in done) == [0, 49]
    with bare.database.read() as c:
        assert rows(c, "SELECT COUNT(*), MAX(position) FROM log") == [
            (49 + len(YEARS), 49 + len(YEARS))
        ]
    bare.database.dispose()


def test_the_usual_units_are_forty_nine_and_none_is_twice() -> None:
    units = usual_units()
    assert [unit.order for unit in units] == list(range(1, 50))
    assert len({unit.name for unit in units}) == 49


def test_units_come_from_a_file_where_one_is_given(bare: System, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("unit_no,unit\n2,区财政局\n1,区教育局\n", "utf-8")
    assert install(bare, path, person=CLERK).units == 2
    with bare.database.read() as c:
        assert bare.models.member_units.names(c) == ["区教育局", "区财政局"]
    path.write_text("unit_no,unit\n2,区财政局\n3,区税务局\n", "utf-8")
    assert install(bare, path, person=CLERK).units == 1
    bare.database.dispose()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("no,unit\n1,区教育局\n", 1, "unit_no"),
        ("unit_no,unit\none,区教育局\n", 2, "unit_no"),
        ("unit_no,unit\n1,区教育局\n2,\n", 3, "unit"),
        ("unit_no,unit\n1,区教育局\n2,区教育局\n", 3, "unit"),
    ],
)
def test_a_list_of_units_that_cannot_be_read_is_refused_before_anything_is_made(
    bare: System, tmp_path: Path, text: str, line: int, column: str
) -> None:
    path = tmp_path / "units.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(RegisterUnsound) as refused:
        install(bare, path, person=CLERK)
    assert (refused.value.values["line"], refused.value.values["column"]) == (line, column)
    assert not bare.database.is_sqlite or not Path(bare.database.url.database or "").exists()


def test_a_year_whose_notice_changed_is_published_in_a_further_edition(bare: System) -> None:
    install(bare, person=CLERK)
    desk = Desk("operator:clerk", bare.now(), Workdays({}))
    with bare.database.write() as c:
        bare.database.lock(c)
        wrong = begin(
            Calendar,
            Calendar.CalendarPublished,
            calendar_id(2021, 2),
            desk,
            year=2021,
            edition=2,
            days=["2021-01-01"],
        )
        record(c, bare, desk, [wrong])
    assert install(bare, person=CLERK) == Installed((2021,), 0)
    with bare.database.read() as c:
        newest = rows(c, f"SELECT MAX(edition) FROM {CALENDAR} WHERE year = 2021")
        assert newest == [(3,)]
        assert not bare.models.calendars.workdays(c).is_working("2021-01-01")
    bare.database.dispose()


def test_only_an_operator_installs(bare: System) -> None:
    officer = Person("a1", "li", "区教育局", frozenset({"officer"}))
    with pytest.raises(NotPermitted):
        install(bare, person=officer)


def test_a_process_is_ready_once_the_installation_is_made(bare: System) -> None:
    with pytest.raises(Stopped) as stopped:
        require_ready(bare)
    assert stopped.value.code == "stopped.not_installed"
    create_tables(bare)
    require_ready(bare)


def test_it_adds_nothing_where_another_release_took_over_meanwhile(
    bare: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_tables

    def and_another_takes_over(system: System) -> object:
        before = made(system)
        with system.database.write() as c:
            write(c, "UPDATE serving SET models = ?", [('{"ledger":99}',)])
        return before

    monkeypatch.setattr("casesys.install.create_tables", and_another_takes_over)
    with pytest.raises(AnotherReleaseServes):
        install(bare)
    with bare.database.read() as c:
        assert bare.log.head(c) == (0, "")


def test_a_process_is_not_ready_on_read_models_that_are_not_its_own(
    bare: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_tables(bare)
    monkeypatch.setattr(Ledger, "version", 99)
    with pytest.raises(Stopped) as stopped:
        require_ready(bare)
    assert stopped.value.code == "stopped.models_are_outdated"
    assert "ledger" in stopped.value.said("zh")
    rebuild(bare, ["ledger"])
    with pytest.raises(Stopped) as stopped:
        require_ready(bare)
    assert stopped.value.code == "stopped.another_release_serves"
    bare.database.guard = None
    create_tables(bare)
    require_ready(bare)
    with bare.database.write() as c:
        write(c, "UPDATE alembic_version SET version_num = 'later'", [()])
    with pytest.raises(Stopped) as stopped:
        require_ready(bare)
    assert stopped.value.code == "stopped.later_schema"
