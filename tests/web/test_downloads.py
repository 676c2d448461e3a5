"""Files under Chinese names, through the header as a real server takes it."""

from __future__ import annotations

from urllib.request import Request, build_opener

import pytest
from werkzeug.http import parse_options_header

from casesys.system import System
from tests.offices import SUPERVISOR
from tests.web.helpers import Reader, app_of, serving
from web.downloads import attached


def _name(header: str) -> str:
    """The name under which a browser keeps the file."""
    options = parse_options_header(header)[1]
    return options["filename"]


@pytest.mark.parametrize("name", ["十月 报告_1.docx", "a\"b';é.csv", "plain.csv"])
def test_a_name_in_any_script_travels_in_ascii_and_comes_out_whole(name: str) -> None:
    header = attached(b"x", "text/plain", name).headers["Content-Disposition"]
    assert header.isascii() and header.startswith("attachment;")
    assert _name(header) == name


def test_a_name_for_what_knows_no_chinese_can_be_given() -> None:
    header = attached(b"x", "text/plain", "十月.docx", "october.docx").headers
    assert 'filename="october.docx"' in header["Content-Disposition"]


@pytest.mark.parametrize("path", ["/worklist", "/rules/rejudge", "/rules/opens"])
def test_every_list_comes_out_of_a_server_in_chinese(system: System, path: str) -> None:
    app = app_of(system)
    reader = Reader(app, SUPERVISOR)
    cookie = reader.client.get_cookie("casesys")
    assert cookie is not None
    with serving(app) as address:
        asked = Request(f"{address}{path}.csv", headers={"Cookie": f"casesys={cookie.value}"})
        with build_opener().open(asked) as answer:
            assert answer.status == 200
            name = _name(answer.headers["Content-Disposition"])
    assert not name.isascii() and name.endswith(".csv")
