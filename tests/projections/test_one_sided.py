"""Steps on which one person stands are found from the entries, whoever let them in."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import pytest

from casesys.log import Meta
from casesys.rebuild import verify
from casesys.system import System
from domain.case import GovernanceCase
from domain.decisions import guards
from domain.events import DeskEvent
from projections.driver import rows
from projections.reading import feed
from tests.offices import OFFICER, SUPERVISOR, person
from tests.scenarios import (
    a_case_with_exit_proposed,
    an_excluded_case,
    an_exited_case,
    an_unreachable_case,
    give,
)


def past_the_guards(system: System, stream: UUID, event: Any, actor: str, **facts: Any) -> int:
    """Record an event that no desk would have let through."""
    with system.database.write() as c:
        system.database.lock(c)
        case = system.log.load(c, stream, GovernanceCase).aggregate
        assert case is not None
        now = system.now()
        desk = system.desk(c, actor)
        guards.happen(case, desk, event, **facts)
        batch = [(cast(DeskEvent, made), Meta()) for made in case.collect_events()]
        entries = system.log.append(c, batch, now)
        feed(c, system.models.all, entries)
        return entries[-1].version


def found(system: System) -> list[tuple[Any, ...]]:
    with system.database.read() as c:
        return rows(c, "SELECT stream_id, version, how, proposed FROM one_sided")


def test_what_two_persons_did_is_no_finding(office: System) -> None:
    an_exited_case(office, 1)
    an_excluded_case(office, 2)
    an_unreachable_case(office, 3)
    assert found(office) == []


def test_a_planted_exit_by_its_own_proposer_is_found_until_it_is_voided(office: System) -> None:
    proposed = a_case_with_exit_proposed(office)
    officer = person(office, OFFICER).id
    exited = GovernanceCase.SubjectExited
    version = past_the_guards(office, proposed.stream, exited, officer, ruleset="R2019")
    assert found(office) == [(str(proposed.stream), version, "same_person", proposed.version)]
    with office.database.read() as c:
        model = office.models.one_sided
        assert model.by_how(c) == {"same_person": 1}
        ((position, stream, first),) = model.page(c, "same_person")
        assert (stream, first) == (str(proposed.stream), proposed.version)
        assert model.page(c, "same_person", before=position) == []
    assert verify(office, ["one_sided"])["equal"]
    give(
        office,
        "void_entry",
        {"target": version, "explanation": "同一人"},
        proposed.stream,
        SUPERVISOR,
    )
    assert found(office) == []
    assert verify(office, ["one_sided"])["equal"]


@pytest.mark.parametrize("late", [False, True])
def test_a_proposal_voided_afterwards_leaves_its_step_alone(office: System, late: bool) -> None:
    exited = an_exited_case(office)
    target = exited.version - 1 if late else exited.version
    give(office, "void_entry", {"target": target, "explanation": "录错"}, exited.stream)
    wanted = [(str(exited.stream), exited.version, "no_proposal", 0)] if late else []
    assert found(office) == wanted
