"""The tabs of a case: what each shows, on any day, in both languages, page by page, and to whom."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from casesys.log import Log
from casesys.system import System
from domain.entries import Entry
from tests import scenarios
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, Clock
from tests.web.helpers import Reader, app_of, words_of
from tests.web.test_evidence import photograph
from web.case_tabs import TABS


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


def case_of(system: System, receipt: Any) -> str:
    return scenarios.case_number(system, receipt.stream)


def main_of(page: str) -> str:
    """The tab's own part of the page, in words."""
    return words_of(page[page.find('id="tabs"') : page.find("</main>")])


def links_of(page: str) -> dict[str, str]:
    bar = page[page.find('id="tabs"') : page.find("</nav>", page.find('id="tabs"'))]
    found = re.findall(r'<a href="([^"]+)"( aria-current="page")?>(.*?)</a>', bar, re.DOTALL)
    return {words_of(words): href for href, _, words in found}


def test_the_bar_counts_what_each_tab_holds_and_marks_the_one_that_is_open(
    system: System, reader: Reader
) -> None:
    number = case_of(system, scenarios.a_performed_case(system))
    page = reader.get_page(f"/cases/{number}?tab=contact")
    assert list(links_of(page)) == [
        "概况",
        "时间线 9",
        "宗 1",
        "材料 4",
        "联系记录 1",
        "规则依据",
        "审计",
    ]
    assert re.findall(r'aria-current="page">(\S+)', page) == ["联系记录"]


def test_what_is_no_step_ahead_is_folded_away(system: System, reader: Reader) -> None:
    number = case_of(system, scenarios.an_exited_case(system))
    page = reader.get_page(f"/cases/{number}")
    open_ = words_of(page[page.find("acts-title") : page.find("</section>", page.find("acts-t"))])
    not_yet = open_[open_.find("还不能办") :]
    assert "登记修复申请" in not_yet and "结案" in not_yet
    assert "提请退出台账" not in not_yet and "登记延期" not in not_yet


@pytest.mark.parametrize("kind", ["listed", "interviewed", "repaired", "unreachable", "court"])
def test_every_tab_opens_on_every_kind_of_case_in_both_languages(
    system: System, reader: Reader, kind: str
) -> None:
    made = {
        "listed": scenarios.a_listed_case,
        "interviewed": scenarios.an_interviewed_case,
        "repaired": scenarios.a_repaired_case,
        "unreachable": scenarios.an_unreachable_case,
        "court": scenarios.a_case_removed_by_court,
    }
    number = case_of(system, made[kind](system))
    for language in ("zh", "en"):
        reader.get(f"/preferences?language={language}&next=/")
        for tab in TABS:
            for more in ("", "&as_of=2021-07-06", "&known_at=2021-07-22T15:00"):
                page = reader.get(f"/cases/{number}?tab={tab}{more}")
                assert page.status_code == 200, (tab, more)
                # In the past nothing can be done, on whichever tab.
                assert ("/do/" in page.text) == (not more), (tab, more)


def test_a_tab_that_there_is_not_is_the_overview(system: System, reader: Reader) -> None:
    number = case_of(system, scenarios.a_listed_case(system))
    for query in ("tab=nothing", "tab=", "tab=timeline&tab=rules&page=x", "page=-1&tab=audit"):
        assert reader.get(f"/cases/{number}?{query}").status_code == 200
    assert "最新登记" in main_of(reader.get_page(f"/cases/{number}?tab=nothing"))


def test_every_tab_keeps_the_day_and_the_books(system: System, reader: Reader) -> None:
    number = case_of(system, scenarios.an_interviewed_case(system))
    page = reader.get_page(f"/cases/{number}?tab=rules&as_of=2021-07-06")
    assert all("as_of=2021-07-06" in href for href in links_of(page).values())
    entries = re.findall(rf'href="(/cases/{number}/entries/[^"]+)"', page)
    assert entries and all("as_of=2021-07-06" in href for href in entries)
    assert "您在看过去的案件" in words_of(page)


