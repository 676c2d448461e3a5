"""The one way in: what a command does, it does once, wholly, and on what its giver saw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from casesys.command import FieldsRefused
from casesys.database import Database
from casesys.log import Log
from casesys.settings import Settings
from casesys.system import CommandIdReused, Receipt, StaleVersion, StreamIsUnknown, System
from casesys.vault import Vault, is_sealed
from domain.refusals import (
    EntryAlreadyVoided,
)
from projections.driver import rows
from projections.reading import CaseStories, Change, ReadModel, Story
from tests import scenarios
from tests.offices import OFFICER, OTHER_OFFICER, Clock, contents, log_of, person
from tests.scenarios import MINUTES, PHONE, SIGNATORY, contact, give, listing

# -- receipts ---------------------------------------------------------------------------------


def test_a_command_given_twice_acts_once_and_answers_the_same(office: System) -> None:
    case = scenarios.a_listed_case(office).stream
    first = give(office, "attempt_contact", contact(), case, command_id="c-1")
    before = contents(office)
    again = give(office, "attempt_contact", contact(), case, command_id="c-1")
    assert again == Receipt("c-1", case, first.version, first.position, repeated=True)
    assert contents(office) == before


def test_without_receipts_the_same_command_would_count_twice(
    office_settings: Settings, clock: Clock
) -> None:
    careless = System(office_settings, now=clock, receipts=False)
    case = scenarios.a_listed_case(careless).stream
    for _ in range(2):
        give(careless, "attempt_contact", contact(), case, command_id="c-1")
    topics = [entry.topic for entry in log_of(careless, case)]
    careless.database.dispose()
    assert topics.count("case.contact_attempted") == 2


def test_a_command_that_begins_a_stream_begins_it_once(office: System) -> None:
    first = give(office, "list_enterprise", listing(), command_id="c-1")
    again = give(office, "list_enterprise", listing(), command_id="c-1")
    assert (again.stream, again.position) == (first.stream, first.position)
    assert again.repeated


def test_an_id_that_comes_with_other_content_is_refused(office: System) -> None:
    case = scenarios.a_listed_case(office).stream
    give(office, "attempt_contact", contact(), case, command_id="c-1")
    before = contents(office)
    with pytest.raises(CommandIdReused):
        give(office, "attempt_contact", contact(result="no_answer"), case, command_id="c-1")
    with pytest.raises(CommandIdReused):
        give(office, "attempt_contact", contact(), case, OTHER_OFFICER, command_id="c-1")
    assert contents(office) == before


# -- versions ---------------------------------------------------------------------------------


def test_a_decision_on_an_older_version_is_told_what_came_since(office: System) -> None:
    seen = scenarios.a_listed_case(office)
    came = give(office, "attempt_contact", contact(), seen.stream, OTHER_OFFICER)
    with pytest.raises(StaleVersion) as stale:
        give(office, "add_note", {"note": "x"}, seen.stream, expected_version=seen.version)
    assert [(e.topic, e.version) for e in stale.value.entries] == [
        ("case.contact_attempted", came.version)
    ]
    assert stale.value.entries[0].actor == person(office, OTHER_OFFICER).id
    assert stale.value.version == came.version
    done = give(office, "add_note", {"note": "x"}, seen.stream, expected_version=came.version)
    assert done.version == came.version + 1


def test_of_two_who_decide_on_one_version_at_once_one_is_told(office: System) -> None:
    seen = scenarios.a_listed_case(office)
    together = Barrier(2)

    def note(login: str) -> Receipt | StaleVersion:
        together.wait()
        try:
            words = {"note": f"von {login}"}
            return give(
                office, "add_note", words, seen.stream, login, expected_version=seen.version
            )
        except StaleVersion as stale:
            return stale

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(note, (OFFICER, OTHER_OFFICER)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Receipt", "StaleVersion"]
    assert len(log_of(office, seen.stream)) == seen.version + 1


def test_without_a_version_both_are_recorded_one_after_the_other(office: System) -> None:
    case = scenarios.a_listed_case(office)
    together = Barrier(2)

    def note(login: str) -> Receipt:
        together.wait()
        return give(office, "add_note", {"note": "x"}, case.stream, login)

    with ThreadPoolExecutor(2) as both:
        versions = sorted(r.version for r in both.map(note, (OFFICER, OTHER_OFFICER)))
    assert versions == [case.version + 1, case.version + 2]


# -- all or nothing ---------------------------------------------------------------------------


class Unwilling(ReadModel[str, Story]):
    """A read model that cannot take what it is given."""

    name, version, tables = "unwilling", 1, ()

    def settle(self, c: Connection, changes: Sequence[Change[str, Story]]) -> None:
        raise ValueError("cannot take this")


class Careless(Database):
    """A database whose transactions keep whatever had been done when a fault came."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(casesys_writes=True) as c:
            try:
                yield c
            finally:
                c.commit()


def with_an_unwilling_model(system: System) -> None:
    system.models.all = (*system.models.all, Unwilling(CaseStories(system.log)))


def test_a_read_model_that_cannot_take_an_event_refuses_the_command(office: System) -> None:
    case = scenarios.a_listed_case(office).stream
    before = contents(office)
    willing = office.models.all
    with_an_unwilling_model(office)
    with pytest.raises(ValueError, match="cannot take this"):
        give(office, "attempt_contact", contact(), case, command_id="c-1")
    office.models.all = willing
    assert contents(office) == before
    assert not give(office, "attempt_contact", contact(), case, command_id="c-1").repeated


