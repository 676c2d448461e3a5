"""What was erased is nowhere: not in the database, its write-ahead file, the evidence, a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from casesys.backup import backup
from casesys.cases.drafts import keep_draft
from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Wanted
from casesys.figures.receipts import publish
from casesys.figures.verifying import verify as verify_receipt
from casesys.lists.bulk import BulkIsUnknown, begin_bulk, find_bulk, try_bulk
from casesys.log import Meta
from casesys.personal import sweeping
from casesys.personal.certificates import judge_certificate, see_certificate
from casesys.personal.known_erasures import known_in
from casesys.proofs.chain import verify_log
from casesys.rebuild import verify as verify_models
from casesys.system import CommandIdReused, System
from casesys.tables import STORE
from casesys.vault import Vault
from domain.case import GovernanceCase
from domain.decisions.erasing import erase_personal_data
from domain.events import DeskEvent
from domain.refusals import (
    CaseHasNotEnded,
    EraserHandlesTheCase,
    NothingPersonalIsKept,
    Refused,
    RetentionRuns,
)
from domain.vocabulary import ErasureGround
from projections.driver import rows
from tests import scenarios
from tests.offices import OFFICER, SUPERVISOR, Clock, log_of, person
from tests.scenarios import MINUTES, PHONE, SIGNATORY, case_number, give

WHY = {"ground": "person_asked", "explanation": "本人书面要求"}
PICTURE = b"\xff\xd8\xff a picture that only one case rests on"


def files(system: System) -> list[str]:
    """Two files in the store, as they were received."""
    found = []
    for content in (PICTURE, PICTURE + b" and another"):
        name = sha256(content).hexdigest()
        system.evidence.adopt(BytesIO(content), name)
        found.append(name)
    return found


def a_case_with_everything(system: System) -> tuple[UUID, str, list[str]]:
    """An interviewed case with two photographs, the second of which another case rests on too."""
    case = scenarios.an_interviewed_case(system).stream
    own, shared = files(system)
    for name in (own, shared):
        photo = {"taken_at": "2021-07-08T15:40", "sha256": name, "taken_where": "23.15N 113.26E"}
        give(system, "add_photo", photo, case)
    other = scenarios.a_listed_case(system, 2).stream
    give(system, "add_photo", {"taken_at": "2021-07-08T15:40", "sha256": shared}, other)
    return case, case_number(system, case), [own, shared]


def erase(system: System, case: UUID, **other: Any) -> Any:
    return give(system, "erase_personal_data", WHY | other, case, SUPERVISOR)


def wrapped_key(system: System, subject: UUID) -> str | None:
    with system.database.read() as c:
        found = rows(c, "SELECT wrapped_key FROM vault WHERE subject = ?", [str(subject)])
    return found[0][0] if found else None


def test_an_erasure_says_what_fell_and_nothing_of_it_opens(office: System) -> None:
    case, number, (own, shared) = a_case_with_everything(office)
    receipt = erase(office, case)
    entry = log_of(office, case)[-1]
    assert entry.topic == "case.personal_data_erased"
    assert [one["version"] for one in entry.data["fields"]] == [4, 6, 7, 8]
    assert entry.data["fields"][0]["fields"] == ["contact_person", "phone"]
    assert (entry.data["files"], entry.data["shared_files"]) == ([own], [shared])
    with office.database.read() as c:
        for one in log_of(office, case):
            for name in one.data:
                if isinstance(one.data[name], dict) and "sealed" in one.data[name]:
                    assert office.log.clear(c, one, name) is None
    assert list(office.evidence.hashes()) == [shared]
    found = see_certificate(office, person(office, SUPERVISOR), "QC-2021-0001")
    assert (found.case_number, found.erasure.position) == (number, receipt.position)
    assert judge_certificate(office, person(office, SUPERVISOR), found.number).holds
    assert verify_models(office)["equal"]


def test_no_row_of_either_database_holds_it_any_more(office: System, tmp_path: Path) -> None:
    """Every table read as text, and a new backup; of PostgreSQL's own files nobody can promise."""
    case, number, _ = a_case_with_everything(office)
    keep_draft(office, person(office, OFFICER), f"/cases/{number}/do/add_note", {"note": ["x"]})
    wrapped = wrapped_key(office, case)
    assert wrapped is not None
    before = every_row(office)
    assert wrapped in before and not any(word in before for word in (SIGNATORY, MINUTES, PHONE))
    erase(office, case)
    after = every_row(office)
    assert wrapped not in after and f"/cases/{number}/do" not in after
    backup(office, tmp_path / "new.backup")
    assert wrapped.encode() not in (tmp_path / "new.backup").read_bytes()
    with office.database.read() as c:
        assert verify_log(office, c).holds


