"""Whatever a hostile or clumsy reader sends: an answer in words, nothing half done, never a 500."""

from __future__ import annotations

import gc
import io
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from flask import request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casesys.command import Command
from casesys.commands import COMMANDS
from casesys.figures.cases_of_day import Question
from casesys.lists.bulk import begin_bulk
from casesys.lists.saved_views import save_view
from casesys.permits import Permit, operator
from casesys.reports.work_report import issue_report
from casesys.system import Given, System
from tests import scenarios
from tests.administrators import SECURITY_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, administered
from tests.casesys.intake.making import CODES, HEAD, record, workbook
from tests.casesys.intake.test_listings import bomb
from tests.offices import (
    AUDITOR,
    OFFICER,
    OTHER_OFFICER,
    PASSWORD,
    SUPERVISOR,
    Clock,
    contents,
    person,
)
from tests.stores import settings_of
from tests.web.helpers import Reader
from tests.web.test_signing_in import coded
from tests.web.wrong_input import (
    ARGUMENTS,
    FEW,
    MARKUP,
    Counter,
    addresses,
    fill,
    main_of,
    routes,
    unfit,
)
from web.accounts import DEEDS
from web.permits import EVERYONE

MEBIBYTE = 2**20
DAY = Question("2021-07-22")
METHODS = ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X" * 300)


class Hostile:
    """An office with cases, held rows and people, and someone at each browser who means no good."""

    def __init__(self, system: System, *planted: tuple[str, Any]) -> None:
        self.system = system
        self.counter = Counter(system)
        self.app = self.counter.app
        for rule, view in planted:
            self.app.add_url_rule(rule, view.__name__, view)
        self.officer = Reader(self.app, OFFICER)
        self.supervisor = Reader(self.app, SUPERVISOR)
        self.auditor = Reader(self.app, AUDITOR)
        self.stranger = Reader(self.app, None)
        made = [
            scenarios.an_interviewed_case(system, 1),
            scenarios.a_case_with_exit_proposed(system, 2),
            scenarios.a_case_under_repair(system, 3),
            scenarios.a_case_never_reached(system, 4),
        ]
        self.cases = [scenarios.case_number(system, receipt.stream) for receipt in made]
        self.records = [scenarios.record_of(system, receipt.stream) for receipt in made]
        held = workbook(("名单", [HEAD, record(0, uscc=CODES[0][:17] + "1"), record(1)]))
        sent = self.officer.send("/uploads", file=(io.BytesIO(held), "名单.xlsx"))
        self.upload = sent.location.rsplit("/", 1)[1]
        self.sound = {
            "name": self.cases[0],
            "version": "2",
            "key": "exit",
            "command": "add_note",
            "upload": self.upload,
            "stream": person(system, OFFICER).id,
            "position": "3",
            "sha256": "0" * 64,
            "filename": "casesys.css",
            "account": person(system, OTHER_OFFICER).id,
            "deed": "password",
            "paper": "interview_notice",
            "kind": "csv",
            "bulk": str(begin_bulk(system, person(system, OFFICER), "hold_interview", self.cases)),
            "view": save_view(system, person(system, OFFICER), "我的", "view=mine").id,
            "number": issue_report(system, person(system, SUPERVISOR), DAY, "zh").number,
            "line": "1",
            "side": "numerator",
            "at": "2021-07-22T06:20:00.000000Z",
        }

    def token(self, reader: Reader) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', reader.get_page("/sign-in?as_of="))
        found = found or re.search(r'name="csrf_token" value="([^"]+)"', reader.get_page("/"))
        assert found is not None
        return found[1]

    def post(self, reader: Reader, path: str, **typed: Any) -> TestResponse:
        return reader.client.post(path, data={"csrf_token": self.token(reader), **typed})

    def judge(self, answer: TestResponse, told: str, language: str = "zh") -> list[str]:
        wrong = unfit(answer, language)
        return [f"{told}: {wrong} {self.counter.faults[-1:]}"] if wrong else []


