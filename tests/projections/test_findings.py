"""Findings are written as the entries come, and are what the log says however they came."""

from __future__ import annotations

from pathlib import Path

import pytest

from casesys.history import import_history
from casesys.rebuild import rebuild, verify
from casesys.system import System
from domain import findings
from domain.entries import Entry
from domain.findings import NO_ACT
from projections import findings as model
from projections.driver import rows
from projections.findings import ACTED, FINDING
from tests.districts import CLERK, changed, district, made_district
from tests.offices import contents
from tests.scenarios import an_exited_case, give


def log_of(system: System) -> list[Entry]:
    with system.database.read() as c:
        return system.log.after(c, 0, 100_000)


def test_every_broken_rule_of_the_log_is_one_row(office: System) -> None:
    import_history(office, district(), CLERK)
    wanted = sorted((e.position, code) for e in log_of(office) for code in e.findings)
    with office.database.read() as c:
        found = rows(c, f"SELECT position, code FROM {FINDING} WHERE kind = 'rules'")
    assert wanted and sorted((row[0], row[1]) for row in found) == wanted


def test_findings_of_an_entry_taken_away_stay_and_say_so(office: System, tmp_path: Path) -> None:
    def void_an_interview(actions: list[dict[str, str]]) -> None:
        interview = next(row for row in actions if row["type"] == "interview_held")
        actions.append(
            interview
            | {
                "action_id": "A90000001",
                "request_id": "q-A90000001",
                "type": "action_voided",
                "occurred_at": "2021-11-09T10:00:00+08:00",
                "recorded_at": "2021-11-09T10:01:00+08:00",
                "target_action_id": interview["action_id"],
            }
        )

    folder = changed(district(), "actions.csv", void_an_interview, tmp_path / "r")
    import_history(office, folder, CLERK, page=100)
    target = next(e for e in log_of(office) if e.topic == "case.interview_held")
    question = f"SELECT code, voided FROM {FINDING} WHERE position = ? AND kind = 'rules'"
    with office.database.read() as c:
        gone = rows(c, question, [target.position])
    assert sorted(gone) == sorted((code, 1) for code in target.findings)
    assert verify(office, ["findings"])["equal"]


def test_who_recorded_how_much_is_counted(office: System) -> None:
    import_history(office, district(), CLERK)
    acts: dict[str, int] = {}
    for entry in log_of(office):
        if entry.topic.startswith("case.") and entry.topic not in NO_ACT:
            acts[entry.actor] = acts.get(entry.actor, 0) + 1
    with office.database.read() as c:
        assert dict(rows(c, f"SELECT actor, acts FROM {ACTED}")) == acts


@pytest.mark.parametrize("page", [1, 7])
def test_entry_by_entry_is_the_same_as_all_at_once(
    system: System, tmp_path: Path, page: int
) -> None:
    folder = made_district(30, f"by {page}", tmp_path / "r")
    import_history(system, folder, CLERK, page=page)
    fed = contents(system)["findings"]
    rebuild(system, ["findings"])
    assert contents(system)["findings"] == fed


def test_a_fold_that_took_too_much_for_granted_would_be_found(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every new entry taken for one that changes nothing of the others, the rows differ."""
    monkeypatch.setattr(model, "_only_adds", lambda before, entries: True)
    case = an_exited_case(system)
    give(system, "void_entry", {"target": case.version, "explanation": "录错"}, case.stream)
    monkeypatch.undo()
    assert not verify(system, ["findings"])["equal"]
    assert {"case.entry_voided", "case.entry_corrected"} <= findings.UNSETTLING
