"""Every later release upgrades what an earlier one left, and gives the same answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casesys import migrations
from casesys.cli import main
from casesys.migrations import SchemaIsUnknown
from casesys.proofs.chain import verify_log
from casesys.rebuild import verify
from casesys.settings import from_environment
from casesys.system import System
from projections.driver import write
from tests.releases import kept

RELEASES = sorted(path.parent for path in Path(kept.__file__).parent.glob(f"*/{kept.EXPECTED}"))
Asked = Callable[..., Result]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    return str(request.getfixturevalue("postgres_database"))


def expected_of(folder: Path) -> Any:
    return json.loads((folder / kept.EXPECTED).read_text("utf-8"))


def within(expected: Any, found: Any) -> bool:
    """Whether every value that was answered then is answered now; there may be more beside it."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            name in found and within(value, found[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(map(within, expected, found))
        )
    return bool(expected == found)


def test_there_is_a_fixture_of_the_release_before_this_one() -> None:
    assert RELEASES, "make release-fixture makes one in the checkout of a release"
    for folder in RELEASES:
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        assert size < 300_000, f"{folder.name} is too large to be kept for good"


@pytest.mark.parametrize("folder", RELEASES, ids=lambda folder: folder.name)
def test_an_upgrade_keeps_the_log_and_answers_as_the_release_did(
    folder: Path, url: str, tmp_path: Path
) -> None:
    home, expected = tmp_path / "home", expected_of(folder)
    kept.arrive(folder, home)
    environment = {
        "CASESYS_HOME": str(home),
        "CASESYS_DATABASE_URL": url,
        "CASESYS_LANGUAGE": "en",
    }

    def casesys(*words: str) -> Result:
        return CliRunner().invoke(main, [*words], env=environment)

    system = System(from_environment(environment))
    try:
        kept.stand(system, folder)
        with system.database.read() as c, pytest.raises(SchemaIsUnknown):
            migrations.check(c)
        assert casesys("init").exit_code == 0
        with system.database.read() as c:
            entries = expected["log"]["entries"]
            assert kept.digest_until(c, folder, entries) == expected["log"]["digest"]
            found = verify_log(system, c, [expected["checkpoint"]])
            assert found.holds and found.entries >= entries
            assert "superior-office" in found.cosigned_by
        assert verify(system)["equal"]
        differing = [
            (one["ask"], one["answer"], given.stdout or given.stderr)
            for one in expected["questions"]
            if not _same(one, given := casesys(*one["ask"], "--json"))
        ]
        assert not differing, differing[:3]
    finally:
        system.database.dispose()


def _same(one: dict[str, Any], given: Result) -> bool:
    return given.exit_code == 0 and within(one["answer"], json.loads(given.stdout))


@pytest.mark.parametrize("folder", RELEASES[-1:], ids=lambda folder: folder.name)
def test_one_entry_that_is_another_is_not_the_same_office(folder: Path, tmp_path: Path) -> None:
    home, expected = tmp_path / "home", expected_of(folder)
    shutil.copytree(folder / kept.HOME, home)
    system = System(from_environment({"CASESYS_HOME": str(home)}))
    try:
        kept.stand(system, folder)
        with system.database.write() as c:
            write(c, "UPDATE log SET reason = 'another' WHERE position = 200", [()])
        with system.database.read() as c:
            entries = expected["log"]["entries"]
            assert kept.digest_until(c, folder, entries) != expected["log"]["digest"]
            assert not verify_log(system, c, [expected["checkpoint"]]).holds
    finally:
        system.database.dispose()
