"""Which open cases another rule set would change; asking writes nothing and reads any day."""

from __future__ import annotations

from typing import Any

import pytest

from casesys.rules import Only, RejudgedPage, RuleQuestion, rejudged
from casesys.rules.opens import opening_records
from casesys.system import System
from projections.driver import rows
from projections.ledger import LEDGER
from tests.casesys.rules.penalties import a_penalty_of, one_of_each
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, contents, person
from tests.scenarios import a_listed_case, an_excluded_case, an_exited_case, give, record_of


def asked(
    office: System, after: str = "R2026", before: str = "", who: str = SUPERVISOR, **more: Any
) -> RejudgedPage:
    only = Only(**{name: more.pop(name) for name in Only._fields if name in more})
    paged = {name: more.pop(name) for name in ("page", "size") if name in more}
    question = RuleQuestion(after, before, **more)
    return rejudged(office, person(office, who), question, only, **paged)


def effects(found: RejudgedPage) -> dict[str, set[str]]:
    return {row.case.number: {str(one.effect) for one in row.found.changes} for row in found.rows}


def test_each_class_changes_as_the_rules_say(office: System) -> None:
    number = one_of_each(office)
    found = effects(asked(office))
    asks = {"conditions", "documents"}
    assert found[number["minor"]] == {"earlier", "publicity", *asks}
    assert found[number["general"]] == asks
    assert found[number["serious"]] == {"later", *asks}
    assert number["specific_serious"] not in found, "it can be repaired under none of them"


def test_the_days_are_told_from_and_to(office: System) -> None:
    number = one_of_each(office)
    moved = {
        row.case.number: (one.was, one.now)
        for row in asked(office).rows
        for one in row.found.changes
        if one.place.endswith("min_months")
    }
    assert moved == {
        number["minor"]: ("2021-06-16", "2021-03-15"),
        number["serious"]: ("2021-09-16", "2022-03-16"),
    }


def test_the_rules_in_force_change_nothing(office: System, clock: Clock) -> None:
    one_of_each(office)
    for day, rules in (("2021-07-22", "R2019"), ("2024-01-10", "R2023"), ("2026-05-06", "R2026")):
        clock.set(f"{day}T09:00")
        found = asked(office, rules)
        assert (found.of, found.changed, found.rows) == (4, 0, [])
        assert asked(office, rules, rules).changed == 0


def test_what_the_rules_in_force_changed_is_asked_by_naming_the_ones_before(
    office: System, clock: Clock
) -> None:
    one_of_each(office)
    clock.set("2026-05-06T09:00")
    found = asked(office, "R2026", "R2023")
    assert found.changed == 3 and "later" not in found.effects
    assert found.effects["publicity"] == 1  # a general penalty is published one year, not three


def test_a_case_that_is_over_is_not_judged_and_one_that_exited_for_its_penalties(
    office: System,
) -> None:
    an_excluded_case(office, 1)
    an_exited_case(office, 2)
    a_listed_case(office, 3, "judgment")
    found = asked(office)
    assert found.of == 2
    assert list(effects(found)) == ["2021-01-0002"]


def test_conditions_narrow_the_cases_and_tallies_count_what_is_left(office: System) -> None:
    number = one_of_each(office)
    other = a_penalty_of(office, "serious", 5, town="白石镇", unit="区税务局")
    assert list(effects(asked(office, effect="later"))) == [number["serious"], other]
    assert list(effects(asked(office, effect="later", town="白石镇"))) == [other]
    assert list(effects(asked(office, unit="区税务局"))) == [other]
    assert asked(office, campaign="2020-01").rows == []
    found = asked(office, effect="later", unit="区税务局")
    assert found.effects == {"later": 1, "conditions": 1, "documents": 1}
    assert found.changed == 4 and found.total == 1
    assert found.values["town"] == sorted(["石门街道", "白石镇"])


