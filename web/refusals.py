"""A broken rule as the sentence that a reader sees."""

from __future__ import annotations

from casesys import Refused
from web.reading import t


class Told(Exception):
    """The page cannot be given, for a reason that its reader can do something about."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def sentence(refused: Refused) -> str:
    """Why the act is refused, in the reader's language."""
    return t(f"refusal.{refused.code}", **refused.values)
