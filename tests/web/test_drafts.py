"""What was typed is not lost: not with the session, not by a fault, and not to somebody else."""

from __future__ import annotations

from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from casesys.cases.drafts import drafts_of
from casesys.database import StoreIsBusy
from casesys.people import person_of
from casesys.permits import operator
from casesys.system import System
from tests import scenarios
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock
from tests.web.helpers import Reader, app_of, hidden, words_of
from tests.web.test_evidence import photograph, upload
from web import drafts

TYPED = scenarios.contact("2021-07-20", notes="说下午再打", channel="letter")
SHOWN = ("2021-07-20T10:00", "说下午再打", scenarios.PHONE, 'value="letter" checked')
LATE = 16
"""Minutes after which an idle session has ended."""


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def place(system: System) -> str:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    return f"/cases/{number}/do/attempt_contact"


def lost(page: str, shown: tuple[str, ...] = SHOWN) -> list[str]:
    """What was typed and does not stand in the form."""
    return [text for text in shown if text not in unescape(page)]


def of(system: System, login: str) -> list[str]:
    found = person_of(system, login)
    assert found is not None
    return [draft.place for draft in drafts_of(system, found)]


def send_too_late(reader: Reader, clock: Clock, place: str, **typed: Any) -> TestResponse:
    """Fill in a form, go away, and send it when the session has ended."""
    form = reader.get_page(place)
    clock.wait(minutes=LATE)
    data = {**hidden(form), **typed}
    return reader.client.post(place, data=data, content_type="multipart/form-data")


# -- kept when asked ------------------------------------------------------------------------


def test_a_draft_is_kept_by_its_button_and_opens_with_the_form(
    system: System, app: Flask, place: str
) -> None:
    reader = Reader(app)
    kept = reader.send(place, **TYPED, step="draft")
    assert (kept.status_code, kept.location) == (303, f"{place}?kept=1")
    page = reader.get_page(kept.location)
    assert "草稿已存 14:20" in words_of(page) and lost(page) == []
    again = reader.get_page(place)
    assert "这是 2021-07-22 14:20 存的草稿" in words_of(again) and lost(again) == []
    assert lost(Reader(app, OTHER_OFFICER).get_page(place)) == list(SHOWN)
    assert of(system, OFFICER) == [place]


def test_a_draft_that_is_given_is_gone(system: System, app: Flask, place: str) -> None:
    reader = Reader(app)
    reader.send(place, **TYPED, step="draft")
    assert reader.send(place, **TYPED).status_code == 303
    assert of(system, OFFICER) == [] and lost(reader.get_page(place)) == list(SHOWN)


def test_a_draft_is_discarded_from_the_form_and_from_the_list(
    system: System, app: Flask, place: str
) -> None:
    reader = Reader(app)
    for there in (place, "/drafts"):
        reader.send(place, **TYPED, step="draft")
        token = hidden(reader.get_page("/drafts"))["csrf_token"]
        sent = {"csrf_token": token, "place": place, "next": there}
        gone = reader.client.post("/drafts", data=sent)
        assert (gone.status_code, gone.location) == (303, there)
        assert of(system, OFFICER) == []


def test_a_script_is_answered_in_one_line(app: Flask, place: str) -> None:
    reader = Reader(app)
    kept = reader.send(place, **TYPED, step="draft", quiet="1")
    assert (kept.status_code, kept.text, kept.mimetype) == (200, "草稿已存 14:20", "text/plain")


def test_a_blank_form_leaves_no_draft(system: System, app: Flask, place: str) -> None:
    answer = Reader(app).send(place, step="draft")
    assert answer.status_code == 303 and of(system, OFFICER) == []


def test_a_file_is_received_with_the_draft(app: Flask, place: str) -> None:
    reader, to = Reader(app), place.replace("attempt_contact", "add_photo")
    reader.send(to, sha256=upload("p.jpg", photograph()), caption="门口", step="draft")
    page = reader.get_page(to)
    assert "已收下的文件" in page and "2021-07-08T15:40" in page and "门口" in page
    assert '<img class="evidence received" src="/evidence/' in page
    assert reader.answer(reader.get(to), to, **filled(page)).status_code == 303


def filled(page: str) -> dict[str, str]:
    """What the fields of the photograph's form hold, as a browser would send them again."""
    assert 'value="2021-07-08T15:40"' in page
    return {"taken_at": "2021-07-08T15:40", "caption": "门口"}


