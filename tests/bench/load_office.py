"""An office to be read by many: a made district's register, its people, and one very long case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from casesys.commands import COMMANDS
from casesys.history import import_history
from casesys.install import install
from casesys.lists import WORK_VIEWS, Lists, Wanted
from casesys.people import person_of
from casesys.people.passwords import set_password
from casesys.permits import operator
from casesys.rebuild import rebuild
from casesys.serving import missing
from casesys.settings import from_environment
from casesys.system import Given, System, clock
from domain.vocabulary import Role
from projections.driver import rows
from projections.ledger import LEDGER
from tests.shared_data import SHARED

MAKER = SHARED / "district/make_district.py"
RUNNER = operator("load")
PASSWORD = "readers-of-pages"
NUMBERS = 500
"""How many cases the readers open and write on."""
TEXTS = ("建材", "商贸", "云塘", "jc", "食品有限", "ytq", "第12", "0042", "处罚〔2020〕1")


def settings_of(home: Path) -> dict[str, str]:
    return {"CASESYS_HOME": str(home)}


def prepared(folder: Path, size: int, readers: int, entries: int) -> tuple[Path, dict[str, Any]]:
    """The home of an office of so many cases, and what there is to read."""
    home, system = made(folder, size)
    try:
        logins = [open_reader(system, number) for number in range(readers)]
        return home, _to_read(system, logins, entries) | {"password": PASSWORD}
    finally:
        system.database.dispose()


def made(folder: Path, size: int, url: str | None = None) -> tuple[Path, System]:
    """An office of so many cases and its home, made once and used again."""
    home = folder / (f"office-{size}" if url is None else f"office-{size}-on-postgresql")
    done = home / "register-is-in"
    named = {} if url is None else {"CASESYS_DATABASE_URL": url}
    system = System(from_environment(settings_of(home) | named))
    install(system, person=RUNNER)
    if not done.exists():
        import_history(system, register(folder, size), RUNNER)
        done.touch()
    with system.database.read() as c:
        stale = missing(c, system.models.all)
    if stale:
        rebuild(system, stale)
    return home, system


def register(folder: Path, size: int) -> Path:
    if not MAKER.exists():
        raise SystemExit(f"the shared test material is not beside this repository: {MAKER.name}")
    found = folder / f"district-{size}"
    if not (found / "expected.json").exists():
        command = [sys.executable, str(MAKER), "--size", str(size), "--no-xlsx"]
        subprocess.run([*command, "--out", str(found)], check=True, stdout=subprocess.DEVNULL)
    return found


def open_reader(system: System, number: int) -> str:
    """The account of a reader, an officer of the office who sees every case."""
    login = f"reader-{number:02d}"
    if person_of(system, login) is None:
        unit = system.settings.office_unit
        raw = {"login": login, "name": f"读者{number}", "unit": unit}
        opened = system.give(COMMANDS["open_account"], raw, Given(RUNNER))
        role = {"role": Role.OFFICER}
        system.give(COMMANDS["grant_role"], role, Given(RUNNER, opened.stream))
        set_password(system, RUNNER, opened.stream, PASSWORD, lasting=True)
    return login


def _to_read(system: System, logins: list[str], entries: int) -> dict[str, Any]:
    person = person_of(system, logins[0])
    assert person is not None
    lists = Lists(system)
    found = lists.work(person, "open", Wanted(), "number", 1, _Now(), NUMBERS)
    lines = [row.line for row in found.rows]
    if not lines:
        raise SystemExit("no case asks for anything: there is nothing to read")
    _lengthen(system, logins[0], lines[0].stream_id, entries)
    with system.database.read() as c:
        stages = [s for (s,) in rows(c, f"SELECT DISTINCT stage FROM {LEDGER} ORDER BY stage")]
    return {
        "logins": logins,
        "views": WORK_VIEWS,
        "numbers": [line.number for line in lines[1:]] or [lines[0].number],
        "long": lines[0].number,
        "towns": list(found.values["town"]),
        "units": list(found.values["unit"]),
        "stages": stages,
        "texts": TEXTS,
    }


def _lengthen(system: System, login: str, stream: str, entries: int) -> None:
    """Notes and attempts by the real commands until the case has so many entries."""
    person = person_of(system, login)
    assert person is not None
    with system.database.read() as c:
        (have,) = rows(c, "SELECT MAX(version) FROM log WHERE stream_id = ?", [stream])[0]
    for number in range(int(have), entries):
        raw: dict[str, Any] = {"note": f"第{number}次回访，企业仍在筹款"}
        command = "add_note"
        if number % 3 == 0:
            raw = {"channel": "phone", "result": "no_answer", "attempted_at": clock()}
            command = "attempt_contact"
        system.give(COMMANDS[command], raw, Given(person, UUID(stream), None, str(uuid4())))


class _Now:
    as_of: str | None = None
    known_at: str | None = None


if __name__ == "__main__":
    its_home, to_read = prepared(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
    sys.stdout.write(json.dumps({"home": str(its_home), "office": to_read}) + "\n")