def test_without_its_transaction_half_of_the_command_would_stay(office: System) -> None:
    case = scenarios.a_listed_case(office).stream
    before = contents(office)
    office.database.dispose()
    office.database = Careless(office.settings.database_url)
    willing = office.models.all
    with_an_unwilling_model(office)
    with pytest.raises(ValueError, match="cannot take this"):
        give(office, "attempt_contact", contact(), case)
    office.models.all = willing
    assert contents(office) != before


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ({"result": "reached_operating", "channel": "phone"}, {"attempted_at": "field.required"}),
        (contact(attempted_at="gestern"), {"attempted_at": "field.invalid_moment"}),
        (contact(result="maybe"), {"result": "field.not_a_choice"}),
        (contact(result=3), {"result": "field.not_a_choice"}),
        (contact(phone="1" * 41), {"phone": "field.too_long"}),
        (contact(photo="../etc/passwd"), {"photo": "field.invalid_digest"}),
        (contact(shoe_size="44"), {"shoe_size": "field.unknown"}),
        (["not", "a", "form"], {"_schema": "field.unknown"}),
    ],
)
def test_what_was_typed_wrongly_is_named_field_by_field(
    system: System, raw: Any, problems: dict[str, str]
) -> None:
    case = scenarios.a_listed_case(system).stream
    before = contents(system)
    with pytest.raises(FieldsRefused) as refused:
        give(system, "attempt_contact", raw, case)
    assert refused.value.problems == problems
    assert contents(system) == before


def test_a_stream_that_is_not_there_or_is_another_kind_is_unknown(office: System) -> None:
    account = UUID(person(office, OFFICER).id)
    for stream in (None, uuid4(), account):
        with pytest.raises(StreamIsUnknown):
            give(office, "add_note", {"note": "x"}, stream)


# -- sealed -----------------------------------------------------------------------------------


class Bypassed(Vault):
    """A vault that lets everything through."""

    def sealer(self, c: Connection, subject: str, version: int, now: str) -> Any:
        return lambda name, text: text


SECRETS = (SIGNATORY, MINUTES, PHONE)


def bytes_of(folder: Path) -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert any(path.name.endswith("-wal") for path in files)
    return b"".join(path.read_bytes() for path in files)


def forms(secret: str) -> tuple[bytes, ...]:
    return secret.encode(), secret.encode("utf-16-le"), json.dumps(secret).strip('"').encode()


def test_no_sealed_value_stands_anywhere_in_the_files(system: System) -> None:
    scenarios.a_committed_case(system)
    stored = bytes_of(system.settings.home)
    assert [s for s in SECRETS if any(form in stored for form in forms(s))] == []


def test_without_the_vault_every_one_of_them_would_be_found(system: System) -> None:
    system.log = Log(Bypassed(system.settings.master_key), system.checkpoints)
    scenarios.a_committed_case(system)
    stored = bytes_of(system.settings.home)
    assert all(any(form in stored for form in forms(s)) for s in SECRETS)


def test_sealed_fields_are_sealed_on_both_databases_and_open_again(office: System) -> None:
    case = scenarios.an_interviewed_case(office).stream
    held = log_of(office, case)[-1]
    assert is_sealed(held.data["minutes"])
    with office.database.read() as c:
        text = office.vault.open(c, str(case), held.version, "minutes", held.data["minutes"])
        (stored,) = rows(c, "SELECT data FROM log WHERE position = ?", [held.position])[0]
    assert text == MINUTES
    assert MINUTES not in stored


# -- corrections ------------------------------------------------------------------------------


def test_a_correction_is_a_void_and_a_new_entry_in_one_command(office: System) -> None:
    wrong = scenarios.a_contacted_case(office)
    right = give(
        office,
        "attempt_contact",
        contact(result="reached_not_operating"),
        wrong.stream,
        corrects=wrong.version,
        reason="听错了",
        command_id="c-1",
    )
    void, entry = log_of(office, wrong.stream)[-2:]
    assert (void.topic, void.data["target"]) == ("case.entry_corrected", wrong.version)
    assert void.data["explanation"] == void.reason == "听错了"
    assert entry.topic == "case.contact_attempted"
    assert {void.command_id, entry.command_id} == {"c-1"}
    assert right.version == entry.version == wrong.version + 2
    with office.database.read() as c:
        results = [
            (e.data["result"], e.version)
            for e in CaseStories(office.log).fold(None, office.log.stream(c, wrong.stream)).live
            if e.topic == "case.contact_attempted"
        ]
    assert results == [("reached_not_operating", right.version)]


def test_an_entry_is_taken_away_only_once(office: System) -> None:
    wrong = scenarios.a_contacted_case(office)
    why = {"target": wrong.version, "explanation": "误录"}
    give(office, "void_entry", why, wrong.stream)
    with pytest.raises(EntryAlreadyVoided):
        give(office, "void_entry", why, wrong.stream)
    with pytest.raises(EntryAlreadyVoided):
        give(office, "attempt_contact", contact(), wrong.stream, corrects=wrong.version)
