"""The event library's own tests of a recorder pass on our log, and its application runs on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from unittest import TestCase
from uuid import uuid4

import pytest
from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from casesys.database import Database
from casesys.log import Meta
from casesys.rebuild import verify
from casesys.recorder import DeskApplication, LogRecorder
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions.closing import add_note
from domain.decisions.contact import attempt_contact
from domain.decisions.listing import list_subject, open_case
from domain.desk import Desk
from domain.events import DeskEvent, Sealed
from domain.vocabulary import Category, Channel, ContactResult
from domain.workdays import Workdays
from projections.driver import rows
from projections.reading import feed
from tests.register import made_register, record

NOW = "2021-03-01T01:00:00.000000Z"


@pytest.fixture(autouse=True)
def _installation(request: pytest.FixtureRequest) -> Iterator[None]:
    """The library's test cases make their recorder themselves: it stands on this installation."""
    if isinstance(request.instance, TestCase):
        system: System = request.getfixturevalue(request.cls.STORE)
        request.instance.system = system  # type: ignore[attr-defined]
    before = set(threading.enumerate())
    yield
    # Its readers may still be asking when a test of the library ends.
    for thread in set(threading.enumerate()) - before:
        thread.join()


class OnOurLog:
    """Makes the recorder that the library's tests examine."""

    system: System
    STORE = "store_on_sqlite"

    def create_recorder(self) -> ApplicationRecorder:
        return LogRecorder(self.system.database, self.system.log)


