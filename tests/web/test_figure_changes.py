"""The page of a change names both values and every entry that made the one the other."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, publish
from casesys.history import import_history
from casesys.permits import operator
from casesys.system import System
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.shared_data import shared_path
from tests.web.helpers import Reader, app_of, words_of

MONTH_END = "2021-10-31"
PHOTOS = f"/figures/change?figure=action.photo&as_of={MONTH_END}"


@pytest.fixture
def full(system: System) -> System:
    folder: Path = shared_path("district/district_50")
    import_history(system, folder, operator("tests"), progress=lambda done, of: None)
    return system


@pytest.fixture
def later(full: System, clock: Clock) -> Reader:
    """Who reads after all that the register tells has happened."""
    clock.set("2021-11-10T09:00")
    return Reader(app_of(full))


@pytest.fixture
def reader(full: System) -> Reader:
    return Reader(app_of(full))


def rows_of(page: str) -> list[str]:
    body = page[page.find("<tbody") :]
    return re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)


def values(page: str) -> list[tuple[int, int]]:
    found = re.findall(r'<span class="fraction">(\d+) / (\d+) ', page)
    return [(int(n), int(d)) for n, d in found]


def test_both_values_stand_above_those_who_make_the_difference(reader: Reader) -> None:
    page = reader.get_page(f"{PHOTOS}&from=400")
    (was, base), (now, base_now) = values(page)
    assert f"分子进{now - was}、出0；分母进{base_now - base}、出0" in words_of(page)
    listed = [words_of(row) for row in rows_of(page)]
    second = reader.get_page(f"{PHOTOS}&from=400&page=2")
    listed += [words_of(row) for row in rows_of(second)] if "page=2" in page else []
    assert sum("进入分子" in row for row in listed) == now - was > 0
    assert sum("进入分母" in row for row in listed) == base_now - base > 0


def test_what_was_reported_of_the_day_is_what_it_is_compared_with(full: System) -> None:
    who, day = person(full, SUPERVISOR), "2021-07-22"
    reader, address = Reader(app_of(full), SUPERVISOR), f"/figures/change?as_of={day}"
    assert f"{day}的数没有上报过" in words_of(reader.get_page(address))
    asked = Question(day, position=400)
    receipt = publish(full, who, asked, [Wanted("repair.by_record")], "月报")
    page = reader.get_page(address)
    assert "登记截至第400条" in words_of(page) and receipt.number in page
    (line,) = receipt.lines
    assert values(page)[0] == (line.numerator, line.denominator) != values(page)[1]
    assert rows_of(page)
    # Who asks for other books is not told of the report, nor who reaches one unit alone.
    for other in (f"{address}&from=300", f"{address}&from_day=2021-05-31"):
        assert receipt.number not in reader.get_page(other)
    assert receipt.number not in Reader(app_of(full), OTHER_OFFICER).get_page(address)


def test_the_earlier_books_are_never_later_than_now(full: System) -> None:
    page = words_of(Reader(app_of(full)).get_page("/figures/change?as_of=2021-07-22"))
    assert "23:59" not in page


def test_each_cause_opens_its_entry_where_the_reader_may_see_it(full: System) -> None:
    for login, where in ((AUDITOR, "/audit/"), (OFFICER, "/entries/"), (SUPERVISOR, "/entries/")):
        reader = Reader(app_of(full), login)
        row = rows_of(reader.get_page(f"{PHOTOS}&from=400"))[0]
        assert "/cases/" in row
        entries = [unescape(href) for href in re.findall(r'href="([^"]+)">第', row)]
        assert entries and all(where in entry for entry in entries)
        assert reader.get_page_status(entries[0]) == 200


def test_the_books_are_named_by_an_instant_a_day_or_an_entry(later: Reader) -> None:
    day = later.get_page(f"{PHOTOS}&from=2021-05-31")
    instant = later.get_page(f"{PHOTOS}&from=2021-05-31 23:59")
    assert values(day) == values(instant)
    assert "登记截至2021-05-31 23:59" in words_of(day)
    both = later.get_page(f"{PHOTOS}&from=400&to=500")
    assert "登记截至第400条" in words_of(both) and "登记截至第500条" in words_of(both)
    past = later.get_page(f"{PHOTOS}&from=2021-05-31&known_at=2021-08-31T12:00")
    assert "登记截至2021-08-31 12:00" in words_of(past)


def test_nothing_asked_compares_with_the_books_at_the_end_of_that_day(later: Reader) -> None:
    page = later.get_page(PHOTOS)
    assert f"{MONTH_END}的数，登记截至{MONTH_END} 23:59" in words_of(page)
    assert len(values(page)) == 2


def test_two_days_are_compared_by_what_happened_between_them(reader: Reader) -> None:
    page = reader.get_page(f"{PHOTOS}&from_day=2021-06-30&category=penalty")
    (was, _), (now, _) = values(page)
    rows = [row for row in rows_of(page) if "进入分子" in row]
    assert len(rows) == now - was > 0
    happened = re.findall(r"([0-9-]{10}) [0-9:]{5}发生", words_of("".join(rows)))
    assert all("2021-06-30" < day <= MONTH_END for day in happened)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday", "没有用上"),
        ("from_day=2021-02-30", "没有用上"),
        ("from=500&to=400", "不得"),
        ("from=500&to=2021-05-31", "后一个时间必须不早于前一个"),
        ("from_day=2022-01-01", "后一个时间必须不早于前一个"),
        ("from=<script>", "没有用上"),
    ],
)
def test_what_cannot_be_compared_is_said(reader: Reader, query: str, said: str) -> None:
    answer = reader.get(f"{PHOTOS}&{query}")
    assert answer.status_code == 200 and "<script>" not in answer.text.split("<main")[1]
    assert said in words_of(answer.text) or "后一个时间必须不早于前一个" in words_of(answer.text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=99999", "还没有第99999条"),
        ("from=400&to=99999", "还没有第99999条"),
        ("from=400&to=2199-01-01", "还没有到"),
        ("from=2199-01-01T09:00", "还没有到"),
        ("known_at=2199-01-01T09:00", "还没有到"),
    ],
)
def test_books_that_are_not_there_yet_have_no_figures(
    reader: Reader, query: str, said: str
) -> None:
    answer = reader.get(f"{PHOTOS}&{query}")
    assert answer.status_code == 200 and values(answer.text) == []
    assert said in words_of(answer.text) and "登记截至第99999条" not in words_of(answer.text)


def test_a_day_to_come_is_compared_with_the_books_of_now(reader: Reader) -> None:
    assert len(values(reader.get_page("/figures/change?as_of=2190-01-01"))) == 2


def test_an_unknown_figure_is_no_page(reader: Reader) -> None:
    assert reader.get_page_status("/figures/change?figure=exit") == 404
    assert reader.get_page_status("/figures/change?category=other") == 404


def test_every_card_leads_to_what_changed_it(reader: Reader) -> None:
    page = reader.get_page(f"/figures?as_of={MONTH_END}")
    links = {unescape(href) for href in re.findall(r'href="(/figures/change[^"]+)"', page)}
    since_reported = [link for link in links if "from_day" not in link]
    assert len(since_reported) == 8
    assert all(f"as_of={MONTH_END}" in link for link in links)
    assert all(reader.get_page_status(link) == 200 for link in links)
