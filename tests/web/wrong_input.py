"""What a hostile or a clumsy reader sends, and what an answer to it must be."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casesys.system import System
from web.app import create_app
from web.permits import OPEN_ENDPOINTS

MARKUP = "<script>alert(1)</script>"
LONGEST = 2**16

# As they stand in an address, percent-encoded where no address could hold them otherwise.
ARGUMENTS = {
    "digits": "9" * 26,
    "negative": "-1",
    "exponent": "1e999",
    "superscript": quote("²"),
    "foreign digits": quote("٣٤"),
    "nul": "x%00y",
    "line ends": "x%0d%0aSet-Cookie:%20a=b",
    "no utf-8": "%ff%fe",
    "half a pair": "%ed%a0%80",
    "right to left": quote("\u202egnp.exe\u200b\ufeff"),
    "emoji": quote("👨‍👩‍👧‍👦"),
    "markup": quote(MARKUP),
    "formula": quote("=HYPERLINK(\"http://elsewhere.example\",'x')"),
    "quotes": quote("' OR ''='\"; DROP TABLE log; --"),
    "template": quote("{{ 7*'7' }}%s%(a)s{0}"),
    "wildcards": quote("%_*?[\\"),
    "parent folders": quote("../../../etc/passwd", safe="."),
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "last instant": quote("9999-12-31T23:59:59.999999-23:59"),
    "no day": "2021-02-30",
    "week": "2021-W53-7",
    "blank": "%20%09",
    "long": "x" * LONGEST,
    "long word": quote("长" * 5000),
}
FEW = (
    "digits",
    "negative",
    "superscript",
    "nul",
    "half a pair",
    "markup",
    "last day",
    "parent folders",
)
"""One of each sort, for what is asked very often."""


class _Noticing(ImmutableMultiDict[str, Any]):
    """Arguments that note which of them a view asks for."""

    noted: set[str]

    def __getitem__(self, key: str) -> Any:
        self.noted.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.noted.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.noted.add(key)
        return super().getlist(key, *args, **kwargs)


class Counter:
    """The counter as it is in the office: a fault is a page there, and is kept here to be told."""

    def __init__(self, system: System) -> None:
        self.asked: set[str] = set()
        self.faults: list[str] = []
        self.app = create_app(system=system)
        noticing = type("Noticing", (_Noticing,), {"noted": self.asked})
        self.app.request_class = type(
            "NoticingRequest", (Request,), {"parameter_storage_class": noticing}
        )
        self.app.logger.addHandler(_Keeping(self.faults))
        self.app.logger.propagate = False


class _Keeping(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(repr(record.exc_info[1]) if record.exc_info else record.getMessage())


def routes(app: Flask, method: str) -> list[Rule]:
    """The routes of our own views that know this method; the files of the look are Flask's."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in OPEN_ENDPOINTS
    ]


def addresses(rule: Rule, sound: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The route with each strange value in each of its places, the others sound."""
    for place in sorted(rule.arguments):
        for name, value in ARGUMENTS.items():
            yield f"{place}: {name}", fill(rule, {**sound, place: value})
    for place in sorted(rule.arguments):
        yield f"{place}: another", fill(rule, {**sound, place: str(UUID(int=7))})


def fill(rule: Rule, values: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: values[found[1]], rule.rule)


def main_of(page: str) -> str:
    """What a page says in its middle, as a reader reads it."""
    return _plain(page[page.find("<main") : page.find("</main>")])


def _plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def unfit(answer: TestResponse, language: str = "zh") -> str | None:
    """What is wrong with an answer, whatever was sent; None if it is one that a reader can use."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if not (answer.mimetype or "").startswith("text/"):
        # A file is no page: it is looked at where it is made.
        return None
    if MARKUP in answer.text:
        return "markup is not escaped"
    if "Traceback" in answer.text:
        return "it shows the inside of the house"
    if answer.status_code < 400 or not answer.text:
        return None
    said = reason(answer.text)
    chinese, english = (len(re.findall(p, said)) for p in ("[\u4e00-\u9fff]", "[a-zA-Z]{2,}"))
    # What the reader typed may be quoted in it, so a few words of the other language may stand.
    if (language == "zh" and chinese < 8) or (language == "en" and english < max(5, chinese)):
        return f"{answer.status_code} says nothing in {language}: {said[:80]!r}"
    return None


def reason(page: str) -> str:
    """Why a page refuses: its notes and the errors above its form, or the page that compares."""
    marked = re.findall(
        r'<(?:div|p) class="(?:note|error-summary|field-error)\b.*?</(?:div|p)>',
        page,
        re.DOTALL,
    )
    return " ".join(_plain(part) for part in marked) or main_of(page)