def every_row(system: System) -> str:
    tables = [*STORE.tables, *(t.name for model in system.models.all for t in model.tables)]
    with system.database.read() as c:
        return repr([rows(c, f"SELECT * FROM {table}") for table in tables])


def test_what_is_sealed_afterwards_has_a_key_of_its_own(office: System) -> None:
    case, _, _ = a_case_with_everything(office)
    erase(office, case)
    with pytest.raises(NothingPersonalIsKept):
        erase(office, case)
    give(office, "add_note", {"note": "新来的联系人黄先生"}, case)
    with office.database.read() as c:
        assert office.log.clear(c, log_of(office, case)[-1], "note") == "新来的联系人黄先生"
    erase(office, case)
    certificate = see_certificate(office, person(office, SUPERVISOR), "QC-2021-0002")
    assert [one["fields"] for one in certificate.fields] == [["note"]]


def test_a_period_that_runs_is_no_ground(system: System, clock: Clock) -> None:
    case = scenarios.a_contacted_case(system).stream
    with pytest.raises(CaseHasNotEnded):
        erase(system, case, ground="retention_over")
    excluded = scenarios.an_excluded_case(system, 2).stream
    give(system, "add_note", {"note": "管理人王律师"}, excluded)
    with pytest.raises(RetentionRuns) as refused:
        erase(system, excluded, ground="retention_over")
    assert refused.value.values == {"due_on": "2022-07-23"}
    clock.set("2022-07-23T09:00")
    erase(system, excluded, ground="retention_over")
    assert log_of(system, excluded)[-1].data["rule"] == "K2021.excluded"


