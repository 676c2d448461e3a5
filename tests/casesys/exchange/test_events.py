"""The log as lines: each action as it came, nothing personal, and only what the reader may see."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.exchange import events
from casesys.exchange.events import export_events
from casesys.history import import_history
from casesys.install import install
from casesys.permits import NotPermitted, Person, operator
from casesys.registry import KINDS
from casesys.settings import Settings
from casesys.system import System
from domain.instants import end_of_day, instant
from tests.districts import district
from tests.offices import AUDITOR, OFFICER, SUPERVISOR, person
from tests.scenarios import (
    COMMITMENT,
    MINUTES,
    PHONE,
    SIGNATORY,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    case_number,
    give,
    listing,
)
from tests.stores import MASTER_KEY

RUNNER = operator("tests")
Rows = list[dict[str, str]]
Line = dict[str, Any]


def lines(system: System, who: Person = RUNNER, *asked: str | None, voided: bool = False) -> Any:
    file = io.BytesIO()
    count = export_events(system, who, file, *asked, voided=voided)
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert count == len(found)
    return found


def acts(found: list[Line]) -> list[Line]:
    return [line for line in found if line["case"] and line["type"] != "case.opened"]


@pytest.fixture
def register(store: System) -> System:
    """The made district of fifty, once on each database."""
    install(store)
    import_history(store, district(), RUNNER)
    return store


@pytest.fixture(scope="module")
def actions() -> Rows:
    with (district() / "actions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moved(text: str) -> str:
    return instant(datetime.fromisoformat(text))


def told(row: dict[str, str]) -> tuple[str, ...]:
    return row["case_id"], row["type"], moved(row["occurred_at"]), moved(row["recorded_at"])


def said(line: Line) -> tuple[str, ...]:
    return line["case"]["reference"], line["type"], line["occurred_at"], line["recorded_at"]


def counting(rows: Rows, day: str | None, known_at: str | None) -> Rows:
    """The rows that count, by the words of the district's maker."""
    until = None if day is None else f"{day}T23:59:59+08:00"
    known = [r for r in rows if known_at is None or moved(r["recorded_at"]) <= known_at]
    dead = {r["target_action_id"] for r in known}
    return [
        r
        for r in known
        if r["type"] != "action_voided"
        and r["action_id"] not in dead
        and (until is None or r["occurred_at"] <= until)
    ]


def test_every_action_of_a_register_leaves_as_it_came(register: System, actions: Rows) -> None:
    found = acts(lines(register, voided=True))
    assert [said(line) for line in found] == [told(row) for row in actions]
    assert [line["position"] for line in found] == sorted(line["position"] for line in found)
    by_name = {row["action_id"]: line for row, line in zip(actions, found, strict=True)}
    for row, line in zip(actions, found, strict=True):
        assert line["actor"] == f"register:{row['officer']}"
        assert line["data"].get("record", row["record_id"] or None) == (row["record_id"] or None)
        if row["target_action_id"]:
            target = by_name[row["target_action_id"]]
            assert target["voided_by"] == line["position"]
            assert target["version"] == line["data"]["target"]


def test_a_day_as_it_was_known_is_what_counted_then(register: System, actions: Rows) -> None:
    for day in (None, "2021-04-20", "2021-10-31", "2021-11-09"):
        for known in (None, "2021-05-11", "2021-10-31"):
            known_at = None if known is None else end_of_day(known)
            found = acts(lines(register, RUNNER, day, known_at))
            right = [told(row) for row in counting(actions, day, known_at)]
            assert [said(line) for line in found] == right, (day, known)
            assert all(line["voided_by"] is None for line in found)


def test_a_void_takes_its_target_away_from_when_it_was_recorded(
    register: System, actions: Rows
) -> None:
    void = next(row for row in actions if row["type"] == "action_voided")
    target = next(row for row in actions if row["action_id"] == void["target_action_id"])
    voided_at = moved(void["recorded_at"])
    before = voided_at.replace(":59.000000Z", ":58.999999Z")
    assert before < voided_at
    assert told(target) in [said(line) for line in acts(lines(register, RUNNER, None, before))]
    # As of a day long before the void, known now: it is gone all the same.
    day = target["occurred_at"][:10]
    for asked in ((None, voided_at), (day, None)):
        assert told(target) not in [said(line) for line in acts(lines(register, RUNNER, *asked))]
    with_voids = [said(line) for line in acts(lines(register, RUNNER, day, voided=True))]
    assert {told(target), told(void)} <= set(with_voids)


