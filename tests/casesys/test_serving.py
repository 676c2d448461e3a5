"""One release serves at a time; the next builds beside it, and the one before may come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from casesys.install import begin_to_serve, require_ready
from casesys.rebuild import digests, verify
from casesys.serving import AnotherReleaseServes
from casesys.system import System
from projections.driver import rows
from projections.ledger import LEDGER
from tests.another_release import LEDGER_ANEW, RATES_ANEW, Release, next_release
from tests.casesys.intake.making import HEAD, record, workbook
from tests.scenarios import a_case_ready_to_exit, a_listed_case, an_exited_case
from tests.stores import MASTER_KEY
from web.app import create_app

STOOD = f"SELECT COUNT(*), MAX(last_at) FROM {LEDGER}"


def to_come(office: System, folder: Path) -> Release:
    environment = {
        "CASESYS_HOME": str(office.settings.home),
        "CASESYS_DATABASE_URL": office.settings.database_url,
        "CASESYS_MASTER_KEY": MASTER_KEY,
    }
    return next_release(folder, environment, LEDGER_ANEW, RATES_ANEW)


def test_the_next_release_takes_over_and_this_one_takes_it_back(
    office: System, tmp_path: Path
) -> None:
    an_exited_case(office, 1)
    a_case_ready_to_exit(office, 2)
    require_ready(office)
    later = to_come(office, tmp_path)
    with office.database.read() as c:
        before = digests(office, c)
    assert later.call("projections", "prepare")["built"] == ["rates", "ledger"]
    # Nothing of what serves was touched, and this release serves on.
    with office.database.read() as c:
        assert digests(office, c) == before
    a_listed_case(office, 3)

    with office.database.read() as c:
        stood = rows(c, STOOD)
        later.call("init")
        # A snapshot that was taken before the change-over sees nothing of it.
        assert rows(c, STOOD) == stood
    assert later.call("projections", "verify")["equal"]
    # This process knows only its own tables, which stand still from now on.
    with pytest.raises(AnotherReleaseServes, match="ledger 1003 / 3"), office.database.read():
        pass
    with pytest.raises(AnotherReleaseServes):
        a_listed_case(office, 4)
    readiness = create_app(system=office).test_client().get("/readyz")
    assert readiness.status_code == 503
    assert "ledger" in readiness.text

    listed = tmp_path / "名单.xlsx"
    listed.write_bytes(workbook(("名单", [HEAD, record(), record(1, "岭云市监处罚〔2020〕2号")])))
    taken = later.call("import", "listing", str(listed), "--campaign", "L9")
    assert taken["summary"]["accepted"] == 2
    # Started anew, this release takes the entries that it missed, and serves.
    again = System(office.settings, now=office.now)
    begin_to_serve(again)
    require_ready(again)
    a_listed_case(again, 4)
    assert verify(again)["equal"]
    refused = later.begin("rates", "--as-of", "2021-10-31", "--json")
    assert "ledger" in refused.communicate(timeout=60)[1]
    assert refused.returncode == 1
    again.database.dispose()


def test_unasked_a_process_of_the_release_before_feeds_tables_that_nobody_sees(
    system: System, tmp_path: Path
) -> None:
    a_listed_case(system, 1)
    require_ready(system)
    later = to_come(system, tmp_path)
    later.call("projections", "prepare")
    later.call("init")
    # The guard taken away: what this one records is missing from what serves.
    system.database.guard = None
    a_listed_case(system, 2)
    verified = later.begin("projections", "verify", "--json")
    verified.communicate(timeout=120)
    assert verified.returncode == 1
