"""Any page that is asked for gives the nearest that there is."""

from __future__ import annotations

import pytest

from projections.paging import Paged, paged


@pytest.mark.parametrize(
    ("total", "page", "shown"),
    [
        (101, 1, Paged(1, 3, 0, 50, 101)),
        (101, 3, Paged(3, 3, 100, 150, 101)),
        (101, 4, Paged(3, 3, 100, 150, 101)),
        (101, 0, Paged(1, 3, 0, 50, 101)),
        (100, 9, Paged(2, 2, 50, 100, 100)),
        (0, 7, Paged(1, 1, 0, 50, 0)),
    ],
)
def test_the_nearest_page_is_shown(total: int, page: int, shown: Paged) -> None:
    assert paged(total, page, 50) == shown


def test_rows_are_told_from_one_and_none_as_nought() -> None:
    assert [paged(n, 2, 50).first for n in (0, 50, 51)] == [0, 1, 51]
