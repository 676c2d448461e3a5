"""The command line compares two moments, and supposes without writing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.system import System
from tests.casesys.test_cli import Casesys, answer
from tests.stores import MASTER_KEY

DAYS = ("--as-of", "2021-07-31", "--from-day", "2021-06-30")


@pytest.fixture(scope="module")
def district(district_office: System) -> Casesys:
    """`casesys` on the made district, of which it only asks."""
    home = str(district_office.settings.home)
    environment = {
        "CASESYS_HOME": home,
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_LANGUAGE": "en",
    }
    return lambda *asked: CliRunner().invoke(main, list(asked), env=environment)


def test_two_moments_are_compared_with_figures_kinds_and_cases(district: Casesys) -> None:
    found = answer(district("replay", "compare", *DAYS, "--json"))
    listed = found["kinds"]["listed"]
    exits = found["figures"]["exit.case"]
    assert (
        listed["entered"] - listed["left"]
        == exits["after"]["denominator"] - exits["before"]["denominator"]
    )
    assert all(case["changes"] for case in found["cases"])
    one = answer(district("replay", "compare", *DAYS, "--kind", "contact", "--json"))
    assert len(one["cases"]) == found["kinds"]["contact"]["cases"] > 0
    campaign = found["cases"][0]["campaign"]
    some = answer(district("replay", "compare", *DAYS, "--campaign", campaign, "--json"))
    assert {case["campaign"] for case in some["cases"]} == {campaign}
    words = district("replay", "compare", *DAYS).stdout
    assert "from Not tried to" in words


def test_an_entry_is_supposed_away_or_on_another_day(district: Casesys) -> None:
    cases = answer(district("replay", "compare", *DAYS, "--kind", "contact", "--json"))["cases"]
    case = cases[0]
    number, version = case["number"], str(case["entries"][-1]["version"])
    before = answer(district("projections", "status", "--json"))
    found = answer(district("replay", "without", number, version, "--json"))
    assert (found["case"], found["written"]) == (number, False)
    had = ("replay", "had", number, version, "--on", "2021-08-31")
    assert answer(district(*had, "--json"))["kind"] == "happened"
    assert answer(district(*had, "--recorded", "--json"))["kind"] == "recorded"
    assert "nothing is written" in district("replay", "without", number, version).stdout
    assert answer(district("projections", "status", "--json")) == before


def test_what_cannot_be_answered_is_refused_in_words(district: Casesys) -> None:
    number = answer(district("replay", "compare", *DAYS, "--json"))["cases"][0]["number"]
    for asks, words in (
        (("without", number, "1"), "opens the file"),
        (("without", number, "999"), "no such entry"),
        (("without", "X-1", "2"), "no such entry"),
        (("had", number, "2", "--on", "2199-01-01"), "has not come"),
        (("compare", *DAYS, "--until", "99999"), "no entry 99999"),
    ):
        refused = district("replay", *asks)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert words in refused.stderr
    assert district("replay", "compare", *DAYS, "--kind", "colour").exit_code == 2
    assert district("replay", "had", number, "2").exit_code == 2


def test_two_moments_without_a_difference_say_so(district: Casesys) -> None:
    same = district("replay", "compare", "--as-of", "2021-07-31")
    assert same.exit_code == 0 and "Nothing differs" in same.stdout
