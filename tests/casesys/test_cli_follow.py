"""`casesys follow`, the followers in `projections status`, and the engine that `serve` brings."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.proofs.tree_of_log import fill
from casesys.system import System
from projections.driver import write
from tests.casesys.followers.test_running import PATIENCE, appears
from tests.scenarios import a_listed_case


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(system: System, share: Path) -> Mapping[str, str]:
    return {
        "CASESYS_HOME": str(system.settings.home),
        "CASESYS_MASTER_KEY": system.settings.master_key.hex(),
        "CASESYS_LANGUAGE": "en",
        "CASESYS_WITNESS": str(share),
    }


@pytest.fixture
def run(environment: Mapping[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def sign(system: System) -> None:
    with system.database.write() as c:
        system.database.lock(c)
        system.checkpoints.make(c, system.now())


def test_followed_once_everything_is_outside_and_the_status_says_where_it_is(
    run: CliRunner, system: System, share: Path
) -> None:
    a_listed_case(system)
    sign(system)
    before = json.loads(run.invoke(main, ["projections", "status", "--json"]).stdout)
    assert before["followers"]["witness"]["position"] is None
    found = run.invoke(main, ["follow", "--once", "--json"])
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["followers"]["witness"]["behind"] == 0
    assert len(list(share.iterdir())) == 1
    after = run.invoke(main, ["projections", "status"])
    assert "witness: at entry" in after.stdout and "0 behind" in after.stdout
    verified = run.invoke(main, ["audit", "verify"])
    assert verified.exit_code == 0 and "1 checkpoint in the witness folder" in verified.stderr


def test_what_waits_for_somebody_ends_with_one_and_goes_on_when_told(
    run: CliRunner, system: System, share: Path
) -> None:
    sign(system)
    share.rmdir()
    found = run.invoke(main, ["follow", "--once"])
    assert found.exit_code == 1 and "witness" in found.stderr
    assert str(share) in run.invoke(main, ["projections", "status"]).stdout
    away = run.invoke(main, ["audit", "verify"])
    assert away.exit_code == 0 and str(share) in away.stderr
    share.mkdir()
    assert run.invoke(main, ["follow", "--once"]).exit_code == 1, "it is not due yet"
    assert run.invoke(main, ["follow", "--once", "--again"]).exit_code == 0
    assert len(list(share.iterdir())) == 1


def test_a_log_that_was_shortened_is_found_by_what_lies_outside(
    run: CliRunner, system: System
) -> None:
    a_listed_case(system)
    sign(system)
    assert run.invoke(main, ["follow", "--once"]).exit_code == 0
    with system.database.write() as c:
        for table in ("tree_leaf", "tree_node", "checkpoint", "outbox"):
            write(c, f"DELETE FROM {table}", [()])
        write(c, "DELETE FROM log WHERE position = (SELECT MAX(position) FROM log)", [()])
        fill(c)
    found = run.invoke(main, ["audit", "verify"])
    assert found.exit_code == 1


def test_where_nothing_follows_that_is_said(run: CliRunner) -> None:
    found = run.invoke(main, ["follow"], env={"CASESYS_WITNESS": ""})
    assert found.exit_code == 0 and "CASESYS_WITNESS" in found.stderr
    both = run.invoke(main, ["follow", "--moved", "--copied"])
    assert both.exit_code == 2


@contextmanager
def running(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "casesys", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_service_follows_until_it_is_told_to_end(
    environment: Mapping[str, str], system: System, share: Path
) -> None:
    sign(system)
    with running(environment, "follow") as process:
        assert appears(share)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_serving_follows_by_itself(
    environment: Mapping[str, str], system: System, share: Path
) -> None:
    sign(system)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with running(environment, "serve", "--port", port, "--workers", "1") as process:
        assert appears(share)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
