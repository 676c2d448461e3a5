"""A long list of one case, page by page: the address holds the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

from casesys import paged

Row = TypeVar("Row")
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of one page, and what a pager says of them; ``first`` and ``last`` count from 1."""

    rows: Sequence[Row]
    page: int
    pages: int
    first: int
    last: int
    total: int


def page_asked() -> int:
    """The page that the address asks for; the first where that is no number."""
    text = request.args.get("page", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return max(1, int(text)) if is_number else 1


def sliced(rows: Sequence[Row], size: int) -> Slice[Row]:
    """The page that the address asks for, or the nearest that there is."""
    at = paged(len(rows), page_asked(), size)
    found = rows[at.start : at.stop]
    return Slice(found, at.page, at.pages, at.first, at.start + len(found), at.total)
