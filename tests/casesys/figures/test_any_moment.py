"""Every figure at any moment equals a plain fold of `casesys export events` by somebody else."""

from __future__ import annotations

import ast
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection

from casesys.cli import main
from casesys.figures import AXES, rates_in
from casesys.figures.deadlines import deadlines
from casesys.settings import Settings
from casesys.system import System
from domain.instants import instant, moment
from tests import plain_figures
from tests.database import fresh_database
from tests.districts import Rows, changed, made_district
from tests.offices import SUPERVISOR, Clock
from tests.plain_figures import Act, Lines, Plain, Record
from tests.scenarios import a_case_under_repair, a_listed_case, give, record_of
from tests.stores import BOTH, MASTER_KEY, settings_of

PAIRS = {"sqlite": 1000, "postgres": 60}
FIRST_PAIRS = 150
"""So many are shown to a wrong fold before it counts as not found."""
LAST_MICROSECOND = timedelta(microseconds=1)

Ask = Callable[..., Any]


def restless(rows: Rows) -> None:
    """Much is typed late, by minutes or by weeks, much is taken away, and repairs are revoked."""
    chance = random.Random(2021)
    targets = {row["target_action_id"] for row in rows}
    more = []
    for row in rows:
        if row["type"] == "action_voided" or row["action_id"] in targets:
            continue
        if chance.random() < 0.2:
            row["recorded_at"] = _later(chance, row["recorded_at"])
        at = _later(chance, row["recorded_at"])
        if row["type"] == "record_repaired" and chance.random() < 0.3:
            more.append(_act(row, "repair_revoked", at, record_id=row["record_id"]))
        elif chance.random() < 0.08:
            more.append(_act(row, "action_voided", at, target_action_id=row["action_id"]))
    rows += more
    rows.sort(key=lambda row: row["recorded_at"])


def _later(chance: random.Random, text: str) -> str:
    span = chance.choice((3, 60, 600, 10_000, 80_000))
    after = timedelta(minutes=chance.randint(1, span))
    return (datetime.fromisoformat(text) + after).isoformat()


def _act(row: dict[str, str], kind: str, at: str, **of: str) -> dict[str, str]:
    name = f"{kind}-{row['action_id']}"
    ids = {"action_id": name, "request_id": name, "type": kind, "detail": "核查后"}
    nothing = dict.fromkeys(("record_id", "result", "target_action_id"), "")
    return {**row, **nothing, **ids, "occurred_at": at, "recorded_at": at, **of}


def on_two_lists(rows: Rows) -> None:
    """Every judgment is against an enterprise that has a penalty as well."""
    penalties = [row for row in rows if row["category"] == "penalty"]
    judgments = [row for row in rows if row["category"] == "judgment"]
    for row, other in zip(judgments, penalties, strict=False):
        row["enterprise_id"], row["uscc"] = other["enterprise_id"], other["uscc"]


class Moment(NamedTuple):
    """The end of which day is asked for, as known when."""

    day: str
    known_at: str


class District:
    """A made district in an office of its own, and the file that left it."""

    def __init__(self, settings: Settings, register: Path, file: Path, pairs: int) -> None:
        environment = environment_of(settings)
        for command in (
            ["init"],
            ["import", "history", str(register)],
            ["export", "events", "--voided", "-o", str(file)],
        ):
            done = CliRunner().invoke(main, command, env=environment)
            assert done.exit_code == 0, (done.stderr, done.exception)
        self.environment = environment
        self.system = System(settings)
        self.file = file
        self.lines = self.read(Lines)
        self.moments = list(islice(_moments(random.Random(4), self.lines.acts), pairs))
        self.product = cache(self._product)

    def read(self, kind: type[Lines]) -> Lines:
        with self.file.open(encoding="utf-8") as file:
            return kind(map(json.loads, file))

    def _product(self, nth: int) -> dict[str, Any]:
        with self.system.database.read() as c:
            return by_the_product(self.system, c, self.moments[nth])


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        "CASESYS_HOME": str(settings.home),
        "CASESYS_DATABASE_URL": settings.database_url,
        "CASESYS_MASTER_KEY": MASTER_KEY,
        "CASESYS_LANGUAGE": "en",
    }


def _moments(chance: random.Random, acts: list[Act]) -> Iterator[Moment]:
    """Any day beside any second; often the very instant of an entry, or the one before it."""
    told: set[Moment] = set()
    first = datetime.fromisoformat(acts[0].local[:10])
    days = (datetime.fromisoformat(acts[-1].local[:10]) - first).days + 30
    while True:
        day = first + timedelta(days=chance.randrange(-3, days))
        entry = moment(chance.choice(acts).recorded_at)
        any_second = moment(acts[0].recorded_at) + timedelta(seconds=chance.randrange(days * 86400))
        known_at = chance.choice((any_second, any_second, entry, entry - LAST_MICROSECOND))
        found = Moment(day.date().isoformat(), instant(known_at))
        if found not in told:
            told.add(found)
            yield found


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    made = made_district(36, "any moment", folder / "made")
    stirred = changed(made, "actions.csv", restless, folder / "restless")
    return changed(stirred, "cases.csv", on_two_lists, folder / "two_lists")


