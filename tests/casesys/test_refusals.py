"""Every rule of the office refuses once, at the counter, with the sentence that says why."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from casesys.permits import Person, operator
from casesys.system import Receipt, System
from casesys.words import LANGUAGES, say
from domain import refusals
from domain.refusals import Refused
from tests import scenarios
from tests.offices import OFFICER, OTHER_OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import commitment, contact, give, interview, judgment, listing, penalty

RUNNER = operator("tests")
Reach = Callable[[System], Receipt]


class Broken(NamedTuple):
    """A rule, the state of the case that it protects, and the act that it refuses."""

    rule: str
    reach: Reach | None
    command: str
    facts: dict[str, Any]
    by: str | Person = OFFICER


def judged(system: System) -> Receipt:
    return scenarios.a_listed_case(system, 1, "judgment")


def unlisted(system: System) -> Receipt:
    """Its listing was voided: a file without a listing."""
    listed = scenarios.a_listed_case(system)
    return give(system, "void_entry", {"target": 2, "explanation": "误录"}, listed.stream)


def of_the_tax_office(system: System) -> Receipt:
    """In the hands of a unit that is not the other officer's."""
    listed = scenarios.a_listed_case(system).stream
    return give(system, "assign_case", {"unit": "区税务局", "officer": OFFICER}, listed)


def closed(system: System) -> Receipt:
    repaired = scenarios.a_repaired_case(system).stream
    supervision = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
    give(system, "start_key_supervision", supervision, repaired)
    give(system, "propose_exit", {}, repaired)
    give(system, "confirm_exit", {}, repaired, SUPERVISOR)
    return give(system, "close_case", {"ground": "all_repaired"}, repaired)


def tried(*attempts: tuple[str, str]) -> Reach:
    """Attempts on these days by these channels, none of which reached anybody."""

    def reach(system: System) -> Receipt:
        last = scenarios.a_listed_case(system)
        for day, channel in attempts:
            photo = {"photo": scenarios.PHOTO} if channel == "visit" else {}
            raw = contact(day, result="no_answer", channel=channel, **photo)
            last = give(system, "attempt_contact", raw, last.stream)
        return last

    return reach


def supervisors_own(system: System) -> Receipt:
    ready = scenarios.a_case_ready_to_exit(system).stream
    give(system, "assign_case", {"unit": "区发展和改革局", "officer": SUPERVISOR}, ready)
    return give(system, "propose_exit", {}, ready)


def impeded(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system).stream
    return give(system, "find_impediment", {"impediment": "bankrupt", "document": "裁定"}, listed)


def objected(system: System) -> Receipt:
    ready = scenarios.a_case_ready_to_exit(system).stream
    return give(system, "raise_objection", {"ground": "omission", "statement": "有误"}, ready)


def voided(system: System) -> Receipt:
    listed = scenarios.a_listed_case(system)
    return give(system, "void_entry", {"target": 3, "explanation": "误录"}, listed.stream)


def specific(system: System) -> Receipt:
    listed = give(system, "list_enterprise", listing()).stream
    return give(system, "attach_record", penalty(publicity_class="specific_serious"), listed)


def fresh(system: System) -> Receipt:
    listed = give(system, "list_enterprise", listing()).stream
    return give(system, "attach_record", penalty(decided_on="2021-06-30"), listed)


def performed_only(system: System) -> Receipt:
    committed = scenarios.a_committed_case(system).stream
    facts = {"performance": "fully", "performed_at": "2021-07-14", "document": "收据"}
    facts["record"] = scenarios.record_of(system, committed)
    return give(system, "record_performance", facts, committed)


def account(login: str) -> Reach:
    return lambda system: Receipt("", UUID(person(system, login).id), 0, 0)


def closed_account(system: System) -> Receipt:
    return give(
        system, "close_account", {"explanation": "调离"}, account(OFFICER)(system).stream, RUNNER
    )


def administered(system: System) -> Receipt:
    """An office that has a security administrator, whose account is asked about."""
    raw = {"login": "U01-9", "name": "白露", "unit": "区发展和改革局"}
    opened = give(system, "open_account", raw, by=RUNNER).stream
    return give(system, "grant_role", {"role": "security_administrator"}, opened, RUNNER)


def gone_unit(system: System) -> Receipt:
    unit = give(system, "join_unit", {"name": "区档案局", "order": 50}, by=RUNNER)
    return give(system, "leave_unit", {}, unit.stream, RUNNER)


def an_enterprise(system: System) -> Receipt:
    raw = {key: listing()[key] for key in ("uscc", "name", "town")}
    return give(system, "register_enterprise", raw)


