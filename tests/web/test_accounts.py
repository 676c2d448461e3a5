"""The accounts at the counter: three powers apart, each act recorded, a password shown once."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask

from casesys.people.attempts import SIGN_IN, WantedAttempts, attempts_page
from casesys.people.passwords import FAILURES
from casesys.people.sessions import begin_session, find_session
from casesys.system import System
from tests import scenarios
from tests.administrators import (
    SECURITY_ADMINISTRATOR,
    SYSTEM_ADMINISTRATOR,
    administered,
    code_of,
    enrolled_code,
)
from tests.offices import AUDITOR, OFFICER, PASSWORD, SUPERVISOR, Clock, person
from tests.web.helpers import Reader, app_of, words_of
from tests.web.test_signing_in import coded


@pytest.fixture
def secrets(system: System) -> dict[str, str]:
    return administered(system)


@pytest.fixture
def app(system: System, secrets: dict[str, str]) -> Flask:
    return app_of(system)


def administrator(app: Flask, system: System, secrets: dict[str, str], login: str) -> Reader:
    """In with password and code; whichever of the two it is."""
    return coded(app, system, secrets[login], login)


def page_of(system: System, login: str, deed: str = "") -> str:
    return f"/accounts/{person(system, login).id}{'/' + deed if deed else ''}"


def topics(system: System, login: str) -> list[str]:
    with system.database.read() as c:
        return [entry.topic for entry in system.log.stream(c, UUID(person(system, login).id))]


def test_an_administrator_begins_at_the_accounts_and_no_link_leads_to_a_closed_page(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    for login in secrets:
        reader = administrator(app, system, secrets, login)
        page = reader.get_page("/accounts")
        links = set(re.findall(r'href="(/[^"#?]*)', page)) - {"/session"}
        assert "/" not in links and "/cases" not in links
        refused = {link for link in links if reader.get_page_status(link) not in (200, 303)}
        assert refused == set()
        home = reader.get("/")
        assert home.status_code == 403 and 'href="/accounts"' in home.text


def test_opening_shows_a_password_once_that_its_owner_must_change(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    raw = {"login": "U09-1", "name": "新人", "unit": "区税务局"}
    shown = yu.send("/accounts/open", **raw)
    found = re.search(r'id="one-time">([a-z0-9-]+)<', shown.text)
    assert shown.status_code == 200 and found is not None
    assert shown.headers["Cache-Control"] == "no-store"
    assert "新人" not in yu.get_page("/accounts")
    bai = administrator(app, system, secrets, SECURITY_ADMINISTRATOR)
    assert bai.send(page_of(system, "U09-1", "grant"), role="officer").status_code == 303
    assert topics(system, "U09-1") == [
        "account.opened",
        "account.password_changed",
        "account.role_granted",
    ]
    new = Reader(app, None)
    assert new.sign_in("U09-1", found[1]).status_code == 303
    assert new.get("/").location == "/own/password" == new.get("/cases").location
    kept = new.send("/own/password", current=found[1], new=found[1], again=found[1])
    assert kept.status_code == 422 and "新密码和现在的一样" in kept.text
    chosen = new.send("/own/password", current=found[1], new="my own horse", again="my own horse")
    assert chosen.status_code == 303 and new.get("/").status_code == 200


@pytest.mark.parametrize(
    ("deed", "typed", "topic"),
    [
        ("close", {"explanation": "调离"}, "account.closed"),
        ("sessions", {"explanation": "电脑丢失"}, "account.sessions_ended"),
        ("password", {}, "account.password_changed"),
        ("revoke", {"role": "officer"}, "account.role_revoked"),
        ("code", {"explanation": "手机丢失"}, "account.code_reset"),
    ],
)
def test_an_act_ends_the_sessions_and_stands_in_the_log_and_on_the_page(
    app: Flask,
    system: System,
    secrets: dict[str, str],
    deed: str,
    typed: dict[str, str],
    topic: str,
) -> None:
    enrolled_code(system, OFFICER)
    officer = person(system, OFFICER)
    token = begin_session(system, officer, with_code=True)
    path = page_of(system, OFFICER, deed)
    login = SECURITY_ADMINISTRATOR if deed in ("revoke", "code") else SYSTEM_ADMINISTRATOR
    reader = administrator(app, system, secrets, login)
    assert reader.send(path, **typed).status_code == (200 if deed == "password" else 303)
    assert find_session(system, token) is None
    with system.database.read() as c:
        last = system.log.stream(c, UUID(officer.id))[-1]
    assert (last.topic, last.actor) == (topic, person(system, login).id)
    page = words_of(reader.get_page(f"/accounts/{officer.id}"))
    assert login in page and typed.get("explanation", "") in page


def test_neither_can_do_the_others_and_the_refusal_is_recorded(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    bai = administrator(app, system, secrets, SECURITY_ADMINISTRATOR)
    before = topics(system, OFFICER)
    for reader, deeds in (
        (yu, ("grant", "revoke", "code")),
        (bai, ("close", "password", "unlock")),
    ):
        for deed in deeds:
            path = page_of(system, OFFICER, deed)
            assert reader.get(path).status_code == 403
            sent = reader.send("/accounts", to=path, role="supervisor", explanation="x")
            assert sent.status_code == 403, path
    assert bai.get("/accounts/open").status_code == 403
    assert topics(system, OFFICER) == before
    refused = attempts_page(system, WantedAttempts(refusal="not_permitted")).rows
    assert {one.act for one in refused} >= {"grant_role", "close_account"}


@pytest.mark.parametrize("login", [SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR])
def test_an_administrator_cannot_find_out_which_cases_there_are(
    app: Flask, system: System, secrets: dict[str, str], login: str
) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    reader = administrator(app, system, secrets, login)
    for path in ("do/add_note", "do/reveal_personal_data", "do/change_password", "correct/2", ""):
        there, not_there = (reader.get(f"/cases/{one}/{path}") for one in (number, "2021-01-9999"))
        assert there.status_code == not_there.status_code, path
        assert words_of(there.text) == words_of(not_there.text), path
    noted = attempts_page(system, WantedAttempts(act="add_note", refused=True)).rows
    assert {one.login for one in noted} == {login}


def test_an_auditor_sees_the_accounts_and_changes_nothing(app: Flask, system: System) -> None:
    reader = Reader(app, AUDITOR)
    assert OFFICER in words_of(reader.get_page("/accounts"))
    page = reader.get_page(page_of(system, OFFICER))
    assert "可以办的" not in page and "/audit/" in page
    assert reader.get(page_of(system, OFFICER, "close")).status_code == 403
    for login in (OFFICER, SUPERVISOR):
        assert Reader(app, login).get("/accounts").status_code == 403


def test_nobody_changes_their_own_roles(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    bai = administrator(app, system, secrets, SECURITY_ADMINISTRATOR)
    path = page_of(system, SECURITY_ADMINISTRATOR, "revoke")
    assert "您不能改自己的账户" in bai.get_page(page_of(system, SECURITY_ADMINISTRATOR))
    sent = bai.send("/accounts", to=path, role="security_administrator")
    assert sent.status_code == 422 and "您不能改自己的账户" in sent.text
    assert topics(system, SECURITY_ADMINISTRATOR)[-1] != "account.role_revoked"


def test_closing_the_last_of_a_role_warns_before(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    alone = yu.get_page(page_of(system, SECURITY_ADMINISTRATOR, "close"))
    assert "这是最后一位" in alone and "安全管理员再没有别人" in words_of(alone)
    assert "这是最后一位" not in yu.get_page(page_of(system, OFFICER, "close"))


def test_a_wrong_form_says_why_and_loses_nothing(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    taken = yu.send("/accounts/open", login="u01-2", name="别人", unit="区税务局")
    assert taken.status_code == 422 and 'value="别人"' in taken.text
    assert 'href="#field-login"' in taken.text and "u01-2已有账户" in words_of(taken.text)
    empty = yu.send("/accounts/open")
    assert empty.status_code == 422 and 'aria-invalid="true"' in empty.text
    without = yu.send(page_of(system, OFFICER, "close"))
    assert without.status_code == 422
    assert yu.get("/accounts/00000000-0000-0000-0000-000000000007").status_code == 404
    assert yu.get(page_of(system, OFFICER, "nonsense")).status_code == 404


def test_a_lock_is_seen_and_lifted(
    app: Flask, system: System, secrets: dict[str, str], clock: Clock
) -> None:
    for _ in range(FAILURES):
        Reader(app, None).sign_in(OFFICER, "wrong password")
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    assert "已锁定" in yu.get_page("/accounts")
    assert yu.send(page_of(system, OFFICER, "unlock")).status_code == 303
    assert "已锁定" not in yu.get_page("/accounts")
    assert Reader(app, None).sign_in(OFFICER).status_code == 303
    nothing = yu.get(page_of(system, OFFICER, "unlock"))
    assert nothing.status_code == 303, "there is nothing to lift any more"


def test_an_administrative_act_asks_who_it_is_and_then_goes_on(
    app: Flask, system: System, secrets: dict[str, str], clock: Clock
) -> None:
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    clock.wait(minutes=6)
    path = page_of(system, OFFICER, "close")
    asked = yu.send(path, explanation="调离")
    assert asked.status_code == 200 and 'name="proof_password"' in asked.text
    assert topics(system, OFFICER)[-1] != "account.closed"
    code = code_of(secrets[SYSTEM_ADMINISTRATOR], system)
    wrong = yu.answer(asked, path, proof_password="wrong password", proof_code=code)
    assert wrong.status_code == 422 and "调离" in wrong.text
    done = yu.answer(wrong, path, proof_password=PASSWORD, proof_code=code)
    assert done.status_code == 303
    with system.database.read() as c:
        stream = system.log.stream(c, UUID(path.split("/")[2]))
    assert (stream[-1].topic, stream[-1].data["explanation"]) == ("account.closed", "调离")


def test_the_list_is_narrowed_and_says_when_somebody_last_came(
    app: Flask, system: System, secrets: dict[str, str]
) -> None:
    Reader(app, OFFICER)
    yu = administrator(app, system, secrets, SYSTEM_ADMINISTRATOR)
    page = words_of(yu.get_page("/accounts?q=u01-2"))
    assert OFFICER in page and AUDITOR not in page and "2021-07-22 14:20" in page
    assert AUDITOR in words_of(yu.get_page("/accounts?role=auditor"))
    assert OFFICER not in words_of(yu.get_page("/accounts?role=auditor&state=all"))
    assert "没有这样的账户" in yu.get_page("/accounts?state=closed&q=%25&page=999999999")
    assert attempts_page(system, WantedAttempts(act=SIGN_IN, refused=False)).total >= 2