@pytest.fixture(scope="module")
def on_sqlite(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("office")
    made = District(settings_of(folder), register, folder / "events.jsonl", PAIRS["sqlite"])
    yield made
    made.system.database.dispose()


@pytest.fixture(scope="module")
def on_postgres(
    register: Path, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("office")
    with fresh_database(postgres_url) as url:
        settings = settings_of(folder, url)
        made = District(settings, register, folder / "events.jsonl", PAIRS["postgres"])
        yield made
        made.system.database.dispose()


@pytest.fixture(params=BOTH)
def district(request: pytest.FixtureRequest) -> District:
    found: District = request.getfixturevalue(f"on_{request.param}")
    return found


def by_the_product(system: System, c: Connection, at: Moment) -> dict[str, Any]:
    """Every figure of a moment, under the name of the question."""
    office = rates_in(system, c, *at)
    assert (office.pop("as_of"), office.pop("known_at")) == at
    return {
        "rates": office,
        "deadlines": deadlines(system, c, *at),
        **{by: rates_in(system, c, *at, by)["groups"] for by in (*AXES, "month")},
    }


def by_the_fold(plain: Plain) -> dict[str, Any]:
    return {
        "rates": {"position": plain.lines.head, **plain.office()},
        "deadlines": plain.deadlines(),
        **{by: plain.groups(by) for by in AXES},
        "month": plain.months(),
    }


def numbers(answer: Any) -> int:
    """How many figures stand in an answer."""
    if isinstance(answer, dict):
        return sum(map(numbers, answer.values()))
    if isinstance(answer, list):
        return sum(map(numbers, answer))
    return 1


def test_every_figure_at_any_moment_equals_the_plain_fold(
    district: District, record_property: Callable[[str, object], None]
) -> None:
    compared = 0
    for nth, at in enumerate(district.moments):
        product = district.product(nth)
        fold = by_the_fold(Plain(district.lines, *at))
        assert {by: answer for by, answer in product.items() if answer != fold[by]} == {}, at
        compared += numbers(product)
    kind = "SQLite" if district.system.database.is_sqlite else "PostgreSQL"
    told = f"{len(district.moments):,} moments on {kind}, {compared:,} figures equal a plain fold"
    record_property("told", told)
    assert compared > 1000 * len(district.moments) // 3


def test_the_fold_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(plain_figures.__file__).read_text("utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert "fractions" in names
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_district_is_as_restless_as_offices_are(on_sqlite: District) -> None:
    lines = on_sqlite.lines
    late = [act for act in lines.acts if act.local[:10] < lines.local(act.recorded_at)[:10]]
    assert len(late) > len(lines.acts) / 10
    assert len(lines.voids) > len(lines.acts) / 20
    assert sum(act.type == "repair_revoked" for act in lines.acts) >= 3
    lists: dict[str, set[str]] = {}
    for case in lines.cases.values():
        lists.setdefault(case["enterprise"], set()).add(case["category"])
    assert sum(len(categories) == 2 for categories in lists.values()) >= 3
    days = {at.day for at in on_sqlite.moments}
    assert len(set(on_sqlite.moments)) == PAIRS["sqlite"] and len(days) > 100


def test_the_command_line_answers_the_same(on_sqlite: District) -> None:
    for nth in range(0, 30, 10):
        day, known_at = on_sqlite.moments[nth]
        for by, right in on_sqlite.product(nth).items():
            question = ["rates"] if by == "rates" else ["rates", "--by", by]
            question = ["deadlines"] if by == "deadlines" else question
            asked = [*question, "--as-of", day, "--known-at", known_at, "--json"]
            done = CliRunner().invoke(main, asked, env=on_sqlite.environment)
            said = json.loads(done.stdout)
            if by == "rates":
                assert (said.pop("as_of"), said.pop("known_at")) == (day, known_at)
            assert (said["groups"] if by in (*AXES, "month") else said) == right


# -- wrong folds ----------------------------------------------------------------------------------


class UtcDays(Lines):
    """A day ends at midnight in Greenwich."""

    def local(self, instant: str) -> str:
        return instant.removesuffix("Z")


class IgnoresVoids(Plain):
    """What was taken away counts on."""

    def counts(self, act: Act) -> bool:
        return self.known_at is None or act.recorded_at <= self.known_at


class VoidsFromTheDayOfTheirTarget(Plain):
    """What was taken away later never counted."""

    def counts(self, act: Act) -> bool:
        return (act.case, act.version) not in self.lines.voids and super().counts(act)


class RevokedIsRepaired(Plain):
    """A repair stays one."""

    def revoked(self, record: Record) -> None:
        self.status.setdefault(record, "revoked")


class EnterpriseOnTwoListsIsTwo(Plain):
    """One enterprise a case."""

    def enterprise(self, case: str) -> Any:
        return case


class KnownAtTheEndOfThatDay(Plain):
    """Whatever was typed on the day counts, also after the instant."""

    def counts(self, act: Act) -> bool:
        known_at = self.known_at
        self.known_at = known_at and f"{known_at[:10]}T15:59:59.999999Z"
        try:
            return super().counts(act)
        finally:
            self.known_at = known_at


class LateIsKnownAtOnce(Plain):
    """What happened was known, and only voids are learnt of later."""

    def counts(self, act: Act) -> bool:
        return super().counts(act._replace(recorded_at=""))


class RoundsDown(Plain):
    """A percentage is cut off."""

    def percent(self, a: int, b: int) -> int | None:
        return 100 * a // b if b else None


@pytest.mark.parametrize(
    ("fold", "lines"),
    [
        (Plain, UtcDays),
        (IgnoresVoids, Lines),
        (VoidsFromTheDayOfTheirTarget, Lines),
        (RevokedIsRepaired, Lines),
        (EnterpriseOnTwoListsIsTwo, Lines),
        (KnownAtTheEndOfThatDay, Lines),
        (LateIsKnownAtOnce, Lines),
        (RoundsDown, Lines),
    ],
    ids=lambda kind: kind.__name__,
)
def test_a_wrong_fold_is_found(on_sqlite: District, fold: type[Plain], lines: type[Lines]) -> None:
    read = on_sqlite.read(lines)
    for nth, at in enumerate(on_sqlite.moments[:FIRST_PAIRS]):
        if by_the_fold(fold(read, *at)) != on_sqlite.product(nth):
            return
    pytest.fail("it was not found")


# -- the edges of a month -------------------------------------------------------------------------


@pytest.fixture
def ask(system: System) -> Ask:
    def run(*arguments: str) -> Any:
        asked = [*arguments, "--json"]
        done = CliRunner().invoke(main, asked, env=environment_of(system.settings))
        assert done.exit_code == 0, (done.stderr, done.exception)
        return json.loads(done.stdout)

    return run


def test_a_repair_in_the_first_hour_of_a_month_belongs_to_that_month(
    system: System, clock: Clock, ask: Ask
) -> None:
    cases = [a_case_under_repair(system, n).stream for n in (1, 2)]
    clock.set("2021-08-02T09:00")
    for case, decided_at in zip(cases, ("2021-07-31T23:59", "2021-08-01T00:30"), strict=True):
        result = {
            "record": record_of(system, case),
            "result": "granted",
            "decided_at": decided_at,
            "decided_by": "区市场监督管理局",
            "document": "信用修复〔2021〕8号",
        }
        give(system, "record_repair_result", result, case)

    def by_month(day: str) -> dict[str, Any]:
        groups = ask("rates", "--as-of", day, "--by", "month")["groups"]
        return {
            group["key"]: (
                group["repaired"]["penalty"],
                group["rate_at_month_end"]["penalty"]["numerator"],
            )
            for group in groups
        }

    assert by_month("2021-08-31") == {"2021-07": (1, 1), "2021-08": (1, 2)}
    assert by_month("2021-07-31") == {"2021-07": (1, 1)}
    assert by_month("2021-07-30") == {"2021-07": (0, 0)}
    for day, repaired in (("2021-07-30", 0), ("2021-07-31", 1), ("2021-08-01", 2)):
        figures = ask("rates", "--as-of", day)["categories"]["penalty"]
        assert figures["repaired_records"] == repaired


def test_a_removal_in_the_first_hour_of_a_year_belongs_to_that_year(
    system: System, clock: Clock, ask: Ask
) -> None:
    clock.set("2021-12-31T18:00")
    case = a_listed_case(system, 1, "judgment").stream
    record = record_of(system, case)
    removal = {"record": record, "ground": "performed", "document": "（2020）粤0111执1号之二"}
    give(system, "propose_court_removal", removal, case)
    clock.set("2022-01-01T00:30")
    give(system, "confirm_court_removal", {"record": record}, case, SUPERVISOR)
    groups = ask("rates", "--as-of", "2022-01-01", "--by", "month")["groups"]
    repaired = {group["key"]: group["repaired"]["judgment"] for group in groups}
    assert (repaired["2021-12"], repaired["2022-01"], sum(repaired.values())) == (0, 1, 1)
    for day, parts in (("2021-12-31", (1, 0)), ("2022-01-01", (1, 1))):
        judgments = ask("rates", "--as-of", day)["categories"]["judgment"]
        assert (judgments["records"], judgments["repaired_records"]) == parts
