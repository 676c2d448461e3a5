"""The made office of a fixture: a small district with something of everything in it."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from stdnum.cn import uscc

from tests.releases.release import Release, Visitor

CASES = 20
PASSWORD = "casesys-demo"
CHECKPOINT = "checkpoint.txt"
PUBLISHED = (
    "repair.by_record",
    "repair.by_enterprise_full",
    "action.interview",
    "contact.not_reached",
)


def fill(release: Release, folder: Path) -> dict[str, str]:
    """Fill an empty home; the numbers by which its questions name cases and days."""
    today = date.today()
    days = {
        "today": today.isoformat(),
        "month_before": (today.replace(day=1) - timedelta(days=1)).isoformat(),
        "quarter_before": (today - timedelta(days=90)).isoformat(),
    }
    release.run("init")
    release.answer("demo", "--cases", str(CASES))
    release.run("import", "listing", _listing(folder / "list.xlsx", today))
    cases = _open_cases(release)
    with release.serving() as address:
        lin = Visitor(address, "lin", PASSWORD)
        gu = Visitor(address, "gu", PASSWORD)
        named = _work(release, lin, gu, cases, today)
    _publish(release, days)
    _sign(release, folder)
    release.run("doctor", "--without-backup")
    return days | named


def _sign(release: Release, folder: Path) -> None:
    """A checkpoint that another office signs too, and that comes back."""
    kept, key = folder / CHECKPOINT, folder / "cosigner.key"
    public = release.answer("audit", "key", "-o", key, "--name", "superior-office")["key"]
    release.run("audit", "checkpoint", "-o", kept)
    release.run("audit", "cosign", kept, "--key", key)
    release.run("audit", "keep", kept, "--key", public)


def _work(
    release: Release, lin: Visitor, gu: Visitor, cases: list[str], today: date
) -> dict[str, str]:
    """Typed at the counter: sealed fields, a file, a correction, a void, a draft, an erasure."""
    worked, erased, noted = cases[:3]
    then = f"{(today - timedelta(days=1)).isoformat()}T10:20"
    contact: dict[str, str | bytes] = {
        "channel": "phone",
        "attempted_at": then,
        "result": "no_answer",
        "contact_person": "丁一",
        "phone": "13800000000",
        "notes": "第一次没有人接",
    }
    for case in (worked, erased):
        lin.send(f"/cases/{case}/do/attempt_contact", **contact)
    lin.send(
        f"/cases/{erased}/do/attempt_contact",
        **contact | {"channel": "visit", "photo": _picture()},
    )
    version = release.answer("case", "show", worked)["version"]
    lin.send(
        f"/cases/{worked}/correct/{version}",
        **contact | {"notes": "号码记错了", "reason": "打错号码"},
    )
    lin.send(f"/cases/{worked}/do/add_note", note="下周再去一次")
    version = release.answer("case", "show", worked)["version"]
    voiding = {"target": str(version), "explanation": "记在了别的案件上"}
    lin.send(f"/cases/{worked}/do/void_entry", **voiding)
    lin.send(f"/cases/{noted}/do/add_note", note="写了一半", step="draft")
    erasing = {"ground": "person_asked", "explanation": "本人来函要求"}
    gu.send(f"/cases/{erased}/do/erase_personal_data", **erasing)
    return {"worked": worked, "erased": erased}


def _open_cases(release: Release) -> list[str]:
    """Those of the register that nobody has proposed to let go, in their order."""
    lines = release.run("export", "events", "-o", "-").splitlines()
    entries = [json.loads(line) for line in lines]
    ended = {e["case"]["number"] for e in entries if e["topic"] == "case.exit_proposed"}
    opened = [e["case"]["number"] for e in entries if e["topic"] == "case.opened"]
    return [number for number in opened if number not in ended]


def _publish(release: Release, days: dict[str, str]) -> None:
    for day in (days["today"], days["month_before"]):
        release.run("figure", "publish", *PUBLISHED, "--as-of", day, "--purpose", "报区政府")
    known = ("--as-of", days["month_before"], "--known-at", days["month_before"])
    release.run("figure", "publish", *PUBLISHED, *known, "--by", "town", "--purpose", "报区政府")


HEAD = (
    *("企业名称", "统一社会信用代码", "所属镇街", "名单类型", "处罚决定书文号", "处罚机关"),
    *("处罚日期", "罚款金额（元）", "列入名单日期", "责任单位", "备注"),
)


def _listing(file: Path, today: date) -> Path:
    """An officer's list: three rows that are taken, and one that waits for a person."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(HEAD)
    listed = (today - timedelta(days=10)).isoformat()
    market = "区市场监督管理局"
    for n, unit in enumerate((market, market, market, "区不存在的局")):
        who = (f"澜溪试行{n}号商贸有限公司", _code(n), "南桥街道", "行政处罚")
        what = (f"澜栖市监罚字〔2025〕9{n}01号", market, "2025-03-04", 5000 + n)
        sheet.append((*who, *what, listed, unit, "联系人王五"))
    book.save(file)
    return file


def _code(n: int) -> str:
    body = f"91449955MA9A{n:04d}X"
    return body + str(uscc.calc_check_digit(body))


def _picture() -> bytes:
    """A red dot: the smallest picture that is one."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        summed = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + summed

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00\xff\x00\x00")
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
