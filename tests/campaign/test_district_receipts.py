"""The receipts of a district of a thousand cases, counted anew from its log within seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, in_groups, publish
from casesys.figures.verifying import verify_several
from casesys.history import import_history
from casesys.permits import operator
from casesys.system import System
from casesys.verifier.figures import HOLDS
from domain.formulas import FORMULAS
from domain.formulas_deltas import AXES
from tests import scenarios
from tests.casesys.verifier.audited import EVERY, kept_of, words
from tests.districts import CLERK, made_district
from tests.offices import Clock, at
from tests.stores import settings_of

ALL = operator("tests")


@pytest.mark.campaign
def test_a_thousand_cases_are_counted_anew_in_seconds(
    sqlite_office: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    shutil.copytree(sqlite_office, tmp_path / "home")
    clock = Clock()
    system = System(settings_of(tmp_path / "home"), now=clock)
    voided = scenarios.a_repaired_case(system, 1).stream
    clock.set("2023-01-10T09:00")
    import_history(system, made_district(1000, "auditors", tmp_path / "made"), CLERK)
    chance = Random(13)
    published = []
    for nth in range(24):
        day = f"{2021 + nth % 2}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        hour = f"{2021 + nth % 2}-{chance.randint(1, 12):02d}-15T12:00"
        known = chance.choice((None, at(hour)))
        wanted = [Wanted(name) for name in EVERY]
        published.append(publish(system, ALL, Question(day, known), wanted, "审计"))
    with system.database.read() as c:
        for axis in AXES:
            asked = Question("2022-06-30")
            groups = in_groups(system, c, asked, list(FORMULAS), axis)
            published.append(publish(system, ALL, asked, groups, "审计"))
    scenarios.give(system, "void_entry", {"target": 3, "explanation": "误录"}, voided)
    published.append(publish(system, ALL, Question("2022-12-30"), wanted, "审计"))
    kept = kept_of(system, published)
    began = perf_counter()
    found = kept.judged()
    seconds = perf_counter() - began
    entries, figures = len(kept.rows), sum(len(one.lines) for one in found)
    record_property("told", f"{figures:,} figures from {entries:,} entries in {seconds:.1f} s")
    assert words(found) == [HOLDS] * len(published)
    assert entries > 12_000 and seconds < 20
    assert all(one.holds for one in verify_several(system, ALL, [one.number for one in found]))
    assert figures > 3_000
    system.database.dispose()
