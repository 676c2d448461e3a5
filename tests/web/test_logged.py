"""A fact of the log is told in the words of its own form, and never by its key."""

from __future__ import annotations

import re

import pytest

from casesys.system import System
from tests import scenarios
from tests.offices import AUDITOR, OFFICER
from tests.web.helpers import Reader, app_of, words_of

KEY = re.compile(r"\b[a-z]+_[a-z_]+\b")


@pytest.fixture
def voided(system: System) -> System:
    """An exited case of which one interview was voided, and everything before it."""
    receipt = scenarios.an_exited_case(system)
    with system.database.read() as c:
        held = next(
            entry.version
            for entry in system.log.stream(c, str(receipt.stream))
            if entry.topic == "case.interview_held"
        )
    raw = {"target": held, "explanation": "重复登记"}
    scenarios.give(system, "void_entry", raw, receipt.stream)
    return system


def opened(system: System, topic: str) -> str:
    """The page of the newest entry of a topic, without its topic and its command's number."""
    with system.database.read() as c:
        head = system.log.head(c)[0]
        of_topic = [e.position for e in system.log.after(c, 0, head) if e.topic == topic]
    page = Reader(app_of(system), AUDITOR).get(f"/audit/{of_topic[-1]}").text
    return words_of(re.sub(r'<span class="(?:sub id )?fixed">[^<]*</span>', "", page))


def test_the_kind_of_an_interview_is_no_kind_of_an_enterprise(voided: System) -> None:
    page = opened(voided, "case.interview_held")
    assert "约谈种类" in page and "企业类型" not in page
    assert "warning" not in page and "reminder" not in page


def test_a_void_names_the_entry_that_it_took_away(voided: System) -> None:
    assert re.search(r"哪一条登记 本卷第\d+条", opened(voided, "case.entry_voided"))


def test_an_account_has_the_name_of_a_person_and_its_roles_in_words(voided: System) -> None:
    page = opened(voided, "account.opened")
    assert "企业名称" not in page and "审计" in page
    assert "officer" not in page.split("单位")[1]


@pytest.mark.parametrize("topic", ["case.subject_listed", "case.exit_proposed", "account.opened"])
def test_no_entry_shows_a_key(voided: System, topic: str) -> None:
    assert KEY.findall(opened(voided, topic)) == []


def test_a_voided_entry_says_who_took_it_away_and_why(voided: System) -> None:
    reader = Reader(app_of(voided), OFFICER)
    with voided.database.read() as c:
        void = next(
            entry for entry in voided.log.after(c, 0, 1000) if entry.topic == "case.entry_voided"
        )
    page = words_of(reader.get(f"/cases/2021-01-0001/entries/{void.data['target']}").text)
    assert f"{OFFICER}在" in page and "作废。理由：重复登记" in page


def test_only_who_may_read_the_trail_is_shown_the_way_to_it(voided: System) -> None:
    way = '<a href="/audit"'
    assert way in Reader(app_of(voided), AUDITOR).get("/").text
    assert way not in Reader(app_of(voided), OFFICER).get("/").text


def test_what_may_be_voided_is_told_apart_and_can_be(voided: System) -> None:
    form = Reader(app_of(voided), OFFICER).get("/cases/2021-01-0001/do/void_entry").text
    offered = re.findall(r'<option value="\d+"[^>]*>([^<]+)</option>', form)
    assert offered and all(re.match(r"第\d+条：", words) for words in offered)
    assert len(set(offered)) == len(offered)
    assert not [words for words in offered if "建立了案卷" in words or "作废" in words]
