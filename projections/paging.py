"""Which rows of a long answer one page shows: the nearest page that there is."""

from __future__ import annotations

from typing import NamedTuple


class Paged(NamedTuple):
    """Pages count from 1; ``start`` rows stand before those of this page."""

    page: int
    pages: int
    start: int
    stop: int
    total: int

    @property
    def first(self) -> int:
        """The place of its first row, from 1; 0 where there is none."""
        return self.start + 1 if self.total else 0


def paged(total: int, page: int, size: int) -> Paged:
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    return Paged(page, pages, (page - 1) * size, page * size, total)
