"""Named states of a case, each reached by the real commands of the people who give them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

from stdnum.cn import uscc

from casesys.commands import COMMANDS
from casesys.permits import Person
from casesys.system import Given, Receipt, System
from projections.case_file import CASE_FILE
from projections.driver import rows
from tests.offices import OFFICER, SUPERVISOR, person

CAMPAIGN = "2021-01"
LISTED_ON = "2021-07-01"
PHOTO = sha256(b"a photograph").hexdigest()
COMMITMENT = sha256(b"a signed commitment").hexdigest()
SIGNATORY = "法定代表人吴秀兰"
MINUTES = "企业承认拖欠罚款，承诺八月底前缴清"
PHONE = "13800138000"


def give(
    system: System,
    command: str,
    raw: dict[str, Any] | None = None,
    stream: UUID | None = None,
    by: str | Person = OFFICER,
    **given: Any,
) -> Receipt:
    """Give a command in the name of a login, or of a person."""
    who = by if isinstance(by, Person) else person(system, by)
    return system.give(COMMANDS[command], raw or {}, Given(who, stream, **given))


def credit_code(n: int) -> str:
    """The n-th of a row of sound credit codes."""
    body = f"91440111MA5{n:05d}"
    body += _organisation_digit(body[8:16])
    return body + str(uscc.calc_check_digit(body))


def _organisation_digit(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(w * int(c, 36) for w, c in zip(weights, body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def case_number(system: System, stream: UUID) -> str:
    with system.database.read() as c:
        found = rows(c, f"SELECT number FROM {CASE_FILE} WHERE stream_id = ?", [str(stream)])
    return str(found[0][0])


def record_of(system: System, stream: UUID) -> str:
    """The name of the case's first record."""
    with system.database.read() as c:
        found = system.models.record_index.of_case(c, str(stream))
    return str(found[0].record)


def listing(n: int = 1, category: str = "penalty", **other: Any) -> dict[str, Any]:
    return {
        "campaign": CAMPAIGN,
        "uscc": credit_code(n),
        "name": f"云塘区第{n}建材有限公司",
        "town": "石门街道",
        "category": category,
        "listed_on": LISTED_ON,
        "unit": "区市场监督管理局",
        **other,
    }


def penalty(n: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "number": f"云市监处罚〔2020〕{n}号",
        "authority": "区市场监督管理局",
        "decided_on": "2020-11-30",
        "amount_fen": "40,000.00",
        "publicity_class": "general",
        **other,
    }


def judgment(n: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "number": f"（2020）粤0111执{n}号",
        "authority": "区人民法院",
        "decided_on": "2020-11-30",
        "amount_fen": "1200000",
        "debtor_ground": "able_but_refuses",
        **other,
    }


def contact(day: str = "2021-07-05", **other: Any) -> dict[str, Any]:
    return {
        "attempted_at": f"{day}T10:00",
        "result": "reached_operating",
        "channel": "phone",
        "contact_person": SIGNATORY,
        "phone": PHONE,
        **other,
    }


def interview(**other: Any) -> dict[str, Any]:
    return {
        "kind": "reminder",
        "held_at": "2021-07-08T15:00",
        "place": "区市场监督管理局三楼约谈室",
        "officers": ["U22-3", "U22-4"],
        "attendee": SIGNATORY,
        "attendee_capacity": "法定代表人",
        "minutes": MINUTES,
        **other,
    }


def commitment(**other: Any) -> dict[str, Any]:
    return {
        "kind": "governance",
        "signed_at": "2021-07-12T09:30",
        "signatory": SIGNATORY,
        "capacity": "法定代表人",
        "sealed_by_enterprise": "true",
        "sha256": COMMITMENT,
        **other,
    }


# -- the way of an enterprise that operates ---------------------------------------------------


def a_listed_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Listed, with one record."""
    case = give(system, "list_enterprise", listing(n, category)).stream
    record = penalty(n) if category == "penalty" else judgment(n)
    return give(system, "attach_record", record, case)


def a_claimed_case(system: System, n: int = 1, by: str = OFFICER) -> Receipt:
    """Listed, and taken by an officer."""
    return give(system, "claim_case", {}, a_listed_case(system, n).stream, by)


def a_contacted_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Reached at work by telephone."""
    case = a_listed_case(system, n, category).stream
    return give(system, "attempt_contact", contact(), case)


