"""Rows written many at a time are those that were given, one for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine

from projections.driver import AT_ONCE, rows, upsert

PLACE = Table(
    "place",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("number", Integer, nullable=False),
)
IN_ONE_STATEMENT = AT_ONCE // 2


@pytest.mark.parametrize(
    "many", [0, 1, IN_ONE_STATEMENT - 1, IN_ONE_STATEMENT, 3 * IN_ONE_STATEMENT + 1]
)
def test_every_row_is_written_whatever_their_number(tmp_path: Path, many: int) -> None:
    given = [(f"{number:05d}", number) for number in range(many)]
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as c:
        PLACE.create(c)
        upsert(c, PLACE, given)
        assert rows(c, "SELECT name, number FROM place ORDER BY name") == given
    engine.dispose()


def test_of_one_key_the_last_row_stands(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as c:
        PLACE.create(c)
        upsert(c, PLACE, [("here", number) for number in range(IN_ONE_STATEMENT + 7)])
        assert rows(c, "SELECT number FROM place") == [(IN_ONE_STATEMENT + 6,)]
    engine.dispose()
