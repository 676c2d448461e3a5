"""Ten thousand times the log is altered behind its back, and each time that is found."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from casesys.system import System
from tests.tampering import AFTERWARDS, hunt, signed_office

MANY = 10_000

pytestmark = pytest.mark.campaign


def test_ten_thousand_tamperings(
    store_on_sqlite: System, record_property: Callable[[str, object], None]
) -> None:
    signed = signed_office(store_on_sqlite)
    under = hunt(signed, Random(2021), MANY * 9 // 10, 1, signed.size)
    after = hunt(signed, Random(2022), MANY // 10, signed.size + 1, signed.size + AFTERWARDS)
    record_property("told", f"under the newest checkpoint, all found: {dict(under)}")
    record_property("told", f"after it, all found but 'rewritten': {dict(after)}")
