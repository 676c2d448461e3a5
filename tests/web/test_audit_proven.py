"""The auditor's desk says when the office was last proven correct, and shows the signed page."""

from __future__ import annotations

from casesys.doctor import doctor
from casesys.permits import operator
from casesys.system import System
from projections.driver import write
from projections.office import ACCOUNT
from tests.offices import AUDITOR, Clock
from tests.web.helpers import Reader, app_of

RUNNER = operator("tests")


def test_the_desk_says_what_was_proven_last_and_shows_every_page(
    system: System, clock: Clock
) -> None:
    reader = Reader(app_of(system), AUDITOR)
    assert "还没有做过完整核对" in reader.get("/audit").text
    assert "还没有做过完整核对" in reader.get("/audit/proven").text
    sound = doctor(system, RUNNER, without_backup=True)
    told = f"最近一次证明完好：2021-07-22 14:20，{sound.entries} 条记录，0 处不符"
    assert told in reader.get("/audit").text
    page = reader.get("/audit/proven").text
    assert told in page and sound.note.splitlines()[-1].split(" ")[-1] in page
    taken = reader.get(f"/audit/proven/{sound.at}.txt")
    assert taken.data.decode() == sound.note
    clock.wait(minutes=1)
    with system.database.write() as c:
        write(c, f"UPDATE {ACCOUNT} SET unit = 'x' WHERE login = ?", [(AUDITOR,)])
    assert doctor(system, RUNNER, without_backup=True).differences
    assert "1 处不符" in reader.get("/audit").text
    page = reader.get("/audit/proven").text
    assert "与日志不符" in page and "casesys projections rebuild" in page
    assert told in reader.get(f"/audit/proven/{sound.at}").text
    with system.database.write() as c:
        write(c, "UPDATE proven SET note = replace(note, 'entries', 'entires')", [()])
    assert "不是本系统签的" in reader.get("/audit").text
    assert reader.get("/audit/proven?page=x").status_code == 200
    assert reader.get("/audit/proven/2000").status_code == 404