def test_the_overview_shows_the_newest_and_leads_to_the_rest(
    system: System, reader: Reader
) -> None:
    number = case_of(system, scenarios.a_case_with_exit_proposed(system))
    page = reader.get_page(f"/cases/{number}")
    told = main_of(page)
    assert "提请了退出台账" in told and "列入了名单" not in told
    assert f'href="/cases/{number}?tab=timeline#tabs"' in page
    assert "联系 1次，联系上，正常经营" in told and "障碍 没有登记" in told


def test_a_long_timeline_comes_page_by_page(system: System, reader: Reader) -> None:
    case = scenarios.a_listed_case(system).stream
    for n in range(60):
        tried = scenarios.contact(f"2021-07-{5 + n % 15:02d}", result="no_answer")
        scenarios.give(system, "attempt_contact", tried, case)
    number = scenarios.case_number(system, case)
    pages = [reader.get_page(f"/cases/{number}?tab=timeline&page={n}") for n in (1, 2, 99)]
    first, second, beyond = (page.count('<li class="moment') for page in pages)
    # What falls due stands once, where its own day puts it, and is no entry.
    assert (first, second, beyond) == (51, 12, 12)
    assert "第1–50条，共62条登记" in words_of(pages[0])
    assert "列入了名单" in pages[1] and "列入了名单" not in pages[0]
    assert ["约谈到期" in words_of(page) for page in pages] == [True, False, False]


@pytest.mark.parametrize(
    ("only", "shown", "hidden"),
    [
        ("milestones", "约谈了企业", "联系了企业"),
        ("contact", "联系了企业", "约谈了企业"),
        ("materials", "签署了信用承诺书", "约谈了企业"),
        ("system", "建立了案卷", "约谈了企业"),
        ("late", "列入了名单", "照片"),
    ],
)
def test_the_timeline_is_narrowed_by_links(
    system: System, reader: Reader, only: str, shown: str, hidden: str
) -> None:
    number = case_of(system, scenarios.a_case_with_exit_proposed(system))
    told = reader.get_page(f"/cases/{number}?tab=timeline&only={only}")
    entries = told[told.find('<ol class="timeline"') :]
    assert shown in entries and (hidden not in entries or only == "late")
    assert len(re.findall(r'class="chip" href="[^"]+" aria-current="true"', told)) == 1


def test_photographs_of_one_visit_stand_on_one_line(system: System, reader: Reader) -> None:
    case = scenarios.an_interviewed_case(system).stream
    for minute in (40, 45, 50):
        photo = {"taken_at": f"2021-07-08T15:{minute}", "sha256": f"{minute:064x}"}
        scenarios.give(system, "add_photo", {**photo, "linked_act": "6"}, case)
    number = scenarios.case_number(system, case)
    page = reader.get_page(f"/cases/{number}?tab=timeline")
    told = main_of(page)
    assert "照片 3 张 15:40 、 15:45 、 15:50 · 与“约谈了企业”相连" in told
    assert all(f"/cases/{number}/entries/{n}" in page for n in (7, 8, 9))


def test_what_met_a_deadline_says_by_how_much_it_missed_it(system: System, reader: Reader) -> None:
    case = scenarios.a_listed_case(system).stream
    scenarios.give(system, "attempt_contact", scenarios.contact("2021-07-12"), case)
    told = main_of(reader.get_page(f"/cases/{scenarios.case_number(system, case)}?tab=timeline"))
    assert "期限 2021-07-08、 晚2个工作日" in told and told.count("期限 ") == 1


def test_each_record_tells_its_rule_its_conditions_and_its_history(
    system: System, reader: Reader
) -> None:
    case = scenarios.a_repaired_case(system).stream
    barred = scenarios.penalty(2, publicity_class="specific_serious")
    scenarios.give(system, "attach_record", barred, case)
    scenarios.give(system, "attach_record", scenarios.penalty(3, decided_on="2021-06-30"), case)
    told = main_of(reader.get_page(f"/cases/{scenarios.case_number(system, case)}?tab=records"))
    assert "2021-10-01 规则 R2019：自决定之日起最短公示3个月，期满次日起" in told
    assert "缺 最短公示期 2021-10-01 满 缺 履行完毕的凭证 缺 信用修复承诺书，每宗一份" in told
    assert "不可修复 规则 R2019：这一类不得修复" in told
    assert "修复 已修复" in told and "登记了修复结果" in told