@pytest.fixture(scope="module")
def hostile(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    home = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(sqlite_office, home)
    system = System(settings_of(home), now=Clock())
    yield Hostile(system)
    system.database.dispose()


# -- addresses ------------------------------------------------------------------------------------


def strange_places(hostile: Hostile, rules: Iterable[Rule]) -> list[str]:
    found = []
    english = Reader(hostile.app, OFFICER)
    english.get("/preferences", language="en")
    for rule in rules:
        for told, path in addresses(rule, hostile.sound):
            found += hostile.judge(hostile.officer.get(path), f"{rule.rule} {told}")
            if told.split(": ")[1] in FEW:
                found += hostile.judge(english.get(path), f"{rule.rule} {told}", "en")
    return found


def strange_arguments(hostile: Hostile, reader: Reader, rules: Iterable[Rule]) -> list[str]:
    """Each argument that a page turns out to ask for, with each strange value."""
    found = []
    for rule in rules:
        path, done = fill(rule, hostile.sound), {"csrf_token"}
        hostile.counter.asked.clear()
        found += hostile.judge(reader.get(path), rule.rule)
        while left := hostile.counter.asked - done:
            name = min(left)
            done.add(name)
            for told in FEW:
                answer = reader.get(f"{path}?{name}={ARGUMENTS[told]}")
                found += hostile.judge(answer, f"{rule.rule} {name}: {told}")
    return found


def test_no_place_of_any_address_brings_a_page_down(hostile: Hostile) -> None:
    before = contents(hostile.system)
    assert strange_places(hostile, routes(hostile.app, "GET")) == []
    assert contents(hostile.system) == before


@pytest.mark.parametrize("who", ["auditor", "stranger"])
def test_no_argument_that_a_page_asks_for_brings_it_down(hostile: Hostile, who: str) -> None:
    before = contents(hostile.system)
    assert strange_arguments(hostile, getattr(hostile, who), routes(hostile.app, "GET")) == []
    assert contents(hostile.system) == before


def test_a_page_that_trusts_its_address_is_found(system: System) -> None:
    def trusting(number: str) -> str:
        return str(int(request.args.get("planted", "1")) + int(number))

    trusting.permits = EVERYONE  # type: ignore[attr-defined]
    hostile = Hostile(system, ("/trusting/<number>", trusting))
    hostile.sound["number"] = "1"
    # Beside it a sound page, of which nothing is said; the others are judged above.
    two = ("trusting", "cases.page")
    asked = [rule for rule in routes(hostile.app, "GET") if rule.endpoint in two]
    assert len(asked) == 2
    places = strange_places(hostile, asked)
    arguments = strange_arguments(hostile, hostile.stranger, asked)
    assert {told.split()[0] for told in places + arguments} == {"/trusting/<number>"}
    assert any("number: superscript" in told and "ValueError" in told for told in places)
    assert any("planted: markup" in told for told in arguments)


@pytest.mark.parametrize("who", ["officer", "auditor", "stranger"])
def test_a_method_that_a_page_does_not_know_is_refused(hostile: Hostile, who: str) -> None:
    reader: Reader = getattr(hostile, who)
    for rule in [*routes(hostile.app, "GET"), *routes(hostile.app, "POST")]:
        path = fill(rule, hostile.sound)
        for method in METHODS:
            answer = reader.client.open(path, method=method, data=b"x")
            assert answer.status_code in (303, 405), (path, method)
            assert hostile.judge(answer, f"{method} {path}") == []
        assert reader.client.head(path).status_code < 500
        assert reader.client.options(path).status_code < 500


# -- forms ----------------------------------------------------------------------------------------


def strange_fields(hostile: Hostile, rules: Iterable[Rule], reader: Reader) -> list[str]:
    """Each field that a form turns out to read, with some strange values, twice."""
    found = []
    for rule in rules:
        path, done = fill(rule, hostile.sound), {"csrf_token"}
        token = hostile.token(reader)
        hostile.counter.asked.clear()
        found += hostile.judge(reader.client.post(path, data={"csrf_token": token}), rule.rule)
        while left := hostile.counter.asked - done:
            name = min(left)
            done.add(name)
            for told in ("no utf-8", "nul", "markup", "right to left", "long"):
                body = f"csrf_token={token}&{name}={ARGUMENTS[told]}&{name}=twice"
                answer = reader.client.post(
                    path, data=body, content_type="application/x-www-form-urlencoded"
                )
                found += hostile.judge(answer, f"{rule.rule} {name}: {told}")
    return found


def test_no_field_that_a_form_turns_out_to_read_brings_it_down(hostile: Hostile) -> None:
    rules = [rule for rule in routes(hostile.app, "POST") if rule.endpoint != "session.sign_out"]
    door = [rule for rule in rules if rule.endpoint.startswith("session")]
    desk = [rule for rule in rules if not rule.endpoint.startswith("session")]
    assert strange_fields(hostile, door, hostile.stranger) == []
    assert strange_fields(hostile, desk, hostile.officer) == []


@pytest.mark.parametrize("login", [SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR])
def test_no_argument_and_no_field_of_the_accounts_brings_them_down(
    system: System, login: str
) -> None:
    hostile = Hostile(system)
    administrator = coded(hostile.app, system, administered(system)[login], login)
    assert administrator.get("/accounts").status_code == 200
    assert strange_arguments(hostile, administrator, routes(hostile.app, "GET")) == []
    deeds = [rule for rule in routes(hostile.app, "POST") if rule.endpoint.startswith("accounts")]
    for deed in DEEDS:
        hostile.sound["deed"] = deed
        assert strange_fields(hostile, deeds, administrator) == []


TYPED = st.one_of(
    st.sampled_from([unquote(value) for value in ARGUMENTS.values()]),
    st.text(max_size=60).filter(lambda text: text.isprintable() or "\x00" in text),
)
SOUND = {
    "when": "2021-07-20T10:00",
    "day": "2021-07-20",
    "number": "3",
    "act": "4",
    "money": "1,000",
    "unit": "区市场监督管理局",
    "officer": OTHER_OFFICER,
    "file": scenarios.PHOTO,
    "yes": "true",
}


def a_form(hostile: Hostile, command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Random values in its fields, sound ones among them so that the decision is reached."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, spec in command.fields.items():
        sound = st.just(SOUND.get(spec.widget, "说明"))
        if spec.choices is not None:
            sound = st.sampled_from([choice.value for choice in spec.choices])
        elif spec.widget == "record":
            sound = st.sampled_from(hostile.records)
        key = f"kept-{name}" if spec.widget == "file" else name
        fields[key] = st.one_of(sound, TYPED, st.lists(TYPED, max_size=3))
    beside = {
        "step": st.sampled_from(["", "confirmed", "edit", "again", "nonsense"]),
        "version": st.sampled_from(["", "1", "7", "-1", "9" * 26, "x"]),
        "command_id": st.sampled_from(["", "short", "x" * 65, str(UUID(int=7)), "../.."]),
        "reason": TYPED,
        "unknown": TYPED,
    }
    return st.fixed_dictionaries({}, optional={**fields, **beside})


def door(hostile: Hostile, command: Command) -> str:
    if command.name == "settle_row":
        return f"/uploads/{hostile.upload}/held/2"
    if command.on is None:
        return f"/do/{command.name}"
    if command.on_case or command.name.endswith(("_enterprise", "_registration")):
        return f"/cases/CASE/do/{command.name}"
    return f"/do/{command.name}/{hostile.sound['stream']}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_any_values_in_a_form_are_taken_whole_or_refused_in_words(
    hostile: Hostile, name: str
) -> None:
    command = COMMANDS[name]
    of_a_supervisor = command.permit in (Permit.APPROVE, Permit.ERASE)
    reader = hostile.supervisor if of_a_supervisor else hostile.officer
    token = hostile.token(reader)

    @settings(
        max_examples=5,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.sampled_from(hostile.cases), typed=a_form(hostile, command))
    def send(case: str, typed: dict[str, Any]) -> None:
        before = contents(hostile.system)
        path = door(hostile, command).replace("CASE", case)
        answer = reader.client.post(path, data={**typed, "csrf_token": token})
        assert hostile.judge(answer, path) == []
        if answer.status_code >= 400:
            assert contents(hostile.system) == before

    send()


@pytest.mark.parametrize("name", ["change_password", "settle_row"])
def test_a_note_in_the_log_is_no_form_of_its_own(hostile: Hostile, name: str) -> None:
    before = contents(hostile.system)
    for path in (f"/do/{name}", f"/do/{name}/{hostile.sound['stream']}"):
        assert hostile.post(hostile.officer, path).status_code == 404
    assert contents(hostile.system) == before


@pytest.mark.parametrize(
    ("campaign", "sentence"),
    [
        ("../../../etc", "批次号只用文字、数字、点和横线"),
        (MARKUP, "批次号只用文字、数字、点和横线"),
        ("一/二", "批次号只用文字、数字、点和横线"),
        ("x" * 41, "批次号只用文字、数字、点和横线"),
        ("2021\ufffd01", "有认不出的字"),
    ],
)
def test_a_campaign_has_a_number_that_can_stand_in_an_address(
    hostile: Hostile, campaign: str, sentence: str
) -> None:
    for command in ("start_campaign", "list_enterprise"):
        answer = hostile.post(hostile.officer, f"/do/{command}", campaign=campaign)
        assert answer.status_code == 422 and sentence in answer.text


def test_what_cannot_be_seen_is_no_part_of_a_name(system: System) -> None:
    hostile = Hostile(system)
    path = f"/cases/{hostile.cases[0]}/do/move_enterprise"
    answer = hostile.post(hostile.officer, path, town="江\u200b北\u202e镇\x00\ufeff")
    assert answer.status_code == 303
    with system.database.read() as c:
        towns = c.exec_driver_sql("SELECT data FROM log WHERE topic = 'enterprise.moved'").all()
    assert ["江北镇" in row[0] for row in towns] == [True]


def test_markup_and_formulas_stand_on_the_page_as_they_were_typed(system: System) -> None:
    hostile = Hostile(system)
    path = f"/cases/{hostile.cases[0]}"
    for text in (MARKUP, unquote(ARGUMENTS["formula"]), unquote(ARGUMENTS["template"])):
        assert hostile.post(hostile.officer, f"{path}/do/rename_enterprise", name=text).location
        entry = f"/audit/{contents(system)['position']}"
        for page in (path, f"{path}/history", "/audit", "/cases", entry):
            assert unfit(hostile.auditor.get(page)) is None
        assert text in main_of(hostile.auditor.get(entry).text)


# -- bodies ---------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A body that says how long it is and counts how much of it was read."""

    def __init__(self, head: bytes, size: int) -> None:
        super().__init__()
        self._head, self.size, self.read_so_far, self._at = head, size, 0, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = self.size if whence else offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = min(self.size - self.read_so_far, len(buffer))
        start, self.read_so_far = self.read_so_far, self.read_so_far + piece
        buffer[:piece] = (self._head[start : start + piece] + b"a" * piece)[:piece]
        return piece


FILE_HEAD = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
)


