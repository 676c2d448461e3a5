"""The ledger page shows every case of the list, on any day."""

from __future__ import annotations

import pytest

from casesys.system import System
from tests.scenarios import a_listed_case, an_exited_case
from tests.web.helpers import Reader, app_of, words_of


@pytest.fixture
def reader(system: System) -> Reader:
    for n in range(1, 24):
        a_listed_case(system, n)
    an_exited_case(system, 24)
    return Reader(app_of(system))


def test_twenty_cases_stand_on_a_page_and_the_rest_on_the_next(reader: Reader) -> None:
    first, second = (reader.get_page(f"/cases?page={n}") for n in (1, 2))
    assert first.count('scope="row"') == 20 and second.count('scope="row"') == 4
    assert "第21–24件，共24件" in words_of(second)


def test_a_view_keeps_what_became_of_a_case_apart(reader: Reader) -> None:
    page = words_of(reader.get_page("/cases?view=exited"))
    assert "云塘区第24建材有限公司" in page and "云塘区第1建材有限公司" not in page


def test_a_day_before_the_listing_has_no_case_and_says_why(reader: Reader) -> None:
    page = words_of(reader.get_page("/cases?as_of=2021-06-30"))
    assert "那一天还没有案件" in page and "您在看：事实截至 2021-06-30" in page


def test_a_day_as_the_books_knew_it_then(reader: Reader) -> None:
    known = words_of(reader.get_page("/cases?as_of=2021-07-02&known_at=2021-07-22T14:20"))
    assert "列入24件" in known
    unknown = words_of(reader.get_page("/cases?as_of=2021-07-02&known_at=2021-07-02T23:59"))
    assert "那一天还没有案件" in unknown


def test_the_links_of_a_past_list_keep_to_its_day(reader: Reader) -> None:
    page = reader.get_page("/cases?as_of=2021-07-02")
    assert 'href="/cases/2021-01-0001?as_of=2021-07-02"' in page
    assert 'href="?as_of=2021-07-02&amp;view=exited"' in page


def test_an_order_is_a_link_that_says_which_way_it_goes(reader: Reader) -> None:
    page = reader.get_page("/cases?sort=-listed")
    assert 'aria-sort="descending"' in page and "sort=listed" in page
