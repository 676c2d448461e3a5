"""How the peer's library feeds a read model: one row a case, one transaction an event."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any, Protocol

from eventsourcing import postgres, sqlite
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from tests.bench.library import Case, Cases, native, native_settings
from tests.bench.stopwatch import database_url, timed

PATIENCE = 120
"""How many seconds the runner may take for its share of the backlog."""
CREATE = (
    "CREATE TABLE IF NOT EXISTS case_view (id TEXT PRIMARY KEY, number TEXT, town TEXT, "
    "unit TEXT, attempts INTEGER, last_at TEXT, last_result TEXT)"
)
OPEN = "INSERT INTO case_view VALUES (?, ?, ?, ?, 0, '', '')"
ATTEMPT = "UPDATE case_view SET attempts = attempts + 1, last_at = ?, last_result = ? WHERE id = ?"


class View(Protocol):
    def put(self, statement: str, row: tuple[str, ...], tracking: Tracking) -> None: ...


class FileView(sqlite.SQLiteTrackingRecorder):
    """A read model as the library draws it, on SQLite."""

    def __init__(self, datastore: sqlite.SQLiteDatastore) -> None:
        super().__init__(datastore)
        self.create_table_statements.append(CREATE)

    def put(self, statement: str, row: tuple[str, ...], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, row)


class ServerView(postgres.PostgresTrackingRecorder):
    """The same on PostgreSQL."""

    def __init__(self, datastore: postgres.PostgresDatastore, **named: Any) -> None:
        super().__init__(datastore, **named)
        self.sql_create_statements.append(SQL(CREATE).format())

    def put(self, statement: str, row: tuple[str, ...], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement.replace("?", "%s").encode(), row, prepare=True)


def take(view: View, happened: Any, tracking: Tracking) -> None:
    case = happened.originator_id.hex
    if isinstance(happened, Case.Opened):
        view.put(OPEN, (case, happened.number, happened.town, happened.unit), tracking)
    else:
        view.put(ATTEMPT, (happened.attempted_at, happened.result, case), tracking)


class CaseProjection(Projection[ServerView]):
    """What the library's own runner calls for one event after the other."""

    name = "casesview"
    wanted = 0
    enough = Event()

    def __init__(self, view: ServerView) -> None:
        super().__init__(view)
        self._done = 0

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        take(self.view, domain_event, tracking)
        self._done += 1
        if self._done == self.wanted:
            self.enough.set()


def project(file: Path, count: int, cases: int) -> dict[str, Any]:
    url = database_url()
    return _polled(file, count) if url is None else _run(url, count)


def _run(url: str, count: int) -> dict[str, Any]:
    CaseProjection.wanted = count

    def work() -> None:
        with ProjectionRunner[Cases, ServerView](
            application_class=Cases,
            projection_class=CaseProjection,
            view_class=ServerView,
            env=native_settings(url),
        ) as runner:
            if not CaseProjection.enough.wait(PATIENCE):
                runner.run_forever(timeout=0)  # which raises what its thread met
                raise SystemExit("the library's runner took too long")

    return timed(count, work)


def _polled(file: Path, count: int) -> dict[str, Any]:
    """Polled by hand: the library's runner needs subscriptions, which its SQLite has not."""
    app = native(file)
    view = FileView(sqlite.SQLiteDatastore(str(file)))
    view.create_table()

    def work() -> None:
        position = 0
        while position < count:
            page = app.recorder.select_notifications(
                position or None, 500, inclusive_of_start=False
            )
            for notification in page:
                happened = app.mapper.to_domain_event(notification)
                take(view, happened, Tracking(app.name, notification.id))
                position = notification.id
                if position >= count:
                    break

    return timed(count, work)
