"""Nothing personal is on any page before somebody said why; what was erased is said so, and why."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from PIL import ExifTags, Image

from casesys import revealed
from casesys.exchange.events import export_events
from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Wanted
from casesys.figures.receipts import publish
from casesys.permits import operator
from casesys.proofs.bundle import write_bundle
from casesys.system import System
from tests import scenarios
from tests.casesys.intake.making import HEAD, record, workbook
from tests.offices import AUDITOR, OFFICER, PASSWORD, PEOPLE, SUPERVISOR, Clock, log_of, person
from tests.scenarios import case_number, give
from tests.web.helpers import Reader, app_of, hidden, words_of
from web import facts

PLANTED = {
    name: f"密封{sign}文字绝不可见"
    for name, sign in zip(
        (
            "contact_person",
            "phone",
            "notes",
            "received_by",
            "attendee",
            "minutes",
            "signatory",
            "statement",
            "note",
            "remark",
            "taken_where",
        ),
        "甲乙丙丁戊己庚辛壬癸子",
        strict=True,
    )
}
PLACES = ("/", "/cases", "/audit", "/uploads", "/personal", "/approvals", "/figures/receipts")
SAME_KIND = 3
"""How many addresses of one view a walk opens."""

_HREF = re.compile(r'(?:href|src|action)="([^"#]*)')
WHY = {"ground": "person_asked", "explanation": "本人书面要求"}


def photograph() -> bytes:
    """A photograph as a telephone takes it: with where it stood."""
    picture, out = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (23.0, 9.0, 3.6), 3: "E", 4: (113.0, 15.0, 36.0)}
    )
    exif[ExifTags.Base.Make] = "PLANTED-CAMERA"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def planted(system: System) -> tuple[UUID, str]:
    """A case with an unmistakable text in every sealed field, and a list with a remark."""
    case = scenarios.a_listed_case(system).stream
    give(system, "claim_case", {}, case)
    told = {name: PLANTED[name] for name in ("contact_person", "phone", "notes")}
    give(system, "attempt_contact", scenarios.contact(**told), case)
    notice = {"served_at": "2021-07-06T11:00", "served_by": "letter"}
    give(system, "serve_interview_notice", notice | {"received_by": PLANTED["received_by"]}, case)
    told = {name: PLANTED[name] for name in ("attendee", "minutes")}
    give(system, "hold_interview", scenarios.interview(**told), case)
    kept = system.evidence.put(io.BytesIO(photograph()), "a.jpg")
    photo = {"taken_at": "2021-07-08T15:40", "sha256": kept.sha256}
    give(system, "add_photo", photo | {"taken_where": PLANTED["taken_where"]}, case)
    signed = scenarios.commitment(signatory=PLANTED["signatory"])
    give(system, "sign_commitment", signed, case)
    objection = {"ground": "content_error", "statement": PLANTED["statement"]}
    give(system, "raise_objection", objection, case)
    give(system, "add_note", {"note": PLANTED["note"]}, case)
    return case, kept.sha256


@pytest.fixture(scope="module")
def clear_words() -> set[bytes]:
    scenario = (scenarios.SIGNATORY, scenarios.MINUTES, scenarios.PHONE)
    return {word.encode() for word in (*PLANTED.values(), *scenario)}


@pytest.fixture
def app(system: System) -> Flask:
    return app_of(system)


def contents_of(answer: bytes) -> bytes:
    """What a reader can make of an answer: a packed file is unpacked."""
    if answer.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(answer)) as packed:
            return b"".join(packed.read(name) for name in packed.namelist())
    return answer


def walk(app: Flask, reader: Reader, begin: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Every page that links lead to, some of each kind, with what it answered."""
    seen, waiting, kinds = set(begin), deque(begin), Counter[str]()
    while waiting:
        path = waiting.popleft()
        parts = urlsplit(path)
        try:
            rule, _ = app.url_map.bind("x").match(parts.path, "GET")
        except Exception:
            continue
        if rule in ("static", "bootstrap.static"):
            continue
        kinds[rule] += 1
        if kinds[rule] > (12 if rule == "cases.entry" else SAME_KIND):
            continue
        answer = reader.client.get(path)
        assert answer.status_code < 500, path
        yield path, contents_of(answer.data)
        if answer.mimetype != "text/html":
            continue
        for found in _HREF.findall(answer.text):
            link = unescape(found)
            if link.startswith("?"):
                link = parts.path + link
            if link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.append(link)


