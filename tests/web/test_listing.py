"""An address is read with patience: what it asks well is used, what it asks badly is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import g

from casesys.system import System
from tests.web.helpers import app_of
from web.listing import ListQuery
from web.reading import Asked

Ask = Callable[[str], ListQuery]
WHEN = Asked(None, None, "2021-07-22", "2021-07-22T06:20:00.000000Z")


@pytest.fixture
def asking(system: System) -> Iterator[Ask]:
    app = app_of(system)
    opened: list[Any] = []

    def ask(address: str) -> ListQuery:
        context = app.test_request_context(address)
        context.push()
        opened.append(context)
        g.language = "zh"
        return ListQuery(WHEN, ("due", "name"), ("open", "mine"), "open")

    yield ask
    for context in reversed(opened):
        context.pop()


@pytest.mark.parametrize(
    ("text", "page", "problems"),
    [("", 1, 0), ("3", 3, 0), ("-3", 1, 0), ("x", 1, 1), ("²", 1, 1), ("9" * 26, 10**9, 0)],
)
def test_a_page_is_the_nearest_number(asking: Ask, text: str, page: int, problems: int) -> None:
    query = asking(f"/?page={text}")
    assert (query.page, len(query.problems)) == (page, problems)


def test_days_the_wrong_way_round_are_turned_and_said(asking: Ask) -> None:
    query = asking("/?due_from=2021-08-01&due_to=2021-07-01")
    assert query.days("due") == ("2021-07-01", "2021-08-01")
    assert len(query.problems) == 1


def test_an_order_or_view_that_is_not_there_is_the_first(asking: Ask) -> None:
    query = asking("/?sort=colour&view=theirs")
    assert (query.sort("due"), query.view, len(query.problems)) == ("due", "open", 2)
    assert asking("/?sort=-name").sort("due") == "-name"


def test_a_link_that_removes_a_condition_keeps_the_others(asking: Ask) -> None:
    query = asking("/?q=a%26b&town=x&page=3&view=mine")
    assert query.without("town") == "?q=a%26b&view=mine"
    assert query.address({"view": "open"}) == "?view=open"
