"""How large the debt of a case is: the buckets by which figures are grouped."""

from __future__ import annotations

from enum import StrEnum


class Debt(StrEnum):
    """By the amount, in yuan, of the 宗 of a case that count."""

    NONE = "none"
    UNDER_100K = "under_100k"
    UNDER_1M = "under_1m"
    UNDER_10M = "under_10m"
    OVER = "over"


_BELOW_FEN = (
    (1, Debt.NONE),
    (100_000_00, Debt.UNDER_100K),
    (1_000_000_00, Debt.UNDER_1M),
    (10_000_000_00, Debt.UNDER_10M),
)


def debt_of(amount_fen: int) -> Debt:
    for limit, debt in _BELOW_FEN:
        if amount_fen < limit:
            return debt
    return Debt.OVER
