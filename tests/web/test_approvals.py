"""The second person's page: what waits, all that a decision needs, and the two ways to decide."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from casesys.cases.approvals import see_proposal
from casesys.cases.view import see_case
from casesys.permits import Person
from casesys.system import Receipt, System
from domain.decisions import guards
from tests import scenarios
from tests.browser import enter, press, window
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, Clock, log_of, person
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations
from tests.web.test_evidence import photograph

EXIT = "/approvals/2021-01-0001/exit"


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def supervisor(app: Flask) -> Reader:
    return Reader(app, SUPERVISOR)


def exclusion(system: System, n: int = 1, by: str = OFFICER) -> Receipt:
    case = scenarios.a_listed_case(system, n).stream
    ground = {"ground": "bankruptcy_accepted", "document": "（2021）粤0111破申5号"}
    return scenarios.give(system, "propose_exclusion", ground, case, by)


def court_removal(system: System, n: int = 1) -> Receipt:
    case = scenarios.a_listed_case(system, n, "judgment").stream
    removal = {"ground": "performed", "document": "（2020）粤0111执1号之二"}
    record = scenarios.record_of(system, case)
    return scenarios.give(system, "propose_court_removal", {"record": record, **removal}, case)


PROPOSALS: list[tuple[Callable[..., Receipt], str, str]] = [
    (exclusion, "exclusion", "case.subject_excluded"),
    (scenarios.a_case_with_unreachable_proposed, "unreachable", "case.reachability_concluded"),
    (scenarios.a_case_with_exit_proposed, "exit", "case.subject_exited"),
    (court_removal, "court_removal:", "case.record_removed_by_court"),
]
EACH = pytest.mark.parametrize(
    ("propose", "key", "topic"), PROPOSALS, ids=[p[1] for p in PROPOSALS]
)


def address(system: System, case: UUID, key: str) -> str:
    record = scenarios.record_of(system, case) if key.endswith(":") else ""
    return f"/approvals/{scenarios.case_number(system, case)}/{key}{record}"


def form_of(page: str, command: str) -> tuple[str, dict[str, str]]:
    """Where the form of a command leads, and what it carries hidden."""
    for form in re.findall(r'<form class="form".*?</form>', page, re.DOTALL):
        action = re.search(r'action="([^"]+)"', form)
        assert action is not None
        if action[1].endswith(f"/do/{command}"):
            return action[1], dict(
                re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
            )
    raise AssertionError(f"no form of {command}")


def confirm_of(key: str) -> str:
    return "confirm_" + key.rstrip(":")


def test_the_oldest_proposal_stands_first_with_who_what_and_when(
    system: System, supervisor: Reader, clock: Clock
) -> None:
    exclusion(system, 2)
    clock.wait(minutes=10)
    scenarios.a_case_with_exit_proposed(system, 1)
    page = words_of(supervisor.get_page("/approvals"))
    assert "2项提请等另一人复核" in page
    assert page.index("云塘区第2建材有限公司") < page.index("云塘区第1建材有限公司")
    assert "2021-07-22 14:20 U01-2" in page and "2021-07-22 14:30 U01-2" in page
    assert page.count("可复核") == 2 and "不能复核" not in page


def test_the_list_says_why_this_reader_may_not_decide(system: System, supervisor: Reader) -> None:
    exclusion(system, 1, by=SUPERVISOR)
    case = scenarios.a_case_ready_to_exit(system, 2).stream
    mine = {"unit": "区发展和改革局", "officer": SUPERVISOR}
    scenarios.give(system, "assign_case", mine, case, SUPERVISOR)
    scenarios.give(system, "propose_exit", {}, case)
    page = words_of(supervisor.get_page("/approvals"))
    assert "这是您提请的" in page and "这件由您经办" in page and "可复核" not in page


def test_a_page_beyond_the_last_is_the_last(system: System, supervisor: Reader) -> None:
    for n in range(1, 23):
        exclusion(system, n)
    assert "第21–22项，共22项提请" in words_of(supervisor.get_page("/approvals?page=2"))
    assert "第21–22项" in words_of(supervisor.get_page("/approvals?page=99999"))
    assert "第1–20项" in words_of(supervisor.get_page("/approvals?page=x"))


def test_when_nothing_waits_the_page_says_what_would_stand_here(supervisor: Reader) -> None:
    assert "没有等候复核的案件" in words_of(supervisor.get_page("/approvals"))


@EACH
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_kind_of_proposal_opens_in_both_languages(
    system: System, supervisor: Reader, propose: Any, key: str, topic: str, language: str
) -> None:
    case = propose(system).stream
    supervisor.get("/preferences", language=language)
    answer = supervisor.get(address(system, case, key))
    assert answer.status_code == 200 and OFFICER in words_of(answer.text)
    assert 'id="field-explanation"' in answer.text and 'id="field-record"' not in answer.text


@EACH
def test_confirming_shows_the_answers_once_more_and_then_happens(
    system: System, supervisor: Reader, propose: Any, key: str, topic: str
) -> None:
    case = propose(system).stream
    before = len(log_of(system, case))
    to, carried = form_of(supervisor.get_page(address(system, case, key)), confirm_of(key))
    check = supervisor.client.post(to, data=carried)
    assert check.status_code == 200 and "核对后登记" in words_of(check.text)
    assert len(log_of(system, case)) == before
    assert supervisor.answer(check, to, step="confirmed").status_code == 303
    last = log_of(system, case)[-1]
    assert (last.topic, last.actor) == (topic, person(system, SUPERVISOR).id)
    gone = supervisor.get(address(system, case, key))
    assert gone.status_code == 303 and gone.location == to.split("/do/")[0]
    assert "已不在等复核" in words_of(supervisor.get_page(gone.location))


@EACH
def test_sending_back_asks_for_a_reason_and_keeps_it(
    system: System, supervisor: Reader, propose: Any, key: str, topic: str
) -> None:
    case = propose(system).stream
    to, carried = form_of(supervisor.get_page(address(system, case, key)), "send_back")
    assert ("record" in carried) == key.startswith("court_removal")
    without = supervisor.client.post(to, data=carried)
    assert without.status_code == 422 and "这一项没有填" in words_of(without.text)
    given = supervisor.client.post(to, data={**carried, "explanation": "照片看不清"})
    assert given.status_code == 303
    last = log_of(system, case)[-1]
    assert (last.topic, last.data["explanation"]) == ("case.proposal_sent_back", "照片看不清")
    assert last.data["proposal"] == key.rstrip(":")


def test_who_proposed_it_sees_why_and_is_given_no_form(
    system: System, supervisor: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scenarios.a_case_ready_to_exit(system).stream
    scenarios.give(system, "propose_exit", {}, case, SUPERVISOR)
    page = supervisor.get_page(EXIT)
    assert words_of(page).count("这是您提请的") == 2
    assert "/do/confirm_exit" not in page and "/do/send_back" not in page
    # Without the domain's guard the page offers both: it has no rule of its own.
    monkeypatch.setattr(guards, "another_person", lambda desk, proposed: ())
    page = supervisor.get_page(EXIT)
    assert "/do/confirm_exit" in page and "/do/send_back" in page


def test_the_evidence_is_listed_with_its_files_and_what_was_voided_is_not(
    system: System, supervisor: Reader
) -> None:
    case = scenarios.a_case_with_exit_proposed(system).stream
    page = supervisor.get_page(EXIT)
    assert words_of(page).count("文件没有存进来") == 2 and "/evidence/" not in page
    store = system.evidence
    store.adopt(BytesIO(b"a photograph"), scenarios.PHOTO)
    store.adopt(BytesIO(b"a signed commitment"), scenarios.COMMITMENT)
    page = supervisor.get_page(EXIT)
    assert "证据 2" in words_of(page)
    assert f'href="/evidence/{scenarios.PHOTO}"' in page
    assert f'href="/evidence/{scenarios.COMMITMENT}"' in page
    photo = next(e for e in log_of(system, case) if e.topic == "case.photo_added")
    void = {"target": photo.version, "explanation": "拍错了企业"}
    scenarios.give(system, "void_entry", void, case)
    page = supervisor.get_page(EXIT)
    assert "证据 1" in words_of(page) and f'href="/evidence/{scenarios.PHOTO}"' not in page
    assert "缺：拍照留证" in words_of(page) or "缺：照片" in words_of(page)
    assert "/do/confirm_exit" not in page and "/do/send_back" in page


def test_a_photograph_is_seen_small_beside_what_it_proves(
    system: System, supervisor: Reader
) -> None:
    kept = system.evidence.put(BytesIO(photograph()), "p.jpg")
    case = scenarios.an_interviewed_case(system).stream
    photo = {"taken_at": "2021-07-08T15:40", "sha256": kept.sha256}
    scenarios.give(system, "add_photo", photo, case)
    ground = {"ground": "bankruptcy_accepted", "document": "（2021）粤0111破申5号"}
    scenarios.give(system, "propose_exclusion", ground, case)
    page = supervisor.get_page(address(system, case, "exclusion"))
    small = f"/evidence/{kept.sha256}?size=small"
    assert f'<img src="{small}" alt="' in page
    assert supervisor.get_page_status(small) == 200


def test_the_proposals_stand_beside_each_other_and_the_next_one_follows_a_decision(
    system: System, supervisor: Reader, clock: Clock
) -> None:
    addresses = []
    for n in (1, 2, 3):
        addresses.append(address(system, exclusion(system, n).stream, "exclusion"))
        clock.wait(minutes=1)
    first, second, third = addresses
    page = supervisor.get_page(second)
    assert "第2项，共3项" in words_of(page)
    assert f'href="{first}" rel="prev"' in page and f'href="{third}" rel="next"' in page
    assert 'rel="prev"' not in supervisor.get_page(first)
    to, carried = form_of(page, "send_back")
    given = supervisor.client.post(to, data={**carried, "explanation": "材料不全"})
    assert (given.status_code, given.location) == (303, "/approvals/next")
    onward = supervisor.get(given.location)
    assert (onward.status_code, onward.location) == (303, first)
    for one in (first, third):
        to, carried = form_of(supervisor.get_page(one), "send_back")
        supervisor.client.post(to, data={**carried, "explanation": "材料不全"})
    last = supervisor.get("/approvals/next")
    assert last.location == "/approvals"
    assert "没有" in words_of(supervisor.get_page(last.location))


def test_what_this_reader_may_not_decide_is_not_next(system: System) -> None:
    exclusion(system, 1, by=SUPERVISOR)
    own = Reader(app_of(system), SUPERVISOR)
    assert own.get("/approvals/next").location == "/approvals"


def needs(system: System, case: UUID, key: str, who: Person) -> dict[str, bool]:
    view = see_case(system, scenarios.case_number(system, case), who)
    found = see_proposal(system, view, key, who)
    assert found is not None
    return {need.name: need.present for need in found.needs}


def test_what_the_rule_asks_is_present_or_missing_as_the_guard_says(system: System) -> None:
    who = person(system, SUPERVISOR)
    case = scenarios.a_case_with_unreachable_proposed(system).stream
    assert set(needs(system, case, "unreachable", who).values()) == {True}
    visit = [e for e in log_of(system, case) if e.topic == "case.contact_attempted"][-1]
    scenarios.give(system, "void_entry", {"target": visit.version, "explanation": "错"}, case)
    found = needs(system, case, "unreachable", who)
    missing = {name for name, present in found.items() if not present}
    assert missing == {"attempts", "visits", "spread"}


def test_a_case_that_went_on_is_told_before_anything_is_confirmed(
    system: System, supervisor: Reader
) -> None:
    case = scenarios.a_case_with_exit_proposed(system).stream
    to, carried = form_of(supervisor.get_page(EXIT), "confirm_exit")
    scenarios.give(system, "add_note", {"note": "企业来电"}, case)
    late = supervisor.client.post(to, data={**carried, "step": "confirmed"})
    assert late.status_code == 409 and "这件案子有了新登记" in words_of(late.text)


def test_what_never_waited_is_no_page(system: System, supervisor: Reader) -> None:
    scenarios.a_case_with_exit_proposed(system)
    assert supervisor.get_page_status("/approvals/2021-01-0001/nothing") == 404
    assert supervisor.get_page_status("/approvals/2021-01-9999/exit") == 404
    assert supervisor.get_page_status("/approvals/2021-01-0001/court_removal:R9") == 303
    for path in ("/approvals", EXIT):
        assert supervisor.get_page_status(f"{path}?as_of=2021-07-05") == 409


@pytest.mark.parametrize("login", [OFFICER, AUDITOR])
def test_only_who_approves_comes_here(system: System, app: Flask, login: str) -> None:
    scenarios.a_case_with_exit_proposed(system)
    reader = Reader(app, login)
    assert [reader.get_page_status(path) for path in ("/approvals", EXIT)] == [403, 403]
    for path in ("/?view=second", "/cases/2021-01-0001"):
        assert 'href="/approvals' not in reader.get_page(path)


def test_the_worklist_and_the_case_lead_here(system: System, supervisor: Reader) -> None:
    scenarios.a_case_with_exit_proposed(system)
    assert 'href="/approvals"' in supervisor.get_page("/?view=second")
    assert f'href="{EXIT}"' in supervisor.get_page("/cases/2021-01-0001")


def is_sound(page: Page, widest: int | None = None) -> None:
    assert violations(page) == []
    if widest is not None:
        assert page.evaluate("document.documentElement.scrollWidth") <= widest


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, True), (390, False)])
def test_a_supervisor_sends_one_back_and_confirms_the_other(
    system: System, app: Flask, chromium: Browser, width: int, scripts: bool
) -> None:
    exclusion(system, 2)
    case = scenarios.a_case_with_exit_proposed(system, 1).stream
    with serving(app) as base, window(chromium, width=width, scripts=scripts) as desk:
        page = desk.new_page()

        def look() -> None:
            # The checker is itself a script.
            if scripts:
                is_sound(page, width)

        told = page.locator("main")
        enter(page, base, SUPERVISOR)
        page.goto(base + "/?view=second")
        press(page.get_by_role("link", name="逐项复核"))
        look()
        press(page.get_by_role("link", name="剔除 云塘区第2建材有限公司"))
        look()
        page.get_by_label("退回理由").fill("裁定书还没有生效")
        press(page.get_by_role("button", name="退回提请"))
        expect(told).to_contain_text("已登记：退回提请")
        page.goto(base + "/approvals")
        press(page.get_by_role("link", name="退出台账 云塘区第1建材有限公司"))
        look()
        press(page.get_by_role("button", name="继续：核对"))
        press(page.get_by_role("button", name="确认登记"))
        expect(told).to_contain_text("已复核：退出台账")
        page.goto(base + "/approvals")
        expect(told).to_contain_text("没有等候复核的案件")
        look()
    assert log_of(system, case)[-1].topic == "case.subject_exited"
