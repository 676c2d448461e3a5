"""A file that stands whole or not at all: written aside, flushed, then put in its place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from casesys.stopping import Stopped


@contextmanager
def whole_file(file: Path) -> Iterator[IO[bytes]]:
    """Opened for writing; after a fault what stood there before stands there still.

    :raises Stopped: there is something else than an ordinary file
    """
    file = file.resolve()
    if file.exists() and not file.is_file():
        # What is put in the place of a device takes the device away from the whole machine.
        raise Stopped("no_ordinary_file", file=file.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(descriptor)
    draft = Path(name)
    try:
        with draft.open("wb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    flush_folder(file.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder outlive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
