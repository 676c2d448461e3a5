"""Writes our own templates as Word files into a folder, for an office that wants to change them."""

from __future__ import annotations

import sys
from pathlib import Path

from casesys.letters.house import house_template
from casesys.letters.kinds import LetterKind


def write_templates(folder: Path) -> None:
    """A file that is there already is the office's own, and stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in LetterKind:
        path = folder / f"{kind}.docx"
        if not path.exists():
            path.write_bytes(house_template(kind))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m casesys.letters FOLDER")
    write_templates(Path(sys.argv[1]))
