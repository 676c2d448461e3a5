"""What the next release would change, on its page: because of which case, and who signs."""

from __future__ import annotations

from casesys.system import System
from tests.comparisons import compared
from tests.offices import AUDITOR, SUPERVISOR
from tests.scenarios import a_listed_case, an_interviewed_case, case_number
from tests.web.helpers import Reader, app_of, words_of

HERE = "/audit/releases"


def test_it_says_what_would_change_and_because_of_which_case(system: System) -> None:
    reader = Reader(app_of(system), AUDITOR)
    assert "还没有比较过" in reader.get_page(HERE)
    an_interviewed_case(system, 1)
    last = a_listed_case(system, 2).stream
    found = compared(system)
    page = reader.get_page(HERE)
    assert found.digest in page
    assert f'href="/cases/{case_number(system, last)}"' in page
    told = words_of(page)
    assert "1/1 (100%)" in told and "1/2 (50%)" in told
    assert "-50" in told
    assert "还没有签署：审核、审计" in told


def test_each_role_signs_once_and_the_log_says_so(system: System) -> None:
    a_listed_case(system, 1)
    found = compared(system)
    app = app_of(system)
    for login, role, words in ((SUPERVISOR, "supervisor", "审核"), (AUDITOR, "auditor", "审计")):
        reader = Reader(app, login)
        assert f"以{words}身份签署" in reader.get_page(HERE)
        answer = reader.send(f"{HERE}/sign", digest=found.digest, role=role)
        assert answer.status_code == 303
        page = words_of(reader.get_page(HERE))
        assert "此后又登记了" in page and f"以{words}身份签署" not in page.replace("已以", "")
        again = reader.send(f"{HERE}/sign", digest=found.digest, role=role)
        assert again.status_code == 400
        assert f"已经有人以{words}身份签署" in again.text
    with system.database.read() as c:
        last = system.log.after(c, system.log.head(c)[0] - 2, 2)
    assert [entry.data["digest"] for entry in last] == [found.digest] * 2
    unknown = Reader(app, AUDITOR).send(f"{HERE}/sign", digest="x" * 900, role="auditor")
    assert unknown.status_code == 400
