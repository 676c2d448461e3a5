"""How far a share of few cases may be trusted: the 95 % interval of Wilson (1927)."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
SMALLEST_RANKED = 10
"""A group of fewer 宗 is listed, never ranked: one 宗 more or less would turn the order."""


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """The interval in percent; None of an empty denominator."""
    if denominator <= 0:
        return None
    share, square = numerator / denominator, Z * Z
    middle = share + square / (2 * denominator)
    reach = Z * sqrt(share * (1 - share) / denominator + square / (4 * denominator**2))
    whole = 1 + square / denominator
    return max(0.0, 100 * (middle - reach) / whole), min(100.0, 100 * (middle + reach) / whole)
