"""What the register of past work broke can be counted, listed and filtered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from casesys.history import import_history
from casesys.rebuild import verify
from casesys.system import System
from domain.entries import VOIDING, Entry
from projections.driver import rows
from tests.districts import CLERK, changed, district


def entries(system: System) -> list[Entry]:
    with system.database.read() as c:
        return system.log.after(c, 0, 10_000)


def test_every_finding_of_the_log_is_one_row(office: System) -> None:
    import_history(office, district(), CLERK)
    wanted = [(e.position, code) for e in entries(office) for code in sorted(e.findings)]
    with office.database.read() as c:
        found = office.models.findings.page(c, limit=10_000)
    assert wanted
    assert [(row.position, row.code) for row in found] == wanted


def test_they_are_counted_by_the_rule_that_was_broken(office: System) -> None:
    import_history(office, district(), CLERK)
    log = entries(office)
    gone = {(e.stream_id, e.data["target"]) for e in log if e.topic in VOIDING}
    wanted = Counter(
        code for e in log if (e.stream_id, e.version) not in gone for code in e.findings
    )
    with office.database.read() as c:
        found = office.models.findings.by_code(c)
    assert found == dict(wanted)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_findings_of_an_entry_taken_away_stay_and_say_so(
    office: System, tmp_path: Path
) -> None:
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
    log = entries(office)
    target = next(e for e in log if e.topic == "case.interview_held")
    with office.database.read() as c:
        findings = office.models.findings
        gone = findings.page(c, voided=True, stream=target.stream_id)
        assert [row.version for row in gone] == [target.version] * len(target.findings)
        assert {row.code for row in gone} == set(target.findings)
        standing = findings.page(c, voided=False, limit=10_000)
        assert not {row.position for row in standing} & {target.position}
    assert verify(office, ["findings"])["equal"]


def test_a_page_follows_the_one_before_it(office: System) -> None:
    import_history(office, district(), CLERK)
    findings = office.models.findings
    with office.database.read() as c:
        whole = findings.page(c, limit=10_000)
        pieces: list[Any] = []
        after = (0, "")
        while page := findings.page(c, after=after, limit=7):
            pieces += page
            after = (page[-1].position, page[-1].code)
    assert pieces == list(whole)


def test_a_page_holds_only_what_was_asked_for(office: System) -> None:
    import_history(office, district(), CLERK)
    findings = office.models.findings
    with office.database.read() as c:
        whole = findings.page(c, limit=10_000)
        one = whole[10]
        for column, asked in (
            ("code", {"code": one.code}),
            ("topic", {"topic": one.topic}),
            ("actor", {"actor": one.actor}),
            ("stream_id", {"stream": one.stream_id}),
        ):
            found = findings.page(c, limit=10_000, **asked)
            value = getattr(one, column)
            assert list(found) == [row for row in whole if getattr(row, column) == value]


def test_a_finding_says_who_when_and_where(system: System) -> None:
    import_history(system, district(), CLERK)
    with system.database.read() as c:
        ((*columns,),) = rows(
            c,
            "SELECT f.topic, f.actor, f.occurred_at, f.recorded_at, f.version, f.voided "
            "FROM finding f JOIN log l ON l.position = f.position "
            "WHERE l.command_id LIKE ? AND f.code = ?",
            ["q-A00000061-%", "notice_not_served"],
        )
    assert columns[0] == "case.interview_held"
    assert columns[1].startswith("register:U")
    assert columns[2] < columns[3]
    assert columns[5] == 0
