"""Each kind of finding finds what was planted, and nothing in sound work."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from casesys.audit.findings import FINDING_KINDS, FoundPage, Sought, finding_counts, findings
from casesys.history import import_history
from casesys.rebuild import verify
from casesys.system import System
from domain.case import GovernanceCase
from domain.entries import VOIDING
from domain.findings import PERFECT_ACTS
from domain.instants import local_day, moment
from projections.driver import rows
from tests.districts import CLERK, Rows, changed, district, made_district
from tests.examples import RUNNER, weekdays
from tests.offices import OFFICER, SUPERVISOR, Clock, at, person
from tests.past_the_guards import past_the_guards
from tests.scenarios import (
    PHOTO,
    a_case_under_repair,
    a_case_with_exit_proposed,
    a_contacted_case,
    a_repaired_case,
    an_excluded_case,
    an_exited_case,
    an_interviewed_case,
    an_unreachable_case,
    case_number,
    contact,
    give,
    record_of,
)

TAKEN = {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}


def found(system: System, kind: str, **asked: Any) -> FoundPage:
    return findings(system, Sought(kind, **asked), size=10_000)


def codes(system: System, kind: str, **asked: Any) -> list[str]:
    page = found(system, kind, **asked)
    assert page.at.total == len(page.entries) == sum(page.by_code.values())
    for axis in ("actor", "unit", "town"):
        assert sum(n for _, n in page.by.get(axis, ())) == page.at.total
    assert verify(system, ["findings"])["equal"]
    return sorted(one.code for one in page.entries)


def at_version(page: FoundPage) -> list[tuple[int, int | None]]:
    return [
        (one.entry.entry.version, one.other.entry.version if one.other else None)
        for one in page.entries
    ]


def test_sound_work_of_the_counter_is_late_at_the_most(office: System) -> None:
    an_exited_case(office, 1)
    a_repaired_case(office, 2)
    an_excluded_case(office, 3)
    case = an_unreachable_case(office, 4).stream
    # The photograph of one case stands for another in these: each of its own here.
    counted = finding_counts(office)
    shared = {"late", "evidence"}
    assert {kind: n for kind, n in counted.items() if n and kind not in shared} == {}
    assert found(office, "exits", case=case_number(office, case)).entries == []


def test_a_late_entry_is_found_by_days_person_unit_and_town(office: System) -> None:
    case = a_contacted_case(office).stream
    late = give(office, "attempt_contact", contact("2021-06-02"), case)
    (one,) = found(office, "late", days=50).entries
    assert (one.entry.entry.position, one.days) == (late.position, 50)
    assert (one.entry.who, one.unit, one.town) == (OFFICER, "区市场监督管理局", "石门街道")
    for asked, n in (
        ({"days": 51}, 0),
        ({"who": OFFICER}, 1),
        ({"who": "U99-9"}, 0),
        ({"unit": "区市场监督管理局"}, 1),
        ({"town": "别的镇"}, 0),
        ({"case": case_number(office, case)}, 1),
        ({"case": "2021-01-9999"}, 0),
        ({"first_day": "2021-07-22", "last_day": "2021-07-22"}, 1),
        ({"clock": "occurred", "first_day": "2021-06-03", "last_day": "2021-07-22"}, 0),
    ):
        assert found(office, "late", **{"days": 50, **asked}).at.total == n, asked
    give(office, "void_entry", {"target": late.version, "explanation": "录错"}, case)
    assert found(office, "late", days=50).at.total == 0
    assert found(office, "late", days=50, voided=True).at.total == 1


def test_an_interview_before_its_notice_is_found_with_the_notice(
    office: System, clock: Clock
) -> None:
    case = an_interviewed_case(office).stream
    assert codes(office, "causes") == []
    held = past_the_guards(
        office,
        case,
        GovernanceCase.PerformanceRecorded,
        person(office, OFFICER).id,
        at("2020-11-29T10:00"),
        record=record_of(office, case),
        performance="fully",
        amount_fen=None,
        document=None,
    )
    assert codes(office, "causes") == ["performed_before_decision"]
    give(office, "void_entry", {"target": held, "explanation": "年份录错"}, case)
    assert codes(office, "causes") == []
    # The notice is taken away and typed again with a later day: the interview stands before it.
    with office.database.read() as c:
        (notice,) = (
            e for e in office.log.stream(c, case) if e.topic == "case.interview_notice_served"
        )
    give(office, "void_entry", {"target": notice.version, "explanation": "日期录错"}, case)
    assert codes(office, "causes") == []
    served = {"served_at": "2021-07-20T10:00", "served_by": "visit"}
    again = give(office, "serve_interview_notice", served, case)
    page = found(office, "causes")
    assert [one.code for one in page.entries] == ["interview_before_notice"]
    assert at_version(page)[0][1] == again.version
    give(office, "void_entry", {"target": again.version, "explanation": "又录错"}, case)
    served["served_at"] = "2021-07-06T10:00"
    give(office, "serve_interview_notice", served, case)
    assert codes(office, "causes") == []


def test_what_is_done_or_typed_outside_office_hours_is_found(office: System, clock: Clock) -> None:
    case = a_contacted_case(office).stream
    assert codes(office, "hours") == []
    give(office, "attempt_contact", contact("2021-07-18"), case)
    assert codes(office, "hours") == ["happened_off_day"]
    clock.set("2021-07-22T20:10")
    give(office, "add_note", {"note": "晚上补记"}, case)
    assert codes(office, "hours") == ["happened_off_day", "recorded_off_hours"]
    clock.set("2021-07-24T10:00")
    give(office, "attempt_contact", {**contact(), "attempted_at": "2021-07-23T19:00"}, case)
    assert codes(office, "hours")[1:] == [
        "happened_off_hours",
        "recorded_off_day",
        "recorded_off_hours",
    ]


def test_a_calendar_published_later_judges_again(office: System, clock: Clock) -> None:
    clock.set("2040-03-08T10:00")
    case = a_contacted_case(office).stream
    assert codes(office, "hours") == []
    off = [day for day in weekdays(2040) if day != "2040-03-08"]
    give(office, "publish_calendar", {"year": 2040, "days": off}, by=RUNNER)
    found_days = codes(office, "hours", case=case_number(office, case))
    assert found_days and set(found_days) == {"recorded_off_day"}
    give(office, "publish_calendar", {"year": 2040, "days": weekdays(2040)}, by=RUNNER)
    assert codes(office, "hours") == []


def test_a_file_in_two_cases_or_for_two_acts_is_found(office: System) -> None:
    case = an_interviewed_case(office, 1)
    first = give(office, "add_photo", {**TAKEN, "linked_act": 4}, case.stream)
    give(office, "add_photo", {**TAKEN, "linked_act": 4}, case.stream)
    assert codes(office, "evidence") == []
    second = give(office, "add_photo", {**TAKEN, "linked_act": case.version}, case.stream)
    page = found(office, "evidence")
    assert at_version(page) == [(second.version, first.version)]
    assert [(one.code, one.detail) for one in page.entries] == [("two_acts", PHOTO)]
    give(office, "void_entry", {"target": second.version, "explanation": "用错"}, case.stream)
    other = give(office, "add_photo", TAKEN, a_contacted_case(office, 2).stream)
    assert codes(office, "evidence") == ["two_cases"] * 3
    void = {"target": other.version, "explanation": "用错了照片"}
    give(office, "void_entry", void, a_stream(office, other.position))
    assert codes(office, "evidence") == []


def a_stream(system: System, position: int) -> Any:
    with system.database.read() as c:
        return UUID(rows(c, "SELECT stream_id FROM log WHERE position = ?", [position])[0][0])


def test_a_step_by_one_person_shows_both_entries(office: System) -> None:
    proposed = a_case_with_exit_proposed(office)
    officer = person(office, OFFICER).id
    exited = GovernanceCase.SubjectExited
    version = past_the_guards(office, proposed.stream, exited, officer, ruleset="R2019")
    assert codes(office, "persons") == ["same_person"]
    assert at_version(found(office, "persons")) == [(version, proposed.version)]
    give(
        office,
        "void_entry",
        {"target": version, "explanation": "同一人"},
        proposed.stream,
        SUPERVISOR,
    )
    assert codes(office, "persons") == []


def test_an_exit_whose_step_was_voided_later_is_found(office: System) -> None:
    exited = an_exited_case(office)
    with office.database.read() as c:
        held = next(
            e for e in office.log.stream(c, exited.stream) if e.topic == "case.interview_held"
        )
    give(office, "void_entry", {"target": held.version, "explanation": "不是本企业"}, exited.stream)
    assert codes(office, "exits") == ["interview"]
    assert at_version(found(office, "exits")) == [(exited.version, None)]
    assert codes(office, "causes") == []
    again = past_the_guards(
        office,
        exited.stream,
        GovernanceCase.InterviewHeld,
        person(office, OFFICER).id,
        **dict.fromkeys(("kind", "place", "attendee", "attendee_capacity", "minutes")),
        officers=["林晓", "周敏"],
        ruleset="R2019",
    )
    assert at_version(found(office, "exits")) == [(exited.version, again)]
    assert codes(office, "causes") == ["exit_before_step"]


def test_a_repair_without_its_papers_is_found(office: System) -> None:
    case = a_case_under_repair(office).stream
    assert codes(office, "repairs") == []
    record, officer = record_of(office, case), person(office, OFFICER).id
    facts = {"record": record, "result": "granted", "decided_by": None}
    past_the_guards(
        office, case, GovernanceCase.RepairResultRecorded, officer, document=None, **facts
    )
    assert codes(office, "repairs") == ["result_without_document"]
    with office.database.read() as c:
        papers = [
            e.version
            for e in office.log.stream(c, case)
            if e.topic == "case.commitment_signed" and e.data["record"]
        ]
    for version in papers:
        give(office, "void_entry", {"target": version, "explanation": "未盖章"}, case)
    assert codes(office, "repairs") == ["application_without_commitment", "result_without_document"]
    assert {one.detail for one in found(office, "repairs").entries} == {"云市监处罚〔2020〕1号"}


def test_a_person_of_only_perfect_records_is_named_with_how_much(office: System) -> None:
    case = a_contacted_case(office).stream
    give(office, "void_entry", {"target": 4, "explanation": "录错"}, case, SUPERVISOR)
    for _ in range(PERFECT_ACTS):
        give(office, "add_note", {"note": "约谈前核对"}, case, SUPERVISOR)
    (one,) = found(office, "officers").persons
    assert (one.who, one.acts, finding_counts(office)["officers"]) == (SUPERVISOR, PERFECT_ACTS, 1)
    assert 0 < one.percent < 100
    assert found(office, "officers", who=OFFICER).persons == []
    with office.database.read() as c:
        last = office.log.stream(c, case)[-1].version
    give(office, "void_entry", {"target": last, "explanation": "重复"}, case)
    assert found(office, "officers").persons == []
    assert verify(office, ["findings"])["equal"]


def test_a_number_used_twice_in_a_register_is_found_in_both_cases(
    office: System, tmp_path: Path
) -> None:
    def same_number(records: Rows) -> None:
        first = next(row for row in records if row["document_no"].startswith("岭云市监"))
        other = next(row for row in records if row["case_id"] != first["case_id"])
        other["document_no"] = first["document_no"].replace("〔", "[").replace("〕", "]")

    folder = changed(district(), "records.csv", same_number, tmp_path / "r")
    import_history(office, folder, CLERK)
    page = found(office, "numbers")
    assert codes(office, "numbers") == ["two_cases"] * 2
    assert len({one.entry.entry.stream_id for one in page.entries}) == 2
    assert len({one.detail for one in page.entries}) == 1


# -- whole registers ---------------------------------------------------------------------------


def of_register(folder: Path, name: str) -> Rows:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told_by(folder: Path) -> dict[str, int]:
    """What the files of a register alone say of the kinds that can be counted from them."""
    actions = of_register(folder, "actions.csv")
    gone = {row["target_action_id"] for row in actions if row["target_action_id"]}
    counts = [row for row in actions if row["action_id"] not in gone]
    counts = [row for row in counts if row["type"] != "action_voided"]
    category = {row["case_id"]: row["category"] for row in of_register(folder, "cases.csv")}
    of = Counter((row["type"], category[row["case_id"]]) for row in counts)
    return {
        "applications": 2 * of["repair_applied", "penalty"],
        "results": of["record_repaired", "penalty"],
        "revoked": sum(n for (kind, _), n in of.items() if kind == "repair_revoked"),
        "removals": of["record_repaired", "judgment"],
    }


@pytest.mark.parametrize("size", [50, 200])
def test_a_register_has_what_its_files_say(office: System, tmp_path: Path, size: int) -> None:
    folder = district() if size == 50 else made_district(size, "findings", tmp_path / "r")
    import_history(office, folder, CLERK)
    told = told_by(folder)
    counted, by_code = finding_counts(office), found(office, "repairs").by_code
    assert counted["repairs"] == sum(told.values())
    assert by_code["result_without_document"] == told["results"]
    assert by_code["removal_without_ground"] == told["removals"]
    # Nobody proposed what the court removed; nothing else of a register asks for two.
    assert found(office, "persons").by_code == {"no_proposal": told["removals"]}
    assert counted["evidence"] == counted["numbers"] == counted["causes"] == 0
    with office.database.read() as c:
        log = office.log.after(c, 0, 100_000)
    gone = {(e.stream_id, e.data["target"]) for e in log if e.topic in VOIDING}
    standing = [e for e in log if (e.stream_id, e.version) not in gone]
    late = found(office, "late", days=10)
    days = [(_days(e.occurred_at, e.recorded_at), e.position) for e in standing]
    wanted = sorted((one for one in days if one[0] >= 10), reverse=True)
    assert [(one.days, one.entry.entry.position) for one in late.entries] == wanted
    rules = Counter(code for e in standing for code in e.findings)
    assert found(office, "rules").by_code == dict(rules)
    off = found(office, "hours").entries
    with office.database.read() as c:
        workdays = office.models.calendars.workdays(c)
    night = {one.entry.entry.position for one in off if one.code == "recorded_off_day"}
    elsewhere = {"case.repair_result_recorded", "case.repair_revoked", "case.opened"}
    elsewhere |= {"case.record_removed_by_court"}
    assert night == {
        e.position
        for e in standing
        if e.topic.startswith("case.")
        and e.topic not in elsewhere
        and not workdays.is_working(local_day(e.recorded_at))
    }
    assert verify(office, ["findings"])["equal"]


def _days(first: str, last: str) -> int:
    return (moment(last) - moment(first)).days


def test_pages_follow_each_other_in_every_order(system: System) -> None:
    import_history(system, district(), CLERK)
    for kind in FINDING_KINDS:
        whole = found(system, kind).entries
        for sort in ("", "position", "-occurred", "recorded", "days"):
            pieces: list[int] = []
            page, n = findings(system, Sought(kind, sort=sort), 1, 40), 1
            while n <= page.at.pages:
                page = findings(system, Sought(kind, sort=sort), n, 40)
                pieces += [one.entry.entry.position for one in page.entries]
                n += 1
            assert sorted(pieces) == sorted(one.entry.entry.position for one in whole)
