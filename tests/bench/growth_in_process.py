"""The same questions and commands put to a small and a large office in turn, in one process."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from casesys.cases.view import see_case
from casesys.commands import COMMANDS
from casesys.lists import Lists, Wanted
from casesys.system import Given, System, clock
from tests.bench.copies import Copy, Now, open_cases
from tests.bench.figures import Asker
from tests.bench.installation import OFFICER
from tests.bench.load import GOOD, served
from tests.bench.load_office import PASSWORD, open_reader
from tests.bench.load_readers import Browser, hidden
from tests.bench.ours_writing import ATTEMPT

CASES = 500
"""How many cases are opened and written on."""
WARM = 5
"""How often each question is put before it counts."""
Spans = dict[int, list[float]]


class Desk:
    """What a person asks of one office, through the functions that its pages call."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._chance = random.Random(system.settings.language)
        self._cases = open_cases(system, CASES)
        self._lists = Lists(system)
        self._asker = Asker(system, 7)

    def command(self) -> None:
        stream, _ = self._chance.choice(self._cases)
        given = Given(OFFICER, UUID(stream), None, str(uuid4()))
        command = COMMANDS["attempt_contact"]
        self._system.give(command, {**ATTEMPT, "attempted_at": clock()}, given)

    def worklist(self) -> None:
        sort = self._chance.choice(("number", "-due", "name", "unit"))
        self._lists.work(OFFICER, "open", Wanted(), sort, 1, Now())

    def case_page(self) -> None:
        _, number = self._chance.choice(self._cases)
        view = see_case(self._system, number, OFFICER)
        # The page asks for all of these; each is computed when it is first asked for.
        for part in (view.clock, view.deadlines, view.steps, view.records, view.moments, view.acts):
            if part is None:
                continue

    def rates(self) -> None:
        self._asker.rates()


ASKED: Mapping[str, Callable[[Desk], None]] = {
    "command: `attempt_contact`": Desk.command,
    "worklist": Desk.worklist,
    "case page": Desk.case_page,
    "rates of a day": Desk.rates,
}


def in_process(copies: Mapping[int, Copy], times: int) -> Iterator[tuple[str, Spans]]:
    systems = {size: copy.system() for size, copy in copies.items()}
    desks = {size: Desk(system) for size, system in systems.items()}
    for words, ask in ASKED.items():
        spans: Spans = {size: [] for size in desks}
        for number in range(times + WARM):
            for size, desk in desks.items():
                begun = perf_counter()
                ask(desk)
                if number >= WARM:
                    spans[size].append(perf_counter() - begun)
        yield f"{words}, in one process", spans
    for system in systems.values():
        system.database.dispose()


class Page:
    """The same asked of the real server, by a browser that is signed in."""

    def __init__(self, url: str, login: str, numbers: list[str]) -> None:
        self._browser = Browser(url)
        self._browser.sign_in(login, PASSWORD)
        self._chance = random.Random(11)
        self._numbers = numbers

    def _get(self, path: str) -> float:
        begun = perf_counter()
        status, self._text = self._browser.ask("GET", path)
        took = perf_counter() - begun
        if status not in GOOD:
            raise SystemExit(f"{path} answered {status}")
        return took

    def worklist(self) -> float:
        sort = self._chance.choice(("number", "-due", "name", "unit"))
        return self._get(f"/?view=open&sort={sort}")

    def case_page(self) -> float:
        return self._get(f"/cases/{quote(self._chance.choice(self._numbers))}")

    def figures(self) -> float:
        return self._get("/figures")

    def command(self) -> float:
        path = f"/cases/{quote(self._chance.choice(self._numbers))}/do/add_note"
        self._get(path)
        form = {**hidden(self._text), "note": "企业来电，约定下周再谈", "occurred_at": ""}
        begun = perf_counter()
        status, _ = self._browser.ask("POST", path, form)
        took = perf_counter() - begun
        if status not in GOOD:
            raise SystemExit(f"a command answered {status}")
        return took


PAGES: Mapping[str, Callable[[Page], float]] = {
    "command: `add_note`": Page.command,
    "worklist": Page.worklist,
    "case page": Page.case_page,
    "page of figures (all rates)": Page.figures,
}


@contextmanager
def _opened(copies: Mapping[int, Copy]) -> Iterator[dict[int, Page]]:
    with ExitStack() as open_:
        found: dict[int, Page] = {}
        for size, copy in copies.items():
            system = copy.system()
            login = open_reader(system, 0)
            numbers = [number for _, number in open_cases(system, CASES)]
            system.database.dispose()
            url, _ = open_.enter_context(served(copy.home, 1, copy.environment))
            found[size] = Page(url, login, numbers)
        yield found


def through_server(copies: Mapping[int, Copy], times: int) -> Iterator[tuple[str, Spans]]:
    with _opened(copies) as pages:
        for words, ask in PAGES.items():
            spans: dict[int, list[Any]] = {size: [] for size in pages}
            for number in range(times + WARM):
                for size, page in pages.items():
                    took = ask(page)
                    if number >= WARM:
                        spans[size].append(took)
            yield f"{words}, through the server", spans
