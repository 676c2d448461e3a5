"""Two versions of a case side by side: its stage, what falls due, and what comes next."""

from __future__ import annotations

from casesys.cases.standing import standing_at
from casesys.system import System
from domain.vocabulary import Stage
from tests import scenarios


def test_each_version_has_its_own_stage_clock_and_next_step(system: System) -> None:
    receipt = scenarios.an_interviewed_case(system)
    before = standing_at(system, str(receipt.stream), receipt.version - 1)
    after = standing_at(system, str(receipt.stream), receipt.version)
    assert (before.state.stage, after.state.stage) == (Stage.TO_INTERVIEW, Stage.TO_COMMIT)
    assert before.clock is not None and after.clock is not None
    assert before.clock.kind != after.clock.kind
    assert (before.main, after.main) == ("hold_interview", "sign_commitment")
