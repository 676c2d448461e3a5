"""A page of the log never reads more of it than it may, and says how far it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from casesys.audit import ACCOUNTS, Trail, TrailPage, trail
from casesys.history import import_history
from casesys.system import System
from domain.entries import VOIDING, Entry
from domain.instants import end_of_day, start_of_day
from projections.driver import rows
from projections.findings import FINDING
from projections.trail_marks import GRANTS, READS
from tests.districts import CLERK, district
from tests.examples import RUNNER
from tests.offices import OFFICER, SUPERVISOR, person
from tests.scenarios import (
    a_contacted_case,
    an_exited_case,
    case_number,
    credit_code,
    give,
    penalty,
)


def whole(system: System, asked: Trail, size: int = 7, span: int = 25) -> list[int]:
    """Every answer, read from the newest page to the oldest, however often one goes on."""
    found: list[int] = []
    before: int | None = None
    while True:
        page = trail(system, replace(asked, before=before), size, span)
        found += [one.entry.position for one in page.entries]
        if page.older is None:
            return found
        assert before is None or page.older < before
        before = page.older


def positions(system: System, where: str, *values: object) -> list[int]:
    with system.database.read() as c:
        question = f"SELECT position FROM log WHERE {where} ORDER BY position DESC"
        return [row[0] for row in rows(c, question, values)]


def test_a_rare_entry_is_found_by_going_on_and_each_page_says_how_far_it_came(
    office: System,
) -> None:
    import_history(office, district(), CLERK)
    asked = Trail(topic="account.password_changed")
    wanted = positions(office, "topic = ?", asked.topic)
    first = trail(office, asked, span=25)
    assert (list(first.entries), first.searched) == ([], first.head - 24)
    assert whole(office, asked) == wanted
    assert trail(office, asked, span=10**6).searched is None


def test_going_on_towards_the_newer_end_meets_the_same_entries(office: System) -> None:
    import_history(office, district(), CLERK)
    asked = Trail(topic="case.interview_held")
    wanted = positions(office, "topic = ?", asked.topic)
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page: TrailPage = trail(office, replace(asked, after=after), 5, 30)
        found += [one.entry.position for one in page.entries][::-1]
        after = page.newer
    assert found == wanted[::-1]


def test_what_an_index_leads_to_is_answered_at_once(office: System) -> None:
    exited = an_exited_case(office)
    why = {"target": 3, "explanation": "核对"}
    give(office, "reveal_personal_data", why, exited.stream)
    give(office, "void_entry", {"target": 4, "explanation": "录错"}, exited.stream)
    import_history(office, district(), CLERK)
    voids = "topic IN ('case.entry_voided', 'case.entry_corrected')"
    for asked, where, values in (
        (Trail(topic=READS), "topic = ?", (READS,)),
        (Trail(topic=ACCOUNTS), f"topic IN ({', '.join('?' * len(GRANTS))})", tuple(GRANTS)),
        (Trail(result="voids"), voids, ()),
        (Trail(command_id=exited.command_id), "command_id = ?", (exited.command_id,)),
        (Trail(about=credit_code(1)), "stream_id = ?", (str(exited.stream),)),
    ):
        found = trail(office, asked, 1000, span=3)
        assert found.searched is None
        answered = {one.entry.position for one in found.entries}
        wanted = positions(office, where, *values)
        assert wanted and answered >= set(wanted), asked


def test_each_result_is_what_its_words_say(office: System) -> None:
    exited = an_exited_case(office)
    give(office, "void_entry", {"target": 4, "explanation": "录错"}, exited.stream)
    import_history(office, district(), CLERK)
    with office.database.read() as c:
        log = office.log.after(c, 0, 10_000)
    gone = {(e.stream_id, e.data["target"]) for e in log if e.topic in VOIDING}

    def those(keep: Callable[[Entry], object]) -> list[int]:
        return [e.position for e in reversed(log) if keep(e)]

    results: tuple[tuple[str, Callable[[Entry], object]], ...] = (
        ("voided", lambda e: (e.stream_id, e.version) in gone),
        (
            "counts",
            lambda e: (e.stream_id, e.version) not in gone and e.topic not in VOIDING,
        ),
        ("voids", lambda e: e.topic in VOIDING),
        ("findings", lambda e: e.findings),
        ("reasons", lambda e: e.reason is not None),
        ("night", lambda e: e.recorded_at[11:13] >= "10"),
    )
    for result, keep in results:
        assert whole(office, Trail(result=result), 50, 300) == those(keep), result
    with office.database.read() as c:
        late = {row[0] for row in rows(c, f"SELECT position FROM {FINDING} WHERE days >= 9")}
    assert whole(office, Trail(result="late", days=9), 50, 300) == those(
        lambda e: e.position in late
    )


@pytest.mark.parametrize("by", ["recorded", "occurred", "entered"])
def test_a_time_is_found_by_each_of_the_three_clocks(office: System, by: str) -> None:
    import_history(office, district(), CLERK)
    an_exited_case(office)
    for first, last in (("2021-07-01", "2021-07-31"), ("", "2021-06-30"), ("2021-07-22", "")):
        low = start_of_day(first) if first else ""
        high = end_of_day(last) if last else "9"
        wanted = positions(office, f"{by}_at >= ? AND {by}_at <= ?", low, high)
        asked = Trail(clock=by, first_day=first, last_day=last)
        assert whole(office, asked, 20, 60) == wanted, (first, last)


def test_an_object_may_be_named_in_every_way_that_a_person_knows(office: System) -> None:
    case = a_contacted_case(office, 1)
    a_contacted_case(office, 2)
    give(office, "attach_record", penalty(77), case.stream)
    of_case = set(positions(office, "stream_id = ?", str(case.stream)))
    name = "云塘区第1建材有限公司"
    for text in (
        case_number(office, case.stream),
        str(case.stream),
        name,
        "第1建材",
        credit_code(1),
        credit_code(1).lower(),
        "云市监处罚〔2020〕77号",
        "云市监处罚[2020]77号",
    ):
        page = trail(office, Trail(about=text), 1000)
        found = {one.entry.position for one in page.entries}
        assert found >= of_case, text
        assert {one.subject for one in page.entries} == {name}, text
    for text, topic in (
        (OFFICER, "account.opened"),
        ("区市场监督管理局", "member_unit.joined"),
        ("2021-01", "campaign.started"),
    ):
        found_topics = {one.entry.topic for one in trail(office, Trail(about=text), 1000).entries}
        assert topic in found_topics, text
    for text in ("没有这家", "%", "_", "'", "0" * 60):
        assert trail(office, Trail(about=text)).unknown == text


def test_a_person_is_found_by_number_after_the_account_was_closed(office: System) -> None:
    an_exited_case(office)
    account = person(office, SUPERVISOR).id
    wanted = positions(office, "actor = ?", account)
    give(office, "close_account", {"explanation": "调离"}, UUID(account), RUNNER)
    assert whole(office, Trail(actor=SUPERVISOR)) == wanted
    import_history(office, district(), CLERK)
    ((who,),) = _one(office, "SELECT MAX(actor) FROM log WHERE topic = 'case.interview_held'")
    short = who.partition(":")[2]
    assert whole(office, Trail(actor=short), 50, 500) == positions(office, "actor = ?", who)
    assert trail(office, Trail(actor="tests"), 1000).entries


def _one(office: System, question: str) -> list[tuple[str]]:
    with office.database.read() as c:
        return [(str(row[0]),) for row in rows(c, question)]