RECORD = "(the record)"
LISTED, CONTACTED = scenarios.a_listed_case, scenarios.a_contacted_case
INTERVIEWED, COMMITTED = scenarios.an_interviewed_case, scenarios.a_committed_case
READY, REPAIRED = scenarios.a_case_ready_to_exit, scenarios.a_repaired_case
WEEK = (("2021-07-05", "phone"), ("2021-07-09", "message"), ("2021-07-16", "visit"))
WHY = {"explanation": "无法联系"}
SUPERVISION = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
EXCLUSION = {"ground": "deregistered", "document": "登记状态查询"}
REMOVAL = {"record": RECORD, "ground": "performed", "document": "决定书"}
RESULT = {
    "record": RECORD,
    "result": "granted",
    "decided_at": "2021-07-22",
    "decided_by": "区市场监督管理局",
    "document": "7号",
}
REVOKED = {"record": RECORD, "revoked_at": "2021-07-22", "document": "1号", **WHY}
APPLIED = {"record": RECORD, "proof": "收据"}
EXTENDED = {"deadline": "interview", "due_on": "2021-08-20", **WHY}

BROKEN = (
    Broken("AlreadyListed", LISTED, "list_enterprise", listing()),
    Broken("CreditCodeIsInvalid", None, "list_enterprise", listing(uscc="123")),
    Broken("DocumentNumberIsNoCourtNumber", judged, "attach_record", judgment(number="7号")),
    Broken("EnterpriseNameDiffers", LISTED, "list_enterprise", listing(name="别的公司")),
    Broken("SubjectIsNotListed", unlisted, "attempt_contact", contact()),
    Broken("SubjectIsExcluded", scenarios.an_excluded_case, "attempt_contact", contact()),
    Broken("SubjectIsNotExcluded", LISTED, "reinstate_subject", WHY),
    Broken("SubjectHasExited", scenarios.an_exited_case, "attempt_contact", contact()),
    Broken("CaseIsClosed", closed, "attempt_contact", contact()),
    Broken("CaseIsOpen", LISTED, "reopen_case", {"ground": "relisted", **WHY}),
    Broken("RecordAlreadyAttached", LISTED, "attach_record", penalty()),
    Broken("DecidedAfterListing", LISTED, "attach_record", penalty(9, decided_on="2021-07-23")),
    Broken("NotYetHappened", LISTED, "attempt_contact", contact("2021-07-23")),
    Broken("UnitIsUnknown", LISTED, "assign_case", {"unit": "区不存在局"}),
    Broken("AccountIsUnknown", LISTED, "assign_case", {"unit": "区税务局", "officer": "U99-9"}),
    Broken("CaseHasAnOfficer", scenarios.a_claimed_case, "claim_case", {}, SUPERVISOR),
    Broken("CaseHasNoOfficer", LISTED, "release_case", WHY),
    Broken("CaseIsNotYours", scenarios.a_claimed_case, "release_case", WHY, SUPERVISOR),
    Broken(
        "OfficerHasItAlready",
        scenarios.a_claimed_case,
        "transfer_case",
        {"officer": OFFICER, **WHY},
    ),
    Broken(
        "OfficerDoesNotReachTheCase",
        of_the_tax_office,
        "transfer_case",
        {"officer": OTHER_OFFICER, **WHY},
    ),
    Broken("NothingProposed", LISTED, "confirm_exclusion", {}, SUPERVISOR),
    Broken(
        "AlreadyProposed",
        scenarios.a_case_with_unreachable_proposed,
        "propose_unreachable",
        WHY,
    ),
    Broken("ApproverHandlesTheCase", supervisors_own, "confirm_exit", {}, SUPERVISOR),
    Broken("TooFewContactAttempts", tried(*WEEK[:2]), "propose_unreachable", WHY),
    Broken(
        "TooFewContactChannels",
        tried(*[(day, "visit") for day, _ in WEEK]),
        "propose_unreachable",
        WHY,
    ),
    Broken(
        "NoVisitWithPhoto",
        tried(*WEEK[:2], ("2021-07-16", "letter")),
        "propose_unreachable",
        WHY,
    ),
    Broken(
        "AttemptsTooClose",
        tried(*[("2021-07-05", channel) for _, channel in WEEK]),
        "propose_unreachable",
        WHY,
    ),
    Broken("EnterpriseWasReached", CONTACTED, "propose_unreachable", WHY),
    Broken("EnterpriseNotReached", LISTED, "hold_interview", interview()),
    Broken("BranchAlreadyConcluded", scenarios.an_unreachable_case, "propose_unreachable", WHY),
    Broken("BranchNotConcluded", LISTED, "start_key_supervision", SUPERVISION),
    Broken("NoticeNotServed", CONTACTED, "hold_interview", interview()),
    Broken(
        "TooFewInterviewers",
        INTERVIEWED,
        "hold_interview",
        interview(officers=["U22-3", "U22-3"]),
    ),
    Broken(
        "ActIsUnknown",
        LISTED,
        "add_photo",
        {"sha256": scenarios.PHOTO, "taken_at": "2021-07-08", "linked_act": 99},
    ),
    Broken(
        "RecordIsUnknown",
        INTERVIEWED,
        "sign_commitment",
        commitment(kind="credit_repair"),
    ),
    Broken("CommitmentNotSigned", INTERVIEWED, "start_key_supervision", SUPERVISION),
    Broken("AlreadySupervised", READY, "start_key_supervision", SUPERVISION),
    Broken(
        "ImpedimentAlreadyFound",
        impeded,
        "find_impediment",
        {"impediment": "bankrupt", "document": "裁定"},
    ),
    Broken("ImpedimentNotFound", LISTED, "clear_impediment", {"impediment": "bankrupt", **WHY}),
    Broken("ExtensionIsNoLater", LISTED, "extend_deadline", {**EXTENDED, "due_on": "2021-07-05"}),
    Broken(
        "ExtensionAfterDue", LISTED, "extend_deadline", {**EXTENDED, "deadline": "first_contact"}
    ),
    Broken("DeadlineNotRunning", LISTED, "extend_deadline", {**EXTENDED, "deadline": "commitment"}),
    Broken("PublicityPeriodRuns", fresh, "apply_repair", APPLIED),
    Broken("RecordIsNotRepairable", specific, "apply_repair", APPLIED),
    Broken("ProofOfPerformanceMissing", LISTED, "apply_repair", APPLIED),
    Broken("CommitmentForRecordMissing", performed_only, "apply_repair", APPLIED),
    Broken("RepairNotApplied", LISTED, "record_repair_result", RESULT),
    Broken("RepairAlreadyApplied", scenarios.a_case_under_repair, "apply_repair", APPLIED),
    Broken("RecordAlreadyRepaired", REPAIRED, "apply_repair", APPLIED),
    Broken("RecordIsNotRepaired", LISTED, "revoke_repair", REVOKED),
    Broken("CourtDecidesThisRecord", judged, "apply_repair", APPLIED),
    Broken("OnlyCourtRecordsAreRemoved", LISTED, "propose_court_removal", REMOVAL),
    Broken(
        "ObjectionIsUnknown",
        LISTED,
        "answer_objection",
        {"objection": "O9", "answer": "upheld", **WHY},
    ),
    Broken("ObjectionIsOpen", objected, "propose_exit", {}),
    Broken("StepsMissingForExit", LISTED, "propose_exit", {}),
    Broken("NotExited", LISTED, "close_case", {"ground": "subject_ceased"}),
    Broken("RecordsNotSettled", scenarios.an_exited_case, "close_case", {"ground": "all_repaired"}),
    Broken("EntryIsUnknown", LISTED, "void_entry", {"target": 99, **WHY}),
    Broken("EntryAlreadyVoided", voided, "void_entry", {"target": 3, **WHY}),
    Broken("VoidIsNotVoided", voided, "void_entry", {"target": 4, **WHY}),
    Broken("EntryCannotBeVoided", LISTED, "void_entry", {"target": 1, **WHY}),
    Broken(
        "LoginIsTaken",
        None,
        "open_account",
        {"login": OFFICER, "name": "别人", "unit": "区税务局"},
        RUNNER,
    ),
    Broken("AdministratorsAreThere", administered, "grant_role", {"role": "supervisor"}, RUNNER),
    Broken("AccountIsClosed", closed_account, "grant_role", {"role": "supervisor"}, RUNNER),
    Broken("RoleAlreadyGranted", account(OFFICER), "grant_role", {"role": "officer"}, RUNNER),
    Broken("RoleNotGranted", account(OFFICER), "revoke_role", {"role": "auditor"}, RUNNER),
    Broken("NoCodeIsSetUp", account(OFFICER), "reset_code", WHY, RUNNER),
    Broken("RolesDoNotGoTogether", account(OFFICER), "grant_role", {"role": "auditor"}, RUNNER),
    Broken("UnitAlreadyRegistered", None, "join_unit", {"name": "区税务局", "order": 1}, RUNNER),
    Broken("UnitHasLeft", gone_unit, "leave_unit", {}, RUNNER),
    Broken(
        "EnterpriseAlreadyRegistered",
        LISTED,
        "register_enterprise",
        {key: listing()[key] for key in ("uscc", "name", "town")},
    ),
    Broken("NothingChanged", an_enterprise, "move_enterprise", {"town": "石门街道"}),
    Broken(
        "CalendarIsIncomplete",
        None,
        "publish_calendar",
        {"year": 2040, "days": "2040-01-02"},
        RUNNER,
    ),
    Broken("CampaignAlreadyStarted", LISTED, "start_campaign", {"campaign": scenarios.CAMPAIGN}),
)

