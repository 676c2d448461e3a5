"""An auditor takes proof away from the counter, and elsewhere it says yes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from casesys.followers.witness import Witness
from casesys.proofs import handing_out
from casesys.proofs.checkpoints import read
from casesys.proofs.joined import joined_verifier
from casesys.system import System
from tests import scenarios
from tests.casesys.proofs.bundles import verdict
from tests.followers import everything
from tests.offices import AUDITOR
from tests.web.helpers import Reader, app_of

PROOFS = "/audit/proofs"


@pytest.fixture
def stream(system: System) -> UUID:
    return scenarios.a_contacted_case(system).stream


@pytest.fixture
def auditor(system: System, stream: UUID) -> Reader:
    app: Flask = app_of(system)
    return Reader(app, AUDITOR)


def file_of(answer: TestResponse, folder: Path) -> Path:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.headers["Content-Disposition"].encode("ascii")
    file = folder / "taken.zip"
    file.write_bytes(answer.data)
    return file


def test_the_bundle_of_a_case_is_taken_and_proven(
    auditor: Reader, system: System, stream: UUID, tmp_path: Path
) -> None:
    number = scenarios.case_number(system, stream)
    answer = auditor.send(PROOFS, f"{PROOFS}/bundle", case=f" {number} ")
    code, said = verdict(file_of(answer, tmp_path))
    assert code == 0 and f"case {number}:" in said
    assert "导出审计包" in auditor.get_page("/audit/attempts?act=export_bundle")


def test_the_whole_log_is_taken_where_it_is_short(
    auditor: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = auditor.send(PROOFS, f"{PROOFS}/bundle", whole="1")
    code, said = verdict(file_of(answer, tmp_path))
    assert code == 0 and "none missing" in said
    monkeypatch.setattr(handing_out, "MOST_AT_THE_COUNTER", 10)
    page = auditor.get_page("/audit/proofs")
    assert "casesys audit bundle -o" in page and "导出整本日志的审计包" not in page
    assert auditor.send(PROOFS, f"{PROOFS}/bundle", whole="1").status_code == 400


@pytest.mark.parametrize("case", ["", "Z2021-01-9999", "\x00", "%", "长" * 5000])
def test_a_case_that_is_not_there_is_told_beside_what_was_typed(case: str, auditor: Reader) -> None:
    answer = auditor.send(PROOFS, f"{PROOFS}/bundle", case=case)
    assert answer.status_code == 422
    assert ("没有这个编号的案件" if case else "error-summary") in answer.get_data(as_text=True)


def test_a_checkpoint_is_signed_taken_and_then_shown(auditor: Reader, system: System) -> None:
    before = auditor.get_page("/audit/proofs")
    answer = auditor.send(PROOFS, f"{PROOFS}/checkpoint")
    with system.database.read() as c:
        size = system.log.head(c)[0]
    assert read(answer.get_data(as_text=True)).checkpoint.size == size
    after = auditor.get_page("/audit/proofs")
    assert f"到第{size}条" in after and f"到第{size}条" not in before


def test_the_program_is_the_one_whose_digest_the_page_says(auditor: Reader) -> None:
    assert auditor.get("/audit/proofs/verify.py").data == joined_verifier().text
    assert joined_verifier().sha256 in auditor.get_page("/audit/proofs")


def test_an_office_that_never_signed_says_so(auditor: Reader) -> None:
    before = auditor.get_page(PROOFS)
    assert "还没有，请签第一个" in before and "此后的新记录" not in before
    assert auditor.send(PROOFS, f"{PROOFS}/checkpoint").status_code == 200
    after = auditor.get_page(PROOFS)
    assert "还没有，请签第一个" not in after and "此后的新记录" in after


def test_the_page_says_up_to_where_there_is_a_witness_outside(
    auditor: Reader, system: System, tmp_path: Path
) -> None:
    assert "外部见证" in auditor.get_page(PROOFS) and "没有设置" in auditor.get_page(PROOFS)
    system.settings = replace(system.settings, witness=tmp_path)
    assert "还没有检查点" in auditor.get_page(PROOFS)
    size = auditor.send(PROOFS, f"{PROOFS}/checkpoint").data.decode().splitlines()[1]
    everything(system, Witness(tmp_path))
    page = auditor.get_page(PROOFS)
    assert page.count(f"到第{size}条") == 2 and "projections status" not in page