def test_differences_count_the_cases_that_each_number_changes(office: System) -> None:
    one_of_each(office)
    found = {one.place: one for one in asked(office).differences}
    serious = found["publicity.serious.min_months"]
    assert serious.cases == 1 and serious.was is not None and serious.now is not None
    assert (serious.was.value, serious.now.value) == (6, 12)
    assert found["documents.licence"].cases == 3
    assert found["documents.credit_report"].cases == 1
    assert (found["documents.licence"].before, found["documents.licence"].now) == ("R2019", None)


def test_pages_follow_one_another_by_number(office: System) -> None:
    one_of_each(office)
    pages = [asked(office, page=n, size=2) for n in (1, 2, 99)]
    assert [[row.case.number[-1] for row in page.rows] for page in pages] == [
        ["1", "2"],
        ["3"],
        ["3"],
    ]
    assert [(page.page, page.pages, page.first, page.total) for page in pages[1:]] == [
        (2, 2, 3, 3),
        (2, 2, 3, 3),
    ]
    assert asked(office, size=None).pages == 1


def test_who_reaches_one_unit_is_told_of_its_cases_alone(office: System) -> None:
    number = one_of_each(office)
    a_penalty_of(office, "serious", 5, unit="区税务局")
    found = asked(office, who=OTHER_OFFICER)
    assert set(effects(found)) == set(list(number.values())[:3]) and found.of == 4
    assert found.values["unit"] == ["区市场监督管理局"]
    assert asked(office, who=OFFICER).of == 5


def test_a_past_day_and_a_past_state_of_the_books_are_judged_as_they_were(
    office: System, clock: Clock
) -> None:
    number = one_of_each(office)
    clock.set("2021-08-10T09:00")
    now, then = asked(office), asked(office, as_of="2021-08-10")
    assert (effects(now), now.effects, now.of) == (effects(then), then.effects, then.of)
    assert now.differences == then.differences
    clock.set("2021-09-01T09:00")
    give(office, "list_enterprise", {**_listing(), "listed_on": "2021-08-01"})
    assert asked(office, as_of="2021-08-10").of == 5
    assert asked(office, as_of="2021-08-10", known_at="2021-08-31T00:00:00.000000Z").of == 4
    assert asked(office, as_of="2021-06-30").of == 0
    # On a day of 2024 the rules of that day are what the case stands under.
    later = effects(asked(office, as_of="2024-01-10"))
    assert "later" not in later[number["serious"]]


def _listing() -> dict[str, Any]:
    from tests.scenarios import listing

    return listing(9)


def test_a_new_entry_is_in_the_next_answer(office: System) -> None:
    one_of_each(office)
    assert asked(office).of == 4
    a_penalty_of(office, "serious", 5)
    assert asked(office).of == 5


def test_a_rule_set_that_there_is_not_is_not_guessed(office: System) -> None:
    with pytest.raises(KeyError):
        asked(office, "R1999")


def log_as_it_stands(office: System) -> list[Any]:
    with office.database.read() as c:
        return rows(c, "SELECT * FROM log ORDER BY position")


def test_the_replay_leaves_the_log_and_every_read_model_as_they_were_to_the_byte(
    office: System,
) -> None:
    one_of_each(office)
    before, log = contents(office), log_as_it_stands(office)
    for rules in ("R2019", "R2023", "R2026"):
        assert asked(office, rules, "R2019").of == 4
        assert asked(office, rules, as_of="2021-08-01").of == 4
        opening_records(office, person(office, OFFICER), "ahead", as_of="2021-06-01")
    opening_records(office, person(office, OFFICER), "recent", 60)
    assert (contents(office), log_as_it_stands(office)) == (before, log)
    give(office, "add_note", {"note": "企业要求延后"}, _first(office))
    assert contents(office) != before, "the comparison would see a write"


def _first(office: System) -> Any:
    from uuid import UUID

    with office.database.read() as c:
        ((stream,),) = rows(c, f"SELECT stream_id FROM {LEDGER} WHERE number = '2021-01-0001'")
    assert record_of(office, UUID(stream))
    return UUID(stream)