def test_a_draft_of_an_older_version_says_so_and_never_overwrites(
    system: System, app: Flask, place: str
) -> None:
    reader, other = Reader(app), Reader(app, OTHER_OFFICER)
    reader.send(place, **TYPED, step="draft")
    other.send(place, **scenarios.contact("2021-07-21"))
    form = reader.get(place)
    assert "您填的时候是第 3 版，现在是第 4 版" in words_of(form.text)
    answer = reader.answer(form, place, **TYPED)
    assert answer.status_code == 409
    assert "在您填写的时候，这件案子有了新登记" in words_of(answer.text)


def test_two_entries_to_void_are_two_drafts(system: System, app: Flask) -> None:
    number = scenarios.case_number(system, scenarios.a_contacted_case(system).stream)
    reader, to = Reader(app), f"/cases/{number}/do/void_entry?target="
    typed = {"target": "4", "explanation": "登记错了企业", "step": "draft"}
    kept = reader.send(to + "4", to=to + "4", **typed)
    assert kept.location == f"{to}4&kept=1"
    assert "登记错了企业" in reader.get_page(to + "4")
    assert "登记错了企业" not in reader.get_page(to + "3")


def test_a_draft_whose_act_is_locked_by_now_shows_what_it_holds(
    system: System, app: Flask, place: str
) -> None:
    reader, to = Reader(app), place.replace("attempt_contact", "propose_exclusion")
    typed = {"ground": "bankruptcy_accepted", "document": "（2021）粤0111破申5号"}
    reader.send(to, **typed, step="draft")
    Reader(app, OTHER_OFFICER).do(place.split("/")[2], "propose_exclusion", **typed)
    told = words_of(reader.get_page(to))
    assert "现在办不了" in told and typed["document"] in told and "丢弃草稿" in told


# -- the list -------------------------------------------------------------------------------


def test_my_drafts_names_each_form_and_its_case(system: System, app: Flask, place: str) -> None:
    reader = Reader(app)
    assert "没有草稿" in reader.get_page("/drafts")
    reader.send(place, **TYPED, step="draft")
    reader.send("/do/start_campaign", campaign="2021-02", title="第二批", step="draft")
    page = reader.get_page("/drafts")
    told = words_of(page)
    assert "登记联系" in told and "2021-01-0001" in told and "2021-07-22 14:20" in told
    assert f'href="{place}"' in page and 'href="/do/start_campaign"' in page
    assert "没有草稿" in Reader(app, SUPERVISOR).get_page("/drafts")


def test_a_draft_on_a_case_that_went_to_another_unit_is_not_shown(
    system: System, app: Flask, place: str
) -> None:
    reader = Reader(app, OTHER_OFFICER)
    reader.send(place, **TYPED, step="draft")
    assert place in reader.get_page("/drafts")
    with system.database.read() as c:
        found = system.models.case_file.find(c, place.split("/")[2])
    scenarios.give(system, "assign_case", {"unit": "区人民法院"}, UUID(found.stream_id))
    assert place not in reader.get_page("/drafts") and reader.get(place).status_code == 404


# -- the session is lost ----------------------------------------------------------------------


def test_a_form_sent_after_the_session_ended_waits_for_its_writer(
    system: System, app: Flask, place: str, clock: Clock
) -> None:
    reader = Reader(app)
    answer = send_too_late(reader, clock, place, **TYPED, photo=upload("p.jpg", photograph()))
    assert answer.status_code == 303 and answer.location.startswith("/sign-in?next=/cases/")
    door = reader.get_page(answer.location)
    assert "刚才填的已存成您的草稿" in door and lost(door) == list(SHOWN)
    back = reader.sign_in(OFFICER, next=place)
    assert back.location == place
    page = reader.get_page(back.location)
    assert "这是 2021-07-22 14:36 存的草稿" in words_of(page)
    assert lost(page) == [] and "已收下的文件" in page


def test_somebody_else_who_signs_in_sees_nothing_of_it(
    system: System, app: Flask, place: str, clock: Clock
) -> None:
    reader = Reader(app)
    send_too_late(reader, clock, place, **TYPED)
    reader.sign_in(OTHER_OFFICER)
    page = reader.get_page(place)
    assert lost(page) == list(SHOWN) and "丢弃草稿" not in page
    assert place not in reader.get_page("/drafts")


