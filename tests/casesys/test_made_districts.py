"""A district's register is answered as its maker answers it, by whichever way the answers came."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.settings import Settings
from casesys.system import System
from domain.instants import end_of_day
from projections.driver import write
from tests.districts import AXES, district, fraction, in_our_names, left_behind, made_district
from tests.stores import MASTER_KEY

Casesys = Callable[..., Any]
DISTRICTS = [None, (120, "spring"), (260, "autumn")]


@pytest.fixture(params=DISTRICTS, ids=["50", "120", "260"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The register of a district, its answers beside it."""
    if request.param is None:
        return district()
    size, seed = request.param
    return made_district(size, seed, tmp_path / "made")


@pytest.fixture
def casesys(store_settings: Settings) -> Casesys:
    """What `casesys … --json` answers in one installation, once on each database."""
    environment = {
        "CASESYS_HOME": str(store_settings.home),
        "CASESYS_DATABASE_URL": store_settings.database_url,
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_LANGUAGE": "en",
    }

    def ask(*arguments: str | Path) -> Any:
        result = CliRunner().invoke(main, [*map(str, arguments), "--json"], env=environment)
        assert result.exit_code == 0, (result.stderr, result.exception)
        return json.loads(result.stdout)

    return ask


def wrong_answers(casesys: Casesys, folder: Path) -> list[Any]:
    """What the command line says otherwise than the maker of the district."""
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    days = list(expected["as_of"])
    found: list[Any] = []
    for view, of_view in (("as_of", []), ("as_known", ["--known-at"])):
        for day in days:
            said = casesys("rates", "--as-of", day, *of_view, *([day] if of_view else []))
            assert said.pop("as_of") == day
            assert said.pop("known_at") == (end_of_day(day) if of_view else None)
            assert said.pop("position") > 0
            if said != in_our_names(expected[view][day]):
                found.append((view, day))
    for axis, theirs in AXES.items():
        said = casesys("rates", "--as-of", days[-1], "--by", axis)["groups"]
        told = [
            (g["key"], g["records"], g["repaired_records"], g["enterprises"], g["percent"])
            for g in said
        ]
        fields = ("records", "repaired", "enterprises", "percent")
        right = sorted((key, *map(own.get, fields)) for key, own in expected[theirs].items())
        if told != right:
            found.append(axis)
    months = expected["by_month_as_of_last_date"]
    said = casesys("rates", "--as-of", days[-1], "--by", "month")["groups"]
    if [month_of(group) for group in said] != [
        month_of({"key": key, "rate_at_month_end": own["rate_by_zong_at_month_end"], **own})
        for key, own in months.items()
    ]:
        found.append("month")
    if casesys("deadlines", "--as-of", days[-1]) != expected["deadlines_at_last_date"]:
        found.append("deadlines")
    return found


def month_of(group: dict[str, Any]) -> dict[str, Any]:
    rates = {category: fraction(rate) for category, rate in group["rate_at_month_end"].items()}
    return {
        **{name: value for name, value in group.items() if not name.startswith("rate_")},
        "rates": rates,
    }


def test_every_figure_before_and_after_a_second_import_and_a_rebuild(
    casesys: Casesys, folder: Path, store_settings: Settings
) -> None:
    casesys("init")
    first = casesys("import", "history", folder)
    assert first["actions"] > 0 and first["already_known"] > 0
    assert wrong_answers(casesys, folder) == []
    system = System(store_settings)
    before = left_behind(system)
    again = casesys("import", "history", folder)
    assert again["already_known"] == first["actions"] + first["already_known"]
    assert (again["cases"], again["records"], again["actions"], again["findings"]) == (0, 0, 0, 0)
    assert left_behind(system) == before
    rebuilt = casesys("projections", "rebuild")["models"]
    assert {n: (m["digest"], m["rows"]) for n, m in rebuilt.items()} == before[1]
    assert left_behind(system) == before
    assert wrong_answers(casesys, folder) == []
    system.database.dispose()


def test_the_comparison_finds_a_rebuild_from_a_log_that_lost_its_voids(
    casesys: Casesys, store_settings: Settings
) -> None:
    casesys("init")
    casesys("import", "history", district())
    system = System(store_settings)
    with system.database.write() as c:
        write(c, "UPDATE log SET topic = 'case.note_added' WHERE topic = 'case.entry_voided'", [()])
    casesys("projections", "rebuild")
    assert ("as_of", "2021-11-09") in wrong_answers(casesys, district())
    system.database.dispose()
