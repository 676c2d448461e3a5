"""Help: open to whoever comes, in both languages, and led to from the same place of every page."""

from __future__ import annotations

from casesys.system import System
from domain.vocabulary import Role
from tests.offices import AUDITOR
from tests.web.helpers import Reader, app_of, words_of
from web.help import DESKS

WAYS = [
    '<a href="/help">',
    '<a href="/help#keyboard">',
    '<a href="/help#accessibility">',
    '<a href="#main">',
]


def foot(page: str) -> str:
    return page[page.index("<footer") : page.index("</footer>")]


def test_help_tells_of_every_desk_there_is(system: System) -> None:
    stranger = Reader(app_of(system), login=None)
    page = stranger.get_page("/help")
    assert set(DESKS) == set(Role)
    told = words_of(page)
    for words in ("经办", "审核", "审计", "系统管理员", "安全管理员", "宗", "件", "家", "退出台账"):
        assert words in told
    assert 'id="keyboard"' in page
    assert 'id="accessibility"' in page
    assert 'href="/sign-in"' in page


def test_help_is_there_in_english(system: System) -> None:
    reader = Reader(app_of(system), AUDITOR)
    reader.get("/preferences", language="en")
    told = words_of(reader.get_page("/help"))
    assert "Who does what" in told
    assert "Accessibility statement" in told


def test_every_page_leads_to_help_in_the_same_place(system: System) -> None:
    app = app_of(system)
    reader, stranger = Reader(app), Reader(app, login=None)
    pages = [stranger.get_page("/sign-in"), stranger.get_page("/help")]
    pages += [reader.get_page(path) for path in ("/", "/cases", "/figures", "/own", "/nowhere")]
    for page in pages:
        here = [foot(page).find(way) for way in WAYS]
        assert -1 not in here
        assert here == sorted(here)