ELSEWHERE = {
    "SamePersonProposedIt": "tests/casesys/test_office_rules.py",
    "NumberUsedBeyondReach": "tests/casesys/test_office_rules.py",
    "NumberUsedElsewhere": "tests/casesys/test_office_rules.py",
    "NoOneGrantsToThemselves": "tests/casesys/people/test_people.py",
    "CalendarAlreadyPublished": "tests/casesys/test_commands.py",
    "RemovalGroundUnknown": "only a register of past work breaks it",
    "FigureIsUnknown": "tests/casesys/figures/test_receipts.py",
    "DayHasNotCome": "tests/casesys/figures/test_receipts.py",
    "FigureReceiptIsUnknown": "tests/casesys/figures/test_receipts.py",
    "LogHasNoSuchEntry": "tests/casesys/figures/test_books.py",
    "InstantHasNotCome": "tests/casesys/figures/test_books.py",
    "DocumentMissing": "the form asks for the document first",
    "AccountIsOpen": "tests/casesys/personal/test_erasing.py",
    "CaseHasNotEnded": "tests/casesys/personal/test_erasing.py",
    "EraserHandlesTheCase": "tests/casesys/personal/test_erasing.py",
    "NothingPersonalIsKept": "tests/casesys/personal/test_erasing.py",
    "RetentionRuns": "tests/casesys/personal/test_erasing.py",
    "ComparisonIsSigned": "tests/casesys/test_comparing.py",
    "ComparisonIsUnknown": "tests/casesys/test_comparing.py",
    "SamePersonSigned": "tests/casesys/test_comparing.py",
}
BESIDE_THE_INTAKE = ("Row", "Upload")
"""How rules on rows that an intake held begin; they are tested with it."""


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.rule)
def test_a_rule_refuses_and_says_why(system: System, clock: Clock, broken: Broken) -> None:
    stream = broken.reach(system).stream if broken.reach is not None else None
    facts = {
        name: scenarios.record_of(system, stream) if value == RECORD and stream else value
        for name, value in broken.facts.items()
    }
    with system.database.read() as c:
        before = system.log.head(c)
    with pytest.raises(Refused) as refused:
        give(system, broken.command, facts, stream, broken.by)
    assert type(refused.value).__name__ == broken.rule
    with system.database.read() as c:
        assert system.log.head(c) == before
    for language in LANGUAGES:
        sentence = say(f"refusal.{refused.value.code}", language, **refused.value.values)
        assert not re.search(r"[{}]|None|_", sentence)


