"""What an auditor is given to count by: the rows of a log, and the documents of its receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from casesys.figures.receipts import FigureReceipt, document_of
from casesys.log import SELECT
from casesys.system import System
from casesys.verifier.figures import ReceiptVerdict, judge_receipts
from domain.counts import COUNTS
from domain.formulas import FORMULAS
from projections.driver import rows

EVERY = (*FORMULAS, *COUNTS)
LogRows = list[tuple[Any, ...]]


class Kept(NamedTuple):
    """Rows, and documents by their digests."""

    rows: LogRows
    documents: Mapping[str, bytes]

    def judged(self) -> list[ReceiptVerdict]:
        return judge_receipts(self.rows, self.documents)

    def with_data(self, position: int, change: Callable[[str], str]) -> Kept:
        """The same, the data of one entry rewritten."""
        changed = list(self.rows)
        row = changed[position - 1]
        text = change(row[4])
        assert text != row[4]
        changed[position - 1] = (*row[:4], text, *row[5:])
        return self._replace(rows=changed)


def log_rows(system: System) -> LogRows:
    with system.database.read() as c:
        return [tuple(row) for row in rows(c, f"{SELECT} ORDER BY position")]


def kept_of(system: System, published: list[FigureReceipt]) -> Kept:
    texts = [document_of(system, receipt) for receipt in published]
    return Kept(log_rows(system), {one.sha256: one.text for one in texts if one is not None})


def words(verdicts: list[ReceiptVerdict]) -> list[str]:
    return [verdict.word for verdict in verdicts]
