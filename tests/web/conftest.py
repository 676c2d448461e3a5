"""The fixtures that several tests of the pages share."""

from __future__ import annotations

from tests.web.house import house
from tests.web.sweep import windows

__all__ = ["house", "windows"]