def test_every_rule_is_broken_here_or_elsewhere() -> None:
    rules = {
        name
        for name, found in vars(refusals).items()
        if inspect.isclass(found) and issubclass(found, Refused) and found is not Refused
    }
    broken = {broken.rule for broken in BROKEN}
    rules = {name for name in rules if not name.startswith(BESIDE_THE_INTAKE)}
    assert rules - broken - set(ELSEWHERE) == set()
    assert not broken & set(ELSEWHERE)


def test_a_sentence_says_what_is_missing_in_the_readers_words(system: System) -> None:
    case = scenarios.an_interviewed_case(system).stream
    with pytest.raises(Refused) as refused:
        give(system, "propose_exit", {}, case)
    code, values = f"refusal.{refused.value.code}", refused.value.values
    assert say(code, "zh", **values) == ("还不能退出台账，缺：照片、信用承诺书、重点监管。请先补齐")
    assert "a photograph, a commitment, key supervision" in say(code, "en", **values)


def test_a_sentence_tells_the_office_time(system: System) -> None:
    case = scenarios.a_listed_case(system).stream
    with pytest.raises(Refused) as refused:
        give(system, "attempt_contact", contact("2021-07-23"), case, OTHER_OFFICER)
    assert say("refusal.not_yet_happened", "zh", **refused.value.values) == (
        "时间2021-07-23 10:00还没有到，现在是2021-07-22 14:20。请改成已经发生的时间"
    )
