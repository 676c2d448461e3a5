"""An auditor counts the figures of every receipt anew, with nothing of ours but the log."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import parts_of
from casesys.figures.members import Of
from casesys.figures.receipts import FigureReceipt, Wanted, in_groups, publish
from casesys.figures.recomputing import Asked as ProductAsked
from casesys.figures.recomputing import recompute
from casesys.figures.verifying import verify
from casesys.history import import_history
from casesys.permits import operator
from casesys.registry import KINDS
from casesys.system import System
from casesys.verifier import books, cases, counts, figures, receipts
from casesys.verifier.books import Books
from casesys.verifier.cases import Asked, cases_that_day
from casesys.verifier.figures import (
    ALTERED,
    DOCUMENT_MISSING,
    HOLDS,
    MEMBERS_DIFFER,
    NOT_RECOMPUTED,
    RULE_UNKNOWN,
    ReceiptVerdict,
    why_unread,
)
from domain.counts import COUNTS
from domain.debt import debt_of
from domain.formulas import FORMULAS
from domain.formulas_deltas import AXES
from domain.rulesets import RULE_SETS
from tests import scenarios
from tests.casesys.verifier.audited import EVERY, Kept, LogRows, kept_of, log_rows, words
from tests.casesys.verifier.random_log import UNITS, random_log
from tests.districts import CLERK, district
from tests.figure_entries import store
from tests.offices import OTHER_OFFICER, Clock, at, person
from tests.stores import settings_of

ALL = operator("tests")
Audited = tuple[System, Kept]
VERIFIER = Path(books.__file__).parent


# -- an office with a past, that published all along -------------------------------------------


@pytest.fixture(scope="module")
def audited(sqlite_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    home = tmp_path_factory.mktemp("audited") / "home"
    shutil.copytree(sqlite_office, home)
    clock = Clock()
    system = System(settings_of(home), now=clock)
    yield system, with_a_past(system, clock)
    system.database.dispose()


@pytest.fixture(scope="module")
def kept(audited: Audited) -> Kept:
    return audited[1]


def with_a_past(audited: System, clock: Clock) -> Kept:
    """Receipts of every figure and group, of many days, before and after the books went on."""
    published: list[FigureReceipt] = []

    def give_out(asked: Question, wanted: list[Wanted], who: Any = ALL) -> None:
        published.append(publish(audited, who, asked, wanted, "审计"))

    every = [Wanted(name) for name in EVERY]
    repaired = scenarios.a_repaired_case(audited, 1).stream
    scenarios.an_excluded_case(audited, 2)
    scenarios.a_case_removed_by_court(audited, 3)
    scenarios.an_exited_case(audited, 4)
    scenarios.an_unreachable_case(audited, 5)
    promising = scenarios.an_interviewed_case(audited, 6).stream
    repair = {"kind": "credit_repair", "record": scenarios.record_of(audited, promising)}
    scenarios.give(audited, "sign_commitment", scenarios.commitment(**repair), promising)
    for day in ("2021-07-22", "2021-06-30"):  # a day is listed at its midnight: in UTC, the eve
        give_out(Question(day), every)
    clock.set("2021-11-20T10:00")
    import_history(audited, district(), CLERK)
    chance = Random(7)
    for month in (3, 5, 7, 9, 11):
        day = f"2021-{month:02d}-{chance.randint(1, 19):02d}"
        known = at(f"2021-{chance.randint(4, 11):02d}-15T12:00")
        give_out(Question(day), every)
        give_out(Question(day, known), every)
    with audited.database.read() as c:
        for axis in AXES:
            asked = Question("2021-10-31")
            give_out(asked, in_groups(audited, c, asked, list(FORMULAS), axis))
    two_axes = Of(category="penalty", town="石门街道")
    give_out(Question("2021-07-10"), [Wanted(name, two_axes) for name in EVERY])
    unit = person(audited, OTHER_OFFICER)
    supervisor = replace(unit, roles=frozenset({"supervisor"}), reach=unit.unit)
    give_out(Question("2021-09-30"), every, supervisor)
    # The books go on: a void, a correction, a case that changes hands, personal data erased.
    why = {"explanation": "误录"}
    scenarios.give(audited, "void_entry", {"target": 3, **why}, repaired)
    other = scenarios.a_contacted_case(audited, 8).stream
    again = scenarios.contact(result="no_answer")
    scenarios.give(audited, "attempt_contact", again, other, corrects=3, reason="填错结果")
    whose = {"unit": "区发展和改革局", "officer": OTHER_OFFICER}
    scenarios.give(audited, "assign_case", whose, other)
    give_out(Question("2021-07-22"), every)
    with audited.database.write() as c:
        audited.vault.drop(c, str(other), audited.now())
    give_out(Question("2021-11-20"), every)
    return kept_of(audited, published)


def test_every_receipt_holds_whatever_the_books_learnt_since(audited: Audited) -> None:
    system, kept = audited
    found = kept.judged()
    assert words(found) == [HOLDS] * len(found)
    assert all(verify(system, ALL, one.number).holds for one in found)
    of = [line for row in kept.rows if row[3] == books.PUBLISHED for line in told_lines(row)]
    assert {line["figure"] for line in of} == set(EVERY)
    assert {axis for line in of for axis in line["of"]} == set(AXES)
    # The days are told apart: of one figure the receipts say many things.
    said = [line.said for one in found for line in one.lines if line.figure == "repair.by_record"]
    assert len(set(said)) > 12


def told_lines(row: tuple[Any, ...]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = json.loads(row[4])["lines"]
    return lines


def test_whoever_the_office_counts_the_auditor_counts(
    store_on_sqlite: System,
) -> None:
    """A log of everything, asked of any day as known at any time and position, by any part."""
    chance = Random(23)
    with store_on_sqlite.database.write() as c:
        store(c, random_log(chance, 80))
    log = Books()
    for row in log_rows(store_on_sqlite):
        log.take(row)
    log.in_order()
    assert log.unread is None
    asked = [an_hour_of(chance, log.last) for _ in range(30)]
    wanted = [parts_of([Wanted(name, of) for name in EVERY for of in PARTS]) for _ in asked]
    questions = [Question(one.as_of, one.known_at, one.reach, one.position) for one in asked]
    with store_on_sqlite.database.read() as c:
        each = zip(questions, wanted, strict=True)
        ours = recompute(store_on_sqlite, c, [ProductAsked(q, parts) for q, parts in each])
    for one, members in zip(asked, ours, strict=True):
        standing = list(cases_that_day(log, one))
        for (count, of), names in members.items():
            part = counts.part_of(standing, {k: v for k, v in of._asdict().items() if v})
            assert counts.names_counted(count, part) == names, (one, count, of)
    # It was no empty hunt: of every count somebody was counted on some day.
    counted = {count for members in ours for (count, _), names in members.items() if names}
    assert counted == set(COUNTS) - {"first_contact-not_applicable"}  # asked of whoever is listed


PARTS = (
    Of(), Of(category="penalty"), Of(town="沙坪镇"), Of(unit="区水利局"), Of(campaign="B2"),
    Of(industry="建筑业"), Of(industry="-"), Of(officer="a-1"), Of(officer="-"), Of(debt="none"),
    Of(debt="under_10m", category="judgment"), Of(town="无此镇"),
)  # fmt: skip


def an_hour_of(chance: Random, head: int) -> Asked:
    day = chance.choice(("2021", "2021", "2021", "2022", "2023", "2024"))
    day += f"-{chance.randint(3, 7):02d}-{chance.randint(1, 30):02d}"
    hour = f"2021-{chance.randint(3, 7):02d}-{chance.randint(1, 30):02d}T12:00"
    known = chance.choice((None, at(hour)))
    position = chance.choice((head, head, chance.randint(head // 4, head)))
    return Asked(day, known, position, chance.choice(("", "", *UNITS)))


# -- a fold that is wrong is found --------------------------------------------------------------


def nothing_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "TAKES_BACK", frozenset({"nothing"}))


def days_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "day_in_shanghai", lambda instant: instant[:10])


def a_revoked_repair_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "case.repair_revoked")


def the_excluded_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "case.subject_excluded")


def a_corrected_entry_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "TAKES_BACK", frozenset({"case.entry_voided"}))


def what_was_known_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    asks(monkeypatch, lambda asked: asked._replace(known_at=None))


def the_position_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    asks(monkeypatch, lambda asked: asked._replace(position=10**9))


def the_reach_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    asks(monkeypatch, lambda asked: asked._replace(reach=""))


def every_day_is_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casesys.verifier.working_days.WorkingDays.is_one", lambda its, day: True)


def the_day_itself_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {kind: days - 1 for kind, days in cases.DEADLINE_DAYS.items()}
    monkeypatch.setattr(cases, "DEADLINE_DAYS", fewer)


def a_commitment_for_a_repair_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {**books.MOVES_FIGURES, "case.commitment_signed": "no_record?"}
    monkeypatch.setattr(books, "MOVES_FIGURES", said)
    own = cases._happens_to_case

    def happens(standing: Any, act: Any) -> None:
        own(standing, act._replace(facts={**act.facts, "record": None}))

    monkeypatch.setattr(cases, "_happens_to_case", happens)


def without(monkeypatch: pytest.MonkeyPatch, topic: str) -> None:
    """Entries of a kind are read over."""
    monkeypatch.setattr(books, "MOVES_NOTHING", books.MOVES_NOTHING | {topic})


def asks(monkeypatch: pytest.MonkeyPatch, other: Callable[[Asked], Asked]) -> None:
    monkeypatch.setattr(
        figures, "cases_that_day", lambda log, asked: cases_that_day(log, other(asked))
    )


@pytest.mark.parametrize(
    "fault",
    [
        nothing_is_taken_back,
        days_in_utc,
        a_revoked_repair_stays,
        the_excluded_are_counted,
        a_corrected_entry_counts_twice,
        what_was_known_is_forgotten,
        the_position_is_forgotten,
        the_reach_is_forgotten,
        every_day_is_worked,
        the_day_itself_is_counted,
        a_commitment_for_a_repair_counts,
    ],
)
def test_a_wrong_fold_is_told_by_the_receipts(
    kept: Kept, fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    found = set(words(kept.judged()))
    assert MEMBERS_DIFFER in found and found <= {HOLDS, MEMBERS_DIFFER}


# -- what was altered ---------------------------------------------------------------------------


@pytest.fixture
def one(system: System) -> Kept:
    """An office that published two figures and a count of two cases."""
    scenarios.a_repaired_case(system, 1)
    scenarios.a_listed_case(system, 2)
    wanted = [Wanted("repair.by_record"), Wanted("repaired"), Wanted("action.interview")]
    return kept_of(system, [publish(system, ALL, Question("2021-07-22"), wanted, "月报")])


def document_changed(kept: Kept, was: str, now: str) -> Kept:
    ((digest, text),) = kept.documents.items()
    changed = text.decode().replace(was, now, 1)
    assert changed != text.decode()
    return kept._replace(documents={digest: changed.encode()})


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ('"numerator": 1', '"numerator": 2', "lines[1].numerator"),
        ('"percent": 50', '"percent": 51', "lines[1].percent"),
        ("月报", "年报", "purpose"),
        ("2021-07-22", "2021-07-23", "published_at"),
        ("〔2020〕1号", "〔2020〕9号", "lines[1].digest"),
        ("case", "case", ""),
    ],
)
def test_what_was_changed_in_a_document_is_named(one: Kept, was: str, now: str, where: str) -> None:
    if not where:
        ((digest, text),) = one.documents.items()
        found = one._replace(documents={digest: text + b"\n"}).judged()
        assert found[0].altered == ["document"]
        return
    (found_one,) = document_changed(one, was, now).judged()
    assert found_one.word == ALTERED
    assert found_one.altered[0] == where


def test_no_digit_of_a_document_can_be_another(one: Kept) -> None:
    ((digest, text),) = one.documents.items()
    chance = Random(3)
    places = chance.sample([n for n, byte in enumerate(text) if chr(byte).isdigit()], 120)
    log = Books()
    for row in one.rows:
        log.take(row)
    for place in places:
        other = chance.choice([d for d in b"0123456789" if d != text[place]])
        forged = text[:place] + bytes([other]) + text[place + 1 :]
        assert words(figures.judge_books(log, {digest: forged})) == [ALTERED]


def test_a_forger_who_rewrites_the_digest_in_the_log_too_is_found_by_the_members(
    one: Kept,
) -> None:
    forged = document_changed(one, "〔2020〕1号", "〔2020〕9号")
    ((digest, text),) = forged.documents.items()
    new = sha256(text).hexdigest()
    consistent = one.with_data(one.rows[-1][0], lambda data: data.replace(digest, new))
    (found,) = consistent._replace(documents={new: text}).judged()
    assert (found.word, list(found.altered)) == (ALTERED, ["lines[1].digest", "lines[2].digest"])


def test_a_number_that_was_written_over_in_the_log_is_altered_without_any_document(
    one: Kept,
) -> None:
    position = one.rows[-1][0]
    raised = one.with_data(position, lambda data: data.replace('"numerator":1', '"numerator":2', 1))
    (found,) = raised._replace(documents={}).judged()
    assert (found.word, words_of_lines(found)) == (ALTERED, [ALTERED, HOLDS, HOLDS])
    assert found.altered == ["log.lines[1]"]
    (found,) = raised.judged()
    assert found.altered == ["lines[1].numerator", "lines[1].percent", "log.lines[1]"]


def words_of_lines(verdict: ReceiptVerdict) -> list[str]:
    return [line.word for line in verdict.lines]


def test_a_repair_that_somebody_unmade_in_the_log_names_who_left(one: Kept) -> None:
    (position,) = [row[0] for row in one.rows if row[3] == "case.repair_result_recorded"]
    changed = one.with_data(position, lambda data: data.replace("granted", "denied"))
    (found,) = changed.judged()
    assert (found.word, words_of_lines(found)) == (
        MEMBERS_DIFFER,
        [MEMBERS_DIFFER, MEMBERS_DIFFER, HOLDS],
    )
    by_record = found.lines[0]
    assert (by_record.said, by_record.found) == ((1, 2), (0, 2))
    assert by_record.left[0].named == ["2021-01-0001 云市监处罚〔2020〕1号"]
    assert by_record.left[1].many == by_record.entered[0].many == 0


def test_at_most_twenty_are_named(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "case.record_attached")
    lines = chain.from_iterable(verdict.lines for verdict in kept.judged())
    moved = [line.left[0] for line in lines if line.figure == "records" and line.left]
    assert max(one.many for one in moved) > 20
    assert max(len(one.named) for one in moved) == 20


def test_one_number_is_given_once(one: Kept) -> None:
    last = one.rows[-1]
    twice = one._replace(rows=[*one.rows, (last[0] + 1, "another", *last[2:])])
    assert [(v.word, list(v.altered)) for v in twice.judged()] == [
        (HOLDS, []),
        (ALTERED, ["log.number"]),
    ]


def test_nobody_publishes_what_was_not_yet_entered(one: Kept) -> None:
    position = one.rows[-1][0]
    said = json.loads(one.rows[-1][4])
    said["log_position"] = position
    (found,) = one.with_data(position, lambda _: json.dumps(said)).judged()
    assert (found.word, list(found.altered)) == (ALTERED, ["log.log_position"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": 3}', '"\\ud800"', "[" * 9999])
def test_an_entry_that_is_no_receipt_is_altered(one: Kept, text: str) -> None:
    (found,) = one.with_data(one.rows[-1][0], lambda _: text).judged()
    assert found.word == ALTERED


# -- what cannot be said ------------------------------------------------------------------------


def test_without_its_document_a_receipt_is_counted_all_the_same(one: Kept) -> None:
    (found,) = one._replace(documents={}).judged()
    assert (found.word, words_of_lines(found)) == (DOCUMENT_MISSING, [HOLDS] * 3)
    assert not found.holds
    (position,) = [row[0] for row in one.rows if row[3] == "case.interview_held"]
    renamed = one._replace(rows=[*one.rows])
    row = renamed.rows[position - 1]
    renamed.rows[position - 1] = (*row[:3], "case.note_added", *row[4:])
    (found,) = renamed._replace(documents={}).judged()
    assert (found.word, words_of_lines(found)) == (MEMBERS_DIFFER, [HOLDS, HOLDS, MEMBERS_DIFFER])
    assert found.lines[2].found == (0, 2) and not found.lines[2].left


def test_a_rule_of_a_later_version_is_not_guessed_at(one: Kept) -> None:
    def later(data: str) -> str:
        return data.replace('"version":1', '"version":2', 1)

    (found,) = one.with_data(one.rows[-1][0], later)._replace(documents={}).judged()
    assert (found.word, words_of_lines(found)) == (RULE_UNKNOWN, [RULE_UNKNOWN, HOLDS, HOLDS])


@pytest.mark.parametrize(
    ("was", "now"), [("repair.by_record", "repair.by_wish"), ('"of":{}', '"of":{"mood":"good"}')]
)
def test_a_figure_or_a_part_that_we_do_not_know_is_not_guessed_at(
    one: Kept, was: str, now: str
) -> None:
    changed = one.with_data(one.rows[-1][0], lambda data: data.replace(was, now, 1))
    (found,) = changed._replace(documents={}).judged()
    assert (found.word, found.lines[0].word) == (RULE_UNKNOWN, RULE_UNKNOWN)


@pytest.mark.parametrize("why", ["missing", "unreadable", "newer", "unopened"])
def test_what_cannot_be_counted_is_said_and_never_passed(one: Kept, why: str) -> None:
    (at_row,) = [row[0] for row in one.rows if row[3] == "case.interview_held"]
    row = one.rows[at_row - 1]
    instead: dict[str, LogRows] = {
        "missing": [],
        "unreadable": [(*row[:5], "no instant", *row[6:])],
        "newer": [(*row[:3], "case.interview_recorded_by_robot", *row[4:])],
        "unopened": [(row[0], "another case", *row[2:])],
    }
    broken = one._replace(rows=[*one.rows[: at_row - 1], *instead[why], *one.rows[at_row:]])
    (found,) = broken.judged()
    assert (found.word, words_of_lines(found)) == (NOT_RECOMPUTED, [NOT_RECOMPUTED] * 3)
    assert found.unread is not None and found.unread[:2] == (at_row, why)
    zh, en = why_unread(found.unread)
    assert str(at_row) in zh and str(at_row) in en


def test_what_cannot_be_read_does_not_touch_what_was_published_before(one: Kept) -> None:
    row = one.rows[0]
    strange = (len(one.rows) + 1, "s", 1, "case.of_another_kind", "{}", *row[5:])
    assert words(one._replace(rows=[*one.rows, strange]).judged()) == [HOLDS]


def test_the_entries_of_one_case_prove_no_figure_of_the_office(one: Kept) -> None:
    stream = next(row[1] for row in one.rows if row[3] == "case.opened")
    some = [row for row in one.rows if row[1] == stream or row[3] == books.PUBLISHED]
    assert words(one._replace(rows=some).judged()) == [NOT_RECOMPUTED]


JUNK: tuple[Any, ...] = (
    None,
    -1,
    1.5,
    "",
    "\ud800",
    [],
    {},
    [[]],
    10**30,
    "9999-12-31",
    "2021-13-01",
    [None],
)


def spoilt(said: Any, chance: Random) -> Any:
    """The same with something somewhere in it taken out, or nonsense in its place."""
    if not isinstance(said, dict | list) or not said or chance.random() < 0.1:
        return chance.choice(JUNK)
    found = said.copy()
    key = chance.choice(list(said)) if isinstance(said, dict) else chance.randrange(len(said))
    if chance.random() < 0.2:
        del found[key]
    else:
        found[key] = spoilt(said[key], chance)
    return found


def put_instead(was: str, now: str, data: str) -> str:
    return data.replace(was, now)


def test_whatever_is_written_there_the_answer_is_a_verdict(one: Kept) -> None:
    chance = Random(17)
    asked = [row[0] for row in one.rows if row[3].startswith((*books.COULD_MOVE, "figures."))]
    ((digest, text),) = one.documents.items()
    found: set[str] = set()
    for _ in range(150):
        position = chance.choice(asked)
        data = json.dumps(spoilt(json.loads(one.rows[position - 1][4]), chance))
        row = one.rows[position - 1]
        entries = [*one.rows[: position - 1], (*row[:4], data, *row[5:]), *one.rows[position:]]
        found |= set(words(one._replace(rows=entries).judged()))
        # The same in the document, its digest in the log made to fit.
        other = json.dumps(spoilt(json.loads(text), chance)).encode()
        fitting = sha256(other).hexdigest()
        forged = one.with_data(one.rows[-1][0], partial(put_instead, digest, fitting))
        found |= set(words(forged._replace(documents={fitting: other}).judged()))
    assert found == {HOLDS, ALTERED, MEMBERS_DIFFER, NOT_RECOMPUTED}


# -- the rules are those of the office ----------------------------------------------------------


def test_no_entry_of_the_office_is_unheard_of() -> None:
    families = {topic for topic in KINDS if topic.startswith(books.COULD_MOVE)}
    assert families == set(books.MOVES_FIGURES) | books.MOVES_NOTHING
    assert all(kind.version == 1 for kind in KINDS.values() if kind.topic in books.MOVES_FIGURES)


def test_every_figure_of_the_office_has_its_rule() -> None:
    for name, formula in FORMULAS.items():
        assert counts.RATES[name] == (formula.numerator, formula.denominator)
        assert formula.version == counts.KNOWN_VERSION
    assert counts.RATES.keys() == FORMULAS.keys()
    known = {*counts.COUNTS_OF_CASES, *counts.COUNTS_OF_RECORDS, *counts.COUNTS_OF_ENTERPRISES}
    assert known == set(COUNTS)
    for name, count in COUNTS.items():
        assert (counts.unit_of(name), counts.KNOWN_VERSION) == (count.unit, count.version)
    assert set(counts.AXES_OF_PARTS) == set(Of._fields) == set(AXES)


def test_the_numbers_are_those_of_the_rule_sets() -> None:
    for rules in RULE_SETS:
        first = max(day for day in cases.PUBLICITY_MONTHS if day <= rules.first_day)
        months = {
            str(grade): its.min_months if its.repairable else None
            for grade, its in rules.publicity.items()
        }
        assert cases.PUBLICITY_MONTHS[first] == months
        for kind, days in cases.DEADLINE_DAYS.items():
            assert getattr(rules.deadlines, kind) == days
    for limit, _ in cases.DEBT_BELOW_FEN:
        for fen in (limit - 1, limit):
            record = cases.RecordThatDay(amount_fen=fen, attached=True)
            case = cases.CaseThatDay("", "", "", "", listed_on="2021-01-01")
            case.all_records["r"] = record
            assert case.debt == debt_of(fen)


# -- nothing of ours is needed ------------------------------------------------------------------

ALONE = """
import json, sys
from pathlib import Path
folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
from casesys.verifier.figures import judge_receipts
log = [json.loads(line) for line in (folder / "log").read_text("utf-8").splitlines()]
texts = {path.name: path.read_bytes() for path in (folder / "documents").iterdir()}
print(json.dumps([verdict.word for verdict in judge_receipts(log, texts)]))
assert not [name for name in sys.modules if name.split(".")[0] in ("msgspec", "sqlalchemy")]
"""


def test_a_bare_python_with_nothing_but_these_files_counts_the_same(
    kept: Kept, tmp_path: Path
) -> None:
    room = tmp_path / "casesys" / "verifier"
    room.mkdir(parents=True)
    (tmp_path / "casesys" / "__init__.py").touch()
    (room / "__init__.py").touch()
    for module in (books, cases, counts, figures, receipts):
        shutil.copy(str(module.__file__), room)
    shutil.copy(VERIFIER / "working_days.py", room)
    log = "\n".join(json.dumps(row, ensure_ascii=False) for row in kept.rows)
    (tmp_path / "log").write_text(log, "utf-8")
    (tmp_path / "documents").mkdir()
    for digest, text in kept.documents.items():
        (tmp_path / "documents" / digest).write_bytes(text)
    bare = [sys.executable, "-I", "-S", "-c", ALONE, str(tmp_path)]
    said = subprocess.run(bare, check=True, capture_output=True, text=True).stdout
    assert json.loads(said) == [HOLDS] * len(kept.documents)
