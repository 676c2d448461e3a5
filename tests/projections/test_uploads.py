"""Which lists came, and which rows wait: the same rows however the log reached the read model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casesys.rebuild import rebuild
from casesys.settings import Settings
from casesys.system import System
from tests.casesys.intake.given_lists import OFFICER, TODAY, office_of, settle, take, upload_of
from tests.casesys.intake.making import HEAD, UNITS, record, workbook

UNKNOWN = {"unit": "区没有的局"}


@pytest.fixture
def office(store_settings: Settings) -> Iterator[System]:
    system = office_of(store_settings)
    yield system
    system.database.dispose()


def with_two_lists(office: System) -> System:
    """The first list waits in full; of the second one row was taken and one set aside."""
    rows = [record(n, f"甲罚〔2020〕{n}号", **UNKNOWN) for n in range(3)]
    take(office, workbook(("名单", [HEAD, *rows])), file_name="一.xlsx")
    rows = [
        record(0),
        record(1, "乙罚〔2020〕1号", **UNKNOWN),
        record(2, "乙罚〔2020〕2号", **UNKNOWN),
    ]
    take(office, workbook(("名单", [HEAD, *rows])), file_name="二.xlsx", campaign="甲-1")
    settle(office, 3, unit=UNITS[0])
    settle(office, 4, "reject")
    return office


def test_uploads_are_listed_the_newest_first_with_what_they_held(office: System) -> None:
    model = with_two_lists(office).models.uploads
    with office.database.read() as c:
        (second, first), total = model.page(c, 0, 10)
        assert total == 2
        assert (second["file_name"], second["campaign"]) == ("二.xlsx", "甲-1")
        counts = ("accepted", "held", "rejected", "duplicate", "skipped", "waiting")
        assert [second[name] for name in counts] == [1, 2, 0, 0, 0, 0]
        assert [first[name] for name in counts] == [0, 3, 0, 0, 0, 3]
        assert (first["received_by"], first["received_at"][:10]) == (OFFICER.id, TODAY)
        assert model.page(c, 1, 1)[0] == [first]
        assert model.of(c, second["stream_id"]) == second
        assert model.of(c, "nothing") is None


def test_rows_wait_until_a_person_settles_them(office: System) -> None:
    model = with_two_lists(office).models.uploads
    with office.database.read() as c:
        waiting, total = model.waiting(c, 0, 2)
        assert (total, [row["row_no"] for row in waiting]) == (3, [2, 3])
        assert waiting[0]["problems"][0]["code"] == "unit.unknown"
        settled = model.held_of(c, upload_of(office))
        assert [(row["decision"], row["case_number"]) for row in settled] == [
            ("accept", "甲-1-0002"),
            ("reject", None),
        ]
        assert {row["settled_by"] for row in settled} == {OFFICER.id}


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_a_rebuild_leaves_the_same_rows(office: System, batch: int) -> None:
    model = with_two_lists(office).models.uploads
    with office.database.read() as c:
        before = model.digest(c)
    assert before[1] == 7
    rebuild(office, ["uploads"], batch=batch)
    with office.database.read() as c:
        assert model.digest(c) == before