def test_who_handles_the_case_leaves_it_to_another(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    give(system, "claim_case", {}, case, SUPERVISOR)
    with pytest.raises(EraserHandlesTheCase):
        erase(system, case)
    with pytest.raises(Refused):
        give(system, "erase_personal_data", WHY, case, OFFICER)


def test_an_erasure_is_not_voided(system: System) -> None:
    case = scenarios.a_contacted_case(system).stream
    version = erase(system, case).version
    with pytest.raises(Refused, match="entry_cannot_be_voided"):
        give(system, "void_entry", {"target": version, "explanation": "误操作"}, case)


def test_drafts_lists_and_digests_of_what_was_typed_fall_too(system: System) -> None:
    case, number, _ = a_case_with_everything(system)
    other = case_number(system, scenarios.a_listed_case(system, 3).stream)
    officer = person(system, OFFICER)
    for name in (number, other):
        keep_draft(system, officer, f"/cases/{name}/do/add_note", {"note": ["吴秀兰来电"]})
    typed = {
        "attempted_at": "2021-07-20T10:00",
        "result": "no_answer",
        "channel": "phone",
        "notes": "找吴秀兰",
    }
    bulks = [begin_bulk(system, officer, "attempt_contact", [n]) for n in (number, other)]
    for one in bulks:
        try_bulk(system, officer, one, typed)
    noted = give(system, "add_note", {"note": "x"}, case, command_id="the-same-twice")
    erase(system, case)
    with system.database.read() as c:
        assert rows(c, "SELECT place FROM draft") == [(f"/cases/{other}/do/add_note",)]
        question = "SELECT DISTINCT digest FROM receipt WHERE stream_id = ? AND position <= ?"
        assert rows(c, question, [str(case), noted.position]) == [("",)]
    assert find_bulk(system, officer, bulks[1]).numbers == (other,)
    with pytest.raises(BulkIsUnknown):
        find_bulk(system, officer, bulks[0])
    with pytest.raises(CommandIdReused):
        give(system, "add_note", {"note": "x"}, case, command_id="the-same-twice")


# -- the hunt -------------------------------------------------------------------------------------


class Haystack:
    """Every byte that the office left on the disk, and the words that must not be there."""

    def __init__(self, system: System, case: UUID, archive: Path) -> None:
        self.system, self.archive = system, archive
        wrapped = wrapped_key(system, case)
        assert wrapped is not None
        key = system.vault._unwrapped(str(case), wrapped)
        with system.database.read() as c:
            ((draft,),) = rows(c, "SELECT typed FROM draft")
        self.needles: dict[str, list[bytes]] = {
            "wrapped key": _parts(wrapped),
            "draft": _parts(draft),
            "unwrapped key": [key],
            "file": [PICTURE],
            **{word: [word.encode()] for word in (SIGNATORY, MINUTES, PHONE)},
        }

    def found(self) -> set[tuple[str, str]]:
        backup(self.system, self.archive)
        home = self.system.settings.home
        places = [*home.rglob("*"), self.archive]
        return {
            (place.name, name)
            for place in places
            if place.is_file()
            for name, needles in self.needles.items()
            if any(needle in place.read_bytes() for needle in needles)
        }


def _parts(text: str) -> list[bytes]:
    """What is left of a row that was overwritten may be a part of it."""
    return [text[at : at + 20].encode() for at in range(0, len(text) - 20, 20)]


@pytest.fixture
def hunted(system: System, tmp_path: Path) -> Iterator[tuple[System, UUID, Haystack]]:
    case, number, _ = a_case_with_everything(system)
    keep_draft(system, person(system, OFFICER), f"/cases/{number}/do/add_note", {"note": [MINUTES]})
    yield system, case, Haystack(system, case, tmp_path / "new.backup")


def test_the_name_is_nowhere_in_any_file_of_the_office(
    hunted: tuple[System, UUID, Haystack],
) -> None:
    system, case, haystack = hunted
    receipt = publish(
        system,
        person(system, SUPERVISOR),
        Question("2021-07-20"),
        [Wanted("repair.by_record")],
        "x",
    )
    before = haystack.found()
    assert {name for _, name in before} == {"wrapped key", "draft"}, (
        "what is sealed is no clear word"
    )
    erase(system, case)
    assert haystack.found() == set()
    with system.database.read() as c:
        assert verify_log(system, c).holds
    assert verify_receipt(system, person(system, "U03-1"), receipt.number).verdict == "holds"


def test_the_hunt_finds_a_key_that_was_not_dropped(
    hunted: tuple[System, UUID, Haystack], monkeypatch: pytest.MonkeyPatch
) -> None:
    system, case, haystack = hunted
    monkeypatch.setattr(Vault, "drop", lambda *_: False)
    erase(system, case)
    assert {name for _, name in haystack.found()} == {"wrapped key"}


def test_the_hunt_finds_a_key_on_a_page_that_was_only_set_free(
    hunted: tuple[System, UUID, Haystack],
) -> None:
    system, case, haystack = hunted
    system.database.dispose()

    @event.listens_for(system.database.engine, "connect")
    def _careless(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA secure_delete=OFF")

    erase(system, case)
    assert ("casesys.db", "draft") in haystack.found()


def test_the_hunt_finds_a_key_in_a_write_ahead_file_that_was_not_emptied(
    hunted: tuple[System, UUID, Haystack], monkeypatch: pytest.MonkeyPatch
) -> None:
    system, case, haystack = hunted
    monkeypatch.setattr(type(system.database), "forget_old_pages", lambda *_: False)
    erase(system, case)
    assert ("casesys.db-wal", "wrapped key") in haystack.found()


def test_the_hunt_finds_a_file_that_was_not_removed(
    hunted: tuple[System, UUID, Haystack], monkeypatch: pytest.MonkeyPatch
) -> None:
    system, case, _ = hunted
    monkeypatch.setattr(sweeping, "unused", lambda c, forgotten: set())
    erase(system, case)
    assert len(list(system.evidence.hashes())) == 2
    monkeypatch.undo()
    judged = judge_certificate(system, person(system, SUPERVISOR), "QC-2021-0001")
    assert judged.faults == ["files"]
    sweeping.sweep(system)
    assert judge_certificate(system, person(system, SUPERVISOR), "QC-2021-0001").holds


def test_what_a_crash_left_undone_the_next_sweep_does(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _, (own, shared) = a_case_with_everything(system)
    monkeypatch.setattr("casesys.system.sweep_after", lambda *_: None)
    erase(system, case)
    assert sorted(system.evidence.hashes()) == sorted([own, shared])
    assert known_in(system.settings.home) == []
    assert sweeping.sweep(system)[:3] == (1, 1, 1)
    assert sweeping.sweep(system)[:3] == (1, 0, 0)
    assert list(system.evidence.hashes()) == [shared]
    with system.database.read() as c:
        assert sweeping.forgotten_files(system, c) == {own: "QC-2021-0001"}


def test_a_file_that_comes_again_after_the_erasure_stays(system: System) -> None:
    case, _, (own, _) = a_case_with_everything(system)
    erase(system, case)
    system.evidence.adopt(BytesIO(PICTURE), own)
    give(system, "add_photo", {"taken_at": "2021-07-21T15:40", "sha256": own}, case)
    sweeping.sweep(system)
    assert own in set(system.evidence.hashes())


def test_the_library_s_own_way_in_drops_the_key_as_well(system: System) -> None:
    """Whatever appends the event: it cannot stand in the log while the key opens."""
    case = scenarios.a_contacted_case(system).stream
    with system.database.write() as c:
        aggregate = system.log.load(c, case, GovernanceCase).aggregate
        assert aggregate is not None
        desk = system.desk(c, "operator:tests")
        erase_personal_data(
            aggregate, desk, ground=ErasureGround.PERSON_ASKED, explanation="本人要求"
        )
        happened = [(e, Meta()) for e in aggregate.collect_events() if isinstance(e, DeskEvent)]
        system.log.append(c, happened, desk.now)
    assert wrapped_key(system, case) is None