def pour(hostile: Hostile, reader: Reader, path: str, size: int, **more: Any) -> tuple[Any, int]:
    body = Endless(FILE_HEAD, size)
    answer = reader.client.post(
        path,
        input_stream=body,
        headers={"X-CSRFToken": hostile.token(reader)},
        content_type="multipart/form-data; boundary=edge",
        **more,
    )
    return answer, body.read_so_far


@pytest.mark.parametrize("path", ["/uploads", "/sign-in", "/cases/CASE/do/add_photo", "/nowhere"])
@pytest.mark.parametrize("who", ["officer", "stranger"])
def test_of_two_hundred_megabytes_nothing_is_read(hostile: Hostile, who: str, path: str) -> None:
    size = 200 * MEBIBYTE
    where = path.replace("CASE", hostile.cases[0])
    answer, read = pour(hostile, getattr(hostile, who), where, size)
    assert answer.status_code in (303, 404, 413) and read == 0
    if answer.status_code == 413:
        assert "文件太大，没有收下" in answer.text and "MB" in answer.text


# The parser of forms drops its half-read file, which closes with it: nothing of ours is left open.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit(system: System) -> None:
    hostile = Hostile(system)
    hostile.app.config["MAX_CONTENT_LENGTH"] = MEBIBYTE
    size, chunked = 20 * MEBIBYTE, {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    answer, read = pour(hostile, hostile.officer, "/uploads", size, environ_overrides=chunked)
    assert answer.status_code == 413 and read < 2 * MEBIBYTE
    hostile.app.config["MAX_CONTENT_LENGTH"] = None
    _, read = pour(hostile, hostile.officer, "/uploads", size, environ_overrides=chunked)
    assert read == size, "without the limit all of it comes in: the test can see it"
    gc.collect()


@pytest.mark.parametrize("who", ["officer", "stranger"])
@pytest.mark.parametrize("path", ["/sign-in", "/uploads", "/do/list_enterprise"])
def test_a_form_without_files_is_short(hostile: Hostile, who: str, path: str) -> None:
    answer = hostile.post(getattr(hostile, who), path, name="x" * 5 * MEBIBYTE)
    assert answer.status_code in (303, 413)
    if answer.status_code == 413:
        assert "一次填写的内容太多" in main_of(answer.text)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"note": ["x"]}'),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"note=x"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="no'),
        ("application/x-www-form-urlencoded", b"note=\xff\xfe"),
        ("nonsense", b"\x00" * 1000),
    ],
)
def test_a_body_of_another_kind_writes_nothing(hostile: Hostile, kind: str, body: bytes) -> None:
    path, before = f"/cases/{hostile.cases[0]}/do/add_note", contents(hostile.system)
    with_token = {"X-CSRFToken": hostile.token(hostile.officer)}
    for headers, status in (({}, 400), (with_token, 422)):
        answer = hostile.officer.client.post(path, data=body, content_type=kind, headers=headers)
        assert answer.status_code == status
        assert hostile.judge(answer, kind) == []
    assert contents(hostile.system) == before


