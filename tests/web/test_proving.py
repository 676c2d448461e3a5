"""Before an act of weight the person who sits there proves who they are, and nothing is lost."""

from __future__ import annotations

import pytest
from flask import Flask

from casesys.people.attempts import WantedAttempts, attempts_page
from casesys.people.passwords import FAILURES
from casesys.system import System
from tests import scenarios
from tests.administrators import code_of, enrolled_code
from tests.offices import OFFICER, PASSWORD, SUPERVISOR, Clock, log_of
from tests.web.helpers import Reader, app_of
from web import commands


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def waiting(system: System) -> tuple[str, str]:
    """A case whose exit waits for a second person: its number, and the address of the form."""
    stream = scenarios.a_case_with_exit_proposed(system).stream
    number = scenarios.case_number(system, stream)
    return number, f"/cases/{number}/do/confirm_exit"


def test_an_exit_asks_for_the_password_and_then_goes_on(
    app: Flask, system: System, clock: Clock
) -> None:
    stream = scenarios.a_case_with_exit_proposed(system).stream
    number = scenarios.case_number(system, stream)
    path = f"/cases/{number}/do/confirm_exit"
    reader = Reader(app, SUPERVISOR)
    clock.wait(minutes=6)
    asked = reader.do(number, "confirm_exit")
    assert asked.status_code == 200 and 'name="proof_password"' in asked.text
    assert "您填的都在" in asked.text
    wrong = reader.answer(asked, path, proof_password="wrong password")
    assert wrong.status_code == 422 and "工号或密码不对" in wrong.text
    assert "wrong password" not in wrong.text
    done = reader.answer(wrong, path, proof_password=PASSWORD)
    assert done.status_code == 303
    assert log_of(system, stream)[-1].topic == "case.subject_exited"
    acts = [
        (one.act, one.refusal) for one in attempts_page(system, WantedAttempts(act="prove")).rows
    ]
    assert sorted(acts, key=str) == [("prove", "sign_in_failed"), ("prove", None)]


def test_a_proof_given_just_now_is_enough(app: Flask, system: System, clock: Clock) -> None:
    number, _ = waiting(system)
    reader = Reader(app, SUPERVISOR)
    clock.wait(minutes=4)
    assert reader.do(number, "confirm_exit").status_code == 303


def test_with_codes_the_proof_is_both(app: Flask, system: System, clock: Clock) -> None:
    number, path = waiting(system)
    secret = enrolled_code(system, SUPERVISOR)
    reader = Reader(app, None)
    reader.sign_in(SUPERVISOR)
    reader.send("/sign-in/code", code=code_of(secret, system))
    clock.wait(minutes=6)
    asked = reader.do(number, "confirm_exit")
    alone = reader.answer(asked, path, proof_password=PASSWORD)
    assert alone.status_code == 422 and "验证码不对" in alone.text
    code = code_of(secret, system)
    assert reader.answer(alone, path, proof_password=PASSWORD, proof_code=code).status_code == 303


def test_wrong_proofs_lock_the_account(app: Flask, system: System, clock: Clock) -> None:
    number, path = waiting(system)
    reader = Reader(app, SUPERVISOR)
    clock.wait(minutes=6)
    page = reader.do(number, "confirm_exit")
    for _ in range(FAILURES):
        page = reader.answer(page, path, proof_password="wrong password")
    locked = reader.answer(page, path, proof_password=PASSWORD)
    assert locked.status_code == 422 and "账户锁到" in locked.text


def test_what_was_typed_for_a_proposal_is_recorded_after_the_proof(
    app: Flask, system: System, clock: Clock
) -> None:
    stream = scenarios.a_case_ready_to_exit(system).stream
    number = scenarios.case_number(system, stream)
    reader = Reader(app, OFFICER)
    clock.wait(minutes=6)
    asked = reader.do(number, "propose_exit", explanation="约谈与承诺均已办结")
    assert 'name="proof_password"' in asked.text
    path = f"/cases/{number}/do/propose_exit"
    assert reader.answer(asked, path, proof_password=PASSWORD).status_code == 303
    last = log_of(system, stream)[-1]
    assert (last.topic, last.data["explanation"]) == ("case.exit_proposed", "约谈与承诺均已办结")


def test_without_the_guard_an_exit_would_ask_nobody(
    app: Flask, system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = waiting(system)
    reader = Reader(app, SUPERVISOR)
    clock.wait(minutes=6)
    monkeypatch.setattr(commands, "WEIGHTY", frozenset())
    assert reader.do(number, "confirm_exit").status_code == 303


def test_an_everyday_act_asks_for_nothing(app: Flask, system: System, clock: Clock) -> None:
    stream = scenarios.a_listed_case(system).stream
    number = scenarios.case_number(system, stream)
    reader = Reader(app, OFFICER)
    clock.wait(minutes=6)
    assert reader.do(number, "add_note", note="企业要求延后").status_code == 303


def test_a_refused_command_is_noted_at_the_counter(app: Flask, system: System) -> None:
    _, path = waiting(system)
    officer = Reader(app, OFFICER)
    assert officer.get(path).status_code == 403
    refused = attempts_page(system, WantedAttempts(act="confirm_exit", refused=True)).rows
    assert [(one.login, one.refusal) for one in refused] == [(OFFICER, "not_permitted")]
