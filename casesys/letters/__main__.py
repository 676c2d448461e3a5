"""Writes our own templates as Word files into a folder, for an office that wants to change them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from casesys.letters.house import house_template
from casesys.letters.kinds import LetterKind
from casesys.reports.house import house_template as house_report
from casesys.reports.house import template_name
from casesys.words import LANGUAGES


def write_templates(folder: Path) -> None:
    """A file that is there already is the office's own, and stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _templates():
        path = folder / f"{name}.docx"
        if not path.exists():
            path.write_bytes(content)


def _templates() -> Iterator[tuple[str, bytes]]:
    for kind in LetterKind:
        yield kind, house_template(kind)
    for language in LANGUAGES:
        yield template_name(language), house_report(language)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m casesys.letters FOLDER")
    write_templates(Path(sys.argv[1]))
