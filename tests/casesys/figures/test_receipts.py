"""A figure that leaves the office is computed by it, numbered, and proved from the log alone."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest

from casesys.command import FieldsRefused
from casesys.figures.cases_of_day import Question
from casesys.figures.drawing import Line, draw, parts_of
from casesys.figures.members import Of
from casesys.figures.receipt_document import Head, write_document
from casesys.figures.receipts import (
    FigureReceipt,
    Wanted,
    document_of,
    find_receipt,
    in_groups,
    lines,
    publish,
    receipts_page,
)
from casesys.figures.recomputing import Asked, recompute
from casesys.figures.verifying import IN_FORM, Verdict, verify, verify_several
from casesys.history import import_history
from casesys.permits import NotPermitted, Person, operator
from casesys.system import CommandIdReused, System
from domain.counts import COUNTS
from domain.formulas import FORMULAS
from domain.refusals import DayHasNotCome, FigureIsUnknown, FigureReceiptIsUnknown
from projections.driver import rows, write
from tests import scenarios
from tests.districts import CLERK, district
from tests.offices import AUDITOR, OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, at, person

TODAY = Question("2021-07-22")
EVERY = [Wanted(name) for name in FORMULAS]
REPAIR = [Wanted("repair.by_record"), Wanted("repaired"), Wanted("repair.by_enterprise_full")]
ALL = operator("tests")


def published(system: System, wanted: list[Wanted] = REPAIR) -> FigureReceipt:
    return publish(system, person(system, SUPERVISOR), TODAY, wanted, "月报")


def text_of(system: System, receipt: FigureReceipt) -> bytes:
    kept = document_of(system, receipt)
    assert kept is not None
    return kept.text


def today(system: System, receipt: FigureReceipt) -> list[Line]:
    """What the office would say now of the same day."""
    with system.database.read() as c:
        return lines(system, c, Question(receipt.as_of), receipt.wanted)


def values(said: list[Line]) -> list[tuple[int, int | None]]:
    return [(line.numerator, line.denominator) for line in said]


# -- what is published ------------------------------------------------------------------------


def test_a_day_that_has_not_come_has_no_figures_to_publish(office: System) -> None:
    who = person(office, SUPERVISOR)
    with pytest.raises(DayHasNotCome) as refused:
        publish(office, who, Question("2021-07-23"), REPAIR, "月报")
    assert refused.value.values == {"day": "2021-07-23", "today": "2021-07-22"}
    assert receipts_page(office, who, 1).total == 0


def test_a_receipt_holds_what_the_office_computed(office: System) -> None:
    scenarios.a_repaired_case(office, 1)
    scenarios.a_listed_case(office, 2)
    receipt = published(office)
    assert receipt.number == "SJ-2021-0001"
    assert values(list(receipt.lines)) == [(1, 2), (1, None), (1, 2)]
    assert receipt.line_number(receipt.lines[1]) == "SJ-2021-0001/2"
    assert find_receipt(office, ALL, "SJ-2021-0001") == receipt
    said = json.loads(text_of(office, receipt))
    assert said["purpose"] == "月报" and said["by"] == SUPERVISOR
    names = {one["count"]: one["names"] for one in said["members"]}
    assert names["repaired"] == ["2021-01-0001 云市监处罚〔2020〕1号"]
    assert names["enterprises"] == sorted(scenarios.credit_code(n) for n in (1, 2))


def test_the_file_itself_has_the_digest_that_the_log_keeps(system: System) -> None:
    receipt = published(system)
    assert sha256(text_of(system, receipt)).hexdigest() == receipt.sha256


def test_numbers_go_on_and_begin_anew_with_the_year(system: System, clock: Clock) -> None:
    assert [published(system).number for _ in range(2)] == ["SJ-2021-0001", "SJ-2021-0002"]
    clock.set("2022-01-03T09:00")
    assert published(system).number == "SJ-2022-0001"


def test_one_form_sent_twice_gives_one_receipt(office: System) -> None:
    who, command = person(office, SUPERVISOR), str(uuid4())
    first = publish(office, who, TODAY, REPAIR, "月报", command)
    assert publish(office, who, TODAY, REPAIR, "月报", command) == first
    for asked, purpose in ((TODAY, "季报"), (TODAY._replace(as_of="2021-06-30"), "月报")):
        with pytest.raises(CommandIdReused):
            publish(office, who, asked, REPAIR, purpose, command)
    assert receipts_page(office, who, 1).total == 1


def test_every_group_of_an_axis_gets_a_line_of_its_own(system: System) -> None:
    scenarios.a_repaired_case(system, 1)
    with system.database.read() as c:
        wanted = in_groups(system, c, TODAY, ["repair.by_record"], "industry")
    assert [one.of for one in wanted] == [Of(), Of(industry="-")]
    receipt = published(system, wanted)
    assert values(list(receipt.lines)) == [(1, 1), (1, 1)]
    assert verify(system, ALL, receipt.number).holds


@pytest.mark.parametrize(
    ("purpose", "why"),
    [("", "required"), ("  ", "required"), ("长" * 201, "too_long"), ("a\x00b", "invalid")],
)
def test_figures_are_not_given_out_for_nothing(system: System, purpose: str, why: str) -> None:
    with pytest.raises(FieldsRefused) as refused:
        publish(system, ALL, TODAY, REPAIR, purpose)
    assert refused.value.problems == {"purpose": f"field.{why}"}


def test_a_figure_that_is_none_is_refused_and_nothing_is_published(system: System) -> None:
    with pytest.raises(FigureIsUnknown):
        published(system, [*REPAIR, Wanted("repair.by_wish")])
    assert receipts_page(system, ALL, 1).total == 0


# -- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("login", [OFFICER, AUDITOR])
def test_only_a_supervisor_or_the_operator_publishes(system: System, login: str) -> None:
    with pytest.raises(NotPermitted):
        publish(system, person(system, login), TODAY, REPAIR, "月报")
    assert publish(system, ALL, TODAY, REPAIR, "月报").number == "SJ-2021-0001"


@pytest.mark.parametrize("login", [OFFICER, SUPERVISOR])
def test_only_an_auditor_or_the_operator_verifies(system: System, login: str) -> None:
    number = published(system).number
    with pytest.raises(NotPermitted):
        verify(system, person(system, login), number)
    assert verify(system, person(system, AUDITOR), number).holds


def of_a_unit(system: System) -> Person:
    """Who decides in a unit that sees its own cases only."""
    who = person(system, OTHER_OFFICER)
    return replace(who, roles=frozenset({"supervisor"}), reach=who.unit)


def test_a_unit_publishes_its_own_cases_and_sees_its_own_receipts(office: System) -> None:
    scenarios.a_repaired_case(office, 1)
    other = scenarios.listing(2, unit="区发展和改革局")
    away = scenarios.give(office, "list_enterprise", other).stream
    scenarios.give(office, "attach_record", scenarios.penalty(2), away)
    of_all, who = published(office), of_a_unit(office)
    own = publish(office, who, TODAY, REPAIR, "上报")
    assert own.reach == who.reach and values(list(own.lines)) == [(1, 1), (1, None), (1, 1)]
    assert [row.number for row in receipts_page(office, who, 1).rows] == [own.number]
    with pytest.raises(FigureReceiptIsUnknown):
        find_receipt(office, who, of_all.number)
    # Whoever has the case afterwards, the receipt is of those who had it then.
    scenarios.give(office, "assign_case", {"unit": who.unit, "officer": OTHER_OFFICER}, away)
    with office.database.read() as c:
        assert lines(office, c, TODAY._replace(reach=who.reach), REPAIR)[0].denominator == 2
    assert all(one.holds for one in verify_several(office, ALL, [own.number, of_all.number]))


# -- what becomes of it -----------------------------------------------------------------------


def test_a_late_event_changes_todays_figure_and_not_the_receipt(office: System) -> None:
    case = scenarios.a_case_under_repair(office, 1).stream
    receipt = published(office)
    granted = {
        "record": scenarios.record_of(office, case),
        "result": "granted",
        "decided_at": "2021-07-21T10:00",
        "decided_by": "区市场监督管理局",
        "document": "信用修复〔2021〕7号",
    }
    scenarios.give(office, "record_repair_result", granted, case)
    assert verify(office, ALL, receipt.number).holds
    assert verify(office, ALL, text_of(office, receipt)).holds
    assert values(list(receipt.lines))[0] == (0, 1)
    assert values(today(office, receipt))[0] == (1, 1)


def test_a_register_that_claims_to_have_been_known_long_ago_changes_no_receipt(
    office: System,
) -> None:
    scenarios.a_listed_case(office, 1)
    who = person(office, SUPERVISOR)
    known_then = Question("2021-07-22", at("2021-07-22T23:59"))
    receipt = publish(office, who, known_then, EVERY, "月报")
    import_history(office, district(), CLERK)
    with office.database.read() as c:
        ((early,),) = rows(
            c,
            "SELECT COUNT(*) FROM log WHERE position > ? AND recorded_at < ?",
            [receipt.position, receipt.known_at],
        )
        now = lines(office, c, known_then, EVERY)
    assert early and values(now) != values(list(receipt.lines))
    assert verify(office, ALL, receipt.number).holds


def test_a_row_of_the_log_that_somebody_changed_names_whose_figure_it_was(office: System) -> None:
    case = scenarios.a_repaired_case(office, 1).stream
    scenarios.a_repaired_case(office, 2)
    receipt = published(office)
    with office.database.write() as c:
        tampered = (
            "UPDATE log SET data = replace(data, '\"granted\"', '\"denied\"') WHERE stream_id = ? "
            "AND topic = 'case.repair_result_recorded'"
        )
        write(c, tampered, [(str(case),)])
    found = verify(office, ALL, receipt.number)
    assert found.verdict == Verdict.MEMBERS_DIFFER
    by_record, count, by_enterprise = found.lines
    assert by_record.above.left == count.above.left == ["2021-01-0001 云市监处罚〔2020〕1号"]
    assert by_enterprise.above.left == [scenarios.credit_code(1)]
    assert by_record.below == ([], []) and (by_record.numerator, by_record.denominator) == (1, 2)


def test_a_case_that_somebody_took_out_of_the_log_is_missed(system: System) -> None:
    case = scenarios.a_repaired_case(system, 1).stream
    receipt = published(system)
    with system.database.write() as c:
        write(c, "DELETE FROM log WHERE stream_id = ? AND version = 1", [(str(case),)])
    found = verify(system, ALL, receipt.number)
    assert found.verdict == Verdict.MEMBERS_DIFFER
    assert found.lines[0].below.left == ["2021-01-0001 云市监处罚〔2020〕1号"]


def test_a_figure_whose_rule_this_release_has_no_more_cannot_be_checked(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = published(system)
    newer = replace(FORMULAS["repair.by_record"], version=2)
    monkeypatch.setitem(dict_of(FORMULAS), "repair.by_record", newer)
    found = verify(system, ALL, receipt.number)
    assert found.verdict == Verdict.RULE_IS_GONE
    assert [one.verdict for one in found.lines] == ["rule_is_gone", "holds", "holds"]


def dict_of(formulas: object) -> dict[str, object]:
    assert isinstance(formulas, dict)
    return formulas


def test_a_lost_document_leaves_the_figures_and_their_digests(system: System) -> None:
    case = scenarios.a_repaired_case(system, 1).stream
    receipt = published(system)
    folder = system.settings.home / "evidence" / receipt.sha256[:2]
    (folder / receipt.sha256[2:]).unlink()
    assert document_of(system, receipt) is None
    found = verify(system, ALL, receipt.number)
    assert found.holds and not found.document_is_kept
    with system.database.write() as c:
        write(c, "DELETE FROM log WHERE stream_id = ?", [(str(case),)])
    assert verify(system, ALL, receipt.number).verdict == Verdict.MEMBERS_DIFFER


# -- documents that are not ours --------------------------------------------------------------


def test_no_digit_of_a_document_can_be_another(office: System) -> None:
    scenarios.a_repaired_case(office, 1)
    text = text_of(office, published(office))
    assert verify(office, ALL, text).holds
    chance = random.Random(4)
    places = [place for place, byte in enumerate(text) if chr(byte).isdigit()]
    assert len(places) > 250
    changed = []
    for place in places:
        digit = chance.choice([d for d in b"0123456789" if d != text[place]])
        changed.append(text[:place] + bytes([digit]) + text[place + 1 :])
    found = {one.verdict for one in verify_several(office, ALL, changed)}
    # A digit of the number makes it the number of a receipt that was never given out.
    assert found == {Verdict.ALTERED, Verdict.NEVER_ISSUED}


def test_without_the_digest_a_changed_purpose_would_pass(system: System) -> None:
    """What recomputing alone cannot find, and what it does: both guards are needed."""
    scenarios.a_repaired_case(system, 1)
    receipt = published(system)
    text = text_of(system, receipt)
    for was, other in (("月报", "年报"), ('"numerator": 1', '"numerator": 7')):
        forged = text.replace(was.encode(), other.encode())
        assert verify(system, ALL, forged).verdict == Verdict.ALTERED
        # Somebody who can write into the log makes the digest fit as well.
        with system.database.write() as c:
            swapped = "UPDATE log SET data = replace(data, ?, ?) WHERE topic = 'figures.published'"
            digest = sha256(forged).hexdigest()
            write(c, swapped, [(receipt.sha256, digest)])
        found = verify(system, ALL, forged).verdict
        assert found == (Verdict.HOLDS if was == "月报" else Verdict.ALTERED)
        with system.database.write() as c:
            write(c, swapped, [(digest, receipt.sha256)])


def test_it_is_said_where_a_document_was_changed(system: System) -> None:
    scenarios.a_repaired_case(system, 1)
    text = text_of(system, published(system)).decode()
    forged = text.replace('"percent": 100', '"percent": 99').replace("月报", "年报")
    found = verify(system, ALL, forged.encode())
    assert set(found.altered) == {"purpose", "lines[1].percent", "lines[3].percent"}


def test_a_document_that_only_another_program_wrote_anew_is_told_apart(system: System) -> None:
    scenarios.a_repaired_case(system, 1)
    text = text_of(system, published(system))
    for rewritten in (b"\xef\xbb\xbf" + text, text + b"\r\n", text.replace(b"\n", b"\r\n") + b" "):
        found = verify(system, ALL, rewritten)
        assert (found.verdict, list(found.altered)) == (Verdict.ALTERED, [IN_FORM])
    cut = verify(system, ALL, text[:-9])
    assert (cut.verdict, list(cut.altered)) == (Verdict.ALTERED, ["document"])


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"document": 3}', b"[" * 9999])
def test_a_file_without_a_number_is_no_receipt(system: System, text: bytes) -> None:
    published(system)
    assert verify(system, ALL, text).verdict == Verdict.NO_RECEIPT


def test_a_document_of_our_own_make_was_never_issued(system: System) -> None:
    receipt = published(system)
    said = json.loads(text_of(system, receipt))
    said["number"] = "SJ-2021-0009"
    assert verify(system, ALL, json.dumps(said).encode()).verdict == Verdict.NEVER_ISSUED
    assert verify(system, ALL, "SJ-2021-0009").verdict == Verdict.NEVER_ISSUED


# -- the log alone says the same --------------------------------------------------------------


def test_the_log_alone_gives_the_same_members_on_any_day_as_known_at_any_time(
    office: System,
) -> None:
    scenarios.a_repaired_case(office, 1)
    import_history(office, district(), CLERK)
    chance = random.Random(11)
    with office.database.read() as c:
        head = office.log.head(c)[0]
        for _ in range(12):
            day = f"2021-{chance.randint(3, 11):02d}-{chance.randint(1, 28):02d}"
            known = at(f"2021-{chance.randint(3, 11):02d}-15T12:00")
            asked = Question(
                day,
                chance.choice([None, known]),
                position=chance.choice([head, chance.randint(1, head)]),
            )
            of = chance.choice([Of(), Of(category="judgment"), Of(debt="under_1m")])
            wanted = [Wanted(name, of) for name in (*FORMULAS, *COUNTS)]
            drawn = draw(office, c, asked, wanted)
            (alone,) = recompute(office, c, [Asked(asked, parts_of(wanted))])
            assert alone == drawn.members
        assert any(drawn.members.values())


def test_a_document_is_the_same_whenever_it_is_written(system: System) -> None:
    scenarios.a_repaired_case(system, 1)
    receipt = published(system)
    said = json.loads(text_of(system, receipt))
    with system.database.read() as c:
        drawn = draw(system, c, receipt.asked, receipt.wanted)
    head = Head(said["number"], said["published_at"], said["by"], said["purpose"])
    again = write_document(head, receipt.asked, drawn.lines, drawn.members)
    assert again == (text_of(system, receipt), receipt.sha256)