class TestRecorderOnSqlite(OnOurLog, ApplicationRecorderTestCase[ApplicationRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNumbersOnSqlite(OnOurLog, NonInterleavingNotificationIDsBaseCase):
    pass


@pytest.mark.postgres
class TestRecorderOnPostgres(OnOurLog, ApplicationRecorderTestCase[ApplicationRecorder]):
    STORE = "store_on_postgres"

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


@pytest.mark.postgres
class TestNumbersOnPostgres(OnOurLog, NonInterleavingNotificationIDsBaseCase):
    STORE = "store_on_postgres"


@pytest.mark.postgres
def test_the_librarys_test_finds_a_log_without_its_lock(
    store_on_postgres: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_on_postgres.database, "lock", lambda c: None)
    case = TestNumbersOnPostgres("test")
    case.system = store_on_postgres
    with pytest.raises((persistence.IntegrityError, AssertionError)):
        case.test()


def test_a_case_saved_by_the_library_is_the_same_rows_as_ours(store: System) -> None:
    through_library, through_log = a_case("penalty"), a_case("judgment")
    application = DeskApplication(store)
    recordings = application.save(through_library)
    with store.database.write() as c:
        store.database.lock(c)
        feed(c, store.models.all, store.log.append(c, batch_of(through_log), store.now()))
    assert [r.notification.id for r in recordings] == [1, 2, 3, 4]
    with store.database.read() as c:
        first, second = (
            [comparable(e) for e in store.log.stream(c, case.id)]
            for case in (through_library, through_log)
        )
    assert first == second
    assert verify(store)["equal"]


def test_either_loads_what_the_other_saved(store: System) -> None:
    application = DeskApplication(store)
    case = a_case("penalty")
    application.save(case)
    with store.database.read() as c:
        ours = store.log.load(c, case.id, GovernanceCase).aggregate
    assert ours is not None
    add_note(ours, desk(), note=Sealed("由我们记录"))
    with store.database.write() as c:
        store.database.lock(c)
        store.log.append(c, batch_of(ours), store.now())
    theirs: GovernanceCase = application.repository.get(case.id)
    assert theirs.version == ours.version == 5
    assert theirs.state.attempts == 1
    early: GovernanceCase = application.repository.get(case.id, version=2)
    assert early.state.attempts == 0
    attempt(theirs)
    application.save(theirs)
    with store.database.read() as c:
        again = store.log.load(c, case.id, GovernanceCase).aggregate
    assert again is not None
    assert again.state.attempts == 2
    assert again.state == theirs.state


def test_a_save_that_comes_second_is_refused_whole(store: System) -> None:
    application = DeskApplication(store)
    case = a_case("penalty")
    application.save(case)
    first: GovernanceCase = application.repository.get(case.id)
    second: GovernanceCase = application.repository.get(case.id)
    attempt(first)
    attempt(second)
    application.save(first)
    with pytest.raises(persistence.IntegrityError):
        application.save(second)
    with store.database.read() as c:
        assert store.log.head(c)[0] == 5
    assert verify(store)["equal"]


def test_personal_data_are_sealed_on_the_librarys_way_in(store: System) -> None:
    application = DeskApplication(store)
    application.save(a_case("penalty"))
    with store.database.read() as c:
        (data,) = rows(c, "SELECT data FROM log WHERE topic = 'case.note_added'")[0]
    assert "王五" not in data
    assert "sealed" in data


def test_the_library_reads_a_whole_register(store: System) -> None:
    entries = record(store, made_register(11, 10), 100)
    application = DeskApplication(store)
    notified = application.recorder.select_notifications(None, 10**6)
    assert [n.id for n in notified] == [e.position for e in entries]
    for stream in {e.stream_id for e in entries if e.topic == "case.opened"}:
        with store.database.read() as c:
            ours = store.log.load(c, stream, GovernanceCase).aggregate  # type: ignore[arg-type]
        theirs: GovernanceCase = application.repository.get(ours.id)  # type: ignore[union-attr]
        assert theirs.state == ours.state  # type: ignore[union-attr]


def test_a_subscription_sees_what_another_process_writes(store: System) -> None:
    reader = LogRecorder(store.database, store.log)
    writer = LogRecorder(store.database, store.log)
    event = StoredEvent(uuid4(), 1, "made", b"{}")
    ready = threading.Event()

    def write_one() -> None:
        assert ready.wait(60)
        writer.insert_events([event])

    thread = threading.Thread(target=write_one)
    thread.start()
    with reader.subscribe() as subscription:
        ready.set()
        assert next(subscription).originator_id == event.originator_id
    thread.join()


def test_what_is_no_text_is_refused(store: System) -> None:
    recorder = LogRecorder(store.database, store.log)
    with pytest.raises(persistence.DataError):
        recorder.insert_events([StoredEvent(uuid4(), 1, "made", b"\xff\xfe")])
    assert recorder.max_notification_id() is None


def test_a_busy_store_is_said_in_the_librarys_words(store: System) -> None:
    impatient = Database(store.settings.database_url, wait_seconds=0.05)
    with store.database.write() as c:
        store.database.lock(c)
        with pytest.raises(persistence.OperationalError):
            LogRecorder(impatient, store.log).insert_events([StoredEvent(uuid4(), 1, "made", b"")])
    impatient.dispose()


def desk() -> Desk:
    return Desk("7b0e", NOW, Workdays({}))


def a_case(category: str) -> GovernanceCase:
    case = open_case(
        desk(),
        number=f"L1-{category}",
        campaign="L1",
        enterprise="9144",
        category=Category(category),
    )
    list_subject(case, desk(), listed_on="2021-02-01", town="甲镇", unit="区信用办")
    attempt(case)
    add_note(case, desk(), note=Sealed("王五 13800000000"))
    return case


def attempt(case: GovernanceCase) -> None:
    attempt_contact(
        case, desk(), attempted_at=NOW, result=ContactResult.NO_ANSWER, channel=Channel.PHONE
    )


def batch_of(case: GovernanceCase) -> list[tuple[DeskEvent, Meta]]:
    return [(e, Meta()) for e in case.collect_events() if isinstance(e, DeskEvent)]


def comparable(entry: Any) -> Any:
    """All but what differs by nature: place, stream, clock, the case's own name, and the seal."""
    data = {
        name: "sealed" if isinstance(value, dict) else value
        for name, value in entry.data.items()
        if name not in ("number", "category")
    }
    return entry._replace(position=0, stream_id="", data=data, recorded_at="", entered_at="")
