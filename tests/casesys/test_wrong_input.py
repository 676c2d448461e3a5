"""Wrong input at the command line: a sentence and an exit code, never a traceback, nothing half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casesys.cli import main
from casesys.system import System
from tests import scenarios
from tests.casesys.intake.test_listings import bomb
from tests.offices import OFFICER, PASSWORD, Clock, contents
from tests.shared_data import shared_path
from tests.stores import MASTER_KEY, settings_of

BYTES = "\udcff\udcfe"
"""Two bytes that are no UTF-8, as Python hands them on."""

Casesys = Callable[..., Result]


@pytest.fixture
def home(sqlite_office: Path, tmp_path: Path) -> Path:
    """The folder of an office with people and one case."""
    folder = tmp_path / "home"
    shutil.copytree(sqlite_office, folder)
    system = System(settings_of(folder), now=Clock())
    scenarios.an_interviewed_case(system)
    system.database.dispose()
    return folder


@pytest.fixture(params=["zh", "en"])
def casesys(request: pytest.FixtureRequest, home: Path) -> Casesys:
    environment = {"CASESYS_HOME": str(home), "CASESYS_MASTER_KEY": MASTER_KEY}
    environment["CASESYS_LANGUAGE"] = request.param

    def run(*arguments: str | Path, typed: Any = "", **other: str) -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(main, words, input=typed, env=environment | other)

    return run


@pytest.fixture
def system(home: Path) -> Iterator[System]:
    made = System(settings_of(home), now=Clock())
    yield made
    made.database.dispose()


def is_told(result: Result, code: int = 1) -> bool:
    """Refused with this code and a sentence; a fault of our own would stand in the result."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, "Traceback" in result.stderr) == (code, False), result.output
    return bool(result.stderr.strip())


def test_a_traceback_would_be_seen(casesys: Casesys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casesys.cli.shell.is_text", lambda argument: True)
    with pytest.raises(AssertionError):
        is_told(casesys("case", "show", BYTES))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("case", "show", BYTES), 2),
        (("case", "history", f"x{BYTES}"), 2),
        (("identify", "--json", BYTES), 2),
        (("--as", BYTES, "account", "list"), 2),
        (("account", "open", BYTES, "--name", "x", "--unit", "x", "--role", "officer"), 2),
        (("case", "show", ""), 1),
        (("case", "show", "../../x"), 1),
        (("case", "show", "9" * 10_000), 1),
        (("case", "show", "2021-01-0001", "--version", "x"), 2),
        (("rates", "--as-of", "2021-02-30"), 2),
        (("rates", "--as-of", "2021-11-09", "--known-at", "9999-12-31T23:59-23:59"), 2),
        (("--as", "' OR 1=1", "account", "list"), 1),
        (("account", "grant", "nobody", "officer"), 1),
        (("account", "grant", OFFICER, "king"), 2),
        (("import", "listing", "no-such.xlsx"), 2),
        (("import", "history", "."), 1),
        (("backup", "-o", "."), 2),
        (("restore", "pyproject.toml"), 1),
        (("projections", "rebuild", "\x1b[31mno"), 2),
        (("serve", "--port", "70000"), 2),
        (("nothing",), 2),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    casesys: Casesys, system: System, arguments: tuple[str, ...], code: int
) -> None:
    before = contents(system)
    assert is_told(casesys(*arguments, CASESYS_PASSWORD=PASSWORD), code)
    assert contents(system) == before


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 100_000, "with\x00nothing", f"x{BYTES}" * 9]
)
def test_no_account_is_opened_without_its_password(
    casesys: Casesys, system: System, password: str
) -> None:
    before = contents(system)
    person = ("new", "--name", "新人", "--unit", "区税务局", "--role", "officer")
    result = casesys("account", "open", *person, "--password", password)
    assert is_told(result, 2 if BYTES in password else 1)
    assert contents(system) == before


def test_lines_that_are_no_text_are_answered_in_their_order(casesys: Casesys) -> None:
    typed = b"\xff\xfe\n\x00\n" + "（2021）粤1973执12号".encode("gbk") + b"\n"
    result = casesys("identify", typed=typed)
    assert result.exit_code == 0 and result.stdout.count("invalid") == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xlsx", b""),
        ("half.xlsx", b"PK\x03\x04" + b"\0" * 100),
        ("bomb.xlsx", bomb()),
        ("letter.pdf", b"%PDF-1.4\n%%EOF"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        ),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
        ("list.csv", "企业名称\n甲".encode("gbk")),
    ],
)
def test_what_is_no_list_is_told_and_changes_nothing(
    casesys: Casesys, system: System, tmp_path: Path, name: str, content: bytes
) -> None:
    before, file = contents(system), tmp_path / name
    file.write_bytes(content)
    assert is_told(casesys("--as", OFFICER, "import", "listing", file))
    assert contents(system) == before


