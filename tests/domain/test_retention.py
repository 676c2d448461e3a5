"""How long personal data are kept: by how a case ended, from the day on which it did."""

from __future__ import annotations

import pytest

from domain.retention import RETENTION_SETS, Ended, retention_on
from domain.rulesets import Sure
from domain.vocabulary import CloseReason, Outcome


def test_every_end_has_a_period_with_its_source() -> None:
    assert {str(reason) for reason in CloseReason} <= {str(outcome) for outcome in Outcome}
    for one in RETENTION_SETS:
        assert set(one.months) == set(Outcome)
        for figure in one.months.values():
            assert figure.unit == "months" and figure.value > 0
            assert figure.source and figure.sure in Sure


@pytest.mark.parametrize(
    ("outcome", "on", "due_on"),
    [
        (Outcome.EXCLUDED, "2021-07-22", "2022-07-23"),
        (Outcome.ALL_REPAIRED, "2021-07-22", "2023-07-23"),
        (Outcome.EXITED, "2024-02-29", "2029-03-01"),
        (Outcome.SUBJECT_CEASED, "2024-02-29", "2025-03-01"),
        (Outcome.ALL_REPAIRED, "2022-12-31", "2025-01-01"),
    ],
)
def test_a_period_is_over_on_the_day_after_its_last(outcome: Outcome, on: str, due_on: str) -> None:
    assert retention_on("2026-01-01").due_on(Ended(outcome, on)) == due_on


def test_before_the_first_set_the_first_one_holds() -> None:
    assert retention_on("2019-01-01") is RETENTION_SETS[0]
    assert retention_on("2021-07-01").place(Outcome.EXITED) == "K2021.exited"
