"""Many cases at once: chosen in the list, tried out, done once, told case by case."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.test import TestResponse

import web.bulk
from casesys.system import System
from tests import scenarios
from tests.browser import enter, press, window
from tests.offices import AUDITOR, OTHER_OFFICER, SUPERVISOR, log_of
from tests.scenarios import MINUTES, case_number, give
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations
from tests.web.test_evidence import photograph

HELD = {
    "kind": "reminder",
    "held_at": "2021-07-20T09:00",
    "place": "区发展和改革局二楼会议室",
    "officers": "U01-1\nU01-2",
    "minutes": MINUTES,
}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def reader(system: System) -> Reader:
    """Three cases that can be interviewed, one whose enterprise was never reached."""
    for n in (1, 2, 3):
        scenarios.an_interviewed_case(system, n)
    scenarios.a_listed_case(system, 4)
    return Reader(app_of(system))


def number(n: int) -> str:
    return f"2021-01-{n:04d}"


def token(reader: Reader) -> str:
    found = TOKEN.search(reader.get_page("/"))
    assert found is not None
    return found[1]


def choose(reader: Reader, command: str, *numbers: str, query: str = "", **more: str) -> str:
    """Press a button of the bulk bar; the address to which it leads."""
    data = {"csrf_token": token(reader), "command": command, "case": list(numbers), **more}
    return str(reader.client.post(f"/bulk{query}", data=data).location)


def do(reader: Reader, bulk: str) -> TestResponse:
    return reader.client.post(bulk, data={"csrf_token": token(reader), "step": "do"})


def topics(system: System, n: int) -> list[str]:
    with system.database.read() as c:
        stream = system.models.case_file.find(c, number(n)).stream_id
    return [entry.topic for entry in log_of(system, stream)]


@pytest.mark.parametrize(
    ("language", "possible", "refused", "done"),
    [
        ("zh", "3件可办，1件不可办", "最近一次联系的结果不是", "3件已登记，1件没有办"),
        ("en", "3 can be done, 1 cannot", "The last contact was not", "3 recorded, 1 not done"),
    ],
)
def test_a_group_interview_is_tried_out_and_then_done_once_in_each_case(
    reader: Reader, system: System, language: str, possible: str, refused: str, done: str
) -> None:
    reader.get("/preferences", language=language)
    bulk = choose(reader, "hold_interview", *(number(n) for n in (1, 2, 3, 4)))
    before = [topics(system, n) for n in (1, 2, 3, 4)]
    tried = words_of(reader.get_page(reader.send(bulk, **HELD).location))
    assert possible in tried
    assert refused in tried and "云塘区第4建材有限公司" in tried
    assert [topics(system, n) for n in (1, 2, 3, 4)] == before, "nothing was written"
    for _ in range(2):
        assert done in words_of(reader.get_page(do(reader, bulk).location))
    after = [topics(system, n) for n in (1, 2, 3, 4)]
    assert after[:3] == [[*was, "case.interview_held"] for was in before[:3]]
    assert after[3] == before[3]
    assert done in words_of(reader.get_page(bulk)), "the result can be looked at again"


def test_what_was_typed_wrong_is_said_and_nothing_typed_is_lost(reader: Reader) -> None:
    bulk = choose(reader, "hold_interview", number(1))
    answer = reader.send(bulk, **{**HELD, "held_at": "gestern"})
    assert answer.status_code == 422
    assert "区发展和改革局二楼会议室" in answer.text and MINUTES in answer.text
    assert 'class="error-summary"' in answer.text


def test_what_was_typed_can_be_changed_before_it_is_done(reader: Reader) -> None:
    bulk = choose(reader, "hold_interview", number(1), number(2))
    reader.send(bulk, **HELD)
    form = reader.get_page(f"{bulk}?edit=1")
    assert "区发展和改革局二楼会议室" in form
    reader.send(f"{bulk}?edit=1", to=bulk, **{**HELD, "place": "线上"})
    assert "线上" in words_of(reader.get_page(bulk))


def test_one_file_is_received_once_and_attached_to_many(reader: Reader, system: System) -> None:
    bulk = choose(reader, "add_photo", number(1), number(2))
    file = (BytesIO(photograph()), "现场.jpg")
    tried = reader.send(bulk, sha256=file, taken_at="2021-07-19T10:00", caption="同一次检查")
    assert "2件可办" in words_of(reader.get_page(tried.location))
    do(reader, bulk)
    assert topics(system, 1)[-1] == topics(system, 2)[-1] == "case.photo_added"


def test_the_whole_query_is_chosen_and_not_only_its_page(reader: Reader, system: System) -> None:
    for n in range(5, 26):
        scenarios.a_listed_case(system, n)
    page = reader.get_page("/?category=penalty&pick=all")
    assert "这个查询的25件都已选中" in words_of(page)
    bulk = choose(reader, "claim_case", query="?category=penalty&pick=all", everything="1")
    assert "25件可办" in words_of(reader.get_page(bulk))
    some = choose(reader, "claim_case", query="?q=第7建材&pick=all", everything="1")
    assert "1件可办" in words_of(reader.get_page(some))


def test_choosing_nothing_leads_back_to_the_list_with_one_next_step(reader: Reader) -> None:
    back = choose(reader, "claim_case", query="?category=penalty")
    assert back == "/?category=penalty"
    assert "还没有选案件" in words_of(reader.get_page(back))


def test_a_unit_is_told_nothing_of_cases_beyond_its_reach(reader: Reader, system: System) -> None:
    far = scenarios.a_listed_case(system, 5).stream
    give(system, "assign_case", {"unit": "区税务局"}, far)
    unit = Reader(reader.client.application, OTHER_OFFICER)
    bulk = choose(unit, "claim_case", number(1), case_number(system, far), "2021-01-9999")
    page = words_of(unit.get_page(bulk))
    assert "1件可办，2件不可办" in page
    assert "不在您的办理范围" in page and "云塘区第5建材" not in page


def test_another_persons_bulk_is_not_there(reader: Reader) -> None:
    bulk = choose(reader, "claim_case", number(1))
    other = Reader(reader.client.application, SUPERVISOR)
    assert other.get_page_status(bulk) == 404
    assert do(other, bulk).status_code == 404


def test_an_unknown_act_or_address_is_an_answer_and_no_fault(reader: Reader) -> None:
    data = {"csrf_token": token(reader), "command": "confirm_exit", "case": number(1)}
    assert reader.client.post("/bulk", data=data).status_code == 400
    assert reader.get_page_status("/bulk/5b0c6d5e-37f0-5c0e-9a3f-3d8d1b7c2a10") == 404
    assert reader.client.post("/bulk", data={"command": "claim_case"}).status_code == 400


@pytest.mark.parametrize("number", ["\x00", "\ud800", "九" * 999, "'; DROP TABLE bulk", "%"])
def test_a_number_that_is_none_is_answered(reader: Reader, number: str) -> None:
    where = choose(reader, "claim_case", number.encode("utf-8", "replace").decode())
    page = words_of(reader.get_page(where))
    assert "还没有选案件" in page or "0件可办，1件不可办" in page


def test_who_may_only_read_has_no_boxes(reader: Reader) -> None:
    auditor = Reader(reader.client.application, AUDITOR)
    assert 'name="case"' in reader.get_page("/")
    assert 'name="case"' not in auditor.get_page("/")
    assert 'name="case"' not in reader.get_page("/?as_of=2021-07-15")


def test_a_case_that_went_on_meanwhile_is_offered_again(reader: Reader, system: System) -> None:
    bulk = choose(reader, "claim_case", number(1), number(2))
    with system.database.read() as c:
        stream = system.models.case_file.find(c, number(1)).stream_id
    give(system, "add_note", {"note": "改期"}, stream)
    page = reader.get_page(do(reader, bulk).location)
    assert "1件已登记，1件没有办" in words_of(page)
    assert "有了新登记，没有办" in words_of(page)
    assert "把有新登记的1件再办一次" in words_of(page)


def test_a_long_bulk_says_how_far_it_is_and_goes_on(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.bulk, "SECONDS", 0.0)
    bulk = choose(reader, "claim_case", number(1), number(2), number(3))
    page = reader.get_page(do(reader, bulk).location)
    assert "1件已登记，还剩2件" in words_of(page)
    assert "接着办剩下的2件" in words_of(page) and "data-go-on" in page
    do(reader, bulk)
    assert "3件已登记，0件没有办" in words_of(reader.get_page(do(reader, bulk).location))


# -- in a browser ----------------------------------------------------------------------------


def sound(page: Page) -> None:
    """No fault for those who cannot see, and no scrolling sideways."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("scripts", "width"), [(True, 1440), (True, 390), (False, 1440), (False, 390)]
)
def test_a_group_interview_in_a_browser(
    reader: Reader, system: System, chromium: Browser, scripts: bool, width: int
) -> None:
    app = reader.client.application
    with serving(app) as address, window(chromium, scripts=scripts, width=width) as desk:
        page = desk.new_page()
        enter(page, address)
        page.goto(address + "/")
        for n in (1, 2, 4):
            page.check(f"input[name=case][value='{number(n)}']")
        if scripts:
            expect(page.locator("[data-picked]")).to_have_text("3")
            sound(page)
        press(page.locator(".bulk button[value=hold_interview]"))
        page.check("input[name=kind][value=reminder]")
        for name in ("held_at", "place", "officers", "minutes"):
            page.fill(f"[name={name}]", HELD[name])
        if scripts:
            sound(page)
        press(page.locator("form.form button[type=submit]"))
        expect(page.locator("main")).to_contain_text(re.compile("2 ?件可办，1 ?件不可办"))
        if scripts:
            sound(page)
        press(page.locator("button[value=do]"))
        expect(page.locator("main")).to_contain_text(re.compile("2 ?件已登记，1 ?件没有办"))
        if scripts:
            sound(page)
        page.reload()
        press(page.locator("table tbody a").first)
    assert topics(system, 1).count("case.interview_held") == 2
    assert topics(system, 3).count("case.interview_held") == 1


def test_a_long_bulk_goes_on_by_itself_where_scripts_run(
    reader: Reader, system: System, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.bulk, "SECONDS", 0.0)
    with serving(reader.client.application) as address, window(chromium) as desk:
        page = desk.new_page()
        enter(page, address)
        page.goto(address + "/?pick=page")
        press(page.locator(".bulk button[value=claim_case]"))
        page.click("button[value=do]")
        expect(page.locator("main")).to_contain_text("这一页可以刷新")
    assert all(topics(system, n)[-1] == "case.assigned" for n in (1, 2, 3, 4))


def test_the_box_in_the_head_ticks_the_page_with_the_keyboard(
    reader: Reader, chromium: Browser
) -> None:
    with serving(reader.client.application) as address, window(chromium) as desk:
        page = desk.new_page()
        enter(page, address)
        page.goto(address + "/")
        page.focus("input[data-pick-all]")
        page.keyboard.press("Space")
        expect(page.locator("tbody input:checked")).to_have_count(4)
        expect(page.locator("[data-picked]")).to_have_text("4")
