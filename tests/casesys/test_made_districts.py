"""A district's register is answered as its maker answers it, by whichever way the answers came.

The maker's whole answer is written anew from what the command line says, key by key: what is not
compared is a key that is missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.settings import Settings
from casesys.system import System
from domain.instants import end_of_day, local_day
from projections.driver import write
from tests.districts import AXES, NAMES, district, left_behind, made_district
from tests.stores import MASTER_KEY

Casesys = Callable[..., Any]
Line = dict[str, Any]
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
        lines = arguments[:2] == ("export", "events")
        asked = [*map(str, arguments), *(() if lines else ("--json",))]
        result = CliRunner().invoke(main, asked, env=environment)
        assert result.exit_code == 0, (result.stderr, result.exception)
        if lines:
            return [json.loads(line) for line in result.stdout.splitlines()]
        return json.loads(result.stdout)

    return ask


# -- the maker's answers, in the maker's words, from ours -----------------------------------------


def answered(casesys: Casesys, days: list[str], imported: dict[str, int]) -> dict[str, Any]:
    last = days[-1]
    everything = casesys("export", "events", "-o", "-", "--voided")
    lived = acts(casesys("export", "events", "-o", "-", "--as-of", last))
    return {
        "size": imported["cases"],
        "rows": {
            "enterprises": sum(line["type"] == "enterprise.registered" for line in everything),
            "cases": imported["cases"],
            "records": imported["records"],
            "actions": imported["actions"],
            "retries": imported["already_known"],
        },
        "action_counts": Counter(line["type"] for line in acts(everything)),
        "as_of": {day: of_day(casesys, day) for day in days},
        "as_known": {day: of_day(casesys, day, day) for day in days},
        "by_month_as_of_last_date": by_month(casesys, last),
        "repairs_in_another_month_in_utc": sum(
            line["type"] == "record_repaired"
            and local_day(line["occurred_at"])[:7] != line["occurred_at"][:7]
            for line in lived
        ),
        **{theirs: by_group(casesys, last, axis) for axis, theirs in AXES.items()},
        "deadlines_at_last_date": casesys("deadlines", "--as-of", last),
        "process_as_of_last_date": process(lived),
    }


def acts(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["case"] and line["type"] != "case.opened"]


def of_day(casesys: Casesys, day: str, *known: str) -> dict[str, Any]:
    said = casesys("rates", "--as-of", day, *(("--known-at", *known) if known else ()))
    assert said["as_of"] == day and said["position"] > 0
    assert said["known_at"] == (end_of_day(day) if known else None)
    return {
        **{name: of_category(figures) for name, figures in said["categories"].items()},
        "contact_attempts": said["contact_attempts"],
    }


def of_category(figures: dict[str, Any]) -> dict[str, Any]:
    kinds = dict(figures["impediments"])
    plain = ("cases", "enterprises", "records", "repaired_records", "closed_cases", "contact_class")
    return {
        **{name: figures[name] for name in plain},
        **{theirs: fraction(figures["rates"][ours]) for theirs, ours in NAMES.items()},
        "amount_yuan_of_records": figures["amount_yuan"],
        "impediments": {"cases_with_any": kinds.pop("cases_with_any"), "by_kind": kinds},
    }


def fraction(rate: dict[str, Any]) -> dict[str, Any]:
    exact = f"{rate['numerator']}/{rate['denominator']}" if rate["denominator"] else None
    return {**rate, "exact": exact}


def by_month(casesys: Casesys, day: str) -> dict[str, Any]:
    months = {}
    for group in casesys("rates", "--as-of", day, "--by", "month")["groups"]:
        month, rates = group.pop("key"), group.pop("rate_at_month_end")
        at_end = {category: fraction(rate) for category, rate in rates.items()}
        months[month] = {**group, "rate_by_zong_at_month_end": at_end}
    return months


def by_group(casesys: Casesys, day: str, axis: str) -> dict[str, Any]:
    names = {"repaired_records": "repaired"}
    return {
        group.pop("key"): {names.get(name, name): value for name, value in group.items()}
        for group in casesys("rates", "--as-of", day, "--by", axis)["groups"]
    }


def process(lived: list[Line]) -> dict[str, Any]:
    """The ways that the cases took, as a process-mining tool reads them."""
    traces: dict[str, list[str]] = {}
    for line in sorted(lived, key=lambda line: (line["occurred_at"], line["position"])):
        traces.setdefault(line["stream"]["id"], []).append(line["type"])
    variants = Counter(map(tuple, traces.values()))
    follows = Counter(pair for trace in traces.values() for pair in pairwise(trace))
    return {
        "order": "occurred_at, then action_id",
        "traces": len(traces),
        "events": len(lived),
        "variants": len(variants),
        "most_common_variant_count": max(variants.values()),
        "start_activities": Counter(trace[0] for trace in traces.values()),
        "end_activities": Counter(trace[-1] for trace in traces.values()),
        "activities": Counter(line["type"] for line in lived),
        "directly_follows": {f"{one}>{next_}": n for (one, next_), n in follows.items()},
    }


# -- comparing ------------------------------------------------------------------------------------


def leaves(part: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value under the keys that lead to it; of a key with nothing under it, that."""
    if isinstance(part, dict) and part:
        for name, value in part.items():
            yield from leaves(value, *path, name)
    else:
        yield path, part


