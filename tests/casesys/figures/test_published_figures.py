"""A province's published figures come out to the unit from cases made for them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.figures.cases_of_day import Question, standings
from casesys.figures.page import FiguresPage, figures_of_day
from casesys.system import System
from domain.vocabulary import Category
from tests.offices import SUPERVISOR, Clock, person
from tests.published_province import (
    PUBLISHED,
    REPAIRED,
    WAYS,
    Subject,
    make_province,
    subjects,
)
from tests.scenarios import (
    LISTED_ON,
    a_case_not_operating,
    an_excluded_case,
    an_exited_case,
    an_unreachable_case,
    give,
)
from tests.shared_data import shared_path
from tests.stores import MASTER_KEY, settings_of

DAY = "2021-07-22"
BY_COMMANDS: dict[str, Callable[..., Any]] = {
    "excluded": an_excluded_case,
    "not_reached": an_unreachable_case,
    "reached_not_operating": a_case_not_operating,
    "reached_operating": an_exited_case,
}


@pytest.fixture(scope="module")
def province(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole list; the last of every kind went its way by commands, given at the counter."""
    home = tmp_path_factory.mktemp("province") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock(f"{DAY}T09:00"))
    everybody = list(subjects())
    last = {(one.category, one.way): one for one in everybody}
    for one in last.values():
        by_commands(system, one)
    make_province(system, (one for one in everybody if one not in last.values()))
    yield system
    system.database.dispose()


def by_commands(system: System, subject: Subject) -> None:
    way = BY_COMMANDS[subject.way]
    case = way(system, subject.nth, str(subject.category)).stream
    if subject.way in ("not_reached", "reached_not_operating"):
        supervision = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
        give(system, "start_key_supervision", supervision, case)
        give(system, "propose_exit", {}, case)
        give(system, "confirm_exit", {}, case, SUPERVISOR)


def page(system: System, day: str = DAY) -> FiguresPage:
    return figures_of_day(system, person(system, SUPERVISOR), Question(day), "town")


def by_category(system: System) -> dict[str, Counter[str]]:
    """What the cases of the day are, by the list on which they stand."""
    found = {str(category): Counter[str]() for category in Category}
    with system.database.read() as c, standings(system, c, Question(DAY)) as seen:
        for case in seen.cases():
            of = found[case.category]
            of["listed"] += 1
            of["governed" if case.cases else "excluded"] += 1
            if case.cases:
                reached = case.contact.startswith("reached")
                of[case.contact if reached else "not_reached"] += 1
                of["exited"] += bool(case.exited)
    return found


def test_the_published_text_says_what_we_compare_with() -> None:
    text = shared_path("reports/zhejiang_2021_special_governance.txt").read_text("utf-8")
    for parts in PUBLISHED.values():
        for name in ("listed", "excluded", "governed"):
            assert str(parts[name]) in text
        assert parts["listed"] - parts["excluded"] == parts["governed"]
        assert sum(parts[way] for way in WAYS[1:]) == parts["governed"]
    assert f"总计{sum(parts['listed'] for parts in PUBLISHED.values())}条" in text


def test_each_list_comes_out_to_the_unit(
    province: System, record_property: Callable[[str, object], None]
) -> None:
    found = by_category(province)
    for category, parts in PUBLISHED.items():
        own = found[category]
        assert own == {**parts, "exited": parts["governed"]}
        classes = " + ".join(f"{own[way]:,}" for way in WAYS[1:])
        told = f"{own['listed']:,} - {own['excluded']:,} = {own['governed']:,} = {classes}"
        record_property("told", f"{category}: {told}, exited {own['exited']:,}")


def test_the_waterfall_of_the_page_adds_both_lists_up(province: System) -> None:
    whole = {
        name: sum(parts[name] for parts in PUBLISHED.values())
        for name in PUBLISHED[Category.PENALTY]
    }
    bars = {bar.name: (bar.cases, bar.records) for bar in page(province).bars}
    assert bars == {
        **{name: (n, n) for name, n in whole.items()},
        "exited": (whole["governed"], whole["governed"]),
        "repaired": (REPAIRED, REPAIRED),
    }


def test_all_have_left_the_ledger_and_repair_is_another_thing(province: System) -> None:
    categories = page(province).figures["categories"]
    for category, repaired in ((Category.JUDGMENT, REPAIRED), (Category.PENALTY, 0)):
        governed = PUBLISHED[category]["governed"]
        rates = categories[category]["rates"]
        assert rates["exit.case"] == {
            "numerator": governed,
            "denominator": governed,
            "percent": 100,
        }
        assert rates["repair.by_record"] == {
            "numerator": repaired,
            "denominator": governed,
            "percent": 17 if repaired else 0,
        }
        operating = PUBLISHED[category]["reached_operating"]
        assert rates["action.all_three"]["numerator"] == operating
        assert rates["action.all_three"]["denominator"] == governed
    assert categories["all"]["rates"]["exit.case"]["percent"] == 100
    assert categories["all"]["rates"]["repair.by_record"]["percent"] == 7


def test_before_the_second_person_decided_nobody_had_left(province: System) -> None:
    figures = page(province, "2021-07-20").figures["categories"]["all"]
    assert figures["cases"] == 1440 + 2  # two are excluded at the counter two days later
    assert figures["rates"]["exit.case"]["numerator"] == 0
    assert page(province, LISTED_ON).figures["categories"]["all"]["cases"] == 2027


def test_the_command_line_says_the_same(province: System) -> None:
    environment = {"CASESYS_HOME": str(province.settings.home), "CASESYS_MASTER_KEY": MASTER_KEY}
    asked = ["rates", "--as-of", DAY, "--json"]
    said = json.loads(CliRunner().invoke(main, asked, env=environment).stdout)
    for category, parts in PUBLISHED.items():
        own = said["categories"][category]
        assert own["cases"] == own["records"] == own["enterprises"] == parts["governed"]
        assert own["contact_class"] == {
            "attempted_not_reached": parts["not_reached"],
            "reached_not_operating": parts["reached_not_operating"],
            "reached_operating": parts["reached_operating"],
        }