# -- files ----------------------------------------------------------------------------------------


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", (width, height)).save(written, kind)
    return written.getvalue()


PDF = b"%PDF-1.4\ntrailer<<>>\n%%EOF\n"
FILES = {
    "zip bomb": ("名单.xlsx", bomb()),
    "pdf as picture": ("photo.jpg", PDF),
    "half a picture": ("photo.jpg", picture(600, 400)[:500]),
    "a hundred megapixels": ("photo.png", picture(10_000, 10_000, "PNG")),
    "drawing with a script": ("photo.svg", b"<svg onload='alert(1)'/>"),
    "nothing": ("photo.jpg", b""),
    "program": ("../../photo.exe", b"MZ" + b"\0" * 100),
    "markup for a name": (MARKUP, b"x"),
    "path for a name": ("../../../../tmp/名单.xlsx", b"PK\x03\x04" + b"\0" * 50),
    "endings": ("photo.jpg.exe", picture(6, 4)),
    "page": ("名单.xlsx", b"<table><tr><td>=cmd|'/c calc'!A1</td></tr></table>"),
}


@pytest.mark.parametrize("told", FILES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_is_none_of_ours_leaves_nothing(
    hostile: Hostile, told: str, language: str
) -> None:
    name, content = FILES[told]
    before, kept = contents(hostile.system), sorted(hostile.system.settings.home.rglob("*"))
    hostile.officer.get("/preferences", language=language)
    try:
        for path, field in (
            ("/uploads", "file"),
            (f"/cases/{hostile.cases[0]}/do/add_photo", "sha256"),
        ):
            file = (io.BytesIO(content), name)
            answer = hostile.post(
                hostile.officer, path, taken_at="2021-07-08T15:40", **{field: file}
            )
            assert answer.status_code == 422, path
            assert hostile.judge(answer, told, language) == []
    finally:
        hostile.officer.get("/preferences", language="zh")
    left = set(hostile.system.settings.home.rglob("*")) - set(kept)
    assert [path for path in left if path.is_file() and "evidence" in path.parts] == []
    assert contents(hostile.system) == before


# -- who is there ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cookie",
    [
        "casesys=x",
        "casesys=eyJ0b2tlbiI6MX0.a.b",
        "casesys=" + "x" * 9000,
        'casesys="unbalanced',
        "casesys=\x01\xff",
        "casesys_preferences=../..",
        "casesys_preferences=en.large.<script>",
        "casesys_preferences=\xff",
    ],
)
def test_a_cookie_that_is_not_ours_opens_nothing(hostile: Hostile, cookie: str) -> None:
    stranger = Reader(hostile.app, None)
    answer = stranger.client.get("/", headers={"Cookie": cookie})
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")
    page = stranger.client.get("/sign-in", headers={"Cookie": cookie})
    assert page.status_code == 200 and "<script>" not in page.text


