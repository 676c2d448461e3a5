"""What ends a person's sessions at once, whichever door the command came through."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from domain.entries import Entry
from projections.driver import write

ENDING = frozenset(
    {
        "account.closed",
        "account.code_reset",
        "account.password_changed",
        "account.role_revoked",
        "account.sessions_ended",
    }
)
"""After these every session of the account is over, at whichever door they were given."""


def end_sessions_after(c: Connection, entries: Iterable[Entry]) -> None:
    """End what these entries end, in the transaction that appends them."""
    ended = {entry.stream_id for entry in entries if entry.topic in ENDING}
    write(c, "DELETE FROM session WHERE account = ?", [(account,) for account in sorted(ended)])
