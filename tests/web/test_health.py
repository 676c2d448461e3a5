"""What a watching machine is told: that pages are given, and who follows the log how far."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casesys.followers import running
from casesys.system import System
from tests.followers import Diarist, everything, head, lay_out_diary
from tests.web.helpers import app_of


def test_a_follower_that_stopped_is_told_and_keeps_nobody_from_a_page(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app_of(system).test_client()
    assert client.get("/readyz").json == {"ready": True, "position": head(system), "followers": {}}
    lay_out_diary(system)
    follower = Diarist(stops_at=[5])
    monkeypatch.setattr("casesys.watching.followers_of", lambda settings: [follower])
    everything(system, follower)
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json is not None
    found = answer.json["followers"]["diarist"]
    assert (found["position"], found["behind"]) == (4, head(system) - 4)
    assert found["stopped"]["position"] == 5
    assert found["stopped"]["code"] == "stopped.witness_away"


def test_a_stranger_learns_no_name_of_a_folder(system: System, tmp_path: Path) -> None:
    share = tmp_path / "not_mounted"
    system.settings = replace(system.settings, witness=share)
    with system.database.write() as c:
        system.database.lock(c)
        system.checkpoints.make(c, system.now())
    everything(system, *running.followers_of(system.settings))
    answer = app_of(system).test_client().get("/readyz")
    assert answer.json is not None
    assert answer.json["followers"]["witness"]["failing"] == "stopped.witness_away"
    assert share.name not in answer.text
