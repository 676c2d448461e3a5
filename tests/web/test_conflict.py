"""Who comes second sees what came in, what it means, and goes on without losing a word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from casesys.system import System
from domain.entries import Entry
from tests import scenarios
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR
from tests.web.helpers import Reader, app_of, hidden, words_of
from tests.web.test_commands import entries

MINE = scenarios.contact("2021-07-21", result="no_answer", notes="无人接听两次")


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def case(system: System, scenario: str) -> str:
    return scenarios.case_number(system, getattr(scenarios, scenario)(system).stream)


def second(app: Flask, to: str, *first: dict[str, Any], **mine: Any) -> tuple[Reader, TestResponse]:
    """Open a form, let the other officer record first, and send it."""
    reader, other = Reader(app, OTHER_OFFICER), Reader(app)
    opened = reader.get(to)
    for typed in first:
        assert other.send(to, **typed).status_code == 303
    return reader, reader.answer(opened, to, **mine)


def ways(page: TestResponse) -> list[str]:
    """The ways on among which the reader chooses."""
    main = page.text[page.text.find('class="ways"') : page.text.find("</main>")]
    found = re.findall(r"<(?:button|a class=.btn).*?</(?:button|a)>", main, re.DOTALL)
    return [words_of(way) for way in found]


def topics(found: list[Entry]) -> list[str]:
    return [entry.topic for entry in found]


def test_several_entries_are_each_laid_beside_mine(system: System, app: Flask) -> None:
    to = f"/cases/{case(system, 'a_listed_case')}/do/attempt_contact"
    first = [scenarios.contact("2021-07-19"), scenarios.contact("2021-07-20", channel="letter")]
    _, conflict = second(app, to, *first, **MINE)
    told = words_of(conflict.text)
    assert conflict.status_code == 409 and "先看：多了 2 条" in told
    assert told.count("您填的（U22-3，未写入）") == 2 and "已登记的（U01-2，14:20）" in told
    assert "没有人的填写被覆盖" in told


def test_what_changed_for_the_case_stands_beside_it(system: System, app: Flask) -> None:
    to = f"/cases/{case(system, 'a_listed_case')}/do/attempt_contact"
    _, conflict = second(app, to, scenarios.contact("2021-07-20"), **MINE)
    told = words_of(conflict.text)
    for row in ("阶段", "正在走的期限", "下一步", "变了"):
        assert row in told
    assert "第 3 版" in told and "第 4 版" in told


def test_nothing_is_chosen_beforehand_and_each_way_on_is_a_button(
    system: System, app: Flask
) -> None:
    to = f"/cases/{case(system, 'a_listed_case')}/do/attempt_contact"
    _, conflict = second(app, to, scenarios.contact("2021-07-20"), **MINE)
    assert ways(conflict) == [
        "仍要登记我的",
        "改了再登记",
        "第4条登记有错，用我的更正它",
        "用已登记的，放弃我填的",
        "先不处理，草稿已存好",
    ]
    assert " checked" not in conflict.text


def test_mine_is_a_draft_until_i_choose_and_comes_back_to_the_comparison(
    system: System, app: Flask
) -> None:
    to = f"/cases/{case(system, 'a_listed_case')}/do/attempt_contact"
    reader, _ = second(app, to, scenarios.contact("2021-07-20"), **MINE)
    form = reader.get(to)
    assert "无人接听两次" in form.text and "您填的时候是第 3 版，现在是第 4 版" in words_of(
        form.text
    )
    assert reader.answer(form, to, **MINE).status_code == 409


def test_dropping_mine_leaves_the_case_and_no_draft(system: System, app: Flask) -> None:
    number = case(system, "a_listed_case")
    to = f"/cases/{number}/do/attempt_contact"
    reader, conflict = second(app, to, scenarios.contact("2021-07-20"), **MINE)
    dropped = reader.answer(conflict, "/drafts", next=f"/cases/{number}")
    assert (dropped.status_code, dropped.location) == (303, f"/cases/{number}")
    assert topics(entries(system, number)).count("case.contact_attempted") == 1
    assert "无人接听两次" not in reader.get_page(to)


def test_theirs_can_be_corrected_with_mine(system: System, app: Flask) -> None:
    number = case(system, "a_listed_case")
    to = f"/cases/{number}/do/attempt_contact"
    reader, conflict = second(app, to, scenarios.contact("2021-07-20"), **MINE)
    correct = f"/cases/{number}/correct/4"
    assert f'formaction="{correct}"' in conflict.text
    form = reader.answer(conflict, correct, step="edit")
    assert form.status_code == 200 and "无人接听两次" in form.text
    assert "更正第4条" in words_of(form.text)
    given = reader.answer(form, correct, **MINE, reason="打错了号码")
    assert given.status_code == 303
    assert topics(entries(system, number))[-2:] == [
        "case.entry_corrected",
        "case.contact_attempted",
    ]
    assert "没有草稿" in reader.get_page("/drafts")


def test_an_act_that_became_unlawful_says_by_which_rule_and_keeps_mine(
    system: System, app: Flask
) -> None:
    number = case(system, "a_case_ready_to_exit")
    to = f"/cases/{number}/do/propose_exit"
    mine = Reader(app, OTHER_OFFICER)
    opened = mine.get(to)
    assert Reader(app).do(number, "propose_exit", explanation="四项齐备").status_code == 303
    conflict = mine.answer(opened, to, explanation="我也看过，可以退出")
    told = words_of(conflict.text)
    assert conflict.status_code == 409 and "您这一条现在办不了" in told and "已经提请" in told
    assert "您填的已存成草稿" in told
    assert ways(conflict) == ["放弃我填的，回到案件", "先不处理，草稿已存好"]
    assert "我也看过，可以退出" in words_of(mine.get_page(to))


def test_who_confirms_second_is_told_who_confirmed(system: System, app: Flask) -> None:
    number = case(system, "a_case_with_exit_proposed")
    to = f"/cases/{number}/do/confirm_exit"
    late = Reader(app, SUPERVISOR)
    check = late.get(to)
    assert Reader(app, SUPERVISOR).do(number, "confirm_exit").status_code == 303
    conflict = late.answer(check, to, step="confirmed")
    told = words_of(conflict.text)
    assert conflict.status_code == 409 and SUPERVISOR in told and "您这一条现在办不了" in told
    assert ways(conflict) == ["放弃我填的，回到案件"]
    assert topics(entries(system, number)).count("case.subject_exited") == 1


def test_a_proposal_that_was_sent_back_meanwhile_is_not_confirmed(
    system: System, app: Flask
) -> None:
    number = case(system, "a_case_with_exit_proposed")
    to, back = f"/cases/{number}/do/confirm_exit", f"/cases/{number}/do/send_back"
    late = Reader(app, SUPERVISOR)
    check = late.get(to)
    typed = {"proposal": "exit", "explanation": "缺监管记录"}
    assert Reader(app, SUPERVISOR).send(back, **typed).status_code == 303
    conflict = late.answer(check, to, step="confirmed")
    assert conflict.status_code == 409 and "缺监管记录" in words_of(conflict.text)
    assert topics(entries(system, number))[-1] == "case.proposal_sent_back"


def test_two_corrections_of_one_entry_meet_on_the_page(system: System, app: Flask) -> None:
    number = case(system, "a_contacted_case")
    to = f"/cases/{number}/correct/4"
    first = {**scenarios.contact("2021-07-04"), "reason": "看错了日期"}
    mine = {**scenarios.contact("2021-07-03", notes="另一个日期"), "reason": "日期应当是三号"}
    reader, conflict = second(app, to, first, **mine)
    told = words_of(conflict.text)
    assert conflict.status_code == 409 and "您这一条现在办不了" in told
    assert "2021-07-03 10:00" in told and "2021-07-04 10:00" in told
    newest = entries(system, number)[-1].version
    assert f"第{newest}条登记有错，用我的更正它" in told
    form = reader.answer(conflict, f"/cases/{number}/correct/{newest}", step="edit")
    assert "另一个日期" in form.text and "日期应当是三号" in form.text
    assert reader.answer(form, f"/cases/{number}/correct/{newest}", **mine).status_code == 303


def test_the_page_is_said_in_english_too(system: System, app: Flask) -> None:
    to = f"/cases/{case(system, 'a_listed_case')}/do/attempt_contact"
    reader, other = Reader(app, OTHER_OFFICER), Reader(app, OFFICER)
    reader.get("/preferences", language="en")
    opened = reader.get(to)
    other.send(to, **scenarios.contact("2021-07-20"))
    conflict = reader.answer(opened, to, **MINE)
    told = words_of(conflict.text)
    assert "While you were writing, this case changed" in told and "Record mine as well" in told
    assert hidden(conflict.text)["version"] == "4"
