"""Peers that keep rows: SQLAlchemy's ORM alone, and with a version of every change beside it."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column

from tests.bench.stopwatch import (
    AT,
    EVENTS,
    Each,
    alchemy_url,
    chosen,
    must_be_full,
    number_of,
    timed,
)

BEGAN = datetime(2021, 3, 8, 1)


CONTINUUM, HISTORY = "sqlalchemy_continuum", "sqlalchemy_history"


def orm(versioner: str | None) -> tuple[Any, type[Any]]:
    """A case as one row of an ORM, with a version row for every change if a library keeps them.

    Both libraries name and shape their tables alike.
    """
    if versioner:
        import_module(versioner).make_versioned(user_cls=None)

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
        if versioner:
            __versioned__: dict[str, Any] = {}

    configure_mappers()
    return Base, Row


def engine_of(file: Path) -> Any:
    engine = sa.create_engine(alchemy_url(file))
    if engine.dialect.name != "sqlite":
        return engine

    @sa.event.listens_for(engine, "connect")
    def _durable(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")

    return engine


def prepare_rows(file: Path, _: int, cases: int) -> dict[str, Any]:
    """Every case with the versions that so many acts would have left behind."""
    base, row = orm(CONTINUUM)
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
            if c.dialect.name == "postgresql":
                c.execute(sa.text(f"SELECT setval('transaction_id_seq', {cases * EVENTS})"))

    return timed(cases, work)


def change_row(file: Path, count: int, cases: int, versioner: str | None) -> dict[str, Any]:
    """Load one row, change it and commit, as a page of an ordinary system does."""
    _, row = orm(versioner)
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

    answer = timed(count, Each(chosen(count, cases), act))
    with engine.connect() as c:
        if c.dialect.name == "sqlite":
            must_be_full(c.exec_driver_sql("PRAGMA synchronous").fetchone())
        written = c.exec_driver_sql("SELECT COUNT(*) FROM case_row_version").scalar_one()
    if written != cases * EVENTS + (count if versioner else 0):
        raise SystemExit(f"{written} version rows are not what was changed")
    return answer


def change_plain(file: Path, count: int, cases: int) -> dict[str, Any]:
    return change_row(file, count, cases, None)


def change_continuum(file: Path, count: int, cases: int) -> dict[str, Any]:
    return change_row(file, count, cases, CONTINUUM)


def change_history(file: Path, count: int, cases: int) -> dict[str, Any]:
    return change_row(file, count, cases, HISTORY)
