"""What a reader is told when the database is away or slow; what was typed is in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from casesys import StoreIsBusy
from casesys.postgres import Limits
from casesys.system import System
from domain.case import GovernanceCase
from projections.driver import rows
from tests import scenarios
from tests.offices import Clock
from tests.proxy import Line, line_to
from tests.stores import settings_of
from tests.web.helpers import Reader, app_of, words_of
from web import permits
from web.reading import system as own_system

pytestmark = pytest.mark.postgres


class Counter(NamedTuple):
    """The counter of an office on PostgreSQL, a form of it, and the line to its database."""

    line: Line
    app: Flask
    system: System
    place: str

    def recorded(self) -> int:
        with self.system.database.read() as c:
            question = "SELECT COUNT(*) FROM log WHERE topic = ?"
            return int(rows(c, question, [GovernanceCase.ContactAttempted.TOPIC])[0][0])


@pytest.fixture
def counter(
    postgres_office: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> Iterator[Counter]:
    with postgres_office() as url, line_to(url) as (line, through):
        settings = settings_of(tmp_path / "home", through)
        system = System(settings, now=Clock(), limits=Limits(seconds=2))
        number = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
        place = f"/cases/{number}/do/attempt_contact"
        yield Counter(line, app_of(system), system, place)
        system.database.dispose()


TYPED = scenarios.contact("2021-07-20")


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("现在连不上数据库", "请过一分钟")), ("en", ("cannot be reached", "in a minute"))],
)
def test_a_page_says_that_the_database_is_away_and_the_session_outlives_it(
    counter: Counter, language: str, words: tuple[str, ...]
) -> None:
    reader = Reader(counter.app)
    reader.client.set_cookie("casesys_preferences", language)
    counter.line.stop()
    answer = reader.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert all(word in words_of(answer.text) for word in words)
    assert '<a class="btn btn-primary" href="/">' in answer.text
    assert reader.get("/static/casesys.css").status_code == 200
    assert reader.get("/healthz").json == {"alive": True}
    ready = reader.get("/readyz")
    assert ready.status_code == 503 and ready.json is not None and not ready.json["ready"]
    counter.line.start()
    assert reader.get("/").status_code == 200
    ready = reader.get("/readyz")
    assert ready.json is not None and ready.json["ready"]
    assert ready.json["position"] == reading_head(counter)


def reading_head(counter: Counter) -> int:
    with counter.system.database.read() as c:
        return counter.system.log.head(c)[0]


def test_what_was_typed_is_sent_again_from_the_page_and_recorded_once(counter: Counter) -> None:
    reader = Reader(counter.app)
    form = reader.get(counter.place)
    counter.line.stop()
    answer = reader.answer(form, counter.place, **TYPED)
    assert answer.status_code == 503 and "不会记第二遍" in words_of(answer.text)
    counter.line.start()
    assert reader.answer(answer, counter.place).status_code == 303
    assert counter.recorded() == 1


def test_a_command_that_was_recorded_unheard_is_not_recorded_twice(counter: Counter) -> None:
    reader = Reader(counter.app)
    form = reader.get(counter.place)
    before = counter.recorded()
    counter.line.lose_answer_to(b"COMMIT\0")
    answer = reader.answer(form, counter.place, **TYPED)
    assert answer.status_code == 503
    assert (before, counter.recorded()) == (0, 1)
    assert reader.answer(answer, counter.place).status_code == 303
    assert counter.recorded() == 1


def test_a_password_is_not_written_into_the_page(counter: Counter) -> None:
    reader = Reader(counter.app, None)
    form = reader.get("/sign-in")
    counter.line.stop()
    answer = reader.answer(form, "/sign-in", login="U01-2", password="very secret words")
    assert answer.status_code == 503 and "very secret words" not in answer.text


def test_a_question_over_its_limit_is_ended_with_a_page(counter: Counter) -> None:
    def slow() -> str:
        with own_system().database.read() as c:
            rows(c, "SELECT pg_sleep(600)")
        return ""

    slow.permits = permits.EVERYONE  # type: ignore[attr-defined]
    counter.app.add_url_rule("/slow", "slow", slow)
    answer = Reader(counter.app).get("/slow")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "没有在限定的时间里算完" in words_of(answer.text)


def test_the_page_that_says_busy_does_not_wait_for_a_name(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> str:
        def none_free() -> None:
            raise StoreIsBusy

        monkeypatch.setattr(counter.system.database, "read", none_free)
        raise StoreIsBusy

    busy.permits = permits.EVERYONE  # type: ignore[attr-defined]
    counter.app.add_url_rule("/busy", "busy", busy)
    answer = Reader(counter.app).get("/busy")
    assert answer.status_code == 503 and "系统正忙" in words_of(answer.text)
