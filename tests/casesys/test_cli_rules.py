"""The command line on rules: which there are, what one would change, what opens on a day."""

from __future__ import annotations

from collections import Counter

import click
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.cli.shell import Shell, refusing
from casesys.lists.past import TooMuchToFold
from casesys.system import System
from domain.rulesets import RULE_SETS
from tests.casesys.rules.penalties import a_penalty_of
from tests.casesys.test_cli import Casesys, answer
from tests.casesys.test_cli import casesys as casesys
from tests.casesys.test_cli import district as district

DAY = "2021-10-31"


def test_every_rule_set_is_listed_with_its_numbers_and_sources(casesys: Casesys) -> None:
    assert casesys("init").exit_code == 0
    found = answer(casesys("rules", "list", "--json"))
    assert [(one["id"], one["first_day"], one["last_day"]) for one in found] == [
        ("R2019", "2019-07-01", "2023-04-30"),
        ("R2023", "2023-05-01", "2026-03-31"),
        ("R2026", "2026-04-01", None),
    ]
    assert found[0]["figures"]["publicity.serious.min_months"] == {
        "value": 6,
        "unit": "months",
        "source": "发改办财金〔2019〕527号",
        "sure": "secondary",
    }
    assert "R2026  from 2026-04-01" in casesys("rules", "list").stdout


def test_the_cases_that_change_are_told_with_the_reason(district: Casesys) -> None:
    found = answer(district("rules", "rejudge", "R2026", "--as-of", DAY, "--json"))
    assert (found["rule_set"], found["compared_with"], found["as_of"]) == (
        "R2026",
        "in_force",
        DAY,
    )
    assert found["changed_cases"] == len(found["cases"]) <= found["open_cases"]
    changed = Counter(
        effect
        for case in found["cases"]
        for effect in {change["effect"] for change in case["changes"]}
    )
    assert changed == found["effects"] and changed["documents"]
    assert {one["place"] for one in found["differences"]} == {
        change["place"] for case in found["cases"] for change in case["changes"]
    }
    told = district("rules", "rejudge", "R2026", "--as-of", DAY).stdout
    assert told.startswith(f"Of {found['open_cases']} open cases on {DAY}, R2026 would change")
    assert all(case["number"] in told for case in found["cases"])


def test_the_rules_in_force_change_nothing(district: Casesys) -> None:
    found = answer(district("rules", "rejudge", "R2019", "--as-of", DAY, "--json"))
    assert found["cases"] == [] and found["open_cases"] > 0
    assert answer(district("rules", "rejudge", "R2026", "--from", "R2026", "--json"))["cases"] == []


def test_only_one_campaign_and_one_kind_of_change(district: Casesys) -> None:
    asked = ("rules", "rejudge", "R2023", "--as-of", DAY, "--campaign", "nowhere", "--json")
    assert answer(district(*asked))["cases"] == []
    asked = ("rules", "rejudge", "R2026", "--as-of", DAY, "--effect", "never", "--json")
    assert answer(district(*asked))["cases"] == []


def test_a_penalty_opens_on_its_day_and_is_ahead_before(system: System) -> None:
    a_penalty_of(system, "serious", 1)
    home = {
        "CASESYS_HOME": str(system.settings.home),
        "CASESYS_MASTER_KEY": system.settings.master_key.hex(),
        "CASESYS_LANGUAGE": "zh",
    }

    def opens(*more: str) -> Result:
        return CliRunner().invoke(main, ["rules", "opens", *more], env=home)

    (one,) = answer(opens("--on", "2021-09-16", "--json"))["records"]
    assert (one["number"], one["opens_on"], one["rule_set"]) == (
        "2021-01-0001",
        "2021-09-16",
        "R2019",
    )
    assert one["lacks"] == ["performed", "commitment_for_record"]
    assert answer(opens("--on", "2021-09-15", "--json"))["records"] == []
    assert opens("--on", "2021-09-15").stdout == "当日没有新到期的处罚\n"
    ahead = answer(opens("--on", "2021-09-15", "--ahead", "1", "--json"))
    assert (ahead["until"], ahead["records"]) == ("2021-09-16", [one])
    assert "履行完毕证明、本宗信用修复承诺书" in opens("--on", "2021-09-16").stdout
    waiting = answer(opens("--open", "--on", "2022-06-30", "--json"))
    assert (waiting["on"], waiting["records"]) == ("2022-06-30", [one])
    assert opens("--open", "--on", "2021-09-15").stdout == "没有公示期已满而未申请的处罚\n"
    assert opens("--open", "--ahead", "3").exit_code == 2


def test_what_is_no_rule_set_is_wrong_usage(casesys: Casesys) -> None:
    assert casesys("init").exit_code == 0
    assert casesys("rules", "rejudge", "R1999").exit_code == 2
    assert casesys("rules", "opens", "--on", "soon").exit_code == 2
    assert {rules.id for rules in RULE_SETS} == {"R2019", "R2023", "R2026"}


def test_a_question_about_the_past_that_is_too_wide_is_refused_in_words() -> None:
    @click.command()
    @click.pass_obj
    @refusing
    def too_wide(shell: Shell) -> None:
        raise TooMuchToFold("")

    found = CliRunner().invoke(too_wide, obj=Shell(None), env={"CASESYS_LANGUAGE": "en"})
    assert (found.exit_code, found.stdout) == (1, "")
    assert "Choose a campaign first" in found.stderr
