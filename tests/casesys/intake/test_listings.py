"""A list is taken in row by row, all of it or nothing; what waits is settled by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from casesys import intake, words
from casesys.intake import WorkbookRefused, listings
from casesys.intake.listings import import_listing
from casesys.permits import NotPermitted
from casesys.settings import Settings
from casesys.system import System
from domain.refusals import (
    CreditCodeIsInvalid,
    DocumentNumberIsNoCourtNumber,
    NotYetHappened,
    NumberUsedElsewhere,
    Refused,
    RowDecidedAfterListing,
    RowIsNotHeld,
    RowNeedsAmount,
    RowNeedsExplanation,
    RowNeedsName,
    UnitIsUnknown,
    UploadIsUnknown,
)
from projections.case_file import CASE_FILE
from projections.enterprises import ENTERPRISE
from projections.record_index import RECORD_INDEX
from projections.uploads import HELD_ROW, UPLOAD
from tests.casesys.intake.given_lists import (
    AUDITOR,
    OFFICER,
    asked,
    in_clear,
    log_digest,
    office_of,
    results,
    settle,
    take,
    upload_of,
)
from tests.casesys.intake.making import CODES, HEAD, NAMES, UNITS, record, workbook, zipped
from tests.shared_data import shared_path

DISTRICT = "district/district_50"
RESULT = {
    "accept": "accepted",
    "accept_as_text": "accepted",
    "ask": "held",
    "reject": "rejected",
    "duplicate": "duplicate",
    "skip": "skipped",
}
WRONG_DIGIT = CODES[0][:17] + "1"


@pytest.fixture
def office(store_settings: Settings) -> Iterator[System]:
    """A small office, once on each database."""
    system = office_of(store_settings)
    yield system
    system.database.dispose()


@pytest.fixture
def district(store_settings: Settings) -> Iterator[System]:
    """The made district before its first list, once on each database."""
    system = office_of(store_settings, shared_path(f"{DISTRICT}/units.csv"))
    yield system
    system.database.dispose()


def a_list(*rows: list[Any], merge: tuple[str, ...] = ()) -> bytes:
    return workbook(("名单", [HEAD, *rows]), merge=merge)


def books(system: System) -> list[str]:
    with system.database.read() as c:
        return [model.digest(c)[0] for model in system.models.all]


# -- the district's lists -------------------------------------------------------------------------


def test_the_dirty_list_is_answered_row_by_row_as_its_key_says(district: System) -> None:
    key = json.loads(shared_path(f"{DISTRICT}/upload_dirty_key.json").read_text("utf-8"))
    done = import_listing(district, shared_path(f"{DISTRICT}/upload_dirty.xlsx"), OFFICER)
    rows = {(row["sheet"], row["row"]): row for row in done["rows"]}
    for expected in key["rows"]:
        row = rows[expected["sheet"], expected["row"]]
        assert row["result"] == RESULT[expected["expect"]], expected["why"]
        if "field" in expected:
            assert {p["field"] for p in row["problems"]} == {expected["field"]}, expected["why"]
        elif row["result"] != "duplicate":
            assert row["problems"] == [], expected["why"]
    assert not {sheet for sheet, _ in rows} & set(key["sheets_to_skip"])
    counts = {result: done["summary"][result] for result in listings.LISTING_RESULTS}
    assert counts == {"accepted": 14, "held": 3, "rejected": 9, "duplicate": 2, "skipped": 4}
    assert asked(district, f"SELECT COUNT(*) FROM {RECORD_INDEX}") == [(14,)]


def test_the_clean_list_fills_fifty_cases_and_a_second_import_changes_nothing(
    district: System,
) -> None:
    path = shared_path(f"{DISTRICT}/upload_clean.xlsx")
    first = import_listing(district, path, OFFICER)
    assert first["summary"]["accepted"] == 123
    assert asked(district, f"SELECT COUNT(*) FROM {RECORD_INDEX}") == [(123,)]
    assert asked(district, f"SELECT COUNT(*) FROM {CASE_FILE} WHERE stage = 'contacting'") == [
        (50,)
    ]
    log, models = log_digest(district), books(district)
    again = import_listing(district, path, OFFICER, file_name="another name.xlsx")
    assert (again["summary"]["duplicate"], again["summary"]["accepted"]) == (123, 0)
    assert again["summary"]["imported_before"]
    assert (log_digest(district), books(district)) == (log, models)


def test_a_dry_run_gives_the_same_answers_and_changes_nothing(district: System) -> None:
    log, models = log_digest(district), books(district)
    for name in ("upload_clean.xlsx", "upload_dirty.xlsx"):
        path = shared_path(f"{DISTRICT}/{name}")
        tried = import_listing(district, path, OFFICER, dry_run=True)
        assert (log_digest(district), books(district)) == (log, models)
        assert tried["summary"]["upload"] is None
        real = import_listing(district, path, OFFICER)
        assert real["rows"] == tried["rows"]
        log, models = log_digest(district), books(district)


# -- what a row leaves behind ---------------------------------------------------------------------


def test_everything_happened_when_the_subject_was_listed_and_names_its_list(
    office: System,
) -> None:
    take(office, a_list(record(0)), file_name="名单.xlsx")
    found = asked(
        office,
        "SELECT topic, occurred_at, actor, caused_by FROM log WHERE caused_by IS NOT NULL "
        "ORDER BY position",
    )
    listed = "2021-03-07T16:00:00.000000Z"
    assert [(topic, at) for topic, at, _, _ in found[:-1]] == [
        ("enterprise.registered", listed),
        ("campaign.started", listed),
        ("case.opened", listed),
        ("case.subject_listed", listed),
        ("case.record_attached", listed),
    ]
    assert found[-1][0] == "upload.received"
    assert {actor for _, _, actor, _ in found} == {OFFICER.id}
    assert len({cause for _, _, _, cause in found}) == 1
    assert re.fullmatch(r"upload:[0-9a-f]{16}", found[0][3])


def test_a_remark_stays_the_text_it_was_and_is_sealed(office: System) -> None:
    typed = '=HYPERLINK("http://127.0.0.1","x")<script>alert(1)</script>'
    rows = [record(0, f"甲罚〔2020〕{n}号", remark="'" + typed) for n in (1, 2)]
    take(office, a_list(*rows))
    notes = asked(office, "SELECT stream_id, version, data FROM log WHERE topic='case.note_added'")
    ((stream, version, data),) = notes
    with office.database.read() as c:
        sealed = json.loads(data)["note"]
        assert office.vault.open(c, stream, version, "note", sealed) == "'" + typed
    assert not in_clear(office, "HYPERLINK")
    assert in_clear(office, NAMES[0])


def test_a_number_of_another_case_is_held_and_names_the_case(office: System) -> None:
    take(office, a_list(record(0)))
    (row,) = take(office, a_list(record(1)))
    assert results([row]) == [("held", ["number.used_elsewhere"])]
    assert (row["problems"][0]["field"], row["problems"][0]["column"]) == ("number", "F")
    assert "L20210308-0001" in row["problems"][0]["message"]
    # Nothing of the row is in the books: neither its enterprise nor a case without a record.
    assert asked(office, f"SELECT COUNT(*) FROM {ENTERPRISE}") == [(1,)]
    assert asked(office, f"SELECT COUNT(*) FROM {CASE_FILE}") == [(1,)]


def test_a_number_that_two_enterprises_of_one_list_claim_goes_to_the_first(
    office: System,
) -> None:
    answers = take(office, a_list(record(0), record(1), record(2, "甲罚〔2020〕2号")))
    assert results(answers) == [
        ("accepted", []),
        ("held", ["number.used_elsewhere"]),
        ("accepted", []),
    ]


def test_without_the_question_before_the_row_nothing_is_half_done_either(
    office: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(office, a_list(record(0)))
    before = log_digest(office)
    monkeypatch.setattr(listings, "against", lambda work, row: iter(()))
    with pytest.raises(NumberUsedElsewhere):
        take(office, a_list(record(2, "甲罚〔2020〕9号"), record(1)))
    assert log_digest(office) == before


def test_a_row_that_joins_a_listed_case_says_what_it_writes_otherwise(office: System) -> None:
    take(office, a_list(record(0)))
    other = record(0, "甲罚〔2020〕2号", town="白石镇", unit=UNITS[1])
    (row,) = take(office, a_list(other), campaign="L20210308")
    assert results([row]) == [
        ("accepted", ["town.differs_from_listing", "unit.differs_from_listing"])
    ]
    assert "云台街道" in row["problems"][0]["message"]


def test_a_row_without_a_unit_waits_unless_its_case_has_one(office: System) -> None:
    rows = [
        record(0),
        record(0, "甲罚〔2020〕2号", unit=None),
        record(1, "甲罚〔2020〕3号", unit=None),
    ]
    answers = take(office, a_list(*rows))
    assert results(answers) == [("accepted", []), ("accepted", []), ("held", ["unit.missing"])]


def test_one_list_for_two_campaigns_is_two_uploads_and_no_record_twice(office: System) -> None:
    data = a_list(record(0))
    assert results(take(office, data, campaign="甲-1")) == [("accepted", [])]
    assert results(take(office, data, campaign="甲-2")) == [("duplicate", ["number.known"])]
    assert asked(office, f"SELECT COUNT(*) FROM {UPLOAD}") == [(2,)]


def test_answers_are_said_in_the_reader_s_language(office: System) -> None:
    data = a_list(record(0, unit="区不存在的局"))
    (zh,) = take(office, data, dry_run=True)
    (en,) = take(office, data, dry_run=True, language="en")
    assert zh["problems"][0]["message"] == "“区不存在的局”不是成员单位"
    assert en["problems"][0]["message"] == "“区不存在的局” is not a member unit"


def test_two_people_who_send_one_list_at_once_import_it_once(store_settings: Settings) -> None:
    systems = [office_of(store_settings), office_of(store_settings)]
    data = a_list(*[record(n % 3, f"甲罚〔2020〕{n}号") for n in range(1, 31)])
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda system: import_listing(system, data, OFFICER), systems))
    counts = sorted((one["summary"]["accepted"], one["summary"]["duplicate"]) for one in done)
    assert counts == [(0, 30), (30, 0)]
    assert asked(systems[0], f"SELECT COUNT(*) FROM {RECORD_INDEX}") == [(30,)]
    for system in systems:
        system.database.dispose()


def test_every_code_of_an_answer_has_its_sentence() -> None:
    folder = Path(intake.__file__).parent
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.py"))]
    texts.append(Path(listings.__file__).read_text("utf-8"))
    pattern = r'"((?:uscc|number|name|date|amount|category|text|unit|sheet|row|workbook|listing)'
    codes = {code for text in texts for code in re.findall(pattern + r'\.[a-z_]+)"', text)}
    codes -= {"workbook.xml", "workbook.bin"}
    assert len(codes) > 35
    for language in words.LANGUAGES:
        assert codes - words.codes(language) == set()


# -- settling -------------------------------------------------------------------------------------


def test_a_wrong_check_digit_is_taken_with_an_explanation_or_corrected(office: System) -> None:
    rows = [record(0, uscc=WRONG_DIGIT), record(0, "甲罚〔2020〕2号", uscc=WRONG_DIGIT)]
    assert results(take(office, a_list(*rows))) == [("held", ["uscc.check_digit"])] * 2
    with pytest.raises(RowNeedsExplanation):
        settle(office, 2)
    settle(office, 2, explanation="营业执照上就是这样")
    settle(office, 3, uscc=CODES[0].lower())
    found = asked(office, f"SELECT enterprise FROM {CASE_FILE} ORDER BY number")
    assert found == [(WRONG_DIGIT,), (CODES[0],)]
    data = asked(
        office, "SELECT data FROM log WHERE topic = 'upload.row_settled' ORDER BY position"
    )
    assert json.loads(data[0][0])["explanation"] == "营业执照上就是这样"
    assert json.loads(data[1][0])["values"]["uscc"] == CODES[0]


def test_an_unknown_unit_is_replaced_by_a_known_one(office: System) -> None:
    take(office, a_list(record(0, unit="区市场监管局")))
    with pytest.raises(UnitIsUnknown):
        settle(office, 2)
    with pytest.raises(UnitIsUnknown):
        settle(office, 2, unit="区没有的局")
    settle(office, 2, unit=UNITS[0])
    assert asked(office, f"SELECT case_number FROM {HELD_ROW}") == [("L20210308-0001",)]


@pytest.mark.parametrize(("which", "name"), [("renamed", "岭川新名有限公司"), ("known", NAMES[0])])
def test_a_person_says_whether_an_enterprise_was_renamed(
    office: System, which: str, name: str
) -> None:
    take(office, a_list(record(0)))
    take(office, a_list(record(0, "甲罚〔2020〕2号", name="岭川新名有限公司")))
    with pytest.raises(RowNeedsName):
        settle(office, 2)
    settle(office, 2, which_name=which)
    assert asked(office, f"SELECT name FROM {ENTERPRISE}") == [(name,)]
    assert asked(office, f"SELECT COUNT(*) FROM {RECORD_INDEX}") == [(2,)]


def test_a_shared_sum_is_divided_by_a_person(office: System) -> None:
    rows = [record(0), record(0, "甲罚〔2020〕2号", amount=None)]
    take(office, a_list(*rows, merge=("I2:I3",)))
    with pytest.raises(RowNeedsAmount):
        settle(office, 2)
    settle(office, 2, amount_fen="120,000.50")
    settle(office, 3, amount_fen="0")
    amounts = asked(office, f"SELECT amount_fen FROM {RECORD_INDEX} ORDER BY amount_fen")
    assert amounts == [(0,), (12_000_050,)]


def test_a_number_used_elsewhere_is_taken_only_once_it_is_corrected(office: System) -> None:
    take(office, a_list(record(0)))
    take(office, a_list(record(1, remark="联系人电话见附件")))
    before = log_digest(office)
    with pytest.raises(NumberUsedElsewhere):
        settle(office, 2)
    assert log_digest(office) == before
    settle(office, 2, number="岭云市监处罚[2020]11号")
    found = asked(office, f"SELECT number FROM {RECORD_INDEX} ORDER BY attached_position")
    assert found[1] == ("岭云市监处罚〔2020〕11号",)
    # What was typed beside the row is sealed while it waits, and goes into the file of the case.
    assert not in_clear(office, "联系人电话")
    assert asked(office, "SELECT COUNT(*) FROM log WHERE topic = 'case.note_added'") == [(1,)]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"uscc": "1"}, CreditCodeIsInvalid),
        ({"unit": UNITS[0], "decided_on": "2021-03-09"}, RowDecidedAfterListing),
        ({"unit": UNITS[0], "listed_on": "2022-01-01"}, NotYetHappened),
        ({"unit": UNITS[0], "category": "judgment"}, DocumentNumberIsNoCourtNumber),
        ({"unit": UNITS[0], "number": "2020年第1号"}, RowNeedsExplanation),
        ({"unit": UNITS[0], "row": 3}, RowIsNotHeld),
        ({"unit": UNITS[0], "upload": "x"}, UploadIsUnknown),
        ({"unit": UNITS[0], "upload": "5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10"}, UploadIsUnknown),
    ],
)
def test_what_is_still_impossible_is_refused_and_the_row_goes_on_waiting(
    office: System, fields: dict[str, Any], refusal: type[Refused]
) -> None:
    take(office, a_list(record(0, unit="区市场监管局"), record(1, "甲罚〔2020〕2号")))
    before = log_digest(office)
    raw = dict(fields)
    with pytest.raises(refusal):
        settle(office, raw.pop("row", 2), **raw)
    assert log_digest(office) == before
    assert asked(office, f"SELECT waiting FROM {UPLOAD}") == [(1,)]


def test_a_row_is_settled_once(office: System) -> None:
    take(office, a_list(record(0, unit="区市场监管局")))
    settle(office, 2, "reject", explanation="重复报送")
    for decision in ("accept", "reject"):
        with pytest.raises(RowIsNotHeld):
            settle(office, 2, decision, unit=UNITS[0])
    assert asked(office, f"SELECT COUNT(*) FROM {CASE_FILE}") == [(0,)]


def test_a_list_that_comes_again_says_what_became_of_the_rows_that_waited(office: System) -> None:
    wrong = {"unit": "区市场监管局"}
    data = a_list(*[record(n, f"甲罚〔2020〕{n}号", **wrong) for n in range(3)])
    take(office, data)
    settle(office, 2, unit=UNITS[0])
    settle(office, 3, "reject")
    before = log_digest(office)
    assert results(take(office, data)) == [
        ("duplicate", ["number.known"]),
        ("rejected", ["unit.unknown", "row.set_aside"]),
        ("held", ["unit.unknown"]),
    ]
    assert log_digest(office) == before


# -- wrong input ----------------------------------------------------------------------------------


def bomb() -> bytes:
    return zipped({"xl/workbook.xml": b"<a/>", "xl/sharedStrings.xml": b"\0" * (64 * 2**20)})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook.not_one"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "workbook.not_one"),
        (b"PK\x03\x04" + b"\0" * 100, "workbook.unreadable"),
        (bomb(), "workbook.bomb"),
    ],
    ids=["empty", "pdf", "broken", "bomb"],
)
def test_what_is_no_list_is_refused_with_words_and_leaves_nothing(
    office: System, data: bytes, code: str
) -> None:
    before = log_digest(office)
    with pytest.raises(WorkbookRefused) as refused:
        take(office, data)
    assert refused.value.code == code
    assert words.say(code, "en", **refused.value.values)
    assert log_digest(office) == before


def test_two_hundred_megabytes_are_refused_without_reading_them(
    office: System, tmp_path: Path
) -> None:
    large = tmp_path / "名单.xlsx"
    with large.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(WorkbookRefused) as refused:
        take(office, large)
    assert refused.value.code == "workbook.too_large"


@pytest.mark.parametrize("campaign", ["a/b", "甲 乙", "x" * 41, "../x", "<b>"])
def test_a_campaign_has_a_name_that_can_stand_in_an_address(office: System, campaign: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        take(office, a_list(record(0)), campaign=campaign)
    assert words.say(refused.value.code, "zh", **refused.value.values)


def test_an_auditor_takes_no_list_in(office: System) -> None:
    with pytest.raises(NotPermitted):
        import_listing(office, a_list(record(0)), AUDITOR)


def test_the_newest_upload_is_the_one_that_came_last(office: System) -> None:
    take(office, a_list(record(0)))
    first = upload_of(office)
    take(office, a_list(record(1, "甲罚〔2020〕2号")))
    assert upload_of(office) != first