def test_a_list_without_an_end_is_read_no_further_than_a_list_can_be(casesys: Casesys) -> None:
    assert is_told(casesys("--as", OFFICER, "import", "listing", "/dev/zero"))


def as_gbk(text: str) -> bytes:
    return text.encode("gbk", "replace")


@pytest.mark.parametrize(
    "change",
    [
        as_gbk,
        lambda text: text.encode("utf-16"),
        lambda text: b"",
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace("case_id", "case").encode(),
        lambda text: text[: len(text) // 2].encode(),
        lambda text: (text[:300] + '"' + text[300:]).encode(),
        lambda text: (text + '"' + "x" * 200_000 + '"\n').encode(),
        None,
    ],
    ids=["gbk", "utf-16", "empty", "semicolons", "column", "half", "quote", "long", "missing"],
)
def test_a_register_that_cannot_be_read_names_its_file(
    casesys: Casesys, tmp_path: Path, change: Callable[[str], bytes] | None
) -> None:
    folder = tmp_path / "register"
    shutil.copytree(shared_path("district/district_50"), folder)
    file = folder / "cases.csv"
    text = file.read_text("utf-8")
    file.unlink()
    if change is not None:
        file.write_bytes(change(text))
    result = casesys("import", "history", folder)
    assert is_told(result) and "cases.csv" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASESYS_HOME", "/proc/nowhere"),
        ("CASESYS_HOME", __file__),
        ("CASESYS_MASTER_KEY", "zz" * 32),
        ("CASESYS_MASTER_KEY", "5a"),
        ("CASESYS_DATABASE_URL", "nonsense"),
        ("CASESYS_DATABASE_URL", "oracle://x"),
        ("CASESYS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x"),
        ("CASESYS_DATABASE_URL", "sqlite:////proc/nowhere/x.db"),
        ("CASESYS_LANGUAGE", "fr"),
        ("CASESYS_UPLOAD_LIMIT_MB", "²"),
        ("CASESYS_UPLOAD_LIMIT_MB", "9" * 5000),
    ],
)
def test_a_setting_that_cannot_be_is_told(casesys: Casesys, name: str, value: str) -> None:
    assert is_told(casesys("account", "list", **{name: value}))


def test_a_key_file_that_is_no_text_is_told(casesys: Casesys, home: Path) -> None:
    (home / "master.key").write_bytes(b"\xff\xfe")
    assert is_told(casesys("account", "list", CASESYS_MASTER_KEY=""))


@pytest.mark.parametrize("kept", [0.0, 0.5])
@pytest.mark.parametrize("command", ["init", "account list", "projections verify"])
def test_a_damaged_database_is_told(
    casesys: Casesys, home: Path, kept: float, command: str
) -> None:
    file = home / "casesys.db"
    content = file.read_bytes()
    for beside in home.glob("casesys.db-*"):
        beside.unlink()
    file.write_bytes(content[: int(len(content) * kept)] or b"no database" * 1000)
    assert is_told(casesys(*command.split()))


def test_a_backup_takes_the_place_of_a_file_and_of_nothing_else(
    casesys: Casesys, tmp_path: Path
) -> None:
    # A pipe of our own stands for a device: were it taken away, the machine would not miss it.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert is_told(casesys("backup", "-o", pipe))
    assert pipe.is_fifo()


@pytest.mark.parametrize("change", ["half", "byte", "empty", "key"])
def test_a_backup_that_is_damaged_brings_nothing_back(
    casesys: Casesys, tmp_path: Path, change: str
) -> None:
    file, elsewhere = tmp_path / "office.tar", tmp_path / "elsewhere"
    assert casesys("backup", "-o", file).exit_code == 0
    content = file.read_bytes()
    damaged = {
        "half": content[: len(content) // 2],
        "byte": content[:5000] + b"~" + content[5001:],
        "empty": b"",
        "key": content,
    }
    file.write_bytes(damaged[change])
    there = {"CASESYS_HOME": str(elsewhere)}
    there |= {"CASESYS_MASTER_KEY": "6b" * 32} if change == "key" else {}
    assert is_told(casesys("restore", file, **there))
    assert is_told(casesys("account", "list", **there)), "nothing was installed there"