def expected_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return found


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[Any]:
    """Every key of either that the other has not, or has otherwise."""
    mine, right = dict(leaves(ours)), dict(leaves(theirs))
    return [
        (path, mine.get(path, "missing"), right.get(path, "missing"))
        for path in mine.keys() | right.keys()
        if path not in mine or path not in right or mine[path] != right[path]
    ]


def test_every_figure_before_and_after_a_second_import_and_a_rebuild(
    casesys: Casesys,
    folder: Path,
    store_settings: Settings,
    record_property: Callable[[str, object], None],
) -> None:
    expected = expected_of(folder)
    days = list(expected["as_of"])
    casesys("init")
    first = casesys("import", "history", folder)
    assert differences(answered(casesys, days, first), expected) == []
    system = System(store_settings)
    before = left_behind(system)
    again = casesys("import", "history", folder)
    assert again["already_known"] == first["actions"] + first["already_known"]
    assert (again["cases"], again["records"], again["actions"], again["findings"]) == (0, 0, 0, 0)
    assert left_behind(system) == before
    rebuilt = casesys("projections", "rebuild")["models"]
    assert {n: (m["digest"], m["rows"]) for n, m in rebuilt.items()} == before[1]
    assert left_behind(system) == before
    assert differences(answered(casesys, days, first), expected) == []
    kind = "SQLite" if system.database.is_sqlite else "PostgreSQL"
    system.database.dispose()
    many = len(dict(leaves(expected)))
    told = f"district of {expected['size']} on {kind}: all {many:,} figures of expected.json equal"
    record_property("told", f"{told}, twice")
    assert many > 1000


def test_the_comparison_finds_a_rebuild_from_a_log_that_lost_its_voids(
    casesys: Casesys, store_settings: Settings
) -> None:
    expected = expected_of(district())
    casesys("init")
    first = casesys("import", "history", district())
    system = System(store_settings)
    with system.database.write() as c:
        write(c, "UPDATE log SET topic = 'case.note_added' WHERE topic = 'case.entry_voided'", [()])
    system.database.dispose()
    casesys("projections", "rebuild")
    found = differences(answered(casesys, list(expected["as_of"]), first), expected)
    assert ("as_of", "2021-11-09", "contact_attempts", "total") in {path for path, _, _ in found}


def test_the_comparison_misses_no_key() -> None:
    """Whatever is left out, and whatever is another, is found where it stands."""
    expected = expected_of(district())
    for branch in expected:
        rest = {name: part for name, part in expected.items() if name != branch}
        paths = set(dict(leaves(expected[branch], branch)))
        assert {path for path, _, _ in differences(rest, expected)} == paths
        assert {path for path, _, _ in differences(expected, rest)} == paths
    higher = {**expected, "size": expected["size"] + 1}
    assert differences(higher, expected) == [(("size",), expected["size"] + 1, expected["size"])]