def leaks(app: Flask, login: str, language: str, words: set[bytes], *begin: str) -> set[str]:
    reader = Reader(app, login)
    reader.get("/preferences", language=language)
    names = {name.encode() for other, (name, _, _) in PEOPLE.items() if other != login}
    pages = dict(walk(app, reader, (*PLACES, *begin)))
    assert len(pages) > 40
    return {path for path, said in pages.items() if any(word in said for word in words | names)}


def everything(system: System, app: Flask) -> tuple[UUID, str]:
    case, _ = planted(system)
    row = record(0, unit="区不存在的局", remark=PLANTED["remark"])
    data = io.BytesIO(workbook(("名单", [HEAD, row])))
    Reader(app, OFFICER).send("/uploads", file=(data, "名单.xlsx"))
    scenarios.a_case_with_exit_proposed(system, 2)
    publish(system, person(system, SUPERVISOR), Question("2021-07-20"), [Wanted("cases")], "月报")
    return case, case_number(system, case)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("login", [OFFICER, SUPERVISOR, AUDITOR])
def test_no_page_and_no_file_shows_what_is_sealed(
    system: System, app: Flask, clear_words: set[bytes], login: str, language: str
) -> None:
    _, number = everything(system, app)
    begin = [f"/cases/{number}/entries/{n}" for n in range(2, 12)]
    assert leaks(app, login, language, clear_words, f"/cases/{number}", *begin) == set()


