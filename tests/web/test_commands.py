"""The forms: what is typed is kept, what is irrevocable is checked, who comes second is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from casesys.commands import COMMANDS
from casesys.system import System
from casesys.vault import is_sealed
from domain.entries import Entry
from projections.driver import rows
from tests import scenarios
from tests.offices import OTHER_OFFICER, SUPERVISOR
from tests.web.helpers import Reader, app_of, words_of


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def entries(system: System, number: str) -> list[Entry]:
    with system.database.read() as c:
        stream = system.models.case_file.find(c, number).stream_id
        return system.log.stream(c, stream)


@pytest.mark.parametrize("command", [c.name for c in COMMANDS.values() if c.on_case])
def test_every_command_on_a_case_has_a_page_in_both_languages(
    system: System, app: Flask, command: str
) -> None:
    number = scenarios.case_number(system, scenarios.a_case_with_exit_proposed(system).stream)
    reader = Reader(app, SUPERVISOR)
    for language in ("zh", "en"):
        reader.get("/preferences", language=language)
        answer = reader.get(f"/cases/{number}/do/{command}")
        assert answer.status_code == 200
        assert "<h1>" in answer.text


def test_a_case_begins_at_a_form_and_opens_on_its_page(app: Flask) -> None:
    answer = Reader(app).send("/do/list_enterprise", **scenarios.listing())
    assert answer.status_code == 303
    assert answer.location.startswith("/cases/2021-01-0001?receipt=")


def test_after_a_refusal_everything_typed_stands_again(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    typed = scenarios.contact("2021-07-23", notes="说下午再打", channel="letter")
    answer = Reader(app).send(f"/cases/{number}/do/attempt_contact", **typed)
    assert answer.status_code == 422
    for text in ("2021-07-23T10:00", "说下午再打", scenarios.PHONE):
        assert text in answer.text
    assert 'value="letter" checked' in answer.text
    assert 'href="#field-attempted_at"' in answer.text
    assert "时间2021-07-23 10:00还没有到，现在是2021-07-22 14:20" in words_of(answer.text)
    assert "<title>有错误" in answer.text


def test_a_blank_form_names_each_field_that_is_missing(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_contacted_case(system).stream)
    scenarios.give(
        system,
        "serve_interview_notice",
        {"served_at": "2021-07-06T11:00", "served_by": "letter"},
        _stream(system, number),
    )
    answer = Reader(app).send(f"/cases/{number}/do/hold_interview")
    assert "约谈种类：这一项没有填" in answer.text and "约谈人员：这一项没有填" in answer.text


def _stream(system: System, number: str) -> Any:
    from uuid import UUID

    with system.database.read() as c:
        return UUID(system.models.case_file.find(c, number).stream_id)


def test_the_same_form_sent_twice_acts_once_and_answers_the_same(
    system: System, app: Flask
) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    reader = Reader(app)
    form = reader.get(f"/cases/{number}/do/attempt_contact")
    typed = scenarios.contact("2021-07-20")
    first = reader.answer(form, f"/cases/{number}/do/attempt_contact", **typed)
    again = reader.answer(form, f"/cases/{number}/do/attempt_contact", **typed)
    assert first.location == again.location
    assert [e.topic for e in entries(system, number)].count("case.contact_attempted") == 1
    assert "已登记" in words_of(reader.get(first.location).text)


def test_the_same_form_sent_with_other_content_is_refused(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    reader = Reader(app)
    form = reader.get(f"/cases/{number}/do/attempt_contact")
    to = f"/cases/{number}/do/attempt_contact"
    reader.answer(form, to, **scenarios.contact("2021-07-20"))
    other = reader.answer(form, to, **scenarios.contact("2021-07-21"))
    assert other.status_code == 409 and "已用于别的内容" in other.text


def test_who_comes_second_sees_what_came_in_and_can_go_on(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    to = f"/cases/{number}/do/attempt_contact"
    first, second = Reader(app), Reader(app, OTHER_OFFICER)
    opened = second.get(to)
    first.send(to, **scenarios.contact("2021-07-20"))
    mine = scenarios.contact("2021-07-21", result="no_answer", notes="无人接听两次")
    conflict = second.answer(opened, to, **mine)
    told = words_of(conflict.text)
    assert conflict.status_code == 409
    assert "在您填写的时候，这件案子有了新登记" in told
    assert "U01-2" in told and "联系上，正常经营" in told
    assert "2021-07-21 10:00" in told and "不同" in told
    assert "无人接听两次" in told
    going_on = second.answer(conflict, to, step="again")
    assert going_on.status_code == 303
    assert [e.topic for e in entries(system, number)].count("case.contact_attempted") == 2


def test_who_comes_second_can_change_what_was_typed_first(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    to = f"/cases/{number}/do/attempt_contact"
    first, second = Reader(app), Reader(app, OTHER_OFFICER)
    opened = second.get(to)
    first.send(to, **scenarios.contact("2021-07-20"))
    conflict = second.answer(opened, to, **scenarios.contact("2021-07-21", notes="原来写的"))
    form = second.answer(conflict, to, step="edit")
    assert form.status_code == 200 and "原来写的" in form.text
    typed = scenarios.contact("2021-07-21", notes="改过的")
    assert second.answer(form, to, **typed).status_code == 303


def test_an_act_that_cannot_be_taken_back_shows_what_it_changes_first(
    system: System, app: Flask
) -> None:
    number = scenarios.case_number(system, scenarios.a_case_ready_to_exit(system).stream)
    before = len(entries(system, number))
    reader, to = Reader(app), f"/cases/{number}/do/propose_exit"
    check = reader.send(to, explanation="四项齐备")
    told = words_of(check.text)
    assert check.status_code == 200 and "核对后登记" in told and "四项齐备" in told
    assert "可退出" in told and "待复核" in told
    assert len(entries(system, number)) == before
    back = reader.answer(check, to, step="edit")
    assert "四项齐备" in back.text and "核对后登记" not in words_of(back.text)
    assert reader.answer(check, to, step="confirmed").status_code == 303
    assert entries(system, number)[-1].topic == "case.exit_proposed"


def test_a_claim_says_who_has_the_case_after_it(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    told = words_of(Reader(app).get_page(f"/cases/{number}/do/claim_case"))
    assert "经办 还没有指派 U01-2" in told


def test_interviewers_may_be_parted_by_spaces_and_stand_in_the_timeline(
    system: System, app: Flask
) -> None:
    number = scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)
    reader = Reader(app)
    typed = scenarios.interview(held_at="2021-07-09T10:00", officers="U01-2 U01-1")
    assert reader.do(number, "hold_interview", **typed).status_code == 303
    assert "U01-2、U01-1" in words_of(reader.get_page(f"/cases/{number}"))


def test_the_second_person_sees_the_proposal_and_confirms_it(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_case_with_exit_proposed(system).stream)
    supervisor, to = Reader(app, SUPERVISOR), f"/cases/{number}/do/confirm_exit"
    check = supervisor.get(to)
    told = words_of(check.text)
    assert "等您复核的提请" in told and "U01-2提请" in told
    assert supervisor.answer(check, to, step="confirmed").status_code == 303
    assert "已退出台账" in words_of(supervisor.get(f"/cases/{number}").text)


def test_a_correction_takes_the_place_of_the_entry_and_keeps_what_is_sealed(
    system: System, app: Flask
) -> None:
    number = scenarios.case_number(system, scenarios.a_contacted_case(system).stream)
    reader, to = Reader(app), f"/cases/{number}/correct/4"
    form = reader.get(to)
    assert "2021-07-05T10:00" in form.text and scenarios.PHONE not in form.text
    typed = {"channel": "phone", "attempted_at": "2021-07-04T10:00", "result": "no_answer"}
    unexplained = reader.answer(form, to, **typed)
    assert unexplained.status_code == 422
    assert reader.answer(form, to, reason="看错了日期", **typed).status_code == 303
    old, void, new = entries(system, number)[-3:]
    assert (void.topic, void.data["target"], new.reason) == (
        "case.entry_corrected",
        old.version,
        "看错了日期",
    )
    assert is_sealed(new.data["phone"]) and new.data["phone"] != old.data["phone"]
    with system.database.read() as c:
        phone = system.vault.open(c, new.stream_id, new.version, "phone", new.data["phone"])
    assert phone == scenarios.PHONE


def test_an_entry_is_voided_from_its_own_page(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_contacted_case(system).stream)
    reader = Reader(app)
    assert "void_entry?target=4" in reader.get(f"/cases/{number}/entries/4").text
    answer = reader.do(number, "void_entry", target="4", explanation="登记错了企业")
    assert answer.status_code == 303
    assert entries(system, number)[-1].topic == "case.entry_voided"


def test_a_locked_form_says_why_and_offers_nothing_to_fill_in(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    page = Reader(app).get(f"/cases/{number}/do/propose_exit").text
    main = page[page.find("<main") :]
    assert "现在办不了" in main and "缺：认定经营状况、重点监管" in main
    assert "<form" not in main


CLEARED = {"impediment": "bankrupt", "explanation": "裁定终结"}
REFUSED = [
    ("a_listed_case", "attempt_contact", scenarios.contact("2021-08-01"), "还没有到，现在是"),
    ("a_listed_case", "propose_unreachable", {"explanation": "找不到"}, "至少要联系3次"),
    ("a_listed_case", "conclude_operating", {}, "请先登记这样的联系"),
    ("a_listed_case", "hold_interview", scenarios.interview(), "请先登记这样的联系"),
    ("a_contacted_case", "hold_interview", scenarios.interview(), "没有送达约谈通知"),
    ("a_contacted_case", "propose_unreachable", {"explanation": "找不到"}, "联系上过"),
    (
        "a_contacted_case",
        "start_key_supervision",
        {"unit": "区市场监督管理局", "measure": "抽查"},
        "还没有信用承诺书",
    ),
    (
        "a_committed_case",
        "start_key_supervision",
        {"unit": "邻区某局", "measure": "抽查"},
        "不是成员单位",
    ),
    ("an_interviewed_case", "propose_exit", {}, "缺：照片、信用承诺书、重点监管"),
    (
        "an_interviewed_case",
        "assign_case",
        {"unit": "区市场监督管理局", "officer": "U88-8"},
        "没有工号U88-8",
    ),
    ("an_interviewed_case", "attach_record", scenarios.penalty(1), "不必再登记"),
    ("an_interviewed_case", "close_case", {"ground": "all_repaired"}, "请先办退出"),
    ("an_interviewed_case", "reopen_case", {"ground": "relisted", "explanation": "x"}, "不必重启"),
    (
        "an_interviewed_case",
        "extend_deadline",
        {"deadline": "commitment", "due_on": "2021-07-20", "explanation": "x"},
        "延期必须晚于这一天",
    ),
    ("an_interviewed_case", "clear_impediment", CLEARED, "没有登记过障碍"),
    ("a_case_with_exit_proposed", "propose_exit", {}, "已经提请"),
    ("an_exited_case", "attempt_contact", scenarios.contact("2021-07-20"), "已经退出台账"),
    ("an_exited_case", "close_case", {"ground": "all_repaired"}, "还有文书没有修复"),
    ("an_exited_case", "void_entry", {"target": "1", "explanation": "x"}, "不能作废"),
]


@pytest.mark.parametrize(("scenario", "command", "typed", "sentence"), REFUSED)
def test_a_guard_says_at_the_form_why_it_refuses(
    system: System, app: Flask, scenario: str, command: str, typed: dict[str, Any], sentence: str
) -> None:
    case = getattr(scenarios, scenario)(system).stream
    number = scenarios.case_number(system, case)
    before = len(entries(system, number))
    answer = Reader(app).do(number, command, **typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert len(entries(system, number)) == before


def test_a_record_number_that_another_case_holds_is_refused(system: System, app: Flask) -> None:
    scenarios.a_listed_case(system, 1)
    number = scenarios.case_number(system, scenarios.a_listed_case(system, 2).stream)
    answer = Reader(app).do(number, "attach_record", **scenarios.penalty(1))
    assert answer.status_code == 422 and "已经登记在案件2021-01-0001" in words_of(answer.text)


def test_what_begins_something_else_is_done_and_said(system: System, app: Flask) -> None:
    reader = Reader(app)
    answer = reader.send("/do/start_campaign", campaign="2021-02", title="第二批")
    assert answer.status_code == 303
    with system.database.read() as c:
        assert rows(c, "SELECT 1 FROM log WHERE topic = 'campaign.started'")
