"""What one case adds to the figures: by hand, one rule a test."""

from __future__ import annotations

import pytest

from domain.entries import as_seen, live
from domain.evolution import EVOLUTION
from domain.formulas_timeline import COUNTED, NOTHING, Standing, Step, timeline
from domain.vocabulary import COUNTS_AS_REPAIR, RemovalGround
from tests.figure_entries import Book, local_instant


@pytest.fixture
def book() -> Book:
    """A case listed on the first of March with one record."""
    book = Book()
    book.open("a", "E1", "judgment")
    book.listed("a", "2021-03-01T09:00")
    book.attached("a", "2021-03-01T09:01", fen=12_345)
    return book


def steps(book: Book, known_at: str | None = None) -> list[Step]:
    if known_at is None:
        return timeline(live(book.entries))
    return timeline(as_seen(book.entries, known_at=known_at))


def standing(book: Book, day: str, known_at: str | None = None) -> Standing:
    until = [step.standing for step in steps(book, known_at) if step.day <= day]
    return until[-1] if until else NOTHING


def test_a_case_counts_from_the_day_of_its_listing(book: Book) -> None:
    assert standing(book, "2021-02-28") == NOTHING
    first = standing(book, "2021-03-01")
    assert (first.cases, first.records, first.amount_fen) == (1, 1, 12_345)
    assert (first.listings, first.attachments, first.class_not_attempted) == (1, 1, 1)


def test_a_record_attached_before_the_listing_waits_for_it() -> None:
    book = Book()
    book.open("a", "E1")
    book.attached("a", "2021-03-01T09:00")
    book.listed("a", "2021-03-04T09:00")
    assert standing(book, "2021-03-03").records == 0
    assert standing(book, "2021-03-03").attachments == 1
    assert standing(book, "2021-03-04").records == 1


def test_the_first_hour_of_a_local_month_belongs_to_that_month(book: Book) -> None:
    # Half past midnight in Shanghai is still the day before in UTC.
    book.add("a", "case.repair_result_recorded", "2021-04-01T00:30", record="r1", result="granted")
    assert standing(book, "2021-03-31").repaired_records == 0
    assert standing(book, "2021-04-01").repaired_records == 1


def test_the_last_second_of_a_day_belongs_to_it(book: Book) -> None:
    book.add("a", "case.photo_added", "2021-03-31T23:59:59", sha256="0")
    assert standing(book, "2021-03-31").photos == 1


def test_a_late_entry_counts_on_the_day_it_happened_and_is_not_known_before(book: Book) -> None:
    book.add(
        "a", "case.interview_held", "2021-03-02T09:00", "2021-04-20T09:00", kind=None, officers=[]
    )
    assert standing(book, "2021-03-02").interviews == 1
    assert standing(book, "2021-03-02", local_instant("2021-04-19")).interviews == 0
    assert standing(book, "2021-03-02", local_instant("2021-04-21")).interviews == 1


def test_a_void_takes_its_entry_away_from_every_day_but_was_not_known_before(book: Book) -> None:
    target = book.add("a", "case.photo_added", "2021-03-02T09:00", sha256="0")
    book.void("a", target, "2021-03-09T09:00")
    assert standing(book, "2021-03-05").photos == 0
    assert standing(book, "2021-03-05", local_instant("2021-03-08")).photos == 1


def test_a_repair_that_is_revoked_counts_until_that_day(book: Book) -> None:
    book.add("a", "case.record_removed_by_court", "2021-03-10", record="r1", ground=None)
    book.add("a", "case.repair_revoked", "2021-03-20", record="r1", explanation="e")
    days = ("2021-03-09", "2021-03-10", "2021-03-19", "2021-03-20")
    assert [standing(book, day).repaired_records for day in days] == [0, 1, 1, 0]
    last = standing(book, "2021-03-20")
    assert (last.records, last.repairs, last.revocations) == (1, 1, 1)