def test_what_is_sent_once_more_to_an_ended_session_is_kept_too(
    app: Flask, place: str, clock: Clock
) -> None:
    reader = Reader(app)
    form = reader.get(place)
    clock.wait(minutes=LATE)
    for notes in ("说下午再打", "说明天再打"):
        reader.answer(form, place, **{**TYPED, "notes": notes})
    reader.sign_in(OFFICER)
    assert "说明天再打" in reader.get_page(place)


def test_a_session_that_was_ended_elsewhere_still_says_whose_form_it_is(
    app: Flask, place: str
) -> None:
    reader, elsewhere = Reader(app), Reader(app, None)
    form = reader.get(place)
    cookie = reader.client.get_cookie("casesys")
    assert cookie is not None
    elsewhere.client.set_cookie("casesys", cookie.value)
    elsewhere.send("/", to="/sign-out")
    assert reader.answer(form, place, **TYPED).location.startswith("/sign-in?")
    reader.sign_in(OFFICER)
    assert lost(reader.get_page(place)) == []


def test_a_closed_account_keeps_nothing(
    system: System, app: Flask, place: str, clock: Clock
) -> None:
    reader, owner = Reader(app), person_of(system, OFFICER)
    form = reader.get(place)
    assert owner is not None
    left = {"explanation": "调离"}
    scenarios.give(system, "close_account", left, UUID(owner.id), operator("tests"))
    assert reader.answer(form, place, **TYPED).location.startswith("/sign-in?")
    assert drafts_of(system, owner) == []


def test_a_form_without_its_token_is_nobodys_draft(
    system: System, app: Flask, place: str, clock: Clock
) -> None:
    reader = Reader(app)
    reader.get(place)
    clock.wait(minutes=LATE)
    reader.client.post(place, data={**TYPED, "csrf_token": "made up"})
    assert of(system, OFFICER) == []


def test_a_day_later_a_cookie_says_nothing_any_more(
    system: System, app: Flask, place: str, clock: Clock
) -> None:
    reader = Reader(app)
    form = reader.get(place)
    clock.wait(hours=25)
    reader.answer(form, place, **TYPED)
    assert of(system, OFFICER) == []


def test_that_these_tests_find_a_form_that_is_lost(app: Flask, place: str, clock: Clock) -> None:
    app.before_request_funcs[None].remove(drafts.keep_what_comes_too_late)
    reader = Reader(app)
    send_too_late(reader, clock, place, **TYPED)
    reader.sign_in(OFFICER)
    assert lost(reader.get_page(place)) == list(SHOWN)


# -- an answer fails ----------------------------------------------------------------------------


def test_a_fault_of_ours_keeps_what_was_typed(
    system: System, app: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    reader = Reader(app)

    def broken(*given: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(system, "_give", broken)
    answer = reader.send(place, **TYPED, photo=upload("p.jpg", photograph()))
    assert answer.status_code == 500
    assert "您填的已存成草稿" in answer.text and f'href="{place}"' in answer.text
    page = reader.get_page(place)
    assert lost(page) == [] and "已收下的文件" in page


def test_a_busy_store_gives_the_form_back(
    system: System, app: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(app)
    form = reader.get(place)

    def busy(*given: Any) -> None:
        raise StoreIsBusy

    monkeypatch.setattr(system, "_give", busy)
    answer = reader.answer(form, place, **TYPED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "系统正忙" in words_of(answer.text) and lost(answer.text) == []
    monkeypatch.undo()
    assert reader.answer(answer, place, **TYPED).status_code == 303


def test_a_form_of_an_earlier_session_is_kept_and_opened_again(app: Flask, place: str) -> None:
    reader = Reader(app)
    form = reader.get(place)
    reader.send("/", to="/sign-out")
    reader.sign_in(OFFICER)
    sent = {**hidden(form.text), **TYPED}
    ours = {"Origin": "http://localhost"}
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert "您填的已存成草稿" not in reader.client.post(place, data=sent, headers=elsewhere).text
    answer = reader.client.post(place, data=sent, headers=ours)
    assert answer.status_code == 400 and "您填的已存成草稿" in answer.text
    assert lost(reader.get_page(place)) == []


def test_what_is_too_large_to_read_leads_to_the_draft_that_was_kept_before(
    app: Flask, place: str
) -> None:
    reader = Reader(app)
    reader.send(place, **TYPED, step="draft")
    answer = reader.client.post(
        place, data={**hidden(reader.get_page(place)), "notes": "长" * 9**6}
    )
    assert answer.status_code == 413 and f'href="{place}"' in answer.text
