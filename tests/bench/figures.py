"""How long figures take in a small and in a large office: ``python -m tests.bench.figures``.

Every question is put of other days, none of which is kept from a question before; both offices
are asked the same. A busy machine disturbs processor time less than the clock, so both are told.
On PostgreSQL the processor time of the server is not in it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, gettempdir
from time import perf_counter, process_time

from casesys.figures import AXES, cases_of_day, rates_in
from casesys.figures.cases_of_day import Question
from casesys.figures.difference import difference
from casesys.figures.members import SIZE, UNKNOWN, Of, members
from casesys.figures.page import figures_of_day
from casesys.figures.two_states import Part
from casesys.figures.values import values_of_day
from casesys.figures.why import why_changed
from casesys.history import import_history
from casesys.install import install
from casesys.reports.work_report import preview_report
from casesys.settings import from_environment
from casesys.system import System
from domain.counts import COUNTS
from domain.formulas import FORMULAS
from domain.instants import end_of_day
from projections.ledger import LEDGER
from tests.bench.load import at, say
from tests.bench.load_office import RUNNER, made, register, settings_of
from tests.bench.machine import described
from tests.database import fresh_database, own_server

FIRST, DAYS = date(2019, 1, 20), 2700
"""The days that are asked about: the register's first year and all that follow."""


class Asker:
    """Puts questions to one office; whoever has the same seed asks the same."""

    def __init__(self, system: System, seed: int) -> None:
        self.system = system
        self._chance = random.Random(seed)
        with system.database.read() as c:
            self._position = system.log.head(c)[0]
            towns = c.exec_driver_sql(f"SELECT DISTINCT town FROM {LEDGER} ORDER BY town LIMIT 5")
            self._towns = ["", "", UNKNOWN, *(town for (town,) in towns if town)]

    def _day(self) -> str:
        return (FIRST + timedelta(self._chance.randrange(DAYS))).isoformat()

    def _cold(self) -> Question:
        """A day, whose cases nobody has kept."""
        cases_of_day.forget(self.system)
        return Question(self._day())

    def rates(self, by: str | None = None) -> None:
        with self.system.database.read() as c:
            rates_in(self.system, c, self._day(), None, by)

    def known(self) -> None:
        with self.system.database.read() as c:
            rates_in(self.system, c, self._day(), end_of_day(self._day()))

    def members(self) -> None:
        when, count = self._cold(), self._chance.choice(sorted(COUNTS))
        of = Of(self._chance.choice(("", "penalty")), self._chance.choice(self._towns))
        members(self.system, RUNNER, count, of, when, self._chance.randrange(1, SIZE))

    def page(self) -> None:
        figures_of_day(self.system, RUNNER, self._cold(), self._chance.choice(AXES))

    def months(self) -> None:
        figures_of_day(
            self.system, RUNNER, self._cold(), "month", trend_of="deadline.first_contact"
        )

    def formulas(self, by: str | None = None) -> None:
        values_of_day(self.system, RUNNER, self._cold(), by)

    def difference(self) -> None:
        names = self._chance.choice(sorted(FORMULAS)), self._chance.choice(sorted(FORMULAS))
        difference(self.system, RUNNER, names, Part.NUMERATOR, self._cold())

    def why(self) -> None:
        """Why the figure is another one than was reported at the end of its day."""
        asked = self._cold()
        reported = asked._replace(known_at=end_of_day(asked.as_of))
        why_changed(self.system, RUNNER, self._chance.choice(sorted(FORMULAS)), reported, asked)

    def report(self) -> None:
        preview_report(self.system, RUNNER, self._cold(), "zh")


QUESTIONS: Mapping[str, Callable[[Asker], None]] = {
    "rates of a day": Asker.rates,
    **{f"rates by {by}": partial(Asker.rates, by=by) for by in (*AXES, "month")},
    "rates of a day, known at an instant": Asker.known,
    "one page of members": Asker.members,
    "page of figures": Asker.page,
    "page of figures, with the months of a deadline": Asker.months,
    "every formula": Asker.formulas,
    "every formula by town": partial(Asker.formulas, by="town"),
    "difference of two formulas": Asker.difference,
    "why a figure changed": Asker.why,
    "work report, looked at": Asker.report,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(gettempdir()) / "casesys-load"
    parser.add_argument("--folder", type=Path, default=default, help="where offices are kept")
    parser.add_argument("--sizes", help="cases of each office (1000,100000; 200,2000)")
    parser.add_argument("--times", type=int, default=40, help="that each question is put")
    parser.add_argument("--only", default="", help="questions in whose words this stands")
    parser.add_argument("--postgresql", action="store_true", help="import into a server of its own")
    return parser.parse_args()


@contextmanager
def offices(given: argparse.Namespace) -> Iterator[dict[int, System]]:
    """The offices that are asked, the smallest first."""
    asked = given.sizes or ("200,2000" if given.postgresql else "1000,100000")
    sizes = sorted(map(int, asked.split(",")))
    given.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_:
        if given.postgresql:
            server = open_.enter_context(own_server())
            yield {n: open_.enter_context(_imported(given.folder, n, server)) for n in sizes}
        else:
            yield {n: made(given.folder, n)[1] for n in sizes}


@contextmanager
def _imported(folder: Path, size: int, server: str) -> Iterator[System]:
    with TemporaryDirectory() as home, fresh_database(server) as url:
        place = settings_of(Path(home)) | {"CASESYS_DATABASE_URL": url}
        system = System(from_environment(place))
        install(system, person=RUNNER)
        import_history(system, register(folder, size), RUNNER)
        yield system
        system.database.dispose()


Spent = tuple[list[float], list[float]]
"""Seconds of processor time, and by the clock."""


def measured(system: System, ask: Callable[[Asker], None], times: int) -> Spent:
    asker = Asker(system, times)
    ask(asker)  # the first pays for what a process learns once
    processor, clock = [], []
    for _ in range(times):
        begun, spent = perf_counter(), process_time()
        ask(asker)
        processor.append(process_time() - spent)
        clock.append(perf_counter() - begun)
    return processor, clock


def line(words: str, found: Mapping[int, Spent]) -> str:
    cells = ""
    for processor, clock in found.values():
        values = (
            *(at(processor, part) for part in (0.5, 0.95, 0.0, 1.0)),
            *(at(clock, part) for part in (0.5, 0.95)),
        )
        cells += "".join(f" {value:,.1f} |" for value in values)
    each = [median(processor) for processor, _ in found.values()]
    ratio = each[-1] / each[0]
    return f"| {words} |{cells} {ratio:.2f} |"


def main() -> None:
    given = arguments()
    with offices(given) as found:
        for words in described(given.folder, peers=False):
            say(words)
        say()
        heads = "".join(
            f" {size:,} cases: p50 | p95 | min | max | clock p50 | p95 |" for size in found
        )
        say(f"| milliseconds of processor time |{heads} p50 : p50 |")
        say("| --- |" + " ---: |" * (6 * len(found) + 1))
        for words, ask in QUESTIONS.items():
            if given.only in words:
                say(line(words, {n: measured(it, ask, given.times) for n, it in found.items()}))


if __name__ == "__main__":
    main()
