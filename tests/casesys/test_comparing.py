"""What the next release would change is told by row, by figure, and because of which entries."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casesys.comparing import cases as cases_module
from casesys.comparing import compare, look
from casesys.comparing.again import computed_again
from casesys.comparing.cases import NOTHING_MOVED, Told, moved_on
from casesys.comparing.kept import newest, unsigned_change
from casesys.comparing.signing import see_change, sign_change
from casesys.comparing.view import odd_rates
from casesys.demo import fill
from casesys.install import begin_to_serve, install
from casesys.permits import NotPermitted, operator
from casesys.rebuild import rebuild
from casesys.serving import own_set
from casesys.system import System
from domain.entries import VOIDING
from domain.formulas import FORMULAS
from domain.formulas_deltas import ALL
from domain.formulas_timeline import Standing
from domain.instants import local_day
from domain.refusals import ComparisonIsSigned, ComparisonIsUnknown, SamePersonSigned
from domain.vocabulary import CATEGORIES
from projections.driver import write
from tests.another_release import LEDGER_ANEW, RATES_ANEW, Change, Release, next_release
from tests.comparisons import BEFORE, copied, serve, without_last
from tests.offices import Clock, person
from tests.register import append_only, made_register
from tests.stores import MASTER_KEY, settings_of

GRANTED = "case.repair_result_recorded"
OTHER_COLUMN: Change = ("projections/ledger.py", 'Column("attempts", ', 'Column("tries", ')
GRANTED_NO_MORE: Change = (
    "domain/evolution.py",
    'record.repair = data["result"]',
    'record.repair = "denied"',
)


class Found:
    """An office that serves, and what the next release says that it would change."""

    def __init__(self, system: System, later: Release) -> None:
        self.system, self.later = system, later
        self.facts: dict[str, Any] = later.call("projections", "prepare")["differs"]


@pytest.fixture(scope="module")
def found(sqlite_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """A next release by which no repair that was granted counts; its ledger has another column."""
    folder = tmp_path_factory.mktemp("later")
    shutil.copytree(sqlite_store, folder / "home")
    system = System(settings_of(folder / "home"), now=Clock("2022-01-05T10:00"))
    install(system, person=operator("tests"))
    fill(system, operator("tests"), 40, lambda done, total: None)
    changes = (RATES_ANEW, LEDGER_ANEW, OTHER_COLUMN, GRANTED_NO_MORE)
    yield Found(system, next_release(folder, environment_of(system), *changes))
    system.database.dispose()


def environment_of(system: System) -> dict[str, str]:
    return {
        "CASESYS_HOME": str(system.settings.home),
        "CASESYS_DATABASE_URL": system.settings.database_url,
        "CASESYS_MASTER_KEY": MASTER_KEY,
    }


def model(facts: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in facts["models"] if one["name"] == name]
    (its,) = found
    return its


def test_rows_are_told_by_their_columns_and_keys(found: Found) -> None:
    (ledger,) = model(found.facts, "ledger")["tables"]
    assert (ledger["come"], ledger["gone"]) == (["tries"], ["attempts"])
    differing = ledger["differing"]
    assert ledger["only_old"]["rows"] == ledger["only_new"]["rows"] == 0
    assert 0 < differing["rows"] == max(differing["columns"].values()) < ledger["rows"][0]
    assert "repaired" in differing["columns"]
    assert all("case" in one["key"] and one["columns"] for one in differing["first"])


def test_what_the_cases_moved_adds_up_to_what_the_figures_moved(found: Found) -> None:
    facts = found.facts
    assert facts["figures"]["read_by"] == "days"
    assert adds_up(facts) > 4
    # The sums of the ledger, by the steps of each case.
    for one in facts["figures"]["sums"]:
        if one["category"] == ALL and one["measure"] in Standing._fields:
            its = [last_of(o["moved"], one["day"], "measures") for o in facts["cases"]["listed"]]
            assert sum(m.get(one["measure"], 0) for m in its) == one["after"] - one["before"]


def adds_up(facts: dict[str, Any]) -> int:
    """How many numerators and denominators of the office moved, each by what its cases moved."""
    moved = {day: moved_by_all(facts, day) for day in facts["days"]}
    figures = facts["figures"]
    n = 0
    for one in [*figures["rates"], *figures["today"]]:
        if one["by"] == "category":
            formula = FORMULAS[one["figure"]]
            its = moved[one["day"]][one["group"]]
            parts = [its[formula.numerator], its[formula.denominator]]
            assert parts == [b - a for a, b in zip(one["before"], one["after"], strict=True)], one
            n += any(parts)
    return n


def moved_by_all(facts: dict[str, Any], day: str) -> dict[str, Counter[str]]:
    """What all cases moved by a day, and what only all cases of an enterprise move together."""
    by: dict[str, Counter[str]] = {group: Counter() for group in (*CATEGORIES, ALL)}
    cases = facts["cases"]
    for case in cases["listed"]:
        for group in (case["category"], ALL):
            by[group].update(last_of(case["moved"], day, "counts"))
    for enterprise in cases["enterprises"]:
        for group, moved in enterprise["moved"].items():
            by[group].update(last_of(moved, day, "counts"))
    for group, rest in cases["rest"].get(day, {}).items():
        by[group].update(rest)
    return by


def last_of(moved: list[dict[str, Any]], day: str, what: str) -> dict[str, int]:
    its: list[dict[str, int]] = [one[what] for one in moved if one["day"] <= day]
    return its[-1] if its else {}


def test_each_case_names_the_entries_of_the_day_on_which_it_parts(found: Found) -> None:
    listed = found.facts["cases"]["listed"]
    assert listed
    with found.system.database.read() as c:
        for case in listed:
            assert not case["by_time"]
            entries = found.system.log.stream(c, case["stream"])
            its = [e for e in entries if e.position in {o["position"] for o in case["entries"]}]
            on = {local_day(e.occurred_at) for e in its if e.topic not in VOIDING}
            assert on == {case["parted_on"]}
            # Where that was before it was listed, the listing is what parts them.
            until = [e for e in entries if local_day(e.occurred_at) <= case["parted_on"]]
            assert any(e.topic == GRANTED for e in until)
    direct = [o for o in listed if GRANTED in {e["topic"] for e in o["entries"]}]
    assert len(direct) > len(listed) // 2


def test_what_is_not_listed_is_in_the_rest(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    monkeypatch.setattr(cases_module, "LISTED", 2)
    days, listed = found.facts["days"], found.facts["cases"]["listed"]
    for case in listed:
        told.case(case, days)
    assert len(told.cases) == 2 + min(NOTHING_MOVED, told.n["unmoved"])
    for day in days:
        whole = Counter[str]()
        for case in listed:
            whole.update(moved_on(case["moved"], day))
        shown = Counter[str]()
        for case in told.cases:
            shown.update(moved_on(case["moved"], day))
        shown.update(told.rest.get(day, {}).get(ALL, {}))
        assert {k: v for k, v in whole.items() if v} == {k: v for k, v in shown.items() if v}


def test_the_release_that_serves_has_the_same_figures_before(found: Found) -> None:
    with found.system.database.read() as c:
        kept = newest(found.system, c)
        assert kept is not None and kept.digest == found.facts["digest"]
        again = computed_again(found.system, c, kept.facts)
        assert odd_rates(kept.facts, again) == []
        # A rule that changed where no row did: only the release that has the old one can tell.
        today = [{**one, "before": [1, 1]} for one in kept.facts["figures"]["today"]]
        odd = {**kept.facts, "figures": {**kept.facts["figures"], "today": today}}
        assert len(odd_rates(odd, again)) > 20


def test_asked_again_it_is_the_same_comparison(found: Found) -> None:
    again = found.later.call("projections", "compare")
    assert again["digest"] == found.facts["digest"]
    assert {**again, "made_at": ""} == {**found.facts, "made_at": ""}


def test_two_persons_sign_each_in_one_role(found: Found) -> None:
    system, digest = found.system, found.facts["digest"]
    supervisor, auditor = person(system, "gu"), person(system, "shen")
    with pytest.raises(NotPermitted):
        sign_change(system, person(system, "lin"), digest, "officer")
    with pytest.raises(NotPermitted):
        sign_change(system, auditor, digest, "supervisor")
    with pytest.raises(ComparisonIsUnknown):
        sign_change(system, auditor, "0" * 64, "auditor")
    first = sign_change(system, supervisor, digest, "supervisor", "sent twice")
    assert sign_change(system, supervisor, digest, "supervisor", "sent twice") == first
    with pytest.raises(ComparisonIsSigned):
        sign_change(system, supervisor, digest, "supervisor")
    both = replace(supervisor, roles=frozenset({"supervisor", "auditor"}))
    with pytest.raises(SamePersonSigned):
        sign_change(system, both, digest, "auditor")
    sign_change(system, auditor, digest, "auditor")
    seen = see_change(system, auditor)
    assert seen is not None and seen.found.unsigned == [] and seen.current and seen.came == 2


def test_another_comparison_asks_for_other_signatures(found: Found) -> None:
    """After the signatures the log is another, and so is what was compared."""
    again = found.later.call("projections", "compare")
    assert again["digest"] != found.facts["digest"]


@pytest.fixture
def other(office: System) -> System:
    append_only(office, made_register(7, 25))
    rebuild(office)
    return office


def test_only_the_version_is_another(other: System) -> None:
    serve(other, copied(other))
    facts = look(other)
    assert facts and not facts["differs"] and facts["figures"]["compared"] > 0
    assert facts["figures"]["differing"] == facts["cases"]["total"] == 0
    assert facts["figures"]["read_by"] == "days"
    assert all(t["by_key"] for m in facts["models"] for t in m["tables"])


def test_old_tables_of_another_shape_are_compared_as_far_as_they_go(other: System) -> None:
    serve(other, copied(other))
    with other.database.write() as c:
        write(c, f"ALTER TABLE rates_span_{BEFORE} RENAME COLUMN facts TO said", [()])
        write(c, f"ALTER TABLE rates_ledger_{BEFORE} DROP COLUMN photographed", [()])
        write(c, f"UPDATE rates_ledger_{BEFORE} SET records = records + 1", [()])
    facts = look(other)
    assert facts and facts["differs"]
    figures = facts["figures"]
    assert figures["read_by"] == "sums"
    assert figures["measures"] == {"come": ["photographed"], "gone": []}
    assert {"action.photo", "deadline.first_contact"} <= set(figures["not_compared"])
    compared_by_sums = {one["figure"] for one in figures["rates"]}
    assert "repair.by_record" in compared_by_sums and "action.photo" not in compared_by_sums
    (ledger,) = [t for t in model(facts, "rates")["tables"] if t["table"] == "rates_ledger"]
    assert ledger["come"] == ["photographed"]
    assert list(ledger["differing"]["columns"]) == ["records"]


def test_a_case_that_only_one_of_them_has_is_named(other: System) -> None:
    serve(other, copied(other))
    without_last(other)
    facts = look(other)
    assert facts
    (case,) = facts["cases"]["listed"]
    (spans,) = [t for t in model(facts, "rates")["tables"] if t["table"] == "rates_case"]
    assert spans["only_new"]["rows"] == 1 and spans["only_old"]["rows"] == 0
    assert spans["only_new"]["first"] == [
        {"key": {"stream_id": case["stream"], "case": case["number"]}}
    ]
    assert adds_up(facts) > 20


def test_the_change_over_knows_whether_anybody_signed(other: System) -> None:
    own, before = own_set(other.models.all), copied(other)
    serve(other, before)
    with other.database.read() as c:
        assert unsigned_change(other, c, before, own) is None
    assert compare(other) is not None
    assert begin_to_serve(other) == before
    with other.database.read() as c:
        assert unsigned_change(other, c, before, own) == ["supervisor", "auditor"]
        # The way back is no change that anybody signs.
        assert unsigned_change(other, c, own, before) == []
    assert compare(other) is None
