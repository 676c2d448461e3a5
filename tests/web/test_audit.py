"""The audit trail is open to the auditor alone, and shows no sealed word."""

from __future__ import annotations

import pytest

from casesys.system import System
from tests.offices import AUDITOR, OFFICER, SUPERVISOR
from tests.scenarios import MINUTES, PHONE, SIGNATORY, an_exited_case
from tests.web.helpers import Reader, app_of, words_of

WRONG = (
    "before=-1",
    "before=99999999999999999999999999",
    "after=abc",
    "topic=nothing",
    "clock=nothing",
    "result=nothing",
    "result=late&days=x",
    "actor=%27%22",
    "about=%25",
    "command_id=" + "x" * 500,
    "on_from=2021-13-01&on_to=x",
    "on_from=1900-01-01",
    "about=nothing&before=3&after=2",
)


@pytest.fixture
def office_with_a_case(system: System) -> System:
    an_exited_case(system)
    return system


@pytest.mark.parametrize("login", [OFFICER, SUPERVISOR])
def test_the_trail_is_closed_to_whoever_is_no_auditor(
    office_with_a_case: System, login: str
) -> None:
    reader = Reader(app_of(office_with_a_case), login)
    assert reader.get("/audit").status_code == 403
    assert reader.get("/audit/3").status_code == 403
    assert reader.get("/cases/2021-01-0001/history").status_code == 200


def test_no_page_of_the_trail_shows_a_sealed_word(office_with_a_case: System) -> None:
    reader = Reader(app_of(office_with_a_case), AUDITOR)
    with office_with_a_case.database.read() as c:
        head = office_with_a_case.log.head(c)[0]
    pages = [f"/audit/{position}" for position in range(1, head + 1)]
    masked = 0
    for path in ("/audit", "/cases/2021-01-0001/history", *pages):
        text = reader.get_page(path)
        assert not any(word in text for word in (SIGNATORY, PHONE, MINUTES)), path
        masked += "已加密，这里不显示" in text
    assert masked > 5


def test_every_entry_opens_in_both_languages(office_with_a_case: System) -> None:
    reader = Reader(app_of(office_with_a_case), AUDITOR)
    for language, word in (("zh", "入库"), ("en", "Entered")):
        reader.get("/preferences", language=language)
        for position in range(1, 60):
            page = reader.get(f"/audit/{position}")
            assert page.status_code == 200 and word in page.text


def test_no_wrong_address_is_a_fault(office_with_a_case: System) -> None:
    reader = Reader(app_of(office_with_a_case), AUDITOR)
    for query in WRONG:
        assert reader.get_page_status(f"/audit?{query}") in (200, 400), query
    for position in ("0", "99999999999999999999999999", "-1", "x"):
        assert reader.get_page_status(f"/audit/{position}") == 404


def test_a_case_that_is_not_there_is_named(office_with_a_case: System) -> None:
    page = words_of(Reader(app_of(office_with_a_case), AUDITOR).get_page("/audit?about=nix"))
    assert "没有叫“nix”的案件" in page


def test_the_trail_and_a_history_keep_to_the_day_that_is_asked(office_with_a_case: System) -> None:
    reader = Reader(app_of(office_with_a_case), AUDITOR)
    history = "/cases/2021-01-0001/history"
    assert "约谈了企业" in reader.get_page(history)
    assert "约谈了企业" not in reader.get_page(f"{history}?as_of=2021-07-07")
    assert "2021-07-08" in reader.get_page("/audit?about=2021-01-0001")
    assert "2021-07-08" not in reader.get_page("/audit?about=2021-01-0001&as_of=2021-07-07")
    page = reader.get("/audit?as_of=2021-07-07&known_at=2021-07-31T00:00").text
    assert '<input type="hidden" name="as_of" value="2021-07-07">' in page
    empty = reader.get(f"{history}?as_of=2020-01-01")
    assert empty.status_code == 200 and "没有符合条件的登记" in empty.text
