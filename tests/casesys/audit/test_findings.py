"""Each kind of finding finds what was planted, and nothing else."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from casesys.audit.findings import (
    broken_rules,
    finding_counts,
    late_entries,
    one_sided_steps,
    shared_files,
)
from casesys.audit.shown_entries import Logged
from casesys.history import import_history
from casesys.system import System
from domain.case import GovernanceCase
from tests.districts import CLERK, district
from tests.offices import OFFICER, person
from tests.projections.test_one_sided import past_the_guards
from tests.scenarios import (
    PHOTO,
    a_case_with_exit_proposed,
    a_contacted_case,
    an_exited_case,
    contact,
    give,
)

TAKEN = {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}


def test_sound_work_of_the_counter_has_no_finding(office: System) -> None:
    give(office, "add_photo", TAKEN, an_interviewed(office))
    found = finding_counts(office)
    assert (found["rules"], found["evidence"], found["persons"]) == (0, 0, 0)


def an_interviewed(office: System) -> UUID:
    return an_exited_case(office).stream


def test_the_same_photograph_in_two_cases_opens_both_entries(office: System) -> None:
    taken = [
        give(office, "add_photo", TAKEN, a_contacted_case(office, n).stream).position
        for n in (1, 2)
    ]
    give(office, "add_photo", {**TAKEN, "sha256": "a" * 64}, a_contacted_case(office, 3).stream)
    found = shared_files(office)
    assert [file.sha256 for file in found.files] == [PHOTO]
    assert [one.entry.position for one in found.files[0].uses] == taken
    assert (found.files[0].many, found.next) == (2, None)
    assert finding_counts(office)["evidence"] == 1


def test_shared_files_are_read_page_by_page(office: System) -> None:
    cases = [a_contacted_case(office, n).stream for n in (1, 2)]
    for digit in "abc":
        for case in cases:
            give(office, "add_photo", {**TAKEN, "sha256": digit * 64}, case)
    first = shared_files(office, size=2)
    assert first.next == "b" * 64
    second = shared_files(office, first.next, size=2)
    assert [file.sha256[0] for file in (*first.files, *second.files)] == ["a", "b", "c"]
    assert second.next is None


def test_a_late_entry_is_found_by_its_days_its_person_and_their_unit(office: System) -> None:
    case = a_contacted_case(office).stream
    late = give(office, "attempt_contact", contact("2021-06-02"), case)
    found = late_entries(office, 50)
    assert [one.entry.position for one in found.entries] == [late.position]
    assert [(one.who, one.unit, one.entries, one.most) for one in found.by_person] == [
        (OFFICER, "区发展和改革局", 1, 50)
    ]
    assert [(one.unit, one.entries) for one in found.by_unit] == [("区发展和改革局", 1)]
    assert late_entries(office, 51).entries == []
    assert late_entries(office, 50, "U99-9").entries == []
    give(office, "void_entry", {"target": late.version, "explanation": "录错"}, case)
    assert late_entries(office, 50).entries == []


def test_a_register_s_late_entries_are_counted_by_who_recorded_them(office: System) -> None:
    import_history(office, district(), CLERK)
    found = late_entries(office, 7, size=10_000)
    # The campaigns that the import itself began are the clerk's.
    counted = Counter(one.who for one in found.entries)
    assert {one.who: one.entries for one in found.by_person} == counted
    assert sum(one.entries for one in found.by_unit) == len(found.entries)
    days = [one.late_days for one in found.entries]
    assert days == sorted(days, reverse=True) and days[-1] >= 7
    pieces, before = [], None
    while True:
        page = late_entries(office, 7, before=before, size=9)
        pieces += [one.entry.position for one in page.entries]
        if page.next is None:
            break
        before = page.next
    assert pieces == [one.entry.position for one in found.entries]


def test_broken_rules_are_listed_by_rule_and_open_their_entries(office: System) -> None:
    import_history(office, district(), CLERK)
    found = broken_rules(office)
    assert sum(found.by_code.values()) == finding_counts(office)["rules"] > 50
    code = min(found.by_code)
    pieces: list[tuple[str, Logged]] = []
    after = (0, "")
    while True:
        page = broken_rules(office, code, after, size=3)
        pieces += page.entries
        if page.next is None:
            break
        after = page.next
    assert len(pieces) == found.by_code[code]
    assert all(one == code and code in entry.entry.findings for one, entry in pieces)


def test_an_exit_by_its_own_proposer_shows_both_entries(office: System) -> None:
    proposed = a_case_with_exit_proposed(office)
    officer = person(office, OFFICER).id
    exited = GovernanceCase.SubjectExited
    version = past_the_guards(office, proposed.stream, exited, officer, ruleset="R2019")
    found = one_sided_steps(office)
    ((step, proposal),) = found.entries
    assert (step.entry.version, step.who) == (version, OFFICER)
    assert proposal is not None and proposal.entry.position == proposed.position
    assert found.by_way == {"same_person": 1, "own_case": 0, "no_proposal": 0}
    assert finding_counts(office)["persons"] == 1


def test_a_register_with_one_name_alone_is_shown_as_such(office: System) -> None:
    import_history(office, district(), CLERK)
    found = one_sided_steps(office)
    assert found.by_way["no_proposal"] > 0 and found.by_way["same_person"] == 0
    assert all(proposal is None for _, proposal in found.entries)
    assert {step.entry.topic for step, _ in found.entries} == {"case.record_removed_by_court"}
