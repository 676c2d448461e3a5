"""How long the doctor takes with a large office and its backup: ``python -m tests.bench.doctor``.

The office is the one of the other benches, with a receipt of every formula; the doctor works on a
copy. A busy machine disturbs processor time less than the clock, so both are told.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from casesys.backup import backup
from casesys.doctor import doctor
from casesys.figures.cases_of_day import Question
from casesys.figures.receipts import Wanted, publish
from casesys.install import install
from casesys.settings import from_environment
from casesys.system import System
from domain.formulas import FORMULAS
from tests.bench.load import say
from tests.bench.load_office import RUNNER, made, settings_of
from tests.bench.machine import described

DAY = "2021-10-31"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "casesys-load")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    home, kept = made(given.folder, given.cases)
    kept.database.dispose()
    for line in described(home, peers=False):
        say(line)
    with TemporaryDirectory(dir=given.folder) as folder:
        copy = Path(folder) / "office"
        shutil.copytree(home, copy)
        system = System(from_environment(settings_of(copy)))
        install(system, person=RUNNER)
        wanted = [Wanted(name) for name in FORMULAS]
        publish(system, RUNNER, Question(DAY, None, "", None), wanted, "for the doctor")
        backup(system, Path(folder) / "office.backup")
        found = doctor(system, RUNNER)
        system.database.dispose()
    for check in found.checks:
        say(f"{check.where:<7} {check.name:<14} {check.counted:>9} {check.seconds:8.1f} s")
    million = found.entries / 1e6
    say(f"{found.entries} entries, {found.differences} differences")
    say(f"{found.seconds:.0f} s, {found.cpu:.0f} s of the processors")
    say(f"a million: {found.seconds / million:.0f} s, {found.cpu / million:.0f} s")
    sys.exit(min(found.differences, 1))


if __name__ == "__main__":
    main()
