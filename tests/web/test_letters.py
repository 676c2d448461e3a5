"""The pages of the letters: filled in, looked at, printed and downloaded, and nothing recorded."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from casesys import DOCX, LETTERS
from casesys.system import System
from tests import scenarios
from tests.browser import press, window
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, PASSWORD, contents
from tests.web.helpers import Reader, app_of, serving, words_of
from tests.web.sweep import violations

LANGUAGES = ("zh", "en")


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


@pytest.fixture
def number(system: System) -> str:
    return scenarios.case_number(system, scenarios.a_contacted_case(system).stream)


def test_the_case_page_leads_to_each_letter(app: Flask, number: str) -> None:
    reader = Reader(app)
    page = reader.get(f"/cases/{number}").text
    for kind in LETTERS:
        assert f'href="/cases/{number}/letters/{kind}"' in page
        assert reader.get_page_status(f"/cases/{number}/letters/{kind}") == 200


def test_a_case_of_the_past_offers_no_letter(app: Flask, number: str) -> None:
    reader = Reader(app)
    assert "/letters/" not in reader.get(f"/cases/{number}?as_of=2021-07-06").text
    for part in ("", "/print", "/docx"):
        path = f"/cases/{number}/letters/commitment{part}"
        answer = reader.get(path, as_of="2021-07-06")
        assert answer.status_code == 409 and "不能按过去的日子打印" in words_of(answer.text)


def test_what_was_typed_is_on_the_sheet_and_kept_on_the_way_back(app: Flask, number: str) -> None:
    reader = Reader(app)
    typed = {"place": "三楼 <约谈室> & 大厅", "notice_number": "云信约〔2021〕3号"}
    page = reader.get(f"/cases/{number}/letters/interview_notice/print", **typed).text
    assert "地点：三楼 <约谈室> & 大厅" in words_of(page)
    back = re.search(r'href="([^"]+)">改填写内容', page)
    assert back is not None
    form = reader.get(back[1].replace("&amp;", "&")).text
    assert 'value="三楼 &lt;约谈室&gt; &amp; 大厅"' in form and 'value="云信约〔2021〕3号"' in form
    assert "serve_interview_notice?notice_number=" in form


def test_the_word_file_has_its_type_its_chinese_name_and_the_words_of_the_sheet(
    app: Flask, number: str
) -> None:
    reader = Reader(app)
    path = f"/cases/{number}/letters/repair_checklist"
    answer = reader.get(f"{path}/docx", contact="信用科")
    assert answer.mimetype == DOCX and answer.headers["Cache-Control"] == "no-store"
    named = answer.headers["Content-Disposition"]
    assert named.startswith('attachment; filename="repair_checklist.docx"; filename*=UTF-8')
    assert "%E4%BF%A1%E7%94%A8%E4%BF%AE%E5%A4%8D" in named and named.isascii()
    document = Document(BytesIO(answer.data))
    page = reader.get(f"{path}/print", contact="信用科").text
    sheet = words_of(page[page.index("<article") : page.index("</article")])
    for paragraph in document.paragraphs:
        assert " ".join(paragraph.text.split()) in sheet
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    assert cells and all(cell in sheet for cell in cells)


def test_wrong_input_is_told_at_its_field_and_nothing_is_lost(app: Flask, number: str) -> None:
    reader = Reader(app)
    typed = {"held_at": "2021-07-01T09:00", "place": "三楼约谈室"}
    for part in ("print", "docx"):
        answer = reader.get(f"/cases/{number}/letters/interview_notice/{part}", **typed)
        assert answer.status_code == 422
        assert 'href="#field-held_at"' in answer.text and "约谈时间已经过了" in answer.text
        assert 'value="三楼约谈室"' in answer.text


@pytest.mark.parametrize("odd", ["x" * 5000, "<script>", "{{ 7*7 }}", "2021", "\ud7ff"])
def test_nothing_typed_breaks_a_page(app: Flask, number: str, odd: str) -> None:
    reader = Reader(app)
    for kind, letter in LETTERS.items():
        for part in ("", "/print", "/docx"):
            typed = dict.fromkeys([*letter.fields, "nothing_we_ask"], odd)
            answer = reader.get(f"/cases/{number}/letters/{kind}{part}", **typed)
            assert answer.status_code in (200, 422) and b"<script>alert" not in answer.data


def test_a_template_that_cannot_be_used_is_a_sentence_in_both_languages(
    system: System, app: Flask, number: str
) -> None:
    folder = system.settings.home / "templates"
    folder.mkdir()
    document = Document()
    document.add_paragraph("{{ ''.__class__.__mro__ }}")
    document.save(str(folder / "commitment.docx"))
    reader = Reader(app)
    for language, told in (("zh", "写了不允许的代码"), ("en", "code that is not allowed")):
        reader.get(f"/preferences?language={language}")
        for part in ("print", "docx"):
            answer = reader.get(f"/cases/{number}/letters/commitment/{part}")
            assert answer.status_code == 409 and told in answer.text
            assert "commitment.docx" in answer.text


def test_the_office_s_own_template_is_shown_and_said(
    system: System, app: Flask, number: str
) -> None:
    folder = system.settings.home / "templates"
    folder.mkdir()
    document = Document()
    document.add_paragraph("本区自己的格式：{{ enterprise }}")
    document.save(str(folder / "commitment.docx"))
    told = words_of(Reader(app).get(f"/cases/{number}/letters/commitment/print").text)
    assert "本区自己的格式：云塘区第1建材有限公司" in told and "用的是本单位的模板" in told


def test_an_unknown_letter_or_a_case_beyond_reach_is_no_page(
    system: System, app: Flask, number: str
) -> None:
    elsewhere = scenarios.give(system, "list_enterprise", scenarios.listing(5, unit="区税务局"))
    beyond = scenarios.case_number(system, elsewhere.stream)
    reader = Reader(app, OTHER_OFFICER)
    assert reader.get_page_status(f"/cases/{number}/letters/love_letter") == 404
    for kind in LETTERS:
        for part in ("", "/print", "/docx"):
            assert reader.get_page_status(f"/cases/{number}/letters/{kind}{part}") == 200
            assert reader.get_page_status(f"/cases/{beyond}/letters/{kind}{part}") == 404
            assert reader.get_page_status(f"/cases/9999-1/letters/{kind}{part}") == 404


def test_the_next_act_is_offered_where_it_is_lawful_and_else_says_why_not(
    system: System, app: Flask
) -> None:
    listed = scenarios.case_number(system, scenarios.a_listed_case(system).stream)
    reader = Reader(app)
    page = reader.get(f"/cases/{listed}/letters/interview_notice").text
    assert "现在还不能登记" in page and "/do/" not in page
    case = scenarios.a_performed_case(system, 2).stream
    ready, record = scenarios.case_number(system, case), scenarios.record_of(system, case)
    page = reader.get(f"/cases/{ready}/letters/repair_checklist").text
    assert f'href="/cases/{ready}/do/apply_repair?record={record}"' in page
    page = reader.get(f"/cases/{ready}/letters/commitment", record=record).text
    assert f"/do/sign_commitment?kind=credit_repair&amp;record={record}" in page
    page = Reader(app, AUDITOR).get(f"/cases/{ready}/letters/repair_checklist").text
    assert "/do/" not in page and "现在还不能登记" not in page


def test_printing_is_no_event(system: System, app: Flask, number: str) -> None:
    reader, before = Reader(app), contents(system)
    for kind in LETTERS:
        for part in ("", "/print", "/docx"):
            reader.get(f"/cases/{number}/letters/{kind}{part}")
    assert contents(system) == before


# -- in a real browser ----------------------------------------------------------------------------


def sign_in(page: Page, base: str, language: str) -> None:
    page.goto(f"{base}/preferences?language={language}&next=/sign-in")
    page.fill("[name=login]", OFFICER)
    page.fill("[name=password]", PASSWORD)
    press(page.locator("main button[type=submit]"))
    expect(page).not_to_have_url(re.compile("/sign-in"))


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_every_letter_can_be_read_by_everybody(
    app: Flask, number: str, chromium: Browser, language: str, width: int
) -> None:
    with serving(app) as base, window(chromium, width=width) as context:
        page = context.new_page()
        sign_in(page, base, language)
        for kind in LETTERS:
            for part in ("", "/print", "/print?held_at=nonsense"):
                page.goto(f"{base}/cases/{number}/letters/{kind}{part}")
                # The checker sees each language and each width; what is crossed is only measured.
                if (width == 390) == (language == "en"):
                    assert violations(page) == [], (kind, part)
                assert page.evaluate(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                ), (kind, part)
                expect(page.locator("h1")).to_have_count(1)
                expect(page.locator("main .btn-primary:visible")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_notice_is_filled_in_printed_and_downloaded(
    app: Flask, number: str, chromium: Browser, tmp_path: Path, scripts: bool
) -> None:
    with serving(app) as base, window(chromium, scripts=scripts) as context:
        page = context.new_page()
        sign_in(page, base, "zh")
        page.goto(f"{base}/cases/{number}")
        press(page.locator(f"a[href='/cases/{number}/letters/interview_notice']"))
        page.fill("[name=place]", "政务中心三楼")
        page.fill("[name=held_at]", "2021-07-28T09:30")
        with page.expect_download() as coming:
            page.click("text=下载 Word 文件")
        assert coming.value.suggested_filename == f"约谈通知书_{number}.docx"
        coming.value.save_as(tmp_path / "notice.docx")
        told = "\n".join(p.text for p in Document(str(tmp_path / "notice.docx")).paragraphs)
        assert "地点：政务中心三楼" in told
        press(page.locator("text=看打印稿"))
        expect(page.locator("article")).to_contain_text("地点：政务中心三楼")
        expect(page.locator("[data-print]")).to_be_visible(visible=scripts)
        page.emulate_media(media="print")
        for hidden in ("header.head", ".strip", "footer.foot", ".sheet-acts"):
            expect(page.locator(hidden), hidden).to_be_hidden()
        expect(page.locator("article h1")).to_be_visible()
