"""What a test needs from its machine beyond Python packages: skipped at a desk, required in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """End the test, with one clear line, for want of a program of this machine."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}; in CI it is required", pytrace=False)
    pytest.skip(what)
