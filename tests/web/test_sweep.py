"""The sweep finds each fault that is planted on a page, and nothing on a page without one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from casesys.system import System
from tests.offices import SUPERVISOR, Clock, person
from tests.stores import settings_of
from tests.web.helpers import app_of, serving
from tests.web.sweep import NARROW_ENGLISH, Look, Visit, Windows
from web import permits

LOOK = Look("zh", 1280)
SOUND = """<!doctype html><html lang="zh-CN"><head><title>好</title></head>
<body><main><h1>好</h1><a href="/">去</a>{}</main></body></html>"""
PLANTED = {
    "axe label": '<input type="text">',
    "axe image-alt": '<img src="/static/icons/seal.svg">',
    "asks elsewhere": '<img alt="" src="http://example.org/pixel.gif">',
    "against the policy": '<p style="color: red">红</p>',
    "the browser complains": '<script src="/planted/throws"></script>',
    "headings of the first order": "<h1>又一个</h1>",
    "more than one filled button": '<button class="btn-primary">甲</button>' * 2,
    "px wide": '<div class="wide">宽</div>',
    "weighs": "<p>" + "长" * 60_000 + "</p>",
    "lower than 24 px": '<button class="btn low">低</button>',
}
FOR_THE_KEYBOARD = {
    "not reached with Tab": '<a href="/" tabindex="-1">不到</a>',
    "no focus to be seen": '<a href="/" class="ringless">无框</a>',
    "focus under something": '<a href="/">被盖住</a><div class="over"></div>',
}
SHEET = """.wide { width: 3000px; } .low { height: 10px; padding: 0; border: 0; }
.ringless:focus { outline: none; } .over { position: fixed; inset: 0; }"""


class Planted(NamedTuple):
    """A counter with pages that are each wrong in one way."""

    app: Flask
    base: str

    @contextmanager
    def visited(self, windows: Windows, path: str, look: Look = LOOK) -> Iterator[Visit]:
        who = person(self.app.extensions["casesys"].system, SUPERVISOR)
        with windows.visiting(self.app, self.base, who, look) as seen:
            seen.open(path)
            yield seen


@pytest.fixture(scope="module")
def planted(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    home = tmp_path_factory.mktemp("planted") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock())
    app = app_of(system)
    link = '<link rel="stylesheet" href="/planted/sheet">'

    @permits.everyone
    def page(fault: str) -> str:
        return SOUND.format({**PLANTED, **FOR_THE_KEYBOARD, "none": ""}[fault]).replace(
            "</head>", link + "</head>"
        )

    @permits.everyone
    def sheet() -> tuple[str, dict[str, str]]:
        return SHEET, {"Content-Type": "text/css"}

    @permits.everyone
    def throws() -> tuple[str, dict[str, str]]:
        return "throw new Error('planted');", {"Content-Type": "text/javascript"}

    app.add_url_rule("/planted/page/<fault>", "planted", page)
    app.add_url_rule("/planted/sheet", "sheet", sheet)
    app.add_url_rule("/planted/throws", "throws", throws)
    with serving(app) as base:
        yield Planted(app, base)
    system.database.dispose()


@pytest.mark.parametrize("fault", ["none", *PLANTED])
def test_a_planted_fault_is_found(windows: Windows, planted: Planted, fault: str) -> None:
    with planted.visited(windows, f"/planted/page/{fault}") as seen:
        found = seen.faults(LOOK)
    assert found == [] if fault == "none" else any(fault in told for told in found), found


@pytest.mark.parametrize("fault", ["none", *FOR_THE_KEYBOARD])
def test_a_planted_fault_of_the_keyboard_is_found(
    windows: Windows, planted: Planted, fault: str
) -> None:
    with planted.visited(windows, f"/planted/page/{fault}") as seen:
        found = seen.faults_of_keyboard()
    assert found == [] if fault == "none" else any(fault in told for told in found), found


def test_a_page_in_another_language_is_found(windows: Windows, planted: Planted) -> None:
    path = "/planted/page/more than one filled button"
    with planted.visited(windows, path, NARROW_ENGLISH) as seen:
        found = seen.faults(NARROW_ENGLISH)
    assert any("in another language" in told for told in found)
    assert any("not in English" in told for told in found)


LEFT = """() => [document.cookie.includes("left"), "left" in localStorage, "left" in sessionStorage,
  !!document.querySelector("h1:hover"), document.activeElement !== document.body]"""
LEAVE = """() => { document.cookie = "left=1"; localStorage.left = sessionStorage.left = 1;
  fetch("/nowhere"); document.links[0].focus(); }"""


def test_a_window_that_is_used_again_is_as_new(windows: Windows, planted: Planted) -> None:
    weights = []
    for _ in range(2):
        with planted.visited(windows, "/help") as seen:
            assert seen.page.evaluate(LEFT) == [False] * 5
            assert seen.faults(LOOK) == []
            weights.append(seen.bytes)
            seen.page.evaluate(LEAVE)
            seen.page.hover("h1")
            assert seen.page.evaluate(LEFT) == [True] * 5
            seen.open("/help")
            assert seen.bytes < 2 * weights[-1], "what was fetched is kept within a visit"
    # No two pages are packed to the same byte: each has a token of its own.
    assert weights[0] == pytest.approx(weights[1], rel=0.01)
