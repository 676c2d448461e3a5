"""The next release is killed at random moments while it builds, and the office notices nothing."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired
from uuid import uuid4

import pytest

from casesys.commands import COMMANDS
from casesys.history import import_history
from casesys.install import install, require_ready
from casesys.permits import Person, operator
from casesys.preparing import drop_others
from casesys.rebuild import digests, status, verify
from casesys.settings import Settings
from casesys.system import Given, System
from domain.vocabulary import Role
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests.another_release import LEDGER_ANEW, RATES_ANEW, next_release
from tests.bench.register import write_register
from tests.stores import MASTER_KEY

OFFICER = Person("campaign", "U01-2", "区发展和改革局", frozenset({Role.OFFICER}))
CASES, KILLS = 600, 100
SEED = 20211031

pytestmark = pytest.mark.campaign


@pytest.fixture
def serving(store_settings: Settings, tmp_path: Path) -> Iterator[System]:
    made = System(store_settings)
    install(made)
    register = tmp_path / "register"
    write_register(register, CASES)
    import_history(made, register, operator("campaign"))
    require_ready(made)
    yield made
    made.database.dispose()


def test_killed_at_any_moment_a_building_goes_on_and_nobody_sees_half_of_it(
    serving: System, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    later = next_release(
        tmp_path,
        {
            "CASESYS_HOME": str(serving.settings.home),
            "CASESYS_DATABASE_URL": serving.settings.database_url,
            "CASESYS_MASTER_KEY": MASTER_KEY,
        },
        LEDGER_ANEW,
        RATES_ANEW,
    )
    chance = random.Random(SEED)
    with serving.database.read() as c:
        streams = [stream for (stream,) in rows(c, f"SELECT stream_id FROM {CASE_FILE}")]
    later.call("projections", "prepare")
    drop_others(serving)
    kills = whole = 0
    while kills < KILLS:
        building = later.begin("projections", "prepare", "--json")
        with suppress(TimeoutExpired):
            building.wait(chance.uniform(0.5, 4))
        if building.poll() is None:
            building.send_signal(signal.SIGKILL)
            kills += 1
        else:
            assert building.returncode == 0, building.communicate()[1]
            whole += 1
            found = {(o["name"], o["position"]) for o in status(serving)["others"]}
            assert all(position is not None for _, position in found)
            drop_others(serving)
        building.communicate()
        # The office works on: what it shows is what its log says.
        given = Given(OFFICER, chance.choice(streams), None, str(uuid4()))
        raw = {"channel": "phone", "result": "no_answer", "attempted_at": serving.now()}
        serving.give(COMMANDS["attempt_contact"], raw, given)
        with serving.database.read() as c:
            assert digests(serving, c)["case_file"][1] == CASES
    assert verify(serving)["equal"]
    later.call("projections", "prepare")
    later.call("init")
    assert later.call("projections", "verify")["equal"]
    record_property("told", f"{kills} kills, and {whole} times it was done before")
