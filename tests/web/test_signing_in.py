"""Signing in opens a session that the server keeps; signing out, idling and errors end it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from casesys.people.attempts import WantedAttempts, attempts_page
from casesys.system import System
from tests.administrators import SYSTEM_ADMINISTRATOR, administered, code_of, enrolled_code
from tests.offices import AUDITOR, OFFICER, PASSWORD, SUPERVISOR, Clock
from tests.web.helpers import Reader, app_of, words_of
from web.signing_in import local_path


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def test_the_right_password_leads_to_the_page_that_was_asked_for(app: Flask) -> None:
    reader = Reader(app, None)
    asked = reader.get("/cases?view=all")
    assert asked.status_code == 303
    answer = reader.sign_in(OFFICER, next="/cases?view=all")
    assert (answer.status_code, answer.location) == (303, "/cases?view=all")


def test_each_one_begins_at_a_desk_of_their_own(app: Flask) -> None:
    assert Reader(app, None).sign_in(OFFICER, next="/").location == "/"
    assert Reader(app, None).sign_in(AUDITOR, next="/").location == "/audit"


def test_the_cookie_is_out_of_reach_and_says_no_name(app: Flask) -> None:
    answer = Reader(app, None).sign_in(OFFICER)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("casesys="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert OFFICER not in cookie


@pytest.mark.parametrize(
    ("address", "secure"), [("https://credit.example", True), ("http://10.0.0.9:8000", False)]
)
def test_where_the_office_is_behind_https_no_cookie_goes_out_in_the_clear(
    system: System, address: str, secure: bool
) -> None:
    system.settings = replace(system.settings, address=address)
    reader, cookies = Reader(app_of(system), None), list[str]()
    for path in ("/sign-in", "/preferences?language=en"):
        answer = reader.client.get(path, base_url="https://localhost")
        cookies += answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"casesys", "casesys_preferences"}
    assert {"Secure" in cookie for cookie in cookies} == {secure}


def test_a_wrong_password_and_an_unknown_login_are_told_the_same(app: Flask) -> None:
    wrong = Reader(app, None).sign_in(OFFICER, "not this one")
    unknown = Reader(app, None).sign_in("U99-9", "not this one")
    assert wrong.status_code == unknown.status_code == 401
    told = "工号或密码不对。请核对后再试"
    assert told in wrong.text and told in unknown.text
    assert "not this one" not in wrong.text


def test_after_five_failures_the_right_password_waits_for_half_an_hour(
    app: Flask, clock: Clock
) -> None:
    reader = Reader(app, None)
    for _ in range(5):
        reader.sign_in(OFFICER, "not this one")
    locked = reader.sign_in(OFFICER)
    assert locked.status_code == 401 and "账户锁到2021-07-22 14:50" in locked.text
    clock.wait(minutes=31)
    assert reader.sign_in(OFFICER).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//elsewhere.example/",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "/a\\..\\b",
        "javascript:alert(1)",
        "",
        "/sign-out",
    ],
)
def test_a_link_cannot_lead_a_reader_elsewhere_after_signing_in(app: Flask, elsewhere: str) -> None:
    assert local_path(elsewhere) is None
    assert Reader(app, None).sign_in(OFFICER, next=elsewhere).location == "/"


def test_whoever_idles_is_told_so_and_comes_back_to_the_same_page(app: Flask, clock: Clock) -> None:
    reader = Reader(app)
    clock.wait(minutes=16)
    answer = reader.get("/cases")
    assert answer.status_code == 303
    assert "您有一段时间没有操作" in words_of(reader.get(answer.location).text)
    assert answer.location.endswith("next=/cases&over=1")


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app: Flask) -> None:
    reader, thief = Reader(app), Reader(app, None)
    copied = reader.client.get_cookie("casesys")
    assert copied is not None
    thief.client.set_cookie("casesys", copied.value)
    assert thief.get("/").status_code == 200
    assert reader.send("/", to="/sign-out").status_code == 303
    assert thief.get("/").status_code == 303


def test_a_form_sent_after_the_session_ended_asks_to_sign_in(app: Flask, clock: Clock) -> None:
    reader = Reader(app)
    clock.wait(hours=9)
    answer = reader.client.post("/do/start_campaign", data={"campaign": "2021-02"})
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_control_characters_in_a_login_are_no_fault(app: Flask) -> None:
    assert Reader(app, None).sign_in("U01\x00-2", PASSWORD).status_code in (303, 401)
    assert Reader(app, None).sign_in("长" * 5000, "\x00" * 5000).status_code == 401


# -- one-time codes -------------------------------------------------------------------------------


def coded(app: Flask, system: System, secret: str, login: str) -> Reader:
    """Sign in with the password and the code that the telephone shows now."""
    reader = Reader(app, None)
    answer = reader.sign_in(login)
    assert answer.location.split("?")[0] == "/sign-in/code"
    assert reader.send("/sign-in/code", code=code_of(secret, system)).status_code == 303
    return reader


def test_with_codes_the_password_alone_is_nobody(app: Flask, system: System) -> None:
    secret = enrolled_code(system, OFFICER)
    reader = Reader(app, None)
    assert reader.sign_in(OFFICER, next="/cases").location == "/sign-in/code?next=/cases"
    assert reader.get("/cases").location == "/sign-in?next=/cases"
    assert reader.get("/sign-in?next=/cases").location == "/sign-in/code?next=/cases"
    wrong = reader.send("/sign-in/code", code="000000")
    assert wrong.status_code == 401 and "验证码不对" in wrong.text
    right = reader.send("/sign-in/code?next=/cases", code=code_of(secret, system))
    assert (right.status_code, right.location) == (303, "/cases")
    assert reader.get("/cases").status_code == 200
    noted = attempts_page(system, WantedAttempts(who=OFFICER)).rows
    assert [one.refusal for one in noted] in ([None, "code_is_wrong"], ["code_is_wrong", None])


def test_a_code_seen_over_the_shoulder_lets_nobody_else_in(app: Flask, system: System) -> None:
    secret = enrolled_code(system, OFFICER)
    coded(app, system, secret, OFFICER)
    thief = Reader(app, None)
    thief.sign_in(OFFICER)
    assert thief.send("/sign-in/code", code=code_of(secret, system)).status_code == 401


def test_an_administrator_reaches_only_the_enrolment_until_codes_are_set_up(
    app: Flask, system: System
) -> None:
    administered(system, enrolled=False)
    reader = Reader(app, SYSTEM_ADMINISTRATOR)
    for path in ("/accounts", "/own", "/accounts/open"):
        assert reader.get(path).location == "/own/code", path
    page = reader.get_page("/own/code")
    assert "管理员必须先设置一次性验证码" in page and "<svg" in page and "data:" not in page
    secret = words_of(page[page.index('id="secret">') :].split("</b>")[0]).split(">")[-1]
    secret = secret.replace(" ", "")
    wrong = reader.send("/own/code", code="000000")
    assert wrong.status_code == 422
    again = words_of(wrong.text[wrong.text.index('id="secret">') :].split("</b>")[0])
    assert again.split(">")[-1].replace(" ", "") != secret, "a fresh page offered a fresh secret"
    secret = again.split(">")[-1].replace(" ", "")
    done = reader.answer(wrong, "/own/code", code=code_of(secret, system))
    assert (done.status_code, done.location) == (303, "/accounts")
    assert reader.get("/accounts").status_code == 200
    assert Reader(app, SYSTEM_ADMINISTRATOR).get("/accounts").status_code == 303


def test_an_administrator_who_takes_long_over_the_codes_is_led_round_no_circle(
    app: Flask, system: System, clock: Clock
) -> None:
    administered(system, enrolled=False)
    reader = Reader(app, SYSTEM_ADMINISTRATOR)
    clock.wait(minutes=6)
    assert reader.get("/own/code").location == "/prove?next=/own/code"
    proof = reader.get("/prove?next=/own/code")
    assert proof.status_code == 200
    assert reader.answer(proof, "/prove", proof_password=PASSWORD).location == "/own/code"
    assert reader.get("/own/code").status_code == 200
    assert reader.get("/accounts").location == "/own/code", "nothing else is open yet"


# -- preferences ----------------------------------------------------------------------------------


def test_what_a_reader_chose_comes_along_to_another_machine(app: Flask) -> None:
    first = Reader(app)
    first.get("/preferences?language=en&large=on")
    other = Reader(app, None)
    assert 'lang="zh-CN"' in other.get_page("/sign-in")
    other.sign_in(OFFICER)
    page = other.get_page("/")
    assert '<html lang="en" class="large' in page
    assert '<html lang="zh-CN" class="">' in Reader(app, SUPERVISOR).get_page("/")


# -- what is noted --------------------------------------------------------------------------------


def test_every_sign_in_failure_lock_and_sign_out_is_noted(app: Flask, system: System) -> None:
    Reader(app, None).sign_in("U99-9", "wrong password")
    for _ in range(6):
        Reader(app, None).sign_in(AUDITOR, "wrong password")
    Reader(app).send("/", to="/sign-out")
    rows = attempts_page(system, WantedAttempts()).rows
    noted = sorted((one.login, one.act, one.refusal or "") for one in rows)
    assert noted == [
        (OFFICER, "sign_in", ""),
        (OFFICER, "sign_out", ""),
        *[(AUDITOR, "sign_in", "sign_in_failed")] * 5,
        (AUDITOR, "sign_in", "sign_in_locked"),
        ("typed:U99-9", "sign_in", "sign_in_failed"),
    ]
