"""The figures of made districts equal the district's own answers, one for one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casesys.figures import AXES as EVERY_AXIS
from casesys.figures import rates, rates_in
from casesys.history import import_history
from casesys.install import install
from casesys.permits import operator
from casesys.settings import from_environment
from casesys.system import System
from domain.instants import end_of_day
from projections import rates_sums
from projections.rates_sums import Sheet
from tests.districts import AXES, fraction, in_our_names, made_district
from tests.districts import district as the_fifty
from tests.figure_entries import lines_of
from tests.plain_figures import Plain

MADE = ["20/1", "35/2", "60/3", "230/4"]


class District:
    """A made district in a system of its own, with the answers of its generator."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.expected = json.loads((folder / "expected.json").read_text("utf-8"))
        self.days = list(self.expected["as_of"])
        self.system = System(from_environment({"CASESYS_HOME": str(home)}))
        install(self.system)
        import_history(self.system, folder, operator("tester"))
        with self.system.database.read() as c:
            entries = self.system.log.after(c, 0, 10**9)
        self.head = entries[-1].position
        self.lines = lines_of(entries)

    def differences(self, view: str) -> list[Any]:
        """Where the answers to every as-of date differ from the generator's."""
        found = []
        for day in self.days:
            known_at = end_of_day(day) if view == "as_known" else None
            answer = rates(self.system, day, known_at)
            head = {"as_of": day, "known_at": known_at, "position": self.head}
            right = head | in_our_names(self.expected[view][day])
            if answer != right:
                found.append((day, answer, right))
        return found


@pytest.fixture(scope="module", params=["50", *MADE])
def district(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[District]:
    size, _, seed = str(request.param).partition("/")
    into = tmp_path_factory.mktemp("made") / f"district_{size}"
    folder = made_district(int(size), seed, into) if seed else the_fifty()
    made = District(folder, tmp_path_factory.mktemp("home"))
    yield made
    made.system.database.dispose()


@pytest.mark.parametrize("view", ["as_of", "as_known"])
def test_every_figure_of_every_date_is_the_district_s_own(district: District, view: str) -> None:
    assert not district.differences(view)


@pytest.mark.parametrize("axis", AXES)
def test_towns_campaigns_and_units_are_the_district_s_own(district: District, axis: str) -> None:
    answer = rates(district.system, district.days[-1], by=axis)
    assert answer["as_of"] == district.days[-1]
    assert answer["by"] == axis
    assert answer["groups"] == [
        {
            "key": key,
            "records": theirs["records"],
            "repaired_records": theirs["repaired"],
            "enterprises": theirs["enterprises"],
            "percent": theirs["percent"],
        }
        for key, theirs in sorted(district.expected[AXES[axis]].items())
    ]


def test_months_are_the_district_s_own(district: District) -> None:
    groups = rates(district.system, district.days[-1], by="month")["groups"]
    theirs = district.expected["by_month_as_of_last_date"]
    assert groups == [
        {"key": month}
        | {name: value for name, value in own.items() if name != "rate_by_zong_at_month_end"}
        | {
            "rate_at_month_end": {
                category: fraction(rate)
                for category, rate in own["rate_by_zong_at_month_end"].items()
            }
        }
        for month, own in theirs.items()
    ]


def test_any_day_as_known_on_any_other_equals_a_plain_walk(district: District) -> None:
    chance = random.Random(district.head)
    first, last = date(2021, 3, 1), date.fromisoformat(district.days[-1])
    every = [first + timedelta(n) for n in range((last - first).days + 10)]
    with district.system.database.read() as c:
        for number in range(200):
            day, other = chance.choice(every).isoformat(), chance.choice(every).isoformat()
            known_at = None if number % 2 else f"{other}T{chance.randrange(24):02d}:00:00.000000Z"
            answer = rates_in(district.system, c, day, known_at)
            plain = Plain(district.lines, day, known_at)
            assert (
                answer
                == {
                    "as_of": day,
                    "known_at": known_at,
                    "position": district.head,
                }
                | plain.office()
            )
            axis = EVERY_AXIS[number % len(EVERY_AXIS)]
            by = rates_in(district.system, c, day, known_at, axis)
            assert by["groups"] == plain.groups(axis)


def test_the_comparison_finds_records_that_are_counted_twice(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = rates_sums.totals

    def doubled(c: Any, day: str) -> Any:
        sums = honest(c, day)
        return {category: [parts[0], 2 * parts[1], *parts[2:]] for category, parts in sums.items()}

    monkeypatch.setattr(rates_sums, "totals", doubled)
    assert district.differences("as_of")


def test_the_comparison_finds_what_was_learnt_later_and_not_taken_back(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(Sheet, "take", nothing)
    assert not district.differences("as_of")
    assert district.differences("as_known")


def test_an_empty_office_has_no_percent(tmp_path: Path) -> None:
    system = System(from_environment({"CASESYS_HOME": str(tmp_path)}))
    install(system)
    answer = rates(system, "2021-10-31", "2021-10-31T15:59:59+08:00")
    assert answer["known_at"] == "2021-10-31T07:59:59.000000Z"
    for category in ("penalty", "judgment", "all"):
        figures = answer["categories"][category]
        assert figures["rates"]["repair.by_record"] == {
            "numerator": 0,
            "denominator": 0,
            "percent": None,
        }
        assert figures["amount_yuan"] == "0.00"
    assert rates(system, "2021-10-31", by="month")["groups"] == []
    system.database.dispose()


def test_figures_are_grouped_by_what_the_office_knows_only(tmp_path: Path) -> None:
    system = System(from_environment({"CASESYS_HOME": str(tmp_path)}))
    install(system)
    with pytest.raises(ValueError, match="weekday"):
        rates(system, "2021-10-31", by="weekday")
    system.database.dispose()
