"""How a number of the report is written: plain in the Word file, leading to its list on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from casesys.figures.members import Of

OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
"""Letters that no writing uses: they carry a link through the template of the report."""
_MARKED = re.compile(f"{OPEN}([a-z]?[0-9]*){BETWEEN}([^{OPEN}{BETWEEN}{CLOSE}]*){CLOSE}")
_RAISED = "r"


class Link(NamedTuple):
    """The list behind a number: which count, of which part of the office."""

    what: str
    of: Of


class Span(NamedTuple):
    """A piece of a sentence; a number has a link, a mark stands raised."""

    words: str
    link: Link | None = None
    raised: bool = False


class Writer:
    """Writes numbers in one language, and remembers for a page where each of them leads.

    Nothing leads to the list of nobody.
    """

    def __init__(self, language: str, for_page: bool) -> None:
        self.language = language
        self._for_page = for_page
        self._links: list[Link] = []

    def number(self, n: int, link: Link | None = None) -> str:
        return self._led(str(n) if self.language == "zh" else f"{n:,}", link if n else None)

    def percent(self, percent: int | None, link: Link | None = None) -> str:
        """An empty denominator gives no percent."""
        if percent is None:
            return "—"
        return self._led(f"{percent}{'％' if self.language == 'zh' else '%'}", link)

    def mark(self, words: str) -> str:
        return f"{OPEN}{_RAISED}{BETWEEN}{words}{CLOSE}" if words and self._for_page else words

    def _led(self, words: str, link: Link | None) -> str:
        if link is None or not self._for_page:
            return words
        self._links.append(link)
        return f"{OPEN}{len(self._links) - 1}{BETWEEN}{words}{CLOSE}"

    def spans(self, words: str) -> Iterator[Span]:
        """A text of the filled report in its pieces."""
        end = 0
        for found in _MARKED.finditer(words):
            if found.start() > end:
                yield Span(plain(words[end : found.start()]))
            place, text = found.groups()
            link = self._links[int(place)] if place.isdigit() and self._knows(place) else None
            yield Span(text, link, place == _RAISED)
            end = found.end()
        if end < len(words):
            yield Span(plain(words[end:]))

    def _knows(self, place: str) -> bool:
        return int(place) < len(self._links)


def plain(words: str) -> str:
    """Words from elsewhere, without the letters that this module uses itself."""
    return words.translate(dict.fromkeys(map(ord, (OPEN, BETWEEN, CLOSE))))