def test_a_page_of_any_size_gives_the_same_lines(
    register: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = lines(register, RUNNER, "2021-10-31")
    held: list[int] = []
    after = register.log.after

    def counted(c: Any, position: int, limit: int) -> Any:
        found = after(c, position, limit)
        held.append(len(found))
        return found

    monkeypatch.setattr(register.log, "after", counted)
    for size in (7, 100):
        monkeypatch.setattr(events, "AT_ONCE", size)
        assert lines(register, RUNNER, "2021-10-31") == whole
        assert max(held) == size
        held.clear()


def test_other_events_are_named_by_their_topic_and_belong_to_no_case(office: System) -> None:
    case = a_listed_case(office).stream
    give(office, "propose_exclusion", {"ground": "deregistered", "document": "登记状态"}, case)
    found = lines(office)
    assert [line["position"] for line in found] == list(range(1, len(found) + 1))
    for line in found:
        assert line["stream"]["kind"] == line["topic"].split(".")[0]
        assert (line["case"] is None) == (line["stream"]["kind"] != "case")
    kinds = Counter(line["stream"]["kind"] for line in found)
    assert {"calendar", "member_unit", "account", "case", "enterprise"} <= set(kinds)
    (proposed,) = [line for line in found if line["stream"]["id"] == str(case)][-1:]
    assert proposed["type"] == "case.exclusion_proposed"
    assert proposed["actor"] == person(office, OFFICER).id
    assert proposed["case"] == {
        "number": case_number(office, case),
        "reference": None,
        "campaign": "2021-01",
        "enterprise": listing()["uscc"],
        "category": "penalty",
    }


def personal(found: list[Line]) -> set[str]:
    """What of the lines is personal: sealed fields by name, and clear words that were sealed."""
    text = json.dumps(found, ensure_ascii=False)
    names = {
        f"{line['topic']}.{name}"
        for line in found
        for name in line["data"].keys() & set(KINDS[line["topic"]].sealed)
    }
    return names | {
        word for word in (SIGNATORY, PHONE, MINUTES, "林晓", '"sealed"') if word in text
    }


def test_nothing_personal_leaves(office: System, monkeypatch: pytest.MonkeyPatch) -> None:
    an_exited_case(office)
    found = lines(office, voided=True)
    assert personal(found) == set()
    assert COMMITMENT in json.dumps(found)
    monkeypatch.setattr(events, "is_sealed", lambda value: False)
    monkeypatch.setattr(events, "kind_of", lambda topic: KINDS[topic]._replace(sealed=()))
    assert {"case.interview_held.minutes", '"sealed"'} <= personal(lines(office, voided=True))


def test_who_audits_reads_the_whole_log_and_who_approves_the_cases(office: System) -> None:
    an_exited_case(office)
    whole = lines(office)
    assert lines(office, person(office, AUDITOR)) == whole
    cases = [line for line in whole if line["case"]]
    assert 0 < len(cases) < len(whole)
    assert lines(office, person(office, SUPERVISOR)) == cases
    with pytest.raises(NotPermitted):
        lines(office, person(office, OFFICER))


def test_a_supervisor_of_a_unit_gets_the_cases_of_that_unit(office: System) -> None:
    mine = give(office, "list_enterprise", listing(1, unit="区教育局")).stream
    a_contacted_case(office, 2)
    unit = Person("7b0e", "U14-1", "区教育局", frozenset({"supervisor"}), reach="区教育局")
    found = lines(office, unit, voided=True)
    assert {line["stream"]["id"] for line in found} == {str(mine)}


# -- the command line ---------------------------------------------------------------------------

Casesys = Callable[..., Result]


@pytest.fixture
def casesys(office: System, office_settings: Settings) -> Iterator[Casesys]:
    environment = {
        "CASESYS_HOME": str(office_settings.home),
        "CASESYS_DATABASE_URL": office_settings.database_url,
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_LANGUAGE": "en",
    }
    yield lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments], env=environment)


def test_a_file_is_answered_with_its_count(
    office: System, casesys: Casesys, tmp_path: Path
) -> None:
    an_exited_case(office)
    file = tmp_path / "out" / "events.jsonl"
    done = casesys("export", "events", "-o", file, "--as-of", "2021-07-10", "--json")
    assert done.exit_code == 0, done.stderr
    written = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert json.loads(done.stdout) == {"file": str(file), "events": len(written)}
    assert written == lines(office, RUNNER, "2021-07-10")
    assert casesys("export", "events", "-o", file).stdout.strip().endswith("entries written")
    assert len(file.read_bytes().splitlines()) > len(written)


def test_standard_output_holds_the_lines_alone(office: System, casesys: Casesys) -> None:
    an_exited_case(office)
    for asked in ((), ("--json",)):
        done = casesys("export", "events", "-o", "-", "--voided", *asked)
        assert done.exit_code == 0, (done.stderr, done.exception)
        assert [json.loads(line) for line in done.stdout.splitlines()] == lines(office, voided=True)
        assert "entries written" in done.stderr


def test_an_officer_is_refused_and_what_stood_in_the_file_stays(
    casesys: Casesys, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("what was there")
    refused = casesys("--as", OFFICER, "export", "events", "-o", file)
    assert refused.exit_code == 1 and refused.stderr
    assert file.read_text() == "what was there"
    assert list(tmp_path.glob("*.jsonl*")) == [file]
    assert casesys("--as", AUDITOR, "export", "events", "-o", file).exit_code == 0
    assert casesys("--as", SUPERVISOR, "export", "events", "-o", file).exit_code == 0


def test_wrong_usage_is_told(casesys: Casesys) -> None:
    assert casesys("export", "events").exit_code == 2
    assert casesys("export", "events", "-o", "-", "--as-of", "yesterday").exit_code == 2
    for nowhere in ("/dev/null", "/proc/nowhere/events.jsonl"):
        refused = casesys("export", "events", "-o", nowhere)
        assert refused.exit_code == 1 and refused.stderr.strip()
