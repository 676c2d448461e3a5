"""The command line names every formula, what it comes to, what parts two, and why one changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from domain.formulas import FORMULAS
from tests.casesys.test_cli import Casesys, answer
from tests.shared_data import shared_path

MONTH_END = ("--as-of", "2021-10-31")


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Casesys:
    """`casesys` in an installation that holds the made register of fifty cases."""
    home = tmp_path_factory.mktemp("office") / "home"
    environment = {"CASESYS_HOME": str(home), "CASESYS_LANGUAGE": "en"}

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments], env=environment)

    assert run("init").exit_code == 0
    assert run("import", "history", shared_path("district/district_50")).exit_code == 0
    return run


def test_every_formula_is_listed_with_all_that_defines_it(district: Casesys) -> None:
    found = answer(district("figure", "list", "--json"))
    assert [one["name"] for one in found] == list(FORMULAS)
    for one in found:
        assert one["sentence"] and one["in_words"]["numerator"] and one["exclusions"]
    lines = district("figure", "list").stdout.splitlines()
    assert len(lines) == 2 * len(FORMULAS)


def test_a_formula_is_what_the_rates_say(district: Casesys) -> None:
    rates = answer(district("rates", *MONTH_END, "--json"))["categories"]
    for name, rate in rates["all"]["rates"].items():
        found = answer(district("figure", "show", name, *MONTH_END, "--json"))
        assert {key: found[key] for key in rate} == rate
        assert (found["name"], found["version"]) == (name, 1)
    by = answer(
        district("figure", "show", "repair.by_record", *MONTH_END, "--by", "category", "--json")
    )
    assert [(g["key"], g["numerator"], g["denominator"]) for g in by["groups"]] == [
        ("judgment", 8, 47),
        ("penalty", 42, 76),
    ]


def test_the_months_of_a_formula_end_with_the_day_that_is_asked(district: Casesys) -> None:
    asks = ("figure", "show", "deadline.first_contact", *MONTH_END)
    last = answer(district(*asks, "--by", "month", "--json"))["groups"][-1]
    assert last == {"key": "2021-10"} | {
        key: answer(district(*asks, "--json"))[key]
        for key in ("numerator", "denominator", "percent")
    }
    words = district(*asks, "--by", "officer").stdout.splitlines()
    assert all(len(line.split("\t")) == 3 for line in words)


def test_a_figure_is_shown_as_the_log_stood_at_an_entry(district: Casesys) -> None:
    at_400 = answer(
        district("figure", "show", "action.photo", *MONTH_END, "--known-at", "400", "--json")
    )
    assert (at_400["position"], at_400["known_at"]) == (400, None)
    now = answer(district("figure", "show", "action.photo", *MONTH_END, "--json"))
    assert at_400["numerator"] < now["numerator"]


def test_who_is_in_one_figure_only_is_listed_each_way(district: Casesys) -> None:
    asks = ("figure", "difference", "action.interview", "action.commitment")
    found = answer(district(*asks, "--as-of", "2021-06-30", "--json"))
    assert (len(found["only_first"]), found["only_second"], found["both"]) == (1, [], 33)
    assert found["only_first"][0]["cases"] == ["B2021-04-0005"]
    assert not found["brought_to_enterprises"]
    words = district("figure", "difference", "exit.case", "repair.by_record", *MONTH_END).stdout
    assert "by their enterprises" in words


def test_why_a_figure_changed_names_the_entries_that_did_it(district: Casesys) -> None:
    asks = ("figure", "why", "action.photo", *MONTH_END, "--known-at", "400")
    found = answer(district(*asks, "--json"))
    change = found["after"]["numerator"] - found["before"]["numerator"]
    moved = [one for one in found["moved"] if one["side"] == "numerator"]
    assert change == sum(1 if one["entered"] else -1 for one in moved) > 0
    entries = [e for one in moved for cause in one["because"] for e in cause["entries"]]
    assert entries and all(entry["position"] > 400 and entry["case"] for entry in entries)
    words = district(*asks).stdout
    assert "Came into the numerator" in words and "Entered late" in words
    days = district("figure", "why", "action.photo", *MONTH_END, "--from-day", "2021-09-30")
    assert days.exit_code == 0


def test_a_question_that_cannot_be_answered_is_refused_in_words(district: Casesys) -> None:
    for wrong in (
        ("show", "repair", *MONTH_END),
        ("show", "exit.case", "--as-of", "2021-13-01"),
        ("show", "exit.case", *MONTH_END, "--by", "colour"),
        ("why", "exit.case", *MONTH_END),
        ("difference", "exit.case", "exit", *MONTH_END),
    ):
        assert district("figure", *wrong).exit_code == 2
    for ahead in ("99999", "2199-01-01T09:00"):
        for asks in (
            ("show", "exit.case", *MONTH_END, "--known-at", ahead),
            ("difference", "exit.case", "repair.by_record", *MONTH_END, "--known-at", ahead),
            ("why", "exit.case", *MONTH_END, "--known-at", ahead),
            ("why", "exit.case", *MONTH_END, "--known-at", "400", "--until", ahead),
        ):
            refused = district("figure", *asks)
            assert (refused.exit_code, refused.stdout) == (1, "")
            assert "no entry 99999" in refused.stderr or "has not come yet" in refused.stderr
    backwards = ("--known-at", "400", "--until", "300")
    refused = district("figure", "why", "exit.case", *MONTH_END, *backwards)
    assert refused.exit_code == 1 and "must not be earlier" in refused.stderr