@pytest.mark.parametrize("ground", [*RemovalGround, None])
def test_a_court_removal_counts_by_its_ground(book: Book, ground: RemovalGround | None) -> None:
    book.add("a", "case.record_removed_by_court", "2021-03-10", record="r1", ground=ground)
    last = standing(book, "2021-03-10")
    if ground is None or ground in COUNTS_AS_REPAIR:
        right = (1, 1, 0, 12_345)
    elif ground == RemovalGround.WRONGLY_LISTED:
        right = (0, 0, 0, 0)
    else:
        right = (1, 0, 1, 12_345)
    found = (last.records, last.repaired_records, last.removed_without_performance)
    assert (*found, last.amount_fen) == right


def test_an_excluded_subject_leaves_every_net_figure_and_comes_back(book: Book) -> None:
    book.add("a", "case.contact_attempted", "2021-03-02", result="reached_operating", channel=None)
    book.add("a", "case.closed", "2021-03-03", ground="subject_ceased")
    book.add("a", "case.subject_excluded", "2021-03-05", ground="deregistered", document="d")
    book.add("a", "case.subject_reinstated", "2021-03-09", explanation="e")
    out = standing(book, "2021-03-05")
    assert out[: Standing._fields.index("excluded_cases")] == (0,) * 7
    assert (out.excluded_cases, out.class_reached_operating) == (1, 0)
    assert (out.attempts_reached_operating, out.listings) == (1, 1)
    back, before = standing(book, "2021-03-09"), standing(book, "2021-03-04")
    assert back == before
    assert (back.cases, back.closed_cases, back.excluded_cases) == (1, 1, 0)


def test_a_commitment_for_one_record_is_no_commitment_of_the_enterprise(book: Book) -> None:
    book.add("a", "case.commitment_signed", "2021-03-02", kind="credit_repair", record="r1")
    assert standing(book, "2021-03-02").commitments == 0
    book.add("a", "case.commitment_signed", "2021-03-03", kind="governance", record=None)
    assert standing(book, "2021-03-03").commitments == 1


def test_impediments_are_counted_by_kind_and_the_case_once(book: Book) -> None:
    for kind in ("bankrupt", "lost_contact"):
        book.add("a", "case.impediment_found", "2021-03-02", impediment=kind, document=None)
    book.add("a", "case.impediment_cleared", "2021-03-08", impediment="bankrupt")
    both, one = standing(book, "2021-03-02"), standing(book, "2021-03-08")
    assert (both.impeded_bankrupt, both.impeded_lost_contact, both.impeded_any) == (1, 1, 1)
    assert (one.impeded_bankrupt, one.impeded_lost_contact, one.impeded_any) == (0, 1, 1)


def test_the_contact_class_is_the_last_time_somebody_was_reached(book: Book) -> None:
    for day, result in (
        ("2021-03-02", "no_answer"),
        ("2021-03-03", "reached_operating"),
        ("2021-03-04", "reached_not_operating"),
        ("2021-03-05", "no_answer"),
    ):
        book.add("a", "case.contact_attempted", day, result=result, channel=None)
    assert standing(book, "2021-03-02").class_attempted_not_reached == 1
    assert standing(book, "2021-03-03").class_reached_operating == 1
    last = standing(book, "2021-03-05")
    assert (last.class_reached_operating, last.class_reached_not_operating) == (0, 1)
    assert last.attempts_no_answer == 2


def test_a_closed_case_that_is_taken_up_again_is_not_closed(book: Book) -> None:
    book.add("a", "case.closed", "2021-03-05", ground="all_repaired")
    book.add("a", "case.reopened", "2021-03-07", ground="repair_revoked", explanation=None)
    days = ("2021-03-05", "2021-03-07")
    assert [standing(book, day).closed_cases for day in days] == [1, 0]


def test_town_and_unit_stay_those_of_the_listing(book: Book) -> None:
    book.add("a", "case.assigned", "2021-03-05", unit="区教育局", officer=None)
    assert [(step.town, step.unit) for step in steps(book)] == [("临溪街道", "区水利局")]


def test_every_kind_that_counts_is_one_that_evolution_knows() -> None:
    assert EVOLUTION.keys() >= COUNTED
