"""The size of a debt: every amount in one bucket, the limits in the upper one."""

from __future__ import annotations

import pytest

from domain.debt import Debt, debt_of


@pytest.mark.parametrize(
    ("yuan", "debt"),
    [
        ("0.00", Debt.NONE),
        ("0.01", Debt.UNDER_100K),
        ("99999.99", Debt.UNDER_100K),
        ("100000.00", Debt.UNDER_1M),
        ("999999.99", Debt.UNDER_1M),
        ("1000000.00", Debt.UNDER_10M),
        ("9999999.99", Debt.UNDER_10M),
        ("10000000.00", Debt.OVER),
        ("980000000.00", Debt.OVER),
    ],
)
def test_an_amount_is_in_the_bucket_that_it_reaches(yuan: str, debt: Debt) -> None:
    assert debt_of(int(yuan.replace(".", ""))) == debt
