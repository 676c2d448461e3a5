"""LibreOffice for the tests: another program that opens our Word files and prints them as PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.needs import missing

PATIENCE = 120
PROGRAMS = ("soffice", "pdftotext", "pdffonts")
_EVERY_PAGE = re.compile(r"^\s*—\s*\d+\s*—\s*$", re.MULTILINE)


class Printed(NamedTuple):
    """The words of each page, without its number, and the faces in which they are drawn."""

    pages: list[str]
    fonts: str


Print = Callable[[bytes], Printed]


@pytest.fixture(scope="session")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Print:
    """What prints a Word file, with a profile of LibreOffice that nothing else has seen."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        missing(f"no LibreOffice Writer with poppler-utils: {absent[0]} is not on the PATH")
    profile = tmp_path_factory.mktemp("office_suite")

    def printed(content: bytes) -> Printed:
        folder = tmp_path_factory.mktemp("printed")
        word, pdf = folder / "paper.docx", folder / "paper.pdf"
        word.write_bytes(content)
        _run(
            *("soffice", "--headless", f"-env:UserInstallation=file://{profile}"),
            *("--convert-to", "pdf", "--outdir", str(folder), str(word)),
        )
        text = _run("pdftotext", "-raw", str(pdf), "-")
        pages = [_EVERY_PAGE.sub("", page) for page in text.removesuffix("\f").split("\f")]
        return Printed(pages, _run("pdffonts", str(pdf)))

    return printed


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
