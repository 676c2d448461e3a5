"""A random log in which everything happens that can move a figure, in any order and known late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from domain.entries import Entry
from domain.instants import SHANGHAI
from domain.vocabulary import ContactResult, DeadlineKind, Impediment, PublicityClass, RemovalGround
from tests.figure_entries import Book

TOWNS, UNITS, CAMPAIGNS = ("临溪街道", "沙坪镇"), ("区水利局", "区商务局"), ("B1", "B2")
INDUSTRIES = ("建筑业", None, "餐饮业")
FIRST = datetime(2021, 3, 1, 0, 30, tzinfo=SHANGHAI)
AMOUNTS = (0, 12_345, 9_999_999, 10_000_000, 100_000_000, 999_999_999, 1_000_000_000)
WORDLESS = (
    "case.subject_excluded", "case.subject_reinstated", "case.subject_reinstated",
    "case.released", "case.interview_held", "case.photo_added", "case.subject_exited",
    "case.closed", "case.reopened", "case.note_added",
)  # fmt: skip


def random_log(chance: Random, cases: int) -> list[Entry]:
    """So many cases of half as many enterprises, over three months and more."""
    book = Book()
    voidable: dict[int, list[int]] = {}
    for nth in range(cases * 24):
        number = chance.randrange(cases)
        stream, at = f"case-{number}", FIRST + timedelta(minutes=chance.randrange(60 * 24 * 100))
        lag = chance.choice((0, 0, 0, 1, 9, 30, 200, -40))
        when, recorded = at.isoformat(), (at + timedelta(hours=lag)).isoformat()
        if nth % (cases * 3) == 0:
            _publish_calendar(book, chance, edition=1 + nth // (cases * 3))
        if number not in voidable:
            voidable[number] = []
            category = chance.choice(("penalty", "penalty", "judgment"))
            book.open(stream, f"E{number // 2}", category, chance.choice(CAMPAIGNS))
            book.listed(stream, when, chance.choice(TOWNS), chance.choice(UNITS), recorded=recorded)
        elif chance.random() < 0.1 and voidable[number]:
            targets = voidable[number]
            topic = chance.choice(("case.entry_voided", "case.entry_corrected"))
            target = targets.pop(chance.randrange(len(targets)))
            book.add(stream, topic, when, recorded, target=target, explanation="误录")
        else:
            topic, facts = _happened(chance, number)
            voidable[number].append(book.add(stream, topic, when, recorded, **facts))
        if nth % 40 == 0 and nth // 40 < cases // 2:
            book.registered(f"E{nth // 40}", chance.choice(INDUSTRIES))
    return book.entries


def _publish_calendar(book: Book, chance: Random, edition: int) -> None:
    year = 2021 if edition % 2 else 2020
    days = [date(year, 1, 1) + timedelta(n) for n in range(364)]
    working = [day.isoformat() for day in days if (day.weekday() < 5) != (chance.random() < 0.1)]
    facts: dict[str, Any] = {"year": year, "edition": edition, "days": working}
    book.add(f"calendar-{edition}", "calendar.published", "2021-01-01", **facts)


def _happened(chance: Random, case: int) -> tuple[str, dict[str, Any]]:
    record = f"r{chance.randrange(3)}"
    classes = (None, *map(str, PublicityClass))
    kind = case * 3 + int(record[1])
    of_record: dict[str, dict[str, Any]] = {
        "case.record_attached": {
            "number": f"云市监罚〔2020〕{kind}号", "number_key": "", "authority": "区法院",
            "decided_on": ("", "2020-12-01", "2021-02-27", "2022-11-30")[kind % 4],
            "amount_fen": chance.choice(AMOUNTS), "publicity_class": classes[kind % len(classes)],
            "debtor_ground": None, "published_on": None,
        },
        "case.repair_applied": {"proof": None, "ruleset": "R2019"},
        "case.repair_returned": {"missing": "m"},
        "case.repair_result_recorded": {"result": chance.choice(("granted", "granted", "denied"))},
        "case.repair_revoked": {"explanation": "e"},
        "case.record_removed_by_court": {"ground": chance.choice((None, *map(str, RemovalGround)))},
    }  # fmt: skip
    officer = chance.choice((None, "a-1", "a-2"))
    deadline, due = chance.choice(list(DeadlineKind)), date(2021, 3, 20) + timedelta(case % 90)
    of_case: dict[str, dict[str, Any]] = {
        "case.subject_listed": {
            "listed_on": "2021-03-01", "town": chance.choice(TOWNS),
            "unit": chance.choice(UNITS), "source": None,
        },
        "case.assigned": {"unit": chance.choice(UNITS), "officer": officer},
        "case.transferred": {"officer": officer, "explanation": "e"},
        "case.contact_attempted": {
            "result": str(chance.choice(list(ContactResult))), "channel": None, "photo": None,
        },
        "case.commitment_signed": {"kind": "governance", "record": chance.choice((None, record))},
        "case.impediment_found": {"impediment": str(chance.choice(list(Impediment)))},
        "case.impediment_cleared": {"impediment": str(chance.choice(list(Impediment)))},
        "case.deadline_extended": {"deadline": str(deadline), "due_on": due.isoformat()},
    }  # fmt: skip
    more = {topic: {**facts, "record": record} for topic, facts in of_record.items()}
    every = {**of_case, **more, **{topic: {"ground": "deregistered"} for topic in WORDLESS}}
    often = ("case.record_attached", "case.record_attached", "case.contact_attempted")
    topic = chance.choice((*every, *often))
    return topic, every[topic]