def test_a_judgment_is_removed_by_the_court_and_says_so(system: System, reader: Reader) -> None:
    number = case_of(system, scenarios.a_case_removed_by_court(system))
    told = main_of(reader.get_page(f"/cases/{number}?tab=records"))
    assert "由法院移出 由作出判决的法院决定移出" in told and "申请修复还看三项" not in told


def test_a_photograph_is_shown_small_and_one_that_never_came_says_so(
    system: System, app: Flask
) -> None:
    receipt = scenarios.an_interviewed_case(system)
    number = case_of(system, receipt)
    reader = Reader(app)
    reader.send(
        f"/cases/{number}/do/add_photo",
        taken_at="2021-07-08T15:40",
        linked_act="6",
        caption="门头",
        sha256=(BytesIO(photograph()), "photo.jpg"),
    )
    later = {"taken_at": "2021-07-09T15:40", "sha256": scenarios.PHOTO}
    scenarios.give(system, "add_photo", later, receipt.stream)
    page = reader.get_page(f"/cases/{number}?tab=materials")
    (picture,) = re.findall(r'<img src="([^"]+)" alt="门头"', page)
    small = reader.get(picture.replace("&amp;", "&"))
    assert small.status_code == 200 and small.mimetype == "image/jpeg"
    whole = reader.get(picture.split("?")[0])
    assert whole.get_etag() != small.get_etag() and b"Exif" not in small.data
    told = main_of(page)
    assert "原件没有收进系统，只有登记" in told and "用于： 约谈了企业" in told


def test_documents_open_their_file_and_their_entry(system: System, reader: Reader) -> None:
    number = case_of(system, scenarios.a_case_under_repair(system))
    page = reader.get_page(f"/cases/{number}?tab=materials")
    told = main_of(page)
    assert "收据 0038" in told and "签署了信用承诺书" in told
    assert re.search(rf'<a href="/cases/{number}/entries/\d+">登记了履行', page)


def test_the_contact_log_counts_the_days_between_and_keeps_names_sealed(
    system: System, reader: Reader
) -> None:
    case = scenarios.a_case_never_reached(system).stream
    wrong = scenarios.contact("2021-07-07", result="no_answer")
    scenarios.give(system, "attempt_contact", wrong, case)
    scenarios.give(system, "void_entry", {"target": "7", "explanation": "重复登记"}, case)
    page = reader.get_page(f"/cases/{scenarios.case_number(system, case)}?tab=contact")
    told = main_of(page)
    assert "联系记录 4" in told and "已作废" in told
    assert told.find("5个工作日") < told.find("4个工作日") < told.find("首次")
    assert "联系人、电话" in told and scenarios.PHONE not in page
    assert scenarios.SIGNATORY not in page
    assert "联系次数，至少3次 已有 3" in told and "首次到末次的工作日，至少5个 已有 9" in told


def test_the_rules_say_how_each_deadline_came_about_and_where_each_rule_is_from(
    system: System, app: Flask, clock: Clock
) -> None:
    number = case_of(system, scenarios.an_interviewed_case(system))
    clock.set("2026-05-06T09:00")
    reader = Reader(app)
    page = reader.get_page(f"/cases/{number}?tab=rules")
    told = main_of(page)
    assert "首次约谈后第10个工作日 · R2019 2021-07-08 约谈了企业 2021-07-22" in told
    assert "今天适用" in told and "R2019" in told and "R2026" in told
    assert "本办自定：自列入之日起" in told and "国办发〔2025〕22号：自受理起" in told
    assert told.count("行政处罚法第48、85条") == 2
    reader.get("/preferences?language=en&next=/")
    told = main_of(reader.get_page(f"/cases/{number}?tab=rules"))
    assert "the office’s own rule: from the listing day" in told
    assert "行政处罚法 art. 48, 85" in told