def test_a_planted_leak_is_found(
    system: System, app: Flask, clear_words: set[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, number = everything(system, app)

    def careless(view: Any, found: Any, clear: Any = None) -> Any:
        return facts.described(view, found, revealed(system, found.moment.entry))

    monkeypatch.setattr("web.cases.described", careless)
    found = leaks(app, SUPERVISOR, "zh", clear_words, f"/cases/{number}/entries/5")
    assert f"/cases/{number}/entries/5" in found


def test_answers_that_are_no_page_of_a_link_show_nothing_either(
    system: System, app: Flask, clear_words: set[bytes]
) -> None:
    """A conflict, a refused form, a correction, an export: what others typed stays masked."""
    case, number = everything(system, app)
    reader = Reader(app, OFFICER)
    form = reader.get(f"/cases/{number}/do/attempt_contact")
    give(system, "attempt_contact", scenarios.contact("2021-07-19", phone=PLANTED["phone"]), case)
    mine = scenarios.contact("2021-07-20", phone="137", contact_person="本人所填")
    conflict = reader.answer(form, f"/cases/{number}/do/attempt_contact", **mine)
    assert conflict.status_code == 409
    wrong = reader.send(f"/cases/{number}/do/attempt_contact", result="no_answer", phone="1")
    assert wrong.status_code == 422
    corrected = reader.send(f"/cases/{number}/correct/5", reason="记错", result="")
    exported = io.BytesIO()
    export_events(system, operator("tests"), exported)
    bundle = io.BytesIO()
    write_bundle(system, operator("tests"), bundle)
    answers = [conflict.data, wrong.data, corrected.data, exported.getvalue()]
    answers.append(contents_of(bundle.getvalue()))
    assert all(len(answer) > 100 for answer in answers)
    assert not [a for a in answers if any(word in a for word in clear_words)]


def test_a_reveal_shows_the_entry_once_and_the_auditor_who_looked(
    system: System, app: Flask
) -> None:
    _, number = everything(system, app)
    reader = Reader(app, SUPERVISOR)
    path = f"/cases/{number}/do/reveal_personal_data"
    page = reader.get(f"/cases/{number}/entries/7")
    shown = reader.answer(page, path, explanation="核对到场人")
    assert PLANTED["minutes"] in shown.text
    assert PLANTED["minutes"] not in reader.get_page(f"/cases/{number}/entries/7")
    seen = words_of(Reader(app, AUDITOR).get_page("/audit/reads"))
    assert SUPERVISOR in seen and "核对到场人" in seen


def test_the_name_of_an_account_asks_for_a_reason(system: System, app: Flask) -> None:
    account, auditor = person(system, OFFICER).id, Reader(app, AUDITOR)
    name = PEOPLE[OFFICER][0]
    assert name not in auditor.get_page(f"/accounts/{account}")
    to = f"/personal/names/{account}"
    without = auditor.send(f"/accounts/{account}", to, explanation=" ")
    assert without.status_code == 422 and name not in without.text
    shown = auditor.send(f"/accounts/{account}", to, explanation="核对经办人")
    assert name in shown.text
    entry = log_of(system, UUID(account))[-1]
    assert (entry.topic, entry.data["explanation"]) == ("account.name_revealed", "核对经办人")


# -- photographs ----------------------------------------------------------------------------------


def test_a_position_is_sealed_stripped_and_in_the_original_only(
    system: System, app: Flask, clock: Clock
) -> None:
    case, sha256 = planted(system)
    number = case_number(system, case)
    reader = Reader(app, OFFICER)
    for query in ({}, {"size": "small"}):
        shown = reader.get(f"/evidence/{sha256}", **query).data
        assert b"PLANTED-CAMERA" not in shown
        assert not Image.open(io.BytesIO(shown)).getexif()
    original = f"/evidence/{sha256}/original"
    assert reader.get(original).status_code == 403
    entry = next(e for e in log_of(system, case) if e.topic == "case.photo_added")
    page = reader.get(f"/cases/{number}/entries/{entry.version}")
    path = f"/cases/{number}/do/reveal_personal_data"
    assert original in reader.answer(page, path, explanation="核对现场").text
    taken = reader.get(original)
    assert taken.data == photograph()
    assert taken.headers["Cache-Control"] == "no-store"
    assert Reader(app, SUPERVISOR).get(original).status_code == 403, "it is opened for one person"
    clock.wait(minutes=16)
    reader.sign_in(OFFICER)
    assert reader.get(original).status_code == 403, "and for a while"


# -- erasure --------------------------------------------------------------------------------------


def test_a_supervisor_erases_with_a_proof_and_the_pages_say_so(
    system: System, app: Flask, clock: Clock, clear_words: set[bytes]
) -> None:
    case, sha256 = planted(system)
    number = case_number(system, case)
    reader = Reader(app, SUPERVISOR)
    clock.wait(minutes=6)
    path = f"/cases/{number}/do/erase_personal_data"
    checked = reader.send(path, **WHY)
    assert 'value="confirmed"' in checked.text
    asked = reader.answer(checked, path, step="confirmed")
    assert "proof_password" in asked.text, "the last proof is older than five minutes"
    done = reader.answer(asked, path, proof_password=PASSWORD)
    assert done.status_code == 303
    entry = reader.get_page(f"/cases/{number}/entries/7")
    assert "已清除（2021-07-22，凭证QC-2021-0001）" in entry
    assert "reveal_personal_data" not in entry
    assert "已清除" in reader.get_page(f"/cases/{number}?tab=materials")
    assert "已清除" in reader.get_page(f"/cases/{number}?tab=contact")
    gone = reader.get(f"/evidence/{sha256}")
    assert gone.status_code == 410 and "QC-2021-0001" in gone.text
    page = words_of(reader.get_page("/personal/QC-2021-0001"))
    assert "现在核对：成立" in page and number in page and sha256 in page
    document = json.loads(reader.get("/personal/QC-2021-0001/document").data)
    assert document["number"] == "QC-2021-0001" and document["proof"]["checkpoint"]
    words = {word.decode() for word in clear_words}
    assert not [word for word in words if word in json.dumps(document, ensure_ascii=False)]
    auditor = Reader(app, AUDITOR)
    assert "QC-2021-0001" in words_of(auditor.get_page("/personal"))
    for nowhere in (1, 0, 10**9, 10**30):
        assert auditor.get(f"/personal/entries/{nowhere}").status_code == 404


def test_what_falls_due_is_chosen_tried_and_erased(
    system: System, app: Flask, clock: Clock
) -> None:
    streams = []
    for n in (1, 2):
        case = scenarios.an_excluded_case(system, n).stream
        give(system, "add_note", {"note": "管理人王律师"}, case)
        streams.append(case)
    numbers = [case_number(system, case) for case in streams]
    reader = Reader(app, SUPERVISOR)
    assert "没有到期的" in reader.get_page("/personal/due")
    ahead = words_of(reader.get_page("/personal/due?on=2022-07-23"))
    assert all(number in ahead for number in numbers)
    assert "这是往后看" in ahead and "这是往后看" not in reader.get_page("/personal/due")
    assert "日期不对" in reader.get_page("/personal/due?on=2022-13-01")
    clock.set("2022-07-23T09:00")
    reader.sign_in(SUPERVISOR)
    page = reader.get("/personal/due")
    chosen = {"command": "erase_personal_data", "case": numbers}
    token = hidden(page.text)["csrf_token"]
    begun = reader.client.post("/bulk", data={**chosen, "csrf_token": token})
    tried = reader.send(begun.location, ground="retention_over", explanation="保存期满")
    tried = reader.get(tried.location)
    assert "2" in words_of(tried.text)
    done = reader.answer(tried, begun.location, step="do")
    assert done.status_code == 303
    assert "没有到期的" in reader.get_page("/personal/due")
    assert "QC-2022-0002" in reader.get_page("/personal")
