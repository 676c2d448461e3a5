"""Peers that keep rows: SQLAlchemy's ORM alone, and with a version of every change beside it."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column

from tests.bench.stopwatch import AT, EVENTS, chosen, each, must_be_full, number_of, timed

BEGAN = datetime(2021, 3, 8, 1)


def orm(versioned: bool) -> tuple[Any, type[Any]]:
    """A case as one row of an ORM, with or without a version row for every change."""
    if versioned:
        from sqlalchemy_continuum import make_versioned  # type: ignore[import-not-found]

        make_versioned(user_cls=None)

    class Base(DeclarativeBase): ...

    class Row(Base):
        __tablename__ = "case_row"
        id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
        version: Mapped[int] = mapped_column()
        number: Mapped[str] = mapped_column(sa.Text, unique=True)
        town: Mapped[str]
        unit: Mapped[str]
        attempts: Mapped[int]
        last_at: Mapped[str]
        last_channel: Mapped[str | None]
        last_result: Mapped[str]
        last_actor: Mapped[str]
        __mapper_args__ = {"version_id_col": version}
        if versioned:
            __versioned__: dict[str, Any] = {}

    configure_mappers()
    return Base, Row


def engine_of(file: Path) -> Any:
    engine = sa.create_engine(f"sqlite:///{file}")

    @sa.event.listens_for(engine, "connect")
    def _durable(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")

    return engine


def prepare_rows(file: Path, cases: int) -> dict[str, Any]:
    """Every case with the versions that so many acts would have left behind."""
    base, row = orm(versioned=True)
    engine = engine_of(file)
    base.metadata.create_all(engine)
    tables = base.metadata.tables

    def facts(case: int, version: int) -> dict[str, Any]:
        return {
            "id": number_of(case),
            "version": version,
            "number": number_of(case),
            "town": "城北街道",
            "unit": "区发展和改革局",
            "attempts": version - 1,
            "last_at": AT,
            "last_channel": "phone",
            "last_result": "no_answer",
            "last_actor": "U01-2",
        }

    def old(case: int, version: int) -> dict[str, Any]:
        change = case * EVENTS + version
        return {
            **facts(case, version),
            "transaction_id": change,
            "end_transaction_id": change + 1 if version < EVENTS else None,
            "operation_type": 0 if version == 1 else 1,
        }

    def work() -> None:
        with engine.begin() as c:
            c.execute(sa.insert(row.__table__), [facts(case, EVENTS) for case in range(cases)])
            changes = [
                {"id": place, "issued_at": BEGAN + timedelta(seconds=place)}
                for place in range(1, cases * EVENTS + 1)
            ]
            c.execute(sa.insert(tables["transaction"]), changes)
            versions = [old(case, v) for case in range(cases) for v in range(1, EVENTS + 1)]
            c.execute(sa.insert(tables["case_row_version"]), versions)

    return timed(cases, work)


def change_row(file: Path, count: int, cases: int, *, versioned: bool) -> dict[str, Any]:
    """Load one row, change it and commit, as a page of an ordinary system does."""
    _, row = orm(versioned)
    engine = engine_of(file)

    def act(case: int) -> None:
        with Session(engine) as session:
            found = session.get(row, number_of(case))
            if found is None:
                raise KeyError(case)
            found.attempts += 1
            found.last_at, found.last_channel = "2021-08-01T06:20:00.000000Z", "visit"
            found.last_result, found.last_actor = "reached_operating", "U22-3"
            session.commit()

    answer = timed(count, each(chosen(count, cases), act))
    with engine.connect() as c:
        must_be_full(c.exec_driver_sql("PRAGMA synchronous").fetchone())
        written = c.exec_driver_sql("SELECT COUNT(*) FROM case_row_version").scalar_one()
    if written != cases * EVENTS + (count if versioned else 0):
        raise SystemExit(f"{written} version rows are not what was changed")
    return answer


def change_plain(file: Path, count: int, cases: int) -> dict[str, Any]:
    return change_row(file, count, cases, versioned=False)


def change_versioned(file: Path, count: int, cases: int) -> dict[str, Any]:
    return change_row(file, count, cases, versioned=True)
