"""Files of the look are light on the line, and a new release's are not mistaken for the last's."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from casesys.system import System
from tests.web.helpers import app_of
from web import static_files


def addresses(system: System) -> list[str]:
    page = app_of(system).test_client().get("/sign-in").text
    return [part.split('"')[0] for part in page.split('="')[1:] if "/static/" in part.split('"')[0]]


def test_every_file_is_asked_for_by_its_content(system: System) -> None:
    found = addresses(system)
    assert len(found) >= 4
    assert all("?v=" in address for address in found), found
    client = app_of(system).test_client()
    for address in found:
        kept = client.get(address).headers["Cache-Control"]
        assert f"max-age={static_files.A_YEAR}" in kept and "no-store" not in kept


def test_another_content_has_another_address(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a{}")
    first = static_files._content_mark(str(file))
    static_files._content_mark.cache_clear()
    file.write_text("b{}")
    assert static_files._content_mark(str(file)) != first
    assert static_files._content_mark(str(tmp_path / "gone")) == ""


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_style_sheet_comes_compressed_and_a_page_does_not(system: System, encoding: str) -> None:
    client = app_of(system).test_client()
    asked = {"Accept-Encoding": encoding}
    (sheet,) = [a for a in addresses(system) if "bootstrap.min.css" in a]
    sent = client.get(sheet, headers=asked)
    plain = client.get(sheet, headers={"Accept-Encoding": "identity"}).data
    assert sent.headers["Content-Encoding"] == encoding
    assert len(sent.data) * 5 < len(plain)
    if encoding == "gzip":
        assert gzip.decompress(sent.data) == plain
    assert "Content-Encoding" not in client.get("/sign-in", headers=asked).headers