def test_a_day_counted_through_an_unpublished_year_is_provisional(
    system: System, app: Flask, clock: Clock
) -> None:
    clock.set("2031-07-05T09:00")
    listing = scenarios.listing(listed_on="2031-07-01")
    number = case_of(system, scenarios.give(system, "list_enterprise", listing))
    assert "暂定" in main_of(Reader(app).get_page(f"/cases/{number}?tab=rules"))


def test_the_audit_keeps_the_order_of_the_log_with_receipts_and_findings(
    system: System, app: Flask
) -> None:
    case = scenarios.a_contacted_case(system).stream
    scenarios.give(system, "void_entry", {"target": "4", "explanation": "登记错了企业"}, case)
    number = scenarios.case_number(system, case)
    page = Reader(app).get_page(f"/cases/{number}?tab=audit")
    told = main_of(page)
    places = [told.find(words) for words in ("建立了案卷", "列入了名单", "登记了一宗文书")]
    assert -1 < places[0] < places[1] < places[2]
    assert "已由第5条作废" in told and "回执" in told and "晚17天" in told
    assert "前后对照" not in told
    assert "前后对照" in main_of(Reader(app, AUDITOR).get_page(f"/cases/{number}?tab=audit"))


def test_a_case_of_another_unit_has_no_tab(system: System, app: Flask) -> None:
    elsewhere = scenarios.listing(unit="区城市管理局")
    number = case_of(system, scenarios.give(system, "list_enterprise", elsewhere))
    for tab in TABS:
        path = f"/cases/{number}?tab={tab}"
        assert Reader(app, OTHER_OFFICER).get(path).status_code == 404
        assert Reader(app, OFFICER).get(path).status_code == 200


def test_nobody_s_case_is_first_of_all_taken(system: System, reader: Reader, app: Flask) -> None:
    case = scenarios.a_listed_case(system).stream
    number = scenarios.case_number(system, case)
    page = reader.get_page(f"/cases/{number}")
    others = re.findall(rf'<li><a href="/cases/{number}/do/(\w+)"', page)
    assert others[0] == "claim_case"
    scenarios.give(system, "claim_case", {}, case)
    page = reader.get_page(f"/cases/{number}")
    assert "claim_case" not in re.findall(rf'<li><a href="/cases/{number}/do/(\w+)"', page)


def test_a_locked_repair_says_its_day(system: System, app: Flask, clock: Clock) -> None:
    clock.set("2021-02-01T09:00")
    case = scenarios.give(system, "list_enterprise", scenarios.listing(listed_on="2021-02-01"))
    scenarios.give(system, "attach_record", scenarios.penalty(), case.stream)
    later = scenarios.penalty(2, decided_on="2020-12-30")
    scenarios.give(system, "attach_record", later, case.stream)
    page = Reader(app).get_page(f"/cases/{case_of(system, case)}")
    aside = words_of(page[page.find("<aside") : page.find("</aside")])
    waits = "缺 最短公示期还没有满，最早一宗 2021-03-02 满 缺 履行完毕的凭证"
    assert f"登记修复申请（2宗） 最早 2021-03-02 可办 {waits}" in aside


class CountingLog(Log):
    """The log, which also counts how often a stream was read from it."""

    def __init__(self, system: System) -> None:
        super().__init__(system.vault, system.checkpoints)
        self.read: list[str] = []

    def load(self, c: Connection, stream: UUID, kind: Any) -> Any:
        self.read.append(str(stream))
        return super().load(c, stream, kind)

    def stream(self, c: Connection, stream: UUID | str) -> list[Entry]:
        self.read.append(str(stream))
        return super().stream(c, stream)


def test_a_tab_reads_the_stream_of_the_case_once(system: System, reader: Reader) -> None:
    receipt = scenarios.a_performed_case(system)
    number = case_of(system, receipt)
    counting = system.log = CountingLog(system)
    for tab in TABS:
        counting.read.clear()
        assert reader.get(f"/cases/{number}?tab={tab}").status_code == 200
        assert counting.read.count(str(receipt.stream)) == 1, tab
