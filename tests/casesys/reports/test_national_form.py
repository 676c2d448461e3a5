"""The figures that Zhejiang published in 2021 come out of cases made for them, to the unit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casesys.figures.cases_of_day import Question
from casesys.permits import operator
from casesys.rebuild import rebuild
from casesys.reports.work_report import preview_report
from casesys.system import System
from domain.vocabulary import ExclusionReason
from tests.casesys.reports.reading import Paper, Rate
from tests.figure_entries import Book, store

PUBLISHED = {
    "judgment": (1177, 554, (316, 190, 117)),
    "penalty": (850, 33, (92, 12, 713)),
}
"""Of each list: its cases, those excluded, and the governed ones by how they were reached."""
RESULTS = ("no_answer", "reached_not_operating", "reached_operating")
REASONS = tuple(ExclusionReason)


def cases(book: Book) -> Iterator[tuple[str, str]]:
    """Each governed case that the published figures speak of, and what came of the contact."""
    n = 0
    for category, (listed, excluded, classes) in PUBLISHED.items():
        contacts = [
            result for result, many in zip(RESULTS, classes, strict=True) for _ in range(many)
        ]
        assert listed - excluded == len(contacts)
        for nth in range(listed):
            n += 1
            case = book.open(f"2021-{n:04d}", f"E{n:04d}", category, "2021")
            book.listed(case, "2021-03-15")
            book.attached(case, "2021-03-15")
            if nth < excluded:
                ground = str(REASONS[nth % len(REASONS)])
                book.add(case, "case.subject_excluded", "2021-04-01", ground=ground, document="d")
            else:
                yield case, contacts[nth - excluded]


@pytest.fixture
def zhejiang(system: System) -> System:
    book = Book()
    for case, result in cases(book):
        facts = {"result": result, "channel": None, "photo": None}
        book.add(case, "case.contact_attempted", "2021-05-10", **facts)
        book.add(case, "case.subject_exited", "2021-06-25", ruleset="R2019")
    with system.database.write() as c:
        head = system.log.head(c)[0]
        store(c, [entry._replace(position=entry.position + head) for entry in book.entries])
    rebuild(system)
    return system


def test_the_published_figures_come_out_to_the_unit(zhejiang: System) -> None:
    asked = Question("2021-06-30")
    filled = preview_report(zhejiang, operator("clerk"), asked, "zh", for_page=False)
    paper = Paper(filled.content)
    rows = paper.table("项目")
    assert rows["列入名单"] == ["1177件", "850件", "2027件"]
    assert rows["剔除"] == ["554件", "33件", "587件"]
    assert rows["实际纳入治理"] == ["623件", "817件", "1440件"]
    assert rows["企业无法联系（含尚未联系）"] == ["316件", "92件", "408件"]
    assert rows["可联系但不再经营"] == ["190件", "12件", "202件"]
    assert rows["可联系且尚在经营"] == ["117件", "713件", "830件"]
    assert rows["退出台账"] == ["623件", "817件", "1440件"]
    assert rows["退出率"] == ["100％", "100％", "100％"]
    by_reason = [cells for name, cells in rows.items() if name.startswith("其中")]
    sums = [sum(int(cell[:-1]) for cell in column) for column in zip(*by_reason, strict=True)]
    assert sums == [554, 33, 587] and len(by_reason) == len(REASONS)
    # An exit is no repair: all of them exited, and none is repaired.
    assert [its[0] for its in paper.rates("名单").values()] == [
        Rate(0, 817, 0),
        Rate(0, 623, 0),
        Rate(0, 1440, 0),
    ]
    assert (
        "失信被执行人名单1177件，剔除554件，实际纳入治理623件，退出台账623件，退出率100％；"
        "行政处罚名单850件，剔除33件，实际纳入治理817件，退出台账817件，退出率100％。"
    ) in paper.unmarked
