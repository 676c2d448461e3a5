"""The made district in which the tests of reports read; reports may be issued in it, no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casesys.history import import_history
from casesys.install import install
from casesys.permits import operator
from casesys.settings import from_environment
from casesys.system import System
from tests.districts import district


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(from_environment({"CASESYS_HOME": str(tmp_path_factory.mktemp("fifty"))}))
    install(system)
    import_history(system, district(), operator("clerk"))
    yield system
    system.database.dispose()
