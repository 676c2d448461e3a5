"""A file of evidence leads to every entry that rests on it, and to whoever may see it."""

from __future__ import annotations

from casesys.registry import KINDS
from casesys.system import Receipt, System
from domain.decisions.erasing import FILES as FIELDS
from projections.driver import rows
from projections.evidence_use import EVIDENCE_USE
from tests.scenarios import (
    COMMITMENT,
    PHOTO,
    a_contacted_case,
    a_listed_case,
    an_exited_case,
    contact,
    give,
)

TAKEN = {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}
UNIT, ANOTHER_UNIT = "区市场监督管理局", "区住房和城乡建设局"


def a_photographed_case(office: System, n: int = 1) -> Receipt:
    return give(office, "add_photo", TAKEN, a_contacted_case(office, n).stream)


def test_every_fact_that_names_a_file_is_looked_for() -> None:
    named = {
        kind.topic: tuple(
            name for name in ("sha256", "photo") if name in kind.event.__dataclass_fields__
        )
        for kind in KINDS.values()
        if kind.topic.startswith("case.")
    }
    assert {topic: names for topic, names in named.items() if names} == dict(FIELDS)


def test_a_file_leads_to_its_entries_and_one_taken_away_says_so(office: System) -> None:
    receipt = an_exited_case(office)
    with office.database.read() as c:
        found = rows(
            c, f"SELECT topic, field, sha256, voided FROM {EVIDENCE_USE} ORDER BY position, field"
        )
        uses = office.models.evidence_use.uses(c, [PHOTO])
    assert ("case.photo_added", "sha256", PHOTO, 0) in found
    assert ("case.commitment_signed", "sha256", COMMITMENT, 0) in found
    with office.database.read() as c:
        (entry,) = [e for e in office.log.after(c, 0, 1000) if e.position == uses[0][1]]
    void = {"target": entry.version, "explanation": "拍的是别家"}
    give(office, "void_entry", void, receipt.stream)
    with office.database.read() as c:
        gone = rows(c, f"SELECT voided FROM {EVIDENCE_USE} WHERE sha256 = ?", [PHOTO])
    assert gone == [(1,)]


def test_a_unit_reaches_a_file_of_its_cases_and_one_that_no_case_uses(office: System) -> None:
    a_photographed_case(office)
    with office.database.read() as c:
        model = office.models.evidence_use
        assert model.reached(c, PHOTO, UNIT)
        assert not model.reached(c, PHOTO, ANOTHER_UNIT)
        assert model.reached(c, "0" * 64, ANOTHER_UNIT)


def test_a_photograph_of_a_contact_is_evidence_too(office: System) -> None:
    case = a_listed_case(office).stream
    visit = contact(result="address_vacant", channel="visit", photo=PHOTO)
    give(office, "attempt_contact", visit, case)
    with office.database.read() as c:
        assert rows(c, f"SELECT field FROM {EVIDENCE_USE} WHERE sha256 = ?", [PHOTO]) == [
            ("photo",)
        ]