def test_a_session_that_was_changed_is_none(hostile: Hostile) -> None:
    reader = Reader(hostile.app, OFFICER)
    kept = reader.client.get_cookie("casesys")
    assert kept is not None
    reader.client.set_cookie("casesys", kept.value[:-2] + kept.value[-1] * 2)
    assert reader.get("/").status_code == 303


@pytest.mark.parametrize("login", ["nobody", "x" * 10_000, "\x00", "' OR 1=1 --", MARKUP, "İ", ""])
@pytest.mark.parametrize("password", ["", "\x00", "p" * 900_000, "👍" * 50])
def test_no_name_and_no_password_bring_the_door_down(
    hostile: Hostile, login: str, password: str
) -> None:
    answer = hostile.post(hostile.stranger, "/sign-in", login=login, password=password)
    assert answer.status_code == 401
    assert "工号或密码不对" in main_of(answer.text)
    assert unfit(answer) is None


@pytest.mark.parametrize(
    "goal",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "\t//elsewhere.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "@elsewhere.example",
        "",
    ],
)
def test_nobody_is_led_out_of_the_office_by_signing_in(hostile: Hostile, goal: str) -> None:
    # Not the officer, whom the wrong passwords of the other tests may have locked out.
    answer = hostile.post(
        Reader(hostile.app, None), "/sign-in", login=SUPERVISOR, password=PASSWORD, next=goal
    )
    assert (answer.status_code, answer.location) == (303, "/")
    assert "a" not in [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]


def test_an_account_that_was_closed_meanwhile_writes_nothing(system: System) -> None:
    hostile = Hostile(system)
    reader = Reader(hostile.app, OTHER_OFFICER)
    token = hostile.token(reader)
    raw, account = {"explanation": "调离"}, UUID(person(system, OTHER_OFFICER).id)
    system.give(COMMANDS["close_account"], raw, Given(operator("tests"), account))
    before = contents(system)
    path = f"/cases/{hostile.cases[0]}/do/add_note"
    answer = reader.client.post(path, data={"csrf_token": token, "note": "还在"})
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")
    assert contents(system) == before
