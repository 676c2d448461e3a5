"""The counter is closed by default, strict in what it loads, and falls over nothing it is sent."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from casesys.database import Database
from casesys.install import install
from casesys.system import System
from projections.driver import write
from tests import scenarios
from tests.offices import AUDITOR, OFFICER
from tests.stores import settings_of
from tests.web.helpers import Reader, app_of, words_of
from web import app as counter
from web import permits
from web.app import create_app

NUL = "%00"
DIGITS = "9" * 26


def entries(system: System) -> int:
    with system.database.read() as c:
        return system.log.head(c)[0]


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def number(system: System) -> str:
    return scenarios.case_number(system, scenarios.an_interviewed_case(system).stream)


def test_a_view_that_forgot_to_say_whom_it_lets_in_is_closed_to_everyone(system: System) -> None:
    app = app_of(system)
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")
    assert Reader(app).get("/forgotten").status_code == 403
    assert Reader(app, None).get("/forgotten").status_code == 403


def test_without_the_guard_the_forgotten_view_would_be_open(system: System) -> None:
    app = app_of(system)
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")
    app.before_request_funcs[None].remove(permits.ask_who_is_there)
    assert Reader(app, None).get("/forgotten").text == "a secret"


def test_every_view_says_whom_it_lets_in(app: Flask) -> None:
    asked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in permits.OPEN_ENDPOINTS and not hasattr(view, "permits")
    }
    assert asked == set()


def test_a_stranger_is_sent_to_sign_in_from_every_page(app: Flask) -> None:
    stranger = Reader(app, None)
    for path in ("/", "/cases/2021-01-0001", "/cases/x/do/add_note", "/evidence/" + "0" * 64):
        answer = stranger.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), path


def test_an_auditor_is_not_let_into_a_form_that_changes_a_case(app: Flask, number: str) -> None:
    auditor = Reader(app, AUDITOR)
    assert auditor.get(f"/cases/{number}").status_code == 200
    assert auditor.get(f"/cases/{number}/do/attempt_contact").status_code == 403
    assert auditor.send(f"/cases/{number}/do/attempt_contact").status_code == 403
    assert auditor.get(f"/cases/{number}/correct/4").status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/cases/none", "/nowhere", "/"])
def test_every_answer_carries_the_strict_policy(app: Flask, path: str) -> None:
    answer = Reader(app).get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "data:" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases/none", 404),
        (f"/cases/{DIGITS}", 404),
        (f"/cases/x{NUL}y", 400),
        ("/cases/%ff%fe", 404),
        ("/cases/" + "长" * 3000, 404),
        ("/cases/NUMBER?as_of=yesterday", 400),
        ("/cases/NUMBER?as_of=2021-02-30", 400),
        ("/cases/NUMBER?as_of=9999-12-31", 400),
        (f"/cases/NUMBER?as_of={DIGITS}", 400),
        ("/cases/NUMBER?as_of=0001-01-01", 400),
        ("/cases/NUMBER?known_at=0001-01-01T00:00", 400),
        ("/cases/NUMBER?known_at=9999-12-31T23:59:59%2B00:00", 400),
        (f"/cases/NUMBER?known_at=2021{NUL}", 400),
        ("/cases/NUMBER?unknown=argument&only=nothing&receipt=none", 200),
        (f"/cases/NUMBER/entries/{DIGITS}", 404),
        ("/cases/NUMBER/entries/-1", 404),
        ("/cases/NUMBER/do/nothing", 404),
        ("/cases/NUMBER/do/list_enterprise", 404),
        ("/cases/NUMBER/do/add_note?as_of=2021-07-06", 409),
        (f"/cases/NUMBER/correct/{DIGITS}", 404),
        ("/cases/NUMBER/correct/1", 404),
        ("/do/attempt_contact", 404),
        ("/do/grant_role/no-uuid", 404),
        ("/evidence/none", 404),
        ("/evidence/" + "0" * 64, 404),
        ("/preferences?language=fr&large=perhaps&next=//elsewhere.example", 303),
    ],
)
def test_an_address_that_makes_no_sense_is_answered_in_words(
    app: Flask, number: str, path: str, status: int
) -> None:
    answer = Reader(app).get(path.replace("NUMBER", number))
    assert answer.status_code == status
    if status >= 400:
        assert "回到首页" in words_of(answer.text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempted_at", "2021-02-30T10:00"),
        ("attempted_at", DIGITS),
        ("attempted_at", "9999-12-31T23:59:59.9999999-23:59"),
        ("attempted_at", "\x00"),
        ("result", "reached\x00"),
        ("result", "x" * 100_000),
        ("channel", "<script>alert(1)</script>"),
        ("contact_person", "长" * 61),
        ("photo", "not a file"),
        ("kept-photo", "../../etc/passwd"),
    ],
)
def test_a_form_that_makes_no_sense_is_given_back(
    app: Flask, system: System, number: str, field: str, value: str
) -> None:
    reader = Reader(app)
    before = entries(system)
    typed = {**scenarios.contact("2021-07-20"), field: value}
    answer = reader.send(f"/cases/{number}/do/attempt_contact", **typed)
    after = entries(system)
    if field == "photo":
        # A text where a file belongs is no file: the field is optional, so it is left out.
        assert (answer.status_code, after) == (303, before + 1)
        return
    assert (answer.status_code, after) == (422, before)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("version", ["-1", DIGITS, "eight", "\x00"])
def test_a_version_that_is_none_is_refused(app: Flask, number: str, version: str) -> None:
    typed = {**scenarios.contact("2021-07-20"), "version": version}
    answer = Reader(app).send(f"/cases/{number}/do/attempt_contact", **typed)
    assert answer.status_code == 400


def test_a_form_without_its_token_writes_nothing(app: Flask, number: str) -> None:
    reader = Reader(app)
    answer = reader.client.post(
        f"/cases/{number}/do/attempt_contact", data=scenarios.contact("2021-07-20")
    )
    assert answer.status_code == 400
    assert "表单已经失效" in answer.text


def test_an_upload_over_the_limit_is_refused_whole(app: Flask, number: str) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = Reader(app).send(
        f"/cases/{number}/do/add_photo", sha256=(BytesIO(b"x" * 2000), "a.jpg")
    )
    assert answer.status_code == 413
    assert "文件太大" in answer.text


def test_a_busy_store_is_said_to_be_busy(system: System) -> None:
    number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    hasty = System(system.settings, now=system.now)
    hasty.database.dispose()
    hasty.database = Database(system.settings.database_url, wait_seconds=0.05)
    reader = Reader(app_of(hasty))
    form = reader.get(f"/cases/{number}/do/attempt_contact")
    with system.database.write():
        answer = reader.answer(
            form, f"/cases/{number}/do/attempt_contact", **scenarios.contact("2021-07-20")
        )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "案件没有变化" in answer.text
    hasty.database.dispose()


def test_an_application_made_before_a_fork_has_no_engine(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    create_app(settings=settings)
    assert not (settings.home / "casesys.db").exists()


def test_a_fault_of_our_own_says_a_number_and_nothing_else(system: System) -> None:
    app = app_of(system)
    app.testing = False

    def broken() -> str:
        raise RuntimeError("the inside of the house")

    broken.permits = permits.EVERYONE  # type: ignore[attr-defined]
    app.add_url_rule("/broken", "broken", broken)
    answer = Reader(app).get("/broken")
    assert answer.status_code == 500
    assert "the inside" not in answer.text and "编号" in answer.text


def test_pages_speak_the_language_and_the_size_a_reader_chose(app: Flask, number: str) -> None:
    reader = Reader(app, OFFICER)
    chosen = reader.get("/preferences", language="en", large="on", next=f"/cases/{number}")
    assert chosen.location == f"/cases/{number}"
    page = reader.get(f"/cases/{number}").text
    assert '<html lang="en" class="large ' in page
    assert "What can be done today" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["现在还不能使用", "casesys init"]), ("en", ["Not ready to be used", "casesys init"])],
)
def test_a_counter_that_cannot_serve_says_so_on_every_page_until_it_can(
    tmp_path: Path, language: str, words: list[str]
) -> None:
    settings = settings_of(tmp_path / "home")
    app = create_app(settings=settings)
    reader = Reader(app, None)
    reader.client.set_cookie("casesys_preferences", language)
    for path in ("/", "/sign-in", "/cases/none", "/nowhere"):
        answer = reader.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), path
        assert all(word in words_of(answer.text) for word in words)
    assert reader.client.post("/sign-in", data={"login": "x"}).status_code == 503
    with reader.get("/static/casesys.css") as look:
        assert look.status_code == 200
    made = System(settings)
    install(made)
    made.database.dispose()
    assert reader.get("/sign-in").status_code == 200
    app.extensions["casesys"].system.database.dispose()


def test_a_counter_of_another_release_writes_nothing_into_read_models_that_are_not_its_own(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system.database.write() as c:
        write(c, "UPDATE read_model SET version = version + 1 WHERE name = 'ledger'", [()])
    answer = Reader(create_app(settings=system.settings), None).get("/sign-in")
    assert answer.status_code == 503
    assert "ledger" in answer.text and "projections prepare" in answer.text
    # Unasked, it would let people in and feed tables of another shape.
    monkeypatch.setattr(counter, "require_ready", lambda _: None)
    unasked = create_app(settings=system.settings)
    assert Reader(unasked, None).get("/sign-in").status_code == 200
    unasked.extensions["casesys"].system.database.dispose()