def an_interviewed_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Notified and interviewed."""
    case = a_contacted_case(system, n, category).stream
    notice = {"served_at": "2021-07-06T11:00", "served_by": "letter"}
    give(system, "serve_interview_notice", notice, case)
    return give(system, "hold_interview", interview(), case)


def a_committed_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Interviewed, photographed, and its commitment signed."""
    case = an_interviewed_case(system, n, category).stream
    give(system, "add_photo", {"taken_at": "2021-07-08T15:40", "sha256": PHOTO}, case)
    return give(system, "sign_commitment", commitment(), case)


def a_case_ready_to_exit(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """All that governance asks is done; nobody proposed the exit yet."""
    case = a_committed_case(system, n, category).stream
    supervision = {"unit": "区市场监督管理局", "measure": "每季度检查一次"}
    return give(system, "start_key_supervision", supervision, case)


def a_case_with_exit_proposed(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """An officer proposed the exit; a second person decides."""
    case = a_case_ready_to_exit(system, n, category).stream
    return give(system, "propose_exit", {}, case)


def an_exited_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """The supervisor confirmed the exit."""
    case = a_case_with_exit_proposed(system, n, category).stream
    return give(system, "confirm_exit", {}, case, SUPERVISOR)


# -- the other branches -----------------------------------------------------------------------


def a_case_never_reached(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Tried by three channels over more than a working week, a visit with its photograph too."""
    case = a_listed_case(system, n, category).stream
    give(system, "attempt_contact", contact("2021-07-05", result="no_answer"), case)
    letter = contact("2021-07-09", result="number_dead", channel="message")
    give(system, "attempt_contact", letter, case)
    visit = contact("2021-07-16", result="address_vacant", channel="visit", photo=PHOTO)
    return give(system, "attempt_contact", visit, case)


def a_case_with_unreachable_proposed(
    system: System, n: int = 1, category: str = "penalty"
) -> Receipt:
    """An officer proposed the conclusion unreachable; a second person decides."""
    case = a_case_never_reached(system, n, category).stream
    reason = {"explanation": "登记电话停机，注册地址已空置"}
    return give(system, "propose_unreachable", reason, case)


def an_unreachable_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """The supervisor confirmed that the enterprise cannot be reached."""
    case = a_case_with_unreachable_proposed(system, n, category).stream
    return give(system, "confirm_unreachable", {}, case, SUPERVISOR)


def a_case_not_operating(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Reached, and no longer operating."""
    case = a_listed_case(system, n, category).stream
    give(system, "attempt_contact", contact(result="reached_not_operating"), case)
    ground = {"basis": "statement", "document": "停业情况说明"}
    return give(system, "conclude_not_operating", ground, case)


def an_excluded_case(system: System, n: int = 1, category: str = "penalty") -> Receipt:
    """Taken out of the denominator, by two persons."""
    case = a_listed_case(system, n, category).stream
    ground = {"ground": "bankruptcy_accepted", "document": "（2021）粤0111破申5号"}
    give(system, "propose_exclusion", ground, case)
    return give(system, "confirm_exclusion", {}, case, SUPERVISOR)


# -- the way of a record to its repair --------------------------------------------------------


def a_performed_case(system: System, n: int = 1) -> Receipt:
    """Committed, its one penalty fully performed, and the commitment for the repair signed."""
    case = a_committed_case(system, n).stream
    record = record_of(system, case)
    performed = {"performance": "fully", "performed_at": "2021-07-14", "document": "收据 0038"}
    give(system, "record_performance", {"record": record, **performed}, case)
    return give(system, "sign_commitment", commitment(kind="credit_repair", record=record), case)


def a_case_under_repair(system: System, n: int = 1) -> Receipt:
    """The repair of its one penalty was applied for."""
    case = a_performed_case(system, n).stream
    applied = {"record": record_of(system, case), "proof": "罚款收据 0038"}
    return give(system, "apply_repair", applied, case)


def a_repaired_case(system: System, n: int = 1) -> Receipt:
    """Its one penalty was repaired; governance goes on."""
    case = a_case_under_repair(system, n).stream
    result = {
        "record": record_of(system, case),
        "result": "granted",
        "decided_at": "2021-07-22T14:20",
        "decided_by": "区市场监督管理局",
        "document": "信用修复〔2021〕7号",
    }
    return give(system, "record_repair_result", result, case)


def a_case_removed_by_court(system: System, n: int = 1) -> Receipt:
    """The court took its one judgment off the list; two persons recorded it."""
    case = a_listed_case(system, n, "judgment").stream
    record = record_of(system, case)
    removal = {"record": record, "ground": "performed", "document": "（2020）粤0111执1号之二"}
    give(system, "propose_court_removal", removal, case)
    return give(system, "confirm_court_removal", {"record": record}, case, SUPERVISOR)
